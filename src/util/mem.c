#include "cadence/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096
#define HUGE_PAGE ((size_t)2 << 20)

static void (*exhausted_hook)(void);

void mem_on_exhausted(void (*hook)(void))
{
    exhausted_hook = hook;
}

static void *check(void *p, size_t size)
{
    if (p || size == 0)
        return p;
    if (exhausted_hook)
        exhausted_hook();
    fprintf(stderr, "%s: out of memory (%zu bytes more were needed)\n",
            program_invocation_short_name, size);
    _Exit(1);
}

/* Large tables are looked into at random: with huge pages, where the system lends them, a
 * look costs one miss less. Only whole huge pages inside the block are asked for. */
static void *advise(void *p, size_t size)
{
    if (size >= 2 * HUGE_PAGE) {
        uintptr_t from = ((uintptr_t)p + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
        uintptr_t to = ((uintptr_t)p + size) & ~(uintptr_t)(HUGE_PAGE - 1);
        madvise((void *)from, to - from, MADV_HUGEPAGE);
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return advise(check(malloc(size ? size : 1), size), size);
}

void *mem_zalloc(size_t size)
{
    return advise(check(calloc(1, size ? size : 1), size), size);
}

void *mem_realloc(void *p, size_t size)
{
    return advise(check(realloc(p, size ? size : 1), size), size);
}

void *mem_alloc_pages(size_t size)
{
    void *p = NULL;
    return check(posix_memalign(&p, PAGE, size ? size : 1) == 0 ? p : NULL, size);
}

char *mem_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

void *mem_grown(void *p, size_t *cap, size_t need, size_t size)
{
    size_t grown = *cap ? *cap : 8;
    while (grown < need)
        grown = grown > SIZE_MAX / 2 ? need : grown * 2;
    if (grown > SIZE_MAX / size)
        return check(NULL, SIZE_MAX);
    *cap = grown;
    return mem_realloc(p, grown * size);
}
