/* Listens by time: where each is counted, and for how long.
 *
 * Three grains: 5 minutes, an hour, 4 hours. A listen enters its 5-minute bucket; once an
 * hour is past and the lateness allowed is over, its listens of class 2 and up (6 h) are
 * gathered into an hour's bucket, and those of class 3 and up (a day) into one of 4
 * hours. A change that comes later than that goes to every bucket already made of its
 * time; where those have been dropped, nowhere. Sorting and coding costs most: 5-minute
 * buckets of few listens, and those that no week's end needs, are kept as they came.
 */
#include "cadence/mem.h"
#include "trend_hot.h"

#include <stdlib.h>
#include <string.h>

const int64_t tier_grain_ms[TIER_COUNT] = {5 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS};

/* What every list may look back on: baseline, window, history and what is between
 * (trend.c). Buckets before that are kept while the tier is small, those before the end
 * of a week longest, so that weeks gone by can be looked at. */
static const int64_t keep_ms[TIER_COUNT] = {38 * HOUR_MS, 206 * HOUR_MS, 81 * DAY_MS};
static const size_t keep_bytes[TIER_COUNT] = {1 << 20, 5 << 18, 4 << 20};
#define KEEP_STEP(t) (keep_bytes[t] / 8) /* dropped at once: it costs a walk over all */

/* Smaller 5-minute buckets stay as they are: they go soon enough. */
#define CODE_FROM 512

bool tier_is_wide(const struct store *store, enum tier_id tier)
{
    return store->wide && tier < TIER_4HOURS;
}

void store_init(struct store *store, bool wide, const uint8_t *zone_of)
{
    memset(store, 0, sizeof *store);
    store->wide = wide;
    store->zone_of = zone_of;
    store->open_unit = OPEN_NONE;
    for (int t = 0; t < TIER_COUNT; t++)
        store->tier[t].drop_at = keep_bytes[t];
}

/* Buckets lie together and are used again: among what they hold, which comes and goes in
 * all sizes, they would keep the gaps from being filled. */
static struct bucket *bucket_new(struct store *store, int64_t index)
{
    if (!store->spare) {
        struct bucket_chunk *chunk = mem_alloc(sizeof *chunk);
        chunk->next = store->chunks;
        store->chunks = chunk;
        for (size_t i = 0; i < ARRAY_SIZE(chunk->bucket); i++) {
            chunk->bucket[i].next = store->spare;
            store->spare = &chunk->bucket[i];
        }
    }
    struct bucket *bucket = store->spare;
    store->spare = bucket->next;
    *bucket = (struct bucket){.index = index};
    return bucket;
}

static void bucket_drop(struct store *store, struct bucket *bucket)
{
    bucket_fini(bucket);
    bucket->next = store->spare;
    store->spare = bucket;
}

void store_fini(struct store *store)
{
    for (int t = 0; t < TIER_COUNT; t++) {
        for (size_t i = 0; i < store->tier[t].n; i++)
            bucket_fini(store->tier[t].bucket[i]);
        free(store->tier[t].bucket);
    }
    for (int s = 0; s < BASE_COUNT; s++)
        counts_fini(&store->base[s].counts);
    for (struct bucket_chunk *next, *c = store->chunks; c; c = next) {
        next = c->next;
        free(c);
    }
    while (store->rooms)
        free(store->room[--store->rooms].loose);
    free(store->buf);
    free(store->tmp);
}

static void buffer_room(struct store *store, size_t n)
{
    if (n <= store->buf_cap)
        return;
    size_t cap = store->buf_cap;
    store->buf = mem_grow(store->buf, &cap, n, sizeof *store->buf);
    store->tmp = mem_realloc(store->tmp, cap * sizeof *store->tmp);
    store->buf_cap = cap;
}

/* No two have one index, so that behind the one sought are at most as many as the newest
 * is ahead of it; from there on in steps that double, then in halves. Where none is
 * missing the first look finds it. */
size_t tier_lower(const struct tier *tier, int64_t index)
{
    size_t n = tier->n;
    if (n == 0 || tier->bucket[n - 1]->index < index)
        return n;
    uint64_t behind = (uint64_t)(tier->bucket[n - 1]->index - index);
    size_t low = behind < n ? n - 1 - (size_t)behind : 0, high = low;
    for (size_t step = 1; high < n && tier->bucket[high]->index < index; step *= 2) {
        low = high + 1;
        high += step;
    }
    high = high < n ? high : n - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (tier->bucket[mid]->index < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The bucket, made if there is none. */
static struct bucket *tier_bucket(struct store *store, enum tier_id t, int64_t index)
{
    struct tier *tier = &store->tier[t];
    if (tier->found < tier->n && tier->bucket[tier->found]->index == index)
        return tier->bucket[tier->found];
    size_t at = tier->found = tier_lower(tier, index);
    if (at == tier->n || tier->bucket[at]->index != index) {
        tier->bucket =
            mem_grow(tier->bucket, &tier->cap, tier->n + 1, sizeof *tier->bucket);
        memmove(&tier->bucket[at + 1], &tier->bucket[at],
                (tier->n - at) * sizeof *tier->bucket);
        tier->bucket[at] = bucket_new(store, index);
        tier->n++;
        tier->bytes += bucket_bytes(tier->bucket[at]);
    }
    return tier->bucket[at];
}

static void bucket_count(struct bucket *bucket, const struct store *store, listen_t v,
                         bool wide)
{
    unsigned zone = store->zone_of[listen_state(v, wide)], cls = listen_class(v);
    bucket->total[cls - 1][zone] += v & 1 ? -1 : 1;
}

static void bucket_grow(struct store *store, struct tier *tier, struct bucket *bucket)
{
    size_t before = bucket->loose_cap, cap = before;
    if (!cap && !bucket->coded && store->rooms) {
        bucket->loose = store->room[--store->rooms].loose;
        cap = store->room[store->rooms].cap;
    } else {
        size_t least = bucket->coded ? cap + 1 : cap + 32;
        bucket->loose = mem_grow(bucket->loose, &cap, least, sizeof *bucket->loose);
    }
    bucket->loose_cap = (uint32_t)cap;
    tier->bytes += (cap - before) * sizeof *bucket->loose;
}

static void bucket_push(struct store *store, struct tier *tier, struct bucket *bucket,
                        listen_t v)
{
    if (bucket->loose_n == bucket->loose_cap)
        bucket_grow(store, tier, bucket);
    bucket->loose[bucket->loose_n++] = v;
    bucket->version++;
}

/* The room that an open bucket had to grow in is the next one's: what a bucket keeps is
 * allocated once, and as large as it must be. That of a rush goes when it is over: it
 * would count as what the tier holds. */
static void give_room(struct store *store, const struct bucket *bucket)
{
    bool fits = bucket->loose_cap <= 64 + 4 * bucket->loose_n;
    if (fits && store->rooms < ROOM_MAX) {
        store->room[store->rooms].loose = bucket->loose;
        store->room[store->rooms++].cap = bucket->loose_cap;
    } else {
        free(bucket->loose);
    }
}

/* As they came, in place of all. */
static void bucket_keep(struct bucket *bucket, const listen_t *v, size_t n)
{
    listen_t *loose = mem_alloc(n * sizeof *v);
    memcpy(loose, v, n * sizeof *v);
    bucket->loose = loose;
    bucket->loose_n = bucket->loose_cap = (uint32_t)n;
}

/* Everything in it sorted and coded. */
static void bucket_code(struct store *store, struct tier *tier, struct bucket *bucket)
{
    size_t n;
    const listen_t *v = store_read(store, bucket, &n);
    tier->bytes -= bucket_bytes(bucket);
    n = listens_sort(store->buf, store->tmp, bucket->coded, n);
    bucket_encode(bucket, v, n);
    tier->bytes += bucket_bytes(bucket);
}

/* An open bucket: coded, or in no more room than it takes. */
static void bucket_close(struct store *store, struct tier *tier, struct bucket *bucket)
{
    struct bucket open = *bucket;
    if (open.loose_n >= CODE_FROM) {
        bucket_code(store, tier, bucket);
        return;
    }
    tier->bytes -= (open.loose_cap - open.loose_n) * sizeof *open.loose;
    bucket_keep(bucket, open.loose, open.loose_n);
    give_room(store, &open);
}

/* Within the stretch before the end of a week that a look at that week needs? */
static bool before_week_end(enum tier_id t, int64_t index)
{
    int64_t start_ms = index * tier_grain_ms[t];
    return (start_ms - WEEK_EPOCH_MS) % WEEK_MS >= WEEK_MS - keep_ms[t];
}

/* Drops old buckets until the tier is well within its bytes: spares those that some
 * week's end needs, or takes all. */
static void drop_some(struct store *store, enum tier_id t, bool all)
{
    struct tier *tier = &store->tier[t];
    size_t out = 0;
    for (size_t i = 0; i < tier->n; i++) {
        struct bucket *bucket = tier->bucket[i];
        bool is_old = bucket->index * tier_grain_ms[t] < store->newest_ms - keep_ms[t];
        bool at_end = before_week_end(t, bucket->index);
        if (is_old && (all || !at_end) && tier->bytes > keep_bytes[t] - KEEP_STEP(t)) {
            base_forget(store, t, bucket->index);
            tier->dropped[at_end] = bucket->index;
            tier->bytes -= bucket_bytes(bucket);
            bucket_drop(store, bucket);
            continue;
        }
        if (is_old && at_end && bucket->loose_n)
            bucket_code(store, tier, bucket);
        tier->bucket[out++] = bucket;
    }
    tier->n = out;
}

/* Called with every bucket that may be old, so that memory is bounded whatever comes in
 * whatever order; works each time an eighth of it has been added. */
static void drop_old(struct store *store, enum tier_id t)
{
    struct tier *tier = &store->tier[t];
    if (tier->bytes <= tier->drop_at)
        return;
    store->open_unit = OPEN_NONE; /* that one may go */
    drop_some(store, t, false);
    if (tier->bytes > keep_bytes[t])
        drop_some(store, t, true);
    tier->drop_at = tier->bytes <= keep_bytes[t] - KEEP_STEP(t)
                        ? keep_bytes[t]
                        : tier->bytes + KEEP_STEP(t);
}

/* A change behind a closed bucket: kept for those who have counted it, and now and then
 * sorted in. */
static void add_late(struct store *store, enum tier_id t, int64_t index, listen_t v)
{
    struct tier *tier = &store->tier[t];
    if (index <= tier->dropped[before_week_end(t, index)])
        return; /* the others of that time have gone */
    struct bucket *bucket = tier_bucket(store, t, index);
    bucket_push(store, tier, bucket, v);
    bucket_count(bucket, store, v, tier_is_wide(store, t));
    store->late[store->late_count++ % LATE_MAX] = (struct late){t, index, v};
    if (bucket->loose_n > 512 + bucket->coded / 2)
        bucket_code(store, tier, bucket);
    drop_old(store, t);
}

static const uint32_t grain_units[TIER_COUNT] = {30, 360, 1440};
static const int64_t first_index[TIER_COUNT] = {TIME_FIRST_MS / (5 * MINUTE_MS),
                                                TIME_FIRST_MS / HOUR_MS,
                                                TIME_FIRST_MS / (4 * HOUR_MS)};

/* Into those coarser buckets that are made already. */
static void add_coarse(struct store *store, uint32_t id, const struct change *change,
                       unsigned cls)
{
    for (int t = TIER_HOUR; t < TIER_COUNT && cls > (unsigned)t; t++) {
        int64_t index = first_index[t] + (change->unit - 1) / grain_units[t];
        if (index >= store->tier[t].made_to)
            break;
        add_late(store, t, index, listen_of(id, change, cls, tier_is_wide(store, t)));
    }
}

void store_add_elsewhere(struct store *store, uint32_t id, const struct change *change,
                         unsigned cls)
{
    struct tier *tier = &store->tier[TIER_5MIN];
    uint32_t place = (change->unit - 1) / 30;
    int64_t index = first_index[TIER_5MIN] + place;
    listen_t v = listen_of(id, change, cls, store->wide);
    store->open_unit = OPEN_NONE;
    if (index < tier->made_to) {
        add_late(store, TIER_5MIN, index, v);
    } else {
        store->open = tier_bucket(store, TIER_5MIN, index);
        bucket_push(store, tier, store->open, v);
        bucket_count(store->open, store, v, store->wide);
        if (change->unit >= store->rolled_unit)
            store->open_unit = place * 30 + 1;
    }
    if (change->unit < store->rolled_unit)
        add_coarse(store, id, change, cls);
}

const listen_t *store_read(struct store *store, const struct bucket *bucket, size_t *n)
{
    buffer_room(store, (size_t)bucket->coded + bucket->loose_n);
    *n = bucket_read(bucket, store->buf);
    return store->buf;
}

/* Closes the 5-minute buckets that end by limit_ms. */
static void close_buckets(struct store *store, int64_t limit_ms)
{
    struct tier *tier = &store->tier[TIER_5MIN];
    int64_t to = limit_ms / tier_grain_ms[TIER_5MIN];
    for (size_t i = tier_lower(tier, tier->made_to);
         i < tier->n && tier->bucket[i]->index < to; i++) {
        if (tier->bucket[i]->loose_n)
            bucket_close(store, tier, tier->bucket[i]);
    }
    if (to > tier->made_to)
        tier->made_to = to;
}

/* From the finer tier's form to the coarser's, if its class is wanted there. */
static listen_t coarser(listen_t v, bool wide, bool wide_out)
{
    return wide && !wide_out ? (v >> 8) << 3 | (v & 7) : v;
}

/* Gathers what one coarse bucket covers of the finer tier. */
static void roll(struct store *store, enum tier_id t, int64_t index, size_t from,
                 size_t to)
{
    struct tier *fine = &store->tier[t - 1], *tier = &store->tier[t];
    bool wide = tier_is_wide(store, t - 1), wide_out = tier_is_wide(store, t);
    size_t all = 0, n = 0;
    for (size_t i = from; i < to; i++)
        all += (size_t)fine->bucket[i]->coded + fine->bucket[i]->loose_n;
    buffer_room(store, all);
    for (size_t i = from; i < to; i++) {
        size_t end = n + bucket_read(fine->bucket[i], store->buf + n);
        for (size_t j = n; j < end; j++) { /* no branch on what cannot be foretold */
            listen_t v = store->buf[j];
            store->buf[n] = coarser(v, wide, wide_out);
            n += listen_class(v) > (unsigned)t;
        }
    }
    if (!n)
        return;
    struct bucket *bucket = tier_bucket(store, t, index);
    tier->bytes -= bucket_bytes(bucket);
    bucket_encode(bucket, store->buf, listens_sort(store->buf, store->tmp, 0, n));
    tier->bytes += bucket_bytes(bucket);
    for (size_t i = from; i < to; i++)
        for (int c = t; c < CLASS_COUNT; c++)
            for (int z = 0; z < ZONE_COUNT; z++)
                bucket->total[c][z] += fine->bucket[i]->total[c][z];
}

/* Makes the coarse buckets that end by limit_ms. */
static void roll_up(struct store *store, enum tier_id t, int64_t limit_ms)
{
    struct tier *fine = &store->tier[t - 1], *tier = &store->tier[t];
    int64_t ratio = tier_grain_ms[t] / tier_grain_ms[t - 1],
            to = limit_ms / tier_grain_ms[t];
    while (tier->made_to < to) {
        size_t from = tier_lower(fine, tier->made_to * ratio), end = from;
        if (from == fine->n || fine->bucket[from]->index >= to * ratio)
            break; /* nothing in between */
        int64_t index = fine->bucket[from]->index / ratio;
        while (end < fine->n && fine->bucket[end]->index < (index + 1) * ratio)
            end++;
        tier->made_to = index + 1;
        roll(store, t, index, from, end);
    }
    if (tier->made_to < to)
        tier->made_to = to;
}

void store_advance(struct store *store, int64_t newest_ms)
{
    int64_t limit_ms = newest_ms - LATE_MS;
    store->newest_ms = newest_ms;
    if (!store->tier[TIER_HOUR].made_to) /* the first play */
        for (int t = 0; t < TIER_COUNT; t++)
            store->tier[t].made_to = limit_ms / tier_grain_ms[t];
    close_buckets(store, limit_ms);
    if (store->open_unit != OPEN_NONE &&
        store->open->index < store->tier[TIER_5MIN].made_to)
        store->open_unit = OPEN_NONE;
    roll_up(store, TIER_HOUR, limit_ms);
    roll_up(store, TIER_4HOURS, limit_ms);
    store->rolled_unit =
        (uint32_t)(store->tier[TIER_HOUR].made_to - first_index[TIER_HOUR]) *
            grain_units[TIER_HOUR] +
        1;
    for (int t = 0; t < TIER_COUNT; t++)
        drop_old(store, t);
}

size_t store_bytes(const struct store *store)
{
    size_t bytes = sizeof *store + 2 * store->buf_cap * sizeof *store->buf;
    for (int t = 0; t < TIER_COUNT; t++)
        bytes += store->tier[t].bytes;
    for (unsigned r = 0; r < store->rooms; r++)
        bytes += store->room[r].cap * sizeof *store->room[r].loose;
    for (int s = 0; s < BASE_COUNT; s++)
        bytes += counts_bytes(&store->base[s].counts);
    return bytes;
}

void store_cover(const struct store *store, enum tier_id t, int64_t from_ms,
                 int64_t to_ms, bucket_fn fn, void *context)
{
    const struct tier *tier = &store->tier[t];
    int64_t grain_ms = tier_grain_ms[t], made_ms = tier->made_to * grain_ms;
    int64_t whole_ms = (from_ms + grain_ms - 1) / grain_ms * grain_ms;
    if (t > TIER_5MIN && from_ms < whole_ms) {
        whole_ms = whole_ms < to_ms ? whole_ms : to_ms;
        store_cover(store, t - 1, from_ms, whole_ms, fn, context);
        from_ms = whole_ms;
    }
    int64_t end_ms = t == TIER_5MIN || to_ms < made_ms ? to_ms : made_ms;
    for (size_t i = tier_lower(tier, from_ms / grain_ms);
         i < tier->n && tier->bucket[i]->index * grain_ms < end_ms; i++)
        fn(context, tier->bucket[i], t);
    if (t > TIER_5MIN && end_ms < to_ms)
        store_cover(store, t - 1, from_ms > end_ms ? from_ms : end_ms, to_ms, fn,
                    context);
}

int64_t bucket_total(const struct bucket *bucket, unsigned cls)
{
    int64_t sum = 0;
    for (unsigned c = cls - 1; c < CLASS_COUNT; c++)
        for (int z = 0; z < ZONE_COUNT; z++)
            sum += bucket->total[c][z];
    return sum;
}

struct total {
    unsigned cls;
    int64_t by_zone[ZONE_COUNT];
};

static void total_add(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct total *total = context;
    (void)tier;
    for (unsigned c = total->cls - 1; c < CLASS_COUNT; c++)
        for (int z = 0; z < ZONE_COUNT; z++)
            total->by_zone[z] += bucket->total[c][z];
}

uint64_t store_total(const struct store *store, enum tier_id tier, unsigned cls,
                     int64_t from_ms, int64_t to_ms, uint64_t by_zone[ZONE_COUNT])
{
    struct total total = {.cls = cls};
    uint64_t sum = 0;
    store_cover(store, tier, from_ms, to_ms, total_add, &total);
    for (int z = 0; z < ZONE_COUNT; z++) {
        by_zone[z] = total.by_zone[z] > 0 ? (uint64_t)total.by_zone[z] : 0;
        sum += by_zone[z];
    }
    return sum;
}
