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
#include "text.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SHAPE_KEYS 48  /* places remembered; records have up to 26 keys */
#define SHAPE_BYTES 32 /* longest remembered `"key":` */

struct shape_slot {
    char text[SHAPE_BYTES]; /* `"key":`, zeros behind */
    uint32_t mask;          /* one bit a byte of it */
    uint8_t len, field;
};

struct shape {
    struct shape_slot slot[SHAPE_KEYS];
};

struct shape *shape_new(void)
{
    return mem_zalloc(sizeof(struct shape));
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

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_u_escape(const char *p, const char *end)
{
    return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && is_hex(p[2]) && is_hex(p[3]) &&
           is_hex(p[4]) && is_hex(p[5]);
}

/* p stands on a backslash: the end of the escape, of both halves of a surrogate pair;
 * NULL when it is none or a lone surrogate. */
static const char *skip_escape(const char *p, const char *end)
{
    if (end - p < 2)
        return NULL;
    if (p[1] != 'u')
        return strchr("\"\\/bfnrt", p[1]) && p[1] ? p + 2 : NULL;
    if (!is_u_escape(p, end))
        return NULL;
    if ((p[2] | 0x20) != 'd' || p[3] < '8')
        return p + 6;
    bool high = p[3] <= '9' || (p[3] | 0x20) == 'a' || (p[3] | 0x20) == 'b';
    bool low_next = is_u_escape(p + 6, end) && (p[8] | 0x20) == 'd' &&
                    ((p[9] | 0x20) >= 'c' && (p[9] | 0x20) <= 'f');
    return high && low_next ? p + 12 : NULL;
}

/* From p to the first byte that is a quote, a backslash, a control character or not
 * ASCII. */
static const char *skip_plain(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20);
    while (end - p >= 16) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(c, quote), _mm_cmpeq_epi8(c, slash)),
                         _mm_cmplt_epi8(c, blank)); /* signed: above 0x7F too */
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask)
            return p + __builtin_ctz(mask);
        p += 16;
    }
#endif
    while (p < end && (signed char)*p >= 0x20 && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* p stands behind the opening quote: the closing one, or NULL to decline. */
static const char *skip_string(const char *p, const char *end, bool *escaped)
{
    *escaped = false;
    for (;;) {
        p = skip_plain(p, end);
        if (p >= end)
            return NULL;
        if (*p == '"')
            return p;
        if (*p == '\\') {
            *escaped = true;
            p = skip_escape(p, end);
        } else {
            size_t len = (unsigned char)*p < 0x80 ? 0 : utf8_sequence(p, end);
            p = len ? p + len : NULL;
        }
        if (!p)
            return NULL;
    }
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static const char *skip_number(const char *p, const char *end)
{
    const char *start;
    if (p < end && *p == '-')
        p++;
    start = p;
    p = skip_digits(p, end);
    if (p == start || (*start == '0' && p > start + 1) || p - start > INTEGER_DIGITS_MAX)
        return NULL;
    if (p < end && *p == '.') {
        start = ++p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        start = p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    return p;
}

static const char *skip_word(const char *p, const char *end)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - p) >= n && memcmp(p, words[i], n) == 0)
            return p + n;
    }
    return NULL;
}

/* A value that is no object and no array; NULL to decline. */
static inline const char *scan_value(const char *p, const char *end, struct value *out)
{
    const char *start = p;
    if (p >= end)
        return NULL;
    if (*p == '"') {
        p = skip_string(p + 1, end, &out->escaped);
        if (!p)
            return NULL;
        out->type = VALUE_STRING;
        out->text = (struct str){start + 1, (size_t)(p - start - 1)};
        return p + 1;
    }
    out->escaped = false;
    if (*p == '-' || (*p >= '0' && *p <= '9')) {
        p = skip_number(p, end);
        out->type = VALUE_NUMBER;
    } else {
        p = skip_word(p, end);
        out->type = VALUE_OTHER;
    }
    if (p)
        out->text = (struct str){start, (size_t)(p - start)};
    return p;
}

/* Does `"key":` at p equal what stood at this place before? */
static inline bool slot_matches(const struct shape_slot *slot, const char *p,
                                const char *end)
{
#ifdef __SSE2__
    if (end - p >= SHAPE_BYTES) {
        const __m128i *a = (const __m128i *)(const void *)p;
        const __m128i *b = (const __m128i *)(const void *)slot->text;
        unsigned low = (unsigned)_mm_movemask_epi8(
            _mm_cmpeq_epi8(_mm_loadu_si128(a), _mm_loadu_si128(b)));
        unsigned high = (unsigned)_mm_movemask_epi8(
            _mm_cmpeq_epi8(_mm_loadu_si128(a + 1), _mm_loadu_si128(b + 1)));
        return slot->len && ((low | high << 16) & slot->mask) == slot->mask;
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
    bool escaped;
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
    if (slot && p == close + 1)
        slot_learn(slot, start, (size_t)(p + 1 - start), *field);
    return p + 1;
}

bool scan_fields(struct shape *shape, struct str line, struct fields *out)
{
    const char *end = line.p + line.n, *p = skip_blanks(line.p, end);
    for (int f = 0; f < FIELD_COUNT; f++)
        out->v[f].type = VALUE_ABSENT;
    if (p >= end || *p++ != '{')
        return false;
    for (size_t i = 0;; i++) {
        struct shape_slot *slot = i < SHAPE_KEYS ? &shape->slot[i] : NULL;
        struct value value;
        enum field field;
        if (p < end && *p != '"')
            p = skip_blanks(p, end);
        if (slot && slot_matches(slot, p, end)) {
            p += slot->len;
            field = slot->field;
        } else if (!(p = scan_key(p, end, slot, &field))) {
            return false;
        }
        if (p < end && *p == ' ')
            p = skip_blanks(p, end);
        if (!(p = scan_value(p, end, &value)))
            return false;
        if (field < FIELD_COUNT)
            out->v[field] = value;
        p = skip_blanks(p, end);
        if (p >= end)
            return false;
        if (*p++ == ',')
            continue;
        return p[-1] == '}' && skip_blanks(p, end) == end;
    }
}
