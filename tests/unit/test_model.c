/* The selection kept up play by play equals the selection rebuilt, for random streams and
 * filters; and the order of arrival does not matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/hash.h"
#include "cadence/mem.h"
#include "cadence/model.h"
#include "cadence/snapshot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EVENTS 800

static uint64_t dice(uint64_t *seed, uint64_t sides)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    return mix64(*seed) % sides;
}

struct stream {
    struct event event[EVENTS];
    char text[EVENTS][6][24];
};

static struct ident number(uint64_t n)
{
    return (struct ident){.number = n, .present = n > 0};
}

static struct str text(char out[24], const char *prefix, uint64_t n)
{
    snprintf(out, 24, "%s%u", prefix, (unsigned)n);
    return str_of(out);
}

/* One in eight is text. */
static void some_text(struct ident *id, char out[24], const char *prefix)
{
    if (id->present && id->number % 8 == 3)
        *id = (struct ident){.text = text(out, prefix, id->number), .present = true};
}

static uint64_t ident_hash(const struct ident *id)
{
    return id->text.p ? hash_bytes(id->text, 0) : mix64(id->number);
}

/* Few users, states and times, so that ties, moves and overlaps are common. */
static void fill(struct stream *s, uint64_t seed)
{
    static const char *const states[] = {"CA", "NY", "TX", "ZZ", "HI"};
    for (int i = 0; i < EVENTS; i++) {
        const char *st = states[dice(&seed, 5)];
        struct event *e = &s->event[i];
        uint64_t artist = dice(&seed, 12), song = dice(&seed, 4);
        *e = (struct event){
            .kind = LINE_EVENT,
            .is_play = dice(&seed, 10) > 0,
            .ts_ms = 1704000000000 + (int64_t)dice(&seed, 5) * WEEK_MS / 2 +
                     (int64_t)dice(&seed, 50) * 1000,
            .duration_ns = (int64_t)dice(&seed, 400) * 1000000000,
            .user = number(dice(&seed, 9)),
            .session = number(dice(&seed, 20)),
            .item = number(dice(&seed, 200)),
            .state = dice(&seed, 20) ? (uint16_t)state_pack(st[0], st[1]) : STATE_NONE,
            .level = (uint8_t)dice(&seed, LEVEL_COUNT),
            .gender = (uint8_t)dice(&seed, GENDER_COUNT),
            .device = (uint8_t)dice(&seed, DEVICE_COUNT),
        };
        e->zone = (uint8_t)state_zone(e->state);
        e->end_ms = (double)e->ts_ms + (double)e->duration_ns / 1e6;
        /* Shorter than a word, a word, longer. */
        e->artist = artist ? text(s->text[i][0], "artist ", artist) : str_of("");
        e->song = text(s->text[i][1], song % 2 ? "song " : "a song of words ", song);
        e->name = text(s->text[i][2], "name ", dice(&seed, 3));
        some_text(&e->user, s->text[i][3], "user ");
        some_text(&e->session, s->text[i][4], "session ");
        some_text(&e->item, s->text[i][5], "item ");
        e->user_tag = (uint32_t)ident_hash(&e->user);
        e->session_tag = (uint32_t)mix64(ident_hash(&e->session) + e->user_tag);
        e->artist_tag = (uint32_t)hash_bytes(e->artist, 0);
        e->song_tag = (uint32_t)hash_bytes(e->song, e->artist_tag);
    }
}

static void random_filter(struct filter *f, uint64_t *seed)
{
    filter_init(f);
    f->zones = (uint8_t)(1 + dice(seed, ZONES_ALL));
    f->all_weeks = dice(seed, 3) == 0;
    f->present = dice(seed, 3) == 0;
    for (int i = 0; i < 3; i++) {
        if (dice(seed, 2))
            bits_set(f->week,
                     week_of_ms(1704000000000 + (int64_t)dice(seed, 5) * WEEK_MS / 2));
        if (dice(seed, 2))
            bits_set(f->nth, (unsigned)dice(seed, 4));
    }
}

static void assert_same_selection(const struct model *a, const struct model *b)
{
    const struct selection *x = &a->sel, *y = &b->sel;
    assert_int_equal(x->users, y->users);
    assert_int_equal(x->sessions, y->sessions);
    assert_int_equal(x->songs, y->songs);
    assert_int_equal(x->artists, y->artists);
    assert_memory_equal(x->attrs_users, y->attrs_users, sizeof x->attrs_users);
    assert_memory_equal(x->state_users, y->state_users, sizeof x->state_users);
    assert_memory_equal(x->state_plays, y->state_plays, sizeof x->state_plays);
    for (size_t i = 0; i < a->users; i++) {
        const struct user *u = &a->user[i], *v = &b->user[i];
        if (!u->plays && !v->plays)
            continue;
        assert_int_equal(u->plays, v->plays);
        assert_int_equal(u->listened_ns, v->listened_ns);
        assert_int_equal(u->last_ms, v->last_ms);
        assert_int_equal(u->name, v->name);
        assert_int_equal(u->attrs, v->attrs);
        assert_int_equal(u->state, v->state);
    }
    assert_memory_equal(x->song, y->song, a->songs * sizeof *x->song);
    assert_memory_equal(x->session_minutes, y->session_minutes,
                        a->sessions * sizeof(float));
    for (size_t i = 0; i < a->weeks_seen; i++) {
        unsigned w = a->seen[i];
        if (bits_has(x->weeks, w))
            assert_memory_equal(a->week[w]->levels, b->week[w]->levels,
                                sizeof a->week[w]->levels);
    }
}

static void assert_same_weeks(struct model *a, struct model *b)
{
    struct snapshot_request request = {.filter = a->sel.filter};
    struct snapshot *x = snapshot_new(a, &request), *y = snapshot_new(b, &request);
    assert_int_equal(x->weeks, y->weeks);
    assert_memory_equal(&x->summary, &y->summary, sizeof x->summary);
    for (size_t i = 0; i < x->weeks; i++) {
        assert_int_equal(x->week[i].chosen, y->week[i].chosen);
        assert_memory_equal(x->week[i].levels, y->week[i].levels,
                            sizeof x->week[i].levels);
        assert_memory_equal(&x->week[i].hours, &y->week[i].hours,
                            sizeof x->week[i].hours);
    }
    snapshot_free(x);
    snapshot_free(y);
}

static void kept_up_equals_rebuilt(void **state)
{
    struct stream *s = mem_zalloc(sizeof *s);
    struct filter f;
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t dices = seed * 7919;
        struct model *kept = model_new(), *rebuilt = model_new();
        fill(s, seed);
        random_filter(&f, &dices);
        model_select(kept, &f);
        model_select(rebuilt, &f);
        for (size_t at = 0; at < EVENTS;) {
            size_t n = 1 + dice(&dices, 200);
            n = n < EVENTS - at ? n : EVENTS - at;
            model_add(kept, s->event + at, n);
            model_add(rebuilt, s->event + at, n);
            at += n;
            model_rebuild(rebuilt);
            assert_same_selection(kept, rebuilt);
            if (dice(&dices, 2))
                assert_same_weeks(kept, rebuilt);
            if (dice(&dices, 4) == 0) {
                uint8_t zones = f.zones;
                random_filter(&f, &dices);
                f.zones = dice(&dices, 2) ? zones : f.zones;
                model_select(kept, &f);
                model_select(rebuilt, &f);
            }
        }
        model_free(kept);
        model_free(rebuilt);
    }
    free(s);
}

/* Sessions by length are counted from what the selection holds, when asked for. */
static void sessions_by_length(void **state)
{
    struct stream *s = mem_zalloc(sizeof *s);
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct model *m = model_new();
        struct snapshot_request request = {.session_bins = seed % 4 > 0};
        uint64_t dices = seed;
        uint32_t expected[SESSION_BINS] = {0};
        fill(s, seed);
        model_add(m, s->event, EVENTS);
        random_filter(&request.filter, &dices);
        struct snapshot *shot = snapshot_new(m, &request);
        for (size_t i = 0; i < m->sessions; i++) {
            float minutes = m->sel.session_minutes[i];
            for (size_t b = 0; b < SESSION_BINS; b++)
                if (minutes >= session_bin_from(b) && minutes < session_bin_from(b + 1))
                    expected[b]++;
        }
        if (!request.session_bins)
            memset(expected, 0, sizeof expected);
        assert_memory_equal(shot->session_bin, expected, sizeof expected);
        snapshot_free(shot);
        model_free(m);
    }
    free(s);
}

/* The snapshot's, which a thread of its own makes of so many. */
static void assert_session_minutes(struct model *m, const struct filter *f)
{
    struct snapshot *shot = snapshot_new(m, &(struct snapshot_request){.filter = *f});
    float least = INFINITY, most = 0;
    uint64_t n = 0;
    for (size_t i = 0; i < m->sessions; i++) {
        float minutes = m->sel.session_minutes[i];
        if (minutes < 0)
            continue;
        least = minutes < least ? minutes : least;
        most = minutes > most ? minutes : most;
        n++;
    }
    assert_int_equal(shot->session_minutes.n, n);
    assert_int_equal(shot->summary.sessions, n);
    assert_true(n == 0 || shot->session_minutes.min == (double)least);
    assert_true(n == 0 || shot->session_minutes.max == (double)most);
    snapshot_free(shot);
}

/* With so many sessions that a second thread takes part. */
static void two_cores_make_the_same(void **state)
{
    struct stream *s = mem_zalloc(sizeof *s);
    struct model *kept = model_new(), *rebuilt = model_new();
    struct filter f;
    uint64_t dices = 5, sessions = 0;
    (void)state;
    random_filter(&f, &dices);
    model_select(kept, &f);
    for (uint64_t seed = 1; sessions <= 2 * TWO_CORES_FROM; seed++) {
        fill(s, seed);
        for (size_t i = 0; i < EVENTS; i++) {
            s->event[i].session = number(++sessions / 2);
            s->event[i].session_tag = (uint32_t)mix64(sessions / 2);
        }
        model_add(kept, s->event, EVENTS);
        model_add(rebuilt, s->event, EVENTS);
    }
    assert_true(rebuilt->sessions >= TWO_CORES_FROM);
    for (int changes = 0; changes < 20; changes++) {
        model_select(rebuilt, &f);
        model_rebuild(rebuilt);
        assert_same_selection(kept, rebuilt);
        assert_same_weeks(kept, rebuilt);
        assert_session_minutes(rebuilt, &f);
        random_filter(&f, &dices);
        model_select(kept, &f);
    }
    model_free(kept);
    model_free(rebuilt);
    free(s);
}

/* What is looked ahead is a guess by tag: however many things share a tag, and however
 * the stream comes in batches, the figures are the same. */
static void guesses_are_checked(void **state)
{
    struct stream *s = mem_zalloc(2 * sizeof *s);
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        uint64_t dices = seed * 104729;
        uint32_t few = (uint32_t)dice(&dices, 4);
        struct model *apart = model_new(), *alike = model_new();
        fill(&s[0], seed);
        fill(&s[1], seed);
        for (size_t i = 0; i < EVENTS; i++) {
            struct event *e = &s[1].event[i];
            e->user_tag &= few;
            e->session_tag &= few;
            e->artist_tag &= few;
            e->song_tag &= few;
        }
        model_add(alike, s[1].event, EVENTS);
        for (size_t at = 0, n; at < EVENTS; at += n) {
            n = 1 + dice(&dices, 40);
            n = n < EVENTS - at ? n : EVENTS - at;
            model_add(apart, s[0].event + at, n);
        }
        assert_int_equal(apart->input.duplicates, alike->input.duplicates);
        assert_int_equal(apart->users, alike->users);
        assert_int_equal(apart->sessions, alike->sessions);
        assert_int_equal(apart->songs, alike->songs);
        assert_same_selection(apart, alike);
        assert_same_weeks(apart, alike);
        model_free(apart);
        model_free(alike);
    }
    free(s);
}

static uint64_t plays_selected(struct model *m)
{
    struct snapshot_request request = {.filter = m->sel.filter};
    struct snapshot *s = snapshot_new(m, &request);
    uint64_t plays = s->summary.plays;
    snapshot_free(s);
    return plays;
}

/* A late, selected play that belongs to no known week, session or state is still counted
 * once. */
static void a_label_moves_when_a_week_appears(void **state)
{
    struct model *m = model_new();
    struct filter f;
    struct event e = {.kind = LINE_EVENT,
                      .is_play = true,
                      .ts_ms = 1704067200000,
                      .song = str_of("s"),
                      .user = number(1),
                      .user_tag = 1,
                      .zone = ZONE_OTHER};
    (void)state;
    filter_init(&f);
    f.all_weeks = false;
    f.present = true;
    model_select(m, &f);
    model_add(m, &e, 1);
    assert_int_equal(plays_selected(m), 1);
    e.ts_ms += WEEK_MS;
    model_add(m, &e, 1);
    model_add(m, &e, 1);
    assert_int_equal(plays_selected(m), 2);
    e.ts_ms -= 3 * WEEK_MS;
    model_add(m, &e, 1);
    assert_int_equal(plays_selected(m), 2);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_by_length),
        cmocka_unit_test(kept_up_equals_rebuilt),
        cmocka_unit_test(two_cores_make_the_same),
        cmocka_unit_test(guesses_are_checked),
        cmocka_unit_test(a_label_moves_when_a_week_appears),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
