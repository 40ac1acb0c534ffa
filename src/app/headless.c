/* Without a screen: read to the end, print a report or the picture. */
#include "app.h"

#include "cadence/mem.h"
#include "cadence/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct headless {
    struct app app;
    uv_signal_t on_int, on_term, on_hup;
    bool warned;
    uint64_t ending_ns; /* when the first signal came; 0 none */
};

#define SAME_SIGNAL_NS UINT64_C(500000000)
#define PATIENCE_S 10 /* more than leaving a group takes */

static void on_snapshot(void *context, struct snapshot *snapshot)
{
    (void)context;
    snapshot_free(snapshot);
}

static void on_finished(void *context)
{
    struct headless *h = context;
    uv_stop(h->app.loop);
}

/* What goes well is told only to who has been told of trouble. */
static void on_message(void *context, enum message_kind kind, const char *sentence)
{
    struct headless *h = context;
    h->warned |= kind != MESSAGE_INFO;
    if (h->warned)
        app_say(sentence);
}

static void on_failed(void *context, const char *sentence)
{
    struct headless *h = context;
    app_say(sentence);
    h->app.exit_code = EXIT_FAILED;
}

/* Of the one that runs: a handler is given nothing. */
static volatile sig_atomic_t ended_by;
static uint64_t ending_ns;

static void on_impatient(int signum)
{
    (void)signum;
    _exit(128 + (int)ended_by);
}

/* A report that nobody takes must not hold what was told to end; by an alarm, as
 * the loop may have ended, or be the one that is held. */
static void be_patient(int signum)
{
    ended_by = signum;
    signal(SIGALRM, on_impatient);
    alarm(PATIENCE_S);
}

/* The first signal ends the input: what was counted is reported. The second ends the
 * program; timeout(1) sends each twice, and leaving a group takes its time between. */
static void on_signal(uv_signal_t *handle, int signum)
{
    struct headless *h = handle->data;
    uint64_t now_ns = uv_hrtime();
    if (h->ending_ns && now_ns - h->ending_ns < SAME_SIGNAL_NS)
        return;
    if (h->ending_ns)
        _exit(128 + signum);
    h->app.exit_code = 128 + signum;
    if (h->app.options->every_ms)
        be_patient(signum);
    h->app.source->ops->stop(h->app.source);
    h->ending_ns = uv_hrtime();
    if (h->app.options->replay > 0) /* what is not due yet is not waited for */
        uv_stop(h->app.loop);
    else
        pipeline_end(h->app.pipeline);
}

static void watch_signal(struct headless *h, uv_signal_t *handle, int signum)
{
    uv_signal_init(h->app.loop, handle);
    handle->data = h;
    if (!app_is_ignored(signum))
        uv_signal_start(handle, on_signal, signum);
    uv_unref((uv_handle_t *)handle);
}

static struct snapshot_request report_request(const struct options *o)
{
    struct snapshot_request request = {.filter = o->filter, .scale = o->scale};
    for (int i = 0; i < LIST_COUNT; i++)
        request.limit[i] = o->top;
    return request;
}

static int print_report(const struct app *app, const struct snapshot_request *request)
{
    struct snapshot *s = pipeline_snapshot(app->pipeline, request);
    int rc = report_write(stdout, app->options->report, app->options->every_ms > 0, s);
    snapshot_free(s);
    return rc;
}

static int print_screen(const struct app *app)
{
    const struct options *o = app->options;
    struct ui *ui = app_ui(o, app_is_ascii(o), false);
    struct snapshot_request request;
    struct source_status status = source_status_none();
    struct canvas canvas;
    app->source->ops->status(app->source, &status);
    canvas_init(&canvas, o->screen_w, o->screen_h, app_is_ascii(o));
    ui_resize(ui, o->screen_w, o->screen_h);
    ui_request(ui, &request);
    ui_set_source(ui, &status, 0);
    snapshot_free(ui_set_snapshot(ui, pipeline_snapshot(app->pipeline, &request)));
    ui_draw(ui, &canvas);
    char *text = canvas_to_text(&canvas, o->color ? ui_theme(ui) : NULL);
    bool written = fputs(text, stdout) != EOF;
    free(text);
    canvas_fini(&canvas);
    ui_free(ui);
    return fflush(stdout) == 0 && written ? 0 : -1;
}

/* uv_hrtime's clock, by what a handler may call. */
static void on_late_signal(int signum)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - ending_ns >=
        SAME_SIGNAL_NS)
        _exit(128 + signum);
}

/* The loop has ended. A signal that comes now ends the program, for nobody may take what
 * it writes; but not timeout's second, which is late on a busy machine. */
static void unwatch_signals(struct headless *h)
{
    uv_signal_t *const watched[] = {&h->on_int, &h->on_term, &h->on_hup};
    ending_ns = h->ending_ns;
    for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
        int signum = watched[i]->signum;
        uv_signal_stop(watched[i]);
        if (ending_ns)
            signal(signum, on_late_signal);
    }
}

/* Who shares standard output with our input may have been given it non-blocking. */
static void wait_for_reader(void)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0)
        fcntl(STDOUT_FILENO, F_SETFL, flags & ~O_NONBLOCK);
}

static void print_end(struct headless *h, const struct snapshot_request *request)
{
    wait_for_reader();
    bool picture = h->app.options->screen_w > 0;
    if ((picture ? print_screen(&h->app) : print_report(&h->app, request)) == 0)
        return;
    if (errno == EPIPE) /* `| head` has what it wanted */
        return;
    app_say_errno("cannot write to standard output");
    h->app.exit_code = h->app.exit_code ? h->app.exit_code : EXIT_FAILED;
}

int app_headless(const struct options *o)
{
    struct headless h = {.app = {.options = o}};
    struct pipeline_hooks hooks = {&h, on_snapshot, on_finished, on_message, on_failed};
    char error[512] = "";
    if (!app_begin(&h.app))
        return h.app.exit_code;
    struct pipeline_config *config = mem_zalloc(sizeof *config);
    config->replay = o->replay;
    config->every_ms = o->every_ms;
    config->request = report_request(o);
    watch_signal(&h, &h.on_int, SIGINT);
    watch_signal(&h, &h.on_term, SIGTERM);
    watch_signal(&h, &h.on_hup, SIGHUP);
    bool started = app_start(&h.app, config, &hooks, error, sizeof error);
    if (started)
        uv_run(h.app.loop, UV_RUN_DEFAULT);
    else
        app_say(error);
    unwatch_signals(&h); /* what they stop is freed below, while the loop still runs */
    if (started && !pipeline_write_failed(h.app.pipeline))
        print_end(&h, &config->request);
    app_finish(&h.app);
    free(config);
    return h.app.exit_code;
}
