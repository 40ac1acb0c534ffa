#include "top.h"

#include "cadence/mem.h"

#include <stdlib.h>
#include <string.h>

void top_init(struct top *top, size_t max, top_before_fn before, top_key_fn key,
              const void *context)
{
    *top = (struct top){.context = context, .before = before, .key = key, .max = max};
}

struct top_key top_key(uint64_t figure, struct str text)
{
    struct top_key key = {.figure = figure};
    unsigned char bytes[sizeof key.text] = {0};
    if (text.n)
        memcpy(bytes, text.p, text.n < sizeof bytes ? text.n : sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        key.text[i / 8] = key.text[i / 8] << 8 | bytes[i];
    return key;
}

static void sift_down(struct top *t, size_t i, size_t n)
{
    uint32_t id = t->id[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && t->before(t->context, t->id[child], t->id[child + 1]))
            child++;
        if (!t->before(t->context, id, t->id[child]))
            break;
        t->id[i] = t->id[child];
    }
    t->id[i] = id;
}

static void make_heap(struct top *t)
{
    for (size_t i = t->n / 2; i-- > 0;)
        sift_down(t, i, t->n);
}

void top_offer(struct top *t, uint32_t id)
{
    if (t->n < t->max) {
        t->id = mem_grow(t->id, &t->cap, t->n + 1, sizeof *t->id);
        t->id[t->n++] = id;
        if (t->n == t->max)
            make_heap(t);
    } else if (t->n && t->before(t->context, id, t->id[0])) {
        t->id[0] = id;
        sift_down(t, 0, t->n);
    }
}

struct entry {
    struct top_key key;
    uint32_t id;
};

static int compare(const void *a, const void *b, void *context)
{
    const struct entry *x = a, *y = b;
    const struct top *t = context;
    if (x->key.figure != y->key.figure)
        return x->key.figure > y->key.figure ? -1 : 1;
    for (int i = 0; i < TOP_WORDS; i++)
        if (x->key.text[i] != y->key.text[i])
            return x->key.text[i] < y->key.text[i] ? -1 : 1;
    if (x->id == y->id)
        return 0;
    return t->before(t->context, x->id, y->id) ? -1 : 1;
}

/* A list of a million is asked for by each search: its names lie all over the memory, so
 * that a comparison that needs them costs ten times as much as one of keys. */
void top_sort(struct top *t)
{
    struct entry *entry = mem_alloc((t->n + 1) * sizeof *entry);
    for (size_t i = 0; i < t->n; i++)
        entry[i] = (struct entry){t->key(t->context, t->id[i]), t->id[i]};
    qsort_r(entry, t->n, sizeof *entry, compare, t);
    for (size_t i = 0; i < t->n; i++)
        t->id[i] = entry[i].id;
    free(entry);
}

void top_fini(struct top *t)
{
    free(t->id);
}
