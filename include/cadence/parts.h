/* What panels have in common: sentences for want of figures, lists with columns, shares.
 */
#ifndef CADENCE_PARTS_H
#define CADENCE_PARTS_H

#include "cadence/chart.h"
#include "cadence/panel.h"

/* The inside of a panel without a column at each side, where there is room for that. */
struct canvas part_area(const struct canvas *inside);

/* Bytes of `text` that stand in a line of w columns: up to the last blank that fits, or
 * its first word. */
size_t part_line(struct str text, int w, bool ascii);

/* Text wrapped at blanks, in the middle of the canvas. */
void part_sentence(struct canvas *canvas, const char *sentence);

/* Text wrapped at blanks from line y on, in at most `most` lines; the lines used. */
int part_lines(struct canvas *canvas, int y, int most, const char *text);

/* For a panel that needs plays and has none: says why, and what to do. True if it did. */
bool part_no_plays(const struct panel_view *view, struct canvas *canvas);

/* A list that scrolls: `count` rows of which `shown` are drawn from place `first`. Places
 * count within the rows that match a search; list_row says which row stands at a place.
 */
struct list {
    size_t count, first, shown;
    int y;              /* of the first row shown */
    int text_x, text_w; /* the columns of the text that a search looks at; all of them */
};
/* Of a panel with `total` rows, drawn from line y to the bottom. Not zoomed: from the
 * top. */
struct list list_make(const struct panel_view *view, const struct canvas *canvas,
                      size_t total, int y);
size_t list_row(const struct panel_view *view, size_t place);
/* Columns for the rank of any row that can come to be shown. */
int list_digits(const struct panel_view *view, size_t total);
/* After the rows are drawn: marks the row selected and, in the columns of its text, what
 * was searched for, and says at the right edge where in the list this is. */
void list_finish(const struct panel_view *view, struct canvas *canvas,
                 const struct list *list);
/* The row at line y; -1 none. */
long list_hit(const struct panel_view *view, const struct list *list, int y);

/* A list's columns are right of its name; each is drawn where it fits, by `column_make`
 * from the right edge inwards. Returns the x at which it ends, or 0 if less than `keep`
 * columns would be left for the name, and then takes nothing. */
int column_make(int *right, int width, int keep);
/* A heading that ends at column x_end; nothing when x_end is 0. */
void column_head(struct canvas *canvas, int x_end, int y, const char *text);
void column_text(struct canvas *canvas, int x_end, int y, enum role role,
                 const char *text);

/* "song - artist" in `w` columns, and an ellipsis where there is room for no artist. */
void part_song(struct canvas *canvas, int x, int y, int w, struct str song,
               struct str artist);

/* A row "name  bar  count  share" of a whole; `name_w` columns for the name. */
struct share_row {
    const char *name;
    uint64_t count, whole, most; /* most: the longest bar */
    enum role role;
    int name_w;
};
void part_share(struct canvas *canvas, int y, const struct share_row *row);
/* The unit of a panel of shares: "users", and in the overview, where there may be no line
 * for them, those of the group that comes last: "61 unknown, users". */
void part_shares_unit(const struct panel_view *view, uint64_t last, const char *name,
                      char *out, size_t size);

/* Users of a panel's rows by other things that are known of them, in a table of shares.
 */
#define CROSS_MAX 16
struct cross_row {
    const char *name;
    uint32_t users, part[CROSS_MAX];
};
struct cross {
    const char *head[CROSS_MAX];
    size_t columns, rows;
    struct cross_row row[CROSS_MAX], whole;
};
/* Adds users to a column of a row, and of the whole. */
void cross_count(struct cross *cross, struct cross_row *row, size_t column,
                 const char *head, uint32_t users);
/* From line y on, if there is room for all of it; columns without users are left out. */
void part_cross(struct canvas *canvas, int y, const struct cross *cross);

/* The numbers of a box, spelled out in lines from y on; `unit` is short: "min". Lines
 * used. */
int part_box(struct canvas *canvas, int y, const struct box *box, const char *unit);

/* Weeks of the selection, newest last; heap, the caller frees. */
const struct week_row **part_weeks(const struct snapshot *snapshot, size_t *count);

/* For row_text of panels whose rows are the weeks chosen, newest first: id, label, days.
 */
void part_week_text(const struct snapshot *snapshot, size_t row, char *out, size_t size);

/* Appends text within `size`; returns false when it does not fit. */
bool part_append(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Copies text to a zero-ended buffer, cut to fit, between characters. */
void part_copy(char *out, size_t size, struct str text);

/* The same for the eye: what was cut ends with an ellipsis. */
void part_brief(char *out, size_t size, struct str text);

#endif
