#include "cadence/parts.h"

#include <stdio.h>
#include <stdlib.h>

static void hours_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "median hours, spread over users, by week");
}

#define FIGURE_W 6

/* Where the columns of figures end; 0: not shown. */
struct columns {
    int label, plot, plot_w;
    int n, mean, max, q3, median, q1, min;
};

static struct columns columns_make(const struct panel_view *view,
                                   const struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    struct columns at = {0};
    int brief = s->weeks ? (int)strlen(s->week[0].brief) : 0;
    int right = canvas->w - 2 * view->zoomed, w = right, keep = brief + 1 + 14;
    if (view->zoomed && w >= 60) {
        keep = 8 + 2 + 8 + 1 + 24;
        at.label = 10;
    }
    at.median = column_make(&right, FIGURE_W, keep);
    if (view->zoomed) {
        int full = right;
        at.max = column_make(&full, FIGURE_W, keep);
        at.q3 = column_make(&full, FIGURE_W, keep);
        at.q1 = column_make(&full, FIGURE_W, keep);
        at.min = column_make(&full, FIGURE_W, keep);
        at.mean = column_make(&full, FIGURE_W, keep);
        if (at.mean) {
            /* All fit: in the order in which they are read. */
            int end = w;
            int *const order[] = {&at.mean, &at.max, &at.q3, &at.median, &at.q1, &at.min};
            for (size_t i = 0; i < ARRAY_SIZE(order); i++, end -= FIGURE_W + 1)
                *order[i] = end;
            right = end;
        } else {
            at.max = at.q3 = at.q1 = at.min = 0;
        }
    }
    if (view->zoomed || w >= 56)
        at.n = column_make(&right, FIGURE_W, keep);
    at.plot = at.label ? 20 : view->zoomed ? 9 : brief + 1;
    at.plot_w = right - at.plot;
    return at;
}

static void draw_heads(struct canvas *canvas, const struct columns *at, int y)
{
    canvas_text(canvas, 0, y, 8, ROLE_DIM, str_of("week"));
    column_head(canvas, at->n, y, "users");
    column_head(canvas, at->min, y, "min");
    column_head(canvas, at->q1, y, "q1");
    column_head(canvas, at->median, y, "median");
    column_head(canvas, at->q3, y, "q3");
    column_head(canvas, at->max, y, "max");
    column_head(canvas, at->mean, y, "mean");
}

static void draw_hours(struct canvas *canvas, int x_end, int y, enum role role,
                       double hours)
{
    char text[FIGURE_SIZE];
    column_text(canvas, x_end, y, role, figure_decimal_fit(hours, FIGURE_W, text));
}

static void draw_week(const struct panel_view *view, struct canvas *canvas,
                      const struct columns *at, const struct axis *axis, int y,
                      const struct week_row *week)
{
    const struct box *box = &week->hours;
    char text[FIGURE_SIZE];
    canvas_printf(canvas, 0, y, ROLE_TEXT, "%s", view->zoomed ? week->id : week->brief);
    if (at->label)
        canvas_printf(canvas, at->label, y, ROLE_DIM, "%s", week->label);
    if (box->n == 0) {
        canvas_text(canvas, at->plot, y, at->plot_w, ROLE_DIM, str_of("no user played"));
        return;
    }
    chart_box(canvas, at->plot, y, axis, box);
    column_text(canvas, at->n, y, ROLE_DIM, figure_fit(box->n, FIGURE_W, text));
    draw_hours(canvas, at->min, y, ROLE_TEXT, box->min);
    draw_hours(canvas, at->q1, y, ROLE_TEXT, box->q1);
    draw_hours(canvas, at->median, y, ROLE_STRONG, box->median);
    draw_hours(canvas, at->q3, y, ROLE_TEXT, box->q3);
    draw_hours(canvas, at->max, y, ROLE_TEXT, box->max);
    draw_hours(canvas, at->mean, y, ROLE_TEXT, box->mean);
}

/* One axis for every week chosen, shown or not, so that scrolling does not stretch it. */
static struct axis axis_of(const struct snapshot *s, int w, bool *beyond)
{
    double reach =
        axis_reach(s->weeks ? &s->week[0].hours : NULL, s->weeks, sizeof *s->week);
    struct axis axis = axis_make(reach, w, 10);
    *beyond = false;
    for (size_t i = 0; i < s->weeks; i++)
        *beyond |= s->week[i].hours.n && s->week[i].hours.max > axis.hi;
    return axis;
}

#define LEGEND_W 30

/* Under the plot, or, where that is narrow, as far to the left as it needs. */
static void draw_legend(struct canvas *canvas, int plot, int y)
{
    int x = plot + LEGEND_W <= canvas->w ? plot : canvas->w - LEGEND_W;
    if (x < 0)
        return;
    canvas_glyph(canvas, x, y, ROLE_BOX, 0x2592, '=');
    int used = canvas_printf(canvas, x + 1, y, ROLE_DIM, " middle half  ");
    canvas_glyph(canvas, x + 1 + used, y, ROLE_MEDIAN, 0x2503, 'I');
    used += canvas_printf(canvas, x + 2 + used, y, ROLE_DIM, " median  ");
    canvas_glyph(canvas, x + 2 + used, y, ROLE_BOX, 0x2500, '-');
    canvas_printf(canvas, x + 3 + used, y, ROLE_DIM, " all");
}

/* A week in words. */
static void draw_figures(struct canvas *canvas, int y, const struct week_row *week)
{
    char users[FIGURE_SIZE];
    canvas_printf(canvas, 0, y, ROLE_TEXT, "%s (%s), %s", week->label, week->id,
                  figure_things(week->hours.n, "user", users));
    if (week->hours.n)
        part_box(canvas, y + 1, &week->hours, "h");
}

/* Newest at the bottom, as time runs; when there are more than lines, the newest. */
static void draw_panel(const struct panel_view *view, struct canvas *canvas)
{
    size_t count;
    const struct week_row **week = part_weeks(view->snapshot, &count);
    struct columns at = columns_make(view, canvas);
    bool beyond;
    struct axis axis = axis_of(view->snapshot, at.plot_w, &beyond);
    int room = canvas->h - 1, heads = room > (int)count;
    room -= heads;
    size_t shown = room > 0 && (size_t)room < count ? (size_t)room : room > 0 ? count : 0;
    int step = shown && room / (int)shown >= 2 ? 2 : 1, y = 0;
    if (heads)
        draw_heads(canvas, &at, y++);
    for (size_t i = count - shown; i < count; i++, y += step)
        draw_week(view, canvas, &at, &axis, y, week[i]);
    y -= step > 1;
    axis_draw(&axis, canvas, at.plot, y, " h", beyond);
    if (y + 2 < canvas->h)
        draw_legend(canvas, at.plot, y + 2);
    if (y + 11 < canvas->h)
        draw_figures(canvas, y + 4, week[count - 1]);
    free(week);
}

#define FIGURES_H 8

/* The list and the axis below it. Where there is no room for a column of every figure,
 * those of the week selected stand below. */
static struct canvas list_area(const struct panel_view *view, const struct canvas *canvas,
                               bool *figures)
{
    *figures = columns_make(view, canvas).mean == 0 && canvas->h >= FIGURES_H + 7;
    return canvas_sub(canvas, 0, 0, canvas->w, canvas->h - 1 - *figures * FIGURES_H);
}

static void draw_zoomed(const struct panel_view *view, struct canvas *canvas)
{
    size_t count;
    const struct week_row **week = part_weeks(view->snapshot, &count);
    struct columns at = columns_make(view, canvas);
    bool beyond, figures;
    struct axis axis = axis_of(view->snapshot, at.plot_w, &beyond);
    struct canvas upper = list_area(view, canvas, &figures);
    struct list list = list_make(view, &upper, count, 1);
    draw_heads(canvas, &at, 0);
    for (size_t i = 0; i < list.shown; i++) {
        size_t row = list_row(view, list.first + i);
        if (row < count)
            draw_week(view, canvas, &at, &axis, 1 + (int)i, week[count - 1 - row]);
    }
    int y = 1 + (int)list.shown + (list.count == 0); /* a line says that none is found */
    axis_draw(&axis, canvas, at.plot, y, " h", beyond);
    if (y + 2 < upper.h)
        draw_legend(canvas, at.plot, y + 2);
    list.text_w = at.plot;
    list_finish(view, canvas, &list);
    size_t row = view->selected < list.count ? list_row(view, view->selected) : count;
    if (figures && row < count)
        draw_figures(canvas, canvas->h - FIGURES_H + 1, week[count - 1 - row]);
    free(week);
}

static bool has_hours(const struct snapshot *s)
{
    for (size_t i = 0; i < s->weeks; i++)
        if (s->week[i].chosen && s->week[i].hours.n)
            return true;
    return false;
}

static void hours_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (part_no_plays(view, canvas))
        return;
    if (!has_hours(view->snapshot))
        part_sentence(
            canvas, "Every play here is anonymous: no user whose hours could be summed.");
    else if (view->zoomed)
        draw_zoomed(view, canvas);
    else
        draw_panel(view, canvas);
}

static size_t hours_rows(const struct panel_view *view)
{
    return view->snapshot->weeks_chosen;
}

static void hours_row_text(const struct panel_view *view, size_t row, char *out,
                           size_t size)
{
    part_week_text(view->snapshot, row, out, size);
}

static long hours_hit(const struct panel_view *view, const struct canvas *inside, int x,
                      int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    (void)x;
    if (!view->zoomed)
        return -1;
    bool figures;
    struct canvas upper = list_area(view, canvas, &figures);
    struct list list = list_make(view, &upper, hours_rows(view), 1);
    return list_hit(view, &list, y);
}

const struct panel panel_hours = {
    .id = "hours",
    .title = "Listening hours",
    .min_w = 24,
    .min_h = 4,
    .unit = hours_unit,
    .draw = hours_draw,
    .rows = hours_rows,
    .row_text = hours_row_text,
    .hit = hours_hit,
};
