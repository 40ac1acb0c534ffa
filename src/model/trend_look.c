/* The test at one moment ("a look"), and the looks before it that a list follows from.
 *
 * Counts of the windows are summed afresh for every look (a window is at most some
 * 100,000 listens), those of the baseline are moved along. Looks are made at every step
 * of the scale and remembered; a look is made again only if what it was made from has
 * changed.
 */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scales 1..4 of enum trend_scale; guard and snap: the baseline ends at least `guard`
 * steps before the window, at a multiple of `snap`. */
const struct scale_spec scale_specs[SCALE_COUNT] = {
    [SCALE_30MIN] = {"30 minutes",
                     30 * MINUTE_MS,
                     5 * MINUTE_MS,
                     TIER_5MIN,
                     1,
                     {1, 2, 6},
                     288,
                     2,
                     6,
                     144},
    [SCALE_6H] =
        {"6 hours", 6 * HOUR_MS, HOUR_MS, TIER_HOUR, 2, {2, 4, 6}, 168, 1, 1, 24},
    [SCALE_DAY] = {"day", DAY_MS, 4 * HOUR_MS, TIER_4HOURS, 3, {6, 6, 6}, 168, 1, 1, 18},
    [SCALE_WEEK] = {"week", WEEK_MS, DAY_MS, TIER_4HOURS, 4, {7, 7, 7}, 56, 1, 1, 14},
};

/* The gate (trend.c says why). */
#define MIN_LISTENERS 5
#define MIN_EXPECTED 8 /* of a falling one */
#define STAY_LISTENERS 3
#define ENTER_LIFT 1.4
#define FALL_LIFT 0.5
#define STAY_BOUND 0.1823 /* ln 1.2 */
#define STAY_MANY                                                                        \
    0.0 /* the same where much is expected, so that little is left to chance */
#define MANY_EXPECTED 5.0
#define ALPHA 0.003
#define MIN_LISTENS 50 /* in the window */
#define MIN_BASE 200   /* in the baseline */
#define SHRINK 50.0    /* listens that a zone needs to have a ratio of its own */
#define CROWD 1e-2     /* how unlikely a crowd of one state must be to be set aside */

/* ---- Sums ---- */

struct filling {
    struct trend *trend;
    const struct selection *sel;
    int sub;
};

static void fill_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct filling *f = context;
    struct sums *sums = &f->trend->sums;
    struct store *store = f->sel->store;
    bool wide = tier_is_wide(store, tier);
    size_t n;
    const listen_t *v = store_read(store, bucket, &n);
    for (size_t i = 0; i < n; i++) {
        unsigned state = listen_state(v[i], wide), zone = store->zone_of[state];
        if (listen_class(v[i]) < f->sel->spec->cls || !(f->sel->zones >> zone & 1))
            continue;
        sums->state[state] += v[i] & 1 ? UINT32_MAX : 1;
        uint32_t id = listen_id(v[i], wide), *k = &sums->k[(size_t)id * SUB_COUNT];
        if (!(k[0] | k[1] | k[2]) && !(v[i] & 1)) {
            if (sums->touched_n == sums->touched_cap)
                sums->touched = mem_grow(sums->touched, &sums->touched_cap,
                                         sums->touched_n + 1, sizeof *sums->touched);
            sums->touched[sums->touched_n++] = id;
        }
        k[f->sub] += v[i] & 1 ? UINT32_MAX : 1;
    }
}

static void sums_clear(struct sums *sums, size_t ids)
{
    for (size_t i = 0; i < sums->touched_n; i++)
        memset(&sums->k[(size_t)sums->touched[i] * SUB_COUNT], 0,
               SUB_COUNT * sizeof *sums->k);
    sums->touched_n = 0;
    if (ids > sums->ids) {
        size_t cap = sums->ids;
        sums->k = mem_grow(sums->k, &cap, ids, SUB_COUNT * sizeof *sums->k);
        memset(sums->k + sums->ids * SUB_COUNT, 0,
               (cap - sums->ids) * SUB_COUNT * sizeof *sums->k);
        sums->ids = cap;
    }
}

/* Listens within the first W of the data know no past: everything looks new. They are
 * left out of the baseline where enough of it remains. */
static int64_t base_start(const struct trend *trend, const struct scale_spec *spec,
                          int64_t from, int64_t to)
{
    int64_t seen = trend->oldest_ms + spec->window_ms + spec->step_ms - 1;
    int64_t start = seen / spec->step_ms;
    return start > from && to - start >= 4 * (int64_t)spec->steps[SUB_COUNT - 1] ? start
                                                                                 : from;
}

static void fill_base(struct trend *trend, const struct selection *sel,
                      int64_t window_from)
{
    const struct scale_spec *spec = sel->spec;
    struct sums *sums = &trend->sums;
    struct base *base = &sel->store->base[sel->scale];
    int64_t grains = spec->step_ms / tier_grain_ms[spec->tier];
    int64_t to = (window_from - spec->guard_steps) / spec->snap_steps * spec->snap_steps;
    int64_t from = base_start(trend, spec, to - spec->base_steps, to);
    base_seek(sel->store, base, spec->tier, spec->cls, from * grains, to * grains);
    sums->base_from_ms = from * spec->step_ms;
    sums->base_to_ms = to * spec->step_ms;
    if (sums->base_from_ms < trend->oldest_ms)
        sums->base_from_ms =
            trend->oldest_ms < sums->base_to_ms ? trend->oldest_ms : sums->base_to_ms;
    sums->B_sum = 0;
    for (int z = 0; z < ZONE_COUNT; z++)
        sums->B_sum += sel->zones >> z & 1 ? base->sum[z] : 0;
}

/* K/B zone by zone, so that a zone's evening is no trend; drawn to the whole's where
 * little is known. */
static void fill_ratios(const struct selection *sel, struct sums *sums)
{
    const struct base *base = &sel->store->base[sel->scale];
    for (int s = 0; s < SUB_COUNT; s++) {
        uint64_t k = 0;
        for (int z = 0; z < ZONE_COUNT; z++)
            k += sel->zones >> z & 1 ? sums->K[s][z] : 0;
        sums->K_sum[s] = k;
        sums->pooled[s] = sums->B_sum ? (double)k / (double)sums->B_sum : 0;
        for (int z = 0; z < ZONE_COUNT; z++)
            sums->ratio[s][z] = ((double)sums->K[s][z] + SHRINK * sums->pooled[s]) /
                                ((double)base->sum[z] + SHRINK);
    }
}

void sums_fill(struct trend *trend, const struct selection *sel, int64_t to_step,
               bool extra)
{
    const struct scale_spec *spec = sel->spec;
    struct sums *sums = &trend->sums;
    struct filling filling = {trend, sel, 0};
    int64_t end = to_step;
    sums_clear(sums, sel->store->ids);
    memset(sums->K, 0, sizeof sums->K);
    memset(sums->state, 0, sizeof sums->state);
    for (int s = 0; s < SUB_COUNT; s++) {
        int64_t from = to_step - spec->steps[s] - extra;
        filling.sub = s;
        store_cover(sel->store, spec->tier, from * spec->step_ms, end * spec->step_ms,
                    fill_bucket, &filling);
        store_total(sel->store, spec->tier, spec->cls, from * spec->step_ms,
                    to_step * spec->step_ms, sums->K[s]);
        end = from;
    }
    for (size_t i = 0; i < sums->touched_n; i++) {
        uint32_t *k = &sums->k[(size_t)sums->touched[i] * SUB_COUNT];
        k[1] += k[0];
        k[2] += k[1];
    }
    sums->from_ms = end * spec->step_ms;
    sums->to_ms = to_step * spec->step_ms;
    fill_base(trend, sel, end);
    fill_ratios(sel, sums);
}

bool sums_enough(const struct trend *trend, const struct selection *sel)
{
    const struct sums *sums = &trend->sums;
    return sums->K_sum[SUB_COUNT - 1] >= MIN_LISTENS && sums->B_sum >= MIN_BASE &&
           sums->base_to_ms - sums->base_from_ms >= 2 * sel->spec->window_ms;
}

double sums_expected(const struct trend *trend, const struct selection *sel, uint32_t id,
                     int sub, uint32_t *b)
{
    const uint32_t *count = &sel->store->base[sel->scale].count[(size_t)id * ZONE_COUNT];
    double expected = 0;
    *b = 0;
    for (int z = 0; z < ZONE_COUNT; z++)
        if (sel->zones >> z & 1) {
            *b += count[z];
            expected += count[z] * trend->sums.ratio[sub][z];
        }
    return expected;
}

/* ---- One look ---- */

static double stay_bound(double expected)
{
    return expected >= MANY_EXPECTED ? STAY_MANY : STAY_BOUND;
}

/* What a window says of one id. */
struct verdict {
    double bound, p, lift;
    bool stays;
};

static struct verdict judge(uint32_t k, uint32_t b, double expected, double pooled,
                            enum side side)
{
    double ratio = b ? expected / b : pooled;
    struct verdict v = {.p = 1, .lift = expected > 0 ? k / expected : INFINITY};
    if (side == RISING) {
        v.bound = lift_bound(k, b, ratio, 1);
        if (v.bound >= stay_bound(expected) && k >= MIN_LISTENERS && v.lift >= ENTER_LIFT)
            v.p = binomial_upper(k, k + b, ratio / (1 + ratio));
    } else {
        v.bound = lift_bound(k, b, ratio, -1);
        if (v.bound <= -STAY_BOUND && expected >= MIN_EXPECTED && v.lift <= FALL_LIFT)
            v.p = binomial_lower(k, k + b, ratio / (1 + ratio));
    }
    return v;
}

/* The best of the windows; p pays for the choice. */
static struct verdict judge_rising(const struct trend *trend, const struct selection *sel,
                                   uint32_t id)
{
    const uint32_t *k = &trend->sums.k[(size_t)id * SUB_COUNT];
    const int *steps = sel->spec->steps;
    struct verdict best = {.bound = -INFINITY, .p = 1};
    int tried = 1 + (steps[0] != steps[1]) + (steps[1] != steps[2]);
    for (int s = SUB_COUNT - tried; s < SUB_COUNT; s++) {
        uint32_t b;
        double expected = sums_expected(trend, sel, id, s, &b);
        double ratio = b ? expected / b : trend->sums.pooled[s];
        if (k[s] < STAY_LISTENERS || k[s] + .5 < (b + .5) * ratio)
            continue;
        struct verdict v = judge(k[s], b, expected, trend->sums.pooled[s], RISING);
        best.bound = v.bound > best.bound ? v.bound : best.bound;
        best.p = v.p * tried < best.p ? v.p * tried : best.p;
        best.lift = v.lift > best.lift ? v.lift : best.lift;
        best.stays |= v.bound >= stay_bound(expected);
    }
    return best;
}

static void look_add(struct trend *trend, struct look *look, size_t *cap, uint32_t id,
                     enum side side, struct verdict v)
{
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): mem_grow takes what it gave */
    look->mark = mem_grow(look->mark, cap, look->n + 1u, sizeof *look->mark);
    trend->p = mem_grow(trend->p, &trend->p_cap, look->n + 1u, sizeof *trend->p);
    trend->p[look->n] = v.p;
    look->mark[look->n++] = (struct mark){id, (float)v.bound, side, false};
}

static void look_rising(struct trend *trend, const struct selection *sel,
                        struct look *look, size_t *cap)
{
    const struct sums *sums = &trend->sums;
    for (size_t i = 0; i < sums->touched_n; i++) {
        uint32_t id = sums->touched[i];
        if (sums->k[(size_t)id * SUB_COUNT + SUB_COUNT - 1] < STAY_LISTENERS)
            continue;
        struct verdict v = judge_rising(trend, sel, id);
        if (v.stays)
            look_add(trend, look, cap, id, RISING, v);
    }
}

static void look_falling(struct trend *trend, const struct selection *sel,
                         struct look *look, size_t *cap)
{
    const struct sums *sums = &trend->sums;
    const int whole = SUB_COUNT - 1;
    for (uint32_t id = 1; id < sel->store->ids; id++) {
        uint32_t b, k = sums->k[(size_t)id * SUB_COUNT + whole];
        double expected = sums_expected(trend, sel, id, whole, &b);
        if (expected < MIN_EXPECTED / 2. || k > expected)
            continue;
        struct verdict v = judge(k, b, expected, sums->pooled[whole], FALLING);
        if (v.bound <= -STAY_BOUND)
            look_add(trend, look, cap, id, FALLING, v);
    }
}

/* Sets `enters` where p passes the false discovery rate over `m` ids. */
static void look_gate(struct trend *trend, struct look *look, size_t from, size_t m)
{
    size_t n = look->n - from;
    double *p = mem_alloc((n + 1) * sizeof *p);
    if (n)
        memcpy(p, trend->p + from, n * sizeof *p);
    double limit = bh_threshold(p, n, m, ALPHA);
    for (size_t i = from; i < look->n; i++)
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): mem_grow gave it */
        look->mark[i].enters = trend->p[i] < 1 && trend->p[i] <= limit;
    free(p);
}

static int by_side_id(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* ---- A crowd of one state ---- */

struct crowd {
    const struct selection *sel;
    uint32_t id, k[64];
};

static void crowd_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct crowd *crowd = context;
    struct store *store = crowd->sel->store;
    bool wide = tier_is_wide(store, tier);
    listen_t some[4096];
    size_t n = bucket_read_id(bucket, wide, crowd->id, some, ARRAY_SIZE(some));
    for (size_t i = 0; i < n; i++) {
        unsigned state = listen_state(some[i], wide);
        if (listen_class(some[i]) >= crowd->sel->spec->cls &&
            crowd->sel->zones >> store->zone_of[state] & 1)
            crowd->k[state] += some[i] & 1 ? UINT32_MAX : 1;
    }
}

/* Would it pass without its most frequent state, if that is more frequent than chance
 * allows? The states of listeners who came in the window, against those of all. */
static bool is_crowd(struct trend *trend, const struct selection *sel, uint32_t id,
                     const double share[64])
{
    struct sums *sums = &trend->sums;
    struct crowd crowd = {sel, id, {0}};
    unsigned top = 0;
    uint32_t b, all = 0;
    store_cover(sel->store, sel->spec->tier, sums->from_ms, sums->to_ms, crowd_bucket,
                &crowd);
    for (unsigned s = 0; s < 64; s++) {
        all += crowd.k[s];
        top = crowd.k[s] > crowd.k[top] ? s : top;
    }
    if (share[top] > .5 || binomial_upper(crowd.k[top], all, share[top]) * 51 > CROWD)
        return false;
    double expected = sums_expected(trend, sel, id, SUB_COUNT - 1, &b) * (1 - share[top]);
    uint32_t rest = all - crowd.k[top];
    double ratio = b ? expected / b : sums->pooled[SUB_COUNT - 1];
    return rest < MIN_LISTENERS || rest < ENTER_LIFT * expected ||
           binomial_upper(rest, rest + b, ratio / (1 + ratio)) > .01;
}

static void look_crowds(struct trend *trend, const struct selection *sel,
                        struct look *look)
{
    double share[64];
    for (unsigned s = 0; s < 64; s++)
        share[s] =
            trend->sums.state[s] / ((double)trend->sums.K_sum[SUB_COUNT - 1] + 1e-9);
    uint32_t left = 0;
    for (uint32_t i = 0; i < look->n; i++)
        if (!look->mark[i].enters || !is_crowd(trend, sel, look->mark[i].id, share))
            look->mark[left++] = look->mark[i];
    look->n = left;
}

void look_make(struct trend *trend, const struct selection *sel, int64_t to_step,
               bool extra, struct look *look)
{
    size_t cap = 0;
    free(look->mark);
    *look = (struct look){.step = to_step};
    sums_fill(trend, sel, to_step, extra);
    if (!sums_enough(trend, sel))
        return;
    look_rising(trend, sel, look, &cap);
    look_gate(trend, look, 0, trend->sums.touched_n);
    look_crowds(trend, sel, look);
    size_t rising = look->n;
    if (sel->kind != TREND_SONGS) {
        look_falling(trend, sel, look, &cap);
        look_gate(trend, look, rising, trend->sums.touched_n);
    }
    if (look->n) {
        qsort(look->mark, look->n, sizeof *look->mark, by_side_id);
        look->mark = mem_realloc(look->mark, look->n * sizeof *look->mark);
    }
}

const struct mark *look_find(const struct look *look, enum side side, uint32_t id)
{
    struct mark key = {.id = id, .side = (uint8_t)side};
    return look->n ? bsearch(&key, look->mark, look->n, sizeof key, by_side_id) : NULL;
}
