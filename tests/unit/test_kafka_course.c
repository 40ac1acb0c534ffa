/* How far behind in event time: what a message is worth, whatever some of them say. */
#include "../../src/source/kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)
#define START_MS INT64_C(1700000000000)
#define NOW_MS INT64_C(1800000000000)

/* The messages here hold their event time as it is. */
int64_t sink_event_time(struct sink *sink, const char *lines, size_t len)
{
    int64_t ts_ms;
    (void)sink;
    assert_int_equal(len, sizeof ts_ms);
    memcpy(&ts_ms, lines, sizeof ts_ms);
    return ts_ms;
}

static struct kafka kafka;
static struct kafka_topic only;

static void look(struct kafka_part *part, int64_t offset, int64_t ts_ms)
{
    rd_kafka_message_t message = {
        .offset = offset, .payload = &ts_ms, .len = sizeof ts_ms};
    part->course.due = true;
    kafka_course_look(&kafka, part, &message);
    part->next = offset + 1;
}

static double lag_s(struct kafka_part *part)
{
    return kafka_course_lag_s(&kafka, part, NOW_MS);
}

static void assert_near(double value, double want)
{
    if (value < want * 0.999 || value > want * 1.001)
        fail_msg("%.3f where %.3f was expected", value, want);
}

static void nothing_is_said_too_early(void **state)
{
    struct kafka_part part = {.topic = &only, .next = -1, .end = -1};
    (void)state;
    assert_true(lag_s(&part) < 0); /* lag unknown */
    part.next = part.end = 500;
    assert_true(lag_s(&part) == 0); /* no lag: no look is needed */
    part.end = 1000;
    for (int64_t i = 0; i < COURSE_ENOUGH; i++) {
        assert_true(lag_s(&part) < 0);
        look(&part, i * 10, START_MS + i * 10 * 250);
    }
    assert_near(lag_s(&part), (double)(part.end - part.next) * 0.25);
    kafka_course_forget(&part);
    assert_true(lag_s(&part) < 0);
}

/* Of sixteen looks two are late by a day, one by a week, one is of the year 2099. */
static void some_may_be_anything(void **state)
{
    struct kafka_part part = {.topic = &only, .end = 2000000};
    (void)state;
    for (int64_t i = 0; i < COURSE_LOOKS; i++) {
        int64_t ts_ms = START_MS + i * 1000 * 20;
        ts_ms -= i == 3 || i == 9 ? 24 * HOUR_MS : i == 14 ? 168 * HOUR_MS : 0;
        look(&part, i * 1000, i == 6 ? INT64_C(4070908800000) : ts_ms);
    }
    assert_near(lag_s(&part), (double)(part.end - part.next) * 0.02);
}

/* By night a message is worth ten times what it is by day. Behind by an hour what counts
 * is the hour before; behind by days, the days before, of which some looks are left. */
static void as_much_as_waits_is_looked_back_on(void **state)
{
    struct kafka_part part = {.topic = &only, .end = -1};
    int64_t ts_ms = START_MS, offset = 0;
    double mean;
    (void)state;
    for (int64_t i = 0; i < 20000; i++, offset += 100)
        look(&part, offset, ts_ms += i / 1000 % 2 ? 100 * 50 : 100 * 5);
    part.end = part.next + 1000;
    assert_near(lag_s(&part), 1000 * 0.05);
    part.course.measured = false;
    part.end = part.next + 1900000;
    mean = lag_s(&part) / 1900000;
    assert_true(mean > 0.025 && mean < 0.03);
    part.end = part.next;
    assert_true(lag_s(&part) == 0);
}

/* Sparse at first and dense later: what waits cannot be of tomorrow, unless what was read
 * already is. */
static void not_beyond_the_present(void **state)
{
    struct kafka_part part = {.topic = &only, .end = 1000000};
    (void)state;
    for (int64_t i = 0; i < COURSE_LOOKS; i++)
        look(&part, i * 100, START_MS + i * 100 * 1000);
    int64_t last_ms = START_MS + (COURSE_LOOKS - 1) * INT64_C(100000);
    double lag = (double)(part.end - part.next);
    assert_near(kafka_course_lag_s(&kafka, &part, NOW_MS), lag);
    assert_near(kafka_course_lag_s(&kafka, &part, last_ms + 5 * HOUR_MS), 5 * 3600);
    assert_near(kafka_course_lag_s(&kafka, &part, START_MS - HOUR_MS), lag);
}

/* Of a partition that was not read yet the others of its topic tell, and no others do. */
static void like_its_topic(void **state)
{
    struct kafka_topic topic = {.named = true}, other = {.named = true};
    struct kafka_part part[3] = {{.topic = &topic, .end = 1000000},
                                 {.topic = &topic, .end = 5000},
                                 {.topic = &other, .end = 5000}};
    struct kafka reader = {.part = part, .parts = ARRAY_SIZE(part)};
    (void)state;
    assert_true(kafka_course_lag_s(&reader, &part[1], NOW_MS) < 0);
    for (int64_t i = 0; i < COURSE_LOOKS; i++)
        look(&part[0], i * 100, START_MS + i * 100 * 40);
    assert_near(kafka_course_lag_s(&reader, &part[1], NOW_MS), 5000 * 0.04);
    assert_true(kafka_course_lag_s(&reader, &part[2], NOW_MS) < 0);
    kafka_course_forget(&part[0]);
    assert_true(kafka_course_lag_s(&reader, &part[1], NOW_MS) < 0);
    for (int64_t i = 0; i < COURSE_LOOKS; i++)
        look(&part[0], i * 100, START_MS + i * 100 * 20);
    assert_near(kafka_course_lag_s(&reader, &part[1], NOW_MS), 5000 * 0.02);
}

/* Of thousands, none of them looked into: not a search of all for each. */
static void many_partitions(void **state)
{
    enum { MANY = 12000 };
    struct kafka_topic topic = {.named = true};
    struct kafka_part *part = mem_zalloc(MANY * sizeof *part);
    struct kafka reader = {.part = part, .parts = MANY};
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        part[i] = (struct kafka_part){.topic = &topic, .end = 5000};
    uint64_t before = uv_hrtime();
    for (int turn = 0; turn < 10; turn++)
        for (size_t i = 0; i < MANY; i++)
            assert_true(kafka_course_lag_s(&reader, &part[i], NOW_MS) < 0);
    assert_true(uv_hrtime() - before < UINT64_C(1000000000)); /* 5 s and more */
    free(part);
}

/* Where time runs backwards along the log nothing can be said. */
static void backwards(void **state)
{
    struct kafka_part part = {.topic = &only, .end = 10000};
    (void)state;
    for (int64_t i = 0; i < COURSE_LOOKS; i++)
        look(&part, i * 100, START_MS - i * 100 * 50);
    assert_true(lag_s(&part) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_said_too_early),
        cmocka_unit_test(some_may_be_anything),
        cmocka_unit_test(as_much_as_waits_is_looked_back_on),
        cmocka_unit_test(not_beyond_the_present),
        cmocka_unit_test(like_its_topic),
        cmocka_unit_test(many_partitions),
        cmocka_unit_test(backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
