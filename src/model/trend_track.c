/* The looks that a list follows from: one at every step of the scale, as far back as the
 * history of its spec. What is listed at a moment is a function of the looks before it,
 * and these of the plays before them, however often and whenever the list is asked for.
 */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdlib.h>
#include <string.h>

static struct look *slot(struct tracker *tracker, int64_t step)
{
    return &tracker->look[step % (int64_t)ARRAY_SIZE(tracker->look)];
}

static void tracker_clear(struct tracker *tracker)
{
    for (size_t i = 0; i < ARRAY_SIZE(tracker->look); i++) {
        free(tracker->look[i].mark);
        tracker->look[i] = (struct look){.step = -1};
    }
}

void trackers_free(struct trend *trend)
{
    for (size_t i = 0; i < TRACKER_COUNT; i++)
        if (trend->tracker[i]) {
            tracker_clear(trend->tracker[i]);
            free(trend->tracker[i]);
        }
}

/* The selection's tracker; the one unused longest makes room. */
struct tracker *tracker_get(struct trend *trend, const struct selection *sel)
{
    struct tracker **oldest = &trend->tracker[0], *t;
    for (size_t i = 0; i < TRACKER_COUNT; i++) {
        t = trend->tracker[i];
        if (t && t->kind == (sel->kind == TREND_SONGS) && t->scale == sel->scale &&
            t->zones == sel->zones && t->end_ms == sel->end_ms) {
            t->used = ++trend->clock;
            return t;
        }
        if (!t || (*oldest && t->used < (*oldest)->used))
            oldest = &trend->tracker[i];
    }
    if (*oldest)
        tracker_clear(*oldest);
    else
        *oldest = mem_zalloc(sizeof **oldest);
    t = *oldest;
    memset(t, 0, sizeof *t);
    tracker_clear(t);
    t->kind = sel->kind == TREND_SONGS;
    t->scale = sel->scale;
    t->zones = sel->zones;
    t->end_ms = sel->end_ms;
    t->used = ++trend->clock;
    return t;
}

/* Changes with every play that a look of this step may still be missing. */
static uint64_t stamp_of(const struct selection *sel, int64_t step)
{
    const struct tier *tier = &sel->store->tier[TIER_5MIN];
    int64_t grain = tier_grain_ms[TIER_5MIN], to = step * sel->spec->step_ms / grain;
    uint64_t stamp = 0;
    for (size_t i = tier_lower(tier, to - LATE_MS / grain - 1);
         i < tier->n && tier->bucket[i].index < to; i++)
        stamp += tier->bucket[i].version;
    return stamp;
}

void tracker_update(struct trend *trend, struct tracker *tracker,
                    const struct selection *sel)
{
    int64_t now_step = sel->now_ms / sel->spec->step_ms;
    int64_t first = now_step - sel->history + 1;
    /* Very late plays change the past: it is looked at again, once a step. */
    if (tracker->late_seen != sel->store->late_count && tracker->late_step != now_step) {
        tracker_clear(tracker);
        tracker->late_seen = sel->store->late_count;
    }
    tracker->late_step = now_step;
    int64_t from = trend->oldest_ms / sel->spec->step_ms;
    for (int64_t step = first > from ? first : from + 1; step <= now_step; step++) {
        struct look *look = slot(tracker, step);
        uint64_t stamp = stamp_of(sel, step);
        if (look->step == step && (look->final || look->stamp == stamp))
            continue;
        look_make(trend, sel, step, false, look);
        look->stamp = stamp;
        look->final = step * sel->spec->step_ms + LATE_MS + tier_grain_ms[TIER_5MIN] <
                      trend->newest_ms;
    }
}
