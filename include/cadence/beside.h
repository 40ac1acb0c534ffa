/* A piece of work beside the caller's own, on a thread of its own. */
#ifndef CADENCE_BESIDE_H
#define CADENCE_BESIDE_H

#include <pthread.h>
#include <stdbool.h>

struct beside {
    pthread_t thread;
    bool runs;
};

typedef void *(*beside_fn)(void *context);

/* Begins fn(context), whose result is not used. If it is not worth a thread, or none can
 * be had, it has run when this returns. Until beside_join the two may write nothing in
 * common; `context` stays the caller's and must last as long. */
void beside_start(struct beside *beside, bool is_worth_it, beside_fn fn, void *context);

/* Waits for its end. */
void beside_join(struct beside *beside);

#endif
