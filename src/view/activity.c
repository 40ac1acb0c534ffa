/* Plays and events over event time, in steps that fit the width asked for. */
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

/* Steps that a person reads easily, in hours. */
static const int64_t steps_h[] = {1,   2,   3,   6,    12,   24,   48,    72,
                                  168, 336, 672, 1344, 2688, 5376, 10752, 21504};

struct range {
    int64_t first_h, last_h; /* hours since WEEK_EPOCH_MS */
};

static uint64_t hour_events(const struct week *w, unsigned zones, int hour,
                            uint64_t *plays)
{
    uint64_t events = 0;
    *plays = 0;
    for (enum zone z = 0; z < ZONE_COUNT; z++)
        if (zones >> z & 1) {
            events += w->hour[z][hour].events;
            *plays += w->hour[z][hour].plays;
        }
    return events;
}

typedef void (*hour_fn)(void *context, int64_t hour, uint64_t plays, uint64_t events);

static void each_hour(const struct model *m, hour_fn fn, void *context)
{
    uint64_t plays;
    for (unsigned n = 0; n < WEEK_COUNT; n++) {
        if (!m->week[n] || !bits_has(m->sel.weeks, n))
            continue;
        for (int h = 0; h < HOURS_A_WEEK; h++) {
            uint64_t events = hour_events(m->week[n], m->sel.zones, h, &plays);
            if (events)
                fn(context, (int64_t)n * HOURS_A_WEEK + h, plays, events);
        }
    }
}

struct used_hour {
    int64_t hour;
    uint64_t events;
};

/* The hours in which anything was, in their order. */
struct used {
    struct used_hour *at;
    size_t n, cap;
    uint64_t events;
};

static void use(void *context, int64_t hour, uint64_t plays, uint64_t events)
{
    struct used *used = context;
    (void)plays;
    used->at = mem_grow(used->at, &used->cap, used->n + 1, sizeof *used->at);
    used->at[used->n++] = (struct used_hour){hour, events};
    used->events += events;
}

static int64_t hours_in(const struct range *r)
{
    return r->last_h - r->first_h + 1;
}

/* The shortest stretch that holds all but `strays` events. */
static struct range shortest(const struct used *used, uint64_t strays)
{
    struct range best = {used->at[0].hour, used->at[used->n - 1].hour};
    uint64_t held = 0;
    for (size_t first = 0, end = 0; end < used->n; end++) {
        held += used->at[end].events;
        while (held - used->at[first].events >= used->events - strays)
            held -= used->at[first++].events;
        struct range r = {used->at[first].hour, used->at[end].hour};
        if (held >= used->events - strays && hours_in(&r) < hours_in(&best))
            best = r;
    }
    return best;
}

/* What is drawn. One event with a wrong clock would else squeeze all others into one
 * column: where nearly all lie within a tenth of the time, that is drawn, and as much (a
 * day at least) before and after it. */
static struct range drawn_range(const struct used *used)
{
    struct range all = {used->at[0].hour, used->at[used->n - 1].hour}, drawn = all;
    if ((int64_t)used->n > hours_in(&all) / 10)
        return all;
    struct range core = shortest(used, used->events / 1000);
    int64_t length = hours_in(&core) > 24 ? hours_in(&core) : 24;
    if (length > hours_in(&all) / 10)
        return all;
    for (size_t i = used->n; i-- > 0;)
        if (used->at[i].hour >= core.first_h - length)
            drawn.first_h = used->at[i].hour;
    for (size_t i = 0; i < used->n; i++)
        if (used->at[i].hour <= core.last_h + length)
            drawn.last_h = used->at[i].hour;
    return drawn;
}

static int64_t step_for(const struct range *r, size_t points)
{
    size_t i = 0;
    while (i + 1 < ARRAY_SIZE(steps_h) &&
           (size_t)(r->last_h / steps_h[i] - r->first_h / steps_h[i] + 1) > points)
        i++;
    return steps_h[i];
}

static void add(void *context, int64_t hour, uint64_t plays, uint64_t events)
{
    struct activity *a = context;
    int64_t at = hour * HOUR_MS + WEEK_EPOCH_MS - a->start_ms;
    if (at < 0 || at / a->step_ms >= (int64_t)a->count) {
        a->elsewhere += events;
        return;
    }
    a->plays[at / a->step_ms] += (uint32_t)plays;
    a->events[at / a->step_ms] += (uint32_t)events;
}

void activity_fill(const struct model *m, size_t points, struct activity *a)
{
    struct used used = {.n = 0};
    if (points)
        each_hour(m, use, &used);
    if (used.n) {
        struct range r = drawn_range(&used);
        int64_t step_h = step_for(&r, points);
        a->step_ms = step_h * HOUR_MS;
        a->start_ms = WEEK_EPOCH_MS + r.first_h / step_h * a->step_ms;
        a->count = (size_t)(r.last_h / step_h - r.first_h / step_h + 1);
        a->plays = mem_zalloc(a->count * sizeof *a->plays);
        a->events = mem_zalloc(a->count * sizeof *a->events);
        each_hour(m, add, a);
    }
    free(used.at);
}
