/* Hands plays to the engine by hundreds, as the model does. */
#ifndef TESTS_FEED_H
#define TESTS_FEED_H

#include "cadence/str.h"
#include "cadence/trend.h"

struct feed {
    struct trend *trend;
    struct trend_play play[256];
    size_t n;
};

/* Before anything is asked. */
static inline void feed_flush(struct feed *feed)
{
    trend_add(feed->trend, feed->play, feed->n);
    feed->n = 0;
}

static inline void feed_add(struct feed *feed, struct trend_play play)
{
    feed->play[feed->n++] = play;
    if (feed->n == ARRAY_SIZE(feed->play))
        feed_flush(feed);
}

#endif
