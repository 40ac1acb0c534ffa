# How fast cadence-sim is, and how small.
bench-sim: $(BUILD)/cadence-sim
	@python3 tests/bench/sim.py $(BUILD)/cadence-sim

.PHONY: bench-sim
