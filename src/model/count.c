/* Counts a batch of events: everything that happens for every play is here. Most plays
 * are the next of a session that is known, by a user whose attributes are the same as
 * before, of a song that was played: what only the others need is left to functions
 * elsewhere. */
#include "prefetch.h"
#include "recent.h"
#include "take.h"

#include "cadence/mem.h"
#include "cadence/trend.h"

struct play {
    const struct event *event;
    struct week *week;
    struct user *who;
    struct cell *cell;
    struct hour *hour, *minute;
    uint32_t user, song, artist, session; /* session NONE: none */
    uint32_t seq, name;
    uint8_t attrs;
};

/* Nearly always so: keeps the rest out of the way. */
static inline bool likely(bool so)
{
    return __builtin_expect(so, true);
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

static void time_sum_add(struct time_sum *sum, uint64_t ns)
{
    uint64_t s = ns / 1000000000;
    sum->s += (int64_t)s;
    sum->ns += (int64_t)(ns - s * 1000000000);
}

/* The hour and the minute in which it is counted. */
static void find_time(struct model *m, struct play *p)
{
    const struct event *e = p->event;
    unsigned week = p->week->number;
    uint32_t minute = (uint32_t)(e->ts_ms - week_start_ms(week)) / (uint32_t)MINUTE_MS;
    uint32_t hour = minute / 60;
    p->hour = &p->week->hour[hour][e->zone];
    p->minute = recent_minute(&m->recent, week * HOURS_A_WEEK + hour, minute - hour * 60,
                              e->zone);
}

static bool is_number(const struct ident *id, uint64_t key)
{
    return id->present && !id->text.p && id->number == key;
}

static uint32_t find_user(struct model *m, const struct event *e, uint32_t guess)
{
    if (likely(guess != NONE && is_number(&e->user, m->user[guess].key)))
        return guess;
    return intern_user(m, &e->user, e->user_tag);
}

static uint32_t find_session(struct model *m, const struct event *e, uint32_t user,
                             uint32_t guess)
{
    if (likely(guess != NONE && is_number(&e->session, m->session[guess].key) &&
               m->session[guess].user == user))
        return guess;
    return intern_session(m, user, &e->session, e->session_tag);
}

/* Marks the play's item as seen; false when it was already. */
static bool is_first(struct model *m, const struct event *e, uint32_t session)
{
    struct session *s = &m->session[session];
    if (!e->item.present)
        return true;
    uint64_t within = e->item.number - (uint64_t)s->item_word * 64;
    if (!likely(within < 64 && !e->item.text.p))
        return item_first_seen(m, session, e->session_tag, &e->item);
    bool first = !(s->items >> within & 1);
    s->items |= UINT64_C(1) << within;
    return first;
}

static uint32_t find_artist(struct model *m, const struct event *e, uint32_t guess)
{
    if (likely(guess != NONE && text_eq(m->artists.text[guess], e->artist)))
        return guess;
    return intern_artist(m, e->artist, e->artist_tag);
}

static uint32_t find_song(struct model *m, const struct event *e, uint32_t artist,
                          uint32_t guess)
{
    if (likely(guess != NONE && song_is(&m->song[guess], artist, e->song)))
        return guess;
    return intern_song(m, artist, e->song, e->song_tag);
}

/* Most of the time it is the name of the session's play before, or the one in the cell.
 */
static uint32_t find_name(struct model *m, const struct play *p, uint32_t guess)
{
    const struct event *e = p->event;
    struct session *s =
        p->session != NONE && e->listener ? &m->session[p->session] : NULL;
    if (likely(s && s->listener == e->listener))
        return s->name;
    if (!text_eq(m->names.text[guess], e->name))
        guess =
            strtab_intern(&m->names, e->name, (uint32_t)hash_bytes(e->name, m->secret));
    if (s) {
        s->listener = e->listener;
        s->name = guess;
    }
    return guess;
}

static inline void span_widen(struct span *s, const struct event *e)
{
    if (e->ts_ms < s->start_ms)
        s->start_ms = e->ts_ms;
    if (e->end_ms > s->end_ms)
        s->end_ms = e->end_ms;
}

static void count_span(struct model *m, const struct play *p)
{
    const struct event *e = p->event;
    if (p->session == NONE)
        return;
    struct span *s = &m->span[p->session];
    if (s->week != p->week->number || s->zone != e->zone)
        s = span_get(m, p->session, p->week->number, e->zone);
    span_widen(s, e);
}

static void count_cell(const struct play *p)
{
    const struct event *e = p->event;
    struct cell *c = p->cell;
    c->plays++;
    if (p->user) /* the anonymous are nobody's hours */
        listened_add(&c->listened_ns, e->duration_ns);
    if (e->ts_ms >= c->last_ms) {
        c->last_ms = e->ts_ms;
        c->last_seq = p->seq;
        c->name = p->name;
        c->attrs = p->attrs;
    }
}

/* The play in its user's cell, and the level that the user has in the week. */
static void count_user(struct model *m, struct play *p, const struct guess *g)
{
    struct week *w = p->week;
    uint32_t head = g->cell;
    bool counts = p->user && (w->zones >> p->event->zone & 1);
    struct cell *c = NULL;
    if (likely(p->user == g->user && head != NONE &&
               w->cell[head].state == p->event->state))
        c = &w->cell[head];
    else
        c = cell_get(m, w, p->user, p->event, &head);
    bool alone = c == &w->cell[head] && c->sibling == NONE;
    int before = -1, after = -1;
    if (counts && !(alone && c->plays == 0))
        before = alone ? (int)attrs_level(c->attrs) : cell_group_level(w, head, w->zones);
    p->cell = c;
    p->name = p->user ? find_name(m, p, c->name) : 0;
    count_cell(p);
    if (!counts)
        return;
    w->hours_stale = true;
    after = alone ? (int)attrs_level(c->attrs) : cell_group_level(w, head, w->zones);
    if (likely(after == before))
        return;
    if (before >= 0)
        w->levels[before]--;
    w->levels[after]++;
}

static void select_user(struct model *m, const struct play *p)
{
    const struct event *e = p->event;
    struct user *u = p->who;
    struct latest l = {e->ts_ms, p->seq, p->name, e->state, p->attrs};
    bool had = u->plays != 0;
    uint8_t before = u->attrs;
    user_take(u, 1, e->duration_ns, &l);
    if (likely(had && u->attrs == before))
        return;
    if (had)
        tally(&m->sel, before, -1);
    tally(&m->sel, u->attrs, 1);
}

static void select_session(struct model *m, const struct play *p)
{
    struct selection *sel = &m->sel;
    float *minutes = &sel->session_minutes[p->session];
    struct span *s = &m->span[p->session];
    sel->sessions += *minutes < 0;
    if (!likely(s->next == NONE)) {
        s = span_selected(m, p->session);
        span_widen(s, p->event);
    }
    *minutes = minutes_of(s->start_ms, s->end_ms);
}

static void select_play(struct model *m, const struct play *p)
{
    const struct event *e = p->event;
    if (p->user)
        select_user(m, p);
    if (!likely(p->cell->plays != 1))
        state_take_user(m, e->state, p->cell->user_state, p->user);
    state_take_plays(m, e->state, 1);
    song_take(m, p->song, p->artist, 1);
    if (p->session != NONE)
        select_session(m, p);
}

static void count_play(struct model *m, struct play *p, const struct guess *g)
{
    const struct event *e = p->event;
    struct week *w = p->week;
    p->artist = find_artist(m, e, g->artist);
    p->song = find_song(m, e, p->artist, g->song);
    p->who = &m->user[p->user];
    p->seq = p->who->counted++;
    p->attrs = attrs_pack(e->level, e->gender, e->device);
    m->input.plays++;
    if (w->plays++ == 0) {
        w->zones = m->sel.zones;
        week_seen(m, w->number);
    }
    count_user(m, p, g);
    count_span(m, p);
    song_count_add(&w->songs, song_key(p->song, e->zone),
                   p->song == g->song ? g->song_hash : mix32(song_key(p->song, e->zone)));
    w->zone_plays[e->zone]++;
    time_sum_add(&w->zone_time[e->zone], (uint64_t)e->duration_ns);
    p->hour->plays++;
    p->minute->plays++;
    if (select_has(m, w->number, e->zone))
        select_play(m, p);
}

/* False: a play that was counted before. */
static bool add_play(struct model *m, struct play *p, const struct guess *g)
{
    const struct event *e = p->event;
    p->user = find_user(m, e, g->user);
    p->session = find_session(m, e, p->user, g->session);
    if (p->session != NONE && !is_first(m, e, p->session)) {
        m->input.duplicates++;
        return false;
    }
    count_play(m, p, g);
    return p->user != 0;
}

/* True: a play for the trends, which is written to `out`. */
static bool add_event(struct model *m, const struct event *e, const struct guess *g,
                      struct trend_play *out)
{
    struct input_counts *in = &m->input;
    in->lines++;
    if (in->kind[e->kind]++ == 0 && e->kind == LINE_EVENT)
        in->first_ts = in->last_ts = e->ts_ms;
    if (!likely(e->kind == LINE_EVENT))
        return false;
    if (e->ts_ms < in->first_ts)
        in->first_ts = e->ts_ms;
    if (e->ts_ms > in->last_ts)
        in->last_ts = e->ts_ms;
    struct week *w = g->event && g->week ? g->week : week_get(m, week_of_ms(e->ts_ms));
    struct play p = {.event = e, .week = w};
    find_time(m, &p);
    p.hour->events++;
    p.minute->events++;
    w->moves[e->zone][e->page]++;
    if (!e->is_play || !add_play(m, &p, g))
        return false;
    *out = (struct trend_play){.ts_ms = e->ts_ms,
                               .user = p.user,
                               .artist = p.artist,
                               .song = p.song,
                               .state = e->state,
                               .level = e->level & 15,
                               .depth = p.who->depth & 15,
                               .device = e->device};
    return true;
}

/* The trends take their plays after the batch: both go through tables that fill the
 * caches, and so each has them for itself for a while. */
void model_add(struct model *m, const struct event *events, size_t count)
{
    struct ahead a;
    size_t n = 0;
    m->play = mem_grow(m->play, &m->plays_cap, count, sizeof *m->play);
    ahead_init(&a, events, count);
    for (size_t i = (size_t)-AHEAD_MOST; i != count; i++) {
        const struct guess *g = ahead_look(&a, m, i);
        if (i < count)
            n += add_event(m, &events[i], g, &m->play[n]);
    }
    if (m->trend)
        trend_add(m->trend, m->play, n);
}
