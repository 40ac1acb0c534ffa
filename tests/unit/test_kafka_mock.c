/* The Kafka source against librdkafka's mock cluster: reading. */
#include "kafka_fixture.h"

static void test_all_partitions(void **state)
{
    static const char *const topic = "numbers";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, topic, 3, 5000, 0);
    sink_init(&sink, &config);
    sink_run(&sink);
    assert_numbers(&sink, 0, 5000);
    sink.source->ops->status(sink.source, &status);
    assert_int_equal(status.state, SOURCE_ENDED);
    assert_int_equal(status.partitions, 3);
    assert_int_equal(status.lag, 0);
    assert_int_equal(status.partition[0].end, status.partition[0].offset);
    sink_fini(&sink);
    config.from = "-10";
    sink_init(&sink, &config);
    sink_run(&sink);
    assert_numbers(&sink, 5000 - 30, 5000);
    sink_fini(&sink);
}

static void test_values(void **state)
{
    static const char *const topic = "values";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    produce(*state, topic, 0, "one", 3);
    produce(*state, topic, 0, NULL, 0);
    produce(*state, topic, 0, "", 0);
    produce(*state, topic, 0, "two\n", 4);
    produce(*state, topic, 0, "a\nb", 3);
    produce(*state, topic, 0, "a\0b\r\n", 5);
    rd_kafka_flush(((struct mock *)*state)->rk, LIMIT_MS);
    sink_init(&sink, &config);
    sink_run(&sink);
    static const char want[] = "one\n\ntwo\na\nb\na\0b\r\n";
    assert_int_equal(sink.len, sizeof want - 1);
    assert_memory_equal(sink.text, want, sizeof want - 1);
    sink.source->ops->status(sink.source, &status);
    assert_int_equal(status.tombstones, 1);
    sink_fini(&sink);
}

/* More than the sink has room for at a time, and values larger than a block. */
static void test_back_pressure(void **state)
{
    static const char *const topic = "large";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    size_t size = 700000, sum = 0;
    char *value = mem_alloc(size);
    memset(value, 'x', size);
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    for (size_t i = 0; i < 7; i++) {
        size_t len = i % 3 ? size - i : 100000;
        produce(*state, topic, 0, value, len);
        sum += len + 1;
    }
    rd_kafka_flush(((struct mock *)*state)->rk, LIMIT_MS);
    sink_init(&sink, &config);
    sink.blocks = 1;
    sink_run(&sink);
    assert_int_equal(sink.len, sum);
    sink_fini(&sink);
    free(value);
}

/* Behind in a topic of a message a second: as many seconds as messages. */
static void test_lag_in_event_time(void **state)
{
    static const char *const topic = "seconds";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    make_numbers(*state, topic, 1, 8000, PADDED);
    config.until = NULL;
    sink_init(&sink, &config);
    sink.tick_ms = 250;
    sink.until_behind = true;
    sink_run(&sink);
    assert_in_range(sink.lag, 1, 7999);
    assert_true(sink.lag_s > 0.99 * (double)sink.lag &&
                sink.lag_s < 1.01 * (double)sink.lag);
    sink_fini(&sink);
    config.from = "end"; /* nothing waits: known without a message */
    sink_init(&sink, &config);
    sink.source->ops->status(sink.source, &status);
    assert_true(status.lag == -1 && status.lag_s < 0);
    config.until = "end";
    sink_run(&sink);
    sink.source->ops->status(sink.source, &status);
    assert_true(status.lag == 0 && status.lag_s == 0);
    sink_fini(&sink);
}

static void on_up(uv_timer_t *timer)
{
    rd_kafka_mock_broker_set_up(timer->data, 1);
    uv_close((uv_handle_t *)timer, NULL);
}

static void test_broker_comes_late(void **state)
{
    static const char *const topic = "late";
    struct mock *mock = *state;
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    uv_timer_t up = {.data = mock->cluster};
    make_numbers(*state, topic, 1, 100, 0);
    rd_kafka_mock_broker_set_down(mock->cluster, 1);
    sink_init(&sink, &config);
    uv_timer_init(&sink.loop, &up);
    uv_timer_start(&up, on_up, 1500, 0);
    sink_run(&sink);
    assert_numbers(&sink, 0, 100);
    assert_non_null(strstr(sink.said, "Kafka: connected"));
    sink_fini(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_partitions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_back_pressure, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lag_in_event_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broker_comes_late, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
