/* The table of keys, from which come the dispatcher, the footer, the help and the man
 * page. */
#ifndef CADENCE_UI_KEYS_H
#define CADENCE_UI_KEYS_H

#include "cadence/ui.h"

enum key_mode {
    MODE_OVERVIEW,
    MODE_ALONE,
    MODE_SEARCH,
    MODE_WEEKS,
    MODE_HELP,
    KEY_MODE_COUNT
};

enum key_action {
    ACTION_NONE,
    ACTION_HELP,
    ACTION_QUIT,
    ACTION_BACK,
    ACTION_PANEL_NEXT,
    ACTION_PANEL_BACK,
    ACTION_OPEN,
    ACTION_EXPLAIN,
    ACTION_SEARCH,
    ACTION_WEEK_BACK,
    ACTION_WEEK_NEXT,
    ACTION_WEEK_ALL,
    ACTION_WEEK_PRESENT,
    ACTION_WEEK_LIST,
    ACTION_WEEK_TICK,
    ACTION_ZONE,
    ACTION_ZONE_ALL,
    ACTION_FREEZE,
    ACTION_CLOUD,
    ACTION_MAP_SCALE,
    ACTION_TREND_SCALE,
    ACTION_THEME,
    ACTION_SAVE,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_SEARCH_KEEP,
    ACTION_SEARCH_CLEAR,
    ACTION_SEARCH_EMPTY,
    ACTION_RUBOUT,
    ACTION_CLICK,
    ACTION_WHEEL_UP,
    ACTION_WHEEL_DOWN,
    ACTION_REPAINT,
    ACTION_SUSPEND,
    ACTION_INTERRUPT,
    ACTION_TEXT, /* a character typed into the search */
    ACTION_COUNT
};

struct key_row {
    enum key_action action;
    enum ui_key_code code;
    uint32_t first, last;
    const char *modes, *shown, *word, *help;
};

extern const struct key_row key_rows[];
extern const size_t key_row_count;

/* What a key means in a mode. */
enum key_action key_action(enum key_mode mode, const struct ui_key *key);

/* Whether the footer of a mode shows a row. */
bool key_in_footer(const struct key_row *row, enum key_mode mode);

/* Columns of "shown word". */
int key_width(const struct key_row *row, bool ascii);

#endif
