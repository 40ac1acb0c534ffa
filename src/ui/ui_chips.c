/* The line of weeks and zones. There can be hundreds of weeks: the line shows as many as
 * it has room for, around the newest chosen. */
#include <stdio.h>

#include "cadence/chart.h"
#include "ui_state.h"

/* " text " as a chip that can be clicked; returns the columns used. */
static int chip(struct ui *ui, struct canvas *canvas, int x, int y, bool on,
                const char *text, enum region_kind kind, size_t arg)
{
    int w = text_width(str_of(text), ui->ascii) + 2;
    enum role role = on ? ROLE_CHIP_ON : ROLE_CHIP;
    canvas_fill(canvas, x, y, w, 1, role, ' ', ' ');
    canvas_text(canvas, x + 1, y, w - 2, role, str_of(text));
    /* Without colour a chosen chip must show as well. */
    if (on && w > 2) {
        canvas_glyph(canvas, x, y, role, '[', '[');
        canvas_glyph(canvas, x + w - 1, y, role, ']', ']');
    }
    ui_region(ui, kind, x, y, w, 1, arg);
    return w;
}

/* ---- zones ---- */

/* The most telling way to write the zones that fits; below them it is a sentence. */
static int zones_style(int w)
{
    return w >= 150 ? 3 : w >= 100 ? 2 : w >= UI_CHIPS_W ? 1 : 0;
}

static void zone_text(enum zone zone, int style, char *out, size_t size)
{
    const char *name = zone_name(zone);
    if (style == 3)
        snprintf(out, size, "%d %s", (int)zone + 1, name);
    else
        snprintf(out, size, "%d%s", (int)zone + 1, zone == ZONE_OTHER ? "Oth" : name);
}

static int zones_width(int style)
{
    int w = style == 3 ? 6 + 5 : style == 2 ? 5 : 0;
    for (enum zone zone = 0; zone < ZONE_COUNT; zone++) {
        char text[16];
        zone_text(zone, style, text, sizeof text);
        w += (int)strlen(text) + 2;
    }
    return w;
}

static void zones_draw(struct ui *ui, struct canvas *canvas, int x, int y, int style)
{
    bool all = ui->filter.zones == ZONES_ALL;
    if (style == 3)
        x += canvas_text(canvas, x, y, 6, ROLE_DIM, str_of("zones "));
    for (enum zone zone = 0; zone < ZONE_COUNT; zone++) {
        char text[16];
        zone_text(zone, style, text, sizeof text);
        x += chip(ui, canvas, x, y, !all && ui->filter.zones >> zone & 1, text,
                  REGION_ZONE, zone);
    }
    if (style > 1)
        chip(ui, canvas, x, y, all, "all", REGION_ZONE_ALL, 0);
}

/* ---- weeks ---- */

static void week_text(const struct snapshot *s, size_t week, char *out, size_t size)
{
    const struct week_row *row = &s->week[week];
    snprintf(out, size, "%s", week + 1 == s->weeks ? row->label : row->brief);
}

static int week_width(const struct snapshot *s, size_t week)
{
    const struct week_row *row = &s->week[week];
    return (int)strlen(week + 1 == s->weeks ? row->label : row->brief) + 2;
}

/* Where a line begins that ends before `end` and is full. */
static size_t first_before(const struct snapshot *s, size_t end, int room)
{
    size_t first = end;
    while (first > 0 && week_width(s, first - 1) <= room)
        room -= week_width(s, --first);
    return first;
}

/* Where the line begins unless it is held: so that it ends with the newest of all, or,
 * when weeks are chosen and none of them would be seen, with a few after the newest
 * chosen. */
static size_t natural_first(const struct ui *ui, const struct snapshot *s, int room)
{
    size_t first = first_before(s, s->weeks, room), fits = s->weeks - first;
    for (size_t i = s->weeks; i-- > 0 && !ui->filter.all_weeks;)
        if (week_chosen(&ui->filter, s, i))
            return i >= first ? first : first_before(s, i + 1 + fits / 2, room);
    return first;
}

/* The weeks on the line: as many as find room. */
static void window_make(struct ui *ui, const struct snapshot *s, int room)
{
    size_t last = first_before(s, s->weeks, room);
    size_t first = ui->chips_held ? ui->chips_first : natural_first(ui, s, room);
    size_t end = first = first < last ? first : last;
    for (; end < s->weeks && week_width(s, end) <= room; end++)
        room -= week_width(s, end);
    ui->chips_first = first;
    ui->chips_shown = end - first;
}

void chips_scroll(struct ui *ui, long weeks)
{
    if (ui->w < UI_CHIPS_W) /* there is no line to scroll */
        return;
    long first = (long)ui->chips_first + weeks,
         last = (long)ui_snapshot(ui)->weeks - (long)ui->chips_shown;
    first = first < last ? first : last;
    ui->chips_first = first > 0 ? (size_t)first : 0;
    ui->chips_held = first < last; /* at its end it goes on with the newest */
}

static void arrow(struct ui *ui, struct canvas *canvas, int x, int y, bool left,
                  bool more)
{
    enum role role = more ? ROLE_KEY : ROLE_CHIP;
    canvas_glyph(canvas, x, y, role, left ? 0x2039 : 0x203A, left ? '<' : '>');
    ui_region(ui, left ? REGION_WEEKS_OLDER : REGION_WEEKS_NEWER, x, y, 1, 1, 0);
}

static void weeks_draw(struct ui *ui, struct canvas *canvas, int x, int y, int room)
{
    const struct snapshot *s = ui_snapshot(ui);
    char text[64], all[FIGURE_SIZE], some[FIGURE_SIZE];
    const char *plural = s->weeks == 1 ? "" : "s";
    size_t chosen = 0;
    figure_count(s->weeks, all);
    for (size_t i = 0; i < s->weeks; i++)
        chosen += week_chosen(&ui->filter, s, i);
    if (ui->filter.all_weeks)
        snprintf(text, sizeof text, "%s week%s ", all, plural);
    else
        snprintf(text, sizeof text, "%s/%s week%s ", figure_count(chosen, some), all,
                 plural);
    int used = canvas_text(canvas, x, y, room, ROLE_DIM, str_of(text));
    x += used;
    room -= used + 5 + 4; /* the chip "all" and two arrows */
    window_make(ui, s, room);
    size_t first = ui->chips_first, end = first + ui->chips_shown;
    arrow(ui, canvas, x, y, true, first > 0);
    x += 1;
    for (size_t i = first; i < end; i++) {
        week_text(s, i, text, sizeof text);
        bool on = !ui->filter.all_weeks && week_chosen(&ui->filter, s, i);
        x += chip(ui, canvas, x, y, on, text, REGION_WEEK, i);
    }
    arrow(ui, canvas, x, y, false, end < s->weeks);
    chip(ui, canvas, x + 1, y, ui->filter.all_weeks, "all", REGION_WEEK_ALL, 0);
}

/* ---- narrow screens ---- */

void weeks_brief(const struct filter *filter, const struct snapshot *s, char *out,
                 size_t size)
{
    size_t chosen = 0, last = 0;
    char all[FIGURE_SIZE], some[FIGURE_SIZE];
    figure_count(s->weeks, all);
    for (size_t i = 0; i < s->weeks; i++)
        if (week_chosen(filter, s, i)) {
            chosen++;
            last = i;
        }
    if (filter->all_weeks)
        snprintf(out, size, "%s%s week%s", s->weeks > 1 ? "all " : "", all,
                 s->weeks == 1 ? "" : "s");
    else if (chosen == 1)
        week_text(s, last, out, size);
    else
        snprintf(out, size, "%s of %s weeks", figure_count(chosen, some), all);
}

void zones_brief(unsigned zones, char *out, size_t size)
{
    bool all = zones == ZONES_ALL;
    size_t used = (size_t)snprintf(out, size, "%s", all ? "all zones" : "");
    for (enum zone zone = 0; zone < ZONE_COUNT && !all; zone++)
        if (zones >> zone & 1 && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " " : "",
                                     zone_name(zone));
}

/* By the keys that choose them: "zones 1245". */
static void zones_least(unsigned zones, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "zones ");
    for (enum zone zone = 0; zone < ZONE_COUNT; zone++)
        if (zones >> zone & 1)
            used += (size_t)snprintf(out + used, size - used, "%d", (int)zone + 1);
}

static void chips_draw_narrow(struct ui *ui, struct canvas *canvas, int y)
{
    char text[64];
    arrow(ui, canvas, 1, y, true, true);
    weeks_brief(&ui->filter, ui_snapshot(ui), text, sizeof text);
    int x = 3 + canvas_text(canvas, 3, y, canvas->w, ROLE_CHIP_ON, str_of(text));
    arrow(ui, canvas, x + 1, y, false, true);
    int room = canvas->w - x - 6;
    zones_brief(ui->filter.zones, text, sizeof text);
    if ((int)strlen(text) > room)
        zones_least(ui->filter.zones, text, sizeof text);
    canvas_text(canvas, x + 5, y, room, ROLE_CHIP_ON, str_of(text));
}

void chips_draw(struct ui *ui, struct canvas *canvas, int y)
{
    int style = zones_style(canvas->w);
    if (style == 0) {
        chips_draw_narrow(ui, canvas, y);
        return;
    }
    int x = canvas->w - zones_width(style) - 1;
    weeks_draw(ui, canvas, 1, y, x - 2);
    zones_draw(ui, canvas, x, y, style);
}
