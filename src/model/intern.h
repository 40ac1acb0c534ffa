/* Finding, and making, what the model keeps. Ids are dense; made ones start at nothing.
 */
#ifndef CADENCE_MODEL_INTERN_H
#define CADENCE_MODEL_INTERN_H

#include "index.h"

/* Where a play's things will most likely be found; NONE where not seen before. */
struct guess {
    struct week *week; /* NULL: none yet */
    uint32_t user, session, song, artist;
    uint32_t cell; /* the first of the user and week; right unless NONE */
};

/* Tags are those of struct event, guesses those of struct guess. */
uint32_t intern_user(struct model *m, const struct ident *id, uint32_t tag,
                     uint32_t guess); /* 0 anonymous */
uint32_t intern_song(struct model *m, uint32_t artist, struct str title, uint32_t tag,
                     uint32_t guess);
uint32_t intern_session(struct model *m, uint32_t user, const struct ident *id,
                        uint32_t tag, uint32_t guess);
uint32_t intern_user_state(struct model *m, uint32_t user, unsigned state);

/* Marks the item of a session as seen; false when it was already. */
bool item_first_seen(struct model *m, uint32_t session, uint32_t session_tag,
                     const struct ident *item);
static inline uint32_t item_tag(uint64_t word, uint32_t session_tag)
{
    return (uint32_t)mix64(word) ^ session_tag;
}
static inline uint32_t song_key(uint32_t song, unsigned zone)
{
    return (song << 3 | zone) + 1;
}

/* Brings what a play will need into the cache: call with an event well ahead, then
 * again in stages nearer to it, and with the guess that the second stage fills
 * (prefetch.c). */
enum prefetch_stage {
    PREFETCH_SLOTS,
    PREFETCH_ENTRIES,
    PREFETCH_CELLS,
    PREFETCH_NAMES,
    PREFETCH_LETTERS,
    PREFETCH_STAGES
};
void model_prefetch(const struct model *m, const struct event *e, struct guess *guess,
                    enum prefetch_stage stage);

struct week *week_get(struct model *m, unsigned number);
/* The user's cell of a week and state; *head is the first of its siblings. */
struct cell *cell_get(struct model *m, struct week *w, uint32_t user,
                      const struct event *e, uint32_t guess, uint32_t *head);
void song_count_add(struct song_counts *counts, uint32_t song, unsigned zone);

/* select.c: carries one counted play into the selection. */
struct play {
    const struct event *event;
    struct week *week;
    const struct cell *cell;
    uint32_t user, song, artist, session; /* session NONE: none */
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
