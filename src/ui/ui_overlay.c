/* What lies over and under the panels: footer, help, the list of weeks, the note on a
 * screen that is too small. */
#include <stdio.h>

#include "cadence/parts.h"
#include "cadence/utf8.h"
#include "frame.h"
#include "ui_state.h"

/* ---- footer ---- */

/* Whether Enter has anything to explain: rows of artists, not their cloud. */
static bool can_explain(const struct ui *ui)
{
    return panel_get(ui->focus)->artist && ui_rows(ui) > 0;
}

/* The keys of the mode, as many as fit from column x on. */
static void keys_draw(struct ui *ui, struct canvas *canvas, int x, int y)
{
    enum key_mode mode = ui_mode(ui);
    for (size_t i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        if (!key_in_footer(row, mode) ||
            (row->action == ACTION_EXPLAIN && !can_explain(ui)) ||
            (row->action == ACTION_SEARCH && !panel_get(ui->focus)->row_text))
            continue;
        int w = key_width(row, ui->ascii);
        if (x + w + 1 > canvas->w)
            break;
        ui_region(ui, REGION_KEY, x, y, w, 1, i);
        x += canvas_text(canvas, x, y, canvas->w - x, ROLE_KEY, str_of(row->shown)) + 1;
        x += canvas_text(canvas, x, y, canvas->w - x, ROLE_DIM, str_of(row->word));
        x += canvas->w >= 120 ? 3 : 2;
    }
}

static int prompt_draw(const struct ui *ui, struct canvas *canvas, int y)
{
    char found[64], count[FIGURE_SIZE];
    int x = 1 + canvas_text(canvas, 1, y, 1, ROLE_KEY, str_of("/"));
    int max = canvas->w - 34;
    /* Of a long search the end shows: that is where one types. */
    const char *text = ui->search;
    while (text_width(str_of(text), ui->ascii) > max)
        do
            text++;
        while (utf8_goes_on(*text));
    x += canvas_text(canvas, x, y, max, ROLE_STRONG, str_of(text));
    canvas_glyph(canvas, x++, y, ROLE_SELECT, ' ', ' ');
    if (ui->search[0])
        snprintf(found, sizeof found, "%s found%s",
                 figure_count(ui->found.matches, count),
                 ui_is_searching(ui) ? ", searching" : "");
    else
        snprintf(found, sizeof found, "type to search");
    return x + 1 + canvas_text(canvas, x + 1, y, canvas->w, ROLE_DIM, str_of(found)) + 2;
}

void footer_draw(struct ui *ui, struct canvas *canvas)
{
    static const enum role roles[] = {ROLE_TEXT, ROLE_WARN, ROLE_BAD};
    int y = canvas->h - 1, x = 1;
    if (ui->prompt) {
        x = prompt_draw(ui, canvas, y);
    } else if (ui->message[0]) {
        canvas_text(canvas, 1, y, canvas->w - 2, roles[ui->message_kind],
                    str_of(ui->message));
        return;
    }
    keys_draw(ui, canvas, x, y);
}

/* ---- help ---- */

#define HELP_KEY_W 10

/* Draws the help from its line `from` on, or only counts its lines (canvas NULL). */
static int help_lines(struct canvas *canvas, int w, int from)
{
    int y = -from;
    for (size_t i = 0; i < key_row_count; i++) {
        struct str text = str_of(key_rows[i].help);
        if (!text.n)
            continue;
        if (canvas && y >= 0)
            canvas_text(canvas, 1, y, HELP_KEY_W - 1, ROLE_KEY,
                        str_of(key_rows[i].shown));
        while (text.n) {
            size_t n = part_line(text, w - HELP_KEY_W - 2, true);
            if (canvas && y >= 0)
                canvas_text(canvas, HELP_KEY_W + 1, y, w, ROLE_TEXT,
                            (struct str){text.p, n});
            n += n < text.n && text.p[n] == ' ';
            text.p += n;
            text.n -= n;
            y++;
        }
    }
    return y + from;
}

static struct frame middle(const struct canvas *canvas, int w, int h)
{
    w = w < canvas->w ? w : canvas->w;
    h = h < canvas->h - 1 ? h : canvas->h - 1;
    return (struct frame){.x = (canvas->w - w) / 2,
                          .y = (canvas->h - 1 - h) / 2,
                          .w = w,
                          .h = h,
                          .title = "",
                          .unit = "",
                          .note = "",
                          .focused = true};
}

static struct canvas overlay(struct ui *ui, struct canvas *canvas,
                             const struct frame *frame)
{
    ui_region(ui, REGION_OVERLAY, 0, 0, canvas->w, canvas->h - 1, 0);
    canvas_fill(canvas, frame->x, frame->y, frame->w, frame->h, ROLE_TEXT, ' ', ' ');
    return frame_draw(canvas, frame);
}

void help_draw(struct ui *ui, struct canvas *canvas)
{
    int w = canvas->w < 84 ? canvas->w : 84, lines = help_lines(NULL, w - 2, 0);
    struct frame frame = middle(canvas, w, lines + 2);
    int page = frame.h - 2, last = lines > page ? lines - page : 0;
    char note[64] = "";
    if (ui->help_first > (size_t)last)
        ui->help_first = (size_t)last;
    if (last)
        snprintf(note, sizeof note, "lines %zu-%d of %d", ui->help_first + 1,
                 (int)ui->help_first + page, lines);
    frame.title = "Keys";
    frame.unit = "cadence " CADENCE_VERSION;
    frame.note = note;
    struct canvas inside = overlay(ui, canvas, &frame);
    help_lines(&inside, inside.w, (int)ui->help_first);
}

/* ---- list of weeks ---- */

#define WEEK_USERS_W 46 /* from here on there is room for the users of a week */

static void week_line(const struct ui *ui, struct canvas *inside, int y, size_t week)
{
    const struct week_row *row = &ui_snapshot(ui)->week[week];
    bool on = !ui->filter.all_weeks && week_chosen(&ui->filter, ui_snapshot(ui), week);
    char plays[FIGURE_SIZE], users[FIGURE_SIZE];
    canvas_text(inside, 1, y, 3, on ? ROLE_GOOD : ROLE_DIM, str_of(on ? "[x]" : "[ ]"));
    canvas_printf(inside, 5, y, ROLE_TEXT, "%-9s %s", row->label, row->id);
    if (inside->w >= 62)
        canvas_printf(inside, 25, y, ROLE_DIM, "%s .. %s", row->from, row->to);
    if (inside->w >= WEEK_USERS_W)
        canvas_printf_right(inside, inside->w - 11, y, ROLE_TEXT, "%s",
                            figure_fit(row->users, 9, users));
    canvas_printf_right(inside, inside->w - 1, y, ROLE_TEXT, "%s",
                        figure_fit(row->plays, 9, plays));
    if (week == ui->week_cursor)
        canvas_paint(inside, 0, y, inside->w, 1, ROLE_SELECT);
}

void week_list_draw(struct ui *ui, struct canvas *canvas)
{
    size_t weeks = ui_snapshot(ui)->weeks;
    int want = weeks < 1000 ? (int)weeks + 3 : 1003;
    struct frame frame =
        middle(canvas, canvas->w >= 72 ? 72 : canvas->w, want > 6 ? want : 6);
    char note[64] = "";
    if (weeks)
        snprintf(note, sizeof note, "%zu of %zu",
                 weeks - (ui->week_cursor < weeks ? ui->week_cursor : weeks - 1), weeks);
    frame.title = "Weeks, in all zones";
    frame.unit = ui->filter.all_weeks ? "all of them, Space ticks, Enter closes"
                                      : "Space ticks, 0 takes all, Enter closes";
    frame.note = note;
    struct canvas inside = overlay(ui, canvas, &frame);
    if (weeks == 0) {
        canvas_text(&inside, 1, 1, inside.w - 2, ROLE_DIM,
                    str_of("No week has been seen yet."));
        return;
    }
    if (inside.w >= WEEK_USERS_W)
        canvas_printf_right(&inside, inside.w - 11, 0, ROLE_DIM, "users");
    canvas_printf_right(&inside, inside.w - 1, 0, ROLE_DIM, "plays");
    /* Newest first; the cursor in the middle where it can be. */
    size_t page = inside.h > 1 ? (size_t)inside.h - 1 : 1;
    ui->week_cursor = ui->week_cursor < weeks ? ui->week_cursor : weeks - 1;
    size_t at = weeks - 1 - ui->week_cursor, first = at > page / 2 ? at - page / 2 : 0;
    if (first + page > weeks)
        first = weeks > page ? weeks - page : 0;
    for (size_t i = 0; i < page && first + i < weeks; i++) {
        size_t week = weeks - 1 - first - i;
        week_line(ui, &inside, 1 + (int)i, week);
        ui_region(ui, REGION_WEEK_ROW, frame.x + 1, frame.y + 2 + (int)i, inside.w, 1,
                  week);
    }
}

/* ---- too small ---- */

void too_small_draw(const struct ui *ui, struct canvas *canvas)
{
    char plays[FIGURE_SIZE];
    int y = canvas->h > 4 ? (canvas->h - 4) / 2 : 0;
    canvas_printf(canvas, 0, y, ROLE_WARN, "%dx%d is too small", ui->w, ui->h);
    canvas_printf(canvas, 0, y + 1, ROLE_TEXT, "%dx%d at least", UI_MIN_W, UI_MIN_H);
    canvas_printf(canvas, 0, y + 2, ROLE_TEXT, "%s",
                  figure_things(ui_snapshot(ui)->input.plays, "play", plays));
    canvas_printf(canvas, 0, y + 3, ROLE_DIM, "q quits");
}
