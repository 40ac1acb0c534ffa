/* Cleaning of text.
 *
 * Everything works on UTF-8 bytes. Nearly all text of real data is printable ASCII with
 * single blanks: one pass finds that out and the text is borrowed as it is; only the rest
 * is copied. */
#include "text.h"

#include "cadence/utf8.h"

struct str text_valid_utf8(struct arena *arena, struct str text)
{
    if (utf8_is_valid(text))
        return text;
    const char *p = text.p, *end = p + text.n;
    char *out = arena_alloc(arena, text.n * 3), *o = out;
    while (p < end) {
        size_t run = utf8_ascii_run(p, end), bad;
        memcpy(o, p, run);
        o += run;
        if ((p += run) == end)
            break;
        size_t len = utf8_sequence(p, end, &bad);
        memcpy(o, len ? p : UTF8_UNKNOWN, len ? len : 3);
        o += len ? len : 3;
        p += len ? len : bad;
    }
    return (struct str){out, (size_t)(o - out)};
}

/* Text that was UTF-8, read as Latin-1 and encoded again holds a character
 * U+00C2..U+00F4, the image of a lead byte; in UTF-8 that is C3 and 82..B4. */
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

#define BYTES8(b) (UINT64_C(0x0101010101010101) * (b))

/* The high bit of every byte of v that is zero; exact. */
static uint64_t zero_bytes(uint64_t v)
{
    return ~(((v & BYTES8(0x7F)) + BYTES8(0x7F)) | v | BYTES8(0x7F));
}

/* Eight bytes: printable ASCII without two blanks side by side? */
static bool plain8(uint64_t v)
{
    uint64_t blanks = zero_bytes(v ^ BYTES8(' ')), del = zero_bytes(v ^ BYTES8(0x7F));
    uint64_t control = zero_bytes(v & BYTES8(0xE0));
    return !((v & BYTES8(0x80)) | del | control | (blanks & blanks << 8));
}

static bool plain_bytes(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < 0x20 || (unsigned char)p[i] > 0x7E ||
            (i && p[i] == ' ' && p[i - 1] == ' '))
            return false;
    return true;
}

static bool plain_words(const char *p, size_t n)
{
    uint64_t v;
    for (size_t i = 0; i + 8 < n; i += 7) {
        memcpy(&v, p + i, 8);
        if (!plain8(v))
            return false;
    }
    memcpy(&v, p + n - 8, 8);
    return plain8(v);
}

/* Printable ASCII, no blank at either end, none beside another. Whole words are looked
 * at, each beginning on the last byte of the one before, so that every pair of neighbours
 * is seen. */
static bool is_plain(struct str text)
{
    if (text.n == 0)
        return true;
    if (text.p[0] == ' ' || text.p[text.n - 1] == ' ')
        return false;
    return text.n < 8 ? plain_bytes(text.p, text.n) : plain_words(text.p, text.n);
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
        o += utf8_put(c, o);
    }
    return (struct str){out, (size_t)(o - out)};
}
