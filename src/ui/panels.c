#include "cadence/parts.h"

#include "cadence/mem.h"
#include "canvas_unicode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct panel *panel_get(enum panel_id id)
{
    static const struct panel *const panels[PANEL_COUNT] = {
#define PANEL(id, table) [PANEL_##id] = &table,
#include "cadence/panels.def"
#undef PANEL
    };
    return panels[id];
}

struct canvas part_area(const struct canvas *inside)
{
    int pad = inside->w >= 36;
    return canvas_sub(inside, pad, 0, inside->w - 2 * pad, inside->h);
}

size_t part_line(struct str text, int w, bool ascii)
{
    size_t best = 0;
    for (size_t i = 1; i <= text.n; i++) {
        if (i < text.n && text.p[i] != ' ')
            continue;
        if (text_width((struct str){text.p, i}, ascii) > w && best)
            break;
        best = i;
    }
    return best;
}

void part_sentence(struct canvas *canvas, const char *sentence)
{
    int lines = 0, w = canvas->w > 60 ? 60 : canvas->w;
    if (canvas->w > 12 && w > canvas->w - 2)
        w = canvas->w - 2;
    for (const char *p = sentence; *p; lines++) {
        p += part_line(str_of(p), w, canvas->ascii);
        p += strspn(p, " ");
    }
    int y = lines < canvas->h ? (canvas->h - lines) / 2 : 0;
    for (const char *p = sentence; *p && y < canvas->h; y++) {
        struct str line = {p, y + 1 < canvas->h ? part_line(str_of(p), w, canvas->ascii)
                                                : strlen(p)};
        int width = text_width(line, canvas->ascii);
        int x = width < canvas->w ? (canvas->w - width) / 2 : 0;
        canvas_text(canvas, x, y, canvas->w - x, ROLE_DIM, line);
        p += line.n;
        p += strspn(p, " ");
    }
}

int part_lines(struct canvas *canvas, int y, int most, const char *text)
{
    int used = 0;
    for (const char *p = text; *p && used < most; used++) {
        struct str line = {p, used + 1 < most
                                  ? part_line(str_of(p), canvas->w, canvas->ascii)
                                  : strlen(p)};
        canvas_text(canvas, 0, y + used, canvas->w, ROLE_DIM, line);
        p += line.n;
        p += strspn(p, " ");
    }
    return used;
}

bool part_no_plays(const struct panel_view *view, struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    bool ended = view->source->state == SOURCE_ENDED;
    if (s->summary.plays > 0)
        return false;
    if (s->input.plays > 0)
        part_sentence(canvas, "No such plays. 0 takes all weeks, z all zones.");
    else if (s->input.kind[LINE_EVENT] > 0)
        part_sentence(canvas, ended ? "None of the events is a play."
                                    : "Events have come, but no play yet.");
    else if (s->input.lines > 0)
        part_sentence(canvas, ended ? "No line could be read as an event."
                                    : "No line could be read as an event yet.");
    else if (ended)
        part_sentence(canvas, "The input has ended without an event.");
    else if (view->source->state == SOURCE_FAILED)
        part_sentence(canvas, "The input failed before an event came.");
    else
        part_sentence(canvas, "Waiting for the first event.");
    return true;
}

struct list list_make(const struct panel_view *view, const struct canvas *canvas,
                      size_t total, int y)
{
    struct list list = {.count = total, .y = y, .text_w = canvas->w};
    size_t room = canvas->h > y ? (size_t)(canvas->h - y) : 0;
    if (view->zoomed) {
        list.count = view->match ? view->matches : total;
        list.first = view->first;
        if (view->selected >= list.first + room && room)
            list.first = view->selected - room + 1;
        if (view->selected < list.first)
            list.first = view->selected;
        if (list.first + room > list.count)
            list.first = list.count > room ? list.count - room : 0;
    }
    list.shown = list.count - list.first < room ? list.count - list.first : room;
    return list;
}

size_t list_row(const struct panel_view *view, size_t place)
{
    return view->zoomed && view->match ? view->match[place] : place;
}

int list_digits(const struct panel_view *view, size_t total)
{
    int digits = 2;
    for (size_t limit = 100; view->zoomed && limit <= total; limit *= 10)
        digits++;
    return digits;
}

/* Columns from x on that show `text`; 0 if they do not. */
static int shows(const struct canvas *canvas, int x, int y, struct str text)
{
    const struct cell *row = canvas->cell + (ptrdiff_t)y * canvas->stride;
    uint32_t want[UNICODE_FOLD], have[UNICODE_FOLD];
    int wants = 0, w = 0, haves = 0, h = 0, at = x;
    for (;;) {
        while (w == wants) {
            if (text.n == 0)
                return at - x;
            wants = unicode_fold(utf8_next(&text), want);
            w = 0;
        }
        while (h == haves) {
            if (at >= canvas->w)
                return 0;
            haves = unicode_fold(row[at].ch, have);
            h = 0;
            at += row[at].width > 1 ? row[at].width : 1;
        }
        if (want[w++] != have[h++])
            return 0;
    }
}

/* Figures beside the text are not what was found, though they may look like it. */
static void mark_search(const struct panel_view *view, struct canvas *canvas,
                        const struct list *list, int y)
{
    if (!view->search || !view->search[0] || y < 0 || y >= canvas->h)
        return;
    struct canvas area = canvas_sub(canvas, list->text_x, y, list->text_w, 1);
    for (int x = 0; x < area.w;) {
        int n = shows(&area, x, 0, str_of(view->search));
        if (n)
            canvas_paint(&area, x, 0, n, 1, ROLE_MATCH);
        x += n ? n : 1;
    }
}

void list_finish(const struct panel_view *view, struct canvas *canvas,
                 const struct list *list)
{
    if (!view->zoomed)
        return;
    if (list->count == 0 && view->search && view->search[0])
        canvas_printf(canvas, 1, list->y, ROLE_DIM,
                      view->searching ? "Searching for \"%s\"."
                                      : "Nothing here has \"%s\" in it.",
                      view->search);
    for (size_t i = 0; i < list->shown; i++) {
        int y = list->y + (int)i;
        if (list->first + i == view->selected)
            canvas_paint(canvas, 0, y, canvas->w - 1, 1, ROLE_SELECT);
        mark_search(view, canvas, list, y);
    }
    if (list->shown >= list->count || list->shown == 0)
        return;
    size_t size = list->shown * list->shown / list->count;
    size = size ? size : 1;
    size_t top = list->first * (list->shown - size) / (list->count - list->shown);
    for (size_t i = 0; i < list->shown; i++) {
        bool on = i >= top && i < top + size;
        canvas_glyph(canvas, canvas->w - 1, list->y + (int)i,
                     on ? ROLE_TEXT : ROLE_BORDER, on ? 0x2588 : 0x2502, on ? '#' : '|');
    }
}

long list_hit(const struct panel_view *view, const struct list *list, int y)
{
    if (y < list->y || (size_t)(y - list->y) >= list->shown)
        return -1;
    return (long)list_row(view, list->first + (size_t)(y - list->y));
}

int column_make(int *right, int width, int keep)
{
    int end = *right;
    if (end - width - 1 < keep)
        return 0;
    *right = end - width - 1;
    return end;
}

void column_text(struct canvas *canvas, int x_end, int y, enum role role,
                 const char *text)
{
    if (x_end > 0)
        canvas_printf_right(canvas, x_end, y, role, "%s", text);
}

void column_head(struct canvas *canvas, int x_end, int y, const char *text)
{
    column_text(canvas, x_end, y, ROLE_DIM, text);
}

void part_song(struct canvas *canvas, int x, int y, int w, struct str song,
               struct str artist)
{
    int used = canvas_text(canvas, x, y, w, ROLE_TEXT, song);
    if (artist.n && used + 5 < w) {
        canvas_glyph(canvas, x + used + 1, y, ROLE_DIM, 0x2014, '-');
        canvas_text(canvas, x + used + 3, y, w - used - 3, ROLE_DIM, artist);
    } else if (artist.n && used + 2 <= w) {
        canvas_glyph(canvas, x + used + 1, y, ROLE_DIM, 0x2026, '~');
    }
}

void part_share(struct canvas *canvas, int y, const struct share_row *row)
{
    char count[FIGURE_SIZE], share[FIGURE_SIZE];
    int right = canvas->w, name = row->name_w;
    int share_end = column_make(&right, 5, name + 1 + 6);
    int count_end = column_make(&right, canvas->w >= 40 ? 9 : 5, name + 1);
    canvas_text(canvas, 0, y, name, ROLE_TEXT, str_of(row->name));
    figure_fit(row->count, canvas->w >= 40 ? 9 : 5, count);
    column_text(canvas, count_end, y, ROLE_STRONG, count);
    column_text(canvas, share_end, y, ROLE_DIM,
                figure_percent((double)row->count, (double)row->whole, share));
    int bar = right - name - 1;
    if (bar > 0 && row->most)
        chart_bar(canvas, name + 1, y, bar, row->role,
                  (double)row->count / (double)row->most);
}

void part_shares_unit(const struct panel_view *view, uint64_t last, const char *name,
                      char *out, size_t size)
{
    char figure[FIGURE_SIZE];
    out[0] = 0;
    if (last && !view->zoomed) /* stays where there is no room for both */
        part_append(out, size, "%s %s, ", figure_fit(last, 6, figure), name);
    part_append(out, size, "users");
}

int part_box(struct canvas *canvas, int y, const struct box *box, const char *unit)
{
    static const char *const names[][2] = {{"least", "least"},
                                           {"a quarter under", "1/4 under"},
                                           {"half under", "1/2 under"},
                                           {"three quarters under", "3/4 under"},
                                           {"most", "most"},
                                           {"mean", "mean"}};
    int end = 30, after = (int)strlen(unit) + 1, narrow = canvas->w < end + after;
    if (narrow)
        end = canvas->w - after;
    const double values[] = {box->min, box->q1,  box->median,
                             box->q3,  box->max, box->mean};
    int used = 0;
    for (size_t i = 0; i < ARRAY_SIZE(names) && y + used < canvas->h; i++, used++) {
        char figure[FIGURE_SIZE];
        canvas_printf(canvas, 0, y + used, ROLE_DIM, "%s", names[i][narrow]);
        canvas_printf_right(canvas, end, y + used, i == 2 ? ROLE_STRONG : ROLE_TEXT, "%s",
                            figure_decimal_fit(values[i], 6, figure));
        canvas_printf(canvas, end + 1, y + used, ROLE_DIM, "%s", unit);
    }
    return used;
}

const struct week_row **part_weeks(const struct snapshot *snapshot, size_t *count)
{
    const struct week_row **weeks = mem_alloc((snapshot->weeks + 1) * sizeof *weeks);
    *count = 0;
    for (size_t i = 0; i < snapshot->weeks; i++)
        if (snapshot->week[i].chosen)
            weeks[(*count)++] = &snapshot->week[i];
    return weeks;
}

void part_week_text(const struct snapshot *snapshot, size_t row, char *out, size_t size)
{
    size_t count;
    const struct week_row **week = part_weeks(snapshot, &count);
    out[0] = 0;
    if (row < count) {
        const struct week_row *w = week[count - 1 - row];
        snprintf(out, size, "%s %s %s %s", w->id, w->label, w->from, w->to);
    }
    free(week);
}

bool part_append(char *out, size_t size, const char *format, ...)
{
    size_t used = strlen(out);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out + used, size - used, format, args);
    va_end(args);
    return n >= 0 && (size_t)n < size - used;
}

void part_copy(char *out, size_t size, struct str text)
{
    size_t n = text.n < size - 1 ? text.n : size - 1;
    while (n > 0 && n < text.n && utf8_goes_on(text.p[n]))
        n--;
    if (n)
        memcpy(out, text.p, n);
    out[n] = 0;
}

void part_brief(char *out, size_t size, struct str text)
{
    static const char more[] = "\u2026";
    bool fits = text.n < size;
    part_copy(out, fits ? size : size - strlen(more), text);
    if (!fits)
        part_append(out, size, "%s", more);
}
