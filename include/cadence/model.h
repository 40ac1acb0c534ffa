/* What has been counted: users, plays, sessions, songs, by week, zone and state; exact,
 * by event time, in any order of arrival. One thread adds and reads; the view reads the
 * structs below and changes nothing but through the functions.
 *
 * What is kept is a handful of tables, below; doc/model.md says what an entry of each
 * costs. Nothing is kept per line.
 *
 * The selection (struct selection) holds the figures of the current filter. It is kept up
 * with every play; model_select rebuilds it from the above. Both ways give the same
 * figures. */
#ifndef CADENCE_MODEL_H
#define CADENCE_MODEL_H

#include "cadence/event.h"
#include "cadence/filter.h"
#include "cadence/snapshot.h"

#define NONE UINT32_MAX
#define HOURS_A_WEEK 168

/* Open addressing, linear probing. A slot is tag << 32 | id + 1; 0 is empty. */
struct index {
    uint64_t *slot;
    uint32_t mask, count;
};

/* Strings, each kept once; ids are dense from 0, which is the empty string. */
struct strtab {
    struct index index;
    struct str *text;
    size_t count, cap;
    struct bytes_chunk *bytes;
};

/* Seconds and nanoseconds apart, so that no sum of durations overflows. */
struct time_sum {
    int64_t s, ns;
};

struct user {
    uint64_t key; /* its number, or KEY_TEXT | string id */
    /* Within the selection, `last` and what follows by the latest play: */
    int64_t listened_ns, last_ms;
    uint32_t plays, last_seq, name;
    uint32_t counted; /* plays of all; gives those of equal time their order */
    uint16_t state;
    uint8_t attrs;
    uint8_t depth; /* trend.h */
};

/* A user's level, gender and device in one byte. */
#define ATTRS_COUNT 128
static inline uint8_t attrs_pack(unsigned level, unsigned gender, unsigned device)
{
    return (uint8_t)(level | gender << 2 | device << 4);
}
static inline enum level attrs_level(uint8_t a)
{
    return a & 3;
}
static inline enum gender attrs_gender(uint8_t a)
{
    return a >> 2 & 3;
}
static inline enum device attrs_device(uint8_t a)
{
    return a >> 4 & 7;
}

/* Durations stop at 292 years. */
static inline void listened_add(int64_t *sum, int64_t ns)
{
    if (__builtin_add_overflow(*sum, ns, sum))
        *sum = INT64_MAX;
}

struct user_state {
    uint32_t user, cells; /* cells: of the selection, with plays */
    uint16_t state;
};

struct cell {
    int64_t listened_ns;
    int64_t last_ms; /* the latest play ... */
    uint32_t
        last_seq;  /* ... and among equal times the later to arrive (user.plays then) */
    uint32_t name; /* of the latest play; string id */
    uint32_t user_state;
    uint32_t sibling; /* the same user and week, another state; NONE ends */
    uint32_t plays;
    uint16_t state;
    uint8_t zone : 3;
    uint8_t follows : 1; /* is some cell's sibling; the first of a user's cells is not */
    uint8_t anonymous : 1; /* of user 0, who is nobody */
    uint8_t attrs;
};

/* Plays of songs within a week: key = song << 3 | zone, plus 1; 0 is empty. */
struct song_count {
    uint32_t key, plays;
};

struct song_counts {
    struct song_count *slot;
    uint32_t mask, count;
};

struct hour {
    uint32_t plays, events;
};

struct minutes { /* of an hour */
    struct hour minute[60][ZONE_COUNT];
};

/* The minutes of the newest hours in which anything was (model/recent.c). */
#define RECENT_HOURS 48
struct recent {
    uint32_t hour[RECENT_HOURS + 1]; /* since WEEK_EPOCH_MS; UINT32_MAX: none */
    struct minutes *minutes;         /* by place; the last takes what is older */
    size_t n, now;                   /* now: the place of the last event's hour */
    uint32_t oldest; /* of those kept, when there is room for no more; else 0 */
};

struct week {
    unsigned number; /* dims.h */
    uint64_t plays;
    uint32_t users;
    struct cell *cell;
    size_t cells, cells_cap;
    struct index by_user; /* to a user's first cell */
    struct song_counts songs;
    uint64_t zone_plays[ZONE_COUNT];
    struct time_sum zone_time[ZONE_COUNT];
    uint32_t moves[ZONE_COUNT][PAGE_KIND_COUNT];
    struct hour hour[HOURS_A_WEEK][ZONE_COUNT];
    /* Of the plays from these zones, which are the selection's if the week is in it: */
    uint8_t zones;
    uint32_t levels[LEVEL_COUNT];
    struct box hours;
    bool hours_stale;
};

struct song {
    const char *title;
    uint32_t title_len, artist;
};

/* The plays of one session that fall into one week and one zone; most sessions have one.
 * Those of the others are found by an index; and before them all in the list stands one
 * of no week, over what is selected, so that a play need not look at each. */
struct span {
    int64_t start_ms; /* since 1970: first begin, */
    double end_ms;    /* last end */
    uint32_t next;    /* in model.more_span; NONE ends */
    uint16_t week;    /* UINT16_MAX: none */
    uint8_t zone;
};

struct more_span {
    struct span span;
    uint32_t session;
};

struct session {
    uint64_t key;   /* number, or KEY_TEXT | string id */
    uint64_t items; /* seen: bit i is item_word * 64 + i */
    uint32_t user;
    uint32_t item_word; /* words beyond 32 bits are never here */
    uint32_t listener;  /* of an event that had this ... */
    uint32_t name;      /* ... name */
};

/* 64 items of a session beyond its first 64. */
struct item_word {
    uint64_t word, bits;
    uint32_t session;
};

struct selection {
    struct filter filter;       /* as asked for */
    uint64_t weeks[WEEK_WORDS]; /* resolved */
    uint8_t zones;
    uint64_t users, sessions, songs, artists;
    uint32_t attrs_users[ATTRS_COUNT]; /* users by level, gender and device */
    uint32_t state_users[STATE_COUNT];
    uint64_t state_plays[STATE_COUNT];
    uint32_t *song, *artist; /* plays, by song and artist */
    float *session_minutes;  /* by session; below 0: not in the selection */
};

struct model {
    struct input_counts input;
    uint64_t secret; /* of what is hashed here: the rest comes hashed (struct event) */

    struct index user_index;
    struct user *user; /* 0 is anonymous */
    size_t users, users_cap;
    struct index user_state_index;
    struct user_state *user_state;
    size_t user_states, user_states_cap;

    struct strtab idents; /* of users, sessions and items that are no numbers */
    struct strtab names, artists;
    struct index song_index;
    struct song *song;
    size_t songs, songs_cap, songs_sel_cap, artists_sel_cap;
    struct bytes_chunk *titles;

    struct week *week[WEEK_COUNT]; /* NULL: no event yet */
    unsigned seen[WEEK_COUNT];     /* weeks with plays, ascending */
    size_t weeks_seen;
    struct recent recent;

    struct index session_index;
    struct session *session;
    struct span *span; /* by session: its first; a new filter goes through them all */
    size_t sessions, sessions_cap, spans_cap, minutes_cap;
    struct more_span *more_span;
    size_t more_spans, more_cap;
    struct index span_index; /* of them */
    struct index item_index;
    struct item_word *item_word;
    size_t item_words, item_words_cap;

    struct selection sel;
    struct trend *trend;
    struct trend_play *play; /* of the batch that is counted, for the trends */
    size_t plays_cap;
};

#define KEY_TEXT (UINT64_C(1) << 63)

struct model *model_new(void);
void model_free(struct model *model);

/* Counts lines, events and others, in order. */
void model_add(struct model *model, const struct event *events, size_t count);

#define TWO_CORES_FROM 20000 /* sessions */
/* Makes the filter current; rebuilds the selection when it differs: from TWO_CORES_FROM
 * on with a second thread, which has ended when it returns. */
void model_select(struct model *model, const struct filter *filter);
/* Rebuilds in any case (tests). */
void model_rebuild(struct model *model);

/* Text of a user's id: decimal digits in `buffer`, or borrowed from the model. */
struct str model_user_id(const struct model *model, uint32_t user, char buffer[24]);
struct str model_song_title(const struct model *model, uint32_t song);
/* By artist, then title, as strcmp orders. */
int model_song_order(const struct model *model, uint32_t a, uint32_t b);

size_t model_bytes(const struct model *model);

/* An hour's minutes; NULL: they are not kept. */
const struct minutes *recent_hour(const struct recent *recent, uint32_t hour);

/* Plays and events over time in at most `points` steps; and of the last LATELY_MINUTES,
 * where those steps are longer than a minute (view/activity.c). */
void activity_fill(const struct model *model, size_t points, struct activity *all,
                   struct activity *lately);

/* Selects the request's filter and takes its figures (view/build.c). The caller frees. */
struct snapshot *snapshot_new(struct model *model,
                              const struct snapshot_request *request);

#endif
