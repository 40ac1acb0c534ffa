#include "keys.h"

#include <ctype.h>

#define KEY(action, modes, code, first, last, shown, word, help)                         \
    {ACTION_##action, code, first, last, modes, shown, word, help},
const struct key_row key_rows[] = {
#include "keys.def"
};
#undef KEY

const size_t key_row_count = ARRAY_SIZE(key_rows);

static const char mode_letters[KEY_MODE_COUNT] = {'O', 'Z', 'S', 'W', 'H'};

static bool row_matches(const struct key_row *row, enum key_mode mode,
                        const struct ui_key *key)
{
    if (row->code != key->code)
        return false;
    if (row->code == KEY_CHAR && (key->ch < row->first || key->ch > row->last))
        return false;
    return strchr(row->modes, mode_letters[mode]) ||
           strchr(row->modes, tolower((unsigned char)mode_letters[mode]));
}

enum key_action key_action(enum key_mode mode, const struct ui_key *key)
{
    for (size_t i = 0; i < key_row_count; i++)
        if (row_matches(&key_rows[i], mode, key))
            return key_rows[i].action;
    bool text =
        mode == MODE_SEARCH && key->code == KEY_CHAR && key->ch >= ' ' && key->ch != 127;
    return text ? ACTION_TEXT : ACTION_NONE;
}

bool key_in_footer(const struct key_row *row, enum key_mode mode)
{
    return strchr(row->modes, mode_letters[mode]) && row->word[0];
}

int key_width(const struct key_row *row, bool ascii)
{
    return text_width(str_of(row->shown), ascii) + 1 +
           text_width(str_of(row->word), ascii);
}
