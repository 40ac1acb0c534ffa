#include "cadence/decode.h"
#include "cadence/mem.h"

#include <stdlib.h>

void framer_init(struct framer *framer)
{
    memset(framer, 0, sizeof *framer);
}

void framer_fini(struct framer *framer)
{
    free(framer->carry);
    framer_init(framer);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void keep(struct framer *framer, struct str part)
{
    size_t room = LINE_MAX_BYTES - framer->len, take = part.n < room ? part.n : room;
    if (framer->dropped == 0)
        framer->dropped_cr = framer->dropped_space = true;
    framer->carry = mem_grow(framer->carry, &framer->cap, framer->len + take, 1);
    if (take)
        memcpy(framer->carry + framer->len, part.p, take);
    framer->len += take;
    framer->dropped += part.n - take;
    for (size_t i = take; i < part.n && framer->dropped_space; i++) {
        framer->dropped_cr &= part.p[i] == '\r';
        framer->dropped_space &= is_space(part.p[i]);
    }
}

static bool all_space(struct str line)
{
    size_t i = 0;
    while (i < line.n && is_space(line.p[i]))
        i++;
    return i == line.n;
}

static struct str cut_cr(struct str line)
{
    while (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* The line in the carry, moved to the arena, and the carry emptied. A line of blanks is
 * blank, however long. Memory of a long line is given back. */
static struct str take_carry(struct framer *framer, struct arena *arena, bool *oversize)
{
    struct str line = {framer->carry, framer->len};
    bool cr_only = framer->dropped == 0 || (framer->dropped_cr && framer->dropped_space);
    bool blank = framer->dropped && framer->dropped_space && all_space(line);
    *oversize = !cr_only && !blank;
    line = *oversize || blank ? (struct str){"", 0} : cut_cr(line);
    if (line.n)
        line.p = memcpy(arena_alloc(arena, line.n), line.p, line.n);
    framer->len = framer->dropped = 0;
    if (framer->cap > (64u << 10)) {
        free(framer->carry);
        framer->carry = NULL;
        framer->cap = 0;
    }
    return line;
}

bool framer_next(struct framer *framer, struct arena *arena, struct str bytes, size_t *at,
                 struct str *line, bool *oversize)
{
    struct str rest = {bytes.p + *at, bytes.n - *at};
    const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
    struct str part = {rest.p, end ? (size_t)(end - rest.p) : rest.n};
    *at += part.n + (end ? 1 : 0);
    if (!end) {
        if (part.n)
            keep(framer, part);
        return false;
    }
    if (framer->len || framer->dropped) {
        keep(framer, part);
        *line = take_carry(framer, arena, oversize);
        return true;
    }
    *line = cut_cr(part);
    *oversize = line->n > LINE_MAX_BYTES && !all_space(*line);
    return true;
}

bool framer_end(struct framer *framer, struct arena *arena, struct str *line,
                bool *oversize)
{
    if (framer->len == 0 && framer->dropped == 0)
        return false;
    *line = take_carry(framer, arena, oversize);
    return true;
}
