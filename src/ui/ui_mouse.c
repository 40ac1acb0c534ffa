/* Clicks: on panels and their rows, states, weeks, zones, keys of the footer. */
#include <stdio.h>

#include "cadence/chart.h"
#include "ui_actions.h"

static const struct region *region_at(const struct ui *ui, int x, int y)
{
    for (size_t i = ui->regions; i-- > 0;) {
        const struct region *r = &ui->region[i];
        if (x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h)
            return r;
    }
    return NULL;
}

/* What the panel says is at that place. */
struct place {
    long row; /* -1: none */
    unsigned state;
};

static struct place place_at(const struct ui *ui, const struct region *r, int x, int y)
{
    const struct panel *panel = panel_get((enum panel_id)r->arg);
    struct place found = {-1, STATE_NONE};
    if (x == r->x || y == r->y || x == r->x + r->w - 1 || y == r->y + r->h - 1)
        return found;
    struct panel_view view = ui_view(ui, (enum panel_id)r->arg);
    struct canvas inside;
    canvas_init(&inside, r->w - 2, r->h - 2, ui->ascii);
    if (panel->hit)
        found.row = panel->hit(&view, &inside, x - r->x - 1, y - r->y - 1);
    if (panel->state)
        found.state = panel->state(&view, &inside, x - r->x - 1, y - r->y - 1);
    canvas_fini(&inside);
    return found;
}

static void tell_state(struct ui *ui, unsigned state)
{
    const struct snapshot *s = ui_snapshot(ui);
    char name[3], text[128], users[FIGURE_SIZE], plays[FIGURE_SIZE];
    struct state_row none = {0};
    const struct state_row *row = &none;
    state_name(state, name);
    for (size_t i = 0; i < s->states; i++)
        if (s->state[i].state == state)
            row = &s->state[i];
    snprintf(text, sizeof text, "%s (%s): %s, %s", name, zone_name(state_zone(state)),
             figure_things(row->users, "user", users),
             figure_things(row->plays, "play", plays));
    ui_message(ui, MESSAGE_INFO, text, ui->now_ms);
}

static void select_row(struct ui *ui, size_t row)
{
    if (ui_is_heading(ui, row))
        return;
    ui->go_last = false;
    ui->follow[0] = 0;
    for (size_t i = 0; i < ui->found.matches && ui->search[0]; i++)
        if (ui->found.match[i] == row)
            ui->selected = i;
    if (!ui->search[0])
        ui->selected = row;
}

static unsigned click_panel(struct ui *ui, const struct region *r, int x, int y)
{
    enum panel_id id = (enum panel_id)r->arg;
    bool again = id == ui->focus, alone = ui_is_alone(ui);
    struct place found = place_at(ui, r, x, y);
    ui_focus(ui, id);
    if (found.state)
        tell_state(ui, found.state);
    if (alone && found.row >= 0)
        select_row(ui, (size_t)found.row);
    if (alone || found.state || !again)
        return UI_REDRAW | ui_explain_selected(ui);
    ui->alone = true;
    return UI_REDRAW | UI_REQUEST | ui_want_rows(ui);
}

static unsigned click_key(struct ui *ui, const struct key_row *row)
{
    /* "1-6" says which keys there are; which of them is meant, nobody knows. */
    if (row->code == KEY_CHAR && row->first != row->last)
        return UI_NOTHING;
    return ui_key(ui, &(struct ui_key){.code = row->code, .ch = row->first});
}

/* The arrows beside the weeks turn them over by pages; where there is room for one week
 * only, they choose the one before and after. */
static unsigned click_arrow(struct ui *ui, int step)
{
    if (ui->w < UI_CHIPS_W)
        return ui_key(ui, &(struct ui_key){.code = KEY_CHAR, .ch = step < 0 ? '[' : ']'});
    chips_scroll(ui, step * (long)ui->chips_shown);
    return UI_REDRAW;
}

unsigned ui_click(struct ui *ui, int x, int y)
{
    const struct region *r = region_at(ui, x, y);
    const struct snapshot *s = ui_snapshot(ui);
    switch (r ? r->kind : REGION_NONE) {
    case REGION_NONE:
        return UI_NOTHING;
    case REGION_PANEL:
        return click_panel(ui, r, x, y);
    case REGION_WEEK:
        ui->chips_held = true; /* under the mouse */
        week_toggle(&ui->filter, s, r->arg);
        return ui_filter_changed(ui);
    case REGION_WEEK_ROW:
        ui->chips_held = false;
        ui->week_cursor = r->arg;
        week_toggle(&ui->filter, s, r->arg);
        return ui_filter_changed(ui);
    case REGION_WEEK_ALL:
        weeks_all(&ui->filter);
        return ui_filter_changed(ui);
    case REGION_WEEKS_OLDER:
    case REGION_WEEKS_NEWER:
        return click_arrow(ui, r->kind == REGION_WEEKS_OLDER ? -1 : 1);
    case REGION_ZONE:
        zone_toggle(&ui->filter, (enum zone)r->arg);
        return ui_filter_changed(ui);
    case REGION_ZONE_ALL:
        ui->filter.zones = ZONES_ALL;
        return ui_filter_changed(ui);
    case REGION_KEY:
        return click_key(ui, &key_rows[r->arg]);
    case REGION_OVERLAY:
        ui->help = ui->weeks = false;
        return UI_REDRAW;
    }
    return UI_NOTHING;
}
