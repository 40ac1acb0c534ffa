#include "cadence/parts.h"

#include <stdio.h>

static void users_unit(const struct panel_view *view, char *out, size_t size)
{
    char total[FIGURE_SIZE], listed[FIGURE_SIZE];
    const struct snapshot *s = view->snapshot;
    if (!view->zoomed)
        snprintf(out, size, "hours");
    else if (s->users < s->summary.users)
        snprintf(out, size, "hours, first %s of %s", figure_count(s->users, listed),
                 figure_things(s->summary.users, "user", total));
    else
        snprintf(out, size, "hours of %s",
                 figure_things(s->summary.users, "user", total));
}

/* Where columns end, or begin for `id`; 0: not shown. */
struct columns {
    int rank, name_w;
    int state, id, id_w;
    int bar, bar_w;
    int plays, share, hours;
};

#define ID_LEAST_W 9
#define ID_MOST_W 40 /* a UUID, and its mark */

/* Of the rows shown: ids are what other systems know a user by, so alone they are shown
 * in full. */
static int ids_width(const struct panel_view *view, const struct canvas *canvas,
                     const struct list *list)
{
    int most = ID_LEAST_W;
    for (size_t i = 0; view->zoomed && i < list->shown; i++) {
        size_t row = list_row(view, list->first + i);
        if (row >= view->snapshot->users)
            continue;
        int w = 1 + text_width(view->snapshot->user[row].user, canvas->ascii);
        most = w > most ? w : most;
    }
    return most < ID_MOST_W ? most : ID_MOST_W;
}

static struct columns columns_make(const struct panel_view *view,
                                   const struct canvas *canvas, int ids_w)
{
    struct columns at = {
        .rank = canvas->w >= 24 ? list_digits(view, view->snapshot->users) : 0};
    int right = canvas->w - 2 * view->zoomed, name = at.rank ? at.rank + 1 : 0;
    at.hours = column_make(&right, 7, name + 8);
    if (view->zoomed || canvas->w >= 60)
        at.plays = column_make(&right, 7, name + 26);
    if (view->zoomed)
        at.share = column_make(&right, 6, name + 30);
    if (right - name >= 70 + ids_w - ID_LEAST_W) {
        at.bar_w = (right - name) / 3 < 40 ? (right - name) / 3 : 40;
        at.bar = right - at.bar_w;
        right -= at.bar_w + 2;
    }
    if (right - name >= 26) {
        at.id_w = ids_w < (right - name) / 2 ? ids_w : (right - name) / 2;
        at.id = right - at.id_w;
        right -= at.id_w + 1;
    }
    at.state = column_make(&right, 2, name + 10);
    at.name_w = right - name;
    return at;
}

static void draw_row(const struct panel_view *view, struct canvas *canvas,
                     const struct columns *at, int y, size_t row)
{
    const struct snapshot *s = view->snapshot;
    const struct user_row *user = &s->user[row];
    char text[FIGURE_SIZE];
    int x = at->rank ? at->rank + 1 : 0;
    if (at->rank)
        canvas_printf_right(canvas, at->rank, y, ROLE_DIM, "%zu", row + 1);
    if (user->name.n) {
        canvas_text(canvas, x, y, at->name_w, ROLE_TEXT, user->name);
    } else {
        int used = canvas_text(canvas, x, y, at->name_w, ROLE_DIM, str_of("user "));
        canvas_text(canvas, x + used, y, at->name_w - used, ROLE_TEXT, user->user);
    }
    column_text(canvas, at->state, y, ROLE_DIM, user->state);
    if (at->id) {
        canvas_text(canvas, at->id, y, 1, ROLE_DIM, str_of("#"));
        canvas_text(canvas, at->id + 1, y, at->id_w - 1, ROLE_DIM, user->user);
    }
    if (at->bar_w && s->user[0].hours > 0)
        chart_bar(canvas, at->bar, y, at->bar_w, ROLE_BAR,
                  user->hours / s->user[0].hours);
    column_text(canvas, at->plays, y, ROLE_TEXT, figure_fit(user->plays, 7, text));
    column_text(canvas, at->share, y, ROLE_DIM,
                figure_percent(user->hours, s->summary.hours, text));
    column_text(canvas, at->hours, y, ROLE_STRONG,
                figure_fixed_fit(user->hours, 1, 7, text));
}

static struct list users_list(const struct panel_view *view, const struct canvas *canvas)
{
    return list_make(view, canvas, view->snapshot->users, view->zoomed && canvas->h > 4);
}

static void users_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (part_no_plays(view, canvas))
        return;
    if (view->snapshot->users == 0) {
        part_sentence(canvas, "Every play here is anonymous: no user to list.");
        return;
    }
    struct list list = users_list(view, canvas);
    struct columns at = columns_make(view, canvas, ids_width(view, canvas, &list));
    if (list.y) {
        canvas_text(canvas, at.rank ? at.rank + 1 : 0, 0, at.name_w, ROLE_DIM,
                    str_of("name"));
        if (at.id)
            canvas_text(canvas, at.id, 0, at.id_w, ROLE_DIM, str_of("user"));
        column_head(canvas, at.plays, 0, "plays");
        column_head(canvas, at.share, 0, "%");
        column_head(canvas, at.hours, 0, "hours");
    }
    for (size_t i = 0; i < list.shown; i++) {
        size_t row = list_row(view, list.first + i);
        if (row < view->snapshot->users)
            draw_row(view, canvas, &at, list.y + (int)i, row);
    }
    list.text_x = at.rank ? at.rank + 1 : 0;
    list.text_w = at.id      ? at.id + at.id_w - list.text_x
                  : at.state ? at.state - list.text_x
                             : at.name_w;
    list_finish(view, canvas, &list);
}

static size_t users_rows(const struct panel_view *view)
{
    return view->snapshot->users;
}

static void users_row_text(const struct panel_view *view, size_t row, char *out,
                           size_t size)
{
    out[0] = 0;
    if (row >= view->snapshot->users)
        return;
    const struct user_row *user = &view->snapshot->user[row];
    part_copy(out, size, user->name);
    part_append(out, size, " %s #", user->state);
    size_t used = strlen(out);
    part_copy(out + used, size - used, user->user);
}

static long users_hit(const struct panel_view *view, const struct canvas *inside, int x,
                      int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    (void)x;
    struct list list = users_list(view, canvas);
    return list_hit(view, &list, y);
}

const struct panel panel_users = {
    .id = "users",
    .title = "Top users",
    .min_w = 20,
    .min_h = 2,
    .unit = users_unit,
    .draw = users_draw,
    .rows = users_rows,
    .row_text = users_row_text,
    .hit = users_hit,
};
