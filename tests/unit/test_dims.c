#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/dims.h"
#include "cadence/filter.h"

static void weeks(void **state)
{
    static const struct {
        int y, m, d;
        const char *id;
    } cases[] = {
        {2000, 1, 1, "1999-W52"},   {2000, 1, 3, "2000-W01"},
        {2020, 12, 31, "2020-W53"}, {2021, 1, 3, "2020-W53"},
        {2021, 1, 4, "2021-W01"},   {2024, 12, 30, "2025-W01"},
        {2026, 12, 31, "2026-W53"}, {2099, 12, 31, "2099-W53"},
        {2023, 1, 1, "2022-W52"},
    };
    char id[9];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned week =
            week_of_ms(day_of_date(cases[i].y, cases[i].m, cases[i].d) * DAY_MS);
        week_id(week, id);
        assert_string_equal(id, cases[i].id);
        assert_int_equal(week_from_id(str_of(id)), week);
    }
    assert_int_equal(week_from_id(str_of("2023-W53")), WEEK_COUNT);
    assert_int_equal(week_from_id(str_of("2023-W00")), WEEK_COUNT);
    assert_int_equal(week_from_id(str_of("2023-W1")), WEEK_COUNT);
    assert_int_equal(week_from_id(str_of("2024-w03")), week_from_id(str_of("2024-W03")));
    for (unsigned w = 0; w < WEEK_COUNT; w++) {
        week_id(w, id);
        assert_int_equal(week_from_id(str_of(id)), w);
    }
}

static void dates(void **state)
{
    char text[20];
    (void)state;
    for (int64_t day = 10000; day < 50000; day++) {
        struct date d = date_of_day(day);
        assert_int_equal(day_of_date(d.year, d.month, d.day), day);
    }
    time_text(1704067199999, text);
    assert_string_equal(text, "2023-12-31 23:59:59");
}

static void zones(void **state)
{
    static const char all[] = "ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENV"
                              "NHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY";
    int count[ZONE_COUNT] = {0};
    (void)state;
    for (const char *s = all; *s; s += 2)
        count[state_zone(state_pack(s[0], s[1]))]++;
    assert_int_equal(count[ZONE_EST], 22);
    assert_int_equal(count[ZONE_CST], 16);
    assert_int_equal(count[ZONE_MST], 7);
    assert_int_equal(count[ZONE_PST], 4);
    assert_int_equal(count[ZONE_HST], 2);
    assert_int_equal(count[ZONE_OTHER], 0);
    assert_int_equal(state_zone(STATE_NONE), ZONE_OTHER);
    assert_int_equal(state_zone(state_pack('P', 'R')), ZONE_OTHER);
    assert_int_equal(zone_from_name(str_of("pst")), ZONE_PST);
    assert_int_equal(zone_from_name(str_of("PS")), ZONE_COUNT);
}

static void devices(void **state)
{
    (void)state;
    assert_int_equal(
        device_from_agent(str_of("Mozilla/5.0 (iPad; CPU OS 7 like Mac OS X)")),
        DEVICE_IPAD);
    assert_int_equal(device_from_agent(str_of("(iPhone; CPU iPhone OS like Mac OS X)")),
                     DEVICE_IPHONE);
    assert_int_equal(device_from_agent(str_of("iPod touch")), DEVICE_IPHONE);
    assert_int_equal(device_from_agent(str_of("(Linux; Android 4)")), DEVICE_ANDROID);
    assert_int_equal(device_from_agent(str_of("(Macintosh; Intel Mac OS X)")),
                     DEVICE_MAC);
    assert_int_equal(device_from_agent(str_of("(X11; CrOS)")), DEVICE_LINUX);
    assert_int_equal(device_from_agent(str_of("windows")), DEVICE_OTHER);
    assert_int_equal(device_from_agent(str_of("")), DEVICE_OTHER);
}

static void filters(void **state)
{
    struct filter f;
    char error[200];
    (void)state;
    filter_init(&f);
    assert_true(f.all_weeks && f.zones == ZONES_ALL);
    assert_int_equal(
        filter_choose_weeks(&f, " 2024-W03 , week 12,PRESENT,,", error, sizeof error), 0);
    assert_false(f.all_weeks);
    assert_true(f.present && bits_has(f.week, week_from_id(str_of("2024-W03"))) &&
                bits_has(f.nth, 11));
    assert_int_equal(filter_choose_zones(&f, "est,Other", error, sizeof error), 0);
    assert_int_equal(f.zones, 1 << ZONE_EST | 1 << ZONE_OTHER);
    assert_int_equal(filter_choose_weeks(&f, "Week 2", error, sizeof error), 0);
    assert_int_equal(filter_choose_zones(&f, "HST", error, sizeof error), 0);
    assert_true(!f.present && !bits_has(f.nth, 11) && bits_has(f.nth, 1));
    assert_int_equal(f.zones, 1 << ZONE_HST);
    assert_int_equal(filter_choose_weeks(&f, "2024-W99", error, sizeof error), -1);
    assert_non_null(strstr(error, "2024-W99"));
    assert_int_equal(filter_choose_zones(&f, "GMT", error, sizeof error), -1);
    filter_init(&f);
    assert_int_equal(filter_choose_weeks(&f, " , ", error, sizeof error), 0);
    assert_true(f.all_weeks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks),   cmocka_unit_test(dates),   cmocka_unit_test(zones),
        cmocka_unit_test(devices), cmocka_unit_test(filters),
    };
    return cmocka_run_group_tests_name("dims", tests, NULL, NULL);
}
