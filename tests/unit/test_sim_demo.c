/* The demo source on a real loop with a small sink: history, back pressure, the live
 * part, the end. */
#include "cadence/mem.h"
#include "cadence/sim.h"
#include "cadence/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include <cmocka.h>

#define ROOM 3

struct sink {
    struct block block[ROOM], *free[ROOM];
    size_t frees;
    struct block *pushed[ROOM];
    size_t pushes;
    uint64_t bytes, lines, refused;
    char last[32]; /* the beginning of the last line */
    bool whole_lines, ended, block_ended;
};

static void sink_init(struct sink *sink)
{
    memset(sink, 0, sizeof *sink);
    sink->whole_lines = true;
    for (size_t i = 0; i < ROOM; i++) {
        sink->block[i].data = mem_alloc(BLOCK_BYTES);
        sink->block[i].cap = BLOCK_BYTES;
        sink->free[sink->frees++] = &sink->block[i];
    }
}

static void sink_fini(struct sink *sink)
{
    for (size_t i = 0; i < ROOM; i++)
        free(sink->block[i].data);
}

struct block *sink_room(struct sink *sink)
{
    if (!sink->frees)
        sink->refused++;
    return sink->frees ? sink->free[--sink->frees] : NULL;
}

void sink_push(struct sink *sink, struct block *block)
{
    sink->pushed[sink->pushes++] = block;
}

void sink_return(struct sink *sink, struct block *block)
{
    sink->free[sink->frees++] = block;
}

void sink_end(struct sink *sink)
{
    sink->ended = true;
}

void sink_message(struct sink *sink, enum message_kind kind, const char *sentence)
{
    (void)sink, (void)kind, (void)sentence;
}

void sink_fail(struct sink *sink, const char *sentence)
{
    (void)sink;
    fail_msg("%s", sentence);
}

/* Takes what was pushed, as a pipeline would a little later. */
static void digest(struct sink *sink)
{
    for (size_t i = 0; i < sink->pushes; i++) {
        struct block *block = sink->pushed[i];
        const char *end = block->data + block->len, *p = block->data;
        while (p < end) {
            const char *line = p;
            p = memchr(p, '\n', (size_t)(end - p));
            sink->whole_lines &= p != NULL && *line == '{';
            p = p ? p + 1 : end;
            sink->lines++;
            snprintf(sink->last, sizeof sink->last, "%.*s", 24, line);
        }
        sink->bytes += block->len;
        sink->block_ended |= block->ends;
        block->len = 0; /* as the pipeline gives them back */
        sink->free[sink->frees++] = block;
    }
    sink->pushes = 0;
}

static int64_t last_s(const struct sink *sink)
{
    long long ms = 0;
    assert_int_equal(sscanf(sink->last, "{\"ts\":%lld", &ms), 1);
    return ms / 1000;
}

static struct source *begin(uv_loop_t *loop, struct sink *sink,
                            const struct sim_config *config)
{
    char error[256];
    struct source *source = source_new_demo(config);
    uv_loop_init(loop);
    sink_init(sink);
    source->loop = loop;
    source->sink = sink;
    assert_int_equal(source->ops->start(source, error, sizeof error), 0);
    return source;
}

static void finish(uv_loop_t *loop, struct sink *sink, struct source *source)
{
    source->ops->stop(source);
    uv_run(loop, UV_RUN_DEFAULT);
    source->ops->free(source);
    assert_int_equal(uv_loop_close(loop), 0);
    sink_fini(sink);
}

static void history_then_live(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct sink sink;
    struct sim_config config;
    struct source_status status = {0};
    sim_config_init(&config);
    config.users = 500;
    config.end_s = SIM_NEVER;
    config.live_s = config.start_s + 7 * 86400;
    config.live_speed = 3600;
    struct source *source = begin(&loop, &sink, &config);
    do {
        uv_run(&loop, UV_RUN_NOWAIT);
        digest(&sink);
        source->ops->resume(source);
        source->ops->status(source, &status);
    } while (status.state == SOURCE_CATCHING_UP);
    assert_int_equal(status.state, SOURCE_LIVE);
    assert_true(last_s(&sink) < config.live_s && last_s(&sink) > config.live_s - 7200);
    uint64_t began = uv_hrtime(), before = sink.lines;
    while (uv_hrtime() - began < 500000000) {
        uv_run(&loop, UV_RUN_ONCE);
        digest(&sink);
    }
    assert_true(sink.lines > before);
    /* Half a second is half an hour of event time; a busy machine may be late, never
     * early. */
    int64_t ahead = last_s(&sink) - config.live_s;
    assert_true(ahead >= 0 &&
                ahead <=
                    (int64_t)((double)(uv_hrtime() - began) / 1e9 * 3600) + 3600 / 5);
    assert_true(sink.whole_lines && !sink.ended);
    finish(&loop, &sink, source);
}

static void waits_for_room_and_loses_nothing(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct sink sink;
    struct sim_config config;
    sim_config_init(&config);
    config.users = 2000;
    struct source *source = begin(&loop, &sink, &config);
    for (int i = 0; i < 100; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(sink.pushes, ROOM);
    assert_int_equal(sink.refused, 1); /* it asks once and then waits to be told */
    while (!sink.ended) {
        digest(&sink);
        source->ops->resume(source);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    digest(&sink);
    assert_true(sink.block_ended && sink.whole_lines);
    uint64_t lines = sink.lines;
    finish(&loop, &sink, source);

    static char line[SIM_LINE_MAX];
    struct sim *sim = sim_new(&config);
    uint64_t expected = 0;
    while (sim_next(sim, line).len)
        expected++;
    sim_free(sim);
    assert_true(lines == expected);
}

static void its_history_ends_where_it_goes_live(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct sink sink;
    char error[256];
    struct source *source = source_new_demo_history();
    struct sim_config config;
    struct sim_trend trend[SIM_TRENDS];
    sim_config_demo(&config, trend);
    uv_loop_init(&loop);
    sink_init(&sink);
    source->loop = &loop;
    source->sink = &sink;
    assert_int_equal(source->ops->start(source, error, sizeof error), 0);
    while (!sink.ended) {
        uv_run(&loop, UV_RUN_NOWAIT);
        digest(&sink);
        source->ops->resume(source);
    }
    digest(&sink);
    assert_true(sink.block_ended && sink.whole_lines);
    assert_true(last_s(&sink) < config.live_s && last_s(&sink) > config.live_s - 600);
    finish(&loop, &sink, source);
}

static void the_demo_itself_is_sound(void **state)
{
    (void)state;
    struct sim_config config;
    struct sim_trend trend[SIM_TRENDS];
    char error[256] = "";
    sim_config_demo(&config, trend);
    assert_int_equal(sim_config_check(&config, error, sizeof error), 0);
    assert_true((config.live_s - config.start_s) / (7 * 86400) >= 6);
    const char *help = sim_demo_help();
    for (size_t i = 0; i < 2; i++)
        assert_non_null(strstr(help, trend[i].artist));
    assert_string_equal(trend[2].artist, "Glass Harbor Choir");
    char speed[32];
    snprintf(speed, sizeof speed, "%g times", config.live_speed);
    assert_non_null(strstr(help, speed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_then_live),
        cmocka_unit_test(waits_for_room_and_loses_nothing),
        cmocka_unit_test(its_history_ends_where_it_goes_live),
        cmocka_unit_test(the_demo_itself_is_sound),
    };
    return cmocka_run_group_tests_name("sim_demo", tests, NULL, NULL);
}
