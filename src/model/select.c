/* The figures of the current filter, rebuilt from what is stored. With every play they
 * are kept up (count.c). */
#include "fetch.h"
#include "intern.h"
#include "take.h"

#include "cadence/beside.h"

#include <stdatomic.h>

#define AHEAD_STATE 32 /* cells that a rebuild looks ahead */
#define AHEAD_USER 16
#define SESSIONS_PIECE 8192 /* taken at once by one of two threads */

int cell_group_level(const struct week *w, uint32_t head, unsigned zones)
{
    const struct cell *best = NULL;
    for (uint32_t i = head; i != NONE; i = w->cell[i].sibling) {
        const struct cell *c = &w->cell[i];
        if (!(zones >> c->zone & 1) || !c->plays)
            continue;
        if (!best || c->last_ms > best->last_ms ||
            (c->last_ms == best->last_ms && c->last_seq > best->last_seq))
            best = c;
    }
    return best ? (int)attrs_level(best->attrs) : -1;
}

static inline void span_take(const struct model *m, const struct span *s,
                             struct span *selected)
{
    if (s->week == UINT16_MAX || !select_has(m, s->week, s->zone))
        return;
    selected->start_ms =
        s->start_ms < selected->start_ms ? s->start_ms : selected->start_ms;
    selected->end_ms = s->end_ms > selected->end_ms ? s->end_ms : selected->end_ms;
}

/* Length in minutes of the part of a session that is selected; below 0: none is. */
static float session_minutes(struct model *m, uint32_t session)
{
    struct span *first = &m->span[session];
    struct span selected = {.start_ms = INT64_MAX, .end_ms = -1};
    span_take(m, first, &selected);
    if (first->next != NONE) {
        struct span *all = span_selected(m, session);
        for (uint32_t i = all->next; i != NONE; i = m->more_span[i].span.next)
            span_take(m, &m->more_span[i].span, &selected);
        all->start_ms = selected.start_ms;
        all->end_ms = selected.end_ms;
    }
    return selected.end_ms < 0 ? -1 : minutes_of(selected.start_ms, selected.end_ms);
}

/* Labels become weeks: the newest is Present, the others Week 1, Week 2, ... */
static void resolve(struct model *m)
{
    struct selection *sel = &m->sel;
    const struct filter *f = &sel->filter;
    sel->zones = f->zones;
    memset(sel->weeks, f->all_weeks ? 0xFF : 0, sizeof sel->weeks);
    if (f->all_weeks)
        return;
    memcpy(sel->weeks, f->week, sizeof sel->weeks);
    for (size_t i = 0; i < m->weeks_seen; i++) {
        bool newest = i + 1 == m->weeks_seen;
        if (newest ? f->present : bits_has(f->nth, (unsigned)i))
            bits_set(sel->weeks, m->seen[i]);
    }
}

static void user_clear(struct user *u)
{
    *u = (struct user){
        .key = u->key, .counted = u->counted, .depth = u->depth, .last_ms = INT64_MIN};
}

static void clear_users(struct model *m)
{
    struct selection *sel = &m->sel;
    sel->users = 0;
    memset(sel->attrs_users, 0, sizeof sel->attrs_users);
    memset(sel->state_users, 0, sizeof sel->state_users);
    memset(sel->state_plays, 0, sizeof sel->state_plays);
    for (size_t i = 0; i < m->users; i++)
        user_clear(&m->user[i]);
    for (size_t i = 0; i < m->user_states; i++)
        m->user_state[i].cells = 0;
}

static void clear_songs(struct model *m)
{
    struct selection *sel = &m->sel;
    sel->songs = sel->artists = 0;
    if (m->songs)
        memset(sel->song, 0, m->songs * sizeof *sel->song);
    if (m->artists_sel_cap)
        memset(sel->artist, 0, m->artists_sel_cap * sizeof *sel->artist);
}

/* Cells are in the order of time, their users anywhere: two links are followed ahead. */
FETCH fetch_user(const struct model *m, const struct week *w, size_t i)
{
    if (i + AHEAD_STATE < w->cells)
        __builtin_prefetch(&m->user_state[w->cell[i + AHEAD_STATE].user_state], 1);
    if (i + AHEAD_USER < w->cells) {
        uint32_t user = m->user_state[w->cell[i + AHEAD_USER].user_state].user;
        __builtin_prefetch(&m->user[user], 1);
        __builtin_prefetch((const char *)(&m->user[user] + 1) - 1, 1);
    }
}

static void rebuild_cells(struct model *m, struct week *w)
{
    unsigned zones = m->sel.zones;
    for (size_t i = 0; i < w->cells; i++) {
        const struct cell *c = &w->cell[i];
        fetch_user(m, w, i);
        uint32_t user = m->user_state[c->user_state].user;
        if (!(zones >> c->zone & 1) || !c->plays)
            continue;
        if (user) {
            struct latest l = {c->last_ms, c->last_seq, c->name, c->state, c->attrs};
            user_take(&m->user[user], c->plays, c->listened_ns, &l);
        }
        state_take_user(m, c->state, c->user_state, user);
        state_take_plays(m, c->state, c->plays);
    }
}

static void rebuild_levels(struct model *m, struct week *w)
{
    memset(w->levels, 0, sizeof w->levels);
    w->zones = m->sel.zones;
    w->hours_stale = true;
    for (uint32_t i = 0; i < w->cells; i++) {
        if (w->cell[i].follows || w->cell[i].anonymous)
            continue;
        int level = cell_group_level(w, i, m->sel.zones);
        if (level >= 0)
            w->levels[level]++;
    }
}

static void rebuild_songs(struct model *m, const struct week *w)
{
    for (size_t i = 0; i <= w->songs.mask; i++) {
        struct song_count c = w->songs.slot[i];
        if (c.key && (m->sel.zones >> ((c.key - 1) & 7) & 1))
            song_take(m, (c.key - 1) >> 3, m->song[(c.key - 1) >> 3].artist, c.plays);
    }
}

/* What two threads share of a rebuild. */
struct job {
    struct model *model;
    bool afresh;
    atomic_size_t next; /* session that nobody has taken */
    atomic_uint_least64_t sessions;
};

/* Taken piece by piece by whoever has time. */
static void rebuild_sessions(struct job *job)
{
    struct model *m = job->model;
    uint64_t sessions = 0;
    for (size_t from;
         (from = atomic_fetch_add(&job->next, SESSIONS_PIECE)) < m->sessions;) {
        size_t left = m->sessions - from;
        size_t to = from + (left < SESSIONS_PIECE ? left : SESSIONS_PIECE);
        for (size_t i = from; i < to; i++) {
            float minutes = session_minutes(m, (uint32_t)i);
            m->sel.session_minutes[i] = minutes;
            sessions += minutes >= 0;
        }
    }
    atomic_fetch_add(&job->sessions, sessions);
}

static struct week *chosen_week(const struct model *m, size_t place)
{
    return bits_has(m->sel.weeks, m->seen[place]) ? m->week[m->seen[place]] : NULL;
}

static void rebuild_users(struct model *m)
{
    struct week *w;
    clear_users(m);
    for (size_t i = 0; i < m->weeks_seen; i++)
        if ((w = chosen_week(m, i)))
            rebuild_cells(m, w);
    for (size_t i = 1; i < m->users; i++)
        if (m->user[i].plays)
            tally(&m->sel, m->user[i].attrs, 1);
}

/* What other weeks chosen leave as it is, a week's levels and hours, is made anew only
 * if it is asked for. */
static void *rebuild_rest(void *context)
{
    struct job *job = context;
    struct model *m = job->model;
    struct week *w;
    clear_songs(m);
    for (size_t i = 0; i < m->weeks_seen; i++)
        if ((w = chosen_week(m, i))) {
            if (w->zones != m->sel.zones || job->afresh)
                rebuild_levels(m, w);
            rebuild_songs(m, w);
        }
    rebuild_sessions(job);
    return NULL;
}

/* Both wait for memory most of the time and have nothing in common that they write, so
 * that two cores take little more than half of the time; users take the shorter part of
 * it, and sessions, which go with both, even that out. */
static void rebuild(struct model *m, bool afresh)
{
    struct job job = {.model = m, .afresh = afresh};
    struct beside rest;
    resolve(m);
    beside_start(&rest, m->sessions >= TWO_CORES_FROM, rebuild_rest, &job);
    rebuild_users(m);
    rebuild_sessions(&job);
    beside_join(&rest);
    m->sel.sessions = job.sessions;
}

void model_rebuild(struct model *m)
{
    rebuild(m, true);
}

void model_select(struct model *m, const struct filter *filter)
{
    struct selection before = {.zones = m->sel.zones};
    memcpy(before.weeks, m->sel.weeks, sizeof before.weeks);
    m->sel.filter = *filter;
    resolve(m);
    if (before.zones != m->sel.zones ||
        memcmp(before.weeks, m->sel.weeks, sizeof before.weeks) != 0)
        rebuild(m, false);
}
