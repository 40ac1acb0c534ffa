#include "pipeline_impl.h"

#include "cadence/mem.h"
#include "cadence/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define GIVE_WAY_NICE 5
#define BATCH_EVENTS 2048 /* at most: a block of short lines makes many batches */

/* There are never more batches than places. */
static void batch_put(struct batch_ring *ring, struct batch *b)
{
    ring->batch[(ring->first + ring->count++) % PIPELINE_BATCHES] = b;
}

static struct batch *batch_take(struct batch_ring *ring)
{
    if (ring->count == 0)
        return NULL;
    struct batch *b = ring->batch[ring->first];
    ring->first = (ring->first + 1) % PIPELINE_BATCHES;
    ring->count--;
    return b;
}

/* Decoding and counting leave the processor to the loop's thread when it has something to
 * do: without this a key waits for its turn among busy threads. On Linux the priority is
 * the calling thread's. */
static void give_way(const struct pipeline *p)
{
    if (p->config.give_way)
        setpriority(PRIO_PROCESS, 0, GIVE_WAY_NICE);
}

/* ---- decode thread ---- */

static struct framer *framer_of(struct pipeline *p, uint32_t stream)
{
    for (size_t i = 0; i < p->framers; i++)
        if (p->framer[i].stream == stream)
            return &p->framer[i].framer;
    p->framer = mem_grow(p->framer, &p->framers_cap, p->framers + 1, sizeof *p->framer);
    p->framer[p->framers].stream = stream;
    framer_init(&p->framer[p->framers].framer);
    return &p->framer[p->framers++].framer;
}

/* NULL: stopping. */
static struct batch *batch_wait(struct pipeline *p)
{
    struct batch *b;
    uv_mutex_lock(&p->lock);
    while (!(b = batch_take(&p->free_batches)) && !p->stopping)
        uv_cond_wait(&p->to_batch, &p->lock);
    uv_mutex_unlock(&p->lock);
    if (b) {
        b->count = 0;
        b->block = NULL;
        arena_reset(&b->arena);
    }
    return b;
}

static void batch_send(struct pipeline *p, struct batch *b, struct block *block)
{
    uv_mutex_lock(&p->lock);
    b->block = block;
    batch_put(&p->ready, b);
    uv_cond_signal(&p->to_model);
    uv_mutex_unlock(&p->lock);
}

/* Text in the arena of a batch that is sent has to move along with its event. */
static void event_move(struct event *e, struct arena *to)
{
    struct str *const text[] = {&e->artist,    &e->song,         &e->name,
                                &e->user.text, &e->session.text, &e->item.text};
    for (size_t i = 0; e->is_play && i < ARRAY_SIZE(text); i++) /* others have none set */
        if (text[i]->n)
            text[i]->p = memcpy(arena_alloc(to, text[i]->n), text[i]->p, text[i]->n);
}

/* Sends a batch of which more follows, but for `held` (or NULL), and goes on with
 * another. False when stopping. */
static bool batch_next(struct pipeline *p, struct batch **batch, struct event *held)
{
    struct batch *next = batch_wait(p);
    if (!next)
        return false;
    if (held)
        event_move(held, &next->arena);
    batch_send(p, *batch, NULL);
    *batch = next;
    return true;
}

/* Waits until the batch's last event is due; what came before it is counted meanwhile.
 * False when stopping. */
static bool replay_pace(struct pipeline *p, struct batch **batch)
{
    struct event held = (*batch)->event[(*batch)->count - 1];
    uint64_t wait =
        held.kind == LINE_EVENT ? pace_wait(&p->pace, held.ts_ms, uv_hrtime()) : 0;
    if (wait == 0)
        return true;
    if (--(*batch)->count && !batch_next(p, batch, &held))
        return false;
    struct batch *next = *batch;
    next->event = mem_grow(next->event, &next->cap, 1, sizeof *next->event);
    next->event[next->count++] = held;
    uv_mutex_lock(&p->lock);
    while (!p->stopping && (wait = pace_wait(&p->pace, held.ts_ms, uv_hrtime())) > 0)
        uv_cond_timedwait(&p->to_decode, &p->lock, wait < 200000000 ? wait : 200000000);
    bool go = !p->stopping;
    uv_mutex_unlock(&p->lock);
    return go;
}

static bool decode_into(struct pipeline *p, struct batch **batch, struct str line,
                        bool oversize)
{
    struct batch *b = *batch;
    b->event = mem_grow(b->event, &b->cap, b->count + 1, sizeof *b->event);
    struct event *e = &b->event[b->count++];
    e->kind =
        oversize ? LINE_OVERSIZE : (uint8_t)decode_line(p->decoder, &b->arena, line, e);
    if (p->pace.speed > 0 && !replay_pace(p, batch))
        return false;
    return (*batch)->count < BATCH_EVENTS || batch_next(p, batch, NULL);
}

/* Decodes a block and sends its events on. False when stopping. */
static bool decode_block(struct pipeline *p, struct block *block)
{
    struct framer *framer = framer_of(p, block->stream);
    struct batch *batch = batch_wait(p);
    struct str bytes = {block->data, block->len}, line;
    size_t at = 0;
    bool oversize, go = batch != NULL;
    while (go && framer_next(framer, &batch->arena, bytes, &at, &line, &oversize))
        go = decode_into(p, &batch, line, oversize);
    if (go && block->ends && framer_end(framer, &batch->arena, &line, &oversize))
        go = decode_into(p, &batch, line, oversize);
    if (go) {
        batch_send(p, batch, block);
        return true;
    }
    uv_mutex_lock(&p->lock);
    block_put(&p->free_blocks, block);
    if (batch)
        batch_put(&p->free_batches, batch);
    uv_mutex_unlock(&p->lock);
    return false;
}

static void decode_main(void *arg)
{
    struct pipeline *p = arg;
    give_way(p);
    for (;;) {
        uv_mutex_lock(&p->lock);
        while (!p->raw.first && !p->ended && !p->stopping)
            uv_cond_wait(&p->to_decode, &p->lock);
        struct block *block = p->stopping ? NULL : block_take(&p->raw);
        if (!block)
            p->decoded = true;
        uv_cond_signal(&p->to_model);
        uv_mutex_unlock(&p->lock);
        if (!block || !decode_block(p, block))
            return;
    }
}

/* ---- model thread ---- */

/* The first report that cannot be written is the last, and ends the program. */
static void every_report(struct pipeline *p)
{
    if (p->write_error)
        return;
    struct snapshot *s = snapshot_new(p->model, &p->config.request);
    if (report_write(stdout, REPORT_JSON, true, s) != 0) {
        uv_mutex_lock(&p->lock);
        p->write_error = errno ? errno : EIO;
        uv_mutex_unlock(&p->lock);
        uv_async_send(&p->async);
    }
    snapshot_free(s);
}

static void count_batch(struct pipeline *p, const struct batch *b)
{
    size_t from = 0;
    for (size_t i = 0; p->series.every_ms && i < b->count; i++) {
        if (!series_due(&p->series, p->model, b->event, &from, i))
            continue;
        model_add(p->model, b->event + from, i - from);
        every_report(p);
        from = i;
    }
    if (b->count > from)
        model_add(p->model, b->event + from, b->count - from);
}

/* The batch and its block are free again. Called with the lock held. */
static void batch_done(struct pipeline *p, struct batch *b)
{
    p->progress++;
    p->events += b->count;
    if (b->block) {
        if (b->block->mark > p->mark)
            p->mark = b->block->mark;
        p->held -= b->block->cap;
        block_shrink(b->block);
        block_put(&p->done, b->block);
        b->block = NULL;
        uv_async_send(&p->async);
    }
    batch_put(&p->free_batches, b);
    uv_cond_signal(&p->to_batch);
}

static void answer_request(struct pipeline *p)
{
    struct snapshot_request *request = mem_alloc(sizeof *request);
    *request = p->request;
    p->wanted = false;
    uv_mutex_unlock(&p->lock);
    struct snapshot *made = snapshot_new(p->model, request), *old;
    free(request);
    uv_mutex_lock(&p->lock);
    old = p->answer;
    p->answer = made;
    uv_async_send(&p->async);
    uv_mutex_unlock(&p->lock);
    snapshot_free(old);
    uv_mutex_lock(&p->lock);
}

static void model_main(void *arg)
{
    struct pipeline *p = arg;
    give_way(p);
    uv_mutex_lock(&p->lock);
    while (!p->stopping) {
        struct batch *b;
        if (p->wanted) {
            answer_request(p);
        } else if ((b = batch_take(&p->ready))) {
            uv_mutex_unlock(&p->lock);
            count_batch(p, b);
            uv_mutex_lock(&p->lock);
            batch_done(p, b);
        } else {
            if (p->decoded && p->ended && !p->finished) {
                p->finished = true;
                uv_async_send(&p->async);
            }
            uv_cond_wait(&p->to_model, &p->lock);
        }
    }
    uv_mutex_unlock(&p->lock);
}

/* ---- loop's thread ---- */

static void on_async(uv_async_t *async)
{
    struct pipeline *p = async->data;
    uv_mutex_lock(&p->lock);
    struct snapshot *answer = p->answer;
    uint64_t mark = p->mark;
    int error = p->write_error;
    bool resume = p->source_waits && p->done.first,
         finished = p->finished && !p->told_finished;
    struct block *b;
    p->answer = NULL;
    while ((b = block_take(&p->done)))
        block_put(&p->free_blocks, b);
    if (resume)
        p->source_waits = false;
    p->told_finished |= finished;
    uv_mutex_unlock(&p->lock);
    if (p->source && mark && p->source->ops->counted)
        p->source->ops->counted(p->source, mark);
    if (p->source && resume)
        p->source->ops->resume(p->source);
    if (answer)
        p->hooks.snapshot(p->hooks.context, answer);
    if (error && !p->told_error) {
        char text[128];
        p->told_error = true;
        snprintf(text, sizeof text, "cannot write to standard output: %s",
                 strerror(error));
        if (error != EPIPE) /* `| head` has what it wanted */
            p->hooks.failed(p->hooks.context, text);
        finished |= !p->told_finished;
        p->told_finished = true;
    }
    if (finished)
        p->hooks.finished(p->hooks.context);
}

struct pipeline *pipeline_new(uv_loop_t *loop, const struct pipeline_config *config,
                              const struct pipeline_hooks *hooks)
{
    struct pipeline *p = mem_zalloc(sizeof *p);
    p->sink.pipeline = p;
    p->loop = loop;
    p->config = *config;
    p->hooks = *hooks;
    p->pace.speed = config->replay;
    p->series.every_ms = config->every_ms;
    p->model = model_new();
    p->decoder = decoder_new();
    uv_mutex_init(&p->lock);
    uv_cond_init(&p->to_decode);
    uv_cond_init(&p->to_model);
    uv_cond_init(&p->to_batch);
    uv_async_init(loop, &p->async, on_async);
    p->async.data = p;
    for (int i = 0; i < PIPELINE_BLOCKS; i++) {
        struct block *b = mem_zalloc(sizeof *b);
        b->cap = BLOCK_BYTES;
        b->data = mem_alloc_pages(b->cap);
        block_put(&p->free_blocks, b);
    }
    for (int i = 0; i < PIPELINE_BATCHES; i++)
        batch_put(&p->free_batches, mem_zalloc(sizeof(struct batch)));
    return p;
}

struct sink *pipeline_sink(struct pipeline *p)
{
    return &p->sink;
}

/* Tells the threads to end. */
static void stop_threads(struct pipeline *p)
{
    uv_mutex_lock(&p->lock);
    p->stopping = true;
    uv_cond_broadcast(&p->to_decode);
    uv_cond_broadcast(&p->to_model);
    uv_cond_broadcast(&p->to_batch);
    uv_mutex_unlock(&p->lock);
}

static void nothing(uv_work_t *work)
{
    (void)work;
}

static void after_nothing(uv_work_t *work, int status)
{
    (void)status;
    free(work);
}

static void no_thread(void *arg)
{
    (void)arg;
}

/* Where libuv's pool gets no thread it aborts: so one is tried here, where it can be
 * told, and the pool made at once, before a library takes the threads that are left. */
static int start_pool(struct pipeline *p)
{
    uv_thread_t thread;
    int error = uv_thread_create(&thread, no_thread, NULL);
    if (error)
        return error;
    uv_thread_join(&thread);
    return uv_queue_work(p->loop, mem_zalloc(sizeof(uv_work_t)), nothing, after_nothing);
}

int pipeline_start(struct pipeline *p, struct source *source)
{
    p->source = source;
    int error = uv_thread_create(&p->decode_thread, decode_main, p);
    if (error)
        return error;
    error = uv_thread_create(&p->model_thread, model_main, p);
    p->threads = !error;
    if (error) {
        stop_threads(p);
        uv_thread_join(&p->decode_thread);
    }
    return error ? error : start_pool(p);
}

void pipeline_request(struct pipeline *p, const struct snapshot_request *request)
{
    uv_mutex_lock(&p->lock);
    p->request = *request;
    p->wanted = true;
    uv_cond_signal(&p->to_model);
    uv_mutex_unlock(&p->lock);
}

uint64_t pipeline_progress(struct pipeline *p)
{
    uv_mutex_lock(&p->lock);
    uint64_t progress = p->progress;
    uv_mutex_unlock(&p->lock);
    return progress;
}

uint64_t pipeline_events(struct pipeline *p)
{
    uv_mutex_lock(&p->lock);
    uint64_t events = p->events;
    uv_mutex_unlock(&p->lock);
    return events;
}

void pipeline_end(struct pipeline *p)
{
    uv_mutex_lock(&p->lock);
    p->ended = true;
    uv_cond_signal(&p->to_decode);
    uv_mutex_unlock(&p->lock);
}

void pipeline_stop(struct pipeline *p)
{
    if (!p->threads)
        return;
    stop_threads(p);
    uv_thread_join(&p->decode_thread);
    uv_thread_join(&p->model_thread);
    p->threads = false;
}

struct snapshot *pipeline_snapshot(struct pipeline *p,
                                   const struct snapshot_request *request)
{
    pipeline_stop(p);
    return snapshot_new(p->model, request);
}

bool pipeline_write_failed(struct pipeline *p)
{
    uv_mutex_lock(&p->lock);
    bool failed = p->write_error != 0;
    uv_mutex_unlock(&p->lock);
    return failed;
}

static void blocks_free(struct block_list *list)
{
    struct block *b;
    while ((b = block_take(list))) {
        free(b->data);
        free(b);
    }
}

static void batches_free(struct batch_ring *list)
{
    struct batch *b;
    while ((b = batch_take(list))) {
        if (b->block)
            free(b->block->data);
        free(b->block);
        arena_fini(&b->arena);
        free(b->event);
        free(b);
    }
}

void pipeline_free(struct pipeline *p)
{
    if (!p)
        return;
    pipeline_stop(p);
    blocks_free(&p->free_blocks);
    blocks_free(&p->raw);
    blocks_free(&p->done);
    batches_free(&p->free_batches);
    batches_free(&p->ready);
    for (size_t i = 0; i < p->framers; i++)
        framer_fini(&p->framer[i].framer);
    free(p->framer);
    decoder_free(p->decoder);
    snapshot_free(p->answer);
    model_free(p->model);
    uv_mutex_destroy(&p->lock);
    uv_cond_destroy(&p->to_decode);
    uv_cond_destroy(&p->to_model);
    uv_cond_destroy(&p->to_batch);
    uv_close((uv_handle_t *)&p->async, NULL);
    uv_run(p->loop, UV_RUN_NOWAIT);
    free(p);
}
