/* Where the time of ingest goes: each stage alone, over lines held in memory.
 *
 *   ingest FILE [none|scan|loop|decode|model|all]     prints events, seconds, events/s
 *
 * `none` only reads the file. `scan` takes the wanted fields and counts nothing; `loop`
 * is the same with the file read in blocks, the least that a whole process can do.
 * `model` counts without the trends, `all` with them. */
#include "bytes.h"

#include "cadence/decode.h"
#include "cadence/mem.h"
#include "cadence/model.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BATCH 1024
#define LOOP_BLOCK (256u << 10)

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
    struct shape *shape = shape_new(true);
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

/* What a whole process that only scans must do: reads blocks, frames lines, scans them.
 */
static size_t run_loop(const char *path)
{
    struct shape *shape = shape_new(true);
    struct framer framer;
    struct arena arena = {0};
    struct fields fields;
    char *block = mem_alloc_pages(LOOP_BLOCK);
    struct str line;
    size_t n = 0;
    bool oversize;
    int fd = open(path, O_RDONLY);
    framer_init(&framer);
    for (ssize_t got; fd >= 0 && (got = read(fd, block, LOOP_BLOCK)) > 0;) {
        size_t at = 0;
        arena_reset(&arena);
        while (framer_next(&framer, &arena, (struct str){block, (size_t)got}, &at, &line,
                           &oversize))
            n += scan_fields(shape, line, &fields);
    }
    if (framer_end(&framer, &arena, &line, &oversize))
        n += scan_fields(shape, line, &fields);
    close(fd);
    framer_fini(&framer);
    arena_fini(&arena);
    shape_free(shape);
    free(block);
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: ingest FILE [none|scan|loop|decode|model|all]\n");
        return 2;
    }
    const char *stage = argc > 2 ? argv[2] : "all";
    bool loop = strcmp(stage, "loop") == 0;
    struct input in = loop ? (struct input){0} : read_file(argv[1]);
    struct model *model =
        strcmp(stage, "model") == 0 || strcmp(stage, "all") == 0 ? model_new() : NULL;
    if (model && strcmp(stage, "model") == 0) {
        trend_free(model->trend);
        model->trend = NULL;
    }
    double start = now();
    size_t n = strcmp(stage, "none") == 0   ? 0
               : loop                       ? run_loop(argv[1])
               : strcmp(stage, "scan") == 0 ? run_scan(in)
                                            : run_decode(in, model);
    double s = now() - start;
    printf("%s %zu events %.3f s %.0f events/s %.0f ns\n", stage, n, s, (double)n / s,
           s * 1e9 / (double)n);
    if (model)
        bytes_print(model);
    return 0;
}
