/* What rises, as the user interface tells it: the line of news, and why. */
#include "ui_fixture.h"

#include "cadence/utf8.h"

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
    expect_on_screen("✦ new at 09:55: Coldplay 3.9x, 12 listeners, Sigur Rós 3.9x", true);
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

/* Names are cut between characters, and it shows. */
static void long_names_in_the_news(void **state)
{
    (void)state;
    static char name[] =
        "周杰倫與超長名字的樂團以及錄音室現場版合作周杰倫與超長名字的樂團";
    struct snapshot *s = rising(4);
    s->trend[TREND_ARTISTS].row[2].artist = (struct str){name, sizeof name - 1};
    show(s);
    expect_on_screen("團以及錄音室現場版合作周杰倫與超長名字的… 3.9x, 12", true);
    ui_focus(ui, PANEL_ARTISTS);
    press('/');
    for (struct str rest = str_of(name); rest.n;)
        press(utf8_next(&rest));
    press(13);
    expect_on_screen("/周杰倫與超長名字的樂團以…", true);
}

static void show_entered(size_t count, int64_t now_ms, int64_t since_ms)
{
    struct snapshot *s = rising(count);
    s->trend[TREND_ARTISTS].now_ms = now_ms;
    for (size_t i = count - 2; i < count; i++)
        s->trend[TREND_ARTISTS].row[i].entry.since_ms = since_ms;
    show(s);
}

/* Who entered since the last look back has always entered just now; that is told once,
 * and the headline is there again. */
static void news_grow_old(void **state)
{
    (void)state;
    int64_t now_ms = INT64_C(1704103500000);
    ui_resize(ui, 120, 30);
    for (int64_t clock_ms = 1000; clock_ms < 60000; clock_ms += 100, now_ms += 100) {
        show_entered(4, now_ms, now_ms);
        ui_tick(ui, clock_ms);
        expect_on_screen("✦ new now: Coldplay", clock_ms < 1000 + NEWS_MS);
    }
    show_entered(4, now_ms, now_ms - 100); /* the next look has come */
    ui_tick(ui, 60000);
    expect_on_screen("new at", false);
    show_entered(4, now_ms, 0); /* away for a moment */
    ui_tick(ui, 60100);
    show_entered(4, now_ms + 60000, now_ms + 60000);
    ui_tick(ui, 60200);
    expect_on_screen("new now", false);
    show_entered(3, now_ms + 70000, now_ms + 70000); /* Björk is among them */
    ui_tick(ui, 60300);
    expect_on_screen("✦ new now: Björk", true);
}

/* Who is new only because another list was asked for hides no headline. */
static void another_filter_is_no_news(void **state)
{
    (void)state;
    ui_resize(ui, 120, 30);
    show(rising(2));
    ui_tick(ui, 1000);
    ui_tick(ui, 1000 + NEWS_MS);
    expect_on_screen("1,234 songs", true);
    struct snapshot *s = rising(4);
    s->filter.zones = 1;
    s->trend[TREND_ARTISTS].more = true;
    show(s);
    ui_tick(ui, 20000);
    expect_on_screen("1,234 songs", true);
    s = rising(4);
    s->filter.zones = 1;
    s->trend[TREND_ARTISTS].row[3].entry.since_ms += 60000;
    show(s);
    ui_tick(ui, 20100);
    expect_on_screen("new at", false);
    expect_on_screen("1,234 songs", true);
    s = rising(4);
    s->filter.zones = 1;
    s->trend[TREND_ARTISTS].row[2].entry.since_ms += 120000;
    show(s); /* and this is */
    ui_tick(ui, 20200);
    expect_on_screen("new at", true);
}

/* Four of them rise; their panel alone. */
static void artists_alone(void)
{
    show(rising(4));
    ui_focus(ui, PANEL_ARTISTS);
    press(13);
}

/* Enter on a rising artist asks why, Enter or Escape again no more; on others it says so.
 */
static void enter_explains(void **state)
{
    (void)state;
    struct snapshot_request request;
    artists_alone();
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    press_code(KEY_DOWN_ARROW); /* from the first artist: a heading is not selected */
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
    press(13); /* goes on to the next, and ends at one that does not rise */
    assert_int_equal(press_code(KEY_DOWN_ARROW) & UI_REQUEST, UI_REQUEST);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 3);
    press_code(KEY_END_KEY);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    press_code(KEY_END_KEY);
    show(rising(4)); /* End asks for all rows and goes to the last of them */
    press(13);
    ui_request(ui, &request);
    assert_int_equal(request.why_artist, 0);
    expect_on_screen("only a rising artist can be explained", true);
}

static uint32_t explained(void)
{
    struct snapshot_request request;
    ui_request(ui, &request);
    return request.why_artist;
}

/* Figures that have what is asked for. */
static void show_explained(uint64_t plays)
{
    struct snapshot *s = rising(4);
    s->input.plays = s->summary.plays = plays;
    s->why.id = explained();
    s->why.valid = s->why.id > 0;
    show(s);
}

/* A picture that is held stays when nothing is asked for that it lacks. */
static void an_explanation_is_put_away(void **state)
{
    (void)state;
    artists_alone();
    press(13);
    show_explained(1234);
    press(' ');
    press(27);
    assert_int_equal(explained(), 0);
    show_explained(7777);
    expect_on_screen("7,777 plays", false);
    press(13); /* which is in the picture still */
    show_explained(7777);
    expect_on_screen("7,777 plays", false);
    press_code(KEY_DOWN_ARROW); /* and this is not */
    show_explained(7777);
    expect_on_screen("7,777 plays", true);
    press('c'); /* a cloud has no room for it */
    assert_int_equal(explained(), 0);
}

static void the_explanation_goes_with_a_search(void **state)
{
    (void)state;
    artists_alone();
    press(13);
    assert_int_equal(explained(), 1);
    press('/');
    type("coldplay");
    assert_int_equal(explained(), 3);
    press(27);
    assert_int_equal(explained(), 1);
}

/* What was there before the search is there again, however it is left. */
static void an_empty_search(void **state)
{
    (void)state;
    show(rising(4));
    ui_focus(ui, PANEL_ARTISTS);
    press('c');
    for (int key = 0; key < 3; key++) {
        press('/');
        assert_true(ui->alone && !ui->cloud);
        if (key == 0)
            press_code(KEY_RUBOUT);
        else
            press(key == 1 ? 13 : 27);
        assert_true(!ui->alone && ui->cloud && !ui->prompt);
    }
}

/* New figures: it stays with its artist, wherever that goes; and is of the row's artist
 * where it went out of sight, once all is known. */
static void the_explanation_is_of_the_row(void **state)
{
    (void)state;
    artists_alone();
    press(13);
    assert_int_equal(explained(), 1); /* the first */
    assert_int_equal(ui_settle(ui), UI_NOTHING);
    struct snapshot *s = rising(4);
    struct trend_row first = s->trend[TREND_ARTISTS].row[0];
    s->trend[TREND_ARTISTS].row[0] = s->trend[TREND_ARTISTS].row[2];
    s->trend[TREND_ARTISTS].row[2] = first;
    show(s);
    assert_int_equal(ui_settle(ui), UI_NOTHING);
    assert_int_equal(explained(), 1);
    assert_int_equal(press_code(KEY_DOWN_ARROW) & UI_REQUEST, UI_REQUEST);
    assert_int_equal(explained(), 4); /* below the third */
    s = rising(4);
    s->trend[TREND_ARTISTS].row[3].entry.id = 9;
    s->trend[TREND_ARTISTS].row[3].artist = str_of("Another");
    s->trend[TREND_ARTISTS].more = true;
    show(s);
    assert_int_equal(ui_settle(ui), UI_NOTHING);
    assert_int_equal(explained(), 4);
    show(rising(2)); /* and back: its row again, not the one that has its place */
    show(rising(4));
    assert_int_equal(ui_settle(ui), UI_NOTHING);
    assert_int_equal(ui->selected, 4);
    s = rising(4);
    s->trend[TREND_ARTISTS].row[3].entry.id = 9;
    s->trend[TREND_ARTISTS].row[3].artist = str_of("Another");
    show(s);
    assert_int_equal(ui_settle(ui) & UI_REQUEST, UI_REQUEST);
    assert_int_equal(explained(), 9);
}

/* Down and up through all sections: never on a heading, and the rows are counted without
 * them; the search of a cloud is one of the list. */
static void headings_are_passed_over(void **state)
{
    (void)state;
    artists_alone();
    struct panel_view view = ui_view(ui, PANEL_ARTISTS);
    size_t rows = panel_artists.rows(&view), heads = panel_artists.headings(&view, rows);
    assert_true(heads > 1);
    char count[64], text[ROW_TEXT_MAX];
    for (size_t i = 1; i <= rows - heads; i++) {
        snprintf(count, sizeof count, " %zu of %zu ", i, rows - heads);
        expect_on_screen(count, true);
        panel_artists.row_text(&view, ui->selected, text, sizeof text);
        assert_true(text[0]);
        press_code(KEY_DOWN_ARROW);
    }
    for (size_t i = rows - heads; i > 0; i--) {
        snprintf(count, sizeof count, " %zu of %zu ", i, rows - heads);
        expect_on_screen(count, true);
        press_code(KEY_UP_ARROW);
    }
    assert_int_equal(ui->first, 0);
    press('c');
    assert_int_equal(
        panel_artists.headings(
            &(struct panel_view){.snapshot = ui->snapshot, .cloud = true}, 9),
        0);
    press('/');
    assert_false(ui->cloud);
    type("muse");
    expect_on_screen(" 0 found", false);
    press(27); /* and the cloud is there again */
    assert_true(ui->cloud && ui->alone);
}

/* Rows of several lists stand among what is found: the columns are named for the one
 * selected, whose row a click still finds. */
static void found_rows_have_a_heading(void **state)
{
    (void)state;
    artists_alone();
    press('/');
    type("r"); /* Björk, Sigur Rós, Radiohead */
    press(13);
    expect_on_screen("rising artists", true);
    expect_on_screen("all artists", false);
    press_code(KEY_END_KEY);
    expect_on_screen("all artists", true);
    expect_on_screen("rising artists", false);
    free(picture());
    ui_key(ui, &(struct ui_key){.code = KEY_CLICK, .x = 20, .y = ui_body(ui).y + 2});
    assert_int_equal(ui->selected, 0);
    expect_on_screen("rising artists", true);
}

static void expect_selected(const char *name)
{
    char text[ROW_TEXT_MAX];
    struct panel_view view = ui_view(ui, PANEL_ARTISTS);
    panel_artists.row_text(&view, ui->selected, text, sizeof text);
    assert_memory_equal(text, name, strlen(name));
}

/* The first row is selected however many headings stand above it, and whatever comes. */
static void the_first_row_stays_selected(void **state)
{
    (void)state;
    struct snapshot *none = rising(4);
    none->trend[TREND_ARTISTS].count = 0; /* a heading that says so, one for all */
    show(none);
    ui_focus(ui, PANEL_ARTISTS);
    press(13);
    press_code(KEY_HOME_KEY);
    expect_selected("Radiohead");
    show(rising(4));
    expect_selected("Muse");
    press_code(KEY_DOWN_ARROW);
    show(rising(4));
    expect_selected("Björk");
}

static void a_heading_cannot_be_clicked(void **state)
{
    (void)state;
    artists_alone();
    press_code(KEY_DOWN_ARROW);
    free(picture());
    size_t drawn_y = (size_t)ui_body(ui).y + 1;
    for (size_t row = 0; row < 8; row++) { /* "rising", four, "all", one, none */
        size_t before = ui->selected;
        ui_key(ui,
               &(struct ui_key){.code = KEY_CLICK, .x = 20, .y = (int)(drawn_y + row)});
        bool is_row = row != 0 && row < 7 && row != 5;
        assert_int_equal(ui->selected, is_row ? row : before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(news),
        TEST(long_names_in_the_news),
        TEST(news_grow_old),
        TEST(another_filter_is_no_news),
        TEST(enter_explains),
        TEST(an_explanation_is_put_away),
        TEST(the_explanation_goes_with_a_search),
        TEST(an_empty_search),
        TEST(the_explanation_is_of_the_row),
        TEST(headings_are_passed_over),
        TEST(found_rows_have_a_heading),
        TEST(the_first_row_stays_selected),
        TEST(a_heading_cannot_be_clicked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
