/* The way of the bytes: source -> blocks -> decoder thread -> batches -> model thread.
 *
 * The loop's thread (sources, keys, drawing) never decodes or counts. Blocks and batches
 * are pooled and bounded: PIPELINE_BLOCKS blocks of BLOCK_BYTES, or as many bytes in
 * fewer that were made larger, PIPELINE_BATCHES batches; when there is no more room the
 * source waits. Order is kept. */
#ifndef CADENCE_PIPELINE_H
#define CADENCE_PIPELINE_H

#include "cadence/report.h"
#include "cadence/source.h"

#define PIPELINE_BLOCKS 10
#define PIPELINE_BATCHES 6

struct pipeline_config {
    double replay;    /* event time against the clock; 0: as fast as it can */
    int64_t every_ms; /* a report each time event time crosses a multiple; 0 no */
    struct snapshot_request request; /* of those reports */
    bool give_way; /* the threads are nice to the loop's, which answers keys */
};

/* What the loop is told; all on the loop's thread. */
struct pipeline_hooks {
    void *context;
    void (*snapshot)(void *context, struct snapshot *snapshot); /* gives it away */
    void (*finished)(void *context);                            /* all input is counted */
    void (*message)(void *context, enum message_kind kind, const char *sentence);
    void (*failed)(void *context, const char *sentence);
};

struct pipeline;

struct pipeline *pipeline_new(uv_loop_t *loop, const struct pipeline_config *config,
                              const struct pipeline_hooks *hooks);
struct sink *pipeline_sink(struct pipeline *pipeline);
/* 0, or an error of libuv where a thread cannot be had: then nothing runs. */
int pipeline_start(struct pipeline *pipeline, struct source *source);

/* Asks for figures; answered by hooks.snapshot, soon, also while input runs. Of several
 * requests that wait only the last is answered. */
void pipeline_request(struct pipeline *pipeline, const struct snapshot_request *request);
/* Grows whenever something was counted. */
uint64_t pipeline_progress(struct pipeline *pipeline);
/* Events counted so far. */
uint64_t pipeline_events(struct pipeline *pipeline);

/* No more input than what has been pushed; `finished` follows, a replay at its pace. */
void pipeline_end(struct pipeline *pipeline);
/* Stops the threads, at once (what waits is dropped). */
void pipeline_stop(struct pipeline *pipeline);
/* After the stop or the finish: the figures, from this thread. */
struct snapshot *pipeline_snapshot(struct pipeline *pipeline,
                                   const struct snapshot_request *request);
/* True when a report of `every` could not be written. */
bool pipeline_write_failed(struct pipeline *pipeline);
void pipeline_free(struct pipeline *pipeline);

#endif
