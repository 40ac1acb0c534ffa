/* Trends (doc/trends.md): which artists and songs are played by significantly more
 * people now than their own past predicts. Fed by the model with every counted play of a
 * known user; asked by the view. One thread. */
#ifndef CADENCE_TREND_H
#define CADENCE_TREND_H

#include "cadence/filter.h"

enum trend_scale {
    SCALE_AUTO,  /* the shortest that holds enough listens of the selection */
    SCALE_30MIN, /* against 24 hours */
    SCALE_6H,    /* against 7 days */
    SCALE_DAY,   /* against 4 weeks */
    SCALE_WEEK,  /* against 8 weeks */
    SCALE_COUNT
};

#define TREND_POINTS 12

/* One listed artist or song. `id` is the model's number of it. */
struct trend_entry {
    uint32_t id;
    uint32_t listeners;    /* distinct, in the window */
    uint32_t listens;      /* k */
    uint32_t base_listens; /* b */
    double expected;       /* listens that the baseline predicts for the window */
    double lift; /* k / expected (b 0 counts as 1/2); for falling ones below 1 */
    double
        score; /* the bound that ranks: ln of the lift's lower bound (upper, falling) */
    double p;  /* one-sided p-value */
    int64_t since_ms; /* when it entered the list, by event time, as far as looked back */
    int rank_change;  /* places gained since the window before; */
    bool is_new;      /* not listed then */
    double forecast, forecast_low, forecast_high; /* listens of the next window */
    float spark[TREND_POINTS]; /* share of listens, oldest first, scaled to max 1; -1: of
                                  none */
};

/* Who and where one listed artist grows (the panel's "why"). Shares now and before, per
 * cent. */
struct trend_why {
    bool valid;
    uint32_t id;
    float state_now[STATE_COUNT], state_before[STATE_COUNT];
    float device_now[DEVICE_COUNT], device_before[DEVICE_COUNT];
    float level_now[LEVEL_COUNT], level_before[LEVEL_COUNT];
};

#define TREND_LIST_MAX 100
#define TREND_WAITING 120 /* bytes of the sentence that says what is waited for */

struct trend_list {
    enum trend_scale scale;         /* the one used */
    int64_t now_ms;                 /* end of the window, by event time */
    int64_t window_ms, base_ms;     /* lengths; base_ms is what there is of it */
    int64_t series_ms;              /* of sparklines, together */
    uint32_t listens, base_listens; /* K, B */
    bool enough; /* false: too little to judge; `waiting` says for what */
    char waiting[TREND_WAITING];
    bool more;       /* not all looks back were made: asking again gets further */
    bool sampled;    /* not all users are counted: what is told of all is an estimate */
    uint32_t tested; /* artists that the false discovery rate is over */
    size_t count;
    struct trend_entry entry[TREND_LIST_MAX];
};

struct trend;

struct trend *trend_new(void);
/* What comes first of two artists or songs with one score: <0, 0, >0, by their names, for
 * numbers are given as they come. Without it, by number. */
typedef int (*trend_order)(const void *context, bool songs, uint32_t a, uint32_t b);
void trend_set_order(struct trend *trend, trend_order order, const void *context);
void trend_free(struct trend *trend);

/* Where not all users can be counted, or need be, those of little depth are not: half
 * have a depth of 0, a quarter one of 1, and so on. By what names a user for ever, its
 * number or a hash of its text: whom we count must not depend on who came first. */
uint8_t trend_depth(uint64_t name);

/* A counted play. user > 0; artist, song 0: none; ids are dense, from the model. A song
 * is of one artist. */
struct trend_play {
    int64_t ts_ms;
    uint32_t user, artist, song;
    uint16_t state;
    uint8_t level : 4, depth : 4;
    uint8_t device;
};
/* Plays in the order in which they came, of any time. By hundreds they cost least: the
 * places of all their pairs can be fetched from memory ahead. */
void trend_add(struct trend *trend, const struct trend_play *play, size_t count);

/* The newest play but for strays, which wait for others near them; 0: none yet. */
int64_t trend_now_ms(const struct trend *trend);
/* Would a play of that time be a stray, were it alone? */
bool trend_is_far(const struct trend *trend, int64_t ts_ms);

enum trend_kind { TREND_ARTISTS, TREND_SONGS, TREND_FALLING, TREND_KIND_COUNT };

/* How much of a list one call makes: all of it, or what is soon done: doc/trends.md,
 * Cost. */
enum trend_haste { TREND_WHOLE, TREND_SOON, TREND_AT_ONCE };

/* The list for a selection. `resolved` has its labels resolved to bits in `week`. The
 * first of a selection looks back on many moments: in haste a part of it is made, and
 * `more` says whether to ask again. Until then those are missing who stay by what they
 * were, and some are listed since later than is true. */
void trend_list(struct trend *trend, const struct filter *resolved, enum trend_kind kind,
                enum trend_scale scale, enum trend_haste haste, struct trend_list *out);

/* Shares of `n` different artists over the last TREND_POINTS points of the scale, for
 * sparklines, as in trend_entry. */
void trend_series(struct trend *trend, const struct filter *resolved,
                  const uint32_t *artist, size_t n, enum trend_scale scale,
                  float (*out)[TREND_POINTS]);

void trend_explain(struct trend *trend, const struct filter *resolved, uint32_t artist,
                   enum trend_scale scale, struct trend_why *out);

/* Bytes held. */
size_t trend_bytes(const struct trend *trend);

#endif
