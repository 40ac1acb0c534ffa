/* Where panels stand. The screen is cut into columns; each column has its panels from top to
 * bottom. A column takes as many as find room with their least height, the most important first;
 * what is left then raises them to the height that suits them, and the rest goes to those that
 * can use any. So no panel is ever cut and no column has a hole. */
#include "cadence/panel.h"

#define COLUMNS_MAX 4

/* Heights are those of the inside. */
struct shape {
    enum panel_id id;
    int priority;        /* 1 is left out last */
    int least, ideal;
    int grow;            /* share of what is left */
};

/* The map grows by whole lines of tiles: see map_lines. */
#define MAP_ROWS 7

static const struct shape shapes[PANEL_COUNT] = {
    {PANEL_LEVELS, 1, 2, 7, 0},    {PANEL_DEVICES, 6, 3, 5, 0},   {PANEL_GENDERS, 9, 2, 2, 0},
    {PANEL_HOURS, 5, 4, 12, 2},    {PANEL_SESSIONS, 10, 2, 4, 0}, {PANEL_MAP, 4, 8, 23, 0},
    {PANEL_ARTISTS, 2, 3, 12, 3},  {PANEL_SONGS, 3, 2, 12, 3},    {PANEL_USERS, 7, 2, 7, 1},
    {PANEL_ACTIVITY, 8, 2, 6, 1},  {PANEL_KAFKA, 4, 2, 6, 0},
};

/* From left to right, from top to bottom. */
struct plan {
    int from_w;                              /* screens at least this wide */
    int columns;
    int share[COLUMNS_MAX];                  /* of the width, in thousandths */
    enum panel_id panel[COLUMNS_MAX][PANEL_COUNT + 1];
};
#define END PANEL_COUNT

static const struct plan plans[] = {
    {220, 4, {220, 300, 260, 220},
     {{PANEL_LEVELS, PANEL_DEVICES, PANEL_GENDERS, PANEL_SESSIONS, PANEL_HOURS, END},
      {PANEL_MAP, PANEL_ACTIVITY, END},
      {PANEL_ARTISTS, PANEL_KAFKA, END},
      {PANEL_SONGS, PANEL_USERS, END}}},
    {140, 3, {285, 403, 312},
     {{PANEL_LEVELS, PANEL_DEVICES, PANEL_GENDERS, PANEL_HOURS, PANEL_SESSIONS, END},
      {PANEL_MAP, PANEL_ARTISTS, PANEL_KAFKA, END},
      {PANEL_SONGS, PANEL_USERS, PANEL_ACTIVITY, END}}},
    {56, 2, {500, 500},
     {{PANEL_LEVELS, PANEL_DEVICES, PANEL_GENDERS, PANEL_MAP, PANEL_HOURS, PANEL_SESSIONS, END},
      {PANEL_ARTISTS, PANEL_SONGS, PANEL_USERS, PANEL_ACTIVITY, PANEL_KAFKA, END}}},
    {0, 1, {1000},
     {{PANEL_LEVELS, PANEL_ARTISTS, PANEL_SONGS, PANEL_MAP, PANEL_DEVICES, PANEL_GENDERS,
       PANEL_HOURS, PANEL_SESSIONS, PANEL_USERS, PANEL_ACTIVITY, PANEL_KAFKA, END}}},
};

struct stack {
    size_t count;
    const struct shape *shape[PANEL_COUNT];
    int h[PANEL_COUNT];              /* inside */
};

/* Panels of a column that are wide enough for it. */
static void stack_fill(struct stack *stack, const enum panel_id *panel, int w, bool kafka)
{
    stack->count = 0;
    for (; *panel != END; panel++) {
        if (*panel == PANEL_KAFKA && !kafka)
            continue;
        if (panel_get(*panel)->min_w > w - 2)
            continue;
        stack->shape[stack->count] = &shapes[*panel];
        stack->h[stack->count++] = shapes[*panel].least;
    }
}

static int stack_height(const struct stack *stack)
{
    int h = 0;
    for (size_t i = 0; i < stack->count; i++)
        h += stack->h[i] + 2;
    return h;
}

/* Leaves out the least important until the rest fits. */
static void stack_drop(struct stack *stack, int h)
{
    while (stack->count && stack_height(stack) > h) {
        size_t worst = 0;
        for (size_t i = 1; i < stack->count; i++)
            if (stack->shape[i]->priority > stack->shape[worst]->priority)
                worst = i;
        stack->count--;
        for (size_t i = worst; i < stack->count; i++) {
            stack->shape[i] = stack->shape[i + 1];
            stack->h[i] = stack->h[i + 1];
        }
    }
}

/* How far a panel goes with `room` more lines than it has: to its ideal, the map by whole lines
 * of tiles. Tiles get no taller than half their width, or they would look like towers. */
static int raise_by(const struct shape *shape, int h, int room, int w)
{
    int want = shape->ideal - h;
    if (shape->id == PANEL_MAP) {
        int tile_w = (w - 2) / 11, tallest = tile_w >= 7 ? 4 : tile_w >= 5 ? 3 : tile_w >= 4 ? 2 : 1;
        int more = room / MAP_ROWS, can = tallest - h / MAP_ROWS;
        more = more < can ? more : can;
        want = more > 0 ? more * MAP_ROWS : 0;
    }
    return want < 0 ? 0 : want < room ? want : room;
}

/* By importance, so that a tight screen shows the more of what matters more; but nobody gets all
 * before everybody has a little. */
static void stack_raise(struct stack *stack, int h, int w)
{
    int room = h - stack_height(stack);
    for (int turn = 0; turn < 2; turn++)
        for (int priority = 1; priority <= PANEL_COUNT; priority++)
            for (size_t i = 0; i < stack->count; i++) {
                if (stack->shape[i]->priority != priority)
                    continue;
                int more = raise_by(stack->shape[i], stack->h[i], room, w);
                if (turn == 0 && stack->shape[i]->id != PANEL_MAP)
                    more = (more + 1) / 2;
                stack->h[i] += more;
                room -= more;
            }
    int grow = 0;
    for (size_t i = 0; i < stack->count; i++)
        grow += stack->shape[i]->grow;
    for (size_t i = 0; i < stack->count && grow; i++) {
        int more = room * stack->shape[i]->grow / grow;
        stack->h[i] += more;
        room -= more;
        grow -= stack->shape[i]->grow;
    }
    if (room && stack->count)
        stack->h[stack->count - 1] += room;
}

static void stack_place(struct layout *layout, const struct stack *stack, int x, int w)
{
    int y = 0;
    for (size_t i = 0; i < stack->count; i++) {
        layout->place[layout->count++] =
            (struct panel_place){stack->shape[i]->id, x, y, w, stack->h[i] + 2};
        y += stack->h[i] + 2;
    }
}

void layout_make(struct layout *layout, int w, int h, bool kafka)
{
    const struct plan *plan = plans;
    while (plan->from_w > w)
        plan++;
    layout->count = 0;
    int gap = w >= 120 ? 1 : 0, x = 0, left = w - gap * (plan->columns - 1);
    int rest = 0;
    for (int c = 0; c < plan->columns; c++)
        rest += plan->share[c];
    for (int c = 0; c < plan->columns; c++) {
        struct stack stack;
        int column = c + 1 < plan->columns ? left * plan->share[c] / rest : left;
        stack_fill(&stack, plan->panel[c], column, kafka);
        stack_drop(&stack, h);
        stack_raise(&stack, h, column);
        stack_place(layout, &stack, x, column);
        x += column + gap;
        left -= column;
        rest -= plan->share[c];
    }
}
