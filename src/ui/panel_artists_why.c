#include "artists.h"

#include <math.h>
#include <stdio.h>

/* A share that has changed: the name of what it is of, per cent before and now. */
struct change {
    char name[24];
    double before, now;
};

#define CHANGES 8

static bool has_any(const float share[STATE_COUNT])
{
    for (unsigned state = 0; state < STATE_COUNT; state++)
        if (share[state] > 0)
            return true;
    return false;
}

/* Keeps the largest gains, in order. */
static void change_add(struct change *list, size_t *count, const char *name,
                       double before, double now)
{
    if (now <= 0 && before <= 0)
        return;
    size_t i = *count;
    while (i > 0 && now - before > list[i - 1].now - list[i - 1].before) {
        if (i < CHANGES)
            list[i] = list[i - 1];
        i--;
    }
    if (i >= CHANGES)
        return;
    list[i].before = before;
    list[i].now = now;
    snprintf(list[i].name, sizeof list[i].name, "%s", name);
    *count += *count < CHANGES;
}

/* With a heading, where there is one. */
static int draw_changes(struct canvas *canvas, int y, const char *heading,
                        const struct trend_why *why, const struct change *list,
                        size_t count)
{
    /* Of nobody there are no shares. */
    bool before = has_any(why->state_before), now = has_any(why->state_now);
    if (heading && count && y + 1 < canvas->h)
        canvas_printf(canvas, 0, y++, ROLE_DIM, "%-16sbefore   now", heading);
    for (size_t i = 0; i < count && y < canvas->h; i++, y++) {
        double gain = rint(list[i].now) - rint(list[i].before);
        int bar = canvas->w - 34;
        canvas_text(canvas, 2, y, 12, ROLE_TEXT, str_of(list[i].name));
        canvas_printf_right(canvas, 20, y, ROLE_DIM, before ? "%.0f%%" : "-",
                            list[i].before);
        canvas_printf_right(canvas, 26, y, ROLE_STRONG, now ? "%.0f%%" : "-",
                            list[i].now);
        if (before && now)
            canvas_printf_right(canvas, 33, y, gain > 0 ? ROLE_RISE : ROLE_DIM, "%+.0f",
                                gain);
        if (bar > 4)
            chart_bar(canvas, 34, y, bar, ROLE_BAR, list[i].now / 100);
    }
    return y;
}

/* Of the artist that is explained, and the list that it is in; NULL: in none. */
static const struct trend_entry *entry_of(const struct snapshot *s,
                                          const struct trend_rows **list)
{
    static const enum section sections[] = {SECTION_RISING, SECTION_FALLING};
    for (size_t k = 0; k < ARRAY_SIZE(sections); k++) {
        *list = artists_trend(s, sections[k]);
        for (size_t i = 0; i < (*list)->count; i++)
            if ((*list)->row[i].entry.id == s->why.id)
                return &(*list)->row[i].entry;
    }
    return NULL;
}

/* Where lines are few, the least telling of them give way to a heading and three shares.
 */
#define SHARES_LEAST 4

static int draw_test(struct canvas *canvas, int y, const struct trend_entry *e,
                     bool falling, bool sampled)
{
    const char *about = sampled ? "about " : "";
    char expected[FIGURE_SIZE], lift[FIGURE_SIZE], text[FIGURE_SIZE], low[FIGURE_SIZE],
        high[FIGURE_SIZE];
    int room = canvas->h - y - SHARES_LEAST;
    /* What was not heard in all the past counts there as half a listen, in the lift. */
    double least = e->lift > 0 ? e->listens / e->lift : 0;
    bool below = !(e->expected > 0);
    canvas_printf(canvas, 0, y++, ROLE_TEXT, "%s%s now, %s%s expected: %sx", about,
                  figure_things(e->listens, "listen", text), below ? "under " : "",
                  figure_decimal(below ? least : e->expected, expected),
                  figure_fixed(e->lift, falling ? 2 : 1, lift));
    if (room < 2)
        return y;
    canvas_printf(canvas, 0, y++, ROLE_TEXT, "by %s%s; by chance p = %.1g", about,
                  figure_things(e->listeners, "listener", text), e->p);
    if (room < 3)
        return y;
    canvas_printf(canvas, 0, y++, ROLE_DIM, "next window about %s (%s to %s)",
                  figure_short(e->forecast, text), figure_short(e->forecast_low, low),
                  figure_short(e->forecast_high, high));
    return y;
}

static size_t devices_of(const struct trend_why *why, struct change *list)
{
    size_t count = 0;
    for (enum device d = 0; d < DEVICE_COUNT; d++)
        change_add(list, &count, device_name(d), why->device_before[d],
                   why->device_now[d]);
    return count;
}

static size_t levels_of(const struct trend_why *why, struct change *list)
{
    size_t count = 0;
    for (enum level l = 0; l < LEVEL_COUNT; l++)
        change_add(list, &count, level_name(l), why->level_before[l], why->level_now[l]);
    return count;
}

static size_t states_of(const struct trend_why *why, struct change *list)
{
    size_t count = 0;
    for (unsigned state = 0; state < STATE_COUNT; state++) {
        char name[3];
        state_name(state, name);
        change_add(list, &count, name[0] ? name : "no state", why->state_before[state],
                   why->state_now[state]);
    }
    return count;
}

/* In all the lines from y on, or, where they are few, under one heading: of states,
 * devices and levels as many as leave a line to the others. */
static void draw_shares(const struct trend_why *why, struct canvas *canvas, int y)
{
    struct change state[CHANGES], device[CHANGES], level[CHANGES];
    size_t states = states_of(why, state), devices = devices_of(why, device),
           levels = levels_of(why, level);
    int room = canvas->h - y - 3 - 2 * (canvas->h >= 20);
    if (room >= (int)(devices + levels) + 3) {
        size_t most = (size_t)room - devices - levels;
        y = draw_changes(canvas, y, "where", why, state, states < most ? states : most);
        y += canvas->h >= 20;
        y = draw_changes(canvas, y, "by device", why, device, devices);
        y += canvas->h >= 20;
        draw_changes(canvas, y, "by level", why, level, levels);
        return;
    }
    size_t lines = canvas->h > y + 1 ? (size_t)(canvas->h - y) - 1 : 0;
    levels = levels && lines > 1 ? 1 : 0;
    size_t most = lines > 5 ? 2 : lines > 2;
    devices = devices < most ? devices : most;
    lines -= levels + devices < lines ? levels + devices : lines;
    y = draw_changes(canvas, y, "where, by what", why, state,
                     states < lines ? states : lines);
    y = draw_changes(canvas, y, NULL, why, device, devices);
    draw_changes(canvas, y, NULL, why, level, levels);
}

void artists_draw_why(const struct snapshot *snapshot, struct canvas *canvas)
{
    const struct trend_why *why = &snapshot->why;
    const struct trend_rows *list;
    const struct trend_entry *entry = entry_of(snapshot, &list);
    bool falling = list == artists_trend(snapshot, SECTION_FALLING);
    int y = 0;
    const char *what = !entry ? "not rising or falling" : falling ? "falls" : "rises";
    int room = canvas->w - (int)strlen(what) - 1;
    int used = canvas_text(canvas, 0, y, room > 8 ? room : canvas->w, ROLE_STRONG,
                           snapshot->why_artist);
    canvas_text(canvas, used + 1, y++, canvas->w - used - 1, ROLE_DIM, str_of(what));
    if (entry)
        y = draw_test(canvas, y, entry, falling, list->sampled);
    draw_shares(why, canvas, y + (canvas->h >= 16));
}
