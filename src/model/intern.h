/* Finding, and making, what the model keeps. Ids are dense; made ones start at nothing. */
#ifndef CADENCE_MODEL_INTERN_H
#define CADENCE_MODEL_INTERN_H

#include "index.h"

uint32_t intern_user(struct model *m, const struct ident *id);        /* 0 anonymous */
uint32_t intern_song(struct model *m, uint32_t artist, struct str title);
uint32_t intern_session(struct model *m, uint32_t user, const struct ident *id);
uint32_t intern_user_state(struct model *m, uint32_t user, unsigned state);

/* Marks the item of a session as seen; false when it was already. */
bool item_first_seen(struct model *m, uint32_t session, const struct ident *item);

struct week *week_get(struct model *m, unsigned number);
/* The user's cell of a week and state; *head is the first of its siblings. */
struct cell *cell_get(struct model *m, struct week *w, uint32_t user, const struct event *e,
                      uint32_t *head);
void song_count_add(struct song_counts *counts, uint32_t song, unsigned zone);

/* select.c: carries one counted play into the selection. */
struct play {
    const struct event *event;
    struct week *week;
    uint32_t user, song, artist, session, user_state;  /* session NONE: none */
    uint32_t seq, name;
    uint8_t attrs;
};
void select_play(struct model *m, const struct play *p);
bool select_has(const struct model *m, unsigned week, unsigned zone);
/* Length in minutes of the part of a session that is selected; below 0: none is. */
float session_selected_minutes(const struct model *m, uint32_t session);
/* Level of the user's latest play among sibling cells of the selected zones; -1 none. */
int cell_group_level(const struct week *w, uint32_t head, unsigned zones);

void time_sum_add(struct time_sum *sum, int64_t ns);
void time_sum_join(struct time_sum *sum, const struct time_sum *other);

#endif
