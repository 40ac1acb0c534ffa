/* Where lines go: standard output, a file, four files, or Kafka. */
#ifndef CADENCE_SIM_OUTPUT_H
#define CADENCE_SIM_OUTPUT_H

#include "options.h"

#include <signal.h>

enum output_result {
    OUTPUT_OK,
    OUTPUT_GONE,  /* the reader has gone away */
    OUTPUT_FAILED /* a message has been written to standard error */
};

struct output;

/* NULL: a message has been written to standard error. `stop` is set by signals; no reader
 * is waited for then. */
struct output *output_new(const struct sim_options *options,
                          const volatile sig_atomic_t *stop);
/* Room for SIM_LINE_MAX bytes; output_take says what they became. */
char *output_room(struct output *output);
enum output_result output_take(struct output *output, const struct sim_line *line);
enum output_result output_flush(struct output *output);
/* Sleeps, but not longer than it takes to notice that the reader has gone. */
enum output_result output_wait(struct output *output, int wait_ms);
/* Flushes, closes and frees; with Kafka it waits for the last delivery. */
enum output_result output_close(struct output *output);
/* Frees without another word, after a failure. */
void output_drop(struct output *output);

#endif
