#include "cadence/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const enum role level_roles[LEVEL_COUNT] = {ROLE_PAID, ROLE_FREE, ROLE_DIM};

static uint64_t sum_of(const uint32_t *levels)
{
    return (uint64_t)levels[LEVEL_PAID] + levels[LEVEL_FREE] + levels[LEVEL_UNKNOWN];
}

static void levels_unit(const struct panel_view *view, char *out, size_t size)
{
    part_shares_unit(view, view->snapshot->levels[LEVEL_UNKNOWN],
                     level_name(LEVEL_UNKNOWN), out, size);
}

/* Paid and free always, unknown when there are any. Returns the lines used. */
static int draw_shares(const struct snapshot *s, struct canvas *canvas)
{
    uint64_t whole = sum_of(s->levels), most = 0;
    int y = 0;
    for (int i = 0; i < LEVEL_COUNT; i++)
        most = s->levels[i] > most ? s->levels[i] : most;
    for (enum level level = 0; level < LEVEL_COUNT; level++) {
        if (level == LEVEL_UNKNOWN && s->levels[level] == 0)
            continue;
        struct share_row row = {level_name(level),
                                s->levels[level],
                                whole,
                                most,
                                level_roles[level],
                                s->levels[LEVEL_UNKNOWN] ? 7 : 4};
        part_share(canvas, y++, &row);
    }
    return y;
}

static double paid_share(const struct week_row *week)
{
    uint64_t whole = sum_of(week->levels);
    return whole ? (double)week->levels[LEVEL_PAID] / (double)whole : 0;
}

#define EACH_MOST 8

/* The newest weeks as columns from (x, y) on, each as wide as there is room, at most 8.
 */
static void draw_weeks(struct canvas *canvas, int x, int y, int h, bool labels,
                       const struct week_row **week, size_t count)
{
    int w = canvas->w - x;
    if (w < 1 || count == 0)
        return;
    size_t shown = count < (size_t)w ? count : (size_t)w;
    int each = w / (int)shown > EACH_MOST ? EACH_MOST : w / (int)shown;
    week += count - shown;
    double most = 0;
    for (size_t i = 0; i < shown; i++)
        most = fmax(most, paid_share(week[i]));
    most = fmin(1, chart_nice(most));
    for (size_t i = 0; i < shown; i++) {
        float value[EACH_MOST];
        for (int j = 0; j < each; j++)
            value[j] = (float)paid_share(week[i]);
        chart_columns(canvas, x + (int)i * each, y, each, h, ROLE_PAID, value, most);
    }
    if (!labels)
        return;
    int end = x + (int)shown * each;
    int used = canvas_printf(canvas, x, y + h, ROLE_DIM, "%s", week[0]->brief);
    if (shown > 1 && end - x >= used + 4)
        canvas_printf_right(canvas, end < x + used + 8 ? x + used + 8 : end, y + h,
                            ROLE_DIM, "%s", week[shown - 1]->brief);
}

/* But plays; those of a level's change or a login name no page and cannot tell. */
static uint64_t page_views(const struct snapshot *s)
{
    uint64_t sum = 0;
    for (enum page_kind kind = PAGE_OTHER; kind < PAGE_KIND_COUNT; kind++)
        sum += s->moves[kind];
    return sum;
}

static void draw_moves(const struct snapshot *s, struct canvas *canvas, int y)
{
    char up[FIGURE_SIZE], down[FIGURE_SIZE], left[FIGURE_SIZE];
    uint64_t other = s->input.kind[LINE_EVENT] - s->input.plays - s->input.duplicates;
    figure_fit(s->moves[PAGE_UPGRADED], 6, up);
    figure_fit(s->moves[PAGE_DOWNGRADED], 6, down);
    figure_fit(s->moves[PAGE_CANCELLED], 6, left);
    char full[160], brief[160];
    snprintf(full, sizeof full, "upgrades %s   downgrades %s   cancelled %s", up, down,
             left);
    snprintf(brief, sizeof brief, "up %s  down %s  left %s", up, down, left);
    if (other == 0) {
        snprintf(full, sizeof full, "only plays come in: no up- or downgrades");
        snprintf(brief, sizeof brief, "only plays come in");
    } else if (page_views(s) == 0) {
        snprintf(full, sizeof full, "no page views here: no up- or downgrades");
        snprintf(brief, sizeof brief, "no page views here");
    }
    canvas_text(canvas, 0, y, canvas->w, ROLE_DIM,
                str_of((int)strlen(full) <= canvas->w ? full : brief));
}

static void draw_trend(const struct snapshot *s, struct canvas *canvas, int y)
{
    size_t count;
    const struct week_row **week = part_weeks(s, &count);
    int rest = canvas->h - y;
    if (rest >= 5)
        y++, rest--;
    bool heading = rest >= 3 && count > 1;
    if (heading) {
        char first[FIGURE_SIZE], last[FIGURE_SIZE];
        canvas_printf(canvas, 0, y, ROLE_DIM, "paid share by week");
        if (canvas->w >= 36)
            canvas_printf_right(canvas, canvas->w, y, ROLE_DIM, "%s to %s",
                                figure_percent(paid_share(week[0]), 1, first),
                                figure_percent(paid_share(week[count - 1]), 1, last));
        int h = rest >= 5 ? rest - 3 : 1;
        draw_weeks(canvas, 0, y + 1, h, rest >= 4, week, count);
    } else if (rest >= 1 && count > 1) {
        canvas_printf(canvas, 0, y, ROLE_DIM, "paid by week");
        draw_weeks(canvas, 13, y, 1, false, week, count);
    }
    if (rest >= 2 || (rest == 1 && count <= 1))
        draw_moves(s, canvas, count > 1 ? canvas->h - 1 : y);
    free(week);
}

struct week_columns {
    int users, bar, share, unknown, free, paid, days;
};

static struct week_columns week_columns_make(const struct canvas *canvas, bool unknown)
{
    struct week_columns at = {0};
    int right = canvas->w - 2, name = 8;
    at.share = column_make(&right, 6, name);
    at.paid = column_make(&right, 7, name);
    at.free = column_make(&right, 7, name);
    at.unknown = unknown ? column_make(&right, 7, name) : 0;
    at.users = column_make(&right, 7, name);
    at.days = right >= 8 + 2 + 9 + 2 + 24 ? 21 : 0;
    int bar_from = at.days ? 21 + 26 : 21;
    at.bar = right - bar_from >= 10 ? bar_from : 0;
    return at;
}

static void draw_week(struct canvas *canvas, const struct week_columns *at, int y,
                      const struct week_row *week)
{
    char text[FIGURE_SIZE];
    uint64_t whole = sum_of(week->levels);
    canvas_printf(canvas, 0, y, ROLE_TEXT, "%s", week->id);
    if (at->bar || at->days)
        canvas_printf(canvas, 10, y, ROLE_DIM, "%s", week->label);
    if (at->days)
        canvas_printf(canvas, at->days, y, ROLE_DIM, "%s - %s", week->from, week->to);
    int end = at->users - 8;
    if (at->bar)
        chart_bar(canvas, at->bar, y, end - at->bar, ROLE_PAID, paid_share(week));
    column_text(canvas, at->users, y, ROLE_TEXT, figure_fit(whole, 7, text));
    column_text(canvas, at->unknown, y, ROLE_DIM,
                figure_fit(week->levels[LEVEL_UNKNOWN], 7, text));
    column_text(canvas, at->free, y, ROLE_FREE,
                figure_fit(week->levels[LEVEL_FREE], 7, text));
    column_text(canvas, at->paid, y, ROLE_PAID,
                figure_fit(week->levels[LEVEL_PAID], 7, text));
    column_text(canvas, at->share, y, ROLE_STRONG,
                figure_percent(paid_share(week), whole ? 1 : 0, text));
}

static int table_y(const struct panel_view *view, const struct canvas *canvas)
{
    int shares = view->snapshot->levels[LEVEL_UNKNOWN] ? 3 : 2;
    return canvas->h >= 10 ? shares + 4 : shares + 1;
}

/* All weeks chosen, newest first. */
static void draw_zoomed(const struct panel_view *view, struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    int y = draw_shares(s, canvas), top = table_y(view, canvas);
    size_t count;
    const struct week_row **week = part_weeks(s, &count);
    struct list list = list_make(view, canvas, count, top);
    struct week_columns at = week_columns_make(canvas, s->levels[LEVEL_UNKNOWN] > 0);
    if (top > y + 1)
        draw_moves(s, canvas, y + 1);
    column_text(canvas, at.users, top - 1, ROLE_DIM, "users");
    column_text(canvas, at.unknown, top - 1, ROLE_DIM, "unknown");
    column_text(canvas, at.free, top - 1, ROLE_DIM, "free");
    column_text(canvas, at.paid, top - 1, ROLE_DIM, "paid");
    column_text(canvas, at.share, top - 1, ROLE_DIM, "paid %");
    canvas_text(canvas, 0, top - 1, 8, ROLE_DIM, str_of("week"));
    for (size_t i = 0; i < list.shown; i++) {
        size_t row = list_row(view, list.first + i);
        if (row < count)
            draw_week(canvas, &at, top + (int)i, week[count - 1 - row]);
    }
    list.text_w = at.bar ? at.bar : at.days ? at.days + 24 : 8;
    list_finish(view, canvas, &list);
    free(week);
}

static void levels_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (part_no_plays(view, canvas))
        return;
    if (sum_of(view->snapshot->levels) == 0)
        part_sentence(canvas, "Every play here is anonymous: no user to count.");
    else if (view->zoomed)
        draw_zoomed(view, canvas);
    else
        draw_trend(view->snapshot, canvas, draw_shares(view->snapshot, canvas));
}

static size_t levels_rows(const struct panel_view *view)
{
    return view->snapshot->weeks_chosen;
}

static void levels_row_text(const struct panel_view *view, size_t row, char *out,
                            size_t size)
{
    part_week_text(view->snapshot, row, out, size);
}

static long levels_hit(const struct panel_view *view, const struct canvas *inside, int x,
                       int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    (void)x;
    if (!view->zoomed)
        return -1;
    struct list list = list_make(view, canvas, levels_rows(view), table_y(view, canvas));
    return list_hit(view, &list, y);
}

const struct panel panel_levels = {
    .id = "levels",
    .title = "Free vs paid",
    .min_w = 20,
    .min_h = 2,
    .unit = levels_unit,
    .draw = levels_draw,
    .rows = levels_rows,
    .row_text = levels_row_text,
    .hit = levels_hit,
};
