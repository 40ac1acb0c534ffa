/* A series of reports: one each time event time crosses a multiple of `every_ms`.
 *
 * Event time is that of the newest event. One wrong clock would end the series until its
 * time has come; so while the newest is far ahead, the others' time is followed as well,
 * as the trends see it (their strays: cadence/trend.h). */
#ifndef CADENCE_APP_SERIES_H
#define CADENCE_APP_SERIES_H

#include "cadence/model.h"

struct series {
    int64_t every_ms; /* 0: none */
    int64_t
        next_ms; /* the multiple that the newest event has not reached; 0 no event yet */
    int64_t others_ms; /* the same without strays */
    unsigned behind;   /* events since the newest */
};

/* Is a report due before `events[at]` is counted? Counts what is before it from *from on
 * if it has to know, and moves *from there. */
bool series_due(struct series *series, struct model *model, const struct event *events,
                size_t *from, size_t at);

#endif
