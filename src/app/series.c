#include "series.h"

#define JUMP_MS (30 * MINUTE_MS) /* a step beyond it may be a wrong clock's */
#define WRONG_EVENTS 32          /* ... and is, if so many are behind it */

static int64_t multiple_after(const struct series *series, int64_t ts_ms)
{
    return (ts_ms / series->every_ms + 1) * series->every_ms;
}

static bool newest_crosses(struct series *series, int64_t ts_ms)
{
    bool first = series->next_ms == 0, jumps = ts_ms - series->next_ms > JUMP_MS;
    series->next_ms = multiple_after(series, ts_ms);
    series->behind = 0;
    if (!jumps)
        series->others_ms = series->next_ms;
    return !first;
}

/* For long enough that it cannot be the end of a pause. */
static bool is_ahead(const struct series *series, int64_t now_ms)
{
    return series->behind > WRONG_EVENTS &&
           series->next_ms - series->every_ms - now_ms > JUMP_MS;
}

/* All before the event has been counted. */
static bool others_cross(struct series *series, const struct trend *trend, int64_t ts_ms)
{
    int64_t now_ms = trend_now_ms(trend);
    if (!now_ms)
        return false;
    if (now_ms >= series->others_ms) { /* with what had to wait for company */
        bool counts = series->others_ms && is_ahead(series, now_ms);
        series->others_ms = multiple_after(series, now_ms);
        if (counts)
            return true;
    }
    if (ts_ms < series->others_ms || trend_is_far(trend, ts_ms) ||
        series->next_ms - series->every_ms - ts_ms <= JUMP_MS) /* near the newest */
        return false;
    series->others_ms = multiple_after(series, ts_ms);
    return true;
}

bool series_due(struct series *series, struct model *model, const struct event *events,
                size_t *from, size_t at)
{
    int64_t ts_ms = events[at].ts_ms;
    if (events[at].kind != LINE_EVENT)
        return false;
    series->behind++;
    if (ts_ms < series->others_ms)
        return false;
    if (ts_ms >= series->next_ms)
        return newest_crosses(series, ts_ms);
    model_add(model, events + *from, at - *from);
    *from = at;
    return others_cross(series, model->trend, ts_ms);
}
