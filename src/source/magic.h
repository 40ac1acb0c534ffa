/* What a file or pipe is that cannot be read as it comes, told by its first bytes. */
#ifndef CADENCE_SOURCE_MAGIC_H
#define CADENCE_SOURCE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/* "is compressed by zstd: ...", what it is and what to do; NULL: nothing known. Of what
 * gzip wrote only where `gzip` is set: elsewhere it is inflated. */
const char *magic_hint(const char *bytes, size_t n, bool gzip);

#endif
