/* A grid of cells in memory. Panels draw into it; it knows neither terminal nor colour.
 * Clipping: drawing outside is ignored, never an error. */
#ifndef CADENCE_CANVAS_H
#define CADENCE_CANVAS_H

#include "cadence/str.h"

enum role {
#define ROLE(id, name, help) ROLE_##id,
#include "cadence/roles.def"
#undef ROLE
    ROLE_COUNT
};

#define CELL_MARKS 2

/* One column of the screen. A wide character fills two cells, the second with width 0. */
struct cell {
    uint32_t ch;               /* code point; 0 in the second half of a wide one */
    uint32_t mark[CELL_MARKS]; /* combining characters on top, 0 none */
    uint8_t width;             /* 1, 2; 0: second half */
    uint8_t role;
};

struct canvas {
    int w, h;
    bool ascii;        /* only ASCII glyphs may be drawn */
    struct cell *cell; /* h rows of `stride` */
    int stride;
    bool owned;
};

void canvas_init(struct canvas *canvas, int w, int h, bool ascii);
void canvas_fini(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/* A window onto part of another canvas: shares its cells, its own coordinates, clipped.
 */
struct canvas canvas_sub(const struct canvas *canvas, int x, int y, int w, int h);

/* Draws UTF-8 text from (x, y) in at most `max` columns; what does not fit ends in an
 * ellipsis
 * ("…", "~" in ASCII). Control, format (bidi) and unassigned characters are never drawn.
 * In ASCII mode what is not ASCII is transliterated (é -> e) or becomes "?". Returns
 * columns used. */
int canvas_text(struct canvas *canvas, int x, int y, int max, enum role role,
                struct str text);
/* printf into canvas_text; `max` is up to the right edge. Returns columns used. */
int canvas_printf(struct canvas *canvas, int x, int y, enum role role, const char *format,
                  ...) __attribute__((format(printf, 5, 6)));
/* The same, ending at column x_end (exclusive). */
int canvas_printf_right(struct canvas *canvas, int x_end, int y, enum role role,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
/* One glyph: a code point and what stands for it in ASCII. */
void canvas_glyph(struct canvas *canvas, int x, int y, enum role role, uint32_t glyph,
                  char ascii);
void canvas_fill(struct canvas *canvas, int x, int y, int w, int h, enum role role,
                 uint32_t glyph, char ascii);
/* Changes the role of cells already drawn. */
void canvas_paint(struct canvas *canvas, int x, int y, int w, int h, enum role role);

/* Columns that a text takes on the screen. */
int text_width(struct str text, bool ascii);

/* The whole canvas as UTF-8 lines, trailing blanks cut; with_color adds SGR sequences
 * through the theme. Heap; the caller frees. */
struct theme;
char *canvas_to_text(const struct canvas *canvas, const struct theme *theme_or_null);

#endif
