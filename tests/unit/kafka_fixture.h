/* A sink for the Kafka source and librdkafka's own mock cluster for the tests of both:
 * nothing else is needed to run them. */
#ifndef CADENCE_TEST_KAFKA_FIXTURE_H
#define CADENCE_TEST_KAFKA_FIXTURE_H

#include "cadence/mem.h"
#include "cadence/source.h"

#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static int setup_brokers(void **state, const char *count)
{
    char error[300];
    struct mock *mock = mem_zalloc(sizeof *mock);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "test.mock.num.brokers", count, error, sizeof error);
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

static inline int setup(void **state)
{
    return setup_brokers(state, "1");
}

static int teardown(void **state)
{
    struct mock *mock = *state;
    rd_kafka_destroy(mock->rk);
    free(mock);
    return 0;
}

/* `timestamp_ms` 0: now. Not by rd_kafka_producev: its macros use an extension of C that
 * clang refuses. */
static void produce_at(struct mock *mock, const char *topic, int32_t partition,
                       const char *value, size_t len, int64_t timestamp_ms)
{
    const rd_kafka_vu_t message[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value, len}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp_ms},
    };
    assert_null(rd_kafka_produceva(mock->rk, message, ARRAY_SIZE(message)));
}

static void produce(struct mock *mock, const char *topic, int32_t partition,
                    const char *value, size_t len)
{
    produce_at(mock, topic, partition, value, len, 0);
}

#define PADDED 600 /* of a few thousand values, queues and blocks fill up */

/* A topic of "n0", "n1" and so on, shared out to its partitions in turn; values have
 * `least` bytes or more, PADDED at most, the rest of them blanks. */
static void make_numbers(struct mock *mock, const char *topic, int partitions, int count,
                         size_t least)
{
    rd_kafka_mock_topic_create(mock->cluster, topic, partitions, 1);
    for (int i = 0; i < count; i++) {
        char value[PADDED];
        memset(value, ' ', sizeof value);
        size_t n = (size_t)snprintf(value, sizeof value, "n%d", i);
        value[n] = ' ';
        produce(mock, topic, i % partitions, value, n > least ? n : least);
    }
    assert_int_equal(rd_kafka_flush(mock->rk, LIMIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* Its own function, for one of the test's that stands before it. */
static inline void librdkafka(const char *name, void *function, size_t size)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_int_equal(size, sizeof found);
    memcpy(function, &found, size);
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

#endif
