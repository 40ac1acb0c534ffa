#include "frame.h"

#include <stdio.h>
#include <string.h>

static void draw_box(struct canvas *canvas, const struct frame *f, enum role role)
{
    int right = f->x + f->w - 1, bottom = f->y + f->h - 1;
    canvas_fill(canvas, f->x, f->y, f->w, 1, role, 0x2500, '-');
    canvas_fill(canvas, f->x, bottom, f->w, 1, role, 0x2500, '-');
    canvas_fill(canvas, f->x, f->y, 1, f->h, role, 0x2502, '|');
    canvas_fill(canvas, right, f->y, 1, f->h, role, 0x2502, '|');
    canvas_glyph(canvas, f->x, f->y, role, 0x256D, '+');
    canvas_glyph(canvas, right, f->y, role, 0x256E, '+');
    canvas_glyph(canvas, f->x, bottom, role, 0x2570, '+');
    canvas_glyph(canvas, right, bottom, role, 0x256F, '+');
}

/* " text " within a border, from x on in at most `max` columns; returns how many. */
static int draw_label(struct canvas *canvas, int x, int y, int max, enum role role,
                      const char *text)
{
    if (!text[0] || max < 3)
        return 0;
    canvas_glyph(canvas, x, y, role, ' ', ' ');
    int used = 1 + canvas_text(canvas, x + 1, y, max - 2, role, str_of(text));
    canvas_glyph(canvas, x + used, y, role, ' ', ' ');
    return used + 1;
}

/* Where the last of the pieces of a label begins with what parts it from the one before:
 * a comma and a blank (one within a number has none), or three blanks. NULL: one piece.
 */
static char *last_piece(char *text)
{
    for (char *p = text + strlen(text); p-- > text;)
        if (strncmp(p, ", ", 2) == 0 || strncmp(p, "   ", 3) == 0)
            return p;
    return NULL;
}

/* The same, ending before column x_end; of what does not fit in `max` the last pieces are
 * left out, or all. */
static void draw_label_right(struct canvas *canvas, int x_end, int y, int max,
                             const char *label)
{
    char text[160], *cut;
    snprintf(text, sizeof text, "%s", label);
    int width = text_width(str_of(text), canvas->ascii) + 2;
    while (width > max && (cut = last_piece(text)) != NULL) {
        *cut = 0;
        width = text_width(str_of(text), canvas->ascii) + 2;
    }
    if (width <= max)
        draw_label(canvas, x_end - width, y, width, ROLE_DIM, text);
}

struct canvas frame_draw(struct canvas *canvas, const struct frame *f)
{
    draw_box(canvas, f, f->focused ? ROLE_FOCUS : ROLE_BORDER);
    int used = draw_label(canvas, f->x + 2, f->y, f->w - 4,
                          f->focused ? ROLE_FOCUS : ROLE_TITLE, f->title);
    draw_label_right(canvas, f->x + f->w - 2, f->y, f->w - 5 - used, f->unit);
    draw_label_right(canvas, f->x + f->w - 2, f->y + f->h - 1, f->w - 4, f->note);
    return canvas_sub(canvas, f->x + 1, f->y + 1, f->w - 2, f->h - 2);
}
