/* Lines spoilt on purpose, as wires and disks and retrying producers spoil them: cut off,
 * bytes overwritten, sent twice, arriving late. Half the fun of a test is that nothing
 * says which. */
#include "internal.h"

#include "cadence/mem.h"

#include <stdlib.h>

#define HELD 8
#define LATE_LINES 20
#define STREAM_DIRT 2

enum harm { HARM_CUT, HARM_DAMAGE, HARM_REPEAT, HARM_REORDER, HARM_COUNT };

struct held {
    struct sim_line line;
    uint32_t wait; /* lines that go first */
    char text[SIM_LINE_MAX];
};

struct sim_spoiler {
    double rate;
    struct sim_rand rand;
    size_t count;
    struct held held[HELD];
};

struct sim_spoiler *sim_spoiler_new(double rate, uint64_t seed)
{
    struct sim_spoiler *spoiler = mem_zalloc(sizeof *spoiler);
    spoiler->rate = rate;
    sim_rand_seed(&spoiler->rand, seed, STREAM_DIRT);
    return spoiler;
}

void sim_spoiler_free(struct sim_spoiler *spoiler)
{
    free(spoiler);
}

bool sim_spoiler_holds(const struct sim_spoiler *spoiler)
{
    return spoiler->count > 0;
}

static void hold(struct sim_spoiler *spoiler, struct sim_line line, const char *text,
                 uint32_t wait)
{
    struct held *held = &spoiler->held[spoiler->count++];
    held->line = line;
    held->wait = wait;
    memcpy(held->text, text, line.len);
}

static struct sim_line release(struct sim_spoiler *spoiler, size_t i, char *out)
{
    struct sim_line line = spoiler->held[i].line;
    memcpy(out, spoiler->held[i].text, line.len);
    spoiler->count--;
    memmove(&spoiler->held[i], &spoiler->held[i + 1],
            (spoiler->count - i) * sizeof spoiler->held[0]);
    return line;
}

/* The first that has waited long enough; HELD when none has. */
static size_t find_due(struct sim_spoiler *spoiler)
{
    for (size_t i = 0; i < spoiler->count; i++)
        if (spoiler->held[i].wait == 0)
            return i;
    for (size_t i = 0; i < spoiler->count; i++)
        spoiler->held[i].wait--;
    return HELD;
}

static void damage(struct sim_spoiler *spoiler, char *text, size_t len)
{
    uint32_t bytes = 1 + sim_rand_below(&spoiler->rand, 4);
    while (bytes--) {
        char c = (char)sim_rand_below(&spoiler->rand, 256);
        if (c != '\n')
            text[sim_rand_below(&spoiler->rand, len - 1)] = c;
    }
}

static enum harm draw_harm(struct sim_spoiler *spoiler)
{
    enum harm harm = (enum harm)sim_rand_below(&spoiler->rand, HARM_COUNT);
    if (spoiler->count == HELD && (harm == HARM_REPEAT || harm == HARM_REORDER))
        return HARM_CUT;
    return harm;
}

struct sim_line sim_spoiled_next(struct sim *sim, char *out)
{
    struct sim_spoiler *spoiler = sim->spoiler;
    for (;;) {
        size_t due = find_due(spoiler);
        if (due < HELD)
            return release(spoiler, due, out);
        struct sim_line line = sim_clean_next(sim, out);
        if (line.len == 0)
            return spoiler->count ? release(spoiler, 0, out) : line;
        if (sim_rand_unit(&spoiler->rand) > spoiler->rate)
            return line;
        switch (draw_harm(spoiler)) {
        case HARM_CUT:
            sim->counts.cut++;
            line.len = 2 + sim_rand_below(&spoiler->rand, line.len - 3);
            out[line.len - 1] = '\n';
            return line;
        case HARM_DAMAGE:
            sim->counts.damaged++;
            damage(spoiler, out, line.len);
            return line;
        case HARM_REPEAT:
            sim->counts.repeated++;
            hold(spoiler, line, out, sim_rand_below(&spoiler->rand, 3));
            return line;
        default:
            sim->counts.reordered++;
            hold(spoiler, line, out, 1 + sim_rand_below(&spoiler->rand, LATE_LINES));
        }
    }
}
