/* Below the shares of a panel that stands alone: who they are, as shares of each row. */
#include "cadence/parts.h"

#include <stdio.h>

#define NAME_W 9
#define CELL_W 9

static void draw_line(struct canvas *canvas, int y, const struct cross *cross,
                      const struct cross_row *row, bool all)
{
    enum role role = all ? ROLE_STRONG : ROLE_TEXT;
    int x = NAME_W;
    canvas_text(canvas, 0, y, NAME_W, all ? ROLE_DIM : ROLE_TEXT, str_of(row->name));
    for (size_t i = 0; i < cross->columns && x + CELL_W <= canvas->w; i++) {
        char text[FIGURE_SIZE];
        if (!cross->whole.part[i])
            continue;
        x += CELL_W;
        column_text(canvas, x, y, row->part[i] ? role : ROLE_DIM,
                    figure_percent(row->part[i], (double)row->users, text));
    }
}

static void draw_heads(struct canvas *canvas, int y, const struct cross *cross)
{
    int x = NAME_W;
    canvas_text(canvas, 0, y, NAME_W, ROLE_DIM, str_of("of them"));
    for (size_t i = 0; i < cross->columns && x + CELL_W <= canvas->w; i++)
        if (cross->whole.part[i])
            column_head(canvas, x += CELL_W, y, cross->head[i]);
}

void cross_count(struct cross *cross, struct cross_row *row, size_t column,
                 const char *head, uint32_t users)
{
    cross->head[column] = head;
    cross->columns = column < cross->columns ? cross->columns : column + 1;
    cross->whole.part[column] += users;
    row->part[column] += users;
}

void part_cross(struct canvas *canvas, int y, const struct cross *cross)
{
    if (y + (int)cross->rows + 2 > canvas->h)
        return;
    draw_heads(canvas, y++, cross);
    for (size_t i = 0; i < cross->rows; i++)
        draw_line(canvas, y++, cross, &cross->row[i], false);
    draw_line(canvas, y, cross, &cross->whole, true);
}
