/* What the Kafka source says of itself, against librdkafka's mock cluster. */
#include "kafka_fixture.h"

#include <stdatomic.h>

#define OPEN 3000

static atomic_bool transaction_is_open;

/* Stands before librdkafka's own: of a transaction that is open the consumer sees the
 * watermark move, and nothing else. */
rd_kafka_resp_err_t rd_kafka_get_watermark_offsets(rd_kafka_t *rk, const char *topic,
                                                   int32_t partition, int64_t *low,
                                                   int64_t *high)
{
    rd_kafka_resp_err_t (*next)(rd_kafka_t *, const char *, int32_t, int64_t *,
                                int64_t *);
    librdkafka("rd_kafka_get_watermark_offsets", &next, sizeof next);
    rd_kafka_resp_err_t err = next(rk, topic, partition, low, high);
    if (!err && *high >= 0 && transaction_is_open)
        *high += OPEN;
    return err;
}

static void run_for(struct sink *sink, uint64_t run_ms, struct source_status *status)
{
    sink->run_ms = run_ms;
    sink_run(sink);
    sink->source->ops->status(sink->source, status);
}

static void run(struct sink *sink, const struct kafka_config *config, uint64_t run_ms,
                struct source_status *status)
{
    sink_init(sink, config);
    run_for(sink, run_ms, status);
}

static void test_an_open_transaction_is_no_lag(void **state)
{
    static const char *const topic = "open";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.until = NULL;
    transaction_is_open = true;
    run(&sink, &config, 5000, &status);
    transaction_is_open = false;
    assert_numbers(&sink, 0, 50);
    assert_int_equal(status.lag, 0);
    assert_int_equal(status.state, SOURCE_LIVE);
    sink_fini(&sink);
}

static void test_a_pattern_that_nothing_fits(void **state)
{
    static const char *const topic = "^nomatch";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, "something", 1, 1, 0);
    config.until = NULL;
    config.group = "nomatch";
    run(&sink, &config, 2000, &status);
    assert_string_equal(status.note, "no topic fits the pattern");
    sink_fini(&sink);
}

static void on_delete(uv_timer_t *timer)
{
    rd_kafka_mock_topic_set_error(timer->data, "day-1",
                                  RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    uv_close((uv_handle_t *)timer, NULL);
}

/* Goes on when there is nothing more to read. */
static struct kafka_config days_of(const struct mock *mock)
{
    static const char *const topic = "^day-";
    struct kafka_config config = config_of(mock, &topic);
    config.until = NULL;
    return config;
}

static void run_while_deleted(struct mock *mock, struct sink *sink,
                              const struct kafka_config *config,
                              struct source_status *status)
{
    uv_timer_t timer = {.data = mock->cluster};
    sink_init(sink, config);
    uv_timer_init(&sink->loop, &timer);
    uv_timer_start(&timer, on_delete, 2000, 0);
    run_for(sink, 16000, status);
}

/* Nobody waits for yesterday's. */
static void test_one_topic_of_a_pattern_is_deleted(void **state)
{
    struct kafka_config config = days_of(*state);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, "day-1", 1, 10, 0);
    make_numbers(*state, "day-2", 1, 10, 0);
    run_while_deleted(*state, &sink, &config, &status);
    assert_non_null(strstr(sink.said, "topic day-1 was deleted"));
    assert_string_equal(status.note, "");
    assert_int_equal(status.state, SOURCE_LIVE);
    assert_int_equal(status.partitions, 1); /* the other row would stay for ever */
    sink_fini(&sink);
}

/* Then a new one is waited for. */
static void test_all_topics_of_a_pattern_are_deleted(void **state)
{
    struct kafka_config config = days_of(*state);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, "day-1", 3, 10, 0);
    run_while_deleted(*state, &sink, &config, &status);
    assert_string_equal(status.note, "no topic fits the pattern");
    assert_int_equal(status.state, SOURCE_WAITING);
    assert_int_equal(status.partitions, 0);
    sink_fini(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_open_transaction_is_no_lag, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_pattern_that_nothing_fits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_one_topic_of_a_pattern_is_deleted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_all_topics_of_a_pattern_are_deleted, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
