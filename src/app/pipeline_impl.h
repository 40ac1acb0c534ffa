/* Within the pipeline only: what its threads and its sink share. */
#ifndef CADENCE_APP_PIPELINE_IMPL_H
#define CADENCE_APP_PIPELINE_IMPL_H

#include "pace.h"
#include "series.h"

#include "cadence/decode.h"
#include "cadence/pipeline.h"

#include <uv.h>

/* Events of one block, or of a part of it. */
struct batch {
    struct event *event;
    size_t count, cap;
    struct arena arena;
    struct block
        *block; /* goes back to the pool when counted; NULL: more of it follows */
};

struct block_list {
    struct block *first, *last;
};

struct batch_ring {
    struct batch *batch[PIPELINE_BATCHES];
    size_t first, count;
};

struct stream_framer {
    uint32_t stream;
    struct framer framer;
};

struct sink {
    struct pipeline *pipeline;
};

struct pipeline {
    struct sink sink;
    uv_loop_t *loop;
    struct pipeline_config config;
    struct pipeline_hooks hooks;
    struct source *source;
    uv_async_t async;
    uv_thread_t decode_thread, model_thread;
    bool threads;

    uv_mutex_t lock; /* guards from here ... */
    uv_cond_t to_decode, to_model, to_batch;
    struct block_list free_blocks, raw, done;
    size_t held; /* bytes of the blocks that were pushed and are not counted yet */
    struct batch_ring free_batches, ready;
    bool source_waits, ended, decoded, finished, stopping;
    bool wanted;
    struct snapshot_request request;
    struct snapshot *answer;
    uint64_t progress, events, mark;
    int write_error; /* errno of a report of `every`; ... to here */

    bool told_finished, told_error;
    struct model *model; /* the model thread's until it has ended */

    struct decoder *decoder; /* the decode thread's */
    struct stream_framer *framer;
    size_t framers, framers_cap;
    struct pace pace;

    struct series series; /* the model thread's */
};

void block_put(struct block_list *list, struct block *block);
struct block *block_take(struct block_list *list); /* NULL: there is none */
/* One large value does not cost its memory for ever. What is in the block is lost. */
void block_shrink(struct block *block);

#endif
