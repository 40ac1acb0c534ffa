/* Quantiles against sorting, the best k against sorting, the headline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/view/quantile.h"
#include "../../src/view/top.h"
#include "cadence/hash.h"
#include "cadence/mem.h"

#include <math.h>
#include <stdlib.h>

static int float_order(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Type 7, as the contract has it. */
static double expect(const float *sorted, size_t n, double q)
{
    double h = (double)(n - 1) * q, i = floor(h);
    double low = (double)sorted[(size_t)i];
    double high = (double)sorted[(size_t)i + 1 < n ? (size_t)i + 1 : (size_t)i];
    return low + (h - i) * (high - low);
}

static void quantiles(void **state)
{
    static const size_t sizes[] = {1, 2, 3, 4, 5, 100, 4095, 4096, 4097, 50000};
    (void)state;
    for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
        for (uint64_t spread = 1; spread < 5; spread++) {
            size_t n = sizes[k];
            float *v = mem_alloc(n * sizeof *v), *sorted = mem_alloc(n * sizeof *v);
            for (size_t i = 0; i < n; i++) {
                double u =
                    (double)(mix64(i * 31 + k + spread * 977) >> 11) / 9007199254740992.0;
                v[i] = spread == 1   ? 7.5f
                       : spread == 2 ? (float)floor(u * 3)
                                     : (float)pow(u, 8 * (double)spread);
            }
            memcpy(sorted, v, n * sizeof *v);
            qsort(sorted, n, sizeof *v, float_order);
            struct box b = box_make(v, n);
            assert_int_equal(b.n, n);
            assert_true(b.min == (double)sorted[0] && b.max == (double)sorted[n - 1]);
            assert_true(b.q1 == expect(sorted, n, 0.25));
            assert_true(b.median == expect(sorted, n, 0.5));
            assert_true(b.q3 == expect(sorted, n, 0.75));
            free(v);
            free(sorted);
        }
    assert_int_equal(box_make(NULL, 0).n, 0);
}

static bool greater(const void *context, uint32_t a, uint32_t b)
{
    const uint32_t *v = context;
    return v[a] != v[b] ? v[a] > v[b] : a < b;
}

/* Keys that leave much to the comparison, so that both are in use. */
static struct top_key rough_key(const void *context, uint32_t id)
{
    const uint32_t *v = context;
    return (struct top_key){v[id], {id / 1000, id / 100}};
}

static void keys_are_ordered_as_texts(void **state)
{
    static const char *const texts[] = {"",         " ",           "A",
                                        "Ab",       "B",           "The",
                                        "The Blac", "The Black K", "The Black Keys and",
                                        "The\xC3"};
    (void)state;
    for (size_t i = 1; i < ARRAY_SIZE(texts); i++) {
        struct top_key x = top_key(7, str_of(texts[i - 1])),
                       y = top_key(7, str_of(texts[i]));
        assert_true(x.text[0] != y.text[0] ? x.text[0] < y.text[0]
                                           : x.text[1] < y.text[1]);
    }
    struct top_key x = top_key(7, str_of("Sixteen bytes of a text")),
                   y = top_key(7, str_of("Sixteen bytes of another"));
    assert_memory_equal(&x, &y, sizeof x);
}

static void best_of_many(void **state)
{
    enum { N = 2000 };
    static uint32_t v[N];
    (void)state;
    for (uint32_t i = 0; i < N; i++)
        v[i] = (uint32_t)(mix64(i) % 300);
    static const size_t limits[] = {0, 1, 10, 1999, 2000, 5000};
    for (size_t k = 0; k < ARRAY_SIZE(limits); k++) {
        struct top top;
        top_init(&top, limits[k], greater, rough_key, v);
        for (uint32_t i = 0; i < N; i++)
            top_offer(&top, i);
        top_sort(&top);
        assert_int_equal(top.n, limits[k] < N ? limits[k] : N);
        for (size_t i = 0; i < top.n; i++) {
            size_t better = 0;
            for (uint32_t other = 0; other < N; other++)
                better += other != top.id[i] && greater(v, other, top.id[i]);
            assert_int_equal(better, i);
        }
        top_fini(&top);
    }
}

static void headline(void **state)
{
    struct week_row weeks[2] = {{.label = "Week 1", .id = "2024-W01"},
                                {.label = "Present", .id = "2024-W02"}};
    struct snapshot s = {
        .zones = ZONES_ALL, .weeks = 2, .week = weeks, .weeks_chosen = 2};
    char text[300];
    (void)state;
    s.summary.users = 1234567;
    s.summary.plays = 2;
    s.summary.sessions = 1;
    s.summary.hours = 0.6;
    snapshot_headline(&s, text, sizeof text);
    assert_string_equal(text, "In all time zones, over all 2 weeks, 1,234,567 listeners "
                              "played 2 songs in 1 session: "
                              "0.6 hours of music.");
    s.summary.hours = 9.96;
    snapshot_headline(&s, text, sizeof text);
    assert_non_null(strstr(text, ": 10 hours of music."));
    s.summary.hours = s.summary.plays = 0;
    snapshot_headline(&s, text, sizeof text);
    assert_non_null(strstr(text, ": 0 hours of music."));
    s.zones = 1 << ZONE_EST | 1 << ZONE_PST | 1 << ZONE_OTHER;
    s.weeks_chosen = 1;
    weeks[1].chosen = true;
    snapshot_headline(&s, text, sizeof text);
    assert_non_null(strstr(text, "In EST, PST and Other, in Present (2024-W02), "));
    snapshot_headline(&s, text, 10);
    assert_int_equal(strlen(text), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(keys_are_ordered_as_texts),
        cmocka_unit_test(best_of_many),
        cmocka_unit_test(headline),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
