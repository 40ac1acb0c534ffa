# The differential fuzz test at length, for a nightly run; `make fuzz` is the minute of CI.
fuzz-nightly:
	@$(MAKE) --no-print-directory fuzz FUZZ_S=600

.PHONY: fuzz-nightly
