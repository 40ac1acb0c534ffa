#include "pace.h"

#include <math.h>
#include <stdlib.h>

#define WAIT_MOST_MS 1e9 /* it is asked again after that */

static void begin_at(struct pace *pace, int64_t ts_ms, uint64_t now_ns)
{
    pace->begun = true;
    pace->event_ms = pace->away_ms = ts_ms;
    pace->clock_ns = now_ns;
}

uint64_t pace_wait(struct pace *pace, int64_t ts_ms, uint64_t now_ns)
{
    if (pace->speed <= 0)
        return 0;
    if (!pace->begun)
        begin_at(pace, ts_ms, now_ns);
    double passed_ms = (double)(now_ns - pace->clock_ns) / 1e6;
    double wait_ms = (double)(ts_ms - pace->event_ms) / pace->speed - passed_ms;
    if (fabs(wait_ms) <= PACE_PAUSE_MS || fabs(wait_ms) * pace->speed <= PACE_FAR_MS)
        return wait_ms <= 0 ? 0 : (uint64_t)(fmin(wait_ms, WAIT_MOST_MS) * 1e6);
    if (llabs(ts_ms - pace->away_ms) <= PACE_FAR_MS)
        begin_at(pace, ts_ms, now_ns);
    pace->away_ms = ts_ms;
    return 0;
}
