#include "artists.h"

#include <stdio.h>

const struct trend_rows *artists_trend(const struct snapshot *snapshot,
                                       enum section section)
{
    static const enum trend_kind kinds[SECTION_ALL] = {TREND_ARTISTS, TREND_SONGS,
                                                       TREND_FALLING};
    return section < SECTION_ALL ? &snapshot->trend[kinds[section]] : NULL;
}

size_t artists_section_count(const struct snapshot *snapshot, enum section section)
{
    const struct trend_rows *trend = artists_trend(snapshot, section);
    if (!trend)
        return snapshot->artists; /* NOLINT(clang-analyzer-core.NullDereference) */
    return trend->enough ? trend->count : 0;
}

/* The first section speaks even if it is empty: why nothing is listed is an answer. */
static size_t section_rows(const struct snapshot *snapshot, enum section section)
{
    size_t count = artists_section_count(snapshot, section);
    return count ? count + 1 : section == SECTION_RISING ? 1 : 0;
}

size_t artists_count(const struct snapshot *snapshot)
{
    size_t rows = 0;
    for (enum section section = 0; section < SECTION_COUNT; section++)
        rows += section_rows(snapshot, section);
    return rows;
}

size_t artists_heading(const struct snapshot *snapshot, enum section section)
{
    size_t row = 0;
    for (enum section before = 0; before < section; before++)
        row += section_rows(snapshot, before);
    return section_rows(snapshot, section) ? row : SIZE_MAX;
}

struct artists_row artists_at(const struct snapshot *snapshot, size_t row)
{
    for (enum section section = 0; section < SECTION_COUNT; section++) {
        size_t rows = section_rows(snapshot, section);
        if (row < rows)
            return (struct artists_row){section, row == 0, row ? row - 1 : 0};
        row -= rows;
    }
    return (struct artists_row){SECTION_ALL, true, 0};
}

struct artists_columns artists_columns_make(const struct canvas *canvas, bool zoomed)
{
    struct artists_columns at = {.rank = zoomed ? 4 : 2};
    int w = canvas->w - 2 * zoomed, right = w;
    at.name = at.rank + 3;
    int keep = at.name + 18;
    at.lift = column_make(&right, 5, at.name + 6);
    at.spark = column_make(&right, TREND_POINTS, keep);
    at.listeners_w = zoomed ? 9 : 5;
    at.listeners = column_make(&right, at.listeners_w, keep);
    at.since = column_make(&right, 7, keep + 2);
    if (zoomed) {
        at.expected = column_make(&right, 8, keep + 4);
        at.now = at.expected ? column_make(&right, 5, keep + 4) : 0;
        at.forecast = at.now ? column_make(&right, 18, keep + 4) : 0;
    }
    at.name_w = right - at.name;
    /* Read from left to right: lift, listeners, now, expected, since, next, spark. */
    int x = w;
    struct {
        int *end, width;
    } const order[] = {{&at.spark, TREND_POINTS},
                       {&at.forecast, 18},
                       {&at.since, 7},
                       {&at.expected, 8},
                       {&at.now, 5},
                       {&at.listeners, at.listeners_w},
                       {&at.lift, 5}};
    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        if (*order[i].end) {
            *order[i].end = x;
            x -= order[i].width + 1;
        }
    at.spark = at.spark ? at.spark - TREND_POINTS : 0;
    right = w;
    at.top_spark = column_make(&right, TREND_POINTS, keep + 6);
    at.top_spark = at.top_spark ? at.top_spark - TREND_POINTS : 0;
    at.share = w >= 48 ? column_make(&right, 6, keep) : 0;
    at.plays = column_make(&right, w >= 48 ? 7 : 5, at.name + 6);
    if (right - at.name >= 50) {
        at.bar_w = (right - at.name) / 3;
        at.bar = right - at.bar_w;
        right -= at.bar_w + 1;
    }
    at.top_name_w = right - at.name;
    return at;
}

static void draw_mark(struct canvas *canvas, int x, int y,
                      const struct trend_entry *entry)
{
    if (entry->is_new)
        canvas_glyph(canvas, x, y, ROLE_NEW, 0x2726, '*');
    else if (entry->rank_change > 0)
        canvas_glyph(canvas, x, y, ROLE_RISE, 0x25B2, '^');
    else if (entry->rank_change < 0)
        canvas_glyph(canvas, x, y, ROLE_FALL, 0x25BC, 'v');
    else
        canvas_glyph(canvas, x, y, ROLE_DIM, 0x25AC, '=');
}

void artists_draw_trend(struct canvas *canvas, const struct artists_columns *at, int y,
                        const struct trend_rows *trend, size_t index, bool falling)
{
    const struct trend_row *row = &trend->row[index];
    const struct trend_entry *e = &row->entry;
    enum role role = falling ? ROLE_FALL : ROLE_RISE;
    char text[2 * FIGURE_SIZE], low[FIGURE_SIZE], high[FIGURE_SIZE];
    canvas_printf_right(canvas, at->rank, y, ROLE_DIM, "%zu", index + 1);
    draw_mark(canvas, at->rank + 1, y, e);
    part_song(canvas, at->name, y, at->name_w, row->song.n ? row->song : row->artist,
              row->song.n ? row->artist : str_of(""));
    figure_fixed(e->lift, falling ? 2 : e->lift < 99.95 ? 1 : 0, text);
    part_append(text, sizeof text, "x");
    column_text(canvas, at->lift, y, role, e->lift < 999.5 ? text : ">999x");
    figure_fit(e->listeners, at->listeners_w - trend->sampled, low);
    snprintf(text, sizeof text, "%s%s", trend->sampled ? "~" : "", low);
    column_text(canvas, at->listeners, y, ROLE_STRONG, text);
    column_text(canvas, at->now, y, ROLE_TEXT, figure_fit(e->listens, 5, text));
    column_text(canvas, at->expected, y, ROLE_DIM, figure_decimal(e->expected, text));
    column_text(canvas, at->since, y, ROLE_DIM,
                figure_since(e->since_ms, trend->now_ms, text));
    if (at->forecast) {
        figure_short(e->forecast, text);
        part_append(text, sizeof text, " (%s to %s)", figure_short(e->forecast_low, low),
                    figure_short(e->forecast_high, high));
        column_text(canvas, at->forecast, y, ROLE_TEXT, text);
    }
    if (at->spark)
        chart_spark(canvas, at->spark, y, TREND_POINTS, role, e->spark, 1);
}

/* Of an artist in the list of all: its own, or that of its rise; NULL: none was made. */
static const float *spark_of(const struct snapshot *snapshot, size_t index)
{
    const struct artist_row *row = &snapshot->artist[index];
    const struct trend_rows *trend = &snapshot->trend[TREND_ARTISTS];
    if (index < SPARKS_MAX)
        return row->spark;
    if (row->trend > 0 && (size_t)row->trend <= trend->count)
        return trend->row[row->trend - 1].entry.spark;
    return NULL;
}

void artists_draw_top(struct canvas *canvas, const struct artists_columns *at, int y,
                      const struct snapshot *snapshot, size_t index)
{
    const struct artist_row *row = &snapshot->artist[index];
    const float *spark = spark_of(snapshot, index);
    char text[FIGURE_SIZE];
    canvas_printf_right(canvas, at->rank, y, ROLE_DIM, "%zu", index + 1);
    if (row->trend)
        canvas_glyph(canvas, at->rank + 1, y, ROLE_RISE, 0x25B2, '^');
    canvas_text(canvas, at->name, y, at->top_name_w, row->trend ? ROLE_RISE : ROLE_TEXT,
                row->artist);
    if (at->bar && snapshot->artist[0].plays)
        chart_bar(canvas, at->bar, y, at->bar_w, ROLE_BAR,
                  (double)row->plays / (double)snapshot->artist[0].plays);
    column_text(canvas, at->plays, y, ROLE_STRONG,
                figure_fit(row->plays, at->share ? 7 : 5, text));
    column_text(
        canvas, at->share, y, ROLE_DIM,
        figure_percent((double)row->plays, (double)snapshot->summary.plays, text));
    if (at->top_spark && spark)
        chart_spark(canvas, at->top_spark, y, TREND_POINTS, ROLE_SPARK, spark, 1);
}

/* Over what the sparklines go: "share, 2 h". */
static void draw_spark_head(struct canvas *canvas, int x, int y,
                            const struct trend_rows *rows)
{
    char span[FIGURE_SIZE];
    if (x && rows->series_ms)
        canvas_printf(canvas, x, y, ROLE_DIM, "share, %s",
                      figure_duration((double)rows->series_ms / 1000, span));
    else if (x)
        canvas_text(canvas, x, y, TREND_POINTS, ROLE_DIM, str_of("share"));
}

void artists_draw_heads(struct canvas *canvas, const struct artists_columns *at, int y,
                        const char *name, const struct trend_rows *rows, bool trend)
{
    int x = at->name, max = trend ? at->name_w : at->top_name_w;
    canvas_text(canvas, x, y, max, ROLE_DIM, str_of(name));
    if (!trend) {
        column_head(canvas, at->plays, y, "plays");
        column_head(canvas, at->share, y, "%");
        draw_spark_head(canvas, at->top_spark, y, rows);
        return;
    }
    column_head(canvas, at->lift, y, "lift");
    column_head(canvas, at->listeners, y, at->listeners_w < 9 ? "users" : "listeners");
    column_head(canvas, at->now, y, "now");
    column_head(canvas, at->expected, y, "expected");
    column_head(canvas, at->since, y, "since");
    column_head(canvas, at->forecast, y, "next window");
    draw_spark_head(canvas, at->spark, y, rows);
}

void artists_scale_text(const struct trend_rows *trend, char *out, size_t size)
{
    static const char *const windows[SCALE_COUNT] = {"", "30 min", "6 h", "1 day",
                                                     "1 week"};
    static const char *const bases[SCALE_COUNT] = {"", "24 h", "7 days", "4 weeks",
                                                   "8 weeks"};
    static const int64_t base_days[SCALE_COUNT] = {0, 1, 7, 28, 56};
    enum trend_scale scale = trend->scale < SCALE_COUNT ? trend->scale : SCALE_AUTO;
    char base[FIGURE_SIZE];
    if (scale == SCALE_AUTO) {
        out[0] = 0;
        return;
    }
    /* A young stream has less of a past than the scale would like. */
    if (trend->base_ms > 0 && trend->base_ms < base_days[scale] * DAY_MS)
        figure_duration((double)trend->base_ms / 1000, base);
    else
        snprintf(base, sizeof base, "%s", bases[scale]);
    snprintf(out, size, "%s against %s", windows[scale], base);
}
