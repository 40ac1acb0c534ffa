/* Below the shares of a panel that stands alone: who they are, as shares of each row. */
#include "cadence/parts.h"

#define NAME_W 9
#define CELL_W 9

/* Columns that have users: levels, then what else they are. Where these do not all fit
 * the last that does is of all "others", if one of their kind stands before it. */
static size_t used_columns(const struct cross *cross, const struct canvas *canvas,
                           size_t column[CROSS_MAX], bool *others)
{
    size_t used = 0,
           fit = canvas->w > NAME_W ? (size_t)((canvas->w - NAME_W) / CELL_W) : 0;
    for (size_t i = 0; i < cross->columns; i++)
        if (cross->whole.part[i])
            column[used++] = i;
    *others = used > fit && fit >= 2 && column[fit - 2] >= LEVEL_COUNT;
    return used < fit ? used : fit;
}

static uint32_t part_of(const struct cross *cross, const struct cross_row *row,
                        size_t column, bool others)
{
    uint32_t sum = row->part[column];
    for (size_t i = column + 1; others && i < cross->columns; i++)
        sum += row->part[i];
    return sum;
}

static void draw_line(struct canvas *canvas, int y, const struct cross *cross,
                      const struct cross_row *row, bool all)
{
    enum role role = all ? ROLE_STRONG : ROLE_TEXT;
    size_t column[CROSS_MAX];
    bool others;
    size_t used = used_columns(cross, canvas, column, &others);
    canvas_text(canvas, 0, y, NAME_W, all ? ROLE_DIM : ROLE_TEXT, str_of(row->name));
    for (size_t i = 0; i < used; i++) {
        char text[FIGURE_SIZE];
        uint32_t users = part_of(cross, row, column[i], others && i + 1 == used);
        column_text(canvas, NAME_W + ((int)i + 1) * CELL_W, y, users ? role : ROLE_DIM,
                    figure_percent(users, (double)row->users, text));
    }
}

static void draw_heads(struct canvas *canvas, int y, const struct cross *cross)
{
    size_t column[CROSS_MAX];
    bool others;
    size_t used = used_columns(cross, canvas, column, &others);
    canvas_text(canvas, 0, y, NAME_W, ROLE_DIM, str_of("of them"));
    for (size_t i = 0; i < used; i++)
        column_head(canvas, NAME_W + ((int)i + 1) * CELL_W, y,
                    others && i + 1 == used ? "others" : cross->head[column[i]]);
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
