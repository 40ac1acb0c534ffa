# Speed against peers, in doc/performance.md.
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a $(LIBS)

# About ten minutes. `python3` may be another one than the system's: it may have duckdb and pandas.
bench: all $(BUILD)/bench/ingest $(BUILD)/bench/select $(BUILD)/bench/flood
	python3 tests/bench/run.py --build $(BUILD) --python $(PYTHON) --out doc/performance.md

# Instructions an event against tests/bench/ceilings; `callgrind-accept` makes these the ceilings.
callgrind callgrind-accept: $(BUILD)/cadence-sim $(BUILD)/bench/ingest
	@$(PYTHON) tests/bench/callgrind.py --build $(BUILD) $(if $(findstring accept,$@),--accept)

.PHONY: bench callgrind callgrind-accept
