/* Standard input: a pipe or socket through libuv, read as it comes; all else goes the
 * way of files (libuv aborts on a file opened as a pipe). What one turn of the loop
 * brings is gathered into one block and pushed before the loop sleeps, so that a slow
 * pipe is seen at once and a fast one costs few blocks. */
#include "cadence/mem.h"
#include "cadence/source.h"
#include "files.h"
#include "magic.h"
#include "reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

struct stdin_source {
    struct source base;
    union {
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } in;
    uv_prepare_t prepare;
    struct block *block; /* being filled */
    uint64_t bytes;
    int flags; /* of the descriptor, which others may share: as it was found */
    bool waiting, ended, open;
};

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/* No buffer when the pipeline is full: on_read gets UV_ENOBUFS and stops. */
static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    struct stdin_source *s = handle->data;
    (void)size;
    if (!s->block)
        s->block = sink_room(s->base.sink);
    if (s->block)
        *buf = uv_buf_init(s->block->data + s->block->len,
                           (unsigned)(s->block->cap - s->block->len));
    else
        *buf = uv_buf_init(NULL, 0);
}

static void push(struct stdin_source *s, bool ends)
{
    if (s->block && (s->block->len || ends)) {
        s->block->ends = ends;
        sink_push(s->base.sink, s->block);
        s->block = NULL;
    }
}

static void finish(struct stdin_source *s)
{
    if (s->ended)
        return;
    s->ended = true;
    uv_read_stop(&s->in.stream);
    if (!s->block)
        s->block = sink_room(s->base.sink);
    if (!s->block) { /* the last line waits for room */
        s->ended = false;
        s->waiting = true;
        return;
    }
    push(s, true);
    sink_end(s->base.sink);
}

static void hint(struct stdin_source *s, size_t n)
{
    const char *what = magic_hint(s->block->data, n, true);
    char text[128];
    snprintf(text, sizeof text, "standard input %s on the way", what ? what : "");
    if (what)
        sink_message(s->base.sink, MESSAGE_WARNING, text);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct stdin_source *s = stream->data;
    (void)buf;
    if (n == UV_ENOBUFS) {
        s->waiting = true;
        uv_read_stop(stream);
    } else if (n == UV_EOF) {
        finish(s);
    } else if (n < 0) {
        char text[160];
        snprintf(text, sizeof text, "standard input cannot be read: %s",
                 uv_strerror((int)n));
        finish(s);
        sink_fail(s->base.sink, text);
    } else {
        if (s->bytes == 0)
            hint(s, (size_t)n);
        s->bytes += (uint64_t)n;
        s->block->len += (size_t)n;
        if (s->block->len > s->block->cap - (64u << 10))
            push(s, false);
    }
}

/* Before the loop sleeps. While the decoder has enough to do, more is gathered; it wakes
 * the loop when it is done with a block, and so this is called again. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct stdin_source *s = prepare->data;
    if (!sink_busy(s->base.sink))
        push(s, false);
}

static int open_stream(struct stdin_source *s, uv_handle_type type)
{
    if (type == UV_TCP) {
        int rc = uv_tcp_init(s->base.loop, &s->in.tcp);
        return rc ? rc : uv_tcp_open(&s->in.tcp, 0);
    }
    reader_widen(0);
    int rc = uv_pipe_init(s->base.loop, &s->in.pipe, 0);
    return rc ? rc : uv_pipe_open(&s->in.pipe, 0);
}

static int stdin_start(struct source *base, char *error, size_t size)
{
    struct stdin_source *s = (struct stdin_source *)base;
    uv_handle_type type = uv_guess_handle(0);
    s->flags = fcntl(0, F_GETFL);
    int rc = type == UV_UDP ? UV_EINVAL : open_stream(s, type);
    if (rc) {
        snprintf(error, size, "standard input cannot be read: %s", uv_strerror(rc));
        return -1;
    }
    s->open = true;
    s->in.stream.data = s;
    uv_prepare_init(base->loop, &s->prepare);
    s->prepare.data = s;
    uv_prepare_start(&s->prepare, on_prepare);
    rc = uv_read_start(&s->in.stream, on_alloc, on_read);
    if (rc)
        snprintf(error, size, "standard input cannot be read: %s", uv_strerror(rc));
    return rc ? -1 : 0;
}

static void stdin_resume(struct source *base)
{
    struct stdin_source *s = (struct stdin_source *)base;
    if (!s->waiting || s->ended)
        return;
    s->waiting = false;
    uv_read_start(&s->in.stream, on_alloc, on_read);
}

static void stdin_status(struct source *base, struct source_status *out)
{
    struct stdin_source *s = (struct stdin_source *)base;
    snprintf(out->name, sizeof out->name, "stdin");
    out->state = s->ended ? SOURCE_ENDED : s->bytes ? SOURCE_LIVE : SOURCE_WAITING;
    if (!s->ended && !s->bytes)
        snprintf(out->note, sizeof out->note, "waiting for the first line");
    out->bytes = s->bytes;
}

static void stdin_stop(struct source *base)
{
    struct stdin_source *s = (struct stdin_source *)base;
    if (s->open) {
        fcntl(0, F_SETFL, s->flags);
        uv_close((uv_handle_t *)&s->in, NULL);
        uv_close((uv_handle_t *)&s->prepare, NULL);
    }
    s->open = false;
    s->ended = true;
    if (s->block)
        sink_return(base->sink, s->block);
    s->block = NULL;
}

static void stdin_free(struct source *base)
{
    free(base);
}

struct source *source_new_stdin(bool follow)
{
    static const struct source_ops ops = {.start = stdin_start,
                                          .resume = stdin_resume,
                                          .status = stdin_status,
                                          .stop = stdin_stop,
                                          .free = stdin_free};
    static const char *const itself[] = {"-"};
    uv_handle_type type = uv_guess_handle(0);
    if (type == UV_FILE || type == UV_UNKNOWN_HANDLE) /* a directory, a disk */
        return source_new_files(itself, 1, follow);
    struct stdin_source *s = mem_zalloc(sizeof *s);
    s->base.ops = &ops;
    return &s->base;
}
