#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "cadence/chart.h"

static void short_figures(void **state)
{
    static const struct {
        double value;
        const char *in_five, *in_four;
    } want[] = {
        {999, "999", "999"},       {999.6, "1,000", "1.0k"},  {9949, "9,949", "9.9k"},
        {9951, "9,951", "10k"},    {9999, "9,999", "10k"},    {10000, "10.0k", "10k"},
        {12345, "12.3k", "12k"},   {99950, "100k", "100k"},   {999499, "999k", "999k"},
        {999500, "1.00M", "1.0M"}, {999501, "1.00M", "1.0M"}, {1234567, "1.23M", "1.2M"},
        {4.5e12, "4.50T", "4.5T"}, {NAN, "-", "-"},
    };
    (void)state;
    char out[FIGURE_SIZE];
    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        assert_string_equal(figure_short(want[i].value, out), want[i].in_five);
        assert_string_equal(figure_brief(want[i].value, out), want[i].in_four);
    }
}

static void figures(void **state)
{
    (void)state;
    char out[FIGURE_SIZE];
    assert_string_equal(figure_count(0, out), "0");
    assert_string_equal(figure_count(999, out), "999");
    assert_string_equal(figure_count(1000, out), "1,000");
    assert_string_equal(figure_count(UINT64_MAX, out), "18,446,744,073,709,551,615");
    assert_string_equal(figure_things(0, "user", out), "0 users");
    assert_string_equal(figure_things(1, "user", out), "1 user");
    assert_string_equal(figure_things(1234, "listen", out), "1,234 listens");
    assert_string_equal(figure_fit(2153, 4, out), "2.2k");
    assert_string_equal(figure_fit(12345, 6, out), "12,345");
    assert_string_equal(figure_fit(12345, 5, out), "12.3k");
    assert_string_equal(figure_fixed(1234.56, 1, out), "1,234.6");
    assert_string_equal(figure_fixed(-1234.5, 1, out), "-1,234.5");
    assert_string_equal(figure_fixed(INFINITY, 1, out), "-");
    assert_string_equal(figure_decimal(0.4711, out), "0.47");
    assert_string_equal(figure_decimal(9.994, out), "9.99");
    assert_string_equal(figure_decimal(9.996, out), "10.0");
    assert_string_equal(figure_decimal(1234.4, out), "1,234");
    assert_string_equal(figure_fixed_fit(381, 1, 7, out), "381.0");
    assert_string_equal(figure_fixed_fit(10166.7, 1, 7, out), "10,167");
    assert_string_equal(figure_fixed_fit(1234567.8, 1, 7, out), "1.23M");
    assert_string_equal(figure_decimal_fit(9.5, 6, out), "9.50");
    assert_string_equal(figure_decimal_fit(99999, 6, out), "99,999");
    assert_string_equal(figure_decimal_fit(144000, 6, out), "144k");
    assert_string_equal(figure_percent(37, 100, out), "37.0%");
    assert_string_equal(figure_percent(3, 3, out), "100%");
    assert_string_equal(figure_percent(1, 0, out), "-");
}

static void times(void **state)
{
    (void)state;
    char out[FIGURE_SIZE];
    assert_string_equal(figure_duration(45, out), "45 s");
    assert_string_equal(figure_duration(3600, out), "1 h");
    assert_string_equal(figure_duration(12000, out), "3 h 20 min");
    assert_string_equal(figure_duration(5 * 86400 + 3 * 3600, out), "5 d 3 h");
    assert_string_equal(figure_duration(-1, out), "-");
    /* 2024-05-03 was a Friday. */
    int64_t now = day_of_date(2024, 5, 3) * DAY_MS + 14 * HOUR_MS;
    assert_string_equal(figure_since(now, now, out), "now");
    assert_string_equal(figure_since(now - HOUR_MS / 2, now, out), "13:30");
    assert_string_equal(figure_since(now - 2 * DAY_MS, now, out), "Wed 14h");
    assert_string_equal(figure_since(now - 30 * DAY_MS, now, out), "Apr 3");
    assert_string_equal(figure_since(now - 500 * DAY_MS, now, out), "2022-12");
    assert_string_equal(figure_day(now, true, out), "May 3 14:00");
    assert_string_equal(figure_month(now, out), "May 2024");
}

/* The lines of a canvas as text; freed by the caller. */
static char *drawn_bar(int w, double share, bool ascii)
{
    struct canvas canvas;
    canvas_init(&canvas, w, 1, ascii);
    chart_bar(&canvas, 0, 0, w, ROLE_BAR, share);
    char *text = canvas_to_text(&canvas, NULL);
    canvas_fini(&canvas);
    text[strcspn(text, "\n")] = 0;
    return text;
}

static void expect_bar(int w, double share, bool ascii, const char *want)
{
    char *text = drawn_bar(w, share, ascii);
    assert_string_equal(text, want);
    free(text);
}

static void bars(void **state)
{
    (void)state;
    expect_bar(4, 0.5, false, "██");
    expect_bar(4, 1, false, "████");
    expect_bar(4, 7, false, "████");
    expect_bar(4, 0.65625, false, "██▋"); /* 21 of 32 eighths */
    expect_bar(4, 0.0001, false, "▏");    /* something is never nothing */
    expect_bar(4, 0, false, "");
    expect_bar(4, NAN, false, "");
    expect_bar(4, 0.65625, true, "##=");
    expect_bar(4, 0.0001, true, "|");
    expect_bar(0, 1, false, "");
}

static void sparks(void **state)
{
    (void)state;
    struct canvas canvas;
    const float values[] = {0, 0.01f, 0.5f, 1, 2}, none[] = {-1, 1};
    canvas_init(&canvas, 5, 2, false);
    chart_spark(&canvas, 0, 0, 2, ROLE_SPARK, none, 1);
    assert_int_equal(canvas.cell[0].ch, (uint32_t)' '); /* nobody listened to anybody */
    canvas_clear(&canvas);
    chart_spark(&canvas, 0, 0, 5, ROLE_SPARK, values, 1);
    char *text = canvas_to_text(&canvas, NULL);
    assert_int_equal(strncmp(text, "▁▁▄██\n", strlen("▁▁▄██\n")), 0);
    assert_int_equal(canvas.cell[0].role, ROLE_DIM); /* nothing is told from little */
    assert_int_equal(canvas.cell[1].role, ROLE_SPARK);
    free(text);
    canvas_clear(&canvas);
    chart_columns(&canvas, 0, 0, 5, 2, ROLE_SPARK, values, 1);
    text = canvas_to_text(&canvas, NULL);
    assert_int_equal(strncmp(text, "   ██\n▁▁███", strlen("   ██\n▁▁███")), 0);
    free(text);
    canvas_fini(&canvas);
}

/* Each dot stands for 1: a cell has 2 by 4 of them. */
static void areas(void **state)
{
    (void)state;
    struct canvas canvas;
    const double low[] = {1, 4, 0, 8}, high[] = {2, 4, 3, 8};
    canvas_init(&canvas, 2, 2, false);
    chart_area(&canvas, 0, 0, 2, 2, low, high, 8, ROLE_SPARK, ROLE_BAR2);
    char *text = canvas_to_text(&canvas, NULL);
    /* Lower left: left column 2 dots (7, 3), right 4 dots; lower right: left 3, right 4.
     */
    assert_int_equal(strncmp(text, " ⢸\n⣼⣾", strlen(" ⢸\n⣼⣾")), 0);
    assert_int_equal(canvas.cell[2].role, ROLE_SPARK);
    free(text);
    canvas_fini(&canvas);
}

static void resampling(void **state)
{
    (void)state;
    const uint64_t values[] = {1, 2, 3, 4, 5, 6};
    double out[12];
    chart_resample(values, 6, out, 3);
    assert_float_equal(out[0], 1.5, 1e-12);
    assert_float_equal(out[2], 5.5, 1e-12);
    chart_resample(values, 6, out, 12);
    assert_float_equal(out[0], 1, 1e-12);
    assert_float_equal(out[1], 1, 1e-12);
    assert_float_equal(out[11], 6, 1e-12);
    chart_resample(values, 0, out, 2);
    assert_float_equal(out[1], 0, 1e-12);
}

static void axes(void **state)
{
    (void)state;
    assert_float_equal(chart_nice(0.3), 0.5, 1e-12);
    assert_float_equal(chart_nice(1), 1, 1e-12);
    assert_float_equal(chart_nice(2.1), 2.5, 1e-12);
    assert_float_equal(chart_nice(7), 10, 1e-12);
    assert_float_equal(chart_nice(0), 1, 1e-12);
    struct axis axis = axis_make(17, 41, 10); /* four ticks: steps of 5 up to 20 */
    assert_float_equal(axis.step, 5, 1e-12);
    assert_float_equal(axis.hi, 20, 1e-12);
    assert_int_equal(axis_column(&axis, 0), 0);
    assert_int_equal(axis_column(&axis, 10), 20);
    assert_int_equal(axis_column(&axis, 20), 40);
    assert_int_equal(axis_column(&axis, 20.1), -1);
    struct canvas canvas;
    canvas_init(&canvas, 41, 1, true);
    axis_draw(&axis, &canvas, 0, 0, " h", true);
    char *text = canvas_to_text(&canvas, NULL);
    assert_string_equal(text, "0 h      5 h      10 h      15 h    20 h+\n");
    free(text);
    axis = axis_make(2743, 41, 20);
    canvas_clear(&canvas);
    axis_draw(&axis, &canvas, 0, 0, "", false);
    text = canvas_to_text(&canvas, NULL);
    assert_non_null(strstr(text, " 2,000 "));
    free(text);
    canvas_fini(&canvas);
}

static void boxes(void **state)
{
    (void)state;
    struct canvas canvas;
    struct axis axis = {20, 5, 21};
    struct box box = {.n = 9, .min = 2, .q1 = 4, .median = 6, .q3 = 10, .max = 15};
    canvas_init(&canvas, 21, 2, false);
    chart_box(&canvas, 0, 0, &axis, &box);
    box.max = 100;
    chart_box(&canvas, 0, 1, &axis, &box);
    char *text = canvas_to_text(&canvas, NULL);
    assert_string_equal(text, "  ├─▒▒┃▒▒▒▒────┤\n  ├─▒▒┃▒▒▒▒─────────→\n");
    free(text);
    canvas_fini(&canvas);
    /* All the same: the median alone, within the axis. */
    canvas_init(&canvas, 21, 1, true);
    box = (struct box){1, 5, 5, 5, 5, 5, 5};
    chart_box(&canvas, 0, 0, &axis, &box);
    text = canvas_to_text(&canvas, NULL);
    assert_string_equal(text, "     I\n");
    free(text);
    canvas_fini(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_figures), cmocka_unit_test(figures),
        cmocka_unit_test(times),         cmocka_unit_test(bars),
        cmocka_unit_test(sparks),        cmocka_unit_test(areas),
        cmocka_unit_test(resampling),    cmocka_unit_test(axes),
        cmocka_unit_test(boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
