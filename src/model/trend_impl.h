/* What the files of the trend engine share. Method, assumptions and cost: trend.c. */
#ifndef CADENCE_TREND_IMPL_H
#define CADENCE_TREND_IMPL_H

#include "cadence/trend.h"

/* ---- Time: pairs are dated in units of 10 s since 2000 (from 1, so that 0 is none).
 * ---- */
#define UNIT_MS INT64_C(10000)
/* Plays up to this much late are placed exactly before anything is closed over them. The
 * newest baseline of the half hour ends 35 minutes before the step that has begun: what
 * it has counted must be closed, or what comes later would never be added to it. */
#define LATE_MS (35 * MINUTE_MS)

/* A listen's class: the number of scales for which it is one, by the gap since the pair
 * was last seen: 30 min, 6 h, 1 day, 1 week. */
#define CLASS_COUNT 4

/* ---- Pairs (trend_pairs.c): when was this user last seen with this artist or song? ----
 */
struct pair {
    uint32_t print; /* of the pair's hash: its place in the table */
    uint32_t last;  /* unit of the newest play; 0: empty slot */
    uint16_t run;   /* units from the run's first play to the newest; a run's gaps are
                       less than 30 min */
    uint16_t gap;   /* units from the play before the run to its first; GAP_NONE: none
                       known */
    uint16_t attr;  /* of the listen at the run's first: 11 bits; the user's depth: 4;
                       print: 1 */
    uint16_t song;  /* of an artist: the tag of the only song that was played; 0: there
                       were several, or none */
};
#define GAP_NONE 65535

#define DEPTH_COUNT 16
struct pairs {
    struct pair *slot;
    size_t slots, used, limit; /* limit: of used */
    uint32_t
        keep_from[DEPTH_COUNT]; /* entries last seen before may go, by the user's depth */
    uint32_t keep_all;          /* the latest of them: from then on none may go */
    struct pair crowded; /* given for a pair that finds no place: makes no listen */
};

/* A change of the count of listens: +1 or -1 of `cls` at a unit of time. */
struct change {
    uint32_t unit;
    uint16_t attr; /* state, device, level: 11 bits */
    uint8_t cls;   /* 1..CLASS_COUNT by the gap alone */
    bool minus;
};
#define CHANGE_MAX 3

unsigned gap_class(uint32_t units);
#define PAIRS_REACH 1024             /* how far behind its home an entry may lie */
#define PAIRS_TAIL (PAIRS_REACH + 1) /* behind the last home; the last stays empty */
void pairs_init(struct pairs *pairs);
void pairs_fini(struct pairs *pairs);
/* From now on entries are remembered for `keep` units, by the depth of their user. */
void pairs_keep(struct pairs *pairs, uint32_t newest, const uint32_t keep[DEPTH_COUNT]);
/* Forgets; and grows if most entries are still needed, shrinks if few are. Returns where
 * the entry of that print and mark is now; `crowded` if it was forgotten as well. */
struct pair *pairs_room_behind(struct pairs *pairs, uint32_t print, unsigned mark);
/* Makes the pair's entry say what `of` says of another pair. */
void pairs_put(struct pairs *pairs, uint64_t hash, unsigned depth, const struct pair *of);
/* Writes the changes that a play of a pair that is known makes; returns how many. */
unsigned pair_again(struct pair *e, uint32_t unit, uint16_t attr,
                    struct change out[CHANGE_MAX]);
/* The same of any pair. */
unsigned pairs_see(struct pairs *pairs, uint64_t hash, uint32_t unit, uint16_t attr,
                   unsigned depth, struct change out[CHANGE_MAX]);

/* ---- Listens (trend_code.c, trend_store.c): counted by time, in three grains. ---- */
enum tier_id { TIER_5MIN, TIER_HOUR, TIER_4HOURS, TIER_COUNT };

/* A listen as a number: id, attributes, class - 1, and lowest whether it is taken back.
 */
typedef uint64_t listen_t;

struct skip { /* where decoding may start: behind this listen */
    uint64_t key;
    uint64_t bit;
};

struct bucket {
    int64_t index; /* time / grain */
    union {
        uint8_t *bits;       /* sorted listens, gaps in Rice code */
        struct bucket *next; /* of the spare ones */
    };
    struct skip *skip; /* every SKIP_EVERY listens; what holds the bits as well */
    listen_t *loose;   /* not yet in `bits`, as they came */
    uint32_t coded, bytes, loose_n, loose_cap;
    uint32_t version; /* grows with every change */
    uint8_t rice;
    /* Listens by class - 1; below 0 where a very late play took back what never was. */
    int32_t total[CLASS_COUNT][ZONE_COUNT];
};

#define BUCKET_CHUNK 64
struct bucket_chunk {
    struct bucket_chunk *next;
    struct bucket bucket[BUCKET_CHUNK];
};

struct tier {
    struct bucket **bucket; /* by index */
    size_t n, cap;
    size_t found;    /* where the last search ended: what comes late comes in runs */
    int64_t made_to; /* index from which on buckets are not closed / not made yet */
    size_t bytes, drop_at; /* drop_at: when old ones are looked for next */
    int64_t dropped[2];    /* the newest index dropped; of those before a week's end */
};

/* ---- Counts by id and zone, of those that have any (trend_counts.c) ---- */
#define COUNTS_PAGE 64
struct counts_page {
    uint64_t has; /* a bit for each id that has a row */
    uint32_t (*row)[ZONE_COUNT];
};
struct counts {
    struct counts_page *page; /* by id / COUNTS_PAGE */
    size_t pages, rows;
    size_t nothing; /* rows that may have become nothing */
};

/* The id's row, NULL if it has none. */
static inline const uint32_t *counts_row(const struct counts *counts, uint32_t id)
{
    if (id / COUNTS_PAGE >= counts->pages)
        return NULL;
    const struct counts_page *page = &counts->page[id / COUNTS_PAGE];
    uint64_t bit = UINT64_C(1) << id % COUNTS_PAGE;
    return page->has & bit ? page->row[__builtin_popcountll(page->has & (bit - 1))]
                           : NULL;
}
/* The same, made if there is none; it stays in its place until another is made. */
uint32_t *counts_put(struct counts *counts, uint32_t id);
/* A row has become less. */
void counts_less(struct counts *counts, const uint32_t *row);
/* Once in a while, after rows have become less: drops those that are nothing. */
void counts_sweep(struct counts *counts);
void counts_clear(struct counts *counts);
void counts_copy(struct counts *to, const struct counts *from);
void counts_fini(struct counts *counts);
size_t counts_bytes(const struct counts *counts);

/* Counts per id and zone of a stretch of one tier's buckets, kept by moving its ends
 * (trend_base.c). One for each scale, of the present; one for the end of a week gone by;
 * one that looks back from either. */
enum { BASE_AWAY = SCALE_AUTO, BASE_GONE = SCALE_COUNT, BASE_COUNT };

struct stretch {
    enum tier_id tier;
    unsigned cls;
    int64_t from, to; /* buckets [from, to) */
    bool newest;      /* of the newest look */
    int64_t near;     /* buckets to move that are few */
};

struct base {
    bool valid;
    enum tier_id tier;
    unsigned cls;
    int64_t from, to; /* buckets [from, to) */
    struct counts counts;
    uint64_t sum[ZONE_COUNT];
    uint64_t late_seen;
};

#define OPEN_NONE (UINT32_C(1) << 31) /* no unit is near it */

struct late { /* a change behind a closed bucket */
    enum tier_id tier;
    int64_t index;
    listen_t listen;
};
#define LATE_MAX 4096
#define ROOM_MAX 8 /* as many 5-minute buckets are open at once */

struct store {
    bool wide;              /* fine tiers keep device and level */
    const uint8_t *zone_of; /* of 64 states */
    struct tier tier[TIER_COUNT];
    struct bucket_chunk *chunks;
    struct bucket *spare;
    struct bucket *open; /* where the newest listens go, if of open_unit and 29 more */
    uint32_t open_unit;  /* OPEN_NONE: no bucket is at hand */
    struct {             /* room of buckets that were closed, for the next */
        listen_t *loose;
        uint32_t cap;
    } room[ROOM_MAX];
    unsigned rooms;
    uint32_t ids;         /* highest id + 1 */
    uint32_t rolled_unit; /* listens before it have been gathered into hours */
    listen_t *buf, *tmp;  /* for decoding and sorting */
    size_t buf_cap;
    int64_t newest_ms;
    struct late late[LATE_MAX]; /* a ring; late_count counts all */
    uint64_t late_count;
    struct base base[BASE_COUNT];
};

extern const int64_t tier_grain_ms[TIER_COUNT];

/* The parts of a listen. */
static inline unsigned attr_bits(bool wide)
{
    return wide ? 13 : 8;
}
static inline uint32_t listen_id(listen_t v, bool wide)
{
    return (uint32_t)(v >> (attr_bits(wide) + 1));
}
static inline unsigned listen_class(listen_t v) /* 1..4 */
{
    return (unsigned)(v >> 1 & 3) + 1;
}
static inline unsigned listen_state(listen_t v, bool wide)
{
    return (unsigned)(v >> (wide ? 8 : 3) & 63);
}
static inline unsigned listen_level(listen_t v) /* wide ones only */
{
    return (unsigned)(v >> 3 & 3);
}
static inline unsigned listen_device(listen_t v)
{
    return (unsigned)(v >> 5 & 7);
}

/* Sorts `n`, of which the first `sorted` are, and none of those taken back; those added
 * and taken back cancel. Returns how many are left. */
size_t listens_sort(listen_t *v, listen_t *tmp, size_t sorted, size_t n);
/* Replaces the bucket's content by `n` sorted listens, none taken back. */
void bucket_encode(struct bucket *bucket, const listen_t *v, size_t n);
/* Appends all to `out` (room for coded + loose); returns how many. */
size_t bucket_read(const struct bucket *bucket, listen_t *out);
/* Calls fn for each of one id. */
typedef void (*listen_fn)(void *context, listen_t listen);
void bucket_each(const struct bucket *bucket, bool wide, uint32_t id, listen_fn fn,
                 void *context);
/* Frees what it holds. */
void bucket_fini(struct bucket *bucket);
size_t bucket_bytes(const struct bucket *bucket);

void store_init(struct store *store, bool wide, const uint8_t *zone_of);
void store_fini(struct store *store);
/* A listen of another time than the one before: finds its bucket, and keeps it at hand.
 */
void store_add_elsewhere(struct store *store, uint32_t id, const struct change *change,
                         unsigned cls);
/* Event time has reached `newest_ms`: closes, rolls up and drops what is due. */
void store_advance(struct store *store, int64_t newest_ms);
size_t store_bytes(const struct store *store);
bool tier_is_wide(const struct store *store, enum tier_id tier);
/* First bucket at or after `index`. */
size_t tier_lower(const struct tier *tier, int64_t index);

/* Calls fn for each bucket that together hold [from, to): of `tier`, finer ones at the
 * ends that it does not reach. */
typedef void (*bucket_fn)(void *context, const struct bucket *bucket, enum tier_id tier);
void store_cover(const struct store *store, enum tier_id tier, int64_t from_ms,
                 int64_t to_ms, bucket_fn fn, void *context);
/* Decodes a bucket into the store's buffer. */
const listen_t *store_read(struct store *store, const struct bucket *bucket, size_t *n);
/* Of class `cls` and up, in all zones. */
int64_t bucket_total(const struct bucket *bucket, unsigned cls);
uint64_t store_total(const struct store *store, enum tier_id tier, unsigned cls,
                     int64_t from_ms, int64_t to_ms, uint64_t by_zone[ZONE_COUNT]);

/* A base at that stretch: the one at `home`, or BASE_AWAY. Reads buckets while `work`, in
 * listens, is left; NULL: it ran out, and the next call goes on. */
const struct base *base_seek(struct store *store, int home, const struct stretch *at,
                             int64_t *work);
/* A bucket is dropped. */
void base_forget(struct store *store, enum tier_id tier, int64_t index);

/* What a base says. Very late plays can take back a listen that never was, or that was
 * dropped when its bucket was coded: less than none is none. */
static inline uint32_t base_count(uint32_t n)
{
    return n <= INT32_MAX ? n : 0;
}
static inline uint64_t base_sum(uint64_t n)
{
    return n <= INT64_MAX ? n : 0;
}

/* ---- Statistics (trend_stat.c) ---- */
/* P(X >= k), P(X <= k) for X ~ Binomial(n, q). */
double binomial_upper(uint32_t k, uint32_t n, double q);
double binomial_lower(uint32_t k, uint32_t n, double q);
/* ln of the lower (sign +1) or upper (-1) bound of the lift; `ratio` = K/B. */
double lift_bound(double k, double b, double ratio, int sign);
/* The largest p that passes Benjamini-Hochberg at `alpha` over `m` tests; 0: none. Sorts.
 */
double bh_threshold(double *p, size_t n, size_t m, double alpha);

/* ---- Looks (trend_look.c): the test at one moment; trackers: at every step of a scale.
 * ---- */
#define SUB_COUNT 3

struct scale_spec {
    const char *name;
    int64_t window_ms, step_ms;
    enum tier_id tier;
    unsigned cls;
    int steps[SUB_COUNT]; /* lengths of the windows tested, in steps; the last is W, and
                           * any before may be the same */
    int base_steps, guard_steps, snap_steps;
    int history; /* looks back for since-when, in steps */
};
extern const struct scale_spec scale_specs[SCALE_COUNT];

enum side { RISING, FALLING };

struct mark { /* one that would stay listed, were it listed */
    uint32_t id;
    float score;
    uint8_t side;
    bool enters; /* passes the gate too */
};

struct look {
    int64_t step;      /* at step * step_ms; -1: not made */
    uint64_t stamp;    /* of what it was made from */
    int64_t made;      /* when: the newest step of that time */
    bool final;        /* made when nothing but very late plays could change it */
    struct mark *mark; /* by side, then id */
    uint32_t n;
};

#define HISTORY_MAX 144

/* What the newest look says of one that would stay: what entries are filled from. */
struct fact {
    uint32_t k, b;
    double expected, ratio;
};

/* The newest look, and what is said at the head of a list. */
struct head {
    bool made;
    uint64_t serial; /* of trend, when it was made */
    struct look look;
    struct fact *fact; /* of look.mark */
    uint64_t listens, base_listens;
    int64_t base_ms;
    uint32_t tested;
    bool enough;
};

struct tracker { /* of one store, scale, set of zones and end */
    uint8_t kind, scale, zones;
    int64_t end_ms; /* 0: live */
    struct head head;
    struct look look[HISTORY_MAX + 8];
    uint64_t used, late_seen;
    int64_t late_step;
};
#define TRACKER_COUNT 6

/* The listens of one step of a selection, by id. */
struct column {
    int64_t step;
    uint64_t stamp; /* of the buckets it was made from; 0: not made */
    struct tally {
        uint32_t id, n;
    } * tally;
    size_t n, cap;
    uint32_t state[64];
};
/* A window is 8 steps at most, one begun and one extra included. */
#define COLUMN_COUNT 8

struct columns {
    uint8_t scale, zones;
    struct column column[COLUMN_COUNT]; /* by step, modulo */
};

/* The working of one look. */
struct sums {
    int64_t from_ms, to_ms, base_from_ms, base_to_ms;
    const struct base *base;
    /* By id: within the shortest, middle, whole window. Pages where there are any, all
     * nothing between looks. */
    uint32_t (**k)[SUB_COUNT];
    size_t pages, made;
    uint32_t *touched; /* ids with k > 0 */
    size_t touched_n, touched_cap;
    uint64_t K[SUB_COUNT][ZONE_COUNT];
    uint32_t state[64]; /* listens of the window */
    uint64_t K_sum[SUB_COUNT], B_sum;
    double ratio[SUB_COUNT][ZONE_COUNT];
    double pooled[SUB_COUNT];
};

/* ---- Strays (trend_stray.c): plays far ahead of all others wait for company. ---- */
#define STRAYS_MAX 16
struct strays {
    int64_t newest_ms, first_ms; /* of those taken; of those held, INT64_MAX: none is */
    struct trend_play held[STRAYS_MAX];
    size_t n;
    uint64_t score, serial; /* how many there were of late, by then */
};

/* How far is too far, by the plays of late: set anew at due_ms. */
struct gaps {
    int64_t far_ms, due_ms, mark_ms;
    uint64_t mark; /* the play from which gaps are counted, of mark_ms */
};

void strays_init(struct strays *strays);
/* A play more than far_ms ahead: true, it is held; false, time has come to it. `serial`
 * counts plays. */
bool strays_hold(struct strays *strays, const struct trend_play *play, int64_t far_ms,
                 uint64_t serial);
/* Gives back one that time has come to within near_ms; false: there is none. */
bool strays_take(struct strays *strays, int64_t near_ms, struct trend_play *play);

#define STRAY_NEAR_MS (30 * MINUTE_MS)
void gaps_adapt(struct gaps *gaps, int64_t newest_ms, uint64_t serial);

struct trend {
    trend_order order; /* NULL none */
    const void *order_of;
    uint64_t serial, clock;
    struct strays ahead, behind; /* of all others; behind: in time mirrored */
    struct gaps gaps;
    int64_t newest_ms, oldest_ms, newest_zone_ms[ZONE_COUNT];
    int64_t bound_ms;   /* the oldest of those that wait, too */
    int64_t advance_ms; /* when the stores are advanced next: the end of 5 minutes */
    uint8_t zone_of[64];
    uint16_t state_of[64];         /* index -> state */
    uint8_t index_of[STATE_COUNT]; /* 255: none yet */
    unsigned states;
    struct store store[2]; /* artists, songs */
    struct pairs pairs[2];
    struct {
        uint32_t unit;
        uint8_t level;
    } sample[CLASS_COUNT][16];
    unsigned samples[CLASS_COUNT];
    uint32_t sampled_unit;                 /* of the last change of a level */
    uint8_t sampled_class[2][DEPTH_COUNT]; /* from then on: the highest class, by depth */
    struct waiting {
        int64_t ts_ms;
        uint64_t hash; /* of user and artist */
        uint32_t id[2], unit;
        uint16_t attr, song;          /* song: its tag among those of the artist */
        uint8_t zone, depth, most[2]; /* most: the highest class for which it counts */
    } waiting[256];                   /* the plays that are just taken in */
    struct song_look {                /* in the songs' pairs */
        const struct waiting *play;
        uint64_t hash;
        struct pair before; /* of another song, to be put down first; last 0: none */
    } look_at[512];         /* two a play */
    size_t looks;
    struct sums sums;
    struct columns columns[2]; /* artists, songs */
    int64_t work;              /* listens that the call may still read */
    bool soon, ran_out;        /* whether it makes a part only; whether that was all */
    struct tracker *tracker[TRACKER_COUNT];
    double *p; /* of one look, for Benjamini-Hochberg */
    size_t p_cap;
};

/* ---- The course of an id (trend_course.c) ---- */
#define COURSE_STEPS (2 * TREND_POINTS)
#define COURSE_IDS 200
struct course {               /* of the selection */
    double all[COURSE_STEPS]; /* listens in each step, oldest first */
    double next;              /* that the next window should hold */
};
struct asked;
void course_all(const struct asked *sel, struct course *course);
/* Of at most COURSE_IDS ids, all different. */
void course_own(const struct asked *sel, const uint32_t *id, size_t n,
                double (*own)[COURSE_STEPS]);
void course_spark(const struct course *course, const double own[COURSE_STEPS],
                  float out[TREND_POINTS]);
void course_forecast(const struct asked *sel, const struct course *course,
                     const double own[COURSE_STEPS], double usual_share, double unit,
                     struct trend_entry *entry);

/* The sampling level of a scale at a moment: users of depth below it are not counted. */
unsigned trend_sample(const struct trend *trend, bool songs, unsigned cls, uint32_t unit);

struct asked {
    struct store *store;
    const struct scale_spec *spec;
    uint8_t kind, scale, zones;
    int64_t end_ms; /* 0: live */
    int64_t now_ms;
};
/* What one look is over. */
struct window {
    int64_t from_ms, to_step; /* up to the beginning of that step */
    bool extra; /* its last step has just begun: the shorter windows begin one earlier */
};
/* At a step gone by: W to the millisecond. */
struct window window_at(const struct asked *sel, int64_t to_step);
/* The newest, with the step that has begun. No longer than W, so that nobody is in it
 * twice, and shorter by less than a bucket of the next finer grain. The half hour has
 * none finer: it begins at the step nearest to W ago, and may be a minute longer. */
struct window window_now(const struct asked *sel);

/* ---- Sums (trend_sums.c) ---- */
/* Listens without which nothing is judged: of the window, of the baseline. */
#define MIN_LISTENS 50u
#define MIN_BASE 200u
/* Fills trend->sums for that window, reading while trend->work is left. False: that ran
 * out, and another call has to go on. */
bool sums_fill(struct trend *trend, const struct asked *sel, struct window at);
bool sums_enough(const struct trend *trend, const struct asked *sel);
/* Of one id, by window. */
#define SUMS_PAGE 16
static inline const uint32_t *sums_k(const struct sums *sums, uint32_t id)
{
    static const uint32_t none[SUB_COUNT];
    if (id / SUMS_PAGE >= sums->pages || !sums->k[id / SUMS_PAGE])
        return none;
    return sums->k[id / SUMS_PAGE][id % SUMS_PAGE];
}
/* Listens of the baseline; and what they let expect of each window. */
uint32_t sums_expected(const struct sums *sums, unsigned zones, uint32_t id,
                       double expected[SUB_COUNT]);
void sums_fini(struct trend *trend);
size_t sums_bytes(const struct trend *trend);

/* False as sums_fill. */
bool look_make(struct trend *trend, const struct asked *sel, struct window at,
               struct look *look);
const struct mark *look_find(const struct look *look, enum side side, uint32_t id);
/* The selection's tracker, rid of what very late plays have made wrong. */
struct tracker *tracker_get(struct trend *trend, const struct asked *sel);
/* The newest look; NULL: no time. */
const struct head *tracker_head(struct trend *trend, struct tracker *tracker,
                                const struct asked *sel);
/* The look at a step before; NULL: there is none so far back, or no time (ran_out). */
const struct look *tracker_look(struct trend *trend, struct tracker *tracker,
                                const struct asked *sel, int64_t step);
void trackers_free(struct trend *trend);
size_t trackers_bytes(const struct trend *trend);

#endif
