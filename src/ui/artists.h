/* The artists panel's rows: sections one under another, each with a heading of its own.
 */
#ifndef CADENCE_UI_ARTISTS_H
#define CADENCE_UI_ARTISTS_H

#include "cadence/parts.h"

enum section {
    SECTION_RISING,
    SECTION_SONGS,
    SECTION_FALLING,
    SECTION_ALL,
    SECTION_COUNT
};

/* What a row is: entry number `index` of a section, or its heading. */
struct artists_row {
    enum section section;
    bool heading;
    size_t index;
};

size_t artists_section_count(const struct snapshot *snapshot, enum section section);
size_t artists_count(const struct snapshot *snapshot);
/* The row of a section's heading; SIZE_MAX: it has none. */
size_t artists_heading(const struct snapshot *snapshot, enum section section);
struct artists_row artists_at(const struct snapshot *snapshot, size_t row);

const struct trend_rows *artists_trend(const struct snapshot *snapshot,
                                       enum section section);

/* Where columns end, or begin for spark and bar; 0: not shown. */
struct artists_columns {
    int rank, name, name_w;
    int lift, now, expected, listeners, listeners_w, since, forecast, spark;
    int plays, share, bar, bar_w, top_spark, top_name_w;
};
struct artists_columns artists_columns_make(const struct canvas *canvas, bool zoomed);

void artists_draw_trend(struct canvas *canvas, const struct artists_columns *at, int y,
                        const struct trend_rows *trend, size_t index, bool falling);
void artists_draw_top(struct canvas *canvas, const struct artists_columns *at, int y,
                      const struct snapshot *snapshot, size_t index);
void artists_draw_heads(struct canvas *canvas, const struct artists_columns *at, int y,
                        const char *name, const struct trend_rows *rows, bool trend);

/* "30 min against 24 h". */
void artists_scale_text(const struct trend_rows *trend, char *out, size_t size);

/* Why an artist is listed: the test, where and by whom it grows. */
void artists_draw_why(const struct snapshot *snapshot, struct canvas *canvas);

#endif
