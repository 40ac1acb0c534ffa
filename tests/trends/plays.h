/* A play as the planter hands it to the driver in its binary form: 24 bytes. */
#ifndef TESTS_PLAYS_H
#define TESTS_PLAYS_H

#include <stdint.h>

struct planted {
    uint64_t ts_ms;
    uint32_t user;   /* from 1 */
    uint32_t artist; /* from 0 */
    uint8_t song;    /* 0..6 */
    uint8_t state;   /* of the list below */
};

static const char planted_states[14][3] = {"CA", "TX", "FL", "NY", "PA", "IL", "OH",
                                           "GA", "NC", "MI", "WA", "AZ", "CO", "HI"};

#endif
