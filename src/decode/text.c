/* Cleaning of text.
 *
 * Everything works on UTF-8 bytes. Nearly all text of real data is printable ASCII with single
 * blanks: one pass finds that out and the text is borrowed as it is; only the rest is copied. */
#include "text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Length of the valid UTF-8 sequence at p, or 0; *bad is then the length of the maximal part
 * that one U+FFFD stands for. (Unicode 15, table 3-7.) */
static size_t sequence(const unsigned char *p, const unsigned char *end, size_t *bad)
{
    unsigned char c = *p, low = 0x80, high = 0xBF;
    size_t len;
    *bad = 1;
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (c == 0xE0)
        low = 0xA0;
    else if (c == 0xED)
        high = 0x9F;
    else if (c == 0xF0)
        low = 0x90;
    else if (c == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i < len; i++) {
        if (p + i >= end || p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
        *bad = i + 1;
    }
    return len;
}

size_t utf8_sequence(const char *p, const char *end)
{
    size_t bad;
    return sequence((const unsigned char *)p, (const unsigned char *)end, &bad);
}

bool utf8_is_valid(struct str text)
{
    const unsigned char *p = (const unsigned char *)text.p, *end = p + text.n;
    size_t bad;
    while (p < end) {
        size_t len = sequence(p, end, &bad);
        if (!len)
            return false;
        p += len;
    }
    return true;
}

struct str text_valid_utf8(struct arena *arena, struct str text)
{
    if (utf8_is_valid(text))
        return text;
    const unsigned char *p = (const unsigned char *)text.p, *end = p + text.n;
    char *out = arena_alloc(arena, text.n * 3), *o = out;
    size_t bad;
    while (p < end) {
        size_t len = sequence(p, end, &bad);
        memcpy(o, len ? (const char *)p : "\xEF\xBF\xBD", len ? len : 3);
        o += len ? len : 3;
        p += len ? len : bad;
    }
    return (struct str){out, (size_t)(o - out)};
}

/* Text that was UTF-8, read as Latin-1 and encoded again holds a character U+00C2..U+00F4, the
 * image of a lead byte; in UTF-8 that is C3 and 82..B4. */
static bool may_be_twice_encoded(struct str text)
{
    const char *p = text.p, *end = p + text.n;
    while (end - p >= 2 && (p = memchr(p, 0xC3, (size_t)(end - p) - 1))) {
        unsigned char next = (unsigned char)p[1];
        if (next >= 0x82 && next <= 0xB4)
            return true;
        p++;
    }
    return false;
}

/* Characters U+0000..U+00FF as bytes; false when one is beyond. */
static bool to_latin1(struct str text, char *out, size_t *n)
{
    char *o = out;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x80)
            *o++ = (char)c;
        else if (c == 0xC2 || c == 0xC3)
            *o++ = (char)((c & 3) << 6 | ((unsigned char)text.p[++i] & 0x3F));
        else
            return false;
    }
    *n = (size_t)(o - out);
    return true;
}

static struct str mend(struct arena *arena, struct str text)
{
    for (int round = 0; round < 2 && may_be_twice_encoded(text); round++) {
        struct str once;
        char *out = arena_alloc(arena, text.n);
        once.p = out;
        if (!to_latin1(text, out, &once.n) || !utf8_is_valid(once))
            return text;
        text = once;
    }
    return text;
}

/* Printable ASCII, no blank at either end, none beside another. */
static bool is_plain(struct str text)
{
    size_t i = 0;
    bool blank = true;         /* the character before is one, or there is none */
#ifdef __SSE2__
    const __m128i space = _mm_set1_epi8(' '), del = _mm_set1_epi8(0x7F);
    for (; text.n - i >= 16; i += 16) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i));
        unsigned odd = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmplt_epi8(c, space), _mm_cmpeq_epi8(c, del)));
        unsigned blanks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(c, space));
        if (odd || (blanks & (blanks << 1 | blank)))
            return false;
        blank = blanks >> 15;
    }
#endif
    for (; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c > 0x7E || (c == ' ' && blank))
            return false;
        blank = c == ' ';
    }
    return text.n == 0 || !blank;
}

/* C0, DEL and C1 (C2 80..9F) become blanks; runs of blanks one; none at the ends. */
static struct str blank_controls(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.n + 1), *o = out;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool c1 = c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xA0;
        if (c1)
            i++;
        if (c1 || c <= 0x20 || c == 0x7F) {
            if (o > out && o[-1] != ' ')
                *o++ = ' ';
        } else {
            *o++ = (char)c;
        }
    }
    if (o > out && o[-1] == ' ')
        o--;
    return (struct str){out, (size_t)(o - out)};
}

struct str text_clean(struct arena *arena, struct str text)
{
    return is_plain(text) ? text : blank_controls(arena, mend(arena, text));
}

static unsigned hex4(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];
        v = v << 4 | (c <= '9' ? (unsigned)c - '0' : (c | 0x20u) - 'a' + 10u);
    }
    return v;
}

static char *put_utf8(char *o, unsigned c)
{
    if (c < 0x80) {
        *o++ = (char)c;
    } else if (c < 0x800) {
        *o++ = (char)(0xC0 | c >> 6);
        *o++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *o++ = (char)(0xE0 | c >> 12);
        *o++ = (char)(0x80 | (c >> 6 & 0x3F));
        *o++ = (char)(0x80 | (c & 0x3F));
    } else {
        *o++ = (char)(0xF0 | c >> 18);
        *o++ = (char)(0x80 | (c >> 12 & 0x3F));
        *o++ = (char)(0x80 | (c >> 6 & 0x3F));
        *o++ = (char)(0x80 | (c & 0x3F));
    }
    return o;
}

static char unescape_char(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* Escapes have been checked by the scanner: they are whole, surrogates come in pairs. */
struct str text_unescape(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.n), *o = out;
    const char *p = text.p, *end = p + text.n;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((slash ? slash : end) - p);
        memcpy(o, p, plain);
        o += plain;
        p += plain;
        if (!slash)
            break;
        if (p[1] != 'u') {
            *o++ = unescape_char(p[1]);
            p += 2;
            continue;
        }
        unsigned c = hex4(p + 2);
        p += 6;
        if (c >= 0xD800 && c < 0xDC00) {
            c = 0x10000 + ((c - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
            p += 6;
        }
        o = put_utf8(o, c);
    }
    return (struct str){out, (size_t)(o - out)};
}
