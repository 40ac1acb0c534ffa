/* Streams of plays for the tests of the trend engine. */
#ifndef TESTS_TREND_FIXTURE_H
#define TESTS_TREND_FIXTURE_H

#include "cadence/trend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define START INT64_C(1704067200000) /* Monday 2024-01-01 */
#define MINUTE INT64_C(60000)
#define ARTISTS 300
#define RISER 250
#define FALLER 3

struct plays {
    struct trend_play *play;
    size_t n, cap;
};

static uint64_t seed;

static inline uint32_t below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % n);
}

static const char states[][3] = {"NY", "FL", "TX", "IL", "CO", "CA", "WA", "HI"};

static inline void add(struct plays *plays, int64_t ts_ms, uint32_t user, uint32_t artist)
{
    if (plays->n == plays->cap) {
        plays->cap = plays->cap ? 2 * plays->cap : 1024;
        plays->play = realloc(plays->play, plays->cap * sizeof *plays->play);
    }
    const char *state = states[user % 8];
    plays->play[plays->n++] =
        (struct trend_play){.ts_ms = ts_ms,
                            .user = user,
                            .artist = artist,
                            .song = artist * 2 + (uint32_t)(ts_ms / 1000 % 2),
                            .state = (uint16_t)state_pack(state[0], state[1]),
                            .level = user % 2 ? LEVEL_PAID : LEVEL_FREE,
                            .depth = trend_depth(user) & 15,
                            .device = user % 3 ? DEVICE_MAC : DEVICE_WINDOWS};
}

static inline int by_time(const void *a, const void *b)
{
    const struct trend_play *x = a, *y = b;
    if (x->ts_ms != y->ts_ms)
        return x->ts_ms < y->ts_ms ? -1 : 1;
    return (x->user > y->user) - (x->user < y->user);
}

/* `hours` of steady listening. */
static inline struct plays steady_at(int per_minute, int hours)
{
    struct plays plays = {0};
    seed = 4711;
    for (int m = 0; m < hours * 60; m++)
        for (int i = 0; i < per_minute; i++) {
            uint32_t artist = 1 + below(1 + below(ARTISTS));
            add(&plays, START + m * MINUTE + below(60000),
                1 + below(200 * (uint32_t)per_minute), artist);
        }
    return plays;
}

static inline struct plays steady(int hours)
{
    return steady_at(20, hours);
}

/* `count` plays of an artist in [from, to) minutes by users of one residue of 8, or all
 * (8). */
static inline void burst(struct plays *plays, int from, int to, int count,
                         uint32_t artist, uint32_t of8)
{
    for (int i = 0; i < count; i++) {
        uint32_t user = 1 + below(4000);
        if (of8 < 8)
            user = user / 8 * 8 + of8;
        add(plays, START + from * MINUTE + below((uint32_t)(to - from) * 60000), user,
            artist);
    }
}

static inline void sort(struct plays *plays)
{
    qsort(plays->play, plays->n, sizeof *plays->play, by_time);
}

static inline struct filter everything(void)
{
    struct filter filter;
    filter_init(&filter);
    return filter;
}

static inline struct trend *counted(const struct plays *plays)
{
    struct trend *trend = trend_new();
    trend_add(trend, plays->play, plays->n);
    return trend;
}

static inline void ask(struct trend *trend, const struct filter *filter,
                       enum trend_kind kind, enum trend_scale scale,
                       struct trend_list *out)
{
    trend_list(trend, filter, kind, scale, TREND_WHOLE, out);
}

static inline const struct trend_entry *listed(const struct trend_list *list, uint32_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->entry[i].id == id)
            return &list->entry[i];
    return NULL;
}

static inline void same_lists(const struct trend_list *a, const struct trend_list *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->scale, b->scale);
    assert_int_equal(a->listens, b->listens);
    assert_int_equal(a->base_listens, b->base_listens);
    for (size_t i = 0; i < a->count; i++) {
        const struct trend_entry *x = &a->entry[i], *y = &b->entry[i];
        assert_int_equal(x->id, y->id);
        assert_int_equal(x->listens, y->listens);
        assert_int_equal(x->base_listens, y->base_listens);
        assert_true(x->score == y->score);
        assert_int_equal(x->since_ms, y->since_ms);
        assert_int_equal(x->rank_change, y->rank_change);
        assert_int_equal(x->is_new, y->is_new);
        assert_true(x->forecast == y->forecast);
        assert_memory_equal(x->spark, y->spark, sizeof x->spark);
    }
}

static inline struct plays copy(const struct plays *plays)
{
    struct plays made = {malloc(plays->n * sizeof *plays->play), plays->n, plays->n};
    memcpy(made.play, plays->play, plays->n * sizeof *plays->play);
    return made;
}

struct arrival {
    int64_t at_ms;
    struct trend_play play;
};

static inline int by_arrival(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* In the order in which they come: one in four up to `late_ms` late. */
static inline struct plays arriving(const struct plays *plays, uint32_t late_ms)
{
    struct arrival *arrival = malloc(plays->n * sizeof *arrival);
    struct plays out = copy(plays);
    for (size_t i = 0; i < plays->n; i++)
        arrival[i] = (struct arrival){plays->play[i].ts_ms +
                                          (below(4) ? 0 : (int64_t)below(late_ms)),
                                      plays->play[i]};
    qsort(arrival, plays->n, sizeof *arrival, by_arrival);
    for (size_t i = 0; i < plays->n; i++)
        out.play[i] = arrival[i].play;
    free(arrival);
    return out;
}

/* ---- Listens by the slow way: plays sorted by pair, and the gaps between them ---- */

struct heard {
    int64_t ts_ms;
    uint32_t id, user;
    uint8_t zone, state, scales; /* scales: those whose W the gap reaches */
};

static inline int by_pair(const void *a, const void *b)
{
    const struct heard *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->ts_ms > y->ts_ms) - (x->ts_ms < y->ts_ms);
}

/* In the engine's units of ten seconds, to the play before of the same pair. */
static inline uint32_t gap_before(const struct heard *sorted, const struct heard *h)
{
    bool is_first = h == sorted || h[-1].user != h->user || h[-1].id != h->id;
    return is_first ? UINT32_C(1) << 30
                    : (uint32_t)(h->ts_ms / 10000 - h[-1].ts_ms / 10000);
}

/* As in trend.c: songs at the longer scales are counted of one half of the users. */
static inline bool is_left_out(uint32_t user)
{
    uint64_t x = user + UINT64_C(0x5851F42D4C957F2D);
    x ^= x >> 32;
    x *= UINT64_C(0x9E3779B97F4A7C15);
    x ^= x >> 29;
    x *= UINT64_C(0xD6E8FEB86659FD93);
    return (x ^ x >> 32) & 1;
}

#endif
