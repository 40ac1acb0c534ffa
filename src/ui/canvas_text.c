/* A canvas as text, for --screen and the golden tests. */
#include <stdio.h>

#include "cadence/mem.h"
#include "cadence/theme.h"
#include "canvas_unicode.h"

struct out {
    char *p;
    size_t n, cap;
};

static void out_bytes(struct out *out, const char *bytes, size_t n)
{
    out->p = mem_grow(out->p, &out->cap, out->n + n + 1, 1);
    memcpy(out->p + out->n, bytes, n);
    out->n += n;
}

static void out_char(struct out *out, uint32_t ch)
{
    char bytes[4];
    out_bytes(out, bytes, utf8_put(ch, bytes));
}

static void out_color(struct out *out, int base, int32_t rgb)
{
    char text[32];
    if (rgb == COLOR_DEFAULT)
        return;
    int n = snprintf(text, sizeof text, ";%d;2;%d;%d;%d", base, rgb >> 16 & 255,
                     rgb >> 8 & 255, rgb & 255);
    out_bytes(out, text, (size_t)n);
}

static void out_style(struct out *out, const struct style *style)
{
    out_bytes(out, "\033[0", 3);
    if (style->bold)
        out_bytes(out, ";1", 2);
    if (style->dim)
        out_bytes(out, ";2", 2);
    if (style->underline)
        out_bytes(out, ";4", 2);
    if (style->reverse)
        out_bytes(out, ";7", 2);
    out_color(out, 38, style->fg);
    out_color(out, 48, style->bg);
    out_bytes(out, "m", 1);
}

/* Whether a cell can be left out at the end of a line. */
static bool is_blank(const struct cell *cell, const struct theme *theme)
{
    if (cell->ch != ' ' || cell->mark[0])
        return false;
    const struct style *style = theme ? &theme->style[cell->role] : NULL;
    return !style || (style->bg == COLOR_DEFAULT && !style->reverse && !style->underline);
}

static void out_row(struct out *out, const struct cell *row, int w,
                    const struct theme *theme)
{
    int role = -1;
    while (w > 0 && is_blank(&row[w - 1], theme))
        w--;
    for (int x = 0; x < w; x++) {
        if (row[x].width == 0)
            continue;
        if (theme && row[x].role != role) {
            role = row[x].role;
            out_style(out, &theme->style[role]);
        }
        out_char(out, row[x].ch);
        for (int i = 0; i < CELL_MARKS && row[x].mark[i]; i++)
            out_char(out, row[x].mark[i]);
    }
    if (theme && role >= 0)
        out_bytes(out, "\033[0m", 4);
    out_bytes(out, "\n", 1);
}

char *canvas_to_text(const struct canvas *canvas, const struct theme *theme_or_null)
{
    struct out out = {0};
    out_bytes(&out, "", 0);
    for (int y = 0; y < canvas->h; y++)
        out_row(&out, canvas->cell + (ptrdiff_t)y * canvas->stride, canvas->w,
                theme_or_null);
    out.p[out.n] = 0;
    return out.p;
}
