/* The fast reader against the careful one (libFuzzer): whatever the scanner accepts, the
 * careful reader must accept, with the same event. And framing: the same lines come out
 * however the bytes are cut. The first byte says where to cut. */
#include "cadence/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_text(struct str a, struct str b)
{
    return str_eq(a, b);
}

static bool same_ident(const struct ident *a, const struct ident *b)
{
    return a->present == b->present &&
           (!a->present || (a->text.p || b->text.p ? same_text(a->text, b->text)
                                                   : a->number == b->number));
}

static bool same_event(const struct event *a, const struct event *b)
{
    if (a->ts_ms != b->ts_ms || a->is_play != b->is_play || a->page != b->page ||
        a->state != b->state || a->zone != b->zone)
        return false;
    return !a->is_play ||
           (a->duration_ns == b->duration_ns && same_ident(&a->user, &b->user) &&
            same_ident(&a->session, &b->session) && same_ident(&a->item, &b->item) &&
            same_text(a->artist, b->artist) && same_text(a->song, b->song) &&
            same_text(a->name, b->name) && a->level == b->level &&
            a->gender == b->gender && a->device == b->device &&
            a->user_tag == b->user_tag && a->song_tag == b->song_tag);
}

/* Twice, since the scanner remembers of a line what it may say of the next. */
static void check_line(struct decoder *decoder, struct shape *shape, struct str line)
{
    struct arena arena = {0};
    struct fields fast, careful;
    struct event a, b;
    for (int i = 0; i < 2 && scan_fields(shape, line, &fast); i++) {
        if (!parse_fields(&arena, line, &careful))
            abort();
        enum line_kind kind = record_make(decoder, &arena, &fast, &a);
        if (kind != record_make(decoder, &arena, &careful, &b))
            abort();
        if (kind == LINE_EVENT && !same_event(&a, &b))
            abort();
    }
    decode_line(decoder, &arena, line, &a);
    arena_fini(&arena);
}

/* A checksum of the lines of `bytes`, pushed in pieces of `step`. */
static uint64_t frame(struct str bytes, size_t step)
{
    struct framer framer;
    struct arena arena = {0};
    struct str line;
    bool oversize;
    uint64_t sum = 0;
    framer_init(&framer);
    for (size_t i = 0; i < bytes.n; i += step) {
        struct str part = {bytes.p + i, bytes.n - i < step ? bytes.n - i : step};
        for (size_t at = 0; framer_next(&framer, &arena, part, &at, &line, &oversize);)
            for (size_t k = 0; k <= line.n; k++)
                sum = sum * 31 + (k < line.n ? (unsigned char)line.p[k] : 257u);
    }
    if (framer_end(&framer, &arena, &line, &oversize))
        for (size_t k = 0; k <= line.n; k++)
            sum = sum * 31 + (k < line.n ? (unsigned char)line.p[k] : 257u);
    framer_fini(&framer);
    arena_fini(&arena);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder *decoder;
    static struct shape *shape;
    if (!decoder) {
        decoder = decoder_new();
        shape = shape_new(true);
    }
    if (size < 1)
        return 0;
    /* A copy of its own, so that reading beyond it is seen. */
    char *copy = malloc(size);
    memcpy(copy, data, size);
    struct str bytes = {copy + 1, size - 1};
    if (frame(bytes, 1 + data[0] % 64) != frame(bytes, bytes.n ? bytes.n : 1))
        abort();
    check_line(decoder, shape, bytes);
    free(copy);
    return 0;
}
