/* Minutes of the newest hours in which anything was, for charts of what is going on. */
#ifndef CADENCE_MODEL_RECENT_H
#define CADENCE_MODEL_RECENT_H

#include "cadence/model.h"

void recent_init(struct recent *recent);
void recent_fini(struct recent *recent);
/* Where an hour's minutes are counted when it is not `now`: an hour that is older than
 * all that are kept goes to a place that nobody reads. */
size_t recent_find(struct recent *recent, uint32_t hour);

static inline struct hour *recent_minute(struct recent *recent, uint32_t hour,
                                         uint32_t minute, enum zone zone)
{
    size_t at = recent->now;
    if (__builtin_expect(recent->hour[at] != hour, false))
        at = recent_find(recent, hour);
    return &recent->minutes[at].minute[minute][zone];
}

#endif
