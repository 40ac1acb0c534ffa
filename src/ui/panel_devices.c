#include "cadence/parts.h"

#include <stdio.h>

static void devices_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "users");
}

/* Levels, then genders, of the users of each device. */
static void draw_who(const struct snapshot *s, struct canvas *canvas, int y,
                     const enum device *order, size_t count)
{
    struct cross cross = {.rows = count, .whole = {.name = "all"}};
    for (size_t i = 0; i < count; i++) {
        struct cross_row *row = &cross.row[i];
        *row = (struct cross_row){device_name(order[i]), s->devices[order[i]], {0}};
        cross.whole.users += row->users;
        for (enum gender g = 0; g < GENDER_COUNT; g++)
            for (enum level l = 0; l < LEVEL_COUNT; l++) {
                uint32_t users = s->who[order[i]][g][l];
                cross_count(&cross, row, l, level_name(l), users);
                cross_count(&cross, row, LEVEL_COUNT + g, gender_name(g), users);
            }
    }
    part_cross(canvas, y, &cross);
}

static void devices_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    const struct snapshot *s = view->snapshot;
    enum device order[DEVICE_COUNT];
    size_t count = 0;
    uint64_t whole = 0, beyond = 0;
    if (part_no_plays(view, canvas))
        return;
    devices_by_users(s, order);
    for (; count < DEVICE_COUNT && s->devices[order[count]]; count++)
        whole += s->devices[order[count]];
    if (count == 0) {
        part_sentence(canvas, "Every play here is anonymous: no user to count.");
        return;
    }
    size_t room = canvas->h > 0 ? (size_t)canvas->h : 0,
           shown = count <= room ? count : room;
    /* The last line sums up what there is no line for. */
    for (size_t i = shown ? shown - 1 : 0; i < count; i++)
        beyond += s->devices[order[i]];
    uint64_t first = s->devices[order[0]],
             most = shown < count && beyond > first ? beyond : first;
    for (size_t i = 0; i < shown; i++) {
        bool rest = shown < count && i + 1 == shown;
        struct share_row row = {rest ? "others" : device_name(order[i]),
                                rest ? beyond : s->devices[order[i]],
                                whole,
                                most,
                                ROLE_BAR,
                                7};
        part_share(canvas, (int)i, &row);
    }
    if (view->zoomed)
        draw_who(s, canvas, (int)shown + 1, order, count);
}

const struct panel panel_devices = {
    .id = "devices",
    .title = "Devices",
    .min_w = 20,
    .min_h = 3,
    .unit = devices_unit,
    .draw = devices_draw,
};
