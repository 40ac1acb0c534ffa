/* The event generator: EventSim's users, sessions and pages, as lines of JSON. One
 * thread; the same configuration gives the same bytes on every machine. */
#ifndef CADENCE_SIM_H
#define CADENCE_SIM_H

#include "cadence/str.h"

enum sim_format { SIM_ORIGINAL, SIM_FORK };

enum sim_stream {
    SIM_EVENTS, /* the one stream of the original */
    SIM_LISTEN, /* those of the fork */
    SIM_PAGE_VIEW,
    SIM_AUTH,
    SIM_STATUS_CHANGE,
    SIM_STREAM_COUNT
};

/* "listen_events", as topics and files are called; "events" for the original's. */
const char *sim_stream_name(enum sim_stream stream);
/* SIM_STREAM_COUNT when it is none. */
enum sim_stream sim_stream_from_name(const char *name);
/* The streams of a format, bit per stream. */
unsigned sim_format_streams(enum sim_format format);

/* An artist who takes off: from start_s on, over length_s, `listeners` users who had not
 * planned to play them do, and come back to them. At most SIM_TRENDS of them. */
#define SIM_TRENDS 64
struct sim_trend {
    const char *artist; /* of the catalogue, or a new one */
    int64_t start_s, length_s;
    uint32_t listeners;
};

struct sim_chain; /* the web site: pages and how users go from one to the next */

#define SIM_NEVER INT64_MAX

/* All times are event time, seconds since 1970 in UTC. */
struct sim_config {
    uint64_t seed;
    double alpha_s;            /* mean time between two events of a session */
    double beta_s;             /* mean time between two sessions */
    double damping;            /* of the night, 0 none */
    double weekend_damping;    /* share of weekend and holiday sessions that stay away */
    double weekend_offset_min; /* how long before midnight the weekend sets in, or ends */
    double weekend_scale_min;  /* how long it takes to set in */
    double session_gap_s;      /* least time between two sessions */
    int64_t start_s, end_s;    /* end_s SIM_NEVER: on and on */
    uint32_t users, first_user_id;
    double growth, attrition; /* a year, as a share of the users there are */
    const char *tag;          /* NULL none */
    enum sim_format format;
    unsigned streams; /* bit per stream wanted; 0 all of the format */
    uint32_t songs;
    double zipf;      /* song weights rank^-zipf; 0: as EventSim's song file has them */
    bool territories; /* some listeners live outside the states */
    double dirty;     /* share of lines that are spoilt */
    const struct sim_trend *trend;
    size_t trends;
    int64_t live_s;    /* the demo source: from here on in step with the clock, ... */
    double live_speed; /* ... by so many seconds of event time a second */
    struct sim_chain *chain; /* of a configuration file; NULL the built-in one */
    char *tag_owned;         /* of a configuration file */
};

/* The built-in configuration: EventSim's example, 1,000 users, two weeks from 2024-01-01.
 */
void sim_config_init(struct sim_config *config);
void sim_config_fini(struct sim_config *config);
/* Takes over what an EventSim configuration file says. 0, or -1 with a sentence in
 * `error`; after 0 too, where the file has keys that mean nothing. `size` at least 200.
 */
int sim_config_read(struct sim_config *config, const char *path, char *error,
                    size_t size);
/* What is impossible or senseless. 0, or -1 with a sentence in `error`. */
int sim_config_check(const struct sim_config *config, char *error, size_t size);

/* "2024-01-15", "2024-01-15T14:03:59", "... 14:03", with or without Z. 0, or -1 when it
 * is none or no such day exists. */
int sim_time_parse(const char *text, int64_t *out_s);
/* "90s", "30m", "6h", "2d", "1w"; a bare number is seconds. 0 or -1. */
int sim_span_parse(const char *text, int64_t *out_s);
/* ARTIST:START:LENGTH:LISTENERS; START a span after start_s or a time. `text` is cut into
 * pieces that the trend borrows. 0, or -1 with a sentence in `error`. */
int sim_trend_parse(struct sim_trend *trend, char *text, int64_t start_s, char *error,
                    size_t size);

struct sim;

/* `config` and what it points to are borrowed for the simulation's life; it has to pass
 * sim_config_check. */
struct sim *sim_new(const struct sim_config *config);
void sim_free(struct sim *sim);

#define SIM_LINE_MAX 8192

struct sim_line {
    size_t len; /* with its \n; 0: the end of the simulation */
    int64_t ts_ms;
    enum sim_stream stream;
    uint32_t user; /* who, even where the record does not tell */
};

/* Writes the next line, its \n included, not zero-ended, into `out` of SIM_LINE_MAX
 * bytes. Times never decrease (unless the configuration spoils lines). */
struct sim_line sim_next(struct sim *sim, char *out);

/* Event time of the line that sim_next will write, SIM_NEVER at the end, in seconds. */
int64_t sim_peek_s(struct sim *sim);

struct sim_counts {
    uint64_t lines, events, plays;
    uint32_t users;                             /* ever */
    uint32_t left;                              /* cancelled or lost to attrition */
    uint64_t cut, damaged, repeated, reordered; /* lines spoilt */
};
void sim_counts(const struct sim *sim, struct sim_counts *out);

/* What was planted, as JSON like that of the trend test streams:
 * {"t0":ms,"trends":[{"artist":…, "start":minutes,"end":minutes,"listeners":so many it
 * became}]}. Heap; the caller frees. */
char *sim_truth(const struct sim *sim);

/* The configuration of `cadence --demo`: weeks of history, then a live part that goes on
 * for ever, with artists who take off in it. `trend` is where the trends are put, for the
 * configuration to borrow. */
void sim_config_demo(struct sim_config *config, struct sim_trend trend[SIM_TRENDS]);
/* A sentence for the help: what there is to see, and which trends are planted. */
const char *sim_demo_help(void);

#endif
