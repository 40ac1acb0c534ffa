/* Reads from a descriptor, on a thread that has to be able to leave: what comes from a
 * pipe may never come. */
#ifndef CADENCE_SOURCE_READER_H
#define CADENCE_SOURCE_READER_H

#include <stddef.h>
#include <sys/types.h>

struct reader {
    int fd;
    int leave; /* of a pipe: once its other end is closed, nobody waits for `fd` any more;
                  -1: what is read is always there */
};

/* As read(2), without EINTR and EAGAIN; -1 with ECANCELED when it has to leave. */
ssize_t reader_read(const struct reader *reader, void *data, size_t size);

/* Of a pipe, where the system lets us: a larger one has fewer turns of writer and reader.
 */
void reader_widen(int fd);

#endif
