/* Where bytes come from. A source lives on the program's libuv loop, fills blocks and
 * pushes them into a sink; the sink frames, decodes and counts them on other threads.
 *
 * Back pressure: sink_room returns NULL when all blocks are in use; the source then stops
 * reading and goes on when its `resume` is called. Nothing is ever dropped. */
#ifndef CADENCE_SOURCE_H
#define CADENCE_SOURCE_H

#include "cadence/str.h"

typedef struct uv_loop_s uv_loop_t;

#define BLOCK_BYTES (256u << 10)

/* A block of input. The source fills data[0..len) and sets stream, ends, mark. */
struct block {
    char *data;
    size_t len, cap;    /* cap is BLOCK_BYTES; a source may ask block_reserve for more */
    uint32_t stream;    /* lines never run from one stream into another */
    bool ends;          /* the stream ends here: what is left over is its last line */
    uint64_t mark;      /* the source's own; told back through `counted`; 0 none */
    struct block *next; /* the sink's */
};

/* Makes room for at least `bytes` in the block (a Kafka value may be larger than a
 * block). */
void block_reserve(struct block *block, size_t bytes);

enum message_kind { MESSAGE_INFO, MESSAGE_WARNING, MESSAGE_ERROR };

/* Implemented by the app. All on the loop's thread. */
struct sink;
struct block *sink_room(struct sink *sink);               /* NULL: wait for resume */
void sink_push(struct sink *sink, struct block *block);   /* gives the block away */
void sink_return(struct sink *sink, struct block *block); /* not used after all */
bool sink_busy(
    struct sink *sink); /* blocks wait to be decoded: more may be gathered first */
void sink_end(struct sink *sink); /* nothing will follow, ever */
/* When the last event of these lines was, in ms; -1 when that cannot be told at once. For
 * a look now and then: it costs a microsecond. */
int64_t sink_event_time(struct sink *sink, const char *lines, size_t len);
/* One sentence for a person; shown on the screen, or written to standard error. Copied.
 */
void sink_message(struct sink *sink, enum message_kind kind, const char *sentence);
/* The source cannot go on: a message, and the exit code is 1; without a screen the
 * program ends, after a report of what was counted. */
void sink_fail(struct sink *sink, const char *sentence);

enum source_state {
    SOURCE_STARTING,
    SOURCE_LIVE,
    SOURCE_CATCHING_UP,
    SOURCE_WAITING, /* nothing to read now: following a file, topic not there yet */
    SOURCE_DOWN,    /* trying again by itself */
    SOURCE_ENDED,
    SOURCE_FAILED, /* cannot go on: sink_fail was told */
    SOURCE_STATE_COUNT
};

struct partition_row {
    char topic[64];
    int32_t partition, leader;
    int64_t offset, end, lag; /* -1 unknown */
    double rate;              /* messages/s */
    char note[48];            /* last trouble, empty when none */
};

#define SOURCE_NOTE 340
struct source_status {
    char name[128]; /* "stdin", "events.jsonl (2 of 5)", "kafka:listen_events" */
    enum source_state state;
    char note[SOURCE_NOTE]; /* why it is down, what it waits for */
    uint64_t bytes;         /* taken in */
    int64_t bytes_total;    /* -1 unknown */
    bool is_kafka;
    char brokers[128];
    double messages_s;
    int64_t lag;       /* messages; -1 unknown */
    bool lag_open;     /* of some partitions it is not known: at least `lag` */
    double lag_s;      /* event time between what was read and the end; <0 unknown */
    double catch_up_s; /* <0 unknown or never */
    uint64_t tombstones, lost; /* lost: removed by retention before they could be read */
    size_t partitions;
    struct partition_row *partition; /* the source's; valid until its next call */
};

/* Nothing known: what an operation that fills it in need not touch. */
static inline struct source_status source_status_none(void)
{
    return (struct source_status){
        .bytes_total = -1, .lag = -1, .lag_s = -1, .catch_up_s = -1};
}

struct source;

/* What was asked for is at fault, which only starting can tell. */
#define SOURCE_MISUSED (-2)

struct source_ops {
    /* Begins to read. 0, or -1 or SOURCE_MISUSED with a sentence in `error`. */
    int (*start)(struct source *source, char *error, size_t size);
    void (*resume)(struct source *source);                 /* there is room again */
    void (*counted)(struct source *source, uint64_t mark); /* in the model, with all
                                                              before it; may be NULL */
    /* Fills in what differs from source_status_none(), which `out` holds. */
    void (*status)(struct source *source, struct source_status *out);
    void (*stop)(struct source *source); /* closes its handles; no push after it */
    void (*free)(struct source *source); /* after the loop has closed its handles */
};

/* First member of every source's own struct. */
struct source {
    const struct source_ops *ops;
    uv_loop_t *loop;
    struct sink *sink;
};

/* The sources. Each returns a new source; arguments are borrowed for its life. */
struct source *source_new_stdin(bool follow);
struct source *source_new_files(const char *const *paths, size_t count, bool follow);
struct kafka_config;
struct source *source_new_kafka(const struct kafka_config *config);
struct sim_config;
/* NULL: the demo that everyone sees. It goes live after its history and never ends,
 * unless the configuration ends. */
struct source *source_new_demo(const struct sim_config *config);
/* The history of that demo alone, then the end: for reports and pictures. */
struct source *source_new_demo_history(void);

/* Kafka: what the command line says. Zero-ended strings, borrowed. */
struct kafka_config {
    const char *brokers;           /* NULL: from properties */
    const char *const *topics;     /* names, or patterns that begin with ^ */
    size_t topic_count;            /* 0: listen_events */
    const char *group;             /* NULL: none */
    const char *from;              /* beginning, end, -N, @TIME; NULL is beginning */
    const char *until;             /* end, @TIME; NULL is never */
    const char *const *properties; /* "name=value" of -X, in order */
    size_t property_count;
    const char *config_file; /* --kafka-config; NULL none */
    char *config_text;       /* what it says, once loaded; free it */
};
/* Reads `config_file`, once: it may be a pipe. 0, or -1 with a sentence in `error`. */
int kafka_config_load(struct kafka_config *config, char *error, size_t size);
/* Reads what can be checked without a broker. 0, or -1 with a sentence in `error`. */
int kafka_config_check(const struct kafka_config *config, char *error, size_t size);
/* Passwords, keys and tokens: by the name of "name" or "name=value". */
bool kafka_property_is_secret(const char *property);
/* A copy of an argument "name=value", to be freed; of a secret the original is blotted
 * out, for the process list shows it. */
char *kafka_property_take(char *property);

#endif
