/* Inflates what gzip wrote, read from a descriptor: members one after the other, each
 * with its checksum and length checked. Zeros between and behind them are left out;
 * anything else is a fault. Memory: GUNZIP_STORED and about 90 KiB.
 *
 * ISA-L does the work: it inflates two to four times as fast as zlib, which matters where
 * inflating shares two cores with decoding and counting. Any thread, one at a time. */
#ifndef CADENCE_SOURCE_GUNZIP_H
#define CADENCE_SOURCE_GUNZIP_H

#include "reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GUNZIP_STORED (256u << 10)

struct gunzip;

/* Do these first bytes begin a member? */
bool gunzip_is(const char *bytes, size_t n);
/* Reads on in the reader's descriptor, which stays the caller's; `n` bytes, at most
 * GUNZIP_STORED, were read from it already. */
struct gunzip *gunzip_new(const struct reader *reader, const char *bytes, size_t n);
void gunzip_free(struct gunzip *gunzip);

/* Bytes written to `out`, as many as there are without waiting for more input once there
 * are some; 0 at the end; -1 with what is wrong in `why` (static), when all that came
 * before has been returned. */
ssize_t gunzip_read(struct gunzip *gunzip, char *out, size_t cap, const char **why);
/* Bytes taken, as stored. */
int64_t gunzip_taken(const struct gunzip *gunzip);

#endif
