/* Figures as text, and charts drawn into a canvas. Pure: the same numbers draw the same
 * cells. Every chart has an ASCII form, drawn when canvas->ascii is set. Charts draw
 * within the rectangle given and nowhere else; a rectangle of no cells draws nothing. */
#ifndef CADENCE_CHART_H
#define CADENCE_CHART_H

#include "cadence/canvas.h"
#include "cadence/snapshot.h"

/* Figures: written into `out`, which is returned, so that they can stand in a printf. */
#define FIGURE_SIZE 32

const char *figure_count(uint64_t n, char out[FIGURE_SIZE]); /* 1,234,567 */
/* "1 user", "1,234 users": figure_count of what has such a singular. */
const char *figure_things(uint64_t n, const char *thing, char out[FIGURE_SIZE]);
/* At most five columns: 9,999 as it is, then 12.3k, 123k, 1.23M ... 999T. */
const char *figure_short(double value, char out[FIGURE_SIZE]);
/* At most four: 999, 1.0k, 12k, 123k, 1.2M. */
const char *figure_brief(double value, char out[FIGURE_SIZE]);
/* The first that fits in `columns` of figure_count, figure_short and figure_brief; the
 * last where none does. */
const char *figure_fit(uint64_t n, int columns, char out[FIGURE_SIZE]);
/* A fixed number of decimals (0..3), thousands grouped: 1,234.5 */
const char *figure_fixed(double value, int decimals, char out[FIGURE_SIZE]);
/* Three figures that matter: 0.47, 4.71, 47.1, 471, 4,710. */
const char *figure_decimal(double value, char out[FIGURE_SIZE]);
/* The same with as many of the decimals as fit in `columns`, else as figure_fit. */
const char *figure_fixed_fit(double value, int decimals, int columns,
                             char out[FIGURE_SIZE]);
const char *figure_decimal_fit(double value, int columns, char out[FIGURE_SIZE]);
/* "37.0%", "100%"; "-" of nothing. */
const char *figure_percent(double part, double whole, char out[FIGURE_SIZE]);
/* How long, in one unit or two: "45 s", "12 min", "3 h 20 min", "5 d". */
const char *figure_duration(double seconds, char out[FIGURE_SIZE]);
/* The moment ts_ms as seen from now_ms, at most 7 columns: "now", "14:05" on the same
 * day, "Mon 14h" within a week, "May 3" within the year, "2023-05" before. */
const char *figure_since(int64_t ts_ms, int64_t now_ms, char out[FIGURE_SIZE]);
/* "May 3", "May 3 14:00" (with_hour). */
const char *figure_day(int64_t ts_ms, bool with_hour, char out[FIGURE_SIZE]);
/* "May 2024". */
const char *figure_month(int64_t ts_ms, char out[FIGURE_SIZE]);

/* A horizontal bar `share` (0..1) of w columns long, in eighths of a column. What is more
 * than nothing is never drawn as nothing. */
void chart_bar(struct canvas *canvas, int x, int y, int w, enum role role, double share);

/* A sparkline: value[i] in column x + i, of one row; the highest drawn is `max` (> 0).
 * Negative: there is none, and nothing is drawn. */
void chart_spark(struct canvas *canvas, int x, int y, int n, enum role role,
                 const float *value, double max);
/* The same over h rows. */
void chart_columns(struct canvas *canvas, int x, int y, int n, int h, enum role role,
                   const float *value, double max);

/* Two series over time, stacked: `low` from the ground, `high` (>= low) above it. Both
 * have 2*w points: a cell is 2x4 dots of braille. */
void chart_area(struct canvas *canvas, int x, int y, int w, int h, const double *low,
                const double *high, double max, enum role role_low, enum role role_high);
/* n values spread over m points: means of what falls together, or each repeated. */
void chart_resample(const uint64_t *value, size_t n, double *out, size_t m);

/* The least 1, 2, 2.5 or 5 times a power of ten that is >= value; 1 for none. */
double chart_nice(double value);

/* A common axis from 0: w columns, ticks every `step` up to hi. */
struct axis {
    double hi, step;
    int w;
};
/* Of an axis for values up to `max`, with labels about `gap` columns apart. */
struct axis axis_make(double max, int w, int gap);
/* The column of a value; -1 beyond the axis. */
int axis_column(const struct axis *axis, double value);
/* The row of tick labels: "0 h    5 h    10 h+". `beyond`: values lie beyond the end. */
void axis_draw(const struct axis *axis, struct canvas *canvas, int x, int y,
               const char *unit, bool beyond);
/* Where an axis for these boxes should end: far enough for every box and a bit of its
 * whisker, not so far that a few who listen day and night flatten them all. */
double axis_reach(const struct box *box, size_t count, size_t stride);

/* A box plot along an axis: whiskers from least to most, the box from q1 to q3, the
 * median. A whisker that runs beyond the axis ends in an arrow. */
void chart_box(struct canvas *canvas, int x, int y, const struct axis *axis,
               const struct box *box);

#endif
