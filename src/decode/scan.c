/* The fast reader: one pass over a flat JSON object, keeping only the wanted fields.
 *
 * Records of one kind have their keys in one order, so the scanner remembers at each
 * place the key that stood there last ("shape") and compares it in two vector
 * instructions; only when that fails is the key read and looked up. Strings are passed
 * over 16 bytes at a time and are not copied. Anything unusual (nested values, keys with
 * escapes, lone surrogates, invalid UTF-8, anything that is not JSON) is declined:
 * parse.c then decides.
 *
 * What it accepts is strict JSON, so that accepting is never wrong. */
#include "cadence/mem.h"
#include "scan_value.h"

#include <stdlib.h>

#define SHAPE_KEYS 48  /* places remembered; records have up to 26 keys */
#define SHAPE_BYTES 32 /* longest remembered `"key":` */

struct shape_slot {
    char text[SHAPE_BYTES]; /* `"key":`, zeros behind */
    uint32_t mask;          /* one bit a byte of it; in an empty slot what nothing has */
    uint8_t len, field;
};

struct shape {
    struct shape_slot slot[SHAPE_KEYS + 1]; /* the last is for all keys beyond */
};

struct shape *shape_new(void)
{
    struct shape *shape = mem_zalloc(sizeof *shape);
    for (size_t i = 0; i <= SHAPE_KEYS; i++)
        shape->slot[i].mask = ~0u; /* 32 zeros are no key */
    return shape;
}

void shape_free(struct shape *shape)
{
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

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
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

/* A value that is no object and no array; NULL to decline. */
static inline const char *scan_value(const char *p, const char *end, enum use use,
                                     struct value *out)
{
    if (p < end && *p == ' ')
        p = skip_blanks(p, end);
    if (p >= end)
        return NULL;
    if (*p == '"')
        return use == USE_SHOW ? scan_string(p + 1, end, true, out)
                               : scan_string(p + 1, end, false, out);
    if (*p == '-' || (*p >= '0' && *p <= '9'))
        return scan_number(p, end, use == USE_READ, out);
    const char *start = p;
    p = skip_word(p, end);
    out->type = VALUE_OTHER;
    if (p)
        out->text = (struct str){start, (size_t)(p - start)};
    return p;
}

/* Does `"key":` at p equal what stood at this place before? Most keys fit the first 16
 * bytes. */
static inline bool slot_matches(const struct shape_slot *slot, const char *p,
                                const char *end)
{
#ifdef __SSE2__
    if (end - p >= SHAPE_BYTES) {
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
    return slot->len && end - p >= slot->len && memcmp(p, slot->text, slot->len) == 0;
}

static void slot_learn(struct shape_slot *slot, const char *key, size_t len,
                       enum field field)
{
    if (len > SHAPE_BYTES)
        return;
    memset(slot, 0, sizeof *slot);
    memcpy(slot->text, key, len);
    slot->len = (uint8_t)len;
    slot->mask = len == 32 ? ~0u : (1u << len) - 1;
    slot->field = (uint8_t)field;
}

/* Reads `"key":`; NULL to decline. */
static const char *scan_key(const char *p, const char *end, struct shape_slot *slot,
                            enum field *field)
{
    bool escaped = false;
    const char *start = p;
    if (p >= end || *p != '"')
        return NULL;
    const char *close = skip_string(p + 1, end, &escaped);
    if (!close || escaped)
        return NULL;
    *field = field_of_key((struct str){start + 1, (size_t)(close - start - 1)});
    p = skip_blanks(close + 1, end);
    if (p >= end || *p != ':')
        return NULL;
    if (p == close + 1)
        slot_learn(slot, start, (size_t)(p + 1 - start), *field);
    return p + 1;
}

/* `"key":` at p; NULL to decline. */
static inline const char *scan_place(const char *p, const char *end,
                                     struct shape_slot *slot, enum field *field)
{
    *field = slot->field;
    if (slot_matches(slot, p, end))
        return p + slot->len;
    p = skip_blanks(p, end);
    if (slot_matches(slot, p, end))
        return p + slot->len;
    return scan_key(p, end, slot, field);
}

bool scan_fields(struct shape *shape, struct str line, struct fields *out)
{
    const char *end = line.p + line.n, *p = skip_blanks(line.p, end);
    struct shape_slot *slot = shape->slot, *last = slot + SHAPE_KEYS;
    for (int f = 0; f < FIELD_COUNT; f++)
        out->v[f].type = VALUE_ABSENT;
    if (p >= end || *p++ != '{')
        return false;
    for (;; slot += slot < last) {
        enum field field;
        if (!(p = scan_place(p, end, slot, &field)))
            return false;
        if (!(p = scan_value(p, end, use_of[field], &out->v[field])))
            return false;
        if (p < end && *p == ',') {
            p++;
            continue;
        }
        p = skip_blanks(p, end);
        if (p >= end)
            return false;
        if (*p++ == ',')
            continue;
        return p[-1] == '}' && skip_blanks(p, end) == end;
    }
}
