/* What every play goes through: the look for its pairs, and the listen written down. In a
 * header, so that a batch goes through both in one loop. */
#ifndef CADENCE_TREND_HOT_H
#define CADENCE_TREND_HOT_H

#include "fetch.h"
#include "trend_impl.h"

/* ---- Pairs ---- */

static inline size_t home(const struct pairs *pairs, uint32_t print)
{
    return (size_t)((uint64_t)print * pairs->slots >> 32);
}

FETCH pairs_prefetch(const struct pairs *pairs, uint64_t hash)
{
    const struct pair *e = &pairs->slot[home(pairs, (uint32_t)(hash >> 32))];
    __builtin_prefetch(e, 1, 3);
    __builtin_prefetch(e + 3, 1, 3);
}

static inline bool is_needed(const struct pairs *pairs, const struct pair *e)
{
    return e->last >= pairs->keep_from[e->attr >> 11 & 15];
}

static inline bool stays(const struct pairs *pairs, const struct pair *e)
{
    return e->last >= pairs->keep_all || (e->last && is_needed(pairs, e));
}

/* Entries were moved up from `start` to `end`, and `carried` finds no place: back again.
 */
void pairs_move_back(struct pair *start, struct pair *end, const struct pair *carried);

/* Moves up what is at `e` and behind it, to `end` at the most; the first forgotten one on
 * the way is overwritten. False: all are needed, and none has moved. */
static inline bool move_up(struct pairs *pairs, struct pair *e, struct pair *end)
{
    struct pair *start = e, carried = *e;
    bool more = stays(pairs, e);
    uint32_t last = e->last;
    while (more) {
        if (e == end) {
            pairs_move_back(start, end, &carried);
            return false;
        }
        struct pair met = *++e;
        more = stays(pairs, e);
        last = met.last;
        *e = carried;
        carried = met;
    }
    pairs->used += !last;
    return true;
}

/* What tells pairs of the same print apart: the user's depth, and one bit more. */
static inline unsigned pair_mark(uint64_t hash, unsigned depth)
{
    return depth | (unsigned)(hash >> 31 & 1) << 4;
}

/* The pair's entry, or where it would be put. Entries of a cluster are in the order of
 * their prints, so that a search ends early: PAIRS_REACH behind the home at the latest,
 * as none lies farther. */
static inline struct pair *pair_seek(const struct pairs *pairs, uint32_t print,
                                     unsigned mark, bool *found)
{
    struct pair *e = &pairs->slot[home(pairs, print)];
    while (e->print < print && e->last)
        e++;
    while (e->print == print && e->last && (unsigned)e->attr >> 11 != mark)
        e++;
    *found = e->print == print && e->last;
    return e;
}

/* The pair's entry. If there was none, it is made, and the play is a listen of every
 * class: `is_new`. `crowded` where there is no place for it. */
static inline struct pair *pair_find_or_put(struct pairs *pairs, uint64_t hash,
                                            uint32_t unit, uint16_t attr, unsigned depth,
                                            bool *is_new)
{
    uint32_t print = (uint32_t)(hash >> 32);
    unsigned mark = pair_mark(hash, depth);
    bool found;
    struct pair *e = pair_seek(pairs, print, mark, &found),
                *farthest = &pairs->slot[home(pairs, print)] + PAIRS_REACH;
    *is_new = false;
    if (found)
        return e;
    if (e > farthest || !move_up(pairs, e, farthest))
        return &pairs->crowded;
    *is_new = true;
    *e = (struct pair){.print = print,
                       .last = unit,
                       .gap = GAP_NONE,
                       .attr = (uint16_t)(mark << 11 | attr)};
    return pairs->used < pairs->limit ? e : pairs_room_behind(pairs, print, mark);
}

/* ---- Listens ---- */

static inline listen_t listen_of(uint32_t id, const struct change *change, unsigned cls,
                                 bool wide)
{
    uint64_t attr = wide ? change->attr : change->attr >> 5;
    return (((uint64_t)id << (attr_bits(wide) - 2) | attr) << 2 | (cls - 1)) << 1 |
           change->minus;
}

/* `wide` is the store's, where the compiler knows it. */
static inline void store_add(struct store *store, uint32_t id,
                             const struct change *change, unsigned cls, bool wide)
{
    struct bucket *bucket = store->open;
    if (id >= store->ids)
        store->ids = id + 1;
    if (change->unit - store->open_unit >= 30 || bucket->loose_n == bucket->loose_cap) {
        store_add_elsewhere(store, id, change, cls);
        return;
    }
    bucket->loose[bucket->loose_n++] = listen_of(id, change, cls, wide);
    bucket->total[cls - 1][store->zone_of[change->attr >> 5]] += change->minus ? -1 : 1;
    bucket->version++;
}

#endif
