/* Looks ahead in a batch, so that memory has answered when a play's turn comes
 * (prefetch.c). */
#ifndef CADENCE_MODEL_PREFETCH_H
#define CADENCE_MODEL_PREFETCH_H

#include "intern.h"

#define AHEAD_MOST 15 /* events that the first stage looks ahead */
#define AHEAD_RING 16 /* more than that */

/* Where a play's things will most likely be found; NONE where not seen before. A cache
 * line, so that its place is a shift. */
struct guess {
    _Alignas(64) const struct event *event; /* NULL: no play, the stages pass it over */
    struct week *week;                      /* NULL: none yet */
    uint32_t user, session, song, artist;
    bool named;    /* the session tells the name */
    uint32_t cell; /* the first of the user and week; right unless NONE */
    /* Of the user in the week's index, of the song in its counts; if these are right. */
    uint32_t user_hash, song_hash;
};

struct ahead {
    struct guess guess[AHEAD_RING]; /* of event i at i % AHEAD_RING */
    const struct event *event;
    size_t count;
    struct week *week; /* the last asked for: most plays are of one week; NULL: none */
    int64_t week_start_ms;
};

void ahead_init(struct ahead *a, const struct event *events, size_t count);
/* Before event i is counted; returns the guess for it. Each stage does its part for the
 * event that it has come to. Begin AHEAD_MOST events before the first, at the negative
 * index; what lies outside of the batch is passed over. */
const struct guess *ahead_look(struct ahead *a, const struct model *m, size_t i);

#endif
