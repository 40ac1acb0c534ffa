/* The line of weeks and zones. There can be hundreds of weeks: the line shows as many as
 * it has room for, around the newest chosen. */
#include <stdio.h>

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

/* The newest week that the window shows: the newest of all, or, when weeks are chosen and
 * none of them would be seen, the newest chosen with a few after it. */
static size_t window_end(const struct ui *ui, const struct snapshot *s, int room)
{
    if (s->weeks == 0)
        return 0;
    size_t end = s->weeks, chosen = s->weeks, fits = 1;
    int newest = week_width(s, s->weeks - 1);
    if (room > newest)
        fits = (size_t)((room - newest) / week_width(s, 0)) + 1;
    for (size_t i = s->weeks; i-- > 0 && !ui->filter.all_weeks && chosen == s->weeks;)
        if (week_chosen(&ui->filter, s, i))
            chosen = i;
    if (chosen < s->weeks && s->weeks - chosen > fits)
        end = chosen + 1 + fits / 2 > fits ? chosen + 1 + fits / 2 : fits;
    end = end < s->weeks ? end : s->weeks;
    size_t back = ui->chips_back > 0 ? (size_t)ui->chips_back : 0;
    size_t forward = ui->chips_back < 0 ? (size_t)-ui->chips_back : 0;
    end = end > back ? end - back : 1;
    return end + forward < s->weeks ? end + forward : s->weeks;
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
    char text[32];
    const char *plural = s->weeks == 1 ? "" : "s";
    size_t chosen = 0;
    for (size_t i = 0; i < s->weeks; i++)
        chosen += week_chosen(&ui->filter, s, i);
    if (ui->filter.all_weeks)
        snprintf(text, sizeof text, "%zu week%s ", s->weeks, plural);
    else
        snprintf(text, sizeof text, "%zu/%zu week%s ", chosen, s->weeks, plural);
    int used = canvas_text(canvas, x, y, room, ROLE_DIM, str_of(text));
    x += used;
    room -= used + 5 + 4; /* the chip "all" and two arrows */
    size_t end = window_end(ui, s, room), first = end;
    for (int left = room; first > 0 && week_width(s, first - 1) <= left; first--)
        left -= week_width(s, first - 1);
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
    for (size_t i = 0; i < s->weeks; i++)
        if (week_chosen(filter, s, i)) {
            chosen++;
            last = i;
        }
    if (filter->all_weeks)
        snprintf(out, size, "%s%zu week%s", s->weeks > 1 ? "all " : "", s->weeks,
                 s->weeks == 1 ? "" : "s");
    else if (chosen == 1)
        week_text(s, last, out, size);
    else
        snprintf(out, size, "%zu of %zu weeks", chosen, s->weeks);
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

static void chips_draw_narrow(struct ui *ui, struct canvas *canvas, int y)
{
    char text[64];
    arrow(ui, canvas, 1, y, true, true);
    weeks_brief(&ui->filter, ui_snapshot(ui), text, sizeof text);
    int x = 3 + canvas_text(canvas, 3, y, canvas->w, ROLE_CHIP_ON, str_of(text));
    arrow(ui, canvas, x + 1, y, false, true);
    zones_brief(ui->filter.zones, text, sizeof text);
    canvas_text(canvas, x + 5, y, canvas->w - x - 6, ROLE_CHIP_ON, str_of(text));
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
