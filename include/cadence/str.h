/* A borrowed run of bytes: not owned, not zero-ended. */
#ifndef CADENCE_STR_H
#define CADENCE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct str {
    const char *p;
    size_t n;
};

static inline struct str str_of(const char *zero_ended)
{
    return (struct str){zero_ended, strlen(zero_ended)};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *zero_ended)
{
    return str_eq(a, str_of(zero_ended));
}

/* By bytes, as strcmp orders: <0, 0, >0. */
static inline int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

#endif
