#include "cadence/parts.h"

#include <stdio.h>

static void sessions_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "minutes");
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
}

const struct panel panel_sessions = {
    .id = "sessions",
    .title = "Session length",
    .min_w = 20,
    .min_h = 2,
    .unit = sessions_unit,
    .draw = sessions_draw,
};
