/* A word cloud on a grid of cells: the heavier a word, the larger it is written. */
#ifndef CADENCE_CLOUD_H
#define CADENCE_CLOUD_H

#include "cadence/canvas.h"

/* A terminal has one size of letters, so size is told otherwise:
 * 1 letters of blocks, three lines high; where there is no room for them, or none for a
 * character, "C O L D P L A Y"  2 "COLDPLAY"  3 "Coldplay"  4 "Coldplay" in the role of
 * the smallest. */
#define CLOUD_LEVELS 4

struct cloud_word {
    struct str text;
    double weight; /* > 0 */
    bool rising;   /* marked, in the role of what rises */
};

struct cloud_place {
    size_t word; /* index of the word */
    int x, y, w, h;
    int level; /* 1 largest .. CLOUD_LEVELS */
};

/* Places words (heaviest first) in an area of w x h cells: none overlaps another, two
 * columns at least lie between neighbours, nothing is cut at the edge. By rank the first
 * few are the largest; by weight the size follows weight / heaviest. Words for which
 * there is no room are left out, the lightest first. Returns how many of out[max] are
 * set. */
size_t cloud_make(const struct cloud_word *word, size_t count, int w, int h,
                  bool by_weight, bool ascii, struct cloud_place *out, size_t max);

void cloud_draw(struct canvas *canvas, const struct cloud_word *word,
                const struct cloud_place *place, size_t count);

#endif
