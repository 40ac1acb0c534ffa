# Speed against peers, in doc/performance.md.
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a $(LIBS)

bench: all $(BUILD)/bench/ingest $(BUILD)/bench/select
	python3 tests/bench/run.py --build $(BUILD) --out doc/performance.md

# Instructions an event against tests/bench/ceilings; `callgrind-accept` makes these the ceilings.
callgrind callgrind-accept: $(BUILD)/cadence-sim $(BUILD)/bench/ingest
	@$(PYTHON) tests/bench/callgrind.py --build $(BUILD) $(if $(findstring accept,$@),--accept)

.PHONY: bench callgrind callgrind-accept
