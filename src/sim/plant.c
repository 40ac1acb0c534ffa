/* Planted trends. While one lasts, its listeners are due evenly over its length; a play
 * of a user it has not caught yet becomes a play of its artist, every other one at most,
 * until nobody is overdue. Who was caught comes back to the artist with one play in four.
 * So the artist gains listeners, not plays by a few, and nothing else of the stream
 * moves. */
#include "internal.h"
#include "text.h"

#define RETURN_SHARE 0.25
#define CATCH_SHARE 0.5

void sim_plant(struct sim *sim)
{
    for (size_t i = 0; i < sim->config->trends && i < SIM_TRENDS; i++) {
        struct sim_planted *planted = &sim->planted[sim->trends++];
        planted->trend = &sim->config->trend[i];
        planted->songs = (uint32_t)sim_catalog_plant(
            &sim->catalog, planted->trend->artist, planted->song);
    }
}

static bool is_on(const struct sim_trend *trend, int64_t at_s)
{
    return at_s >= trend->start_s && at_s - trend->start_s < trend->length_s;
}

static bool has_overdue(const struct sim_planted *planted, int64_t at_s)
{
    const struct sim_trend *trend = planted->trend;
    int64_t due =
        (int64_t)((double)trend->listeners * (double)(at_s - trend->start_s + 1) /
                  (double)trend->length_s) +
        1;
    return planted->caught < trend->listeners && planted->caught < due;
}

uint32_t sim_planted_song(struct sim *sim, struct sim_user *user, int64_t at_s)
{
    for (size_t i = 0; i < sim->trends; i++) {
        struct sim_planted *planted = &sim->planted[i];
        if (!is_on(planted->trend, at_s))
            continue;
        bool caught = user->trends >> i & 1;
        if (!caught && !has_overdue(planted, at_s))
            continue;
        if (sim_rand_unit(&sim->rand) > (caught ? RETURN_SHARE : CATCH_SHARE))
            continue;
        if (!caught && at_s >= sim->config->start_s)
            planted->caught++;
        user->trends |= UINT64_C(1) << i;
        return planted->song[sim_rand_below(&sim->rand, planted->songs)];
    }
    return CHAIN_NONE;
}

static double minutes(const struct sim *sim, int64_t at_s)
{
    return (double)(at_s - sim->config->start_s) / 60;
}

char *sim_truth(const struct sim *sim)
{
    struct text text = {0};
    text_printf(&text, "{\"t0\":%lld,\"trends\":[",
                (long long)sim->config->start_s * 1000);
    for (size_t i = 0; i < sim->trends; i++) {
        const struct sim_trend *trend = sim->planted[i].trend;
        text_puts(&text, i ? ",{\"artist\":" : "{\"artist\":");
        text_json(&text, trend->artist);
        text_printf(&text, ",\"start\":%.10g,\"end\":%.10g,\"listeners\":%u}",
                    minutes(sim, trend->start_s),
                    minutes(sim, trend->start_s + trend->length_s),
                    sim->planted[i].caught);
    }
    text_puts(&text, "]}\n");
    return (char *)text_take(&text).p;
}
