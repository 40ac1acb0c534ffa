#include <stdio.h>
#include <stdlib.h>

#include "cadence/mem.h"
#include "cadence/parts.h"
#include "frame.h"
#include "ui_state.h"

struct ui *ui_new(const struct ui_config *config)
{
    struct ui *ui = mem_zalloc(sizeof *ui);
    char error[256];
    ui->ascii = config->ascii;
    ui->kafka = config->kafka;
    ui->mono = config->mono;
    ui->top = config->top;
    ui->filter = config->filter;
    ui->trend_scale = config->scale;
    ui->cloud = config->cloud;
    filter_init(&ui->empty.filter);
    ui->empty.zones = ZONES_ALL;
    ui->source = source_status_none();
    if (config->theme)
        ui->theme = *config->theme;
    else if (theme_load(&ui->theme, "default", error, sizeof error) < 0)
        ui_message(ui, MESSAGE_WARNING, error, 0);
    for (enum panel_id id = 0; config->panel && id < PANEL_COUNT; id++)
        if (strcmp(panel_get(id)->id, config->panel) == 0) {
            ui->focus = id;
            ui->alone = true;
        }
    return ui;
}

void ui_free(struct ui *ui)
{
    if (!ui)
        return;
    snapshot_free(ui->snapshot);
    free(ui->partition);
    snapshot_free(ui->next);
    free(ui->found.match);
    free(ui->ahead.match);
    free(ui);
}

void ui_resize(struct ui *ui, int w, int h)
{
    ui->w = w;
    ui->h = h;
    if (!ui->alone)
        ui_focus(ui, ui_placed(ui));
}

const struct theme *ui_theme(const struct ui *ui)
{
    return &ui->theme;
}

/* ---- what comes in ---- */

void ui_set_source(struct ui *ui, const struct source_status *status, double events_s)
{
    size_t bytes = status->partitions * sizeof *ui->partition;
    ui->partition = mem_realloc(ui->partition, bytes ? bytes : 1);
    if (bytes)
        memcpy(ui->partition, status->partition, bytes);
    ui->source = *status;
    ui->source.partition = ui->partition;
    ui->events_s = events_s;
}

void ui_message(struct ui *ui, enum message_kind kind, const char *sentence,
                int64_t now_ms)
{
    static const int64_t shown_ms[] = {4000, 8000, 15000};
    ui->message_kind = kind;
    snprintf(ui->message, sizeof ui->message, "%s", sentence);
    ui->message_until_ms = now_ms + shown_ms[kind];
    ui->now_ms = now_ms;
}

unsigned ui_tick(struct ui *ui, int64_t now_ms)
{
    /* A message from before the clock was known is shown from now on. */
    if (ui->message[0] && ui->now_ms == 0)
        ui->message_until_ms += now_ms;
    ui->now_ms = now_ms;
    unsigned effect = news_tick(ui);
    if (!ui->message[0] || now_ms < ui->message_until_ms)
        return effect;
    ui->message[0] = 0;
    return UI_REDRAW;
}

/* Rows asked for: what the screen can show and a few screens more, so that scrolling
 * finds them there; all of them for a search and for End. */
static size_t list_limit(const struct ui *ui, enum panel_id id)
{
    size_t screen = ui->h > 0 ? (size_t)ui->h : 0;
    size_t limit = ui->top > screen ? ui->top : screen;
    if (!ui_is_alone(ui) || ui->focus != id)
        return limit;
    size_t reach = ui->selected + 4 * screen;
    if (ui->search[0] || ui->prompt || ui->want_all)
        return SIZE_MAX;
    return limit > reach ? limit : reach;
}

/* Rows of the list in focus that the figures hold, and that there are. */
static size_t rows_of(const struct ui *ui, const struct snapshot *s, uint64_t *all)
{
    switch (ui->focus) {
    case PANEL_SONGS:
        *all = s->summary.songs;
        return s->songs;
    case PANEL_ARTISTS:
        *all = s->summary.artists;
        return s->artists;
    case PANEL_USERS:
        *all = s->summary.users;
        return s->users;
    default:
        *all = 0;
        return 0;
    }
}

/* Fewer than are wanted now. */
static bool lacks_rows(const struct ui *ui, const struct snapshot *s)
{
    uint64_t all;
    size_t rows = rows_of(ui, s, &all);
    return rows < all && rows < list_limit(ui, ui->focus);
}

unsigned ui_filter_changed(struct ui *ui)
{
    ui->stale |= !filter_eq(&ui->filter, &ui_snapshot(ui)->filter);
    return UI_REDRAW | UI_REQUEST;
}

bool ui_lacks_rows(const struct ui *ui)
{
    return lacks_rows(ui, ui_snapshot(ui));
}

/* Without the figures that only the panel alone shows. */
static bool lacks_figures(const struct ui *ui, const struct snapshot *s)
{
    return ui_is_alone(ui) && ((ui->focus == PANEL_SESSIONS && !s->session_bins) ||
                               (ui->focus == PANEL_MAP && !s->state_levels));
}

unsigned ui_want_rows(struct ui *ui)
{
    if (!ui_lacks_rows(ui) && !lacks_figures(ui, ui_snapshot(ui)))
        return UI_NOTHING;
    ui->stale = true;
    return UI_REQUEST;
}

/* Whether a snapshot answers what is asked for now. */
static bool answers(const struct ui *ui, const struct snapshot *s)
{
    return filter_eq(&s->filter, &ui->filter) &&
           (ui->trend_scale == SCALE_AUTO ||
            s->trend[TREND_ARTISTS].scale == ui->trend_scale) &&
           (!ui->why_artist || s->why.id == ui->why_artist || !s->why.valid) &&
           !lacks_rows(ui, s) && !lacks_figures(ui, s);
}

/* Other figures take the place of those shown, which are returned. */
static struct snapshot *replace(struct ui *ui, struct snapshot *snapshot)
{
    struct snapshot *old = ui->snapshot;
    if (!ui->follow[0])
        ui_row_name(ui, ui->follow);
    if (ui_is_top(ui)) /* there may be fewer headings above it now */
        ui->selected = 0;
    ui->snapshot = snapshot;
    ui->stale = snapshot_more(snapshot);
    news_notice(ui);
    return old;
}

struct snapshot *ui_set_snapshot(struct ui *ui, struct snapshot *snapshot)
{
    if (ui->frozen && ui->snapshot && !(ui->stale && answers(ui, snapshot)))
        return snapshot;
    if (search_ahead(ui, snapshot))
        return NULL;
    snapshot_free(ui->next); /* they waited for too long */
    ui->next = NULL;
    struct snapshot *old = replace(ui, snapshot);
    ui_new_rows(ui);
    return old == snapshot ? NULL : old;
}

void ui_take_next(struct ui *ui)
{
    struct snapshot *next = ui->next;
    struct found before = ui->found;
    if (!next)
        return;
    ui->next = NULL;
    snapshot_free(replace(ui, next));
    ui->found = ui->ahead;
    ui->ahead = before;
}

const struct snapshot *ui_shown(const struct ui *ui)
{
    return ui->snapshot;
}

/* Dots stand two to a column. */
static size_t activity_points(const struct ui *ui)
{
    size_t w = ui->w > 24 ? (size_t)ui->w : 24;
    return ui_is_alone(ui) && ui->focus == PANEL_ACTIVITY ? 2 * w : w;
}

void ui_request(const struct ui *ui, struct snapshot_request *out)
{
    *out = (struct snapshot_request){
        .filter = ui->filter,
        .scale = ui->trend_scale,
        .why_artist = ui->why_artist,
        .session_bins = ui_is_alone(ui) && ui->focus == PANEL_SESSIONS,
        .state_levels = ui_is_alone(ui) && ui->focus == PANEL_MAP,
        .activity_points = activity_points(ui),
    };
    out->limit[LIST_SONGS] = list_limit(ui, PANEL_SONGS);
    out->limit[LIST_ARTISTS] = list_limit(ui, PANEL_ARTISTS);
    out->limit[LIST_USERS] = list_limit(ui, PANEL_USERS);
    /* The cloud fills its room with small words. */
    if (out->limit[LIST_ARTISTS] < 200)
        out->limit[LIST_ARTISTS] = 200;
}

/* ---- what is where ---- */

enum key_mode ui_mode(const struct ui *ui)
{
    if (ui->help)
        return MODE_HELP;
    if (ui->weeks)
        return MODE_WEEKS;
    if (ui->prompt)
        return MODE_SEARCH;
    return ui_is_alone(ui) ? MODE_ALONE : MODE_OVERVIEW;
}

struct panel_place ui_body(const struct ui *ui)
{
    int top = header_height(ui);
    int h = ui->h - top - 1;
    return (struct panel_place){.x = 0, .y = top, .w = ui->w, .h = h > 0 ? h : 0};
}

struct layout ui_layout(const struct ui *ui)
{
    struct panel_place body = ui_body(ui);
    struct layout layout;
    layout_make(&layout, body.w, body.h, ui->kafka);
    for (size_t i = 0; i < layout.count; i++)
        layout.place[i].y += body.y;
    return layout;
}

bool ui_is_alone(const struct ui *ui)
{
    if (ui->alone)
        return true;
    struct layout layout = ui_layout(ui);
    for (size_t i = 0; i < layout.count; i++)
        if (layout.place[i].id == ui->focus)
            return false;
    return true;
}

enum panel_id ui_placed(const struct ui *ui)
{
    struct layout layout = ui_layout(ui);
    for (size_t i = 0; i < layout.count; i++)
        if (layout.place[i].id == ui->focus)
            return ui->focus;
    return layout.count ? layout.place[0].id : ui->focus;
}

void ui_focus(struct ui *ui, enum panel_id id)
{
    if (id == ui->focus)
        return;
    ui->focus = id;
    ui->search[0] = 0;
    ui->selected = ui->first = 0;
    ui->follow[0] = 0;
    ui->want_all = ui->go_last = false;
    ui_match(ui);
}

struct panel_view ui_view(const struct ui *ui, enum panel_id id)
{
    bool focused = id == ui->focus, alone = focused && ui_is_alone(ui);
    return (struct panel_view){
        .snapshot = ui_snapshot(ui),
        .source = &ui->source,
        .events_s = ui->events_s,
        .zoomed = alone,
        .focused = focused,
        .cloud = ui->cloud,
        .by_weight = ui->by_weight,
        .explains = ui->why_artist != 0,
        .map_scale = ui->map_scale,
        .match = alone && ui->search[0] ? ui->found.match : NULL,
        .matches = ui->found.matches,
        .first = alone ? ui->first : 0,
        .selected = alone ? ui->selected : 0,
        .search = alone ? ui->search : "",
        .searching = alone && ui_is_searching(ui),
    };
}

void ui_region(struct ui *ui, enum region_kind kind, int x, int y, int w, int h,
               size_t arg)
{
    if (ui->regions < REGION_MAX)
        ui->region[ui->regions++] = (struct region){kind, x, y, w, h, arg};
}

/* ---- the frame ---- */

/* "3 of 120+", what is searched for, and which of the panels it is. */
static void alone_note(const struct ui *ui, char *out, size_t size)
{
    int panels = PANEL_COUNT - !ui->kafka;
    size_t rows = ui_rows(ui), heads = ui_headings(ui, rows);
    uint64_t all;
    bool more = rows_of(ui, ui_snapshot(ui), &all) < all || ui_is_searching(ui);
    char search[42];
    out[0] = 0;
    part_brief(search, sizeof search, str_of(ui->search));
    if (search[0] && !ui->prompt)
        snprintf(out, size, "/%s   ", search);
    if (rows > heads) {
        char at[FIGURE_SIZE], of[FIGURE_SIZE];
        figure_count(ui->selected + 1 - ui_headings(ui, ui->selected), at);
        part_append(out, size, "%s of %s%s   ", at, figure_count(rows - heads, of),
                    more ? "+" : "");
    }
    part_append(out, size, "panel %d of %d", (int)ui->focus + 1, panels);
}

static void panel_draw(struct ui *ui, struct canvas *canvas,
                       const struct panel_place *place)
{
    const struct panel *panel = panel_get(place->id);
    struct panel_view view = ui_view(ui, place->id);
    char unit[96] = "", note[160] = "";
    if (panel->unit)
        panel->unit(&view, unit, sizeof unit);
    if (view.zoomed)
        alone_note(ui, note, sizeof note);
    struct frame frame = {.x = place->x,
                          .y = place->y,
                          .w = place->w,
                          .h = place->h,
                          .title = panel->title,
                          .unit = unit,
                          .note = note,
                          .focused = view.focused};
    struct canvas inside = frame_draw(canvas, &frame);
    panel->draw(&view, &inside);
    ui_region(ui, REGION_PANEL, place->x, place->y, place->w, place->h, place->id);
}

static void body_draw(struct ui *ui, struct canvas *canvas)
{
    if (ui_is_alone(ui)) {
        struct panel_place place = ui_body(ui);
        place.id = ui->focus;
        panel_draw(ui, canvas, &place);
        return;
    }
    struct layout layout = ui_layout(ui);
    for (size_t i = 0; i < layout.count; i++)
        panel_draw(ui, canvas, &layout.place[i]);
}

void ui_draw(struct ui *ui, struct canvas *canvas)
{
    canvas_clear(canvas);
    ui->regions = 0;
    if (ui->w < UI_MIN_W || ui->h < UI_MIN_H) {
        too_small_draw(ui, canvas);
        return;
    }
    header_draw(ui, canvas);
    body_draw(ui, canvas);
    footer_draw(ui, canvas);
    if (ui->weeks)
        week_list_draw(ui, canvas);
    if (ui->help)
        help_draw(ui, canvas);
}
