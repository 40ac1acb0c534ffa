/* The best k of many, in order. */
#ifndef CADENCE_VIEW_TOP_H
#define CADENCE_VIEW_TOP_H

#include "cadence/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when a stands before b; a strict order over ids. */
typedef bool (*top_before_fn)(const void *context, uint32_t a, uint32_t b);

/* Decides most comparisons without a look at what the ids stand for: the larger figure
 * stands before, of equal ones the text that is less by its first bytes; where they are
 * equal too, top_before_fn is asked. */
#define TOP_WORDS 2
struct top_key {
    uint64_t figure, text[TOP_WORDS];
};
struct top_key top_key(uint64_t figure, struct str text);
typedef struct top_key (*top_key_fn)(const void *context, uint32_t id);

/* Keeps the best `max` of the ids offered: once there are more, a heap whose root is the
 * worst of them, so that most ids cost one comparison. */
struct top {
    const void *context;
    top_before_fn before;
    top_key_fn key;
    size_t max, n, cap;
    uint32_t *id;
};

void top_init(struct top *top, size_t max, top_before_fn before, top_key_fn key,
              const void *context);
void top_offer(struct top *top, uint32_t id);
/* Puts them in order, best first. */
void top_sort(struct top *top);
void top_fini(struct top *top);

#endif
