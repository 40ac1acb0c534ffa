/* Plays and events over event time, in steps that fit the width asked for: minutes where
 * they are kept, else hours and more. */
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

/* Steps that a person reads easily, in minutes and in hours. */
static const int64_t steps_m[] = {1, 2, 5, 10, 15, 30};
static const int64_t steps_h[] = {1,   2,   3,   6,    12,   24,   48,    72,
                                  168, 336, 672, 1344, 2688, 5376, 10752, 21504};

/* An hour, or a minute, in which anything was: counted in those since WEEK_EPOCH_MS. */
struct spot {
    int64_t at;
    uint64_t plays, events;
};

/* Of the selection, in their order. */
struct spots {
    struct spot *spot;
    size_t n, cap;
    uint64_t events;
};

struct range {
    int64_t first, last;
};

/* What the zones chosen hold of it. */
static void take(const struct model *m, const struct hour zone[ZONE_COUNT], int64_t at,
                 struct spots *out)
{
    struct spot spot = {.at = at};
    for (enum zone z = 0; z < ZONE_COUNT; z++)
        if (m->sel.zones >> z & 1) {
            spot.plays += zone[z].plays;
            spot.events += zone[z].events;
        }
    if (!spot.events)
        return;
    out->spot = mem_grow(out->spot, &out->cap, out->n + 1, sizeof *out->spot);
    out->spot[out->n++] = spot;
    out->events += spot.events;
}

static struct spots hours_of(const struct model *m)
{
    struct spots hours = {.n = 0};
    for (unsigned n = 0; n < WEEK_COUNT; n++)
        if (m->week[n] && bits_has(m->sel.weeks, n))
            for (int h = 0; h < HOURS_A_WEEK; h++)
                take(m, m->week[n]->hour[h], (int64_t)n * HOURS_A_WEEK + h, &hours);
    return hours;
}

/* Of the newest hours, as far back as minutes are kept and `most` hours. */
static struct spots minutes_of(const struct model *m, const struct spots *hours,
                               size_t most)
{
    struct spots minutes = {.n = 0};
    size_t first = hours->n;
    while (first && hours->n - first < most &&
           recent_hour(&m->recent, (uint32_t)hours->spot[first - 1].at))
        first--;
    for (size_t i = first; i < hours->n; i++) {
        int64_t hour = hours->spot[i].at;
        const struct minutes *kept = recent_hour(&m->recent, (uint32_t)hour);
        for (int k = 0; k < 60; k++)
            take(m, kept->minute[k], hour * 60 + k, &minutes);
    }
    return minutes;
}

/* ---- What is drawn ---- */

static struct range range_of(const struct spots *s)
{
    return (struct range){s->spot[0].at, s->spot[s->n - 1].at};
}

static int64_t length(const struct range *r)
{
    return r->last - r->first + 1;
}

/* Drops what is out of the range; returns how many events. */
static uint64_t keep(struct spots *s, struct range r)
{
    uint64_t before = s->events;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->spot[i].at < r.first || s->spot[i].at > r.last)
            s->events -= s->spot[i].events;
        else
            s->spot[n++] = s->spot[i];
    s->n = n;
    return before - s->events;
}

/* The shortest stretch that holds all but `strays` events. */
static struct range shortest(const struct spots *s, uint64_t strays)
{
    struct range best = range_of(s);
    uint64_t held = 0;
    for (size_t first = 0, end = 0; end < s->n; end++) {
        held += s->spot[end].events;
        while (held - s->spot[first].events >= s->events - strays)
            held -= s->spot[first++].events;
        struct range r = {s->spot[first].at, s->spot[end].at};
        if (held >= s->events - strays && length(&r) < length(&best))
            best = r;
    }
    return best;
}

/* One event with a wrong clock would squeeze all others into one column: where nearly all
 * lie within a tenth of the time, that is drawn, and as much (a day at least) before and
 * after it. */
static struct range drawn_hours(const struct spots *hours)
{
    struct range all = range_of(hours);
    if ((int64_t)hours->n > length(&all) / 10)
        return all;
    struct range core = shortest(hours, hours->events / 1000);
    int64_t room = length(&core) > 24 ? length(&core) : 24;
    return room > length(&all) / 10 ? all
                                    : (struct range){core.first - room, core.last + room};
}

/* ---- Steps ---- */

/* The shortest step with which they take at most `points`; 0: none does. */
static int64_t step_for(const struct spots *s, const int64_t *steps, size_t n,
                        size_t points)
{
    struct range r = range_of(s);
    for (size_t i = 0; i < n; i++)
        if ((size_t)(r.last / steps[i] - r.first / steps[i] + 1) <= points)
            return steps[i];
    return 0;
}

/* `unit_ms`: what spots and step are counted in. */
static void fill(const struct spots *s, int64_t step, int64_t unit_ms, struct activity *a)
{
    int64_t first = range_of(s).first / step;
    a->step_ms = step * unit_ms;
    a->start_ms = WEEK_EPOCH_MS + first * a->step_ms;
    a->count = (size_t)(range_of(s).last / step - first + 1);
    a->plays = mem_zalloc(a->count * sizeof *a->plays);
    a->events = mem_zalloc(a->count * sizeof *a->events);
    for (size_t i = 0; i < s->n; i++) {
        a->plays[s->spot[i].at / step - first] += s->spot[i].plays;
        a->events[s->spot[i].at / step - first] += s->spot[i].events;
    }
}

/* A chart of minutes with less in each is all chance. */
#define MINUTES_MEAN 4

/* By minutes if they are kept of all hours, and are worth it. */
static bool fill_minutes(const struct model *m, const struct spots *hours, size_t points,
                         struct activity *a)
{
    struct spots minutes = minutes_of(m, hours, SIZE_MAX);
    uint64_t worth = minutes.events / MINUTES_MEAN;
    int64_t step = 0;
    if (minutes.n && minutes.events == hours->events)
        step = step_for(&minutes, steps_m, ARRAY_SIZE(steps_m),
                        worth < points ? (size_t)worth : points);
    if (step)
        fill(&minutes, step, MINUTE_MS, a);
    free(minutes.spot);
    return step > 0;
}

static void fill_hours(const struct spots *hours, size_t points, struct activity *a)
{
    int64_t step = step_for(hours, steps_h, ARRAY_SIZE(steps_h), points);
    fill(hours, step ? step : steps_h[ARRAY_SIZE(steps_h) - 1], HOUR_MS, a);
}

#define LATELY_MIN 240 /* events that are worth a chart by minutes */

static void fill_lately(const struct model *m, const struct spots *hours,
                        struct activity *lately)
{
    struct spots minutes = minutes_of(m, hours, LATELY_MINUTES / 60 + 1);
    if (minutes.n) {
        int64_t last = range_of(&minutes).last;
        keep(&minutes, (struct range){last - LATELY_MINUTES + 1, last});
    }
    if (minutes.events >= LATELY_MIN)
        fill(&minutes, 1, MINUTE_MS, lately);
    free(minutes.spot);
}

void activity_fill(const struct model *m, size_t points, struct activity *all,
                   struct activity *lately)
{
    if (!points)
        return;
    struct spots hours = hours_of(m);
    if (hours.n) {
        all->elsewhere = keep(&hours, drawn_hours(&hours));
        if (!fill_minutes(m, &hours, points, all))
            fill_hours(&hours, points, all);
        if (all->step_ms > MINUTE_MS)
            fill_lately(m, &hours, lately);
    }
    free(hours.spot);
}
