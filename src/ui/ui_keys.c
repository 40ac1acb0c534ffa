/* What each key does. */
#include <stdio.h>

#include "canvas_unicode.h"
#include "ui_state.h"

typedef unsigned (*action_fn)(struct ui *ui, const struct ui_key *key);

/* ---- filter ---- */

static unsigned filter_changed(struct ui *ui)
{
    ui->chips_back = 0;
    ui->stale = true;
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_zone(struct ui *ui, const struct ui_key *key)
{
    zone_toggle(&ui->filter, (enum zone)(key->ch - '1'));
    return filter_changed(ui);
}

static unsigned do_zone_all(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->filter.zones = ZONES_ALL;
    return filter_changed(ui);
}

static unsigned do_week_back(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_step(&ui->filter, ui_snapshot(ui), -1);
    return filter_changed(ui);
}

static unsigned do_week_next(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_step(&ui->filter, ui_snapshot(ui), 1);
    return filter_changed(ui);
}

static unsigned do_week_all(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    weeks_all(&ui->filter);
    return filter_changed(ui);
}

static unsigned do_week_present(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    weeks_all(&ui->filter);
    ui->filter.all_weeks = false;
    ui->filter.present = true;
    return filter_changed(ui);
}

static unsigned do_week_tick(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_toggle(&ui->filter, ui_snapshot(ui), ui->week_cursor);
    return filter_changed(ui);
}

/* Opens on the newest week chosen, or closes. */
static unsigned do_week_list(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    const struct snapshot *s = ui_snapshot(ui);
    ui->weeks = !ui->weeks;
    ui->week_cursor = s->weeks ? s->weeks - 1 : 0;
    while (ui->week_cursor > 0 && !week_chosen(&ui->filter, s, ui->week_cursor))
        ui->week_cursor--;
    return UI_REDRAW;
}

/* ---- what is shown, and how ---- */

static unsigned do_help(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->help = !ui->help;
    ui->help_first = 0;
    return UI_REDRAW;
}

static unsigned do_freeze(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->frozen = !ui->frozen;
    ui->stale = false;
    return ui->frozen ? UI_REDRAW : UI_REDRAW | UI_REQUEST;
}

/* A word on the foot line about what a key changed, since its panel may not be on the screen. */
static void say(struct ui *ui, const char *what, const char *value)
{
    char text[128];
    snprintf(text, sizeof text, "%s: %s", what, value);
    ui_message(ui, MESSAGE_INFO, text, ui->now_ms);
}

static unsigned do_cloud(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (!ui->cloud) {
        ui->cloud = true;
        ui->by_weight = false;
    } else if (!ui->by_weight) {
        ui->by_weight = true;
    } else {
        ui->cloud = ui->by_weight = false;
    }
    say(ui, "artists", !ui->cloud ? "list" : ui->by_weight ? "cloud by plays" : "cloud by rank");
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_map_scale(struct ui *ui, const struct ui_key *key)
{
    static const char *const names[] = {"quantile", "linear", "logarithmic"};
    (void)key;
    ui->map_scale = (ui->map_scale + 1) % MAP_SCALE_COUNT;
    say(ui, "map scale", names[ui->map_scale]);
    return UI_REDRAW;
}

static unsigned do_trend_scale(struct ui *ui, const struct ui_key *key)
{
    static const char *const names[] = {"automatic", "30 minutes against 24 hours",
                                        "6 hours against 7 days", "a day against 4 weeks",
                                        "a week against 8 weeks"};
    (void)key;
    ui->trend_scale = (ui->trend_scale + 1) % SCALE_COUNT;
    ui->stale = true;
    say(ui, "trends", names[ui->trend_scale]);
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_theme(struct ui *ui, const struct ui_key *key)
{
    char names[64][32], error[256];
    size_t count = theme_names(names, 64), at = 0;
    (void)key;
    while (at < count && strcmp(names[at], ui->theme.name) != 0)
        at++;
    struct theme theme;
    const char *next = names[at < count ? (at + 1) % count : 0];
    if (theme_load(&theme, next, error, sizeof error) < 0) {
        ui_message(ui, MESSAGE_WARNING, error, ui->now_ms);
        /* Go on behind the one that cannot be used. */
        memcpy(ui->theme.name, next, sizeof ui->theme.name);
    } else {
        ui->theme = theme;
        say(ui, "theme", theme.name);
    }
    return UI_REDRAW;
}

/* ---- panels ---- */

static unsigned panel_step(struct ui *ui, int step)
{
    int count = PANEL_COUNT, id = (int)ui->focus;
    do
        id = (id + step + count) % count;
    while (id == PANEL_KAFKA && !ui->kafka);
    ui_focus(ui, (enum panel_id)id);
    ui->why_artist = 0;
    /* One alone may want more rows than the overview had. */
    return ui_is_alone(ui) ? UI_REDRAW | UI_REQUEST : UI_REDRAW;
}

static unsigned do_panel_next(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return panel_step(ui, 1);
}

static unsigned do_panel_back(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return panel_step(ui, -1);
}

/* The row that is selected, as the panel counts its rows; -1 none. */
static long selected_row(const struct ui *ui)
{
    if (ui->selected >= ui_rows(ui))
        return -1;
    return (long)(ui->search[0] ? ui->match[ui->selected] : ui->selected);
}

/* Explains the artist in the selected row, if it is one that rises; again: no more. */
static unsigned explain(struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    long row = selected_row(ui);
    if (!panel->artist || row < 0)
        return UI_NOTHING;
    uint32_t artist = panel->artist(&view, (size_t)row);
    if (!artist && !ui->why_artist) {
        ui_message(ui, MESSAGE_INFO, "only a rising artist can be explained", ui->now_ms);
        return UI_REDRAW;
    }
    ui->why_artist = artist == ui->why_artist ? 0 : artist;
    ui->stale = true;
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_open(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui_is_alone(ui) && (ui->alone || panel_get(ui->focus)->artist))
        return explain(ui);
    ui->alone = true;
    return UI_REDRAW | UI_REQUEST;
}

/* One step out of whatever is open. */
static unsigned do_back(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui->help) {
        ui->help = false;
    } else if (ui->weeks) {
        ui->weeks = false;
    } else if (ui->search[0]) {
        ui->search[0] = 0;
        ui_match(ui);
    } else if (ui->why_artist) {
        ui->why_artist = 0;
        ui->stale = true;
        return UI_REDRAW | UI_REQUEST;
    } else {
        ui->alone = false;
        ui->want_all = ui->go_last = false;
        ui_focus(ui, ui_placed(ui));
        ui->selected = ui->first = 0;
    }
    return UI_REDRAW;
}

/* ---- moving ---- */

/* The nearest panel of the overview in a direction: it must lie wholly on that side; among those
 * the closest, distance across counting double. */
static unsigned focus_towards(struct ui *ui, int dx, int dy)
{
    struct layout layout = ui_layout(ui);
    const struct panel_place *from = NULL;
    for (size_t i = 0; i < layout.count; i++)
        if (layout.place[i].id == ui->focus)
            from = &layout.place[i];
    if (!from)
        return UI_NOTHING;
    int best = -1, best_distance = 0;
    for (size_t i = 0; i < layout.count; i++) {
        const struct panel_place *to = &layout.place[i];
        bool beyond = dx > 0   ? to->x >= from->x + from->w
                      : dx < 0 ? to->x + to->w <= from->x
                      : dy > 0 ? to->y >= from->y + from->h
                               : to->y + to->h <= from->y;
        if (!beyond)
            continue;
        int x = 2 * to->x + to->w - 2 * from->x - from->w;
        int y = 2 * (2 * to->y + to->h - 2 * from->y - from->h);   /* a cell is twice as high */
        x = x < 0 ? -x : x;
        y = y < 0 ? -y : y;
        int distance = dx ? x + 2 * y : y + 2 * x;
        if (best < 0 || distance < best_distance) {
            best = (int)i;
            best_distance = distance;
        }
    }
    if (best < 0)
        return UI_NOTHING;
    ui_focus(ui, layout.place[best].id);
    return UI_REDRAW;
}

/* Up and down by `rows`, in whatever is open. */
static unsigned move(struct ui *ui, long rows)
{
    size_t weeks = ui_snapshot(ui)->weeks;
    switch (ui_mode(ui)) {
    case MODE_HELP:
        ui->help_first = rows < 0 && ui->help_first < (size_t)-rows ? 0 : ui->help_first + (size_t)rows;
        return UI_REDRAW;
    case MODE_WEEKS: {
        long to = (long)ui->week_cursor - rows, last = weeks ? (long)weeks - 1 : 0;
        ui->week_cursor = (size_t)(to < 0 ? 0 : to > last ? last : to);
        return UI_REDRAW;
    }
    case MODE_OVERVIEW:
        return focus_towards(ui, 0, rows < 0 ? -1 : 1);
    default:
        ui_move(ui, rows);
        return UI_REDRAW | (ui->selected + ui_page(ui) >= ui_rows(ui) ? UI_REQUEST : UI_NOTHING);
    }
}

static long page_rows(const struct ui *ui)
{
    return ui_mode(ui) == MODE_ALONE || ui_mode(ui) == MODE_SEARCH ? (long)ui_page(ui)
           : ui->h > 12                                             ? ui->h - 8
                                                                    : 4;
}

#define FAR 1000000000L

static unsigned do_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -1);
}

static unsigned do_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, 1);
}

static unsigned do_page_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -page_rows(ui));
}

static unsigned do_page_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, page_rows(ui));
}

static unsigned do_first(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -FAR);
}

static unsigned do_last(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    unsigned effect = move(ui, FAR);
    if (ui_mode(ui) != MODE_ALONE)
        return effect;
    ui->want_all = ui->go_last = true;
    return effect | UI_REQUEST;
}

static unsigned do_left(struct ui *ui, const struct ui_key *key)
{
    return ui_is_alone(ui) ? do_panel_back(ui, key) : focus_towards(ui, -1, 0);
}

static unsigned do_right(struct ui *ui, const struct ui_key *key)
{
    return ui_is_alone(ui) ? do_panel_next(ui, key) : focus_towards(ui, 1, 0);
}

/* ---- search ---- */

static unsigned search_changed(struct ui *ui)
{
    ui->selected = ui->first = 0;
    ui_match(ui);
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_search(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (!panel_get(ui->focus)->row_text) {
        ui_message(ui, MESSAGE_INFO, "this panel has no rows to search in", ui->now_ms);
        return UI_REDRAW;
    }
    ui->alone = ui->prompt = true;
    ui->message[0] = 0;
    ui->search[0] = 0;
    return search_changed(ui);
}

static unsigned do_text(struct ui *ui, const struct ui_key *key)
{
    char bytes[4];
    size_t n = utf8_put(key->ch, bytes), used = strlen(ui->search);
    enum glyph_class kind = unicode_class(key->ch);
    if (used + n >= sizeof ui->search || kind == GLYPH_HIDDEN)
        return UI_NOTHING;
    memcpy(ui->search + used, bytes, n);
    ui->search[used + n] = 0;
    ui->selected = ui->first = 0;
    if (used)
        ui_match_longer(ui);
    else
        ui_match(ui);
    return UI_REDRAW | UI_REQUEST;
}

/* Takes the last character away; in an empty prompt it leaves. */
static unsigned do_rubout(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    size_t n = strlen(ui->search);
    if (n == 0)
        ui->prompt = false;
    while (n > 0 && ((unsigned char)ui->search[--n] & 0xC0) == 0x80)
        ;
    ui->search[n] = 0;
    return search_changed(ui);
}

static unsigned do_search_empty(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->search[0] = 0;
    return search_changed(ui);
}

static unsigned do_search_keep(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->prompt = false;
    return UI_REDRAW;
}

static unsigned do_search_clear(struct ui *ui, const struct ui_key *key)
{
    ui->prompt = false;
    return do_search_empty(ui, key);
}

/* ---- mouse ---- */

static unsigned do_click(struct ui *ui, const struct ui_key *key)
{
    return ui_click(ui, key->x, key->y);
}

static unsigned do_wheel_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui_mode(ui) == MODE_OVERVIEW)
        ui->chips_back++;
    else
        move(ui, -3);
    return UI_REDRAW | UI_REQUEST;
}

static unsigned do_wheel_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui_mode(ui) == MODE_OVERVIEW)
        ui->chips_back--;
    else
        move(ui, 3);
    return UI_REDRAW | UI_REQUEST;
}

/* ---- the program ---- */

static unsigned do_quit(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_QUIT;
}

static unsigned do_suspend(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_SUSPEND;
}

static unsigned do_repaint(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_REDRAW | UI_REPAINT;
}

static const action_fn actions[ACTION_COUNT] = {
    [ACTION_HELP] = do_help,
    [ACTION_QUIT] = do_quit,
    [ACTION_BACK] = do_back,
    [ACTION_PANEL_NEXT] = do_panel_next,
    [ACTION_PANEL_BACK] = do_panel_back,
    [ACTION_OPEN] = do_open,
    [ACTION_SEARCH] = do_search,
    [ACTION_WEEK_BACK] = do_week_back,
    [ACTION_WEEK_NEXT] = do_week_next,
    [ACTION_WEEK_ALL] = do_week_all,
    [ACTION_WEEK_PRESENT] = do_week_present,
    [ACTION_WEEK_LIST] = do_week_list,
    [ACTION_WEEK_TICK] = do_week_tick,
    [ACTION_ZONE] = do_zone,
    [ACTION_ZONE_ALL] = do_zone_all,
    [ACTION_FREEZE] = do_freeze,
    [ACTION_CLOUD] = do_cloud,
    [ACTION_MAP_SCALE] = do_map_scale,
    [ACTION_TREND_SCALE] = do_trend_scale,
    [ACTION_THEME] = do_theme,
    [ACTION_UP] = do_up,
    [ACTION_DOWN] = do_down,
    [ACTION_LEFT] = do_left,
    [ACTION_RIGHT] = do_right,
    [ACTION_PAGE_UP] = do_page_up,
    [ACTION_PAGE_DOWN] = do_page_down,
    [ACTION_FIRST] = do_first,
    [ACTION_LAST] = do_last,
    [ACTION_SEARCH_KEEP] = do_search_keep,
    [ACTION_SEARCH_CLEAR] = do_search_clear,
    [ACTION_SEARCH_EMPTY] = do_search_empty,
    [ACTION_RUBOUT] = do_rubout,
    [ACTION_CLICK] = do_click,
    [ACTION_WHEEL_UP] = do_wheel_up,
    [ACTION_WHEEL_DOWN] = do_wheel_down,
    [ACTION_REPAINT] = do_repaint,
    [ACTION_SUSPEND] = do_suspend,
    [ACTION_INTERRUPT] = do_quit,
    [ACTION_TEXT] = do_text,
};

unsigned ui_key(struct ui *ui, const struct ui_key *key)
{
    enum key_action action = key_action(ui_mode(ui), key);
    if (key->pasted && action != ACTION_TEXT)
        return UI_NOTHING;
    /* A word on what the key before did has been read when the next key comes. */
    if (actions[action] && ui->message_kind == MESSAGE_INFO)
        ui->message[0] = 0;
    return actions[action] ? actions[action](ui, key) : UI_NOTHING;
}
