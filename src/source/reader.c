#include "reader.h"

#include "cadence/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

static bool is_cancelled(const struct reader *reader)
{
    struct pollfd wait[2] = {{.fd = reader->fd, .events = POLLIN},
                             {.fd = reader->leave, .events = POLLIN}};
    while (poll(wait, 2, -1) < 0 && errno == EINTR)
        ;
    return wait[1].revents != 0;
}

void reader_widen(int fd)
{
    fcntl(fd, F_SETPIPE_SZ, (int)BLOCK_BYTES * 4);
}

ssize_t reader_read(const struct reader *reader, void *data, size_t size)
{
    ssize_t n;
    do {
        if (reader->leave >= 0 && is_cancelled(reader)) {
            errno = ECANCELED;
            return -1;
        }
        n = read(reader->fd, data, size);
    } while (n < 0 && (errno == EINTR || (errno == EAGAIN && reader->leave >= 0)));
    return n;
}
