/* Planted trends in bulk: the law of the reference's planter (a Python program, slow at
 * 4,000 plays a minute), and what must not be taken for a trend.
 *
 *   plant --truth FILE [--seed S] [--rate PLAYS_PER_MINUTE] [--hours H] [--trends N]
 * [--loops N]
 *         [--size FACTOR]      planted sizes times this
 *         [--day AMPLITUDE]    of the daily cycle, 0.6
 *         [--surge FACTOR]     of the whole service for an hour, 2.5
 *         [--bots N]           accounts of one state on one artist for two hours
 *         [--gap MINUTES]      the stream stops in its middle
 *         [--shuffle MINUTES]  each play arrives up to this much late
 *         [--artists N]        5000
 *         [--binary]           24 bytes a play instead of JSON
 */
#include "plays.h"

#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WARM_MIN 720
#define RAMP_MIN 10
#define BOT_ARTIST 4321

struct options {
    const char *truth;
    uint64_t seed;
    int rate, hours, trends, loops, bots, gap, shuffle, artists;
    double size, day, surge;
    bool binary;
};

struct trend_truth {
    int start, end, artist;
    double per_minute;
};

struct loop {
    int start, end, artist;
    uint32_t user;
};

struct batch {
    struct planted *play;
    size_t n, cap;
};

static uint64_t rng_next(uint64_t *state) /* splitmix64 (S. Vigna, public domain) */
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static double rng_unit(uint64_t *state)
{
    return (double)(rng_next(state) >> 11) * 0x1p-53;
}

static uint32_t rng_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((rng_next(state) >> 32) * n >> 32);
}

static void add(struct batch *batch, unsigned artist, uint32_t user)
{
    if (batch->n == batch->cap) {
        batch->cap = batch->cap ? batch->cap * 2 : 1024;
        batch->play = realloc(batch->play, batch->cap * sizeof *batch->play);
    }
    batch->play[batch->n++] = (struct planted){
        .user = user + 1, .artist = artist, .state = (uint8_t)(user % 14)};
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = ((const struct planted *)a)->ts_ms,
             y = ((const struct planted *)b)->ts_ms;
    return (x > y) - (x < y);
}

static void print_play(const struct planted *p, uint64_t item)
{
    static const char *const agents[4] = {
        "Mozilla/5.0 (Windows NT 6.1; WOW64) Chrome/36.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 7_1_2 like Mac OS X)",
        "Mozilla/5.0 (X11; Linux x86_64)",
    };
    uint32_t u = p->user - 1;
    printf(
        "{\"artist\":\"Artist %04u\",\"song\":\"Song %u\",\"duration\":210.5,\"ts\":%llu,"
        "\"sessionId\":%u,\"level\":\"%s\",\"itemInSession\":%llu,\"state\":\"%s\","
        "\"userAgent\":\"%s\",\"userId\":%u,\"gender\":\"%c\"}\n",
        p->artist, p->song, (unsigned long long)p->ts_ms, u, u % 3 ? "paid" : "free",
        (unsigned long long)item, planted_states[p->state], agents[u % 4], p->user,
        "FM"[u % 2]);
}

/* Plays wait here until nothing may overtake them any more: arrival = time + lateness. */
struct queue {
    struct arrival {
        uint64_t at;
        struct planted play;
    } * heap;
    size_t n, cap;
};

static void queue_push(struct queue *q, struct arrival a)
{
    if (q->n == q->cap) {
        q->cap = q->cap ? q->cap * 2 : 1024;
        q->heap = realloc(q->heap, q->cap * sizeof *q->heap);
    }
    size_t i = q->n++;
    for (; i && q->heap[(i - 1) / 2].at > a.at; i = (i - 1) / 2)
        q->heap[i] = q->heap[(i - 1) / 2];
    q->heap[i] = a;
}

static struct planted queue_pop(struct queue *q)
{
    struct planted top = q->heap[0].play;
    struct arrival last = q->heap[--q->n];
    size_t i = 0;
    for (size_t c = 1; c < q->n; i = c, c = 2 * c + 1) {
        if (c + 1 < q->n && q->heap[c + 1].at < q->heap[c].at)
            c++;
        if (q->heap[c].at >= last.at)
            break;
        q->heap[i] = q->heap[c];
    }
    q->heap[i] = last;
    return top;
}

static void emit(const struct options *o, const struct planted *p)
{
    static uint64_t item;
    if (o->binary)
        fwrite(p, sizeof *p, 1, stdout);
    else
        print_play(p, item);
    item++;
}

static void write_truth(const struct options *o, uint64_t t0,
                        const struct trend_truth *truth)
{
    FILE *f = fopen(o->truth, "w");
    if (!f) {
        perror(o->truth);
        exit(1);
    }
    fprintf(f, "{\"t0\": %llu, \"trends\": [", (unsigned long long)t0);
    for (int i = 0; i < o->trends; i++)
        fprintf(f, "%s{\"artist\": \"Artist %04d\", \"start\": %d, \"end\": %d}",
                i ? ", " : "", truth[i].artist, truth[i].start, truth[i].end);
    fprintf(f, "]}\n");
    fclose(f);
}

static void plant(const struct options *o)
{
    uint64_t rng = o->seed * 7919 + 12345, late = o->seed + 99;
    uint32_t users = o->rate * 25 > 2000 ? (uint32_t)o->rate * 25 : 2000;
    double *cum = calloc((size_t)o->artists, sizeof *cum);
    int minutes = o->hours * 60;
    for (int r = 0; r < o->artists; r++)
        cum[r] = (r ? cum[r - 1] : 0) + 1. / (r + 3);
    int surge =
        minutes / 2 + (int)rng_below(&rng, (uint32_t)(minutes - 120 - minutes / 2));
    struct trend_truth *truth = calloc((size_t)o->trends + 1, sizeof *truth);
    for (int i = 0; i < o->trends; i++) {
        struct trend_truth *t = &truth[i];
        t->start = WARM_MIN + (int)rng_below(&rng, (uint32_t)(minutes - 90 - WARM_MIN));
        int length = 60 + (int)rng_below(&rng, 120);
        t->artist = 150 + (int)rng_below(&rng, (uint32_t)o->artists - 150);
        double half_hour = exp(log(15) + rng_unit(&rng) * (log(240) - log(15)));
        t->per_minute = floor(half_hour * sqrt(fmax(1, o->rate / 2000.))) / 30 * o->size;
        t->end = t->start + length < minutes ? t->start + length : minutes;
    }
    struct loop *loops = calloc((size_t)o->loops + 1, sizeof *loops);
    for (int i = 0; i < o->loops; i++) {
        loops[i].start =
            WARM_MIN + (int)rng_below(&rng, (uint32_t)(minutes - 60 - WARM_MIN));
        loops[i].end = loops[i].start + 60 + (int)rng_below(&rng, 300);
        loops[i].user = rng_below(&rng, users);
        loops[i].artist = (int)rng_below(&rng, (uint32_t)o->artists);
    }
    uint64_t t0 = UINT64_C(1704067200000) + UINT64_C(3600000) * rng_below(&rng, 24);
    write_truth(o, t0, truth);
    struct batch batch = {0};
    struct queue queue = {0};
    for (int m = 0; m < minutes; m++) {
        double hour = fmod((double)(t0 / 3600000) + m / 60., 24);
        double rate = o->rate * (1 + o->day * sin((hour - 14) / 24 * 2 * M_PI)) *
                      (surge <= m && m < surge + 60 ? o->surge : 1);
        bool silent = o->gap && m >= minutes * 2 / 3 && m < minutes * 2 / 3 + o->gap;
        batch.n = 0;
        if (!silent) {
            int n = (int)rate + (rng_unit(&rng) < rate - (int)rate);
            for (int i = 0; i < n; i++) {
                double x = rng_unit(&rng) * cum[o->artists - 1];
                int low = 0, high = o->artists - 1;
                while (low < high) {
                    int mid = (low + high) / 2;
                    if (cum[mid] <= x)
                        low = mid + 1;
                    else
                        high = mid;
                }
                add(&batch, (unsigned)low, rng_below(&rng, users));
            }
            for (int i = 0; i < o->trends; i++)
                if (truth[i].start <= m && m < truth[i].end) {
                    double want = truth[i].per_minute *
                                  fmin(1, (double)(m - truth[i].start) / RAMP_MIN);
                    int k = (int)want + (rng_unit(&rng) < want - (int)want);
                    while (k-- > 0)
                        add(&batch, (unsigned)truth[i].artist, rng_below(&rng, users));
                }
            for (int i = 0; i < o->loops; i++)
                if (loops[i].start <= m && m < loops[i].end && m % 3 == 0)
                    add(&batch, (unsigned)loops[i].artist, loops[i].user);
            if (o->bots && m >= minutes * 3 / 4 && m < minutes * 3 / 4 + 120)
                for (int i = 0; i < o->bots; i++)
                    if (rng_below(&rng, 4) == 0)
                        add(&batch, BOT_ARTIST, users + (uint32_t)i * 14 + 3);
        }
        for (size_t i = 0; i < batch.n; i++)
            batch.play[i].ts_ms = t0 + (uint64_t)m * 60000 + rng_below(&rng, 60000);
        if (batch.n)
            qsort(batch.play, batch.n, sizeof *batch.play, by_time);
        for (size_t i = 0; i < batch.n; i++) {
            struct planted *p = &batch.play[i];
            p->song = (uint8_t)rng_below(&rng, 7);
            if (!o->shuffle) {
                emit(o, p);
                continue;
            }
            queue_push(
                &queue,
                (struct arrival){
                    p->ts_ms + rng_below(&late, (uint32_t)o->shuffle * 60000), *p});
            while (queue.n && queue.heap[0].at <= p->ts_ms) {
                struct planted out = queue_pop(&queue);
                emit(o, &out);
            }
        }
    }
    while (queue.n) {
        struct planted out = queue_pop(&queue);
        emit(o, &out);
    }
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"truth", 1, 0, 't'},   {"seed", 1, 0, 's'},   {"rate", 1, 0, 'r'},
        {"hours", 1, 0, 'h'},   {"trends", 1, 0, 'n'}, {"loops", 1, 0, 'l'},
        {"size", 1, 0, 'z'},    {"day", 1, 0, 'd'},    {"surge", 1, 0, 'u'},
        {"bots", 1, 0, 'b'},    {"gap", 1, 0, 'g'},    {"shuffle", 1, 0, 'f'},
        {"artists", 1, 0, 'a'}, {"binary", 0, 0, 'B'}, {0, 0, 0, 0}};
    struct options o = {.truth = "/dev/null",
                        .seed = 1,
                        .rate = 400,
                        .hours = 30,
                        .trends = 24,
                        .loops = 20,
                        .artists = 5000,
                        .size = 1,
                        .day = .6,
                        .surge = 2.5};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        switch (c) {
        case 't':
            o.truth = optarg;
            break;
        case 's':
            o.seed = strtoull(optarg, NULL, 10);
            break;
        case 'r':
            o.rate = atoi(optarg);
            break;
        case 'h':
            o.hours = atoi(optarg);
            break;
        case 'n':
            o.trends = atoi(optarg);
            break;
        case 'l':
            o.loops = atoi(optarg);
            break;
        case 'z':
            o.size = atof(optarg);
            break;
        case 'd':
            o.day = atof(optarg);
            break;
        case 'u':
            o.surge = atof(optarg);
            break;
        case 'b':
            o.bots = atoi(optarg);
            break;
        case 'g':
            o.gap = atoi(optarg);
            break;
        case 'f':
            o.shuffle = atoi(optarg);
            break;
        case 'a':
            o.artists = atoi(optarg);
            break;
        case 'B':
            o.binary = true;
            break;
        default:
            return 2;
        }
    plant(&o);
    return 0;
}
