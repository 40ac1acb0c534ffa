#include "cadence/parts.h"

#include <stdio.h>

static void songs_unit(const struct panel_view *view, char *out, size_t size)
{
    char total[FIGURE_SIZE], listed[FIGURE_SIZE];
    const struct snapshot *s = view->snapshot;
    if (!view->zoomed)
        snprintf(out, size, "plays");
    else if (s->songs < s->summary.songs)
        snprintf(out, size, "plays, first %s of %s", figure_count(s->songs, listed),
                 figure_things(s->summary.songs, "song", total));
    else
        snprintf(out, size, "plays of %s",
                 figure_things(s->summary.songs, "song", total));
}

/* Where columns end; 0: not shown. */
struct columns {
    int rank, share, plays;
    int bar, bar_w;
    int artist, name_w, artist_w; /* artist 0: in one column with the song */
};

static struct columns columns_make(const struct panel_view *view,
                                   const struct canvas *canvas)
{
    struct columns at = {
        .rank = canvas->w >= 24 ? list_digits(view, view->snapshot->songs) : 0};
    int right = canvas->w - 2 * view->zoomed, keep = 20;
    at.plays = column_make(&right, canvas->w >= 50 ? 7 : 5, 8);
    if (view->zoomed || canvas->w >= 64)
        at.share = column_make(&right, 6, at.rank + 1 + 40);
    int name = at.rank ? at.rank + 1 : 0, free_w = right - name;
    if (free_w >= 3 * keep) {
        at.bar_w = free_w / 5 < 40 ? free_w / 5 : 40;
        at.bar = right - at.bar_w;
        free_w -= at.bar_w + 2;
    }
    at.name_w = free_w;
    if (free_w >= 56) {
        at.name_w = free_w * 11 / 20;
        at.artist = name + at.name_w + 2;
        at.artist_w = free_w - at.name_w - 2;
    }
    return at;
}

static void draw_row(const struct panel_view *view, struct canvas *canvas,
                     const struct columns *at, int y, size_t row)
{
    const struct snapshot *s = view->snapshot;
    const struct song_row *song = &s->song[row];
    char text[FIGURE_SIZE];
    int x = at->rank ? at->rank + 1 : 0;
    if (at->rank)
        canvas_printf_right(canvas, at->rank, y, ROLE_DIM, "%zu", row + 1);
    part_song(canvas, x, y, at->name_w, song->song,
              at->artist ? str_of("") : song->artist);
    if (at->artist)
        canvas_text(canvas, at->artist, y, at->artist_w, ROLE_DIM, song->artist);
    if (at->bar_w && s->song[0].plays)
        chart_bar(canvas, at->bar, y, at->bar_w, ROLE_BAR,
                  (double)song->plays / (double)s->song[0].plays);
    column_text(canvas, at->plays, y, ROLE_STRONG,
                figure_fit(song->plays, canvas->w >= 50 ? 7 : 5, text));
    column_text(canvas, at->share, y, ROLE_DIM,
                figure_percent((double)song->plays, (double)s->summary.plays, text));
}

static struct list songs_list(const struct panel_view *view, const struct canvas *canvas)
{
    return list_make(view, canvas, view->snapshot->songs, view->zoomed && canvas->h > 4);
}

static void songs_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (part_no_plays(view, canvas))
        return;
    struct list list = songs_list(view, canvas);
    struct columns at = columns_make(view, canvas);
    if (list.y) {
        canvas_text(canvas, at.rank ? at.rank + 1 : 0, 0, canvas->w, ROLE_DIM,
                    str_of("song"));
        if (at.artist)
            canvas_text(canvas, at.artist, 0, at.artist_w, ROLE_DIM, str_of("artist"));
        column_head(canvas, at.plays, 0, "plays");
        column_head(canvas, at.share, 0, "%");
    }
    for (size_t i = 0; i < list.shown; i++) {
        size_t row = list_row(view, list.first + i);
        if (row < view->snapshot->songs)
            draw_row(view, canvas, &at, list.y + (int)i, row);
    }
    list.text_x = at.rank ? at.rank + 1 : 0;
    list.text_w = at.artist ? at.artist + at.artist_w - list.text_x : at.name_w;
    list_finish(view, canvas, &list);
}

static size_t songs_rows(const struct panel_view *view)
{
    return view->snapshot->songs;
}

static void songs_row_text(const struct panel_view *view, size_t row, char *out,
                           size_t size)
{
    if (row >= view->snapshot->songs) {
        out[0] = 0;
        return;
    }
    part_copy(out, size, view->snapshot->song[row].song);
    size_t used = strlen(out);
    part_copy(out + used, size - used, str_of(" "));
    used = strlen(out);
    part_copy(out + used, size - used, view->snapshot->song[row].artist);
}

static long songs_hit(const struct panel_view *view, const struct canvas *inside, int x,
                      int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    (void)x;
    struct list list = songs_list(view, canvas);
    return list_hit(view, &list, y);
}

const struct panel panel_songs = {
    .id = "songs",
    .title = "Top songs",
    .min_w = 20,
    .min_h = 2,
    .unit = songs_unit,
    .draw = songs_draw,
    .rows = songs_rows,
    .row_text = songs_row_text,
    .hit = songs_hit,
};
