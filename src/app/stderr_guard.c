#include "stderr_guard.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int emergency_fd = -1; /* what a crash gives back */

static void show_lines(struct stderr_guard *g)
{
    char *end;
    while ((end = memchr(g->kept + g->shown, '\n', g->len - g->shown))) {
        char line[256];
        size_t n = (size_t)(end - (g->kept + g->shown));
        n = n < sizeof line ? n : sizeof line - 1;
        memcpy(line, g->kept + g->shown, n);
        line[n] = 0;
        g->shown = (size_t)(end - g->kept) + 1;
        g->line(g->context, line);
    }
}

/* What is more than can be kept is read and dropped: a writer must not block. */
static void drain(struct stderr_guard *g)
{
    char spill[1024];
    ssize_t n;
    do {
        size_t room = sizeof g->kept - g->len;
        n = room ? read(g->pipe, g->kept + g->len, room)
                 : read(g->pipe, spill, sizeof spill);
        if (n > 0 && room)
            g->len += (size_t)n;
    } while (n > 0);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct stderr_guard *g = poll->data;
    (void)status;
    (void)events;
    drain(g);
    show_lines(g);
}

void stderr_guard_start(struct stderr_guard *g, uv_loop_t *loop,
                        void (*line)(void *context, const char *line), void *context)
{
    int ends[2];
    g->line = line;
    g->context = context;
    g->on = false;
    if (!isatty(2) || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    g->real = fcntl(2, F_DUPFD_CLOEXEC, 3);
    g->pipe = ends[0];
    if (g->real < 0 || dup2(ends[1], 2) < 0) {
        close(ends[0]);
        close(ends[1]);
        return;
    }
    close(ends[1]);
    emergency_fd = g->real;
    g->on = true;
    uv_poll_init(loop, &g->poll, g->pipe);
    g->poll.data = g;
    uv_poll_start(&g->poll, UV_READABLE, on_readable);
}

void stderr_guard_stop(struct stderr_guard *g)
{
    if (!g->on)
        return;
    drain(g);
    dup2(g->real, 2);
    emergency_fd = -1;
    if (g->len && write(2, g->kept, g->len) < 0)
        g->len = 0;
    close(g->real);
    uv_close((uv_handle_t *)&g->poll, NULL); /* first: libuv still polls the pipe */
    close(g->pipe);
    g->on = false;
}

void stderr_guard_emergency(void)
{
    if (emergency_fd >= 0)
        dup2(emergency_fd, 2);
}
