# Real Apache Kafka brokers on loopback, from their Maven artifacts.
KAFKA_JARS := $(BUILD)/kafka/jars

$(KAFKA_JARS)/.fetched: tests/kafka/pom.xml
	mvn -q -B -f $< dependency:copy-dependencies -DincludeScope=runtime \
	    -DoutputDirectory=$(abspath $(KAFKA_JARS))
	@touch $@

# For one test only, which is passed over without them.
$(KAFKA_JARS)-3/.fetched: tests/kafka/pom.xml $(KAFKA_JARS)/.fetched
	mvn -q -B -f $< -Dkafka=3.7.2 dependency:copy-dependencies -DincludeScope=runtime \
	    -DoutputDirectory=$(abspath $(KAFKA_JARS)-3) && touch $@ || echo "no Kafka 3"

$(BUILD)/kafka/%: tests/kafka/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_C) $(CFLAGS) -o $@ $< -lrdkafka

kafka-tools: $(KAFKA_JARS)/.fetched $(BUILD)/kafka/admin

test-kafka:
	@scripts/deps check
	@$(MAKE) --no-print-directory all kafka-tools $(KAFKA_JARS)-3/.fetched
	@$(PYTHON) tests/run.py --build $(BUILD) kafka

.PHONY: kafka-tools test-kafka
