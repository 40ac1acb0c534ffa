/* What keys do, for the table of ui_keys.c; each returns effects of enum ui_effect. */
#ifndef CADENCE_UI_ACTIONS_H
#define CADENCE_UI_ACTIONS_H

#include "ui_state.h"

typedef unsigned (*action_fn)(struct ui *ui, const struct ui_key *key);

/* ui_move.c */
unsigned action_panel_next(struct ui *ui, const struct ui_key *key);
unsigned action_panel_back(struct ui *ui, const struct ui_key *key);
unsigned action_open(struct ui *ui, const struct ui_key *key);
unsigned action_explain(struct ui *ui, const struct ui_key *key);
unsigned action_back(struct ui *ui, const struct ui_key *key);
unsigned action_up(struct ui *ui, const struct ui_key *key);
unsigned action_down(struct ui *ui, const struct ui_key *key);
unsigned action_page_up(struct ui *ui, const struct ui_key *key);
unsigned action_page_down(struct ui *ui, const struct ui_key *key);
unsigned action_first(struct ui *ui, const struct ui_key *key);
unsigned action_last(struct ui *ui, const struct ui_key *key);
unsigned action_left(struct ui *ui, const struct ui_key *key);
unsigned action_right(struct ui *ui, const struct ui_key *key);
unsigned action_search(struct ui *ui, const struct ui_key *key);
unsigned action_text(struct ui *ui, const struct ui_key *key);
unsigned action_rubout(struct ui *ui, const struct ui_key *key);
unsigned action_search_empty(struct ui *ui, const struct ui_key *key);
unsigned action_search_keep(struct ui *ui, const struct ui_key *key);
unsigned action_search_clear(struct ui *ui, const struct ui_key *key);
/* After another row was selected. */
unsigned ui_explain_selected(struct ui *ui);
unsigned action_click(struct ui *ui, const struct ui_key *key);
unsigned action_wheel_up(struct ui *ui, const struct ui_key *key);
unsigned action_wheel_down(struct ui *ui, const struct ui_key *key);

#endif
