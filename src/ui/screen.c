/* The terminal through ncurses.
 *
 * ncurses gets descriptors of its own: keys come from a private open of /dev/tty, the
 * picture goes to another open of the terminal, so that nothing that others do to
 * descriptors 0, 1 and 2 (a pipe on 0, O_NONBLOCK on 1) reaches it. It keeps no signal
 * handlers: the program has its own. Cells are compared with those sent before; only
 * changed ones are given to ncurses, which finds the fewest bytes for them. */
#define _XOPEN_SOURCE_EXTENDED 1
#include "cadence/screen.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "cadence/mem.h"
#include "screen_emergency.h"
#include "screen_input.h"

#define ESCAPE_MS 25 /* unless ESCDELAY says otherwise */

static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";
static const char paste_on[] = "\033[?2004h"; /* what is pasted is told apart from keys */
static const char paste_off[] = "\033[?2004l";

struct screen {
    SCREEN *term;
    FILE *in, *out;
    int in_fd, out_fd;
    struct termios saved;
    bool mouse, paste, suspended, full;
    struct input input;
    enum color_depth depth;
    struct style style[ROLE_COUNT]; /* what the pairs were made of */
    attr_t attributes[ROLE_COUNT];
    bool styled;
    struct cell *sent; /* what the terminal shows */
    int w, h;
};

/* ---- opening ---- */

static int open_tty(int flags)
{
    int fd = open("/dev/tty", flags | O_NOCTTY | O_CLOEXEC);
    char name[256];
    if (fd < 0 && isatty(STDOUT_FILENO) &&
        ttyname_r(STDOUT_FILENO, name, sizeof name) == 0)
        fd = open(name, flags | O_NOCTTY | O_CLOEXEC);
    return fd;
}

/* The picture goes where standard output goes, if that is a terminal. */
static int open_output(void)
{
    char name[256];
    int fd = -1;
    if (isatty(STDOUT_FILENO) && ttyname_r(STDOUT_FILENO, name, sizeof name) == 0)
        fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return fd >= 0 ? fd : open_tty(O_RDWR);
}

/* A string of the terminal's description; NULL when it has none of that name. */
static const char *capability(const char *name)
{
    const char *value = tigetstr(name);
    return value == (char *)-1 ? NULL : value;
}

static void prepare_emergency(const struct screen *screen)
{
    int w, h;
    screen_size(screen, &w, &h);
    bool back = capability("rmcup"); /* else the prompt gets a clean line, the last */
    const char *const strings[] = {
        screen->mouse ? mouse_off : NULL,
        screen->paste ? paste_off : NULL,
        capability("sgr0"),
        capability("op"),
        capability("rmkx"),
        capability("cnorm"),
        capability("rmcup"),
        back ? NULL : tparm(capability("cup"), h - 1, 0, 0, 0, 0, 0, 0, 0, 0),
        back ? NULL : capability("el"),
    };
    emergency_ready(screen->out_fd, &screen->saved, strings, ARRAY_SIZE(strings));
}

/* Whether TERM names a terminal that can move its cursor. */
static bool check_term(int fd, char *error, size_t size)
{
    const char *name = getenv("TERM");
    int status = 0;
    if (!name || !*name) {
        snprintf(error, size,
                 "TERM is not set, so there is no telling what the terminal can do");
        return false;
    }
    if (setupterm(name, fd, &status) != OK || status != 1) {
        snprintf(error, size, "the terminal type \"%s\" is not known here (TERM)", name);
        return false;
    }
    bool able = capability("cup") && capability("clear");
    if (!able)
        snprintf(error, size, "a terminal of type \"%s\" cannot show a screen", name);
    del_curterm(cur_term);
    return able;
}

/* A serial line does not. */
static bool knows_size(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
}

/* ncurses puts handlers for signals that are the program's; they are put back. */
static SCREEN *newterm_without_signals(const char *name, FILE *out, FILE *in)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[ARRAY_SIZE(signals)];
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], NULL, &before[i]);
    use_tioctl(knows_size(fileno(out))); /* LINES and COLUMNS may claim any */
    SCREEN *term = newterm(name, out, in);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &before[i], NULL);
    return term;
}

/* "xterm-256color" -> "xterm-direct", where COLORTERM promises true colour and terminfo
 * has such an entry: ncurses knows true colour by that only. */
static bool direct_name(int fd, char *out, size_t size)
{
    const char *promise = getenv("COLORTERM"), *name = getenv("TERM");
    int status = 0;
    if (!promise || !name ||
        (strcmp(promise, "truecolor") != 0 && strcmp(promise, "24bit") != 0))
        return false;
    snprintf(out, size, "%.*s-direct", (int)strcspn(name, "-"), name);
    if (setupterm(out, fd, &status) != OK || status != 1)
        return false;
    bool direct = tigetflag("RGB") == 1 && tigetnum("colors") >= 1 << 24;
    del_curterm(cur_term);
    return direct;
}

static enum color_depth color_depth(bool no_color)
{
    if (no_color || !has_colors() || start_color() != OK)
        return COLORS_NONE;
    if (COLORS >= 1 << 24)
        return COLORS_TRUE;
    return COLORS >= 256  ? COLORS_256
           : COLORS >= 16 ? COLORS_16
           : COLORS >= 8  ? COLORS_8
                          : COLORS_NONE;
}

/* Keys that arrive as they are typed, without an echo; Ctrl-C and Ctrl-Z stay signals,
 * which reach a whole pipeline. Ctrl-S must not stop the picture for good. */
static void set_modes(struct screen *screen)
{
    struct termios modes;
    cbreak();
    noecho();
    nonl();
    if (tcgetattr(screen->out_fd, &modes) == 0) {
        modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
        modes.c_lflag &= ~(tcflag_t)IEXTEN;
        tcsetattr(screen->out_fd, TCSADRAIN, &modes);
    }
    def_prog_mode();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    leaveok(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    if (!getenv("ESCDELAY")) /* which ncurses has read */
        set_escdelay(ESCAPE_MS);
    curs_set(0);
}

/* Whether the terminal reports the mouse and pastes. */
static void set_reports(struct screen *screen, bool on)
{
    const char *mouse = on ? mouse_on : mouse_off, *paste = on ? paste_on : paste_off;
    if (screen->mouse)
        write_all(screen->out_fd, mouse, strlen(mouse));
    if (screen->paste)
        write_all(screen->out_fd, paste, strlen(paste));
}

static void forget_sent(struct screen *screen, int w, int h)
{
    size_t count = (size_t)w * (size_t)h;
    screen->sent = mem_realloc(screen->sent, count * sizeof *screen->sent);
    memset(screen->sent, 0xff, count * sizeof *screen->sent);
    screen->w = w;
    screen->h = h;
    screen->full = true;
}

static bool open_files(struct screen *screen, char *error, size_t size)
{
    screen->in_fd = open_tty(O_RDONLY);
    screen->out_fd = open_output();
    if (screen->in_fd < 0 || screen->out_fd < 0 ||
        tcgetattr(screen->out_fd, &screen->saved) != 0) {
        snprintf(error, size, "there is no terminal here to show the monitor on");
        return false;
    }
    if (!check_term(screen->out_fd, error, size))
        return false;
    screen->in = fdopen(screen->in_fd, "r");
    screen->out = fdopen(screen->out_fd, "w");
    if (!screen->in || !screen->out)
        snprintf(error, size, "the terminal cannot be opened: %s", strerror(errno));
    return screen->in && screen->out;
}

static void close_files(struct screen *screen)
{
    if (screen->in)
        fclose(screen->in);
    else if (screen->in_fd >= 0)
        close(screen->in_fd);
    if (screen->out)
        fclose(screen->out);
    else if (screen->out_fd >= 0)
        close(screen->out_fd);
    free(screen->sent);
    free(screen);
}

struct screen *screen_open(const struct screen_config *config, char *error, size_t size)
{
    struct screen *screen = mem_zalloc(sizeof *screen);
    char direct[64];
    int w, h;
    screen->in_fd = screen->out_fd = -1;
    if (!open_files(screen, error, size)) {
        close_files(screen);
        return NULL;
    }
    bool true_color =
        !config->no_color && direct_name(screen->out_fd, direct, sizeof direct);
    screen->term =
        newterm_without_signals(true_color ? direct : NULL, screen->out, screen->in);
    if (!screen->term) {
        snprintf(error, size, "the terminal type \"%s\" cannot be used", getenv("TERM"));
        close_files(screen);
        return NULL;
    }
    screen->paste = capability("kmous"); /* one of the xterm kind */
    screen->mouse = screen->paste && !config->no_mouse;
    prepare_emergency(screen);
    set_modes(screen);
    screen->depth = color_depth(config->no_color);
    input_define();
    set_reports(screen, true);
    screen_size(screen, &w, &h);
    resizeterm(h, w);
    forget_sent(screen, w, h);
    return screen;
}

static void leave_curses(struct screen *screen)
{
    set_reports(screen, false);
    if (!capability("rmcup")) {
        move(screen->h - 1, 0);
        clrtoeol();
        refresh();
    }
    endwin();
    tcsetattr(screen->out_fd, TCSADRAIN, &screen->saved);
    emergency_off();
}

void screen_close(struct screen *screen)
{
    if (!screen)
        return;
    signal(SIGTTOU, SIG_IGN); /* in the background as well */
    if (!screen->suspended)
        leave_curses(screen);
    delscreen(screen->term);
    close_files(screen);
}

bool screen_is_ours(const struct screen *screen)
{
    pid_t group = tcgetpgrp(screen->out_fd);
    return group < 0 || group == getpgrp();
}

void screen_suspend(struct screen *screen)
{
    leave_curses(screen);
    screen->suspended = true;
}

/* The modes to give back are those found now: the shell may have changed them meanwhile.
 * After a stop that came without a warning (SIGSTOP) they are still those of before. */
void screen_resume(struct screen *screen)
{
    if (screen->suspended)
        tcgetattr(screen->out_fd, &screen->saved);
    screen->suspended = false;
    reset_prog_mode();
    keypad(stdscr, TRUE); /* at once, not with the first key: it would be no arrow */
    prepare_emergency(screen);
    screen_repaint(screen);
    refresh();
    curs_set(0);
    set_reports(screen, true);
}

/* ---- size ---- */

int screen_fd(const struct screen *screen)
{
    return screen->in_fd;
}

int screen_out_fd(const struct screen *screen)
{
    return screen->out_fd;
}

void screen_size(const struct screen *screen, int *w, int *h)
{
    struct winsize size;
    *w = *h = 0;
    if (ioctl(screen->out_fd, TIOCGWINSZ, &size) == 0) {
        *w = size.ws_col;
        *h = size.ws_row;
    }
    /* A serial line knows no size. */
    if (*w <= 0)
        *w = tigetnum("cols") > 0 ? tigetnum("cols") : 80;
    if (*h <= 0)
        *h = tigetnum("lines") > 0 ? tigetnum("lines") : 24;
}

void screen_resized(struct screen *screen, int w, int h)
{
    if (w == screen->w && h == screen->h)
        return;
    resizeterm(h, w);
    forget_sent(screen, w, h);
    prepare_emergency(screen);
}

void screen_repaint(struct screen *screen)
{
    forget_sent(screen, screen->w, screen->h);
}

/* ---- keys ---- */

bool screen_alive(const struct screen *screen)
{
    struct pollfd poll_fd = {.fd = screen->in_fd, .events = POLLIN};
    int waiting = 0;
    if (poll(&poll_fd, 1, 0) <= 0)
        return true;
    if (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL))
        return false;
    /* Readable without a byte to read is the end. */
    return ioctl(screen->in_fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

bool screen_key(struct screen *screen, struct ui_key *out)
{
    return input_key(&screen->input, out);
}

/* ---- drawing ---- */

bool screen_is_mono(const struct screen *screen)
{
    return screen->depth == COLORS_NONE;
}

static attr_t attributes_of(const struct style *style)
{
    return (style->bold ? A_BOLD : 0) | (style->dim ? A_DIM : 0) |
           (style->reverse ? A_REVERSE : 0) | (style->underline ? A_UNDERLINE : 0);
}

/* In true colour the first eight numbers are the palette's. */
static int color_number(int32_t color, enum color_depth depth, bool has_default,
                        int otherwise)
{
    if (color == COLOR_DEFAULT)
        return has_default ? -1 : otherwise;
    return depth == COLORS_TRUE && color < 8 ? 0x10 : color;
}

/* One pair for each role. Without colours it is the built-in mono theme that speaks. */
static void set_theme(struct screen *screen, const struct theme *theme)
{
    if (screen->styled && memcmp(screen->style, theme->style, sizeof screen->style) == 0)
        return;
    struct theme mono;
    bool has_default = screen->depth != COLORS_NONE && use_default_colors() == OK;
    memcpy(screen->style, theme->style, sizeof screen->style);
    if (screen->depth == COLORS_NONE &&
        theme_load(&mono, "mono", (char[256]){0}, 256) == 0)
        theme = &mono;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct style style = style_reduce(&theme->style[role], screen->depth);
        screen->attributes[role] = attributes_of(&style);
        if (screen->depth != COLORS_NONE)
            init_extended_pair(
                role + 1, color_number(style.fg, screen->depth, has_default, COLOR_WHITE),
                color_number(style.bg, screen->depth, has_default, COLOR_BLACK));
    }
    screen->styled = true;
    screen_repaint(screen);
}

/* What ncurses would draw in another number of columns is replaced: the picture must not
 * slip. */
static void cell_text(const struct cell *cell, wchar_t text[CELL_MARKS + 2])
{
    size_t n = 0;
    text[n++] = (wchar_t)cell->ch;
    if (cell->ch >= 0x80 && wcwidth((wchar_t)cell->ch) != cell->width)
        text[0] = cell->width == 2 ? 0xFF1F : L'?';
    for (int i = 0; i < CELL_MARKS && cell->mark[i]; i++)
        if (wcwidth((wchar_t)cell->mark[i]) == 0)
            text[n++] = (wchar_t)cell->mark[i];
    text[n] = 0;
}

static void send_cell(struct screen *screen, const struct cell *cell, int x, int y)
{
    wchar_t text[CELL_MARKS + 2];
    cchar_t out;
    int pair = screen->depth == COLORS_NONE ? 0 : cell->role + 1;
    cell_text(cell, text);
    if (setcchar(&out, text, screen->attributes[cell->role], 0, &pair) != OK) {
        wchar_t substitute[2] = {L'?', 0};
        setcchar(&out, substitute, screen->attributes[cell->role], 0, &pair);
    }
    mvadd_wch(y, x, &out);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->ch == b->ch && a->width == b->width && a->role == b->role &&
           memcmp(a->mark, b->mark, sizeof a->mark) == 0;
}

void screen_draw(struct screen *screen, const struct canvas *canvas,
                 const struct theme *theme)
{
    bool changed = false;
    int w = canvas->w < screen->w ? canvas->w : screen->w;
    int h = canvas->h < screen->h ? canvas->h : screen->h;
    set_theme(screen, theme);
    if (screen->full) {
        clearok(curscr, TRUE);
        screen->full = false;
        changed = true;
    }
    for (int y = 0; y < h; y++) {
        const struct cell *row = canvas->cell + (ptrdiff_t)y * canvas->stride;
        struct cell *sent = screen->sent + (ptrdiff_t)y * screen->w;
        for (int x = 0; x < w; x++) {
            if (same_cell(&row[x], &sent[x]))
                continue;
            sent[x] = row[x];
            changed = true;
            /* The second half of a wide character that the edge cuts off is nothing to
             * send. */
            if (row[x].width && !(row[x].width == 2 && x + 1 >= w))
                send_cell(screen, &row[x], x, y);
        }
    }
    if (changed)
        refresh();
}
