#include "intern.h"

#include "cadence/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct model *model_new(void)
{
    struct model *m = mem_zalloc(sizeof *m);
    struct ident nobody = {.present = true, .number = UINT64_MAX >> 1};
    strtab_init(&m->idents);
    strtab_init(&m->names);
    strtab_init(&m->artists);
    /* Takes place 0, which intern_user gives to the anonymous. */
    intern_user(m, &nobody, 0, NONE);
    m->trend = trend_new();
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
    struct index *const indexes[] = {&m->user_index, &m->user_state_index, &m->song_index,
                                     &m->session_index, &m->item_index};
    for (size_t i = 0; i < ARRAY_SIZE(indexes); i++)
        index_fini(indexes[i]);
    for (unsigned i = 0; i < WEEK_COUNT; i++)
        week_free(m->week[i]);
    strtab_fini(&m->idents);
    strtab_fini(&m->names);
    strtab_fini(&m->artists);
    bytes_free(m->titles);
    void *const arrays[] = {
        m->user,       m->user_state, m->song,     m->session,    m->span,
        m->more_spans, m->item_word,  m->sel.song, m->sel.artist, m->sel.session_minutes};
    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
        free(arrays[i]);
    trend_free(m->trend);
    free(m);
}

void time_sum_add(struct time_sum *sum, int64_t ns)
{
    sum->s += ns / 1000000000;
    sum->ns += ns % 1000000000;
}

void time_sum_join(struct time_sum *sum, const struct time_sum *other)
{
    sum->s += other->s;
    sum->ns += other->ns;
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

static void count_event(struct model *m, const struct event *e, struct week *w)
{
    struct input_counts *in = &m->input;
    in->lines++;
    if (in->kind[LINE_EVENT]++ == 0)
        in->first_ts = in->last_ts = e->ts_ms;
    if (e->ts_ms < in->first_ts)
        in->first_ts = e->ts_ms;
    if (e->ts_ms > in->last_ts)
        in->last_ts = e->ts_ms;
    w->hour_events[e->zone][(e->ts_ms - week_start_ms(w->number)) / HOUR_MS]++;
    w->moves[e->zone][e->page]++;
}

static void week_seen(struct model *m, unsigned number)
{
    size_t i = m->weeks_seen++;
    for (; i && m->seen[i - 1] > number; i--)
        m->seen[i] = m->seen[i - 1];
    m->seen[i] = number;
    /* Labels may mean other weeks now. */
    if (!m->sel.filter.all_weeks)
        model_select(m, &m->sel.filter);
}

/* The part of a session that lies in the play's week and zone. */
static struct span *span_get(struct model *m, uint32_t session, unsigned week,
                             unsigned zone)
{
    struct span *s = &m->span[session];
    struct span made = {.start_ns = INT64_MAX,
                        .end_ns = INT64_MIN,
                        .next = NONE,
                        .week = (uint16_t)week,
                        .zone = (uint8_t)zone};
    if (s->week == UINT16_MAX) {
        *s = made;
        return s;
    }
    while (s->week != week || s->zone != zone) {
        if (s->next == NONE) {
            bool first = s == &m->span[session];
            size_t at = (size_t)(s - m->more_spans);
            m->more_spans =
                mem_grow(m->more_spans, &m->more_cap, m->more + 1, sizeof made);
            s = first ? &m->span[session] : &m->more_spans[at];
            s->next = (uint32_t)m->more;
            m->more_spans[m->more++] = made;
        }
        s = &m->more_spans[s->next];
    }
    return s;
}

static void count_span(struct model *m, const struct play *p)
{
    const struct event *e = p->event;
    int64_t start = e->ts_ms * 1000000, end = start + e->duration_ns;
    if (p->session == NONE)
        return;
    struct span *s = span_get(m, p->session, p->week->number, e->zone);
    if (start < s->start_ns)
        s->start_ns = start;
    if (end > s->end_ns)
        s->end_ns = end;
}

static void count_cell(const struct play *p, struct cell *c)
{
    const struct event *e = p->event;
    c->plays++;
    /* The anonymous are nobody's hours. 292 years of music in a week is where it stops.
     */
    if (p->user &&
        __builtin_add_overflow(c->listened_ns, e->duration_ns, &c->listened_ns))
        c->listened_ns = INT64_MAX;
    if (e->ts_ms >= c->last_ms) {
        c->last_ms = e->ts_ms;
        c->last_seq = p->seq;
        c->name = p->name;
        c->attrs = p->attrs;
    }
}

static uint32_t intern_artist(struct model *m, struct str artist, uint32_t tag,
                              uint32_t guess)
{
    if (guess != NONE && str_eq(m->artists.text[guess], artist))
        return guess;
    uint32_t id = strtab_intern(&m->artists, artist, tag);
    size_t had = m->artists_sel_cap;
    m->sel.artist = mem_grow(m->sel.artist, &m->artists_sel_cap, (size_t)id + 1,
                             sizeof *m->sel.artist);
    if (m->artists_sel_cap > had)
        memset(m->sel.artist + had, 0,
               (m->artists_sel_cap - had) * sizeof *m->sel.artist);
    return id;
}

/* Users hardly ever change their names: most of the time it is the one in the cell. */
static uint32_t intern_name(struct model *m, const struct cell *c, struct str name)
{
    if (str_eq(m->names.text[c->name], name))
        return c->name;
    return strtab_intern(&m->names, name, (uint32_t)hash_bytes(name, 0));
}

static void count_play(struct model *m, struct play *p, const struct guess *g)
{
    const struct event *e = p->event;
    struct week *w = p->week;
    uint32_t head;
    p->artist = intern_artist(m, e->artist, e->artist_tag, g->artist);
    p->song = intern_song(m, p->artist, e->song, e->song_tag, g->song);
    p->seq = m->user[p->user].counted++;
    p->attrs = attrs_pack(e->level, e->gender, e->device);
    m->input.plays++;
    if (w->plays++ == 0) {
        w->zones = m->sel.zones;
        week_seen(m, w->number);
    }

    bool selected = select_has(m, w->number, e->zone);
    struct cell *c =
        cell_get(m, w, p->user, e, p->user == g->user ? g->cell : NONE, &head);
    bool in_zones = p->user && (w->zones >> e->zone & 1);
    int level_before = in_zones ? cell_group_level(w, head, w->zones) : -1;
    p->cell = c;
    p->name = p->user ? intern_name(m, c, e->name) : 0;
    count_cell(p, c);
    count_span(m, p);
    song_count_add(&w->songs, p->song, e->zone);
    w->zone_plays[e->zone]++;
    time_sum_add(&w->zone_time[e->zone], e->duration_ns);
    w->hour_plays[e->zone][(e->ts_ms - week_start_ms(w->number)) / HOUR_MS]++;
    if (in_zones) {
        if (level_before >= 0)
            w->levels[level_before]--;
        w->levels[cell_group_level(w, head, w->zones)]++;
        w->hours_stale = true;
    }
    if (selected)
        select_play(m, p);
}

static void add_event(struct model *m, const struct event *e, const struct guess *g)
{
    struct week *w = e->is_play && g->week ? g->week : week_get(m, week_of_ms(e->ts_ms));
    struct play p = {.event = e, .week = w, .session = NONE};
    count_event(m, e, p.week);
    if (!e->is_play)
        return;
    p.user = intern_user(m, &e->user, e->user_tag, g->user);
    p.session = intern_session(m, p.user, &e->session, e->session_tag, g->session);
    if (p.session != NONE && e->item.present &&
        !item_first_seen(m, p.session, e->session_tag, &e->item)) {
        m->input.duplicates++;
        return;
    }
    count_play(m, &p, g);
    if (p.user && m->trend)
        trend_add(m->trend, &(struct trend_play){.ts_ms = e->ts_ms,
                                                 .user = p.user,
                                                 .artist = p.artist,
                                                 .song = p.song,
                                                 .state = e->state,
                                                 .level = e->level,
                                                 .device = e->device});
}

/* How far ahead each stage of prefetching looks, in events: far enough for memory to
 * answer, near enough to stay in the first cache. */
#define AHEAD_MOST 16
static const size_t ahead[PREFETCH_STAGES] = {[PREFETCH_SLOTS] = AHEAD_MOST,
                                              [PREFETCH_ENTRIES] = 12,
                                              [PREFETCH_CELLS] = 9,
                                              [PREFETCH_NAMES] = 6,
                                              [PREFETCH_LETTERS] = 3};

struct batch_view {
    const struct event *event;
    size_t count;
    struct guess guess[AHEAD_MOST]; /* of event i at i % AHEAD_MOST */
};

static inline void look_ahead(const struct model *m, struct batch_view *b, size_t i,
                              enum prefetch_stage stage)
{
    if (i < b->count && b->event[i].kind == LINE_EVENT && b->event[i].is_play)
        model_prefetch(m, &b->event[i], &b->guess[i % AHEAD_MOST], stage);
}

void model_add(struct model *m, const struct event *events, size_t count)
{
    struct batch_view b = {.event = events, .count = count};
    for (enum prefetch_stage s = 0; s < PREFETCH_STAGES; s++)
        for (size_t i = 0; i < ahead[s]; i++)
            look_ahead(m, &b, i, s);
    for (size_t i = 0; i < count; i++) {
        for (enum prefetch_stage s = 0; s < PREFETCH_STAGES; s++)
            look_ahead(m, &b, i + ahead[s], s);
        if (events[i].kind == LINE_EVENT) {
            add_event(m, &events[i], &b.guess[i % AHEAD_MOST]);
        } else {
            m->input.lines++;
            m->input.kind[events[i].kind]++;
        }
    }
}

size_t model_bytes(const struct model *m)
{
    size_t n = sizeof *m + index_bytes(&m->user_index) +
               index_bytes(&m->user_state_index) + index_bytes(&m->song_index) +
               index_bytes(&m->session_index) + index_bytes(&m->item_index) +
               strtab_bytes(&m->idents) + strtab_bytes(&m->names) +
               strtab_bytes(&m->artists) + bytes_size(m->titles) +
               (m->trend ? trend_bytes(m->trend) : 0);
    n += m->users_cap * sizeof *m->user + m->user_states_cap * sizeof *m->user_state +
         m->songs_cap * sizeof *m->song + m->songs_sel_cap * sizeof *m->sel.song +
         m->artists_sel_cap * sizeof *m->sel.artist +
         m->sessions_cap * sizeof *m->session + m->spans_cap * sizeof *m->span +
         m->minutes_cap * sizeof *m->sel.session_minutes +
         m->more_cap * sizeof *m->more_spans + m->item_words_cap * sizeof *m->item_word;
    for (unsigned i = 0; i < WEEK_COUNT; i++)
        if (m->week[i])
            n += sizeof *m->week[i] + m->week[i]->cells_cap * sizeof(struct cell) +
                 index_bytes(&m->week[i]->by_user) +
                 (m->week[i]->songs.slot ? ((size_t)m->week[i]->songs.mask + 1) * 8 : 0);
    return n;
}
