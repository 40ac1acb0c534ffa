#include "json.h"

#include "cadence/mem.h"

#include <stdlib.h>

static void add_text(cJSON *object, const char *key, struct str text)
{
    char small[256], *copy = text.n < sizeof small ? small : mem_alloc(text.n + 1);
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    cJSON_AddStringToObject(object, key, copy);
    if (copy != small)
        free(copy);
}

static void add_count(cJSON *object, const char *key, uint64_t n)
{
    cJSON_AddNumberToObject(object, key, (double)n);
}

static cJSON *add_row(cJSON *array)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddItemToArray(array, row);
    return row;
}

static void add_input(cJSON *root, const struct input_counts *in)
{
    cJSON *o = cJSON_AddObjectToObject(root, "input");
    bool any = in->kind[LINE_EVENT] > 0;
    add_count(o, "lines", in->lines);
    add_count(o, "blank", in->kind[LINE_BLANK]);
    add_count(o, "events", in->kind[LINE_EVENT]);
    add_count(o, "plays", in->plays);
    add_count(o, "duplicates", in->duplicates);
    add_count(o, "malformed", in->kind[LINE_MALFORMED]);
    add_count(o, "oversize", in->kind[LINE_OVERSIZE]);
    add_count(o, "no_time", in->kind[LINE_NO_TIME]);
    cJSON_AddItemToObject(o, "first_ts",
                          any ? cJSON_CreateNumber((double)in->first_ts)
                              : cJSON_CreateNull());
    cJSON_AddItemToObject(
        o, "last_ts", any ? cJSON_CreateNumber((double)in->last_ts) : cJSON_CreateNull());
}

static void add_weeks(cJSON *root, const struct snapshot *s)
{
    cJSON *weeks = cJSON_AddArrayToObject(root, "weeks");
    for (size_t i = 0; i < s->weeks; i++) {
        cJSON *o = add_row(weeks);
        cJSON_AddStringToObject(o, "id", s->week[i].id);
        cJSON_AddStringToObject(o, "label", s->week[i].label);
        cJSON_AddStringToObject(o, "from", s->week[i].from);
        cJSON_AddStringToObject(o, "to", s->week[i].to);
        add_count(o, "plays", s->week[i].plays);
        add_count(o, "users", s->week[i].users);
    }
}

static void add_filter(cJSON *root, const struct snapshot *s)
{
    cJSON *o = cJSON_AddObjectToObject(root, "filter");
    cJSON *weeks = cJSON_AddArrayToObject(o, "weeks"),
          *zones = cJSON_AddArrayToObject(o, "zones");
    for (size_t i = 0; i < s->weeks; i++)
        if (s->week[i].chosen)
            cJSON_AddItemToArray(weeks, cJSON_CreateString(s->week[i].id));
    for (enum zone z = 0; z < ZONE_COUNT; z++)
        if (s->zones >> z & 1)
            cJSON_AddItemToArray(zones, cJSON_CreateString(zone_name(z)));
}

static void add_summary(cJSON *root, const struct snapshot *s)
{
    cJSON *o = cJSON_AddObjectToObject(root, "summary");
    add_count(o, "users", s->summary.users);
    add_count(o, "plays", s->summary.plays);
    cJSON_AddNumberToObject(o, "hours", s->summary.hours);
    add_count(o, "sessions", s->summary.sessions);
    add_count(o, "songs", s->summary.songs);
    add_count(o, "artists", s->summary.artists);
}

static void add_tally(cJSON *array, const char *name, uint32_t users)
{
    if (!users)
        return;
    cJSON *o = add_row(array);
    cJSON_AddStringToObject(o, "name", name);
    add_count(o, "users", users);
}

static void add_levels(cJSON *object, const char *key, const uint32_t levels[LEVEL_COUNT])
{
    cJSON *array = cJSON_AddArrayToObject(object, key);
    for (enum level l = 0; l < LEVEL_COUNT; l++)
        add_tally(array, level_name(l), levels[l]);
}

static bool week_has_users(const struct week_row *row)
{
    return row->chosen && row->hours.n;
}

static void add_people(cJSON *root, const struct snapshot *s)
{
    add_levels(root, "levels", s->levels);
    cJSON *weeks = cJSON_AddArrayToObject(root, "levels_by_week");
    for (size_t i = 0; i < s->weeks; i++) {
        if (!week_has_users(&s->week[i]))
            continue;
        cJSON *o = add_row(weeks);
        cJSON_AddStringToObject(o, "week", s->week[i].id);
        add_levels(o, "levels", s->week[i].levels);
    }
    cJSON *genders = cJSON_AddArrayToObject(root, "genders");
    for (enum gender g = 0; g < GENDER_COUNT; g++)
        add_tally(genders, gender_name(g), s->genders[g]);
    enum device order[DEVICE_COUNT];
    devices_by_users(s, order);
    cJSON *devices = cJSON_AddArrayToObject(root, "devices");
    for (int i = 0; i < DEVICE_COUNT; i++)
        add_tally(devices, device_name(order[i]), s->devices[order[i]]);
}

static void add_states(cJSON *root, const struct snapshot *s)
{
    cJSON *states = cJSON_AddArrayToObject(root, "states");
    for (size_t i = 0; i < s->states; i++) {
        cJSON *o = add_row(states);
        cJSON_AddStringToObject(o, "state", s->state[i].name);
        add_count(o, "users", s->state[i].users);
        add_count(o, "plays", s->state[i].plays);
    }
}

static void add_music(cJSON *root, const struct snapshot *s)
{
    cJSON *songs = cJSON_AddArrayToObject(root, "songs");
    for (size_t i = 0; i < s->songs; i++) {
        cJSON *o = add_row(songs);
        add_text(o, "artist", s->song[i].artist);
        add_text(o, "song", s->song[i].song);
        add_count(o, "plays", s->song[i].plays);
    }
    cJSON *artists = cJSON_AddArrayToObject(root, "artists");
    for (size_t i = 0; i < s->artists; i++) {
        cJSON *o = add_row(artists);
        add_text(o, "artist", s->artist[i].artist);
        add_count(o, "plays", s->artist[i].plays);
    }
}

static void add_box(cJSON *o, const struct box *box)
{
    add_count(o, "n", box->n);
    if (!box->n)
        return;
    cJSON_AddNumberToObject(o, "min", box->min);
    cJSON_AddNumberToObject(o, "q1", box->q1);
    cJSON_AddNumberToObject(o, "median", box->median);
    cJSON_AddNumberToObject(o, "q3", box->q3);
    cJSON_AddNumberToObject(o, "max", box->max);
    cJSON_AddNumberToObject(o, "mean", box->mean);
}

static void add_time(cJSON *root, const struct snapshot *s)
{
    cJSON *weeks = cJSON_AddArrayToObject(root, "listening_hours");
    for (size_t i = 0; i < s->weeks; i++) {
        if (!week_has_users(&s->week[i]))
            continue;
        cJSON *o = add_row(weeks);
        cJSON_AddStringToObject(o, "week", s->week[i].id);
        add_box(o, &s->week[i].hours);
    }
    add_box(cJSON_AddObjectToObject(root, "session_minutes"), &s->session_minutes);
    cJSON *users = cJSON_AddArrayToObject(root, "top_users");
    for (size_t i = 0; i < s->users; i++) {
        cJSON *o = add_row(users);
        add_text(o, "user", s->user[i].user);
        add_text(o, "name", s->user[i].name);
        cJSON_AddStringToObject(o, "state", s->user[i].state);
        cJSON_AddNumberToObject(o, "hours", s->user[i].hours);
        add_count(o, "plays", s->user[i].plays);
    }
}

static void add_trend(cJSON *root, const char *key, const struct trend_rows *rows)
{
    cJSON *array = cJSON_AddArrayToObject(root, key);
    for (size_t i = 0; i < rows->count; i++) {
        const struct trend_entry *e = &rows->row[i].entry;
        char since[24];
        cJSON *o = add_row(array);
        add_text(o, "artist", rows->row[i].artist);
        if (rows->row[i].song.n)
            add_text(o, "song", rows->row[i].song);
        add_count(o, "listeners", e->listeners);
        cJSON_AddNumberToObject(o, "expected", e->expected);
        cJSON_AddNumberToObject(o, "lift", e->lift);
        cJSON_AddNumberToObject(o, "score", e->score);
        time_text(e->since_ms, since);
        since[10] = 'T';
        strcat(since, "Z");
        cJSON_AddStringToObject(o, "since", since);
    }
}

cJSON *report_tree(const struct snapshot *s)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "schema", "cadence.report/1");
    add_input(root, &s->input);
    add_weeks(root, s);
    add_filter(root, s);
    add_summary(root, s);
    add_people(root, s);
    add_states(root, s);
    add_music(root, s);
    add_time(root, s);
    add_trend(root, "trending", &s->trend[TREND_ARTISTS]);
    add_trend(root, "trending_songs", &s->trend[TREND_SONGS]);
    add_trend(root, "falling", &s->trend[TREND_FALLING]);
    return root;
}
