/* The scanner's reading of one value, 16 bytes at a time where the line has as many left,
 * byte by byte at its end and where there is no SSE2. */
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

/* Bytes that end a run of plain text: quotes, backslashes, controls and not ASCII. With a
 * quote's bit 1 turned it is below what stays: one comparison, signed, finds it with the
 * controls and with all above 0x7F. */
static inline unsigned bytes_special(__m128i v)
{
    __m128i turned = _mm_xor_si128(v, _mm_set1_epi8(2));
    __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(0x21), turned);
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, slash));
}

/* Bytes that are no digits. */
static inline unsigned bytes_no_digit(__m128i v)
{
    __m128i t = _mm_add_epi8(v, _mm_set1_epi8(0x7F - '9')); /* '0'..'9' to the top */
    __m128i digit = _mm_cmpgt_epi8(t, _mm_set1_epi8(0x7F - 10));
    return (unsigned)_mm_movemask_epi8(digit) ^ 0xFFFFu;
}
#endif

/* From p to the first byte that is a quote, a backslash, a control character or not
 * ASCII. */
static inline const char *skip_plain(const char *p, const char *end)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        unsigned special = bytes_special(load16(p));
        if (special)
            return p + __builtin_ctz(special);
    }
#endif
    while (p < end && (signed char)*p >= 0x20 && *p != '"' && *p != '\\')
        p++;
    return p;
}

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
#define NUMBER_TAIL 32  /* bytes that a line has at least */

/* The compiler would not inline what is used at two places, each with a constant that
 * leaves out half of it. */
#define INLINED static inline __attribute__((always_inline))

/* Digits from p[at] on, to the 16th character; returns where they end. */
static inline unsigned add_digits(const char *p, unsigned at, uint64_t *sum)
{
    for (; at < 16 && is_digit(p[at]); at++)
        *sum = *sum * 10 + (uint64_t)(p[at] - '0');
    return at;
}

/* Reads up to 15 characters of digits with at most one point; returns how many they are,
 * 0 for anything else that a number may be. What they mean only if it is wanted. */
INLINED unsigned read_decimal(const char *p, bool wanted, struct value *out)
{
#if defined __SSE2__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    unsigned others = bytes_no_digit(load16(p)) | 3u << 16;
    unsigned whole = (unsigned)__builtin_ctz(others), n = whole, part = 0;
    if (p[whole] == '.') {
        n = (unsigned)__builtin_ctz(others & (others - 1));
        part = n - whole - 1;
        if (!part)
            return 0;
    }
    if (n > 15 || !whole || (*p == '0' && whole > 1))
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
    uint64_t mantissa = 0;
    unsigned whole = add_digits(p, 0, &mantissa), n = whole, part = 0;
    if (p[whole] == '.') {
        n = add_digits(p, whole + 1, &mantissa);
        part = n - whole - 1;
        if (!part)
            return 0;
    }
    if (n > 15 || !whole || (*p == '0' && whole > 1))
        return 0;
    if (wanted) {
        out->mantissa = mantissa;
        out->decimals = (uint8_t)part;
    }
    return n;
#endif
}

/* scan_value.c: what scan_number leaves. */
const char *scan_number_slow(const char *p, const char *end, struct value *out);

/* p stands on a digit or a minus, in a line of NUMBER_TAIL bytes or more; the end of
 * the number, or NULL to decline. What follows is not looked at: an exponent is left. */
INLINED const char *scan_number(const char *p, const char *end, bool wanted,
                                struct value *out)
{
    const char *first = p + (*p == '-'), *from = first;
    char tail[NUMBER_TAIL + NUMBER_REACH];
    if (end - first < NUMBER_REACH) { /* what is left of the line, and zeros */
        memcpy(tail, end - NUMBER_TAIL, NUMBER_TAIL);
        memset(tail + NUMBER_TAIL, 0, NUMBER_REACH);
        from = tail + NUMBER_TAIL - (end - first);
    }
    unsigned n = read_decimal(from, wanted, out);
    if (!n)
        return scan_number_slow(p, end, out);
    out->type = VALUE_NUMBER;
    out->is_read = wanted && first == p;
    out->text = (struct str){p, (size_t)(first + n - p)};
    return first + n;
}

/* Is text without escapes, controls and bytes beyond ASCII clean as it is: no DEL, no
 * blank at either end, none beside another? */
static inline bool plain_is_clean(struct str s, const char *end)
{
    size_t i = 0;
    if (s.n == 0)
        return true;
    if (s.p[0] == ' ' || s.p[s.n - 1] == ' ')
        return false;
#ifdef __SSE2__
    for (; i < s.n && end - s.p > (ptrdiff_t)i + 16; i += 16) {
        __m128i v = load16(s.p + i), next = load16(s.p + i + 1),
                blank = _mm_set1_epi8(' ');
        __m128i pair =
            _mm_and_si128(_mm_cmpeq_epi8(v, blank), _mm_cmpeq_epi8(next, blank));
        __m128i bad = _mm_or_si128(pair, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)));
        unsigned within = s.n - i < 16 ? (1u << (s.n - i)) - 1 : 0xFFFF;
        if ((unsigned)_mm_movemask_epi8(bad) & within)
            return false;
    }
#else
    (void)end;
#endif
    for (; i < s.n; i++)
        if (s.p[i] == 0x7F || (s.p[i] == ' ' && s.p[i + 1] == ' '))
            return false;
    return true;
}

#endif
