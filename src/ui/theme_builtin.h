/* Themes within the program, so that it works without files. The same as
 * themes/NAME.theme; a test compares them. */
#ifndef CADENCE_UI_THEME_BUILTIN_H
#define CADENCE_UI_THEME_BUILTIN_H

#include <stddef.h>

struct theme_builtin {
    const char *name, *text;
};

extern const struct theme_builtin theme_builtins[];
extern const size_t theme_builtin_count;

#endif
