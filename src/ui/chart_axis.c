#include "cadence/chart.h"
#include "cadence/print.h"

#include <math.h>
#include <stdio.h>

double chart_nice(double value)
{
    static const double steps[] = {1, 2, 2.5, 5, 10};
    if (!(value > 0) || !isfinite(value))
        return 1;
    double power = pow(10, floor(log10(value)));
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
        if (steps[i] * power >= value * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

struct axis axis_make(double max, int w, int gap)
{
    struct axis axis = {1, 1, w < 1 ? 1 : w};
    if (!(max > 0))
        return axis;
    int ticks = gap > 0 ? axis.w / gap : 1;
    axis.step = chart_nice(max / (ticks < 1 ? 1 : ticks));
    axis.hi = axis.step * ceil(max / axis.step - 1e-9);
    return axis;
}

int axis_column(const struct axis *axis, double value)
{
    if (value > axis->hi * (1 + 1e-9))
        return -1;
    if (!(value > 0))
        return 0;
    return (int)lround(value / axis->hi * (axis->w - 1));
}

void axis_draw(const struct axis *axis, struct canvas *canvas, int x, int y,
               const char *unit, bool beyond)
{
    int free_from = x;
    long last = lround(axis->hi / axis->step);
    for (long i = 0; i <= last; i++) {
        double value = (double)i * axis->step;
        char plain[32], figure[FIGURE_SIZE], label[64];
        snprintf(plain, sizeof plain, "%.10g", value);
        snprintf(label, sizeof label, "%s%s%s",
                 print_grouped(plain, figure, sizeof figure), unit,
                 i == last && beyond ? "+" : "");
        int width = text_width(str_of(label), canvas->ascii);
        int at = x + axis_column(axis, value) - (i ? width / 2 : 0);
        if (at + width > x + axis->w)
            at = x + axis->w - width;
        if (at < free_from || at < x)
            continue;
        canvas_text(canvas, at, y, width, ROLE_DIM, str_of(label));
        free_from = at + width + 1;
    }
}

double axis_reach(const struct box *box, size_t count, size_t stride)
{
    double reach = 0;
    for (size_t i = 0; i < count; i++) {
        const struct box *b =
            (const struct box *)(const void *)((const char *)box + i * stride);
        if (b->n == 0)
            continue;
        double end = b->max < 1.25 * b->q3 ? b->max : 1.25 * b->q3;
        reach = end > reach ? end : reach;
    }
    return reach;
}

/* The end of a whisker, or an arrow where it leaves the axis. */
static void whisker_end(struct canvas *canvas, int x, int y, bool beyond, bool right)
{
    if (beyond)
        canvas_glyph(canvas, x, y, ROLE_BOX, 0x2192, '>');
    else
        canvas_glyph(canvas, x, y, ROLE_BOX, right ? 0x2524 : 0x251C, '|');
}

void chart_box(struct canvas *canvas, int x, int y, const struct axis *axis,
               const struct box *box)
{
    if (box->n == 0 || axis->w < 1)
        return;
    int end = axis->w - 1, lo = axis_column(axis, box->min),
        q1 = axis_column(axis, box->q1);
    int median = axis_column(axis, box->median), q3 = axis_column(axis, box->q3);
    int hi = axis_column(axis, box->max);
    bool beyond = hi < 0;
    lo = lo < 0 ? end : lo;
    q1 = q1 < 0 ? end : q1;
    q3 = q3 < 0 ? end : q3;
    hi = hi < 0 ? end : hi;
    canvas_fill(canvas, x + lo, y, hi - lo + 1, 1, ROLE_BOX, 0x2500, '-');
    if (lo < q1)
        whisker_end(canvas, x + lo, y, false, false);
    if (hi > q3 || beyond)
        whisker_end(canvas, x + hi, y, beyond, true);
    canvas_fill(canvas, x + q1, y, q3 - q1 + 1, 1, ROLE_BOX, 0x2592, '=');
    if (beyond && q3 == end)
        whisker_end(canvas, x + end, y, true, true);
    if (median >= 0)
        canvas_glyph(canvas, x + median, y, ROLE_MEDIAN, 0x2503, 'I');
}
