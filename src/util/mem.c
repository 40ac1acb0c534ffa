#include "cadence/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    fprintf(stderr, "cadence: out of memory (%zu bytes more were needed)\n", size);
    _Exit(1);
}

void *mem_alloc(size_t size)
{
    return check(malloc(size ? size : 1), size);
}

void *mem_zalloc(size_t size)
{
    return check(calloc(1, size ? size : 1), size);
}

void *mem_realloc(void *p, size_t size)
{
    return check(realloc(p, size ? size : 1), size);
}

char *mem_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

void *mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return p;
    size_t grown = *cap ? *cap : 8;
    while (grown < need)
        grown = grown > SIZE_MAX / 2 ? need : grown * 2;
    if (grown > SIZE_MAX / size)
        return check(NULL, SIZE_MAX);
    *cap = grown;
    return mem_realloc(p, grown * size);
}
