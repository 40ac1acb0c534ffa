/* The simulator: the same bytes for the same seed, the model's rules in what it writes.
 */
#include "cadence/sim.h"

#include "../../src/sim/calendar.h"
#include "../../src/sim/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t hash_lines(const struct sim_config *config, uint64_t *lines)
{
    static char line[SIM_LINE_MAX];
    struct sim *sim = sim_new(config);
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    *lines = 0;
    for (;;) {
        struct sim_line at = sim_next(sim, line);
        if (!at.len)
            break;
        ++*lines;
        for (size_t i = 0; i < at.len; i++)
            h = (h ^ (unsigned char)line[i]) * UINT64_C(0x100000001b3);
    }
    sim_free(sim);
    return h;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    struct sim_config config;
    uint64_t lines, other_lines;
    sim_config_init(&config);
    config.users = 100;
    uint64_t first = hash_lines(&config, &lines),
             again = hash_lines(&config, &other_lines);
    assert_true(first == again);
    assert_true(lines > 0 && lines == other_lines);
    config.seed = 2;
    assert_true(hash_lines(&config, &lines) != first);
    config.dirty = 0.1;
    first = hash_lines(&config, &lines);
    assert_true(first == hash_lines(&config, &other_lines));
}

static void times_never_decrease_and_stay_within(void **state)
{
    (void)state;
    static char line[SIM_LINE_MAX];
    for (int format = SIM_ORIGINAL; format <= SIM_FORK; format++) {
        struct sim_config config;
        sim_config_init(&config);
        config.users = 200;
        config.growth = 2;
        config.attrition = 0.5;
        config.format = (enum sim_format)format;
        struct sim *sim = sim_new(&config);
        int64_t last = config.start_s * 1000;
        for (;;) {
            int64_t peeked = sim_peek_s(sim);
            struct sim_line at = sim_next(sim, line);
            if (!at.len) {
                assert_true(peeked == SIM_NEVER);
                break;
            }
            assert_true(peeked * 1000 == at.ts_ms);
            assert_true(at.ts_ms >= last && at.ts_ms < config.end_s * 1000);
            assert_true(line[0] == '{' && line[at.len - 2] == '}' &&
                        line[at.len - 1] == '\n');
            last = at.ts_ms;
        }
        sim_free(sim);
    }
}

/* Of 38 pages with 196 ways between them; what is left of 1 ends a session. (The numbers
 * are those of EventSim's example.) */
static void site_is_that_of_the_example(void **state)
{
    (void)state;
    struct sim_chain *chain = sim_chain_default();
    size_t sources = 0;
    for (size_t i = 0; i < chain->nodes; i++)
        sources += chain->node[i].count > 0;
    assert_int_equal(sources, 38);
    assert_int_equal(chain->defs, 196);
    for (int paid = 0; paid < 2; paid++) {
        uint32_t node = sim_chain_node(chain, "NextSong", "PUT", 200, "Logged In",
                                       paid ? "paid" : "free");
        const struct sim_node *song = &chain->node[node];
        double ends =
            1 - (double)chain->edge[song->first + song->count - 1].limit / 4294967296.0;
        assert_true(ends > (paid ? 0.0219 : 0.4369) && ends < (paid ? 0.0221 : 0.4371));
        assert_true(song->song && !song->redirect && song->shows_user);
    }
    sim_chain_free(chain);
}

static void holidays_and_weekends(void **state)
{
    (void)state;
    static const char *const off[] = {"2024-01-01",
                                      "2024-01-15",
                                      "2024-02-19",
                                      "2024-05-27",
                                      "2024-07-04",
                                      "2024-09-02",
                                      "2024-10-14",
                                      "2024-11-11",
                                      "2024-11-28",
                                      "2024-12-25",
                                      "2024-01-06",
                                      "2024-01-07",
                                      "2021-12-31" /* New Year's Day was a Saturday */,
                                      "2022-12-26" /* Christmas was a Sunday */};
    static const char *const on[] = {"2024-01-02", "2024-01-08", "2024-02-12",
                                     "2024-05-20", "2024-07-05", "2024-09-09",
                                     "2024-11-21", "2024-11-29"};
    int64_t at;
    for (size_t i = 0; i < ARRAY_SIZE(off); i++) {
        assert_int_equal(sim_time_parse(off[i], &at), 0);
        assert_true(sim_day_is_off(at / DAY_S));
    }
    for (size_t i = 0; i < ARRAY_SIZE(on); i++) {
        assert_int_equal(sim_time_parse(on[i], &at), 0);
        assert_false(sim_day_is_off(at / DAY_S));
    }
    /* Three hours before Saturday's midnight to three hours after it, linearly. */
    static const struct {
        const char *time;
        double depth;
    } ramp[] = {{"2024-01-05T20:59", 0},    {"2024-01-05T22:30", 0.25},
                {"2024-01-06T00:00", 0.5},  {"2024-01-06T03:00", 1},
                {"2024-01-07T12:00", 1},    {"2024-01-07T22:30", 0.75},
                {"2024-01-08T01:30", 0.25}, {"2024-01-08T03:00", 0}};
    for (size_t i = 0; i < ARRAY_SIZE(ramp); i++) {
        assert_int_equal(sim_time_parse(ramp[i].time, &at), 0);
        assert_true(sim_weekend_depth(at, 180, 360) == ramp[i].depth);
    }
}

static void times_and_spans(void **state)
{
    (void)state;
    int64_t at;
    assert_int_equal(sim_time_parse("1970-01-02", &at), 0);
    assert_true(at == 86400);
    assert_int_equal(sim_time_parse("2015-06-01T12:34:56.789Z", &at), 0);
    assert_true(at == 1433162096);
    assert_int_equal(sim_time_parse("2024-02-29 23:59", &at), 0);
    static const char *const wrong[] = {"",
                                        "2024",
                                        "2023-02-29",
                                        "2024-13-01",
                                        "2024-00-10",
                                        "now",
                                        "2024-01-32",
                                        "2024-01-01T24:00",
                                        "2024-01-01T12",
                                        "2024-01-01T12:00:00x",
                                        "24-01-01",
                                        "2024-1-1"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_int_equal(sim_time_parse(wrong[i], &at), -1);
    assert_int_equal(sim_span_parse("90m", &at), 0);
    assert_true(at == 5400);
    assert_int_equal(sim_span_parse("1.5d", &at), 0);
    assert_true(at == 129600);
    assert_int_equal(sim_span_parse("3 weeks", &at), -1);
    assert_int_equal(sim_span_parse("-3h", &at), -1);
}

static void trends_are_parsed_and_planted(void **state)
{
    (void)state;
    static char line[SIM_LINE_MAX];
    struct sim_config config;
    struct sim_trend trend;
    char text[] = "Sun: Rise:2d:12h:150", error[256];
    sim_config_init(&config);
    config.users = 3000;
    assert_int_equal(sim_trend_parse(&trend, text, config.start_s, error, sizeof error),
                     0);
    assert_string_equal(trend.artist, "Sun: Rise");
    assert_true(trend.start_s == config.start_s + 2 * DAY_S && trend.length_s == 43200);
    assert_int_equal(trend.listeners, 150);
    char *wrong[] = {strdup("A:1h:2h"), strdup("A:x:2h:3"), strdup("A:1h:2h:0"),
                     strdup(":1h:2h:9")};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct sim_trend none;
        assert_int_equal(sim_trend_parse(&none, wrong[i], 0, error, sizeof error), -1);
        free(wrong[i]);
    }
    config.trend = &trend;
    config.trends = 1;
    struct sim *sim = sim_new(&config);
    bool heard[4000] = {false};
    unsigned listeners = 0;
    for (;;) {
        struct sim_line at = sim_next(sim, line);
        if (!at.len)
            break;
        line[at.len] = '\0';
        if (!strstr(line, "\"artist\":\"Sun: Rise\""))
            continue;
        assert_true(at.ts_ms >= trend.start_s * 1000);
        assert_true(at.ts_ms < (trend.start_s + trend.length_s) * 1000);
        listeners += !heard[at.user];
        heard[at.user] = true;
    }
    assert_int_equal(listeners, 150);
    char *truth = sim_truth(sim);
    assert_string_equal(truth,
                        "{\"t0\":1704067200000,\"trends\":[{\"artist\":\"Sun: Rise\","
                        "\"start\":2880,\"end\":3600,\"listeners\":150}]}\n");
    free(truth);
    sim_free(sim);
}

/* Over a year two thirds of the users of a service with that attrition are gone. */
static void attrition_is_the_yearly_share(void **state)
{
    (void)state;
    static char line[SIM_LINE_MAX];
    struct sim_config config;
    struct sim_counts counts;
    sim_config_init(&config);
    config.users = 2000;
    config.end_s = config.start_s + 365 * DAY_S;
    config.attrition = 0.66;
    config.beta_s = 86400;
    struct sim *sim = sim_new(&config);
    while (sim_next(sim, line).len)
        continue;
    sim_counts(sim, &counts);
    /* Some more: those who cancel by themselves. */
    assert_true(counts.left > 0.62 * 2000 && counts.left < 0.75 * 2000);
    assert_int_equal(counts.users, 2000);
    sim_free(sim);
}

static void growth_is_the_yearly_share(void **state)
{
    (void)state;
    static char line[SIM_LINE_MAX];
    struct sim_config config;
    struct sim_counts counts;
    sim_config_init(&config);
    config.users = 2000;
    config.end_s = config.start_s + 365 * DAY_S;
    config.growth = 0.5;
    struct sim *sim = sim_new(&config);
    while (sim_next(sim, line).len)
        continue;
    sim_counts(sim, &counts);
    /* Who has come attracts others too: e^0.5, not 1.5; cancellations take a little off.
     */
    assert_true(counts.users > 2000 * 1.5 && counts.users < 2000 * 1.72);
    sim_free(sim);
}

static void impossible_configurations_are_refused(void **state)
{
    (void)state;
    struct sim_config config;
    char error[256];
    sim_config_init(&config);
    assert_int_equal(sim_config_check(&config, error, sizeof error), 0);
    config.end_s = config.start_s;
    assert_int_equal(sim_config_check(&config, error, sizeof error), -1);
    sim_config_init(&config);
    config.alpha_s = 0;
    assert_int_equal(sim_config_check(&config, error, sizeof error), -1);
    sim_config_init(&config);
    config.attrition = 1.5;
    assert_int_equal(sim_config_check(&config, error, sizeof error), -1);
    sim_config_init(&config);
    config.users = 0;
    assert_int_equal(sim_config_check(&config, error, sizeof error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(times_never_decrease_and_stay_within),
        cmocka_unit_test(site_is_that_of_the_example),
        cmocka_unit_test(holidays_and_weekends),
        cmocka_unit_test(times_and_spans),
        cmocka_unit_test(trends_are_parsed_and_planted),
        cmocka_unit_test(attrition_is_the_yearly_share),
        cmocka_unit_test(growth_is_the_yearly_share),
        cmocka_unit_test(impossible_configurations_are_refused),
    };
    return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
