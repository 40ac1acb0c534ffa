/* Wrong clocks: plays far from all others do not move the trends' time, and nothing else
 * is lost by it. */
#include "trend_fixture.h"

static struct plays with_riser(int hours)
{
    struct plays plays = steady(hours);
    burst(&plays, hours * 60 - 40, hours * 60, 100, RISER, 8);
    sort(&plays);
    return plays;
}

/* `plays` with one of `user` at `ts_ms` before the play at `place`. */
static void put_at(struct plays *plays, size_t place, int64_t ts_ms, uint32_t user)
{
    add(plays, ts_ms, user, 7);
    struct trend_play play = plays->play[plays->n - 1];
    memmove(&plays->play[place + 1], &plays->play[place],
            (plays->n - 1 - place) * sizeof play);
    plays->play[place] = play;
}

static void same_as(const struct plays *expected, const struct plays *plays, size_t batch)
{
    struct filter all = everything();
    struct trend *x = counted(expected), *y = trend_new();
    static struct trend_list lx, ly;
    for (size_t i = 0; i < plays->n; i += batch)
        trend_add(y, &plays->play[i], plays->n - i < batch ? plays->n - i : batch);
    for (enum trend_kind k = 0; k < TREND_KIND_COUNT; k++)
        for (enum trend_scale s = SCALE_AUTO; s <= SCALE_DAY; s++) {
            ask(x, &all, k, s, &lx);
            ask(y, &all, k, s, &ly);
            assert_int_equal(lx.now_ms, ly.now_ms);
            same_lists(&lx, &ly);
        }
    ask(y, &all, TREND_ARTISTS, SCALE_30MIN, &ly);
    assert_non_null(listed(&ly, RISER));
    trend_free(x);
    trend_free(y);
}

/* The first of all, one in the middle, the last; alone or by hundreds. */
static void one_wrong_clock_moves_nothing(void **state)
{
    (void)state;
    struct plays plays = with_riser(30);
    size_t places[] = {0, plays.n / 2, plays.n};
    for (size_t i = 0; i < 3; i++)
        for (size_t batch = 1; batch < 1000; batch += 300) {
            struct plays wrong = copy(&plays);
            put_at(&wrong, places[i], TIME_END_MS - 1, 9999);
            same_as(&plays, &wrong, batch);
            free(wrong.play);
        }
    free(plays.play);
}

/* `n` strays, one before every so many plays, of one listener or as many. */
static void strays_move_nothing(size_t n, size_t every, int64_t from_ms, int64_t step_ms,
                                bool one_listener)
{
    struct plays plays = with_riser(30), wrong = copy(&plays);
    for (size_t i = 0; i < n; i++)
        put_at(&wrong, i * every, from_ms + (int64_t)i * step_ms,
               9999 + (one_listener ? 0 : (uint32_t)i));
    same_as(&plays, &wrong, 256);
    free(plays.play);
    free(wrong.play);
}

/* One listener who goes on and on in another century. */
static void a_listener_is_no_company_of_his_own(void **state)
{
    (void)state;
    strays_move_nothing(400, 50, TIME_END_MS - WEEK_MS, MINUTE, true);
}

/* One play in a hundred is of another listener and another month to come. */
static void scattered_clocks_move_nothing(void **state)
{
    (void)state;
    strays_move_nothing(300, 100, START + 301 * 30 * DAY_MS, -30 * DAY_MS, false);
}

/* A clock that was reset to 2000 makes no baseline of years out of one of minutes; though
 * an old play with company does. */
static void one_old_clock_is_no_baseline(void **state)
{
    (void)state;
    struct plays plays = steady_at(400, 1);
    sort(&plays);
    for (size_t i = 0; i < 3; i++) {
        struct plays wrong = copy(&plays);
        struct trend *trend = trend_new();
        struct filter all = everything();
        static struct trend_list list;
        put_at(&wrong, i * wrong.n / 2, TIME_FIRST_MS, 9999);
        for (size_t at = 0; at < wrong.n; at += 100)
            trend_add(trend, &wrong.play[at], wrong.n - at < 100 ? wrong.n - at : 100);
        ask(trend, &all, TREND_ARTISTS, SCALE_30MIN, &list);
        assert_false(list.enough);
        assert_true(list.base_ms < HOUR_MS);
        put_at(&wrong, 0, TIME_FIRST_MS + MINUTE, 9998);
        trend_add(trend, &wrong.play[0], 1);
        ask(trend, &all, TREND_ARTISTS, SCALE_30MIN, &list);
        assert_int_equal(list.base_ms, DAY_MS);
        trend_free(trend);
        free(wrong.play);
    }
    free(plays.play);
}

/* Held, and counted when its time has come. */
static void what_is_held_is_not_lost(void **state)
{
    (void)state;
    struct plays plays = with_riser(60), early = copy(&plays), sorted = copy(&plays);
    int64_t ts_ms = START + 59 * HOUR_MS;
    put_at(&early, 100, ts_ms, 9999);
    add(&sorted, ts_ms, 9999, 7);
    sort(&sorted);
    same_as(&sorted, &early, 256);
    free(plays.play);
    free(early.play);
    free(sorted.play);
}

static int64_t now_of(struct trend *trend)
{
    struct filter all = everything();
    static struct trend_list list;
    ask(trend, &all, TREND_ARTISTS, SCALE_AUTO, &list);
    return list.now_ms;
}

/* After a silence of days time goes on with the second listener. */
static void a_silence_ends_with_two(void **state)
{
    (void)state;
    struct plays plays = steady(3), later = {0};
    sort(&plays);
    struct trend *trend = counted(&plays);
    int64_t last = plays.play[plays.n - 1].ts_ms;
    add(&later, last + 4 * DAY_MS, 1, 7);
    add(&later, last + 4 * DAY_MS + MINUTE, 1, 8);
    add(&later, last + 4 * DAY_MS - 19 * MINUTE, 2, 7);
    trend_add(trend, later.play, 2);
    assert_int_equal(now_of(trend), last);
    trend_add(trend, later.play + 2, 1);
    assert_int_equal(now_of(trend), last + 4 * DAY_MS + MINUTE);
    trend_free(trend);
    free(plays.play);
    free(later.play);
}

/* Where all are far apart, time goes on all the same, a few plays behind. */
static void a_sparse_stream_goes_on(void **state)
{
    (void)state;
    struct plays plays = {0};
    for (int i = 0; i < 100; i++)
        add(&plays, START + i * 2 * DAY_MS, 1, 7);
    struct trend *trend = counted(&plays);
    assert_true(now_of(trend) >= START + 84 * 2 * DAY_MS);
    trend_free(trend);
    free(plays.play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wrong_clock_moves_nothing),
        cmocka_unit_test(a_listener_is_no_company_of_his_own),
        cmocka_unit_test(scattered_clocks_move_nothing),
        cmocka_unit_test(one_old_clock_is_no_baseline),
        cmocka_unit_test(what_is_held_is_not_lost),
        cmocka_unit_test(a_silence_ends_with_two),
        cmocka_unit_test(a_sparse_stream_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
