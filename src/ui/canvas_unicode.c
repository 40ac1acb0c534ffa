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
