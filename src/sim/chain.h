/* The web site as a Markov chain: nodes are (page, method, status, auth, level), edges
 * have probabilities; what is left of 1 ends the session. */
#ifndef CADENCE_SIM_CHAIN_H
#define CADENCE_SIM_CHAIN_H

#include "rand.h"

#include "cadence/str.h"

#define CHAIN_NONE UINT32_MAX

struct sim_edge {
    uint32_t to;
    uint64_t limit; /* sum of the probabilities up to this edge, in 2^-32 */
};

struct sim_node {
    struct str page, method;
    int status;
    uint32_t auth, level; /* indices of the chain's names */
    /* Parts of records, ready to copy; all end after "itemInSession": */
    struct str full;  /* "page":… "auth" "method" "status" "level" */
    struct str brief; /* "auth" "level" */
    struct str least; /* "level" */
    bool redirect;    /* is reached in one second */
    bool song;
    bool shows_user;
    bool churned;        /* a session that ends here is the user's last */
    bool signs_in;       /* the answer to it is an attempt to log in */
    bool signed_in;      /* as such an answer: it succeeded */
    bool moves;          /* changes the level */
    size_t first, count; /* its edges */
};

struct sim_name {
    char *text;
    double weight;   /* auth and level: of a first session */
    bool shows_user; /* auth */
};

struct sim_start {
    uint32_t node;
    double weight;
};

struct sim_chain {
    struct sim_node *node;
    size_t nodes, node_cap;
    struct sim_edge_def *def; /* as configured; edges are made of them at the end */
    size_t defs, def_cap;
    struct sim_edge *edge;
    struct sim_name *auth, *level;
    size_t auths, auth_cap, levels, level_cap;
    struct sim_start *start; /* as configured */
    size_t starts, start_cap;
    struct sim_group *group; /* a session's first pages, by auth and level */
    struct sim_alias auth_draw, level_draw;
    char *churned;                /* auth of users who left; NULL none */
    uint32_t new_auth, new_level; /* of users who join later */
};

struct sim_chain *sim_chain_new(void);
struct sim_chain *sim_chain_default(void);
void sim_chain_free(struct sim_chain *chain);

/* Building; texts are copied. */
uint32_t sim_chain_auth(struct sim_chain *chain, const char *name);
uint32_t sim_chain_level(struct sim_chain *chain, const char *name);
uint32_t sim_chain_node(struct sim_chain *chain, const char *page, const char *method,
                        int status, const char *auth, const char *level);
void sim_chain_edge(struct sim_chain *chain, uint32_t from, uint32_t to, double p);
void sim_chain_start(struct sim_chain *chain, uint32_t node, double weight);
/* To be called once, last. 0, or -1 with a sentence in `error`. */
int sim_chain_finish(struct sim_chain *chain, char *error, size_t size);

/* Drawing. The next node, or CHAIN_NONE when the session ends. */
uint32_t sim_chain_next(const struct sim_chain *chain, uint32_t node,
                        struct sim_rand *rand);
uint32_t sim_chain_first(const struct sim_chain *chain, uint32_t auth, uint32_t level,
                         struct sim_rand *rand);

#endif
