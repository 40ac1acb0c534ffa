# Cadence. `make` builds, `make demo` shows it, `make test` tests it.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
BUILD   ?= build
VERSION := 0.1.0

PACKAGES := libuv rdkafka libcjson ncursesw zlib libxxhash
WARN     := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wpointer-arith
OPT      ?= -O2 -g
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DCADENCE_VERSION='"$(VERSION)"' \
            -DCADENCE_THEMES='"$(PREFIX)/share/cadence/themes"'
CFLAGS   += -std=c11 $(OPT) $(WARN) $(SAN)
LDFLAGS  += $(SAN)
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

unit: $(TESTS)
	@set -e; for t in $(TESTS); do $$t; done

clean:
	rm -rf $(BUILD)

.PHONY: all unit clean
-include $(OBJECTS:.o=.d) $(TESTS:%=%.d)
-include tests/bench/*.mk
