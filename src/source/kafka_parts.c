/* Topics and partitions: which are read, and how far. Entries are never removed while the
 * source lives, so that an index stays good; what is gone is marked as not being read. So
 * memory grows by some 800 bytes for each partition that a pattern has ever found. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

struct kafka_topic *kafka_topic_find(struct kafka *k, const char *name)
{
    for (size_t i = 0; i < k->topics; i++)
        if (strcmp(k->topic[i]->name, name) == 0)
            return k->topic[i];
    return NULL;
}

struct kafka_topic *kafka_topic_add(struct kafka *k, const char *name, bool named)
{
    struct kafka_topic *topic = mem_zalloc(sizeof *topic);
    topic->name = mem_strdup(name);
    topic->named = named;
    topic->first_parts = -1;
    /* Also what makes the scout's requests name the topic. */
    if (k->rk)
        topic->handle = rd_kafka_topic_new(k->rk, name, NULL);
    k->topic =
        mem_grow(k->topic, &k->topic_cap, k->topics + 1, sizeof(struct kafka_topic *));
    k->topic[k->topics++] = topic;
    return topic;
}

bool kafka_topic_is_internal(const char *name)
{
    return strncmp(name + (*name == '^'), "__", 2) == 0;
}

/* A pattern does not reach Kafka's own topics unless it says so. */
bool kafka_topic_wanted(const struct kafka *k, const char *name)
{
    for (size_t i = 0; i < k->patterns; i++) {
        if (kafka_topic_is_internal(name) && !kafka_topic_is_internal(k->pattern_text[i]))
            continue;
        if (regexec(&k->pattern[i], name, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

struct kafka_part *kafka_part_find(struct kafka *k, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < k->parts; i++)
        if (k->part[i].partition == partition &&
            strcmp(k->part[i].topic->name, topic) == 0)
            return &k->part[i];
    return NULL;
}

struct kafka_part *kafka_part_add(struct kafka *k, struct kafka_topic *topic,
                                  int32_t partition)
{
    k->part = mem_grow(k->part, &k->part_cap, k->parts + 1, sizeof *k->part);
    struct kafka_part *part = &k->part[k->parts++];
    memset(part, 0, sizeof *part);
    part->topic = topic;
    part->partition = partition;
    part->leader = -1;
    part->next = part->low = part->end = part->end_then = part->stop_at = -1;
    part->counted = part->stored = part->committed = part->ours = -1;
    part->confirmed = part->first_newer = -1;
    return part;
}

/* Messages come in runs of one partition, so the last answer is nearly always the next.
 */
struct kafka_part *kafka_part_of(struct kafka *k, const rd_kafka_message_t *message)
{
    if (!message->rkt)
        return NULL;
    if (k->last_handle == message->rkt && k->last_partition == message->partition)
        return &k->part[k->last_part];
    struct kafka_part *part =
        kafka_part_find(k, rd_kafka_topic_name(message->rkt), message->partition);
    if (part) {
        k->last_handle = message->rkt;
        k->last_partition = message->partition;
        k->last_part = (size_t)(part - k->part);
    }
    return part;
}

void kafka_part_start(struct kafka *k, struct kafka_part *part, int64_t offset)
{
    part->next = offset;
    part->note[0] = '\0';
    part->done = part->stop_at >= 0 && offset >= part->stop_at;
    if (part->done)
        return;
    if (rd_kafka_consume_start_queue(part->topic->handle, part->partition, offset,
                                     k->queue) < 0)
        kafka_trouble(k, rd_kafka_last_error(), "a partition cannot be read");
    else
        part->reading = true;
}

void kafka_part_seek(struct kafka *k, struct kafka_part *part, int64_t offset)
{
    part->next = offset;
    if (!k->grouped) {
        /* Stopping and starting also mends a partition whose topic was made again. */
        if (part->reading)
            rd_kafka_consume_stop(part->topic->handle, part->partition);
        part->reading = false;
        kafka_part_start(k, part, offset);
        return;
    }
    kafka_group_replace(k, part, offset);
}

int64_t kafka_part_high(struct kafka *k, const struct kafka_part *part)
{
    int64_t low, high;
    if (rd_kafka_get_watermark_offsets(k->rk, part->topic->name, part->partition, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    return high >= 0 ? high : -1;
}

/* Nothing more is wanted of it: the broker is not asked for what would be thrown away. */
void kafka_part_finish(struct kafka *k, struct kafka_part *part)
{
    part->done = true;
    if (!part->reading)
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, part->topic->name, part->partition);
    rd_kafka_pause_partitions(k->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_part_advance(struct kafka *k, struct kafka_part *part, int64_t next)
{
    if (next > part->next)
        part->next = next;
    if (!k->assigning) /* librdkafka has begun by itself, where the group was */
        part->want_start = false;
    part->silent = false;
    if (part->next > part->end)
        part->end = part->next;
    if (part->stop_at >= 0 && part->next >= part->stop_at && !part->done)
        kafka_part_finish(k, part);
}

/* What is known of the log that was read; another takes its place. */
void kafka_part_forget(struct kafka *k, struct kafka_part *part)
{
    if (k->grouped) {
        kafka_group_withhold(k, part);
        part->counted = part->committed = -1;
        part->epoch++;
    }
    kafka_course_forget(part);
    part->newest_ms = part->known_ms = 0;
    part->first_newer = part->ours = -1;
    part->looks_other = 0;
    part->made_again = part->high_is_end = part->transactional = false;
}

/* The topic is gone; its partitions may come back as others of the same name. */
void kafka_topic_drop(struct kafka *k, struct kafka_topic *topic)
{
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        if (part->topic != topic)
            continue;
        if (part->reading)
            rd_kafka_consume_stop(topic->handle, part->partition);
        part->reading = false;
        part->late = part->gone = true;
        part->silent = false;
        part->leader = -1;
        part->done = part->stop_at >= 0;
        part->next = part->low = part->end = part->end_then = -1;
        kafka_part_forget(k, part);
        snprintf(part->note, sizeof part->note, "deleted");
    }
}

void kafka_parts_free(struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++) {
        if (k->topic[i]->handle)
            rd_kafka_topic_destroy(k->topic[i]->handle);
        free(k->topic[i]->name);
        free(k->topic[i]);
    }
    for (size_t i = 0; i < k->patterns; i++)
        regfree(&k->pattern[i]);
    free(k->pattern);
    free(k->pattern_text);
    free(k->topic);
    free(k->part);
    free(k->row);
}
