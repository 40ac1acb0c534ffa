/* Colours for terminals that have fewer than the theme asks for.
 *
 * Method: the nearest palette entry by squared distance, weighted as the eye weighs red,
 * green and blue (3, 4, 2). Of the 256 only the cube and the greys are used: the first
 * sixteen are what the user's terminal makes of them. With 16 and 8, a style whose two
 * colours would fall together, or whose colour would vanish on the terminal's own ground,
 * gets one that shows. Memory: none. Source: the palette of xterm. */
#include "cadence/theme.h"

#include <stdlib.h>

static const int32_t basic[16] = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static int32_t palette(int index)
{
    static const int level[6] = {0, 95, 135, 175, 215, 255};
    if (index < 16)
        return basic[index];
    if (index >= 232)
        return (8 + 10 * (index - 232)) * 0x010101;
    index -= 16;
    return level[index / 36] << 16 | level[index / 6 % 6] << 8 | level[index % 6];
}

static int distance(int32_t a, int32_t b)
{
    int red = (a >> 16 & 255) - (b >> 16 & 255), green = (a >> 8 & 255) - (b >> 8 & 255);
    int blue = (a & 255) - (b & 255);
    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

int color_nearest(int32_t rgb, enum color_depth depth)
{
    int first = depth == COLORS_256 ? 16 : 0;
    int end = depth == COLORS_256 ? 256 : depth == COLORS_16 ? 16 : 8;
    int best = first;
    for (int i = first + 1; i < end; i++)
        if (distance(palette(i), rgb) < distance(palette(best), rgb))
            best = i;
    return best;
}

#define LUMA_APART 90 /* less cannot be read */

/* Brightness as the eye sees it, 0..255. */
static int luma(int32_t rgb)
{
    return ((rgb >> 16 & 255) * 3 + (rgb >> 8 & 255) * 6 + (rgb & 255)) / 10;
}

struct style style_reduce(const struct style *style, enum color_depth depth)
{
    struct style out = *style;
    if (depth == COLORS_TRUE)
        return out;
    if (depth == COLORS_NONE) {
        out.reverse |= style->bg != COLOR_DEFAULT;
        out.fg = out.bg = COLOR_DEFAULT;
        return out;
    }
    if (style->fg != COLOR_DEFAULT)
        out.fg = color_nearest(style->fg, depth);
    if (style->bg != COLOR_DEFAULT)
        out.bg = color_nearest(style->bg, depth);
    if (depth == COLORS_256)
        return out;
    /* Greys become black or white on few colours: on the terminal's own ground they are
     * text. */
    if (out.bg == COLOR_DEFAULT && (out.fg == 0 || (depth == COLORS_8 && out.fg == 7))) {
        out.fg = COLOR_DEFAULT;
        out.dim |= luma(style->fg) < 160;
    }
    if (out.bg != COLOR_DEFAULT && out.fg != COLOR_DEFAULT &&
        abs(luma(basic[out.fg]) - luma(basic[out.bg])) < LUMA_APART)
        out.fg = luma(basic[out.bg]) < 128 ? (depth == COLORS_16 ? 15 : 7) : 0;
    return out;
}
