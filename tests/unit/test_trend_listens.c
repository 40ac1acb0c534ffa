/* Which plays are listens, of artists and of songs, against sorted plays and their gaps:
 * a few listeners, a few artists with three songs each, so that whatever can happen to a
 * pair does, late plays among them. */
#include "../../src/model/trend_impl.h"
#include "trend_fixture.h"

#define PLAYS 6000
#define USERS 24
#define NAMES 6 /* and nobody, 0 */
#define SONGS (3 * (NAMES + 1))
#define STEPS 600 /* of 5 minutes */
#define UNIT 10000

/* Listens by kind, id, class and time. */
typedef int tally_t[2][SONGS][CLASS_COUNT + 1][STEPS];

struct heard {
    uint32_t unit, user, id;
};

static int by_pair(const void *a, const void *b)
{
    const struct heard *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* `counts_short[user]`: of that user's songs only those of half an hour are kept. */
static void tally_sorted(const struct trend_play *play, bool songs,
                         const bool counts_short[USERS + 1], tally_t tally)
{
    static struct heard heard[PLAYS];
    size_t n = 0;
    for (size_t i = 0; i < PLAYS; i++)
        heard[n++] = (struct heard){(uint32_t)((play[i].ts_ms - START) / UNIT) + 1,
                                    play[i].user, songs ? play[i].song : play[i].artist};
    qsort(heard, n, sizeof *heard, by_pair);
    for (size_t i = 0; i < n; i++) {
        const struct heard *h = &heard[i], *before = h - 1;
        bool first = !i || before->user != h->user || before->id != h->id;
        unsigned cls = first ? CLASS_COUNT : gap_class(h->unit - before->unit);
        if (songs && counts_short[h->user] && cls)
            cls = 1;
        if (cls && h->id)
            tally[songs][h->id][cls][(h->unit - 1) / 30]++;
    }
}

struct reading {
    int (*tally)[CLASS_COUNT + 1][STEPS];
    bool wide;
};

static void read_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct reading *reading = context;
    listen_t *v = calloc(bucket->coded + bucket->loose_n + 1, sizeof *v);
    int64_t step = bucket->index - START / tier_grain_ms[tier];
    for (size_t i = 0, n = bucket_read(bucket, v); i < n; i++)
        reading->tally[listen_id(v[i], reading->wide)][listen_class(v[i])][step] +=
            v[i] & 1 ? -1 : 1;
    free(v);
}

static void tally_stored(const struct trend *trend, tally_t tally)
{
    for (int kind = 0; kind < 2; kind++) {
        struct reading reading = {tally[kind],
                                  tier_is_wide(&trend->store[kind], TIER_5MIN)};
        store_cover(&trend->store[kind], TIER_5MIN, START, START + STEPS * 5 * MINUTE,
                    read_bucket, &reading);
    }
}

/* Users who count for songs at the short scale alone are those of whom a first song is no
 * listen of a higher class. */
static bool counts_only_short(uint32_t user)
{
    static tally_t tally;
    struct trend *trend = trend_new();
    struct trend_play play[] = {{.ts_ms = START, .user = user, .artist = 1, .song = 1},
                                {.ts_ms = START, .user = 9999, .artist = 2, .song = 2}};
    memset(tally, 0, sizeof tally);
    trend_add(trend, play, 2); /* one alone would wait for company */
    tally_stored(trend, tally);
    trend_free(trend);
    assert_int_equal(tally[0][1][CLASS_COUNT][0], 1);
    return tally[1][1][1][0];
}

/* Some without an artist, some without a song. */
static struct plays random_plays(void)
{
    struct plays plays = {0};
    uint32_t hours = 3 + below(46);
    for (size_t i = 0; i < PLAYS; i++) {
        uint32_t artist = below(NAMES + 1);
        add(&plays, START + below(hours * 3600000), 1 + below(USERS), artist);
        plays.play[i].song = artist * 3 + below(3);
    }
    return plays;
}

static void listens_are_those_of_sorted_plays(void **state)
{
    static tally_t want, got;
    bool counts_short[USERS + 1];
    int shorts = 0;
    (void)state;
    for (uint32_t user = 1; user <= USERS; user++)
        shorts += counts_short[user] = counts_only_short(user);
    assert_in_range(shorts, 1, USERS - 1);
    for (uint64_t round = 1; round <= 60; round++) {
        seed = round;
        struct plays plays = random_plays();
        struct plays late = arriving(&plays, round % 3 ? 29 * 60000 : 1);
        const struct trend_play *play = late.play;
        struct trend *trend = trend_new();
        for (size_t i = 0, n; i < PLAYS; i += n) {
            n = 1 + below(round % 2 ? 4 : 1500);
            n = n < PLAYS - i ? n : PLAYS - i;
            trend_add(trend, play + i, n);
        }
        memset(want, 0, sizeof want);
        memset(got, 0, sizeof got);
        tally_sorted(play, false, counts_short, want);
        tally_sorted(play, true, counts_short, want);
        tally_stored(trend, got);
        assert_memory_equal(want, got, sizeof want);
        trend_free(trend);
        free(plays.play);
        free(late.play);
    }
}

/* A rush, then hours of quiet: the open buckets take no more than their listens want, or
 * what is old would be dropped for the sake of empty room. */
static void room_of_a_rush_is_given_back(void **state)
{
    (void)state;
    struct plays plays = {0};
    for (uint32_t i = 0; i < 8 * 500; i++) /* 500 in each bucket that is open */
        add(&plays, START + i * 600, i + 1, 1 + i % 100);
    for (uint32_t i = 0; i < 600; i++)
        add(&plays, START + 40 * MINUTE + i * MINUTE, i % 50 + 1, 1 + i % 7);
    struct trend *trend = trend_new();
    trend_add(trend, plays.play, plays.n);
    const struct tier *tier = &trend->store[0].tier[TIER_5MIN];
    for (size_t i = 0; i < tier->n; i++)
        assert_in_range(tier->bucket[i]->loose_cap, 0, 64 + 4 * tier->bucket[i]->loose_n);
    for (unsigned r = 0; r < trend->store[0].rooms; r++)
        assert_in_range(trend->store[0].room[r].cap, 0, 128);
    trend_free(trend);
    free(plays.play);
}

static int64_t hours_kept(const struct trend *trend, int kind, enum tier_id t)
{
    const struct tier *tier = &trend->store[kind].tier[t];
    return (trend->newest_ms - tier->bucket[0]->index * tier_grain_ms[t]) / HOUR_MS;
}

/* Six weeks at a thousand plays an hour: within the bytes that a tier may take, the ends
 * of the last four weeks can be looked at by half hours, of the last three by six hours
 * (which look back a week and more), of all by days. */
static void weeks_gone_by_are_kept(void **state)
{
    (void)state;
    struct plays plays = steady_at(16, 6 * 7 * 24);
    sort(&plays);
    struct trend *trend = trend_new();
    trend_add(trend, plays.play, plays.n);
    for (int kind = 0; kind < 2; kind++) {
        assert_in_range(hours_kept(trend, kind, TIER_5MIN), 4 * 168, 6 * 168);
        assert_in_range(hours_kept(trend, kind, TIER_HOUR), 3 * 168 + 206, 6 * 168);
        assert_in_range(hours_kept(trend, kind, TIER_4HOURS), 6 * 168 - 4, 6 * 168);
    }
    trend_free(trend);
    free(plays.play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listens_are_those_of_sorted_plays),
        cmocka_unit_test(room_of_a_rush_is_given_back),
        cmocka_unit_test(weeks_gone_by_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
