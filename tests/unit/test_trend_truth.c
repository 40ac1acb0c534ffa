/* Lists against the slow way: at random moments of random streams, part of them late, all
 * plays so far are sorted, their gaps taken, and windows, baselines, gates and looks back
 * counted afresh from the words at the head of trend.c. What the engine keeps and moves
 * along must come to the same. */
#include "../../src/model/trend_impl.h"
#include "trend_fixture.h"

#include <math.h>

#define IDS 700
#define LISTS 16 /* asked of a stream */
#ifndef STREAMS
#define STREAMS 2 /* of each scale; more are a matter of time only */
#endif

struct truth {
    struct heard *heard;
    size_t n;
    const struct scale_spec *spec;
    enum trend_scale scale;
    bool songs;
    unsigned zones;
    int64_t oldest_ms, now_ms;
    bool live;
};

struct verdict {
    bool stays, enters;
    double score;
    uint32_t k, b;
    double expected;
};

static void hear(struct truth *t, const struct trend_play *play, size_t n)
{
    static const int64_t units[] = {0, 180, 2160, 8640, 60480};
    static const uint8_t rank[] = {5, 2, 6, 4,
                                   1, 0, 7, 3}; /* by name: who is first of equals */
    t->heard = malloc((n + 1) * sizeof *t->heard);
    t->n = 0;
    t->oldest_ms = INT64_MAX;
    for (size_t i = 0; i < n; i++) {
        if (play[i].ts_ms < t->oldest_ms)
            t->oldest_ms = play[i].ts_ms;
        t->heard[t->n++] = (struct heard){
            play[i].ts_ms,          t->songs ? play[i].song : play[i].artist,
            play[i].user,           (uint8_t)state_zone(play[i].state),
            rank[play[i].user % 8], 0};
    }
    qsort(t->heard, t->n, sizeof *t->heard, by_pair);
    for (size_t i = 0; i < t->n; i++) {
        struct heard *h = &t->heard[i];
        int64_t gap = gap_before(t->heard, h);
        for (int s = SCALE_30MIN; s < SCALE_COUNT; s++)
            if (gap >= units[s] && !(t->songs && s > 1 && is_left_out(h->user)))
                h->scales |= 1 << s;
    }
}

/* Counts by id and zone of [from, to), and by zone. */
struct tallied {
    uint32_t id[IDS][ZONE_COUNT], all[ZONE_COUNT], state[IDS][8], states[8];
};

static void tally(const struct truth *t, int64_t from_ms, int64_t to_ms,
                  struct tallied *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < t->n; i++) {
        const struct heard *h = &t->heard[i];
        if (!(h->scales >> t->scale & 1) || h->ts_ms < from_ms || h->ts_ms >= to_ms)
            continue;
        out->all[h->zone]++;
        out->id[h->id][h->zone]++;
        if (t->zones >> h->zone & 1) {
            out->state[h->id][h->state]++;
            out->states[h->state]++;
        }
    }
}

static uint32_t chosen(const struct truth *t, const uint32_t by_zone[ZONE_COUNT])
{
    uint32_t sum = 0;
    for (int z = 0; z < ZONE_COUNT; z++)
        sum += t->zones >> z & 1 ? by_zone[z] : 0;
    return sum;
}

/* One look at the window [from, to): what stays and what enters, of one side. */
struct looked {
    struct verdict of[IDS];
    uint32_t K, B, tested;
    bool enough;
};

static struct tallied window[3], base;

static double ratio_of(const struct truth *t, int sub, int zone)
{
    double pooled = chosen(t, base.all)
                        ? (double)chosen(t, window[sub].all) / chosen(t, base.all)
                        : 0;
    return (window[sub].all[zone] + 50 * pooled) / (base.all[zone] + 50.);
}

static double expect(const struct truth *t, int sub, uint32_t id)
{
    double sum = 0;
    for (int z = 0; z < ZONE_COUNT; z++)
        if (t->zones >> z & 1)
            sum += base.id[id][z] * ratio_of(t, sub, z);
    return sum;
}

static bool crowded(const struct truth *t, uint32_t id)
{
    const struct tallied *w = &window[2];
    uint32_t all = chosen(t, w->id[id]), k = 0;
    double share = 0, least = .01 / 51;
    for (int s = 0; s < 8; s++) {
        double of_all = w->states[s] / (double)chosen(t, w->all);
        double p = of_all <= .5 ? binomial_upper(w->state[id][s], all, of_all) : 1;
        if (p > least)
            continue;
        least = p;
        share = of_all;
        k = w->state[id][s];
    }
    if (!k)
        return false;
    uint32_t rest = all - k;
    uint32_t b = chosen(t, base.id[id]);
    double expected = expect(t, 2, id) * (1 - share);
    double ratio = b ? expected / b : (double)chosen(t, w->all) / chosen(t, base.all);
    return rest < 5 || rest < 1.4 * expected ||
           binomial_upper(rest, rest + b, ratio / (1 + ratio)) > .01;
}

static double judge_one(const struct truth *t, uint32_t id, enum side side,
                        struct verdict *v)
{
    double p = 1;
    uint32_t b = chosen(t, base.id[id]);
    int tried = t->scale <= SCALE_6H ? 3 : 1;
    v->b = b;
    v->k = chosen(t, window[2].id[id]);
    v->expected = expect(t, 2, id);
    v->score = side == RISING ? -INFINITY : INFINITY;
    for (int s = side == RISING ? 3 - tried : 2; s < 3; s++) {
        uint32_t k = chosen(t, window[s].id[id]);
        double expected = expect(t, s, id);
        double ratio =
            b ? expected / b : (double)chosen(t, window[s].all) / chosen(t, base.all);
        if (side == FALLING) {
            v->score = lift_bound(k, b, ratio, -1);
            v->stays = expected >= 4 && k <= expected && v->score <= -.1823;
            if (v->stays && expected >= 8 && k <= .5 * expected)
                p = binomial_lower(k, k + b, ratio / (1 + ratio));
            return p;
        }
        double least = expected >= 5 ? 0 : .1823, score = lift_bound(k, b, ratio, 1);
        if (k < 3 || score < 0)
            continue;
        v->score = fmax(v->score, score);
        v->stays |= score >= least;
        if (score >= least && k >= 5 && k >= 1.4 * expected)
            p = fmin(p, tried * binomial_upper(k, k + b, ratio / (1 + ratio)));
    }
    return p;
}

static bool few(const struct truth *t, int64_t from_ms, uint32_t id)
{
    static bool seen[1 << 16];
    uint32_t n = 0;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < t->n; i++) {
        const struct heard *h = &t->heard[i];
        if (h->id == id && h->ts_ms >= from_ms && h->ts_ms <= t->now_ms &&
            t->zones >> h->zone & 1 && h->scales >> t->scale & 1 && !seen[h->user]) {
            seen[h->user] = true;
            n++;
        }
    }
    return n < 5;
}

static void look_at(const struct truth *t, const int64_t from_ms[3], int64_t to_ms,
                    enum side side, struct looked *out)
{
    int64_t step = t->spec->step_ms, W = t->spec->window_ms;
    int64_t base_to = from_ms[2] / step * step - t->spec->guard_steps * step;
    base_to = base_to / (t->spec->snap_steps * step) * (t->spec->snap_steps * step);
    int64_t base_from = base_to - t->spec->base_steps * step;
    int64_t known = (t->oldest_ms + W + step - 1) / step * step;
    if (known > base_from && base_to - known >= 4 * W)
        base_from = known;
    for (int s = 0; s < 3; s++)
        tally(t, from_ms[s], to_ms, &window[s]);
    tally(t, base_from, base_to, &base);
    memset(out, 0, sizeof *out);
    out->K = chosen(t, window[2].all);
    out->B = chosen(t, base.all);
    if (base_from < t->oldest_ms)
        base_from = t->oldest_ms < base_to ? t->oldest_ms : base_to;
    out->enough = out->K >= 50 && out->B >= 200 && base_to - base_from >= 2 * W;
    double p[IDS], sorted[IDS];
    for (uint32_t id = 0; id < IDS; id++) {
        out->tested += chosen(t, window[2].id[id]) > 0;
        sorted[id] = p[id] = judge_one(t, id, side, &out->of[id]);
    }
    double limit = bh_threshold(sorted, IDS, out->tested, t->songs ? .002 : .003);
    for (uint32_t id = 0; id < IDS; id++) {
        struct verdict *v = &out->of[id];
        v->stays &= out->enough;
        v->enters = v->stays && p[id] < 1 && p[id] <= limit;
        if (!v->enters || side == FALLING)
            continue;
        if (to_ms > t->now_ms && few(t, from_ms[2], id))
            v->enters = false;
        else if (crowded(t, id))
            v->stays = v->enters = false;
    }
}

static void look_back(const struct truth *t, int64_t to_step, enum side side,
                      struct looked *out)
{
    int64_t step = t->spec->step_ms, from_ms[3];
    for (int s = 0; s < 3; s++)
        from_ms[s] = (to_step - t->spec->steps[s]) * step;
    look_at(t, from_ms, to_step * step, side, out);
}

static void look_now(const struct truth *t, enum side side, struct looked *out)
{
    int64_t step = t->spec->step_ms, now = t->now_ms, from_ms[3];
    int64_t grain[] = {0, 0, 5 * MINUTE, HOUR_MS, HOUR_MS};
    bool begun = now % step < step / 5;
    for (int s = 0; s < 3; s++)
        from_ms[s] = (now / step + 1 - t->spec->steps[s] - begun) * step;
    if (t->scale > SCALE_30MIN)
        from_ms[2] = (now - t->spec->window_ms) / grain[t->scale] * grain[t->scale] +
                     grain[t->scale];
    look_at(t, from_ms, (now / step + 1) * step, side, out);
}

/* Since when each is listed at `head`; 0: it is not. */
static void since(const struct truth *t, const struct looked *head, int64_t head_ms,
                  enum side side, int64_t out[IDS])
{
    static struct looked look;
    bool open[IDS], any = false;
    for (int id = 0; id < IDS; id++) {
        out[id] = head->of[id].enters ? head_ms : 0;
        any |= open[id] = head->of[id].stays;
    }
    int64_t step = head_ms / t->spec->step_ms;
    for (int64_t s = step; any && s > step - t->spec->history; s--) {
        if (s <= t->oldest_ms / t->spec->step_ms)
            break;
        look_back(t, s, side, &look);
        any = false;
        for (int id = 0; id < IDS; id++) {
            open[id] &= look.of[id].stays;
            if (open[id] && look.of[id].enters)
                out[id] = s * t->spec->step_ms;
            any |= open[id];
        }
    }
}

static int listed_n;

static void same_as_truth(struct truth *t, enum side side, const struct trend_list *list)
{
    static struct looked head, before;
    static int64_t at[IDS], at_before[IDS];
    unsigned level = t->songs && t->scale > SCALE_30MIN;
    if (t->live)
        look_now(t, side, &head);
    else
        look_back(t, t->now_ms / t->spec->step_ms, side, &head);
    assert_int_equal(list->listens, head.K << level);
    assert_int_equal(list->base_listens, head.B << level);
    assert_int_equal(list->enough, head.enough);
    assert_int_equal(list->tested, head.tested);
    since(t, &head, t->now_ms, side, at);
    size_t n = 0;
    for (int id = 0; id < IDS; id++)
        n += at[id] != 0;
    assert_int_equal(list->count, n < TREND_LIST_MAX ? n : TREND_LIST_MAX);
    int64_t step = t->now_ms / t->spec->step_ms - t->spec->steps[2];
    memset(at_before, 0, sizeof at_before);
    if (n && step > t->oldest_ms / t->spec->step_ms) {
        look_back(t, step, side, &before);
        since(t, &before, step * t->spec->step_ms, side, at_before);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct trend_entry *e = &list->entry[i];
        const struct verdict *v = &head.of[e->id];
        assert_int_equal(e->since_ms, at[e->id]);
        assert_int_equal(e->listens, v->k << level);
        assert_int_equal(e->base_listens, v->b << level);
        assert_true(fabs(e->score - v->score) < 1e-5);
        assert_true(fabs(e->expected - v->expected * (1u << level)) <
                    1e-9 * e->expected + 1e-12);
        assert_int_equal(e->is_new, at_before[e->id] == 0);
    }
    listed_n += (int)list->count;
}

/* ---- Random streams ---- */

/* Names that are always heard, bursts of some, some of one zone or of one state, and
 * names that end. */
static struct plays random_plays(enum trend_scale scale)
{
    static const int hours[] = {0, 44, 11 * 24, 40 * 24, 77 * 24};
    int span = hours[scale] * 60, every = scale == SCALE_DAY    ? 6
                                          : scale == SCALE_WEEK ? 12
                                                                : 1;
    struct plays plays = {0};
    uint32_t users = 100 + below(3000);
    int64_t from_ms = START + (int64_t)below(7 * 24 * 60) * MINUTE;
    for (int m = 0; m < span; m++)
        for (uint32_t i = below(every) ? 0 : 2 + below(6); i > 0; i--)
            add(&plays, from_ms + m * MINUTE + below(60000), 1 + below(users),
                1 + below(1 + below(ARTISTS)));
    for (int b = 0; b < 40; b++) {
        int from = (int)below((uint32_t)span),
            to = from + 5 + (int)below((uint32_t)span / 20);
        int count = 5 + (int)below(150);
        uint32_t of8 = below(2) ? 8 : below(8), artist = 1 + below(ARTISTS);
        if (b % 8 == 0) { /* all the time before, and then no more */
            from = 0;
            count = 3000 + (int)below(3000);
        }
        if (b % 8 == 1)
            to = span;
        burst(&plays, from, to < span ? to : span, count, artist, of8);
        for (int i = 0; i < count; i++)
            plays.play[plays.n - 1 - (size_t)i].ts_ms += from_ms - START;
    }
    return plays;
}

/* Any zones, any kind, now or at the end of the week before; at times in parts first. */
static void ask_anything(struct trend *trend, enum trend_scale scale,
                         const struct trend_play *play, size_t n)
{
    static struct trend_list list;
    struct filter filter = everything();
    enum trend_kind kind = below(TREND_KIND_COUNT);
    struct truth t = {.spec = &scale_specs[scale],
                      .scale = scale,
                      .songs = kind == TREND_SONGS,
                      .live = true};
    t.zones = filter.zones = below(2) ? ZONES_ALL : (uint8_t)(1 + below(63));
    hear(&t, play, n);
    for (size_t i = 0; i < t.n; i++)
        if (t.zones >> t.heard[i].zone & 1 && t.heard[i].ts_ms > t.now_ms)
            t.now_ms = t.heard[i].ts_ms;
    unsigned week = week_of_ms(trend_now_ms(trend)) - 1;
    if (below(4) == 0 && week_start_ms(week) > t.oldest_ms) {
        filter.all_weeks = false;
        bits_set(filter.week, week);
        t.now_ms = week_start_ms(week + 1);
        t.live = false;
    }
    if (below(3) == 0)
        trend_list(trend, &filter, kind, scale, TREND_SOON, &list);
    ask(trend, &filter, kind, scale, &list);
    assert_int_equal(list.now_ms, t.now_ms);
    if (t.now_ms)
        same_as_truth(&t, kind == TREND_FALLING ? FALLING : RISING, &list);
    free(t.heard);
}

static void any_list_is_true(enum trend_scale scale)
{
    struct plays plays = random_plays(scale);
    struct plays late = arriving(&plays, below(3) ? 29 * 60000 : 1);
    struct trend *trend = trend_new();
    size_t done = 0;
    for (size_t i = 1; i <= LISTS; i++) {
        size_t to = i * plays.n / LISTS - below(20);
        trend_add(trend, late.play + done, to - done);
        done = to;
        if (trend->samples[scale - 1]) /* some users do not count any more */
            break;
        if (done > plays.n / 3)
            ask_anything(trend, scale, late.play, done);
    }
    trend_free(trend);
    free(plays.play);
    free(late.play);
}

static void lists_are_true(enum trend_scale scale)
{
    listed_n = 0;
    for (uint64_t i = 1; i <= STREAMS; i++) {
        seed = i * 1000 + scale;
        any_list_is_true(scale);
    }
    print_message("%d listed\n", listed_n);
    assert_true(listed_n > 10);
}

static void of_30_minutes(void **state)
{
    (void)state;
    lists_are_true(SCALE_30MIN);
}

static void of_6_hours(void **state)
{
    (void)state;
    lists_are_true(SCALE_6H);
}

static void of_a_day(void **state)
{
    (void)state;
    lists_are_true(SCALE_DAY);
}

static void of_a_week(void **state)
{
    (void)state;
    lists_are_true(SCALE_WEEK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_30_minutes),
        cmocka_unit_test(of_6_hours),
        cmocka_unit_test(of_a_day),
        cmocka_unit_test(of_a_week),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
