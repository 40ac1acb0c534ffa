/* Files, one after the other; those that gzip wrote, told by their first bytes, inflated.
 *
 * Reading and inflating happen on libuv's thread pool, one block at a time, straight into
 * the block. With `follow`, all files are read to their ends and then looked at in turn
 * for more; a file that shrank or was replaced is read from its beginning. "-" is
 * standard input. */
#include "files.h"

#include "gunzip.h"
#include "magic.h"

#include "cadence/mem.h"
#include "cadence/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

_Static_assert(GUNZIP_STORED >= BLOCK_BYTES, "a first block may turn out compressed");

struct file {
    const char *path;
    struct gunzip *gunzip; /* compressed; made when its first bytes say so */
    struct reader in;      /* fd -1: not open */
    dev_t dev;
    ino_t ino;
    int64_t offset, size; /* bytes taken of it (as stored); its own, -1: not a file */
    bool done;            /* not followed: read to its end */
    bool left, gone;      /* followed: another is in its place, or none, ... */
    bool refused;         /* ... or one that cannot be opened */
    bool failing;         /* followed: the last read failed; it is tried again */
};

struct files_source {
    struct source base;
    struct file *file;
    size_t count, current;
    bool follow;
    uv_work_t work;
    uv_timer_t timer;
    bool open, working, waiting, stopped, ended;
    size_t failed;     /* files */
    bool found, rests; /* in this round of looks; the round before brought nothing */
    struct block *block;
    int leave[2];     /* a pipe; see reader.h. -1: none */
    int got;          /* of the work: bytes, 0 end, -1 error */
    int64_t reached;  /* of the work: the offset after it */
    const char *hint; /* of the work: why what it has read will not do; or NULL */
    char error[192];
};

static bool is_stdin(const struct file *f)
{
    return strcmp(f->path, "-") == 0;
}

static const char *path_of(const struct file *f)
{
    return is_stdin(f) ? "standard input" : f->path;
}

/* The end of a long path, which tells files apart, before why. */
static int file_fails(const struct file *f, const char *why, char *error, size_t size)
{
    const char *path = path_of(f);
    size_t n = strlen(path), most = size > 128 ? size - 128 : 0;
    snprintf(error, size, "cannot read \"%s%s\": %s", n > most ? "..." : "",
             n > most ? path + (n - most) : path, why);
    return -1;
}

/* Before anything is read: is there a file that may be read? */
static int file_check(struct file *f, char *error, size_t size)
{
    struct stat st;
    if ((is_stdin(f) ? fstat(0, &st) : stat(f->path, &st)) != 0 ||
        (!is_stdin(f) && access(f->path, R_OK) != 0))
        return file_fails(f, strerror(errno), error, size);
    if (S_ISDIR(st.st_mode))
        return file_fails(f, "it is a directory", error, size);
    f->size = S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    return 0;
}

/* Not waiting for who writes to a pipe with a name: reading waits. */
static int file_open(struct file *f, int leave, char *error, size_t size)
{
    struct stat st;
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    if (file_check(f, error, size) != 0)
        return -1;
    f->in.fd = is_stdin(f) ? fcntl(0, F_DUPFD_CLOEXEC, 0) : open(f->path, flags);
    if (f->in.fd < 0 || fstat(f->in.fd, &st) != 0) {
        int rc = file_fails(f, strerror(errno), error, size);
        if (f->in.fd >= 0)
            close(f->in.fd);
        f->in.fd = -1;
        return rc;
    }
    f->in.leave = S_ISREG(st.st_mode) ? -1 : leave;
    reader_widen(f->in.fd);
    f->gone = false;
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    f->size = S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    f->offset = 0;
    return 0;
}

static void file_close(struct file *f)
{
    gunzip_free(f->gunzip);
    f->gunzip = NULL;
    if (f->in.fd >= 0)
        close(f->in.fd);
    f->in.fd = -1;
}

/* At least `least` bytes unless the file ends before; -1 when it cannot be read. */
static ssize_t read_least(const struct file *f, char *data, size_t cap, size_t least)
{
    size_t got = 0;
    while (got < least) {
        ssize_t n = reader_read(&f->in, data + got, cap - got);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* The third byte says how, for which there is one way. A damaged line of text lacks it;
 * so may a file called .gz, of which it is told. */
static bool is_compressed(const struct file *f, const char *data, size_t n)
{
    const char *path = path_of(f);
    size_t len = strlen(path);
    return gunzip_is(data, n) &&
           ((n > 2 && data[2] == 8) || (len > 3 && strcmp(path + len - 3, ".gz") == 0));
}

static void read_plain(struct files_source *s, struct file *f)
{
    size_t least = f->offset == 0 ? 3 : 1; /* three tell what it is */
    ssize_t n = read_least(f, s->block->data, s->block->cap, least);
    s->got = (int)n;
    s->reached = f->offset + n;
    if (n < 0)
        snprintf(s->error, sizeof s->error, "\"%s\" was read up to where it fails: %s",
                 path_of(f), strerror(errno));
    else if (f->offset == 0 && is_compressed(f, s->block->data, (size_t)n))
        f->gunzip = gunzip_new(&f->in, s->block->data, (size_t)n);
    else if (f->offset == 0)
        s->hint = magic_hint(s->block->data, (size_t)n, false);
}

static void read_gunzip(struct files_source *s, struct file *f)
{
    const char *why;
    s->got = (int)gunzip_read(f->gunzip, s->block->data, s->block->cap, &why);
    s->reached = gunzip_taken(f->gunzip);
    if (s->got < 0)
        snprintf(s->error, sizeof s->error,
                 "\"%s\" is damaged and was read up to there: %s", path_of(f), why);
}

/* On the thread pool. */
static void work_read(uv_work_t *work)
{
    struct files_source *s = work->data;
    struct file *f = &s->file[s->current];
    if (!f->gunzip)
        read_plain(s, f);
    if (f->gunzip)
        read_gunzip(s, f);
}

static void after_read(uv_work_t *work, int status);

/* The file's state under its name, or of the descriptor that was given. */
static bool look(struct file *f, struct stat *st)
{
    f->gone = (is_stdin(f) ? fstat(f->in.fd, st) : stat(f->path, st)) != 0;
    return !f->gone;
}

/* Spares a followed file that rests a read on the thread pool. */
static bool is_as_left(struct file *f)
{
    struct stat st, own;
    if (f->in.fd < 0 || f->in.leave >= 0 || f->gunzip || f->left ||
        fstat(f->in.fd, &own) != 0 || own.st_size != f->offset)
        return false;
    return !look(f, &st) || (st.st_dev == f->dev && st.st_ino == f->ino);
}

/* A followed pipe that is silent must not keep the other files from being read. */
static bool is_silent(const struct files_source *s, const struct file *f)
{
    struct pollfd wait = {.fd = f->in.fd, .events = POLLIN};
    return s->follow && s->count > 1 && f->in.leave >= 0 && poll(&wait, 1, 0) == 0;
}

/* A file of a network may be stale or out of reach for a while. */
static bool is_tried_again(const struct files_source *s, const struct file *f)
{
    return s->follow && f->in.fd >= 0 && !f->gunzip;
}

/* Each damaged file is told of once: the last one of all by how the source ends. */
static void note_failure(struct files_source *s)
{
    struct file *f = &s->file[s->current];
    bool told = f->failing;
    f->failing = is_tried_again(s, f);
    if (told)
        return;
    s->failed++;
    if (s->follow || s->current + 1 < s->count)
        sink_message(s->base.sink, MESSAGE_ERROR, s->error);
}

/* Opens the current file. One that is followed may come back. */
static bool open_current(struct files_source *s)
{
    struct file *f = &s->file[s->current];
    if (f->in.fd >= 0 || file_open(f, s->leave[0], s->error, sizeof s->error) == 0)
        return true;
    if (!s->follow) {
        f->done = true;
        s->got = -1;
        note_failure(s);
    } else if (!f->gone) {
        f->gone = true;
        sink_message(s->base.sink, MESSAGE_WARNING, s->error);
    }
    return false;
}

/* The next file that has anything to read is current, and open; false: there is none. */
static bool find_next(struct files_source *s)
{
    for (; s->current < s->count; s->current++) {
        struct file *f = &s->file[s->current];
        if (!f->done && !(s->rests && is_as_left(f)) && open_current(s) &&
            !is_silent(s, f))
            return true;
    }
    return false;
}

/* Reads on; false when all are done. */
static bool read_next(struct files_source *s)
{
    if (!find_next(s))
        return false;
    s->block = sink_room(s->base.sink);
    if (!s->block) {
        s->waiting = true;
        return true;
    }
    s->block->stream = (uint32_t)s->current;
    s->working = true;
    s->work.data = s;
    uv_queue_work(s->base.loop, &s->work, work_read, after_read);
    return true;
}

static void end(struct files_source *s, bool last_failed)
{
    s->ended = true;
    if (s->failed == 0) {
        sink_end(s->base.sink);
        return;
    }
    if (!last_failed)
        snprintf(s->error, sizeof s->error, "%zu of %zu files %s not read to the end",
                 s->failed, s->count, s->failed == 1 ? "was" : "were");
    sink_fail(s->base.sink, s->error);
}

static void on_timer(uv_timer_t *timer);

static void go_on(struct files_source *s)
{
    if (read_next(s))
        return;
    if (s->follow) {
        s->rests = !s->found;
        s->found = false;
        uv_timer_start(&s->timer, on_timer, FOLLOW_MS, 0);
        return;
    }
    end(s, s->got < 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct files_source *s = timer->data;
    s->current = 0;
    go_on(s);
}

/* A followed file that shrank or was replaced begins anew; of one that was replaced what
 * was written until then is read first. True when it begins. */
static bool began_anew(struct files_source *s, struct file *f)
{
    struct stat st;
    char text[256];
    if (!look(f, &st))
        return false;
    if (st.st_dev == f->dev && st.st_ino == f->ino) {
        f->left = f->refused = false;
        if (f->in.leave >= 0 || st.st_size >= f->offset)
            return false; /* a pipe goes on when someone writes again */
        lseek(f->in.fd, 0, SEEK_SET);
        f->offset = 0;
        f->size = (int64_t)st.st_size;
    } else if (!f->left) {
        f->left = true;
        return false;
    } else {
        struct file next = {.path = f->path, .in.fd = -1};
        if (file_open(&next, s->leave[0], s->error, sizeof s->error) != 0) {
            if (!f->refused) /* the old one stays open, and this is tried again */
                sink_message(s->base.sink, MESSAGE_WARNING, s->error);
            f->refused = true;
            return false;
        }
        file_close(f);
        *f = next;
    }
    snprintf(text, sizeof text, "\"%s\" was replaced: reading it from its beginning",
             path_of(f));
    sink_message(s->base.sink, MESSAGE_INFO, text);
    return true;
}

/* The current file has no more bytes now. */
static void at_end(struct files_source *s)
{
    struct file *f = &s->file[s->current];
    bool tail = s->got == 0 ? s->follow && !f->gunzip : f->failing;
    bool anew = tail && began_anew(s, f);
    if (!tail) {
        file_close(f);
        f->done = true;
    }
    if (!tail || anew) {
        s->block->len = 0;
        s->block->ends = true;
        sink_push(s->base.sink, s->block);
    } else {
        sink_return(s->base.sink, s->block);
    }
    s->block = NULL;
    s->current++;
    go_on(s);
}

static void tell_hint(struct files_source *s)
{
    char text[384];
    snprintf(text, sizeof text, "\"%s\" %s", path_of(&s->file[s->current]), s->hint);
    sink_message(s->base.sink, MESSAGE_WARNING, text);
    s->hint = NULL;
}

static void after_read(uv_work_t *work, int status)
{
    struct files_source *s = work->data;
    s->working = false;
    if (s->stopped || status != 0) {
        if (s->block && s->base.sink) {
            sink_return(s->base.sink, s->block);
            s->block = NULL;
        }
        return;
    }
    if (s->hint)
        tell_hint(s);
    if (s->got >= 0)
        s->file[s->current].failing = false;
    if (s->got > 0) {
        s->found = true;
        s->rests = false;
        s->file[s->current].offset = s->reached;
        s->block->len = (size_t)s->got;
        sink_push(s->base.sink, s->block);
        s->block = NULL;
        go_on(s);
        return;
    }
    if (s->got < 0)
        note_failure(s);
    at_end(s);
}

/* Followed files are all kept open. */
static void want_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* As tail -F has it: what is followed may be there later only. */
static bool may_come(const struct files_source *s, const struct file *f)
{
    return s->follow && !is_stdin(f) && access(f->path, F_OK) != 0 && errno == ENOENT;
}

static int files_start(struct source *base, char *error, size_t size)
{
    struct files_source *s = (struct files_source *)base;
    for (size_t i = 0; i < s->count; i++)
        if (!may_come(s, &s->file[i]) && file_check(&s->file[i], error, size) != 0)
            return -1;
    if (s->follow)
        want_descriptors();
    if (pipe2(s->leave, O_CLOEXEC) != 0)
        return file_fails(&s->file[0], strerror(errno), error, size);
    uv_timer_init(base->loop, &s->timer);
    s->timer.data = s;
    s->open = true;
    go_on(s);
    return 0;
}

static void files_resume(struct source *base)
{
    struct files_source *s = (struct files_source *)base;
    if (s->waiting && !s->stopped) {
        s->waiting = false;
        go_on(s);
    }
}

/* The last part of a path; of "/dev/fd/63", which the shell makes of <(command), all. */
static const char *file_name(const struct file *f)
{
    const char *slash = strncmp(f->path, "/dev/", 5) ? strrchr(f->path, '/') : NULL;
    return is_stdin(f) ? "stdin" : slash ? slash + 1 : f->path;
}

static void note_following(const struct files_source *s, struct source_status *out)
{
    size_t gone = 0, first = 0;
    for (size_t i = s->count; i-- > 0;)
        if (s->file[i].gone || s->file[i].refused || s->file[i].failing) {
            gone++;
            first = i;
        }
    out->state = SOURCE_WAITING;
    if (gone == 0)
        snprintf(out->note, sizeof out->note, "following");
    else if (gone == 1)
        snprintf(out->note, sizeof out->note, "following, but %.100s is %s",
                 file_name(&s->file[first]),
                 !s->file[first].ino   ? "not there yet"
                 : s->file[first].gone ? "gone"
                                       : "not to be read");
    else
        snprintf(out->note, sizeof out->note, "following, but %zu files are not there",
                 gone);
}

static void files_status(struct source *base, struct source_status *out)
{
    struct files_source *s = (struct files_source *)base;
    size_t at = s->current < s->count ? s->current : s->count - 1;
    int64_t total = 0;
    if (s->count == 1)
        snprintf(out->name, sizeof out->name, "%s", file_name(&s->file[0]));
    else if (s->ended || s->rests)
        snprintf(out->name, sizeof out->name, "%zu files", s->count);
    else
        snprintf(out->name, sizeof out->name, "%s (%zu of %zu)", file_name(&s->file[at]),
                 at + 1, s->count);
    out->state = s->ended ? SOURCE_ENDED : SOURCE_LIVE;
    if (s->rests)
        note_following(s, out);
    out->bytes = 0;
    for (size_t i = 0; i < s->count; i++) { /* both as stored; a followed file grows */
        const struct file *f = &s->file[i];
        int64_t size = f->size > f->offset ? f->size : f->offset;
        total = total < 0 || f->size < 0 ? -1 : total + size;
        out->bytes += (uint64_t)f->offset;
    }
    out->bytes_total = s->rests ? -1 : total;
}

static void files_stop(struct source *base)
{
    struct files_source *s = (struct files_source *)base;
    s->stopped = true;
    if (s->open)
        uv_close((uv_handle_t *)&s->timer, NULL);
    s->open = false;
    if (s->leave[1] >= 0)
        close(s->leave[1]);
    s->leave[1] = -1;
    if (s->working)
        uv_cancel((uv_req_t *)&s->work);
}

static void leave_at_once(int code, void *arg)
{
    (void)arg;
    fflush(NULL);
    _exit(code);
}

/* What a read that is about to return uses is left to the end of the process; it may
 * return while the pipeline is taken down, whose locks are no more then. Or it never
 * does, from a network that hangs: libuv would wait for it at the end of the process. */
static void files_free(struct source *base)
{
    struct files_source *s = (struct files_source *)base;
    if (s->working) {
        base->sink = NULL;
        on_exit(leave_at_once, NULL);
        return;
    }
    for (size_t i = 0; i < s->count; i++)
        file_close(&s->file[i]);
    if (s->leave[0] >= 0)
        close(s->leave[0]);
    free(s->file);
    free(s);
}

struct source *source_new_files(const char *const *paths, size_t count, bool follow)
{
    static const struct source_ops ops = {.start = files_start,
                                          .resume = files_resume,
                                          .status = files_status,
                                          .stop = files_stop,
                                          .free = files_free};
    struct files_source *s = mem_zalloc(sizeof *s);
    s->base.ops = &ops;
    s->file = mem_zalloc(count * sizeof *s->file);
    s->count = count;
    s->follow = follow;
    for (size_t i = 0; i < count; i++)
        s->file[i] = (struct file){.path = paths[i], .in.fd = -1};
    s->leave[0] = s->leave[1] = -1;
    return &s->base;
}
