/* What is asked: lists, series and reasons, for a selection. */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTO_LISTENS 200
/* Listens read back for one answer: what they cost is in doc/trends.md. */
static const int64_t haste_listens[] = {
    [TREND_WHOLE] = INT64_MAX, [TREND_SOON] = 500000, [TREND_AT_ONCE] = 120000};

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

/* Weeks are chosen, and none of them has plays: there is no moment to look at. */
static bool chooses_nothing(const struct filter *f)
{
    bool any = f->all_weeks || f->present;
    for (unsigned word = 0; word < WEEK_WORDS && !any; word++)
        any = f->week[word] != 0;
    return !any;
}

struct window window_at(const struct asked *sel, int64_t to_step)
{
    int64_t from_step = to_step - sel->spec->steps[SUB_COUNT - 1];
    return (struct window){from_step * sel->spec->step_ms, to_step, false};
}

struct window window_now(const struct asked *sel)
{
    int64_t step_ms = sel->spec->step_ms, now_ms = sel->now_ms;
    bool live = sel->end_ms == 0;
    struct window at = window_at(sel, now_ms / step_ms + live);
    if (!live)
        return at;
    at.extra = now_ms % step_ms < step_ms / 5;
    if (sel->spec->tier == TIER_5MIN) {
        at.from_ms -= at.extra * step_ms;
    } else {
        int64_t grain_ms = tier_grain_ms[sel->spec->tier - 1];
        at.from_ms = ((now_ms - sel->spec->window_ms) / grain_ms + 1) * grain_ms;
    }
    return at;
}

static unsigned sample_level(const struct trend *trend, const struct asked *sel)
{
    return trend_sample(trend, sel->kind == TREND_SONGS, sel->spec->cls,
                        (uint32_t)((sel->now_ms - TIME_FIRST_MS) / UNIT_MS) + 1);
}

/* Listens of the newest window, those of users who do not count included. */
static uint64_t window_total(const struct trend *trend, const struct asked *sel)
{
    uint64_t by_zone[ZONE_COUNT], sum = 0;
    struct window at = window_now(sel);
    store_total(sel->store, sel->spec->tier, sel->spec->cls, at.from_ms,
                at.to_step * sel->spec->step_ms, by_zone);
    for (int z = 0; z < ZONE_COUNT; z++)
        sum += sel->zones >> z & 1 ? by_zone[z] : 0;
    return sum << sample_level(trend, sel);
}

static void set_scale(struct asked *sel, enum trend_scale scale)
{
    sel->scale = (uint8_t)scale;
    sel->spec = &scale_specs[scale];
}

/* Where no window holds enough yet: the shortest that would at the rate so far, by what
 * the week's holds. */
static enum trend_scale scale_to_come(const struct trend *trend, int64_t now_ms,
                                      uint64_t listens)
{
    int64_t span_ms = now_ms - trend->oldest_ms + 1;
    for (int s = SCALE_30MIN; listens && span_ms < WEEK_MS && s < SCALE_WEEK; s++)
        if ((double)listens * (double)scale_specs[s].window_ms >=
            AUTO_LISTENS * (double)span_ms)
            return s;
    return SCALE_WEEK;
}

static struct asked asked_of(struct trend *trend, const struct filter *f,
                             enum trend_kind kind, enum trend_scale scale)
{
    struct asked sel = {.store = &trend->store[kind == TREND_SONGS],
                        .kind = (uint8_t)kind};
    uint64_t listens = 0;
    sel.zones = f->zones & ZONES_ALL ? f->zones & ZONES_ALL : ZONES_ALL;
    sel.end_ms = sel.now_ms = chosen_end(trend, f);
    bool live = !sel.end_ms && !chooses_nothing(f);
    for (int z = 0; live && z < ZONE_COUNT; z++)
        if (sel.zones >> z & 1 && trend->newest_zone_ms[z] > sel.now_ms)
            sel.now_ms = trend->newest_zone_ms[z];
    for (int s = SCALE_30MIN; scale == SCALE_AUTO && s < SCALE_COUNT; s++) {
        set_scale(&sel, s);
        listens = window_total(trend, &sel);
        if (listens >= AUTO_LISTENS)
            return sel;
    }
    set_scale(&sel,
              scale == SCALE_AUTO ? scale_to_come(trend, sel.now_ms, listens) : scale);
    return sel;
}

/* ---- Members ---- */

struct member {
    const struct mark *mark; /* at the head */
    const struct fact *fact; /* NULL where the head is a look gone by */
    int64_t since_ms;
    bool open; /* would have stayed at every look back so far */
};

struct ranking {
    const struct trend *trend;
    bool songs;
};

static int by_score(const void *a, const void *b, void *context)
{
    const struct ranking *ranking = context;
    const struct trend *trend = ranking->trend;
    const struct mark *x = ((const struct member *)a)->mark;
    const struct mark *y = ((const struct member *)b)->mark;
    if (x->score != y->score)
        return (x->score > y->score) == (x->side == RISING) ? -1 : 1;
    if (trend->order)
        return trend->order(trend->order_of, ranking->songs, x->id, y->id);
    return (x->id > y->id) - (x->id < y->id);
}

/* Those in the list at `head`: they pass the gate there or did at a look before, and
 * would have stayed at every look since. Looks are made as far back as any of them
 * stayed, or until time is out. Best first; the caller frees. */
static struct member *members(struct trend *trend, struct tracker *tracker,
                              const struct asked *sel, const struct look *head,
                              const struct fact *fact, int64_t head_ms, enum side side,
                              size_t *count)
{
    int64_t step_ms = sel->spec->step_ms, step = head_ms / step_ms;
    struct member *list = mem_alloc((head->n + 1) * sizeof *list);
    size_t n = 0, open;
    for (uint32_t i = 0; i < head->n; i++)
        if (head->mark[i].side == side)
            list[n++] = (struct member){.mark = &head->mark[i],
                                        .fact = fact ? &fact[i] : NULL,
                                        .since_ms = head->mark[i].enters ? head_ms : 0,
                                        .open = true};
    open = n;
    for (int64_t s = step; open && s > step - sel->spec->history; s--) {
        const struct look *look = tracker_look(trend, tracker, sel, s);
        if (!look)
            break;
        open = 0;
        for (size_t i = 0; i < n; i++) {
            const struct mark *at = NULL;
            if (list[i].open)
                at = look_find(look, side, list[i].mark->id);
            if (at && at->enters)
                list[i].since_ms = s * step_ms;
            list[i].open = at != NULL;
            open += at != NULL;
        }
    }
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].since_ms)
            list[(*count)++] = list[i];
    struct ranking ranking = {trend, sel->kind == TREND_SONGS};
    qsort_r(list, *count, sizeof *list, by_score, &ranking);
    return list;
}

/* ---- Entries ---- */

static uint32_t scaled(uint64_t n, unsigned level)
{
    n <<= level;
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void fill_entry(const struct member *m, unsigned level, struct trend_entry *entry)
{
    const struct fact *f = m->fact;
    uint32_t n = f->k + f->b;
    double q = f->ratio / (1 + f->ratio);
    double least = f->expected > 0 ? f->expected : .5 * f->ratio;
    *entry = (struct trend_entry){
        .id = m->mark->id,
        .score = m->mark->score,
        .since_ms = m->since_ms,
        .p = m->mark->side == RISING ? binomial_upper(f->k, n, q)
                                     : binomial_lower(f->k, n, q),
        .lift = least > 0 ? f->k / least : 0,
        .listens = scaled(f->k, level),
        .listeners = scaled(f->k, level),
        .base_listens = scaled(f->b, level),
        .expected = f->expected * (1u << level),
    };
}

static void fill_courses(const struct asked *sel, const struct head *head,
                         const struct member *list, unsigned level,
                         struct trend_list *out)
{
    uint32_t id[TREND_LIST_MAX];
    double own[TREND_LIST_MAX][COURSE_STEPS];
    struct course course;
    for (size_t i = 0; i < out->count; i++)
        id[i] = list[i].mark->id;
    course_all(sel, &course);
    course_own(sel, id, out->count, own);
    for (size_t i = 0; i < out->count; i++) {
        double usual = head->listens ? list[i].fact->expected / (double)head->listens : 0;
        course_spark(&course, own[i], out->entry[i].spark);
        course_forecast(sel, &course, own[i], usual, 1u << level, &out->entry[i]);
    }
}

static void fill_ranks(struct trend_list *out, const struct member *before, size_t n)
{
    for (size_t i = 0; i < out->count; i++) {
        struct trend_entry *entry = &out->entry[i];
        size_t j = 0;
        while (j < n && before[j].mark->id != entry->id)
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

/* In listens of all users, as the list counts them. */
static void fill_waiting(const struct asked *sel, const struct head *head, unsigned level,
                         struct trend_list *out)
{
    const char *last = sel->spec->name;
    char *text = out->waiting, have[24], want[24];
    size_t size = sizeof out->waiting;
    if (head->listens < MIN_LISTENS) {
        snprintf(text, size, "%u of %u listens needed in the last %s", out->listens,
                 MIN_LISTENS << level, last);
    } else if (head->base_ms >= 2 * sel->spec->window_ms) {
        snprintf(text, size, "%u of %u listens needed before the last %s",
                 out->base_listens, MIN_BASE << level, last);
    } else {
        span_text(head->base_ms, have, sizeof have);
        span_text(2 * sel->spec->window_ms, want, sizeof want);
        snprintf(text, size, "%s of plays needed before the last %.12s, %s so far", want,
                 last, have);
    }
}

static void fill_head(const struct asked *sel, const struct head *head, unsigned level,
                      struct trend_list *out)
{
    out->base_ms = head->base_ms;
    out->listens = scaled(head->listens, level);
    out->base_listens = scaled(head->base_listens, level);
    out->tested = head->tested;
    out->enough = head->enough;
    if (!out->enough)
        fill_waiting(sel, head, level, out);
}

static void fill_list(struct trend *trend, struct tracker *tracker,
                      const struct asked *sel, const struct head *head, enum side side,
                      unsigned level, struct trend_list *out)
{
    size_t n, n_before = 0;
    struct member *list =
        members(trend, tracker, sel, &head->look, head->fact, sel->now_ms, side, &n);
    out->count = n < TREND_LIST_MAX ? n : TREND_LIST_MAX;
    for (size_t i = 0; i < out->count; i++)
        fill_entry(&list[i], level, &out->entry[i]);
    if (n)
        fill_courses(sel, head, list, level, out);
    int64_t step = sel->now_ms / sel->spec->step_ms - sel->spec->steps[SUB_COUNT - 1];
    const struct look *look = n ? tracker_look(trend, tracker, sel, step) : NULL;
    struct member *before = look ? members(trend, tracker, sel, look, NULL,
                                           step * sel->spec->step_ms, side, &n_before)
                                 : NULL;
    fill_ranks(out, before, n_before);
    free(before);
    free(list);
}

void trend_list(struct trend *trend, const struct filter *resolved, enum trend_kind kind,
                enum trend_scale scale, enum trend_haste haste, struct trend_list *out)
{
    memset(out, 0, sizeof *out);
    struct asked sel = asked_of(trend, resolved, kind, scale);
    out->scale = sel.scale;
    out->now_ms = sel.now_ms;
    out->window_ms = sel.spec->window_ms;
    out->series_ms = COURSE_STEPS * sel.spec->step_ms;
    if (!sel.now_ms) {
        snprintf(out->waiting, sizeof out->waiting, "too few plays yet");
        return;
    }
    unsigned level = sample_level(trend, &sel);
    out->sampled = level > 0;
    trend->soon = haste != TREND_WHOLE;
    trend->ran_out = false;
    trend->work = haste_listens[haste];
    struct tracker *tracker = tracker_get(trend, &sel);
    const struct head *head = tracker_head(trend, tracker, &sel);
    if (head) {
        trend->work = haste_listens[haste];
        fill_head(&sel, head, level, out);
        fill_list(trend, tracker, &sel, head, kind == TREND_FALLING ? FALLING : RISING,
                  level, out);
    } else {
        snprintf(out->waiting, sizeof out->waiting, "summing up what was before");
    }
    out->more = !head || trend->ran_out;
}

void trend_series(struct trend *trend, const struct filter *resolved,
                  const uint32_t *artist, size_t n, enum trend_scale scale,
                  float (*out)[TREND_POINTS])
{
    memset(out, 0, n * sizeof *out);
    struct asked sel = asked_of(trend, resolved, TREND_ARTISTS, scale);
    struct course course;
    double own[TREND_LIST_MAX][COURSE_STEPS];
    if (!sel.now_ms)
        return;
    course_all(&sel, &course);
    for (size_t i = 0; i < n; i += TREND_LIST_MAX) {
        size_t some = n - i < TREND_LIST_MAX ? n - i : TREND_LIST_MAX;
        course_own(&sel, artist + i, some, own);
        for (size_t j = 0; j < some; j++)
            course_spark(&course, own[j], out[i + j]);
    }
}

/* ---- Why ---- */

struct why {
    const struct trend *trend;
    const struct asked *sel;
    uint32_t id;
    bool wide;
    float *state, *device, *level;
    float all, detailed;
};

static void why_listen(void *context, listen_t v)
{
    struct why *why = context;
    unsigned state = listen_state(v, why->wide);
    float one = v & 1 ? -1 : 1;
    if (listen_class(v) < why->sel->spec->cls ||
        !(why->sel->zones >> why->sel->store->zone_of[state] & 1))
        return;
    why->state[why->trend->state_of[state]] += one;
    why->all += one;
    if (why->wide) {
        unsigned device = listen_device(v), level = listen_level(v);
        why->device[device < DEVICE_COUNT ? device : DEVICE_OTHER] += one;
        why->level[level < LEVEL_COUNT ? level : LEVEL_UNKNOWN] += one;
        why->detailed += one;
    }
}

static void why_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct why *why = context;
    why->wide = tier_is_wide(why->sel->store, tier);
    bucket_each(bucket, why->wide, why->id, why_listen, why);
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
    struct asked sel = asked_of(trend, resolved, TREND_ARTISTS, scale);
    if (!sel.now_ms || artist >= sel.store->ids)
        return;
    struct window at = window_now(&sel);
    int64_t step_ms = sel.spec->step_ms;
    int64_t base_to = at.from_ms / step_ms - sel.spec->guard_steps;
    struct why now = {.trend = trend, .sel = &sel, .id = artist}, before = now;
    now.state = out->state_now;
    now.device = out->device_now;
    now.level = out->level_now;
    before.state = out->state_before;
    before.device = out->device_before;
    before.level = out->level_before;
    why_fill(&now, at.from_ms, at.to_step * step_ms);
    why_fill(&before, (base_to - sel.spec->base_steps) * step_ms, base_to * step_ms);
    out->valid = now.all > 0;
}
