#include "index.h"

#include "cadence/mem.h"

#include <stdlib.h>

#define INDEX_FIRST 16
#define BYTES_CHUNK (64u << 10)

void index_init(struct index *index)
{
    *index = (struct index){.slot = mem_zalloc(INDEX_FIRST * sizeof *index->slot),
                            .mask = INDEX_FIRST - 1};
}

void index_grow(struct index *index)
{
    size_t old = (size_t)index->mask + 1, size = old * 2;
    uint64_t *slot = mem_zalloc(size * sizeof *slot);
    uint32_t mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < old; i++) {
        if (!index->slot[i])
            continue;
        uint32_t at = (uint32_t)(index->slot[i] >> 32) & mask;
        while (slot[at])
            at = (at + 1) & mask;
        slot[at] = index->slot[i];
    }
    free(index->slot);
    index->slot = slot;
    index->mask = mask;
}

void index_fini(struct index *index)
{
    free(index->slot);
    *index = (struct index){0};
}

void bytes_more(struct bytes_chunk **chunks, size_t need)
{
    size_t cap = need > BYTES_CHUNK ? need : BYTES_CHUNK;
    struct bytes_chunk *c = mem_alloc(sizeof *c + cap);
    *c = (struct bytes_chunk){.older = *chunks, .cap = cap};
    *chunks = c;
}

void bytes_free(struct bytes_chunk *chunks)
{
    while (chunks) {
        struct bytes_chunk *older = chunks->older;
        free(chunks);
        chunks = older;
    }
}

size_t bytes_size(const struct bytes_chunk *chunks)
{
    size_t size = 0;
    for (; chunks; chunks = chunks->older)
        size += sizeof *chunks + chunks->cap;
    return size;
}

void strtab_init(struct strtab *tab)
{
    *tab = (struct strtab){.count = 1};
    index_init(&tab->index);
    tab->text = mem_grow(NULL, &tab->cap, 1, sizeof *tab->text);
    tab->text[0] = (struct str){"", 0};
}

void strtab_fini(struct strtab *tab)
{
    index_fini(&tab->index);
    bytes_free(tab->bytes);
    free(tab->text);
    *tab = (struct strtab){0};
}

uint32_t strtab_intern(struct strtab *tab, struct str text, uint32_t tag)
{
    if (!text.n)
        return 0;
    uint32_t at, id;
    for (at = index_start(&tab->index, tag);
         (id = index_next(&tab->index, tag, &at)) != NONE;)
        if (str_eq(tab->text[id], text))
            return id;
    tab->text = mem_grow(tab->text, &tab->cap, tab->count + 1, sizeof *tab->text);
    id = (uint32_t)tab->count++;
    tab->text[id] = (struct str){bytes_keep(&tab->bytes, text), text.n};
    index_put_at(&tab->index, tag, id, at);
    return id;
}

size_t strtab_bytes(const struct strtab *tab)
{
    return index_bytes(&tab->index) + bytes_size(tab->bytes) +
           tab->cap * sizeof *tab->text;
}
