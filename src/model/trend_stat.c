/* The test's arithmetic: exact binomial tails, the bound of a ratio of two Poisson
 * counts, and the step-up rule of Benjamini and Hochberg (1995).
 *
 * A tail is summed from its largest term on, each term from the one before by the ratio
 * of binomial probabilities, until terms no longer matter; the first comes from lgamma.
 * Relative error below 1e-9 for n up to a million, 1e-6 up to 1e8 (what differences
 * of lgamma lose), 1e-300 being 0
 * enough.
 */
#include "trend_impl.h"

#include <math.h>
#include <stdlib.h>

static double log_choose(double n, double k)
{
    int sign;
    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

double binomial_upper(uint32_t k, uint32_t n, double q)
{
    if (k == 0 || q >= 1)
        return 1;
    if (k > n || q <= 0)
        return 0;
    if (k <= n * q)
        return k > 0 ? 1 - binomial_lower(k - 1, n, q) : 1;
    double term = exp(log_choose(n, k) + k * log(q) + (n - k) * log1p(-q));
    double sum = term, odds = q / (1 - q);
    for (uint32_t i = k; i < n && term > sum * 1e-12; i++) {
        term *= (double)(n - i) / (i + 1.0) * odds;
        sum += term;
    }
    return sum < 1 ? sum : 1;
}

double binomial_lower(uint32_t k, uint32_t n, double q)
{
    if (k >= n || q <= 0)
        return 1;
    if (q >= 1)
        return 0;
    if (k >= n * q)
        return 1 - binomial_upper(k + 1, n, q);
    double term = exp(log_choose(n, k) + k * log(q) + (n - k) * log1p(-q));
    double sum = term, odds = (1 - q) / q;
    for (uint32_t i = k; i > 0 && term > sum * 1e-12; i--) {
        term *= i / (n - i + 1.0) * odds;
        sum += term;
    }
    return sum < 1 ? sum : 1;
}

double lift_bound(double k, double b, double ratio, int sign)
{
    return log((k + .5) / ((b + .5) * ratio)) -
           sign * 1.96 * sqrt(1 / (k + .5) + 1 / (b + .5));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bh_threshold(double *p, size_t n, size_t m, double alpha)
{
    qsort(p, n, sizeof *p, by_value);
    for (size_t i = n; i > 0; i--)
        if (p[i - 1] <= alpha * (double)i / (double)m)
            return p[i - 1];
    return 0;
}
