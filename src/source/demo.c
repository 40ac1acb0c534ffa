/* The built-in generator as a source: history as fast as the sink takes it, then live, in
 * step with a clock that may run faster than the one on the wall. */
#include "cadence/mem.h"
#include "cadence/sim.h"
#include "cadence/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define TICK_MS 40

struct demo_source {
    struct source base;
    struct sim_config config; /* when none was given */
    struct sim_trend trend[SIM_TRENDS];
    const struct sim_config *used;
    struct sim *sim;
    uv_idle_t idle;   /* runs while there is history left and room for it */
    uv_timer_t timer; /* runs from then on */
    uint64_t live_ns; /* clock at the beginning of the live part; 0 not yet */
    uint64_t bytes;
    bool open, ended;
};

/* Event time up to which lines are due. */
static int64_t due_s(const struct demo_source *s)
{
    const struct sim_config *config = s->used;
    if (!s->live_ns)
        return config->live_s;
    double passed = (double)(uv_hrtime() - s->live_ns) / 1e9;
    return config->live_s + (int64_t)(passed * config->live_speed);
}

enum filled {
    FILLED_NO_ROOM, /* the sink will call resume */
    FILLED_MORE,    /* a block is full and more is due */
    FILLED_ALL,     /* nothing more is due by now */
    FILLED_END      /* nor ever */
};

/* One block at most, so that keys and drawing get their turn. */
static enum filled fill(struct demo_source *s)
{
    int64_t until = due_s(s), next = sim_peek_s(s->sim);
    if (next != SIM_NEVER && next >= until)
        return FILLED_ALL;
    struct block *block = sink_room(s->base.sink);
    if (!block)
        return FILLED_NO_ROOM;
    while (next < until && block->len + SIM_LINE_MAX <= block->cap) {
        block->len += sim_next(s->sim, block->data + block->len).len;
        next = sim_peek_s(s->sim);
    }
    s->bytes += block->len;
    block->ends = next == SIM_NEVER;
    sink_push(s->base.sink, block);
    return next == SIM_NEVER ? FILLED_END : next < until ? FILLED_MORE : FILLED_ALL;
}

static void end(struct demo_source *s)
{
    s->ended = true;
    uv_idle_stop(&s->idle);
    uv_timer_stop(&s->timer);
    sink_end(s->base.sink);
}

static void on_tick(uv_timer_t *timer)
{
    struct demo_source *s = timer->data;
    enum filled filled;
    do
        filled = fill(s);
    while (filled == FILLED_MORE);
    if (filled == FILLED_END)
        end(s);
}

static void go_live(struct demo_source *s)
{
    s->live_ns = uv_hrtime();
    uv_idle_stop(&s->idle);
    uv_timer_start(&s->timer, on_tick, TICK_MS, TICK_MS);
}

static void on_idle(uv_idle_t *idle)
{
    struct demo_source *s = idle->data;
    switch (fill(s)) {
    case FILLED_NO_ROOM:
        uv_idle_stop(idle);
        break;
    case FILLED_MORE:
        break;
    case FILLED_ALL:
        go_live(s);
        break;
    case FILLED_END:
        end(s);
        break;
    }
}

static int demo_start(struct source *base, char *error, size_t size)
{
    struct demo_source *s = (struct demo_source *)base;
    if (sim_config_check(s->used, error, size) != 0)
        return -1;
    s->sim = sim_new(s->used);
    uv_idle_init(base->loop, &s->idle);
    uv_timer_init(base->loop, &s->timer);
    s->idle.data = s->timer.data = s;
    s->open = true;
    uv_idle_start(&s->idle, on_idle);
    return 0;
}

static void demo_resume(struct source *base)
{
    struct demo_source *s = (struct demo_source *)base;
    if (s->open && !s->ended && !s->live_ns)
        uv_idle_start(&s->idle, on_idle);
}

static void demo_status(struct source *base, struct source_status *out)
{
    struct demo_source *s = (struct demo_source *)base;
    snprintf(out->name, sizeof out->name, "demo");
    out->state = s->ended     ? SOURCE_ENDED
                 : s->live_ns ? SOURCE_LIVE
                 : s->sim     ? SOURCE_CATCHING_UP
                              : SOURCE_STARTING;
    out->bytes = s->bytes;
}

static void demo_stop(struct source *base)
{
    struct demo_source *s = (struct demo_source *)base;
    if (s->open) {
        uv_close((uv_handle_t *)&s->idle, NULL);
        uv_close((uv_handle_t *)&s->timer, NULL);
    }
    s->open = false;
    s->ended = true;
}

static void demo_free(struct source *base)
{
    struct demo_source *s = (struct demo_source *)base;
    sim_free(s->sim);
    free(s);
}

struct source *source_new_demo(const struct sim_config *config)
{
    static const struct source_ops ops = {.start = demo_start,
                                          .resume = demo_resume,
                                          .status = demo_status,
                                          .stop = demo_stop,
                                          .free = demo_free};
    struct demo_source *s = mem_zalloc(sizeof *s);
    s->base.ops = &ops;
    s->used = config ? config : &s->config;
    if (!config)
        sim_config_demo(&s->config, s->trend);
    return &s->base;
}

struct source *source_new_demo_history(void)
{
    struct source *source = source_new_demo(NULL);
    struct demo_source *s = (struct demo_source *)source;
    s->config.end_s = s->config.live_s;
    return source;
}
