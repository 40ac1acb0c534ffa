/* Plays and events over event time, in steps that fit the width asked for. */
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdlib.h>

/* Steps that a person reads easily, in hours. */
static const int64_t steps_h[] = {1,   2,   3,   6,    12,   24,   48,    72,
                                  168, 336, 672, 1344, 2688, 5376, 10752, 21504};

struct range {
    int64_t first_h, last_h; /* hours since WEEK_EPOCH_MS */
    bool any;
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

static void extend(void *context, int64_t hour, uint64_t plays, uint64_t events)
{
    struct range *r = context;
    (void)plays;
    (void)events;
    if (!r->any)
        r->first_h = hour;
    r->last_h = hour;
    r->any = true;
}

static void add(void *context, int64_t hour, uint64_t plays, uint64_t events)
{
    struct activity *a = context;
    int64_t at = ((hour * HOUR_MS + WEEK_EPOCH_MS) - a->start_ms) / a->step_ms;
    a->plays[at] += (uint32_t)plays;
    a->events[at] += (uint32_t)events;
}

void activity_fill(const struct model *m, size_t points, struct activity *a)
{
    struct range r = {.any = false};
    size_t i = 0;
    each_hour(m, extend, &r);
    if (!r.any || points == 0)
        return;
    while (i + 1 < ARRAY_SIZE(steps_h) &&
           (size_t)(r.last_h / steps_h[i] - r.first_h / steps_h[i] + 1) > points)
        i++;
    a->step_ms = steps_h[i] * HOUR_MS;
    a->start_ms = WEEK_EPOCH_MS + r.first_h / steps_h[i] * a->step_ms;
    a->count = (size_t)(r.last_h / steps_h[i] - r.first_h / steps_h[i] + 1);
    a->plays = mem_zalloc(a->count * sizeof *a->plays);
    a->events = mem_zalloc(a->count * sizeof *a->events);
    each_hour(m, add, a);
}
