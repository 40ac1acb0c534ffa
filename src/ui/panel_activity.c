#include "cadence/parts.h"

#include "cadence/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Zoomed, a table of the steps stands at the right if there is room, else below. */
#define TABLE_W 40

/* What is drawn: the activity as it came, or by days where there are many of them, since
 * the beat of day and night would be all there is to see. */
struct series {
    int64_t start_ms, step_ms;
    size_t count;
    uint64_t *plays, *events;
};

static bool by_days(const struct activity *a)
{
    return a->step_ms < DAY_MS && (int64_t)a->count * a->step_ms > 10 * DAY_MS;
}

static struct series series_make(const struct activity *a)
{
    struct series s = {a->start_ms, a->step_ms, a->count, NULL, NULL};
    if (by_days(a)) {
        int64_t end = a->start_ms + (int64_t)(a->count - 1) * a->step_ms;
        s.start_ms = a->start_ms / DAY_MS * DAY_MS;
        s.step_ms = DAY_MS;
        s.count = (size_t)((end - s.start_ms) / DAY_MS) + 1;
    }
    s.plays = mem_zalloc(2 * s.count * sizeof *s.plays);
    s.events = s.plays + s.count;
    for (size_t i = 0; i < a->count; i++) {
        size_t at =
            (size_t)((a->start_ms + (int64_t)i * a->step_ms - s.start_ms) / s.step_ms);
        s.plays[at] += a->plays[i];
        s.events[at] += a->events[i];
    }
    return s;
}

static int64_t step_shown(const struct activity *a)
{
    return by_days(a) ? DAY_MS : a->step_ms;
}

/* "a minute", "in 5 minutes"; in a table "5 minutes from". */
static void step_name(int64_t step_ms, char *out, size_t size)
{
    int64_t days = step_ms / DAY_MS;
    if (step_ms == MINUTE_MS)
        snprintf(out, size, "a minute");
    else if (step_ms < HOUR_MS)
        snprintf(out, size, "in %d minutes", (int)(step_ms / MINUTE_MS));
    else if (step_ms == HOUR_MS)
        snprintf(out, size, "an hour");
    else if (step_ms < DAY_MS)
        snprintf(out, size, "in %d hours", (int)(step_ms / HOUR_MS));
    else if (days == 1)
        snprintf(out, size, "a day");
    else
        snprintf(out, size, "in %d days", (int)days);
}

static bool has_other_events(const struct activity *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->events[i] > a->plays[i])
            return true;
    return false;
}

static bool has_plays(const struct activity *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->plays[i])
            return true;
    return false;
}

/* What a narrow title leaves out comes last. */
static void activity_unit(const struct panel_view *view, char *out, size_t size)
{
    char step[32] = "", strays[FIGURE_SIZE + 16] = "", figure[FIGURE_SIZE];
    const struct activity *a = &view->snapshot->activity;
    if (a->count)
        step_name(step_shown(a), step, sizeof step);
    if (a->elsewhere)
        snprintf(strays, sizeof strays, ", +%s far off",
                 figure_fit(a->elsewhere, 6, figure));
    bool plays = has_plays(a), events = has_other_events(a);
    snprintf(out, size, "%s%s%s%s%s", events && !plays ? "events" : "plays",
             step[0] ? " " : "", step, events && plays ? ", and events" : "", strays);
}

static void step_date(const struct series *a, size_t i, char out[FIGURE_SIZE])
{
    int64_t ts_ms = a->start_ms + (int64_t)i * a->step_ms,
            span_ms = a->step_ms * (int64_t)a->count;
    if (span_ms > 330 * DAY_MS) /* a day alone might be of any of its years */
        figure_month(ts_ms, out);
    else
        figure_day(ts_ms, span_ms <= 3 * DAY_MS, out);
}

/* Dates under the chart, about 16 columns apart: each where its day or month begins, or
 * with the hour where it stands; the newest at the end, if that was not said yet. */
static void draw_dates(struct canvas *canvas, const struct series *a, int y)
{
    char newest[FIGURE_SIZE], text[FIGURE_SIZE], before[FIGURE_SIZE] = "",
                                                 said[FIGURE_SIZE] = "";
    step_date(a, a->count - 1, newest);
    int width = (int)strlen(newest), end = canvas->w, free_from = 0;
    bool at_end = a->count > 1 && canvas->w >= 2 * width + 4;
    if (at_end)
        end -= width + 3;
    for (int x = 0; x < end; x++) {
        step_date(a, a->count * (size_t)x / (size_t)canvas->w, text);
        bool begins = strcmp(text, before) != 0;
        memcpy(before, text, sizeof before);
        width = (int)strlen(text);
        if (!begins || x < free_from || x + width > end)
            continue;
        canvas_printf(canvas, x, y, ROLE_DIM, "%s", text);
        memcpy(said, text, sizeof said);
        free_from = x + width + (canvas->w >= 60 ? 14 : 10);
    }
    if (at_end && strcmp(newest, said) != 0)
        canvas_printf_right(canvas, canvas->w, y, ROLE_DIM, "%s", newest);
}

static double highest(const double *value, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = value[i] > most ? value[i] : most;
    return most;
}

/* The least round figure that is not below `most`. */
static double scale_top(double most)
{
    double top = chart_nice(most);
    for (int parts = 2; parts <= 5; parts++) {
        double round = chart_nice(most / parts) * parts;
        top = round < top ? round : top;
    }
    return top;
}

/* Halves of what is little are not rounded: 37.5, not 38. */
static const char *scale_text(double value, char out[FIGURE_SIZE])
{
    return value < 100 && value > floor(value) ? figure_decimal(value, out)
                                               : figure_short(value, out);
}

/* The chart with its scale at the left if there is room, and dates below. */
static void draw_chart(const struct activity *a, struct canvas *canvas)
{
    bool dates = canvas->h >= 2, scale = canvas->w >= 30 && canvas->h >= 4;
    int left = scale ? 6 : 0, h = canvas->h - dates, w = canvas->w - left;
    if (w < 1 || h < 1)
        return;
    struct series s = series_make(a);
    size_t points = 2 * (size_t)w;
    double *plays = mem_alloc(2 * points * sizeof *plays), *events = plays + points;
    chart_resample(s.plays, s.count, plays, points);
    chart_resample(s.events, s.count, events, points);
    double most = highest(events, points), plays_most = highest(plays, points);
    most = most > plays_most ? most : plays_most;
    double top = h < 3 ? most : scale_top(most);
    chart_area(canvas, left, 0, w, h, plays, events, top, ROLE_SPARK, ROLE_BAR2);
    if (scale) {
        char figure[FIGURE_SIZE];
        canvas_printf_right(canvas, 5, 0, ROLE_DIM, "%s", scale_text(top, figure));
        if (h >= 6)
            canvas_printf_right(canvas, 5, h / 2, ROLE_DIM, "%s",
                                scale_text(top / 2, figure));
        canvas_printf_right(canvas, 5, h - 1, ROLE_DIM, "0");
    }
    struct canvas under = canvas_sub(canvas, left, h, w, 1);
    if (dates)
        draw_dates(&under, &s, 0);
    free(plays);
    free(s.plays);
}

static void step_text(const struct activity *a, size_t i, char *out, size_t size)
{
    char time[20];
    time_text(a->start_ms + (int64_t)i * a->step_ms, time);
    time[a->step_ms < DAY_MS ? 16 : 10] = 0;
    snprintf(out, size, "%s", time);
}

static void draw_table(const struct panel_view *view, struct canvas *canvas)
{
    const struct activity *a = &view->snapshot->activity;
    struct list list = list_make(view, canvas, a->count, 1);
    int right = canvas->w - 2, events = column_make(&right, 8, 16),
        plays = column_make(&right, 8, 16);
    uint64_t most = 1;
    for (size_t i = 0; i < a->count; i++)
        most = a->plays[i] > most ? a->plays[i] : most;
    char step[32];
    step_name(a->step_ms, step, sizeof step);
    canvas_printf(canvas, 0, 0, ROLE_DIM, "%s from",
                  step + 3 * (strncmp(step, "in ", 3) == 0));
    column_text(canvas, plays, 0, ROLE_SPARK, "plays"); /* in the colours of the chart */
    column_text(canvas, events, 0, has_other_events(a) ? ROLE_BAR2 : ROLE_DIM, "events");
    for (size_t i = 0; i < list.shown; i++) {
        size_t row = list_row(view, list.first + i);
        char text[32];
        int y = 1 + (int)i;
        if (row >= a->count)
            continue;
        row = a->count - 1 - row;
        step_text(a, row, text, sizeof text);
        canvas_printf(canvas, 0, y, ROLE_TEXT, "%s", text);
        chart_bar(canvas, 17, y, right - 18, ROLE_SPARK,
                  (double)a->plays[row] / (double)most);
        column_text(canvas, plays, y, ROLE_STRONG, figure_fit(a->plays[row], 8, text));
        column_text(canvas, events, y, ROLE_DIM, figure_fit(a->events[row], 8, text));
    }
    list.text_w = 16;
    list_finish(view, canvas, &list);
}

static void split(const struct canvas *canvas, struct canvas *chart, struct canvas *table)
{
    if (canvas->w >= TABLE_W + 2 + 50) {
        int w = canvas->w - TABLE_W - 2;
        *chart = canvas_sub(canvas, 0, 0, w, canvas->h);
        *table = canvas_sub(canvas, w + 2, 0, TABLE_W, canvas->h);
        return;
    }
    int h = canvas->h * 2 / 5;
    *chart = canvas_sub(canvas, 0, 0, canvas->w, h);
    *table = canvas_sub(canvas, 0, h, canvas->w, canvas->h - h);
}

static void draw_headed(const struct activity *a, const char *what, struct canvas *canvas)
{
    char step[32];
    struct canvas below = canvas_sub(canvas, 0, 1, canvas->w, canvas->h - 1);
    step_name(step_shown(a), step, sizeof step);
    canvas_printf(canvas, 0, 0, ROLE_DIM, "%s, %s %s", what,
                  has_other_events(a) ? "plays and events" : "plays", step);
    draw_chart(a, &below);
}

/* All of it; and below, where its steps are long and there is room, the last minutes. */
static void draw_charts(const struct snapshot *s, struct canvas *canvas)
{
    if (s->lately.count < 2 || canvas->h < 13) {
        draw_chart(&s->activity, canvas);
        return;
    }
    char span[FIGURE_SIZE], what[FIGURE_SIZE + 16];
    int h = (canvas->h - 1) / 2;
    struct canvas upper = canvas_sub(canvas, 0, 0, canvas->w, h);
    struct canvas lower = canvas_sub(canvas, 0, canvas->h - h, canvas->w, h);
    figure_duration((double)s->lately.count * 60, span);
    snprintf(what, sizeof what, "The last %s", span);
    draw_headed(&s->activity, "All", &upper);
    draw_headed(&s->lately, what, &lower);
}

static void activity_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    const struct activity *a = &view->snapshot->activity;
    if (a->count == 0) {
        if (!part_no_plays(view, canvas))
            part_sentence(canvas, "No event in the weeks and zones chosen.");
        return;
    }
    if (!view->zoomed) {
        draw_chart(a, canvas);
        return;
    }
    struct canvas chart, table;
    split(canvas, &chart, &table);
    draw_charts(view->snapshot, &chart);
    draw_table(view, &table);
}

static size_t activity_rows(const struct panel_view *view)
{
    return view->snapshot->activity.count;
}

static void activity_row_text(const struct panel_view *view, size_t row, char *out,
                              size_t size)
{
    const struct activity *a = &view->snapshot->activity;
    out[0] = 0;
    if (row < a->count)
        step_text(a, a->count - 1 - row, out, size);
}

static long activity_hit(const struct panel_view *view, const struct canvas *inside,
                         int x, int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    struct canvas chart, table;
    x -= (inside->w - area.w) / 2;
    if (!view->zoomed)
        return -1;
    split(canvas, &chart, &table);
    bool beside = table.h == canvas->h;
    int top = beside ? 0 : chart.h;
    if (beside && x < canvas->w - TABLE_W)
        return -1;
    struct list list = list_make(view, &table, activity_rows(view), 1);
    return list_hit(view, &list, y - top);
}

const struct panel panel_activity = {
    .id = "activity",
    .title = "Activity",
    .min_w = 20,
    .min_h = 2,
    .unit = activity_unit,
    .draw = activity_draw,
    .rows = activity_rows,
    .row_text = activity_row_text,
    .hit = activity_hit,
};
