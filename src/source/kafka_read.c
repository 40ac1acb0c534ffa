/* Messages into blocks. One turn of the loop reads a bounded amount and then gives the
 * loop back; when the sink has no room the messages in hand wait, and librdkafka stops
 * fetching by itself as its queue fills up. */
#include "kafka.h"

#define TURN_BYTES (4u << 20)
#define QUEUE_IS_LONG 16

static void push(struct kafka *k)
{
    struct block *block = k->block;
    k->block = NULL;
    if (block->len == 0) {
        sink_return(k->source.sink, block);
        return;
    }
    block->stream = 0;
    block->mark = k->grouped ? kafka_group_claim(k) : 0;
    sink_push(k->source.sink, block);
}

void kafka_flush(struct kafka *k)
{
    if (k->block)
        push(k);
}

/* A block with room for `bytes` more; false: the sink has none. */
static bool make_room(struct kafka *k, size_t bytes)
{
    if (k->block && k->block->len + bytes > k->block->cap && k->block->len > 0)
        push(k);
    if (!k->block) {
        k->block = sink_room(k->source.sink);
        if (!k->block)
            return false;
        k->block->len = 0;
    }
    if (bytes > k->block->cap)
        block_reserve(k->block, bytes);
    return true;
}

/* Each value ends its own line: a value that ends in one does not make a blank line, an
 * empty one does. */
static void copy_value(struct block *block, const char *value, size_t len)
{
    if (len)
        memcpy(block->data + block->len, value, len);
    block->len += len;
    if (len == 0 || value[len - 1] != '\n')
        block->data[block->len++] = '\n';
}

static void note_position_trouble(struct kafka *k, struct kafka_part *part,
                                  const rd_kafka_message_t *message)
{
    if (part->next < 0 && message->offset >= 0)
        part->next = message->offset;
    if (part->next >= 0)
        part->want_low = true;
    else
        part->want_start = true;
    kafka_scout_hurry(k);
}

/* A group's member hears of a topic that it may not read without any of its partitions.
 */
static struct kafka_topic *topic_of(struct kafka *k, const struct kafka_part *part,
                                    const rd_kafka_message_t *message)
{
    if (part || !message->rkt)
        return part ? part->topic : NULL;
    return kafka_topic_find(k, rd_kafka_topic_name(message->rkt));
}

static void take_error(struct kafka *k, struct kafka_part *part,
                       const rd_kafka_message_t *message)
{
    const char *detail = rd_kafka_message_errstr(message);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (part && part->reading && !part->revoking && !part->made_again) {
            kafka_part_advance(k, part, message->offset);
            part->topic->unreadable = false;
            if (k->grouped && part->next > part->counted)
                kafka_group_touch(k, part);
        }
        return;
    }
    enum kafka_trouble trouble = kafka_error_trouble(message->err, detail);
    if (part && trouble == TROUBLE_POSITION) {
        note_position_trouble(k, part, message);
        return;
    }
    if (part) {
        char sentence[200];
        kafka_error_sentence(message->err, detail, sentence, sizeof sentence);
        size_t n = strnlen(sentence, sizeof part->note - 1);
        memcpy(part->note, sentence, n);
        part->note[n] = '\0';
    }
    if (trouble == TROUBLE_TOPIC)
        kafka_scout_hurry(k);
    struct kafka_topic *topic = topic_of(k, part, message);
    if (topic && message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        kafka_topic_forbid(k, topic);
    else
        kafka_trouble(k, message->err, detail);
}

static bool is_beyond(struct kafka *k, struct kafka_part *part,
                      const rd_kafka_message_t *message, int64_t ms)
{
    if (part->stop_at < 0 && k->range.until == KAFKA_UNTIL_TIME &&
        ms >= k->range.until_ms)
        part->stop_at = message->offset;
    if (part->stop_at < 0 || message->offset < part->stop_at)
        return false;
    kafka_part_finish(k, part);
    return true;
}

/* Of a time before the one that reading begins at, which may be still to come; or counted
 * before its partition was lost and came back. */
static bool is_passed_over(const struct kafka *k, struct kafka_part *part,
                           const rd_kafka_message_t *message, int64_t ms)
{
    part->early = part->early && ms >= 0 && ms < k->range.from_value;
    return part->early || message->offset < part->ours;
}

/* Of all that may take this log's place, its first message tells it from the moment it
 * was read: see is_another_log in kafka_places.c. */
static void note_time(struct kafka_part *part, int64_t offset, int64_t ms)
{
    if (ms > part->newest_ms)
        part->newest_ms = ms;
    if (offset != part->low || part->first_newer >= 0 || part->known_ms || ms <= 0)
        return;
    part->known_ms = ms;
    part->first_newer = offset + 1;
}

/* False: no room, the message is to be offered again. */
static bool take(struct kafka *k, const rd_kafka_message_t *message)
{
    struct kafka_part *part = kafka_part_of(k, message);
    if (message->err) {
        take_error(k, part, message);
        return true;
    }
    if (!part || !part->reading || part->revoking || part->done || part->made_again ||
        k->ended)
        return true;
    if (message->offset < part->next)
        return true; /* fetched again as the partition was taken up anew */
    int64_t ms = rd_kafka_message_timestamp(message, NULL);
    if (is_beyond(k, part, message, ms))
        return true;
    if (is_passed_over(k, part, message, ms)) {
        kafka_part_advance(k, part, message->offset + 1);
        if (k->grouped)
            kafka_group_touch(k, part);
        return true;
    }
    if (message->payload) {
        if (!make_room(k, message->len + 1))
            return false;
        copy_value(k->block, message->payload, message->len);
    } else {
        k->tombstones++;
    }
    part->topic->unreadable = false;
    k->bytes += message->len;
    k->messages++;
    part->messages++;
    if (message->payload && kafka_course_is_due(part))
        kafka_course_look(k, part, message);
    note_time(part, message->offset, ms);
    kafka_part_advance(k, part, message->offset + 1);
    if (k->grouped)
        kafka_group_touch(k, part);
    return true;
}

/* Has all that is to be read come, with what waits in the queue? */
static bool all_is_here(const struct kafka *k, size_t queued)
{
    int64_t missing = 0;
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *part = &k->part[i];
        if (!part->reading || part->done)
            continue;
        if (part->stop_at < 0)
            return false;
        missing += part->stop_at - part->next;
    }
    return missing <= (int64_t)(queued + k->message_count);
}

/* The queue has been drained by half: fetching is to go on if it dozes. A queue that was
 * never long belongs to a reader that has caught up; and one who has all it reads would
 * wait on leaving for an answer that comes behind that to a fetch in vain. */
static void keep_fetching(struct kafka *k)
{
    size_t length = rd_kafka_queue_length(k->queue);
    if (length > k->queue_peak)
        k->queue_peak = length;
    if (k->queue_peak < QUEUE_IS_LONG || length > k->queue_peak / 2 || k->job ||
        all_is_here(k, length))
        return;
    k->queue_peak = length;
    kafka_scout_nudge(k);
}

/* Messages have come: the brokers are there, unless all of these were here already when
 * they went. */
static void note_flow(struct kafka *k, size_t n)
{
    bool fresh = n > k->stale;
    k->stale -= fresh ? k->stale : n;
    rd_kafka_resp_err_t last = k->message[n - 1]->err;
    if (fresh && k->down && (!last || last == RD_KAFKA_RESP_ERR__PARTITION_EOF))
        kafka_set_up(k);
}

static bool refill(struct kafka *k)
{
    ssize_t n = rd_kafka_consume_batch_queue(k->queue, 0, k->message, KAFKA_BATCH);
    k->message_at = 0;
    k->message_count = n > 0 ? (size_t)n : 0;
    if (k->fetch_dozes)
        keep_fetching(k);
    /* Handles may have come and gone since the last batch. */
    k->last_handle = NULL;
    if (n > 0)
        note_flow(k, (size_t)n);
    return n > 0;
}

void kafka_read(struct kafka *k)
{
    uint64_t until = k->bytes + TURN_BYTES;
    for (size_t batches = 0; k->bytes < until && batches < 16; batches++) {
        if (k->message_at == k->message_count && !refill(k)) {
            kafka_flush(k);
            return;
        }
        while (k->message_at < k->message_count) {
            if (!take(k, k->message[k->message_at]))
                return;
            rd_kafka_message_destroy(k->message[k->message_at++]);
        }
    }
    uv_async_send(&k->wake); /* there is more: after the other events of the loop */
}
