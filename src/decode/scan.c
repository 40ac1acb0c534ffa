/* The fast reader: one pass over a flat JSON object, keeping only the wanted fields.
 *
 * Records of one kind have their keys in one order, so the scanner remembers at each
 * place the key that stood there last ("shape"), with the comma before and the colon
 * behind it, and compares it in one or two vector instructions; only when that fails is
 * the key read and looked up. What a line says of its listener is remembered by session
 * (memo.h). Strings are passed over 16 bytes at a time and are not copied. Anything
 * unusual (nested values, keys with escapes, lone surrogates, invalid UTF-8, very wide or
 * short records, anything that is not JSON) is declined: parse.c then decides.
 *
 * What it accepts is strict JSON, so that accepting is never wrong. */
#include "cadence/mem.h"
#include "cadence/utf8.h"
#include "memo.h"
#include "scan_value.h"

#include <stdlib.h>

#define SHAPE_KEYS 63  /* most keys of a record; EventSim's have up to 26 */
#define SHAPE_BYTES 32 /* longest remembered `,"key":` */
#define LINE_LEAST 40  /* shortest line scanned; EventSim's have 140 to 814 bytes */

struct shape_slot {
    char text[SHAPE_BYTES]; /* `,"key":` with its blanks, zeros behind */
    uint32_t mask;          /* one bit a byte of it; in an empty slot what nothing has */
    uint8_t len, field;
};

struct shape {
    struct shape_slot slot[SHAPE_KEYS];
    struct memos *memos; /* or NULL */
    uint32_t listeners;  /* ids given so far */
};

struct shape *shape_new(bool remember)
{
    struct shape *shape = mem_zalloc(sizeof *shape);
    for (size_t i = 0; i < SHAPE_KEYS; i++)
        shape->slot[i].mask = ~0u; /* 32 zeros are no key */
    if (remember)
        shape->memos = mem_zalloc(sizeof *shape->memos);
    return shape;
}

void shape_free(struct shape *shape)
{
    if (shape)
        free(shape->memos);
    free(shape);
}

enum field field_of_key(struct str key)
{
    static const char *const names[FIELD_COUNT] = {
        [FIELD_TS] = "ts",
        [FIELD_USER] = "userId",
        [FIELD_SESSION] = "sessionId",
        [FIELD_ITEM] = "itemInSession",
        [FIELD_PAGE] = "page",
        [FIELD_SONG] = "song",
        [FIELD_ARTIST] = "artist",
        [FIELD_DURATION] = "duration",
        [FIELD_LENGTH] = "length",
        [FIELD_LEVEL] = "level",
        [FIELD_GENDER] = "gender",
        [FIELD_STATE] = "state",
        [FIELD_LOCATION] = "location",
        [FIELD_AGENT] = "userAgent",
        [FIELD_FIRST_NAME] = "firstName",
        [FIELD_LAST_NAME] = "lastName",
    };
    enum field f = 0;
    while (f < FIELD_COUNT && !str_is(key, names[f]))
        f++;
    return f;
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* What is done with a field's value besides finding its end: a number is read, a string
 * that is shown looked at for whether it is clean. */
enum use { USE_NONE, USE_READ, USE_SHOW };
static const uint8_t use_of[FIELD_COUNT + 1] = {
    [FIELD_TS] = USE_READ,         [FIELD_USER] = USE_READ,
    [FIELD_SESSION] = USE_READ,    [FIELD_ITEM] = USE_READ,
    [FIELD_DURATION] = USE_READ,   [FIELD_LENGTH] = USE_READ,
    [FIELD_SONG] = USE_SHOW,       [FIELD_ARTIST] = USE_SHOW,
    [FIELD_FIRST_NAME] = USE_SHOW, [FIELD_LAST_NAME] = USE_SHOW,
};

/* All that is read lies before the line's last byte, the closing brace: nothing that is
 * accepted contains it, so that no pointer below ever passes it. */
struct scan {
    const char *end, *brace;
    struct fields *out;
    struct row row;
};

/* p stands on a byte that is not plain text: the end of an escape or of a character that
 * is not ASCII; NULL to decline. */
static const char *skip_special(const char *p, const char *end, bool *escaped)
{
    if (*p == '\\') {
        *escaped = true;
        return skip_escape(p, end);
    }
    size_t len = (unsigned char)*p < 0x80 ? 0 : utf8_sequence(p, end, NULL);
    return len ? p + len : NULL;
}

/* p stands behind the opening quote; the end is behind the closing one. */
INLINED const char *scan_string(const struct scan *scan, const char *p, bool shown,
                                struct value *out)
{
    const char *close = skip_plain(p, scan->brace);
    bool escaped = false, plain = *close == '"';
    while (*close != '"') {
        if (!(close = skip_special(close, scan->end, &escaped)))
            return NULL;
        close = skip_plain(close, scan->brace);
    }
    out->type = VALUE_STRING;
    out->text = (struct str){p, (size_t)(close - p)};
    out->escaped = escaped;
    out->is_clean = shown && plain && plain_is_clean(out->text, scan->end);
    return close + 1;
}

static const char *scan_other(const struct scan *scan, const char *p, enum use use,
                              struct value *out);

/* A value that is no object and no array; NULL to decline. */
INLINED const char *scan_value(const struct scan *scan, const char *p, enum use use,
                               struct value *out)
{
    if (*p == '"')
        return use == USE_SHOW ? scan_string(scan, p + 1, true, out)
                               : scan_string(scan, p + 1, false, out);
    if (*p != '-' && (*p < '0' || *p > '9'))
        return scan_other(scan, p, use, out);
    return use == USE_READ ? scan_number(p, scan->end, true, out)
                           : scan_number(p, scan->end, false, out);
}

/* A word, or a value behind blanks that the remembered key had not. */
static const char *scan_other(const struct scan *scan, const char *p, enum use use,
                              struct value *out)
{
    const char *start = skip_blanks(p, scan->end);
    if (start > p)
        return scan_value(scan, start, use, out);
    p = skip_word(p, scan->end);
    out->type = VALUE_OTHER;
    if (p)
        out->text = (struct str){start, (size_t)(p - start)};
    return p;
}

/* Does `,"key":` at p equal what stood at this place before? Most fit the first 16 bytes.
 */
static inline bool slot_matches(const struct shape_slot *slot, const char *p,
                                const char *end)
{
#ifdef __SSE2__
    if (p < end - SHAPE_BYTES) {
        unsigned low =
            (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(load16(p), load16(slot->text)));
        unsigned need = slot->mask;
        if (need <= 0xFFFF)
            return (low & need) == need;
        unsigned high = (unsigned)_mm_movemask_epi8(
            _mm_cmpeq_epi8(load16(p + 16), load16(slot->text + 16)));
        return ((low | high << 16) & need) == need;
    }
#endif
    return slot->len && end - p > slot->len && memcmp(p, slot->text, slot->len) == 0;
}

static void slot_learn(struct shape_slot *slot, struct str text, enum field field)
{
    if (text.n > SHAPE_BYTES)
        return;
    memset(slot, 0, sizeof *slot);
    memcpy(slot->text, text.p, text.n);
    slot->len = (uint8_t)text.n;
    slot->mask = text.n == 32 ? ~0u : (1u << text.n) - 1;
    slot->field = (uint8_t)field;
}

/* Reads `,"key":` with the blanks behind it; p stands on its first character. The value,
 * or NULL to decline. */
static const char *scan_key(const char *p, const char *end, struct shape_slot *slot,
                            enum field *field)
{
    bool escaped = false;
    const char *start = p, *open = skip_blanks(p + 1, end);
    if (*open != '"')
        return NULL;
    const char *close = skip_string(open + 1, end, &escaped);
    if (!close || escaped)
        return NULL;
    p = skip_blanks(close + 1, end);
    if (*p != ':')
        return NULL;
    p = skip_blanks(p + 1, end);
    *field = field_of_key((struct str){open + 1, (size_t)(close - open - 1)});
    slot_learn(slot, (struct str){start, (size_t)(p - start)}, *field);
    return p;
}

/* ---- The listener's row (memo.h) ---- */

/* Has nothing been said of the listener yet? The user's number may stand before the row.
 */
static inline bool row_is_first(const struct fields *out)
{
    unsigned any = VALUE_ABSENT;
    for (int f = FIELD_STATE; f < FIELD_USER; f++)
        any |= out->v[f].type;
    return any == VALUE_ABSENT;
}

static void row_end(struct scan *scan)
{
    if (scan->row.start)
        memo_keep(&scan->row, scan->out);
    scan->row.start = NULL;
}

/* p stands behind `itemInSession`: behind the row if it is known, else it is begun. */
static inline const char *row_begin(struct scan *scan, struct shape *shape, const char *p,
                                    struct shape_slot **slot)
{
    const struct value *session = &scan->out->v[FIELD_SESSION];
    struct memo *memo = shape->memos ? memo_place(shape->memos, session) : NULL;
    row_end(scan);
    if (!memo || !row_is_first(scan->out))
        return p;
    scan->out->listener = NULL; /* of a row before, which had nothing but the user */
    if (memo_take(memo, p, scan->end, scan->out)) {
        *slot += memo->keys;
        return p + memo->len;
    }
    shape->listeners += shape->listeners < UINT32_MAX;
    scan->row =
        (struct row){.memo = memo,
                     .listener = shape->listeners < UINT32_MAX ? shape->listeners : 0,
                     .start = p,
                     .end = p};
    return p;
}

/* A key and its value have been read, up to p. */
static inline void row_go_on(struct scan *scan, enum field field, const char *p)
{
    struct row *row = &scan->row;
    row->keys_all++;
    if (field < FIELD_STATE) {
        row_end(scan);
    } else if (is_listener(field) && row->start) {
        row->end = p;
        row->keys = row->keys_all;
    } else if (is_listener(field)) {
        scan->out->listener = NULL;
    }
}

/* ---- The line ---- */

/* False to decline. */
static inline bool scan_begin(struct scan *scan, struct str line, struct fields *out)
{
    while (line.n && is_blank(line.p[line.n - 1]))
        line.n--;
    if (line.n < LINE_LEAST || line.p[line.n - 1] != '}')
        return false;
    scan->end = line.p + line.n;
    scan->brace = scan->end - 1;
    scan->out = out;
    scan->row.start = NULL;
    out->listener = NULL;
#pragma GCC unroll 16
    for (int f = 0; f < FIELD_COUNT; f++)
        out->v[f].type = VALUE_ABSENT;
    return true;
}

/* Goes on behind the key at p, or says why it does not. */
enum place { PLACE_VALUE, PLACE_END, PLACE_DECLINED };
static inline enum place scan_place(const struct scan *scan, struct shape_slot *slot,
                                    bool first, const char **p, enum field *field)
{
    *field = slot->field;
    if (slot_matches(slot, *p, scan->end)) {
        *p += slot->len;
        return PLACE_VALUE;
    }
    *p = skip_blanks(*p, scan->end);
    if (*p == scan->brace)
        return first ? PLACE_DECLINED : PLACE_END;
    if (**p != (first ? '{' : ',') || !(*p = scan_key(*p, scan->end, slot, field)))
        return PLACE_DECLINED;
    return PLACE_VALUE;
}

bool scan_fields(struct shape *shape, struct str line, struct fields *out)
{
    struct scan scan;
    struct shape_slot *slot = shape->slot, *most = slot + SHAPE_KEYS;
    const char *p = line.p;
    if (!scan_begin(&scan, line, out))
        return false;
    while (slot < most) {
        enum field field;
        enum place place = scan_place(&scan, slot, slot == shape->slot, &p, &field);
        if (place == PLACE_END)
            row_end(&scan);
        if (place != PLACE_VALUE)
            return place == PLACE_END;
        if (!(p = scan_value(&scan, p, use_of[field], &out->v[field])))
            return false;
        slot++;
        if (field == FIELD_ITEM)
            p = row_begin(&scan, shape, p, &slot);
        else if (scan.row.start || out->listener)
            row_go_on(&scan, field, p);
    }
    return false;
}
