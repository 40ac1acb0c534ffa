/* What keys do, by the table of actions.def; each returns effects of enum ui_effect. */
#ifndef CADENCE_UI_ACTIONS_H
#define CADENCE_UI_ACTIONS_H

#include "ui_state.h"

#define ACTION(id, function)                                                             \
    unsigned action_##function(struct ui *ui, const struct ui_key *key);
#include "actions.def"
#undef ACTION

/* After another row was selected. */
unsigned ui_explain_selected(struct ui *ui);

#endif
