/* The simulation's inside, for the files that share it. */
#ifndef CADENCE_SIM_INTERNAL_H
#define CADENCE_SIM_INTERNAL_H

#include "catalog.h"
#include "chain.h"
#include "people.h"

#include "cadence/sim.h"

struct sim_user {
    double alpha_s, beta_s;
    int64_t registered_s, song_end_s;
    uint64_t trends; /* bit per planted trend that caught this user */
    uint32_t id, session, item, song;
    uint16_t node, town, last, first;
    uint8_t agent, gender;
    bool answers_login; /* this event is what came of a Login */
};

struct sim_turn { /* a user's next event */
    int64_t at_s;
    uint32_t user;
};

struct sim_planted {
    const struct sim_trend *trend;
    uint32_t song[CATALOG_PLANTED];
    uint32_t songs, caught;
};

struct sim_spoiler;

struct sim {
    const struct sim_config *config;
    const struct sim_chain *chain;
    struct sim_chain *own_chain;
    struct sim_people people;
    struct sim_catalog catalog;
    struct sim_rand rand;

    struct sim_user *user;
    size_t users, user_cap;
    struct sim_turn *turn; /* a heap of four branches; the first is the next */
    size_t turns, turn_cap;
    int64_t join_s;   /* when the next new user comes */
    uint32_t session; /* the last session's number */

    unsigned wanted;  /* streams, bit per stream */
    unsigned pending; /* records of the event at hand that are still to be written */
    bool at_hand;     /* the first of the heap has an event that is being written */

    struct sim_planted planted[SIM_TRENDS];
    size_t trends;
    struct sim_spoiler *spoiler;
    struct sim_counts counts;
};

/* Writes the record of the event at hand for a stream; returns its length. */
size_t sim_record(const struct sim *sim, enum sim_stream stream, char *out);

/* The next line as it should be. */
struct sim_line sim_clean_next(struct sim *sim, char *out);
int64_t sim_clean_peek_s(struct sim *sim);

void sim_plant(struct sim *sim);
/* The planted song that a play turns into, or CHAIN_NONE. */
uint32_t sim_planted_song(struct sim *sim, struct sim_user *user, int64_t at_s);

struct sim_spoiler *sim_spoiler_new(double rate, uint64_t seed);
void sim_spoiler_free(struct sim_spoiler *spoiler);
struct sim_line sim_spoiled_next(struct sim *sim, char *out);
bool sim_spoiler_holds(const struct sim_spoiler *spoiler);

#endif
