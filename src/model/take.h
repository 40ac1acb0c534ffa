/* What a selection takes in, play by play (count.c) or cell by cell (select.c). */
#ifndef CADENCE_MODEL_TAKE_H
#define CADENCE_MODEL_TAKE_H

#include "cadence/model.h"

static inline void tally(struct selection *sel, uint8_t attrs, int by)
{
    sel->users += (uint64_t)by;
    sel->attrs_users[attrs] += (uint32_t)by;
}

/* A user's figures take in `plays` plays, the latest of which is described. */
struct latest {
    int64_t last_ms;
    uint32_t last_seq, name;
    uint16_t state;
    uint8_t attrs;
};

static inline void user_take(struct user *u, uint32_t plays, int64_t listened_ns,
                             const struct latest *l)
{
    bool later = l->last_ms > u->last_ms ||
                 (l->last_ms == u->last_ms && l->last_seq >= u->last_seq);
    if (u->plays == 0 || later) {
        u->last_ms = l->last_ms;
        u->last_seq = l->last_seq;
        u->name = l->name;
        u->state = l->state;
        u->attrs = l->attrs;
    }
    u->plays += plays;
    listened_add(&u->listened_ns, listened_ns);
}

/* A cell comes into the selection: its user counts in the state if no other has. */
static inline void state_take_user(struct model *m, unsigned state, uint32_t user_state,
                                   uint32_t user)
{
    if (user && state != STATE_NONE && m->user_state[user_state].cells++ == 0)
        m->sel.state_users[state]++;
}

static inline void state_take_plays(struct model *m, unsigned state, uint32_t plays)
{
    if (state != STATE_NONE)
        m->sel.state_plays[state] += plays;
}

static inline void song_take(struct model *m, uint32_t song, uint32_t artist,
                             uint32_t plays)
{
    if (m->sel.song[song] == 0)
        m->sel.songs++;
    if (artist && m->sel.artist[artist] == 0)
        m->sel.artists++;
    m->sel.song[song] += plays;
    m->sel.artist[artist] += plays;
}

static inline bool select_has(const struct model *m, unsigned week, unsigned zone)
{
    return bits_has(m->sel.weeks, week) && (m->sel.zones >> zone & 1);
}

static inline float minutes_of(int64_t start_ms, double end_ms)
{
    return (float)((end_ms - (double)start_ms) / 60000);
}

#endif
