/* Keys that go somewhere: from panel to panel, through rows, weeks and the help, by
 * search. */
#include "canvas_unicode.h"
#include "ui_actions.h"

/* ---- panels ---- */

static unsigned panel_step(struct ui *ui, int step)
{
    int count = PANEL_COUNT, id = (int)ui->focus;
    do
        id = (id + step + count) % count;
    while (id == PANEL_KAFKA && !ui->kafka);
    ui_focus(ui, (enum panel_id)id);
    ui->why_artist = 0;
    /* One alone may want more than the overview had. */
    return ui_is_alone(ui) ? UI_REDRAW | UI_REQUEST | ui_want_rows(ui) : UI_REDRAW;
}

unsigned action_panel_next(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return panel_step(ui, 1);
}

unsigned action_panel_back(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return panel_step(ui, -1);
}

/* The artist in the selected row, if it is one that can be explained, else 0. */
static uint32_t artist_selected(const struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    long row = ui_selected_row(ui);
    return panel->artist && row >= 0 ? panel->artist(&view, (size_t)row) : 0;
}

static unsigned explain(struct ui *ui, uint32_t artist)
{
    ui->why_artist = artist;
    if (!artist) /* nothing is wanted that is not there */
        return UI_REDRAW;
    ui->stale |= ui_snapshot(ui)->why.id != artist;
    return UI_REDRAW | UI_REQUEST;
}

/* Explains the artist in the selected row, if it is one that rises; again: no more. */
unsigned action_explain(struct ui *ui, const struct ui_key *key)
{
    uint32_t artist = artist_selected(ui);
    /* Alone for want of room only: from now on because it is wanted. */
    if (!ui->alone || !panel_get(ui->focus)->artist || ui_selected_row(ui) < 0)
        return action_open(ui, key);
    if (!artist && !ui->why_artist) {
        ui_message(ui, MESSAGE_INFO, "only a rising artist can be explained", ui->now_ms);
        return UI_REDRAW;
    }
    return explain(ui, artist == ui->why_artist ? 0 : artist);
}

/* The explanation is of the row selected; of one that does not rise there is none. */
unsigned ui_explain_selected(struct ui *ui)
{
    uint32_t artist = ui->why_artist ? artist_selected(ui) : 0;
    return artist == ui->why_artist ? UI_NOTHING : explain(ui, artist);
}

/* To the first row of the artist explained, whom new figures may have elsewhere. */
static bool select_explained(struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    size_t rows = panel->artist && !ui->search[0] ? ui_rows(ui) : 0, row = 0;
    while (row < rows && panel->artist(&view, row) != ui->why_artist)
        row++;
    if (row < rows)
        ui_select_row(ui, row);
    return row < rows;
}

unsigned ui_settle(struct ui *ui)
{
    if (!ui->why_artist || artist_selected(ui) == ui->why_artist || select_explained(ui))
        return UI_NOTHING;
    /* A list that is not all there yet may still have the artist. */
    uint32_t artist = snapshot_more(ui_snapshot(ui)) ? 0 : artist_selected(ui);
    return artist ? explain(ui, artist) : UI_NOTHING;
}

unsigned action_open(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->alone = true;
    return UI_REDRAW | UI_REQUEST | ui_want_rows(ui);
}

/* All rows again, and of them this one. */
static void search_end(struct ui *ui, long row)
{
    ui->search[0] = 0;
    ui_match(ui);
    ui_select_row(ui, row > 0 ? (size_t)row : 0);
}

/* One step out of whatever is open. */
unsigned action_back(struct ui *ui, const struct ui_key *key)
{
    char name[ROW_TEXT_MAX];
    (void)key;
    if (ui->help) {
        ui->help = false;
    } else if (ui->weeks) {
        ui->weeks = false;
    } else if (ui->search[0]) {
        ui_row_name(ui, name);
        search_end(ui, ui_selected_row(ui));
        /* Figures that waited for the search may have it elsewhere. */
        ui_follow(ui, name);
    } else if (ui->why_artist) {
        return explain(ui, 0);
    } else {
        ui->alone = false;
        ui->want_all = ui->go_last = false;
        ui_focus(ui, ui_placed(ui));
        ui->selected = ui->first = 0;
    }
    return UI_REDRAW;
}

/* ---- moving ---- */

/* The nearest panel of the overview in a direction: it must lie wholly on that side;
 * among those the closest, distance across counting double. */
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
        int y =
            2 * (2 * to->y + to->h - 2 * from->y - from->h); /* a cell is twice as high */
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
        ui->help_first = rows < 0 && ui->help_first < (size_t)-rows
                             ? 0
                             : ui->help_first + (size_t)rows;
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
        return UI_REDRAW | ui_explain_selected(ui) |
               (ui->selected + ui_page(ui) >= ui_rows(ui) ? ui_want_rows(ui)
                                                          : UI_NOTHING);
    }
}

static long page_rows(const struct ui *ui)
{
    return ui_mode(ui) == MODE_ALONE || ui_mode(ui) == MODE_SEARCH ? (long)ui_page(ui)
           : ui->h > 12                                            ? ui->h - 8
                                                                   : 4;
}

#define FAR 1000000000L

unsigned action_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -1);
}

unsigned action_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, 1);
}

unsigned action_page_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -page_rows(ui));
}

unsigned action_page_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, page_rows(ui));
}

unsigned action_first(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    return move(ui, -FAR);
}

unsigned action_last(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    unsigned effect = move(ui, FAR);
    if (ui_mode(ui) != MODE_ALONE)
        return effect;
    ui->want_all = ui->go_last = true;
    return effect | ui_want_rows(ui);
}

unsigned action_left(struct ui *ui, const struct ui_key *key)
{
    return ui_is_alone(ui) ? action_panel_back(ui, key) : focus_towards(ui, -1, 0);
}

unsigned action_right(struct ui *ui, const struct ui_key *key)
{
    return ui_is_alone(ui) ? action_panel_next(ui, key) : focus_towards(ui, 1, 0);
}

/* ---- search ---- */

/* What is explained must not differ from what is selected. */
static unsigned searched(struct ui *ui)
{
    return UI_REDRAW | ui_want_rows(ui) |
           (search_is_done(ui) ? ui_explain_selected(ui) : UI_NOTHING);
}

static unsigned search_changed(struct ui *ui)
{
    ui->selected = ui->first = 0;
    ui->follow[0] = 0;
    ui->go_last = false;
    ui_match(ui);
    return searched(ui);
}

unsigned action_search(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (!panel_get(ui->focus)->row_text) {
        ui_message(ui, MESSAGE_INFO, "this panel has no rows to search in", ui->now_ms);
        return UI_REDRAW;
    }
    long row = ui_selected_row(ui);
    ui->back.alone = ui->alone;
    ui->back.cloud = ui->cloud;
    ui->back.why_artist = ui->why_artist;
    ui->back.row = row > 0 ? (size_t)row : 0;
    ui_row_name(ui, ui->back.name);
    ui->alone = ui->prompt = true;
    if (ui->focus == PANEL_ARTISTS) /* their list: a cloud cannot be searched */
        ui->cloud = false;
    ui->message[0] = 0;
    ui->search[0] = 0;
    return search_changed(ui);
}

unsigned action_text(struct ui *ui, const struct ui_key *key)
{
    char bytes[4];
    size_t n = utf8_put(key->ch, bytes), used = strlen(ui->search);
    enum glyph_class kind = unicode_class(key->ch);
    if (used + n >= sizeof ui->search || kind == GLYPH_HIDDEN)
        return UI_NOTHING;
    memcpy(ui->search + used, bytes, n);
    ui->search[used + n] = 0;
    ui->selected = ui->first = 0;
    ui->follow[0] = 0;
    if (used)
        ui_match_longer(ui);
    else
        ui_match(ui);
    return searched(ui);
}

/* Takes the last character away; in an empty prompt it leaves. */
unsigned action_rubout(struct ui *ui, const struct ui_key *key)
{
    size_t n = strlen(ui->search);
    if (n == 0)
        return action_search_clear(ui, key);
    while (n > 0 && utf8_goes_on(ui->search[--n]))
        ;
    ui->search[n] = 0;
    return search_changed(ui);
}

unsigned action_search_empty(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->search[0] = 0;
    return search_changed(ui);
}

unsigned action_search_keep(struct ui *ui, const struct ui_key *key)
{
    if (!ui->search[0]) /* nothing to keep */
        return action_search_clear(ui, key);
    ui->prompt = false;
    return UI_REDRAW;
}

unsigned action_search_clear(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->prompt = false;
    ui->alone = ui->back.alone;
    ui->cloud = ui->back.cloud;
    search_end(ui, (long)ui->back.row);
    ui_follow(ui, ui->back.name);
    return explain(ui, ui->back.why_artist);
}

/* ---- mouse ---- */

unsigned action_click(struct ui *ui, const struct ui_key *key)
{
    return ui_click(ui, key->x, key->y);
}

unsigned action_wheel_up(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui_mode(ui) == MODE_OVERVIEW)
        chips_scroll(ui, -1);
    else
        move(ui, -3);
    return UI_REDRAW | UI_REQUEST;
}

unsigned action_wheel_down(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui_mode(ui) == MODE_OVERVIEW)
        chips_scroll(ui, 1);
    else
        move(ui, 3);
    return UI_REDRAW | UI_REQUEST;
}
