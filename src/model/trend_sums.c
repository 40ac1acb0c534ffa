/* What a look is made from: the counts of its windows and of its baseline.
 *
 * A window is some six steps, and the next look's is the same but for one: so each step
 * is read once, counted by id, and kept ("a column"). Columns are made again when the
 * buckets they came from have changed.
 */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdlib.h>
#include <string.h>

#define SHRINK 50.0 /* listens that a zone needs to have a ratio of its own */

/* ---- Columns ---- */

static __attribute__((noinline)) void page_make(struct sums *sums, size_t page)
{
    sums->k[page] = mem_zalloc(SUMS_PAGE * sizeof *sums->k[page]);
    sums->made++;
}

/* Of one that was touched. */
static inline uint32_t *k_of(const struct sums *sums, uint32_t id)
{
    return sums->k[id / SUMS_PAGE][id % SUMS_PAGE];
}

/* The sums' counters serve as scratch: all are 0 while a column is made. */
static void touch(struct sums *sums, uint32_t id, uint32_t n, int sub)
{
    if (!sums->k[id / SUMS_PAGE])
        page_make(sums, id / SUMS_PAGE);
    uint32_t *k = k_of(sums, id);
    if (!(k[0] | k[1] | k[2])) {
        if (sums->touched_n == sums->touched_cap)
            sums->touched = mem_grow(sums->touched, &sums->touched_cap,
                                     sums->touched_n + 1, sizeof *sums->touched);
        sums->touched[sums->touched_n++] = id;
    }
    k[sub] += n;
}

struct filling {
    struct trend *trend;
    const struct asked *sel;
    struct column *column;
    uint64_t stamp;
};

static void fill_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct filling *f = context;
    struct store *store = f->sel->store;
    bool wide = tier_is_wide(store, tier);
    uint32_t id = 0, run = 0;
    size_t n;
    const listen_t *v = store_read(store, bucket, &n);
    f->trend->work -= (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        unsigned state = listen_state(v[i], wide), zone = store->zone_of[state];
        if (listen_class(v[i]) < f->sel->spec->cls || !(f->sel->zones >> zone & 1))
            continue;
        uint32_t one = v[i] & 1 ? UINT32_MAX : 1;
        f->column->state[state] += one;
        if (listen_id(v[i], wide) != id && run)
            touch(&f->trend->sums, id, run, 0);
        run = listen_id(v[i], wide) != id ? one : run + one;
        id = listen_id(v[i], wide);
    }
    if (run)
        touch(&f->trend->sums, id, run, 0);
}

static void stamp_bucket(void *context, const struct bucket *bucket, enum tier_id tier)
{
    struct filling *f = context;
    f->stamp = (f->stamp ^ (uint64_t)bucket->index) * UINT64_C(0x9E3779B97F4A7C15);
    f->stamp += bucket->version * (uint64_t)TIER_COUNT + tier + 1;
}

static void sums_clear(struct sums *sums)
{
    for (size_t i = 0; i < sums->touched_n; i++)
        memset(k_of(sums, sums->touched[i]), 0, sizeof **sums->k);
    sums->touched_n = 0;
}

/* Pages of ids that no window holds any more do not gather. */
static void sums_trim(struct sums *sums, size_t held)
{
    if (sums->made < 2 * held + 1024)
        return;
    for (size_t i = 0; i < sums->pages; i++) {
        free(sums->k[i]);
        sums->k[i] = NULL;
    }
    sums->made = 0;
}

static void sums_room(struct sums *sums, size_t ids)
{
    size_t before = sums->pages, pages = ids / SUMS_PAGE + 1;
    if (pages <= before)
        return;
    sums->k = mem_grow(sums->k, &sums->pages, pages, sizeof *sums->k);
    memset(sums->k + before, 0, (sums->pages - before) * sizeof *sums->k);
}

static void column_fill(struct filling *f, int64_t from_ms, int64_t to_ms)
{
    struct column *column = f->column;
    struct sums *sums = &f->trend->sums;
    memset(column->state, 0, sizeof column->state);
    store_cover(f->sel->store, f->sel->spec->tier, from_ms, to_ms, fill_bucket, f);
    column->tally =
        mem_grow(column->tally, &column->cap, sums->touched_n, sizeof *column->tally);
    column->n = 0;
    for (size_t i = 0; i < sums->touched_n; i++) {
        uint32_t id = sums->touched[i], *n = k_of(sums, id);
        if (*n && *n <= INT32_MAX)
            column->tally[column->n++] = (struct tally){id, *n};
        *n = 0; /* one taken back and given again was touched twice */
    }
    sums_clear(sums);
}

static const struct column *column_get(struct trend *trend, const struct asked *sel,
                                       int64_t step, int64_t window_ms)
{
    struct columns *columns = &trend->columns[sel->kind == TREND_SONGS];
    struct column *column = &columns->column[step & (COLUMN_COUNT - 1)];
    struct filling f = {trend, sel, column, 1};
    int64_t from_ms = step * sel->spec->step_ms, to_ms = from_ms + sel->spec->step_ms;
    from_ms = from_ms > window_ms ? from_ms : window_ms;
    if (columns->scale != sel->scale || columns->zones != sel->zones)
        for (int i = 0; i < COLUMN_COUNT; i++)
            columns->column[i].stamp = 0;
    columns->scale = sel->scale;
    columns->zones = sel->zones;
    store_cover(sel->store, sel->spec->tier, from_ms, to_ms, stamp_bucket, &f);
    f.stamp |= 1;
    if (column->step != step || column->stamp != f.stamp) {
        column->step = step;
        column->stamp = f.stamp;
        column_fill(&f, from_ms, to_ms);
    }
    return column;
}

/* ---- Windows ---- */

static void fill_windows(struct trend *trend, const struct asked *sel, struct window at)
{
    const struct scale_spec *spec = sel->spec;
    struct sums *sums = &trend->sums;
    int64_t from = at.from_ms / spec->step_ms, to_ms = at.to_step * spec->step_ms;
    const struct column *columns[COLUMN_COUNT] = {NULL};
    for (int64_t step = from; step < at.to_step; step++)
        columns[step - from] = column_get(trend, sel, step, at.from_ms);
    memset(sums->state, 0, sizeof sums->state);
    for (int64_t step = from; step < at.to_step; step++) {
        const struct column *column = columns[step - from];
        int sub = 0;
        while (sub < SUB_COUNT - 1 && step < at.to_step - spec->steps[sub] - at.extra)
            sub++;
        for (size_t i = 0; i < column->n; i++)
            touch(sums, column->tally[i].id, column->tally[i].n, sub);
        for (int s = 0; s < 64; s++)
            sums->state[s] += base_count(column->state[s]);
    }
    for (size_t i = 0; i < sums->touched_n; i++) {
        uint32_t *k = k_of(sums, sums->touched[i]);
        k[1] += k[0];
        k[2] += k[1];
    }
    for (int s = 0; s < SUB_COUNT; s++) {
        int64_t sub_ms = (at.to_step - spec->steps[s] - at.extra) * spec->step_ms;
        store_total(sel->store, spec->tier, spec->cls,
                    s < SUB_COUNT - 1 ? sub_ms : at.from_ms, to_ms, sums->K[s]);
    }
    sums->from_ms = at.from_ms;
    sums->to_ms = to_ms;
}

/* ---- The baseline ---- */

/* Listens within the first W of the data know no past: everything looks new. They are
 * left out of the baseline where enough of it remains. */
static int64_t base_start(const struct trend *trend, const struct scale_spec *spec,
                          int64_t from, int64_t to)
{
    int64_t seen = trend->oldest_ms + spec->window_ms + spec->step_ms - 1;
    int64_t start = seen / spec->step_ms;
    return start > from && to - start >= 4 * (int64_t)spec->steps[SUB_COUNT - 1] ? start
                                                                                 : from;
}

static bool fill_base(struct trend *trend, const struct asked *sel, struct window at)
{
    const struct scale_spec *spec = sel->spec;
    struct sums *sums = &trend->sums;
    int64_t grains = spec->step_ms / tier_grain_ms[spec->tier];
    int64_t window_from = at.from_ms / spec->step_ms;
    int64_t to = (window_from - spec->guard_steps) / spec->snap_steps * spec->snap_steps;
    int64_t from = base_start(trend, spec, to - spec->base_steps, to);
    struct stretch stretch = {spec->tier,
                              spec->cls,
                              from * grains,
                              to * grains,
                              at.to_step == window_now(sel).to_step,
                              4 * spec->snap_steps * grains};
    sums->base_from_ms = from * spec->step_ms;
    sums->base_to_ms = to * spec->step_ms;
    if (sums->base_from_ms < trend->oldest_ms)
        sums->base_from_ms =
            trend->oldest_ms < sums->base_to_ms ? trend->oldest_ms : sums->base_to_ms;
    sums->base = base_seek(sel->store, sel->end_ms ? BASE_GONE : sel->scale, &stretch,
                           &trend->work);
    sums->B_sum = 0;
    for (int z = 0; z < ZONE_COUNT && sums->base; z++)
        sums->B_sum += sel->zones >> z & 1 ? base_sum(sums->base->sum[z]) : 0;
    return sums->base != NULL;
}

/* K/B zone by zone, so that a zone's evening is no trend; drawn to the whole's where
 * little is known. */
static void fill_ratios(const struct asked *sel, struct sums *sums)
{
    for (int s = 0; s < SUB_COUNT; s++) {
        uint64_t k = 0;
        for (int z = 0; z < ZONE_COUNT; z++)
            k += sel->zones >> z & 1 ? sums->K[s][z] : 0;
        sums->K_sum[s] = k;
        sums->pooled[s] = sums->B_sum ? (double)k / (double)sums->B_sum : 0;
        for (int z = 0; z < ZONE_COUNT; z++)
            sums->ratio[s][z] = ((double)sums->K[s][z] + SHRINK * sums->pooled[s]) /
                                ((double)base_sum(sums->base->sum[z]) + SHRINK);
    }
}

bool sums_fill(struct trend *trend, const struct asked *sel, struct window at)
{
    struct sums *sums = &trend->sums;
    size_t held = sums->touched_n;
    sums_clear(sums);
    sums_trim(sums, held);
    sums_room(sums, sel->store->ids);
    if (!fill_base(trend, sel, at))
        return false;
    fill_windows(trend, sel, at);
    fill_ratios(sel, sums);
    return true;
}

bool sums_enough(const struct trend *trend, const struct asked *sel)
{
    const struct sums *sums = &trend->sums;
    return sums->K_sum[SUB_COUNT - 1] >= MIN_LISTENS && sums->B_sum >= MIN_BASE &&
           sums->base_to_ms - sums->base_from_ms >= 2 * sel->spec->window_ms;
}

uint32_t sums_expected(const struct sums *sums, unsigned zones, uint32_t id,
                       double expected[SUB_COUNT])
{
    const uint32_t *count = counts_row(&sums->base->counts, id);
    uint32_t b = 0;
    for (int s = 0; s < SUB_COUNT; s++)
        expected[s] = 0;
    for (int z = 0; count && z < ZONE_COUNT; z++)
        if (zones >> z & 1) {
            uint32_t n = base_count(count[z]);
            b += n;
            for (int s = 0; s < SUB_COUNT; s++)
                expected[s] += n * sums->ratio[s][z];
        }
    return b;
}

void sums_fini(struct trend *trend)
{
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < COLUMN_COUNT; i++)
            free(trend->columns[k].column[i].tally);
    for (size_t i = 0; i < trend->sums.pages; i++)
        free(trend->sums.k[i]);
    free(trend->sums.k);
    free(trend->sums.touched);
}

size_t sums_bytes(const struct trend *trend)
{
    size_t bytes = trend->sums.pages * sizeof *trend->sums.k +
                   trend->sums.made * SUMS_PAGE * sizeof **trend->sums.k +
                   trend->sums.touched_cap * sizeof *trend->sums.touched;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < COLUMN_COUNT; i++)
            bytes += trend->columns[k].column[i].cap * sizeof(struct tally);
    return bytes;
}
