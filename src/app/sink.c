/* The pipeline's sink, as sources see it: free blocks out, full ones in. */
#include "pipeline_impl.h"

#include "cadence/mem.h"

#include <stdlib.h>

void block_put(struct block_list *list, struct block *b)
{
    b->next = NULL;
    if (list->last)
        list->last->next = b;
    else
        list->first = b;
    list->last = b;
}

struct block *block_take(struct block_list *list)
{
    struct block *b = list->first;
    if (b && !(list->first = b->next))
        list->last = NULL;
    return b;
}

void block_reserve(struct block *block, size_t bytes)
{
    if (bytes > block->cap)
        block->data = mem_grow(block->data, &block->cap, bytes, 1);
}

void block_shrink(struct block *block)
{
    if (block->cap <= BLOCK_BYTES)
        return;
    free(block->data);
    block->cap = BLOCK_BYTES;
    block->data = mem_alloc_pages(block->cap);
}

/* Blocks that were made larger count for as many as they are: ten values of 15 MiB would
 * be 150 MiB on their way. */
struct block *sink_room(struct sink *sink)
{
    struct pipeline *p = sink->pipeline;
    uv_mutex_lock(&p->lock);
    bool full = p->held > (size_t)PIPELINE_BLOCKS * BLOCK_BYTES;
    struct block *b = full ? NULL : block_take(&p->free_blocks);
    if (!b && !full)
        b = block_take(&p->done);
    if (!b)
        p->source_waits = true;
    uv_mutex_unlock(&p->lock);
    if (!b)
        return NULL;
    block_shrink(b); /* if it was returned unused */
    b->len = 0;
    b->stream = 0;
    b->ends = false;
    b->mark = 0;
    return b;
}

void sink_push(struct sink *sink, struct block *block)
{
    struct pipeline *p = sink->pipeline;
    uv_mutex_lock(&p->lock);
    p->held += block->cap;
    block_put(&p->raw, block);
    uv_cond_signal(&p->to_decode);
    uv_mutex_unlock(&p->lock);
}

void sink_return(struct sink *sink, struct block *block)
{
    struct pipeline *p = sink->pipeline;
    uv_mutex_lock(&p->lock);
    block_put(&p->free_blocks, block);
    uv_mutex_unlock(&p->lock);
}

bool sink_busy(struct sink *sink)
{
    struct pipeline *p = sink->pipeline;
    uv_mutex_lock(&p->lock);
    bool busy = p->raw.first != NULL;
    uv_mutex_unlock(&p->lock);
    return busy;
}

void sink_end(struct sink *sink)
{
    pipeline_end(sink->pipeline);
}

void sink_message(struct sink *sink, enum message_kind kind, const char *sentence)
{
    struct pipeline *p = sink->pipeline;
    p->hooks.message(p->hooks.context, kind, sentence);
}

void sink_fail(struct sink *sink, const char *sentence)
{
    struct pipeline *p = sink->pipeline;
    p->hooks.failed(p->hooks.context, sentence);
    pipeline_end(p);
}
