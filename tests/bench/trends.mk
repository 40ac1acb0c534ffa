# The proof of the trend engine: tests/trends, doc/trends.md.
TREND_TOOLS := $(BUILD)/tests/trend-driver $(BUILD)/tests/trend-plant $(BUILD)/tests/trend-forecast

$(BUILD)/tests/trend-driver: tests/trends/driver.c tests/trends/plays.h tests/trends/feed.h $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a -lm

$(BUILD)/tests/trend-forecast: tests/trends/forecast.c tests/trends/plays.h tests/trends/feed.h src/model/trend_impl.h $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a -lm

$(BUILD)/tests/trend-plant: tests/trends/plant.c tests/trends/plays.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< -lm

trend-tools: $(TREND_TOOLS)

# Ten seeds at three rates and the streams without trends: about ten minutes on one core.
bench-trends: $(TREND_TOOLS)
	tests/bench/trends.py --build $(BUILD)

.PHONY: trend-tools bench-trends
