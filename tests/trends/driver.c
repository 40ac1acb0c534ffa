/* Drives the trend engine alone: planted plays in (JSON of the planter's fixed form, or
 * its binary form), one JSON line per report out, as `cadence --report json --every`
 * writes them as far as the scorer reads.
 *
 *   driver [--binary] [--every MINUTES] [--kind artists|songs|falling] [--scale 0..4]
 *          [--zones BITS] [--last] [--time] [--forecast]
 *          [--choose]  at the end: how long a list takes for zones not asked for before
 */
#include "cadence/trend.h"
#include "feed.h"
#include "plays.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct options {
    bool binary, last, time, choose;
    int64_t every_ms;
    enum trend_kind kind;
    enum trend_scale scale;
    unsigned zones;
};

static const char *after(const char *line, const char *key)
{
    const char *p = strstr(line, key);
    return p ? p + strlen(key) : "";
}

static void parse(const char *line, struct planted *p)
{
    p->artist = (uint32_t)atoi(after(line, "\"Artist "));
    p->song = (uint8_t)atoi(after(line, "\"Song "));
    p->ts_ms = strtoull(after(line, "\"ts\":"), NULL, 10);
    p->user = (uint32_t)atol(after(line, "\"userId\":"));
    const char *state = after(line, "\"state\":\"");
    for (p->state = 0; p->state < 13 && strncmp(planted_states[p->state], state, 2) != 0;)
        p->state++;
}

static bool read_play(const struct options *o, struct planted *p)
{
    static char line[4096];
    if (o->binary)
        return fread(p, sizeof *p, 1, stdin) == 1;
    if (!fgets(line, sizeof line, stdin))
        return false;
    parse(line, p);
    return true;
}

/* Plays of each artist in the last hour's 5-minute steps, to hold forecasts against. */
#define STEPS 12
#define ARTISTS 5000
static uint32_t step_plays[STEPS][ARTISTS];

static void count_step(const struct planted *p)
{
    static uint64_t at[STEPS];
    uint64_t step = p->ts_ms / 300000, slot = step % STEPS;
    if (at[slot] < step) {
        at[slot] = step;
        memset(step_plays[slot], 0, sizeof step_plays[slot]);
    }
    if (at[slot] == step && p->artist < ARTISTS)
        step_plays[slot][p->artist]++;
}

struct forecast {
    int64_t from; /* step */
    uint32_t artist, now;
    double low, mid, high;
};
static struct forecast *forecasts;
static size_t forecast_n, forecast_done;
static struct {
    double error, same;
    uint64_t n, inside;
} fit;

static void forecasts_check(int64_t step)
{
    for (; forecast_done < forecast_n && forecasts[forecast_done].from + 6 <= step;
         forecast_done++) {
        const struct forecast *f = &forecasts[forecast_done];
        double real = 0;
        if (f->from + 6 != step || f->artist >= ARTISTS)
            continue;
        for (int64_t s = f->from; s < step; s++)
            real += step_plays[s % STEPS][f->artist];
        fit.error += real > f->mid ? real - f->mid : f->mid - real;
        fit.same += real > f->now ? real - f->now : f->now - real;
        fit.inside += real >= f->low && real <= f->high;
        fit.n++;
    }
}

static void forecasts_add(const struct trend_list *list, int64_t last_ms)
{
    forecasts = realloc(forecasts, (forecast_n + list->count) * sizeof *forecasts);
    for (size_t i = 0; list->scale == SCALE_30MIN && i < list->count; i++) {
        const struct trend_entry *e = &list->entry[i];
        forecasts[forecast_n++] =
            (struct forecast){last_ms / 300000, e->id - 1,   e->listens,
                              e->forecast_low,  e->forecast, e->forecast_high};
    }
}

static void report(struct trend *trend, const struct options *o, int64_t last_ms)
{
    static struct trend_list list;
    struct filter filter;
    filter_init(&filter);
    filter.zones = (uint8_t)o->zones;
    trend_list(trend, &filter, o->kind, o->scale, TREND_WHOLE, &list);
    if (o->kind != TREND_SONGS) {
        forecasts_check(last_ms / 300000);
        forecasts_add(&list, last_ms);
    }
    printf("{\"input\":{\"last_ts\":%lld},\"scale\":%d,\"enough\":%s,\"waiting\":\"%s\","
           "\"trending\":[",
           (long long)last_ms, (int)list.scale, list.enough ? "true" : "false",
           list.waiting);
    for (size_t i = 0; i < list.count; i++) {
        const struct trend_entry *e = &list.entry[i];
        uint32_t id = e->id - 1;
        printf("%s{\"artist\":\"Artist %04u\",", i ? "," : "",
               o->kind == TREND_SONGS ? id / 7 : id);
        if (o->kind == TREND_SONGS)
            printf("\"song\":\"Song %u\",", id % 7);
        printf(
            "\"listeners\":%u,\"expected\":%.3f,\"lift\":%.3f,\"score\":%.4f,\"p\":%.3g,"
            "\"since\":%lld,\"move\":%d,\"new\":%s,\"forecast\":[%.2f,%.2f,%.2f]}",
            e->listeners, e->expected, e->lift, e->score, e->p, (long long)e->since_ms,
            e->rank_change, e->is_new ? "true" : "false", e->forecast_low, e->forecast,
            e->forecast_high);
    }
    printf("]}\n");
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Of the processor, so that others on the machine do not count. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A new choice of zones, as the monitor asks: the longest call, and how many until no
 * more is to come. */
static void choose(struct trend *trend, bool listed)
{
    static const uint8_t zones[] = {1, 2, 4, 8, 16, 32, 3, 9, 14, 63, 1, 62, 47, 31};
    static const char *const names[] = {"artists", "songs", "falling"};
    static struct trend_list list;
    struct filter filter;
    filter_init(&filter);
    for (enum trend_kind kind = 0; kind < TREND_KIND_COUNT; kind++) {
        double most = 0, all = 0;
        unsigned calls = 0, most_calls = 0;
        for (size_t i = 0; i < sizeof zones; i++) {
            unsigned n = 0;
            filter.zones = zones[i];
            do {
                double from = cpu_seconds();
                trend_list(trend, &filter, kind, SCALE_AUTO, TREND_SOON, &list);
                double took = cpu_seconds() - from;
                most = took > most ? took : most;
                all += took;
                n++;
            } while (list.more && n < 1000);
            calls += n;
            most_calls = n > most_calls ? n : most_calls;
        }
        fprintf(stderr, "choose %s %s: at most %.1f ms, %.1f ms mean, %u calls at most\n",
                listed ? "again" : "first", names[kind], most * 1e3, all * 1e3 / calls,
                most_calls);
    }
}

static void run(const struct options *o)
{
    struct trend *trend = trend_new();
    struct feed feed = {.trend = trend};
    struct planted p;
    int64_t last_ms = 0;
    uint64_t n = 0;
    double lists = 0;
    size_t most = 0;
    while (read_play(o, &p)) {
        int64_t ts_ms = (int64_t)p.ts_ms;
        const char *state = planted_states[p.state];
        uint32_t u = p.user - 1;
        static const uint8_t devices[4] = {DEVICE_WINDOWS, DEVICE_MAC, DEVICE_IPHONE,
                                           DEVICE_LINUX};
        feed_add(&feed,
                 (struct trend_play){.ts_ms = ts_ms,
                                     .user = p.user,
                                     .artist = p.artist + 1u,
                                     .song = p.artist * 7u + p.song + 1,
                                     .state = (uint16_t)state_pack(state[0], state[1]),
                                     .level = u % 3 ? LEVEL_PAID : LEVEL_FREE,
                                     .depth = trend_depth(p.user) & 15,
                                     .device = (uint8_t)devices[u % 4]});
        n++;
        count_step(&p);
        if (ts_ms <= last_ms)
            continue;
        bool due = o->every_ms && last_ms && ts_ms / o->every_ms != last_ms / o->every_ms;
        last_ms = ts_ms;
        if (due)
            feed_flush(&feed);
        if (due && !o->last) {
            double from = seconds();
            report(trend, o, last_ms);
            lists += seconds() - from;
        }
        if (due && trend_bytes(trend) > most)
            most = trend_bytes(trend);
    }
    feed_flush(&feed);
    if (o->choose) {
        choose(trend, false);
        choose(trend, true);
    }
    double from = seconds();
    report(trend, o, last_ms);
    double final = seconds() - from;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (o->time)
        fprintf(
            stderr,
            "plays %llu, lists %.3f s, last list %.1f ms, most %.1f MiB, end %.1f MiB, "
            "resident at most %.0f MiB, %.0f s\n",
            (unsigned long long)n, lists, final * 1e3, (double)most / 1048576,
            (double)trend_bytes(trend) / 1048576, (double)usage.ru_maxrss / 1024,
            cpu_seconds());
    if (o->time && fit.n)
        fprintf(stderr, "forecast n %llu error %.0f same %.0f inside %llu\n",
                (unsigned long long)fit.n, fit.error, fit.same,
                (unsigned long long)fit.inside);
    free(forecasts);
    trend_free(trend);
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"binary", 0, 0, 'B'}, {"every", 1, 0, 'e'},  {"kind", 1, 0, 'k'},
        {"scale", 1, 0, 's'},  {"zones", 1, 0, 'z'},  {"last", 0, 0, 'l'},
        {"time", 0, 0, 't'},   {"choose", 0, 0, 'c'}, {0, 0, 0, 0}};
    struct options o = {.every_ms = 300000, .zones = ZONES_ALL};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        switch (c) {
        case 'B':
            o.binary = true;
            break;
        case 'e':
            o.every_ms = atoi(optarg) * INT64_C(60000);
            break;
        case 'k':
            o.kind = *optarg == 's'   ? TREND_SONGS
                     : *optarg == 'f' ? TREND_FALLING
                                      : TREND_ARTISTS;
            break;
        case 's':
            o.scale = (enum trend_scale)atoi(optarg);
            break;
        case 'z':
            o.zones = (unsigned)atoi(optarg);
            break;
        case 'l':
            o.last = true;
            break;
        case 'c':
            o.choose = true;
            break;
        case 't':
            o.time = true;
            break;
        default:
            return 2;
        }
    run(&o);
    return 0;
}
