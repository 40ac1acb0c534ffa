#include "calendar.h"

#include "cadence/dims.h"
#include "cadence/sim.h"

#include <ctype.h>
#include <stdlib.h>

/* 0 is Monday: 1970-01-01 was a Thursday. */
static int weekday_of(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

static bool is_fixed_holiday(int month, int day)
{
    return (month == 1 && day == 1) || (month == 7 && day == 4) ||
           (month == 11 && day == 11) || (month == 12 && day == 25);
}

/* Holidays that are the nth such weekday of their month; n 5 is the last one. */
static bool is_floating_holiday(const struct date *date, int weekday)
{
    static const struct {
        int month, weekday, nth;
    } list[] = {
        {1, 0, 3},  /* Martin Luther King */
        {2, 0, 3},  /* Washington */
        {5, 0, 5},  /* Memorial Day */
        {9, 0, 1},  /* Labor Day */
        {10, 0, 2}, /* Columbus */
        {11, 3, 4}, /* Thanksgiving */
    };
    for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
        if (list[i].month != date->month || list[i].weekday != weekday)
            continue;
        if (list[i].nth == 5 ? date->day > 24 : (date->day - 1) / 7 + 1 == list[i].nth)
            return true;
    }
    return false;
}

bool sim_day_is_off(int64_t day)
{
    int weekday = weekday_of(day);
    if (weekday >= 5)
        return true;
    struct date date = date_of_day(day);
    if (is_fixed_holiday(date.month, date.day) || is_floating_holiday(&date, weekday))
        return true;
    /* One that falls on a weekend is observed on the Friday before or the Monday after.
     */
    struct date before = date_of_day(day - 1), after = date_of_day(day + 1);
    return (weekday == 0 && is_fixed_holiday(before.month, before.day)) ||
           (weekday == 4 && is_fixed_holiday(after.month, after.day));
}

double sim_weekend_depth(int64_t at_s, double offset_min, double scale_min)
{
    int64_t ahead = at_s + (int64_t)(offset_min * 60);
    int64_t day = ahead / DAY_S - (ahead % DAY_S < 0);
    double into = (double)(ahead - day * DAY_S), ramp = scale_min * 60;
    double today = sim_day_is_off(day);
    if (into >= ramp)
        return today;
    double f = into / ramp, yesterday = sim_day_is_off(day - 1);
    return yesterday * (1 - f) + today * f;
}

/* Exactly `digits` digits, or -1. */
static int take_number(const char **p, int digits)
{
    int n = 0;
    for (int i = 0; i < digits; i++, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return -1;
        n = n * 10 + (**p - '0');
    }
    return n;
}

static int take_clock(const char **p, int64_t *out_s)
{
    int hour = take_number(p, 2), minute = -1, second = 0;
    if (hour >= 0 && **p == ':') {
        ++*p;
        minute = take_number(p, 2);
    }
    if (minute >= 0 && **p == ':') {
        ++*p;
        second = take_number(p, 2);
        if (second >= 0 && **p == '.')
            do
                ++*p;
            while (isdigit((unsigned char)**p));
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return -1;
    *out_s += hour * 3600 + minute * 60 + second;
    return 0;
}

int sim_time_parse(const char *text, int64_t *out_s)
{
    const char *p = text;
    int year = take_number(&p, 4), month = -1, day = -1;
    if (year >= 1970 && *p++ == '-')
        month = take_number(&p, 2);
    if (month > 0 && *p++ == '-')
        day = take_number(&p, 2);
    if (day < 1 || month > 12)
        return -1;
    int64_t days = day_of_date(year, month, day);
    struct date back = date_of_day(days);
    if (back.month != month || back.day != day)
        return -1;
    int64_t at = days * DAY_S;
    if (*p == 'T' || *p == 't' || *p == ' ') {
        p++;
        if (take_clock(&p, &at) != 0)
            return -1;
    }
    if (*p == 'Z' || *p == 'z')
        p++;
    if (*p)
        return -1;
    *out_s = at;
    return 0;
}

int sim_span_parse(const char *text, int64_t *out_s)
{
    static const struct {
        char unit;
        double seconds;
    } list[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    if (!isdigit((unsigned char)*text))
        return -1;
    double n = strtod(text, &end);
    for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
        if (*end != list[i].unit || (*end && end[1]))
            continue;
        if (!(n * list[i].seconds < 1e10))
            return -1;
        *out_s = (int64_t)(n * list[i].seconds);
        return 0;
    }
    return -1;
}
