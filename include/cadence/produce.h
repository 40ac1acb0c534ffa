/* A Kafka producer for cadence-sim: lines as messages, every delivery accounted for. One
 * thread. */
#ifndef CADENCE_PRODUCE_H
#define CADENCE_PRODUCE_H

#include "cadence/str.h"

struct produce;

struct produce_config {
    const char *brokers;
    const char *const *topic; /* by number, as produce_send takes it */
    size_t topics;
    const char *const *property; /* "name=value" */
    size_t properties;
};

struct produce_counts {
    uint64_t sent, delivered, failed;
};

/* What can be told without a broker. 0, or -1 with a sentence in `error`. */
int produce_check(const struct produce_config *config, char *error, size_t size);
/* NULL with a sentence in `error`. The configuration is borrowed for the call only. */
struct produce *produce_new(const struct produce_config *config, char *error,
                            size_t size);
/* Waits for an answer of any broker. 0, or -1 with the reason in `error`. */
int produce_reach(struct produce *produce, int wait_ms, char *error, size_t size);
/* Waits while the queue is full. 0, or -1 with a sentence in `error`: there is no use in
 * going on (a delivery failed for good, or no broker can be reached). */
int produce_send(struct produce *produce, size_t topic, struct str key, struct str value,
                 char *error, size_t size);
/* Delivery reports that have come in are counted; waits for at most so long. */
void produce_poll(struct produce *produce, int wait_ms);
/* Waits until all is delivered or has failed. 0, or -1 with a sentence in `error`. */
int produce_flush(struct produce *produce, int wait_ms, char *error, size_t size);
void produce_counts(const struct produce *produce, struct produce_counts *out);
void produce_free(struct produce *produce);

#endif
