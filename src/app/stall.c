#include "stall.h"

#include "cadence/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#define STALL_NS (STALL_MS * UINT64_C(1000000))

struct stall {
    uv_thread_t thread, writer;
    uv_mutex_t lock;
    uv_cond_t change;
    bool writing, dropped, ending;
    int fd, queued; /* queued: bytes in the line's buffer when last looked at */
};

/* Has the line taken something since the last look? A pseudo terminal does not tell. */
static bool goes_on(struct stall *s)
{
    int before = s->queued;
    if (ioctl(s->fd, TIOCOUTQ, &s->queued) != 0)
        s->queued = 0;
    return s->queued > 0 && s->queued != before;
}

static void watch(void *arg)
{
    struct stall *s = arg;
    uv_mutex_lock(&s->lock);
    while (!s->ending) {
        if (!s->writing) {
            uv_cond_wait(&s->change, &s->lock);
        } else if (uv_cond_timedwait(&s->change, &s->lock, STALL_NS) == UV_ETIMEDOUT &&
                   s->writing && !goes_on(s)) {
            /* A pseudo terminal does not tell the writer that there is room: a signal
             * has it look again. */
            tcflush(s->fd, TCOFLUSH);
            pthread_kill(s->writer, SIGURG);
            s->dropped = true;
        }
    }
    uv_mutex_unlock(&s->lock);
}

static void on_nudge(int signum)
{
    (void)signum;
}

/* Signals are for the other threads: from the background tcflush would stop us. */
static int start_without_signals(struct stall *s)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = uv_thread_create(&s->thread, watch, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static void release(struct stall *s)
{
    close(s->fd);
    uv_cond_destroy(&s->change);
    uv_mutex_destroy(&s->lock);
    free(s);
}

struct stall *stall_new(int fd)
{
    struct stall *s = mem_zalloc(sizeof *s);
    struct sigaction nudge = {.sa_handler = on_nudge, .sa_flags = SA_RESTART};
    sigaction(SIGURG, &nudge, NULL);
    s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* outlives the screen */
    uv_mutex_init(&s->lock);
    uv_cond_init(&s->change);
    if (start_without_signals(s) == 0)
        return s;
    release(s);
    return NULL;
}

void stall_free(struct stall *s)
{
    if (!s)
        return;
    uv_mutex_lock(&s->lock);
    s->ending = true;
    uv_cond_signal(&s->change);
    uv_mutex_unlock(&s->lock);
    uv_thread_join(&s->thread);
    release(s);
}

void stall_begin(struct stall *s)
{
    if (!s)
        return;
    uv_mutex_lock(&s->lock);
    s->writer = uv_thread_self();
    s->writing = true;
    s->dropped = false;
    s->queued = 0;
    uv_cond_signal(&s->change);
    uv_mutex_unlock(&s->lock);
}

bool stall_end(struct stall *s)
{
    if (!s)
        return false;
    uv_mutex_lock(&s->lock);
    bool dropped = s->dropped;
    s->writing = false;
    uv_cond_signal(&s->change);
    uv_mutex_unlock(&s->lock);
    return dropped;
}
