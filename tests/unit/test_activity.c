/* Activity over time: every event once, where it belongs; and what a wrong clock does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/hash.h"
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

#define START INT64_C(1704067200000) /* Monday 2024-01-01 */

static struct event event_at(int64_t ts_ms, unsigned user, bool is_play)
{
    static const char *const states[] = {"NY", "CA"};
    const char *state = states[user % 2];
    return (struct event){.kind = LINE_EVENT,
                          .is_play = is_play,
                          .ts_ms = ts_ms,
                          .user = {.number = 1 + user, .present = true},
                          .state = (uint16_t)state_pack(state[0], state[1]),
                          .zone = user % 2 ? ZONE_PST : ZONE_EST,
                          .artist = str_of("a"),
                          .song = str_of("s")};
}

/* `n` events from then on, `gap_ms` apart, every third no play. */
static void add_events(struct model *m, int64_t from_ms, int64_t gap_ms, int n)
{
    for (int i = 0; i < n; i++) {
        struct event e = event_at(from_ms + i * gap_ms, (unsigned)i % 9, i % 3 > 0);
        model_add(m, &e, 1);
    }
}

static void fini(struct activity *a)
{
    free(a->plays);
    free(a->events);
}

static struct activity activity_of(struct model *m, size_t points)
{
    struct activity a = {.count = 0}, lately = {.count = 0};
    struct filter all;
    filter_init(&all);
    model_select(m, &all);
    activity_fill(m, points, &a, &lately);
    fini(&lately);
    return a;
}

static uint64_t sum(const uint64_t *v, size_t n)
{
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += v[i];
    return all;
}

static void every_event_once(void **state)
{
    (void)state;
    struct model *m = model_new();
    add_events(m, START + HOUR_MS / 2, HOUR_MS / 2, 300);
    for (size_t points = 1; points < 400; points += 7) {
        struct activity a = activity_of(m, points);
        assert_true(a.count >= 1 && a.count <= points);
        assert_int_equal(a.elsewhere, 0);
        assert_int_equal(sum(a.events, a.count), 300);
        assert_int_equal(sum(a.plays, a.count), 200);
        assert_true(a.start_ms <= START && a.start_ms + a.step_ms > START);
        if (a.step_ms == HOUR_MS) {
            assert_int_equal(a.count, 151);
            assert_int_equal(a.events[0], 1);
            assert_int_equal(a.events[1], 2);
        }
        fini(&a);
    }
    struct activity none = activity_of(m, 0);
    assert_int_equal(none.count, 0);
    model_free(m);
}

/* One play of 2099 and one of 2000 leave the picture as it is, and are told of. */
static void wrong_clocks_are_left_out(void **state)
{
    (void)state;
    struct model *m = model_new();
    add_events(m, START, HOUR_MS / 60, 6000); /* 100 hours */
    struct activity right = activity_of(m, 200);
    add_events(m, TIME_END_MS - 1, 0, 1);
    add_events(m, TIME_FIRST_MS, 0, 1);
    struct activity wrong = activity_of(m, 200);
    assert_int_equal(wrong.elsewhere, 2);
    assert_int_equal(wrong.start_ms, right.start_ms);
    assert_int_equal(wrong.step_ms, HOUR_MS);
    assert_int_equal(wrong.count, 100);
    assert_memory_equal(wrong.events, right.events, 100 * sizeof *right.events);
    assert_memory_equal(wrong.plays, right.plays, 100 * sizeof *right.plays);
    fini(&right);
    fini(&wrong);
    model_free(m);
}

/* What is not far off, or not little, is drawn: the days about a busy hour, a second
 * season. */
static void the_rest_is_drawn(void **state)
{
    (void)state;
    struct model *m = model_new();
    add_events(m, START, 0, 6000);
    add_events(m, START + DAY_MS, HOUR_MS, 3);
    struct activity a = activity_of(m, 200);
    assert_int_equal(a.elsewhere, 0);
    assert_int_equal(a.step_ms, 10 * MINUTE_MS);
    assert_int_equal(sum(a.events, a.count), 6003);
    fini(&a);
    add_events(m, START + 400 * DAY_MS, HOUR_MS, 20);
    a = activity_of(m, 200);
    assert_int_equal(a.elsewhere, 0);
    assert_int_equal(sum(a.events, a.count), 6023);
    fini(&a);
    model_free(m);
}

#define N 3000

/* Each step holds what counting finds in it. */
static void assert_counts(const struct activity *a, const struct event *e, size_t n,
                          unsigned zones)
{
    uint64_t *events = mem_zalloc(2 * (a->count + 1) * sizeof *events),
             *plays = events + a->count + 1;
    for (size_t i = 0; i < n; i++) {
        int64_t at = e[i].ts_ms - a->start_ms;
        if (at < 0 || at / a->step_ms >= (int64_t)a->count || !(zones >> e[i].zone & 1))
            continue;
        events[at / a->step_ms]++;
        plays[at / a->step_ms] += e[i].is_play;
    }
    assert_memory_equal(a->events, events, a->count * sizeof *events);
    assert_memory_equal(a->plays, plays, a->count * sizeof *plays);
    free(events);
}

/* Long steps of a busy service: 30,000 events a second for 400 days. */
static void many_events(void **state)
{
    (void)state;
    struct model *m = model_new();
    const uint32_t an_hour = 30000u * 3600;
    add_events(m, START, HOUR_MS, 400 * 24);
    for (unsigned i = 0; i < WEEK_COUNT; i++)
        for (int h = 0; m->week[i] && h < HOURS_A_WEEK; h++)
            for (int zone = 0; zone < ZONE_COUNT; zone++)
                m->week[i]->hour[h][zone].events *= an_hour;
    struct activity a = activity_of(m, 40);
    assert_int_equal(sum(a.events, a.count), UINT64_C(400) * 24 * an_hour);
    assert_true(a.events[1] > UINT32_MAX);
    fini(&a);
    model_free(m);
}

static int seen_lately;

static void assert_model(struct model *m, const struct event *e, size_t n,
                         const struct filter *filter)
{
    for (size_t points = 20; points <= 320; points += 100) {
        struct activity a = {.count = 0}, lately = {.count = 0};
        model_select(m, filter);
        activity_fill(m, points, &a, &lately);
        assert_true(a.count > 0 && a.count <= points);
        assert_counts(&a, e, n, filter->zones);
        assert_true(lately.count == 0 || a.step_ms > MINUTE_MS);
        seen_lately += lately.count > 0;
        if (lately.count) {
            assert_counts(&lately, e, n, filter->zones);
            assert_true(lately.step_ms == MINUTE_MS && lately.count <= LATELY_MINUTES);
        }
        fini(&a);
        fini(&lately);
    }
}

/* Minutes are those of the hours whatever the order, the span and the zones; with a few
 * wrong clocks between them. */
static void minutes_do_not_depend_on_order(void **state)
{
    (void)state;
    static struct event e[N];
    uint64_t seed = 1;
    for (int round = 0; round < 60; round++) {
        static const int64_t spans[] = {HOUR_MS / 2, 3 * HOUR_MS, 20 * HOUR_MS, WEEK_MS};
        struct model *m = model_new();
        struct filter filter;
        filter_init(&filter);
        if (round % 3)
            filter.zones = (uint8_t)(1u << (round % 3 == 1 ? ZONE_EST : ZONE_PST));
        for (size_t i = 0; i < N; i++) {
            seed = mix64(seed + i);
            int64_t ts_ms = START + (int64_t)(seed % (uint64_t)spans[round % 4]);
            if (round % 5 == 4 && i % 1500 == 7)
                ts_ms += 20 * 365 * DAY_MS;
            e[i] = event_at(ts_ms, (unsigned)(seed >> 40) % 50, seed >> 50 & 1);
        }
        for (size_t i = 0; i < N; i += 100)
            model_add(m, e + i, 100);
        assert_model(m, e, N, &filter);
        model_free(m);
    }
    assert_true(seen_lately > 0);
}

static void steps_fit_the_span(void **state)
{
    static const struct {
        int64_t gap_ms, step_ms;
        int n;
    } of[] = {{6000, MINUTE_MS, 600},
              {6000, 5 * MINUTE_MS, 6000},
              {36000, 30 * MINUTE_MS, 4000},
              {60000, HOUR_MS, 6000},
              {40 * MINUTE_MS, HOUR_MS, 10}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
        struct model *m = model_new();
        add_events(m, START, of[i].gap_ms, of[i].n);
        struct activity a = activity_of(m, 120);
        assert_int_equal(a.step_ms, of[i].step_ms);
        fini(&a);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_once),
        cmocka_unit_test(wrong_clocks_are_left_out),
        cmocka_unit_test(the_rest_is_drawn),
        cmocka_unit_test(many_events),
        cmocka_unit_test(minutes_do_not_depend_on_order),
        cmocka_unit_test(steps_fit_the_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
