/* The Kafka source, among its own files. Everything runs on the loop's thread but the
 * scout's questions (kafka_scout.c): a thread of libuv's pool asks them for a job that is
 * its own meanwhile, with the client and the patterns, which do not change.
 *
 * Without a group the source uses librdkafka's simple consumer: it asks for partitions by
 * name and offset and no broker ever learns of a group. With a group it subscribes, and
 * commits what the sink has reported as counted, never more. */
#ifndef CADENCE_SOURCE_KAFKA_H
#define CADENCE_SOURCE_KAFKA_H

#include "cadence/mem.h"
#include "cadence/source.h"

#include <librdkafka/rdkafka.h>
#include <regex.h>
#include <uv.h>

#define KAFKA_BATCH 2048
#define KAFKA_WHY 300 /* a sentence of librdkafka's */
#define RATE_STEPS 4  /* rates shown are those of so many half seconds */

enum kafka_from {
    KAFKA_FROM_BEGINNING,
    KAFKA_FROM_END,
    KAFKA_FROM_LAST,
    KAFKA_FROM_TIME
};
enum kafka_until { KAFKA_UNTIL_NEVER, KAFKA_UNTIL_END, KAFKA_UNTIL_TIME };

/* Which part of each partition is read. Times are those of Kafka's messages. */
struct kafka_range {
    enum kafka_from from;
    int64_t from_value; /* the last N, or ms */
    enum kafka_until until;
    int64_t until_ms;
};

struct kafka_topic {
    char *name;
    rd_kafka_topic_t *handle; /* simple consumer only */
    bool named;               /* asked for by its name, not found by a pattern */
    bool seen;                /* was there at least once */
    bool came_late;           /* was missing before */
    uint64_t seen_ms;         /* when it was there first */
    bool resolved;            /* its first partitions have their places */
    int32_t first_parts;      /* so many it had then, -1 not seen yet */
    int missing;              /* sightings in a row without it */
    rd_kafka_resp_err_t trouble;
    bool unreadable; /* it may be seen, but not read */
    size_t like;     /* index of a partition whose course may be that of others ... */
    bool unlike;     /* ... none has one, since the last look */
};

/* kafka_course.c: event time over offsets. */
#define COURSE_LOOKS 16
#define COURSE_ENOUGH 8
struct kafka_look {
    int64_t offset, ts_ms;
};
struct kafka_course {
    struct kafka_look look[COURSE_LOOKS]; /* the newest, a ring */
    struct kafka_look old[COURSE_LOOKS];  /* some of those before, oldest first */
    size_t olds;
    uint64_t looks, passed; /* ever; those that the ring gave up */
    unsigned thinned;       /* of those every 2^thinned-th is kept */
    bool due;               /* the next message is to be looked into */
    bool measured;          /* what follows is of these looks */
    bool known;
    double message_ms; /* event time that a message is worth */
};

struct kafka_part {
    struct kafka_topic *topic;
    int32_t partition, leader; /* leader -1: none, or not known yet */
    bool headless;             /* known to have no leader */
    bool silent;               /* its leader does not answer */
    bool high_is_end;          /* the scout's end was the high watermark */
    bool transactional;        /* it was once not: transactions are written to it */
    int64_t next;              /* the offset to be read next, -1 unknown */
    int64_t low, end;          /* the log's, -1 unknown */
    int64_t stop_at;           /* read up to here and no further, -1: no bound */
    int64_t counted;           /* may be committed, -1 none */
    int64_t stored;            /* librdkafka commits this when it may */
    int64_t committed;         /* as the broker has confirmed */
    int64_t confirmed;         /* the last of these, of whatever log and assignment */
    int64_t ours;              /* before this all was counted by us, in earlier terms */
    int64_t newest_ms;         /* the latest time of a message read, 0 none */
    int64_t known_ms;    /* the same, when the log was last seen to be still the one */
    int64_t first_newer; /* the log's first offset later than that, -1 none */
    int looks_other;     /* sightings in a row in which it was smaller */
    uint64_t messages;
    int64_t end_then;
    uint64_t was[RATE_STEPS]; /* messages; as in struct kafka */
    double rate, inflow;
    struct kafka_course course;
    uint32_t epoch; /* of its assignment: older marks mean nothing */
    bool late;      /* came when its topic was being read already */
    bool early;     /* nothing in it yet is of the time that reading begins at */
    bool reading, done, revoking;
    bool gone;                 /* with its topic; not seen since */
    bool want_start, want_low; /* for the scout */
    bool made_again;           /* another log of the same name: read from its beginning */
    char note[48];
};

/* What a block holds of a partition: it may be committed once the block is counted. */
struct kafka_claim {
    size_t part;
    uint32_t epoch;
    int64_t next;
};

struct kafka_mark {
    uint64_t mark;
    struct kafka_claim *claim;
    size_t claims;
};

struct kafka_job;

struct kafka {
    struct source source; /* first: the source is this */
    const struct kafka_config *config;
    struct kafka_range range;
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue, *main_queue;
    uv_async_t wake;
    uv_timer_t timer;
    char brokers[128];

    regex_t *pattern; /* of the names that begin with ^ */
    const char **pattern_text;
    size_t patterns;
    struct kafka_topic **topic;
    size_t topics, topic_cap;
    struct kafka_part *part;
    size_t parts, part_cap;

    rd_kafka_message_t *message[KAFKA_BATCH];
    size_t message_at, message_count;
    rd_kafka_topic_t *last_handle; /* the partition that last_part was found for */
    size_t last_part;
    struct block *block;

    struct kafka_mark *mark; /* a queue: blocks given away, oldest first */
    size_t marks, mark_cap;
    uint64_t last_mark;
    struct kafka_claim *claim; /* of the block being filled */
    size_t claims, claim_cap;
    rd_kafka_topic_partition_list_t *revoked;   /* waiting until its marks are counted */
    rd_kafka_topic_partition_list_t *assigning; /* waiting for its places */
    uint64_t revoked_mark, assigned_ms;
    uint64_t pushed_ms; /* when positions were last committed by force */

    struct kafka_job *job; /* one at a time */
    uint64_t scout_due_ms;
    size_t queue_peak; /* since the last nudge, in messages */
    uint64_t started_ms;
    uint64_t down_ms;    /* as uv_hrtime tells it */
    size_t stale;        /* messages that were here as it went down, and still wait */
    int64_t down_at_s;   /* wall clock */
    char why[KAFKA_WHY]; /* the last trouble with a broker */
    char unreached[KAFKA_WHY]; /* the same, since all was read that is wanted */
    char failure[KAFKA_WHY];   /* why it cannot go on; "" it can */
    char told[160];            /* the last sentence given, not to be repeated */

    uint64_t bytes, messages, messages_then, tombstones, lost;
    uint64_t rate_ms, looked_ms;
    uint64_t rates, was_ms[RATE_STEPS], was[RATE_STEPS]; /* measured so often; rings */
    double rate;               /* messages/s over the last steps */
    double pace, pace_s;       /* the same, smoothed; measured for so long */
    uint64_t throttled_ms;     /* a quota holds answers back until then, 0 none does */
    uint64_t waits_ms, nag_ms; /* since when nothing can be read; when to say so again */
    struct partition_row *row;
    size_t row_cap;

    rd_kafka_resp_err_t refused; /* login or certificate, since the last success */
    int32_t last_partition;      /* goes with last_handle */
    int open_handles, broker_count;
    bool grouped, debug;
    bool stopping, left, ended;
    bool settled;   /* the scout's first answer has been worked in */
    bool connected; /* a broker has answered at least once */
    bool down;
    bool fetch_dozes; /* see kafka_scout_nudge */
    bool assigned_once;
    bool left_out;       /* the group has taken our partitions; we join again */
    bool cooperative;    /* what the group's protocol was, last we heard */
    bool indestructible; /* see kafka_group_leave */
};

/* kafka_config.c: what the person asked for. 0, or -1 with a sentence. */
int kafka_conf_new(const struct kafka_config *config, rd_kafka_conf_t **out, char *error,
                   size_t size);
/* One property; `where` tells the person which of their words is meant. 0, or -1 with a
 * sentence in which no secret is. */
int kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                   const char *where, char *error, size_t size);
struct kafka_setting {
    const char *name, *value;
};
/* Our own; what a person says overrules them: CADENCE_KAFKA_* in the environment, and -X
 * name=value. 0, or -1 with a sentence. */
int kafka_conf_set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings,
                       size_t count, char *error, size_t size);
int kafka_conf_set_environment(rd_kafka_conf_t *conf, char *error, size_t size);
int kafka_conf_set_properties(rd_kafka_conf_t *conf, const char *const *properties,
                              size_t count, char *error, size_t size);
/* kafka_check.c: what is wrong with it. 0, or -1 with a sentence. */
int kafka_conf_check(const rd_kafka_conf_t *conf, char *error, size_t size);
/* Is it set, to something in which `want` occurs? */
bool kafka_conf_has(const rd_kafka_conf_t *conf, const char *name, const char *want);
/* kafka_range.c: and where it begins and ends. */
int kafka_range_parse(const struct kafka_config *config, struct kafka_range *range,
                      char *error, size_t size);
bool kafka_time_parse(const char *text, int64_t *ms);

/* kafka_error.c: librdkafka's troubles as sentences. */
enum kafka_trouble {
    TROUBLE_PASSING,   /* librdkafka deals with it: a note at most */
    TROUBLE_BROKER,    /* a broker cannot be reached */
    TROUBLE_ALL_DOWN,  /* none can */
    TROUBLE_REFUSED,   /* login or certificate: hopeless until the person acts */
    TROUBLE_FORBIDDEN, /* no right to a topic or group */
    TROUBLE_TOPIC,     /* a topic or partition is not there */
    TROUBLE_POSITION,  /* the offset asked for is not in the log */
    TROUBLE_FATAL      /* the client cannot go on */
};
enum kafka_trouble kafka_error_trouble(rd_kafka_resp_err_t err, const char *detail);
void kafka_error_sentence(rd_kafka_resp_err_t err, const char *detail, char *out,
                          size_t size);
/* "(does it want TLS?)" and the like, within a sentence. */
bool kafka_error_has_hint(const char *sentence);
void kafka_error_drop_hint(char *sentence);

/* kafka_parts.c: topics and partitions. */
struct kafka_topic *kafka_topic_find(struct kafka *k, const char *name);
struct kafka_topic *kafka_topic_add(struct kafka *k, const char *name, bool named);
/* Kafka's own, by its name or a pattern for it. */
bool kafka_topic_is_internal(const char *name);
bool kafka_topic_wanted(const struct kafka *k, const char *name);
struct kafka_part *kafka_part_find(struct kafka *k, const char *topic, int32_t partition);
struct kafka_part *kafka_part_add(struct kafka *k, struct kafka_topic *topic,
                                  int32_t partition);
/* The part of a message; NULL when it is no longer read. */
struct kafka_part *kafka_part_of(struct kafka *k, const rd_kafka_message_t *message);
void kafka_part_start(struct kafka *k, struct kafka_part *part, int64_t offset);
void kafka_part_seek(struct kafka *k, struct kafka_part *part, int64_t offset);
void kafka_part_finish(struct kafka *k, struct kafka_part *part);
/* Notes that everything before `next` was read; finishes the part at its bound. */
void kafka_part_advance(struct kafka *k, struct kafka_part *part, int64_t next);
/* The high watermark, as fetching has seen it last; -1 unknown. */
int64_t kafka_part_high(struct kafka *k, const struct kafka_part *part);
void kafka_part_forget(struct kafka *k, struct kafka_part *part);
void kafka_topic_drop(struct kafka *k, struct kafka_topic *topic);
void kafka_parts_free(struct kafka *k);

/* kafka_scout.c: asks the brokers what there is, off the loop. */
void kafka_scout_send(struct kafka *k);
void kafka_scout_hurry(struct kafka *k);
void kafka_scout_nudge(struct kafka *k);
void kafka_scout_cancel(struct kafka *k);

/* kafka_places.c: what the scout's answers mean: where to begin, what was lost, what is
 * gone. */
struct kafka_sight { /* one partition, as seen */
    char *topic;
    int32_t partition, leader;
    bool want_start, want_low, want_until;
    bool asked, silent; /* its leader was asked; and did not answer */
    bool was_silent;    /* nor the last time */
    uint64_t messages;  /* that had been read when it was asked */
    int64_t high;       /* the watermark that was known then, -1 none */
    bool asked_group;   /* what the group has committed is known */
    int64_t committed;  /* by the group, -1 nothing */
    /* RD_KAFKA_OFFSET_INVALID: not known */
    int64_t low, end, from_time, until_time, newer;
    int64_t known_ms;  /* what `newer` was asked for; 0 not asked */
    int64_t newest_ms; /* of the messages read before it was asked */
    int64_t next;      /* what was to be read next then */
};
struct kafka_topic_sight {
    char *name;
    rd_kafka_resp_err_t err;
    int32_t partitions;
};
void kafka_places_topics(struct kafka *k, const struct kafka_topic_sight *topic,
                         size_t count);
void kafka_places_part(struct kafka *k, const struct kafka_sight *sight);
void kafka_places_settle(struct kafka *k); /* after all parts of an answer */
bool kafka_places_done(const struct kafka *k);
bool kafka_places_group_learns(const struct kafka *k);
void kafka_topic_forbid(struct kafka *k, struct kafka_topic *topic);
bool kafka_topic_forbidden(const struct kafka_topic *topic);

/* kafka_read.c: messages into blocks. */
void kafka_read(struct kafka *k);
void kafka_flush(struct kafka *k);

/* kafka_group.c: membership and commits. */
void kafka_group_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                           rd_kafka_topic_partition_list_t *parts, void *opaque);
void kafka_group_committed(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                           rd_kafka_topic_partition_list_t *list, void *opaque);
int kafka_group_join(struct kafka *k, char *error, size_t size);
uint64_t kafka_group_claim(struct kafka *k);
void kafka_group_touch(struct kafka *k, struct kafka_part *part);
void kafka_group_counted(struct kafka *k, uint64_t mark);
void kafka_group_replace(struct kafka *k, struct kafka_part *part, int64_t offset);
void kafka_group_withhold(struct kafka *k, struct kafka_part *part);
void kafka_group_places(struct kafka *k);
void kafka_group_tick(struct kafka *k);
void kafka_group_leave(struct kafka *k);
void kafka_group_free(struct kafka *k);

/* kafka_leave.c: getting away from brokers that may not answer. */
struct kafka_patience {
    uint64_t ask_ms, end_ms; /* when brokers are asked, when waiting ends */
    bool asked, silent;      /* silent: none answered */
};
void kafka_patience_begin(struct kafka_patience *patience, uint64_t most_ms);
/* May take a second: at most once. */
bool kafka_patience_left(struct kafka *k, struct kafka_patience *patience);
/* False: it is still on its way down, and may call back until the program has ended. */
bool kafka_client_destroy(rd_kafka_t *rk);
/* For a client that is not to be destroyed: it lives until the program ends. */
void kafka_client_abandon(void);

/* kafka_course.c: how far behind in event time. */
void kafka_course_look(struct kafka *k, struct kafka_part *part,
                       const rd_kafka_message_t *message);
bool kafka_course_is_due(const struct kafka_part *part);
void kafka_course_tick(struct kafka *k);
void kafka_course_forget(struct kafka_part *part);
double kafka_course_lag_s(struct kafka *k, struct kafka_part *part,
                          int64_t now_ms); /* <0 unknown */

/* kafka_status.c */
void kafka_status(struct source *source, struct source_status *out);
void kafka_status_tick(struct kafka *k);
int64_t kafka_part_lag(const struct kafka_part *part);
/* What is waited for, as a sentence; for who interrupts it. */
void kafka_status_last_word(struct kafka *k);

/* kafka.c */
void kafka_say(struct kafka *k, enum message_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kafka_fail(struct kafka *k, const char *sentence);
void kafka_set_down(struct kafka *k, const char *why);
void kafka_set_up(struct kafka *k);
void kafka_trouble(struct kafka *k, rd_kafka_resp_err_t err, const char *detail);
/* A broker has told us to wait: what it does not answer meanwhile it will. */
bool kafka_is_throttled(const struct kafka *k);

#endif
