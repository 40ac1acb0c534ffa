#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cadence/theme.h"
#include "../../src/ui/theme_builtin.h"

static char path[] = "/tmp/cadence-test-XXXXXX.theme";

static void write_theme(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemps(path, 6);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void syntax(void **state)
{
    (void)state;
    struct theme theme;
    char error[300] = "";
    write_theme("# a comment\n\nbad = #fF0080 on #010203 bold underline # why\r\n"
                "  dim\t=  default   dim reverse");
    assert_int_equal(theme_load(&theme, path, error, sizeof error), 0);
    const struct style *bad = &theme.style[ROLE_BAD], *dim = &theme.style[ROLE_DIM];
    assert_int_equal(bad->fg, 0xff0080);
    assert_int_equal(bad->bg, 0x010203);
    assert_true(bad->bold && bad->underline && !bad->dim && !bad->reverse);
    assert_int_equal(dim->fg, COLOR_DEFAULT);
    assert_true(dim->dim && dim->reverse && !dim->bold);
    assert_int_equal(theme.style[ROLE_MAP5].fg, COLOR_DEFAULT);
    assert_null(strstr(theme.name, ".theme"));
}

static void own_ground_is_shared(void **state)
{
    (void)state;
    struct theme theme;
    char error[300];
    write_theme(
        "text = #000000 on #ffffff\nbar = #0000ff\nchip_on = #ffffff on #000000\n");
    assert_int_equal(theme_load(&theme, path, error, sizeof error), 0);
    assert_int_equal(theme.style[ROLE_BAR].bg, 0xffffff);
    assert_int_equal(theme.style[ROLE_DIM].bg, 0xffffff);
    assert_int_equal(theme.style[ROLE_CHIP_ON].bg, 0);
}

static void errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"bar = default\nbart = #000000\n", "line 2: there is no role \"bart\""},
        {"bar #000000\n", "line 1: \"=\" is missing"},
        {"bar = red\n", "\"red\" is no colour"},
        {"bar = #12345\n", "is no colour"},
        {"bar = #12345g\n", "is no colour"},
        {"bar = default on\n", "\"\" is no colour"},
        {"bar = default blink\n", "\"blink\""},
        {"bar =\n", "\"\" is no colour"},
    };
    struct theme theme;
    char error[300];
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        write_theme(cases[i].text);
        assert_int_equal(theme_load(&theme, path, error, sizeof error), -1);
        if (!strstr(error, cases[i].want))
            fail_msg("%s: %s", cases[i].want, error);
    }
    assert_int_equal(theme_load(&theme, "no-such", error, sizeof error), -1);
    assert_string_equal(error, "there is no theme \"no-such\"");
    assert_int_equal(theme_load(&theme, "./no/such.theme", error, sizeof error), -1);
}

static void built_in_themes_are_the_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < theme_builtin_count; i++) {
        struct theme file, built_in;
        char error[300] = "", name[64];
        snprintf(name, sizeof name, "themes/%s.theme", theme_builtins[i].name);
        if (theme_load(&file, name, error, sizeof error) < 0)
            fail_msg("%s (run from the top of the tree)", error);
        write_theme(theme_builtins[i].text);
        assert_int_equal(theme_load(&built_in, path, error, sizeof error), 0);
        assert_memory_equal(file.style, built_in.style, sizeof file.style);
    }
}

static void names(void **state)
{
    (void)state;
    char found[16][32];
    size_t count = theme_names(found, 16);
    assert_true(count >= 2);
    assert_string_equal(found[0], "default");
    for (size_t i = 2; i < count; i++)
        assert_true(strcmp(found[i - 1], found[i]) < 0);
    assert_int_equal(theme_names(found, 1), 1);
}

static void nearest(void **state)
{
    (void)state;
    assert_int_equal(color_nearest(0x000000, COLORS_256), 16);
    assert_int_equal(color_nearest(0xffffff, COLORS_256), 231);
    assert_int_equal(color_nearest(0xff0000, COLORS_256), 196);
    assert_int_equal(color_nearest(0x5f87af, COLORS_256), 67);
    assert_int_equal(color_nearest(0x808080, COLORS_256), 244);
    assert_int_equal(color_nearest(0xff0000, COLORS_16), 9);
    assert_int_equal(color_nearest(0x00ffff, COLORS_16), 14);
    assert_int_equal(color_nearest(0x00ffff, COLORS_8), 6);
    assert_int_equal(color_nearest(0x0000f0, COLORS_8), 4);
}

/* WCAG 2: relative luminance and contrast. */
static double channel(int value)
{
    double c = value / 255.0;
    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(int32_t rgb)
{
    return 0.2126 * channel(rgb >> 16 & 255) + 0.7152 * channel(rgb >> 8 & 255) +
           0.0722 * channel(rgb & 255);
}

static double contrast(int32_t a, int32_t b)
{
    double x = luminance(a), y = luminance(b);
    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static void text_is_readable(void **state)
{
    (void)state;
    static const char *const files[] = {"default", "light", "colorblind", "mono"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct theme theme;
        char error[300] = "", name[64];
        snprintf(name, sizeof name, "themes/%s.theme", files[i]);
        assert_int_equal(theme_load(&theme, name, error, sizeof error), 0);
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct style *s = &theme.style[role];
            if (s->fg == COLOR_DEFAULT)
                continue;
            double got = contrast(s->fg, s->bg == COLOR_DEFAULT ? 0x1e1e1e : s->bg);
            if (got < (role == ROLE_BORDER ? 2.0 : role == ROLE_MAP0 ? 4.0 : 4.5))
                fail_msg("%s: role %d has a contrast of %.2f", files[i], role, got);
        }
    }
}

/* What the theme for the colour blind promises. */
static void its_map_grows_in_lightness(void **state)
{
    (void)state;
    struct theme theme;
    char error[300];
    assert_int_equal(theme_load(&theme, "themes/colorblind.theme", error, sizeof error),
                     0);
    for (int role = ROLE_MAP0; role < ROLE_MAP5; role++)
        assert_true(luminance(theme.style[role].fg) <
                    luminance(theme.style[role + 1].fg));
}

/* On few colours no style of ours may vanish: its two colours differ, and on the
 * terminal's own ground nothing is black. */
static void nothing_vanishes_on_few_colors(void **state)
{
    (void)state;
    static const char *const files[] = {"default", "light", "colorblind", "mono"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct theme theme;
        char error[300], name[64];
        snprintf(name, sizeof name, "themes/%s.theme", files[i]);
        assert_int_equal(theme_load(&theme, name, error, sizeof error), 0);
        for (enum color_depth depth = COLORS_8; depth <= COLORS_256; depth++)
            for (int role = 0; role < ROLE_COUNT; role++) {
                struct style s = style_reduce(&theme.style[role], depth);
                int max = depth == COLORS_8 ? 8 : depth == COLORS_16 ? 16 : 256;
                assert_in_range(s.fg + 1, 0, max);
                assert_in_range(s.bg + 1, 0, max);
                if (s.bg == COLOR_DEFAULT)
                    assert_true(s.fg != 0 || depth == COLORS_256);
                else
                    assert_int_not_equal(s.fg, s.bg);
            }
    }
    /* Grey on white, as in the light theme, is not cyan on white but black. */
    struct style grey = {.fg = 0x57606a, .bg = 0xffffff};
    assert_int_equal(style_reduce(&grey, COLORS_8).bg, 7);
    assert_int_equal(style_reduce(&grey, COLORS_8).fg, 0);
    struct style s =
        style_reduce(&(struct style){.fg = 0x00ff00, .bg = 0x0000ff}, COLORS_NONE);
    assert_true(s.reverse && s.fg == COLOR_DEFAULT && s.bg == COLOR_DEFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax),
        cmocka_unit_test(own_ground_is_shared),
        cmocka_unit_test(its_map_grows_in_lightness),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(built_in_themes_are_the_files),
        cmocka_unit_test(names),
        cmocka_unit_test(nearest),
        cmocka_unit_test(text_is_readable),
        cmocka_unit_test(nothing_vanishes_on_few_colors),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
