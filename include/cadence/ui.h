/* The user interface: state, keys, drawing of whole frames. No terminal, no loop, no
 * clock of its own: bytes of input and times come in, a canvas comes out; so tests drive
 * it directly and
 * --screen uses the same code. */
#ifndef CADENCE_UI_H
#define CADENCE_UI_H

#include "cadence/panel.h"

struct ui;

/* On less a frame says only that it is too small. */
#define UI_MIN_W 40
#define UI_MIN_H 12

struct ui_config {
    bool ascii;
    const struct theme *theme; /* copied; NULL the default */
    struct filter filter;      /* to start with */
    enum trend_scale scale;
    size_t top; /* rows of lists to ask for, at least what the screen shows */
    bool cloud;
    const char *panel; /* shown alone from the start (a panel's id); NULL none */
    bool kafka;        /* show the Kafka panel */
    bool mono;         /* the terminal shows no colours, whatever the theme */
};

struct ui *ui_new(const struct ui_config *config);
void ui_free(struct ui *ui);

void ui_resize(struct ui *ui, int w, int h);

/* A decoded key (keys.h of the ui) or mouse event. Returns what the program has to do
 * about it. */
enum ui_effect {
    UI_NOTHING = 0,
    UI_REDRAW = 1,  /* draw again from what is there */
    UI_REQUEST = 2, /* ask the model for a new snapshot (ui_request) */
    UI_QUIT = 4,
    UI_SUSPEND = 8,  /* Ctrl-Z */
    UI_REPAINT = 16, /* Ctrl-L: send every cell again */
    UI_SAVE = 32     /* keep what is shown (ui_shown) in a file */
};
enum ui_key_code {
    KEY_CHAR, /* ch is a code point; control characters too (Tab 9, Enter 13, Esc 27) */
    KEY_UP_ARROW,
    KEY_DOWN_ARROW,
    KEY_LEFT_ARROW,
    KEY_RIGHT_ARROW,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME_KEY,
    KEY_END_KEY,
    KEY_BACK_TAB,
    KEY_RUBOUT,
    KEY_CLICK,
    KEY_WHEEL_UP,
    KEY_WHEEL_DOWN
};
struct ui_key {
    enum ui_key_code code;
    uint32_t ch;
    int x, y;    /* mouse, cells from 0 */
    bool pasted; /* part of a text that was pasted: never a command */
};
unsigned ui_key(struct ui *ui, const struct ui_key *key);

/* What a key or new figures began and would take too long at once (a search through many
 * rows): while there is some, call ui_work between keys, and draw now and then and at its
 * end. A call takes some milliseconds. */
bool ui_has_work(const struct ui *ui);
void ui_work(struct ui *ui);

/* The figures of the picture; NULL before the first. Borrowed until it gets others. */
const struct snapshot *ui_shown(const struct ui *ui);

/* What the next snapshot should hold. */
void ui_request(const struct ui *ui, struct snapshot_request *out);

/* The newest figures, which are the user interface's from now on. They are ignored by the
 * picture while frozen, and come a little later where a search goes through them first
 * (ui_work). Returns the snapshot that is no longer used, for the caller to free (may be
 * the given one or NULL). */
struct snapshot *ui_set_snapshot(struct ui *ui, struct snapshot *snapshot);
/* After new figures, or work that ended: selects the artist explained again; UI_REQUEST
 * where that is in no row any more, and the one selected is to be explained. */
unsigned ui_settle(struct ui *ui);
void ui_set_source(struct ui *ui, const struct source_status *status, double events_s);
/* A message for the person; shown for some seconds (now_ms: a monotonic clock). */
void ui_message(struct ui *ui, enum message_kind kind, const char *sentence,
                int64_t now_ms);
/* Time passes: returns UI_REDRAW when something on the screen runs out. */
unsigned ui_tick(struct ui *ui, int64_t now_ms);

/* Draws the whole frame into a canvas of the size given to ui_resize. */
void ui_draw(struct ui *ui, struct canvas *canvas);

const struct theme *ui_theme(const struct ui *ui);

#endif
