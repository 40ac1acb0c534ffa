/* Method: every word has a home in the area that depends on nothing but its text (a hash
 * of it), and stands at the free place nearest to it. Words are placed level by level,
 * the largest first, and within a level in the order of their hashes: so words that
 * change ranks within a level move nothing, and one that changes level moves only what it
 * pushes aside. Words are taken by rank until they would cover half of the area; a fuller
 * cloud cannot be read. Memory: one byte a cell while a frame is made. Cost: words x
 * cells at worst. */
#include "cadence/cloud.h"

#include "cadence/mem.h"
#include "canvas_unicode.h"
#include "cloud_font.h"

#include <stdlib.h>

#define WORD_BYTES 512
#define GAP 2
#define MARK_WIDTH 2

/* An area at least this large has room for letters of blocks. */
#define BLOCK_LETTERS_W 56
#define BLOCK_LETTERS_H 14

/* Capitals of Latin, Greek and Cyrillic letters, where they lie a fixed distance away. */
static uint32_t upper(uint32_t ch)
{
    if ((ch >= 'a' && ch <= 'z') || (ch >= 0xE0 && ch <= 0xFE && ch != 0xF7) ||
        (ch >= 0x3B1 && ch <= 0x3C9 && ch != 0x3C2) || (ch >= 0x430 && ch <= 0x44F))
        return ch - 32;
    if (ch >= 0x450 && ch <= 0x45F)
        return ch - 80;
    bool even_is_upper =
        (ch >= 0x100 && ch <= 0x137 && ch != 0x131) || (ch >= 0x14A && ch <= 0x177);
    bool odd_is_upper = (ch >= 0x139 && ch <= 0x148) || (ch >= 0x179 && ch <= 0x17E);
    if ((even_is_upper && (ch & 1)) || (odd_is_upper && !(ch & 1)))
        return ch - 1;
    return ch;
}

/* The text as a level writes it. */
static struct str written(struct str text, int level, char out[WORD_BYTES])
{
    size_t n = 0;
    while (text.n && n + 6 < WORD_BYTES) {
        uint32_t ch = utf8_next(&text);
        if (level == 1 && n && unicode_class(ch) != GLYPH_MARK)
            out[n++] = ' ';
        n += utf8_put(level <= 2 ? upper(ch) : ch, out + n);
    }
    return (struct str){out, n};
}

static int width_of(const struct cloud_word *word, int level, bool ascii)
{
    char text[WORD_BYTES];
    return text_width(written(word->text, level, text), ascii) +
           (word->rising ? MARK_WIDTH : 0);
}

static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

static int level_of(const struct cloud_word *word, size_t rank, double heaviest,
                    bool by_weight)
{
    if (!by_weight)
        return rank < 3 ? 1 : rank < 9 ? 2 : rank < 24 ? 3 : 4;
    double share = heaviest > 0 ? word->weight / heaviest : 0;
    return share >= 0.75 ? 1 : share >= 0.45 ? 2 : share >= 0.2 ? 3 : 4;
}

struct grid {
    int w, h;
    char *taken;
};

static bool grid_free(const struct grid *grid, int x, int y, int w, int h)
{
    int from = x > GAP ? x - GAP : 0, to = x + w + GAP < grid->w ? x + w + GAP : grid->w;
    for (int line = y; line < y + h; line++)
        if (memchr(grid->taken + (ptrdiff_t)line * grid->w + from, 1,
                   (size_t)(to - from)))
            return false;
    return true;
}

/* The free x on a line that is nearest to `home`; -1 none within `far`. */
static int nearest_on_line(const struct grid *grid, int home, int y, int w, int h,
                           int far)
{
    for (int d = 0; d <= far; d++) {
        if (home - d >= 0 && grid_free(grid, home - d, y, w, h))
            return home - d;
        if (home + d + w <= grid->w && grid_free(grid, home + d, y, w, h))
            return home + d;
    }
    return -1;
}

/* A line counts as much as two columns, as it looks. */
static bool place_word(const struct grid *grid, struct cloud_place *place, uint64_t hash)
{
    int home_x = (int)((double)(hash & 0xffff) / 65536 * (grid->w - place->w + 1));
    int home_y = (int)((double)(hash >> 16 & 0xffff) / 65536 * (grid->h - place->h + 1));
    int best = grid->w + 2 * grid->h;
    bool found = false;
    for (int d = 0; d < grid->h && 2 * d < best; d++)
        for (int side = 0; side < (d ? 2 : 1); side++) {
            int y = side ? home_y + d : home_y - d;
            if (y < 0 || y + place->h > grid->h)
                continue;
            int x =
                nearest_on_line(grid, home_x, y, place->w, place->h, best - 2 * d - 1);
            if (x < 0)
                continue;
            best = abs(x - home_x) + 2 * d;
            place->x = x;
            place->y = y;
            found = true;
        }
    for (int y = place->y; found && y < place->y + place->h; y++)
        memset(grid->taken + (ptrdiff_t)y * grid->w + place->x, 1, (size_t)place->w);
    return found;
}

struct order {
    uint64_t hash;
    struct cloud_place place;
};

static int by_level(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->place.level != y->place.level)
        return x->place.level - y->place.level;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->place.word > y->place.word) - (x->place.word < y->place.word);
}

/* The size of a word at its level: of blocks if it can be, else as text; a word that
 * would be too wide for its level goes down to the next. */
static void measure(struct cloud_place *place, const struct cloud_word *word, int w,
                    int h, bool ascii)
{
    int mark = word->rising ? MARK_WIDTH : 0, block = font_width(word->text) + mark;
    place->h = 1;
    place->w = width_of(word, place->level, ascii);
    if (place->level == 1 && w >= BLOCK_LETTERS_W && h >= BLOCK_LETTERS_H && !ascii &&
        block > mark && block <= w * 4 / 5) {
        place->w = block;
        place->h = FONT_LINES;
    } else if (place->level == 1 && place->w > w * 2 / 3) {
        place->level = 2;
        place->w = width_of(word, 2, ascii);
    }
    place->w = place->w < w ? place->w : w;
}

/* Takes words by rank until half of the area is covered. */
static size_t choose(const struct cloud_word *word, size_t count, int w, int h,
                     bool by_weight, bool ascii, struct order *order, size_t max)
{
    int room = w * h / 2;
    size_t n = 0;
    for (size_t i = 0; i < count && n < max && room > 0; i++) {
        struct cloud_place place = {.word = i};
        place.level = level_of(&word[i], i, word[0].weight, by_weight);
        measure(&place, &word[i], w, h, ascii);
        if (place.w < 1)
            continue;
        room -= (place.w + GAP) * place.h;
        order[n++] = (struct order){hash_of(word[i].text), place};
    }
    return n;
}

size_t cloud_make(const struct cloud_word *word, size_t count, int w, int h,
                  bool by_weight, bool ascii, struct cloud_place *out, size_t max)
{
    if (w < 1 || h < 1 || max == 0)
        return 0;
    struct grid grid = {w, h, mem_zalloc((size_t)w * (size_t)h)};
    struct order *order = mem_alloc(max * sizeof *order);
    size_t n = choose(word, count, w, h, by_weight, ascii, order, max), placed = 0;
    qsort(order, n, sizeof *order, by_level);
    for (size_t i = 0; i < n; i++)
        if (place_word(&grid, &order[i].place, order[i].hash))
            out[placed++] = order[i].place;
    free(order);
    free(grid.taken);
    return placed;
}

void cloud_draw(struct canvas *canvas, const struct cloud_word *word,
                const struct cloud_place *place, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cloud_place *p = &place[i];
        char text[WORD_BYTES];
        struct str shown = written(word[p->word].text, p->level, text);
        enum role role = (enum role)(ROLE_CLOUD1 + p->level - 1);
        int x = p->x;
        if (word[p->word].rising) {
            canvas_glyph(canvas, x, p->y, ROLE_RISE, 0x25B2, '^');
            x += MARK_WIDTH;
            role = ROLE_RISE;
        }
        if (p->h == FONT_LINES)
            font_draw(canvas, x, p->y, role, word[p->word].text);
        else
            canvas_text(canvas, x, p->y, p->x + p->w - x, role, shown);
    }
}
