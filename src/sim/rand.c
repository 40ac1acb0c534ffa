/* Method: xoshiro256++ (Blackman and Vigna), seeded through splitmix64. Logarithm: x =
 * m·2^e with m around 1 and ln m = 2 atanh((m-1)/(m+1)) as a series; exponential: e^x =
 * 2^k·e^r, a Taylor series for |r| <= ln 2 / 2; sine: reduced to [-pi/2, pi/2], a Taylor
 * series. Normal: Box and Muller. Weighted draws: Walker's alias method as Vose builds
 * it. Error: the functions are within 4e-15 of the true ones
 * (tests/unit/test_sim_rand.c); an alias cell is exact to 2^-32. Memory: 32 bytes a
 * generator, 8 bytes a weight. Why not libm: its last bits depend on the machine (with or
 * without fused multiply-add), and a delay that is cut to whole seconds would then
 * differ. */
#include "rand.h"

#include "cadence/mem.h"

#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define LN2_HIGH 0x1.62e42fefap-1
#define LN2_LOW 0x1.cf79abc9e3b39p-40
#define TWO_PI 6.283185307179586

static uint64_t split_mix(uint64_t *x)
{
    uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void sim_rand_seed(struct sim_rand *rand, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed;
    x = split_mix(&x) ^ stream * UINT64_C(0xd1342543de82ef95);
    for (int i = 0; i < 4; i++)
        rand->s[i] = split_mix(&x);
}

static uint64_t bits_of(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static double double_of(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

double sim_log(double x)
{
    uint64_t u = bits_of(x);
    int e = (int)(u >> 52) - 1023;
    double m = double_of((u & UINT64_C(0xfffffffffffff)) | UINT64_C(0x3ff) << 52);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    double s = (m - 1) / (m + 1), z = s * s, sum = 0;
    for (int k = 21; k >= 3; k -= 2)
        sum = (sum + 1.0 / k) * z;
    return e * LN2_HIGH + (e * LN2_LOW + 2 * (s + s * sum));
}

double sim_exp(double x)
{
    int k = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double r = (x - k * LN2_HIGH) - k * LN2_LOW, sum = 1;
    for (int i = 14; i >= 1; i--)
        sum = 1 + sum * r / i;
    return sum * double_of((uint64_t)(k + 1023) << 52);
}

double sim_sin(double x)
{
    double turns = x / TWO_PI;
    x -= (double)(int64_t)(turns + (turns < 0 ? -0.5 : 0.5)) * TWO_PI;
    if (x > TWO_PI / 4)
        x = TWO_PI / 2 - x;
    else if (x < -TWO_PI / 4)
        x = -TWO_PI / 2 - x;
    double z = x * x, sum = 1;
    for (int k = 20; k >= 2; k -= 2)
        sum = 1 - sum * z / (k * (k + 1));
    return x * sum;
}

double sim_rand_exponential(struct sim_rand *rand, double mean)
{
    return -mean * sim_log(sim_rand_unit(rand));
}

static double square_root(double x)
{
    return x > 0 ? sim_exp(0.5 * sim_log(x)) : 0;
}

double sim_rand_normal(struct sim_rand *rand)
{
    double radius = square_root(-2 * sim_log(sim_rand_unit(rand)));
    return radius * sim_sin(TWO_PI * sim_rand_unit(rand));
}

void sim_alias_init(struct sim_alias *alias, const double *weight, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += weight[i];
    double *share = mem_alloc(count * sizeof *share);
    uint32_t *small = mem_alloc(count * sizeof *small),
             *large = mem_alloc(count * sizeof *large);
    size_t smalls = 0, larges = 0;
    alias->cell = mem_alloc(count * sizeof *alias->cell);
    alias->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        share[i] = weight[i] * (double)count / total;
        alias->cell[i] = (struct sim_alias_cell){UINT32_MAX, (uint32_t)i};
        if (share[i] < 1)
            small[smalls++] = (uint32_t)i;
        else
            large[larges++] = (uint32_t)i;
    }
    while (smalls && larges) {
        uint32_t s = small[--smalls], l = large[larges - 1];
        alias->cell[s] = (struct sim_alias_cell){(uint32_t)(share[s] * 4294967295.0), l};
        share[l] -= 1 - share[s];
        if (share[l] < 1) {
            small[smalls++] = l;
            larges--;
        }
    }
    free(share);
    free(small);
    free(large);
}

void sim_alias_fini(struct sim_alias *alias)
{
    free(alias->cell);
    alias->cell = NULL;
}
