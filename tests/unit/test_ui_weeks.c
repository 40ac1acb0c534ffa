/* Weeks: chosen by brackets, by ticks and by the mouse, and the line of them. */
#include "ui_fixture.h"

static void weeks_by_brackets(void **state)
{
    (void)state;
    expect_weeks("all");
    assert_true(press('[') & UI_REQUEST);
    expect_weeks("W05");
    press('[');
    expect_weeks("W04");
    press(']');
    press(']');
    expect_weeks("W05");
    for (int i = 0; i < 9; i++)
        press('[');
    expect_weeks("W01");
    press('0');
    expect_weeks("all");
    press(']');
    expect_weeks("W01");
    press('p');
    expect_weeks("present");
    press(']'); /* there is none after it: goes on with its successors */
    expect_weeks("present");
    press('[');
    expect_weeks("W04");
    press(']');
    expect_weeks("W05");
}

static void labels_from_the_command_line_are_weeks(void **state)
{
    (void)state;
    char error[100];
    assert_int_equal(
        filter_choose_weeks(&ui->filter, "Week 2,Week 4", error, sizeof error), 0);
    press('[');
    expect_weeks("W01");
    ui->filter.all_weeks = true;
    weeks_all(&ui->filter);
    assert_int_equal(filter_choose_weeks(&ui->filter, "Week 2", error, sizeof error), 0);
    press(']');
    expect_weeks("W03");
}

static void weeks_by_ticks(void **state)
{
    (void)state;
    press('w');
    expect_on_screen("[ ] Present   2024-W05  2024-01-29 .. 2024-02-04", true);
    press(' ');
    expect_weeks("W05");
    press_code(KEY_DOWN_ARROW);
    press_code(KEY_DOWN_ARROW);
    press(' ');
    expect_weeks("W03 W05");
    expect_on_screen("[ ] Week 4", true);
    expect_on_screen("[x] Week 3", true);
    press(' ');
    press_code(KEY_HOME_KEY);
    press(' ');
    expect_weeks("all");
    press('p');
    press(' ');
    expect_weeks("all");
    assert_true(press(27) & UI_REDRAW);
    expect_on_screen("Space ticks", false);
}

/* From all weeks none is ticked, so that a tick is one; the list says where in it one is.
 */
static void ticks_show(void **state)
{
    (void)state;
    press('w');
    expect_on_screen("[x]", false);
    expect_on_screen("all of them", true);
    press_code(KEY_DOWN_ARROW);
    press(' ');
    expect_on_screen("[x] Week 4", true);
    expect_on_screen(" 2 of 5 ", true);
    expect_on_screen("all of them", false);
    press(' ');
    expect_on_screen("[x]", false);
    assert_true(ui->filter.all_weeks);
}

static void no_weeks_yet(void **state)
{
    (void)state;
    show(figures(0, 0));
    static const char keys[] = "[]p0w j k0[] z123456z\033";
    for (const char *k = keys; *k; k++) {
        press((unsigned char)*k);
        free(picture());
    }
    expect_weeks("all");
}

static void chosen_weeks_are_in_sight(void **state)
{
    (void)state;
    show(figures(300, 100));
    expect_on_screen("300 weeks", true);
    show(figures(1300, 100));
    expect_on_screen("1,300 weeks", true);
    show(figures(300, 100));
    expect_on_screen("Present", true);
    weeks_all(&ui->filter);
    ui->filter.all_weeks = false;
    bits_set(ui->filter.week, week_from_id(str_of("2024-W10")));
    expect_on_screen("[24-W10]", true);
    press('[');
    expect_on_screen("[24-W09]", true);
    expect_on_screen("1/300 weeks", true);
    press_code(KEY_WHEEL_UP);
    expect_on_screen("W09", true);
    ui_resize(ui, 40, 12);
    expect_on_screen("W09", true);
}

/* By wheel and arrows to both ends and back: no turn is lost beyond them, no week is
 * passed over, and what was clicked stays under the mouse. */
static void the_line_of_weeks_scrolls(void **state)
{
    (void)state;
    show(figures(300, 100));
    free(picture());
    for (int i = 0; i < 1000; i++)
        press_code(i < 600 ? KEY_WHEEL_DOWN : KEY_WHEEL_UP);
    expect_on_screen("‹ 24-W01  24-W02  24-W03  24-W04  24-W05  24-W06  24-W07 ›", true);
    press_code(KEY_WHEEL_DOWN);
    expect_on_screen("‹ 24-W02 ", true);
    struct ui_key key = click_on("›");
    ui_key(ui, &key);
    expect_on_screen("‹ 24-W09  24-W10 ", true);
    key = click_on("24-W12");
    ui_key(ui, &key);
    show(figures(300, 100));
    expect_on_screen("‹ 24-W09  24-W10  24-W11 [24-W12]", true);
    press('0');
    expect_on_screen("Present ›", true);
    for (int i = 0; i < 9;
         i++) /* the newest are in sight, and their successors will be */
        press_code(i < 4 ? KEY_WHEEL_UP : KEY_WHEEL_DOWN);
    show(figures(310, 100));
    expect_on_screen("Present ›", true);
    ui_resize(ui, 60, 24); /* where there is no line */
    press_code(KEY_WHEEL_UP);
    ui_resize(ui, 120, 40);
    expect_on_screen("Present ›", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(weeks_by_brackets),
        TEST(labels_from_the_command_line_are_weeks),
        TEST(weeks_by_ticks),
        TEST(ticks_show),
        TEST(no_weeks_yet),
        TEST(chosen_weeks_are_in_sight),
        TEST(the_line_of_weeks_scrolls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
