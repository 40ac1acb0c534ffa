/* Method: states are put into five classes by users. Quantile breaks are type-7 quantiles
 * of the states that have users at 20, 40, 60 and 80 per cent; a value belongs above
 * every break that is less than it, so equal values share a class. Linear and log classes
 * are fifths of the range. Source: tile grid maps as newspapers draw them; classes as
 * cartography teaches (Slocum). */
#include "cadence/map.h"

#include "cadence/chart.h"

#include <math.h>
#include <stdlib.h>

const struct map_tile map_tiles[MAP_STATES] = {
    {"WI", 5, 0, "Wisconsin"},      {"VT", 8, 0, "Vermont"},
    {"NH", 9, 0, "New Hampshire"},  {"ME", 10, 0, "Maine"},
    {"WA", 0, 1, "Washington"},     {"ID", 1, 1, "Idaho"},
    {"MT", 2, 1, "Montana"},        {"ND", 3, 1, "North Dakota"},
    {"MN", 4, 1, "Minnesota"},      {"IL", 5, 1, "Illinois"},
    {"MI", 6, 1, "Michigan"},       {"NY", 8, 1, "New York"},
    {"MA", 9, 1, "Massachusetts"},  {"OR", 0, 2, "Oregon"},
    {"NV", 1, 2, "Nevada"},         {"WY", 2, 2, "Wyoming"},
    {"SD", 3, 2, "South Dakota"},   {"IA", 4, 2, "Iowa"},
    {"IN", 5, 2, "Indiana"},        {"OH", 6, 2, "Ohio"},
    {"PA", 7, 2, "Pennsylvania"},   {"NJ", 8, 2, "New Jersey"},
    {"CT", 9, 2, "Connecticut"},    {"RI", 10, 2, "Rhode Island"},
    {"CA", 0, 3, "California"},     {"UT", 1, 3, "Utah"},
    {"CO", 2, 3, "Colorado"},       {"NE", 3, 3, "Nebraska"},
    {"MO", 4, 3, "Missouri"},       {"KY", 5, 3, "Kentucky"},
    {"WV", 6, 3, "West Virginia"},  {"VA", 7, 3, "Virginia"},
    {"MD", 8, 3, "Maryland"},       {"DE", 9, 3, "Delaware"},
    {"AZ", 1, 4, "Arizona"},        {"NM", 2, 4, "New Mexico"},
    {"KS", 3, 4, "Kansas"},         {"AR", 4, 4, "Arkansas"},
    {"TN", 5, 4, "Tennessee"},      {"NC", 6, 4, "North Carolina"},
    {"SC", 7, 4, "South Carolina"}, {"DC", 8, 4, "District of Columbia"},
    {"OK", 3, 5, "Oklahoma"},       {"LA", 4, 5, "Louisiana"},
    {"MS", 5, 5, "Mississippi"},    {"AL", 6, 5, "Alabama"},
    {"GA", 7, 5, "Georgia"},        {"HI", 0, 6, "Hawaii"},
    {"AK", 1, 6, "Alaska"},         {"TX", 3, 6, "Texas"},
    {"FL", 8, 6, "Florida"},
};

static int tile_of(const char *name)
{
    for (int i = 0; i < MAP_STATES; i++)
        if (strcmp(map_tiles[i].name, name) == 0)
            return i;
    return -1;
}

const char *map_state_name(const char *name)
{
    int tile = tile_of(name);
    return tile < 0 ? NULL : map_tiles[tile].full;
}

const char *map_scale_name(enum map_scale scale)
{
    static const char *const names[MAP_SCALE_COUNT] = {"quantile", "linear", "log"};
    return names[scale];
}

static double quantile(const uint32_t *sorted, size_t n, double q)
{
    double at = (double)(n - 1) * q;
    size_t i = (size_t)at, next = i + 1 < n ? i + 1 : i;
    return sorted[i] + (at - (double)i) * ((double)sorted[next] - sorted[i]);
}

int map_class(enum map_scale scale, const uint32_t *sorted, size_t n, uint32_t value)
{
    if (n == 0 || value == 0)
        return 0;
    int class = 1;
    double lowest = sorted[0], highest = sorted[n - 1], share = 1;
    if (scale == MAP_QUANTILE) {
        for (int i = 1; i < MAP_CLASSES; i++)
            class += quantile(sorted, n, (double)i / MAP_CLASSES) < value;
        return class;
    }
    if (scale == MAP_LINEAR)
        share = value / highest;
    else if (highest > lowest)
        share = log(value / lowest) / log(highest / lowest);
    class = (int)ceil(share * MAP_CLASSES - 1e-9);
    return class < 1 ? 1 : class > MAP_CLASSES ? MAP_CLASSES : class;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void map_make(struct map_figures *map, const struct snapshot *snapshot,
              enum map_scale scale)
{
    uint32_t sorted[MAP_STATES] = {0};
    size_t n = 0;
    memset(map, 0, sizeof *map);
    for (size_t i = 0; i < snapshot->states; i++) {
        int tile = tile_of(snapshot->state[i].name);
        if (tile < 0) {
            map->elsewhere += snapshot->state[i].users;
            continue;
        }
        map->users[tile] = snapshot->state[i].users;
        if (map->users[tile])
            sorted[n++] = map->users[tile];
    }
    qsort(sorted, n, sizeof *sorted, by_value);
    for (int i = 0; i < MAP_STATES; i++) {
        uint32_t users = map->users[i];
        int class = map_class(scale, sorted, n, users);
        map->class[i] = (uint8_t) class;
        if (users && (map->most[class] == 0 || users < map->least[class]))
            map->least[class] = users;
        if (users > map->most[class])
            map->most[class] = users;
    }
}

int map_tallest(int w)
{
    int tile = w / MAP_COLUMNS;
    return tile >= 7 ? 4 : tile >= 5 ? 3 : tile >= 4 ? 2 : 1;
}

bool map_fit(struct map_size *size, int w, int h)
{
    size->w = w / MAP_COLUMNS < 9 ? w / MAP_COLUMNS : 9;
    if (size->w < 3 && w >= MAP_COLUMNS * 3 - 1)
        size->w = 3; /* the last tile does without its gap */
    int tallest = map_tallest(w), lines = (h - 1) / MAP_LINES;
    size->h = lines < tallest ? lines : tallest;
    if (size->h < 1 && h >= MAP_LINES)
        size->h = 1;
    if (size->w < 3 || size->h < 1)
        return false;
    /* Without a legend the lines below are spare; with one it stands a line apart if it
     * can. */
    int used = size->h * MAP_LINES - (size->h >= 3);
    int spare = h - used;
    size->x = (w - size->w * MAP_COLUMNS + 1) / 2;
    size->x = size->x < 0 ? 0 : size->x;
    size->legend_y = spare > 0 ? h - 1 : -1;
    size->y = spare > 2 ? (spare - 1) / 2 : 0;
    return true;
}

enum role map_role(int class)
{
    return (enum role)(ROLE_MAP0 + class);
}

static uint32_t class_glyph(int class, char *ascii)
{
    static const uint32_t glyphs[MAP_CLASSES + 1] = {' ',    0x00B7, 0x2591,
                                                     0x2592, 0x2593, 0x2588};
    *ascii = " .:+%#"[class];
    return glyphs[class];
}

void map_glyph(struct canvas *canvas, int x, int y, int class)
{
    char ascii;
    uint32_t glyph = class_glyph(class, &ascii);
    canvas_glyph(canvas, x, y, map_role(class), glyph, ascii);
}

/* The figure in the middle of a line of the tile, with a blank on both sides if there is
 * room. */
static void tile_figure(struct canvas *tile, int y, enum role role, const char *text)
{
    int width = (int)strlen(text), field = width < 2 ? 2 : width;
    if (field > tile->w)
        return;
    int x = (tile->w - field) / 2, pad = tile->w - field >= 4;
    canvas_fill(tile, x - pad, y, field + 2 * pad, 1, role, ' ', ' ');
    canvas_text(tile, x + field - width, y, width, role, str_of(text));
}

/* One line high: name and class, "CA█", and the figure where it fits. */
static void draw_line(struct canvas *tile, const char *name, uint32_t users, int class)
{
    enum role role = map_role(class);
    char figure[FIGURE_SIZE];
    figure_fit(users, tile->w - 3, figure);
    if (class == 0) {
        canvas_text(tile, 0, 0, 2, role, str_of(name));
        return;
    }
    if (tile->w >= 6 && (int)strlen(figure) <= tile->w - 3) {
        canvas_printf(tile, 0, 0, role, "%s", name);
        map_glyph(tile, 2, 0, class);
        canvas_text(tile, 3, 0, tile->w - 3, role, str_of(figure));
    } else if (tile->w >= 4) {
        map_glyph(tile, 0, 0, class);
        canvas_text(tile, 1, 0, 2, role, str_of(name));
        map_glyph(tile, 3, 0, class);
    } else {
        canvas_text(tile, 0, 0, 2, role, str_of(name));
        map_glyph(tile, 2, 0, class);
    }
}

static void draw_block(struct canvas *tile, const char *name, uint32_t users, int class)
{
    char figure[FIGURE_SIZE], ascii;
    enum role role = map_role(class);
    uint32_t glyph = class_glyph(class, &ascii);
    canvas_fill(tile, 0, 0, tile->w, tile->h, role, glyph, ascii);
    figure_fit(users, tile->w, figure);
    bool tall = tile->h >= 3;
    if (tile->w - 2 >= 4)
        tile_figure(tile, tall ? (tile->h - 1) / 2 - (tile->h == 4) : 0, role, name);
    else
        canvas_text(tile, (tile->w - 2) / 2, 0, 2, role, str_of(name));
    if (tile->h < 2)
        return;
    int y = tall ? (tile->h - 1) / 2 + 1 - (tile->h == 4) : 1;
    if (class)
        tile_figure(tile, y, role, figure);
    else
        tile_figure(tile, y, role, "-");
}

void map_draw(struct canvas *canvas, const struct map_figures *map,
              const struct map_size *size)
{
    /* An even number of columns, so that two letters stand in the middle; three have the
     * shade at one side. */
    int gap_x = size->w < 4 ? 0 : size->w == 4 || size->w % 2 ? 1 : 2;
    int gap_y = size->h >= 3;
    for (int i = 0; i < MAP_STATES; i++) {
        struct canvas tile = canvas_sub(canvas, size->x + map_tiles[i].column * size->w,
                                        size->y + map_tiles[i].line * size->h,
                                        size->w - gap_x, size->h - gap_y);
        if (size->h == 1)
            draw_line(&tile, map_tiles[i].name, map->users[i], map->class[i]);
        else
            draw_block(&tile, map_tiles[i].name, map->users[i], map->class[i]);
    }
}

int map_tile_at(const struct map_size *size, int x, int y)
{
    if (x < size->x || y < size->y)
        return -1;
    int column = (x - size->x) / size->w, line = (y - size->y) / size->h;
    for (int i = 0; i < MAP_STATES; i++)
        if (map_tiles[i].column == column && map_tiles[i].line == line)
            return i;
    return -1;
}
