/* The scanner's reading of one value: strings and numbers, 16 bytes at a time where the
 * line has as many left, byte by byte at its end and where there is no SSE2. */
#ifndef CADENCE_DECODE_SCAN_VALUE_H
#define CADENCE_DECODE_SCAN_VALUE_H

#include "text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* scan_value.c: from p, behind the opening quote or within the string, to the closing
 * quote; NULL to decline. Sets *escaped, never clears it. */
const char *skip_string(const char *p, const char *end, bool *escaped);
/* p stands on a backslash: the end of the escape, of both halves of a surrogate pair;
 * NULL when it is none or a lone surrogate. */
const char *skip_escape(const char *p, const char *end);
/* The end of the number that begins at p; NULL to decline. */
const char *skip_number(const char *p, const char *end);
/* The end of true, false or null; NULL to decline. */
const char *skip_word(const char *p, const char *end);

#ifdef __SSE2__
static inline __m128i load16(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline unsigned bytes_equal(__m128i v, char c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

/* Bytes that end a run of plain text: quotes, backslashes, controls and not ASCII. */
static inline unsigned bytes_special(__m128i v)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i other = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* signed: above 0x7F too */
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), other));
}

/* Bytes that are no digits. */
static inline unsigned bytes_no_digit(__m128i v)
{
    __m128i t = _mm_add_epi8(v, _mm_set1_epi8(0x7F - '9')); /* '0'..'9' to the top */
    __m128i digit = _mm_cmpgt_epi8(t, _mm_set1_epi8(0x7F - 10));
    return (unsigned)_mm_movemask_epi8(digit) ^ 0xFFFFu;
}
#endif

/* The value of n <= 8 digits at p, where 8 bytes can be read: they are moved to the end
 * of a word behind zeros, then summed in pairs, fours and all. */
static inline uint64_t digits_value(const char *p, unsigned n)
{
    uint64_t v;
    if (n == 0)
        return 0;
    memcpy(&v, p, 8);
    v = (v & UINT64_C(0x0F0F0F0F0F0F0F0F)) << (64 - 8 * n);
    v = (v * 10 + (v >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    v = (v * 100 + (v >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (v * 10000 + (v >> 32)) & UINT64_C(0xFFFFFFFF);
}

static const uint64_t power_of_ten[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
};

static inline uint64_t digits_value16(const char *p, unsigned n)
{
    if (n <= 8)
        return digits_value(p, n);
    return digits_value(p, 8) * power_of_ten[n - 8] + digits_value(p + 8, n - 8);
}

#define NUMBER_REACH 24 /* bytes that reading a number on the spot may look at */

/* Reads up to 15 characters of digits with at most one point; returns how many they are,
 * 0 for anything else that a number may be. What they mean only if it is wanted. */
static inline unsigned read_decimal(const char *p, bool wanted, struct value *out)
{
#if defined __SSE2__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    unsigned others = bytes_no_digit(load16(p)) | 3u << 16;
    unsigned whole = (unsigned)__builtin_ctz(others), n = whole, part = 0;
    if (p[whole] == '.') {
        n = (unsigned)__builtin_ctz(others & (others - 1));
        part = n - whole - 1;
    }
    if (n > 15 || !whole || n == whole + 1 || (p[n] | 0x20) == 'e' ||
        (*p == '0' && whole > 1))
        return 0;
    if (!wanted)
        return n;
    out->mantissa = digits_value16(p, whole);
    if (part)
        out->mantissa =
            out->mantissa * power_of_ten[part] + digits_value16(p + whole + 1, part);
    out->decimals = (uint8_t)part;
    return n;
#else
    (void)p, (void)wanted, (void)out;
    return 0;
#endif
}

/* p stands on a digit or a minus. */
static inline const char *scan_number(const char *p, const char *end, bool wanted,
                                      struct value *out)
{
    char tail[NUMBER_REACH];
    const char *first = p + (*p == '-'), *from = first;
    if (end - first < NUMBER_REACH) {
        memset(tail, 0, sizeof tail);
        from = memcpy(tail, first, (size_t)(end - first));
    }
    unsigned n = read_decimal(from, wanted, out);
    const char *close = n ? first + n : skip_number(p, end);
    out->type = VALUE_NUMBER;
    out->is_read = n && wanted && first == p;
    if (close)
        out->text = (struct str){p, (size_t)(close - p)};
    return close;
}

/* p stands behind the opening quote; the end is behind the closing one. `clean` asks
 * whether the text is clean as it is: printable ASCII, no blank at either end, none
 * beside another. Inlined for the two cases of `clean`, which the compiler would not. */
static inline __attribute__((always_inline)) const char *
scan_string(const char *p, const char *end, bool clean, struct value *out)
{
    const char *start = p;
    out->type = VALUE_STRING;
    out->escaped = out->is_clean = false;
#ifdef __SSE2__
    unsigned blank_before = 1, dirty = 0;
    while (end - p >= 16) {
        __m128i v = load16(p);
        unsigned special = bytes_special(v);
        unsigned n = special ? (unsigned)__builtin_ctz(special) : 16;
        if (clean) {
            unsigned within = (1u << n) - 1, blanks = bytes_equal(v, ' ') & within;
            unsigned pairs = blanks << 1 | blank_before;
            dirty |= (blanks & pairs) | (bytes_equal(v, 0x7F) & within);
            blank_before = pairs >> n & 1;
        }
        p += n;
        if (!special)
            continue;
        if (*p == '\\') {
            out->escaped = true;
            if (!(p = skip_escape(p, end)))
                return NULL;
            continue;
        }
        if (*p != '"')
            break;
        out->text = (struct str){start, (size_t)(p - start)};
        out->is_clean = clean && !out->escaped && !dirty && (!blank_before || p == start);
        return p + 1;
    }
#else
    (void)clean;
#endif
    p = skip_string(p, end, &out->escaped);
    if (!p)
        return NULL;
    out->text = (struct str){start, (size_t)(p - start)};
    return p + 1;
}

#endif
