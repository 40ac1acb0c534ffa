/* What is chosen: a set of weeks and a set of zones. The model never sees a label: "Week
 * 3" and "Present" mean whatever they mean when the figures are made. */
#ifndef CADENCE_FILTER_H
#define CADENCE_FILTER_H

#include "cadence/dims.h"

#define WEEK_WORDS ((WEEK_COUNT + 63) / 64)

struct filter {
    uint8_t zones;             /* bit per zone; ZONES_ALL is all */
    bool all_weeks;            /* then the rest does not count */
    bool present;              /* the newest week, whichever that is */
    uint64_t week[WEEK_WORDS]; /* bit per week (dims.h) */
    uint64_t nth[WEEK_WORDS];  /* bit n-1: "Week n" of the weeks seen, unless it is the
                                  newest */
};

void filter_init(struct filter *filter); /* everything */
bool filter_eq(const struct filter *a, const struct filter *b);

/* Chooses what a comma-separated list names, ids and labels of weeks / zones, any case,
 * instead of what was chosen; an empty list is all. 0, or -1 with a sentence in `error`
 * naming the part that was not understood. */
int filter_choose_weeks(struct filter *filter, const char *list, char *error,
                        size_t size);
int filter_choose_zones(struct filter *filter, const char *list, char *error,
                        size_t size);

static inline void bits_set(uint64_t *bits, unsigned i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void bits_flip(uint64_t *bits, unsigned i)
{
    bits[i / 64] ^= UINT64_C(1) << (i % 64);
}
static inline bool bits_has(const uint64_t *bits, unsigned i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

#endif
