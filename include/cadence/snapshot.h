/* A snapshot: the figures of one selection at one moment. Made by the view, never changed
 * afterwards, read by reports and panels. Text in it is borrowed from the model and lives
 * as long as the model; the snapshot's own arrays go with snapshot_free. */
#ifndef CADENCE_SNAPSHOT_H
#define CADENCE_SNAPSHOT_H

#include "cadence/event.h"
#include "cadence/filter.h"
#include "cadence/trend.h"

struct box { /* the spread of a figure; n 0: nothing else is set. Quantiles are type 7. */
    uint64_t n;
    double min, q1, median, q3, max, mean;
};

struct input_counts {
    uint64_t lines;
    uint64_t kind[LINE_KIND_COUNT]; /* LINE_EVENT is "events" */
    uint64_t plays, duplicates;
    int64_t first_ts, last_ts; /* of all events, ms; valid when there are any */
};

struct week_row {
    unsigned week;  /* dims.h */
    char id[9];     /* 2024-W03 */
    char brief[9];  /* W03; 24-W03 where years share their weeks' numbers */
    char label[12]; /* "Week 3", "Present" */
    char from[11], to[11];
    bool chosen;
    uint64_t plays, users; /* of the whole week, whatever the filter */
    uint32_t
        levels[LEVEL_COUNT]; /* users; zones of the filter apply; 0 when not chosen */
    struct box hours;        /* listening hours per user, likewise */
};

/* Fills `brief` of weeks, oldest first. */
void weeks_name_briefly(struct week_row *week, size_t count);

struct state_row {
    char name[3];
    uint16_t state;
    uint32_t users, paid; /* paid: of the users; 0 where not asked for */
    uint64_t plays;
};

struct song_row {
    struct str artist, song;
    uint64_t plays;
};

/* Artists with a sparkline: as many as a screen can show at once; a list of all of them
 * has none from there on. */
#define SPARKS_MAX 100

struct artist_row {
    struct str artist;
    uint32_t id;
    uint64_t plays;
    float spark[TREND_POINTS]; /* as in trend_entry */
    int trend;                 /* place in the trending list, from 1; 0 not in it */
};

struct user_row {
    struct str user, name;
    char id[24]; /* where `user` is printed when it is a number */
    char state[3];
    double hours;
    uint64_t plays;
};

struct trend_row {
    struct trend_entry entry;
    struct str artist, song; /* song: empty in lists of artists */
};

struct trend_rows {
    enum trend_scale scale;
    int64_t now_ms, window_ms, base_ms, series_ms;
    uint32_t listens, base_listens, tested;
    bool enough, more; /* more: unfinished, for time; ask again */
    bool sampled;      /* listeners and listens are estimates from some of the users */
    char waiting[TREND_WAITING];
    size_t count;
    struct trend_row *row;
};

/* Events by time, of the chosen zones and weeks. */
struct activity {
    int64_t start_ms, step_ms; /* step: a minute or more, of which an hour, or hours, of
                                  which a day is a multiple; or whole days */
    size_t count;
    uint64_t *plays;
    uint64_t *events;   /* records that are not plays included */
    uint64_t elsewhere; /* events so far off in time that they are left out */
};

#define LATELY_MINUTES 120

/* Sessions by length: bin i holds those of session_bin_from(i) minutes up to what bin
 * i + 1 begins with; the last holds all that are longer. */
#define SESSION_BINS 12
float session_bin_from(size_t bin);

/* How much of each list is wanted; the lists' true sizes are in the summary. */
enum snapshot_list { LIST_SONGS, LIST_ARTISTS, LIST_USERS, LIST_COUNT };
struct snapshot_request {
    uint64_t number; /* the asker's own; told back in the snapshot */
    struct filter filter;
    size_t limit[LIST_COUNT];
    enum trend_scale scale;
    uint32_t why_artist;             /* explain this one (trend_entry.id); 0 none */
    enum trend_haste haste;          /* trends may be unfinished: trend_rows.more */
    bool session_bins, state_levels; /* state_levels: state_row.paid */
    size_t activity_points;          /* at most; the step is chosen to fit */
};

struct snapshot {
    uint64_t number; /* of the request */
    struct input_counts input;
    struct filter filter;            /* as asked for */
    bool session_bins, state_levels; /* likewise */
    uint8_t zones;                   /* chosen, bit per zone */

    size_t weeks; /* seen, oldest first */
    struct week_row *week;
    size_t weeks_chosen;

    struct { /* of the selection */
        uint64_t users, plays, sessions, songs, artists;
        double hours;
    } summary;

    uint32_t levels[LEVEL_COUNT], genders[GENDER_COUNT], devices[DEVICE_COUNT];
    uint32_t who[DEVICE_COUNT][GENDER_COUNT][LEVEL_COUNT]; /* the same users */
    uint64_t moves[PAGE_KIND_COUNT]; /* records by page: upgrades, downgrades, ... */

    size_t states;
    struct state_row *state; /* by name */
    size_t songs;
    struct song_row *song; /* figure descending, then name */
    size_t artists;
    struct artist_row *artist;
    size_t users;
    struct user_row *user;

    struct box session_minutes;
    uint32_t session_bin[SESSION_BINS]; /* 0 where not asked for */
    struct activity activity, lately;   /* lately: empty where `activity` says it all */
    struct trend_rows trend[TREND_KIND_COUNT];
    struct trend_why why;
    struct str why_artist; /* whom it is about */
};

void snapshot_free(struct snapshot *snapshot);

/* Whether asking again would add to it, though nothing new was counted. */
bool snapshot_more(const struct snapshot *snapshot);

/* "In all time zones, over all 19 weeks, 100 listeners played ..." Zero-ended, cut to
 * size. */
void snapshot_headline(const struct snapshot *snapshot, char *out, size_t size);
/* The hours of music in it, without the word: "2,969", "0.4". */
void snapshot_hours(const struct snapshot *snapshot, char out[32]);

/* Devices in the order of reports: users descending, then name. */
void devices_by_users(const struct snapshot *snapshot, enum device order[DEVICE_COUNT]);

#endif
