/* The Kafka source while one broker of several does not answer: the others are read, and
 * what is not read is said. */
#include "kafka_fixture.h"

#define TOPIC "led"
#define SILENT 3 /* leads partition 2 */
#define LOOK_MS 50
#define SILENT_RTT_MS 30000

struct watcher {
    struct mock *mock;
    struct sink *sink;
    uv_timer_t timer;
    uint64_t passed_ms, back_ms; /* back_ms: when the broker comes back, 0 never */
    uint64_t silent_ms;          /* when it stops answering, 0 not */
    bool feeds;                  /* the partitions of the others, all the time */
    int fed;
    bool told, down;   /* of that leader; no broker at all */
    size_t lines_then; /* that had been read when it was told */
    int64_t lag;
    char note[48]; /* of the partition */
};

static size_t lines_of(const struct sink *sink)
{
    size_t lines = 0;
    for (size_t i = 0; i < sink->len; i++)
        lines += sink->text[i] == '\n';
    return lines;
}

static void look(struct watcher *w)
{
    struct source_status status;
    w->sink->source->ops->status(w->sink->source, &status);
    w->down |= status.state == SOURCE_DOWN;
    if (!strstr(status.note, "1 of 3 partitions whose leader 3 does not answer"))
        return;
    w->told = true;
    assert_int_not_equal(status.state, SOURCE_WAITING);
    assert_true(status.lag_open);
    w->lines_then = lines_of(w->sink);
    for (size_t i = 0; i < status.partitions; i++)
        if (status.partition[i].partition == 2)
            snprintf(w->note, sizeof w->note, "%s", status.partition[i].note);
}

static void on_look(uv_timer_t *timer)
{
    struct watcher *w = timer->data;
    w->passed_ms += LOOK_MS;
    look(w);
    if (w->passed_ms == w->back_ms)
        rd_kafka_mock_broker_set_up(w->mock->cluster, SILENT);
    if (w->passed_ms == w->silent_ms)
        rd_kafka_mock_broker_set_rtt(w->mock->cluster, SILENT, SILENT_RTT_MS);
    if (w->feeds) {
        char value[16];
        int n = snprintf(value, sizeof value, "n%d", w->fed);
        produce(w->mock, TOPIC, w->fed++ % 2, value, (size_t)n);
    }
}

static void make_led(struct mock *mock, int count)
{
    rd_kafka_mock_topic_create(mock->cluster, TOPIC, 3, 1);
    for (int i = 0; i < 3; i++)
        rd_kafka_mock_partition_set_leader(mock->cluster, TOPIC, i, i + 1);
    make_numbers(mock, TOPIC, 3, count, 0);
}

static void watch(struct watcher *w, struct sink *sink, const struct kafka_config *config,
                  uint64_t run_ms)
{
    sink_init(sink, config);
    sink->run_ms = run_ms;
    w->sink = sink;
    uv_timer_init(&sink->loop, &w->timer);
    w->timer.data = w;
    uv_timer_start(&w->timer, on_look, LOOK_MS, LOOK_MS);
    sink_run(sink);
    uv_close((uv_handle_t *)&w->timer, NULL);
}

static void test_a_broker_that_is_not_there_at_the_start(void **state)
{
    static const char *const topic = TOPIC;
    struct watcher w = {.mock = *state, .back_ms = 8000};
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_led(*state, 300);
    rd_kafka_mock_broker_set_down(w.mock->cluster, SILENT);
    watch(&w, &sink, &config, 0);
    assert_true(w.told);
    assert_false(w.down);
    assert_int_equal(w.lines_then, 200);
    assert_string_equal(w.note, "leader 3 does not answer");
    assert_numbers(&sink, 0, 300);
    sink_fini(&sink);
}

/* It keeps its connection and says nothing, also when it is asked for the topics. */
static void test_a_broker_that_falls_silent(void **state)
{
    static const char *const topic = TOPIC;
    struct watcher w = {.mock = *state, .silent_ms = 3000, .feeds = true};
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_led(*state, 0);
    config.until = NULL;
    watch(&w, &sink, &config, 20000);
    assert_true(w.told);
    assert_false(w.down);
    assert_true(w.lines_then > 200);
    sink_fini(&sink);
}

static int setup_three(void **state)
{
    return setup_brokers(state, "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_broker_that_is_not_there_at_the_start,
                                        setup_three, teardown),
        cmocka_unit_test_setup_teardown(test_a_broker_that_falls_silent, setup_three,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
