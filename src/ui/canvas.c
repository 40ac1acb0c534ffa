#include "cadence/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cadence/mem.h"
#include "canvas_unicode.h"

static const struct cell blank_cell = {.ch = ' ', .width = 1, .role = ROLE_TEXT};

void canvas_init(struct canvas *canvas, int w, int h, bool ascii)
{
    *canvas = (struct canvas){.w = w > 0 ? w : 0, .h = h > 0 ? h : 0, .ascii = ascii};
    canvas->stride = canvas->w;
    canvas->owned = true;
    size_t count = (size_t)canvas->w * (size_t)canvas->h;
    canvas->cell = mem_alloc(count * sizeof *canvas->cell);
    for (size_t i = 0; i < count; i++)
        canvas->cell[i] = blank_cell;
}

void canvas_fini(struct canvas *canvas)
{
    if (canvas->owned)
        free(canvas->cell);
    *canvas = (struct canvas){0};
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return canvas->cell + (ptrdiff_t)y * canvas->stride + x;
}

static bool inside(const struct canvas *canvas, int x, int y)
{
    return x >= 0 && y >= 0 && x < canvas->w && y < canvas->h;
}

/* Writes over a cell. The other half of a wide character that loses one half becomes a
 * blank; it may lie outside a sub-canvas, but never outside the row. */
static void put(struct cell *at, struct cell cell)
{
    if (at->width == 0) {
        at[-1].ch = ' ';
        at[-1].width = 1;
        memset(at[-1].mark, 0, sizeof at[-1].mark);
    } else if (at->width == 2) {
        at[1].ch = ' ';
        at[1].width = 1;
    }
    *at = cell;
}

void canvas_clear(struct canvas *canvas)
{
    for (int y = 0; y < canvas->h; y++)
        for (int x = 0; x < canvas->w; x++)
            put(cell_at(canvas, x, y), blank_cell);
}

struct canvas canvas_sub(const struct canvas *canvas, int x, int y, int w, int h)
{
    struct canvas sub = {
        .ascii = canvas->ascii, .stride = canvas->stride, .cell = canvas->cell};
    int right = x + w < canvas->w ? x + w : canvas->w;
    int bottom = y + h < canvas->h ? y + h : canvas->h;
    x = x > 0 ? x : 0;
    y = y > 0 ? y : 0;
    if (right > x && bottom > y) {
        sub.cell = cell_at(canvas, x, y);
        sub.w = right - x;
        sub.h = bottom - y;
    }
    return sub;
}

/* Draws one character; the second half of a wide one that would be outside makes it a
 * blank. */
static void put_char(struct canvas *canvas, int x, int y, enum role role, uint32_t ch,
                     int width)
{
    struct cell cell = {.ch = ch, .width = (uint8_t)width, .role = (uint8_t)role};
    if (width == 2 && !inside(canvas, x, y) + !inside(canvas, x + 1, y) == 1) {
        cell.ch = ' ';
        cell.width = 1;
        x += !inside(canvas, x, y);
    }
    if (!inside(canvas, x, y))
        return;
    if (cell.width == 2)
        put(cell_at(canvas, x + 1, y), blank_cell);
    put(cell_at(canvas, x, y), cell);
    if (cell.width == 2)
        *cell_at(canvas, x + 1, y) = (struct cell){.width = 0, .role = (uint8_t)role};
}

static void put_mark(struct canvas *canvas, int x, int y, uint32_t mark)
{
    if (!inside(canvas, x, y))
        return;
    struct cell *cell = cell_at(canvas, x, y);
    for (int i = 0; i < CELL_MARKS; i++)
        if (!cell->mark[i]) {
            cell->mark[i] = mark;
            return;
        }
}

/* A character as it will be drawn: its columns, and in ASCII its letters. */
struct drawn {
    uint32_t ch;
    int columns;
    const char *ascii; /* NULL: draw ch */
    bool mark;
};

static struct drawn drawn_of(uint32_t ch, bool ascii)
{
    struct drawn d = {.ch = ch};
    switch (unicode_class(ch)) {
    case GLYPH_HIDDEN:
        d.ch = 0;
        return d;
    case GLYPH_MARK:
        d.mark = !ascii;
        return d;
    case GLYPH_BLANK:
        d.ch = ' ';
        d.columns = 1;
        return d;
    case GLYPH_WIDE:
        d.columns = 2;
        break;
    case GLYPH_UNKNOWN:
        d.ch = CHAR_UNKNOWN;
        d.columns = 1;
        break;
    case GLYPH_NARROW:
        d.columns = 1;
        break;
    }
    if (ascii && ch >= 0x80) {
        d.ascii = unicode_ascii(ch);
        if (!*d.ascii)
            d.ascii = "?";
        d.columns = (int)strlen(d.ascii);
    }
    return d;
}

int text_width(struct str text, bool ascii)
{
    int width = 0;
    while (text.n)
        width += drawn_of(utf8_next(&text), ascii).columns;
    return width;
}

/* Draws one character at x; marks go onto column `base`. Returns the next x. */
static int draw_one(struct canvas *canvas, int x, int y, enum role role, struct drawn d,
                    int *base)
{
    if (d.mark && *base >= 0)
        put_mark(canvas, *base, y, d.ch);
    if (d.columns == 0)
        return x;
    *base = x;
    if (d.ascii)
        for (int i = 0; d.ascii[i]; i++)
            put_char(canvas, x + i, y, role, (unsigned char)d.ascii[i], 1);
    else
        put_char(canvas, x, y, role, d.ch, d.columns);
    return x + d.columns;
}

int canvas_text(struct canvas *canvas, int x, int y, int max, enum role role,
                struct str text)
{
    if (max > canvas->w - x)
        max = canvas->w - x;
    if (max <= 0)
        return 0;
    bool cut = text_width(text, canvas->ascii) > max;
    int end = x + max - cut, at = x, base = -1;
    while (text.n) {
        struct drawn d = drawn_of(utf8_next(&text), canvas->ascii);
        if (at + d.columns > end)
            break;
        at = draw_one(canvas, at, y, role, d, &base);
    }
    if (cut)
        canvas_glyph(canvas, at++, y, role, 0x2026, '~');
    return at - x;
}

/* Text of any length made by a format: in `room` when it fits, else on the heap. */
static char *format_text(char *room, size_t size, const char *format, va_list args,
                         struct str *out)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(room, size, format, args);
    char *heap = NULL;
    if (n >= 0 && (size_t)n >= size) {
        heap = mem_alloc((size_t)n + 1);
        vsnprintf(heap, (size_t)n + 1, format, again);
    }
    va_end(again);
    *out = (struct str){heap ? heap : room, n > 0 ? (size_t)n : 0};
    return heap;
}

int canvas_printf(struct canvas *canvas, int x, int y, enum role role, const char *format,
                  ...)
{
    char room[512];
    struct str text;
    va_list args;
    va_start(args, format);
    char *heap = format_text(room, sizeof room, format, args, &text);
    va_end(args);
    int used = canvas_text(canvas, x, y, canvas->w - x, role, text);
    free(heap);
    return used;
}

int canvas_printf_right(struct canvas *canvas, int x_end, int y, enum role role,
                        const char *format, ...)
{
    char room[512];
    struct str text;
    va_list args;
    va_start(args, format);
    char *heap = format_text(room, sizeof room, format, args, &text);
    va_end(args);
    int width = text_width(text, canvas->ascii);
    int x = x_end > width ? x_end - width : 0;
    int used = canvas_text(canvas, x, y, x_end - x, role, text);
    free(heap);
    return used;
}

void canvas_glyph(struct canvas *canvas, int x, int y, enum role role, uint32_t glyph,
                  char ascii)
{
    struct drawn d =
        drawn_of(canvas->ascii ? (unsigned char)ascii : glyph, canvas->ascii);
    int base = -1;
    draw_one(canvas, x, y, role, d, &base);
}

void canvas_fill(struct canvas *canvas, int x, int y, int w, int h, enum role role,
                 uint32_t glyph, char ascii)
{
    struct canvas part = canvas_sub(canvas, x, y, w, h);
    for (int row = 0; row < part.h; row++)
        for (int column = 0; column < part.w; column++)
            canvas_glyph(&part, column, row, role, glyph, ascii);
}

void canvas_paint(struct canvas *canvas, int x, int y, int w, int h, enum role role)
{
    struct canvas part = canvas_sub(canvas, x, y, w, h);
    for (int row = 0; row < part.h; row++)
        for (int column = 0; column < part.w; column++)
            cell_at(&part, column, row)->role = (uint8_t)role;
}
