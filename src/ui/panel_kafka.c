#include "cadence/parts.h"

#include <stdio.h>

static void kafka_unit(const struct panel_view *view, char *out, size_t size)
{
    char lag[FIGURE_SIZE];
    if (view->source->is_kafka && view->source->lag >= 0)
        snprintf(out, size, "lag %s%s messages",
                 figure_count((uint64_t)view->source->lag, lag),
                 view->source->lag_open ? "+" : "");
    else
        snprintf(out, size, "%s", view->source->is_kafka ? "lag unknown" : "messages");
}

/* Where columns end; 0: not shown. */
struct columns {
    int topic_w, partition, lag, rate, end, offset, leader, note, note_w;
};

/* What an engineer looks at first is dropped last: lag, rate, then positions. */
static struct columns columns_make(const struct panel_view *view,
                                   const struct canvas *canvas)
{
    struct columns at = {0};
    int right = canvas->w - 2 * view->zoomed, w = right, topic = 12;
    int room = w - topic - 1 - 4;
    /* Widths from right to left; each is taken when those before it have been. */
    at.lag = room >= 9 ? 1 : 0;
    at.rate = room >= 9 + 9 ? 1 : 0;
    at.offset = room >= 18 + 22 ? 1 : 0;
    at.leader = room >= 40 + 8 ? 1 : 0;
    at.note_w = room >= 48 + 22 ? room - 48 - 2 : 0;
    at.note_w = at.note_w < 48 ? at.note_w : 48;
    if (at.note_w) {
        at.note = w - at.note_w;
        right = at.note - 2;
    }
    at.leader = at.leader ? column_make(&right, 7, 0) : 0;
    at.rate = at.rate ? column_make(&right, 8, 0) : 0;
    at.lag = at.lag ? column_make(&right, 8, 0) : 0;
    at.end = at.offset ? column_make(&right, 10, 0) : 0;
    at.offset = at.offset ? column_make(&right, 10, 0) : 0;
    at.partition = column_make(&right, 3, 0);
    at.topic_w = right;
    return at;
}

static const char *position(int64_t value, int columns, char out[FIGURE_SIZE])
{
    if (value < 0)
        return "?";
    return figure_fit((uint64_t)value, columns, out);
}

static void draw_row(struct canvas *canvas, const struct columns *at, int y,
                     const struct partition_row *row)
{
    char text[FIGURE_SIZE];
    enum role lag = row->lag > 0 ? ROLE_WARN : row->lag == 0 ? ROLE_GOOD : ROLE_DIM;
    enum role name = row->leader < 0 ? ROLE_BAD : ROLE_TEXT;
    canvas_text(canvas, 0, y, at->topic_w, name, str_of(row->topic));
    snprintf(text, sizeof text, "%d", (int)row->partition);
    column_text(canvas, at->partition, y, name, text);
    column_text(canvas, at->offset, y, ROLE_TEXT, position(row->offset, 10, text));
    column_text(canvas, at->end, y, ROLE_TEXT, position(row->end, 10, text));
    column_text(canvas, at->lag, y, lag, position(row->lag, 8, text));
    column_text(canvas, at->rate, y, ROLE_TEXT, figure_short(row->rate, text));
    snprintf(text, sizeof text, "%d", (int)row->leader);
    column_text(canvas, at->leader, y, row->leader < 0 ? ROLE_BAD : ROLE_DIM,
                row->leader < 0 ? "none" : text);
    if (at->note_w)
        canvas_text(canvas, at->note, y, at->note_w, ROLE_WARN, str_of(row->note));
}

/* One line over all: "lag 12,034 (3 s of events)   2,310/s   caught up in 3 min". */
static void draw_summary(const struct panel_view *view, struct canvas *canvas, int y)
{
    const struct source_status *s = view->source;
    char line[160] = "", text[FIGURE_SIZE];
    if (s->lag >= 0)
        part_append(line, sizeof line, "lag %s%s", figure_fit((uint64_t)s->lag, 9, text),
                    s->lag_open ? "+" : "");
    if (s->lag >= 0 && s->lag_s >= 0)
        part_append(line, sizeof line, " (%s of events)",
                    figure_duration(s->lag_s, text));
    part_append(line, sizeof line, "%s%s/s", line[0] ? "   " : "",
                figure_short(s->messages_s, text));
    if (s->lag > 0 && s->catch_up_s >= 0)
        part_append(line, sizeof line, "   caught up in %s",
                    figure_duration(s->catch_up_s, text));
    if (s->lost)
        part_append(line, sizeof line, "   lost to retention %s",
                    figure_short((double)s->lost, text));
    if (s->tombstones)
        part_append(line, sizeof line, "   empty %s",
                    figure_short((double)s->tombstones, text));
    canvas_text(canvas, 0, y, canvas->w, s->lost ? ROLE_BAD : ROLE_STRONG, str_of(line));
}

static int rows_y(const struct canvas *canvas)
{
    return canvas->h >= 5 ? 2 : canvas->h >= 3 ? 1 : 0;
}

static bool draw_nothing(const struct panel_view *view, struct canvas *canvas)
{
    const struct source_status *s = view->source;
    if (!s->is_kafka)
        part_sentence(canvas, "Not reading from Kafka. cadence --kafka BROKERS does.");
    else if (s->partitions)
        return false;
    else if (s->note[0])
        part_sentence(canvas, s->note);
    else
        part_sentence(canvas, "Connecting: no partition is known yet.");
    return true;
}

/* How much a partition asks to be looked at. Lags of one magnitude are alike, small ones
 * nothing, so that rows keep their places. */
#define NEED_MOST 64
static int need(const struct partition_row *row)
{
    if (row->leader < 0)
        return NEED_MOST;
    return row->lag < 64 ? 0 : 63 - __builtin_clzll((unsigned long long)row->lag);
}

/* The row after `last` (rows: the first) by need, then in their order. */
static size_t next_needy(const struct source_status *s, size_t last)
{
    size_t next = s->partitions;
    int at_most = last < s->partitions ? need(&s->partition[last]) : NEED_MOST + 1,
        best = -1;
    for (size_t i = 0; i < s->partitions; i++) {
        int n = need(&s->partition[i]);
        bool is_after = n < at_most || (n == at_most && i > last);
        if (is_after && n > best) {
            best = n;
            next = i;
        }
    }
    return next;
}

static void kafka_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (draw_nothing(view, canvas))
        return;
    const struct source_status *s = view->source;
    int y = rows_y(canvas);
    struct list list = list_make(view, canvas, s->partitions, y);
    struct columns at = columns_make(view, canvas);
    if (y >= 2)
        draw_summary(view, canvas, 0);
    if (y >= 1) {
        canvas_text(canvas, 0, y - 1, at.topic_w, ROLE_DIM, str_of("topic"));
        column_head(canvas, at.partition, y - 1, "p");
        column_head(canvas, at.offset, y - 1, "offset");
        column_head(canvas, at.end, y - 1, "end");
        column_head(canvas, at.lag, y - 1, "lag");
        column_head(canvas, at.rate, y - 1, "rate/s");
        column_head(canvas, at.leader, y - 1, "leader");
        if (at.note_w)
            canvas_text(canvas, at.note, y - 1, at.note_w, ROLE_DIM,
                        str_of("last trouble"));
    }
    bool more = !view->zoomed && list.shown < list.count && list.shown > 1;
    size_t row = s->partitions;
    for (size_t i = 0; i < list.shown - more; i++) {
        row = more ? next_needy(s, row) : list_row(view, list.first + i);
        if (row < s->partitions)
            draw_row(canvas, &at, y + (int)i, &s->partition[row]);
    }
    if (more)
        canvas_printf(canvas, 0, y + (int)list.shown - 1, ROLE_DIM, "%zu more partitions",
                      list.count - list.shown + 1);
    list.text_w = at.partition ? at.partition : at.topic_w;
    list_finish(view, canvas, &list);
}

static size_t kafka_rows(const struct panel_view *view)
{
    return view->source->is_kafka ? view->source->partitions : 0;
}

static void kafka_row_text(const struct panel_view *view, size_t row, char *out,
                           size_t size)
{
    out[0] = 0;
    if (row < kafka_rows(view))
        snprintf(out, size, "%s %d %s", view->source->partition[row].topic,
                 (int)view->source->partition[row].partition,
                 view->source->partition[row].note);
}

static long kafka_hit(const struct panel_view *view, const struct canvas *inside, int x,
                      int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    (void)x;
    struct list list = list_make(view, canvas, kafka_rows(view), rows_y(canvas));
    return list_hit(view, &list, y);
}

const struct panel panel_kafka = {
    .id = "kafka",
    .title = "Kafka",
    .min_w = 24,
    .min_h = 2,
    .unit = kafka_unit,
    .draw = kafka_draw,
    .rows = kafka_rows,
    .row_text = kafka_row_text,
    .hit = kafka_hit,
};
