#include "cadence/parts.h"

#include <stdio.h>

static void sessions_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "minutes");
}

/* "5 - 10 min", "1 - 2 h", "16 h or more" */
static void bin_label(size_t bin, char *out, size_t size)
{
    float from = session_bin_from(bin), to = session_bin_from(bin + 1);
    bool hours = from >= 60;
    int unit = hours ? 60 : 1;
    if (bin + 1 == SESSION_BINS)
        snprintf(out, size, "%d h or more", (int)from / 60);
    else if (!hours && to >= 60)
        snprintf(out, size, "%d min - 1 h", (int)from);
    else
        snprintf(out, size, "%d - %d %s", (int)from / unit, (int)to / unit,
                 hours ? "h" : "min");
}

static uint32_t fullest(const struct snapshot *s)
{
    uint32_t most = 0;
    for (size_t b = 0; b < SESSION_BINS; b++)
        most = s->session_bin[b] > most ? s->session_bin[b] : most;
    return most;
}

/* How many sessions are how long, a row a bin. */
static void draw_bins(const struct snapshot *s, struct canvas *canvas)
{
    uint32_t most = fullest(s);
    int right = canvas->w, share = column_make(&right, 6, 24),
        count = column_make(&right, 10, 24), bar = 14;
    for (size_t b = 0; most && b < SESSION_BINS; b++) {
        char text[FIGURE_SIZE];
        int y = (int)b;
        uint32_t n = s->session_bin[b];
        bin_label(b, text, sizeof text);
        canvas_text(canvas, 0, y, bar - 1, ROLE_DIM, str_of(text));
        chart_bar(canvas, bar, y, right - bar, ROLE_BAR, (double)n / most);
        column_text(canvas, count, y, ROLE_STRONG, figure_fit(n, 10, text));
        column_text(canvas, share, y, ROLE_DIM,
                    figure_percent(n, (double)s->session_minutes.n, text));
    }
}

/* Below the box where there is room for all of them, else beside its figures. */
static void draw_distribution(const struct panel_view *view, struct canvas *canvas, int y)
{
    const int figures_w = 36, figures_h = 6;
    bool below = canvas->h >= y + figures_h + 2 + SESSION_BINS;
    int x = below ? 0 : figures_w;
    if (!view->zoomed || canvas->w - x < 36)
        return;
    y += below ? figures_h + 1 : 0;
    if (canvas->h - y < SESSION_BINS)
        return;
    struct canvas room = canvas_sub(canvas, x, y, canvas->w - x, canvas->h - y);
    draw_bins(view->snapshot, &room);
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
    double reach = axis_reach(box, 1, sizeof *box);
    struct axis axis = axis_make(reach, canvas->w, 10);
    int y = canvas->h >= 4 ? 2 : 1;
    chart_box(canvas, 0, y, &axis, box);
    axis_draw(&axis, canvas, 0, y + 1, "", box->max > axis.hi);
    if (canvas->h >= y + 5)
        part_box(canvas, y + 3, box, "min");
    draw_distribution(view, canvas, y + 3);
}

const struct panel panel_sessions = {
    .id = "sessions",
    .title = "Session length",
    .min_w = 20,
    .min_h = 2,
    .unit = sessions_unit,
    .draw = sessions_draw,
};
