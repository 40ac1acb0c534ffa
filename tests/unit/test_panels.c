#include "panel_fixture.h"

static void explain(struct snapshot *s)
{
    s->why.valid = true;
    s->why.id = 2;
    s->why.state_now[state_pack('C', 'A')] = 31;
    s->why.state_before[state_pack('C', 'A')] = 12;
    s->why.device_now[DEVICE_MAC] = 60;
    s->why.level_now[LEVEL_PAID] = 70;
}

/* Any size, alone or not, in both alphabets, full or empty: nothing is drawn outside,
 * nothing but ASCII where that is asked for, and no panel is silent. */
static void every_panel_at_every_size(void **state)
{
    (void)state;
    struct source_status source, none = {.lag = -1};
    struct snapshot *full = fixture_snapshot(19), *one = fixture_snapshot(1);
    struct snapshot *empty = mem_zalloc(sizeof *empty);
    fixture_partitions(&source);
    explain(one);
    const struct snapshot *snapshots[] = {full, one, empty};
    static const int widths[] = {0, 1, 9, 20, 26, 34, 38, 58, 80, 118, 160, 298};
    static const int heights[] = {0, 1, 2, 3, 5, 8, 13, 22, 44, 78};
    for (enum panel_id id = 0; id < PANEL_COUNT; id++)
        for (int kind = 0; kind < 3 * 16; kind++) {
            struct panel_view view =
                view_of(snapshots[kind / 16], kind / 16 == 2 ? &none : &source);
            view.zoomed = kind & 1;
            view.cloud = kind & 4;
            view.explains = true;
            view.map_scale = kind & 8 ? MAP_LOG : MAP_QUANTILE;
            view.selected = kind & 8 ? 10 : 0;
            for (size_t w = 0; w < ARRAY_SIZE(widths); w++)
                for (size_t h = 0; h < ARRAY_SIZE(heights); h++) {
                    char *text = drawn(id, &view, widths[w], heights[h], kind & 2);
                    if (widths[w] >= panel_get(id)->min_w &&
                        heights[h] >= panel_get(id)->min_h)
                        assert_true(strspn(text, " \n") < strlen(text));
                    free(text);
                }
        }
    snapshot_free(full);
    snapshot_free(one);
    snapshot_free(empty);
}

static void titles_and_units(void **state)
{
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    fixture_partitions(&source);
    for (enum panel_id id = 0; id < PANEL_COUNT; id++) {
        const struct panel *panel = panel_get(id);
        struct panel_view view = view_of(s, &source);
        char unit[96] = "";
        assert_true(panel->title[0]);
        for (enum panel_id other = 0; other < id; other++)
            assert_string_not_equal(panel->id, panel_get(other)->id);
        for (int zoomed = 0; zoomed < 2; zoomed++) {
            view.zoomed = zoomed;
            panel->unit(&view, unit, sizeof unit);
            assert_true(unit[0]);
            for (const char *p = unit; *p; p++)
                assert_in_range(*p, ' ', '~');
        }
        assert_true(!panel->rows == !panel->row_text);
    }
    snapshot_free(s);
}

static void empty_states(void **state)
{
    (void)state;
    struct source_status none = {.lag = -1};
    struct snapshot *s = mem_zalloc(sizeof *s);
    struct source_status ended = {.lag = -1, .state = SOURCE_ENDED};
    struct panel_view view = view_of(s, &none), after = view_of(s, &ended);
    for (enum panel_id id = 0; id < PANEL_COUNT; id++)
        if (id != PANEL_KAFKA)
            expect(id, &view, 40, 8, "Waiting for the first event.");
    expect(PANEL_KAFKA, &view, 60, 8, "Not reading from Kafka");
    s->input.lines = 3;
    expect(PANEL_SONGS, &view, 60, 8, "No line could be read as an event yet.");
    expect(PANEL_SONGS, &after, 60, 8, "No line could be read as an event.");
    s->input.kind[LINE_EVENT] = 2;
    expect(PANEL_SONGS, &view, 60, 8, "no play yet");
    expect(PANEL_SONGS, &after, 60, 8, "None of the events is a play.");
    s->input.plays = 2;
    expect(PANEL_SONGS, &view, 60, 8, "No such plays. 0 takes all weeks, z all zones.");
    expect(PANEL_SONGS, &view, 36, 2, "zones.");
    expect(PANEL_SONGS, &view, 20, 2, "…"); /* what is cut says so */
    s->summary.plays = 2;
    expect(PANEL_LEVELS, &view, 60, 8, "anonymous");
    expect(PANEL_MAP, &view, 60, 10, "No play here names a state.");
    none.is_kafka = true;
    snprintf(none.note, sizeof none.note, "Topic listen_events does not exist yet.");
    expect(PANEL_KAFKA, &view, 60, 8, "Topic listen_events does not exist yet.");
    snapshot_free(s);
}

static void figures(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(19, &source, &view);
    expect(PANEL_LEVELS, &view, 42, 7, "37 37.0%");
    expect(PANEL_LEVELS, &view, 42, 7, "upgrades 12   downgrades 2   cancelled 1");
    memset(s->moves, 0, sizeof s->moves);
    s->moves[PAGE_NONE] = 9; /* of logins and changes of level: they cannot tell */
    s->input.kind[LINE_EVENT] = s->input.plays + 9;
    expect(PANEL_LEVELS, &view, 42, 7, "no page views here: no up- or downgrades");
    s->moves[PAGE_OTHER] = 1;
    expect(PANEL_LEVELS, &view, 42, 7, "upgrades 0   downgrades 0   cancelled 0");
    expect(PANEL_DEVICES, &view, 42, 5, "iPad");
    expect_none(PANEL_DEVICES, &view, 42, 5, "Android"); /* nobody has one */
    expect(PANEL_DEVICES, &view, 42, 3, "others");
    expect(PANEL_DEVICES, &view, 42, 3, " 9  9.0%"); /* 5 + 3 + 1 of 100 */
    expect(PANEL_GENDERS, &view, 42, 2, "45 45.0%");
    expect(PANEL_SESSIONS, &view, 42, 4, "3,709 sessions   median 11.2   mean 48.0");
    expect(PANEL_SONGS, &view, 60, 5, "1 Use Somebody — Kings Of Leon");
    expect(PANEL_USERS, &view, 60, 5, "381.0");
    expect(PANEL_USERS, &view, 60, 12, "user 100482"); /* no name */
    expect(PANEL_MAP, &view, 60, 9, "+1 elsewhere");   /* Puerto Rico */
    expect(PANEL_KAFKA, &view, 90, 8,
           "lag 12,034 (12 s of events)   23.1k/s   caught up in 3 min");
    expect(PANEL_KAFKA, &view, 120, 8, "leader not available since 14:03");
    s->session_bin[3] = 1854;
    expect_none(PANEL_SESSIONS, &view, 100, 30, "5 - 10 min");
    view.zoomed = true;
    expect(PANEL_SESSIONS, &view, 100, 30, "5 - 10 min");
    expect(PANEL_SESSIONS, &view, 100, 30, "16 h or more");
    expect(PANEL_SESSIONS, &view, 100, 30, "1,854  50.0%");
    expect(PANEL_SESSIONS, &view, 76, 18, "30 min - 1 h");
    /* Smaller windows show as many bins a row as fit. */
    expect(PANEL_SESSIONS, &view, 58, 14, "5 - 10 min");
    expect(PANEL_SESSIONS, &view, 58, 14, "the middle half ");
    expect(PANEL_SESSIONS, &view, 38, 7, "2 - 10 min");
    expect(PANEL_SESSIONS, &view, 38, 7, "30 min - 2 h");
    expect(PANEL_SESSIONS, &view, 38, 7, "8 h or more");
    expect(PANEL_SESSIONS, &view, 38, 4, "2 h or more");
    /* Nor is a figure cut: fewer, or their names are shorter. */
    s->session_minutes.q3 = 1058;
    expect(PANEL_SESSIONS, &view, 44, 20, "0.50 - 801 min, half of them 4.00 - 1,058");
    expect(PANEL_SESSIONS, &view, 30, 20, "0.50 - 801 min");
    s->who[DEVICE_WINDOWS][GENDER_F][LEVEL_PAID] = 6;
    s->who[DEVICE_MAC][GENDER_F][LEVEL_PAID] = 2;
    s->who[DEVICE_LINUX][GENDER_F][LEVEL_FREE] = 2;
    expect(PANEL_GENDERS, &view, 60, 12, "Windows      Mac    Linux");
    expect(PANEL_GENDERS, &view, 50, 12, "Windows   others");
    expect(PANEL_GENDERS, &view, 50, 12, "13.3%     8.9%"); /* of 45 */
    expect_none(PANEL_GENDERS, &view, 38, 12, "others");    /* they would be all */
    view.zoomed = false;
    expect(PANEL_SESSIONS, &view, 28, 12, "3/4 under          1,058 min");
    view.zoomed = true;
    expect(PANEL_ACTIVITY, &view, 100, 30, "The last 2 h, plays and events a minute");
    expect_none(PANEL_ACTIVITY, &view, 100, 12, "The last 2 h"); /* no room */
    s->lately.count = 0;
    expect_none(PANEL_ACTIVITY, &view, 100, 30, "The last");
    view.zoomed = false;
    memset(s->activity.plays, 0, s->activity.count * sizeof *s->activity.plays);
    expect_unit(PANEL_ACTIVITY, &view, "events a day");
    s->activity.plays[0] = 1;
    s->activity.elsewhere = 3;
    expect_unit(PANEL_ACTIVITY, &view, "plays a day, and events, +3 far off");
    s->input.kind[LINE_EVENT] = s->input.plays;
    expect(PANEL_LEVELS, &view, 42, 7, "only plays");
    snapshot_free(s);
}

/* Two lines have no room for a third group, its title has. */
static void groups_without_a_line(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(3, &source, &view);
    expect_unit(PANEL_GENDERS, &view, "users");
    expect_unit(PANEL_LEVELS, &view, "users");
    s->genders[GENDER_OTHER] = 1234567;
    s->levels[LEVEL_UNKNOWN] = 61;
    expect_unit(PANEL_GENDERS, &view, "1.23M Other, users");
    expect_unit(PANEL_LEVELS, &view, "61 unknown, users");
    view.zoomed = true;
    expect_unit(PANEL_GENDERS, &view, "users");
    snapshot_free(s);
}

/* Of a client that is broken: each figure stays in its column. */
static void very_many_hours(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(1, &source, &view);
    s->user[0].hours = 144000;
    s->user[0].plays = 6000;
    s->week[0].hours.max = 1600008;
    s->week[0].hours.q3 = 10166.7;
    expect(PANEL_USERS, &view, 38, 5, " 144,000\n");
    view.zoomed = true;
    expect(PANEL_USERS, &view, 80, 12, " 6,000 144,000 ");
    expect(PANEL_HOURS, &view, 120, 20, " 10,167  1.60M ");
    snapshot_free(s);
}

/* A day is named where it begins, and once. */
static void days_under_the_chart(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(1, &source, &view);
    struct activity *a = &s->activity;
    assert_true(a->count > 1);
    a->step_ms = 2 * HOUR_MS;
    a->start_ms = week_start_ms(week_from_id(str_of("2024-W01")));
    for (int days = 4; days <= 9; days++) {
        free(a->plays);
        free(a->events);
        a->count = (size_t)days * 12;
        a->plays = mem_zalloc(a->count * sizeof *a->plays);
        a->events = mem_zalloc(a->count * sizeof *a->events);
        char *text = drawn(PANEL_ACTIVITY, &view, 80, 3, false), day[16];
        const char *dates = strrchr(text, 'J');
        while (dates > text && dates[-1] != '\n')
            dates--;
        int said = 0;
        for (int d = 1; d <= days; d++) {
            snprintf(day, sizeof day, "Jan %d", d);
            const char *at = strstr(dates, day);
            if (!at)
                continue;
            said++;
            /* The newest may stand at the end. */
            int x = (int)(at - dates) - 1, begins = (d - 1) * 12;
            bool right = (size_t)x == ((size_t)begins * 78 + a->count - 1) / a->count;
            if (!right && d != days)
                fail_msg("%d days, %s at %d:\n%s", days, day, x, text);
            assert_null(strstr(at + 4, day));
        }
        assert_true(said >= 3);
        free(text);
    }
    snapshot_free(s);
}

/* Partitions where not all fit: without a leader, then the farthest behind. */
static void partitions_that_need_a_look(void **state)
{
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(2);
    struct partition_row *row = fixture_partitions(&source);
    struct panel_view view = view_of(s, &source);
    for (int i = 0; i < 6; i++) {
        row[i].leader = 1;
        row[i].lag = i;
        snprintf(row[i].topic, sizeof row[i].topic, "topic-%c", 'a' + i);
    }
    expect(PANEL_KAFKA, &view, 60, 6, "topic-a");
    expect(PANEL_KAFKA, &view, 60, 6, "topic-c");
    expect_none(PANEL_KAFKA, &view, 60, 6, "topic-d");
    row[4].lag = 70000;
    row[2].lag = 5000;
    row[3].leader = -1;
    expect(PANEL_KAFKA, &view, 60, 6, "topic-c");
    expect(PANEL_KAFKA, &view, 60, 6, "topic-d");
    expect(PANEL_KAFKA, &view, 60, 6, "topic-e");
    expect(PANEL_KAFKA, &view, 60, 6, "3 more partitions");
    expect_none(PANEL_KAFKA, &view, 60, 6, "topic-a");
    expect(PANEL_KAFKA, &view, 60, 8, "topic-a"); /* all in their order */
    view.zoomed = true;
    expect(PANEL_KAFKA, &view, 60, 6, "topic-b");
    snapshot_free(s);
}

/* The newest weeks where not all fit. */
static void newest_weeks(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(300, &source, &view);
    const struct week_row *last = &s->week[299];
    expect(PANEL_HOURS, &view, 40, 6, last->id + 2); /* 29-W38 */
    expect_none(PANEL_HOURS, &view, 40, 6, s->week[280].id + 2);
    expect(PANEL_LEVELS, &view, 40, 7, last->id + 2);
    view.zoomed = true;
    expect(PANEL_HOURS, &view, 100, 20, last->id);
    view.selected = 299;
    expect(PANEL_HOURS, &view, 100, 20, s->week[0].id);
    /* Too narrow for every column: the figures of the week selected stand below. */
    expect(PANEL_HOURS, &view, 58, 22, "three quarters under");
    expect(PANEL_HOURS, &view, 58, 22, s->week[0].id);
    expect(PANEL_LEVELS, &view, 100, 20, s->week[0].from);
    snapshot_free(s);
    view.snapshot = s = fixture_snapshot(1); /* room for what the glyphs mean */
    view.selected = 0;
    expect(PANEL_HOURS, &view, 38, 8, "▒ middle half  ┃ median  ─ all");
    snapshot_free(s);
}

/* Every class of the map is explained at any width that the map has. */
static void the_legend_has_every_class(void **state)
{
    static const char *const marks[] = {"·", "░", "▒", "▓", "█"};
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    struct panel_view view = view_of(s, &source);
    fixture_partitions(&source);
    for (size_t i = 0; i < s->states; i++)
        s->state[i].users = (uint32_t)(100 + 19 * i);
    for (int w = panel_map.min_w; w < 120; w++) {
        char *text = drawn(PANEL_MAP, &view, w, 8, false);
        const char *legend = text;
        for (int line = 0; line < 7; line++)
            legend = strchr(legend, '\n') + 1;
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
            if (!strstr(legend, marks[i]))
                fail_msg("at %d columns no %s in: %s", w, marks[i], legend);
        free(text);
    }
    snapshot_free(s);
}

static void ids_are_whole_where_there_is_room(void **state)
{
    static const char uuid[] = "6f2c1f0e-93a4-4b7e-8d25-1c5a0b9e7d31";
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    struct panel_view view = view_of(s, &source);
    fixture_partitions(&source);
    s->user[1].user = str_of(uuid);
    expect_none(PANEL_USERS, &view, 120, 10, uuid);
    view.zoomed = true;
    expect(PANEL_USERS, &view, 120, 10, uuid);
    expect(PANEL_USERS, &view, 90, 10, "#6f2c1f0e-93a4-4b7e");
    snapshot_free(s);
}

/* Of a long list the last have no sparkline, rather than one that says that nobody
 * listens; who rises has that of the rise. */
static void sparklines_are_those_that_were_made(void **state)
{
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    struct panel_view view = view_of(s, &source);
    size_t few = s->artists;
    int lines = 0;
    fixture_partitions(&source);
    s->artists = SPARKS_MAX + 2;
    s->artist = mem_realloc(s->artist, s->artists * sizeof *s->artist);
    for (size_t i = few; i < s->artists; i++) {
        s->artist[i] = s->artist[0];
        s->artist[i].artist = str_of("Somebody");
        s->artist[i].trend = i == SPARKS_MAX; /* the first but one */
        s->artist[i].plays = 7;
        memset(s->artist[i].spark, 0, sizeof s->artist[i].spark);
    }
    view.zoomed = true;
    view.selected = panel_artists.rows(&view) - 1;
    char *text = drawn(PANEL_ARTISTS, &view, 100, 12, false);
    const char *flat = "▁▁▁▁▁▁▁▁▁▁▁▁";
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (strstr(line, "100   Somebody"))
            assert_non_null(strstr(line, flat));
        if (strstr(line, "101 ▲ Somebody"))
            assert_true(strstr(line, "▂") && !strstr(line, flat));
        if (strstr(line, "102   Somebody"))
            assert_null(strstr(line, "▁"));
        lines += strstr(line, "Somebody") != NULL;
    }
    assert_true(lines > 3);
    free(text);
    snapshot_free(s);
}

static void trends(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(19, &source, &view);
    char unit[96];
    panel_artists.unit(&view, unit, sizeof unit);
    assert_string_equal(unit, "6 h against 7 days, 99% sure");
    s->trend[TREND_ARTISTS].base_ms = 26 * HOUR_MS; /* a young stream */
    panel_artists.unit(&view, unit, sizeof unit);
    assert_string_equal(unit, "6 h against 1 d 2 h, 99% sure");
    expect(PANEL_ARTISTS, &view, 62, 16, "rising now");
    expect(PANEL_ARTISTS, &view, 62, 16, "5.4x    29");
    expect(PANEL_ARTISTS, &view, 62, 16, "✦ Radiohead");
    expect(PANEL_ARTISTS, &view, 62, 16, "most played");
    view.zoomed = true;
    expect(PANEL_ARTISTS, &view, 120, 60, "rising songs");
    expect(PANEL_ARTISTS, &view, 120, 60, "falling artists");
    expect(PANEL_ARTISTS, &view, 120, 80, "Sigur Rós");
    /* Rows: a heading and 9, a heading and 5, a heading and 4, a heading and all. */
    assert_int_equal(panel_artists.rows(&view), 10 + 6 + 5 + 1 + s->artists);
    assert_int_equal(panel_artists.artist(&view, 0), 0);
    assert_int_equal(panel_artists.artist(&view, 1),
                     s->trend[TREND_ARTISTS].row[0].entry.id);
    assert_int_equal(panel_artists.artist(&view, 11), 0); /* a song */
    assert_int_equal(panel_artists.artist(&view, 17),
                     s->trend[TREND_FALLING].row[0].entry.id);
    assert_int_equal(panel_artists.artist(&view, 22),
                     s->artist[0].trend > 0 ? s->artist[0].id : 0);
    assert_int_equal(panel_artists.artist(&view, 100000), 0);
    explain(s);
    expect_none(PANEL_ARTISTS, &view, 140, 30, "36 listens now"); /* not any more */
    view.explains = true;
    expect(PANEL_ARTISTS, &view, 140, 30, "36 listens now, 5.04 expected: 5.4x");
    expect(PANEL_ARTISTS, &view, 140, 30, "CA             12%   31%");
    expect(PANEL_ARTISTS, &view, 60, 24, "by 29 listeners");
    expect(PANEL_ARTISTS, &view, 58, 14, "CA             12%   31%");
    expect(PANEL_ARTISTS, &view, 58, 14, "paid            0%   70%");
    view.selected = 1; /* the least of screens: the row, and who and where */
    for (int h = 7; h <= 11; h += 4) {
        expect(PANEL_ARTISTS, &view, 38, h, "36 listens now, 5.04 expected: 5.4x");
        expect(PANEL_ARTISTS, &view, 38, h, "CA             12%   31%");
        expect(PANEL_ARTISTS, &view, 38, h, "paid            0%   70%");
    }
    view.selected = 0;
    s->why.state_before[state_pack('C', 'A')] = 0; /* of nobody there are no shares */
    expect(PANEL_ARTISTS, &view, 58, 14, "CA               -   31% ");
    expect(PANEL_ARTISTS, &view, 58, 14, "paid             -   70% ");
    expect_none(PANEL_ARTISTS, &view, 58, 14, "+31");
    s->why_artist = str_of("An artist whose name is longer than all there is room for");
    expect(PANEL_ARTISTS, &view, 58, 14, "… rises");
    s->trend[TREND_ARTISTS].count = 0; /* the reason is never cut */
    expect(PANEL_ARTISTS, &view, 38, 7, "No artist rises beyond chance.");
    s->trend[TREND_ARTISTS].enough = false;
    snprintf(s->trend[TREND_ARTISTS].waiting, sizeof s->trend[0].waiting,
             "20 minutes of 12 hours of listening before the last 6 hours");
    expect(PANEL_ARTISTS, &view, 78, 7, "listening before the last 6 hours");
    expect(PANEL_ARTISTS, &view, 38, 7, "Trends: too few listens yet.");
    view.zoomed = false;
    snprintf(s->trend[TREND_ARTISTS].waiting, sizeof s->trend[0].waiting,
             "waiting for 163 listens");
    expect(PANEL_ARTISTS, &view, 62, 16, "waiting for 163 listens");
    expect(PANEL_ARTISTS, &view, 62, 16, "Kings Of Leon");
    view.cloud = true;
    expect(PANEL_ARTISTS, &view, 62, 8, "K I N G S   O F   L E O N");
    snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_panel_at_every_size),
        cmocka_unit_test(titles_and_units),
        cmocka_unit_test(empty_states),
        cmocka_unit_test(groups_without_a_line),
        cmocka_unit_test(very_many_hours),
        cmocka_unit_test(days_under_the_chart),
        cmocka_unit_test(figures),
        cmocka_unit_test(partitions_that_need_a_look),
        cmocka_unit_test(newest_weeks),
        cmocka_unit_test(the_legend_has_every_class),
        cmocka_unit_test(ids_are_whole_where_there_is_room),
        cmocka_unit_test(sparklines_are_those_that_were_made),
        cmocka_unit_test(trends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
