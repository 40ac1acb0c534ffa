/* Activity over time: every event once, where it belongs; and what a wrong clock does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

#define START INT64_C(1704067200000) /* Monday 2024-01-01 */

/* `n` events from then on, `gap_ms` apart, every third no play. */
static void add_events(struct model *m, int64_t from_ms, int64_t gap_ms, int n)
{
    for (int i = 0; i < n; i++) {
        struct event e = {.kind = LINE_EVENT,
                          .is_play = i % 3 > 0,
                          .ts_ms = from_ms + i * gap_ms,
                          .user = {.number = 1 + (uint64_t)i % 9, .present = true},
                          .state = (uint16_t)state_pack('N', 'Y'),
                          .zone = ZONE_EST,
                          .artist = str_of("a"),
                          .song = str_of("s")};
        model_add(m, &e, 1);
    }
}

static struct activity activity_of(struct model *m, size_t points)
{
    struct activity a = {.count = 0};
    struct filter all;
    filter_init(&all);
    model_select(m, &all);
    activity_fill(m, points, &a);
    return a;
}

static void fini(struct activity *a)
{
    free(a->plays);
    free(a->events);
}

static uint64_t sum(const uint32_t *v, size_t n)
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
    assert_int_equal(a.count, 27);
    fini(&a);
    add_events(m, START + 400 * DAY_MS, HOUR_MS, 20);
    a = activity_of(m, 200);
    assert_int_equal(a.elsewhere, 0);
    assert_int_equal(sum(a.events, a.count), 6023);
    fini(&a);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_once),
        cmocka_unit_test(wrong_clocks_are_left_out),
        cmocka_unit_test(the_rest_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
