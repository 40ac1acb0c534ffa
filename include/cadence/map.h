/* The tile map: every state a tile of the same size on a grid that keeps neighbours
 * together (small states are as visible as large ones), in five classes told by role and
 * by glyph. */
#ifndef CADENCE_MAP_H
#define CADENCE_MAP_H

#include "cadence/panel.h"

#define MAP_STATES 51
#define MAP_COLUMNS 11
#define MAP_LINES 7
#define MAP_CLASSES 5

struct map_tile {
    char name[3];
    int8_t column, line;
    const char *full; /* "California" */
};
extern const struct map_tile map_tiles[MAP_STATES];

/* Full name, or NULL for what is no state of the map. */
const char *map_state_name(const char *name);

/* The figures of a map: users by tile, classes 1..MAP_CLASSES by value, 0 without users.
 */
struct map_figures {
    uint32_t users[MAP_STATES];
    uint8_t class[MAP_STATES];
    uint32_t least[MAP_CLASSES + 1],
        most[MAP_CLASSES + 1]; /* of each class; most 0: empty */
    uint64_t elsewhere;        /* users of states that are not on the map */
};
void map_make(struct map_figures *map, const struct snapshot *snapshot,
              enum map_scale scale);

/* The class of a value under a scale. Quantile: each class holds about a fifth of the
 * states with users (equal values share a class); linear: fifths of the highest; log:
 * fifths between the logarithms of the lowest and the highest. `sorted`: the n values >
 * 0, ascending. */
int map_class(enum map_scale scale, const uint32_t *sorted, size_t n, uint32_t value);

const char *map_scale_name(enum map_scale scale);

/* The size of a tile for an area of w x h, legend included; false if there is no room. */
struct map_size {
    int w, h;     /* of a tile, gap included */
    int x, y;     /* of the first tile */
    int legend_y; /* -1: none */
};
/* Lines of a tile at most, in an area of w columns: taller ones would look like towers.
 */
int map_tallest(int w);
bool map_fit(struct map_size *size, int w, int h);

void map_draw(struct canvas *canvas, const struct map_figures *map,
              const struct map_size *size);
/* The tile at (x, y); -1 none. */
int map_tile_at(const struct map_size *size, int x, int y);

/* The glyph of a class, for tables and legends. */
void map_glyph(struct canvas *canvas, int x, int y, int class);
enum role map_role(int class);

#endif
