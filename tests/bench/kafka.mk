# cadence over Kafka against an empty consumer loop on the same topic.
$(BUILD)/bench/kafka: tests/bench/kafka.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_C) $(CFLAGS) -o $@ $< -lrdkafka

bench-kafka: all kafka-tools $(BUILD)/bench/kafka
	$(PYTHON) tests/bench/kafka.py --build $(BUILD)

.PHONY: bench-kafka
