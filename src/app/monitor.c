/* With a screen: keys, frames and signals around the pipeline.
 *
 * A frame is drawn at most every FRAME_MS for data, at once for a key and for the first
 * figures there are. Figures are asked for only when something was counted, and for a
 * fifth of the time at most, so that a large model does not spend itself on pictures of
 * itself.
 */
#include "app.h"
#include "save.h"
#include "stall.h"
#include "stderr_guard.h"

#include "cadence/mem.h"
#include "cadence/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAME_MS 100
#define FIRST_FRAME_MS 20 /* until there are figures to see ... */
#define FIRST_FRAMES 50   /* ... or so many have passed without any */
#define COST_FACTOR 4     /* pause after figures, in times of what they took */
#define RATE_STEPS 20     /* events/s over the last two seconds */
/* The loop has this time for all else, in turn with what a terminal that takes nothing
 * holds it for. */
#define STALL_PAUSE_NS UINT64_C(1000000000)

enum {
    WATCH_INT,
    WATCH_TERM,
    WATCH_HUP,
    WATCH_WINCH,
    WATCH_TSTP,
    WATCH_CONT,
    WATCH_COUNT
};
static const int watched[WATCH_COUNT] = {SIGINT,   SIGTERM, SIGHUP,
                                         SIGWINCH, SIGTSTP, SIGCONT};

struct monitor {
    struct app app;
    struct screen *screen;
    struct stall *stall;
    uint64_t stalled_until_ns;
    struct ui *ui;
    struct canvas canvas;
    bool ascii, dirty, waiting, begun;
    bool more; /* the figures shown are not all there yet */
    bool suspended;
    int away; /* frames since the shell has let us go on */
    int first_frames;
    uv_poll_t keys;
    uv_timer_t frame;
    uv_idle_t work;
    uv_signal_t signal[WATCH_COUNT];
    struct stderr_guard guard;
    struct source_status status;
    uint64_t progress, asked_ns, next_ask_ns;
    uint64_t asked, urgent; /* requests so far; the one that a key waits for, 0 none */
    uint64_t rate[RATE_STEPS];
    size_t rate_at;
    double events_s;
    struct snapshot_request request;
    char failure[512];
};

static int64_t now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

static void draw(struct monitor *m)
{
    m->dirty = false;
    if (!m->screen || m->suspended) /* figures that come while the program leaves */
        return;
    if (uv_hrtime() < m->stalled_until_ns) {
        m->dirty = true;
        return;
    }
    canvas_clear(&m->canvas);
    ui_draw(m->ui, &m->canvas);
    stall_begin(m->stall);
    screen_draw(m->screen, &m->canvas, ui_theme(m->ui));
    if (!stall_end(m->stall))
        return;
    screen_repaint(m->screen);
    m->stalled_until_ns = uv_hrtime() + STALL_PAUSE_NS;
    m->dirty = true;
}

static void ask(struct monitor *m, bool urgent)
{
    ui_request(m->ui, &m->request);
    m->request.haste = urgent ? TREND_AT_ONCE : TREND_SOON;
    if (m->waiting && !urgent)
        return;
    m->waiting = true;
    m->request.number = ++m->asked;
    if (urgent)
        m->urgent = m->asked;
    m->asked_ns = uv_hrtime();
    m->progress = pipeline_progress(m->app.pipeline);
    pipeline_request(m->app.pipeline, &m->request);
}

static void settle(struct monitor *m)
{
    if (ui_settle(m->ui) & UI_REQUEST)
        ask(m, true);
}

/* What takes long is done in pieces whenever nothing else is to do; the frames show how
 * far it is. */
static void on_work(uv_idle_t *idle)
{
    struct monitor *m = idle->data;
    ui_work(m->ui);
    m->dirty = true;
    if (ui_has_work(m->ui))
        return;
    uv_idle_stop(idle);
    settle(m);
    draw(m);
}

/* The screen's handles are going: a signal that comes meanwhile must not start them. */
static bool is_leaving(const struct monitor *m)
{
    return uv_is_closing((const uv_handle_t *)&m->work);
}

static void work(struct monitor *m)
{
    if (!is_leaving(m) && ui_has_work(m->ui))
        uv_idle_start(&m->work, on_work);
}

static void on_snapshot(void *context, struct snapshot *snapshot)
{
    struct monitor *m = context;
    uint64_t now = uv_hrtime();
    m->waiting = false;
    m->more = snapshot_more(snapshot);
    m->next_ask_ns = now + (now - m->asked_ns) * COST_FACTOR;
    bool figures = snapshot->input.lines > 0;
    bool urgent = m->urgent || !m->begun;
    if (snapshot->number >= m->urgent)
        m->urgent = 0;
    snapshot_free(ui_set_snapshot(m->ui, snapshot));
    settle(m);
    work(m);
    m->dirty = true;
    if (urgent)
        draw(m);
    if (urgent && !m->urgent && m->more) /* what the key did not wait for */
        ask(m, false);
    m->begun |= figures;
}

static void on_finished(void *context)
{
    struct monitor *m = context;
    ask(m, true);
}

static void on_message(void *context, enum message_kind kind, const char *sentence)
{
    struct monitor *m = context;
    ui_message(m->ui, kind, sentence, now_ms());
    m->dirty = true;
}

static void on_failed(void *context, const char *sentence)
{
    struct monitor *m = context;
    m->app.exit_code = EXIT_FAILED;
    snprintf(m->failure, sizeof m->failure, "%s", sentence);
    on_message(context, MESSAGE_ERROR, sentence);
}

static void quit(struct monitor *m, int code)
{
    if (code)
        m->app.exit_code = code;
    uv_stop(m->app.loop);
}

static void resize(struct monitor *m)
{
    int w, h;
    screen_size(m->screen, &w, &h);
    screen_resized(m->screen, w, h);
    ui_resize(m->ui, w, h);
    canvas_fini(&m->canvas);
    canvas_init(&m->canvas, w, h, m->ascii);
    ask(m, false);
    draw(m);
}

static void on_keys(uv_poll_t *poll, int status, int events);

static void read_keys(struct monitor *m)
{
    uv_poll_start(&m->keys, UV_READABLE | UV_DISCONNECT, on_keys);
}

static void resume_screen(struct monitor *m)
{
    stall_begin(m->stall);
    screen_resume(m->screen);
    (void)stall_end(m->stall); /* all is painted anew in any case */
}

/* In the background the loop goes on without a screen, so that the signal is heard that
 * `kill` sends along. */
static void come_back(struct monitor *m)
{
    m->away = 0;
    if (!screen_is_ours(m->screen))
        return;
    m->suspended = false;
    resume_screen(m);
    screen_repaint(m->screen);
    read_keys(m);
    resize(m);
}

static void go_away(struct monitor *m)
{
    uv_poll_stop(&m->keys);
    m->suspended = true;
    m->away = 0;
}

/* Stops as the shell expects it, and goes on here after `fg`. */
static void suspend(struct monitor *m)
{
    stall_begin(m->stall);
    screen_suspend(m->screen);
    (void)stall_end(m->stall);
    go_away(m);
    kill(getpid(), SIGSTOP);
    come_back(m);
}

/* True: nothing is to be drawn. After `bg` it stops again, as whoever draws does there,
 * once the loop has heard what signals came. */
static bool is_away(struct monitor *m)
{
    if (m->suspended && screen_is_ours(m->screen))
        come_back(m);
    else if (m->suspended && ++m->away > 2)
        kill(getpid(), SIGSTOP);
    return m->suspended;
}

static void save(struct monitor *m)
{
    char sentence[256];
    bool kept = save_report(ui_shown(m->ui), sentence, sizeof sentence);
    ui_message(m->ui, kept ? MESSAGE_INFO : MESSAGE_WARNING, sentence, now_ms());
    draw(m);
}

static void apply(struct monitor *m, unsigned effect)
{
    if (effect & UI_QUIT)
        quit(m, 0);
    if (effect & UI_SUSPEND)
        suspend(m);
    if (effect & UI_REPAINT)
        screen_repaint(m->screen);
    if (effect & UI_SAVE)
        save(m);
    if (effect & UI_REQUEST)
        ask(m, true);
    if (effect & (UI_REDRAW | UI_REPAINT))
        draw(m);
    work(m);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
    struct monitor *m = poll->data;
    struct ui_key key;
    unsigned effect = 0;
    (void)events;
    while (screen_key(m->screen, &key))
        effect |= ui_key(m->ui, &key);
    if (status < 0 || !screen_alive(m->screen))
        quit(m, 128 + SIGHUP);
    else
        apply(m, effect);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    struct monitor *m = handle->data;
    bool ends = signum == SIGINT || signum == SIGTERM || signum == SIGHUP;
    if ((!m->screen || is_leaving(m)) && !ends)
        return;
    if (m->suspended && !ends) {
        come_back(m);
    } else if (signum == SIGWINCH) {
        resize(m);
    } else if (signum == SIGTSTP) {
        apply(m, UI_SUSPEND);
    } else if (signum == SIGCONT && screen_is_ours(m->screen)) {
        resume_screen(m);
        apply(m, UI_REPAINT);
    } else if (signum == SIGCONT) { /* stopped without a warning, then `bg` */
        go_away(m);
    } else {
        quit(m, 128 + signum);
    }
}

static void measure_rate(struct monitor *m)
{
    uint64_t events = pipeline_events(m->app.pipeline), *oldest = &m->rate[m->rate_at];
    m->events_s = (double)(events - *oldest) * 1000 / (RATE_STEPS * FRAME_MS);
    *oldest = events;
    m->rate_at = (m->rate_at + 1) % RATE_STEPS;
}

/* Frames come faster until there is something to see. */
static bool starting(struct monitor *m)
{
    if (m->first_frames == 0)
        return false;
    m->first_frames = m->begun ? 0 : m->first_frames - 1;
    if (m->first_frames == 0)
        uv_timer_set_repeat(&m->frame, FRAME_MS);
    return true;
}

static void on_frame(uv_timer_t *timer)
{
    struct monitor *m = timer->data;
    if (is_away(m))
        return;
    struct source_status *status = mem_zalloc(sizeof *status);
    double rate_before = m->events_s;
    status->bytes_total = status->lag = -1;
    status->lag_s = status->catch_up_s = -1;
    m->app.source->ops->status(m->app.source, status);
    if (m->app.options->replay > 0) /* read is far more than is shown */
        status->bytes_total = -1;
    if (!starting(m))
        measure_rate(m);
    if (memcmp(status, &m->status, sizeof *status) != 0 || rate_before != m->events_s)
        m->dirty = true;
    m->status = *status;
    free(status);
    ui_set_source(m->ui, &m->status, m->events_s);
    if (ui_tick(m->ui, now_ms()) & UI_REDRAW)
        m->dirty = true;
    if (!m->waiting && uv_hrtime() >= m->next_ask_ns &&
        (m->more || pipeline_progress(m->app.pipeline) != m->progress))
        ask(m, false);
    if (m->dirty)
        draw(m);
}

static void on_stderr_line(void *context, const char *line)
{
    struct monitor *m = context;
    ui_message(m->ui, MESSAGE_WARNING, line, now_ms());
    m->dirty = true;
}

static void give_terminal_back(void)
{
    screen_emergency_restore();
    stderr_guard_emergency();
}

/* What ends the program without asking takes its course then. */
static void on_fatal(int signum)
{
    give_terminal_back();
    signal(signum, SIG_DFL);
    raise(signum);
}

static bool is_watched(int signum)
{
    for (int i = 0; i < WATCH_COUNT; i++)
        if (watched[i] == signum)
            return true;
    return false;
}

/* All that end a program, those of real time too; what was ignored stays so. */
static void watch_fatal(void)
{
    static const int harmless[] = {SIGCHLD, SIGURG, SIGTTIN, SIGTTOU};
    struct sigaction action = {.sa_handler = on_fatal}, before;
    for (int signum = 1; signum <= SIGRTMAX; signum++) {
        bool ends = !is_watched(signum);
        for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
            ends &= harmless[i] != signum;
        if (ends && sigaction(signum, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signum, &action, NULL);
    }
    mem_on_exhausted(give_terminal_back);
}

/* Linux's own console understands UTF-8, but its fonts have neither dots nor eighths of a
 * block: charts would be rows of question marks. */
static bool is_console(void)
{
    const char *term = getenv("TERM");
    return term && strcmp(term, "linux") == 0;
}

static bool open_screen(struct monitor *m, char *error, size_t size)
{
    const struct options *o = m->app.options;
    const char *no_color = getenv("NO_COLOR");
    struct screen_config config = {.no_color = o->no_color || (no_color && *no_color),
                                   .no_mouse = o->no_mouse};
    watch_fatal();
    m->screen = screen_open(&config, error, size);
    if (!m->screen)
        return false;
    m->stall = stall_new(screen_out_fd(m->screen));
    m->ascii = app_is_ascii(o) || is_console();
    m->ui = app_ui(o, m->ascii, screen_is_mono(m->screen));
    return true;
}

/* From before the screen is opened until it is closed: a signal must find a handler that
 * gives it back. */
static void watch_signals(struct monitor *m)
{
    for (int i = 0; i < WATCH_COUNT; i++) {
        uv_signal_init(m->app.loop, &m->signal[i]);
        m->signal[i].data = m;
        if (!app_is_ignored(watched[i]))
            uv_signal_start(&m->signal[i], on_signal, watched[i]);
    }
}

static void unwatch_signals(struct monitor *m)
{
    for (int i = 0; i < WATCH_COUNT; i++)
        uv_close((uv_handle_t *)&m->signal[i], NULL);
    uv_run(m->app.loop, UV_RUN_NOWAIT);
}

static void watch_screen(struct monitor *m)
{
    uv_poll_init(m->app.loop, &m->keys, screen_fd(m->screen));
    m->keys.data = m;
    read_keys(m);
    uv_timer_init(m->app.loop, &m->frame);
    m->frame.data = m;
    uv_idle_init(m->app.loop, &m->work);
    m->work.data = m;
    m->first_frames = FIRST_FRAMES;
    uv_timer_start(&m->frame, on_frame, FIRST_FRAME_MS, FIRST_FRAME_MS);
    stderr_guard_start(&m->guard, m->app.loop, on_stderr_line, m);
}

static void unwatch_screen(struct monitor *m)
{
    uv_close((uv_handle_t *)&m->keys, NULL);
    uv_close((uv_handle_t *)&m->frame, NULL);
    uv_close((uv_handle_t *)&m->work, NULL);
    stderr_guard_stop(&m->guard);
    uv_run(m->app.loop, UV_RUN_NOWAIT);
}

static int usage(void)
{
    app_say("nothing to read: pipe events into it, name files, or try --demo (--help "
            "lists all "
            "options)");
    return EXIT_USAGE;
}

/* With the screen open. */
static void run(struct monitor *m)
{
    struct pipeline_hooks hooks = {m, on_snapshot, on_finished, on_message, on_failed};
    struct pipeline_config *config = mem_zalloc(sizeof *config);
    config->replay = m->app.options->replay;
    config->give_way = true;
    watch_screen(m);
    if (app_start(&m->app, config, &hooks, m->failure, sizeof m->failure)) {
        resize(m);
        uv_run(m->app.loop, UV_RUN_DEFAULT);
    }
    unwatch_screen(m);
    stall_begin(m->stall);
    screen_close(m->screen);
    stall_free(m->stall);
    m->screen = NULL;
    if (m->failure[0]) /* for who comes back to the shell */
        app_say(m->failure);
    free(config);
}

int app_monitor(const struct options *o)
{
    struct app app = {.options = o};
    char error[512] = "", text[640];
    bool piped = !o->use_kafka && !o->demo && o->file_count == 0;
    if (!app_begin(&app))
        return app.exit_code;
    struct monitor *m = mem_zalloc(sizeof *m);
    m->app = app;
    watch_signals(m);
    if (piped && isatty(0)) {
        m->app.exit_code = usage();
    } else if (!open_screen(m, error, sizeof error)) {
        snprintf(text, sizeof text,
                 "%s; --report json and --screen 120x40 need no terminal", error);
        app_say(text);
        m->app.exit_code = EXIT_FAILED;
    } else {
        run(m);
    }
    unwatch_signals(m);
    app_finish(&m->app);
    ui_free(m->ui);
    canvas_fini(&m->canvas);
    int code = m->app.exit_code;
    free(m);
    return code;
}
