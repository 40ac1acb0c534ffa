/* The hash index that everything interned is found by: 8 bytes a slot, at most 5/8 full.
 * The tag (32 bits of hash) says where a slot belongs, so that growing never looks at the
 * entries. */
#ifndef CADENCE_MODEL_INDEX_H
#define CADENCE_MODEL_INDEX_H

#include "fetch.h"

#include "cadence/hash.h"
#include "cadence/model.h"

void index_init(struct index *index); /* it always has slots */
void index_grow(struct index *index);
void index_fini(struct index *index);

/* Walks the entries that may have `tag`:
 *     uint32_t at, id;
 *     for (at = index_start(x, tag); (id = index_next(x, tag, &at)) != NONE;)
 * At the end `at` is where the tag's next entry belongs. */
static inline uint32_t index_start(const struct index *index, uint32_t tag)
{
    return tag & index->mask;
}

static inline uint32_t index_next(const struct index *index, uint32_t tag, uint32_t *at)
{
    for (;;) {
        uint64_t slot = index->slot[*at];
        if (!slot)
            return NONE;
        *at = (*at + 1) & index->mask;
        if (slot >> 32 == tag)
            return (uint32_t)slot - 1;
    }
}

static inline bool index_is_full(const struct index *index)
{
    return (uint64_t)index->count * 8 >= ((uint64_t)index->mask + 1) * 5;
}

static inline void index_put(struct index *index, uint32_t tag, uint32_t id)
{
    if (index_is_full(index))
        index_grow(index);
    uint32_t at = tag & index->mask;
    while (index->slot[at])
        at = (at + 1) & index->mask;
    index->slot[at] = (uint64_t)tag << 32 | (id + 1);
    index->count++;
}

/* After a walk that found nothing and ended at `at`. */
static inline void index_put_at(struct index *index, uint32_t tag, uint32_t id,
                                uint32_t at)
{
    if (index_is_full(index)) {
        index_put(index, tag, id);
        return;
    }
    index->slot[at] = (uint64_t)tag << 32 | (id + 1);
    index->count++;
}

/* The id that a tag most likely has, without looking at the entry; NONE when it has none:
 * an empty slot, even one that looks like tag 0, says the same. */
static inline uint32_t index_guess(const struct index *index, uint32_t tag)
{
    for (uint32_t at = index_start(index, tag);; at = (at + 1) & index->mask) {
        uint64_t slot = index->slot[at];
        if (slot >> 32 == tag || !slot)
            return (uint32_t)slot - 1;
    }
}

FETCH index_prefetch(const struct index *index, uint32_t tag)
{
    __builtin_prefetch(&index->slot[tag & index->mask]);
}

static inline size_t index_bytes(const struct index *index)
{
    return ((size_t)index->mask + 1) * sizeof *index->slot;
}

/* As str_eq, by words: most texts here are a few words long, and most of them equal, so
 * that a call of memcmp takes longer than the comparison. The last word overlaps. */
static inline uint64_t word_at(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static inline bool text_eq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    if (a.n < 8) {
        for (size_t i = 0; i < a.n; i++)
            if (a.p[i] != b.p[i])
                return false;
        return true;
    }
    uint64_t differ = word_at(a.p) ^ word_at(b.p);
    for (size_t i = 8; i + 8 < a.n; i += 8)
        differ |= word_at(a.p + i) ^ word_at(b.p + i);
    return !(differ | (word_at(a.p + a.n - 8) ^ word_at(b.p + b.n - 8)));
}

/* Bytes that never move, in chunks. */
struct bytes_chunk {
    struct bytes_chunk *older;
    size_t used, cap;
    char data[];
};
void bytes_more(struct bytes_chunk **chunks,
                size_t need); /* a chunk with that much room */
static inline const char *bytes_keep(struct bytes_chunk **chunks, struct str text)
{
    if (!text.n)
        return "";
    if (!*chunks || (*chunks)->cap - (*chunks)->used < text.n)
        bytes_more(chunks, text.n);
    char *p = (*chunks)->data + (*chunks)->used;
    (*chunks)->used += text.n;
    return memcpy(p, text.p, text.n);
}
void bytes_free(struct bytes_chunk *chunks);
size_t bytes_size(const struct bytes_chunk *chunks);

void strtab_init(struct strtab *tab);
void strtab_fini(struct strtab *tab);
/* `tag` is the text's hash. */
uint32_t strtab_intern(struct strtab *tab, struct str text, uint32_t tag);
size_t strtab_bytes(const struct strtab *tab);

#endif
