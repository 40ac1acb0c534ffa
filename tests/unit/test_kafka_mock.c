/* The Kafka source against librdkafka's own mock cluster: nothing else is needed to run
 * this. */
#include "cadence/mem.h"
#include "cadence/source.h"

#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#define LIMIT_MS 40000

/* Takes everything; tells `counted` for at most `count_marks` blocks. */
struct sink {
    struct source *source;
    uv_loop_t loop;
    uv_timer_t timer;
    char *text;
    size_t len, cap;
    struct block *given;   /* not counted yet */
    size_t in_use, blocks; /* blocks: how many there are at most */
    uint64_t count_marks, last_mark;
    int64_t counted_lines;       /* of the blocks that were told as counted */
    uint64_t waited_ms, tick_ms; /* tick_ms: of a block */
    bool ended, failed, timed_out;
    bool until_behind; /* stop when it is known how far behind this is */
    uint64_t run_ms;   /* stop after so long; 0: at its end */
    int64_t lag;
    double lag_s;
    char said[400];
};

void block_reserve(struct block *block, size_t bytes)
{
    if (block->cap < bytes) {
        block->data = mem_realloc(block->data, bytes);
        block->cap = bytes;
    }
}

struct block *sink_room(struct sink *sink)
{
    if (sink->in_use == sink->blocks)
        return NULL;
    struct block *block = mem_zalloc(sizeof *block);
    block->data = mem_alloc(BLOCK_BYTES);
    block->cap = BLOCK_BYTES;
    sink->in_use++;
    return block;
}

void sink_return(struct sink *sink, struct block *block)
{
    free(block->data);
    free(block);
    sink->in_use--;
}

void sink_push(struct sink *sink, struct block *block)
{
    assert_true(block->len > 0 && block->data[block->len - 1] == '\n');
    sink->text = mem_grow(sink->text, &sink->cap, sink->len + block->len + 1, 1);
    memcpy(sink->text + sink->len, block->data, block->len);
    sink->len += block->len;
    sink->text[sink->len] = '\0';
    block->next = NULL;
    struct block **last = &sink->given;
    while (*last)
        last = &(*last)->next;
    *last = block;
}

void sink_end(struct sink *sink)
{
    sink->ended = true;
}

void sink_message(struct sink *sink, enum message_kind kind, const char *sentence)
{
    (void)kind;
    snprintf(sink->said, sizeof sink->said, "%s", sentence);
}

void sink_fail(struct sink *sink, const char *sentence)
{
    sink->failed = true;
    snprintf(sink->said, sizeof sink->said, "%s", sentence);
}

/* "n12" was in the twelfth second. */
int64_t sink_event_time(struct sink *sink, const char *lines, size_t len)
{
    int number;
    (void)sink;
    return len > 2 && sscanf(lines, "n%d", &number) == 1 ? number * INT64_C(1000) : -1;
}

static void look_how_far_behind(struct sink *sink)
{
    struct source_status status;
    sink->source->ops->status(sink->source, &status);
    if (status.lag <= 0 || status.lag_s < 0)
        return;
    sink->lag = status.lag;
    sink->lag_s = status.lag_s;
    uv_stop(&sink->loop);
}

/* Counts a block at each tick, slowly enough for the source to run out of room. */
static void on_tick(uv_timer_t *timer)
{
    struct sink *sink = timer->data;
    struct block *block = sink->given;
    if (block) {
        sink->given = block->next;
        sink->last_mark = block->mark;
        if (sink->count_marks) {
            sink->count_marks--;
            for (size_t i = 0; i < block->len; i++)
                sink->counted_lines += block->data[i] == '\n';
            sink->source->ops->counted(sink->source, block->mark);
        }
        sink_return(sink, block);
        sink->source->ops->resume(sink->source);
    }
    sink->waited_ms += sink->tick_ms;
    if (sink->until_behind)
        look_how_far_behind(sink);
    sink->timed_out = sink->waited_ms > LIMIT_MS;
    if (((sink->ended || sink->failed) && !sink->given) || sink->timed_out ||
        (sink->run_ms && sink->waited_ms > sink->run_ms))
        uv_stop(&sink->loop);
}

static void sink_init(struct sink *sink, const struct kafka_config *config)
{
    memset(sink, 0, sizeof *sink);
    sink->blocks = 4;
    sink->tick_ms = 2;
    sink->count_marks = UINT64_MAX;
    uv_loop_init(&sink->loop);
    sink->source = source_new_kafka(config);
    sink->source->loop = &sink->loop;
    sink->source->sink = sink;
}

static void sink_run(struct sink *sink)
{
    char error[300];
    uv_timer_init(&sink->loop, &sink->timer);
    sink->timer.data = sink;
    uv_timer_start(&sink->timer, on_tick, sink->tick_ms, sink->tick_ms);
    assert_int_equal(sink->source->ops->start(sink->source, error, sizeof error), 0);
    uv_run(&sink->loop, UV_RUN_DEFAULT);
    assert_false(sink->timed_out);
    sink->text = mem_grow(sink->text, &sink->cap, sink->len + 1, 1);
    sink->text[sink->len] = '\0';
}

static void sink_fini(struct sink *sink)
{
    sink->source->ops->stop(sink->source);
    uv_close((uv_handle_t *)&sink->timer, NULL);
    sink->source->ops->free(sink->source);
    uv_run(&sink->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&sink->loop), 0);
    while (sink->given) {
        struct block *block = sink->given;
        sink->given = block->next;
        sink_return(sink, block);
    }
    free(sink->text);
}

/* ---- the cluster ---- */

struct mock {
    rd_kafka_t *rk;
    rd_kafka_mock_cluster_t *cluster;
    const char *brokers;
};

static void quiet(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level, (void)facility, (void)text;
}

static int setup(void **state)
{
    char error[300];
    struct mock *mock = mem_zalloc(sizeof *mock);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
    rd_kafka_conf_set(conf, "message.max.bytes", "4000000", error, sizeof error);
    rd_kafka_conf_set(conf, "linger.ms", "1", error, sizeof error);
    rd_kafka_conf_set_log_cb(conf, quiet);
    mock->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!mock->rk)
        return -1;
    mock->cluster = rd_kafka_handle_mock_cluster(mock->rk);
    mock->brokers = rd_kafka_mock_cluster_bootstraps(mock->cluster);
    *state = mock;
    return 0;
}

static int teardown(void **state)
{
    struct mock *mock = *state;
    rd_kafka_destroy(mock->rk);
    free(mock);
    return 0;
}

static void produce(struct mock *mock, const char *topic, int32_t partition,
                    const char *value, size_t len)
{
    assert_int_equal(rd_kafka_producev(mock->rk, RD_KAFKA_V_TOPIC(topic),
                                       RD_KAFKA_V_PARTITION(partition),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_VALUE((void *)(uintptr_t)value, len),
                                       RD_KAFKA_V_END),
                     RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void produce_numbers(struct mock *mock, const char *topic, int partitions,
                            int from, int to)
{
    for (int i = from; i < to; i++) {
        char value[32];
        int n = snprintf(value, sizeof value, "n%d", i);
        produce(mock, topic, i % partitions, value, (size_t)n);
    }
    assert_int_equal(rd_kafka_flush(mock->rk, LIMIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* Each number of [from, to) once, and nothing else. */
static void assert_numbers(const struct sink *sink, int from, int to)
{
    char *seen = mem_zalloc((size_t)to);
    int lines = 0, number;
    for (const char *p = sink->text; *p; p = strchr(p, '\n') + 1, lines++) {
        assert_int_equal(sscanf(p, "n%d\n", &number), 1);
        assert_in_range(number, from, to - 1);
        assert_int_equal(seen[number]++, 0);
    }
    assert_int_equal(lines, to - from);
    free(seen);
}

static struct kafka_config config_of(const struct mock *mock, const char *const *topic)
{
    return (struct kafka_config){
        .brokers = mock->brokers, .topics = topic, .topic_count = 1, .until = "end"};
}

static void test_all_partitions(void **state)
{
    static const char *const topic = "numbers";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 3, 1);
    produce_numbers(*state, topic, 3, 0, 5000);
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

static int64_t committed(const struct mock *mock, const char *group, const char *topic)
{
    char error[300];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", mock->brokers, error, sizeof error);
    rd_kafka_conf_set(conf, "group.id", group, error, sizeof error);
    rd_kafka_conf_set_log_cb(conf, quiet);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0);
    assert_int_equal(rd_kafka_committed(rk, list, LIMIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
    int64_t offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
    return offset;
}

/* Another group for each try: the mock lets a group's next member wait for a long time.
 */
static void test_group_commits_what_is_counted(void **state)
{
    static const char *const topic = "shared";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    produce_numbers(*state, topic, 1, 0, 200);
    config.group = "counting";
    sink_init(&sink, &config);
    sink_run(&sink);
    assert_numbers(&sink, 0, 200);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "counting", topic), 200);
    config.group = "reading";
    sink_init(&sink, &config);
    sink.count_marks = 0;
    sink_run(&sink);
    assert_numbers(&sink, 0, 200);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "reading", topic), RD_KAFKA_OFFSET_INVALID);
}

/* In the middle of a stream: not a line less than was counted is committed, nor one more.
 */
static void test_group_commits_up_to_the_last_block(void **state)
{
    static const char *const topic = "halfway";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    char value[600];
    memset(value, 'x', sizeof value);
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    for (int i = 0; i < 3000; i++) {
        int n = snprintf(value, sizeof value, "n%d", i);
        value[n] = ' ';
        produce(*state, topic, 0, value, sizeof value);
    }
    rd_kafka_flush(((struct mock *)*state)->rk, LIMIT_MS);
    config.group = "halfway";
    sink_init(&sink, &config);
    sink.count_marks = 3;
    sink_run(&sink);
    assert_numbers(&sink, 0, 3000);
    assert_in_range(sink.counted_lines, 3, 2900);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "halfway", topic), sink.counted_lines);
}

#define SYNC_GROUP 14
#define JOINS_MS 5000 /* the mock takes its time: it needs 3 s and more */

static void join_for_a_while(const struct mock *mock)
{
    static const char *const topic = "stranded";
    static const char *const property =
        "partition.assignment.strategy=cooperative-sticky";
    struct kafka_config config = config_of(mock, &topic);
    struct sink sink;
    config.group = "stranded";
    config.properties = &property;
    config.property_count = 1;
    sink_init(&sink, &config);
    sink.run_ms = JOINS_MS;
    sink_run(&sink);
    sink_fini(&sink);
}

/* Taken in by the group, but no assignment ever came: librdkafka would abort. In a
 * process of its own, whose end is looked at. */
static void test_leaving_a_group_that_never_gave_anything(void **state)
{
    rd_kafka_resp_err_t errors[20];
    struct mock *mock = *state;
    int status;
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
        errors[i] = RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
    rd_kafka_mock_topic_create(mock->cluster, "stranded", 1, 1);
    rd_kafka_mock_push_request_errors_array(mock->cluster, SYNC_GROUP, ARRAY_SIZE(errors),
                                            errors);
    pid_t child = fork();
    if (child == 0) {
        join_for_a_while(mock);
        exit(7); /* what is left behind leaves the exit code alone */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

/* ---- listening in: these stand before librdkafka's own ---- */

static void *librdkafka(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* No answer: as when the group has ended before it is asked. */
static bool group_is_silent;

const char *rd_kafka_rebalance_protocol(rd_kafka_t *rk)
{
    const char *(*next)(rd_kafka_t *);
    void *found = librdkafka("rd_kafka_rebalance_protocol");
    memcpy(&next, &found, sizeof next);
    return group_is_silent ? NULL : next(rk);
}

static void test_leaving_a_group_that_is_silent(void **state)
{
    static const char *const topic = "silent";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    produce_numbers(*state, topic, 1, 0, 50);
    config.group = topic;
    sink_init(&sink, &config);
    sink_run(&sink);
    group_is_silent = true;
    sink_fini(&sink);
    group_is_silent = false;
    assert_int_equal(committed(*state, topic, topic), 50);
}

/* The last list that was sought with. */
static rd_kafka_topic_partition_list_t *sought;

rd_kafka_error_t *rd_kafka_seek_partitions(rd_kafka_t *rk,
                                           rd_kafka_topic_partition_list_t *partitions,
                                           int timeout_ms)
{
    rd_kafka_error_t *(*next)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
    void *found = librdkafka("rd_kafka_seek_partitions");
    memcpy(&next, &found, sizeof next);
    if (sought)
        rd_kafka_topic_partition_list_destroy(sought);
    sought = rd_kafka_topic_partition_list_copy(partitions);
    return next(rk, partitions, timeout_ms);
}

struct other { /* member of the group, once all has been read */
    struct sink *sink;
    const struct mock *mock;
    rd_kafka_t *rk;
    int lines;
};

static rd_kafka_t *join_cooperatively(const struct mock *mock, const char *group,
                                      const char *topic)
{
    char error[300];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", mock->brokers, error, sizeof error);
    rd_kafka_conf_set(conf, "group.id", group, error, sizeof error);
    rd_kafka_conf_set(conf, "partition.assignment.strategy", "cooperative-sticky", error,
                      sizeof error);
    rd_kafka_conf_set(conf, "session.timeout.ms", "5000", error, sizeof error);
    rd_kafka_conf_set(conf, "heartbeat.interval.ms", "1000", error, sizeof error);
    rd_kafka_conf_set_log_cb(conf, quiet);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_poll_set_consumer(rk);
    assert_int_equal(rd_kafka_subscribe(rk, list), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
    return rk;
}

static int partitions_of(rd_kafka_t *rk)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    assert_int_equal(rd_kafka_assignment(rk, &list), RD_KAFKA_RESP_ERR_NO_ERROR);
    int n = list->cnt;
    rd_kafka_topic_partition_list_destroy(list);
    return n;
}

static void on_other(uv_timer_t *timer)
{
    struct other *other = timer->data;
    if (!other->rk && other->sink->counted_lines == other->lines)
        other->rk = join_cooperatively(other->mock, "changing", "changing");
    rd_kafka_message_t *message = other->rk ? rd_kafka_consumer_poll(other->rk, 0) : NULL;
    if (message)
        rd_kafka_message_destroy(message);
    /* librdkafka 2.0.2 aborts when the other is destroyed with nothing assigned. */
    if (sought && partitions_of(other->rk))
        uv_stop(&other->sink->loop);
}

/* When a group changes, what a cooperative member keeps goes on at the member's own
 * place: librdkafka 2.8 may go on one message too far. */
static void test_what_is_kept_goes_on_where_we_are(void **state)
{
    enum { PARTITIONS = 4, EACH = 25 };
    static const char *const topic = "changing";
    /* The mock lets a group's next member wait as long as a session may be silent. */
    static const char *const property[] = {
        "partition.assignment.strategy=cooperative-sticky", "session.timeout.ms=5000",
        "heartbeat.interval.ms=1000"};
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    struct other other = {.sink = &sink, .mock = *state, .lines = PARTITIONS * EACH};
    uv_timer_t timer;
    rd_kafka_mock_topic_create(other.mock->cluster, topic, PARTITIONS, 1);
    produce_numbers(*state, topic, PARTITIONS, 0, other.lines);
    config.until = NULL;
    config.group = topic;
    config.properties = property;
    config.property_count = ARRAY_SIZE(property);
    sink_init(&sink, &config);
    uv_timer_init(&sink.loop, &timer);
    timer.data = &other;
    uv_timer_start(&timer, on_other, 10, 10);
    sink_run(&sink);
    assert_non_null(sought);
    assert_in_range(sought->cnt, 1, PARTITIONS - 1);
    for (int i = 0; i < sought->cnt; i++)
        assert_int_equal(sought->elems[i].offset, EACH);
    assert_numbers(&sink, 0, other.lines);
    rd_kafka_topic_partition_list_destroy(sought);
    sought = NULL;
    rd_kafka_consumer_close(other.rk);
    rd_kafka_destroy(other.rk);
    uv_close((uv_handle_t *)&timer, NULL);
    sink_fini(&sink);
}

/* Behind in a topic of a message a second: as many seconds as messages. */
static void test_lag_in_event_time(void **state)
{
    static const char *const topic = "seconds";
    struct kafka_config config = config_of(*state, &topic);
    struct source_status status;
    struct sink sink;
    char value[600];
    memset(value, ' ', sizeof value);
    rd_kafka_mock_topic_create(((struct mock *)*state)->cluster, topic, 1, 1);
    for (int i = 0; i < 8000; i++) {
        int n = snprintf(value, sizeof value, "n%d", i);
        value[n] = ' ';
        produce(*state, topic, 0, value, sizeof value);
    }
    rd_kafka_flush(((struct mock *)*state)->rk, LIMIT_MS);
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
    rd_kafka_mock_topic_create(mock->cluster, topic, 1, 1);
    produce_numbers(*state, topic, 1, 0, 100);
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
        cmocka_unit_test_setup_teardown(test_group_commits_what_is_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_group_commits_up_to_the_last_block, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_leaving_a_group_that_never_gave_anything,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaving_a_group_that_is_silent, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_kept_goes_on_where_we_are, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_lag_in_event_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broker_comes_late, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
