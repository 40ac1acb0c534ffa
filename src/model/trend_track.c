/* The looks that a list follows from: one at every step of the scale. What is listed at a
 * moment is a function of the looks before it, and these of the plays before them,
 * however often and whenever the list is asked for. A look is made when it is asked for,
 * kept, and made again if what it was made from has changed.
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

static void head_clear(struct head *head)
{
    free(head->look.mark);
    free(head->fact);
    *head = (struct head){0};
}

void trackers_free(struct trend *trend)
{
    for (size_t i = 0; i < TRACKER_COUNT; i++)
        if (trend->tracker[i]) {
            tracker_clear(trend->tracker[i]);
            head_clear(&trend->tracker[i]->head);
            free(trend->tracker[i]);
        }
}

size_t trackers_bytes(const struct trend *trend)
{
    size_t bytes = 0;
    for (int i = 0; i < TRACKER_COUNT; i++) {
        const struct tracker *t = trend->tracker[i];
        if (!t)
            continue;
        bytes += sizeof *t + t->head.look.n * (sizeof(struct mark) + sizeof(struct fact));
        for (size_t j = 0; j < ARRAY_SIZE(t->look); j++)
            bytes += t->look[j].n * sizeof(struct mark);
    }
    return bytes;
}

/* The selection's tracker; the one unused longest makes room. */
static struct tracker *find(struct trend *trend, const struct asked *sel)
{
    struct tracker **oldest = &trend->tracker[0], *t;
    for (size_t i = 0; i < TRACKER_COUNT; i++) {
        t = trend->tracker[i];
        if (t && t->kind == (sel->kind == TREND_SONGS) && t->scale == sel->scale &&
            t->zones == sel->zones && t->end_ms == sel->end_ms)
            return t;
        if (!t || (*oldest && t->used < (*oldest)->used))
            oldest = &trend->tracker[i];
    }
    if (*oldest) {
        tracker_clear(*oldest);
        head_clear(&(*oldest)->head);
    } else {
        *oldest = mem_zalloc(sizeof **oldest);
    }
    t = *oldest;
    memset(t, 0, sizeof *t);
    tracker_clear(t);
    t->kind = sel->kind == TREND_SONGS;
    t->scale = sel->scale;
    t->zones = sel->zones;
    t->end_ms = sel->end_ms;
    return t;
}

/* Very late plays change the past: it is looked at again; once a step, where time is
 * short. */
struct tracker *tracker_get(struct trend *trend, const struct asked *sel)
{
    struct tracker *t = find(trend, sel);
    int64_t step = sel->now_ms / sel->spec->step_ms;
    t->used = ++trend->clock;
    if (t->late_seen != sel->store->late_count &&
        !(trend->soon && t->late_step == step)) {
        tracker_clear(t);
        t->late_seen = sel->store->late_count;
        t->late_step = step;
    }
    return t;
}

/* Changes with every play that a look of this step may still be missing. */
static uint64_t stamp_of(const struct asked *sel, int64_t step)
{
    const struct tier *tier = &sel->store->tier[TIER_5MIN];
    int64_t grain = tier_grain_ms[TIER_5MIN], to = step * sel->spec->step_ms / grain;
    uint64_t stamp = 0;
    for (size_t i = tier_lower(tier, to - LATE_MS / grain - 1);
         i < tier->n && tier->bucket[i]->index < to; i++)
        stamp += tier->bucket[i]->version;
    return stamp;
}

/* Where time is short, a look is made anew for late plays once a step only. */
const struct look *tracker_look(struct trend *trend, struct tracker *tracker,
                                const struct asked *sel, int64_t step)
{
    int64_t step_ms = sel->spec->step_ms, end_ms = step * step_ms;
    if (step <= trend->oldest_ms / step_ms)
        return NULL;
    struct look *look = slot(tracker, step);
    uint64_t stamp = look->step == step && look->final ? 0 : stamp_of(sel, step);
    int64_t now = sel->now_ms / step_ms;
    if (look->step == step &&
        (look->final || look->stamp == stamp || (trend->soon && look->made == now)))
        return look;
    trend->ran_out |= trend->work <= 0;
    if (trend->ran_out || !look_make(trend, sel, window_at(sel, step), look)) {
        trend->ran_out = true;
        return NULL;
    }
    look->stamp = stamp;
    look->made = now;
    look->final = end_ms + LATE_MS + tier_grain_ms[TIER_5MIN] < trend->newest_ms;
    return look;
}

/* The look's marks as they stand in the sums. */
static struct fact *facts_of(const struct trend *trend, const struct asked *sel,
                             const struct look *look)
{
    const struct sums *sums = &trend->sums;
    struct fact *fact = mem_alloc((look->n + 1) * sizeof *fact);
    for (uint32_t i = 0; i < look->n; i++) {
        uint32_t id = look->mark[i].id;
        double expected[SUB_COUNT];
        struct fact *f = &fact[i];
        f->k = sums_k(sums, id)[SUB_COUNT - 1];
        f->b = sums_expected(sums, sel->zones, id, expected);
        f->expected = expected[SUB_COUNT - 1];
        f->ratio = f->b ? f->expected / f->b : sums->pooled[SUB_COUNT - 1];
    }
    return fact;
}

const struct head *tracker_head(struct trend *trend, struct tracker *tracker,
                                const struct asked *sel)
{
    struct head *head = &tracker->head;
    const struct sums *sums = &trend->sums;
    if (head->made && head->serial == trend->serial)
        return head;
    head->made = false;
    if (!look_make(trend, sel, window_now(sel), &head->look))
        return NULL;
    free(head->fact);
    head->fact = facts_of(trend, sel, &head->look);
    head->serial = trend->serial;
    head->made = true;
    head->listens = sums->K_sum[SUB_COUNT - 1];
    head->base_listens = sums->B_sum;
    head->base_ms = sums->base_to_ms - sums->base_from_ms;
    head->tested = (uint32_t)sums->touched_n;
    head->enough = sums_enough(trend, sel);
    return head;
}
