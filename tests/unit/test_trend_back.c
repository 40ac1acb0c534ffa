/* Lists that look back: made in parts where time is short, they are in the end what they
 * are made at once. */
#include "trend_fixture.h"

#define PARTS_MAX 500

/* Many looks back have something to say: an artist rises slowly all day, one falls. */
static struct plays long_trends(int hours)
{
    struct plays plays = steady_at(300, hours);
    int end = hours * 60;
    for (int m = end - 800; m < end; m += 10)
        burst(&plays, m, m + 10, 40 + (m - end + 800) / 20, RISER, 8);
    burst(&plays, 0, end - 700, 24000, RISER - 1, 8);
    burst(&plays, end - 20, end, 120, RISER - 2, 8);
    sort(&plays);
    return plays;
}

/* As for a key: at once, and what is missing soon. */
static unsigned ask_in_parts(struct trend *trend, const struct filter *filter,
                             enum trend_kind kind, struct trend_list *out)
{
    unsigned parts = 0;
    trend_list(trend, filter, kind, SCALE_30MIN, TREND_AT_ONCE, out);
    while (out->more && ++parts < PARTS_MAX)
        trend_list(trend, filter, kind, SCALE_30MIN, TREND_SOON, out);
    return parts;
}

static void parts_make_the_whole(void **state)
{
    (void)state;
    struct plays plays = long_trends(40);
    struct trend *parts = counted(&plays), *whole = counted(&plays);
    static const uint8_t zones[] = {ZONES_ALL, 1u << ZONE_PST, ZONES_ALL & ~1u};
    static struct trend_list a, b;
    unsigned n = 0;
    for (size_t z = 0; z < sizeof zones; z++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
            struct filter filter = everything();
            filter.zones = zones[z];
            trend_list(whole, &filter, k, SCALE_30MIN, TREND_WHOLE, &a);
            assert_false(a.more);
            n += ask_in_parts(parts, &filter, k, &b);
            assert_false(b.more);
            same_lists(&a, &b);
            assert_true(k == TREND_SONGS || a.count > 0);
        }
    assert_in_range(n, 10, PARTS_MAX); /* or nothing was tested */
    trend_free(parts);
    trend_free(whole);
    free(plays.play);
}

/* While plays come in, some of them late, between the parts: they are caught up with. */
static void parts_keep_up(void **state)
{
    (void)state;
    struct plays plays = long_trends(40);
    struct trend *parts = trend_new(), *whole = counted(&plays);
    struct filter all = everything();
    static struct trend_list a, b;
    size_t held = plays.n - 4000;
    trend_add(parts, plays.play, held);
    for (size_t i = held; i < plays.n; i += 500) {
        trend_list(parts, &all, TREND_ARTISTS, SCALE_30MIN, TREND_SOON, &b);
        for (size_t j = i; j < i + 500; j++) /* up to three minutes late */
            trend_add(parts, &plays.play[i + (j - i + 250) % 500], 1);
    }
    ask_in_parts(parts, &all, TREND_ARTISTS, &b);
    trend_list(whole, &all, TREND_ARTISTS, SCALE_30MIN, TREND_WHOLE, &a);
    same_lists(&a, &b);
    trend_free(parts);
    trend_free(whole);
    free(plays.play);
}

/* One play in ten comes up to six hours late. Where a newer one of the same user and
 * artist was there first, three listens may be wrong; all others count where they
 * belong. */
static void too_late_is_bounded(void **state)
{
    (void)state;
    struct plays plays = long_trends(40), moved = copy(&plays);
    static int64_t newest[60001][ARTISTS + 1];
    uint32_t too_late = 0;
    for (size_t i = 0; i < moved.n; i++) { /* sorted by arrival, `song` tells which */
        moved.play[i].ts_ms += below(10) ? 0 : below(6 * 3600000);
        moved.play[i].song = (uint32_t)i;
    }
    sort(&moved);
    for (size_t i = 0; i < moved.n; i++) {
        const struct trend_play *p = &plays.play[moved.play[i].song];
        int64_t *n = &newest[p->user][p->artist];
        moved.play[i] = *p;
        too_late += *n >= p->ts_ms + 30 * MINUTE - 10000; /* as cut to ten seconds */
        *n = p->ts_ms > *n ? p->ts_ms : *n;
    }
    assert_true(too_late > 100);
    struct trend *sorted = counted(&plays), *late = counted(&moved);
    struct filter all = everything();
    static struct trend_list a, b;
    for (enum trend_scale s = SCALE_30MIN; s <= SCALE_6H; s++) {
        trend_list(sorted, &all, TREND_ARTISTS, s, TREND_WHOLE, &a);
        trend_list(late, &all, TREND_ARTISTS, s, TREND_WHOLE, &b);
        assert_int_equal(a.base_ms, b.base_ms);
        assert_true(labs((long)a.base_listens - (long)b.base_listens) <= 3L * too_late);
        assert_true(labs((long)a.listens - (long)b.listens) <= 3L * too_late);
        assert_int_equal(a.count > 0, b.count > 0);
    }
    print_message("too late: %u of %zu plays\n", too_late, plays.n);
    trend_free(sorted);
    trend_free(late);
    free(plays.play);
    free(moved.play);
}

/* An archive of years that comes in no order: hardly two plays in the same five minutes,
 * and none is older than what came before. Old buckets go all the same, and what is
 * recent stays whole. */
static void an_archive_in_no_order_is_bounded(void **state)
{
    (void)state;
    enum { YEARS = 10, OLD = 60000, MIB = 1 << 20 };
    struct plays recent = long_trends(30), all = {0};
    for (size_t i = 0; i < OLD; i++)
        add(&all,
            START - 90 * DAY_MS - below(YEARS * 365 * 24) * HOUR_MS -
                below(12) * 5 * MINUTE,
            1 + below(5000), 1 + below(ARTISTS));
    struct filter everyone = everything();
    static struct trend_list a, b;
    struct trend *trend = counted(&recent), *alone = counted(&recent);
    trend_add(trend, all.play, all.n);
    print_message("%.1f MiB with the archive, %.1f without\n",
                  (double)trend_bytes(trend) / MIB, (double)trend_bytes(alone) / MIB);
    assert_true(trend_bytes(trend) < trend_bytes(alone) + 20 * MIB);
    ask(alone, &everyone, TREND_ARTISTS, SCALE_30MIN, &a);
    ask(trend, &everyone, TREND_ARTISTS, SCALE_30MIN, &b);
    same_lists(&a, &b);
    assert_true(a.count > 0);
    trend_free(trend);
    trend_free(alone);
    free(recent.play);
    free(all.play);
}

/* Hundreds of thousands of names that are heard once: while they are in a baseline they
 * have a place in it, and then no more. */
static void who_is_heard_once_is_forgotten(void **state)
{
    (void)state;
    enum { ONCE = 400000, MIB = 1 << 20 };
    struct plays plays = long_trends(50), once = copy(&plays);
    for (uint32_t i = 0; i < ONCE; i++)
        add(&once, START + (int64_t)i * 20 * HOUR_MS / ONCE, 1 + below(60000),
            ARTISTS + 1 + i);
    sort(&once);
    struct trend *trend = trend_new(), *without = counted(&plays);
    struct filter all = everything(), zone = everything();
    static struct trend_list a, b;
    zone.zones = 1u << ZONE_PST;
    size_t most = 0, done = 0;
    for (int hour = 16; hour <= 50; hour += 2) {
        size_t from = done;
        while (done < once.n && once.play[done].ts_ms < START + hour * HOUR_MS)
            done++;
        trend_add(trend, once.play + from, done - from);
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
            ask(trend, &all, k, SCALE_30MIN, &a);
            ask(trend, &zone, k, SCALE_30MIN, &a);
        }
        most = trend_bytes(trend) > most ? trend_bytes(trend) : most;
    }
    for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
        ask(trend, &all, k, SCALE_30MIN, &a);
        ask(without, &all, k, SCALE_30MIN, &b);
        assert_int_equal(a.count, b.count);
        for (size_t i = 0; i < a.count; i++)
            assert_int_equal(a.entry[i].id, b.entry[i].id);
    }
    print_message("%.1f MiB, %.1f at most, %.1f without those heard once\n",
                  (double)trend_bytes(trend) / MIB, (double)most / MIB,
                  (double)trend_bytes(without) / MIB);
    assert_true(trend_bytes(trend) < trend_bytes(without) + 16 * MIB);
    trend_free(trend);
    trend_free(without);
    free(plays.play);
    free(once.play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(parts_keep_up),
        cmocka_unit_test(too_late_is_bounded),
        cmocka_unit_test(an_archive_in_no_order_is_bounded),
        cmocka_unit_test(who_is_heard_once_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
