/* How long a change of the filter takes: reads lines from standard input, then changes
 * zones and weeks in turn. Prints where the memory goes, then `select MS snapshot MS` for
 * each change: the selection rebuilt from what is stored, then the figures of a full
 * screen taken from it.
 *
 *   cadence-sim ... | select [CHANGES] */
#include "bytes.h"

#include "cadence/decode.h"
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 1024

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Events borrow from their lines, so a batch keeps its lines. */
static void count_lines(struct model *m, FILE *in)
{
    static char *line[BATCH];
    static size_t cap[BATCH];
    struct event *event = mem_alloc(BATCH * sizeof *event);
    struct decoder *decoder = decoder_new();
    struct arena arena = {0};
    size_t n = 0;
    for (ssize_t len; (len = getline(&line[n], &cap[n], in)) > 0;) {
        struct str text = {line[n], (size_t)len - (line[n][len - 1] == '\n')};
        event[n].kind = (uint8_t)decode_line(decoder, &arena, text, &event[n]);
        if (++n < BATCH)
            continue;
        model_add(m, event, n);
        arena_reset(&arena);
        n = 0;
    }
    model_add(m, event, n);
    for (size_t i = 0; i < BATCH; i++)
        free(line[i]);
    arena_fini(&arena);
    decoder_free(decoder);
    free(event);
}

/* All, one zone, one week, in turn. */
static void choose(struct filter *f, const struct model *m, int i)
{
    filter_init(f);
    if (i % 3 == 0)
        f->zones = (uint8_t)(1u << (i / 3 % ZONE_COUNT));
    if (i % 3 == 1) {
        f->all_weeks = false;
        bits_set(f->week, m->seen[(size_t)i % m->weeks_seen]);
    }
}

int main(int argc, char **argv)
{
    struct model *m = model_new();
    struct snapshot_request *request = mem_zalloc(sizeof *request);
    int changes = argc > 1 ? atoi(argv[1]) : 24;
    count_lines(m, stdin);
    if (m->weeks_seen == 0)
        return 1;
    request->activity_points = 200;
    for (int i = 0; i < LIST_COUNT; i++)
        request->limit[i] = 100;
    printf("%llu plays of %zu users in %zu sessions and %zu weeks\n",
           (unsigned long long)m->input.plays, m->users - 1, m->sessions, m->weeks_seen);
    bytes_print(m);
    for (int i = 0; i < changes; i++) {
        choose(&request->filter, m, i);
        double start = now_ms();
        model_select(m, &request->filter);
        double selected = now_ms();
        snapshot_free(snapshot_new(m, request));
        printf("select %.1f snapshot %.1f\n", selected - start, now_ms() - selected);
    }
    free(request);
    model_free(m);
    return 0;
}
