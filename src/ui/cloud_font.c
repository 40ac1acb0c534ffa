#include "cloud_font.h"

#include "canvas_unicode.h"

#define PIXEL_LINES 5

/* clang-format off */
/* Five lines of pixels, one after the other; the width is a fifth of the length. */
static const struct {
    char ch;
    const char *pixels;
} glyphs[] = {
    {'A', ".#.#.#####.##.#"}, {'B', "##.#.###.#.###."}, {'C', ".###..#..#...##"},
    {'D', "##.#.##.##.###."}, {'E', "####..##.#..###"}, {'F', "####..##.#..#.."},
    {'G', ".###..#.##.#.##"}, {'H', "#.##.#####.##.#"}, {'I', "#####"},
    {'J', "..#..#..##.#.#."}, {'K', "#.##.###.#.##.#"}, {'L', "#..#..#..#..###"},
    {'M', "#...###.###.#.##...##...#"},
    {'N', "#..###.##.###..##..#"},
    {'O', "####.##.##.####"}, {'P', "##.#.###.#..#.."}, {'Q', "####.##.####..#"},
    {'R', "##.#.###.#.##.#"}, {'S', ".###...#...###."}, {'T', "###.#..#..#..#."},
    {'U', "#.##.##.##.####"}, {'V', "#.##.##.##.#.#."},
    {'W', "#...##...##.#.###.###...#"},
    {'X', "#.##.#.#.#.##.#"}, {'Y', "#.##.#.#..#..#."}, {'Z', "###..#.#.#..###"},
    {'0', "####.##.##.####"}, {'1', ".###.#.#.#"},      {'2', "###..#####..###"},
    {'3', "###..#.##..####"}, {'4', "#.##.####..#..#"}, {'5', "####..###..####"},
    {'6', "####..####.####"}, {'7', "###..#..#..#..#"}, {'8', "####.#####.####"},
    {'9', "####.####..####"}, {'.', "....#"},           {'\'', "##..."},
    {'-', "....##...."},      {'+', "....#.###.#...."}, {'/', "..#..#.#.#..#.."},
    {'!', "###.#"},           {'&', ".#.#.#.#.#.#.##"}, {',', "...##"},
    {' ', ".........."},
};
/* clang-format on */

static const char *pixels_of(uint32_t ch)
{
    if (ch >= 'a' && ch <= 'z')
        ch -= 32;
    for (size_t i = 0; i < ARRAY_SIZE(glyphs); i++)
        if ((uint32_t)glyphs[i].ch == ch)
            return glyphs[i].pixels;
    return NULL;
}

int font_width(struct str text)
{
    int width = 0;
    while (text.n) {
        const char *pixels = pixels_of(utf8_next(&text));
        if (!pixels)
            return 0;
        width += (int)strlen(pixels) / PIXEL_LINES + 1;
    }
    return width ? width - 1 : 0;
}

void font_draw(struct canvas *canvas, int x, int y, enum role role, struct str text)
{
    /* None, lower, upper and both halves of a cell. */
    static const uint32_t halves[] = {' ', 0x2584, 0x2580, 0x2588};
    while (text.n) {
        const char *pixels = pixels_of(utf8_next(&text));
        int w = pixels ? (int)strlen(pixels) / PIXEL_LINES : 0;
        for (int line = 0; line < FONT_LINES; line++)
            for (int i = 0; i < w; i++) {
                bool upper = pixels[2 * line * w + i] == '#';
                bool lower =
                    2 * line + 1 < PIXEL_LINES && pixels[(2 * line + 1) * w + i] == '#';
                if (upper || lower)
                    canvas_glyph(canvas, x + i, y + line, role, halves[2 * upper + lower],
                                 '#');
            }
        x += w + 1;
    }
}
