/* Counting one play touches a score of places in memory that no cache predicts; waiting
 * for each in turn costs more than all the work. The batch is known, so they are asked
 * for ahead: first the slots of the indexes, by tags that the decoder made; then the
 * entries that those slots name; then what hangs on the entries, link by link. What was
 * found on the way is kept: when the play's turn comes, a guess only has to be checked. A
 * guess that is wrong costs nothing but itself.
 *
 * A session knows its user and a song its artist, so their indexes are asked only for
 * sessions and songs that are new.
 */
#include "prefetch.h"

#include "fetch.h"

/* How far ahead each stage looks, in events: far enough for memory to answer, near enough
 * to stay in the first cache. */
enum {
    AHEAD_EVENTS = AHEAD_MOST + 8,
    AHEAD_SLOTS = AHEAD_MOST,
    AHEAD_ENTRIES = 12,
    AHEAD_OWNERS = 9,
    AHEAD_CELLS = 6,
    AHEAD_NAMES = 4,
    AHEAD_LETTERS = 2
};

void ahead_init(struct ahead *a, const struct event *events, size_t count)
{
    for (size_t i = 0; i < AHEAD_RING; i++)
        a->guess[i].event = NULL;
    a->event = events;
    a->count = count;
    a->week = NULL;
}

/* &a->guess[i % AHEAD_RING]: by bytes, i is multiplied once for all stages. */
static inline struct guess *guess_of(struct ahead *a, size_t i)
{
    size_t at = i * sizeof(struct guess) % sizeof a->guess;
    return (struct guess *)(void *)((char *)a->guess + at);
}

static inline struct week *week_ahead(struct ahead *a, const struct model *m,
                                      int64_t ts_ms)
{
    if (a->week && (uint64_t)(ts_ms - a->week_start_ms) < (uint64_t)WEEK_MS)
        return a->week;
    unsigned number = week_of_ms(ts_ms);
    a->week = m->week[number];
    a->week_start_ms = week_start_ms(number);
    return a->week;
}

FETCH prefetch_entry(const void *entry, size_t size)
{
    __builtin_prefetch(entry, 1);
    __builtin_prefetch((const char *)entry + size - 1, 1);
}

/* The events themselves lie in another core's cache, or beyond the second one. */
FETCH events(const struct ahead *a, size_t i)
{
    if (i >= a->count)
        return;
    for (size_t at = 0; at < sizeof *a->event; at += 64)
        __builtin_prefetch((const char *)&a->event[i] + at);
}

FETCH slots(struct ahead *a, const struct model *m, size_t i)
{
    struct guess *g = guess_of(a, i);
    const struct event *e = i < a->count ? &a->event[i] : NULL;
    g->event = e && e->kind == LINE_EVENT && e->is_play ? e : NULL;
    if (!g->event)
        return;
    index_prefetch(&m->session_index, e->session_tag);
    index_prefetch(&m->song_index, e->song_tag);
}

FETCH entries(struct ahead *a, const struct model *m, size_t i)
{
    struct guess *g = guess_of(a, i);
    const struct event *e = g->event;
    if (!e)
        return;
    /* Decoded on another core, most often, the text is still there. */
    __builtin_prefetch(e->artist.p);
    __builtin_prefetch(e->song.p);
    g->week = week_ahead(a, m, e->ts_ms);
    g->session = index_guess(&m->session_index, e->session_tag);
    g->song = index_guess(&m->song_index, e->song_tag);
    if (g->session != NONE) {
        __builtin_prefetch(&m->session[g->session], 1);
        __builtin_prefetch(&m->span[g->session], 1);
        __builtin_prefetch(&m->sel.session_minutes[g->session], 1);
    } else {
        index_prefetch(&m->user_index, e->user_tag);
    }
    if (g->song == NONE) {
        index_prefetch(&m->artists.index, e->artist_tag);
        return;
    }
    __builtin_prefetch(&m->song[g->song]);
    __builtin_prefetch(&m->sel.song[g->song], 1);
    g->song_hash = mix32(song_key(g->song, e->zone));
    if (g->week)
        __builtin_prefetch(&g->week->songs.slot[g->song_hash & g->week->songs.mask], 1);
}

FETCH owners(struct ahead *a, const struct model *m, size_t i)
{
    struct guess *g = guess_of(a, i);
    const struct event *e = g->event;
    if (!e)
        return;
    const struct session *s = g->session != NONE ? &m->session[g->session] : NULL;
    g->user = s ? s->user : index_guess(&m->user_index, e->user_tag);
    g->named = s && e->listener && s->listener == e->listener;
    if (!g->named)
        __builtin_prefetch(e->name.p);
    if (g->user != NONE) {
        prefetch_entry(&m->user[g->user], sizeof *m->user);
        g->user_hash = mix32(g->user);
        if (g->week)
            index_prefetch(&g->week->by_user, g->user_hash);
    }
    if (g->song != NONE) {
        g->artist = m->song[g->song].artist;
        __builtin_prefetch(m->song[g->song].title);
        __builtin_prefetch(&m->sel.artist[g->artist], 1);
    } else {
        g->artist = index_guess(&m->artists.index, e->artist_tag);
    }
    if (g->artist != NONE)
        __builtin_prefetch(&m->artists.text[g->artist]);
}

FETCH cells(struct ahead *a, const struct model *m, size_t i)
{
    struct guess *g = guess_of(a, i);
    if (!g->event)
        return;
    g->cell =
        g->week && g->user != NONE ? index_guess(&g->week->by_user, g->user_hash) : NONE;
    if (g->cell != NONE)
        prefetch_entry(&g->week->cell[g->cell], sizeof *g->week->cell);
    if (g->artist != NONE)
        __builtin_prefetch(m->artists.text[g->artist].p);
}

FETCH names(struct ahead *a, const struct model *m, size_t i)
{
    const struct guess *g = guess_of(a, i);
    if (g->event && g->cell != NONE && !g->named)
        __builtin_prefetch(&m->names.text[g->week->cell[g->cell].name]);
}

FETCH letters(struct ahead *a, const struct model *m, size_t i)
{
    const struct guess *g = guess_of(a, i);
    if (g->event && g->cell != NONE && !g->named)
        __builtin_prefetch(m->names.text[g->week->cell[g->cell].name].p);
}

const struct guess *ahead_look(struct ahead *a, const struct model *m, size_t i)
{
    events(a, i + AHEAD_EVENTS);
    slots(a, m, i + AHEAD_SLOTS);
    entries(a, m, i + AHEAD_ENTRIES);
    owners(a, m, i + AHEAD_OWNERS);
    cells(a, m, i + AHEAD_CELLS);
    names(a, m, i + AHEAD_NAMES);
    letters(a, m, i + AHEAD_LETTERS);
    return guess_of(a, i);
}
