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
#define ACTION(id, function) ACTION_##id,
#include "actions.def"
#undef ACTION
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
