# Speed against peers, in doc/performance.md.
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a $(LIBS)

bench: all $(BUILD)/bench/ingest $(BUILD)/bench/select
	python3 tests/bench/run.py --build $(BUILD) --out doc/performance.md

.PHONY: bench
