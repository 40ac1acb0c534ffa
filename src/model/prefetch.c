/* Counting one play touches a dozen places in memory that no cache predicts; waiting for
 * each in turn costs more than all the work. The batch is known, so they are asked for
 * ahead: first the slots of the indexes, by tags that the decoder made; then the entries
 * that those slots name; then what hangs on the entries. A guess that is wrong costs
 * nothing but itself. */
#include "intern.h"

static void entries(const struct model *m, const struct event *e)
{
    const struct week *w = m->week[week_of_ms(e->ts_ms)];
    uint32_t user = index_guess(&m->user_index, e->user_tag);
    uint32_t session = index_guess(&m->session_index, e->session_tag);
    uint32_t song = index_guess(&m->song_index, e->song_tag);
    uint32_t artist = index_guess(&m->artists.index, e->artist_tag);
    if (user != NONE) {
        __builtin_prefetch(&m->user[user], 1);
        __builtin_prefetch(&m->sel.user[user], 1);
        if (w)
            index_prefetch(&w->by_user, mix32(user));
    }
    if (session != NONE) {
        __builtin_prefetch(&m->session[session], 1);
        __builtin_prefetch(&m->span[session], 1);
        __builtin_prefetch(&m->sel.session_minutes[session], 1);
        index_prefetch(&m->item_index, item_tag(e->item.number / 64, e->session_tag));
    }
    if (artist != NONE)
        __builtin_prefetch(&m->artists.text[artist]);
    if (song != NONE) {
        __builtin_prefetch(&m->song[song]);
        __builtin_prefetch(&m->sel.song[song], 1);
        if (w && w->songs.slot)
            __builtin_prefetch(
                &w->songs.slot[mix32(song_key(song, e->zone)) & w->songs.mask], 1);
    }
}

static void cells(const struct model *m, const struct event *e)
{
    const struct week *w = m->week[week_of_ms(e->ts_ms)];
    uint32_t user = index_guess(&m->user_index, e->user_tag);
    uint32_t song = index_guess(&m->song_index, e->song_tag);
    uint32_t artist = index_guess(&m->artists.index, e->artist_tag);
    uint32_t item =
        index_guess(&m->item_index, item_tag(e->item.number / 64, e->session_tag));
    uint32_t cell = w && user != NONE ? index_guess(&w->by_user, mix32(user)) : NONE;
    if (cell != NONE)
        __builtin_prefetch(&w->cell[cell], 1);
    if (song != NONE)
        __builtin_prefetch(m->song[song].title);
    if (artist != NONE)
        __builtin_prefetch(m->artists.text[artist].p);
    if (item != NONE)
        __builtin_prefetch(&m->item_word[item], 1);
}

void model_prefetch(const struct model *m, const struct event *e,
                    enum prefetch_stage stage)
{
    if (stage == PREFETCH_INDEX) {
        index_prefetch(&m->user_index, e->user_tag);
        index_prefetch(&m->session_index, e->session_tag);
        index_prefetch(&m->artists.index, e->artist_tag);
        index_prefetch(&m->song_index, e->song_tag);
    } else if (stage == PREFETCH_ENTRY) {
        entries(m, e);
    } else {
        cells(m, e);
    }
}
