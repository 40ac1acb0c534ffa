#include "top.h"

#include "cadence/mem.h"

#include <stdlib.h>

void top_init(struct top *top, size_t max, top_before_fn before, const void *context)
{
    *top = (struct top){.context = context, .before = before, .max = max};
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

static void sift_up(struct top *t, size_t i)
{
    uint32_t id = t->id[i];
    for (; i && t->before(t->context, t->id[(i - 1) / 2], id); i = (i - 1) / 2)
        t->id[i] = t->id[(i - 1) / 2];
    t->id[i] = id;
}

void top_offer(struct top *t, uint32_t id)
{
    if (t->n < t->max) {
        t->id = mem_grow(t->id, &t->cap, t->n + 1, sizeof *t->id);
        t->id[t->n] = id;
        sift_up(t, t->n++);
    } else if (t->n && t->before(t->context, id, t->id[0])) {
        t->id[0] = id;
        sift_down(t, 0, t->n);
    }
}

void top_sort(struct top *t)
{
    for (size_t n = t->n; n > 1; n--) {
        uint32_t worst = t->id[0];
        t->id[0] = t->id[n - 1];
        t->id[n - 1] = worst;
        sift_down(t, 0, n - 1);
    }
}

void top_fini(struct top *t)
{
    free(t->id);
}
