/* Rows of panels: each is reached, chosen and found. */
#include "panel_fixture.h"

/* Every row can be scrolled to, and is then the one selected. */
static void every_row_is_reached(void **state)
{
    (void)state;
    static const enum panel_id lists[] = {PANEL_SONGS, PANEL_USERS, PANEL_MAP,
                                          PANEL_HOURS, PANEL_KAFKA, PANEL_ACTIVITY,
                                          PANEL_LEVELS};
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    fixture_partitions(&source);
    for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
        const struct panel *panel = panel_get(lists[k]);
        struct panel_view view = view_of(s, &source);
        view.zoomed = true;
        size_t rows = panel->rows(&view);
        assert_true(rows > 0);
        for (view.selected = 0; view.selected < rows; view.selected++) {
            char row[256];
            int selected = 0;
            struct canvas canvas;
            panel->row_text(&view, view.selected, row, sizeof row);
            assert_true(row[0]);
            canvas_init(&canvas, 100, 14, false);
            panel->draw(&view, &canvas);
            for (int y = 0; y < canvas.h; y++)
                for (int x = 0; x < canvas.w; x++)
                    if (canvas.cell[y * canvas.w + x].role == ROLE_SELECT) {
                        selected++;
                        assert_int_equal(panel->hit(&view, &canvas, x, y),
                                         (long)view.selected);
                        break;
                    }
            assert_int_equal(selected, 1);
            canvas_fini(&canvas);
        }
    }
    snapshot_free(s);
}

/* A state is chosen by its tile and by its row; only the row is one of the list. */
static void a_state_is_found_where_it_stands(void **state)
{
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    fixture_partitions(&source);
    for (int zoomed = 0; zoomed < 2; zoomed++) {
        struct panel_view view = view_of(s, &source);
        struct canvas canvas;
        int tiles = 0, rows = 0;
        view.zoomed = zoomed;
        canvas_init(&canvas, 120, 20, false);
        panel_map.draw(&view, &canvas);
        for (int i = 0; i < canvas.w * canvas.h - 1; i++) {
            if (canvas.cell[i].ch != 'C' || canvas.cell[i + 1].ch != 'A')
                continue;
            int x = i % canvas.w, y = i / canvas.w;
            bool in_table = panel_map.hit(&view, &canvas, x, y) >= 0;
            assert_int_equal(panel_map.state(&view, &canvas, x, y), state_pack('C', 'A'));
            tiles += !in_table;
            rows += in_table;
        }
        assert_int_equal(tiles, 1);
        assert_int_equal(rows, zoomed);
        canvas_fini(&canvas);
    }
    snapshot_free(s);
}

static void search(void **state)
{
    (void)state;
    struct source_status source;
    struct panel_view view;
    struct snapshot *s = view_open(19, &source, &view);
    const size_t match[] = {17, 3};
    view.zoomed = true;
    view.search = "BJORK";
    view.match = match;
    view.matches = 2;
    s->song[17].artist = str_of("Björk");
    expect(PANEL_SONGS, &view, 100, 10, "Björk");
    struct canvas canvas;
    canvas_init(&canvas, 100, 10, false);
    view.selected = 1;
    panel_songs.draw(&view, &canvas);
    int marked = 0;
    for (int i = 0; i < canvas.w * canvas.h; i++)
        marked += canvas.cell[i].role == ROLE_MATCH;
    assert_true(marked > 0 && marked % 5 == 0); /* five letters, accents and case aside */
    canvas_fini(&canvas);
    view.matches = 0;
    expect(PANEL_SONGS, &view, 100, 10, "Nothing here has \"BJORK\" in it.");
    expect(PANEL_HOURS, &view, 58, 14, "Nothing here has \"BJORK\" in it.\n");
    snapshot_free(s);
}

/* What a search finds is text; figures that look like it are not marked. */
static void figures_are_not_found(void **state)
{
    static const enum panel_id lists[] = {PANEL_LEVELS, PANEL_HOURS, PANEL_MAP,
                                          PANEL_SONGS,  PANEL_USERS, PANEL_ACTIVITY};
    (void)state;
    struct source_status source;
    struct snapshot *s = fixture_snapshot(19);
    fixture_partitions(&source);
    for (char digit = '0'; digit <= '9'; digit++)
        for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
            struct panel_view view = view_of(s, &source);
            const size_t match[] = {0};
            const struct panel *panel = panel_get(lists[k]);
            char search[] = {digit, 0}, text[256];
            view.zoomed = true;
            view.search = search;
            view.match = match;
            view.matches = 1;
            struct canvas canvas;
            canvas_init(&canvas, 150, 20, false);
            panel->draw(&view, &canvas);
            int marked = 0, found = 0;
            for (int i = 0; i < canvas.w * canvas.h; i++)
                marked += canvas.cell[i].role == ROLE_MATCH;
            panel->row_text(&view, 0, text, sizeof text);
            for (const char *p = text; *p; p++)
                found += *p == digit;
            if (marked > found)
                fail_msg("%s: %d marks of \"%s\" in \"%s\"", panel->id, marked, search,
                         text);
            canvas_fini(&canvas);
        }
    snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_reached),
        cmocka_unit_test(a_state_is_found_where_it_stands),
        cmocka_unit_test(search),
        cmocka_unit_test(figures_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
