/* The baseline's counts per id and zone: those of a stretch of buckets, kept by moving
 * its ends. Any step of the way is a stretch too, so that a long way can be made in
 * parts.
 */
#include "trend_impl.h"

#include <stdlib.h>

/* Sorted listens, as most are, look for each id once. */
static void count_all(struct store *store, struct base *base, const listen_t *v, size_t n,
                      int sign)
{
    bool wide = tier_is_wide(store, base->tier);
    unsigned cls = base->cls;
    uint32_t *row = NULL, id = 0;
    int64_t sum[ZONE_COUNT] = {0};
    for (size_t i = 0; i < n; i++) {
        if (listen_class(v[i]) < cls)
            continue;
        if (!row || listen_id(v[i], wide) != id) {
            if (row && sign < 0)
                counts_less(&base->counts, row);
            id = listen_id(v[i], wide);
            row = counts_put(&base->counts, id);
        }
        unsigned zone = store->zone_of[listen_state(v[i], wide)];
        int add = v[i] & 1 ? -sign : sign;
        row[zone] += (uint32_t)add;
        sum[zone] += add;
    }
    if (row && sign < 0)
        counts_less(&base->counts, row);
    for (int z = 0; z < ZONE_COUNT; z++)
        base->sum[z] += (uint64_t)sum[z];
}

static void count_bucket(struct store *store, struct base *base,
                         const struct bucket *bucket, int sign, int64_t *work)
{
    size_t n;
    const listen_t *v = store_read(store, bucket, &n);
    count_all(store, base, v, n, sign);
    *work -= (int64_t)n;
}

static void count_late(struct store *store, struct base *base)
{
    for (; base->late_seen < store->late_count; base->late_seen++) {
        const struct late *late = &store->late[base->late_seen % LATE_MAX];
        if (late->tier == base->tier && late->index >= base->from &&
            late->index < base->to)
            count_all(store, base, &late->listen, 1, 1);
    }
}

/* How many buckets have to be read to get from one stretch to the other; INT64_MAX if it
 * has to be counted afresh. */
static int64_t way(const struct store *store, const struct base *base,
                   const struct stretch *to)
{
    if (!base->valid || base->tier != to->tier || base->cls != to->cls ||
        to->from >= base->to || to->to <= base->from ||
        store->late_count - base->late_seen > LATE_MAX)
        return INT64_MAX;
    return llabs(to->from - base->from) + llabs(to->to - base->to);
}

static void start_afresh(struct store *store, struct base *base, const struct stretch *at)
{
    counts_clear(&base->counts);
    *base = (struct base){.valid = true,
                          .tier = at->tier,
                          .cls = at->cls,
                          .from = at->from,
                          .to = at->from,
                          .counts = base->counts,
                          .late_seen = store->late_count};
}

static void copy(struct base *to, const struct base *from)
{
    struct counts counts = to->counts;
    counts_copy(&counts, &from->counts);
    *to = *from;
    to->counts = counts;
}

/* Moves one end of the stretch to `to`: what it passes on its way up is counted with
 * `sign`, on its way down with the other. False when the work ran out before. */
static bool move_end(struct store *store, struct base *base, int64_t *end, int64_t to,
                     int sign, int64_t *work)
{
    const struct tier *tier = &store->tier[base->tier];
    size_t i = tier_lower(tier, *end);
    bool up = *end < to;
    while (up ? i < tier->n && tier->bucket[i]->index < to
              : i > 0 && tier->bucket[i - 1]->index >= to) {
        if (*work <= 0)
            return false;
        const struct bucket *bucket = tier->bucket[up ? i++ : --i];
        *end = bucket->index + up;
        count_bucket(store, base, bucket, up ? sign : -sign, work);
    }
    *end = to;
    return true;
}

/* Looks back do not lead away the one that lists are made from. */
static struct base *choose(struct store *store, int at_home, const struct stretch *at)
{
    struct base *home = &store->base[at_home], *away = &store->base[BASE_AWAY];
    int64_t from_home = way(store, home, at);
    if (at->newest || from_home == 0)
        return home;
    if (from_home < way(store, away, at))
        copy(away, home);
    return away;
}

const struct base *base_seek(struct store *store, int home, const struct stretch *at,
                             int64_t *work)
{
    struct base *base = choose(store, home, at);
    int64_t steps = way(store, base, at), enough = INT64_MAX;
    if (steps > at->to - at->from)
        start_afresh(store, base, at);
    /* As time goes on, the newest look is not kept waiting. */
    if (at->newest && steps <= at->near)
        work = &enough;
    count_late(store, base);
    bool there = move_end(store, base, &base->to, at->to, 1, work) &&
                 move_end(store, base, &base->from, at->from, -1, work);
    counts_sweep(&base->counts);
    return there ? base : NULL;
}

void base_forget(struct store *store, enum tier_id tier, int64_t index)
{
    for (int s = 0; s < BASE_COUNT; s++) {
        struct base *base = &store->base[s];
        if (base->tier == tier && index >= base->from && index < base->to)
            base->valid = false;
    }
}
