/* Random numbers that are the same everywhere: integers, plain double arithmetic and
 * functions of our own, for the C library's log and sin may differ in their last bit from
 * machine to machine. */
#ifndef CADENCE_SIM_RAND_H
#define CADENCE_SIM_RAND_H

#include <stddef.h>
#include <stdint.h>

struct sim_rand {
    uint64_t s[4];
};

/* `stream` tells apart the generators that one seed gives. */
void sim_rand_seed(struct sim_rand *rand, uint64_t seed, uint64_t stream);

static inline uint64_t sim_rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline uint64_t sim_rand_next(struct sim_rand *rand)
{
    uint64_t *s = rand->s, out = sim_rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = sim_rotate(s[3], 45);
    return out;
}

/* In (0, 1]: the logarithm of it is finite. */
static inline double sim_rand_unit(struct sim_rand *rand)
{
    return (double)((sim_rand_next(rand) >> 11) + 1) * 0x1p-53;
}

/* 0 .. n-1; n up to 2^32. The bias, n / 2^32 at most, is far below what any test could
 * see. */
static inline uint32_t sim_rand_below(struct sim_rand *rand, uint64_t n)
{
    return (uint32_t)(((sim_rand_next(rand) >> 32) * n) >> 32);
}

double sim_rand_exponential(struct sim_rand *rand, double mean);
double sim_rand_normal(struct sim_rand *rand);

double sim_log(double x); /* x > 0, normal */
double sim_exp(double x); /* |x| < 700 */
double sim_sin(double x); /* |x| < 1e6 */

/* Draws in proportion to weights, in constant time (Walker's aliases). */
struct sim_alias_cell {
    uint32_t limit, other;
};
struct sim_alias {
    struct sim_alias_cell *cell;
    uint32_t count;
};
/* At least one weight has to be above zero; none may be below. */
void sim_alias_init(struct sim_alias *alias, const double *weight, size_t count);
void sim_alias_fini(struct sim_alias *alias);

static inline uint32_t sim_alias_draw(const struct sim_alias *alias,
                                      struct sim_rand *rand)
{
    uint64_t x = sim_rand_next(rand);
    uint32_t i = (uint32_t)(((x >> 32) * alias->count) >> 32);
    return (uint32_t)x < alias->cell[i].limit ? i : alias->cell[i].other;
}

#endif
