/* Order statistics of many figures. */
#ifndef CADENCE_VIEW_QUANTILE_H
#define CADENCE_VIEW_QUANTILE_H

#include "cadence/snapshot.h"

/* The box of n figures that are not negative. Quantiles are of type 7 (R. Hyndman, Y.
 * Fan, "Sample quantiles in statistical packages", 1996), exact in single precision;
 * `mean`, `min` and `max` likewise. Changes the order of `v`. */
struct box box_make(float *v, size_t n);

#endif
