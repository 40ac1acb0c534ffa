#include "intern.h"
#include "take.h"

#include "cadence/mem.h"
#include "cadence/trend.h"

#include <assert.h>
#include <stdlib.h>

#define SONGS_FIRST 64

/* Numbers are their own key; text gets one by its place in the string table. */
static uint64_t ident_key(struct model *m, const struct ident *id)
{
    return id->text.p
               ? KEY_TEXT | strtab_intern(&m->idents, id->text,
                                          (uint32_t)hash_bytes(id->text, m->secret))
               : id->number;
}

uint32_t intern_user(struct model *m, const struct ident *ident, uint32_t tag)
{
    if (!ident->present)
        return 0;
    uint64_t key = ident_key(m, ident);
    uint32_t at, id;
    for (at = index_start(&m->user_index, tag);
         (id = index_next(&m->user_index, tag, &at)) != NONE;)
        if (m->user[id].key == key)
            return id;
    m->user = mem_grow(m->user, &m->users_cap, m->users + 1, sizeof *m->user);
    id = (uint32_t)m->users++;
    uint64_t name = ident->text.p ? hash_bytes(ident->text, 0) : ident->number;
    m->user[id] =
        (struct user){.key = key, .last_ms = INT64_MIN, .depth = trend_depth(name)};
    index_put_at(&m->user_index, tag, id, at);
    return id;
}

uint32_t intern_user_state(struct model *m, uint32_t user, unsigned state)
{
    uint32_t tag = (uint32_t)mix64(((uint64_t)user << 16 | state) ^ m->secret), at, id;
    for (at = index_start(&m->user_state_index, tag);
         (id = index_next(&m->user_state_index, tag, &at)) != NONE;)
        if (m->user_state[id].user == user && m->user_state[id].state == state)
            return id;
    m->user_state = mem_grow(m->user_state, &m->user_states_cap, m->user_states + 1,
                             sizeof *m->user_state);
    id = (uint32_t)m->user_states++;
    m->user_state[id] = (struct user_state){.user = user, .state = (uint16_t)state};
    index_put_at(&m->user_state_index, tag, id, at);
    return id;
}

uint32_t intern_artist(struct model *m, struct str artist, uint32_t tag)
{
    uint32_t id = strtab_intern(&m->artists, artist, tag);
    size_t had = m->artists_sel_cap;
    m->sel.artist = mem_grow(m->sel.artist, &m->artists_sel_cap, (size_t)id + 1,
                             sizeof *m->sel.artist);
    if (m->artists_sel_cap > had)
        memset(m->sel.artist + had, 0,
               (m->artists_sel_cap - had) * sizeof *m->sel.artist);
    return id;
}

uint32_t intern_song(struct model *m, uint32_t artist, struct str title, uint32_t tag)
{
    uint32_t at, id;
    for (at = index_start(&m->song_index, tag);
         (id = index_next(&m->song_index, tag, &at)) != NONE;)
        if (song_is(&m->song[id], artist, title))
            return id;
    m->song = mem_grow(m->song, &m->songs_cap, m->songs + 1, sizeof *m->song);
    m->sel.song =
        mem_grow(m->sel.song, &m->songs_sel_cap, m->songs + 1, sizeof *m->sel.song);
    assert(m->songs < SONGS_MAX);
    id = (uint32_t)m->songs++;
    m->song[id] = (struct song){bytes_keep(&m->titles, title), (uint32_t)title.n, artist};
    m->sel.song[id] = 0;
    index_put_at(&m->song_index, tag, id, at);
    return id;
}

uint32_t intern_session(struct model *m, uint32_t user, const struct ident *ident,
                        uint32_t tag)
{
    if (!ident->present)
        return NONE;
    uint64_t key = ident_key(m, ident);
    uint32_t at, id;
    for (at = index_start(&m->session_index, tag);
         (id = index_next(&m->session_index, tag, &at)) != NONE;)
        if (m->session[id].key == key && m->session[id].user == user)
            return id;
    size_t need = m->sessions + 1;
    m->session = mem_grow(m->session, &m->sessions_cap, need, sizeof *m->session);
    m->span = mem_grow(m->span, &m->spans_cap, need, sizeof *m->span);
    m->sel.session_minutes = mem_grow(m->sel.session_minutes, &m->minutes_cap, need,
                                      sizeof *m->sel.session_minutes);
    id = (uint32_t)m->sessions++;
    m->session[id] = (struct session){.key = key, .user = user};
    m->span[id] = (struct span){.next = NONE, .week = UINT16_MAX};
    m->sel.session_minutes[id] = -1;
    index_put_at(&m->session_index, tag, id, at);
    return id;
}

static bool mark(uint64_t *bits, uint64_t bit)
{
    bool first = !(*bits & bit);
    *bits |= bit;
    return first;
}

bool item_first_seen(struct model *m, uint32_t session, uint32_t session_tag,
                     const struct ident *item)
{
    struct session *s = &m->session[session];
    uint64_t word = item->text.p ? ident_key(m, item) : item->number / 64;
    uint64_t bit = item->text.p ? 1 : UINT64_C(1) << item->number % 64;
    if (s->items == 0 && word <= UINT32_MAX)
        s->item_word = (uint32_t)word;
    if (s->item_word == word && word <= UINT32_MAX)
        return mark(&s->items, bit);
    uint32_t tag = item_tag(word, session_tag), at, id;
    for (at = index_start(&m->item_index, tag);
         (id = index_next(&m->item_index, tag, &at)) != NONE;)
        if (m->item_word[id].word == word && m->item_word[id].session == session)
            return mark(&m->item_word[id].bits, bit);
    m->item_word = mem_grow(m->item_word, &m->item_words_cap, m->item_words + 1,
                            sizeof *m->item_word);
    id = (uint32_t)m->item_words++;
    m->item_word[id] = (struct item_word){.word = word, .bits = bit, .session = session};
    index_put_at(&m->item_index, tag, id, at);
    return true;
}

static struct span span_none(unsigned week, unsigned zone)
{
    return (struct span){.start_ms = INT64_MAX,
                         .end_ms = -1,
                         .next = NONE,
                         .week = (uint16_t)week,
                         .zone = (uint8_t)zone};
}

static uint32_t more_span(struct model *m, uint32_t session, struct span span)
{
    m->more_span =
        mem_grow(m->more_span, &m->more_cap, m->more_spans + 1, sizeof *m->more_span);
    m->more_span[m->more_spans] = (struct more_span){span, session};
    return (uint32_t)m->more_spans++;
}

static void spans_begin_list(struct model *m, uint32_t session)
{
    struct span *first = &m->span[session], selected = span_none(UINT16_MAX, 0);
    if (select_has(m, first->week, first->zone)) {
        selected.start_ms = first->start_ms;
        selected.end_ms = first->end_ms;
    }
    first->next = more_span(m, session, selected);
}

struct span *span_get(struct model *m, uint32_t session, unsigned week, unsigned zone)
{
    struct span *first = &m->span[session];
    if (first->week == UINT16_MAX)
        *first = span_none(week, zone);
    if (first->week == week && first->zone == zone)
        return first;
    uint64_t place = (uint64_t)session << 32 | week << 8 | zone;
    uint32_t tag = (uint32_t)mix64(place ^ m->secret), at, id;
    for (at = index_start(&m->span_index, tag);
         (id = index_next(&m->span_index, tag, &at)) != NONE;) {
        struct more_span *s = &m->more_span[id];
        if (s->session == session && s->span.week == week && s->span.zone == zone)
            return &s->span;
    }
    if (first->next == NONE)
        spans_begin_list(m, session);
    id = more_span(m, session, span_none(week, zone));
    struct span *selected = span_selected(m, session);
    m->more_span[id].span.next = selected->next;
    selected->next = id;
    index_put_at(&m->span_index, tag, id, at);
    return &m->more_span[id].span;
}

static void song_counts_init(struct song_counts *c)
{
    c->slot = mem_zalloc(SONGS_FIRST * sizeof *c->slot);
    c->mask = SONGS_FIRST - 1;
}

struct week *week_get(struct model *m, unsigned number)
{
    if (!m->week[number]) {
        m->week[number] = mem_zalloc(sizeof *m->week[number]);
        m->week[number]->number = number;
        index_init(&m->week[number]->by_user);
        song_counts_init(&m->week[number]->songs);
    }
    return m->week[number];
}

static uint32_t cell_new(struct model *m, struct week *w, uint32_t user,
                         const struct event *e)
{
    w->cell = mem_grow(w->cell, &w->cells_cap, w->cells + 1, sizeof *w->cell);
    w->cell[w->cells] = (struct cell){
        .last_ms = INT64_MIN,
        .user_state = intern_user_state(m, user, e->state),
        .sibling = NONE,
        .state = e->state,
        .zone = e->zone & 7,
        .anonymous = user == 0,
    };
    return (uint32_t)w->cells++;
}

struct cell *cell_get(struct model *m, struct week *w, uint32_t user,
                      const struct event *e, uint32_t *head)
{
    uint32_t tag = mix32(user), id, last = NONE;
    *head = index_guess(&w->by_user, tag);
    for (id = *head; id != NONE; last = id, id = w->cell[id].sibling)
        if (w->cell[id].state == e->state)
            return &w->cell[id];
    id = cell_new(m, w, user, e);
    if (last == NONE) {
        *head = id;
        index_put(&w->by_user, tag, id);
        w->users += user != 0;
    } else {
        w->cell[last].sibling = id;
        w->cell[id].follows = 1;
    }
    return &w->cell[id];
}

void song_counts_grow(struct song_counts *c)
{
    size_t old = (size_t)c->mask + 1, size = old * 2;
    struct song_count *slot = mem_zalloc(size * sizeof *slot);
    uint32_t mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < old; i++) {
        if (!c->slot[i].key)
            continue;
        uint32_t at = mix32(c->slot[i].key) & mask;
        while (slot[at].key)
            at = (at + 1) & mask;
        slot[at] = c->slot[i];
    }
    free(c->slot);
    c->slot = slot;
    c->mask = mask;
}
