/* Within the user interface only: its state, and what its files do for one another. */
#ifndef CADENCE_UI_STATE_H
#define CADENCE_UI_STATE_H

#include "cadence/theme.h"
#include "cadence/ui.h"
#include "keys.h"

#define UI_CHIPS_W 72 /* from here on every zone has a chip */
#define SEARCH_MAX 128
#define ROW_TEXT_MAX 1024
#define REGION_MAX 256

/* What a click at some place of the last frame means. */
enum region_kind {
    REGION_NONE,
    REGION_PANEL, /* arg: panel_id; the rest of it is its border */
    REGION_WEEK,  /* arg: index of the snapshot's week */
    REGION_WEEK_ALL,
    REGION_WEEKS_OLDER,
    REGION_WEEKS_NEWER,
    REGION_ZONE, /* arg: zone */
    REGION_ZONE_ALL,
    REGION_KEY,      /* arg: index of key_rows */
    REGION_WEEK_ROW, /* of the list of weeks; arg: index */
    REGION_OVERLAY   /* nothing below it can be clicked */
};

struct region {
    enum region_kind kind;
    int x, y, w, h;
    size_t arg;
};

/* The rows that a search finds, in the list's order, and those that it has not looked at
 * yet (ui_search.c). */
struct found {
    size_t *match;
    size_t matches, cap;
    size_t again, again_end, next_row, rows;
};

struct ui {
    bool ascii, kafka, mono;
    size_t top;
    struct theme theme;
    int w, h;

    struct filter filter;
    struct snapshot *snapshot; /* given by ui_set_snapshot; NULL before the first */
    struct snapshot empty;     /* stands in for it */
    struct source_status source;
    struct partition_row *partition; /* copy of the source's */
    double events_s;

    enum panel_id focus;
    bool alone;         /* the panel in focus alone on the screen */
    bool frozen, stale; /* stale: frozen, but not what was asked for, or not all */
    bool cloud, by_weight;
    enum map_scale map_scale;
    enum trend_scale trend_scale;
    uint32_t why_artist;

    bool help, weeks, prompt; /* what lies over the picture */
    size_t help_first;
    size_t week_cursor;
    /* The weeks on the line of chips as last drawn; held where it was scrolled to or
     * clicked, until a key chooses. */
    bool chips_held;
    size_t chips_first, chips_shown;

    char search[SEARCH_MAX];
    struct found found;    /* of the panel in focus */
    struct snapshot *next; /* new figures that wait for `ahead`, NULL none */
    struct found ahead;    /* what the search finds in them */
    size_t selected, first;
    char follow[ROW_TEXT_MAX]; /* the row that was selected before new figures came, until
                                  the search has seen all of them; "" none */
    struct {                   /* as it was when the search began */
        bool alone, cloud;
        uint32_t why_artist;
        size_t row; /* selected, as the panel counts */
        char name[ROW_TEXT_MAX];
    } back;
    bool want_all, go_last; /* End was pressed: all rows, then to the last of them */

    enum message_kind message_kind;
    char message[256];
    int64_t message_until_ms, now_ms;

    struct {              /* who was last seen to have just entered a list ... */
        int64_t until_ms; /* ... and until when that is shown; 0: from the next tick on */
        bool shown, songs, begun;
        struct filter filter;      /* of the list, when all of it was known last */
        enum trend_scale scale;    /* likewise */
        int64_t since_ms, seen_ms; /* entered, and seen last as new, by event time */
        size_t count;
        uint32_t id[TREND_LIST_MAX];
    } news;

    struct region region[REGION_MAX];
    size_t regions;
};

static inline const struct snapshot *ui_snapshot(const struct ui *ui)
{
    return ui->snapshot ? ui->snapshot : &ui->empty;
}

/* ui.c */
enum key_mode ui_mode(const struct ui *ui);
struct layout ui_layout(const struct ui *ui);
struct panel_place ui_body(const struct ui *ui); /* between header and footer */
bool ui_is_alone(const struct ui *ui);           /* by Enter, or for want of room */
void ui_focus(struct ui *ui, enum panel_id id);
enum panel_id ui_placed(const struct ui *ui); /* focus, or one that has a place */
struct panel_view ui_view(const struct ui *ui, enum panel_id id);
/* Figures of another filter are wanted: the effects of that. */
unsigned ui_filter_changed(struct ui *ui);
/* Asks for rows and figures that are wanted now and not there: UI_REQUEST, also while
 * frozen. */
unsigned ui_want_rows(struct ui *ui);
bool ui_lacks_rows(const struct ui *ui); /* some are not there yet */
void ui_region(struct ui *ui, enum region_kind kind, int x, int y, int w, int h,
               size_t arg);

void ui_take_next(struct ui *ui); /* shows the figures that wait, if there are some */

/* ui_rows.c: scrolling in a panel that stands alone */
size_t ui_rows(const struct ui *ui);
size_t ui_page(const struct ui *ui); /* rows that surely fit */
/* Begin to find the rows anew, or after the search grew; ui_work does the rest. */
void ui_match(struct ui *ui);
void ui_match_longer(struct ui *ui);
void ui_move(struct ui *ui, long by);
long ui_selected_row(const struct ui *ui);     /* as the panel counts its rows; -1 none */
void ui_select_row(struct ui *ui, size_t row); /* without a search */
size_t ui_headings(const struct ui *ui, size_t place); /* rows before it that are none */
bool ui_is_heading(const struct ui *ui, size_t place);
/* The selection stays with what is selected: its text before new figures come ("": none,
 * or the first row, which is selected then whatever it is), then where that text is now.
 */
bool ui_is_top(const struct ui *ui);
void ui_row_name(const struct ui *ui, char out[ROW_TEXT_MAX]);
void ui_new_rows(struct ui *ui); /* ui->follow names the row */
void ui_follow(struct ui *ui, const char *row);

/* ui_search.c: which rows a search finds, a slice of them at a time */
#define SEARCH_SLICE 4096
bool text_finds(const char *text, const char *search); /* folded: case, accents */
void search_begin(struct ui *ui, size_t rows);         /* of the panel in focus */
void search_narrow(struct ui *ui); /* the text searched for has grown */
void search_go_on(struct ui *ui);  /* looks at the next slice */
bool search_is_done(const struct ui *ui);
/* New figures in which a search has to go through many rows wait for it, so that the list
 * does not begin anew before one's eyes. False: they need not. */
bool search_ahead(struct ui *ui, struct snapshot *snapshot);
/* What is found is not all yet: rows are still looked at, or on their way. */
bool ui_is_searching(const struct ui *ui);

/* ui_weeks.c: choosing weeks and zones */
bool week_chosen(const struct filter *filter, const struct snapshot *s, size_t week);
void week_step(struct filter *filter, const struct snapshot *s, int step);
void week_toggle(struct filter *filter, const struct snapshot *s, size_t week);
void zone_toggle(struct filter *filter, enum zone zone);
void weeks_all(struct filter *filter);

/* ui_header.c, ui_chips.c, ui_overlay.c: parts of the frame */
int header_height(const struct ui *ui);
void header_draw(struct ui *ui, struct canvas *canvas);
void chips_draw(struct ui *ui, struct canvas *canvas, int y);
void chips_scroll(struct ui *ui, long weeks); /* towards the newest */
/* "all 19 weeks", "W17", "3 of 19 weeks"; "all zones", "EST PST". */
void weeks_brief(const struct filter *filter, const struct snapshot *s, char *out,
                 size_t size);
void zones_brief(unsigned zones, char *out, size_t size);
void footer_draw(struct ui *ui, struct canvas *canvas);
void help_draw(struct ui *ui, struct canvas *canvas);
void week_list_draw(struct ui *ui, struct canvas *canvas);
void too_small_draw(const struct ui *ui, struct canvas *canvas);

/* ui_news.c: who has just entered the list of what rises */
#define NEWS_MS 10000 /* in the headline's place, where there is no other */
bool news_text(const struct ui *ui, char *out, size_t size); /* false: nobody */
void news_notice(struct ui *ui);                             /* new figures */
unsigned news_tick(struct ui *ui);

/* ui_mouse.c */
unsigned ui_click(struct ui *ui, int x, int y);

#endif
