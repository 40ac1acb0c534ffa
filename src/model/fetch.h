/* Asking memory for what will be wanted soon. */
#ifndef CADENCE_MODEL_FETCH_H
#define CADENCE_MODEL_FETCH_H

/* A function that does nothing but ask. gcc takes it for one without effect and drops the
 * calls of it (-fipa-pure-const), unless it lies in its caller before it looks. */
#define FETCH static inline __attribute__((always_inline)) void

#endif
