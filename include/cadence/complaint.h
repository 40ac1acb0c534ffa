/* What is wrong with an option, in one line for the person. */
#ifndef CADENCE_COMPLAINT_H
#define CADENCE_COMPLAINT_H

#include <getopt.h>
#include <stddef.h>

/* What getopt_long complains of by `c`, '?' or ':' (its letters begin with a colon);
 * `word` is the last that it looked at. */
void option_complaint(const struct option *longs, int c, const char *word, char *out,
                      size_t size);

#endif
