#include "cadence/parts.h"

static void genders_unit(const struct panel_view *view, char *out, size_t size)
{
    part_shares_unit(view, view->snapshot->genders[GENDER_OTHER],
                     gender_name(GENDER_OTHER), out, size);
}

/* Levels, then devices, of the users of each gender. */
static void draw_who(const struct snapshot *s, struct canvas *canvas, int y)
{
    struct cross cross = {.whole = {.name = "all"}};
    enum device order[DEVICE_COUNT];
    devices_by_users(s, order);
    for (enum gender g = 0; g < GENDER_COUNT; g++) {
        if (!s->genders[g])
            continue;
        struct cross_row *row = &cross.row[cross.rows++];
        *row = (struct cross_row){gender_name(g), s->genders[g], {0}};
        cross.whole.users += row->users;
        for (size_t i = 0; i < DEVICE_COUNT; i++)
            for (enum level l = 0; l < LEVEL_COUNT; l++) {
                uint32_t users = s->who[order[i]][g][l];
                cross_count(&cross, row, l, level_name(l), users);
                cross_count(&cross, row, LEVEL_COUNT + i, device_name(order[i]), users);
            }
    }
    part_cross(canvas, y, &cross);
}

static void genders_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    const uint32_t *users = view->snapshot->genders;
    uint64_t whole = 0, most = 0;
    if (part_no_plays(view, canvas))
        return;
    for (enum gender gender = 0; gender < GENDER_COUNT; gender++) {
        whole += users[gender];
        most = users[gender] > most ? users[gender] : most;
    }
    if (whole == 0) {
        part_sentence(canvas, "Every play here is anonymous: no user to count.");
        return;
    }
    int y = 0;
    /* Where there are only two lines, Other goes unless it is all there is. */
    for (enum gender gender = 0; gender < GENDER_COUNT; gender++) {
        bool other = gender == GENDER_OTHER;
        if (other && (users[gender] == 0 || (canvas->h < 3 && users[gender] < whole)))
            continue;
        if (!other && users[GENDER_OTHER] == whole)
            continue;
        struct share_row row = {gender_name(gender),
                                users[gender],
                                whole,
                                most,
                                other ? ROLE_BAR2 : ROLE_BAR,
                                7};
        part_share(canvas, y++, &row);
    }
    if (view->zoomed)
        draw_who(view->snapshot, canvas, y + 1);
}

const struct panel panel_genders = {
    .id = "genders",
    .title = "Gender",
    .min_w = 20,
    .min_h = 2,
    .unit = genders_unit,
    .draw = genders_draw,
};
