/* While the picture stands, standard error goes into a pipe, so that no library writes
 * over the screen; its lines, as far as GUARD_KEPT bytes go, become messages, and are
 * written to the real one at the end. */
#ifndef CADENCE_APP_STDERR_GUARD_H
#define CADENCE_APP_STDERR_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define GUARD_KEPT (16u << 10) /* of what was written, kept for the end */

struct stderr_guard {
    int real, pipe;
    bool on;
    uv_poll_t poll;
    void (*line)(void *context, const char *line);
    void *context;
    char kept[GUARD_KEPT];
    size_t len, shown;
};

void stderr_guard_start(struct stderr_guard *guard, uv_loop_t *loop,
                        void (*line)(void *context, const char *line), void *context);
/* Gives the real standard error back and writes there what came meanwhile. */
void stderr_guard_stop(struct stderr_guard *guard);
/* Async-signal-safe: gives it back. */
void stderr_guard_emergency(void);

#endif
