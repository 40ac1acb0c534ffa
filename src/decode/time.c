/* What `ts` may be: milliseconds, seconds (below 1e11), or ISO 8601 text. */
#include "text.h"

#include "cadence/mem.h"

#include <math.h>
#include <stdlib.h>

#define NO_TIME INT64_C(-1)

static int64_t in_range(int64_t ms)
{
    return ms >= TIME_FIRST_MS && ms < TIME_END_MS ? ms : NO_TIME;
}

/* Cuts as Python's int() does: towards zero. */
static int64_t time_of_double(double v)
{
    if (!isfinite(v))
        return NO_TIME;
    if (fabs(v) < 1e11)
        v *= 1000;
    return v >= 0 && v < (double)TIME_END_MS ? in_range((int64_t)v) : NO_TIME;
}

double number_value(struct str number)
{
    char small[64], *copy = number.n < sizeof small ? small : mem_alloc(number.n + 1);
    memcpy(copy, number.p, number.n);
    copy[number.n] = 0;
    double v = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return v;
}

int64_t time_of_integer(int64_t v)
{
    return in_range(v >= 0 && v < INT64_C(100000000000) ? v * 1000 : v);
}

int64_t time_of_number(struct str number)
{
    int64_t v = 0;
    if (number.n == 0 || number.n > 18)
        return time_of_double(number_value(number));
    for (size_t i = 0; i < number.n; i++) {
        if (!is_digit(number.p[i]))
            return time_of_double(number_value(number));
        v = v * 10 + (number.p[i] - '0');
    }
    return time_of_integer(v);
}

/* -?digits{1,20}[.digits{1,9}] */
static bool is_plain_number(struct str s)
{
    size_t i = s.n && s.p[0] == '-', whole = i, part;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    if (i == whole || i - whole > 20)
        return false;
    if (i == s.n)
        return true;
    if (s.p[i++] != '.')
        return false;
    part = i;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i == s.n && i > part && i - part <= 9;
}

/* Takes exactly `n` digits off the front; -1 when they are not there. */
static int take_digits(struct str *s, size_t n)
{
    int v = 0;
    if (s->n < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->p[i]))
            return -1;
        v = v * 10 + (s->p[i] - '0');
    }
    s->p += n;
    s->n -= n;
    return v;
}

static bool take_char(struct str *s, char c)
{
    if (!s->n || *s->p != c)
        return false;
    s->p++;
    s->n--;
    return true;
}

/* .1 to .999999999, the rest cut: milliseconds; -1 when there is no digit or too many. */
static int take_fraction(struct str *s)
{
    int ms = 0, n = 0;
    while (s->n && is_digit(*s->p)) {
        if (n < 3)
            ms = ms * 10 + (*s->p - '0');
        s->p++;
        s->n--;
        n++;
    }
    if (n == 0 || n > 9)
        return -1;
    for (; n < 3; n++)
        ms *= 10;
    return ms;
}

/* Z, +hh:mm, -hhmm, or nothing; false when it is something else. */
static bool take_offset(struct str *s, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (!s->n || take_char(s, 'Z'))
        return s->n == 0;
    int sign = take_char(s, '-') ? -1 : take_char(s, '+') ? 1 : 0;
    int h = sign ? take_digits(s, 2) : -1;
    take_char(s, ':');
    int m = h >= 0 ? take_digits(s, 2) : -1;
    if (m < 0 || s->n)
        return false;
    *offset_ms = (int64_t)sign * (h * 60 + m) * 60000;
    return true;
}

static bool is_date(int y, int mo, int d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (y < 1 || mo < 1 || mo > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= days[mo - 1] + (mo == 2 && leap);
}

static int64_t time_of_iso(struct str s)
{
    int h = 0, mi = 0, sec = 0, ms = 0;
    int64_t offset = 0;
    int y = take_digits(&s, 4);
    int mo = y >= 0 && take_char(&s, '-') ? take_digits(&s, 2) : -1;
    int d = mo >= 0 && take_char(&s, '-') ? take_digits(&s, 2) : -1;
    if (d < 0)
        return NO_TIME;
    if (s.n) {
        if (!take_char(&s, 'T') && !take_char(&s, ' '))
            return NO_TIME;
        h = take_digits(&s, 2);
        mi = h >= 0 && take_char(&s, ':') ? take_digits(&s, 2) : -1;
        if (mi >= 0 && take_char(&s, ':')) {
            sec = take_digits(&s, 2);
            if (sec >= 0 && take_char(&s, '.'))
                ms = take_fraction(&s);
        }
        if (mi < 0 || sec < 0 || ms < 0 || !take_offset(&s, &offset))
            return NO_TIME;
    }
    if (!is_date(y, mo, d) || h > 23 || mi > 59 || sec > 59)
        return NO_TIME;
    int64_t s_of_day = h * 3600 + mi * 60 + sec;
    return in_range(day_of_date(y, mo, d) * DAY_MS + s_of_day * 1000 + ms - offset);
}

int64_t time_of_text(struct str text)
{
    while (text.n && text.p[0] == ' ')
        text.p++, text.n--;
    while (text.n && text.p[text.n - 1] == ' ')
        text.n--;
    return is_plain_number(text) ? time_of_double(number_value(text)) : time_of_iso(text);
}
