#include "cadence/parts.h"

#include <stdio.h>

static void sessions_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "minutes");
}

/* "5 - 10 min", "1 - 2 h", "16 h or more": bins from `bin` up to before `end` */
static void bin_label(size_t bin, size_t end, char *out, size_t size)
{
    float from = session_bin_from(bin), to = session_bin_from(end);
    bool hours = from >= 60;
    int unit = hours ? 60 : 1;
    if (end >= SESSION_BINS)
        snprintf(out, size, "%d h or more", (int)from / 60);
    else if (!hours && to >= 60)
        snprintf(out, size, "%d min - %d h", (int)from, (int)to / 60);
    else
        snprintf(out, size, "%d - %d %s", (int)from / unit, (int)to / unit,
                 hours ? "h" : "min");
}

/* Sessions in `per` bins from `bin` on. */
static uint64_t in_bins(const struct snapshot *s, size_t bin, size_t per)
{
    uint64_t n = 0;
    for (size_t b = bin; b < bin + per && b < SESSION_BINS; b++)
        n += s->session_bin[b];
    return n;
}

/* How many sessions are how long, `per` bins a row. */
static void draw_bins(const struct snapshot *s, struct canvas *canvas, size_t per)
{
    uint64_t most = 0;
    for (size_t b = 0; b < SESSION_BINS; b += per)
        most = in_bins(s, b, per) > most ? in_bins(s, b, per) : most;
    int right = canvas->w, share = column_make(&right, 6, 24),
        count = column_make(&right, 10, 24), bar = 14;
    for (size_t b = 0; most && b < SESSION_BINS; b += per) {
        char text[FIGURE_SIZE];
        int y = (int)(b / per);
        uint64_t n = in_bins(s, b, per);
        bin_label(b, b + per, text, sizeof text);
        canvas_text(canvas, 0, y, bar - 1, ROLE_DIM, str_of(text));
        chart_bar(canvas, bar, y, right - bar, ROLE_BAR, (double)n / (double)most);
        column_text(canvas, count, y, ROLE_STRONG, figure_fit(n, 10, text));
        column_text(canvas, share, y, ROLE_DIM,
                    figure_percent((double)n, (double)s->session_minutes.n, text));
    }
}

#define FIGURES_W 36
#define FIGURES_H 6
#define FIGURES_Y 5 /* below the box and its axis */

/* Where the bins have room: below the figures, or beside them; no cells: nowhere. */
static struct canvas bins_room(const struct canvas *canvas)
{
    int w = canvas->w, h = canvas->h, below = FIGURES_Y + FIGURES_H + 1;
    if (h >= below + 1 + SESSION_BINS && w >= FIGURES_W)
        return canvas_sub(canvas, 0, below, w, h - below);
    if (h >= FIGURES_Y + SESSION_BINS && w >= 2 * FIGURES_W)
        return canvas_sub(canvas, FIGURES_W, FIGURES_Y, w - FIGURES_W, h - FIGURES_Y);
    return canvas_sub(canvas, 0, 0, 0, 0);
}

/* In a small window, from line y on: the box's figures in a line if there is one to
 * spare, and as many bins a row as need be. */
static void draw_small(const struct snapshot *s, struct canvas *canvas, int y)
{
    const struct box *box = &s->session_minutes;
    char least[FIGURE_SIZE], q1[FIGURE_SIZE], q3[FIGURE_SIZE], most[FIGURE_SIZE];
    if (canvas->h > y + SESSION_BINS) {
        char text[160];
        figure_decimal(box->min, least), figure_decimal(box->max, most);
        figure_decimal(box->q1, q1), figure_decimal(box->q3, q3);
        snprintf(text, sizeof text, "from %s to %s min, the middle half %s to %s", least,
                 most, q1, q3);
        if ((int)strlen(text) > canvas->w)
            snprintf(text, sizeof text, "%s - %s min, half of them %s - %s", least, most,
                     q1, q3);
        if ((int)strlen(text) > canvas->w)
            snprintf(text, sizeof text, "%s - %s min", least, most);
        canvas_text(canvas, 0, y++, canvas->w, ROLE_DIM, str_of(text));
    }
    struct canvas room = canvas_sub(canvas, 0, y, canvas->w, canvas->h - y);
    size_t per = 1;
    while (room.h > 0 && (SESSION_BINS + per - 1) / per > (size_t)room.h)
        per++;
    draw_bins(s, &room, per);
}

/* The spread of all sessions below the line of their number. */
static void draw_box(const struct box *box, struct canvas *canvas)
{
    struct axis axis = axis_make(axis_reach(box, 1, sizeof *box), canvas->w, 10);
    int y = canvas->h >= 4 ? 2 : 1;
    chart_box(canvas, 0, y, &axis, box);
    axis_draw(&axis, canvas, 0, y + 1, "", box->max > axis.hi);
}

static void draw_alone(const struct snapshot *s, struct canvas *canvas)
{
    struct canvas bins = bins_room(canvas);
    bool is_small = bins.w == 0;
    bool has_box = !is_small || canvas->h > FIGURES_Y + SESSION_BINS;
    if (has_box)
        draw_box(&s->session_minutes, canvas);
    if (is_small) {
        draw_small(s, canvas, has_box ? FIGURES_Y : 1);
        return;
    }
    part_box(canvas, FIGURES_Y, &s->session_minutes, "min");
    draw_bins(s, &bins, 1);
}

static void sessions_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    const struct box *box = &view->snapshot->session_minutes;
    char n[FIGURE_SIZE], median[FIGURE_SIZE], mean[FIGURE_SIZE];
    if (part_no_plays(view, canvas))
        return;
    if (box->n == 0) {
        part_sentence(canvas, "No play here names a session.");
        return;
    }
    figure_fit(box->n, 9, n);
    figure_decimal(box->median, median);
    figure_decimal(box->mean, mean);
    char full[160];
    snprintf(full, sizeof full, "%s session%s   median %s   mean %s", n,
             box->n == 1 ? "" : "s", median, mean);
    if ((int)strlen(full) > canvas->w)
        snprintf(full, sizeof full, "%s  median %s", n, median);
    canvas_text(canvas, 0, 0, canvas->w, ROLE_TEXT, str_of(full));
    if (view->zoomed) {
        draw_alone(view->snapshot, canvas);
        return;
    }
    draw_box(box, canvas);
    if (canvas->h >= FIGURES_Y + 2)
        part_box(canvas, FIGURES_Y, box, "min");
}

const struct panel panel_sessions = {
    .id = "sessions",
    .title = "Session length",
    .min_w = 20,
    .min_h = 2,
    .unit = sessions_unit,
    .draw = sessions_draw,
};
