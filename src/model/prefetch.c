/* Counting one play touches a dozen places in memory that no cache predicts; waiting for
 * each in turn costs more than all the work. The batch is known, so they are asked for
 * ahead: first the slots of the indexes, by tags that the decoder made; then the entries
 * that those slots name; then what hangs on the entries, link by link. What was found on
 * the way is kept: when the play's turn comes, a guess only has to be checked. A guess
 * that is wrong costs nothing but itself. */
#include "intern.h"

static void prefetch_entry(const void *entry, size_t size)
{
    __builtin_prefetch(entry, 1);
    __builtin_prefetch((const char *)entry + size - 1, 1);
}

static void slots(const struct model *m, const struct event *e)
{
    index_prefetch(&m->user_index, e->user_tag);
    index_prefetch(&m->session_index, e->session_tag);
    index_prefetch(&m->artists.index, e->artist_tag);
    index_prefetch(&m->song_index, e->song_tag);
}

static void entries(const struct model *m, const struct event *e, struct guess *g)
{
    struct week *w = m->week[week_of_ms(e->ts_ms)];
    g->user = index_guess(&m->user_index, e->user_tag);
    g->session = index_guess(&m->session_index, e->session_tag);
    g->song = index_guess(&m->song_index, e->song_tag);
    g->artist = index_guess(&m->artists.index, e->artist_tag);
    g->week = w;
    if (g->user != NONE) {
        prefetch_entry(&m->user[g->user], sizeof *m->user);
        if (w)
            index_prefetch(&w->by_user, mix32(g->user));
    }
    if (g->session != NONE) {
        __builtin_prefetch(&m->session[g->session], 1);
        __builtin_prefetch(&m->span[g->session], 1);
        __builtin_prefetch(&m->sel.session_minutes[g->session], 1);
    }
    if (g->artist != NONE)
        __builtin_prefetch(&m->artists.text[g->artist]);
    if (g->song != NONE) {
        __builtin_prefetch(&m->song[g->song]);
        __builtin_prefetch(&m->sel.song[g->song], 1);
        if (w && w->songs.slot)
            __builtin_prefetch(
                &w->songs.slot[mix32(song_key(g->song, e->zone)) & w->songs.mask], 1);
    }
}

static void cells(const struct model *m, struct guess *g)
{
    g->cell = g->week && g->user != NONE ? index_guess(&g->week->by_user, mix32(g->user))
                                         : NONE;
    if (g->cell != NONE)
        prefetch_entry(&g->week->cell[g->cell], sizeof *g->week->cell);
    if (g->song != NONE)
        __builtin_prefetch(m->song[g->song].title);
    if (g->artist != NONE)
        __builtin_prefetch(m->artists.text[g->artist].p);
}

static void names(const struct model *m, const struct guess *g)
{
    if (g->cell != NONE)
        __builtin_prefetch(&m->names.text[g->week->cell[g->cell].name]);
}

static void letters(const struct model *m, const struct guess *g)
{
    if (g->cell != NONE)
        __builtin_prefetch(m->names.text[g->week->cell[g->cell].name].p);
}

void model_prefetch(const struct model *m, const struct event *e, struct guess *g,
                    enum prefetch_stage stage)
{
    switch (stage) {
    case PREFETCH_SLOTS:
        slots(m, e);
        break;
    case PREFETCH_ENTRIES:
        entries(m, e, g);
        break;
    case PREFETCH_CELLS:
        cells(m, g);
        break;
    case PREFETCH_NAMES:
        names(m, g);
        break;
    case PREFETCH_LETTERS:
        letters(m, g);
        break;
    case PREFETCH_STAGES:
        break;
    }
}
