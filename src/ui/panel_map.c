#include "cadence/map.h"

#include "cadence/mem.h"
#include "cadence/parts.h"

#include <stdio.h>
#include <stdlib.h>

/* Zoomed, the table stands at the right of the map if both have room. */
#define TABLE_W 51
#define MAP_LEAST_W (3 * MAP_COLUMNS)

static void map_unit(const struct panel_view *view, char *out, size_t size)
{
    snprintf(out, size, "users, %s", map_scale_name(view->map_scale));
}

/* How the classes' figures are written, the most telling first; the last fits wherever
 * the map does. */
enum legend_form {
    LEGEND_WIDE,
    LEGEND_RANGES,
    LEGEND_LEAST,
    LEGEND_BRIEF,
    LEGEND_TIGHT,
    LEGEND_BARE,
    LEGEND_FORMS
};

/* "2-3" or "7" from the figures of a class, or "2+" in the shorter forms, "2" in the
 * last.
 */
static void class_range(const struct map_figures *map, int class, enum legend_form form,
                        char *out, size_t size)
{
    char least[FIGURE_SIZE], most[FIGURE_SIZE];
    if (form >= LEGEND_BRIEF)
        figure_brief(map->least[class], least);
    else
        figure_short(map->least[class], least);
    figure_short(map->most[class], most);
    if (form >= LEGEND_LEAST)
        snprintf(out, size, form == LEGEND_BARE ? "%s" : "%s+", least);
    else if (strcmp(least, most) == 0)
        snprintf(out, size, "%s", most);
    else
        snprintf(out, size, "%s-%s", least, most);
}

/* "· 1  ░ 2-3  ▒ 4-6  ▓ 7  █ 8-13", or only its width (draw false). */
static int legend_classes(struct canvas *canvas, const struct map_figures *map, int y,
                          enum legend_form form, bool draw)
{
    int gap = form == LEGEND_WIDE ? 3 : form < LEGEND_TIGHT;
    int x = 0, after = form >= LEGEND_LEAST ? 1 : 2;
    for (int class = 1; class <= MAP_CLASSES; class ++) {
        char range[2 * FIGURE_SIZE];
        if (map->most[class] == 0) /* an empty one */
            continue;
        class_range(map, class, form, range, sizeof range);
        if (draw) {
            map_glyph(canvas, x, y, class);
            canvas_printf(canvas, x + after, y, ROLE_DIM, "%s", range);
        }
        x += after + (int)strlen(range) + gap;
    }
    return x - gap;
}

static void draw_legend(const struct panel_view *view, struct canvas *canvas,
                        const struct map_figures *map, int y)
{
    enum legend_form form = canvas->w >= 50 ? LEGEND_WIDE : LEGEND_RANGES;
    while (form + 1 < LEGEND_FORMS &&
           legend_classes(canvas, map, y, form, false) > canvas->w)
        form++;
    int x = legend_classes(canvas, map, y, form, true) + 1;
    char note[64] = "", users[FIGURE_SIZE];
    if (map->elsewhere)
        snprintf(note, sizeof note, "+%s elsewhere",
                 figure_short((double)map->elsewhere, users));
    else if (view->zoomed || canvas->w >= 50)
        snprintf(note, sizeof note, "m: scale");
    if (x + (int)strlen(note) <= canvas->w)
        canvas_printf_right(canvas, canvas->w, y, ROLE_DIM, "%s", note);
}

/* State rows by users, then name. */
static int by_users(const void *a, const void *b)
{
    const struct state_row *x = *(const struct state_row *const *)a;
    const struct state_row *y = *(const struct state_row *const *)b;
    if (x->users != y->users)
        return x->users < y->users ? 1 : -1;
    return strcmp(x->name, y->name);
}

static const struct state_row **states_sorted(const struct snapshot *s)
{
    const struct state_row **row =
        mem_alloc((s->states + 1) * sizeof(struct state_row *));
    for (size_t i = 0; i < s->states; i++)
        row[i] = &s->state[i];
    qsort(row, s->states, sizeof *row, by_users);
    return row;
}

static int class_of(const struct map_figures *map, const char *name)
{
    for (int i = 0; i < MAP_STATES; i++)
        if (strcmp(map_tiles[i].name, name) == 0)
            return map->class[i];
    return 0;
}

struct columns {
    int name_w, zone, bar, bar_w, users, plays, paid, share;
};

static struct columns columns_make(const struct canvas *canvas, bool levels)
{
    struct columns at = {0};
    int right = canvas->w - 2, name = 5;
    at.plays = column_make(&right, 7, name + 8);
    at.paid = levels ? column_make(&right, 6, name + 15) : 0;
    at.users = column_make(&right, 6, name);
    at.share = canvas->w >= 56 ? column_make(&right, 6, name + 14) : 0;
    at.zone = column_make(&right, 5, name + 10);
    if (right - name >= 44) {
        at.bar_w = right - name - 24;
        at.bar = right - at.bar_w;
        right -= at.bar_w + 1;
    }
    at.name_w = right - name;
    return at;
}

static void draw_state(struct canvas *canvas, const struct columns *at, int y,
                       const struct map_figures *map, const struct snapshot *s,
                       const struct state_row *row, uint32_t most)
{
    char text[FIGURE_SIZE];
    const char *full = map_state_name(row->name);
    int class = class_of(map, row->name);
    map_glyph(canvas, 0, y, class);
    canvas_printf(canvas, 2, y, ROLE_STRONG, "%s", row->name);
    canvas_text(canvas, 5, y, at->name_w, ROLE_TEXT,
                str_of(full ? full : "not on the map"));
    column_text(canvas, at->zone, y, ROLE_DIM, zone_name(state_zone(row->state)));
    if (at->bar_w && most)
        chart_bar(canvas, at->bar, y, at->bar_w, map_role(class ? class : 1),
                  (double)row->users / most);
    column_text(canvas, at->share, y, ROLE_DIM,
                figure_percent((double)row->users, (double)s->summary.users, text));
    column_text(canvas, at->users, y, ROLE_STRONG, figure_fit(row->users, 6, text));
    column_text(canvas, at->paid, y, ROLE_PAID,
                figure_percent(row->paid, row->users, text));
    column_text(canvas, at->plays, y, ROLE_TEXT, figure_fit(row->plays, 7, text));
}

static void draw_table(const struct panel_view *view, struct canvas *canvas,
                       const struct map_figures *map)
{
    const struct snapshot *s = view->snapshot;
    const struct state_row **row = states_sorted(s);
    struct list list = list_make(view, canvas, s->states, 1);
    struct columns at = columns_make(canvas, s->state_levels);
    canvas_text(canvas, 2, 0, canvas->w, ROLE_DIM, str_of("state"));
    column_head(canvas, at.zone, 0, "zone");
    column_head(canvas, at.share, 0, "%");
    column_head(canvas, at.users, 0, "users");
    column_head(canvas, at.paid, 0, "paid %");
    column_head(canvas, at.plays, 0, "plays");
    for (size_t i = 0; i < list.shown; i++) {
        size_t n = list_row(view, list.first + i);
        if (n < s->states)
            draw_state(canvas, &at, 1 + (int)i, map, s, row[n], row[0]->users);
    }
    list.text_x = 2;
    list.text_w = at.zone ? at.zone - 2 : 3 + at.name_w;
    list_finish(view, canvas, &list);
    free(row);
}

/* The parts of a zoomed panel: map and table side by side, or one above the other, or,
 * where there is no room for both, the map until one scrolls down into the table. */
struct parts {
    int map_w, map_h;
    int x, y, w, h; /* of the table */
};

static struct parts parts_make(const struct panel_view *view, const struct canvas *canvas)
{
    int w = canvas->w, h = canvas->h;
    if (w >= MAP_LEAST_W + 2 + TABLE_W) {
        int map_w = w - TABLE_W - 2 < 9 * MAP_COLUMNS ? w - TABLE_W - 2 : 9 * MAP_COLUMNS;
        int table_w = w - map_w - 2 < 90 ? w - map_w - 2 : 90;
        return (struct parts){map_w, h, map_w + 2, 0, table_w, h};
    }
    if (w >= MAP_LEAST_W - 1 && h >= 2 * (MAP_LINES + 1) + 1) {
        int lines = (h / 2 - 1) / MAP_LINES, tallest = map_tallest(w);
        int map_h = (lines < tallest ? lines : tallest) * MAP_LINES + 1;
        return (struct parts){w, map_h, 0, map_h + 1, w, h - map_h - 1};
    }
    if (view->selected == 0 && !view->match && w >= MAP_LEAST_W - 1 && h >= MAP_LINES)
        return (struct parts){w, h, 0, 0, 0, 0};
    return (struct parts){0, 0, 0, 0, w, h};
}

static void draw_map(const struct panel_view *view, struct canvas *canvas,
                     const struct map_figures *map)
{
    struct map_size size;
    if (!map_fit(&size, canvas->w, canvas->h)) {
        part_sentence(canvas, "Too small for the map.");
        return;
    }
    map_draw(canvas, map, &size);
    if (size.legend_y >= 0)
        draw_legend(view, canvas, map, size.legend_y);
}

static void panel_draw_map(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    struct map_figures map;
    if (part_no_plays(view, canvas))
        return;
    if (view->snapshot->states == 0) {
        part_sentence(canvas, "No play here names a state.");
        return;
    }
    if (view->snapshot->summary.users == 0 && !view->zoomed) { /* alone: their plays */
        part_sentence(canvas, "Every play here is anonymous: no user in any state.");
        return;
    }
    map_make(&map, view->snapshot, view->map_scale);
    if (!view->zoomed) {
        draw_map(view, canvas, &map);
        return;
    }
    struct parts parts = parts_make(view, canvas);
    struct canvas left = canvas_sub(canvas, 0, 0, parts.map_w, parts.map_h);
    struct canvas right = canvas_sub(canvas, parts.x, parts.y, parts.w, parts.h);
    if (left.w)
        draw_map(view, &left, &map);
    if (right.w)
        draw_table(view, &right, &map);
}

static size_t map_rows(const struct panel_view *view)
{
    return view->snapshot->states;
}

static void map_row_text(const struct panel_view *view, size_t row, char *out,
                         size_t size)
{
    const struct state_row **rows = states_sorted(view->snapshot);
    out[0] = 0;
    if (row < view->snapshot->states) {
        const char *full = map_state_name(rows[row]->name);
        snprintf(out, size, "%s %s %s", rows[row]->name, full ? full : "not on the map",
                 zone_name(state_zone(rows[row]->state)));
    }
    free(rows);
}

/* The parts as they are drawn, and x within them. */
static struct parts parts_at(const struct panel_view *view, const struct canvas *inside,
                             struct canvas *area, int *x)
{
    *area = part_area(inside);
    *x -= (inside->w - area->w) / 2;
    if (view->zoomed)
        return parts_make(view, area);
    return (struct parts){.map_w = area->w, .map_h = area->h};
}

static long map_hit(const struct panel_view *view, const struct canvas *inside, int x,
                    int y)
{
    struct canvas area;
    struct parts parts = parts_at(view, inside, &area, &x);
    if (!parts.w || x < parts.x || y < parts.y)
        return -1;
    struct canvas table = canvas_sub(&area, parts.x, parts.y, parts.w, parts.h);
    struct list list = list_make(view, &table, map_rows(view), 1);
    return list_hit(view, &list, y - parts.y);
}

static unsigned row_state(const struct panel_view *view, size_t row)
{
    const struct state_row **rows = states_sorted(view->snapshot);
    unsigned state =
        row < view->snapshot->states ? (unsigned)rows[row]->state : STATE_NONE;
    free(rows);
    return state;
}

static unsigned map_state(const struct panel_view *view, const struct canvas *inside,
                          int x, int y)
{
    struct canvas area;
    struct map_size size;
    long row = map_hit(view, inside, x, y);
    if (row >= 0)
        return row_state(view, (size_t)row);
    struct parts parts = parts_at(view, inside, &area, &x);
    if (x >= parts.map_w || y >= parts.map_h || !map_fit(&size, parts.map_w, parts.map_h))
        return STATE_NONE;
    int tile = map_tile_at(&size, x, y);
    return tile < 0 ? STATE_NONE
                    : state_pack(map_tiles[tile].name[0], map_tiles[tile].name[1]);
}

const struct panel panel_map = {
    .id = "map",
    .title = "Users per state",
    .min_w = 3 * MAP_COLUMNS - 1,
    .min_h = MAP_LINES,
    .unit = map_unit,
    .draw = panel_draw_map,
    .rows = map_rows,
    .row_text = map_row_text,
    .hit = map_hit,
    .state = map_state,
};
