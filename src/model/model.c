#include "intern.h"
#include "recent.h"

#include "cadence/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct str model_song_title(const struct model *m, uint32_t song)
{
    return (struct str){m->song[song].title, m->song[song].title_len};
}

int model_song_order(const struct model *m, uint32_t a, uint32_t b)
{
    int c =
        str_cmp(m->artists.text[m->song[a].artist], m->artists.text[m->song[b].artist]);
    return c ? c : str_cmp(model_song_title(m, a), model_song_title(m, b));
}

static int name_order(const void *context, bool songs, uint32_t a, uint32_t b)
{
    const struct model *m = context;
    return songs ? model_song_order(m, a, b)
                 : str_cmp(m->artists.text[a], m->artists.text[b]);
}

struct model *model_new(void)
{
    struct model *m = mem_zalloc(sizeof *m);
    m->secret = hash_secret();
    struct ident nobody = {.present = true, .number = UINT64_MAX >> 1};
    struct index *const indexes[] = {&m->user_index, &m->user_state_index,
                                     &m->song_index, &m->session_index,
                                     &m->item_index, &m->span_index};
    for (size_t i = 0; i < ARRAY_SIZE(indexes); i++)
        index_init(indexes[i]);
    strtab_init(&m->idents);
    strtab_init(&m->names);
    strtab_init(&m->artists);
    /* Takes place 0, which intern_user gives to the anonymous. */
    intern_user(m, &nobody, 0);
    /* And places 0 of artists and songs, which are none for the trends. */
    struct str none = {"", 0};
    intern_song(m, intern_artist(m, none, 0), none, 0);
    recent_init(&m->recent);
    m->trend = trend_new();
    trend_set_order(m->trend, name_order, m);
    filter_init(&m->sel.filter);
    m->sel.zones = ZONES_ALL;
    memset(m->sel.weeks, 0xFF, sizeof m->sel.weeks);
    return m;
}

static void week_free(struct week *w)
{
    if (!w)
        return;
    free(w->cell);
    index_fini(&w->by_user);
    free(w->songs.slot);
    free(w);
}

void model_free(struct model *m)
{
    if (!m)
        return;
    struct index *const indexes[] = {&m->user_index, &m->user_state_index,
                                     &m->song_index, &m->session_index,
                                     &m->item_index, &m->span_index};
    for (size_t i = 0; i < ARRAY_SIZE(indexes); i++)
        index_fini(indexes[i]);
    for (unsigned i = 0; i < WEEK_COUNT; i++)
        week_free(m->week[i]);
    recent_fini(&m->recent);
    strtab_fini(&m->idents);
    strtab_fini(&m->names);
    strtab_fini(&m->artists);
    bytes_free(m->titles);
    void *const arrays[] = {
        m->user,       m->user_state,          m->song,      m->session,
        m->span,       m->more_span,           m->item_word, m->sel.song,
        m->sel.artist, m->sel.session_minutes, m->play};
    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
        free(arrays[i]);
    trend_free(m->trend);
    free(m);
}

struct str model_user_id(const struct model *m, uint32_t user, char buffer[24])
{
    uint64_t key = m->user[user].key;
    if (user == 0)
        return (struct str){"", 0};
    if (key & KEY_TEXT)
        return m->idents.text[key & ~KEY_TEXT];
    int n = snprintf(buffer, 24, "%llu", (unsigned long long)key);
    return (struct str){buffer, (size_t)n};
}

size_t model_bytes(const struct model *m)
{
    size_t n = sizeof *m + (RECENT_HOURS + 1) * sizeof *m->recent.minutes +
               index_bytes(&m->user_index) + index_bytes(&m->user_state_index) +
               index_bytes(&m->song_index) + index_bytes(&m->session_index) +
               index_bytes(&m->item_index) + index_bytes(&m->span_index) +
               strtab_bytes(&m->idents) + strtab_bytes(&m->names) +
               strtab_bytes(&m->artists) + bytes_size(m->titles) +
               (m->trend ? trend_bytes(m->trend) : 0);
    n += m->users_cap * sizeof *m->user + m->user_states_cap * sizeof *m->user_state +
         m->songs_cap * sizeof *m->song + m->songs_sel_cap * sizeof *m->sel.song +
         m->artists_sel_cap * sizeof *m->sel.artist +
         m->sessions_cap * sizeof *m->session + m->spans_cap * sizeof *m->span +
         m->minutes_cap * sizeof *m->sel.session_minutes +
         m->more_cap * sizeof *m->more_span + m->item_words_cap * sizeof *m->item_word;
    for (unsigned i = 0; i < WEEK_COUNT; i++)
        if (m->week[i])
            n += sizeof *m->week[i] + m->week[i]->cells_cap * sizeof(struct cell) +
                 index_bytes(&m->week[i]->by_user) +
                 ((size_t)m->week[i]->songs.mask + 1) * sizeof(struct song_count);
    return n;
}
