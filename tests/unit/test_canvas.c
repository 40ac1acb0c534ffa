#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "cadence/canvas.h"
#include "cadence/theme.h"

/* Draws one text into a fresh canvas of one line and compares the line. */
static void check_text(bool ascii, int w, int x, int max, const char *text,
                       const char *want, int want_used)
{
    struct canvas canvas;
    canvas_init(&canvas, w, 1, ascii);
    int used = canvas_text(&canvas, x, 0, max, ROLE_TEXT, str_of(text));
    char *got = canvas_to_text(&canvas, NULL);
    got[strlen(got) - 1] = 0;
    assert_string_equal(got, want);
    assert_int_equal(used, want_used);
    free(got);
    canvas_fini(&canvas);
}

static void plain_text(void **state)
{
    (void)state;
    check_text(false, 10, 0, 10, "hello", "hello", 5);
    check_text(false, 10, 2, 10, "hello", "  hello", 5);
    check_text(false, 5, 0, 99, "hello", "hello", 5);
    check_text(false, 5, 0, 99, "hello!", "hell…", 5);
    check_text(true, 5, 0, 99, "hello!", "hell~", 5);
    check_text(false, 9, 0, 1, "hello", "…", 1);
    check_text(false, 9, 0, 0, "hello", "", 0);
    check_text(false, 9, 0, -3, "hello", "", 0);
    check_text(false, 5, 9, 9, "hello", "", 0);
}

static void text_left_of_the_edge(void **state)
{
    (void)state;
    check_text(false, 8, -2, 99, "hello", "llo", 5);
}

static void wide_text(void **state)
{
    (void)state;
    check_text(false, 8, 0, 8, "日本", "日本", 4);
    check_text(false, 8, 0, 4, "日本語", "日…", 3);
    check_text(false, 8, 0, 5, "日本語", "日本…", 5);
    check_text(false, 3, 0, 9, "日本", "日…", 3);
    check_text(false, 8, -1, 9, "日本", " 本", 4);
    check_text(false, 8, 0, 8, "a😀b", "a😀b", 4);
}

static void marks(void **state)
{
    (void)state;
    check_text(false, 8, 0, 8, "e\u0301a", "e\u0301a", 2);
    check_text(false, 8, 0, 8, "\u0301a", "a", 1);
    check_text(false, 8, 0, 8, "a\u0301\u0302\u0303\u0304", "a\u0301\u0302", 1);
    check_text(false, 8, 0, 1, "e\u0301", "e\u0301", 1);
    check_text(false, 8, 0, 8, "\u1112\u1161\u11ab", "\u1112\u1161\u11ab", 2);
}

static void what_is_never_drawn(void **state)
{
    (void)state;
    check_text(false, 20, 0, 20, "a\033[31mb\r\n\tc\x7f", "a[31mbc", 7);
    check_text(false, 20, 0, 20,
               "a\xc2\x9b"
               "1mb",
               "a1mb", 4);
    check_text(false, 20, 0, 20, "\u202eabc\u202c\u2066d\u2069\ufeff\u200b", "abcd", 4);
    check_text(false, 20, 0, 20, "a\u00adb\u2028c", "abc", 3);
    check_text(false, 20, 0, 20, "a\U000e0080b\u2065c", "abc", 3);
    check_text(false, 20, 0, 20, "x\u00a0y\u2003z", "x y z", 5);
    check_text(false, 20, 0, 20, "\u2764\ufe0f!", "\u2764!", 2);
    check_text(true, 20, 0, 20, "a\033\u202eb", "ab", 2);
}

/* Private, or younger than the table: terminals differ in its width. */
static void what_nobody_knows(void **state)
{
    (void)state;
    check_text(false, 20, 0, 20, "a\u0378b\ue000c\U000f0000d", "a\ufffdb\ufffdc\ufffdd",
               7);
    check_text(true, 20, 0, 20, "a\ue000", "a?", 2);
}

static void not_utf8(void **state)
{
    (void)state;
    check_text(false, 20, 0, 20, "a\xff\x62", "a\uFFFDb", 3);
    check_text(false, 20, 0, 20, "a\xe2\x82", "a\uFFFD\uFFFD", 3);
    check_text(false, 20, 0, 20, "\xc0\xaf", "\uFFFD\uFFFD", 2);
    check_text(false, 20, 0, 20, "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD", 3);
    check_text(false, 20, 0, 20, "\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", 4);
    check_text(true, 20, 0, 20, "a\xff", "a?", 2);
}

static void transliteration(void **state)
{
    (void)state;
    check_text(true, 40, 0, 40, "Björk — Café", "Bjork - Cafe", 12);
    check_text(true, 40, 0, 40, "Straße Ærø Łódź", "Strasse AEro Lodz", 17);
    check_text(true, 40, 0, 40, "e\u0301x", "ex", 2);
    check_text(true, 40, 0, 40, "日本", "??", 2);
    check_text(true, 40, 0, 40, "“Don’t”…", "\"Don't\"...", 10);
    check_text(true, 4, 0, 4, "aÆÆ", "aAE~", 4);
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(text_width(str_of("abc"), false), 3);
    assert_int_equal(text_width(str_of("日本"), false), 4);
    assert_int_equal(text_width(str_of("e\u0301\u200b"), false), 1);
    assert_int_equal(text_width(str_of("ß"), true), 2);
    assert_int_equal(text_width((struct str){0}, false), 0);
}

static void overwriting_half_of_a_wide_character(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, 6, 2, false);
    canvas_text(&canvas, 0, 0, 6, ROLE_TEXT, str_of("日本"));
    canvas_text(&canvas, 1, 0, 1, ROLE_TEXT, str_of("x"));
    canvas_text(&canvas, 0, 1, 6, ROLE_TEXT, str_of("日本"));
    struct canvas right = canvas_sub(&canvas, 3, 1, 3, 1);
    canvas_text(&right, 0, 0, 1, ROLE_TEXT, str_of("y"));
    char *got = canvas_to_text(&canvas, NULL);
    assert_string_equal(got, " x本\n日 y\n");
    free(got);
    canvas_clear(&right);
    canvas_text(&canvas, 0, 1, 6, ROLE_TEXT, str_of("日本語"));
    canvas_clear(&right);
    got = canvas_to_text(&canvas, NULL);
    assert_string_equal(got, " x本\n日\n");
    free(got);
    canvas_fini(&canvas);
}

static void windows_clip(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, 6, 3, false);
    canvas_fill(&canvas, -5, -5, 50, 50, ROLE_TEXT, '.', '.');
    struct canvas sub = canvas_sub(&canvas, 1, 1, 3, 1);
    canvas_text(&sub, 0, 0, 99, ROLE_TEXT, str_of("abcdef"));
    canvas_text(&sub, 0, 1, 99, ROLE_TEXT, str_of("below"));
    canvas_text(&sub, 0, -1, 99, ROLE_TEXT, str_of("above"));
    canvas_fill(&sub, 2, 0, 9, 9, ROLE_TEXT, 0x2588, '#');
    char *got = canvas_to_text(&canvas, NULL);
    assert_string_equal(got, "......\n.ab█..\n......\n");
    free(got);
    struct canvas none = canvas_sub(&canvas, 7, 0, 3, 3);
    assert_int_equal(none.w, 0);
    canvas_text(&none, 0, 0, 5, ROLE_TEXT, str_of("x"));
    canvas_fini(&none);
    canvas_paint(&canvas, 1, 1, 2, 1, ROLE_BAD);
    assert_int_equal(canvas.cell[canvas.stride + 1].role, ROLE_BAD);
    assert_int_equal(canvas.cell[canvas.stride + 3].role, ROLE_TEXT);
    canvas_fini(&canvas);
}

static void formatted(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, 12, 2, false);
    assert_int_equal(canvas_printf(&canvas, 1, 0, ROLE_TEXT, "%d é", 12), 4);
    assert_int_equal(canvas_printf_right(&canvas, 12, 0, ROLE_TEXT, "%s", "日"), 2);
    assert_int_equal(canvas_printf_right(&canvas, 5, 1, ROLE_TEXT, "%s", "toolong"), 5);
    char *got = canvas_to_text(&canvas, NULL);
    assert_string_equal(got, " 12 é     日\ntool…\n");
    free(got);
    char big[3000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = 0;
    assert_int_equal(canvas_printf(&canvas, 0, 1, ROLE_TEXT, "%s", big), 12);
    canvas_fini(&canvas);
}

static void empty_canvas(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, 0, -4, false);
    canvas_text(&canvas, 0, 0, 9, ROLE_TEXT, str_of("x"));
    canvas_glyph(&canvas, 0, 0, ROLE_TEXT, 'x', 'x');
    char *got = canvas_to_text(&canvas, NULL);
    assert_string_equal(got, "");
    free(got);
    canvas_fini(&canvas);
}

static void colored_text(void **state)
{
    (void)state;
    struct theme theme = {0};
    for (int i = 0; i < ROLE_COUNT; i++)
        theme.style[i] = (struct style){.fg = COLOR_DEFAULT, .bg = COLOR_DEFAULT};
    theme.style[ROLE_BAD] =
        (struct style){.fg = 0xff0080, .bg = COLOR_DEFAULT, .bold = true};
    theme.style[ROLE_CHIP_ON] = (struct style){.fg = COLOR_DEFAULT, .bg = 0x010203};
    struct canvas canvas;
    canvas_init(&canvas, 6, 1, false);
    canvas_text(&canvas, 0, 0, 6, ROLE_BAD, str_of("é"));
    canvas_fill(&canvas, 1, 0, 2, 1, ROLE_CHIP_ON, ' ', ' ');
    char *got = canvas_to_text(&canvas, &theme);
    assert_string_equal(got, "\033[0;1;38;2;255;0;128mé\033[0;48;2;1;2;3m  \033[0m\n");
    free(got);
    canvas_fini(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(text_left_of_the_edge),
        cmocka_unit_test(wide_text),
        cmocka_unit_test(marks),
        cmocka_unit_test(what_is_never_drawn),
        cmocka_unit_test(what_nobody_knows),
        cmocka_unit_test(not_utf8),
        cmocka_unit_test(transliteration),
        cmocka_unit_test(widths),
        cmocka_unit_test(overwriting_half_of_a_wide_character),
        cmocka_unit_test(windows_clip),
        cmocka_unit_test(formatted),
        cmocka_unit_test(empty_canvas),
        cmocka_unit_test(colored_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
