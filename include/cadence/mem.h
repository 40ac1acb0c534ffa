/* Memory that cannot fail: when there is none left the program says so and ends.
 *
 * Every function returns usable memory or does not return. Before the process ends the
 * hook set by mem_on_exhausted runs, so that the terminal can be given back first. */
#ifndef CADENCE_MEM_H
#define CADENCE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
/* Whole pages, for what the system copies input into: on some processors (Zen 3 with
 * Linux 6) it takes a quarter of the time when the place begins a cache line. Freed with
 * free. */
void *mem_alloc_pages(size_t size);
char *mem_strdup(const char *text);

/* Makes room for `need` elements of `size` bytes in a growing array; doubles, so that
 * appending is constant time on average. Updates *cap; returns the array's new place. */
void *mem_grown(void *p, size_t *cap, size_t need, size_t size);
static inline void *mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    return need <= *cap ? p : mem_grown(p, cap, need, size);
}

/* Set once, before threads start. */
void mem_on_exhausted(void (*hook)(void));

#endif
