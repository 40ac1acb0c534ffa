/* A panel: one figure, drawn from a snapshot into a canvas. No I/O, no clock, no state of
 * its own; the same call draws the terminal, --screen and the golden tests. */
#ifndef CADENCE_PANEL_H
#define CADENCE_PANEL_H

#include "cadence/canvas.h"
#include "cadence/snapshot.h"
#include "cadence/source.h"

enum map_scale { MAP_QUANTILE, MAP_LINEAR, MAP_LOG, MAP_SCALE_COUNT };

/* What is drawn, apart from the figures. The ui owns it; panels read it. */
struct panel_view {
    const struct snapshot *snapshot;    /* never NULL; may be empty */
    const struct source_status *source; /* never NULL */
    double events_s;                    /* over the last seconds */
    bool zoomed;                        /* alone on the screen: show everything */
    bool focused;
    bool cloud;     /* artists as a word cloud */
    bool by_weight; /* words sized by weight, else by rank */
    bool explains;  /* snapshot->why, if it is there, is wanted */
    enum map_scale map_scale;
    /* For a zoomed list: rows that match the search, as indices of the panel's rows, or
     * NULL for all of them in order; the first to show; the one selected, counted within
     * them. */
    const size_t *match;
    size_t matches, first, selected;
    const char *search; /* "" none */
    bool searching;     /* more may match than is known by now */
};

struct panel {
    const char *id; /* for --panel and tests */
    const char *title;
    int min_w, min_h; /* inside the border, the least that it can be drawn in; heights in
                         the overview are layout.c's, and no less */
    /* The unit at the right of the title bar: "users", "plays a day". Zero-ended, into
     * out. */
    void (*unit)(const struct panel_view *view, char *out, size_t size);
    /* Draws the inside; the border and title are drawn by the layout. An empty snapshot
     * gets a useful sentence. */
    void (*draw)(const struct panel_view *view, struct canvas *inside);
    /* Zoomed: how many rows there are to scroll through; 0 or NULL: the panel fits as it
     * is. */
    size_t (*rows)(const struct panel_view *view);
    /* How many of the first `before` rows are headings, which are not selected. NULL:
     * none. */
    size_t (*headings)(const struct panel_view *view, size_t before);
    /* The text that a search looks at in a row; what is about the same has the same. */
    void (*row_text)(const struct panel_view *view, size_t row, char *out, size_t size);
    /* The row that a click at (x, y) inside chose; -1 none. NULL: never. */
    long (*hit)(const struct panel_view *view, const struct canvas *inside, int x, int y);
    /* The state (state_pack) that stands at (x, y) inside, as a tile or in a row; 0 none.
     * NULL: never. */
    unsigned (*state)(const struct panel_view *view, const struct canvas *inside, int x,
                      int y);
    /* The artist of a row that can be explained (trend_entry.id); 0 none. NULL: never. */
    uint32_t (*artist)(const struct panel_view *view, size_t row);
};

enum panel_id {
#define PANEL(id, table) PANEL_##id,
#include "cadence/panels.def"
#undef PANEL
    PANEL_COUNT
};

#define PANEL(id, table) extern const struct panel table;
#include "cadence/panels.def"
#undef PANEL

const struct panel *panel_get(enum panel_id id);

/* Where panels stand for a screen of w x h (without header and footer): columns of
 * panels. Panels that do not fit are left out, lowest priority first; all can be reached
 * alone. */
struct panel_place {
    enum panel_id id;
    int x, y, w, h; /* border included */
};
struct layout {
    size_t count;
    struct panel_place place[PANEL_COUNT];
};
void layout_make(struct layout *layout, int w, int h, bool kafka);

#endif
