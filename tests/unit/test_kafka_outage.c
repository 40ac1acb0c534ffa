/* The Kafka source while no broker answers: it says so until one does. */
#include "kafka_fixture.h"

#include <stdatomic.h>
#include <unistd.h>

/* Looks at the source's state all the time. */
struct watcher {
    struct sink *sink;
    struct mock *mock;
    uv_timer_t timer;
    uint64_t cut_ms, back_ms; /* when the broker goes and comes; 0: somebody else does */
    uint64_t began_ms, passed_ms;
    size_t read_by_then; /* bytes, as the outage was told */
    bool between;        /* it goes while the source asks, once something has been read */
    bool told, taken_back;
};

/* The broker goes after it has told of its topics, before it is asked for offsets. */
static atomic_bool goes_in_between;
static rd_kafka_mock_cluster_t *that_goes;

#define LOOK_MS 5

static void on_look(uv_timer_t *timer)
{
    struct watcher *watcher = timer->data;
    struct source_status status;
    watcher->sink->source->ops->status(watcher->sink->source, &status);
    bool down = status.state == SOURCE_DOWN;
    if (down && !watcher->told)
        watcher->read_by_then = watcher->sink->len;
    watcher->taken_back |=
        watcher->told && !down && watcher->passed_ms < watcher->back_ms;
    watcher->told |= down;
    uint64_t before_ms = watcher->passed_ms;
    watcher->passed_ms = uv_now(timer->loop) - watcher->began_ms;
    if (watcher->between && watcher->sink->len) {
        watcher->between = false;
        goes_in_between = true;
    }
    if (before_ms < watcher->cut_ms && watcher->passed_ms >= watcher->cut_ms)
        rd_kafka_mock_broker_set_down(watcher->mock->cluster, 1);
    if (before_ms < watcher->back_ms && watcher->passed_ms >= watcher->back_ms)
        rd_kafka_mock_broker_set_up(watcher->mock->cluster, 1);
}

/* Reads a topic that does not end for some time. */
static void watch(struct watcher *watcher, const char *topic, struct sink *sink,
                  uint64_t tick_ms, uint64_t run_ms)
{
    struct kafka_config config = config_of(watcher->mock, &topic);
    config.until = NULL;
    sink_init(sink, &config);
    sink->blocks = 1;
    sink->tick_ms = tick_ms;
    sink->run_ms = run_ms;
    watcher->sink = sink;
    uv_timer_init(&sink->loop, &watcher->timer);
    watcher->timer.data = watcher;
    uv_timer_start(&watcher->timer, on_look, LOOK_MS, LOOK_MS);
    watcher->began_ms = uv_now(&sink->loop);
    sink_run(sink);
    uv_close((uv_handle_t *)&watcher->timer, NULL);
}

/* What librdkafka had fetched before is read on, and is no sign of life. */
static void test_what_waits_does_not_end_an_outage(void **state)
{
    static const char topic[] = "waiting";
    struct watcher watcher = {.mock = *state, .cut_ms = 1000, .back_ms = 3000};
    struct sink sink;
    make_numbers(*state, topic, 1, 12000, PADDED);
    watch(&watcher, topic, &sink, 100, 3500);
    sink_fini(&sink);
    assert_true(watcher.told);
    assert_true(sink.len > watcher.read_by_then + 2048 * PADDED);
    assert_false(watcher.taken_back);
}

rd_kafka_resp_err_t rd_kafka_offsets_for_times(rd_kafka_t *rk,
                                               rd_kafka_topic_partition_list_t *offsets,
                                               int timeout_ms)
{
    rd_kafka_resp_err_t (*next)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
    librdkafka("rd_kafka_offsets_for_times", &next, sizeof next);
    if (atomic_exchange(&goes_in_between, false)) {
        rd_kafka_mock_broker_set_down(that_goes, 1);
        usleep(500000); /* and that is told meanwhile */
    }
    return next(rk, offsets, timeout_ms);
}

static void test_an_answer_from_before_does_not_end_an_outage(void **state)
{
    static const char topic[] = "answered";
    struct watcher watcher = {.mock = *state, .back_ms = 7000};
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    that_goes = watcher.mock->cluster;
    watcher.between = true;
    watch(&watcher, topic, &sink, 2, 9500);
    assert_numbers(&sink, 0, 50);
    sink_fini(&sink);
    assert_false(goes_in_between);
    assert_true(watcher.told);
    assert_false(watcher.taken_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_waits_does_not_end_an_outage, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_an_answer_from_before_does_not_end_an_outage,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
