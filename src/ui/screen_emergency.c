#include "screen_emergency.h"

#include "cadence/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t active;
    int fd;
    struct termios modes;
    char bytes[256];
    size_t count;
} emergency;

void write_all(int fd, const char *bytes, size_t count)
{
    while (count) {
        ssize_t n = write(fd, bytes, count);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0) {
            bytes += n;
            count -= (size_t)n;
        }
    }
}

static void add(const char *bytes)
{
    for (size_t i = 0; bytes[i] && emergency.count < sizeof emergency.bytes; i++) {
        if (bytes[i] == '$' && bytes[i + 1] == '<') {
            const char *end = strchr(bytes + i, '>');
            i = end ? (size_t)(end - bytes) : i;
            continue;
        }
        emergency.bytes[emergency.count++] = bytes[i];
    }
}

void emergency_ready(int fd, const struct termios *modes, const char *const *strings,
                     size_t count)
{
    emergency.active = 0;
    atomic_signal_fence(memory_order_seq_cst); /* a handler sees all of it, or nothing */
    emergency.fd = fd;
    emergency.modes = *modes;
    emergency.count = 0;
    for (size_t i = 0; i < count; i++)
        if (strings[i])
            add(strings[i]);
    atomic_signal_fence(memory_order_seq_cst);
    emergency.active = 1;
}

void emergency_off(void)
{
    emergency.active = 0;
}

void screen_emergency_restore(void)
{
    if (!emergency.active)
        return;
    emergency.active = 0;
    /* From the background setting the modes would stop the process. */
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, NULL);
    tcsetattr(emergency.fd, TCSANOW, &emergency.modes);
    /* A terminal that takes nothing must not hold us: what it has not taken goes. */
    fcntl(emergency.fd, F_SETFL, O_NONBLOCK);
    if (write(emergency.fd, emergency.bytes, emergency.count) !=
        (ssize_t)emergency.count) {
        tcflush(emergency.fd, TCOFLUSH);
        write_all(emergency.fd, emergency.bytes, emergency.count);
    }
}
