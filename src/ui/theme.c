#include "cadence/theme.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "theme_builtin.h"

#define THEME_MAX_BYTES 65536
#define SUFFIX ".theme"

static const char *const role_names[ROLE_COUNT] = {
#define ROLE(id, name, help) [ROLE_##id] = name,
#include "cadence/roles.def"
#undef ROLE
};

static const struct style plain = {.fg = COLOR_DEFAULT, .bg = COLOR_DEFAULT};

/* ---- lines ---- */

/* Cuts the next word off a line of blanks and words; n 0 at its end. */
static struct str next_word(struct str *line)
{
    size_t from = 0;
    while (from < line->n && (line->p[from] == ' ' || line->p[from] == '\t'))
        from++;
    size_t to = from;
    while (to < line->n && line->p[to] != ' ' && line->p[to] != '\t')
        to++;
    struct str word = {line->p + from, to - from};
    line->p += to;
    line->n -= to;
    return word;
}

static bool parse_color(struct str word, int32_t *out)
{
    if (str_is(word, "default")) {
        *out = COLOR_DEFAULT;
        return true;
    }
    if (word.n != 7 || word.p[0] != '#')
        return false;
    int32_t rgb = 0;
    for (int i = 1; i < 7; i++) {
        char c = word.p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        rgb = rgb << 4 | digit;
    }
    *out = rgb;
    return true;
}

static enum role role_of(struct str name)
{
    enum role role = 0;
    while (role < ROLE_COUNT && !str_is(name, role_names[role]))
        role++;
    return role;
}

static bool parse_flag(struct str word, struct style *style)
{
    bool *flag = str_is(word, "bold")        ? &style->bold
                 : str_is(word, "dim")       ? &style->dim
                 : str_is(word, "reverse")   ? &style->reverse
                 : str_is(word, "underline") ? &style->underline
                                             : NULL;
    if (flag)
        *flag = true;
    return flag;
}

/* What follows the `=`. False with the word that was not understood in `bad`. */
static bool parse_style(struct str line, struct style *style, struct str *bad)
{
    *style = plain;
    *bad = next_word(&line);
    if (!parse_color(*bad, &style->fg))
        return false;
    for (struct str word = next_word(&line); word.n; word = next_word(&line)) {
        *bad = word;
        if (str_is(word, "on")) {
            *bad = next_word(&line);
            if (!parse_color(*bad, &style->bg))
                return false;
        } else if (!parse_flag(word, style)) {
            return false;
        }
    }
    return true;
}

/* A `#` begins a comment unless a colour follows it. */
static size_t comment_start(struct str line)
{
    for (size_t i = 0; i < line.n; i++) {
        int32_t color;
        struct str rest = {line.p + i, line.n - i};
        if (line.p[i] == '#' && !parse_color(next_word(&rest), &color))
            return i;
    }
    return line.n;
}

/* One line; "" or what is wrong with it. */
static void parse_line(struct theme *theme, struct str line, char *wrong, size_t size)
{
    wrong[0] = 0;
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    line.n = comment_start(line);
    struct str name = next_word(&line), bad;
    if (!name.n)
        return;
    enum role role = role_of(name);
    if (role == ROLE_COUNT)
        snprintf(wrong, size, "there is no role \"%.*s\"", (int)name.n, name.p);
    else if (!str_is(next_word(&line), "="))
        snprintf(wrong, size, "\"=\" is missing after \"%.*s\"", (int)name.n, name.p);
    else if (!parse_style(line, &theme->style[role], &bad))
        snprintf(wrong, size, "\"%.*s\" is no colour (#rrggbb, default) or attribute",
                 (int)bad.n, bad.p);
}

static int parse_text(struct theme *theme, const char *where, struct str text,
                      char *error, size_t size)
{
    for (int number = 1; text.n; number++) {
        const char *end = memchr(text.p, '\n', text.n);
        struct str line = {text.p, end ? (size_t)(end - text.p) : text.n};
        char wrong[160];
        parse_line(theme, line, wrong, sizeof wrong);
        if (wrong[0]) {
            snprintf(error, size, "theme %s, line %d: %s", where, number, wrong);
            return -1;
        }
        text.p += line.n + (end != NULL);
        text.n -= line.n + (end != NULL);
    }
    /* A theme that brings its own ground brings it for all roles. */
    for (int i = 0; i < ROLE_COUNT; i++)
        if (theme->style[i].bg == COLOR_DEFAULT)
            theme->style[i].bg = theme->style[ROLE_TEXT].bg;
    return 0;
}

/* ---- files ---- */

static void set_name(struct theme *theme, const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    size_t n = strlen(base), cut = strlen(SUFFIX);
    if (n > cut && strcmp(base + n - cut, SUFFIX) == 0)
        n -= cut;
    snprintf(theme->name, sizeof theme->name, "%.*s", (int)n, base);
}

/* 0; 1 when there is no such file; -1 with a sentence when it cannot be used. */
static int load_file(struct theme *theme, const char *path, char *error, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file && (errno == ENOENT || errno == ENOTDIR))
        return 1;
    static const char *const cannot = "the theme file %s cannot be read: %s";
    if (!file) {
        snprintf(error, size, cannot, path, strerror(errno));
        return -1;
    }
    char *text = malloc(THEME_MAX_BYTES);
    size_t n = text ? fread(text, 1, THEME_MAX_BYTES, file) : 0;
    int result = -1;
    if (!text || ferror(file))
        snprintf(error, size, cannot, path, strerror(errno));
    else if (n == THEME_MAX_BYTES)
        snprintf(error, size, "the theme file %s is too long", path);
    else
        result = parse_text(theme, path, (struct str){text, n}, error, size);
    free(text);
    fclose(file);
    set_name(theme, path);
    return result;
}

enum { PLACE_BESIDE, PLACE_SHARED, PLACE_INSTALLED, PLACE_COUNT };

/* The directories where themes live: beside the program in its source tree, where an
 * installed program was moved to, where it was installed. False when it is not known. */
static bool theme_place(int place, char *out, size_t size)
{
    char self[3072];
    if (place == PLACE_INSTALLED)
        return (size_t)snprintf(out, size, "%s", CADENCE_THEMES) < size;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = 0;
    char *slash = strrchr(self, '/');
    if (!slash)
        return false;
    *slash = 0;
    const char *under = place == PLACE_BESIDE ? "../themes" : "../share/cadence/themes";
    return (size_t)snprintf(out, size, "%s/%s", self, under) < size;
}

static int load_named(struct theme *theme, const char *name, char *error, size_t size)
{
    for (int place = 0; place < PLACE_COUNT; place++) {
        char directory[3200], path[3400];
        if (!theme_place(place, directory, sizeof directory))
            continue;
        snprintf(path, sizeof path, "%s/%.64s" SUFFIX, directory, name);
        int result = load_file(theme, path, error, size);
        if (result <= 0)
            return result;
    }
    return 1;
}

static int load_builtin(struct theme *theme, const char *name)
{
    char error[200];
    for (size_t i = 0; i < theme_builtin_count; i++)
        if (strcmp(theme_builtins[i].name, name) == 0) {
            set_name(theme, name);
            return parse_text(theme, name, str_of(theme_builtins[i].text), error,
                              sizeof error);
        }
    return 1;
}

int theme_load(struct theme *theme, const char *name_or_path, char *error, size_t size)
{
    size_t n = strlen(name_or_path), cut = strlen(SUFFIX);
    bool is_path = strchr(name_or_path, '/') ||
                   (n > cut && strcmp(name_or_path + n - cut, SUFFIX) == 0);
    for (int i = 0; i < ROLE_COUNT; i++)
        theme->style[i] = plain;
    int result = is_path ? load_file(theme, name_or_path, error, size)
                         : load_named(theme, name_or_path, error, size);
    if (result == 1 && !is_path)
        result = load_builtin(theme, name_or_path);
    if (result == 1) {
        snprintf(error, size, "there is no theme \"%s\"", name_or_path);
        result = -1;
    }
    return result;
}

/* ---- names ---- */

static size_t add_name(char (*names)[32], size_t count, size_t max, const char *name,
                       size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
            return count;
    if (count == max || n == 0 || n >= 32)
        return count;
    memcpy(names[count], name, n);
    names[count][n] = 0;
    return count + 1;
}

static int by_name(const void *a, const void *b)
{
    const char *x = a, *y = b;
    int x_default = strcmp(x, "default") == 0, y_default = strcmp(y, "default") == 0;
    return x_default != y_default ? y_default - x_default : strcmp(x, y);
}

size_t theme_names(char (*names)[32], size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < theme_builtin_count; i++)
        count = add_name(names, count, max, theme_builtins[i].name,
                         strlen(theme_builtins[i].name));
    for (int place = 0; place < PLACE_COUNT; place++) {
        char directory[3200];
        DIR *dir =
            theme_place(place, directory, sizeof directory) ? opendir(directory) : NULL;
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            size_t n = strlen(entry->d_name), cut = strlen(SUFFIX);
            if (n > cut && strcmp(entry->d_name + n - cut, SUFFIX) == 0)
                count = add_name(names, count, max, entry->d_name, n - cut);
        }
        if (dir)
            closedir(dir);
    }
    qsort(names, count, sizeof *names, by_name);
    return count;
}
