/* Membership of a consumer group. Only what the sink has counted is committed, and a
 * partition is given away only after what we read of it has been counted and committed:
 * its next reader begins exactly where we ended, so that over all members no play is lost
 * or counted twice.
 *
 * The rebalance callback may return before the partitions are given back: librdkafka
 * waits for the (un)assign call, up to max.poll.interval.ms. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

/* A commit that meets a cooperative rebalance under way comes with an old generation, and
 * then librdkafka (2.0 to 2.3 at least) declares all partitions lost; so these commits
 * are rare. An eager member commits before it joins again and never meets one. */
#define COMMIT_EVERY_MS 1000
#define COMMIT_COOPERATIVE_EVERY_MS 30000
#define LEAVE_MS 3000

void kafka_group_touch(struct kafka *k, struct kafka_part *part)
{
    size_t index = (size_t)(part - k->part);
    for (size_t i = k->claims; i-- > 0;)
        if (k->claim[i].part == index) {
            k->claim[i].next = part->next;
            return;
        }
    k->claim = mem_grow(k->claim, &k->claim_cap, k->claims + 1, sizeof *k->claim);
    k->claim[k->claims++] = (struct kafka_claim){index, part->epoch, part->next};
}

uint64_t kafka_group_claim(struct kafka *k)
{
    struct kafka_mark mark = {.mark = ++k->last_mark, .claims = k->claims};
    if (k->claims) {
        mark.claim = mem_alloc(k->claims * sizeof *mark.claim);
        memcpy(mark.claim, k->claim, k->claims * sizeof *mark.claim);
    }
    k->claims = 0;
    k->mark = mem_grow(k->mark, &k->mark_cap, k->marks + 1, sizeof *k->mark);
    k->mark[k->marks++] = mark;
    return mark.mark;
}

static void redeem(struct kafka *k, struct kafka_mark *mark)
{
    for (size_t i = 0; i < mark->claims; i++) {
        struct kafka_part *part = &k->part[mark->claim[i].part];
        if (part->epoch == mark->claim[i].epoch && mark->claim[i].next > part->counted)
            part->counted = mark->claim[i].next;
    }
    free(mark->claim);
}

/* The sink counts blocks in the order it was given them: a mark stands for all before it.
 */
void kafka_group_counted(struct kafka *k, uint64_t number)
{
    size_t done = 0;
    while (done < k->marks && k->mark[done].mark <= number)
        redeem(k, &k->mark[done++]);
    if (done == 0)
        return;
    k->marks -= done;
    memmove(k->mark, k->mark + done, k->marks * sizeof *k->mark);
    if (k->revoked)
        uv_async_send(&k->wake);
}

/* What may be committed and is not yet; NULL when nothing. */
static rd_kafka_topic_partition_list_t *uncommitted(struct kafka *k, bool revoking_only)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        if (!part->reading || part->counted <= part->committed ||
            (revoking_only && !part->revoking))
            continue;
        if (!list)
            list = rd_kafka_topic_partition_list_new((int)k->parts);
        rd_kafka_topic_partition_list_add(list, part->topic->name, part->partition)
            ->offset = part->counted;
        part->committed = part->counted;
    }
    return list;
}

static void committed(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                      rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka *k = opaque;
    (void)rk;
    if (!err || err == RD_KAFKA_RESP_ERR__NO_OFFSET || !list)
        return;
    for (int i = 0; i < list->cnt; i++) { /* try these again */
        struct kafka_part *part =
            kafka_part_find(k, list->elems[i].topic, list->elems[i].partition);
        if (part && part->committed == list->elems[i].offset)
            part->committed = -1;
    }
    char sentence[200];
    kafka_error_sentence(err, NULL, sentence, sizeof sentence);
    kafka_say(k, MESSAGE_WARNING, "Kafka: positions could not be committed: %s",
              sentence);
}

static bool is_cooperative(const struct kafka *k)
{
    return strcmp(rd_kafka_rebalance_protocol(k->rk), "COOPERATIVE") == 0;
}

static uint64_t commit_due(const struct kafka *k)
{
    uint64_t wait_ms = is_cooperative(k) ? COMMIT_COOPERATIVE_EVERY_MS : COMMIT_EVERY_MS;
    return uv_now(k->source.loop) + wait_ms;
}

static void report(struct kafka *k, rd_kafka_error_t *failed)
{
    if (!failed)
        return;
    kafka_trouble(k, rd_kafka_error_code(failed), rd_kafka_error_string(failed));
    rd_kafka_error_destroy(failed);
}

/* Goes on at another offset. A seek would not wake a partition that has no place in its
 * log, so it is taken up anew; the others of an eager group go on where they are. */
void kafka_group_replace(struct kafka *k, struct kafka_part *part, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    part->next = offset;
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *p = &k->part[i];
        if (p->reading && (p == part || !is_cooperative(k)))
            rd_kafka_topic_partition_list_add(list, p->topic->name, p->partition)
                ->offset = p->next >= 0 ? p->next : RD_KAFKA_OFFSET_INVALID;
    }
    if (is_cooperative(k)) {
        report(k, rd_kafka_incremental_unassign(k->rk, list));
        report(k, rd_kafka_incremental_assign(k->rk, list));
    } else {
        rd_kafka_assign(k->rk, list);
    }
    rd_kafka_topic_partition_list_destroy(list);
}

static void give_back(struct kafka *k)
{
    rd_kafka_topic_partition_list_t *list = k->revoked;
    k->revoked = NULL;
    k->revoke_committing = false;
    if (is_cooperative(k))
        report(k, rd_kafka_incremental_unassign(k->rk, list));
    else
        rd_kafka_assign(k->rk, NULL);
    for (int i = 0; i < list->cnt; i++) {
        struct kafka_part *part =
            kafka_part_find(k, list->elems[i].topic, list->elems[i].partition);
        if (part)
            part->reading = part->revoking = false;
    }
    rd_kafka_topic_partition_list_destroy(list);
    k->assigned_ms = uv_now(k->source.loop);
}

static void committed_before_leaving(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                                     rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka *k = opaque;
    committed(rk, err, list, opaque);
    if (k->revoked)
        give_back(k);
}

static void finish_revoke(struct kafka *k)
{
    if (!k->revoked || k->revoke_committing)
        return;
    if (k->marks && k->mark[0].mark <= k->revoked_mark)
        return; /* still being counted */
    rd_kafka_topic_partition_list_t *list = uncommitted(k, true);
    if (!list) {
        give_back(k);
        return;
    }
    k->revoke_committing = true;
    rd_kafka_resp_err_t err =
        rd_kafka_commit_queue(k->rk, list, k->main_queue, committed_before_leaving, k);
    rd_kafka_topic_partition_list_destroy(list);
    if (err)
        committed_before_leaving(k->rk, err, NULL, k);
}

static void hand_over(struct kafka *k, const rd_kafka_topic_partition_list_t *parts)
{
    bool lost = rd_kafka_assignment_lost(k->rk);
    for (int i = 0; i < parts->cnt; i++) {
        struct kafka_part *part =
            kafka_part_find(k, parts->elems[i].topic, parts->elems[i].partition);
        if (part)
            part->revoking = true;
        if (part && lost)
            part->epoch++; /* what is being counted is another member's by now */
    }
    if (!k->stopping)
        kafka_flush(k);
    k->revoked = rd_kafka_topic_partition_list_copy(parts);
    k->revoked_mark = k->last_mark;
    if (lost)
        kafka_say(k, MESSAGE_WARNING,
                  "Kafka: the group gave our partitions to others before "
                  "their positions were committed; some plays may count "
                  "in both");
    if (lost || k->stopping)
        give_back(k);
    else
        finish_revoke(k);
}

/* A partition that was read to its bound stays paused, even when it comes back. */
static void resume(struct kafka *k, const rd_kafka_topic_partition_list_t *parts)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_copy(parts);
    rd_kafka_resume_partitions(k->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

static void assign(struct kafka *k, const rd_kafka_topic_partition_list_t *parts)
{
    for (int i = 0; i < parts->cnt; i++) {
        const char *name = parts->elems[i].topic;
        struct kafka_topic *topic = kafka_topic_find(k, name);
        if (!topic)
            topic = kafka_topic_add(k, name, false);
        topic->seen = true;
        struct kafka_part *part = kafka_part_find(k, name, parts->elems[i].partition);
        if (!part)
            part = kafka_part_add(k, topic, parts->elems[i].partition);
        part->epoch++;
        part->reading = true;
        part->revoking = part->done = part->want_start = part->want_low = false;
        part->next = part->stop_at = part->counted = part->committed = -1;
        part->note[0] = '\0';
    }
    if (is_cooperative(k))
        report(k, rd_kafka_incremental_assign(k->rk, parts));
    else
        rd_kafka_assign(k->rk, parts);
    resume(k, parts);
    k->assigned_once = true;
    k->commit_due_ms = commit_due(k);
    k->assigned_ms = uv_now(k->source.loop);
    kafka_scout_hurry(k);
}

void kafka_group_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                           rd_kafka_topic_partition_list_t *parts, void *opaque)
{
    struct kafka *k = opaque;
    (void)rk;
    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        assign(k, parts);
    } else if (err == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
        hand_over(k, parts);
    } else {
        kafka_trouble(k, err, NULL);
        rd_kafka_assign(k->rk, NULL);
    }
}

int kafka_group_join(struct kafka *k, char *error, size_t size)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    for (size_t i = 0; i < k->topics; i++)
        rd_kafka_topic_partition_list_add(list, k->topic[i]->name, RD_KAFKA_PARTITION_UA);
    for (size_t i = 0; i < k->patterns; i++)
        rd_kafka_topic_partition_list_add(list, k->pattern_text[i],
                                          RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t err = rd_kafka_subscribe(k->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (!err)
        return 0;
    snprintf(error, size, "Kafka: cannot subscribe: %s", rd_kafka_err2str(err));
    return -1;
}

void kafka_group_tick(struct kafka *k)
{
    finish_revoke(k);
    if (uv_now(k->source.loop) < k->commit_due_ms)
        return;
    k->commit_due_ms = commit_due(k);
    rd_kafka_topic_partition_list_t *list = uncommitted(k, false);
    if (!list)
        return;
    rd_kafka_commit_queue(k->rk, list, k->main_queue, committed, k);
    rd_kafka_topic_partition_list_destroy(list);
}

/* Commits what has been counted, gives the partitions back and says goodbye, so that the
 * others take over at once and not after a session's timeout. */
void kafka_group_leave(struct kafka *k)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(k->rk);
    rd_kafka_topic_partition_list_t *list = uncommitted(k, false);
    if (list) {
        rd_kafka_commit_queue(k->rk, list, queue, NULL, NULL);
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, LEAVE_MS);
        if (!event || rd_kafka_event_error(event))
            kafka_say(
                k, MESSAGE_WARNING,
                "Kafka: the last positions could not be committed; the group will read "
                "some messages again");
        if (event)
            rd_kafka_event_destroy(event);
        rd_kafka_topic_partition_list_destroy(list);
    }
    rd_kafka_queue_destroy(queue);
    if (k->revoked)
        give_back(k);
    rd_kafka_consumer_close(k->rk);
}

void kafka_group_free(struct kafka *k)
{
    for (size_t i = 0; i < k->marks; i++)
        free(k->mark[i].claim);
    free(k->mark);
    free(k->claim);
    if (k->revoked)
        rd_kafka_topic_partition_list_destroy(k->revoked);
}
