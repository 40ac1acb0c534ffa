/* Themes: what each role looks like. A theme is a file themes/NAME.theme of lines
 * `role = foreground [on background] [bold] [dim] [reverse] [underline]`, `#` comments;
 * colours are #rrggbb, or default. Roles that a file leaves out are plain text; roles
 * without a background have that of `text`. */
#ifndef CADENCE_THEME_H
#define CADENCE_THEME_H

#include "cadence/canvas.h"

enum color_depth { COLORS_NONE, COLORS_8, COLORS_16, COLORS_256, COLORS_TRUE };

#define COLOR_DEFAULT (-1)

struct style {
    int32_t fg, bg; /* 0xrrggbb or COLOR_DEFAULT */
    bool bold, dim, reverse, underline;
};

struct theme {
    char name[32];
    struct style style[ROLE_COUNT];
};

/* By name (installed, or beside the program, or built in: "default" and "mono" always
 * are) or by path. 0, or -1 with a sentence in `error`. */
int theme_load(struct theme *theme, const char *name_or_path, char *error, size_t size);
/* Names that can be loaded, sorted, default first; returns how many, at most `max`. */
size_t theme_names(char (*names)[32], size_t max);

/* The nearest of the xterm 256, 16 or 8 colours to 0xrrggbb. */
int color_nearest(int32_t rgb, enum color_depth depth);

/* A style for a terminal of that depth: its colours become palette indices (0xrrggbb with
 * COLORS_TRUE), and what would not be told apart without colour gets an attribute. */
struct style style_reduce(const struct style *style, enum color_depth depth);

#endif
