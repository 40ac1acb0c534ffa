/* A replay's pace, and when a series is due: wrong clocks hold neither up. */
#include "../../src/app/pace.h"
#include "../../src/app/series.h"

#include "cadence/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#define NOON (INT64_C(1704067200000) + 12 * HOUR_MS)
#define SECOND_NS UINT64_C(1000000000)

/* Events of these times, at `speed`: how many seconds of the clock until the last. */
static double seconds(double speed, const int64_t *ts_ms, size_t n)
{
    struct pace pace = {.speed = speed};
    uint64_t start = 5 * SECOND_NS, now = start;
    for (size_t i = 0; i < n; i++) {
        uint64_t wait = pace_wait(&pace, ts_ms[i], now);
        now += wait;
        if (wait)
            assert_true(pace_wait(&pace, ts_ms[i], now + 1) == 0);
    }
    return (double)(now - start) / 1e9;
}

static void events_are_due_by_their_time(void **state)
{
    (void)state;
    int64_t even[] = {NOON, NOON + 1000, NOON + 600000, NOON + 599000, NOON + 900000};
    assert_float_equal(seconds(60, even, 5), 15, 1e-6);
    assert_float_equal(seconds(900, even, 5), 1, 1e-6);
    assert_float_equal(seconds(0, even, 5), 0, 1e-6);
    /* An hour's pause is kept where it is a second, and half an hour at any speed. */
    int64_t pauses[] = {NOON, NOON + HOUR_MS, NOON + HOUR_MS + 30 * MINUTE_MS};
    assert_float_equal(seconds(3600, pauses, 3), 1.5, 1e-6);
    assert_float_equal(seconds(1, pauses + 1, 2), 1800, 1e-6);
}

static void long_pauses_are_passed_over(void **state)
{
    (void)state;
    int64_t night[] = {NOON, NOON + 10000, NOON + 8 * HOUR_MS, NOON + 8 * HOUR_MS + 1000,
                       NOON + 8 * HOUR_MS + 6000};
    assert_float_equal(seconds(1, night, 5), 15, 1e-6); /* 10, and 5 from the second on */
    int64_t reset[] = {TIME_FIRST_MS, NOON, NOON + 1000, NOON + 4000};
    assert_float_equal(seconds(1, reset, 4), 3, 1e-6);
}

static void a_wrong_clock_holds_nothing_up(void **state)
{
    (void)state;
    int64_t far[] = {NOON, NOON + 5000, TIME_END_MS - 1, NOON + 10000, NOON + 20000};
    assert_float_equal(seconds(1, far, 5), 20, 1e-6);
    int64_t two[] = {NOON,        TIME_END_MS - 1, TIME_END_MS - 1,
                     NOON + 1000, NOON + 2000,     NOON + 9000};
    assert_float_equal(seconds(1, two, 6), 7,
                       1e-6); /* goes on from the second one back */
    int64_t late[] = {NOON, NOON + 5000, TIME_FIRST_MS, NOON + 10000, NOON + 20000};
    assert_float_equal(seconds(1, late, 5), 20, 1e-6);
}

/* ---- Series ---- */

static struct event play_at(int64_t ts_ms, uint32_t user)
{
    struct ident number = {.number = user, .present = true};
    return (struct event){.kind = LINE_EVENT,
                          .is_play = true,
                          .ts_ms = ts_ms,
                          .user = number,
                          .session = number,
                          .user_tag = user,
                          .session_tag = user};
}

/* A play a minute of a listener each, those of `wrong` ms at the places given; the times
 * before which a report came, in batches of `batch`. */
static size_t reports(const int64_t *wrong, const size_t *place, size_t n, size_t batch,
                      int64_t *due)
{
    struct model *model = model_new();
    struct series series = {.every_ms = 5 * MINUTE_MS};
    struct event event[100];
    size_t dues = 0;
    for (uint32_t i = 0; i < ARRAY_SIZE(event); i++)
        event[i] = play_at(NOON + i * MINUTE_MS, i + 1);
    for (size_t k = 0; k < n; k++)
        event[place[k]] = play_at(wrong[k], 1000);
    for (size_t at = 0; at < ARRAY_SIZE(event); at += batch) {
        size_t end = at + batch < ARRAY_SIZE(event) ? at + batch : ARRAY_SIZE(event);
        size_t from = at;
        for (size_t i = at; i < end; i++)
            if (series_due(&series, model, event, &from, i))
                due[dues++] = event[i].ts_ms;
        model_add(model, event + from, end - from);
    }
    assert_int_equal(model->input.plays, ARRAY_SIZE(event));
    model_free(model);
    return dues;
}

/* The report that a wrong clock brings, and all that would have come without it. */
static void a_wrong_clock_ends_no_series(void **state)
{
    (void)state;
    int64_t wrong[] = {TIME_END_MS - 1, TIME_END_MS - 2 * DAY_MS}, due[100];
    size_t places[] = {42, 67};
    for (size_t batch = 1; batch <= 100; batch += 33) {
        size_t n = reports(NULL, NULL, 0, batch, due);
        assert_int_equal(n, 19);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(due[i], NOON + (int64_t)(i + 1) * 5 * MINUTE_MS);
        for (size_t k = 1; k <= 2; k++) {
            n = reports(wrong, places, k, batch, due);
            assert_int_equal(n, 20);
            assert_int_equal(due[8], wrong[0]);
            for (size_t i = 0; i < n; i++)
                if (i != 8)
                    assert_int_equal(due[i],
                                     NOON + (int64_t)(i + (i < 8)) * 5 * MINUTE_MS);
        }
        /* The first of all: no report, and the others' begin when it is known as alone.
         */
        places[0] = 0;
        assert_int_equal(reports(wrong, places, 1, batch, due), 19);
        places[0] = 42;
    }
}

/* A pause: its end is due once, also when what comes next is a little older. */
static void a_pause_ends_once(void **state)
{
    (void)state;
    struct model *model = model_new();
    struct series series = {.every_ms = 5 * MINUTE_MS};
    int64_t at[] = {0, 1, 2, 607, 604, 608, 609, 611, 3, 616};
    bool due[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1};
    for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
        struct event event = play_at(NOON + at[i] * MINUTE_MS, (uint32_t)i + 1);
        size_t from = 0;
        assert_int_equal(series_due(&series, model, &event, &from, 0), due[i]);
        model_add(model, &event, 1);
    }
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_due_by_their_time),
        cmocka_unit_test(long_pauses_are_passed_over),
        cmocka_unit_test(a_wrong_clock_holds_nothing_up),
        cmocka_unit_test(a_wrong_clock_ends_no_series),
        cmocka_unit_test(a_pause_ends_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
