/* Finding, and making, what the model keeps. Ids are dense; made ones start at nothing.
 */
#ifndef CADENCE_MODEL_INTERN_H
#define CADENCE_MODEL_INTERN_H

#include "index.h"

/* Tags are those of struct event. */
uint32_t intern_user(struct model *m, const struct ident *id,
                     uint32_t tag); /* 0 anonymous */
uint32_t intern_artist(struct model *m, struct str artist, uint32_t tag);
uint32_t intern_song(struct model *m, uint32_t artist, struct str title, uint32_t tag);
uint32_t intern_session(struct model *m, uint32_t user, const struct ident *id,
                        uint32_t tag); /* NONE: the event has none */
uint32_t intern_user_state(struct model *m, uint32_t user, unsigned state);

/* Marks the item of a session as seen; false when it was already. */
bool item_first_seen(struct model *m, uint32_t session, uint32_t session_tag,
                     const struct ident *item);
static inline uint32_t item_tag(uint64_t word, uint32_t session_tag)
{
    return (uint32_t)mix64(word ^ (uint64_t)session_tag << 32);
}
static inline bool song_is(const struct song *s, uint32_t artist, struct str title)
{
    return s->artist == artist && text_eq((struct str){s->title, s->title_len}, title);
}
#define SONGS_MAX (UINT32_C(1) << 29) /* 27 GiB of them; a song_key has 32 bits */
static inline uint32_t song_key(uint32_t song, unsigned zone)
{
    return (song << 3 | zone) + 1;
}

/* The part of a session that lies in a week and zone. */
struct span *span_get(struct model *m, uint32_t session, unsigned week, unsigned zone);
/* Of a session with several of them, what is selected. */
static inline struct span *span_selected(const struct model *m, uint32_t session)
{
    return &m->more_span[m->span[session].next].span;
}

struct week *week_get(struct model *m, unsigned number);
/* The user's cell of a week and the event's state; *head is the first of its siblings. */
struct cell *cell_get(struct model *m, struct week *w, uint32_t user,
                      const struct event *e, uint32_t *head);

static inline bool song_counts_is_full(const struct song_counts *c)
{
    return (uint64_t)c->count * 8 >= ((uint64_t)c->mask + 1) * 5;
}
void song_counts_grow(struct song_counts *counts);
/* Counts a play of a song_key; `hash` is mix32 of it. */
static inline void song_count_add(struct song_counts *c, uint32_t key, uint32_t hash)
{
    uint32_t at = hash & c->mask;
    while (c->slot[at].key && c->slot[at].key != key)
        at = (at + 1) & c->mask;
    if (!c->slot[at].key) {
        if (song_counts_is_full(c)) {
            song_counts_grow(c);
            song_count_add(c, key, hash);
            return;
        }
        c->slot[at].key = key;
        c->count++;
    }
    c->slot[at].plays++;
}

/* select.c */
/* Level of the user's latest play among sibling cells of the selected zones; -1 none. */
int cell_group_level(const struct week *w, uint32_t head, unsigned zones);

#endif
