#include "ui_fixture.h"

static void expect_zones(unsigned want)
{
    struct snapshot_request request;
    ui_request(ui, &request);
    assert_int_equal(request.filter.zones, want);
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
    press('z'); /* as they are */
    press('0');
    show(figures(5, 2500));
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

/* Weeks of several years say which; the headline names zones and weeks at any width, and
 * counts one as one. */
static void few_words_say_what_is_chosen(void **state)
{
    (void)state;
    ui_resize(ui, 80, 24);
    expect_on_screen("all zones, all 5 weeks: 3 listeners, 1,234 plays", true);
    expect_on_screen(" W04 ", true);
    press('1');
    press('4');
    press('[');
    press('[');
    struct snapshot *s = figures(5, 1);
    s->zones = ui->filter.zones;
    s->summary.users = 1;
    show(s);
    expect_on_screen("EST PST, W04: 1 listener, 1 play, ", true);
    ui_resize(ui, 40, 24);
    expect_on_screen("1 listener, 1 play, 0.0 h", true);
    s = figures(5, 12345678);
    s->summary.users = 1234567;
    s->summary.hours = 2e6;
    s->zones = ui->filter.zones;
    show(s);
    expect_on_screen("1.23M listeners, 12.3M plays, 2.00M h", true);
    show(figures(200, 10)); /* no zone is cut off: there are still their keys */
    ui->filter.present = true;
    press('5');
    press('3');
    press('2');
    expect_on_screen("2 of 200 weeks ›   zones 12345", true);
    press('z');
    press('6');
    expect_on_screen("2 of 200 weeks ›   Other", true);
    press('z');
    press('0');
    ui_resize(ui, 120, 40);
    show(figures(53, 10));
    expect_on_screen(" 24-W52 ", true);
    show(figures(52, 10));
    expect_on_screen(" W51 ", true);
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
    press_code(KEY_END_KEY);
    ui_key(ui, &key);
    assert_int_equal(ui->selected, 2);
    show(figures(5, 1235)); /* no longer the last, whatever was pressed before */
    assert_int_equal(ui->selected, 2);
    free(picture());
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

static void a_click_on_a_states_row_selects_it(void **state)
{
    (void)state;
    struct snapshot *s = figures(5, 1234);
    s->states = 2;
    s->state = mem_zalloc(s->states * sizeof *s->state);
    s->state[0] = (struct state_row){"CA", (uint16_t)state_pack('C', 'A'), 2, 0, 700};
    s->state[1] = (struct state_row){"TX", (uint16_t)state_pack('T', 'X'), 1, 0, 534};
    show(s);
    while (ui->focus != PANEL_MAP)
        press('\t');
    press(13);
    free(picture());
    struct ui_key key = click_on("Texas");
    ui_key(ui, &key);
    assert_int_equal(ui->selected, 1);
    expect_on_screen("TX (CST): 1 user, 534 plays", true);
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
                                   .messages_s = 12510,
                                   .bytes_total = -1,
                                   .catch_up_s = -1};
    snprintf(status.name, sizeof status.name, "kafka:listen_events");
    snprintf(status.note, sizeof status.note, "no broker answers");
    ui_set_source(ui, &status, 12480.4);
    expect_on_screen("kafka:listen_events", true);
    expect_on_screen("down: no broker answers", true);
    expect_on_screen("12,510 msg/s, 12,480 ev/s", true);
    expect_on_screen("lag 1,234 (", true);
    ui_resize(ui, 80, 24); /* what Kafka delivers stays when room is short */
    expect_on_screen("12,510 msg/s", true);
    expect_on_screen("ev/s", false);
    expect_on_screen("lag 1,234 (2 min)", true);
    ui_resize(ui, 60, 24);
    expect_on_screen("lag 1,234", true);
    status.lag_open = true;
    status.lag_s = -1;
    status.state = SOURCE_LIVE;
    ui_set_source(ui, &status, 12480.4);
    expect_on_screen("live: no broker answers", true);
    status.state = SOURCE_WAITING;
    snprintf(status.note, sizeof status.note, "waiting for a broker");
    ui_set_source(ui, &status, 0);
    expect_on_screen(" waiting for a broker", true);
    expect_on_screen(": waiting", false);
    snprintf(status.note, sizeof status.note, "no broker answers");
    status.state = SOURCE_FAILED;
    ui_set_source(ui, &status, 0);
    expect_on_screen("failed: no broker answers", true);
    status.state = SOURCE_LIVE;
    expect_on_screen("lag 1,234+", true);
    ui_resize(ui, 80, 24);
    status.is_kafka = false;
    ui_set_source(ui, &status, 12480.4);
    expect_on_screen("12,480 ev/s", true);
    expect_on_screen("msg/s", false);
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

/* No word and no figure of a title is cut in two, and one week is not "all 1 week". */
static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    struct snapshot *s = figures(1, 1234);
    s->summary.songs = 9986;
    show(s);
    ui_resize(ui, 40, 12);
    ui_focus(ui, PANEL_SONGS);
    press(13);
    expect_on_screen(" plays ─╮", true);
    expect_on_screen("‹ 1 week ›", true);
    ui_resize(ui, 60, 12);
    expect_on_screen(" plays, first 5 of 9,986 songs ─╮", true);
    ui_resize(ui, 80, 24);
    expect_on_screen("all zones, 1 week: 3 listeners", true);
    show(figures(2, 1234));
    expect_on_screen("all zones, all 2 weeks: 3 listeners", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_does_not_fit_is_left_out_whole),
        TEST(zones),
        TEST(freezing),
        TEST(few_words_say_what_is_chosen),
        TEST(every_panel_can_be_reached),
        TEST(arrows_go_to_the_panel_there),
        TEST(clicks),
        TEST(a_click_on_a_states_row_selects_it),
        TEST(messages_run_out),
        TEST(rejected_by_reason),
        TEST(every_size),
        TEST(too_small_still_works),
        TEST(settings_go_round),
        TEST(pasted_text_is_no_command),
        TEST(random_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
