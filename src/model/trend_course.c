/* The course of one artist or song: its share of the listens in the last steps of the
 * scale, and where it goes.
 *
 * Forecast. A level with a damped trend (Gardner and McKenzie 1985) on the share of each
 * step. How far a step moves the level is the gain of a Kalman filter (Muth 1960): much
 * where the share itself moves, little where its steps differ by no more than counting so
 * few listens explains; so steady names are averaged and risers followed. What has left
 * its usual share is taken to be on the move. At the scale of a week, where a listen
 * shuts out the next of the same user for the rest of the window, the level is that of
 * the whole window. All is drawn a little towards the usual share, because rises end; and
 * it is times the listens that all will have: those of now, changed as they changed at
 * this time a day (a week) before.
 *
 * Interval. 90 %: the forecast's own Poisson error, that of the level, and an error in
 * proportion, from planted streams (doc/trends.md says how often it held on others).
 */
#include "trend_impl.h"

#include <math.h>
#include <string.h>

#define WANDER_STEPS 8 /* by which it is judged how far a share moves */
#define CHANCE 1.7     /* 1, and a standard error of a mean of WANDER_STEPS */
#define DEPARTS 0.30   /* of the distance from the usual: moved in a step, at the least */
#define SLOPE_WEIGHT 0.20
#define SLOPE_DAMPING 0.60
#define KEEPS 0.93 /* of what is above or below the usual, into the next window */
#define SPREAD_POISSON 2.0
#define SPREAD_SHARE 0.5

static double total(const struct asked *sel, int64_t from_step, int64_t to_step)
{
    uint64_t by_zone[ZONE_COUNT];
    double sum = 0;
    store_total(sel->store, sel->spec->tier, sel->spec->cls,
                from_step * sel->spec->step_ms, to_step * sel->spec->step_ms, by_zone);
    for (int z = 0; z < ZONE_COUNT; z++)
        sum += sel->zones >> z & 1 ? (double)by_zone[z] : 0;
    return sum;
}

/* The step behind the last that is complete, or as good as. */
static int64_t last_step(const struct asked *sel)
{
    int64_t step_ms = sel->spec->step_ms;
    return sel->now_ms / step_ms + (sel->now_ms % step_ms >= step_ms / 5 * 4);
}

void course_all(const struct asked *sel, struct course *course)
{
    int64_t to = last_step(sel), lag = (sel->scale <= SCALE_6H ? DAY_MS : WEEK_MS);
    int window = sel->spec->steps[SUB_COUNT - 1];
    double now = 0, change = 1;
    lag /= sel->spec->step_ms;
    for (int i = 0; i < COURSE_STEPS; i++) {
        course->all[i] = total(sel, to - COURSE_STEPS + i, to - COURSE_STEPS + i + 1);
        now += i >= COURSE_STEPS - window ? course->all[i] : 0;
    }
    double before = total(sel, to - lag - window, to - lag);
    double after = total(sel, to - lag, to - lag + window);
    if (sel->scale < SCALE_WEEK && before > 100 && after > 100)
        change = after / before;
    course->next = now * (change < .5 ? .5 : change > 2 ? 2 : change);
}

/* ---- Of some ids ---- */

#define SLOTS 512
_Static_assert(COURSE_IDS <= UINT8_MAX && COURSE_IDS < SLOTS / 2 &&
                   TREND_LIST_MAX <= COURSE_IDS,
               "a place holds an index + 1 in a byte");

struct some {
    const struct asked *sel;
    const uint32_t *id;
    size_t n;
    uint8_t at[SLOTS]; /* by id: index + 1 */
    double (*own)[COURSE_STEPS];
    int step;
    bool wide;
    size_t i; /* whose listens are counted */
};

static void count_listen(void *context, listen_t v)
{
    struct some *some = context;
    const struct asked *sel = some->sel;
    if (listen_class(v) >= sel->spec->cls &&
        sel->zones >> sel->store->zone_of[listen_state(v, some->wide)] & 1)
        some->own[some->i][some->step] += v & 1 ? -1 : 1;
}

/* What is sorted is looked up id by id; what is not yet is read once for all of them. */
static void some_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct some *some = context;
    struct bucket sorted = *bucket;
    sorted.loose_n = 0;
    some->wide = tier_is_wide(some->sel->store, tier);
    for (some->i = 0; some->i < some->n && sorted.coded; some->i++)
        bucket_each(&sorted, some->wide, some->id[some->i], count_listen, some);
    for (size_t j = 0; j < bucket->loose_n; j++) {
        uint32_t id = listen_id(bucket->loose[j], some->wide);
        for (size_t h = id % SLOTS; some->at[h]; h = (h + 1) % SLOTS)
            if (some->id[some->at[h] - 1u] == id) {
                some->i = some->at[h] - 1u;
                count_listen(some, bucket->loose[j]);
                break;
            }
    }
}

void course_own(const struct asked *sel, const uint32_t *id, size_t n,
                double (*own)[COURSE_STEPS])
{
    struct some some = {.sel = sel, .id = id, .n = n, .own = own};
    int64_t to = last_step(sel), step_ms = sel->spec->step_ms;
    for (size_t i = 0; i < n; i++) {
        size_t h = id[i] % SLOTS;
        while (some.at[h])
            h = (h + 1) % SLOTS;
        some.at[h] = (uint8_t)(i + 1);
        memset(own[i], 0, sizeof own[i]);
    }
    for (int i = 0; i < COURSE_STEPS; i++) {
        some.step = i;
        store_cover(sel->store, sel->spec->tier, (to - COURSE_STEPS + i) * step_ms,
                    (to - COURSE_STEPS + i + 1) * step_ms, some_bucket, &some);
    }
}

/* Shares in points of two steps; the highest is 1. Of nothing there is no share: -1. */
void course_spark(const struct course *course, const double own[COURSE_STEPS],
                  float out[TREND_POINTS])
{
    float top = 0;
    for (int i = 0; i < TREND_POINTS; i++) {
        double all = course->all[2 * i] + course->all[2 * i + 1];
        out[i] = all > 0 ? (float)((own[2 * i] + own[2 * i + 1]) / all) : -1;
        top = out[i] > top ? out[i] : top;
    }
    for (int i = 0; i < TREND_POINTS && top > 0; i++)
        out[i] = out[i] < 0 ? -1 : out[i] / top;
}

/* How far the share moves from step to step, squared, beyond what counting so few listens
 * explains: the mean of squared differences without the variance that Poisson gives them,
 * and without a standard error of that mean, so that steady names are not followed. */
static double wander(const struct course *course, const double own[COURSE_STEPS],
                     double share)
{
    double sum = 0;
    int n = 0;
    for (int i = COURSE_STEPS - WANDER_STEPS; i < COURSE_STEPS; i++) {
        double a = course->all[i - 1], b = course->all[i];
        if (a <= 0 || b <= 0)
            continue;
        double d = own[i] / b - own[i - 1] / a;
        sum += d * d - CHANCE * (share / a + share / b);
        n++;
    }
    return sum > 0 ? sum / n : 0;
}

/* The share of the steps from `first` on; `half` listens more, so that it is not 0. */
static double mean_share(const struct course *course, const double own[COURSE_STEPS],
                         int first, double half)
{
    double all = 2 * half, ours = half;
    for (int i = first; i < COURSE_STEPS; i++) {
        all += course->all[i];
        ours += own[i];
    }
    return all > 0 ? ours / all : 0;
}

/* The share expected of the next window's steps, by what the newer half of them says. */
static double next_share(const struct course *course, const double own[COURSE_STEPS],
                         double usual, int window)
{
    const int first = COURSE_STEPS / 2;
    double mean = mean_share(course, own, first, .5), off = mean - usual;
    double moves = wander(course, own, mean) + DEPARTS * DEPARTS * off * off;
    double level = usual, slope = 0, unsure = off * off, all = 1;
    double sum = 0, damped = 0, power = 1;
    for (int i = first; i < COURSE_STEPS; i++)
        all += course->all[i];
    unsure += mean / all;
    for (int i = first; i < COURSE_STEPS; i++) {
        if (course->all[i] <= 0)
            continue;
        double expected = level + SLOPE_DAMPING * slope;
        unsure += moves;
        double gain = unsure / (unsure + mean / course->all[i]);
        double error = own[i] / course->all[i] - expected;
        level = expected + gain * error;
        slope = SLOPE_DAMPING * slope + SLOPE_WEIGHT * gain * error;
        unsure *= 1 - gain;
    }
    for (int h = 1; h <= window; h++) {
        power *= SLOPE_DAMPING;
        damped += power;
        sum += level + damped * slope;
    }
    return sum / window;
}

void course_forecast(const struct asked *sel, const struct course *course,
                     const double own[COURSE_STEPS], double usual_share, double unit,
                     struct trend_entry *entry)
{
    int window = sel->spec->steps[SUB_COUNT - 1];
    double next = sel->scale == SCALE_WEEK
                      ? mean_share(course, own, COURSE_STEPS - window, 0)
                      : next_share(course, own, usual_share, window);
    double share = usual_share + KEEPS * (next - usual_share);
    double f = share > 0 ? share * course->next : 0;
    double spread =
        1.645 * sqrt(SPREAD_POISSON * f + 1 + SPREAD_SHARE * SPREAD_SHARE * f * f);
    entry->forecast = f * unit;
    entry->forecast_low = (f > spread ? f - spread : 0) * unit;
    entry->forecast_high = (f + spread) * unit;
}
