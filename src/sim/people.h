/* Who listens, where and with what: weighted draws, and parts of records ready to copy.
 */
#ifndef CADENCE_SIM_PEOPLE_H
#define CADENCE_SIM_PEOPLE_H

#include "rand.h"

#include "cadence/str.h"

struct sim_town {
    struct str place; /* ,"city":…,"zip":…,"state":… */
    struct str spot;  /* ,"lon":…,"lat":… */
    uint32_t area;
};

struct sim_people {
    struct str *area; /* ,"location":… */
    struct sim_town *town;
    struct str *agent;    /* ,"userAgent":… */
    struct str *last;     /* ,"lastName":… */
    struct str *first;    /* ,"firstName":… */
    struct str gender[2]; /* ,"gender":… */
    size_t areas, towns, agents, lasts, firsts,
        women; /* women's first names come first */
    struct sim_alias town_draw, agent_draw, last_draw, woman_draw, man_draw;
};

struct sim_person {
    uint16_t town, last, first;
    uint8_t agent, gender;
};

void sim_people_init(struct sim_people *people, bool territories);
void sim_people_fini(struct sim_people *people);
struct sim_person sim_people_draw(const struct sim_people *people, struct sim_rand *rand);

#endif
