#include "cadence/parts.h"

#include <stdio.h>

static void genders_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "users");
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
    int y = 0, step = view->zoomed && canvas->h >= 7 ? 2 : 1;
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
        part_share(canvas, y, &row);
        y += step;
    }
}

const struct panel panel_genders = {
    .id = "genders",
    .title = "Gender",
    .min_w = 20,
    .min_h = 2,
    .unit = genders_unit,
    .draw = genders_draw,
};
