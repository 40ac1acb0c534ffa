/* The test at one moment ("a look"): who would stay listed, and who enters the list. */
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
#define ALPHA_SONGS 0.002 /* seven songs to an artist: more tests, on fewer listens */
#define TOUCH_WORK 8      /* judging one costs about as much as reading so many listens */
#define CROWD 1e-2        /* how unlikely a crowd of one state must be to be set aside */

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

/* Whether a bound below 1 is plain, for x - 1 >= ln x. Spares most of the logarithms. */
static bool plainly_none(double k, double b, double ratio)
{
    double x = (k + .5) / ((b + .5) * ratio) - 1;
    return x < 0 || x * x < 1.96 * 1.96 * (1 / (k + .5) + 1 / (b + .5));
}

/* The best of the windows; p pays for the choice. */
static struct verdict judge_rising(const struct sums *sums, const struct asked *sel,
                                   uint32_t id)
{
    const uint32_t *k = sums_k(sums, id);
    const int *steps = sel->spec->steps;
    double expected[SUB_COUNT];
    uint32_t b = sums_expected(sums, sel->zones, id, expected);
    struct verdict best = {.bound = -INFINITY, .p = 1};
    int tried = 1 + (steps[0] != steps[1]) + (steps[1] != steps[2]);
    for (int s = SUB_COUNT - tried; s < SUB_COUNT; s++) {
        double ratio = b ? expected[s] / b : sums->pooled[s];
        if (k[s] < STAY_LISTENERS || plainly_none(k[s], b, ratio))
            continue;
        struct verdict v = judge(k[s], b, expected[s], sums->pooled[s], RISING);
        best.bound = v.bound > best.bound ? v.bound : best.bound;
        best.p = v.p * tried < best.p ? v.p * tried : best.p;
        best.lift = v.lift > best.lift ? v.lift : best.lift;
        best.stays |= v.bound >= stay_bound(expected[s]);
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

static void look_rising(struct trend *trend, const struct asked *sel, struct look *look,
                        size_t *cap)
{
    const struct sums *sums = &trend->sums;
    for (size_t i = 0; i < sums->touched_n; i++) {
        uint32_t id = sums->touched[i];
        if (sums_k(sums, id)[SUB_COUNT - 1] < STAY_LISTENERS)
            continue;
        struct verdict v = judge_rising(sums, sel, id);
        if (v.stays)
            look_add(trend, look, cap, id, RISING, v);
    }
}

static void judge_falling(struct trend *trend, const struct asked *sel, struct look *look,
                          size_t *cap, uint32_t id)
{
    const struct sums *sums = &trend->sums;
    const int whole = SUB_COUNT - 1;
    double expected[SUB_COUNT];
    uint32_t b = sums_expected(sums, sel->zones, id, expected);
    uint32_t k = sums_k(sums, id)[whole];
    if (expected[whole] < MIN_EXPECTED / 2. || k > expected[whole])
        return;
    struct verdict v = judge(k, b, expected[whole], sums->pooled[whole], FALLING);
    if (v.bound <= -STAY_BOUND)
        look_add(trend, look, cap, id, FALLING, v);
}

static void look_falling(struct trend *trend, const struct asked *sel, struct look *look,
                         size_t *cap)
{
    const struct counts *counts = &trend->sums.base->counts;
    const double *ratio = trend->sums.ratio[SUB_COUNT - 1];
    for (size_t i = 0; i < counts->pages; i++) {
        const struct counts_page *page = &counts->page[i];
        const uint32_t(*row)[ZONE_COUNT] = (const uint32_t(*)[ZONE_COUNT])page->row;
        for (uint64_t has = page->has; has; has &= has - 1, row++) {
            double most = 0;
            for (int z = 0; z < ZONE_COUNT; z++)
                most += base_count((*row)[z]) * ratio[z];
            if (most >= MIN_EXPECTED / 2.)
                judge_falling(trend, sel, look, cap,
                              (uint32_t)(i * COUNTS_PAGE) +
                                  (uint32_t)__builtin_ctzll(has));
        }
    }
}

/* Sets `enters` where p passes the false discovery rate `alpha` over `m` ids. */
static void look_gate(struct trend *trend, struct look *look, size_t from, size_t m,
                      double alpha)
{
    size_t n = look->n - from;
    double *p = mem_alloc((n + 1) * sizeof *p);
    if (n)
        memcpy(p, trend->p + from, n * sizeof *p);
    double limit = bh_threshold(p, n, m, alpha);
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
    const struct asked *sel;
    uint32_t id, k[64];
    unsigned most; /* the highest class counted */
    bool wide;
};

static void crowd_listen(void *context, listen_t v)
{
    struct crowd *crowd = context;
    unsigned state = listen_state(v, crowd->wide);
    unsigned cls = listen_class(v);
    if (cls >= crowd->sel->spec->cls && cls <= crowd->most &&
        crowd->sel->zones >> crowd->sel->store->zone_of[state] & 1)
        crowd->k[state] += v & 1 ? UINT32_MAX : 1;
}

static void crowd_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct crowd *crowd = context;
    crowd->wide = tier_is_wide(crowd->sel->store, tier);
    bucket_each(bucket, crowd->wide, crowd->id, crowd_listen, crowd);
}

/* Those of one id; returns how many. */
static uint32_t crowd_fill(struct crowd *crowd, const struct asked *sel, uint32_t id,
                           unsigned most, int64_t from_ms, int64_t to_ms)
{
    uint32_t all = 0;
    *crowd = (struct crowd){.sel = sel, .id = id, .most = most};
    store_cover(sel->store, sel->spec->tier, from_ms, to_ms, crowd_bucket, crowd);
    for (unsigned s = 0; s < 64; s++) {
        crowd->k[s] = base_count(crowd->k[s]);
        all += crowd->k[s];
    }
    return all;
}

/* A window may hold someone twice only where it is longer than W: in its first step and
 * in its last, there with a gap of hardly more than W. Are there listeners enough if
 * all are such that may be? */
static bool are_few(const struct trend *trend, const struct asked *sel, uint32_t id)
{
    const struct sums *sums = &trend->sums;
    const uint32_t *k = sums_k(sums, id);
    int64_t from_ms = sums->from_ms, to_ms = sums->to_ms, step_ms = sel->spec->step_ms;
    struct crowd first, last;
    uint32_t twice = 0;
    if (to_ms - from_ms <= sel->spec->window_ms || sel->spec->tier != TIER_5MIN ||
        k[SUB_COUNT - 2] >= MIN_LISTENERS || k[SUB_COUNT - 1] >= 2 * MIN_LISTENERS)
        return false;
    if (!crowd_fill(&last, sel, id, sel->spec->cls, to_ms - step_ms, to_ms))
        return false;
    crowd_fill(&first, sel, id, CLASS_COUNT, from_ms, from_ms + step_ms);
    for (unsigned s = 0; s < 64; s++)
        twice += first.k[s] < last.k[s] ? first.k[s] : last.k[s];
    return k[SUB_COUNT - 1] < MIN_LISTENERS + twice;
}

/* The state that is least likely to be so frequent by chance, by the shares of all. Where
 * one is half of all, that cannot be told of it. */
static unsigned oddest(const struct crowd *crowd, uint32_t all, const double share[64],
                       double *p)
{
    unsigned odd = 0;
    *p = 1;
    for (unsigned s = 0; s < 64; s++) {
        if (share[s] > .5 || crowd->k[s] <= all * share[s])
            continue;
        double one = binomial_upper(crowd->k[s], all, share[s]);
        odd = one < *p ? s : odd;
        *p = one < *p ? one : *p;
    }
    return odd;
}

/* Would it pass without its oddest state, if that is more frequent than chance allows?
 * The states of listeners who came in the window, against those of all. */
static bool is_crowd(struct trend *trend, const struct asked *sel, uint32_t id,
                     const double share[64])
{
    struct sums *sums = &trend->sums;
    struct crowd crowd;
    uint32_t all = crowd_fill(&crowd, sel, id, CLASS_COUNT, sums->from_ms, sums->to_ms);
    double p;
    unsigned odd = oddest(&crowd, all, share, &p);
    if (p * 51 > CROWD)
        return false;
    double each[SUB_COUNT];
    uint32_t rest = all - crowd.k[odd], b = sums_expected(sums, sel->zones, id, each);
    double expected = each[SUB_COUNT - 1] * (1 - share[odd]);
    double ratio = b ? expected / b : sums->pooled[SUB_COUNT - 1];
    return rest < MIN_LISTENERS || rest < ENTER_LIFT * expected ||
           binomial_upper(rest, rest + b, ratio / (1 + ratio)) > .01;
}

static void look_crowds(struct trend *trend, const struct asked *sel, struct look *look)
{
    double share[64];
    for (unsigned s = 0; s < 64; s++)
        share[s] =
            trend->sums.state[s] / ((double)trend->sums.K_sum[SUB_COUNT - 1] + 1e-9);
    uint32_t left = 0;
    for (uint32_t i = 0; i < look->n; i++) {
        struct mark mark = look->mark[i];
        mark.enters = mark.enters && !are_few(trend, sel, mark.id);
        if (!mark.enters || !is_crowd(trend, sel, mark.id, share))
            look->mark[left++] = mark;
    }
    look->n = left;
}

bool look_make(struct trend *trend, const struct asked *sel, struct window at,
               struct look *look)
{
    size_t cap = 0;
    free(look->mark);
    *look = (struct look){.step = -1};
    if (!sums_fill(trend, sel, at))
        return false;
    look->step = at.to_step;
    trend->work -= (int64_t)trend->sums.touched_n * TOUCH_WORK;
    if (sel->kind != TREND_SONGS) /* look_falling goes over all */
        trend->work -= (int64_t)(trend->sums.base->counts.rows / 2);
    if (!sums_enough(trend, sel))
        return true;
    look_rising(trend, sel, look, &cap);
    look_gate(trend, look, 0, trend->sums.touched_n,
              sel->kind == TREND_SONGS ? ALPHA_SONGS : ALPHA);
    look_crowds(trend, sel, look);
    size_t rising = look->n;
    if (sel->kind != TREND_SONGS) {
        look_falling(trend, sel, look, &cap);
        look_gate(trend, look, rising, trend->sums.touched_n, ALPHA);
    }
    if (look->n) {
        qsort(look->mark, look->n, sizeof *look->mark, by_side_id);
        look->mark = mem_realloc(look->mark, look->n * sizeof *look->mark);
    }
    return true;
}

const struct mark *look_find(const struct look *look, enum side side, uint32_t id)
{
    struct mark key = {.id = id, .side = (uint8_t)side};
    return look->n ? bsearch(&key, look->mark, look->n, sizeof key, by_side_id) : NULL;
}
