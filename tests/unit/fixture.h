/* A snapshot to draw from in tests: a platform of some hundred users over some weeks,
 * made by a small generator from a fixed seed; names with accents, combining marks and
 * wide characters. */
#ifndef CADENCE_TESTS_FIXTURE_H
#define CADENCE_TESTS_FIXTURE_H

#include <math.h>
#include <stdio.h>

#include "cadence/mem.h"
#include "cadence/panel.h"

struct fixture_random {
    uint64_t state;
};

static inline double fixture_uniform(struct fixture_random *r)
{
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(r->state >> 11) / 9007199254740992.0;
}

static const char *const fixture_artists[] = {
    "Kings Of Leon",
    "Coldplay",
    "Dwight Yoakam",
    "Björk",
    "The Black Keys",
    "Muse",
    "Jack Johnson",
    "Justin Bieber",
    "Florence + The Machine",
    "OneRepublic",
    "Radiohead",
    "Alliance Ethnik",
    "Eminem",
    "The Killers",
    "Rihanna",
    "宇多田ヒカル",
    "Daft Punk",
    "Taylor Swift",
    "Cafe\xcc\x81 Tacvba",
    "Harmonia",
    "Guns N' Roses",
    "Linkin Park",
    "Metallica",
    "Usher",
    "Train",
    "The Smiths",
    "Nickelback",
    "Пикник",
    "Barry Tuckwell/Academy of St Martin-in-the-Fields/Sir Neville Marriner",
    "U2",
    "John Mayer",
    "Drake",
    "Evanescence",
    "Gorillaz",
    "Sigur Rós",
    "방탄소년단"};
static const char *const fixture_songs[] = {
    "Use Somebody",
    "Yellow",
    "You're The One",
    "Undo",
    "Revelry",
    "Sehr kosmisch",
    "Dog Days Are Over (Radio Edit)",
    "Secrets",
    "Ain't Misbehavin",
    "Invalid",
    "Représente",
    "Canada",
    "Catch You Baby (Steve Pitron & Max Sanna Radio Edit)",
    "Fireflies",
    "I CAN'T GET STARTED",
    "Somebody To Love",
    "Sincerité Et Jalousie",
    "Love Story",
    "The Gift",
    "初恋",
    "Hey_ Soul Sister",
    "Horn Concerto No. 4 in E flat K495: II. Romance (Andante cantabile)",
    "Billionaire",
    "Alejandro"};
static const char *const fixture_names[] = {"Ryan Patterson",   "Rush Burgess",
                                            "Dakota Stewart",   "Mycah Russell",
                                            "Briley Rodriguez", "Jack Crane",
                                            "Aryan Liu",        "Ashlyn Montes",
                                            "Connor Park",      "",
                                            "Zoë Müller",       "山田 太郎"};
static const char *const fixture_ids[] = {"32", "20", "15", "77",     "47", "33",
                                          "16", "36", "91", "100482", "7",  "u-5f3a9c2e"};
static const char *const fixture_states[] = {
    "CA", "TX", "FL", "PA", "MI", "VA", "NY", "OH", "WI", "IL", "GA", "IN", "MN",
    "MS", "OR", "AZ", "NJ", "UT", "NC", "KS", "AR", "TN", "SC", "MD", "MA", "LA",
    "KY", "CO", "AL", "WA", "RI", "NE", "ND", "ME", "IA", "HI", "DE", "PR"};

static inline struct box fixture_box(double middle, uint64_t n)
{
    return (struct box){n,           middle * 0.05, middle * 0.4, middle, middle * 3.1,
                        middle * 14, middle * 2.2};
}

static inline void fixture_weeks(struct snapshot *s, size_t weeks,
                                 struct fixture_random *r)
{
    unsigned first = week_from_id(str_of("2023-W52"));
    s->weeks = s->weeks_chosen = weeks;
    s->week = mem_zalloc((weeks + 1) * sizeof *s->week);
    for (size_t i = 0; i < weeks; i++) {
        struct week_row *w = &s->week[i];
        w->week = first + (unsigned)i;
        week_id(w->week, w->id);
        snprintf(w->label, sizeof w->label, "Week %u", (unsigned)(i + 1) % 10000);
        if (i + 1 == weeks)
            snprintf(w->label, sizeof w->label, "Present");
        date_text(week_start_ms(w->week), w->from);
        date_text(week_start_ms(w->week) + 6 * DAY_MS, w->to);
        w->chosen = true;
        w->users = 60 + (uint64_t)(40 * fixture_uniform(r));
        w->levels[LEVEL_PAID] = (uint32_t)((double)w->users * (0.25 + 0.01 * (double)i));
        w->levels[LEVEL_FREE] = (uint32_t)w->users - w->levels[LEVEL_PAID];
        w->hours = fixture_box(0.3 + 0.6 * fixture_uniform(r), w->users);
        w->plays = 1500 + (uint64_t)(1500 * fixture_uniform(r));
    }
    weeks_name_briefly(s->week, weeks);
}

static inline void fixture_spark(float out[TREND_POINTS], double rise,
                                 struct fixture_random *r)
{
    float most = 0;
    for (int i = 0; i < TREND_POINTS; i++) {
        double trend = 1 + rise * pow((double)i / (TREND_POINTS - 1), 3);
        out[i] = (float)(trend * (0.6 + 0.4 * fixture_uniform(r)));
        most = out[i] > most ? out[i] : most;
    }
    for (int i = 0; i < TREND_POINTS; i++)
        out[i] /= most;
}

static inline void fixture_lists(struct snapshot *s, struct fixture_random *r)
{
    s->states = ARRAY_SIZE(fixture_states);
    s->state = mem_zalloc(s->states * sizeof *s->state);
    for (size_t i = 0; i < s->states; i++) {
        struct state_row *row = &s->state[i];
        snprintf(row->name, sizeof row->name, "%s", fixture_states[i]);
        row->state = (uint16_t)state_pack(row->name[0], row->name[1]);
        row->users = (uint32_t)(13 / (1 + 0.35 * (double)i)) + 1;
        row->plays = row->users * (200 + (uint64_t)(400 * fixture_uniform(r)));
    }
    s->songs = 200;
    s->song = mem_zalloc(s->songs * sizeof *s->song);
    for (size_t i = 0; i < s->songs; i++)
        s->song[i] = (struct song_row){
            str_of(fixture_artists[(i * 7 + i / 24) % ARRAY_SIZE(fixture_artists)]),
            str_of(fixture_songs[i % ARRAY_SIZE(fixture_songs)]),
            (uint64_t)(240 / (1 + 0.12 * (double)i)) + 1};
    s->artists = ARRAY_SIZE(fixture_artists);
    s->artist = mem_zalloc(s->artists * sizeof *s->artist);
    for (size_t i = 0; i < s->artists; i++) {
        s->artist[i].artist = str_of(fixture_artists[i]);
        s->artist[i].id = (uint32_t)i + 1;
        s->artist[i].plays = (uint64_t)(620 / (1 + 0.2 * (double)i));
        fixture_spark(s->artist[i].spark, fixture_uniform(r) * 2 - 0.8, r);
    }
    s->users = ARRAY_SIZE(fixture_names);
    s->user = mem_zalloc(s->users * sizeof *s->user);
    for (size_t i = 0; i < s->users; i++) {
        s->user[i] = (struct user_row){.user = str_of(fixture_ids[i]),
                                       .name = str_of(fixture_names[i]),
                                       .hours = 381.04 / (1 + 0.4 * (double)i),
                                       .plays = (uint64_t)(5500 / (1 + 0.4 * (double)i))};
        snprintf(s->user[i].state, sizeof s->user[i].state, "%s", fixture_states[i]);
    }
}

static inline void fixture_trend(struct snapshot *s, enum trend_kind kind, size_t count,
                                 size_t offset, struct fixture_random *r)
{
    struct trend_rows *t = &s->trend[kind];
    t->scale = SCALE_6H;
    t->now_ms = s->input.last_ts;
    t->window_ms = 6 * HOUR_MS;
    t->base_ms = 7 * DAY_MS;
    t->listens = 420;
    t->base_listens = 8000;
    t->tested = 312;
    t->enough = true;
    t->count = count;
    t->row = mem_zalloc((count + 1) * sizeof *t->row);
    for (size_t i = 0; i < count; i++) {
        size_t artist = (i * 3 + offset) % ARRAY_SIZE(fixture_artists);
        struct trend_row *row = &t->row[i];
        bool falling = kind == TREND_FALLING;
        row->artist = str_of(fixture_artists[artist]);
        if (kind == TREND_SONGS)
            row->song = str_of(fixture_songs[(i * 5) % ARRAY_SIZE(fixture_songs)]);
        double lift = falling ? 0.2 + 0.05 * (double)i : 5.4 / (1 + 0.3 * (double)i);
        row->entry =
            (struct trend_entry){.id = (uint32_t)artist + 1,
                                 .listeners = (uint32_t)(24 / (1 + 0.3 * (double)i)) + 5,
                                 .listens = (uint32_t)(31 / (1 + 0.3 * (double)i)) + 5,
                                 .base_listens = 96,
                                 .expected = 5.04,
                                 .lift = lift,
                                 .score = log(lift) - 0.4,
                                 .p = 2.1e-9,
                                 .since_ms = t->now_ms - (int64_t)(i * i) * 5 * HOUR_MS,
                                 .rank_change = (int)(i % 3) - 1,
                                 .is_new = i == 3,
                                 .forecast = 26,
                                 .forecast_low = 17.4,
                                 .forecast_high = 36.2};
        fixture_spark(row->entry.spark, falling ? -0.9 : 6, r);
        if (kind == TREND_ARTISTS)
            s->artist[artist].trend = (int)i + 1;
    }
}

static inline void fixture_activity(struct snapshot *s, size_t days,
                                    struct fixture_random *r)
{
    struct activity *a = &s->activity;
    a->start_ms = s->input.first_ts - s->input.first_ts % DAY_MS;
    a->step_ms = DAY_MS;
    a->count = days;
    a->plays = mem_zalloc((days + 1) * sizeof *a->plays);
    a->events = mem_zalloc((days + 1) * sizeof *a->events);
    for (size_t i = 0; i < days; i++) {
        double week = 1 - 0.4 * (i % 7 >= 5), growth = 200 + 2.2 * (double)i;
        a->plays[i] = (uint64_t)(growth * week * (0.85 + 0.3 * fixture_uniform(r)));
        a->events[i] = a->plays[i] + a->plays[i] / 6;
    }
}

static inline void fixture_lately(struct snapshot *s, struct fixture_random *r)
{
    struct activity *a = &s->lately;
    a->step_ms = MINUTE_MS;
    a->count = LATELY_MINUTES;
    a->start_ms = s->input.last_ts / MINUTE_MS * MINUTE_MS - 119 * MINUTE_MS;
    a->plays = mem_zalloc(a->count * sizeof *a->plays);
    a->events = mem_zalloc(a->count * sizeof *a->events);
    for (size_t i = 0; i < a->count; i++) {
        a->plays[i] = (uint64_t)(20 * fixture_uniform(r));
        a->events[i] = a->plays[i] + a->plays[i] / 6;
    }
}

/* Free with snapshot_free. */
static inline struct snapshot *fixture_snapshot(size_t weeks)
{
    struct fixture_random r = {42};
    struct snapshot *s = mem_zalloc(sizeof *s);
    filter_init(&s->filter);
    s->zones = ZONES_ALL;
    fixture_weeks(s, weeks, &r);
    s->input.lines = 51234;
    s->input.kind[LINE_EVENT] = 51200;
    s->input.plays = 43000;
    s->input.first_ts = week_start_ms(s->week[0].week) + 2 * DAY_MS;
    s->input.last_ts =
        week_start_ms(s->week[weeks - 1].week) + 4 * DAY_MS + 5 * HOUR_MS + 197000;
    s->summary.users = 100;
    s->summary.plays = 43000;
    s->summary.sessions = 3709;
    s->summary.songs = 12034;
    s->summary.artists = 4410;
    s->summary.hours = 2968.6;
    s->levels[LEVEL_PAID] = 37;
    s->levels[LEVEL_FREE] = 63;
    s->genders[GENDER_F] = 45;
    s->genders[GENDER_M] = 55;
    s->devices[DEVICE_WINDOWS] = 48;
    s->devices[DEVICE_MAC] = 43;
    s->devices[DEVICE_LINUX] = 5;
    s->devices[DEVICE_IPHONE] = 3;
    s->devices[DEVICE_IPAD] = 1;
    s->moves[PAGE_UPGRADED] = 12;
    s->moves[PAGE_DOWNGRADED] = 2;
    s->moves[PAGE_CANCELLED] = 1;
    s->session_minutes = (struct box){3709, 0.5, 4, 11.2, 58, 801, 48.03};
    fixture_lists(s, &r);
    fixture_trend(s, TREND_ARTISTS, 9, 1, &r);
    fixture_trend(s, TREND_SONGS, 5, 4, &r);
    fixture_trend(s, TREND_FALLING, 4, 2, &r);
    fixture_activity(s, weeks * 7 - 3, &r);
    fixture_lately(s, &r);
    return s;
}

static inline struct partition_row *fixture_partitions(struct source_status *status)
{
    static struct partition_row rows[6];
    memset(status, 0, sizeof *status);
    snprintf(status->name, sizeof status->name, "kafka:listen_events");
    status->state = SOURCE_CATCHING_UP;
    status->is_kafka = true;
    status->lag = 12034;
    status->lag_s = 12.4;
    status->catch_up_s = 195;
    status->messages_s = 23100;
    status->partitions = ARRAY_SIZE(rows);
    status->partition = rows;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        rows[i] = (struct partition_row){.partition = (int32_t)i % 3,
                                         .leader = i == 4 ? -1 : 1,
                                         .offset = 1204000 + (int64_t)i * 1000,
                                         .end = 1206000 + (int64_t)i * 1700,
                                         .rate = 2310.5 * (double)i};
        rows[i].lag = rows[i].end - rows[i].offset;
        snprintf(rows[i].topic, sizeof rows[i].topic, "%s",
                 i < 3 ? "listen_events" : "page_view_events");
    }
    snprintf(rows[4].note, sizeof rows[4].note, "leader not available since 14:03");
    return rows;
}

#endif
