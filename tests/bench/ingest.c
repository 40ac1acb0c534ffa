/* Where the time of ingest goes: each stage alone, over lines held in memory.
 *
 *   ingest FILE [none|scan|decode|model|all]     prints events, seconds, events/s
 *
 * `none` only reads the file. `scan` takes the wanted fields and counts nothing: the
 * bound that the others are held against. `model` counts without the trends, `all` with
 * them. */
#include "cadence/decode.h"
#include "cadence/mem.h"
#include "cadence/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 1024

struct input {
    char *data;
    size_t size;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others may want the core too */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct input read_file(const char *path)
{
    struct input in = {0};
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    in.size = (size_t)ftell(f);
    rewind(f);
    in.data = mem_alloc(in.size);
    if (fread(in.data, 1, in.size, f) != in.size)
        exit(1);
    fclose(f);
    return in;
}

static struct str next_line(struct input *in)
{
    const char *end = memchr(in->data, '\n', in->size);
    struct str line = {in->data, end ? (size_t)(end - in->data) : in->size};
    size_t step = line.n + (end != NULL);
    in->data += step;
    in->size -= step;
    return line;
}

static size_t run_scan(struct input in)
{
    struct shape *shape = shape_new();
    struct fields fields;
    size_t n = 0;
    while (in.size)
        n += scan_fields(shape, next_line(&in), &fields);
    shape_free(shape);
    return n;
}

static size_t run_decode(struct input in, struct model *model)
{
    struct decoder *d = decoder_new();
    struct arena arena = {0};
    struct event *batch = mem_alloc(BATCH * sizeof *batch);
    size_t n = 0, all = 0;
    while (in.size) {
        batch[n].kind = (uint8_t)decode_line(d, &arena, next_line(&in), &batch[n]);
        if (++n < BATCH && in.size)
            continue;
        if (model)
            model_add(model, batch, n);
        all += n;
        n = 0;
        arena_reset(&arena);
    }
    free(batch);
    arena_fini(&arena);
    decoder_free(d);
    return all;
}

static void print_bytes(const struct model *m)
{
    double sessions =
        (double)(m->sessions_cap * sizeof *m->session + m->minutes_cap * sizeof(float)) +
        ((double)m->session_index.mask + 1) * 8;
    size_t cells = 0, songs = 0;
    for (size_t i = 0; i < m->weeks_seen; i++) {
        const struct week *w = m->week[m->seen[i]];
        cells += w->cells_cap * sizeof *w->cell + ((size_t)w->by_user.mask + 1) * 8;
        songs += ((size_t)w->songs.mask + 1) * 8;
    }
    printf("model %.1f MiB of which trends %.1f; sessions %.1f (%zu), items %.1f, cells "
           "%.1f, week songs %.1f\n",
           (double)model_bytes(m) / 1048576,
           m->trend ? (double)trend_bytes(m->trend) / 1048576 : 0, sessions / 1048576,
           m->sessions,
           (double)(m->item_words_cap * 24 + (m->item_index.mask + 1) * 8) / 1048576,
           (double)cells / 1048576, (double)songs / 1048576);
    printf("a user %zu B, a session %.0f B, a song %zu B\n",
           sizeof(struct user) + sizeof(struct user_state) + 26,
           sessions / (double)(m->sessions ? m->sessions : 1),
           sizeof(struct song) + 4 + 13);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: ingest FILE [none|scan|decode|model|all]\n");
        return 2;
    }
    const char *stage = argc > 2 ? argv[2] : "all";
    struct input in = read_file(argv[1]);
    struct model *model =
        strcmp(stage, "model") == 0 || strcmp(stage, "all") == 0 ? model_new() : NULL;
    if (model && strcmp(stage, "model") == 0) {
        trend_free(model->trend);
        model->trend = NULL;
    }
    double start = now();
    size_t n = strcmp(stage, "none") == 0   ? 0
               : strcmp(stage, "scan") == 0 ? run_scan(in)
                                            : run_decode(in, model);
    double s = now() - start;
    printf("%s %zu events %.3f s %.0f events/s %.0f ns\n", stage, n, s, (double)n / s,
           s * 1e9 / (double)n);
    if (model)
        print_bytes(model);
    return 0;
}
