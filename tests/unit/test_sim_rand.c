/* Random numbers: the functions against the C library's, the draws against their laws. */
#include "../../src/sim/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void functions_are_true(void **state)
{
    (void)state;
    for (int i = 1; i < 20000; i++) {
        double x = i / 1000.0, tiny = i * 0x1p-53;
        assert_true(fabs(sim_log(x) - log(x)) <= 4e-15 * (1 + fabs(log(x))));
        assert_true(fabs(sim_log(tiny) - log(tiny)) <= 4e-15 * fabs(log(tiny)));
        assert_true(fabs(sim_exp(x) / exp(x) - 1) <= 4e-15 * (1 + x));
        assert_true(fabs(sim_exp(-x) / exp(-x) - 1) <= 4e-15 * (1 + x));
        assert_true(fabs(sim_sin(x) - sin(x)) <= 4e-15 * (1 + x));
        assert_true(fabs(sim_sin(-x) + sin(x)) <= 4e-15 * (1 + x));
    }
}

/* Values of the published xoshiro256++ for the state 1, 2, 3, 4, worked out with Python's
 * integers. */
static void generator_is_the_published_one(void **state)
{
    (void)state;
    struct sim_rand rand = {{1, 2, 3, 4}};
    assert_true(sim_rand_next(&rand) == UINT64_C(41943041));
    assert_true(sim_rand_next(&rand) == UINT64_C(58720359));
    assert_true(sim_rand_next(&rand) == UINT64_C(3588806011781223));
    assert_true(sim_rand_next(&rand) == UINT64_C(3591011842654386));
}

static void exponential_has_its_mean_and_median(void **state)
{
    (void)state;
    struct sim_rand rand;
    double sum = 0;
    int below = 0, n = 400000;
    sim_rand_seed(&rand, 7, 1);
    for (int i = 0; i < n; i++) {
        double x = sim_rand_exponential(&rand, 90);
        sum += x;
        below += x < 90 * 0.6931471805599453;
    }
    assert_true(fabs(sum / n - 90) < 90 * 5 / sqrt(n));
    assert_true(fabs((double)below / n - 0.5) < 2.5 / sqrt(n));
}

static void normal_has_its_moments(void **state)
{
    (void)state;
    struct sim_rand rand;
    double sum = 0, squares = 0;
    int n = 400000;
    sim_rand_seed(&rand, 8, 1);
    for (int i = 0; i < n; i++) {
        double x = sim_rand_normal(&rand);
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / n) < 5 / sqrt(n));
    assert_true(fabs(squares / n - 1) < 5 * sqrt(2.0 / n));
}

static void alias_draws_in_proportion(void **state)
{
    (void)state;
    const double weight[] = {0, 1, 5, 0.5, 3.5, 0, 10};
    double count[7] = {0};
    struct sim_alias alias;
    struct sim_rand rand;
    int n = 1000000;
    sim_alias_init(&alias, weight, 7);
    sim_rand_seed(&rand, 9, 1);
    for (int i = 0; i < n; i++)
        count[sim_alias_draw(&alias, &rand)]++;
    for (int i = 0; i < 7; i++) {
        double p = weight[i] / 20;
        assert_true(fabs(count[i] / n - p) <= 5 * sqrt(p * (1 - p) / n));
    }
    sim_alias_fini(&alias);
}

static void below_stays_below(void **state)
{
    (void)state;
    struct sim_rand rand;
    unsigned seen = 0;
    sim_rand_seed(&rand, 10, 1);
    for (int i = 0; i < 1000; i++)
        seen |= 1u << sim_rand_below(&rand, 7);
    assert_int_equal(seen, 0x7f);
    assert_int_equal(sim_rand_below(&rand, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_true),
        cmocka_unit_test(generator_is_the_published_one),
        cmocka_unit_test(exponential_has_its_mean_and_median),
        cmocka_unit_test(normal_has_its_moments),
        cmocka_unit_test(alias_draws_in_proportion),
        cmocka_unit_test(below_stays_below),
    };
    return cmocka_run_group_tests_name("sim_rand", tests, NULL, NULL);
}
