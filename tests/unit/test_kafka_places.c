/* Where the Kafka source begins and whether it takes a log for another, against
 * librdkafka's mock cluster. */
#include "kafka_fixture.h"

#include <stdatomic.h>

/* Something that happens to the cluster while a source reads, once. */
struct happening {
    struct mock *mock;
    struct sink *sink;
    const char *topic;
    void (*happens)(struct happening *);
    uint64_t after_ms; /* this long after the first line, or after the start */
    bool after_line;
    uint64_t passed_ms;
    uv_timer_t timer;
};

#define LOOK_MS 20

static void on_look(uv_timer_t *timer)
{
    struct happening *h = timer->data;
    if (h->after_line && !h->sink->len)
        return;
    h->passed_ms += LOOK_MS;
    if (h->passed_ms < h->after_ms)
        return;
    uv_timer_stop(timer);
    h->happens(h);
}

static void run(struct sink *sink, const struct kafka_config *config,
                struct happening *happening, uint64_t run_ms)
{
    sink_init(sink, config);
    sink->run_ms = run_ms;
    if (happening) {
        happening->sink = sink;
        happening->timer.data = happening;
        uv_timer_init(&sink->loop, &happening->timer);
        uv_timer_start(&happening->timer, on_look, LOOK_MS, LOOK_MS);
    }
    sink_run(sink);
    if (happening)
        uv_close((uv_handle_t *)&happening->timer, NULL);
}

/* ---- stands before librdkafka's own ---- */

/* Where the log's first message later than a time is; 0: the mock's own answer, which is
 * that there is none. */
static atomic_int first_later;
static atomic_int other_looks;      /* so often it is the very first of the log */
static atomic_bool before_all_time; /* something of then was asked for */

rd_kafka_resp_err_t rd_kafka_offsets_for_times(rd_kafka_t *rk,
                                               rd_kafka_topic_partition_list_t *offsets,
                                               int timeout_ms)
{
    rd_kafka_resp_err_t (*next)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
    bool of_a_time = offsets->cnt && offsets->elems[0].offset > 0;
    if (offsets->cnt && offsets->elems[0].offset < RD_KAFKA_OFFSET_BEGINNING)
        before_all_time = true;
    librdkafka("rd_kafka_offsets_for_times", &next, sizeof next);
    rd_kafka_resp_err_t err = next(rk, offsets, timeout_ms);
    bool is_first = of_a_time && other_looks > 0 && other_looks-- > 0;
    for (int i = 0; (first_later || is_first) && of_a_time && i < offsets->cnt; i++)
        offsets->elems[i].offset = is_first ? 0 : first_later;
    return err;
}

/* The mark at the end of a transaction is later than its messages, and never delivered.
 */
static void test_marks_in_a_log_do_not_make_it_another(void **state)
{
    static const char *const topic = "marked";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.until = NULL;
    first_later = 10;
    run(&sink, &config, NULL, 8000);
    first_later = 0;
    assert_numbers(&sink, 0, 50);
    sink_fini(&sink);
}

/* Nothing is later. */
static void test_a_message_of_the_end_of_time(void **state)
{
    static const char *const topic = "last";
    struct mock *mock = *state;
    struct kafka_config config = config_of(mock, &topic);
    struct sink sink;
    rd_kafka_mock_topic_create(mock->cluster, topic, 1, 1);
    produce_at(mock, topic, 0, "n0", 2, INT64_MAX);
    rd_kafka_flush(mock->rk, LIMIT_MS);
    config.until = NULL;
    before_all_time = false;
    run(&sink, &config, NULL, 4000);
    assert_numbers(&sink, 0, 1);
    assert_false(before_all_time);
    sink_fini(&sink);
}

static size_t times(const char *text, const char *line)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, line)); p++)
        n++;
    return n;
}

/* Deleted, made again and filled further than we had read, before there was any look at
 * its log but the one that we began with: all in it is later than what we read first. */
static void test_a_log_made_again_at_once(void **state)
{
    static const char *const topic = "at_once";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.until = NULL;
    other_looks = 2;
    run(&sink, &config, NULL, 6000);
    assert_int_equal(other_looks, 0);
    assert_non_null(strstr(sink.said, "made again; read from its beginning"));
    assert_int_equal(times(sink.text, "n0\n"), 2);
    assert_int_equal(times(sink.text, "n49\n"), 2);
    sink_fini(&sink);
}

/* Of what comes before our beginning nothing is known. */
static void test_where_reading_begins_later_it_is_no_other(void **state)
{
    static const char *const topic = "later_on";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.from = "-20";
    config.until = NULL;
    other_looks = 4;
    run(&sink, &config, NULL, 4000);
    other_looks = 0;
    assert_numbers(&sink, 30, 50);
    sink_fini(&sink);
}

static void reappear(struct happening *h)
{
    rd_kafka_mock_topic_set_error(h->mock->cluster, h->topic, RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void disappear(struct happening *h)
{
    rd_kafka_mock_topic_set_error(h->mock->cluster, h->topic,
                                  RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    h->happens = reappear;
    h->after_ms = h->passed_ms + 700;
    uv_timer_start(&h->timer, on_look, LOOK_MS, LOOK_MS);
}

/* One answer without it, before there was a second look at its log. */
static void test_nor_when_the_topic_was_missed_early(void **state)
{
    static const char *const topic = "missed";
    struct kafka_config config = config_of(*state, &topic);
    struct happening happening = {
        .mock = *state, .topic = topic, .happens = disappear, .after_line = true};
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.until = NULL;
    first_later = 10;
    run(&sink, &config, &happening, 7000);
    first_later = 0;
    assert_ptr_equal(happening.happens, reappear);
    assert_numbers(&sink, 0, 50);
    sink_fini(&sink);
}

#define TO_COME_MS 6000

static void produce_more(struct happening *h)
{
    produce(h->mock, h->topic, 0, "n2", 2);
    rd_kafka_flush(h->mock->rk, LIMIT_MS);
}

static void produce_too_early(struct happening *h)
{
    struct source_status status;
    h->sink->source->ops->status(h->sink->source, &status);
    assert_memory_equal(status.note, "nothing yet of the time of --from @", 35);
    produce(h->mock, h->topic, 0, "n1", 2);
    rd_kafka_flush(h->mock->rk, LIMIT_MS);
    h->happens = produce_more;
    h->after_ms = h->passed_ms + TO_COME_MS;
    uv_timer_start(&h->timer, on_look, LOOK_MS, LOOK_MS);
}

/* What comes before a time that is still to come is not counted. */
static void test_from_a_time_to_come(void **state)
{
    static const char *const topic = "to_come";
    struct kafka_config config = config_of(*state, &topic);
    struct happening happening = {
        .mock = *state, .topic = topic, .happens = produce_too_early, .after_ms = 2000};
    struct source_status status;
    struct sink sink;
    char from[32];
    uv_timeval64_t now;
    uv_gettimeofday(&now);
    snprintf(from, sizeof from, "@%lld", (long long)now.tv_sec * 1000 + TO_COME_MS);
    make_numbers(*state, topic, 1, 1, 0);
    config.from = from;
    config.until = NULL;
    run(&sink, &config, &happening, 11000);
    assert_numbers(&sink, 2, 3);
    sink.source->ops->status(sink.source, &status);
    assert_int_equal(status.lag, 0);
    assert_string_equal(status.note, "");
    sink_fini(&sink);
}

/* ---- members of a group ---- */

/* The mock lets a group's next member, and a rebalance, wait as long as a session may be
 * silent. */
static void join(struct kafka_config *config, const char *group)
{
    static const char *const property[] = {"session.timeout.ms=3000",
                                           "heartbeat.interval.ms=500"};
    config->group = group;
    config->properties = property;
    config->property_count = ARRAY_SIZE(property);
}

static void lead(struct happening *h)
{
    rd_kafka_mock_partition_set_leader(h->mock->cluster, h->topic, 0, 1);
}

/* Longer than a member waits for its place: it goes on where the group was all the same.
 */
static void test_a_place_that_is_known_late(void **state)
{
    static const char *const topic = "leaderless";
    struct mock *mock = *state;
    struct kafka_config config = config_of(mock, &topic);
    struct happening happening = {
        .mock = mock, .topic = topic, .happens = lead, .after_ms = 12000};
    struct sink sink;
    make_numbers(mock, topic, 1, 100, 0);
    join(&config, topic);
    run(&sink, &config, NULL, 0);
    assert_numbers(&sink, 0, 100);
    sink_fini(&sink);
    produce(mock, topic, 0, "n100", 4);
    rd_kafka_flush(mock->rk, LIMIT_MS);
    rd_kafka_mock_partition_set_leader(mock->cluster, topic, 0, -1);
    config.until = NULL;
    run(&sink, &config, &happening, 22000);
    assert_numbers(&sink, 100, 101);
    sink_fini(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_marks_in_a_log_do_not_make_it_another, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_message_of_the_end_of_time, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_log_made_again_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_where_reading_begins_later_it_is_no_other,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_nor_when_the_topic_was_missed_early, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_from_a_time_to_come, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_place_that_is_known_late, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
