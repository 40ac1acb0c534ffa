/* Trends: what significantly more people listen to now than its own past predicts.
 *
 * Method. A listen is a play of a pair (user, artist) that was not seen in the W before
 * it, so that nobody counts twice and no one on repeat counts much (trend_pairs.c). In
 * the window the artist has k of all K listens, in the baseline before it b of B. If its
 * share has not changed, k given k + b is Binomial(k + b, r / (1 + r)) with r = K/B: the
 * conditional test of two Poisson rates (Przyborowski and Wilenski 1940). It is exact for
 * small counts, and only shares enter, so that what moves everything alike (an evening, a
 * surge) moves nothing.
 *   - r is taken zone by zone (expected = sum of b_z K_z / B_z, as Mantel and Haenszel
 * 1959), so that an evening which comes to the East first is no trend of what the East
 * likes.
 *   - A window is W at the longest, so that its listens are of different listeners. The
 * half hour of a moment between two looks may be a minute longer: who may be in it twice
 * does not count for the gate.
 *   - Within the half hour the last 5 and 10 minutes are tried as well (within 6 hours,
 * the last 2 and 4); the smallest p counts, times the number of windows tried. Days and
 * weeks are tried whole: parts of them would find breakfast and Saturdays.
 *   - The gate: those p pass Benjamini and Hochberg (1995) at 0.3 % (songs 0.2 %) over
 * all ids heard in the window, with 5 listeners at least and a lift of 1.4. The rate is
 * below the 1 % of one look because looks follow each other; the lift is below the 2 of
 * the first design because with much expected 1.5 is no chance (doc/trends.md has both
 * sets of figures).
 *   - The rank: the lower end of the lift's 95 % interval, ln[(k+1/2) / ((b+1/2) r)] -
 *     1.96 sqrt(1/(k+1/2) + 1/(b+1/2)), the best of the windows. An artist stays as long
 * as that is above ln 1.2, or above 0 where 5 or more listens are expected.
 *   - A crowd: if one state holds more of the window's listeners than chance allows
 * (1e-2, over all states), the rest has to make a trend without it; else a hundred
 * accounts would do. Where one state is half of the selection, that cannot be told and is
 * not asked.
 *   - Falling: the same test on the other side over the whole window, at a lift of 1/2 or
 * less with 8 listens expected.
 *
 * Time. Everything is by event time and a function of the set of plays: looks are made at
 * every step of the scale (5 minutes, an hour, 4 hours, a day) as if at that time, kept,
 * and made again when late plays change what they saw. Listed is who passes the gate now,
 * or did at a look before and would have stayed at all looks since; "since" is the first
 * such look of the last 12 hours (a day, 3 days, 2 weeks), the rank before is that of one
 * W ago. Plays up to 30 minutes late give exactly what sorted ones give; later ones are
 * counted where they belong, but for those behind a newer play of their own pair, each of
 * which makes three listens wrong at most (trend_pairs.c says which). A play that is
 * alone far ahead of all others is a wrong clock and waits (trend_stray.c).
 * Weeks choose the moment (the end of the newest week chosen, or now), zones choose the
 * people; the baseline is the time before, chosen or not. It ends ten minutes or more
 * before the window, at a full half hour for the shortest scale, and leaves out the first
 * W of all data, where everything looks new.
 *
 * Assumptions. Listens of different people are independent given the share; shares of the
 * baseline hold for the window but for what is sought. Bursts of friends, an artist's own
 * time of day and slow drifts break that: the lift, the 5 listeners and the interval
 * answer for it, not the p-value.
 *
 * Cost. A play is a place in a table (two where a user has heard several songs of an
 * artist), and a few bytes appended for each of artist and song; buckets are sorted once
 * they are past: some 900 instructions a play in all, whatever the number of artists and
 * users. A list sums what is new of its window and moves the baseline along. It makes the
 * looks before it as far as anything listed stayed: once a step, but for the first list
 * of a selection, which has to make many (0.1 s at 4,000 plays a minute); that can be had
 * in parts (doc/trends.md, Cost).
 *
 * Memory. Listens by (id, state, class; for artists of the last 8 days device and level)
 * in buckets of 5 minutes for 38 hours, an hour for 8.6 days, 4 hours for 81 days, in 1.1
 * to 2.6 bytes each (trend_code.c), or 8 where a bucket has few; longer while a grain
 * takes less than 1..4 MiB, the 38 hours before the end of each week last of all. Pairs
 * of users and artists, and of users and songs where a user has heard two of an artist's:
 * 16 bytes as long as they can decide something. A window holds 400,000 listens at most
 * (half an hour; 256,000, 40,000, 40,000 for the others), by the average of the last day:
 * beyond, users are sampled by hash, 2^level to one, from a full hour on, and what is
 * shown is scaled up; shares do not feel it. Songs at the longer scales are sampled 2 to
 * 1 at least. What lists are made from is kept for ids that are heard in it: 24 to 45
 * bytes for each in a baseline (trend_counts.c; a baseline for each scale asked for, one
 * for weeks gone by and one that looks back), 400 at most for each in the window; of all
 * others, a byte or two in tables of what there is. So memory is bounded: 13 MiB with 2.3
 * million plays of six weeks, 210 MiB with 20,000 plays a minute of 100,000 artists (some
 * 300 at first, before sampling sets in), after ten days as after a month.
 */
#include "cadence/mem.h"
#include "trend_hot.h"

#include <stdlib.h>
#include <string.h>

/* Listens of a window up to which everyone counts. */
static const double window_limit[CLASS_COUNT] = {400e3, 256e3, 40e3, 40e3};
static const uint32_t class_units[CLASS_COUNT] = {180, 2160, 8640, 60480};
#define LEVEL_MAX 15
/* Plays: how far ahead their pairs are fetched. When the play comes would be too early:
 * what is counted until the queue is full pushes them out of the first cache again. */
#define AHEAD 10

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9E3779B97F4A7C15);
    x ^= x >> 29;
    x *= UINT64_C(0xD6E8FEB86659FD93);
    return x ^ x >> 32;
}

uint8_t trend_depth(uint64_t name)
{
    uint64_t h = mix(name + UINT64_C(0x5851F42D4C957F2D)) | UINT64_C(1) << LEVEL_MAX;
    return (uint8_t)__builtin_ctzll(h);
}

static uint32_t unit_of(int64_t ts_ms)
{
    return (uint32_t)((ts_ms - TIME_FIRST_MS) / UNIT_MS) + 1;
}

static void states_init(struct trend *trend)
{
    memset(trend->index_of, 255, sizeof trend->index_of);
    memset(trend->zone_of, ZONE_OTHER, sizeof trend->zone_of);
    trend->index_of[STATE_NONE] = 0;
    trend->states = 1;
    for (unsigned s = 1; s < STATE_COUNT; s++)
        if (state_zone(s) != ZONE_OTHER) {
            trend->index_of[s] = (uint8_t)trend->states;
            trend->zone_of[trend->states] = (uint8_t)state_zone(s);
            trend->state_of[trend->states++] = (uint16_t)s;
        }
}

/* 51 states have places; twelve others get one as they come, the rest share that of none.
 */
static unsigned state_index(struct trend *trend, unsigned state)
{
    if (state >= STATE_COUNT)
        return 0;
    if (trend->index_of[state] == 255) {
        trend->index_of[state] = trend->states < 64 ? (uint8_t)trend->states : 0;
        if (trend->states < 64)
            trend->state_of[trend->states++] = (uint16_t)state;
    }
    return trend->index_of[state];
}

/* ---- Sampling ---- */

/* Songs are heard by fewer than artists and cost as much: at the longer scales half of
 * the users have to do. */
unsigned trend_sample(const struct trend *trend, bool songs, unsigned cls, uint32_t unit)
{
    unsigned n = trend->samples[cls - 1], least = songs && cls > 1;
    while (n && trend->sample[cls - 1][n - 1].unit > unit)
        n--;
    unsigned level = n ? trend->sample[cls - 1][n - 1].level : 0;
    return level > least ? level : least;
}

/* The highest class for which a user of this depth counts. */
static unsigned depth_class(const struct trend *trend, bool songs, unsigned depth,
                            uint32_t unit)
{
    unsigned cls = CLASS_COUNT;
    while (cls && trend_sample(trend, songs, cls, unit) > depth)
        cls--;
    return cls;
}

static unsigned class_now(const struct trend *trend, bool songs, unsigned depth,
                          uint32_t unit)
{
    return unit >= trend->sampled_unit ? trend->sampled_class[songs][depth]
                                       : depth_class(trend, songs, depth, unit);
}

static void classes_from(struct trend *trend, uint32_t unit)
{
    trend->sampled_unit = unit;
    for (unsigned d = 0; d < DEPTH_COUNT; d++)
        for (int k = 0; k < 2; k++)
            trend->sampled_class[k][d] = (uint8_t)depth_class(trend, k, d, unit);
}

/* What a window would hold if everyone counted, by the last day. */
static double window_estimate(const struct trend *trend, unsigned cls, int64_t end_ms)
{
    enum tier_id t = cls > 1 ? TIER_HOUR : TIER_5MIN;
    const struct tier *tier = &trend->store[0].tier[t];
    int64_t from = end_ms - DAY_MS, grain = tier_grain_ms[t];
    if (from < trend->oldest_ms)
        from = trend->oldest_ms / HOUR_MS * HOUR_MS;
    if (from >= end_ms)
        return 0;
    double n = 0;
    for (size_t i = tier_lower(tier, from / grain);
         i < tier->n && tier->bucket[i]->index * grain < end_ms; i++) {
        int64_t hour = tier->bucket[i]->index * grain / HOUR_MS;
        unsigned level = trend_sample(trend, false, cls, unit_of(hour * HOUR_MS));
        n += (double)(1u << level) * (double)bucket_total(tier->bucket[i], cls);
    }
    return n * class_units[cls - 1] * UNIT_MS / (double)(end_ms - from);
}

/* Too few plays so far, of two listens at most each, for a window of that class to reach
 * its limit, however short the time. Spares most streams the counting. */
static bool is_far_from_limit(const struct trend *trend, unsigned cls)
{
    double most = 2. * (double)trend->serial * class_units[cls - 1] * UNIT_MS / HOUR_MS;
    return !trend->samples[cls - 1] && most < window_limit[cls - 1];
}

/* Once an hour of event time, and for hours to come, so that late plays find the same
 * levels. */
static void sample_decide(struct trend *trend)
{
    int64_t end_ms = trend->store[0].tier[TIER_HOUR].made_to * HOUR_MS;
    int64_t from_ms = trend->newest_ms / HOUR_MS * HOUR_MS;
    uint32_t unit =
        unit_of((from_ms - end_ms > HOUR_MS ? from_ms : end_ms) + 2 * HOUR_MS);
    unsigned least = 0;
    for (unsigned cls = 1; cls <= CLASS_COUNT; cls++) {
        unsigned *n = &trend->samples[cls - 1];
        unsigned level = *n ? trend->sample[cls - 1][*n - 1].level : 0, want = level;
        double estimate =
            is_far_from_limit(trend, cls) ? 0 : window_estimate(trend, cls, end_ms);
        while (want < LEVEL_MAX && estimate > window_limit[cls - 1] * (1u << want))
            want++;
        want = want > least ? want : least;
        least = want;
        if (want > level && *n < ARRAY_SIZE(trend->sample[0])) {
            trend->sample[cls - 1][*n].unit = unit;
            trend->sample[cls - 1][(*n)++].level = (uint8_t)want;
            classes_from(trend, unit);
        }
    }
}

struct trend *trend_new(void)
{
    struct trend *trend = mem_zalloc(sizeof *trend);
    trend->oldest_ms = trend->bound_ms = INT64_MAX;
    states_init(trend);
    strays_init(&trend->ahead);
    strays_init(&trend->behind);
    trend->gaps.far_ms = STRAY_NEAR_MS;
    for (int k = 0; k < 2; k++) {
        store_init(&trend->store[k], k == 0, trend->zone_of);
        pairs_init(&trend->pairs[k]);
    }
    classes_from(trend, 0);
    return trend;
}

void trend_set_order(struct trend *trend, trend_order order, const void *context)
{
    trend->order = order;
    trend->order_of = context;
}

void trend_free(struct trend *trend)
{
    if (!trend)
        return;
    for (int k = 0; k < 2; k++) {
        store_fini(&trend->store[k]);
        pairs_fini(&trend->pairs[k]);
    }
    trackers_free(trend);
    sums_fini(trend);
    free(trend->p);
    free(trend);
}

/* ---- Plays ---- */

/* The first play of a pair: a listen of every class. */
static inline __attribute__((always_inline)) void add_first(struct trend *trend, int kind,
                                                            const struct waiting *w)
{
    struct change first = {w->unit, w->attr, CLASS_COUNT, false};
    store_add(&trend->store[kind], w->id[kind], &first, w->most[kind], kind == 0);
}

static void add_changes(struct trend *trend, int kind, const struct waiting *w,
                        const struct change *change, unsigned n)
{
    for (unsigned i = 0; w->id[kind] && i < n; i++) {
        unsigned most = class_now(trend, kind, w->depth, change[i].unit);
        unsigned cls = change[i].cls < most ? change[i].cls : most;
        if (cls)
            store_add(&trend->store[kind], w->id[kind], &change[i], cls, kind == 0);
    }
}

/* Songs of an artist are told apart by a tag, so that the only one is known by what the
 * artist's entry has room for. */
static uint16_t song_tag(uint32_t song)
{
    return song ? (uint16_t)(1 + song % 65535) : 0;
}

static uint64_t song_hash(const struct waiting *w, uint16_t tag)
{
    return mix(w->hash ^ tag * UINT64_C(0x94D049BB133111EB));
}

static void look_later(struct trend *trend, const struct waiting *w, uint16_t tag,
                       const struct pair *before)
{
    struct song_look *look = &trend->look_at[trend->looks++];
    *look = (struct song_look){.play = w, .hash = song_hash(w, tag)};
    if (before)
        look->before = *before;
    pairs_prefetch(&trend->pairs[1], look->hash);
}

/* A play of an artist that this user has heard before. */
static __attribute__((noinline)) void see_again(struct trend *trend,
                                                const struct waiting *w, struct pair *e)
{
    struct change change[CHANGE_MAX];
    bool is_only = e->song == w->song;
    if (e == &trend->pairs[0].crowded)
        return;
    if (!is_only && e->song) { /* from now on there are two */
        look_later(trend, w, e->song, e);
        e->song = 0;
    }
    unsigned n = pair_again(e, w->unit, w->attr, change);
    add_changes(trend, 0, w, change, n);
    if (is_only)
        add_changes(trend, 1, w, change, n);
    else if (w->song)
        look_later(trend, w, w->song, NULL);
}

/* Of a song with an entry of its own. The one that was an artist's only song gets it
 * here: it says what the artist's did. */
static void see_song(struct trend *trend, const struct song_look *look)
{
    const struct waiting *w = look->play;
    struct change change[CHANGE_MAX];
    if (look->before.last)
        pairs_put(&trend->pairs[1], look->hash, w->depth, &look->before);
    else if (w->most[1])
        add_changes(
            trend, 1, w, change,
            pairs_see(&trend->pairs[1], look->hash, w->unit, w->attr, w->depth, change));
}

/* First all artists, then the songs that need a look of their own, so that neither waits
 * for memory. */
static void see_all(struct trend *trend, const struct waiting *from,
                    const struct waiting *end)
{
    struct pairs *pairs = &trend->pairs[0];
    trend->looks = 0;
    for (const struct waiting *w = from; w < end && w < from + AHEAD; w++)
        pairs_prefetch(pairs, w->hash);
    for (const struct waiting *w = from; w < end; w++) {
        bool is_new;
        if (w + AHEAD < end)
            pairs_prefetch(pairs, w[AHEAD].hash);
        if (!w->most[0])
            continue;
        struct pair *e =
            pair_find_or_put(pairs, w->hash, w->unit, w->attr, w->depth, &is_new);
        if (!is_new) {
            see_again(trend, w, e);
            continue;
        }
        e->song = w->song;
        if (w->id[0])
            add_first(trend, 0, w);
        if (w->song && w->most[1])
            add_first(trend, 1, w);
    }
    for (size_t i = 0; i < trend->looks; i++)
        see_song(trend, &trend->look_at[i]);
}

/* Another 5 minutes have begun. */
static __attribute__((noinline)) void advance(struct trend *trend)
{
    int64_t grain = tier_grain_ms[TIER_5MIN];
    trend->advance_ms = (trend->newest_ms / grain + 1) * grain;
    int64_t hour = trend->store[0].tier[TIER_HOUR].made_to;
    for (int k = 0; k < 2; k++)
        store_advance(&trend->store[k], trend->newest_ms);
    uint32_t keep[DEPTH_COUNT], unit = unit_of(trend->newest_ms);
    for (int k = 0; k < 2; k++) {
        for (unsigned d = 0; d < DEPTH_COUNT; d++) {
            unsigned cls = class_now(trend, k, d, unit);
            keep[d] = cls ? class_units[cls - 1] : 0;
        }
        pairs_keep(&trend->pairs[k], unit, keep);
    }
    if (hour && hour < trend->store[0].tier[TIER_HOUR].made_to)
        sample_decide(trend);
}

/* What closes buckets comes after the play that brought the time, as if each went alone.
 */
static void take_in(struct trend *trend, size_t n)
{
    struct waiting *from = trend->waiting, *end = from + n;
    for (struct waiting *w = from; w < end; w++) {
        for (int k = 0; k < 2; k++)
            w->most[k] = (uint8_t)class_now(trend, k, w->depth, w->unit);
        if (w->ts_ms > trend->newest_ms)
            trend->newest_ms = w->ts_ms;
        if (w->ts_ms < trend->oldest_ms && w->ts_ms >= trend->bound_ms)
            trend->oldest_ms = w->ts_ms;
        if (w->ts_ms > trend->newest_zone_ms[w->zone])
            trend->newest_zone_ms[w->zone] = w->ts_ms;
        bool is_due = trend->newest_ms >= trend->advance_ms;
        if (is_due || w == end - 1) {
            see_all(trend, from, w + 1);
            from = w + 1;
        }
        if (is_due)
            advance(trend);
    }
    trend->oldest_ms = trend->bound_ms;
}

static inline void put_waiting(struct trend *trend, struct waiting *w,
                               const struct trend_play *play)
{
    uint64_t user = (uint64_t)play->user << 32;
    unsigned state = state_index(trend, play->state);
    w->ts_ms = play->ts_ms;
    w->unit = unit_of(play->ts_ms);
    w->zone = trend->zone_of[state];
    w->attr = (uint16_t)(state << 5 | (play->device & 7u) << 2 | (play->level & 3u));
    w->depth = play->depth;
    w->id[0] = play->artist;
    w->id[1] = play->song;
    w->song = song_tag(play->song);
    w->hash = mix(user | play->artist);
}

/* A play that is not newer than all before, or not by much, comes in at once. */
static inline bool is_stray(struct strays *strays, int64_t ts_ms, int64_t far_ms)
{
    if (ts_ms - strays->newest_ms > far_ms)
        return true;
    if (ts_ms > strays->newest_ms)
        strays->newest_ms = ts_ms;
    return false;
}

static void move_bound(struct trend *trend)
{
    struct strays *behind = &trend->behind;
    struct trend_play mirrored;
    while (behind->n && strays_take(behind, trend->gaps.far_ms, &mirrored))
        ;
    trend->bound_ms = TIME_END_MS - behind->newest_ms;
}

/* The oldest play bounds what there is of a baseline. A stray is counted, but moves it
 * only when it has company: the same rule with time mirrored. */
static __attribute__((noinline)) void note_oldest(struct trend *trend,
                                                  const struct trend_play *play)
{
    struct strays *behind = &trend->behind;
    struct trend_play mirrored = *play;
    int64_t far_ms = trend->gaps.far_ms;
    mirrored.ts_ms = TIME_END_MS - play->ts_ms;
    if (trend->bound_ms == INT64_MAX) /* the first that comes in has company */
        behind->newest_ms = mirrored.ts_ms;
    else if (is_stray(behind, mirrored.ts_ms, far_ms))
        (void)strays_hold(behind, &mirrored, far_ms, trend->serial);
    move_bound(trend);
}

/* What is usual between two plays may have changed. */
static __attribute__((noinline)) void adapt(struct trend *trend)
{
    gaps_adapt(&trend->gaps, trend->ahead.newest_ms, trend->serial);
    if (trend->behind.n)
        move_bound(trend);
}

/* Behind the `n` that wait; all of them are taken in when they are many. Returns how many
 * wait then. */
static inline size_t put(struct trend *trend, size_t n, const struct trend_play *play)
{
    if (trend->ahead.newest_ms >= trend->gaps.due_ms)
        adapt(trend);
    if (play->ts_ms < trend->bound_ms)
        note_oldest(trend, play);
    put_waiting(trend, &trend->waiting[n++], play);
    trend->serial++;
    if (n < ARRAY_SIZE(trend->waiting))
        return n;
    take_in(trend, n);
    return 0;
}

void trend_add(struct trend *trend, const struct trend_play *play, size_t count)
{
    struct strays *ahead = &trend->ahead;
    struct trend_play back;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (play[i].ts_ms < TIME_FIRST_MS || play[i].ts_ms >= TIME_END_MS)
            continue;
        if (!is_stray(ahead, play[i].ts_ms, trend->gaps.far_ms) ||
            !strays_hold(ahead, &play[i], trend->gaps.far_ms, trend->serial))
            n = put(trend, n, &play[i]);
        while (ahead->n && strays_take(ahead, STRAY_NEAR_MS, &back))
            n = put(trend, n, &back);
    }
    take_in(trend, n);
}

int64_t trend_now_ms(const struct trend *trend)
{
    return trend->newest_ms;
}

bool trend_is_far(const struct trend *trend, int64_t ts_ms)
{
    return ts_ms - trend->ahead.newest_ms > trend->gaps.far_ms;
}

size_t trend_bytes(const struct trend *trend)
{
    size_t bytes = sizeof *trend + sums_bytes(trend) + trackers_bytes(trend);
    for (int k = 0; k < 2; k++)
        bytes +=
            store_bytes(&trend->store[k]) + trend->pairs[k].slots * sizeof(struct pair);
    return bytes;
}
