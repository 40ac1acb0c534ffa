#include "cadence/chart.h"

#include "cadence/print.h"

#include <math.h>
#include <stdio.h>

const char *figure_count(uint64_t n, char out[FIGURE_SIZE])
{
    char plain[24];
    snprintf(plain, sizeof plain, "%llu", (unsigned long long)n);
    return print_grouped(plain, out, FIGURE_SIZE);
}

const char *figure_things(uint64_t n, const char *thing, char out[FIGURE_SIZE])
{
    size_t used = strlen(figure_count(n, out));
    snprintf(out + used, FIGURE_SIZE - used, " %s%s", thing, n == 1 ? "" : "s");
    return out;
}

const char *figure_fixed(double value, int decimals, char out[FIGURE_SIZE])
{
    char plain[FIGURE_SIZE];
    if (!isfinite(value) || fabs(value) >= 1e18) {
        snprintf(out, FIGURE_SIZE, "-");
        return out;
    }
    snprintf(plain, sizeof plain, "%.*f",
             decimals < 0   ? 0
             : decimals > 3 ? 3
                            : decimals,
             value);
    return print_grouped(plain, out, FIGURE_SIZE);
}

/* The limits are those of rounding: 9.995 is 10.0, not 10.00. */
static int decimals_of_three(double value)
{
    double size = fabs(value);
    return size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
}

const char *figure_decimal(double value, char out[FIGURE_SIZE])
{
    return figure_fixed(value, decimals_of_three(value), out);
}

/* The thousands that bring the value below a thousand. */
static char letter_of(double *value)
{
    static const char letters[] = "kMGT";
    int i = 0;
    *value /= 1000;
    while (fabs(*value) >= 999.5 && letters[i + 1]) {
        *value /= 1000;
        i++;
    }
    return letters[i];
}

const char *figure_short(double value, char out[FIGURE_SIZE])
{
    if (!isfinite(value) || fabs(value) >= 999.5e12) {
        snprintf(out, FIGURE_SIZE, "-");
        return out;
    }
    if (fabs(value) < 9999.5)
        return figure_fixed(value, 0, out);
    char letter = letter_of(&value);
    snprintf(out, FIGURE_SIZE, "%.*f%c", decimals_of_three(value), value, letter);
    return out;
}

const char *figure_brief(double value, char out[FIGURE_SIZE])
{
    if (!isfinite(value) || fabs(value) >= 999.5e12 || fabs(value) < 999.5)
        return figure_short(value, out);
    char letter = letter_of(&value);
    snprintf(out, FIGURE_SIZE, "%.*f%c", fabs(value) < 9.95, value, letter);
    return out;
}

/* For want of room. */
static const char *shortened(double value, int columns, char out[FIGURE_SIZE])
{
    return (int)strlen(figure_short(value, out)) <= columns ? out
                                                            : figure_brief(value, out);
}

const char *figure_fit(uint64_t n, int columns, char out[FIGURE_SIZE])
{
    return (int)strlen(figure_count(n, out)) <= columns
               ? out
               : shortened((double)n, columns, out);
}

const char *figure_fixed_fit(double value, int decimals, int columns,
                             char out[FIGURE_SIZE])
{
    for (; decimals >= 0; decimals--)
        if ((int)strlen(figure_fixed(value, decimals, out)) <= columns)
            return out;
    return shortened(value, columns, out);
}

const char *figure_decimal_fit(double value, int columns, char out[FIGURE_SIZE])
{
    return figure_fixed_fit(value, decimals_of_three(value), columns, out);
}

const char *figure_percent(double part, double whole, char out[FIGURE_SIZE])
{
    if (!(whole > 0))
        snprintf(out, FIGURE_SIZE, "-");
    else if (part >= whole)
        snprintf(out, FIGURE_SIZE, "100%%");
    else
        snprintf(out, FIGURE_SIZE, "%.1f%%", 100 * part / whole);
    return out;
}

const char *figure_duration(double seconds, char out[FIGURE_SIZE])
{
    if (!isfinite(seconds) || seconds < 0 || seconds > 1e10) {
        snprintf(out, FIGURE_SIZE, "-");
        return out;
    }
    long s = lround(seconds), minutes = (s + 30) / 60, hours = minutes / 60;
    if (s < 60)
        snprintf(out, FIGURE_SIZE, "%ld s", s);
    else if (minutes < 60)
        snprintf(out, FIGURE_SIZE, "%ld min", minutes);
    else if (hours < 24 && minutes % 60)
        snprintf(out, FIGURE_SIZE, "%ld h %ld min", hours, minutes % 60);
    else if (hours < 24)
        snprintf(out, FIGURE_SIZE, "%ld h", hours);
    else if (hours < 240 && hours % 24)
        snprintf(out, FIGURE_SIZE, "%ld d %ld h", hours / 24, hours % 24);
    else
        snprintf(out, FIGURE_SIZE, "%ld d", (hours + 12) / 24);
    return out;
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
/* 1970-01-01 was a Thursday. */
static const char *const day_names[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

static int64_t day_of_ms(int64_t ts_ms)
{
    return ts_ms / DAY_MS - (ts_ms % DAY_MS < 0);
}

const char *figure_day(int64_t ts_ms, bool with_hour, char out[FIGURE_SIZE])
{
    int64_t day = day_of_ms(ts_ms);
    struct date date = date_of_day(day);
    int minute = (int)((ts_ms - day * DAY_MS) / 60000);
    const char *month = month_names[(date.month - 1) % 12];
    if (with_hour)
        snprintf(out, FIGURE_SIZE, "%s %d %02d:%02d", month, date.day, minute / 60,
                 minute % 60);
    else
        snprintf(out, FIGURE_SIZE, "%s %d", month, date.day);
    return out;
}

const char *figure_month(int64_t ts_ms, char out[FIGURE_SIZE])
{
    struct date date = date_of_day(day_of_ms(ts_ms));
    snprintf(out, FIGURE_SIZE, "%s %d", month_names[(date.month - 1) % 12], date.year);
    return out;
}

const char *figure_since(int64_t ts_ms, int64_t now_ms, char out[FIGURE_SIZE])
{
    int64_t day = day_of_ms(ts_ms), today = day_of_ms(now_ms);
    int minute = (int)((ts_ms - day * DAY_MS) / 60000);
    struct date date = date_of_day(day);
    if (ts_ms == now_ms)
        snprintf(out, FIGURE_SIZE, "now");
    else if (day == today)
        snprintf(out, FIGURE_SIZE, "%02d:%02d", minute / 60, minute % 60);
    else if (today > day && today - day < 7)
        snprintf(out, FIGURE_SIZE, "%s %dh", day_names[((day % 7) + 7) % 7], minute / 60);
    else if (today - day < 330)
        figure_day(ts_ms, false, out);
    else
        snprintf(out, FIGURE_SIZE, "%d-%02d", date.year, date.month);
    return out;
}
