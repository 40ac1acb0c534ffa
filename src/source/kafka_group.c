/* Membership of a consumer group. Only what the sink has counted is committed, and a
 * partition is given away only after what we read of it has been counted and committed:
 * its next reader begins exactly where we ended, so that over all members no play is lost
 * or counted twice.
 *
 * Counted positions are stored with librdkafka, which commits them every half second, but
 * only between rebalances, and when a partition is taken away. A commit of our own could
 * meet a rebalance under way: it would come with an old generation, be refused, and cost
 * us all partitions together with what was counted of them.
 *
 * The rebalance callback may return before the partitions are taken up or given back:
 * librdkafka waits for the (un)assign call, up to max.poll.interval.ms. We take them up
 * with places found by the scout, for an assignment that is changed later may be taken
 * for the answer to a rebalance that is on its way to us. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

#define LEAVE_MS 8000 /* for the last commit: a rebalance may have to end before */
#define LEAVE_DOWN_MS 1000
#define GOODBYE_MS 1000
#define GOODBYE_SILENT_MS 300 /* it may be slow and not gone */
#define SERVE_MS 20
#define PLACES_MS 5000
#define PUSH_MS 2000 /* a commit takes less */

void kafka_group_touch(struct kafka *k, struct kafka_part *part)
{
    size_t index = (size_t)(part - k->part);
    for (size_t i = k->claims; i-- > 0;)
        if (k->claim[i].part == index && k->claim[i].epoch == part->epoch) {
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

static void redeem(struct kafka *k, const struct kafka_claim *claim, size_t claims)
{
    for (size_t i = 0; i < claims; i++) {
        struct kafka_part *part = &k->part[claim[i].part];
        if (part->epoch == claim[i].epoch && claim[i].next > part->counted)
            part->counted = claim[i].next;
    }
}

/* The sink counts blocks in the order it was given them: a mark stands for all before it.
 */
void kafka_group_counted(struct kafka *k, uint64_t number)
{
    size_t done = 0;
    for (; done < k->marks && k->mark[done].mark <= number; done++) {
        redeem(k, k->mark[done].claim, k->mark[done].claims);
        free(k->mark[done].claim);
    }
    if (done == 0)
        return;
    k->marks -= done;
    memmove(k->mark, k->mark + done, k->marks * sizeof *k->mark);
    if (k->revoked)
        uv_async_send(&k->wake);
}

/* Hands what has been counted to librdkafka, which commits it when it may. */
static void store(struct kafka *k)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    /* Tombstones and ends of transactions need no block to be counted. */
    if (k->claims && !k->block && k->marks == 0) {
        redeem(k, k->claim, k->claims);
        k->claims = 0;
    }
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        if (!part->reading || part->topic->missing || part->counted <= part->stored)
            continue;
        if (!list)
            list = rd_kafka_topic_partition_list_new((int)k->parts);
        rd_kafka_topic_partition_list_add(list, part->topic->name, part->partition)
            ->offset = part->counted;
        part->stored = part->counted;
    }
    if (!list)
        return;
    rd_kafka_offsets_store(k->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

/* Nothing of it is to be committed that was not counted from now on: a position of a
 * topic that is gone would be the wrong one in another of the same name. */
void kafka_group_withhold(struct kafka *k, struct kafka_part *part)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, part->topic->name, part->partition)->offset =
        RD_KAFKA_OFFSET_INVALID;
    rd_kafka_offsets_store(k->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    part->stored = -1;
}

static bool is_uncommitted(const struct kafka *k)
{
    for (size_t i = 0; i < k->parts; i++)
        if (k->part[i].counted > k->part[i].committed)
            return true;
    return false;
}

/* librdkafka tries again by itself, unless the partition is not ours any more. */
void kafka_group_committed(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                           rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka *k = opaque;
    bool failed = false;
    (void)rk;
    for (int i = 0; list && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        struct kafka_part *part = kafka_part_find(k, p->topic, p->partition);
        if (!part || p->offset < 0)
            continue;
        if (!err && !p->err) {
            part->committed = part->confirmed = p->offset;
        } else if (!part->reading) {
            failed = true;
            part->counted = part->committed;
        }
    }
    if (!failed)
        return;
    char sentence[200];
    kafka_error_sentence(err, NULL, sentence, sizeof sentence);
    kafka_say(k, MESSAGE_WARNING,
              "Kafka: our last positions could not be committed (%s); the group's next "
              "reader may count some plays again",
              sentence);
}

/* librdkafka asks its thread for the group, which may be gone when we leave: then there
 * is no answer, and what it said last holds. */
static bool is_cooperative(struct kafka *k)
{
    const char *protocol = rd_kafka_rebalance_protocol(k->rk);
    if (protocol)
        k->cooperative = strcmp(protocol, "COOPERATIVE") == 0;
    return k->cooperative;
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
    part->next = offset;
    if (k->revoked || k->assigning)
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *p = &k->part[i];
        if (!p->reading || (p != part && is_cooperative(k)))
            continue;
        rd_kafka_topic_partition_list_add(list, p->topic->name, p->partition)->offset =
            p->next >= 0 ? p->next : RD_KAFKA_OFFSET_INVALID;
        p->stored = -1; /* committed now and forgotten, were it in vain */
    }
    if (is_cooperative(k)) {
        report(k, rd_kafka_incremental_unassign(k->rk, list));
        report(k, rd_kafka_incremental_assign(k->rk, list));
    } else {
        rd_kafka_assign(k->rk, list);
    }
    rd_kafka_topic_partition_list_destroy(list);
}

/* After a cooperative rebalance: what we kept goes on where we are. librdkafka stops
 * fetching meanwhile, and (2.8, not 2.0.2) may go on one message too far where the last
 * thing it told us was that a partition had ended. `fresh` begins by itself. */
static void go_on(struct kafka *k, const rd_kafka_topic_partition_list_t *fresh)
{
    if (!is_cooperative(k))
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *part = &k->part[i];
        const char *name = part->topic->name;
        bool ours = part->reading && !part->revoking && !part->done && part->next >= 0;
        if (ours &&
            !(fresh && rd_kafka_topic_partition_list_find(fresh, name, part->partition)))
            rd_kafka_topic_partition_list_add(list, name, part->partition)->offset =
                part->next;
    }
    rd_kafka_error_t *failed =
        list->cnt ? rd_kafka_seek_partitions(k->rk, list, 0) : NULL;
    if (failed)
        rd_kafka_error_destroy(failed);
    rd_kafka_topic_partition_list_destroy(list);
}

/* The partitions go, and with them what is committed of them. */
static void give_back(struct kafka *k, bool lost)
{
    rd_kafka_topic_partition_list_t *list = k->revoked;
    k->revoked = NULL;
    store(k);
    if (is_cooperative(k))
        report(k, rd_kafka_incremental_unassign(k->rk, list));
    else
        rd_kafka_assign(k->rk, NULL);
    for (int i = 0; i < list->cnt; i++) {
        struct kafka_part *part =
            kafka_part_find(k, list->elems[i].topic, list->elems[i].partition);
        if (!part)
            continue;
        part->reading = part->revoking = false;
        part->ours = lost ? part->next : -1; /* else it is committed */
        if (lost) {
            part->epoch++; /* what is being counted is another member's by now */
            part->counted = part->committed;
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    k->left_out = lost;
    go_on(k, NULL);
    k->assigned_ms = uv_now(k->source.loop);
}

static void finish_revoke(struct kafka *k)
{
    if (k->revoked && (k->marks == 0 || k->mark[0].mark > k->revoked_mark))
        give_back(k, false);
}

/* Messages in hand that belong to partitions that go. */
static void drop_in_hand(struct kafka *k)
{
    size_t kept = k->message_at;
    for (size_t i = k->message_at; i < k->message_count; i++) {
        const struct kafka_part *part = kafka_part_of(k, k->message[i]);
        if (part && part->revoking)
            rd_kafka_message_destroy(k->message[i]);
        else
            k->message[kept++] = k->message[i];
    }
    k->message_count = kept;
}

static void hand_over(struct kafka *k, const rd_kafka_topic_partition_list_t *parts)
{
    bool lost = rd_kafka_assignment_lost(k->rk);
    for (int i = 0; i < parts->cnt; i++) {
        struct kafka_part *part =
            kafka_part_find(k, parts->elems[i].topic, parts->elems[i].partition);
        if (part)
            part->revoking = true;
    }
    if (!k->stopping) {
        drop_in_hand(k);
        kafka_flush(k);
    }
    k->revoked = rd_kafka_topic_partition_list_copy(parts);
    k->revoked_mark = k->last_mark;
    if (lost && (k->marks || is_uncommitted(k)))
        kafka_say(k, MESSAGE_WARNING,
                  "Kafka: the group gave our partitions to others before "
                  "their positions were committed; some plays may count "
                  "in both");
    if (lost || k->stopping)
        give_back(k, lost);
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

static void take_up(struct kafka *k)
{
    rd_kafka_topic_partition_list_t *list = k->assigning;
    k->assigning = NULL;
    for (int i = 0; i < list->cnt; i++) {
        const struct kafka_part *part =
            kafka_part_find(k, list->elems[i].topic, list->elems[i].partition);
        list->elems[i].offset =
            part && part->next >= 0 ? part->next : RD_KAFKA_OFFSET_INVALID;
    }
    if (is_cooperative(k))
        report(k, rd_kafka_incremental_assign(k->rk, list));
    else
        rd_kafka_assign(k->rk, list);
    resume(k, list);
    for (int i = 0; i < list->cnt; i++) {
        struct kafka_part *part =
            kafka_part_find(k, list->elems[i].topic, list->elems[i].partition);
        if (part && part->done)
            kafka_part_finish(k, part);
    }
    go_on(k, list);
    rd_kafka_topic_partition_list_destroy(list);
    k->assigned_once = true;
    k->left_out = false;
    k->assigned_ms = uv_now(k->source.loop);
}

/* Called when the scout has answered; a partition whose place stays unknown, for want of
 * a leader, does not hold up the others for long. */
void kafka_group_places(struct kafka *k)
{
    bool waits = uv_now(k->source.loop) - k->assigned_ms < PLACES_MS;
    for (int i = 0; k->assigning && i < k->assigning->cnt; i++) {
        const struct kafka_part *part = kafka_part_find(k, k->assigning->elems[i].topic,
                                                        k->assigning->elems[i].partition);
        if (waits && part && part->want_start)
            return;
    }
    if (k->assigning)
        take_up(k);
}

static void assign(struct kafka *k, const rd_kafka_topic_partition_list_t *parts)
{
    for (int i = 0; i < parts->cnt; i++) {
        const char *name = parts->elems[i].topic;
        struct kafka_topic *topic = kafka_topic_find(k, name);
        if (!topic) {
            topic = kafka_topic_add(k, name, false);
            topic->resolved = k->settled;
        }
        topic->seen = true;
        struct kafka_part *part = kafka_part_find(k, name, parts->elems[i].partition);
        if (!part)
            part = kafka_part_add(k, topic, parts->elems[i].partition);
        part->epoch++;
        part->reading = part->want_start = true;
        part->revoking = part->done = part->want_low = part->made_again = false;
        part->next = part->stop_at = -1;
        part->counted = part->stored = part->committed = -1;
        part->note[0] = '\0';
    }
    k->assigning = rd_kafka_topic_partition_list_copy(parts);
    k->assigned_ms = uv_now(k->source.loop);
    if (parts->cnt == 0 || k->stopping)
        take_up(k);
    else
        k->scout_due_ms = uv_now(k->source.loop);
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

/* librdkafka commits nothing that is not beyond its last commit, though that was of a log
 * that is no more, as when a broker came back empty. But a partition that is given back
 * it commits wherever it stands; so it is, and taken up again at once. */
static bool is_held_back(const struct kafka_part *part)
{
    return part->reading && !part->revoking && part->next >= 0 && part->stored >= 0 &&
           part->stored <= part->confirmed && part->stored != part->committed;
}

static void push_held_back(struct kafka *k)
{
    uint64_t now = uv_now(k->source.loop);
    if (k->down || k->revoked || k->assigning || now - k->pushed_ms < PUSH_MS)
        return;
    for (size_t i = 0; i < k->parts; i++) {
        if (!is_held_back(&k->part[i]))
            continue;
        k->pushed_ms = now;
        kafka_group_replace(k, &k->part[i], k->part[i].next);
        if (!is_cooperative(k))
            return; /* it was all of them */
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
    kafka_group_places(k);
    store(k);
    push_held_back(k);
}

/* One look at what librdkafka asks of us; messages are not wanted any more. */
static void serve(struct kafka *k, rd_kafka_queue_t *queue)
{
    ssize_t n = rd_kafka_consume_batch_queue(queue, SERVE_MS, k->message, KAFKA_BATCH);
    for (ssize_t i = 0; i < n; i++)
        rd_kafka_message_destroy(k->message[i]);
    rd_kafka_poll(k->rk, 0);
}

/* A static member comes back under its name: the group waits for it. */
static bool is_static(const struct kafka *k)
{
    return kafka_conf_has(rd_kafka_conf(k->rk), "group.instance.id", "");
}

/* The last thing that happens to a membership: its id goes. */
static bool is_member(const struct kafka *k)
{
    char *id = rd_kafka_memberid(k->rk);
    bool member = id && id[0];
    if (id)
        rd_kafka_mem_free(k->rk, id);
    return member;
}

/* A cooperative member unsubscribes before it closes. Closing alone would forget the
 * group's farewell when we hold no partition (librdkafka 2.0.2: the others then wait a
 * session's timeout for us, in the middle of a rebalance), and would commit in the middle
 * of one; unsubscribing is put off until it has ended. True: the id is to be waited for.
 */
static bool unsubscribe(struct kafka *k)
{
    return is_cooperative(k) && !is_static(k) && !rd_kafka_unsubscribe(k->rk);
}

/* So that the others take over at once and not after a session's timeout. Not while the
 * brokers are away: librdkafka would wait for them as long. */
static void say_goodbye(struct kafka *k, struct kafka_patience *patience)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(k->rk);
    rd_kafka_error_t *failed = rd_kafka_consumer_close_queue(k->rk, queue);
    while (!failed && !rd_kafka_consumer_closed(k->rk) &&
           kafka_patience_left(k, patience))
        serve(k, queue);
    if (failed)
        rd_kafka_error_destroy(failed);
    rd_kafka_queue_destroy(queue);
}

/* Waits for the last commit, then closes. Closing commits as well, but a rebalance under
 * way would make that commit fail: the broker answers our request to join first, and by
 * then the commit's generation is an old one. */
void kafka_group_leave(struct kafka *k)
{
    struct kafka_patience patience;
    kafka_patience_begin(&patience, k->down ? LEAVE_DOWN_MS : LEAVE_MS);
    if (k->revoked)
        give_back(k, false);
    if (k->assigning)
        take_up(k);
    store(k);
    bool unsubscribed = !k->down && unsubscribe(k);
    while ((is_uncommitted(k) || (unsubscribed && is_member(k))) &&
           kafka_patience_left(k, &patience))
        serve(k, k->queue);
    if (is_uncommitted(k))
        kafka_say(k, MESSAGE_WARNING,
                  "Kafka: the last positions could not be committed; the group will read "
                  "some messages again");
    /* librdkafka 2.0.2 aborts when a client is destroyed that a cooperative group has
     * taken in but given nothing yet, not even an empty assignment. */
    k->indestructible = !k->assigned_once && is_cooperative(k);
    if (k->down)
        return;
    patience.end_ms += patience.silent ? GOODBYE_SILENT_MS : GOODBYE_MS;
    say_goodbye(k, &patience);
}

void kafka_group_free(struct kafka *k)
{
    for (size_t i = 0; i < k->marks; i++)
        free(k->mark[i].claim);
    free(k->mark);
    free(k->claim);
    if (k->revoked)
        rd_kafka_topic_partition_list_destroy(k->revoked);
    if (k->assigning)
        rd_kafka_topic_partition_list_destroy(k->assigning);
}
