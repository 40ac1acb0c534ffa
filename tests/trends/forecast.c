/* Holds the forecast against what came, for the artists with the most listens, whether
 * they are listed or not: a stream without trends has nobody else to forecast.
 *
 *   forecast SCALE < plays in binary form (plays.h)
 *
 * At every step of the scale: forecasts of the next window by trend_course.c, and "same
 * as now"; a window later the true listens. Prints how many, the two sums of errors, and
 * how many were inside the interval.
 */
#include "../../src/model/trend_impl.h"
#include "feed.h"
#include "plays.h"

#include <stdio.h>
#include <stdlib.h>

#define TOP 20
#define LEAST 5 /* listens now: below, nothing is to be forecast */

struct forecast {
    int64_t step; /* of its end */
    uint32_t id, now;
    double low, mid, high;
};

static struct forecast *forecast;
static size_t made, checked;
static double error, same, inside;

static uint32_t listens(const struct sums *sums, uint32_t id)
{
    return sums_k(sums, id)[SUB_COUNT - 1];
}

static void check(const struct trend *trend, int64_t step)
{
    for (; checked < made && forecast[checked].step <= step; checked++) {
        const struct forecast *f = &forecast[checked];
        double real = listens(&trend->sums, f->id);
        error += real > f->mid ? real - f->mid : f->mid - real;
        same += real > f->now ? real - f->now : f->now - real;
        inside += real >= f->low && real <= f->high;
    }
}

static void add(const struct trend *trend, const struct asked *sel, uint32_t id)
{
    const struct sums *sums = &trend->sums;
    struct course course;
    struct trend_entry entry;
    double own[1][COURSE_STEPS], expected[SUB_COUNT];
    sums_expected(sums, sel->zones, id, expected);
    course_all(sel, &course);
    course_own(sel, &id, 1, own);
    course_forecast(sel, &course, own[0],
                    expected[SUB_COUNT - 1] / (double)sums->K_sum[SUB_COUNT - 1], 1,
                    &entry);
    forecast = realloc(forecast, (made + 1) * sizeof *forecast);
    forecast[made++] = (struct forecast){sel->now_ms / sel->spec->step_ms +
                                             sel->spec->steps[SUB_COUNT - 1],
                                         id,
                                         listens(sums, id),
                                         entry.forecast_low,
                                         entry.forecast,
                                         entry.forecast_high};
}

/* At a moment that all plays before have come to. */
static void look(struct trend *trend, enum trend_scale scale, int64_t step)
{
    struct asked sel = {.store = &trend->store[0],
                        .spec = &scale_specs[scale],
                        .scale = (uint8_t)scale,
                        .zones = ZONES_ALL,
                        .now_ms = step * scale_specs[scale].step_ms};
    uint32_t top[TOP] = {0};
    trend->work = INT64_MAX; /* as of a whole list */
    sums_fill(trend, &sel, window_at(&sel, step));
    check(trend, step);
    if (!sums_enough(trend, &sel))
        return;
    for (uint32_t id = 1; id < sel.store->ids; id++) {
        uint32_t k = listens(&trend->sums, id);
        int i = TOP;
        while (i > 0 && (!top[i - 1] || k > listens(&trend->sums, top[i - 1])))
            i--;
        if (i == TOP || k < LEAST)
            continue;
        memmove(&top[i + 1], &top[i], (size_t)(TOP - 1 - i) * sizeof *top);
        top[i] = id;
    }
    for (int i = 0; i < TOP && top[i]; i++)
        add(trend, &sel, top[i]);
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 0;
    struct trend *trend = trend_new();
    struct feed feed = {.trend = trend};
    struct planted p;
    int64_t step = 0;
    if (scale <= SCALE_AUTO || scale >= SCALE_COUNT)
        return 2;
    while (fread(&p, sizeof p, 1, stdin) == 1) {
        int64_t now = (int64_t)p.ts_ms / scale_specs[scale].step_ms;
        if (step < now)
            feed_flush(&feed);
        for (; step && step < now; step++)
            look(trend, (enum trend_scale)scale, step + 1);
        step = now;
        feed_add(&feed, (struct trend_play){.ts_ms = (int64_t)p.ts_ms,
                                            .user = p.user,
                                            .depth = trend_depth(p.user) & 15,
                                            .artist = p.artist + 1u});
    }
    printf("%zu %.1f %.1f %.0f\n", checked, error, same, inside);
    free(forecast);
    trend_free(trend);
    return 0;
}
