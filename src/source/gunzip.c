#include "gunzip.h"

#include "cadence/mem.h"

#include <errno.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

struct gunzip {
    struct reader reader;
    bool in_member, in_header, at_end;
    const char *failed; /* told once what came before it is out */
    int64_t read;
    struct isal_gzip_header header;
    struct inflate_state state;
    unsigned char stored[GUNZIP_STORED];
};

bool gunzip_is(const char *bytes, size_t n)
{
    return n >= 2 && memcmp(bytes, "\x1F\x8B", 2) == 0;
}

struct gunzip *gunzip_new(const struct reader *reader, const char *bytes, size_t n)
{
    struct gunzip *g = mem_alloc(sizeof *g);
    g->reader = *reader;
    g->in_member = g->in_header = g->at_end = false;
    g->failed = NULL;
    g->read = (int64_t)n;
    memcpy(g->stored, bytes, n);
    isal_inflate_init(&g->state);
    g->state.crc_flag = ISAL_GZIP;
    g->state.next_in = g->stored;
    g->state.avail_in = (uint32_t)n;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    free(g);
}

int64_t gunzip_taken(const struct gunzip *g)
{
    return g->read - g->state.avail_in;
}

/* Adds what the descriptor has to what is still there; false at its end or its failure.
 */
static bool refill(struct gunzip *g)
{
    struct inflate_state *s = &g->state;
    ssize_t n;
    if (s->avail_in)
        memmove(g->stored, s->next_in, s->avail_in);
    s->next_in = g->stored;
    n = reader_read(&g->reader, g->stored + s->avail_in, sizeof g->stored - s->avail_in);
    if (n < 0)
        g->failed = strerror(errno);
    if (n <= 0)
        return false;
    s->avail_in += (uint32_t)n;
    g->read += n;
    return true;
}

static const char *why_not(int rc)
{
    switch (rc) {
    case ISAL_INCORRECT_CHECKSUM:
        return "its checksum is wrong";
    case ISAL_UNSUPPORTED_METHOD:
        return "unknown compression method";
    case ISAL_INVALID_WRAPPER:
        return "invalid header";
    default:
        return "invalid compressed data";
    }
}

/* Zeros fill up what is kept in blocks. */
static void skip_zeros(struct inflate_state *s)
{
    while (s->avail_in && *s->next_in == 0) {
        s->next_in++;
        s->avail_in--;
    }
}

/* Stands at the beginning of a member; false when there is none, or not yet two bytes and
 * `wait` is not allowed. */
static bool member_begins(struct gunzip *g, bool wait)
{
    struct inflate_state *s = &g->state;
    for (skip_zeros(s); s->avail_in < 2; skip_zeros(s)) {
        if (!wait)
            return false;
        if (!refill(g)) {
            g->at_end = true;
            break;
        }
    }
    if (s->avail_in && !gunzip_is((const char *)s->next_in, s->avail_in) && !g->failed)
        g->failed = "something else follows its end";
    if (g->at_end || g->failed)
        return false;
    isal_inflate_reset(s);
    isal_gzip_header_init(&g->header);
    g->in_member = g->in_header = true;
    return true;
}

/* The header is read into a struct that outlives the call: ISA-L would use one of its
 * own, and (2.30) has forgotten it when the header goes on in the next piece of input. */
static int inflate_on(struct gunzip *g)
{
    if (!g->in_header)
        return isal_inflate(&g->state);
    int rc = isal_read_gzip_header(&g->state, &g->header);
    g->in_header = rc == ISAL_END_INPUT;
    return rc;
}

/* One step of inflating; false when it brings nothing more now. */
static bool step(struct gunzip *g, size_t cap)
{
    struct inflate_state *s = &g->state;
    uint32_t room = s->avail_out, had = s->avail_in;
    bool empty = room == cap;
    if (!g->in_member)
        return member_begins(g, empty);
    int rc = inflate_on(g);
    if (rc < 0) {
        g->failed = why_not(rc);
    } else if (s->block_state == ISAL_BLOCK_FINISH) {
        g->in_member = false;
        return true;
    } else if (s->avail_out < room || s->avail_in < had) {
        return true;
    } else if (s->avail_in) { /* nothing to be had from it: no reason to go on for ever */
        g->failed = why_not(ISAL_INVALID_BLOCK);
    } else if (empty) {
        if (refill(g))
            return true;
        if (!g->failed)
            g->failed = "it ends too early";
    }
    return false;
}

ssize_t gunzip_read(struct gunzip *g, char *out, size_t cap, const char **why)
{
    struct inflate_state *s = &g->state;
    s->next_out = (unsigned char *)out;
    s->avail_out = (uint32_t)cap;
    while (!g->failed && !g->at_end && s->avail_out && step(g, cap))
        ;
    size_t got = cap - s->avail_out;
    if (got || !g->failed)
        return (ssize_t)got;
    *why = g->failed;
    return -1;
}
