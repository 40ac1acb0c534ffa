/* Keys, pastes and the mouse, as ncurses reads them from the terminal that it has opened.
 */
#ifndef CADENCE_UI_SCREEN_INPUT_H
#define CADENCE_UI_SCREEN_INPUT_H

#include "cadence/ui.h"

#include <wchar.h>

struct input {
    bool pasting;
    int64_t heard_ms;    /* when something came last */
    mbstate_t character; /* that has not come in whole */
};

/* Names what the terminal's description does not: once it is open. */
void input_define(void);
/* The next key or mouse event that waits; false when none. */
bool input_key(struct input *input, struct ui_key *out);

#endif
