/* What the scout's answers mean: where reading begins and ends, what retention took away,
 * which topics are gone or were made again.
 *
 * Offsets that are merely missing inside a partition are no loss: compaction and
 * transactions leave such gaps. A loss is what the broker itself reports: the next offset
 * is not in the log any more. */
#include "kafka.h"

#include <inttypes.h>
#include <stdio.h>

/* One answer without the topic may come from a broker that has not heard of it yet. */
#define MISSING_ENOUGH 3
#define OTHER_ENOUGH 2
#define FORBIDDEN_FOR_MS 3000
#define GROUP_SETTLES_MS 6000
/* librdkafka looks for new topics every 10 s, if not sooner; then the group settles. */
#define GROUP_LEARNS_MS (10000 + GROUP_SETTLES_MS)

/* What must be kept of its partitions as they were when it was first missed. */
static void miss(struct kafka *k, struct kafka_part *part)
{
    if (k->grouped)
        kafka_group_withhold(k, part);
    if (part->first_newer >= 0 || part->newest_ms == 0)
        return;
    /* Too early for a second look: of the old log at least the first message must have
     * been no later than what was read. Of those after it that is not sure: what is never
     * delivered, the ends of transactions and aborted messages, bears times as well. */
    part->known_ms = part->newest_ms;
    part->first_newer = part->low + 1;
}

static void topic_deleted(struct kafka *k, struct kafka_topic *topic)
{
    int64_t unread = 0;
    for (size_t i = 0; i < k->parts; i++)
        if (k->part[i].topic == topic && k->part[i].reading)
            unread += kafka_part_lag(&k->part[i]) > 0 ? kafka_part_lag(&k->part[i]) : 0;
    k->lost += (uint64_t)unread;
    kafka_say(k, MESSAGE_WARNING,
              "Kafka: topic %s was deleted, %" PRId64 " of its messages unread",
              topic->name, unread);
    if (!k->grouped)
        kafka_topic_drop(k, topic);
    for (size_t i = 0; i < k->parts && k->grouped; i++)
        if (k->part[i].topic == topic) {
            kafka_part_forget(k, &k->part[i]);
            k->part[i].made_again = true; /* whatever still comes is read again then */
        }
}

static void topic_absent(struct kafka *k, struct kafka_topic *topic)
{
    topic->missing++;
    for (size_t i = 0; i < k->parts && topic->missing == 1; i++)
        if (k->part[i].topic == topic)
            miss(k, &k->part[i]);
    if (topic->missing < MISSING_ENOUGH)
        kafka_scout_hurry(k);
    else if (topic->missing == MISSING_ENOUGH && topic->seen)
        topic_deleted(k, topic);
    else if (topic->missing == MISSING_ENOUGH)
        kafka_say(k, MESSAGE_WARNING,
                  "Kafka: topic %s does not exist yet; waiting for it", topic->name);
}

static void topic_present(struct kafka *k, struct kafka_topic *topic, int32_t partitions)
{
    if (topic->missing >= MISSING_ENOUGH)
        kafka_say(k, MESSAGE_INFO, "Kafka: topic %s is there%s", topic->name,
                  topic->seen ? " again, read from its beginning" : "");
    /* Everything in a topic that came later is new, wherever the others were begun. */
    if (topic->missing >= MISSING_ENOUGH && k->range.until != KAFKA_UNTIL_END) {
        topic->resolved = true;
        topic->first_parts = 0;
    }
    if (topic->first_parts < 0)
        topic->first_parts = topic->resolved ? 0 : partitions;
    for (size_t i = 0; i < k->parts && topic->missing >= MISSING_ENOUGH; i++)
        if (k->grouped && k->part[i].topic == topic && k->part[i].reading && topic->seen)
            k->part[i].want_low = true;
    if (!topic->seen) {
        topic->came_late = topic->missing > 0;
        topic->seen_ms = uv_now(k->source.loop);
    }
    topic->missing = 0;
    topic->seen = true;
    topic->trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_topic_forbidden(const struct kafka_topic *topic)
{
    return topic->unreadable ||
           kafka_error_trouble(topic->trouble, NULL) == TROUBLE_FORBIDDEN;
}

static void say_forbidden(struct kafka *k, const struct kafka_topic *topic)
{
    kafka_say(k, MESSAGE_ERROR,
              "Kafka: no permission to read topic %s; ask for READ and DESCRIBE on it",
              topic->name);
}

/* It is known, but fetching from it is refused. */
void kafka_topic_forbid(struct kafka *k, struct kafka_topic *topic)
{
    if (!kafka_topic_forbidden(topic))
        say_forbidden(k, topic);
    topic->unreadable = true;
}

static void topic_troubled(struct kafka *k, struct kafka_topic *topic,
                           rd_kafka_resp_err_t err)
{
    if (topic->trouble != err && kafka_error_trouble(err, NULL) == TROUBLE_FORBIDDEN)
        say_forbidden(k, topic);
    topic->trouble = err;
}

static bool is_absent(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

void kafka_places_topics(struct kafka *k, const struct kafka_topic_sight *sight,
                         size_t count)
{
    size_t before = k->topics;
    for (size_t i = 0; i < count; i++) {
        struct kafka_topic *topic = kafka_topic_find(k, sight[i].name);
        if (sight[i].err && !is_absent(sight[i].err)) {
            if (topic)
                topic_troubled(k, topic, sight[i].err);
            continue;
        }
        if (!sight[i].err && !topic) {
            topic = kafka_topic_add(k, sight[i].name, false);
            topic->resolved = k->settled;
        }
        if (!sight[i].err)
            topic_present(k, topic, sight[i].partitions);
    }
    for (size_t t = 0; t < before; t++) {
        bool there = false;
        for (size_t i = 0; i < count && !there; i++)
            there =
                strcmp(sight[i].name, k->topic[t]->name) == 0 && !is_absent(sight[i].err);
        if (!there)
            topic_absent(k, k->topic[t]);
    }
}

/* Where a partition that is read for the first time begins. */
static int64_t start_of(const struct kafka *k, struct kafka_part *part,
                        const struct kafka_sight *sight)
{
    switch (k->range.from) {
    case KAFKA_FROM_TIME:
        part->early = sight->from_time < 0;
        return part->early ? sight->end : sight->from_time;
    case KAFKA_FROM_END:
        return part->late ? sight->low : sight->end;
    case KAFKA_FROM_LAST:
        if (part->late || sight->end - k->range.from_value < sight->low)
            return sight->low;
        return sight->end - k->range.from_value;
    case KAFKA_FROM_BEGINNING:
        break;
    }
    return sight->low;
}

static bool has_places(const struct kafka *k, const struct kafka_sight *sight)
{
    bool from_time = k->range.from == KAFKA_FROM_TIME;
    return sight->low >= 0 && sight->end >= 0 && (!k->grouped || sight->asked_group) &&
           (!from_time || sight->from_time != RD_KAFKA_OFFSET_INVALID);
}

static void set_bound(struct kafka *k, struct kafka_part *part,
                      const struct kafka_sight *sight)
{
    if (part->stop_at >= 0 || sight->end < 0)
        return;
    if (k->range.until == KAFKA_UNTIL_END)
        part->stop_at = sight->end;
    if (k->range.until == KAFKA_UNTIL_TIME &&
        sight->until_time != RD_KAFKA_OFFSET_INVALID)
        part->stop_at = sight->until_time >= 0 ? sight->until_time : sight->end;
    if (part->stop_at >= 0 && part->next >= part->stop_at && !part->done)
        kafka_part_finish(k, part);
}

/* A topic that was deleted, made again and filled beyond our offset looks like the old
 * one but for this: within one log, the first offset later than a time only ever grows,
 * for what is appended comes behind and what is removed stood before; and it grows with
 * the time. In another log it begins anew: the time is the latest that a message bore
 * before the look before this one, so all of the new log is later, unless the producers'
 * clocks stand behind it. A second look rules out a leader that is not up to date yet. */
static bool is_another_log(struct kafka *k, struct kafka_part *part,
                           const struct kafka_sight *sight)
{
    int64_t first = sight->newer == -1 ? sight->end : sight->newer;
    bool asked = sight->known_ms > 0;
    if (asked && (sight->newer == RD_KAFKA_OFFSET_INVALID || first < 0))
        return false;
    if (asked && first < part->first_newer) {
        kafka_scout_hurry(k);
        return ++part->looks_other >= OTHER_ENOUGH;
    }
    if (asked)
        part->first_newer = first;
    else if (sight->newest_ms > 0)
        kafka_scout_hurry(k);
    part->looks_other = 0;
    if (asked || !part->known_ms)
        part->known_ms = sight->newest_ms;
    return false;
}

/* The offset to go on at: the next one, unless it is not in the log: retention was
 * faster, or it is another log. */
static int64_t place_in_log(struct kafka *k, struct kafka_part *part,
                            const struct kafka_sight *sight)
{
    int64_t from = part->made_again ? sight->end + 1 : part->next;
    int64_t bound =
        part->stop_at >= 0 && part->stop_at < sight->low ? part->stop_at : sight->low;
    if (from >= 0 && from < sight->low) {
        int64_t gone = bound > from ? bound - from : 0;
        k->lost += (uint64_t)gone;
        kafka_say(k, MESSAGE_WARNING,
                  "Kafka: retention removed %" PRId64
                  " messages of %s/%d before they could be "
                  "read; going on at offset %" PRId64,
                  gone, part->topic->name, part->partition, sight->low);
        snprintf(part->note, sizeof part->note, "%" PRId64 " lost to retention", gone);
        return sight->low;
    }
    if (from > sight->end) {
        kafka_say(
            k, MESSAGE_WARNING,
            "Kafka: the log of %s/%d was cut or made again; read from its beginning",
            part->topic->name, part->partition);
        snprintf(part->note, sizeof part->note, "log made again");
        part->end = sight->end;
        kafka_part_forget(k, part);
        return sight->low;
    }
    return from >= 0 ? from : sight->low;
}

static void mend_place(struct kafka *k, struct kafka_part *part,
                       const struct kafka_sight *sight)
{
    if (sight->low < 0 || sight->end < 0) {
        kafka_scout_hurry(k);
        return;
    }
    part->want_low = false;
    int64_t from = place_in_log(k, part, sight);
    if (part->stop_at >= 0 && from >= part->stop_at)
        kafka_part_finish(k, part);
    else
        kafka_part_seek(k, part, from);
}

/* Where the group was, or where reading begins. */
static int64_t start_in_group(struct kafka *k, struct kafka_part *part,
                              const struct kafka_sight *sight)
{
    part->end = sight->end;
    part->committed = sight->committed;
    part->next = sight->committed;
    if (part->ours > sight->end)
        part->ours = -1;
    if (part->next < 0)
        part->next = start_of(k, part, sight);
    /* Where it begins is no play, yet the next member is not to begin somewhere else. */
    if (sight->committed < 0 && k->range.from != KAFKA_FROM_BEGINNING)
        part->counted = part->next;
    return place_in_log(k, part, sight);
}

static void begin(struct kafka *k, struct kafka_part *part,
                  const struct kafka_sight *sight)
{
    if (!has_places(k, sight)) {
        part->want_start = true;
        kafka_scout_hurry(k);
        return;
    }
    part->want_start = false;
    if (k->range.until == KAFKA_UNTIL_END && part->late && !k->grouped)
        part->stop_at = sight->low; /* it came after the end that was asked for */
    set_bound(k, part, sight);
    int64_t from = k->grouped ? start_in_group(k, part, sight) : start_of(k, part, sight);
    kafka_scout_hurry(k);
    if (part->reading)
        kafka_part_seek(k, part, from);
    else
        kafka_part_start(k, part, from);
}

/* A partition that the group is giving us: librdkafka waits to be told its place. */
static void begin_assigned(struct kafka *k, struct kafka_part *part,
                           const struct kafka_sight *sight)
{
    if (!has_places(k, sight)) {
        kafka_scout_hurry(k);
        return;
    }
    part->want_start = false;
    part->next = start_in_group(k, part, sight);
    set_bound(k, part, sight);
}

/* A watermark from before the question that is beyond the answer: there are transactions,
 * and one was open. */
static void see_end(struct kafka_part *part, const struct kafka_sight *sight)
{
    if (sight->end < 0)
        return;
    if (sight->high >= 0) {
        part->high_is_end = sight->end >= sight->high;
        part->transactional = part->transactional || !part->high_is_end;
    }
    if (part->transactional || sight->end > part->end)
        part->end = sight->end > part->next ? sight->end : part->next;
}

void kafka_places_part(struct kafka *k, const struct kafka_sight *sight)
{
    struct kafka_part *part = kafka_part_find(k, sight->topic, sight->partition);
    struct kafka_topic *topic = kafka_topic_find(k, sight->topic);
    if (!topic || (!part && k->grouped))
        return;
    if (!part) {
        part = kafka_part_add(k, topic, sight->partition);
        part->late = topic->resolved;
    }
    if (k->grouped)
        part->late = topic->first_parts >= 0 && sight->partition >= topic->first_parts;
    part->gone = false;
    part->headless = sight->leader < 0;
    part->silent =
        sight->silent && part->messages == sight->messages && !kafka_is_throttled(k);
    part->leader = sight->leader;
    if (sight->leader < 0)
        return;
    if (sight->low >= 0)
        part->low = sight->low;
    see_end(part, sight);
    if (part->reading)
        set_bound(k, part, sight);
    if (part->revoking)
        return;
    if (part->reading && !part->done && !part->want_low && is_another_log(k, part, sight))
        part->made_again = part->want_low = true; /* mended with the next sight */
    if (k->assigning && part->want_start && sight->want_start)
        begin_assigned(k, part, sight);
    else if (part->want_low && (k->assigning || k->revoked))
        kafka_scout_hurry(k); /* when the group has settled */
    else if (part->want_low && part->reading && part->next >= 0)
        mend_place(k, part, sight);
    else if (!k->assigning && !k->revoked && sight->want_start && !part->done &&
             (part->want_start || !part->reading))
        begin(k, part, sight);
}

/* From here on a topic that fits a pattern is a new one. Where an end was asked for, the
 * first answer that holds any topic is when reading began. */
void kafka_places_settle(struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++)
        if (k->topic[i]->seen)
            k->topic[i]->resolved = k->settled = true;
    if (k->range.until != KAFKA_UNTIL_END)
        k->settled = true;
    if (k->grouped)
        kafka_group_places(k);
}

/* A right may have been given a moment ago, and not be known to all brokers yet. */
static bool is_given_up(const struct kafka *k, const struct kafka_topic *topic)
{
    return kafka_topic_forbidden(topic) &&
           uv_now(k->source.loop) - k->started_ms > FORBIDDEN_FOR_MS;
}

static bool is_shared_out(const struct kafka *k, const struct kafka_topic *topic)
{
    for (size_t i = 0; i < k->parts; i++)
        if (k->part[i].topic == topic && k->part[i].reading)
            return true;
    return uv_now(k->source.loop) - topic->seen_ms > GROUP_LEARNS_MS;
}

/* A topic that came late is still to be given to somebody. */
bool kafka_places_group_learns(const struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++)
        if (k->topic[i]->came_late && !is_shared_out(k, k->topic[i]))
            return true;
    return false;
}

/* Every topic that was asked for by name has been there. */
static bool topics_done(const struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++) {
        const struct kafka_topic *topic = k->topic[i];
        if (is_given_up(k, topic))
            continue;
        if (!k->grouped && !topic->resolved)
            return false;
        if (k->grouped && topic->named &&
            (!topic->seen || (topic->came_late && !is_shared_out(k, topic))))
            return false;
    }
    return true;
}

/* Then a group has nothing to give. */
static bool is_all_given_up(const struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++)
        if (!is_given_up(k, k->topic[i]))
            return false;
    return k->patterns == 0;
}

/* With a bound, everything that was asked for has been read. A member of a group without
 * partitions waits a while for the group to settle. */
bool kafka_places_done(const struct kafka *k)
{
    size_t assigned = 0;
    if (k->range.until == KAFKA_UNTIL_NEVER || k->topics == 0 || k->revoked ||
        k->assigning || !topics_done(k))
        return false;
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *part = &k->part[i];
        if (k->grouped && !part->reading)
            continue;
        if (!part->done && !is_given_up(k, part->topic))
            return false;
        assigned++;
    }
    return !k->grouped || is_all_given_up(k) ||
           (k->assigned_once &&
            (assigned > 0 || uv_now(k->source.loop) - k->assigned_ms > GROUP_SETTLES_MS));
}
