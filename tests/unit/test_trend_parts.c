/* The parts of the trend engine against independent computations: gaps of pairs against
 * sorted plays, coded listens against plain arrays, tails against exact fractions. */
#include "../../src/model/trend_impl.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % n);
}

/* ---- Pairs ---- */

#define PLAYS 4000
#define PAIRS 40

struct seen {
    uint32_t unit, pair, arrives;
};

static int by_unit(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    return x->unit != y->unit ? (x->unit > y->unit) - (x->unit < y->unit)
                              : (x->pair > y->pair) - (x->pair < y->pair);
}

static int by_arrival(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    return x->arrives != y->arrives
               ? (x->arrives > y->arrives) - (x->arrives < y->arrives)
               : by_unit(a, b);
}

/* Listens by pair, class and hour, as the gaps of sorted plays make them. */
typedef int tally_t[PAIRS][CLASS_COUNT + 1][64];

static void tally_sorted(struct seen *seen, tally_t tally)
{
    uint32_t last[PAIRS] = {0};
    qsort(seen, PLAYS, sizeof *seen, by_unit);
    for (int i = 0; i < PLAYS; i++) {
        uint32_t p = seen[i].pair, gap = seen[i].unit - last[p];
        int cls = !last[p]       ? 4
                  : gap >= 60480 ? 4
                  : gap >= 8640  ? 3
                  : gap >= 2160  ? 2
                                 : gap >= 180;
        last[p] = seen[i].unit;
        if (cls)
            tally[p][cls][seen[i].unit / 4096]++;
    }
}

static void tally_pairs(struct seen *seen, tally_t tally)
{
    struct pairs pairs;
    pairs_init(&pairs);
    qsort(seen, PLAYS, sizeof *seen, by_arrival);
    for (int i = 0; i < PLAYS; i++) {
        struct change change[CHANGE_MAX];
        uint64_t hash = (seen[i].pair + 1) * UINT64_C(0x9E3779B97F4A7C15);
        unsigned n = pairs_see(&pairs, hash, seen[i].unit, 0, 0, change);
        assert_true(n <= CHANGE_MAX);
        for (unsigned c = 0; c < n; c++)
            tally[seen[i].pair][change[c].cls][change[c].unit / 4096] +=
                change[c].minus ? -1 : 1;
    }
    pairs_fini(&pairs);
}

/* Up to 30 minutes late, a play changes exactly what it would have changed in its place.
 */
static void pairs_late_as_sorted(void **state)
{
    static struct seen seen[PLAYS];
    static tally_t want, got;
    (void)state;
    for (seed = 1; seed < 60; seed += 1) {
        uint64_t kept = seed;
        uint32_t late = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 60 : 179;
        uint32_t span = seed % 2 ? 20000 : 200000;
        for (int i = 0; i < PLAYS; i++) {
            seen[i].unit = 1 + below(span);
            seen[i].pair = below(PAIRS);
            seen[i].arrives = seen[i].unit + below(late);
        }
        memset(want, 0, sizeof want);
        memset(got, 0, sizeof got);
        tally_pairs(seen, got);
        tally_sorted(seen, want);
        assert_memory_equal(want, got, sizeof want);
        seed = kept;
    }
}

/* Later than that, behind a newer play of the same pair, three listens at most are wrong
 * of each scale for each such play, wherever they are: its own, the one that followed it
 * and one that was taken for that. */
static void pairs_too_late_stay_near(void **state)
{
    static struct seen seen[PLAYS];
    static tally_t want, got;
    int worst = 0;
    (void)state;
    for (seed = 1; seed < 60; seed += 1) {
        uint64_t kept = seed;
        uint32_t late = seed % 3 == 0 ? 400 : seed % 3 == 1 ? 3000 : 30000;
        uint32_t span = seed % 2 ? 20000 : 200000, newest[PAIRS] = {0};
        int too_late = 0;
        for (int i = 0; i < PLAYS; i++) {
            seen[i].unit = 1 + below(span);
            seen[i].pair = below(PAIRS);
            seen[i].arrives =
                seen[i].unit + (below(seed % 5 + 1) ? below(60) : below(late));
        }
        memset(want, 0, sizeof want);
        memset(got, 0, sizeof got);
        tally_pairs(seen, got); /* leaves them as they arrived */
        for (int i = 0; i < PLAYS; i++) {
            uint32_t *n = &newest[seen[i].pair];
            too_late += *n >= seen[i].unit + 180;
            *n = seen[i].unit > *n ? seen[i].unit : *n;
        }
        tally_sorted(seen, want);
        for (int scale = 1; scale <= CLASS_COUNT; scale++) {
            int wrong = 0;
            for (int p = 0; p < PAIRS; p++)
                for (int at = 0; at < 64; at++) {
                    int off = 0;
                    for (int c = scale; c <= CLASS_COUNT; c++)
                        off += got[p][c][at] - want[p][c][at];
                    wrong += abs(off);
                }
            assert_in_range(wrong, 0, 3 * too_late);
            worst = wrong > worst ? wrong : worst;
        }
        seed = kept;
    }
    assert_in_range(worst, 1, PLAYS); /* or nothing was too late */
}

/* Ten thousand pairs, most of them to be forgotten: those still needed are all found. */
static void pairs_forget(void **state)
{
    (void)state;
    struct pairs pairs;
    struct change change[CHANGE_MAX];
    uint32_t keep[DEPTH_COUNT];
    pairs_init(&pairs);
    for (int d = 0; d < DEPTH_COUNT; d++)
        keep[d] = 2160;
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t unit = 1 + i;
        pairs_keep(&pairs, unit, keep);
        uint64_t hash = (uint64_t)(i % 1000 + 1) * UINT64_C(0x9E3779B97F4A7C15);
        unsigned n = pairs_see(&pairs, hash, unit, 0, 0, change);
        if (i >= 1000) { /* a gap of 1,000 units: 2 h 47 min */
            assert_int_equal(n, 1);
            assert_int_equal(change[0].cls, 1);
        }
        pairs_see(&pairs, (i + 7) * UINT64_C(0xD6E8FEB86659FD93), unit, 0, 0, change);
    }
    assert_true(pairs.slots < 12000);
    pairs_fini(&pairs);
}

/* Where entries lie, by their prints: never before their home, and not far behind it. */
static size_t farthest(const struct pairs *pairs)
{
    size_t most = 0;
    for (size_t i = 0; i < pairs->slots + PAIRS_TAIL; i++) {
        size_t home = (size_t)((uint64_t)pairs->slot[i].print * pairs->slots >> 32);
        if (!pairs->slot[i].last)
            continue;
        assert_true(i >= home);
        most = i - home > most ? i - home : most;
    }
    return most;
}

/* Ids chosen so that pairs have their home in one place, or fill a stretch of the table:
 * nobody searches long for them, none of them is a listener twice, and others are found
 * as before. */
static void a_crowd_of_prints_is_not_searched(void **state)
{
    (void)state;
    enum { MANY = 50000, OTHERS = 20000 };
    for (uint32_t spread = 1; spread < 10000; spread *= 64) {
        struct pairs pairs;
        struct change change[CHANGE_MAX];
        uint32_t keep[DEPTH_COUNT] = {60480}, listens = 0;
        pairs_init(&pairs);
        for (uint32_t round = 0; round < 3; round++) {
            uint32_t unit = 1000000 + round * 300;
            uint8_t cls = round ? 1 : CLASS_COUNT;
            pairs_keep(&pairs, unit, keep);
            for (uint32_t i = 0; i < OTHERS; i++) {
                uint32_t print = i * UINT32_C(2654435761);
                if (print >> 28 == 4 || print >> 28 == 5) /* where the crowd will be */
                    continue;
                unsigned n = pairs_see(&pairs, (uint64_t)print << 32, unit, 0, 0, change);
                assert_true(n == 1 && change[0].cls == cls);
            }
            for (uint32_t i = 0; round && i < MANY; i++) {
                uint64_t print = UINT32_C(0x55555555) - i * spread;
                unsigned n = pairs_see(&pairs, print << 32, unit, 0, 0, change);
                assert_true(n == 0 || change[0].cls == (round == 1 ? CLASS_COUNT : 1));
                listens += n;
            }
        }
        assert_in_range(farthest(&pairs), 0, PAIRS_REACH);
        assert_in_range(listens, 2000, 2 * MANY);
        pairs_fini(&pairs);
    }
}

/* More pairs than there are places behind the last home: some are forgotten, nothing is
 * written beyond. Nobody has so many by chance, but ids can be chosen. */
static void prints_at_the_end_of_the_table(void **state)
{
    (void)state;
    struct pairs pairs;
    struct change change[CHANGE_MAX];
    uint32_t keep[DEPTH_COUNT] = {60480};
    pairs_init(&pairs);
    pairs_keep(&pairs, 1000000, keep);
    for (uint32_t i = 0; i < 5000; i++) {
        uint64_t hash = (uint64_t)(UINT32_MAX - i % 2000) << 32 | (uint64_t)(i / 2000)
                                                                      << 31;
        assert_true(pairs_see(&pairs, hash, 1000000 + i / 10, 0, 0, change) <=
                    CHANGE_MAX);
        pairs_see(&pairs, (uint64_t)(i * 2654435761u) << 32, 1000000, 0, 0, change);
    }
    assert_true(pairs.used <= pairs.slots + PAIRS_TAIL);
    pairs_fini(&pairs);
}

/* ---- Coded listens ---- */

struct found {
    listen_t *out;
    size_t n;
};

static void find(void *context, listen_t listen)
{
    struct found *found = context;
    found->out[found->n++] = listen;
}

static void listens_survive_coding(void **state)
{
    (void)state;
    for (seed = 1; seed < 40; seed++) {
        uint64_t kept = seed;
        size_t n = 1 + below(3000), ids = 1 + below(500);
        listen_t *v = malloc(n * sizeof *v), *tmp = malloc(n * sizeof *v);
        listen_t *out = malloc(n * sizeof *v);
        for (size_t i = 0; i < n; i++)
            v[i] = ((uint64_t)below((uint32_t)ids) << 13 | below(8192)) << 1;
        assert_int_equal(listens_sort(v, tmp, 0, n), n);
        struct bucket bucket = {0};
        bucket_encode(&bucket, v, n);
        assert_int_equal(bucket_read(&bucket, out), n);
        assert_memory_equal(v, out, n * sizeof *v);
        for (uint32_t id = 0; id < ids + 1; id++) {
            size_t from = 0, count = 0;
            while (from < n && listen_id(v[from], true) < id)
                from++;
            while (from + count < n && listen_id(v[from + count], true) == id)
                count++;
            struct found found = {out, 0};
            bucket_each(&bucket, true, id, find, &found);
            assert_int_equal(found.n, count);
            assert_memory_equal(v + from, out, count * sizeof *v);
        }
        bucket_fini(&bucket);
        free(v);
        free(tmp);
        free(out);
        seed = kept;
    }
}

static void taken_back_cancel(void **state)
{
    (void)state;
    listen_t v[] = {7 << 1 | 1, 9 << 1, 7 << 1, 7 << 1, 3 << 1, 9 << 1 | 1}, tmp[6];
    assert_int_equal(listens_sort(v, tmp, 0, 6), 2);
    assert_int_equal(v[0], 3 << 1);
    assert_int_equal(v[1], 7 << 1);
}

/* What is sorted already and what came after it are the multiset of both, less what was
 * taken back: counted here by key. */
#define KEYS 300
static void sorted_and_new_are_merged(void **state)
{
    (void)state;
    for (seed = 1; seed < 200; seed++) {
        uint64_t kept = seed;
        size_t sorted = below(400), fresh = below(400), n = 0, at = 0;
        listen_t v[800], tmp[800];
        int count[KEYS] = {0};
        for (; n < sorted; n++)
            v[n] = (listen_t)below(KEYS) << 1;
        assert_int_equal(listens_sort(v, tmp, 0, n), n);
        for (; n < sorted + fresh; n++)
            v[n] = (listen_t)below(KEYS) << 1 | (below(4) == 0);
        for (size_t i = 0; i < n; i++)
            count[v[i] >> 1] += v[i] & 1 ? -1 : 1;
        n = listens_sort(v, tmp, sorted, n);
        for (listen_t key = 0; key < KEYS; key++)
            for (; count[key] > 0; count[key]--)
                assert_true(at < n && v[at++] == key << 1);
        assert_int_equal(at, n);
        seed = kept;
    }
}

/* The first at or after, by walking; with and without gaps. */
static void buckets_are_found(void **state)
{
    (void)state;
    for (seed = 1; seed < 60; seed++) {
        uint64_t kept = seed;
        struct bucket bucket[200], *pointer[200];
        struct tier tier = {.bucket = pointer, .n = below(200)};
        int64_t index = (int64_t)below(1000) - 500, gap = 1 + (int64_t)below(4);
        for (size_t i = 0; i < tier.n; i++) {
            bucket[i].index = index;
            pointer[i] = &bucket[i];
            index += 1 + (int64_t)below((uint32_t)gap) * (int64_t)below(30);
        }
        for (int64_t sought = -510; sought < index + 10; sought++) {
            size_t want = 0;
            while (want < tier.n && bucket[want].index < sought)
                want++;
            assert_int_equal(tier_lower(&tier, sought), want);
        }
        seed = kept;
    }
}

/* ---- Counts ---- */

#define IDS 700

static void same_counts(const struct counts *counts, uint32_t plain[IDS][ZONE_COUNT])
{
    static const uint32_t none[ZONE_COUNT];
    for (uint32_t id = 0; id < IDS + 100; id++) {
        const uint32_t *row = counts_row(counts, id);
        assert_memory_equal(row ? row : none, id < IDS ? plain[id] : none, sizeof none);
    }
}

/* Whatever comes and goes, the rows are those of a plain array; and no more than a third
 * are of nothing. */
static void counts_as_an_array(void **state)
{
    (void)state;
    static uint32_t plain[IDS][ZONE_COUNT];
    struct counts counts = {0}, other = {0};
    seed = 9;
    for (int round = 0; round < 200; round++) {
        uint32_t from = below(IDS), n = 1 + below(IDS - from);
        for (int i = 0; i < 300; i++) {
            uint32_t id = from + below(n), zone = below(ZONE_COUNT);
            uint32_t *row = counts_put(&counts, id);
            row[zone]++;
            plain[id][zone]++;
        }
        for (uint32_t id = below(IDS); id < IDS; id += 1 + below(3)) {
            uint32_t *row = counts_put(&counts, id);
            memset(row, 0, sizeof plain[id]);
            memset(plain[id], 0, sizeof plain[id]);
            counts_less(&counts, row);
        }
        counts_sweep(&counts);
        same_counts(&counts, plain);
        size_t some = 0;
        for (uint32_t id = 0; id < IDS; id++)
            for (int z = 0, any = 0; z < ZONE_COUNT && !any; z++)
                some += any = plain[id][z] != 0;
        assert_in_range(counts.rows, some, some + some / 3 + 2 + counts.pages / 3);
        if (round % 10 == 0) {
            counts_copy(&other, &counts);
            same_counts(&other, plain);
            assert_int_equal(counts_bytes(&other), counts_bytes(&counts));
        }
    }
    counts_clear(&counts);
    assert_null(counts_row(&counts, 1));
    counts_fini(&counts);
    counts_fini(&other);
}

/* ---- Statistics ---- */

static void near(double got, double want)
{
    if (fabs(got - want) > 1e-9 * fabs(want))
        fail_msg("%.17g is not %.17g", got, want);
}

/* Sums of exact fractions. */
static void tails(void **state)
{
    (void)state;
    near(binomial_upper(5, 8, 1 / 49.), 1.8830867133109215e-07);
    near(binomial_upper(12, 40, .1), 0.00038083426673634236);
    near(binomial_lower(2, 50, .25), 8.708768583276463e-05);
    near(binomial_upper(700, 1000, .5), 8.832839003975068e-38);
    near(binomial_upper(3, 10, .5), 0.9453125);
    near(binomial_upper(0, 10, .5), 1);
    near(binomial_lower(10, 10, .5), 1);
    near(binomial_upper(11, 10, .5), 0);
}

/* The example of Benjamini and Hochberg 1995, section 3.2: at 5 % the first four of 15.
 */
static void false_discovery(void **state)
{
    (void)state;
    double p[] = {.0344, .0278, .0095, .0004, .0019, .0001, .0201, .0298,
                  .0459, .3240, .4262, .5719, .6528, .7590, 1};
    near(bh_threshold(p, 15, 15, .05), .0095);
    double none[] = {.2, .3};
    near(bh_threshold(none, 2, 100, .05), 0);
}

/* ln of (k+1/2)/((b+1/2) ratio) less 1.96 standard errors, by hand for k 12, b 24, ratio
 * 1/12: ln(12.5 / (24.5/12)) = 1.811962; 1.96 sqrt(1/12.5 + 1/24.5) = 0.681269. */
static void bound(void **state)
{
    (void)state;
    assert_true(fabs(lift_bound(12, 24, 1 / 12., 1) - (1.811962 - .681269)) < 1e-5);
    assert_true(fabs(lift_bound(12, 24, 1 / 12., -1) - (1.811962 + .681269)) < 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowd_of_prints_is_not_searched),
        cmocka_unit_test(prints_at_the_end_of_the_table),
        cmocka_unit_test(pairs_late_as_sorted),
        cmocka_unit_test(pairs_too_late_stay_near),
        cmocka_unit_test(pairs_forget),
        cmocka_unit_test(listens_survive_coding),
        cmocka_unit_test(sorted_and_new_are_merged),
        cmocka_unit_test(buckets_are_found),
        cmocka_unit_test(taken_back_cancel),
        cmocka_unit_test(counts_as_an_array),
        cmocka_unit_test(tails),
        cmocka_unit_test(false_discovery),
        cmocka_unit_test(bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
