/* Rows of a panel that stands alone: moving through them, searching in them. */
#include "ui_fixture.h"

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
    expect_on_screen("/deja   1 of 1 ", true);
    /* q leaves again, and the search is gone with Esc; what it found stays selected. */
    press(27);
    expect_on_screen("Yellow", true);
    expect_on_screen("/deja", false);
    expect_on_screen(" 2 of 5 ", true);
    /* Given up, it goes back to where it began; and it begins with what it finds first.
     */
    press_code(KEY_END_KEY);
    press('/');
    type("e");
    assert_int_equal(ui->selected, 0);
    press(27);
    expect_on_screen(" 5 of 5 ", true);
    press('/');
    type("q?z");
    expect_on_screen("0 found", true);
    press(27);
    expect_on_screen("Yellow", true);
    assert_int_equal(press('q'), UI_QUIT);
}

/* Figures with their songs in another order. */
static struct snapshot *turned(uint64_t plays)
{
    struct snapshot *s = figures(5, plays);
    for (size_t i = 0; i < s->songs / 2; i++) {
        struct song_row row = s->song[i];
        s->song[i] = s->song[s->songs - 1 - i];
        s->song[s->songs - 1 - i] = row;
    }
    return s;
}

static void the_selection_stays_with_its_row(void **state)
{
    (void)state;
    ui_focus(ui, PANEL_SONGS);
    press(13);
    show(turned(1235)); /* the first row stays the first */
    assert_int_equal(ui->selected, 0);
    press_code(KEY_DOWN_ARROW); /* Hyper-ballad */
    show(figures(5, 1236));
    assert_int_equal(ui->selected, 3);
    press('/');
    type("y"); /* Déjà Vu's artist, Yellow, Hyper-ballad, Fix You ... */
    press_code(KEY_DOWN_ARROW);
    long row = ui_selected_row(ui);
    show(turned(1237));
    assert_int_equal(ui_selected_row(ui), 4 - row);
    /* The one found first, too; given up, a search goes back to the row, wherever it is.
     */
    press(13);
    press_code(KEY_HOME_KEY);
    row = ui_selected_row(ui);
    show(figures(5, 1237));
    assert_int_equal(ui_selected_row(ui), 4 - row);
    press(27);
    press_code(KEY_END_KEY);
    press_code(KEY_UP_ARROW); /* Hyper-ballad */
    press('/');
    type("e");
    show(turned(1237));
    press(27);
    assert_int_equal(ui->selected, 1);
    struct snapshot *fewer = figures(5, 1238);
    fewer->songs = 0;
    show(fewer);
    assert_int_equal(ui->selected, 0);
}

/* Rows that a frozen picture lacks give one new picture: the first that has them. */
static void frozen_rows_can_be_asked_for(void **state)
{
    (void)state;
    struct snapshot *s = figures(5, 1300);
    s->summary.songs = 9;
    show(s);
    ui_focus(ui, PANEL_SONGS);
    press(13);
    press(' ');
    assert_true(press('/') & UI_REQUEST);
    s = figures(5, 2000); /* on its way before the key */
    s->summary.songs = 9;
    show(s);
    expect_on_screen("1,300 plays", true);
    show(figures(5, 3000)); /* with all of its five */
    expect_on_screen("3,000 plays", true);
    show(figures(5, 4000));
    expect_on_screen("3,000 plays", true);
    press(27);
    assert_false(press_code(KEY_END_KEY) & UI_REQUEST);
    ui->snapshot->summary.songs = 9;
    assert_true(press_code(KEY_END_KEY) & UI_REQUEST);
    show(figures(5, 5000));
    expect_on_screen("5,000 plays", true);
}

/* So do figures that only the panel alone shows. */
static void frozen_figures_can_be_asked_for(void **state)
{
    static const enum panel_id panels[] = {PANEL_SESSIONS, PANEL_MAP};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(panels); i++) {
        press(' ');
        ui_focus(ui, panels[i]);
        assert_true(press(13) & UI_REQUEST);
        struct snapshot *s = figures(5, 2000); /* on its way before the key */
        s->session_bins = i == 1;
        s->state_levels = i == 0;
        show(s);
        expect_on_screen("2,000 plays", false);
        struct snapshot_request request;
        ui_request(ui, &request);
        s = figures(5, 3000 + i);
        s->session_bins = request.session_bins;
        s->state_levels = request.state_levels;
        show(s);
        assert_int_equal(ui->snapshot->input.plays, 3000 + i);
        show(figures(5, 4000));
        assert_int_equal(ui->snapshot->input.plays, 3000 + i);
        press(27);
        press(' ');
        show(figures(5, 1300));
    }
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
    ui->snapshot->summary.songs = 9;
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

/* ---- a search through more rows than one slice ---- */

#define MANY (10 * SEARCH_SLICE)

static char names[MANY][16];

/* Songs "0", "1" ..., the order of names turned about where `turn` is set. */
static struct snapshot *many(bool turn)
{
    struct snapshot *s = figures(5, MANY);
    free(s->song);
    s->songs = s->summary.songs = MANY;
    s->song = mem_zalloc(s->songs * sizeof *s->song);
    for (size_t i = 0; i < MANY; i++) {
        size_t name = turn ? MANY - 1 - i : i;
        snprintf(names[name], sizeof names[name], "song %zu.", name);
        s->song[i] = (struct song_row){str_of("Björk"), str_of(names[name]), 1};
    }
    return s;
}

static size_t work_to_the_end(void)
{
    size_t slices = 0;
    for (; ui_has_work(ui); slices++)
        ui_work(ui);
    return slices;
}

/* What a search of all rows finds, one by one. */
static void expect_found(const char *search)
{
    const struct snapshot *s = ui_snapshot(ui);
    size_t found = 0;
    for (size_t i = 0; i < s->songs; i++) {
        char name[32];
        snprintf(name, sizeof name, "%.*s Björk", (int)s->song[i].song.n,
                 s->song[i].song.p);
        if (!text_finds(name, search))
            continue;
        assert_true(found < ui->found.matches);
        assert_true(ui->found.match[found++] == i);
    }
    assert_int_equal(ui->found.matches, found);
}

static void a_long_search_goes_by_slices(void **state)
{
    (void)state;
    show(many(false));
    ui_focus(ui, PANEL_SONGS);
    press('/');
    assert_false(ui_has_work(ui));
    type("7");
    assert_true(ui_has_work(ui));
    expect_on_screen(" found, searching", true);
    /* Letters that come before it is through: what is found until then is looked at
     * again, and nothing is left out. */
    ui_work(ui);
    ui_work(ui);
    type("9");
    ui_work(ui);
    type(".");
    assert_true(work_to_the_end() < MANY / SEARCH_SLICE);
    expect_found("79.");
    expect_on_screen("searching", false);
    /* A shorter one looks at all rows again. */
    press_code(KEY_RUBOUT);
    assert_true(ui_has_work(ui));
    assert_true(work_to_the_end() >= MANY / SEARCH_SLICE - 1);
    expect_found("79");
    type("x");
    work_to_the_end();
    expect_on_screen("Nothing here has \"79x\" in it.", true);
    press_code(KEY_RUBOUT);
    expect_on_screen("Nothing here has", false);
    press(27); /* leaves nothing to do */
    assert_false(ui_has_work(ui));
}

static void nothing_found_is_no_list_of_all(void **state)
{
    (void)state;
    ui_focus(ui, PANEL_SONGS);
    press('/');
    type("~");
    expect_on_screen("Nothing here has \"~\" in it.", true);
    expect_on_screen("Yellow", false);
}

/* What is found among the rows that are there already is not all. */
static void rows_on_their_way_are_searched_for(void **state)
{
    (void)state;
    struct snapshot *s = figures(5, 1300);
    s->summary.songs = 9;
    show(s);
    ui_focus(ui, PANEL_SONGS);
    press('/');
    type("~");
    expect_on_screen("0 found, searching", true);
    expect_on_screen("Searching for \"~\".", true);
    show(figures(5, 1300));
    expect_on_screen("0 found", true);
    expect_on_screen("earching", false);
}

/* That finds some of many rows. */
static void keep_a_search(void)
{
    show(many(false));
    ui_focus(ui, PANEL_SONGS);
    press('/');
    type("9.");
    work_to_the_end();
    press(13);
}

static void the_selection_waits_for_its_row(void **state)
{
    (void)state;
    keep_a_search();
    for (int i = 0; i < 5; i++)
        press_code(KEY_DOWN_ARROW);
    assert_int_equal(ui_selected_row(ui), 59);
    /* Too far off to be followed: it stays where it was. */
    show(many(true));
    assert_true(ui_has_work(ui));
    work_to_the_end();
    assert_int_equal(ui->selected, 5);
    press_code(KEY_PAGE_DOWN);
    press_code(KEY_END_KEY);
    press_code(KEY_UP_ARROW);
    long row = ui_selected_row(ui); /* which the last slice finds */
    show(many(true));
    show(many(true));
    assert_true(ui_has_work(ui));
    work_to_the_end();
    assert_int_equal(ui_selected_row(ui), row);
    /* A key meanwhile is worth more. */
    show(many(true));
    press_code(KEY_HOME_KEY);
    work_to_the_end();
    assert_int_equal(ui->selected, 0);
}

/* New figures come while a search is kept: the list stands until all of it is found
 * anew, whatever is pressed; then it is that of the new figures. */
static void a_kept_search_does_not_begin_anew(void **state)
{
    (void)state;
    keep_a_search();
    press_code(KEY_END_KEY);
    show(many(false)); /* End asks for figures of its own */
    work_to_the_end();
    char *before = picture();
    const struct snapshot *shown = ui_snapshot(ui);
    show(many(true));
    for (size_t slices = 0; ui_has_work(ui); slices++) {
        char *now = picture();
        assert_ptr_equal(ui_snapshot(ui), shown);
        assert_string_equal(now, before);
        free(now);
        ui_work(ui);
        assert_true(slices <= MANY / SEARCH_SLICE);
    }
    assert_ptr_not_equal(ui_snapshot(ui), shown);
    expect_found("9.");
    free(before);
    show(many(false)); /* another search takes what waits */
    shown = ui_snapshot(ui);
    press('/');
    assert_ptr_not_equal(ui_snapshot(ui), shown);
    type("77");
    work_to_the_end();
    expect_found("77");
    press(13);
    press_code(KEY_DOWN_ARROW);
    char name[ROW_TEXT_MAX], after[ROW_TEXT_MAX];
    ui_row_name(ui, name);
    struct snapshot *shifted = many(false);
    memmove(shifted->song + 1, shifted->song, 5000 * sizeof *shifted->song);
    show(shifted);
    press(27); /* all rows again, and the one that was selected is */
    ui_row_name(ui, after);
    assert_string_equal(after, name);
    press('/');
    type("77");
    work_to_the_end();
    show(many(true)); /* and who holds the picture does not want it */
    shown = ui_snapshot(ui);
    press(13);
    press(' ');
    work_to_the_end();
    assert_ptr_equal(ui_snapshot(ui), shown);
    show(many(true));
    assert_ptr_equal(ui_snapshot(ui), shown);
    expect_found("77");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(searching),
        TEST(the_selection_stays_with_its_row),
        TEST(frozen_rows_can_be_asked_for),
        TEST(frozen_figures_can_be_asked_for),
        TEST(scrolling_keeps_within_the_rows),
        TEST(a_long_search_goes_by_slices),
        TEST(nothing_found_is_no_list_of_all),
        TEST(rows_on_their_way_are_searched_for),
        TEST(the_selection_waits_for_its_row),
        TEST(a_kept_search_does_not_begin_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
