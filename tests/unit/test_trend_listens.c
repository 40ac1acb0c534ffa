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

/* Listens by kind, id, class and time. */
typedef int tally_t[2][SONGS][CLASS_COUNT + 1][STEPS];

static void tally_sorted(const struct trend_play *play, bool songs, tally_t tally)
{
    static struct heard heard[PLAYS];
    for (size_t i = 0; i < PLAYS; i++)
        heard[i] = (struct heard){.ts_ms = play[i].ts_ms,
                                  .id = songs ? play[i].song : play[i].artist,
                                  .user = play[i].user};
    qsort(heard, PLAYS, sizeof *heard, by_pair);
    for (const struct heard *h = heard; h < heard + PLAYS; h++) {
        unsigned cls = gap_class(gap_before(heard, h));
        if (songs && cls && is_left_out(h->user))
            cls = 1;
        if (cls && h->id)
            tally[songs][h->id][cls][(h->ts_ms - START) / (5 * MINUTE)]++;
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
    int left_out = 0;
    (void)state;
    for (uint32_t user = 1; user <= USERS; user++)
        left_out += is_left_out(user);
    assert_in_range(left_out, 1, USERS - 1);
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
        tally_sorted(play, false, want);
        tally_sorted(play, true, want);
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
    struct trend *trend = counted(&plays);
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
    struct trend *trend = counted(&plays);
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
