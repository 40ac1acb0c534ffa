# Real Apache Kafka brokers on loopback, from their Maven artifacts.
KAFKA_JARS := $(BUILD)/kafka/jars

$(KAFKA_JARS)/.fetched: tests/kafka/pom.xml
	mvn -q -B -f $< dependency:copy-dependencies -DincludeScope=runtime \
	    -DoutputDirectory=$(abspath $(KAFKA_JARS))
	@touch $@

$(BUILD)/kafka/%: tests/kafka/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_C) $(CFLAGS) -o $@ $< -lrdkafka

kafka-tools: $(KAFKA_JARS)/.fetched $(BUILD)/kafka/admin

test-kafka:
	@scripts/deps check
	@$(MAKE) --no-print-directory all kafka-tools
	@$(PYTHON) tests/run.py --build $(BUILD) kafka

.PHONY: kafka-tools test-kafka
