/* How far behind in event time a partition is.
 *
 * Kafka knows messages by offset and by the time at which they were produced; what the
 * figures go by is the event's own time, and that stands within the message. So of what
 * passes through a message is looked into, each half second and at first more often. What
 * waits is taken to be as dense as as many messages before it, as far back as any were
 * read: over days of them that spans day and night. Their slope, event time over offset,
 * is the median of the slopes between all looks that are at least half the span apart
 * (after H. Theil 1950, P. K. Sen 1968), for events come late and out of order, and some
 * may be anything without moving it. The lag in messages times that is the lag in event
 * time; but where the newest event read has happened, no more than has passed since: what
 * waits has happened as well.
 *
 * The newest looks are all kept; of those before them some, fewer and fewer the longer it
 * runs. Memory: 512 bytes a partition; time: about 140 divisions a look, of partitions
 * that are behind. */
#include "kafka.h"

#include <stdlib.h>

#define LOOK_MS 500
#define EARLY_MESSAGES 64
#define PAIRS (COURSE_LOOKS * (COURSE_LOOKS + 1) / 2)

/* Room is made by forgetting every second one. */
static void keep(struct kafka_course *course, struct kafka_look look)
{
    if (course->passed++ & ((UINT64_C(1) << course->thinned) - 1))
        return;
    if (course->olds == COURSE_LOOKS) {
        for (size_t i = 0; i < COURSE_LOOKS / 2; i++)
            course->old[i] = course->old[2 * i];
        course->olds = COURSE_LOOKS / 2;
        course->thinned++;
    }
    course->old[course->olds++] = look;
}

void kafka_course_look(struct kafka *k, struct kafka_part *part,
                       const rd_kafka_message_t *message)
{
    struct kafka_course *course = &part->course;
    int64_t ts_ms = sink_event_time(k->source.sink, message->payload, message->len);
    if (ts_ms < 0)
        return; /* the next one may do */
    struct kafka_look *place = &course->look[course->looks++ % COURSE_LOOKS];
    if (course->looks > COURSE_LOOKS)
        keep(course, *place);
    *place = (struct kafka_look){message->offset, ts_ms};
    course->due = false;
    course->measured = false;
    part->topic->unlike = false;
}

/* Every tick until there is something to go by, and more often when a lot comes at once:
 * the first messages may be all that there is room for. */
bool kafka_course_is_due(const struct kafka_part *part)
{
    return part->course.due ||
           (part->course.looks < COURSE_LOOKS && part->messages % EARLY_MESSAGES == 0);
}

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

/* The looks to go by, oldest first: the newest, and of the others those since `from`. */
static size_t gather(const struct kafka_course *course, int64_t from,
                     struct kafka_look out[2 * COURSE_LOOKS])
{
    size_t n = 0;
    for (size_t i = 0; i < course->olds; i++)
        if (course->old[i].offset >= from)
            out[n++] = course->old[i];
    uint64_t first = course->looks > COURSE_LOOKS ? course->looks - COURSE_LOOKS : 0;
    for (uint64_t i = first; i < course->looks; i++)
        out[n++] = course->look[i % COURSE_LOOKS];
    return n;
}

static void measure(struct kafka_course *course, int64_t from)
{
    struct kafka_look look[2 * COURSE_LOOKS];
    double slope[PAIRS];
    size_t n = gather(course, from, look), pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + (n + 1) / 2; j < n; j++)
            if (look[j].offset > look[i].offset)
                slope[pairs++] = (double)(look[j].ts_ms - look[i].ts_ms) /
                                 (double)(look[j].offset - look[i].offset);
    course->measured = true;
    course->known = n >= COURSE_ENOUGH && pairs > 0;
    if (!course->known)
        return;
    qsort(slope, pairs, sizeof *slope, by_value);
    course->message_ms = (slope[pairs / 2] + slope[(pairs - 1) / 2]) / 2;
    course->known = course->message_ms >= 0;
}

/* Of the looks at what was read last; 0 when all are of times to come. */
static int64_t newest_before(const struct kafka_course *course, int64_t now_ms)
{
    int64_t newest = 0;
    for (size_t i = 0; i < COURSE_LOOKS && i < course->looks; i++)
        if (course->look[i].ts_ms > newest && course->look[i].ts_ms <= now_ms)
            newest = course->look[i].ts_ms;
    return newest;
}

static bool is_known(struct kafka_part *part)
{
    int64_t lag = kafka_part_lag(part);
    if (!part->course.measured)
        measure(&part->course, part->next - (lag > 0 ? lag : 0));
    return part->course.known;
}

static bool is_like(const struct kafka *k, const struct kafka_topic *topic, size_t i)
{
    return i < k->parts && k->part[i].topic == topic && is_known(&k->part[i]);
}

/* A partition of which too little was read is taken to be like another of its topic,
 * which is not looked for again for each of thousands. */
static struct kafka_course *course_of(struct kafka *k, struct kafka_part *part)
{
    struct kafka_topic *topic = part->topic;
    if (is_known(part))
        return &part->course;
    if (!is_like(k, topic, topic->like) && !topic->unlike) {
        topic->like = 0;
        while (topic->like < k->parts && !is_like(k, topic, topic->like))
            topic->like++;
        topic->unlike = topic->like == k->parts;
    }
    return is_like(k, topic, topic->like) ? &k->part[topic->like].course : NULL;
}

double kafka_course_lag_s(struct kafka *k, struct kafka_part *part, int64_t now_ms)
{
    int64_t lag = kafka_part_lag(part), newest;
    double lag_ms;
    if (lag <= 0)
        return lag < 0 ? -1 : 0;
    struct kafka_course *course = course_of(k, part);
    if (!course)
        return -1;
    lag_ms = (double)lag * course->message_ms;
    newest = newest_before(course, now_ms);
    if (newest && lag_ms > (double)(now_ms - newest))
        lag_ms = (double)(now_ms - newest);
    return lag_ms / 1e3;
}
