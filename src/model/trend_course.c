/* The course of one artist or song: its share of the listens in the last steps of the
 * scale, and where it goes.
 *
 * Forecast. Holt's linear trend with damping (Gardner and McKenzie 1985) on the share of
 * each step: level and slope are exponentially weighted, the slope dies away, and the
 * whole is drawn a little towards the artist's usual share, because rises end. Times the
 * listens that all will have: those of now, changed as they changed at this time a day (a
 * week) before.
 *
 * Interval. 90 %: the forecast's own Poisson error, that of the level, and an error in
 * proportion, from planted streams (doc/trends.md says how often it held on others).
 */
#include "trend_impl.h"

#include <math.h>
#include <string.h>

#define LEVEL_WEIGHT 0.70
#define SLOPE_WEIGHT 0.20
#define SLOPE_DAMPING 0.60
#define KEEPS 0.93 /* of what is above or below the usual, into the next window */
#define SPREAD_POISSON 2.0
#define SPREAD_SHARE 0.5

static double total(const struct selection *sel, int64_t from_step, int64_t to_step)
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
static int64_t last_step(const struct selection *sel)
{
    int64_t step_ms = sel->spec->step_ms;
    return sel->now_ms / step_ms + (sel->now_ms % step_ms >= step_ms / 5 * 4);
}

void course_all(const struct selection *sel, struct course *course)
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

struct one {
    const struct selection *sel;
    uint32_t id, n;
};

static void one_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct one *one = context;
    struct store *store = one->sel->store;
    bool wide = tier_is_wide(store, tier);
    listen_t some[4096];
    size_t n = bucket_read_id(bucket, wide, one->id, some, ARRAY_SIZE(some));
    for (size_t i = 0; i < n; i++)
        if (listen_class(some[i]) >= one->sel->spec->cls &&
            one->sel->zones >> store->zone_of[listen_state(some[i], wide)] & 1)
            one->n += some[i] & 1 ? UINT32_MAX : 1;
}

void course_own(const struct selection *sel, uint32_t id, struct course *course)
{
    int64_t to = last_step(sel), step_ms = sel->spec->step_ms;
    for (int i = 0; i < COURSE_STEPS; i++) {
        struct one one = {sel, id, 0};
        store_cover(sel->store, sel->spec->tier, (to - COURSE_STEPS + i) * step_ms,
                    (to - COURSE_STEPS + i + 1) * step_ms, one_bucket, &one);
        course->own[i] = one.n;
    }
}

/* Shares in points of two steps; the highest is 1. */
void course_spark(const struct course *course, float out[TREND_POINTS])
{
    float top = 0;
    for (int i = 0; i < TREND_POINTS; i++) {
        double all = course->all[2 * i] + course->all[2 * i + 1];
        double own = course->own[2 * i] + course->own[2 * i + 1];
        out[i] = all > 0 ? (float)(own / all) : 0;
        top = out[i] > top ? out[i] : top;
    }
    for (int i = 0; i < TREND_POINTS && top > 0; i++)
        out[i] /= top;
}

void course_forecast(const struct selection *sel, const struct course *course,
                     double usual_share, double unit, struct trend_entry *entry)
{
    int window = sel->spec->steps[SUB_COUNT - 1];
    double level = usual_share, slope = 0, sum = 0, damped = 0, power = 1;
    for (int i = COURSE_STEPS / 2; i < COURSE_STEPS; i++) {
        if (course->all[i] <= 0)
            continue;
        double before = level, expected = level + SLOPE_DAMPING * slope;
        level = expected + LEVEL_WEIGHT * (course->own[i] / course->all[i] - expected);
        slope =
            SLOPE_WEIGHT * (level - before) + (1 - SLOPE_WEIGHT) * SLOPE_DAMPING * slope;
    }
    for (int h = 1; h <= window; h++) {
        power *= SLOPE_DAMPING;
        damped += power;
        sum += level + damped * slope;
    }
    double share = usual_share + KEEPS * (sum / window - usual_share);
    double f = share > 0 ? share * course->next : 0;
    double spread =
        1.645 * sqrt(SPREAD_POISSON * f + 1 + SPREAD_SHARE * SPREAD_SHARE * f * f);
    entry->forecast = f * unit;
    entry->forecast_low = (f > spread ? f - spread : 0) * unit;
    entry->forecast_high = (f + spread) * unit;
}
