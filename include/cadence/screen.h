/* The terminal: the one place that knows ncurses. */
#ifndef CADENCE_SCREEN_H
#define CADENCE_SCREEN_H

#include "cadence/theme.h"
#include "cadence/ui.h"

struct screen;

struct screen_config {
    bool no_color; /* NO_COLOR or --no-color */
    bool no_mouse;
};

/* Opens /dev/tty for keys and standard output (or /dev/tty) for the picture; saves the
 * modes. NULL with a sentence in `error` when there is no terminal that can do it. */
struct screen *screen_open(const struct screen_config *config, char *error, size_t size);
void screen_close(struct screen *screen); /* restores everything; NULL is fine */

/* No colours are shown, whatever the theme. */
bool screen_is_mono(const struct screen *screen);
int screen_fd(const struct screen *screen); /* readable when keys wait */
int screen_out_fd(const struct screen *screen);
void screen_size(const struct screen *screen, int *w,
                 int *h); /* asks the terminal anew */
void screen_resized(struct screen *screen, int w, int h);

/* Next key or mouse event that waits; false when none. Never blocks. */
bool screen_key(struct screen *screen, struct ui_key *out);
/* False when the terminal is gone (EOF or error on screen_fd). */
bool screen_alive(const struct screen *screen);

/* Sends what changed since the last call. Waits for the terminal to take it. */
void screen_draw(struct screen *screen, const struct canvas *canvas,
                 const struct theme *theme);
void screen_repaint(struct screen *screen); /* the next draw sends everything */

/* Around a stop by Ctrl-Z; resume alone after a stop that could not be prepared
 * (SIGSTOP). */
void screen_suspend(struct screen *screen);
/* Has the shell given the terminal to us? In the background nothing may be drawn. */
bool screen_is_ours(const struct screen *screen);
void screen_resume(struct screen *screen);

/* Async-signal-safe: the bytes that give the terminal back, for a crash handler. */
void screen_emergency_restore(void);

#endif
