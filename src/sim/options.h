/* The command line of cadence-sim. */
#ifndef CADENCE_SIM_OPTIONS_H
#define CADENCE_SIM_OPTIONS_H

#include "cadence/sim.h"

struct sim_options {
    struct sim_config config;
    struct sim_trend trend[SIM_TRENDS];
    char *trend_text[SIM_TRENDS]; /* what the trends borrow */
    char tag[512];
    uint64_t events;    /* 0: no limit */
    double speed, rate; /* 0: as fast as possible */
    bool continuous, quiet;
    const char *truth, *output; /* NULL none */
    const char *brokers, *topic;
    const char *property[64]; /* of kafka_property_take */
    size_t properties;
};

/* OPTIONS_RUN, or the exit code that the program is to end with: all has been said then.
 */
#define OPTIONS_RUN (-1)
int sim_options_parse(struct sim_options *options, int argc, char **argv, int64_t now_s);
void sim_options_fini(struct sim_options *options);

#endif
