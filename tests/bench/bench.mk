# Speed against peers, in doc/performance.md.
$(BUILD)/bench/ingest: tests/bench/ingest.c $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libcadence.a $(LIBS)

bench: all $(BUILD)/bench/ingest
	python3 tests/bench/run.py --build $(BUILD) --out doc/performance.md

.PHONY: bench
