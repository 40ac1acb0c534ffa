/* Plays and events over event time, in steps that fit the width asked for: minutes where
 * they are kept, else hours and more. */
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

/* Steps that a person reads easily, in minutes and in hours. */
static const int64_t steps_m[] = {1, 2, 5, 10, 15, 30};
static const int64_t steps_h[] = {1,   2,   3,   6,    12,   24,   48,    72,
                                  168, 336, 672, 1344, 2688, 5376, 10752, 21504};

struct range {
    int64_t first, last; /* hours or minutes since WEEK_EPOCH_MS */
};

struct used_hour {
    int64_t hour; /* since WEEK_EPOCH_MS */
    uint64_t plays, events;
};

/* The hours of the selection in which anything was, in their order. */
struct used {
    struct used_hour *at;
    size_t n, cap;
    uint64_t events;
};

static void use_week(const struct model *m, const struct week *w, struct used *used)
{
    for (int h = 0; h < HOURS_A_WEEK; h++) {
        struct used_hour u = {(int64_t)w->number * HOURS_A_WEEK + h, 0, 0};
        for (enum zone z = 0; z < ZONE_COUNT; z++)
            if (m->sel.zones >> z & 1) {
                u.plays += w->hour[z][h].plays;
                u.events += w->hour[z][h].events;
            }
        if (!u.events)
            continue;
        used->at = mem_grow(used->at, &used->cap, used->n + 1, sizeof *used->at);
        used->at[used->n++] = u;
        used->events += u.events;
    }
}

static int64_t length(const struct range *r)
{
    return r->last - r->first + 1;
}

/* The shortest stretch of hours that holds all but `strays` events. */
static struct range shortest(const struct used *used, uint64_t strays)
{
    struct range best = {used->at[0].hour, used->at[used->n - 1].hour};
    uint64_t held = 0;
    for (size_t first = 0, end = 0; end < used->n; end++) {
        held += used->at[end].events;
        while (held - used->at[first].events >= used->events - strays)
            held -= used->at[first++].events;
        struct range r = {used->at[first].hour, used->at[end].hour};
        if (held >= used->events - strays && length(&r) < length(&best))
            best = r;
    }
    return best;
}

/* What is drawn. One event with a wrong clock would else squeeze all others into one
 * column: where nearly all lie within a tenth of the time, that is drawn, and as much (a
 * day at least) before and after it. */
static struct range drawn_hours(const struct used *used)
{
    struct range all = {used->at[0].hour, used->at[used->n - 1].hour}, drawn = all;
    if ((int64_t)used->n > length(&all) / 10)
        return all;
    struct range core = shortest(used, used->events / 1000);
    int64_t room = length(&core) > 24 ? length(&core) : 24;
    if (room > length(&all) / 10)
        return all;
    for (size_t i = used->n; i-- > 0;)
        if (used->at[i].hour >= core.first - room)
            drawn.first = used->at[i].hour;
    for (size_t i = 0; i < used->n; i++)
        if (used->at[i].hour <= core.last + room)
            drawn.last = used->at[i].hour;
    return drawn;
}

/* Drops what is not drawn. */
static void keep(struct used *used, const struct range *drawn, struct activity *a)
{
    size_t n = 0;
    for (size_t i = 0; i < used->n; i++)
        if (used->at[i].hour < drawn->first || used->at[i].hour > drawn->last)
            a->elsewhere += used->at[i].events;
        else
            used->at[n++] = used->at[i];
    used->n = n;
}

/* The shortest step with which the range takes at most `points`; 0: none does. */
static int64_t step_for(const struct range *r, const int64_t *steps, size_t n,
                        size_t points)
{
    for (size_t i = 0; i < n; i++)
        if ((size_t)(r->last / steps[i] - r->first / steps[i] + 1) <= points)
            return steps[i];
    return 0;
}

/* A chart of minutes with less in each is all chance. */
#define MINUTES_MEAN 4

static size_t minutes_worth(const struct used *used, size_t points)
{
    uint64_t worth = used->events / MINUTES_MEAN;
    return worth < points ? (size_t)worth : points;
}

/* `unit_ms`: what the range and the step are counted in. */
static void lay_out(const struct range *r, int64_t step, int64_t unit_ms,
                    struct activity *a)
{
    a->step_ms = step * unit_ms;
    a->start_ms = WEEK_EPOCH_MS + r->first / step * a->step_ms;
    a->count = (size_t)(r->last / step - r->first / step + 1);
    a->plays = mem_zalloc(a->count * sizeof *a->plays);
    a->events = mem_zalloc(a->count * sizeof *a->events);
}

/* What is out of the layout is left out. */
static void add(struct activity *a, int64_t ts_ms, uint64_t plays, uint64_t events)
{
    int64_t at = ts_ms - a->start_ms;
    if (at < 0 || at / a->step_ms >= (int64_t)a->count)
        return;
    a->plays[at / a->step_ms] += (uint32_t)plays;
    a->events[at / a->step_ms] += (uint32_t)events;
}

/* ---- Minutes ---- */

static struct hour minute_of(const struct model *m, const struct minutes *minutes,
                             int minute)
{
    struct hour sum = {0, 0};
    for (enum zone z = 0; z < ZONE_COUNT; z++)
        if (m->sel.zones >> z & 1) {
            sum.plays += minutes->minute[minute][z].plays;
            sum.events += minutes->minute[minute][z].events;
        }
    return sum;
}

/* How many of the newest hours have their minutes kept. */
static size_t hours_with_minutes(const struct model *m, const struct used *used)
{
    size_t n = 0;
    while (n < used->n &&
           recent_hour(&m->recent, (uint32_t)used->at[used->n - 1 - n].hour))
        n++;
    return n;
}

/* From the first to the last minute in which anything was, of the newest `n` hours. */
static struct range minutes_used(const struct model *m, const struct used *used, size_t n)
{
    struct range r = {INT64_MAX, 0};
    for (size_t i = used->n - n; i < used->n; i++)
        for (int k = 0; k < 60; k++) {
            int64_t at = used->at[i].hour * 60 + k;
            if (!minute_of(m, recent_hour(&m->recent, (uint32_t)used->at[i].hour), k)
                     .events)
                continue;
            r.first = at < r.first ? at : r.first;
            r.last = at;
        }
    return r;
}

static void add_minutes(const struct model *m, const struct used *used, size_t n,
                        struct activity *a)
{
    for (size_t i = used->n - n; i < used->n; i++)
        for (int k = 0; k < 60; k++) {
            struct hour sum =
                minute_of(m, recent_hour(&m->recent, (uint32_t)used->at[i].hour), k);
            add(a, WEEK_EPOCH_MS + used->at[i].hour * HOUR_MS + k * MINUTE_MS, sum.plays,
                sum.events);
        }
}

#define LATELY_MIN 240 /* events that are worth a chart by minutes */

static void fill_lately(const struct model *m, const struct used *used,
                        struct activity *lately)
{
    size_t n = hours_with_minutes(m, used);
    if (!n)
        return;
    struct range r = minutes_used(m, used, n);
    if (r.first <= r.last - LATELY_MINUTES)
        r.first = r.last - LATELY_MINUTES + 1;
    lay_out(&r, 1, MINUTE_MS, lately);
    add_minutes(m, used, n, lately);
    uint64_t events = 0;
    for (size_t i = 0; i < lately->count; i++)
        events += lately->events[i];
    if (events < LATELY_MIN)
        lately->count = 0;
}

/* ---- All ---- */

static void fill(const struct model *m, const struct used *used, size_t points,
                 struct activity *a)
{
    struct range hours = {used->at[0].hour, used->at[used->n - 1].hour};
    int64_t step = 0;
    if (hours_with_minutes(m, used) == used->n) {
        struct range r = minutes_used(m, used, used->n);
        step = step_for(&r, steps_m, ARRAY_SIZE(steps_m), minutes_worth(used, points));
        if (step) {
            lay_out(&r, step, MINUTE_MS, a);
            add_minutes(m, used, used->n, a);
            return;
        }
    }
    step = step_for(&hours, steps_h, ARRAY_SIZE(steps_h), points);
    lay_out(&hours, step ? step : steps_h[ARRAY_SIZE(steps_h) - 1], HOUR_MS, a);
    for (size_t i = 0; i < used->n; i++)
        add(a, WEEK_EPOCH_MS + used->at[i].hour * HOUR_MS, used->at[i].plays,
            used->at[i].events);
}

void activity_fill(const struct model *m, size_t points, struct activity *all,
                   struct activity *lately)
{
    struct used used = {.n = 0};
    for (unsigned n = 0; points && n < WEEK_COUNT; n++)
        if (m->week[n] && bits_has(m->sel.weeks, n))
            use_week(m, m->week[n], &used);
    if (used.n) {
        struct range drawn = drawn_hours(&used);
        keep(&used, &drawn, all);
        fill(m, &used, points, all);
        if (all->step_ms > MINUTE_MS)
            fill_lately(m, &used, lately);
    }
    free(used.at);
}
