/* Method: sorted tables of ranges and of transliterations, made from the Unicode
 * character database by canvas_unicode.py, searched by halves; ASCII and Latin-1 letters
 * take a short cut. wcwidth is not used: it depends on the locale (in C all is unknown)
 * and on the C library. Error: characters younger than the table are "unassigned" and
 * drawn as U+FFFD. Memory: about 20 KiB of constants. Source: Unicode Annexes 11 and 44.
 */
#include "canvas_unicode.h"

struct glyph_range {
    uint32_t first, last;
    uint32_t kind; /* enum glyph_class */
};

struct ascii_glyph {
    uint16_t ch;
    char text[4];
};

#include "canvas_unicode_data.h"

enum glyph_class unicode_class(uint32_t ch)
{
    if (ch > 0x20 && ch < 0x7F)
        return GLYPH_NARROW;
    if (ch > 0x10FFFF)
        return GLYPH_UNKNOWN;
    size_t low = 0, high = ARRAY_SIZE(glyph_ranges);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (glyph_ranges[mid].last < ch)
            low = mid + 1;
        else
            high = mid;
    }
    bool found = low < ARRAY_SIZE(glyph_ranges) && glyph_ranges[low].first <= ch;
    return found ? (enum glyph_class)glyph_ranges[low].kind : GLYPH_NARROW;
}

const char *unicode_ascii(uint32_t ch)
{
    size_t low = 0, high = ARRAY_SIZE(ascii_glyphs);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (ascii_glyphs[mid].ch < ch)
            low = mid + 1;
        else
            high = mid;
    }
    return low < ARRAY_SIZE(ascii_glyphs) && ascii_glyphs[low].ch == ch
               ? ascii_glyphs[low].text
               : "";
}

/* The length that a first byte announces and the least value such a sequence may have. */
static unsigned lead_length(unsigned char lead, uint32_t *least)
{
    if (lead >= 0xC2 && lead <= 0xDF)
        return *least = 0x80, 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return *least = 0x800, 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return *least = 0x10000, 4;
    return 0;
}

/* Latin letters beyond ASCII have been replaced before. */
static uint32_t lower(uint32_t ch)
{
    bool is_greek = ch >= 0x391 && ch <= 0x3A9, is_cyrillic = ch >= 0x410 && ch <= 0x42F;
    if ((ch >= 'A' && ch <= 'Z') || is_greek || is_cyrillic)
        return ch + 0x20;
    return ch >= 0x400 && ch <= 0x40F ? ch + 0x50 : ch;
}

int unicode_fold(uint32_t ch, uint32_t out[UNICODE_FOLD])
{
    enum glyph_class kind = ch < 0x80 ? GLYPH_NARROW : unicode_class(ch);
    const char *ascii = ch < 0x80 ? "" : unicode_ascii(ch);
    int n = 0;
    if (kind == GLYPH_MARK || kind == GLYPH_HIDDEN)
        return 0;
    for (; n < UNICODE_FOLD && ascii[n]; n++)
        out[n] = lower((unsigned char)ascii[n]);
    if (n == 0)
        out[n++] = kind == GLYPH_BLANK     ? ' '
                   : kind == GLYPH_UNKNOWN ? CHAR_UNKNOWN
                                           : lower(ch);
    return n;
}

uint32_t utf8_next(struct str *text)
{
    const unsigned char *p = (const unsigned char *)text->p;
    uint32_t least = 0, ch;
    unsigned length = p[0] < 0x80 ? 1 : lead_length(p[0], &least);
    if (length == 1) {
        ch = p[0];
    } else {
        ch = length ? p[0] & (0x7Fu >> length) : 0;
        bool good = length && length <= text->n;
        for (unsigned i = 1; good && i < length; i++) {
            good = (p[i] & 0xC0) == 0x80;
            ch = ch << 6 | (p[i] & 0x3F);
        }
        if (!good || ch < least || ch > 0x10FFFF || (ch >= 0xD800 && ch < 0xE000)) {
            ch = CHAR_UNKNOWN;
            length = 1;
        }
    }
    text->p += length;
    text->n -= length;
    return ch;
}

size_t utf8_put(uint32_t ch, char out[4])
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    size_t length = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3F));
    out[0] = (char)(lead[length] | ch);
    return length;
}
