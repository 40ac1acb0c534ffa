/* When was this user last seen with this artist (or song)?
 *
 * Method. An open-addressing table of 16-byte entries, one a pair (user, id), known by 33
 * bits of its hash. A listen is a play whose pair was not seen in the W before it; only
 * the gap to the play before decides, so that one entry serves all scales at once: a gap
 * of two days is a listen for 30 minutes, 6 hours and a day, not for a week. Plays less
 * than 30 minutes apart form a run, of which only the first can be a listen; the entry
 * holds the newest run's ends and the gap before it. That is enough to place late plays
 * exactly as sorted ones: a play that comes late joins, extends, splits off or bridges
 * runs, and at most one listen moves.
 *
 * Songs. Most listeners know one song of an artist. As long as a user has played no other
 * of an artist's, all that there is to say of the song is said by the artist's entry,
 * which names the song; only from the second on are songs entries of a table of their own
 * (trend.c). A song there is known by user, artist and a tag of 16 bits: two songs of one
 * artist whose tags are equal, one pair of songs in 65,535, are one for the trends.
 *
 * Error. Two pairs with the same print are taken for one: with a million entries about
 * one new pair in 8,000 loses its listen. A play that is 30 minutes behind its pair's
 * newest can make three listens wrong: older than the run before the newest one it is
 * none, and the one after it stays one; and what came before two runs that were bridged
 * is not known, so that the wrong one is taken back. Time is cut to 10 s.
 *
 * Bound. Entries lie in the order of their prints, at their home or behind it, where
 * there is room; a search ends where greater prints begin. By chance that is a few places
 * away (at a load of 0.8 and 2^28 places 44 at the most, and 544 to the next that is
 * free), but ids can be chosen so that thousands of pairs have their home in one place.
 * So none lies more than PAIRS_REACH (1,024) places behind its home: a pair that finds
 * none free within that is not remembered, and its plays are no listens. What is lost are
 * listens of whoever has a home in such a crowd; a play costs some 4 us at the most.
 *
 * Memory. 16 bytes at a load of 0.42..0.8; entries are forgotten once they can decide
 * nothing (the longest W that counts their user, and two hours).
 */
#include "cadence/mem.h"
#include "trend_hot.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 1024
#define RUN_UNITS 180   /* 30 min */
#define SLACK_UNITS 720 /* 2 h */
#define GAP_CAP 65535u

unsigned gap_class(uint32_t units)
{
    return (units >= RUN_UNITS) + (units >= 2160) + (units >= 8640) + (units >= 60480);
}

void pairs_init(struct pairs *pairs)
{
    *pairs =
        (struct pairs){.slots = SLOTS_MIN, .limit = SLOTS_MIN / 5 * 4, .keep_all = 1};
    for (unsigned d = 0; d < DEPTH_COUNT; d++)
        pairs->keep_from[d] = 1;
    /* Its only play is of the end of all time, and known to follow another at once: all
     * others are too late for it. */
    pairs->crowded = (struct pair){.last = UINT32_MAX - 1};
    pairs->slot = mem_zalloc((pairs->slots + PAIRS_TAIL) * sizeof *pairs->slot);
}

void pairs_fini(struct pairs *pairs)
{
    free(pairs->slot);
}

/* As far as there are entries: behind the last home they leave no gap. */
static size_t length(const struct pairs *pairs)
{
    size_t n = pairs->slots;
    while (pairs->slot[n].last)
        n++;
    return n;
}

static size_t count_needed(const struct pairs *pairs)
{
    size_t needed = 0;
    for (const struct pair *e = pairs->slot, *end = e + length(pairs); e < end; e++)
        needed += is_needed(pairs, e);
    return needed;
}

/* An entry as numbers. */
struct words {
    uint64_t w[2];
};

static inline struct words entry_load(const struct pair *e)
{
    struct words words;
    memcpy(&words, e, sizeof words);
    return words;
}

static inline void entry_store(struct pair *e, struct words words)
{
    memcpy(e, &words, sizeof words);
}

/* Moves what is still needed to its place in `to`: another table, all empty, or the same,
 * where nothing moves up, so that it can be done on the spot. Which entries stay cannot
 * be foretold, so there is no branch on it: what goes is written as nothing to a place
 * that is free. So is what would lie too far behind its home. */
static void settle(struct pairs *pairs, struct pair *to, size_t slots)
{
    struct pair *from = pairs->slot;
    size_t n = length(pairs), next = 0, used = 0;
    pairs->slot = to;
    pairs->slots = slots;
    pairs->limit = slots / 5 * 4;
    for (size_t i = 0; i < n; i++) {
        struct words e = entry_load(&from[i]);
        uint64_t kept = is_needed(pairs, &from[i]), mask = -kept;
        size_t at = home(pairs, from[i].print);
        entry_store(&from[i], (struct words){{0, 0}});
        next += (at - next) & -(size_t)(at > next) & mask;
        kept &= next <= at + PAIRS_REACH;
        mask = -kept;
        entry_store(&to[next], (struct words){{e.w[0] & mask, e.w[1] & mask}});
        next += kept;
        used += kept;
    }
    pairs->used = used;
}

static void make_room(struct pairs *pairs)
{
    size_t slots = pairs->slots, needed = count_needed(pairs);
    bool fits =
        needed <= slots / 20 * 11 && (needed >= slots / 20 * 5 || slots == SLOTS_MIN);
    if (fits) {
        settle(pairs, pairs->slot, slots);
        return;
    }
    size_t want = needed / 10 * 24;
    struct pair *before = pairs->slot;
    want = want < SLOTS_MIN ? SLOTS_MIN : want;
    settle(pairs, mem_zalloc((want + PAIRS_TAIL) * sizeof *before), want);
    free(before);
}

void pairs_keep(struct pairs *pairs, uint32_t newest, const uint32_t keep[DEPTH_COUNT])
{
    for (unsigned d = 0; d < DEPTH_COUNT; d++) {
        uint32_t back = keep[d] + SLACK_UNITS;
        pairs->keep_from[d] = newest > back ? newest - back : 1;
        if (d == 0 || pairs->keep_from[d] > pairs->keep_all)
            pairs->keep_all = pairs->keep_from[d];
    }
}

__attribute__((cold)) void pairs_move_back(struct pair *start, struct pair *end,
                                           const struct pair *carried)
{
    memmove(start, start + 1, (size_t)(end - start) * sizeof *start);
    *end = *carried;
}

__attribute__((cold)) struct pair *pairs_room_behind(struct pairs *pairs, uint32_t print,
                                                     unsigned mark)
{
    bool found;
    make_room(pairs);
    struct pair *e = pair_seek(pairs, print, mark, &found);
    return found ? e : &pairs->crowded;
}

static void entry_attr(struct pair *e, uint16_t attr)
{
    e->attr = (uint16_t)((e->attr & ~2047u) | attr);
}

static unsigned emit(struct change *out, uint32_t unit, unsigned attr, uint32_t gap,
                     bool minus)
{
    *out = (struct change){unit, (uint16_t)(attr & 2047), (uint8_t)gap_class(gap), minus};
    return out->cls > 0;
}

/* The newest play so far. */
static unsigned see_newer(struct pair *e, uint32_t unit, uint16_t attr,
                          struct change *out)
{
    uint32_t gap = unit - e->last, run = e->run + gap;
    e->last = unit;
    if (gap < RUN_UNITS) {
        e->run = (uint16_t)(run < GAP_CAP ? run : GAP_CAP);
        return 0;
    }
    e->run = 0;
    e->gap = (uint16_t)(gap < GAP_CAP ? gap : GAP_CAP);
    entry_attr(e, attr);
    return emit(out, unit, attr, gap, false);
}

/* A play `ahead` units before the first of the newest run. */
static unsigned see_older(struct pair *e, uint32_t unit, uint16_t attr, uint32_t ahead,
                          struct change *out)
{
    uint32_t first = unit + ahead, gap = e->gap;
    unsigned n = 0, old_attr = e->attr;
    if (gap < GAP_CAP && gap < ahead)
        return 0; /* before the run before: too late to know */
    uint32_t before = gap < GAP_CAP ? gap - ahead : GAP_CAP;
    if (ahead >= RUN_UNITS) { /* a run of its own, or the end of the one before */
        if (gap_class(ahead) != gap_class(gap)) {
            n += emit(out + n, first, old_attr, gap, true);
            n += emit(out + n, first, old_attr, ahead, false);
        }
        e->gap = (uint16_t)(ahead < GAP_CAP ? ahead : GAP_CAP);
        return n + emit(out + n, unit, attr, before, false);
    }
    uint32_t grown = e->run + (before < RUN_UNITS ? gap : ahead);
    n += emit(out, first, old_attr, gap, true);
    e->run = (uint16_t)(grown < GAP_CAP ? grown : GAP_CAP);
    if (before <
        RUN_UNITS) { /* bridges the two runs; what came before them is not known */
        e->gap = GAP_NONE;
        return n;
    }
    e->gap = (uint16_t)before;
    entry_attr(e, attr);
    return n + emit(out + n, unit, attr, before, false);
}

unsigned pair_again(struct pair *e, uint32_t unit, uint16_t attr,
                    struct change out[CHANGE_MAX])
{
    uint32_t last = e->last;
    if (unit >= last + (e->run == 0))
        return see_newer(e, unit, attr, out);
    uint32_t first = last - e->run;
    if (unit < first)
        return see_older(e, unit, attr, first - unit, out);
    if (unit > first || attr >= (e->attr & 2047))
        return 0;
    /* The same ten seconds from two places: the lower counts, whichever came first. */
    unsigned n = emit(out, first, e->attr, e->gap, true);
    n += emit(out + n, unit, attr, e->gap, false);
    entry_attr(e, attr);
    return n;
}

unsigned pairs_see(struct pairs *pairs, uint64_t hash, uint32_t unit, uint16_t attr,
                   unsigned depth, struct change out[CHANGE_MAX])
{
    bool is_new;
    struct pair *e = pair_find_or_put(pairs, hash, unit, attr, depth, &is_new);
    return is_new ? emit(out, unit, attr, GAP_CAP, false)
                  : pair_again(e, unit, attr, out);
}

void pairs_put(struct pairs *pairs, uint64_t hash, unsigned depth, const struct pair *of)
{
    bool is_new;
    struct pair *e =
        pair_find_or_put(pairs, hash, of->last, of->attr & 2047, depth, &is_new);
    if (e == &pairs->crowded)
        return;
    e->last = of->last;
    e->run = of->run;
    e->gap = of->gap;
    entry_attr(e, of->attr & 2047);
}
