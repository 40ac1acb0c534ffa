#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>

#include "../../src/ui/keys.h"

static struct ui_key chr(uint32_t ch)
{
    return (struct ui_key){.code = KEY_CHAR, .ch = ch};
}

/* The keys that the specification names, in the overview. */
static void keys_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        uint32_t ch;
        enum key_action action;
    } want[] = {
        {'1', ACTION_ZONE},      {'6', ACTION_ZONE},      {'z', ACTION_ZONE_ALL},
        {'[', ACTION_WEEK_BACK}, {']', ACTION_WEEK_NEXT}, {'p', ACTION_WEEK_PRESENT},
        {'0', ACTION_WEEK_ALL},  {'w', ACTION_WEEK_LIST}, {9, ACTION_PANEL_NEXT},
        {13, ACTION_OPEN},       {27, ACTION_BACK},       {'/', ACTION_SEARCH},
        {'c', ACTION_CLOUD},     {'m', ACTION_MAP_SCALE}, {' ', ACTION_FREEZE},
        {'t', ACTION_THEME},     {'?', ACTION_HELP},      {'q', ACTION_QUIT},
        {'7', ACTION_NONE},      {'x', ACTION_NONE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        struct ui_key key = chr(want[i].ch);
        assert_int_equal(key_action(MODE_OVERVIEW, &key), want[i].action);
    }
    struct ui_key back_tab = {.code = KEY_BACK_TAB};
    assert_int_equal(key_action(MODE_OVERVIEW, &back_tab), ACTION_PANEL_BACK);
    assert_int_equal(key_action(MODE_ALONE, &back_tab), ACTION_PANEL_BACK);
}

static void letters_are_text_in_a_search(void **state)
{
    (void)state;
    for (uint32_t ch = ' '; ch < 127; ch++) {
        struct ui_key key = chr(ch);
        assert_int_equal(key_action(MODE_SEARCH, &key), ACTION_TEXT);
    }
    struct ui_key enter = chr(13), esc = chr(27), del = chr(127), bell = chr(7),
                  o = chr(0xF6);
    assert_int_equal(key_action(MODE_SEARCH, &enter), ACTION_SEARCH_KEEP);
    assert_int_equal(key_action(MODE_SEARCH, &esc), ACTION_SEARCH_CLEAR);
    assert_int_equal(key_action(MODE_SEARCH, &del), ACTION_NONE);
    assert_int_equal(key_action(MODE_SEARCH, &bell), ACTION_NONE);
    assert_int_equal(key_action(MODE_SEARCH, &o), ACTION_TEXT);
}

/* No two rows of the table may claim the same key in the same mode. */
static void no_key_means_two_things(void **state)
{
    (void)state;
    for (size_t i = 0; i < key_row_count; i++)
        for (size_t j = i + 1; j < key_row_count; j++) {
            const struct key_row *a = &key_rows[i], *b = &key_rows[j];
            if (a->code != b->code || a->first > b->last || b->first > a->last)
                continue;
            for (const char *mode = a->modes; *mode; mode++)
                if (strchr(b->modes, tolower(*mode)) || strchr(b->modes, toupper(*mode)))
                    fail_msg("%s and %s are the same key in mode %c", a->shown, b->shown,
                             *mode);
        }
}

static void the_table_is_whole(void **state)
{
    (void)state;
    bool has[ACTION_COUNT] = {[ACTION_NONE] = true, [ACTION_TEXT] = true};
    for (size_t i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        has[row->action] = true;
        assert_true(row->shown[0] && text_width(str_of(row->shown), false) <= 9);
        for (const char *mode = row->modes; *mode; mode++) {
            assert_non_null(strchr("OZSWH", toupper(*mode)));
            if (isupper(*mode))
                assert_true(row->word[0]);
        }
        for (const char *p = row->help; *p; p++)
            assert_true((unsigned char)*p < 0x80);
    }
    for (int action = 0; action < ACTION_COUNT; action++)
        assert_true(has[action]);
}

/* How to leave and where the help is must stand in the narrowest footer. */
static void the_first_keys_fit_everywhere(void **state)
{
    (void)state;
    static const enum key_mode modes[] = {MODE_OVERVIEW, MODE_ALONE};
    for (size_t m = 0; m < ARRAY_SIZE(modes); m++) {
        int x = 1;
        bool help = false, quit = false;
        for (size_t i = 0; i < key_row_count; i++) {
            if (!key_in_footer(&key_rows[i], modes[m]))
                continue;
            x += key_width(&key_rows[i], false);
            if (x > 40)
                break;
            help |= key_rows[i].action == ACTION_HELP;
            quit |= key_rows[i].action == ACTION_QUIT;
            x += 2;
        }
        assert_true(help && quit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_specification),
        cmocka_unit_test(letters_are_text_in_a_search),
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(the_first_keys_fit_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
