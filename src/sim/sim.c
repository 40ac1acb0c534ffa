/* Method: EventSim's. Every user has a next event; a heap of four branches keeps them by
 * time, ties by number, so that the order never depends on the heap's history. The first
 * is written, moved on along the chain of pages and sinks to its new place. In a session:
 * a page that redirects is reached in one second, NextSong while a song plays exactly at
 * its end, anything else after Exp(alpha_u). (That is what real output shows: all of its
 * 472 steps onto a redirect take a second, and those off one are spread like any other.)
 *   Between sessions: Exp(beta_u) and the session gap, warped towards 15:00; at weekends
 * and holidays refused with some probability and drawn on from there. alpha_u, beta_u:
 * the configured means times lognormals of mean 1. First sessions begin between start - 2
 * beta_u and start - beta_u, unseen, so that the start is no rush hour. Growth: arrivals
 * are a Poisson process at a rate of growth x users a year; unlike EventSim's, new users
 * are not seen before they arrive. Attrition as it was meant: over a year a share
 * `attrition` of users is lost, however often they come; so a session is the last with
 * probability 1 - (1 - attrition)^(time to the next / year). Memory: 72 bytes a user and
 * 16 in the heap. */
#include "internal.h"

#include "calendar.h"

#include "cadence/mem.h"

#include <stdlib.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define BRANCHES 4
#define SQRT_E 1.6487212707001282
#define TWO_PI 6.283185307179586
#define CALM_S 10800.0 /* 03:00: from here time is pushed away */
#define REGISTERED_YEARS                                                                 \
    0.3 /* mean age of accounts where there is no growth to tell it */
#define REGISTERED_MAX_S (5 * YEAR_S)
#define STREAM_USERS 1 /* of the seed: users and their ways */

/* ---- the heap ---- */

static inline bool turn_before(const struct sim_turn *a, const struct sim_turn *b)
{
    return a->at_s != b->at_s ? a->at_s < b->at_s : a->user < b->user;
}

static void turn_sink(struct sim *sim, size_t i)
{
    struct sim_turn *turn = sim->turn, moving = turn[i];
    for (;;) {
        size_t first = i * BRANCHES + 1, best = i;
        size_t last = first + BRANCHES < sim->turns ? first + BRANCHES : sim->turns;
        const struct sim_turn *least = &moving;
        for (size_t c = first; c < last; c++)
            if (turn_before(&turn[c], least)) {
                least = &turn[c];
                best = c;
            }
        if (best == i)
            break;
        turn[i] = turn[best];
        i = best;
    }
    turn[i] = moving;
}

static void turn_add(struct sim *sim, int64_t at_s, uint32_t user)
{
    sim->turn = mem_grow(sim->turn, &sim->turn_cap, sim->turns + 1, sizeof *sim->turn);
    struct sim_turn *turn = sim->turn, moving = {at_s, user};
    size_t i = sim->turns++;
    for (; i > 0 && turn_before(&moving, &turn[(i - 1) / BRANCHES]);
         i = (i - 1) / BRANCHES)
        turn[i] = turn[(i - 1) / BRANCHES];
    turn[i] = moving;
}

static void turn_drop_first(struct sim *sim)
{
    sim->turn[0] = sim->turn[--sim->turns];
    if (sim->turns)
        turn_sink(sim, 0);
}

/* ---- users ---- */

/* A delay is cut to whole seconds. */
static int64_t draw_delay(struct sim *sim, double mean_s)
{
    return (int64_t)sim_rand_exponential(&sim->rand, mean_s);
}

static int64_t second_of_day(int64_t at_s)
{
    int64_t s = at_s % DAY_S;
    return s < 0 ? s + DAY_S : s;
}

static int64_t warp(const struct sim_config *config, int64_t at_s)
{
    double angle = TWO_PI * ((double)second_of_day(at_s) - CALM_S) / (double)DAY_S;
    return at_s + (int64_t)(config->damping * (double)DAY_S * sim_sin(angle));
}

static bool stays_away(struct sim *sim, int64_t at_s)
{
    const struct sim_config *config = sim->config;
    if (config->weekend_damping <= 0)
        return false;
    double depth =
        sim_weekend_depth(at_s, config->weekend_offset_min, config->weekend_scale_min);
    return depth > 0 && sim_rand_unit(&sim->rand) <= depth * config->weekend_damping;
}

#define REFUSED_MOST 100 /* in a row: nobody whose pauses are hours comes to that */

static int64_t next_session(struct sim *sim, int64_t last_s, double beta_s)
{
    const struct sim_config *config = sim->config;
    for (unsigned refused = 0;;) {
        int64_t gap = draw_delay(sim, beta_s) + (int64_t)config->session_gap_s;
        int64_t at = warp(config, last_s + gap);
        if (at <= last_s && refused++ < REFUSED_MOST)
            continue;
        if (at <= last_s) /* pauses far shorter than the day pulls them back by */
            at = last_s + gap + 1;
        if (!stays_away(sim, at))
            return at;
        last_s = at;
        refused = 0;
    }
}

static void begin_session(struct sim *sim, struct sim_user *user, uint32_t auth,
                          uint32_t level)
{
    user->session = ++sim->session;
    user->item = 0;
    user->song_end_s = 0;
    user->answers_login = false;
    user->node = (uint16_t)sim_chain_first(sim->chain, auth, level, &sim->rand);
}

static double draw_lognormal(struct sim *sim)
{
    return sim_exp(sim_rand_normal(&sim->rand)) / SQRT_E;
}

static struct sim_user *new_user(struct sim *sim)
{
    sim->user = mem_grow(sim->user, &sim->user_cap, sim->users + 1, sizeof *sim->user);
    struct sim_user *user = &sim->user[sim->users];
    struct sim_person person = sim_people_draw(&sim->people, &sim->rand);
    *user = (struct sim_user){
        .id = sim->config->first_user_id + (uint32_t)sim->users,
        .town = person.town,
        .last = person.last,
        .first = person.first,
        .agent = person.agent,
        .gender = person.gender,
    };
    user->alpha_s = sim->config->alpha_s * draw_lognormal(sim);
    user->beta_s = sim->config->beta_s * draw_lognormal(sim);
    sim->users++;
    return user;
}

static void add_founder(struct sim *sim)
{
    const struct sim_config *config = sim->config;
    struct sim_user *user = new_user(sim);
    double years = config->growth > 0 ? config->growth : REGISTERED_YEARS;
    double age_s = sim_rand_exponential(&sim->rand, YEAR_S * years);
    user->registered_s =
        config->start_s - (int64_t)(age_s < REGISTERED_MAX_S ? age_s : REGISTERED_MAX_S);
    uint32_t auth = sim_alias_draw(&sim->chain->auth_draw, &sim->rand);
    uint32_t level = sim_alias_draw(&sim->chain->level_draw, &sim->rand);
    int64_t at = config->start_s - (int64_t)(2 * user->beta_s);
    do
        at = next_session(sim, at, user->beta_s);
    while (at < config->start_s - (int64_t)user->beta_s);
    begin_session(sim, user, auth, level);
    turn_add(sim, at, (uint32_t)sim->users - 1);
}

static void plan_join(struct sim *sim, int64_t after_s)
{
    double now = (double)(sim->users - sim->counts.left);
    double yearly = now * sim->config->growth;
    double wait = yearly > 0 ? sim_rand_exponential(&sim->rand, YEAR_S / yearly) : 1e18;
    sim->join_s = wait < 1e11 ? after_s + (int64_t)wait : SIM_NEVER;
}

static void join(struct sim *sim)
{
    struct sim_user *user = new_user(sim);
    user->registered_s = sim->join_s;
    begin_session(sim, user, sim->chain->new_auth, sim->chain->new_level);
    turn_add(sim, sim->join_s, (uint32_t)sim->users - 1);
    plan_join(sim, sim->join_s);
}

/* ---- events ---- */

static void choose_song(struct sim *sim, struct sim_user *user, int64_t at_s)
{
    uint32_t song = sim->trends ? sim_planted_song(sim, user, at_s) : CHAIN_NONE;
    if (song == CHAIN_NONE)
        song = sim_alias_draw(&sim->catalog.draw, &sim->rand);
    user->song = song;
    user->song_end_s = at_s + sim->catalog.song[song].seconds;
}

static bool is_lost(struct sim *sim, int64_t away_s)
{
    double rate = sim->config->attrition;
    if (rate <= 0)
        return false;
    if (rate >= 1)
        return true;
    double stays = sim_exp(sim_log(1 - rate) * (double)away_s / YEAR_S);
    return sim_rand_unit(&sim->rand) > stays;
}

static void end_session(struct sim *sim, struct sim_user *user)
{
    const struct sim_node *node = &sim->chain->node[user->node];
    int64_t at = sim->turn[0].at_s;
    int64_t next = node->churned ? 0 : next_session(sim, at, user->beta_s);
    if (node->churned || is_lost(sim, next - at)) {
        sim->counts.left++;
        turn_drop_first(sim);
        return;
    }
    begin_session(sim, user, node->auth, node->level);
    sim->turn[0].at_s = next;
    turn_sink(sim, 0);
}

/* Moves the user at hand on to the next event. */
static void advance(struct sim *sim)
{
    struct sim_user *user = &sim->user[sim->turn[0].user];
    int64_t at = sim->turn[0].at_s;
    uint32_t next = sim_chain_next(sim->chain, user->node, &sim->rand);
    sim->at_hand = false;
    if (next == CHAIN_NONE) {
        end_session(sim, user);
        return;
    }
    const struct sim_node *node = &sim->chain->node[next];
    user->answers_login = sim->chain->node[user->node].signs_in;
    user->node = (uint16_t)next;
    user->item++;
    if (node->redirect)
        at += 1;
    else if (node->song && user->song_end_s > at)
        at = user->song_end_s;
    else
        at += draw_delay(sim, user->alpha_s);
    sim->turn[0].at_s = at;
    turn_sink(sim, 0);
}

static unsigned event_streams(const struct sim *sim, const struct sim_user *user)
{
    if (sim->config->format == SIM_ORIGINAL)
        return 1u << SIM_EVENTS;
    const struct sim_node *node = &sim->chain->node[user->node];
    return 1u << SIM_PAGE_VIEW | (unsigned)node->song << SIM_LISTEN |
           (unsigned)user->answers_login << SIM_AUTH |
           (unsigned)node->moves << SIM_STATUS_CHANGE;
}

/* Until there is a record to write; false at the end. */
static bool settle(struct sim *sim)
{
    while (!sim->pending) {
        if (sim->at_hand)
            advance(sim);
        while (sim->join_s < sim->config->end_s &&
               (!sim->turns || sim->join_s <= sim->turn[0].at_s))
            join(sim);
        if (!sim->turns || sim->turn[0].at_s >= sim->config->end_s)
            return false;
        struct sim_user *user = &sim->user[sim->turn[0].user];
        bool song = sim->chain->node[user->node].song;
        sim->at_hand = true;
        if (song)
            choose_song(sim, user, sim->turn[0].at_s);
        if (sim->turn[0].at_s < sim->config->start_s)
            continue;
        sim->counts.events++;
        sim->counts.plays += song;
        sim->pending = event_streams(sim, user) & sim->wanted;
    }
    return true;
}

struct sim_line sim_clean_next(struct sim *sim, char *out)
{
    struct sim_line line = {0};
    if (!settle(sim))
        return line;
    while (!(sim->pending >> line.stream & 1))
        line.stream++;
    sim->pending &= ~(1u << line.stream);
    line.len = sim_record(sim, line.stream, out);
    line.ts_ms = sim->turn[0].at_s * 1000;
    line.user = sim->user[sim->turn[0].user].id;
    return line;
}

int64_t sim_clean_peek_s(struct sim *sim)
{
    return settle(sim) ? sim->turn[0].at_s : SIM_NEVER;
}

struct sim_line sim_next(struct sim *sim, char *out)
{
    struct sim_line line =
        sim->spoiler ? sim_spoiled_next(sim, out) : sim_clean_next(sim, out);
    sim->counts.lines += line.len > 0;
    return line;
}

int64_t sim_peek_s(struct sim *sim)
{
    int64_t at = sim_clean_peek_s(sim);
    if (at == SIM_NEVER && sim->spoiler && sim_spoiler_holds(sim->spoiler))
        return sim->config->end_s - 1;
    return at;
}

struct sim *sim_new(const struct sim_config *config)
{
    struct sim *sim = mem_zalloc(sizeof *sim);
    sim->config = config;
    if (!config->chain)
        sim->own_chain = sim_chain_default();
    sim->chain = config->chain ? config->chain : sim->own_chain;
    sim_people_init(&sim->people, config->territories);
    sim_catalog_init(&sim->catalog, config->songs, config->zipf);
    sim_rand_seed(&sim->rand, config->seed, STREAM_USERS);
    sim_plant(sim);
    sim->wanted = sim_format_streams(config->format);
    if (config->streams)
        sim->wanted &= config->streams;
    if (config->dirty > 0)
        sim->spoiler = sim_spoiler_new(config->dirty, config->seed);
    sim->session = config->first_user_id > 1 ? config->first_user_id - 2 : 0;
    for (uint32_t i = 0; i < config->users; i++)
        add_founder(sim);
    plan_join(sim, config->start_s);
    return sim;
}

void sim_free(struct sim *sim)
{
    if (!sim)
        return;
    sim_people_fini(&sim->people);
    sim_catalog_fini(&sim->catalog);
    sim_chain_free(sim->own_chain);
    sim_spoiler_free(sim->spoiler);
    free(sim->user);
    free(sim->turn);
    free(sim);
}

void sim_counts(const struct sim *sim, struct sim_counts *out)
{
    *out = sim->counts;
    out->users = (uint32_t)sim->users;
}
