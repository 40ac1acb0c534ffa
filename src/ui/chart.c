#include "cadence/chart.h"

#include <math.h>

/* The blocks of Unicode stand in a row, eighth by eighth: U+2581..2588 rise, U+258F..2588
 * grow from the left. */
#define LOWER_EIGHTH 0x2580
#define LEFT_FULL 0x2588
#define BRAILLE 0x2800

static double clamp(double v, double lo, double hi)
{
    return v > lo ? (v < hi ? v : hi) : lo; /* not a number: lo */
}

void chart_bar(struct canvas *canvas, int x, int y, int w, enum role role, double share)
{
    if (w <= 0 || !(share > 0))
        return;
    int eighths = (int)lround(clamp(share, 0, 1) * w * 8);
    if (eighths == 0)
        eighths = 1;
    int full = eighths / 8, rest = eighths % 8;
    canvas_fill(canvas, x, y, full, 1, role, LEFT_FULL, '#');
    if (rest && (!canvas->ascii || rest >= 4 || full == 0))
        canvas_glyph(canvas, x + full, y, role, LEFT_FULL + 8u - (unsigned)rest,
                     rest >= 4 ? '=' : '|');
}

void chart_spark(struct canvas *canvas, int x, int y, int n, enum role role,
                 const float *value, double max)
{
    static const char ascii[] = "_.-:=+*#";
    for (int i = 0; i < n; i++) {
        if (value[i] < 0)
            continue;
        double share = max > 0 ? clamp(value[i] / max, 0, 1) : 0;
        int level = (int)ceil(share * 8 - 1e-6);
        level = level < 1 ? 1 : level;
        canvas_glyph(canvas, x + i, y, share > 0 ? role : ROLE_DIM,
                     LOWER_EIGHTH + (unsigned)level, ascii[level - 1]);
    }
}

void chart_columns(struct canvas *canvas, int x, int y, int n, int h, enum role role,
                   const float *value, double max)
{
    if (h <= 1) {
        if (h == 1)
            chart_spark(canvas, x, y, n, role, value, max);
        return;
    }
    for (int i = 0; i < n; i++) {
        double share = max > 0 ? clamp(value[i] / max, 0, 1) : 0;
        int eighths = (int)lround(share * h * 8);
        if (eighths == 0)
            eighths = 1;
        enum role paint = share > 0 ? role : ROLE_DIM;
        int full = eighths / 8, rest = eighths % 8;
        canvas_fill(canvas, x + i, y + h - full, 1, full, paint, LEFT_FULL, '#');
        if (rest)
            canvas_glyph(canvas, x + i, y + h - full - 1, paint,
                         LOWER_EIGHTH + (unsigned)rest, rest >= 4 ? ':' : '.');
    }
}

/* Dots of a 2x4 cell are numbered down the left column, then down the right one, but for
 * the lowest two, which came later. */
static unsigned dot_bit(int column, int row)
{
    static const unsigned char bits[2][4] = {{0x01, 0x02, 0x04, 0x40},
                                             {0x08, 0x10, 0x20, 0x80}};
    return bits[column][row];
}

/* Dots that a value fills, of `dots`; something is never nothing. */
static int dots_of(double value, double max, int dots)
{
    if (!(value > 0) || !(max > 0))
        return 0;
    int n = (int)lround(clamp(value / max, 0, 1) * dots);
    return n ? n : 1;
}

/* In ASCII a cell tells how full it is: of a quarter, half or more. */
static char ascii_fill(int dots)
{
    return dots >= 6 ? '#' : dots >= 3 ? ':' : '.';
}

static void area_cell(struct canvas *canvas, int x, int y, const int low[2],
                      const int high[2], enum role role_low, enum role role_high)
{
    unsigned bits = 0;
    int lows = 0, highs = 0;
    for (int column = 0; column < 2; column++)
        for (int row = 0; row < 4; row++) {
            if (3 - row >= high[column])
                continue;
            bits |= dot_bit(column, row);
            lows += 3 - row < low[column];
            highs += 3 - row >= low[column];
        }
    if (bits)
        canvas_glyph(canvas, x, y, lows >= highs ? role_low : role_high, BRAILLE + bits,
                     lows >= highs ? ascii_fill(lows + highs) : '.');
}

void chart_area(struct canvas *canvas, int x, int y, int w, int h, const double *low,
                const double *high, double max, enum role role_low, enum role role_high)
{
    for (int i = 0; i < w; i++) {
        int lows[2], highs[2];
        for (int c = 0; c < 2; c++) {
            lows[c] = dots_of(low[2 * i + c], max, 4 * h);
            highs[c] = dots_of(high[2 * i + c], max, 4 * h);
            if (highs[c] < lows[c])
                highs[c] = lows[c];
        }
        for (int row = 0; row < h; row++) {
            int ground = 4 * (h - 1 - row);
            int cell_low[2] = {lows[0] - ground, lows[1] - ground};
            int cell_high[2] = {highs[0] - ground, highs[1] - ground};
            area_cell(canvas, x + i, y + row, cell_low, cell_high, role_low, role_high);
        }
    }
}

void chart_resample(const uint64_t *value, size_t n, double *out, size_t m)
{
    for (size_t i = 0; i < m; i++) {
        size_t from = n * i / m, to = n * (i + 1) / m;
        double sum = 0;
        if (n == 0) {
            out[i] = 0;
            continue;
        }
        if (to <= from)
            to = from + 1;
        for (size_t j = from; j < to; j++)
            sum += (double)value[j];
        out[i] = sum / (double)(to - from);
    }
}
