/* Names of artists and titles of songs, put together from words. */
#ifndef CADENCE_SIM_COMPOSE_H
#define CADENCE_SIM_COMPOSE_H

#include "rand.h"
#include "text.h"

enum tongue {
    TONGUE_ENGLISH,
    TONGUE_SPANISH,
    TONGUE_FRENCH,
    TONGUE_NORTHERN,
    TONGUE_COUNT
};

void compose_artist(struct text *out, enum tongue tongue, struct sim_rand *rand);
void compose_song(struct text *out, enum tongue tongue, struct sim_rand *rand);

/* UTF-8 taken for Latin-1 and encoded once more: é becomes Ã©. */
void compose_double_encode(struct text *out, const char *text);

#endif
