/* Asks the brokers which topics and partitions there are, where their logs begin and end
 * and who leads them. librdkafka offers these questions as blocking calls only, so they
 * run on a thread of the pool, one job at a time, with short timeouts. */
#include "kafka.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    ANSWER_MS = 3000,      /* while brokers answer */
    ANSWER_DOWN_MS = 1000, /* while they do not */
    TRIES = 3,
    PERIOD_MS = 2000,
    PERIOD_PATTERN_MS = 5000, /* a pattern asks for all topics of the cluster */
    PERIOD_URGENT_MS = 500
};

struct known {
    char *topic;
    int32_t partition;
    int64_t newest_ms, known_ms, next;
    int64_t high;
    uint64_t messages;
    int32_t silent; /* the leader that did not answer last time, -1 none */
    bool want_start, want_low, want_stop;
};

struct kafka_job {
    uv_work_t work;
    struct kafka *k; /* k->rk, and the constant patterns and topics, for the thread */
    bool grouped, from_time, all_topics;
    atomic_bool cancelled;     /* nobody waits for the answer any more */
    bool nudge;                /* only where the logs end, and at once */
    int64_t from_ms, until_ms; /* until_ms <0: not asked for */
    int timeout_ms;
    int tries;         /* of the first question */
    int brokers;       /* there are so many; 0: no answer */
    bool silent;       /* one of them has not answered */
    uint64_t messages; /* that had been read, or waited to be, when it was sent */
    char **name;       /* topics asked for by name */
    size_t names;
    struct known *known;
    size_t knowns;
    struct kafka_topic_sight *topic;
    size_t topics, topic_cap;
    struct kafka_sight *sight;
    size_t sights, sight_cap;
    rd_kafka_resp_err_t err;
    uint64_t answered_ms; /* when a broker told of its topics, as uv_hrtime tells it */
};

static void job_free(struct kafka_job *job)
{
    for (size_t i = 0; i < job->names; i++)
        free(job->name[i]);
    for (size_t i = 0; i < job->knowns; i++)
        free(job->known[i].topic);
    for (size_t i = 0; i < job->topics; i++)
        free(job->topic[i].name);
    for (size_t i = 0; i < job->sights; i++)
        free(job->sight[i].topic);
    free(job->name);
    free(job->known);
    free(job->topic);
    free(job->sight);
    free(job);
}

static const struct known *known_of(const struct kafka_job *job, const char *topic,
                                    int32_t partition)
{
    for (size_t i = 0; i < job->knowns; i++)
        if (job->known[i].partition == partition &&
            strcmp(job->known[i].topic, topic) == 0)
            return &job->known[i];
    return NULL;
}

static bool is_asked_for(const struct kafka_job *job, const char *name)
{
    for (size_t i = 0; i < job->names; i++)
        if (strcmp(job->name[i], name) == 0)
            return true;
    return kafka_topic_wanted(job->k, name);
}

static void see_partition(struct kafka_job *job, const char *topic, int32_t id,
                          int32_t leader)
{
    const struct known *known = known_of(job, topic, id);
    if (!known && job->grouped)
        return; /* another member's */
    job->sight =
        mem_grow(job->sight, &job->sight_cap, job->sights + 1, sizeof *job->sight);
    struct kafka_sight *sight = &job->sight[job->sights++];
    *sight = (struct kafka_sight){
        .topic = mem_strdup(topic),
        .partition = id,
        .leader = leader,
        .want_start = !known || known->want_start,
        .want_low = !known || known->want_low || known->want_start,
        .want_until = job->until_ms >= 0 && (!known || known->want_stop),
        .low = RD_KAFKA_OFFSET_INVALID,
        .end = RD_KAFKA_OFFSET_INVALID,
        .from_time = RD_KAFKA_OFFSET_INVALID,
        .until_time = RD_KAFKA_OFFSET_INVALID,
        .newer = RD_KAFKA_OFFSET_INVALID,
        .newest_ms = known ? known->newest_ms : 0,
        .known_ms = known ? known->known_ms : 0,
        .next = known ? known->next : -1,
        .messages = known ? known->messages : 0,
        .high = known ? known->high : -1,
        .was_silent = known && known->silent == leader,
    };
}

static void see_topics(struct kafka_job *job, const struct rd_kafka_metadata *metadata)
{
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *topic = &metadata->topics[i];
        if (!is_asked_for(job, topic->topic))
            continue;
        job->topic =
            mem_grow(job->topic, &job->topic_cap, job->topics + 1, sizeof *job->topic);
        job->topic[job->topics++] = (struct kafka_topic_sight){
            mem_strdup(topic->topic), topic->err, topic->partition_cnt};
        for (int p = 0; p < topic->partition_cnt; p++)
            see_partition(job, topic->topic, topic->partitions[p].id,
                          topic->partitions[p].leader);
    }
}

/* One question: the offset of what, for one partition, and where in its sight the answer
 * goes. The protocol's times -2 and -1 mean the log's beginning and end. */
struct question {
    bool (*time)(const struct kafka_job *job, const struct kafka_sight *sight,
                 int64_t *when); /* false: not asked */
    size_t field;
};

static bool time_low(const struct kafka_job *job, const struct kafka_sight *sight,
                     int64_t *when)
{
    (void)job;
    *when = RD_KAFKA_OFFSET_BEGINNING;
    return sight->want_low;
}

static bool time_end(const struct kafka_job *job, const struct kafka_sight *sight,
                     int64_t *when)
{
    (void)job, (void)sight;
    *when = RD_KAFKA_OFFSET_END;
    return true;
}

static bool time_from(const struct kafka_job *job, const struct kafka_sight *sight,
                      int64_t *when)
{
    *when = job->from_ms;
    return job->from_time && sight->want_start;
}

static bool time_until(const struct kafka_job *job, const struct kafka_sight *sight,
                       int64_t *when)
{
    *when = job->until_ms;
    return sight->want_until;
}

static bool time_newer(const struct kafka_job *job, const struct kafka_sight *sight,
                       int64_t *when)
{
    (void)job;
    if (sight->known_ms <= 0 || sight->known_ms == INT64_MAX)
        return false;
    *when = sight->known_ms + 1;
    return true;
}

static const struct question questions[] = {
    {time_end, offsetof(struct kafka_sight, end)}, /* a nudge asks this one alone */
    {time_low, offsetof(struct kafka_sight, low)},
    {time_from, offsetof(struct kafka_sight, from_time)},
    {time_until, offsetof(struct kafka_sight, until_time)},
    {time_newer, offsetof(struct kafka_sight, newer)},
};

/* One request to a leader for all its partitions. False: it does not answer. */
static bool ask_offsets(struct kafka_job *job, int32_t leader,
                        const struct question *question, int timeout_ms)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)job->sights + 1);
    int64_t when;
    for (size_t i = 0; i < job->sights; i++)
        if (job->sight[i].leader == leader && question->time(job, &job->sight[i], &when))
            rd_kafka_topic_partition_list_add(list, job->sight[i].topic,
                                              job->sight[i].partition)
                ->offset = when;
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (list->cnt)
        err = rd_kafka_offsets_for_times(job->k->rk, list, timeout_ms);
    for (size_t i = 0; list->cnt && !err && i < job->sights; i++) {
        const rd_kafka_topic_partition_t *answer = rd_kafka_topic_partition_list_find(
            list, job->sight[i].topic, job->sight[i].partition);
        if (!answer || answer->err || !question->time(job, &job->sight[i], &when) ||
            (answer->offset == when && when < 0))
            continue;
        memcpy((char *)&job->sight[i] + question->field, &answer->offset,
               sizeof answer->offset);
    }
    rd_kafka_topic_partition_list_destroy(list);
    return err != RD_KAFKA_RESP_ERR__TIMED_OUT && err != RD_KAFKA_RESP_ERR__TRANSPORT;
}

/* For each leader a call of its own: what one does not answer would be lost of them all.
 */
static void ask_leader(struct kafka_job *job, int32_t leader, bool was_silent)
{
    bool hurry = was_silent || job->silent;
    int timeout_ms = hurry ? ANSWER_DOWN_MS : job->timeout_ms;
    bool answers = true;
    for (size_t i = 0; answers && i < ARRAY_SIZE(questions) && !job->cancelled; i++)
        answers = ask_offsets(job, leader, &questions[i], timeout_ms);
    for (size_t i = 0; i < job->sights; i++)
        if (job->sight[i].leader == leader) {
            job->sight[i].asked = true;
            job->sight[i].silent = !answers;
        }
    job->silent = job->silent || !answers;
}

static void ask_leaders(struct kafka_job *job, bool was_silent)
{
    for (size_t i = 0; i < job->sights && !job->cancelled; i++) {
        const struct kafka_sight *sight = &job->sight[i];
        if (sight->leader >= 0 && !sight->asked && sight->was_silent == was_silent)
            ask_leader(job, sight->leader, was_silent);
    }
}

/* Where the group has come to, of partitions that are new to us. */
static void ask_group(struct kafka_job *job)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)job->sights + 1);
    for (size_t i = 0; i < job->sights; i++)
        if (job->sight[i].want_start)
            rd_kafka_topic_partition_list_add(list, job->sight[i].topic,
                                              job->sight[i].partition);
    bool asked = list->cnt && !rd_kafka_committed(job->k->rk, list, job->timeout_ms);
    for (size_t i = 0; asked && i < job->sights; i++) {
        const rd_kafka_topic_partition_t *answer = rd_kafka_topic_partition_list_find(
            list, job->sight[i].topic, job->sight[i].partition);
        if (!answer || answer->err)
            continue;
        job->sight[i].asked_group = true;
        job->sight[i].committed = answer->offset >= 0 ? answer->offset : -1;
    }
    rd_kafka_topic_partition_list_destroy(list);
}

/* librdkafka picks any broker, which may be the one that does not answer. */
static const struct rd_kafka_metadata *ask_metadata(struct kafka_job *job)
{
    const struct rd_kafka_metadata *metadata = NULL;
    for (int try = 0; try < job->tries && !job->cancelled; try++) {
        job->err = rd_kafka_metadata(job->k->rk, job->all_topics, NULL, &metadata,
                                     try ? ANSWER_DOWN_MS : job->timeout_ms);
        if (job->err != RD_KAFKA_RESP_ERR__TIMED_OUT)
            break;
    }
    return job->err ? NULL : metadata;
}

/* On a thread of the pool. */
static void scout_work(uv_work_t *work)
{
    struct kafka_job *job = work->data;
    if (job->nudge) {
        for (size_t i = 0; i < job->knowns; i++)
            see_partition(job, job->known[i].topic, job->known[i].partition, 0);
        ask_offsets(job, 0, &questions[0], job->timeout_ms);
        return;
    }
    const struct rd_kafka_metadata *metadata = ask_metadata(job);
    if (!metadata)
        return;
    job->answered_ms = uv_hrtime() / 1000000;
    job->brokers = metadata->broker_cnt;
    see_topics(job, metadata);
    rd_kafka_metadata_destroy(metadata);
    ask_leaders(job, false);
    ask_leaders(job, true);
    if (job->grouped && !job->cancelled)
        ask_group(job);
}

static void schedule(struct kafka *k, uint64_t wait_ms)
{
    uint64_t due = uv_now(k->source.loop) + wait_ms;
    if (!k->scout_due_ms || due < k->scout_due_ms)
        k->scout_due_ms = due;
}

static void scout_done(uv_work_t *work, int status)
{
    struct kafka_job *job = work->data;
    struct kafka *k = job->k;
    k->job = NULL;
    if (k->stopping || status < 0 || job->nudge) {
        job_free(job);
        return;
    }
    schedule(k, k->down ? PERIOD_URGENT_MS : k->patterns ? PERIOD_PATTERN_MS : PERIOD_MS);
    if (job->err && k->messages > job->messages) {
        kafka_scout_hurry(k); /* one broker does not answer, the others deliver */
    } else if (job->err) {
        char why[KAFKA_WHY];
        kafka_error_sentence(RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, why, sizeof why);
        kafka_set_down(k, k->why[0] ? k->why : why);
    } else {
        if (!k->down || job->answered_ms > k->down_ms) /* not from before the outage */
            kafka_set_up(k);
        k->broker_count = job->brokers;
        kafka_places_topics(k, job->topic, job->topics);
        for (size_t i = 0; i < job->sights; i++)
            kafka_places_part(k, &job->sight[i]);
        kafka_places_settle(k);
        uv_async_send(&k->wake);
    }
    job_free(job);
}

static void copy_known(struct kafka *k, struct kafka_job *job)
{
    job->known = mem_zalloc((k->parts + 1) * sizeof *job->known);
    job->name = mem_zalloc((k->topics + 1) * sizeof *job->name);
    for (size_t i = 0; i < k->topics; i++)
        job->name[job->names++] = mem_strdup(k->topic[i]->name);
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *part = &k->part[i];
        if (k->grouped && !part->reading)
            continue;
        job->known[job->knowns++] = (struct known){
            .topic = mem_strdup(part->topic->name),
            .partition = part->partition,
            .want_start =
                part->want_start || (!k->grouped && !part->reading && !part->done),
            .want_low = part->want_low,
            .newest_ms = part->newest_ms,
            .next = part->next,
            .known_ms = part->reading ? part->known_ms : 0,
            .want_stop = part->stop_at < 0,
            .messages = part->messages,
            .high = part->reading ? kafka_part_high(k, part) : -1,
            .silent = part->silent ? part->leader : -1,
        };
    }
}

void kafka_scout_send(struct kafka *k)
{
    if (k->job || k->stopping)
        return;
    struct kafka_job *job = mem_zalloc(sizeof *job);
    job->work.data = job;
    job->k = k;
    job->grouped = k->grouped;
    /* An answer with all topics is also what a group learns of new ones by, long before
     * librdkafka would ask by itself. */
    job->all_topics = k->patterns > 0 || (k->grouped && kafka_places_group_learns(k));
    job->from_time = k->range.from == KAFKA_FROM_TIME;
    job->from_ms = k->range.from_value;
    job->until_ms = -1;
    uv_timeval64_t now;
    uv_gettimeofday(&now);
    /* A time that has not come yet is watched for in the messages themselves. */
    if (k->range.until == KAFKA_UNTIL_TIME && now.tv_sec * 1000 > k->range.until_ms)
        job->until_ms = k->range.until_ms;
    job->timeout_ms = k->down ? ANSWER_DOWN_MS : ANSWER_MS;
    job->tries = k->down || k->broker_count < 2 ? 1 : TRIES;
    job->messages =
        k->messages + k->message_count - k->message_at + rd_kafka_queue_length(k->queue);
    copy_known(k, job);
    k->job = job;
    k->scout_due_ms = 0;
    uv_queue_work(k->source.loop, &job->work, scout_work, scout_done);
}

void kafka_scout_hurry(struct kafka *k)
{
    schedule(k, PERIOD_URGENT_MS);
}

/* The question under way is waited for a moment; those after it are not asked. */
void kafka_scout_cancel(struct kafka *k)
{
    if (k->job)
        k->job->cancelled = true;
}

/* librdkafka before 2.2 stops fetching when its queue is full and looks again a whole
 * second later, unless something else wakes the thread of that broker: an answer does. */
void kafka_scout_nudge(struct kafka *k)
{
    if (k->job || k->stopping || k->down || !k->fetch_dozes)
        return;
    struct kafka_job *job = mem_zalloc(sizeof *job);
    job->work.data = job;
    job->k = k;
    job->nudge = true;
    job->until_ms = -1;
    job->timeout_ms = ANSWER_DOWN_MS;
    job->known = mem_zalloc((k->parts + 1) * sizeof *job->known);
    for (size_t i = 0; i < k->parts; i++)
        if (k->part[i].reading && !k->part[i].done && k->part[i].leader >= 0 &&
            !k->part[i].silent)
            job->known[job->knowns++] =
                (struct known){.topic = mem_strdup(k->part[i].topic->name),
                               .partition = k->part[i].partition};
    k->job = job;
    uv_queue_work(k->source.loop, &job->work, scout_work, scout_done);
}
