# Cadence. `make` builds, `make demo` shows it, `make test` tests it.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
BUILD   ?= build
# The system's Python has the packages that scripts/deps installs.
PYTHON  ?= $(firstword $(wildcard /usr/bin/python3) python3)
VERSION := 0.1.0

PACKAGES := libuv rdkafka libcjson ncursesw libisal libxxhash
WARN     := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wpointer-arith
OPT      ?= -O2 -g
override CPPFLAGS += -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
            -DCADENCE_VERSION='"$(VERSION)"' \
            -DCADENCE_THEMES='"$(PREFIX)/share/cadence/themes"'
override CFLAGS += -std=c11 $(OPT) $(WARN) $(SAN)
override LDFLAGS += $(SAN)
PKG_C     = $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS      = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

MAINS   := src/main.c src/sim/main.c
SOURCES := $(filter-out $(MAINS),$(wildcard src/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o)
TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

ifndef V
Q := @
endif

all: $(BUILD)/cadence $(BUILD)/cadence-sim

$(BUILD)/cadence: $(BUILD)/obj/src/main.o $(OBJECTS)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/cadence-sim: $(BUILD)/obj/src/sim/main.o $(BUILD)/libcadence.a
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libcadence.a: $(OBJECTS)
	@rm -f $@
	$(if $(Q),@echo "  AR   $@")
	$(Q)ar rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(PKG_C) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libcadence.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(PKG_C) $(CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libcadence.a $(LIBS) -lcmocka

test-programs: $(TESTS)

unit: $(TESTS)
	@set -e; for t in $(TESTS); do $$t; done

# ---- for people ----

deps:
	@scripts/deps build

# The monitor live over the built-in generator, with nothing else installed or running.
demo: deps
	@$(MAKE) --no-print-directory $(BUILD)/cadence
	$(BUILD)/cadence --demo

# Everything that needs neither Java nor real brokers.
test:
	@scripts/deps test
	@$(MAKE) --no-print-directory all $(TESTS) $(BUILD)/bench/flood
	@$(PYTHON) tests/run.py --build $(BUILD)

install: all $(BUILD)/cadence.1 $(BUILD)/cadence-sim.1
	install -D -m 755 $(BUILD)/cadence "$(DESTDIR)$(PREFIX)/bin/cadence"
	install -D -m 755 $(BUILD)/cadence-sim "$(DESTDIR)$(PREFIX)/bin/cadence-sim"
	install -D -m 644 $(BUILD)/cadence.1 "$(DESTDIR)$(PREFIX)/share/man/man1/cadence.1"
	install -D -m 644 $(BUILD)/cadence-sim.1 "$(DESTDIR)$(PREFIX)/share/man/man1/cadence-sim.1"
	install -d "$(DESTDIR)$(PREFIX)/share/cadence/themes"
	install -m 644 themes/*.theme "$(DESTDIR)$(PREFIX)/share/cadence/themes"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/cadence" "$(DESTDIR)$(PREFIX)/bin/cadence-sim"
	rm -f "$(DESTDIR)$(PREFIX)/share/man/man1/cadence.1" "$(DESTDIR)$(PREFIX)/share/man/man1/cadence-sim.1"
	rm -rf "$(DESTDIR)$(PREFIX)/share/cadence"

$(BUILD)/cadence.1: $(BUILD)/cadence
	$(BUILD)/cadence --man > $@

$(BUILD)/cadence-sim.1: $(BUILD)/cadence-sim
	$(BUILD)/cadence-sim --man > $@

# ---- for who works on it ----

# The tests of `make test` under the address and undefined-behaviour sanitizers.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
asan:
	@scripts/deps test
	@$(MAKE) --no-print-directory BUILD=build-asan OPT="-O1 -g" SAN="$(SANITIZE)" all test-programs
	@CADENCE_STREAMS=300 $(PYTHON) tests/run.py --build build-asan unit e2e golden

# Decoding and framing against the careful reader, for FUZZ_S seconds.
FUZZ_S ?= 60
build-fuzz/fuzz_decode: tests/fuzz/fuzz_decode.c $(wildcard src/decode/*.[ch]) $(wildcard include/cadence/*.h) \
                        $(addprefix src/util/,mem.c hash.c utf8.c)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(PKG_C) -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -o $@ $(filter %.c,$^) $(LIBS)

fuzz: build-fuzz/fuzz_decode
	@tests/fuzz/run $(FUZZ_S)

format:
	clang-format -i $(shell git ls-files '*.c' '*.h' | grep -v -e _data.h -e builtin)

format-check:
	clang-format --dry-run -Werror $(shell git ls-files '*.c' '*.h' | grep -v -e _data.h -e builtin)

lint:
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	    --inline-suppr --suppress=missingIncludeSystem --suppress=objectIndex \
	    -j 2 -Iinclude -D_GNU_SOURCE -DCADENCE_VERSION='""' -DCADENCE_THEMES='""' src
	printf '%s\n' $(SOURCES) $(MAINS) | xargs -P 2 -n 8 sh -c \
	    'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- $(subst ','\'',$(CPPFLAGS)) $(PKG_C) -std=c11' tidy

clean:
	rm -rf $(BUILD) build-asan build-fuzz build-clang build-plain

.PHONY: all unit deps demo test test-programs install uninstall asan fuzz format format-check lint clean
-include $(OBJECTS:.o=.d) $(MAINS:%.c=$(BUILD)/obj/%.d) $(TESTS:%=%.d)
-include tests/*/*.mk
