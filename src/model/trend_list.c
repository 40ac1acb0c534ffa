/* What is asked: lists, series and reasons, for a selection. */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTO_LISTENS 200

/* The end of the newest chosen week if that is past; 0 for live. */
static int64_t chosen_end(const struct trend *trend, const struct filter *f)
{
    if (f->all_weeks || f->present || !trend->newest_ms)
        return 0;
    for (unsigned word = WEEK_WORDS; word-- > 0;)
        if (f->week[word]) {
            unsigned week = word * 64 + 63 - (unsigned)__builtin_clzll(f->week[word]);
            return week >= week_of_ms(trend->newest_ms) ? 0 : week_start_ms(week + 1);
        }
    return 0;
}

int64_t window_step(const struct selection *sel)
{
    return sel->now_ms / sel->spec->step_ms + (sel->end_ms == 0);
}

bool window_extra(const struct selection *sel)
{
    return sel->end_ms == 0 && sel->now_ms % sel->spec->step_ms < sel->spec->step_ms / 5;
}

static uint64_t window_total(const struct selection *sel)
{
    uint64_t by_zone[ZONE_COUNT], sum = 0;
    int64_t to = window_step(sel), live = window_extra(sel);
    store_total(sel->store, sel->spec->tier, sel->spec->cls,
                (to - sel->spec->steps[SUB_COUNT - 1] - live) * sel->spec->step_ms,
                to * sel->spec->step_ms, by_zone);
    for (int z = 0; z < ZONE_COUNT; z++)
        sum += sel->zones >> z & 1 ? by_zone[z] : 0;
    return sum;
}

/* A first list makes all looks back; some ten million listens are read for them at most.
 * Whole dozens, and by the baseline's average, so that it does not change from list to
 * list. */
#define LOOK_LISTENS 1e7
#define HISTORY_MIN 24

static void set_history(struct selection *sel)
{
    const struct scale_spec *spec = sel->spec;
    uint64_t by_zone[ZONE_COUNT], most;
    int64_t to = window_step(sel) - 2 * spec->steps[SUB_COUNT - 1];
    double all = (double)store_total(sel->store, spec->tier, spec->cls,
                                     (to - spec->base_steps) * spec->step_ms,
                                     to * spec->step_ms, by_zone);
    double window = all * spec->steps[SUB_COUNT - 1] / spec->base_steps + 1;
    most = (uint64_t)(LOOK_LISTENS / window) / 12 * 12;
    most = most < HISTORY_MIN ? HISTORY_MIN : most;
    sel->history = most < (uint64_t)spec->history ? (int)most : spec->history;
}

static void set_scale(struct selection *sel, enum trend_scale scale)
{
    sel->scale = (uint8_t)scale;
    sel->spec = &scale_specs[scale];
}

static struct selection selection(struct trend *trend, const struct filter *f,
                                  enum trend_kind kind, enum trend_scale scale)
{
    struct selection sel = {.store = &trend->store[kind == TREND_SONGS],
                            .kind = (uint8_t)kind};
    sel.zones = f->zones & ZONES_ALL ? f->zones & ZONES_ALL : ZONES_ALL;
    sel.end_ms = sel.now_ms = chosen_end(trend, f);
    for (int z = 0; !sel.end_ms && z < ZONE_COUNT; z++)
        if (sel.zones >> z & 1 && trend->newest_zone_ms[z] > sel.now_ms)
            sel.now_ms = trend->newest_zone_ms[z];
    for (int s = SCALE_30MIN; scale == SCALE_AUTO && s < SCALE_COUNT; s++) {
        set_scale(&sel, s);
        if (window_total(&sel) >= AUTO_LISTENS)
            return sel;
    }
    set_scale(&sel, scale == SCALE_AUTO ? SCALE_WEEK : scale);
    return sel;
}

/* ---- Members ---- */

struct member {
    uint32_t id;
    float score;
    int64_t since_ms;
};

static const struct look *tracker_look(const struct tracker *tracker, int64_t step)
{
    const struct look *look = &tracker->look[step % (int64_t)ARRAY_SIZE(tracker->look)];
    return step >= 0 && look->step == step ? look : NULL;
}

static int by_score(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Those in the list at `head`: they pass the gate there or did at a look before, and
 * would have stayed at every look since. Best first; the caller frees. */
static struct member *members(const struct tracker *tracker, const struct selection *sel,
                              const struct look *head, int64_t head_ms, int64_t step,
                              enum side side, size_t *count)
{
    struct member *list = mem_alloc((head->n + 1) * sizeof *list);
    *count = 0;
    for (uint32_t i = 0; i < head->n; i++) {
        const struct mark *mark = &head->mark[i], *at = mark;
        struct member m = {mark->id, side == RISING ? mark->score : -mark->score, 0};
        if (mark->side != side)
            continue;
        if (mark->enters)
            m.since_ms = head_ms;
        for (int64_t s = step; at && s > step - sel->history; s--) {
            const struct look *look = tracker_look(tracker, s);
            at = look ? look_find(look, side, mark->id) : NULL;
            if (at && at->enters)
                m.since_ms = s * sel->spec->step_ms;
        }
        if (m.since_ms)
            list[(*count)++] = m;
    }
    qsort(list, *count, sizeof *list, by_score);
    return list;
}

/* ---- Entries ---- */

static uint32_t scaled(uint64_t n, unsigned level)
{
    n <<= level;
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void fill_entry(const struct trend *trend, const struct selection *sel,
                       enum side side, unsigned level, struct course *course,
                       struct trend_entry *entry)
{
    const struct sums *sums = &trend->sums;
    const uint32_t *k = &sums->k[(size_t)entry->id * SUB_COUNT];
    const int whole = SUB_COUNT - 1;
    uint32_t b;
    double expected = sums_expected(trend, sel, entry->id, whole, &b);
    double ratio = b ? expected / b : sums->pooled[whole];
    double least = expected > 0 ? expected : .5 * ratio;
    entry->p = side == RISING
                   ? binomial_upper(k[whole], k[whole] + b, ratio / (1 + ratio))
                   : binomial_lower(k[whole], k[whole] + b, ratio / (1 + ratio));
    entry->lift = least > 0 ? k[whole] / least : 0;
    entry->listens = entry->listeners = scaled(k[whole], level);
    entry->base_listens = scaled(b, level);
    entry->expected = expected * (1u << level);
    course_own(sel, entry->id, course);
    course_spark(course, entry->spark);
    double usual = sums->K_sum[whole] ? expected / (double)sums->K_sum[whole] : 0;
    course_forecast(sel, course, usual, 1u << level, entry);
}

static void fill_ranks(struct trend_list *out, const struct member *before, size_t n)
{
    for (size_t i = 0; i < out->count; i++) {
        struct trend_entry *entry = &out->entry[i];
        size_t j = 0;
        while (j < n && before[j].id != entry->id)
            j++;
        entry->is_new = j == n;
        entry->rank_change = entry->is_new ? 0 : (int)j - (int)i;
    }
}

static void span_text(int64_t ms, char *out, size_t size)
{
    if (ms >= 2 * DAY_MS)
        snprintf(out, size, "%.1f days", (double)ms / (double)DAY_MS);
    else if (ms >= HOUR_MS)
        snprintf(out, size, "%.1f hours", (double)ms / (double)HOUR_MS);
    else
        snprintf(out, size, "%d minutes", (int)(ms / MINUTE_MS));
}

static void fill_waiting(const struct trend *trend, const struct selection *sel,
                         struct trend_list *out)
{
    const struct sums *sums = &trend->sums;
    char have[24], want[24];
    if (sums->K_sum[SUB_COUNT - 1] < 50) {
        snprintf(out->waiting, sizeof out->waiting, "%u of 50 listens in the last %s",
                 out->listens, sel->spec->name);
        return;
    }
    span_text(sums->base_to_ms - sums->base_from_ms, have, sizeof have);
    span_text(2 * sel->spec->window_ms, want, sizeof want);
    snprintf(out->waiting, sizeof out->waiting,
             "%s of %s of listening before the last %.12s", have, want, sel->spec->name);
}

static void fill_head(const struct trend *trend, const struct selection *sel,
                      unsigned level, struct trend_list *out)
{
    const struct sums *sums = &trend->sums;
    out->window_ms = sel->spec->window_ms;
    out->base_ms = sums->base_to_ms - sums->base_from_ms;
    out->listens = scaled(sums->K_sum[SUB_COUNT - 1], level);
    out->base_listens = scaled(sums->B_sum, level);
    out->tested = (uint32_t)sums->touched_n;
    out->enough = sums_enough(trend, sel);
    if (!out->enough)
        fill_waiting(trend, sel, out);
}

void trend_list(struct trend *trend, const struct filter *resolved, enum trend_kind kind,
                enum trend_scale scale, struct trend_list *out)
{
    memset(out, 0, sizeof *out);
    trend_flush(trend);
    struct selection sel = selection(trend, resolved, kind, scale);
    out->scale = sel.scale;
    out->now_ms = sel.now_ms;
    if (!sel.now_ms) {
        out->window_ms = sel.spec->window_ms;
        snprintf(out->waiting, sizeof out->waiting, "no listens yet");
        return;
    }
    enum side side = kind == TREND_FALLING ? FALLING : RISING;
    unsigned level = trend_sample(trend, kind == TREND_SONGS, sel.spec->cls,
                                  (uint32_t)((sel.now_ms - TIME_FIRST_MS) / UNIT_MS) + 1);
    set_history(&sel);
    struct tracker *tracker = tracker_get(trend, &sel);
    tracker_update(trend, tracker, &sel);
    struct look now = {0};
    look_make(trend, &sel, window_step(&sel), window_extra(&sel), &now);
    fill_head(trend, &sel, level, out);

    int64_t step = sel.now_ms / sel.spec->step_ms;
    size_t n, n_before = 0;
    struct member *list = members(tracker, &sel, &now, sel.now_ms, step, side, &n);
    struct course course;
    out->count = n < TREND_LIST_MAX ? n : TREND_LIST_MAX;
    if (n)
        course_all(&sel, &course);
    for (size_t i = 0; i < out->count; i++) {
        out->entry[i] = (struct trend_entry){
            .id = list[i].id,
            .score = side == RISING ? list[i].score : -list[i].score,
            .since_ms = list[i].since_ms,
        };
        fill_entry(trend, &sel, side, level, &course, &out->entry[i]);
    }
    int64_t step_before = step - sel.spec->steps[SUB_COUNT - 1];
    const struct look *look = tracker_look(tracker, step_before);
    struct member *before =
        look ? members(tracker, &sel, look, step_before * sel.spec->step_ms, step_before,
                       side, &n_before)
             : NULL;
    fill_ranks(out, before, n_before);
    free(before);
    free(list);
    free(now.mark);
}

void trend_series(struct trend *trend, const struct filter *resolved, uint32_t artist,
                  enum trend_scale scale, float out[TREND_POINTS])
{
    memset(out, 0, TREND_POINTS * sizeof *out);
    trend_flush(trend);
    struct selection sel = selection(trend, resolved, TREND_ARTISTS, scale);
    struct course course;
    if (!sel.now_ms || artist >= sel.store->ids)
        return;
    course_all(&sel, &course);
    course_own(&sel, artist, &course);
    course_spark(&course, out);
}

/* ---- Why ---- */

struct why {
    const struct trend *trend;
    const struct selection *sel;
    uint32_t id;
    bool has_detail;
    float *state, *device, *level;
    float all, detailed;
};

static void why_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct why *why = context;
    struct store *store = why->sel->store;
    bool wide = tier_is_wide(store, tier);
    listen_t some[4096];
    size_t n = bucket_read_id(bucket, wide, why->id, some, ARRAY_SIZE(some));
    for (size_t i = 0; i < n; i++) {
        unsigned state = listen_state(some[i], wide);
        float one = some[i] & 1 ? -1 : 1;
        if (listen_class(some[i]) < why->sel->spec->cls ||
            !(why->sel->zones >> store->zone_of[state] & 1))
            continue;
        why->state[why->trend->state_of[state]] += one;
        why->all += one;
        if (wide) {
            unsigned device = listen_device(some[i]), level = listen_level(some[i]);
            why->device[device < DEVICE_COUNT ? device : DEVICE_OTHER] += one;
            why->level[level < LEVEL_COUNT ? level : LEVEL_UNKNOWN] += one;
            why->detailed += one;
        }
    }
}

static void to_percent(float *v, size_t n, float all)
{
    for (size_t i = 0; i < n; i++)
        v[i] = all > 0 ? 100 * v[i] / all : 0;
}

/* Device and level of days more than about a week back are not kept: where the scale is
 * longer, "before" is by what the finer tiers have of it. */
static void why_fill(struct why *why, int64_t from_ms, int64_t to_ms)
{
    store_cover(why->sel->store, why->sel->spec->tier, from_ms, to_ms, why_bucket, why);
    if (why->sel->spec->tier == TIER_4HOURS) {
        float state[STATE_COUNT], *kept = why->state, all = why->all;
        memset(state, 0, sizeof state);
        memset(why->device, 0, DEVICE_COUNT * sizeof *why->device);
        memset(why->level, 0, LEVEL_COUNT * sizeof *why->level);
        why->detailed = 0;
        why->state = state;
        store_cover(why->sel->store, TIER_HOUR, from_ms, to_ms, why_bucket, why);
        why->state = kept;
        why->all = all;
    }
    to_percent(why->state, STATE_COUNT, why->all);
    to_percent(why->device, DEVICE_COUNT, why->detailed);
    to_percent(why->level, LEVEL_COUNT, why->detailed);
}

void trend_explain(struct trend *trend, const struct filter *resolved, uint32_t artist,
                   enum trend_scale scale, struct trend_why *out)
{
    memset(out, 0, sizeof *out);
    out->id = artist;
    trend_flush(trend);
    struct selection sel = selection(trend, resolved, TREND_ARTISTS, scale);
    if (!sel.now_ms || artist >= sel.store->ids)
        return;
    int64_t to = window_step(&sel), live = window_extra(&sel),
            step_ms = sel.spec->step_ms;
    int64_t from = to - sel.spec->steps[SUB_COUNT - 1] - live;
    int64_t base_to = from - sel.spec->guard_steps;
    struct why now = {trend,           &sel,           artist, false, out->state_now,
                      out->device_now, out->level_now, 0,      0};
    struct why before = {trend,
                         &sel,
                         artist,
                         false,
                         out->state_before,
                         out->device_before,
                         out->level_before,
                         0,
                         0};
    why_fill(&now, from * step_ms, to * step_ms);
    why_fill(&before, (base_to - sel.spec->base_steps) * step_ms, base_to * step_ms);
    out->valid = now.all > 0;
}
