/* The trend engine as its callers see it: what is listed, and that it does not depend on
 * the order of plays, on when or how often it is asked, or on what came after. */
#include "trend_fixture.h"

#include <math.h>
#include <stdio.h>

/* A burst is listed, first, with counts that plain counting finds too. */
static void a_riser_is_listed(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    burst(&plays, 1770, 1800, 60, RISER, 8);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &list);
    assert_int_equal(list.scale, SCALE_30MIN);
    assert_true(list.enough);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.entry[0].id, RISER);
    uint32_t k = 0;
    for (size_t i = 0; i < plays.n; i++) {
        const struct trend_play *p = &plays.play[i];
        bool seen = p->artist != RISER || p->ts_ms < START + 1770 * MINUTE;
        for (size_t j = 0; j < i && !seen; j++) /* in units of ten seconds, as is kept */
            seen = plays.play[j].user == p->user && plays.play[j].artist == RISER &&
                   p->ts_ms / 10000 - plays.play[j].ts_ms / 10000 < 180;
        k += !seen;
    }
    assert_int_equal(list.entry[0].listens, k);
    assert_true(list.entry[0].lift > 10 && list.entry[0].p < 1e-9);
    assert_true(list.entry[0].is_new);
    assert_true(list.entry[0].since_ms > START + 1770 * MINUTE);
    assert_true(list.entry[0].since_ms <= START + 1785 * MINUTE);
    assert_true(list.entry[0].forecast_low < k && list.entry[0].forecast_high > k);
    assert_true(list.entry[0].spark[TREND_POINTS - 1] > .5f &&
                list.entry[0].spark[0] < .2f);
    ask(trend, &all, TREND_SONGS, SCALE_AUTO, &list);
    assert_non_null(listed(&list, RISER * 2));
    assert_non_null(listed(&list, RISER * 2 + 1));
    trend_free(trend);
    free(plays.play);
}

static void nothing_rises(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    for (int i = 0; i < 40; i++) /* one on repeat */
        add(&plays, START + 1750 * MINUTE + i * MINUTE, 77, RISER);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    for (enum trend_scale s = SCALE_30MIN; s <= SCALE_6H; s++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
            ask(trend, &all, k, s, &list);
            assert_int_equal(list.count, 0);
        }
    trend_free(trend);
    free(plays.play);
}

static void a_faller_is_listed(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    burst(&plays, 0, 1440, 2000, FALLER + 200, 8);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    ask(trend, &all, TREND_FALLING, SCALE_30MIN, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.entry[0].id, FALLER + 200);
    assert_true(list.entry[0].lift < .5 && list.entry[0].score < 0);
    ask(trend, &all, TREND_ARTISTS, SCALE_30MIN, &list);
    assert_int_equal(list.count, 0);
    trend_free(trend);
    free(plays.play);
}

#define NEWCOMER (ARTISTS + 1)
/* Listens of NEWCOMER by listeners 1..n, twice: W apart and a bit, the last just before
 * `now`. */
static struct plays comes_back(enum trend_scale scale, uint32_t n, int64_t now_ms)
{
    static const int hours[] = {0, 30, 9 * 24, 31 * 24, 66 * 24};
    static const int64_t windows_ms[] = {0, 30 * MINUTE, 6 * HOUR_MS, DAY_MS, WEEK_MS};
    struct plays plays = steady_at(scale == SCALE_30MIN ? 8 : 2, hours[scale]);
    int64_t end_ms = START + (int64_t)hours[scale] * HOUR_MS + now_ms;
    for (uint32_t i = 0; i < n; i++)
        for (int again = 0; again < 2; again++)
            add(&plays, end_ms - 1000 * (i + 1) - again * windows_ms[scale], 1 + i,
                NEWCOMER);
    sort(&plays);
    return plays;
}

/* Who comes back at the same hour of every day is one listener of a day, however far its
 * last four hours have come: three such listeners are not six. */
static void nobody_is_two_listeners(void **state)
{
    (void)state;
    static const int64_t steps_ms[] = {0, 5 * MINUTE, HOUR_MS, 4 * HOUR_MS, DAY_MS};
    struct filter all = everything();
    static struct trend_list list;
    for (enum trend_scale s = SCALE_30MIN; s < SCALE_COUNT; s++)
        for (int tenth = 0; tenth < 10; tenth += 1 + tenth * 3)
            for (uint32_t n = 3; n <= 6; n += 3) {
                int64_t into_ms = 20000 + steps_ms[s] * tenth / 10;
                struct plays plays = comes_back(s, n, into_ms);
                struct trend *trend = counted(&plays);
                ask(trend, &all, TREND_ARTISTS, s, &list);
                assert_true(list.enough);
                const struct trend_entry *riser = listed(&list, NEWCOMER);
                assert_int_equal(riser != NULL, n == 6);
                if (riser && s > SCALE_30MIN)
                    assert_int_equal(riser->listeners, n);
                trend_free(trend);
                free(plays.play);
            }
}

/* By zones: who rises in the Pacific alone is listed there, and nowhere else. */
static void zones_have_their_own(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    burst(&plays, 1770, 1800, 60, RISER, 5);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter zones = everything();
    static struct trend_list list;
    zones.zones = 1u << ZONE_PST;
    ask(trend, &zones, TREND_ARTISTS, SCALE_30MIN, &list);
    assert_non_null(listed(&list, RISER));
    zones.zones = ZONES_ALL & ~(1u << ZONE_PST);
    ask(trend, &zones, TREND_ARTISTS, SCALE_30MIN, &list);
    assert_null(listed(&list, RISER));
    struct trend_why why;
    zones.zones = ZONES_ALL;
    trend_explain(trend, &zones, RISER, SCALE_30MIN, &why);
    assert_true(why.valid);
    assert_true(why.state_now[state_pack('C', 'A')] > 90);
    assert_true(why.state_before[state_pack('C', 'A')] < 40);
    float devices = 0, levels = 0;
    for (int d = 0; d < DEVICE_COUNT; d++)
        devices += why.device_now[d];
    for (int l = 0; l < LEVEL_COUNT; l++)
        levels += why.level_before[l];
    assert_true(fabsf(devices - 100) < .01f && fabsf(levels - 100) < .01f);
    assert_true(why.level_now[LEVEL_PAID] > 90); /* users of California are odd here */
    trend_free(trend);
    free(plays.play);
}

/* Sixty accounts of one of eight states do not make a trend of the whole. */
static void a_crowd_is_none(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    burst(&plays, 1770, 1800, 60, RISER, 2);
    burst(&plays, 1770, 1800, 60, RISER - 1, 8);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    ask(trend, &all, TREND_ARTISTS, SCALE_30MIN, &list);
    assert_null(listed(&list, RISER));
    assert_non_null(listed(&list, RISER - 1));
    trend_free(trend);
    free(plays.play);
}

/* Nor do 25 of a small state, where a large one has as many listeners as always. */
static void a_crowd_need_not_be_the_largest(void **state)
{
    (void)state;
    struct plays plays = steady(30);
    for (uint32_t i = 0; i < 4800; i++) /* 80 in half an hour, at all times */
        add(&plays, START + i * 22500, 1 + i % 3989, RISER);
    for (size_t i = 0; i < plays.n;
         i++) { /* 7 in 16 are of California, 1 in 64 of Hawaii */
        struct trend_play *p = &plays.play[i];
        if (p->user % 8 == 4 || p->user % 8 == 6 || p->user % 16 == 3)
            p->state = (uint16_t)state_pack('C', 'A');
        if (p->user % 8 == 7 && p->user % 64 != 7)
            p->state = (uint16_t)state_pack('N', 'Y');
    }
    struct filter all = everything();
    static struct trend_list list;
    for (int hawaii = 0; hawaii < 2; hawaii++) { /* or of all states */
        struct plays more = copy(&plays);
        for (uint32_t i = 0; i < 25; i++) {
            add(&more, START + 1795 * MINUTE + 11000 * i, 8000 + i, RISER);
            if (hawaii)
                more.play[more.n - 1].state = (uint16_t)state_pack('H', 'I');
        }
        sort(&more);
        struct trend *trend = counted(&more);
        ask(trend, &all, TREND_ARTISTS, SCALE_30MIN, &list);
        assert_int_equal(listed(&list, RISER) != NULL, !hawaii);
        trend_free(trend);
        free(more.play);
    }
    free(plays.play);
}

/* Heard by thousands an hour, alike in all states, it is no crowd of one: all of them
 * count. */
static void who_is_heard_by_very_many_can_rise(void **state)
{
    (void)state;
    struct plays plays = {0};
    uint32_t user = 1;
    seed = 1;
    for (int hour = 0; hour < 22; hour++) {
        int n = hour < 15 ? 3000 : 34000, hot = hour < 15 ? 9 : 15;
        for (int i = 0; i < n; i++)
            add(&plays, START + hour * 60 * MINUTE + (int64_t)i * 60 * MINUTE / n, user++,
                below(100) < (uint32_t)hot ? RISER : 1 + below(20));
    }
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    ask(trend, &all, TREND_ARTISTS, SCALE_6H, &list);
    assert_non_null(listed(&list, RISER));
    struct trend_why why;
    trend_explain(trend, &all, RISER, SCALE_6H, &why);
    assert_true(why.valid);
    for (int i = 0; i < 8; i++)
        assert_true(fabsf(why.state_now[state_pack(states[i][0], states[i][1])] - 12.5f) <
                    1);
    trend_free(trend);
    free(plays.play);
}

/* Lists made between plays change nothing: here of one that comes 40 minutes late, behind
 * a baseline that has been counted. */
static void late_plays_between_lists(void **state)
{
    (void)state;
    struct plays plays = steady(80);
    struct filter all = everything();
    static struct trend_list asked, fresh;
    sort(&plays);
    for (int late = 30; late <= 50; late += 5) {
        struct trend *x = trend_new(), *y = trend_new();
        struct trend_play play = plays.play[0];
        int64_t next = START + (30 * 60 + 7) * MINUTE;
        play.user = 9999;
        play.depth = trend_depth(9999) & 15;
        play.artist = ARTISTS + 1;
        play.ts_ms = next - late * MINUTE;
        for (size_t i = 0; i < plays.n; i++) {
            if (plays.play[i].ts_ms >= next) {
                ask(x, &all, TREND_FALLING, SCALE_30MIN, &asked);
                assert_true(asked.base_listens < 100000 && asked.count < 3);
                if (play.ts_ms) {
                    trend_add(x, &play, 1);
                    trend_add(y, &play, 1);
                }
                play.ts_ms = 0;
                next += 5 * MINUTE;
            }
            trend_add(x, &plays.play[i], 1);
            trend_add(y, &plays.play[i], 1);
        }
        ask(x, &all, TREND_FALLING, SCALE_30MIN, &asked);
        ask(y, &all, TREND_FALLING, SCALE_30MIN, &fresh);
        same_lists(&asked, &fresh);
        trend_free(x);
        trend_free(y);
    }
    free(plays.play);
}

/* A listen that is taken back and never was is none, not four billion. */
static void less_than_nothing_is_nothing(void **state)
{
    (void)state;
    static const int minutes[] = {0, 25, 60, 40,
                                  10}; /* a run, one far, a bridge, too late */
    struct plays plays = steady(30);
    for (size_t i = 0; i < plays.n; i++)
        if (plays.play[i].state == state_pack('H', 'I'))
            plays.play[i].state = (uint16_t)state_pack('C', 'A');
    burst(&plays, 29 * 60 + 30, 30 * 60, 200, RISER, 3);
    sort(&plays);
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list before[SCALE_COUNT][TREND_KIND_COUNT], after;
    for (enum trend_scale s = SCALE_30MIN; s < SCALE_COUNT; s++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++)
            ask(trend, &all, k, s, &before[s][k]);
    for (size_t i = 0; i < ARRAY_SIZE(minutes); i++) {
        struct trend_play play = plays.play[0];
        play.ts_ms = START + (29 * 60 - 5 + minutes[i]) * MINUTE;
        play.user = 9999;
        play.depth = trend_depth(9999) & 15;
        play.artist = play.song = 17;
        play.state = (uint16_t)state_pack('H', 'I');
        trend_add(trend, &play, 1);
    }
    for (enum trend_scale s = SCALE_30MIN; s < SCALE_COUNT; s++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
            ask(trend, &all, k, s, &after);
            assert_true(llabs((int64_t)after.listens - before[s][k].listens) < 6);
            assert_true(llabs((int64_t)after.base_listens - before[s][k].base_listens) <
                        6);
            assert_int_equal(after.count, before[s][k].count);
        }
    trend_free(trend);
    free(plays.play);
}

static void same_at_the_end(const struct plays *a, const struct plays *b)
{
    struct filter all = everything();
    struct trend *x = counted(a), *y = counted(b);
    static struct trend_list lx, ly;
    for (enum trend_scale s = SCALE_30MIN; s <= SCALE_DAY; s++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++) {
            ask(x, &all, k, s, &lx);
            ask(y, &all, k, s, &ly);
            same_lists(&lx, &ly);
        }
    trend_free(x);
    trend_free(y);
}

static struct plays with_bursts(int hours)
{
    struct plays plays = steady(hours);
    burst(&plays, 1000, 1200, 300, 120, 8);
    burst(&plays, hours * 60 - 100, hours * 60, 300, RISER, 8);
    burst(&plays, hours * 60 - 20, hours * 60, 40, RISER - 1, 8);
    sort(&plays);
    return plays;
}

/* Each play up to 10 minutes late: the same. The second half before the first, so 30
 * hours late: the same but for a few listens of pairs whose past was not known yet. */
static void order_does_not_matter(void **state)
{
    (void)state;
    struct plays plays = with_bursts(60), late = copy(&plays);
    for (size_t i = 0; i < late.n; i++)
        late.play[i].ts_ms += below(600000);
    struct plays moved = copy(&plays);
    for (size_t i = 0; i < late.n;
         i++) { /* sort by arrival, carrying the true time along */
        moved.play[i].ts_ms = late.play[i].ts_ms;
        moved.play[i].song = (uint32_t)i;
    }
    sort(&moved);
    for (size_t i = 0; i < moved.n; i++)
        moved.play[i] = plays.play[moved.play[i].song];
    same_at_the_end(&plays, &moved);
    for (size_t i = 0; i < moved.n; i++)
        moved.play[i] = plays.play[(i + plays.n / 2) % plays.n];
    struct filter all = everything();
    struct trend *x = counted(&plays), *y = counted(&moved);
    static struct trend_list a, b;
    ask(x, &all, TREND_ARTISTS, SCALE_30MIN, &a);
    ask(y, &all, TREND_ARTISTS, SCALE_30MIN, &b);
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++)
        assert_int_equal(a.entry[i].id, b.entry[i].id);
    assert_true(fabs((double)a.base_listens - b.base_listens) < 1e-3 * a.base_listens);
    trend_free(x);
    trend_free(y);
    free(plays.play);
    free(late.play);
    free(moved.play);
}

/* Asked every few minutes on the way, or once at the end. */
static void asking_does_not_matter(void **state)
{
    (void)state;
    struct plays plays = with_bursts(50);
    struct filter all = everything(), zone = everything();
    struct trend *once = counted(&plays), *often = trend_new();
    static struct trend_list a, b;
    zone.zones = 1u << ZONE_EST;
    for (size_t i = 0; i < plays.n; i++) {
        trend_add(often, &plays.play[i], 1);
        if (i % 97 == 0)
            ask(often, &all, i % 2 ? TREND_ARTISTS : TREND_SONGS, SCALE_30MIN, &a);
        if (i % 5003 == 0)
            ask(often, &zone, TREND_FALLING, SCALE_6H, &a);
    }
    for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++)
        for (enum trend_scale s = SCALE_AUTO; s <= SCALE_6H; s++) {
            ask(once, &all, k, s, &a);
            ask(often, &all, k, s, &b);
            same_lists(&a, &b);
        }
    trend_free(once);
    trend_free(often);
    free(plays.play);
}

/* A week gone by shows what was trending at its end, whatever came after. */
static void past_weeks_stay(void **state)
{
    (void)state;
    struct plays plays = steady(9 * 24), before = {0};
    int end = 7 * 24 * 60;
    burst(&plays, end - 60, end, 100, RISER, 8);
    burst(&plays, end + 60, end + 120, 100, RISER - 1, 8);
    sort(&plays);
    struct filter week = everything();
    week.all_weeks = false;
    bits_set(week.week, week_of_ms(START));
    before = copy(&plays);
    for (before.n = 0; before.play[before.n].ts_ms < START + end * MINUTE;)
        before.n++;
    before.n++; /* one play of the new week makes the old one past */
    struct trend *now = counted(&plays), *then = counted(&before);
    static struct trend_list a, b;
    ask(now, &week, TREND_ARTISTS, SCALE_30MIN, &a);
    ask(then, &week, TREND_ARTISTS, SCALE_30MIN, &b);
    same_lists(&a, &b);
    assert_int_equal(a.now_ms, START + WEEK_MS);
    assert_non_null(listed(&a, RISER));
    assert_null(listed(&a, RISER - 1));
    trend_free(now);
    trend_free(then);
    free(plays.play);
    free(before.play);
}

/* The scale: the shortest with 200 listens; and what is missing is said. */
static void waits_for_enough(void **state)
{
    (void)state;
    struct filter all = everything();
    static struct trend_list list;
    struct trend *trend = trend_new();
    ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &list);
    assert_false(list.enough);
    assert_true(strlen(list.waiting) > 0);
    for (uint32_t i = 0; i < 300; i++) {
        struct plays one = {0};
        add(&one, START + i * 2 * MINUTE, 1 + i, 1 + i % 7);
        trend_add(trend, one.play, 1);
        free(one.play);
        ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &list);
        if (i > 20) /* 30 an hour: what will hold 200 first is waited for */
            assert_int_equal(list.scale, SCALE_DAY);
    }
    ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &list);
    assert_int_equal(list.scale, SCALE_DAY); /* 15 in half an hour, 180 in 6 hours */
    assert_false(list.enough);
    assert_true(strlen(list.waiting) > 0);
    ask(trend, &all, TREND_ARTISTS, SCALE_6H, &list);
    assert_int_equal(list.scale, SCALE_6H);
    trend_free(trend);
    trend_free(NULL);
}

/* Weeks of little: there is time enough before the window, but not enough in it. */
static void says_what_is_missing(void **state)
{
    (void)state;
    struct filter all = everything();
    static struct trend_list list;
    struct plays plays = {0};
    for (uint32_t i = 0; i < 216; i++)
        add(&plays, START + i * 160 * MINUTE, 1 + i, 1 + i % 7);
    struct trend *trend = counted(&plays);
    ask(trend, &all, TREND_ARTISTS, SCALE_WEEK, &list);
    assert_false(list.enough);
    assert_non_null(strstr(list.waiting, " of 200 listens needed before the last week"));
    assert_true(list.base_listens > 120 && list.base_listens < 200);
    trend_free(trend);
    free(plays.play);
}

/* Of songs half of the users count at the longer scales: what is chosen and said by
 * numbers of listens takes them for all. */
static void songs_choose_the_scale_of_artists(void **state)
{
    (void)state;
    struct filter all = everything();
    static struct trend_list artists, songs;
    struct plays plays = {0};
    for (uint32_t i = 0; i < 9 * 24 * 60; i++) /* 300 in six hours, 25 in half an hour */
        add(&plays, START + i * 72000, 1 + i, 1 + i % 20);
    struct trend *trend = counted(&plays);
    ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &artists);
    ask(trend, &all, TREND_SONGS, SCALE_AUTO, &songs);
    assert_int_equal(artists.scale, SCALE_6H);
    assert_int_equal(songs.scale, SCALE_6H);
    assert_true(songs.listens > 250 && songs.listens < 350);
    trend_free(trend);
    plays.n = 80;
    trend = counted(&plays);
    ask(trend, &all, TREND_SONGS, SCALE_DAY, &songs);
    unsigned have = 0, want = 0;
    assert_int_equal(sscanf(songs.waiting, "%u of %u listens", &have, &want), 2);
    assert_true(have < want && have == songs.listens && have > 50);
    trend_free(trend);
    free(plays.play);
}

/* Wild times cost neither time nor memory, and are counted where they are. */
static void jumps_are_survived(void **state)
{
    (void)state;
    struct plays plays = steady(3);
    add(&plays, TIME_FIRST_MS, 1, 1);
    add(&plays, TIME_END_MS - 1, 1, 2);
    for (int i = 0; i < 2000; i++)
        add(&plays, TIME_FIRST_MS + (int64_t)below(1u << 31) * 1468, 1 + below(50),
            1 + below(9));
    struct trend *trend = counted(&plays);
    struct filter all = everything();
    static struct trend_list list;
    for (enum trend_scale s = SCALE_AUTO; s < SCALE_COUNT; s++)
        for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++)
            ask(trend, &all, k, s, &list);
    assert_true(trend_bytes(trend) < 8u << 20);
    float series[2][TREND_POINTS];
    trend_series(trend, &all, (uint32_t[]){1, 1000000}, 2, SCALE_AUTO, series);
    assert_true(series[1][0] <= 0); /* nobody listens to that one, or to any */
    trend_free(trend);
    free(plays.play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_riser_is_listed),
        cmocka_unit_test(nothing_rises),
        cmocka_unit_test(a_faller_is_listed),
        cmocka_unit_test(nobody_is_two_listeners),
        cmocka_unit_test(zones_have_their_own),
        cmocka_unit_test(late_plays_between_lists),
        cmocka_unit_test(less_than_nothing_is_nothing),
        cmocka_unit_test(who_is_heard_by_very_many_can_rise),
        cmocka_unit_test(a_crowd_is_none),
        cmocka_unit_test(a_crowd_need_not_be_the_largest),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(asking_does_not_matter),
        cmocka_unit_test(past_weeks_stay),
        cmocka_unit_test(waits_for_enough),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(songs_choose_the_scale_of_artists),
        cmocka_unit_test(jumps_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
