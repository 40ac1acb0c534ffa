/* Replay: when an event is due, by its own time against the clock.
 *
 * A pause of more than PACE_PAUSE_MS by the clock and PACE_FAR_MS by the events is not
 * waited for: the event comes at once, and when the next one is near it, the replay goes
 * on from there. So neither a night without events nor one wrong clock holds it up. The
 * same for events that far behind: one is late, two in a row are where it goes on. */
#ifndef CADENCE_APP_PACE_H
#define CADENCE_APP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_PAUSE_MS INT64_C(60000)
#define PACE_FAR_MS (INT64_C(30) * 60000)

struct pace {
    double speed; /* event time against the clock; 0: no pace, all is due */
    bool begun;
    int64_t event_ms;  /* this event was due ... */
    uint64_t clock_ns; /* ... then */
    int64_t away_ms;   /* the last event too far away to be waited for */
};

/* How long, in ns, until an event of that time is due; 0: now. Of one event it is asked
 * again only while it has to wait. */
uint64_t pace_wait(struct pace *pace, int64_t ts_ms, uint64_t now_ns);

#endif
