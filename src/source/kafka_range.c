/* Which part of the topics is to be read: --from and --until. */
#include "kafka.h"

#include "cadence/dims.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* 1 to `most` digits: no sign, no blanks. */
static bool take_number(const char **text, int most, int *out)
{
    int n = 0;
    for (*out = 0; n < most && isdigit((unsigned char)**text); n++)
        *out = *out * 10 + *(*text)++ - '0';
    return n > 0;
}

static bool take_char(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

/* What stands behind a date: nothing, Z, +02:00 or +0200. */
static bool parse_offset(const char *text, int *minutes)
{
    int h, m;
    *minutes = 0;
    if (*text == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    int sign = *text == '-' ? -1 : 1;
    if (!take_char(&text, '+') && !take_char(&text, '-'))
        return false;
    if (!take_number(&text, 2, &h))
        return false;
    take_char(&text, ':');
    if (!take_number(&text, 2, &m) || *text || h > 23 || m > 59)
        return false;
    *minutes = sign * (h * 60 + m);
    return true;
}

static bool take_date(const char **text, struct tm *tm)
{
    if (!take_number(text, 4, &tm->tm_year) || !take_char(text, '-') ||
        !take_number(text, 2, &tm->tm_mon) || !take_char(text, '-') ||
        !take_number(text, 2, &tm->tm_mday))
        return false;
    if (tm->tm_year < 1970 || tm->tm_mon < 1)
        return false;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    /* Which makes the first of March of the thirtieth of February. */
    struct tm day = *tm;
    timegm(&day);
    return day.tm_mon == tm->tm_mon && day.tm_mday == tm->tm_mday;
}

/* [T05:03[:17[.250]]] */
static bool take_clock(const char **text, struct tm *tm, int *millis)
{
    if (!take_char(text, 'T') && !take_char(text, ' '))
        return true;
    if (!take_number(text, 2, &tm->tm_hour) || !take_char(text, ':') ||
        !take_number(text, 2, &tm->tm_min))
        return false;
    if (take_char(text, ':')) {
        if (!take_number(text, 2, &tm->tm_sec))
            return false;
        if (take_char(text, '.'))
            for (int unit = 100; isdigit((unsigned char)**text); ++*text, unit /= 10)
                *millis += unit * (**text - '0');
    }
    return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* Ms, seconds below 1e11, either from 2000 on (@2024 is a year), or
 * 2024-05-03[T05:03[:17[.250]]][Z|+02:00]; UTC without an offset. */
bool kafka_time_parse(const char *text, int64_t *ms)
{
    char *rest;
    struct tm tm = {0};
    int millis = 0, minutes;
    errno = 0;
    long long number = strtoll(text, &rest, 10);
    if (isdigit((unsigned char)*text) && *rest == '\0' && errno == 0) {
        *ms = number < 100000000000 ? number * 1000 : number;
        return *ms >= TIME_FIRST_MS;
    }
    if (!take_date(&text, &tm) || !take_clock(&text, &tm, &millis) ||
        !parse_offset(text, &minutes))
        return false;
    *ms = ((int64_t)timegm(&tm) - minutes * 60) * 1000 + millis;
    return true;
}

static int parse_from(const char *text, struct kafka_range *range, char *error,
                      size_t size)
{
    char *rest;
    range->from = KAFKA_FROM_BEGINNING;
    if (!text || strcmp(text, "beginning") == 0)
        return 0;
    if (strcmp(text, "end") == 0) {
        range->from = KAFKA_FROM_END;
        return 0;
    }
    if (*text == '@' && kafka_time_parse(text + 1, &range->from_value)) {
        range->from = KAFKA_FROM_TIME;
        return 0;
    }
    errno = 0;
    if (*text == '-' && isdigit((unsigned char)text[1])) {
        range->from = KAFKA_FROM_LAST;
        range->from_value = strtoll(text + 1, &rest, 10);
        if (*rest == '\0' && errno == 0 && range->from_value > 0)
            return 0;
    }
    snprintf(error, size,
             "--from %s: expected beginning, end, -N (the last N of each "
             "partition) or @TIME (ms, or 2024-05-03T05:03:17Z)",
             text);
    return -1;
}

int kafka_range_parse(const struct kafka_config *config, struct kafka_range *range,
                      char *error, size_t size)
{
    memset(range, 0, sizeof *range);
    if (parse_from(config->from, range, error, size) < 0)
        return -1;
    const char *until = config->until;
    if (!until)
        return 0;
    if (strcmp(until, "end") == 0) {
        range->until = KAFKA_UNTIL_END;
        return 0;
    }
    if (*until == '@' && kafka_time_parse(until + 1, &range->until_ms)) {
        range->until = KAFKA_UNTIL_TIME;
        if (range->from != KAFKA_FROM_TIME || range->from_value < range->until_ms)
            return 0;
        snprintf(error, size, "--until %s is not after --from %s", until, config->from);
        return -1;
    }
    snprintf(error, size,
             "--until %s: expected end or @TIME (ms, or 2024-05-03T05:03:17Z)", until);
    return -1;
}
