/* Where panels stand. The screen is cut into columns; each column has its panels from top
 * to bottom. A column takes as many as find room with their least height, the most
 * important first; what is left then raises them to the height that suits them, and the
 * rest goes to those that can use any. So no panel is ever cut and no column has a hole.
 */
#include "cadence/map.h"
#include "cadence/panel.h"

#define COLUMNS_MAX 4

/* Heights are those of the inside. */
struct shape {
    int priority; /* 1 is left out last */
    int least, ideal;
    int grow; /* share of what is left */
    int most; /* as far as it grows */
};

#define ANY 10000

/* clang-format off */
static const struct shape shapes[PANEL_COUNT] = {
    /*                  priority least ideal grow most */
    [PANEL_LEVELS]   = { 1,       2,     7,   0,   7},
    [PANEL_DEVICES]  = { 6,       3,     6,   0,   6},
    [PANEL_GENDERS]  = { 9,       2,     2,   0,   2},
    [PANEL_HOURS]    = { 5,       4,    12,   2,  46},
    [PANEL_SESSIONS] = {10,       2,     4,   0,   4},
    [PANEL_MAP]      = { 4,       8,    29,   0,  29},
    [PANEL_ARTISTS]  = { 2,       3,    12,   3, ANY},
    [PANEL_SONGS]    = { 3,       2,    12,   3, ANY},
    [PANEL_USERS]    = { 7,       2,     7,   2, ANY},
    [PANEL_ACTIVITY] = { 8,       2,     6,   1,  12},
    [PANEL_KAFKA]    = { 4,       4,     7,   1,  16},
};
/* clang-format on */

/* From left to right, from top to bottom. */
struct plan {
    int from_w; /* screens at least this wide */
    int columns;
    int share[COLUMNS_MAX]; /* of the width, in thousandths */
    enum panel_id panel[COLUMNS_MAX][PANEL_COUNT + 1];
};
#define END PANEL_COUNT

/* clang-format off */
static const struct plan plans[] = {
    {220, 4, {220, 300, 260, 220},
     {{PANEL_LEVELS, PANEL_DEVICES, PANEL_GENDERS, PANEL_SESSIONS, PANEL_USERS, END},
      {PANEL_MAP, PANEL_HOURS, END},
      {PANEL_ARTISTS, PANEL_ACTIVITY, END},
      {PANEL_SONGS, PANEL_KAFKA, END}}},
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
/* clang-format on */

struct stack {
    size_t count;
    enum panel_id id[PANEL_COUNT];
    int h[PANEL_COUNT]; /* inside */
};

/* Panels of a column that would fit into it alone. */
static void stack_fill(struct stack *stack, const enum panel_id *panel, int w, int h,
                       bool kafka)
{
    stack->count = 0;
    for (; *panel != END; panel++) {
        if (*panel == PANEL_KAFKA && !kafka)
            continue;
        if (panel_get(*panel)->min_w > w - 2 || shapes[*panel].least > h - 2)
            continue;
        stack->id[stack->count] = *panel;
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
            if (shapes[stack->id[i]].priority > shapes[stack->id[worst]].priority)
                worst = i;
        stack->count--;
        for (size_t i = worst; i < stack->count; i++) {
            stack->id[i] = stack->id[i + 1];
            stack->h[i] = stack->h[i + 1];
        }
    }
}

/* How far a panel goes with `room` more lines than it has: to its ideal, the map by whole
 * lines of tiles. */
static int raise_by(enum panel_id id, int h, int room, int w)
{
    int want = shapes[id].ideal - h;
    if (id == PANEL_MAP) {
        int more = room / MAP_LINES, can = map_tallest(w - 4) - h / MAP_LINES;
        more = more < can ? more : can;
        want = more > 0 ? more * MAP_LINES : 0;
    }
    return want < 0 ? 0 : want < room ? want : room;
}

/* Hands out what is left, by shares, to those that can use it; the last takes what nobody
 * can. */
static void stack_grow(struct stack *stack, int room)
{
    for (bool given = true; room > 0 && given;) {
        given = false;
        for (size_t i = 0; i < stack->count && room > 0; i++) {
            int can = shapes[stack->id[i]].most - stack->h[i],
                more = shapes[stack->id[i]].grow;
            more = more < can ? more : can;
            more = more < room ? more : room;
            if (more <= 0)
                continue;
            stack->h[i] += more;
            room -= more;
            given = true;
        }
    }
    if (room > 0 && stack->count)
        stack->h[stack->count - 1] += room;
}

/* Panels that need no more lines than this get them at once. */
#define LOW 6

/* By importance, so that a tight screen shows the more of what matters more; but nobody
 * gets all before everybody has a little. */
static void stack_raise(struct stack *stack, int h, int w)
{
    int room = h - stack_height(stack);
    for (int turn = 0; turn < 2; turn++)
        for (int priority = 1; priority <= PANEL_COUNT; priority++)
            for (size_t i = 0; i < stack->count; i++) {
                if (shapes[stack->id[i]].priority != priority)
                    continue;
                int more = raise_by(stack->id[i], stack->h[i], room, w);
                if (turn == 0 && shapes[stack->id[i]].ideal > LOW &&
                    stack->id[i] != PANEL_MAP)
                    more = (more + 1) / 2;
                stack->h[i] += more;
                room -= more;
            }
    stack_grow(stack, room);
}

static void stack_place(struct layout *layout, const struct stack *stack, int x, int w)
{
    int y = 0;
    for (size_t i = 0; i < stack->count; i++) {
        layout->place[layout->count++] =
            (struct panel_place){stack->id[i], x, y, w, stack->h[i] + 2};
        y += stack->h[i] + 2;
    }
}

/* False if a column would stand empty. */
static bool plan_make(struct layout *layout, const struct plan *plan, int w, int h,
                      bool kafka)
{
    int gap = w >= 120 ? 1 : 0, x = 0, left = w - gap * (plan->columns - 1), rest = 0;
    bool filled = true;
    layout->count = 0;
    for (int c = 0; c < plan->columns; c++)
        rest += plan->share[c];
    for (int c = 0; c < plan->columns; c++) {
        struct stack stack;
        int column = c + 1 < plan->columns ? left * plan->share[c] / rest : left;
        stack_fill(&stack, plan->panel[c], column, h, kafka);
        stack_drop(&stack, h);
        stack_raise(&stack, h, column);
        stack_place(layout, &stack, x, column);
        filled &= stack.count > 0;
        x += column + gap;
        left -= column;
        rest -= plan->share[c];
    }
    return filled;
}

void layout_make(struct layout *layout, int w, int h, bool kafka)
{
    for (size_t i = 0; i < ARRAY_SIZE(plans); i++)
        if (w >= plans[i].from_w && plan_make(layout, &plans[i], w, h, kafka))
            return;
}
