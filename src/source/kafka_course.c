/* How far behind in event time a partition is.
 *
 * Kafka knows messages by offset and by the time at which they were produced; what the
 * figures go by is the event's own time, and that stands within the message. So of what
 * passes through a message is looked into, each half second and at first more often, and
 * a line through the last COURSE_LOOKS of them says what a message is worth: its slope is
 * the median of the slopes between all pairs (H. Theil 1950, P. K. Sen 1968), for events
 * come late and out of order, and up to 29 % of them may be anything without moving it.
 * The lag in messages times that is the lag in event time.
 *
 * It assumes that what waits is as dense as what was read last. Memory: 16 bytes a look;
 * time: about 100 divisions a partition and half second, of those that are behind. */
#include "kafka.h"

#include <stdlib.h>

#define LOOK_MS 500
#define PAIRS (COURSE_LOOKS * (COURSE_LOOKS - 1) / 2)

void kafka_course_look(struct kafka *k, struct kafka_part *part,
                       const rd_kafka_message_t *message)
{
    struct kafka_course *course = &part->course;
    int64_t ts_ms = sink_event_time(k->source.sink, message->payload, message->len);
    if (ts_ms < 0)
        return; /* the next one may do */
    course->look[course->looks++ % COURSE_LOOKS] =
        (struct kafka_look){message->offset, ts_ms};
    course->due = false;
    course->measured = false;
}

/* Every tick until there is something to go by. */
void kafka_course_tick(struct kafka *k)
{
    uint64_t now = uv_now(k->source.loop);
    bool all = now - k->looked_ms >= LOOK_MS;
    if (all)
        k->looked_ms = now;
    for (size_t i = 0; i < k->parts; i++)
        if (all || k->part[i].course.looks < COURSE_LOOKS)
            k->part[i].course.due = true;
}

void kafka_course_forget(struct kafka_part *part)
{
    memset(&part->course, 0, sizeof part->course);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct kafka_course *course)
{
    double slope[PAIRS];
    size_t n = course->looks < COURSE_LOOKS ? (size_t)course->looks : COURSE_LOOKS;
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const struct kafka_look *a = &course->look[i], *b = &course->look[j];
            if (a->offset != b->offset)
                slope[pairs++] =
                    (double)(a->ts_ms - b->ts_ms) / (double)(a->offset - b->offset);
        }
    course->measured = true;
    course->known = n >= COURSE_ENOUGH && pairs > 0;
    if (!course->known)
        return;
    qsort(slope, pairs, sizeof *slope, by_value);
    course->message_ms = (slope[pairs / 2] + slope[(pairs - 1) / 2]) / 2;
    course->known = course->message_ms >= 0;
}

double kafka_course_lag_s(struct kafka_part *part)
{
    struct kafka_course *course = &part->course;
    int64_t lag = kafka_part_lag(part);
    if (lag <= 0)
        return lag < 0 ? -1 : 0;
    if (!course->measured)
        measure(course);
    return course->known ? (double)lag * course->message_ms / 1e3 : -1;
}
