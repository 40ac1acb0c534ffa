/* The figures of the model's current selection -> an immutable snapshot. */
#include "quantile.h"
#include "top.h"

#include "cadence/beside.h"
#include "cadence/mem.h"
#include "cadence/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Listening hours per user of one week: the sum over the cells of each user that are
 * selected. */
static struct box week_hours(const struct model *m, const struct week *w)
{
    float *v = mem_alloc((w->cells + 1) * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < w->cells; i++) {
        int64_t ns = 0;
        bool any = false;
        if (w->cell[i].follows || w->cell[i].anonymous)
            continue;
        for (uint32_t k = (uint32_t)i; k != NONE; k = w->cell[k].sibling)
            if (m->sel.zones >> w->cell[k].zone & 1) {
                listened_add(&ns, w->cell[k].listened_ns);
                any = true;
            }
        if (any)
            v[n++] = (float)((double)ns / 3.6e12);
    }
    struct box box = box_make(v, n);
    free(v);
    return box;
}

static void fill_week(struct model *m, struct week *w, size_t place, struct week_row *row)
{
    int64_t start = week_start_ms(w->number);
    row->week = w->number;
    week_id(w->number, row->id);
    if (place + 1 == m->weeks_seen)
        snprintf(row->label, sizeof row->label, "Present");
    else
        snprintf(row->label, sizeof row->label, "Week %u",
                 (unsigned)(place + 1) % 10000u);
    date_text(start, row->from);
    date_text(start + 6 * DAY_MS, row->to);
    row->plays = w->plays;
    row->users = w->users;
    row->chosen = bits_has(m->sel.weeks, w->number);
    if (!row->chosen)
        return;
    memcpy(row->levels, w->levels, sizeof row->levels);
    if (w->hours_stale) {
        w->hours = week_hours(m, w);
        w->hours_stale = false;
    }
    row->hours = w->hours;
}

/* What the weeks know by zone is summed when it is asked for. */
static void fill_totals(const struct model *m, struct snapshot *s)
{
    struct time_sum time = {0};
    for (unsigned n = 0; n < WEEK_COUNT; n++) {
        const struct week *w = m->week[n];
        for (enum zone z = 0; w && z < ZONE_COUNT; z++) {
            if (!bits_has(m->sel.weeks, n) || !(m->sel.zones >> z & 1))
                continue;
            for (int k = 0; k < PAGE_KIND_COUNT; k++)
                s->moves[k] += w->moves[z][k];
            s->summary.plays += w->zone_plays[z];
            time.s += w->zone_time[z].s;
            time.ns += w->zone_time[z].ns;
        }
    }
    s->summary.hours = ((double)time.s + (double)time.ns / 1e9) / 3600;
}

static void fill_weeks(struct model *m, struct snapshot *s)
{
    s->weeks = m->weeks_seen;
    s->week = mem_zalloc(s->weeks * sizeof *s->week);
    for (size_t i = 0; i < s->weeks; i++) {
        fill_week(m, m->week[m->seen[i]], i, &s->week[i]);
        s->weeks_chosen += s->week[i].chosen;
    }
    weeks_name_briefly(s->week, s->weeks);
    fill_totals(m, s);
}

static void fill_summary(const struct model *m, struct snapshot *s)
{
    const struct selection *sel = &m->sel;
    s->summary.users = sel->users;
    s->summary.sessions = sel->sessions;
    s->summary.songs = sel->songs;
    s->summary.artists = sel->artists;
    for (unsigned attrs = 0; attrs < ATTRS_COUNT; attrs++) {
        uint32_t users = sel->attrs_users[attrs];
        if (!users)
            continue;
        enum level level = attrs_level((uint8_t)attrs);
        enum gender gender = attrs_gender((uint8_t)attrs);
        enum device device = attrs_device((uint8_t)attrs);
        s->levels[level] += users;
        s->genders[gender] += users;
        s->devices[device] += users;
        s->who[device][gender][level] = users;
    }
}

static void fill_states(const struct model *m, struct snapshot *s)
{
    const struct selection *sel = &m->sel;
    s->state = mem_alloc(STATE_COUNT * sizeof *s->state);
    for (unsigned i = 1; i < STATE_COUNT; i++) {
        if (!sel->state_plays[i])
            continue;
        struct state_row *row = &s->state[s->states++];
        *row = (struct state_row){.state = (uint16_t)i,
                                  .users = sel->state_users[i],
                                  .plays = sel->state_plays[i]};
        state_name(i, row->name);
    }
}

/* A user's level is that of the latest play of the selection, wherever that was. */
static void fill_state_levels(const struct model *m, struct snapshot *s)
{
    uint32_t paid[STATE_COUNT] = {0};
    for (size_t i = 0; i < m->user_states; i++) {
        const struct user_state *u = &m->user_state[i];
        if (u->cells)
            paid[u->state] += attrs_level(m->user[u->user].attrs) == LEVEL_PAID;
    }
    for (size_t i = 0; i < s->states; i++)
        s->state[i].paid = paid[s->state[i].state];
}

static bool song_before(const void *context, uint32_t a, uint32_t b)
{
    const struct model *m = context;
    uint32_t x = m->sel.song[a], y = m->sel.song[b];
    return x != y ? x > y : model_song_order(m, a, b) < 0;
}

static struct top_key song_key(const void *context, uint32_t id)
{
    const struct model *m = context;
    return top_key(m->sel.song[id], m->artists.text[m->song[id].artist]);
}

static void fill_songs(const struct model *m, size_t limit, struct snapshot *s)
{
    struct top top;
    top_init(&top, limit, song_before, song_key, m);
    for (uint32_t i = 0; i < m->songs; i++)
        if (m->sel.song[i])
            top_offer(&top, i);
    top_sort(&top);
    s->songs = top.n;
    s->song = mem_alloc(top.n * sizeof *s->song);
    for (size_t i = 0; i < top.n; i++)
        s->song[i] =
            (struct song_row){.artist = m->artists.text[m->song[top.id[i]].artist],
                              .song = model_song_title(m, top.id[i]),
                              .plays = m->sel.song[top.id[i]]};
    top_fini(&top);
}

static bool artist_before(const void *context, uint32_t a, uint32_t b)
{
    const struct model *m = context;
    uint32_t x = m->sel.artist[a], y = m->sel.artist[b];
    return x != y ? x > y : str_cmp(m->artists.text[a], m->artists.text[b]) < 0;
}

static struct top_key artist_key(const void *context, uint32_t id)
{
    const struct model *m = context;
    return top_key(m->sel.artist[id], m->artists.text[id]);
}

static void fill_sparks(struct model *m, const struct filter *resolved,
                        const struct top *top, struct snapshot *s)
{
    float spark[SPARKS_MAX][TREND_POINTS];
    size_t n = top->n < SPARKS_MAX ? top->n : SPARKS_MAX;
    trend_series(m->trend, resolved, top->id, n, s->trend[TREND_ARTISTS].scale, spark);
    for (size_t i = 0; i < n; i++)
        memcpy(s->artist[i].spark, spark[i], sizeof spark[i]);
}

static void fill_artists(struct model *m, size_t limit, const struct filter *resolved,
                         struct snapshot *s)
{
    const struct trend_rows *trend = &s->trend[TREND_ARTISTS];
    struct top top;
    top_init(&top, limit, artist_before, artist_key, m);
    for (uint32_t i = 1; i < m->artists.count; i++)
        if (m->sel.artist[i])
            top_offer(&top, i);
    top_sort(&top);
    s->artists = top.n;
    s->artist = mem_zalloc(top.n * sizeof *s->artist);
    for (size_t i = 0; i < top.n; i++) {
        struct artist_row *row = &s->artist[i];
        row->id = top.id[i];
        row->artist = m->artists.text[row->id];
        row->plays = m->sel.artist[row->id];
        for (size_t k = 0; k < trend->count; k++)
            if (trend->row[k].entry.id == row->id)
                row->trend = (int)k + 1;
    }
    fill_sparks(m, resolved, &top, s);
    top_fini(&top);
}

/* Hours to six places, as the reference ranks them; ties on the edge are left to printf,
 * which rounds the exact binary value as Python does. */
static double hours_rank(int64_t ns)
{
    double hours = (double)ns / 1e9 / 3600, scaled = hours * 1e6, whole = floor(scaled);
    if (fabs(scaled - whole - 0.5) > 1e-3)
        return rint(scaled);
    char text[48];
    snprintf(text, sizeof text, "%.6f", hours);
    return rint(strtod(text, NULL) * 1e6);
}

static bool user_before(const void *context, uint32_t a, uint32_t b)
{
    const struct model *m = context;
    char ids[2][24];
    int64_t x = m->user[a].listened_ns, y = m->user[b].listened_ns;
    if (x - y > 7200000 || y - x > 7200000) /* more than two steps of rounding */
        return x > y;
    double rx = hours_rank(x), ry = hours_rank(y);
    return rx != ry
               ? rx > ry
               : str_cmp(model_user_id(m, a, ids[0]), model_user_id(m, b, ids[1])) < 0;
}

static struct top_key user_key(const void *context, uint32_t id)
{
    const struct model *m = context;
    char text[24];
    return top_key((uint64_t)hours_rank(m->user[id].listened_ns),
                   model_user_id(m, id, text));
}

static void fill_users(const struct model *m, size_t limit, struct snapshot *s)
{
    struct top top;
    top_init(&top, limit, user_before, user_key, m);
    for (uint32_t i = 1; i < m->users; i++)
        if (m->user[i].plays)
            top_offer(&top, i);
    top_sort(&top);
    s->users = top.n;
    s->user = mem_alloc(top.n * sizeof *s->user);
    for (size_t i = 0; i < top.n; i++) {
        const struct user *f = &m->user[top.id[i]];
        struct user_row *row = &s->user[i];
        *row = (struct user_row){.name = m->names.text[f->name],
                                 .hours = (double)f->listened_ns / 1e9 / 3600,
                                 .plays = f->plays};
        row->user = model_user_id(m, top.id[i], row->id);
        state_name(f->state, row->state);
    }
    top_fini(&top);
}

float session_bin_from(size_t bin)
{
    static const float from[SESSION_BINS] = {0,  1,  2,   5,   10,  20,
                                             30, 60, 120, 240, 480, 960};
    return bin < SESSION_BINS ? from[bin] : INFINITY;
}

static void fill_session_bins(const float *minutes, size_t n, uint32_t *bin)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (size_t b = 1; b < SESSION_BINS; b++) /* no branch: any may come */
            at += minutes[i] >= session_bin_from(b);
        bin[at]++;
    }
}

struct session_job {
    const struct model *model;
    struct snapshot *snapshot;
};

/* Of a million sessions these two figures take as long as all others together. */
static void *fill_session_minutes(void *context)
{
    const struct session_job *job = context;
    const struct model *m = job->model;
    struct snapshot *s = job->snapshot;
    float *v = mem_alloc((m->sessions + 1) * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < m->sessions; i++) {
        v[n] = m->sel.session_minutes[i];
        n += v[n] >= 0; /* no branch: a filter may choose any */
    }
    if (s->session_bins)
        fill_session_bins(v, n, s->session_bin);
    s->session_minutes = box_make(v, n);
    free(v);
    return NULL;
}

static void fill_trends(struct model *m, const struct snapshot_request *request,
                        const struct filter *resolved, struct snapshot *s)
{
    struct trend_list *list = mem_alloc(sizeof *list);
    for (enum trend_kind kind = 0; kind < TREND_KIND_COUNT; kind++) {
        struct trend_rows *rows = &s->trend[kind];
        trend_list(m->trend, resolved, kind, request->scale, request->haste, list);
        rows->scale = list->scale;
        rows->now_ms = list->now_ms;
        rows->window_ms = list->window_ms;
        rows->base_ms = list->base_ms;
        rows->series_ms = list->series_ms;
        rows->listens = list->listens;
        rows->base_listens = list->base_listens;
        rows->tested = list->tested;
        rows->enough = list->enough;
        rows->more = list->more;
        rows->sampled = list->sampled;
        memcpy(rows->waiting, list->waiting, sizeof rows->waiting);
        rows->count = list->count;
        rows->row = mem_zalloc(list->count * sizeof *rows->row);
        for (size_t i = 0; i < list->count; i++) {
            uint32_t id = list->entry[i].id;
            struct trend_row *row = &rows->row[i];
            row->entry = list->entry[i];
            row->artist = m->artists.text[kind == TREND_SONGS ? m->song[id].artist : id];
            row->song =
                kind == TREND_SONGS ? model_song_title(m, id) : (struct str){"", 0};
        }
    }
    free(list);
    if (!request->why_artist)
        return;
    trend_explain(m->trend, resolved, request->why_artist, request->scale, &s->why);
    s->why_artist = m->artists.text[request->why_artist];
}

struct snapshot *snapshot_new(struct model *m, const struct snapshot_request *request)
{
    struct snapshot *s = mem_zalloc(sizeof *s);
    struct filter *resolved = mem_alloc(sizeof *resolved);
    struct session_job job = {m, s};
    struct beside sessions;
    model_select(m, &request->filter);
    s->session_bins = request->session_bins;
    beside_start(&sessions, m->sessions >= TWO_CORES_FROM, fill_session_minutes, &job);
    *resolved = m->sel.filter;
    memset(resolved->week, 0, sizeof resolved->week);
    for (size_t i = 0; i < m->weeks_seen; i++) /* a week without plays is no moment */
        if (bits_has(m->sel.weeks, m->seen[i]))
            bits_set(resolved->week, m->seen[i]);
    s->number = request->number;
    s->input = m->input;
    s->filter = request->filter;
    s->zones = m->sel.zones;
    fill_weeks(m, s);
    fill_summary(m, s);
    fill_states(m, s);
    s->state_levels = request->state_levels;
    if (s->state_levels)
        fill_state_levels(m, s);
    fill_songs(m, request->limit[LIST_SONGS], s);
    fill_trends(m, request, resolved, s);
    fill_artists(m, request->limit[LIST_ARTISTS], resolved, s);
    fill_users(m, request->limit[LIST_USERS], s);
    activity_fill(m, request->activity_points, &s->activity, &s->lately);
    beside_join(&sessions);
    free(resolved);
    return s;
}
