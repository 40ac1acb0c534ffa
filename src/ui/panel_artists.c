#include "artists.h"

#include "cadence/cloud.h"
#include "cadence/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define CLOUD_WORDS 400
#define WHY_W 46

static bool has_trends(const struct snapshot *s)
{
    return s->trend[TREND_ARTISTS].enough;
}

static void artists_unit(const struct panel_view *view, char *out, size_t size)
{
    const struct snapshot *s = view->snapshot;
    char scale[64];
    artists_scale_text(&s->trend[TREND_ARTISTS], scale, sizeof scale);
    if (view->cloud)
        snprintf(out, size, "plays, sized by %s",
                 view->by_weight ? "their number" : "rank");
    else if (!has_trends(s) || !scale[0])
        snprintf(out, size, "plays");
    else if (view->zoomed)
        snprintf(out, size, "%s before, at most 1 in 100 by chance", scale);
    else
        snprintf(out, size, "%s, 99%% sure", scale);
}

static void draw_cloud(const struct panel_view *view, struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    size_t count = s->artists < CLOUD_WORDS ? s->artists : CLOUD_WORDS;
    struct cloud_word *word = mem_alloc((count + 1) * sizeof *word);
    struct cloud_place *place = mem_alloc((count + 1) * sizeof *place);
    for (size_t i = 0; i < count; i++)
        word[i] = (struct cloud_word){s->artist[i].artist, (double)s->artist[i].plays,
                                      s->artist[i].trend > 0};
    size_t placed = cloud_make(word, count, canvas->w, canvas->h, view->by_weight,
                               canvas->ascii, place, count);
    cloud_draw(canvas, word, place, placed);
    free(word);
    free(place);
}

/* Why nothing is listed as rising; in fewer words if it needs more than that many columns
 * or lines. */
static void trend_sentence(const struct snapshot *s, int w, int lines, char *out,
                           size_t size)
{
    const struct trend_rows *trend = &s->trend[TREND_ARTISTS];
    char tested[FIGURE_SIZE];
    if (trend->enough) {
        snprintf(out, size, "None of %s artists rises beyond chance.",
                 figure_count(trend->tested, tested));
        if (trend->tested == 1 || (int)strlen(out) > w)
            snprintf(out, size, "No artist rises beyond chance.");
        return;
    }
    snprintf(out, size, "Trends: %s",
             trend->waiting[0] ? trend->waiting : "waiting for data.");
    if ((int)strlen(out) > w && lines == 1)
        snprintf(out, size, "Trends: too few listens yet.");
}

/* Rising artists above, the most played below; how many lines each gets. */
static size_t rising_lines(size_t rising, int h)
{
    size_t room = h > 0 ? (size_t)h : 0, most = room;
    if (room >= 12)
        most = room * 3 / 5;
    else if (room >= 7)
        most = room - 4 > 3 ? room - 4 : 3;
    return rising < most ? rising : most;
}

static void draw_panel(const struct panel_view *view, struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    struct artists_columns at = artists_columns_make(canvas, false);
    size_t rising = artists_section_count(s, SECTION_RISING);
    int y = 0, heads = canvas->h >= 5;
    if (rising) {
        size_t lines = rising_lines(rising, canvas->h - heads);
        if (heads)
            artists_draw_heads(canvas, &at, y++, "rising now", &s->trend[TREND_ARTISTS],
                               true);
        for (size_t i = 0; i < lines; i++)
            artists_draw_trend(canvas, &at, y++, &s->trend[TREND_ARTISTS], i, false);
        y += canvas->h - y >= 6;
    } else if (canvas->h >= 4) {
        char sentence[128];
        int lines = canvas->h >= 5 ? 2 : 1;
        trend_sentence(s, canvas->w, lines, sentence, sizeof sentence);
        y += part_lines(canvas, y, lines, sentence);
        y += canvas->h >= 10;
    }
    if (canvas->h - y < 2 && rising)
        return;
    if (heads)
        artists_draw_heads(canvas, &at, y++, "most played", &s->trend[TREND_ARTISTS],
                           false);
    for (size_t i = 0; i < s->artists && y < canvas->h; i++)
        artists_draw_top(canvas, &at, y++, s, i);
}

static void draw_heading(const struct panel_view *view, struct canvas *canvas,
                         const struct artists_columns *at, int y, enum section section)
{
    static const char *const names[SECTION_COUNT] = {"rising artists", "rising songs",
                                                     "falling artists", "all artists"};
    char sentence[128];
    bool empty =
        section == SECTION_RISING && artists_section_count(view->snapshot, section) == 0;
    int w = canvas->w - 2;
    if (empty)
        trend_sentence(view->snapshot, w, 1, sentence, sizeof sentence);
    artists_draw_heads(canvas, at, y, empty ? "" : names[section],
                       &view->snapshot->trend[TREND_ARTISTS],
                       section != SECTION_ALL && !empty);
    if (empty) {
        canvas_fill(canvas, 0, y, canvas->w - 1, 1, ROLE_DIM, ' ', ' ');
        int room = w - (int)strlen(sentence), x = at->name < room ? at->name : room;
        canvas_text(canvas, x > 0 ? x : 0, y, w, ROLE_DIM, str_of(sentence));
    } else {
        canvas_paint(canvas, at->name, y, (int)strlen(names[section]), 1, ROLE_TITLE);
    }
}

/* Lines below the list for the explanation: a border, whom it is about, a line of the
 * test, a heading and two shares. */
#define WHY_H 6

/* The list and, if there is one, the explanation: beside it, or below where it is narrow,
 * if need be under the one row that it is about. */
static void split(const struct panel_view *view, const struct canvas *canvas,
                  struct canvas *list, struct canvas *why)
{
    int w = canvas->w, h = canvas->h;
    *list = *why = canvas_sub(canvas, 0, 0, w, h);
    if (!view->explains || !view->snapshot->why.valid || h < 2) {
        *why = canvas_sub(canvas, 0, 0, 0, 0);
    } else if (w >= 96) {
        *list = canvas_sub(canvas, 0, 0, w - WHY_W - 3, h);
        *why = canvas_sub(canvas, w - WHY_W, 0, WHY_W, h);
    } else {
        int below = h >= 24 ? h / 2 : h * 3 / 5;
        below = below > WHY_H ? below : WHY_H;
        below = below < h ? below : h - 1;
        *list = canvas_sub(canvas, 0, 0, w, h - below);
        *why = canvas_sub(canvas, 0, h - below + 1, w, below - 1);
    }
}

/* What a search finds has no headings among it, but that of the row selected above. */
static struct list artists_list(const struct panel_view *view, const struct canvas *rows)
{
    bool heading = view->match && view->matches && rows->h > 2;
    return list_make(view, rows, artists_count(view->snapshot), heading);
}

static void draw_zoomed(const struct panel_view *view, struct canvas *canvas)
{
    const struct snapshot *s = view->snapshot;
    struct canvas rows, why;
    split(view, canvas, &rows, &why);
    struct list list = artists_list(view, &rows);
    struct artists_columns at = artists_columns_make(&rows, true);
    if (list.y && view->selected < list.count)
        draw_heading(view, &rows, &at, 0,
                     artists_at(s, list_row(view, view->selected)).section);
    for (size_t i = 0; i < list.shown; i++) {
        size_t n = list_row(view, list.first + i);
        int y = list.y + (int)i;
        if (n >= artists_count(s))
            continue;
        struct artists_row row = artists_at(s, n);
        if (row.heading)
            draw_heading(view, &rows, &at, y, row.section);
        else if (row.section == SECTION_ALL)
            artists_draw_top(&rows, &at, y, s, row.index);
        else
            artists_draw_trend(&rows, &at, y, artists_trend(s, row.section), row.index,
                               row.section == SECTION_FALLING);
    }
    list.text_x = at.name;
    list.text_w = at.name_w < at.top_name_w ? at.name_w : at.top_name_w;
    list_finish(view, &rows, &list);
    if (why.w > 0) {
        artists_draw_why(s, &why);
        if (why.w < canvas->w)
            canvas_fill(canvas, rows.w + 1, 0, 1, canvas->h, ROLE_BORDER, 0x2502, '|');
        else
            canvas_fill(canvas, 0, rows.h, canvas->w, 1, ROLE_BORDER, 0x2500, '-');
    }
}

static void artists_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    if (part_no_plays(view, canvas))
        return;
    if (view->snapshot->artists == 0)
        part_sentence(canvas, "No play here names an artist.");
    else if (view->cloud)
        draw_cloud(view, canvas);
    else if (view->zoomed)
        draw_zoomed(view, canvas);
    else
        draw_panel(view, canvas);
}

static size_t artists_rows(const struct panel_view *view)
{
    const struct snapshot *s = view->snapshot;
    return view->cloud || s->artists == 0 ? 0 : artists_count(s);
}

static size_t artists_headings(const struct panel_view *view, size_t before)
{
    size_t headings = 0;
    for (enum section section = 0; section < SECTION_COUNT && !view->cloud; section++)
        headings += artists_heading(view->snapshot, section) < before;
    return headings;
}

static void artists_row_text(const struct panel_view *view, size_t row, char *out,
                             size_t size)
{
    const struct snapshot *s = view->snapshot;
    out[0] = 0;
    if (row >= artists_count(s))
        return;
    struct artists_row at = artists_at(s, row);
    if (at.heading)
        return;
    const struct trend_rows *trend = artists_trend(s, at.section);
    if (!trend) {
        part_copy(out, size, s->artist[at.index].artist);
        return;
    }
    part_copy(out, size, trend->row[at.index].artist);
    part_append(out, size, " ");
    size_t used = strlen(out);
    part_copy(out + used, size - used, trend->row[at.index].song);
}

static long artists_hit(const struct panel_view *view, const struct canvas *inside, int x,
                        int y)
{
    struct canvas area = part_area(inside), *canvas = &area;
    struct canvas rows, why;
    x -= (inside->w - area.w) / 2;
    if (!view->zoomed || view->cloud)
        return -1;
    split(view, canvas, &rows, &why);
    struct list list = artists_list(view, &rows);
    return x < rows.w ? list_hit(view, &list, y) : -1;
}

static uint32_t artists_explained(const struct panel_view *view, size_t row)
{
    const struct snapshot *s = view->snapshot;
    if (view->cloud || row >= artists_count(s))
        return 0;
    struct artists_row at = artists_at(s, row);
    if (at.heading || at.section == SECTION_SONGS)
        return 0;
    if (at.section == SECTION_ALL)
        return s->artist[at.index].trend > 0 ? s->artist[at.index].id : 0;
    return artists_trend(s, at.section)->row[at.index].entry.id;
}

const struct panel panel_artists = {
    .id = "artists",
    .title = "Artists",
    .min_w = 20,
    .min_h = 2,
    .unit = artists_unit,
    .draw = artists_draw,
    .rows = artists_rows,
    .headings = artists_headings,
    .row_text = artists_row_text,
    .hit = artists_hit,
    .artist = artists_explained,
};
