#include "cadence/decode.h"
#include "cadence/mem.h"

#include <stdlib.h>

#define CHUNK_BYTES (64u << 10)

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, cap;
    char data[];
};

char *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->cap - chunk->used < size) {
        size_t cap = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        chunk = mem_alloc(sizeof *chunk + cap);
        *chunk = (struct arena_chunk){.older = arena->chunk, .cap = cap};
        arena->chunk = chunk;
    }
    char *p = chunk->data + chunk->used;
    chunk->used += size;
    return p;
}

/* Large chunks go back, so that one long line does not cost its memory for ever. */
void arena_reset(struct arena *arena)
{
    struct arena_chunk *keep = NULL;
    while (arena->chunk) {
        struct arena_chunk *older = arena->chunk->older;
        if (!keep && arena->chunk->cap == CHUNK_BYTES) {
            keep = arena->chunk;
            keep->older = NULL;
            keep->used = 0;
        } else {
            free(arena->chunk);
        }
        arena->chunk = older;
    }
    arena->chunk = keep;
}

void arena_fini(struct arena *arena)
{
    arena_reset(arena);
    free(arena->chunk);
    arena->chunk = NULL;
}
