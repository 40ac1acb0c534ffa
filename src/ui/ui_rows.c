/* Rows of a panel that stands alone: how many, which is selected, where the picture
 * begins. */
#include "ui_state.h"

static size_t panel_rows(const struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    return panel->rows ? panel->rows(&view) : 0;
}

size_t ui_rows(const struct ui *ui)
{
    return ui->search[0] ? ui->found.matches : panel_rows(ui);
}

/* All but the border and a few lines of headings. */
size_t ui_page(const struct ui *ui)
{
    int h = ui_body(ui).h;
    return h > 6 ? (size_t)h - 5 : 1;
}

size_t ui_headings(const struct ui *ui, size_t place)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    return panel->headings && !ui->search[0] ? panel->headings(&view, place) : 0;
}

bool ui_is_heading(const struct ui *ui, size_t place)
{
    return ui_headings(ui, place + 1) > ui_headings(ui, place);
}

/* To the nearest row that is no heading, downwards first. */
static void leave_heading(struct ui *ui, bool down)
{
    size_t rows = ui_rows(ui), at = ui->selected;
    for (int turn = 0; turn < 2; turn++, down = !down) {
        while (at < rows && ui_is_heading(ui, at) && (down || at > 0))
            at += down ? 1 : (size_t)-1;
        if (at < rows && !ui_is_heading(ui, at)) {
            ui->selected = at;
            return;
        }
        at = ui->selected;
    }
}

static void clamp(struct ui *ui, bool down)
{
    size_t rows = ui_rows(ui);
    size_t page = ui_page(ui);
    if (!ui->go_last && ui->selected >= rows && !search_is_done(ui))
        return; /* a later slice may come to it */
    if (ui->go_last || ui->selected >= rows)
        ui->selected = rows ? rows - 1 : 0;
    leave_heading(ui, down);
    if (ui->selected == ui_headings(ui, ui->selected)) /* with what is above the first */
        ui->first = 0;
    if (ui->first > ui->selected)
        ui->first = ui->selected;
    if (ui->selected >= ui->first + page)
        ui->first = ui->selected - page + 1;
}

void ui_match(struct ui *ui)
{
    ui_take_next(ui);
    search_begin(ui, panel_rows(ui));
    search_go_on(ui);
    clamp(ui, true);
}

void ui_match_longer(struct ui *ui)
{
    if (ui->next) {
        ui_match(ui);
        return;
    }
    search_narrow(ui);
    search_go_on(ui);
    clamp(ui, true);
}

void ui_move(struct ui *ui, long by)
{
    size_t rows = ui_rows(ui);
    ui->go_last = false;
    ui->follow[0] = 0;
    if (by < 0)
        ui->selected -= ui->selected < (size_t)-by ? ui->selected : (size_t)-by;
    else
        ui->selected = rows && ui->selected + (size_t)by >= rows
                           ? rows - 1
                           : ui->selected + (size_t)by;
    clamp(ui, by > 0);
}

long ui_selected_row(const struct ui *ui)
{
    if (ui->selected >= ui_rows(ui))
        return -1;
    return (long)(ui->search[0] ? ui->found.match[ui->selected] : ui->selected);
}

void ui_select_row(struct ui *ui, size_t row)
{
    size_t half = ui_page(ui) / 2;
    ui->follow[0] = 0;
    ui->selected = row;
    ui->first = row > half ? row - half : 0;
    clamp(ui, true);
}

static void row_text(const struct ui *ui, size_t place, char out[ROW_TEXT_MAX])
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    out[0] = 0;
    if (panel->row_text)
        panel->row_text(&view, ui->search[0] ? ui->found.match[place] : place, out,
                        ROW_TEXT_MAX);
}

bool ui_is_top(const struct ui *ui)
{
    bool is_found = ui->search[0] && !ui->prompt;
    return ui->selected == ui_headings(ui, ui->selected) && !is_found;
}

void ui_row_name(const struct ui *ui, char out[ROW_TEXT_MAX])
{
    out[0] = 0;
    if (!ui_is_top(ui) && ui->selected < ui_rows(ui) && !ui->go_last)
        row_text(ui, ui->selected, out);
}

#define FOLLOW_REACH 500 /* rows up and down; who has gone farther is left */

static bool is_named(const struct ui *ui, size_t place, const char *row)
{
    char text[ROW_TEXT_MAX];
    if (place >= ui_rows(ui))
        return false;
    row_text(ui, place, text);
    return strcmp(text, row) == 0;
}

void ui_follow(struct ui *ui, const char *row)
{
    size_t at = ui->selected, line = at - ui->first;
    for (size_t by = 0; row[0] && by <= FOLLOW_REACH; by++) {
        size_t to = is_named(ui, at + by, row)               ? at + by
                    : by <= at && is_named(ui, at - by, row) ? at - by
                                                             : SIZE_MAX;
        if (to == SIZE_MAX)
            continue;
        ui->selected = to;
        ui->first = to > line ? to - line : 0;
        clamp(ui, true);
        return;
    }
}

static void follow_if_done(struct ui *ui)
{
    if (!search_is_done(ui))
        return;
    ui_follow(ui, ui->follow);
    ui->follow[0] = 0;
}

void ui_new_rows(struct ui *ui)
{
    ui_match(ui);
    follow_if_done(ui);
}

bool ui_has_work(const struct ui *ui)
{
    return !search_is_done(ui);
}

void ui_work(struct ui *ui)
{
    search_go_on(ui);
    if (search_is_done(ui))
        ui_take_next(ui);
    clamp(ui, true);
    follow_if_done(ui);
}
