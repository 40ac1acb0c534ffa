#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "cadence/mem.h"
#include "cadence/theme.h"
#include "cadence/ui.h"
#include "../../src/ui/ui_state.h"

static struct ui *ui;

/* Figures of `weeks` weeks from 2024-W01 on, with a few songs. */
static struct snapshot *figures(size_t weeks, uint64_t plays)
{
    static const char *const songs[] = {"Undo", "Déjà Vu", "Yellow", "Hyper-ballad",
                                        "Fix You"};
    struct snapshot *s = mem_zalloc(sizeof *s);
    unsigned first = week_from_id(str_of("2024-W01"));
    struct snapshot_request request;
    ui_request(ui, &request);
    s->filter = request.filter;
    s->zones = request.filter.zones;
    s->weeks = s->weeks_chosen = weeks;
    s->week = mem_zalloc((weeks + 1) * sizeof *s->week);
    for (size_t i = 0; i < weeks; i++) {
        struct week_row *row = &s->week[i];
        row->week = first + (unsigned)i;
        row->chosen = true;
        week_id(row->week, row->id);
        if (i + 1 == weeks)
            snprintf(row->label, sizeof row->label, "Present");
        else
            snprintf(row->label, sizeof row->label, "Week %u",
                     (unsigned)(i + 1) % 10000u);
        date_text(week_start_ms(row->week), row->from);
        date_text(week_start_ms(row->week) + 6 * DAY_MS, row->to);
    }
    s->songs = ARRAY_SIZE(songs);
    s->song = mem_zalloc(s->songs * sizeof *s->song);
    for (size_t i = 0; i < s->songs; i++)
        s->song[i] = (struct song_row){str_of("Björk"), str_of(songs[i]), 9 - i};
    s->input.plays = s->summary.plays = plays;
    s->input.kind[LINE_EVENT] = s->input.lines = plays;
    s->input.first_ts = week_start_ms(first);
    s->input.last_ts = week_start_ms(first) + (int64_t)weeks * WEEK_MS - 1;
    s->summary.users = 3;
    s->summary.songs = s->songs;
    return s;
}

static void show(struct snapshot *s)
{
    snapshot_free(ui_set_snapshot(ui, s));
}

static int set_up(void **state)
{
    (void)state;
    struct ui_config config = {.top = 10};
    filter_init(&config.filter);
    ui = ui_new(&config);
    ui_resize(ui, 120, 40);
    show(figures(5, 1234));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ui_free(ui);
    return 0;
}

static unsigned press(uint32_t ch)
{
    return ui_key(ui, &(struct ui_key){.code = KEY_CHAR, .ch = ch});
}

static unsigned press_code(enum ui_key_code code)
{
    return ui_key(ui, &(struct ui_key){.code = code});
}

static void type(const char *text)
{
    for (struct str rest = str_of(text); rest.n; rest.p++, rest.n--)
        press((unsigned char)*rest.p);
}

static char *picture(void)
{
    struct canvas canvas;
    canvas_init(&canvas, ui->w, ui->h, ui->ascii);
    ui_draw(ui, &canvas);
    char *text = canvas_to_text(&canvas, NULL);
    canvas_fini(&canvas);
    return text;
}

static void expect_on_screen(const char *what, bool there)
{
    char *text = picture();
    if (!strstr(text, what) == there)
        fail_msg("%s \"%s\" on:\n%s", there ? "no" : "there is", what, text);
    free(text);
}

/* Checks the weeks that the next figures are asked for: "all", "present" or ids. */
static void expect_weeks(const char *want)
{
    struct snapshot_request request;
    char got[128] = "";
    ui_request(ui, &request);
    if (request.filter.all_weeks)
        strcat(got, "all");
    else if (request.filter.present)
        strcat(got, "present");
    for (unsigned week = 0; week < WEEK_COUNT && !request.filter.all_weeks; week++)
        if (bits_has(request.filter.week, week)) {
            char id[9];
            week_id(week, id);
            strcat(got, got[0] ? " " : "");
            strcat(got, id + 5);
        }
    assert_string_equal(got, want);
}

static void expect_zones(unsigned want)
{
    struct snapshot_request request;
    ui_request(ui, &request);
    assert_int_equal(request.filter.zones, want);
}

static void weeks_by_brackets(void **state)
{
    (void)state;
    expect_weeks("all");
    assert_true(press('[') & UI_REQUEST);
    expect_weeks("W05");
    press('[');
    expect_weeks("W04");
    press(']');
    press(']');
    expect_weeks("W05");
    for (int i = 0; i < 9; i++)
        press('[');
    expect_weeks("W01");
    press('0');
    expect_weeks("all");
    press(']');
    expect_weeks("W01");
    press('p');
    expect_weeks("present");
    press('[');
    expect_weeks("W04");
}

static void labels_from_the_command_line_are_weeks(void **state)
{
    (void)state;
    char error[100];
    assert_int_equal(filter_add_weeks(&ui->filter, "Week 2,Week 4", error, sizeof error),
                     0);
    press('[');
    expect_weeks("W01");
    ui->filter.all_weeks = true;
    weeks_all(&ui->filter);
    assert_int_equal(filter_add_weeks(&ui->filter, "Week 2", error, sizeof error), 0);
    press(']');
    expect_weeks("W03");
}

static void weeks_by_ticks(void **state)
{
    (void)state;
    press('w');
    expect_on_screen("[x] Present   2024-W05  2024-01-29 .. 2024-02-04", true);
    press(' ');
    expect_weeks("W05");
    press_code(KEY_DOWN_ARROW);
    press_code(KEY_DOWN_ARROW);
    press(' ');
    expect_weeks("W03 W05");
    expect_on_screen("[ ] Week 4", true);
    expect_on_screen("[x] Week 3", true);
    press(' ');
    press_code(KEY_HOME_KEY);
    press(' ');
    expect_weeks("all");
    press('p');
    press(' ');
    expect_weeks("all");
    assert_true(press(27) & UI_REDRAW);
    expect_on_screen("Space ticks", false);
}

static void no_weeks_yet(void **state)
{
    (void)state;
    show(figures(0, 0));
    static const char keys[] = "[]p0w j k0[] z123456z\033";
    for (const char *k = keys; *k; k++) {
        press((unsigned char)*k);
        free(picture());
    }
    expect_weeks("all");
}

static void zones(void **state)
{
    (void)state;
    press('1');
    expect_zones(1);
    press('3');
    expect_zones(5);
    press('1');
    expect_zones(4);
    press('3');
    expect_zones(ZONES_ALL);
    for (uint32_t ch = '1'; ch <= '6'; ch++)
        press(ch);
    expect_zones(ZONES_ALL);
    press('6');
    expect_zones(1u << ZONE_OTHER);
    press('z');
    expect_zones(ZONES_ALL);
}

static void freezing(void **state)
{
    (void)state;
    expect_on_screen("1,234 plays", true);
    press(' ');
    expect_on_screen("FROZEN", true);
    show(figures(5, 2000));
    expect_on_screen("1,234 plays", true);
    /* Another filter: the first figures that have it are shown, then it stands still
     * again. */
    struct snapshot *before = figures(5, 3000);
    press('2');
    show(before);
    expect_on_screen("1,234 plays", true);
    show(figures(5, 4000));
    expect_on_screen("4,000 plays", true);
    show(figures(5, 5000));
    expect_on_screen("4,000 plays", true);
    assert_true(press(' ') & UI_REQUEST);
    expect_on_screen("FROZEN", false);
    show(figures(5, 6000));
    expect_on_screen("6,000 plays", true);
}

static void searching(void **state)
{
    (void)state;
    ui_focus(ui, PANEL_SONGS);
    press('/');
    expect_on_screen("type to search", true);
    type("fix");
    expect_on_screen("1 found", true);
    expect_on_screen("Yellow", false);
    press_code(KEY_RUBOUT);
    press_code(KEY_RUBOUT);
    press_code(KEY_RUBOUT);
    type("deja");
    expect_on_screen("Déjà Vu", true);
    expect_on_screen("1 found", true);
    press(13);
    expect_on_screen("found", false);
    expect_on_screen("Yellow", false);
    /* q leaves again, and the search is gone with Esc. */
    press(27);
    expect_on_screen("Yellow", true);
    press('/');
    type("q?z");
    expect_on_screen("0 found", true);
    press(27);
    expect_on_screen("Yellow", true);
    assert_int_equal(press('q'), UI_QUIT);
}

static void scrolling_keeps_within_the_rows(void **state)
{
    (void)state;
    ui_focus(ui, PANEL_SONGS);
    press(13);
    for (int i = 0; i < 9; i++)
        press_code(KEY_DOWN_ARROW);
    assert_int_equal(ui->selected, 4);
    press_code(KEY_PAGE_UP);
    assert_int_equal(ui->selected, 0);
    assert_true(press_code(KEY_END_KEY) & UI_REQUEST);
    struct snapshot_request request;
    ui_request(ui, &request);
    assert_true(request.limit[LIST_SONGS] == SIZE_MAX);
    assert_int_equal(ui->selected, 4);
    press_code(KEY_HOME_KEY);
    assert_int_equal(ui->selected, 0);
    press(27);
    ui_request(ui, &request);
    assert_true(request.limit[LIST_SONGS] < 1000);
}

static void every_panel_can_be_reached(void **state)
{
    (void)state;
    static const int sizes[][2] = {{40, 12}, {80, 24}, {120, 40}, {200, 60}};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        bool seen[PANEL_COUNT] = {0};
        ui_resize(ui, sizes[i][0], sizes[i][1]);
        for (int step = 0; step < PANEL_COUNT; step++) {
            char *text = picture();
            seen[ui->focus] = strstr(text, panel_get(ui->focus)->title) != NULL;
            free(text);
            press(9);
        }
        for (enum panel_id id = 0; id < PANEL_COUNT; id++)
            assert_int_equal(seen[id], id != PANEL_KAFKA);
    }
}

static void arrows_go_to_the_panel_there(void **state)
{
    (void)state;
    struct layout layout = ui_layout(ui);
    for (size_t i = 0; i < layout.count; i++)
        for (int code = KEY_UP_ARROW; code <= KEY_RIGHT_ARROW; code++) {
            const struct panel_place *from = &layout.place[i], *to = NULL;
            ui_focus(ui, from->id);
            if (!(press_code((enum ui_key_code)code) & UI_REDRAW))
                continue;
            for (size_t j = 0; j < layout.count; j++)
                if (layout.place[j].id == ui->focus)
                    to = &layout.place[j];
            assert_non_null(to);
            assert_true(code == KEY_UP_ARROW     ? to->y + to->h <= from->y
                        : code == KEY_DOWN_ARROW ? to->y >= from->y + from->h
                        : code == KEY_LEFT_ARROW ? to->x + to->w <= from->x
                                                 : to->x >= from->x + from->w);
        }
}

/* Where a text stands on the screen, for clicks. */
static struct ui_key click_on(const char *what)
{
    char *text = picture(), *at = strstr(text, what);
    if (!at)
        fail_msg("no \"%s\" on:\n%s", what, text);
    struct ui_key key = {.code = KEY_CLICK};
    char *line = text;
    for (char *p = text; p < at; p++)
        if (*p == '\n') {
            key.y++;
            line = p + 1;
        }
    key.x = text_width((struct str){line, (size_t)(at - line)}, false);
    free(text);
    return key;
}

static void clicks(void **state)
{
    (void)state;
    struct ui_key key = click_on("2CST");
    assert_true(ui_key(ui, &key) & UI_REQUEST);
    expect_zones(2);
    key = click_on("W03");
    ui_key(ui, &key);
    expect_weeks("W03");
    key = click_on(" all ");
    key.x += 1;
    ui_key(ui, &key);
    expect_weeks("all");
    key = click_on("Top songs");
    ui_key(ui, &key);
    assert_int_equal(ui->focus, PANEL_SONGS);
    assert_false(ui_is_alone(ui));
    assert_true(ui_key(ui, &key) & UI_REQUEST);
    assert_true(ui_is_alone(ui));
    free(picture());
    key = click_on("Yellow");
    ui_key(ui, &key);
    assert_int_equal(ui->selected, 2);
    key = click_on("Esc back");
    ui_key(ui, &key);
    assert_false(ui_is_alone(ui));
    key = click_on("? help");
    ui_key(ui, &key);
    expect_on_screen("leave", true);
    key = (struct ui_key){.code = KEY_CLICK, .x = 60, .y = 10};
    ui_key(ui, &key);
    expect_on_screen("leave", false);
}

static void messages_run_out(void **state)
{
    (void)state;
    ui_tick(ui, 1000);
    ui_message(ui, MESSAGE_WARNING, "the broker is away", 1000);
    expect_on_screen("the broker is away", true);
    expect_on_screen("? help", false);
    assert_int_equal(ui_tick(ui, 2000), UI_NOTHING);
    assert_int_equal(ui_tick(ui, 60000), UI_REDRAW);
    assert_int_equal(ui_tick(ui, 61000), UI_NOTHING);
    expect_on_screen("the broker is away", false);
    expect_on_screen("? help", true);
}

/* Figures in which `count` artists rise; the last two entered at 09:55, when now is
 * 10:05. */
static struct snapshot *rising(size_t count)
{
    static const char *const names[] = {"Muse", "Björk", "Coldplay", "Sigur Rós"};
    struct snapshot *s = figures(5, 1234);
    struct trend_rows *trend = &s->trend[TREND_ARTISTS];
    s->artists = s->summary.artists = 1;
    s->artist = mem_zalloc(sizeof *s->artist);
    s->artist[0] = (struct artist_row){.artist = str_of("Radiohead"), .id = 9};
    trend->scale = SCALE_30MIN;
    trend->window_ms = 30 * 60000;
    trend->now_ms = INT64_C(1704103500000);
    trend->enough = true;
    trend->count = count;
    trend->row = mem_zalloc(count * sizeof *trend->row);
    for (size_t i = 0; i < count; i++) {
        bool is_new = i + 2 >= count;
        trend->row[i].artist = str_of(names[i]);
        trend->row[i].entry =
            (struct trend_entry){.id = (uint32_t)i + 1,
                                 .listeners = 12,
                                 .lift = 3.94,
                                 .is_new = is_new,
                                 .since_ms = trend->now_ms - (is_new ? 10 : 60) * 60000};
    }
    return s;
}

/* Below the headline, or in its place for some seconds. */
static void news(void **state)
{
    (void)state;
    expect_on_screen("new at", false);
    show(rising(4));
    expect_on_screen("✦ new at 09:55: Coldplay 3.9x by 12 listeners, Sigur Rós 3.9x",
                     true);
    expect_on_screen("Muse 3.9x", false);
    expect_on_screen("1,234 songs", true);
    ui_resize(ui, 120, 30);
    expect_on_screen("new at", false);
    assert_int_equal(ui_tick(ui, 5000), UI_REDRAW);
    expect_on_screen("new at 09:55", true);
    expect_on_screen("1,234 songs", false);
    assert_int_equal(ui_tick(ui, 9000), UI_NOTHING);
    show(rising(4)); /* no news any more */
    assert_int_equal(ui_tick(ui, 5000 + NEWS_MS), UI_REDRAW);
    expect_on_screen("new at", false);
    expect_on_screen("1,234 songs", true);
    ui_resize(ui, 120, 40);
    struct snapshot *s = rising(4);
    s->trend[TREND_ARTISTS].now_ms += 21 * 60000; /* a window later */
    show(s);
    expect_on_screen("new at", false);
    s = rising(4);
    s->trend[TREND_ARTISTS].more = true; /* not all is known: who was there before? */
    show(s);
    expect_on_screen("new at", false);
}

/* Enter on a rising artist asks why, Enter or Escape again no more; on others it says so.
 */
static void enter_explains(void **state)
{
    (void)state;
    struct snapshot_request request;
    show(rising(4));
    ui_focus(ui, PANEL_ARTISTS);
    press(13);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    press_code(KEY_DOWN_ARROW);
    press_code(KEY_DOWN_ARROW);
    assert_int_equal(press(13) & UI_REQUEST, UI_REQUEST);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 2);
    press(13);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    press(13);
    press(27);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    press_code(KEY_END_KEY);
    show(rising(4)); /* End asks for all rows and goes to the last of them */
    press(13);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    expect_on_screen("only a rising artist can be explained", true);
}

static void rejected_by_reason(void **state)
{
    (void)state;
    ui_resize(ui, 200, 50);
    struct snapshot *s = figures(5, 10);
    s->input.kind[LINE_MALFORMED] = 1200;
    s->input.kind[LINE_NO_TIME] = 3;
    show(s);
    expect_on_screen("rejected 1,203 (1,200 malformed, 3 no time)", true);
    ui_resize(ui, 90, 30);
    expect_on_screen("rejected 1,203   ", true);
    ui_resize(ui, 200, 50);
    struct source_status status = {.state = SOURCE_DOWN,
                                   .lag = 1234,
                                   .lag_s = 90,
                                   .is_kafka = true,
                                   .bytes_total = -1,
                                   .catch_up_s = -1};
    snprintf(status.name, sizeof status.name, "kafka:listen_events");
    snprintf(status.note, sizeof status.note, "no broker answers");
    ui_set_source(ui, &status, 12480.4);
    expect_on_screen("kafka:listen_events", true);
    expect_on_screen("down: no broker answers", true);
    expect_on_screen("12,480 ev/s", true);
    expect_on_screen("lag 1,234 (", true);
}

/* At every size, in every mode, with hundreds of weeks: no line is wider than the screen,
 * and nothing stands there that is no text. */
static void every_size(void **state)
{
    (void)state;
    static const char *const keys[] = {"", "?", "\033w", "\033\r", "/", "\033\033[[["};
    for (int ascii = 0; ascii < 2; ascii++)
        for (int w = 1; w <= 300; w += w < 40 ? 13 : 19)
            for (int h = 1; h <= 100; h += h < 12 ? 5 : 11) {
                ui->ascii = ascii;
                ui_resize(ui, w, h);
                show(figures(300, 1000000));
                press('0');
                for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
                    type(keys[k]);
                    char *text = picture();
                    for (char *line = strtok(text, "\n"); line;
                         line = strtok(NULL, "\n")) {
                        assert_true(text_width(str_of(line), false) <= w);
                        for (char *p = line; *p; p++)
                            assert_true((unsigned char)*p >= ' ' && (!ascii || *p < 127));
                    }
                    free(text);
                }
                type("\033\033\033");
            }
}

static void chosen_weeks_are_in_sight(void **state)
{
    (void)state;
    show(figures(300, 100));
    expect_on_screen("300 weeks", true);
    expect_on_screen("Present", true);
    weeks_all(&ui->filter);
    ui->filter.all_weeks = false;
    bits_set(ui->filter.week, week_from_id(str_of("2024-W10")));
    expect_on_screen("[W10]", true);
    press('[');
    expect_on_screen("[W09]", true);
    expect_on_screen("1/300 weeks", true);
    press_code(KEY_WHEEL_UP);
    expect_on_screen("W09", true);
    ui_resize(ui, 40, 12);
    expect_on_screen("W09", true);
}

static void too_small_still_works(void **state)
{
    (void)state;
    ui_resize(ui, 30, 8);
    expect_on_screen("30x8 is too small", true);
    expect_on_screen("1,234 plays", true);
    press('1');
    expect_zones(1);
    assert_int_equal(press('q'), UI_QUIT);
}

static void settings_go_round(void **state)
{
    (void)state;
    struct snapshot_request request;
    for (int i = 1; i <= SCALE_COUNT; i++) {
        assert_true(press('s') & UI_REQUEST);
        ui_request(ui, &request);
        assert_int_equal(request.scale, i % SCALE_COUNT);
    }
    for (int i = 1; i <= MAP_SCALE_COUNT; i++) {
        press('m');
        assert_int_equal(ui->map_scale, i % MAP_SCALE_COUNT);
    }
    press('c');
    assert_true(ui->cloud && !ui->by_weight);
    press('c');
    assert_true(ui->cloud && ui->by_weight);
    press('c');
    assert_false(ui->cloud);
    char first[32], names[64][32];
    snprintf(first, sizeof first, "%s", ui_theme(ui)->name);
    for (size_t i = theme_names(names, 64); i > 0; i--)
        press('t');
    assert_string_equal(ui_theme(ui)->name, first);
}

static void pasted_text_is_no_command(void **state)
{
    (void)state;
    struct ui_key key = {.code = KEY_CHAR, .ch = 'q', .pasted = true};
    assert_int_equal(ui_key(ui, &key), UI_NOTHING);
    key.ch = 13;
    assert_int_equal(ui_key(ui, &key), UI_NOTHING);
    ui_focus(ui, PANEL_SONGS);
    press('/');
    ui_key(ui, &key);
    key.ch = 'q';
    ui_key(ui, &key);
    assert_string_equal(ui->search, "q");
    expect_on_screen("0 found", true);
}

/* A walk of random keys over random sizes must never break anything. */
static void random_keys(void **state)
{
    (void)state;
    unsigned seed = 12345;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned dice = seed >> 16 & 0x7fff;
        struct ui_key key = {.code = dice % 13,
                             .ch = dice % 29 ? 9 + dice % 118 : 0x4e2d,
                             .x = (int)(dice % 130) - 3,
                             .y = (int)(dice / 130 % 60) - 3};
        if (dice % 3)
            key.code = KEY_CHAR;
        ui_key(ui, &key);
        if (dice % 50 == 0)
            ui_resize(ui, 1 + (int)(dice % 250), 1 + (int)(dice / 250 % 80));
        if (dice % 40 == 0)
            show(figures(dice % 7 * 10, dice));
        if (dice % 20 == 0)
            free(picture());
        ui_tick(ui, i * 10);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(weeks_by_brackets),
        TEST(labels_from_the_command_line_are_weeks),
        TEST(weeks_by_ticks),
        TEST(no_weeks_yet),
        TEST(zones),
        TEST(freezing),
        TEST(searching),
        TEST(scrolling_keeps_within_the_rows),
        TEST(every_panel_can_be_reached),
        TEST(arrows_go_to_the_panel_there),
        TEST(clicks),
        TEST(messages_run_out),
        TEST(news),
        TEST(enter_explains),
        TEST(rejected_by_reason),
        TEST(every_size),
        TEST(chosen_weeks_are_in_sight),
        TEST(too_small_still_works),
        TEST(settings_go_round),
        TEST(pasted_text_is_no_command),
        TEST(random_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
