#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "cadence/map.h"

static void every_state_has_its_own_tile(void **state)
{
    (void)state;
    bool taken[MAP_COLUMNS][MAP_LINES] = {{false}};
    size_t zoned = 0;
    for (int i = 0; i < MAP_STATES; i++) {
        const struct map_tile *t = &map_tiles[i];
        assert_in_range(t->column, 0, MAP_COLUMNS - 1);
        assert_in_range(t->line, 0, MAP_LINES - 1);
        assert_false(taken[t->column][t->line]);
        taken[t->column][t->line] = true;
        zoned += state_zone(state_pack(t->name[0], t->name[1])) != ZONE_OTHER;
        for (int j = 0; j < i; j++)
            assert_string_not_equal(t->name, map_tiles[j].name);
    }
    assert_int_equal(zoned, 51); /* the spec's zones name 51 states, all of them here */
    assert_string_equal(map_state_name("DC"), "District of Columbia");
    assert_null(map_state_name("PR"));
}

static void classes(void **state)
{
    (void)state;
    const uint32_t ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    /* Breaks of type 7 at 2.8, 4.6, 6.4 and 8.2. */
    const int quantile[] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    const int linear[] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    for (int i = 0; i < 10; i++) {
        assert_int_equal(map_class(MAP_QUANTILE, ten, 10, ten[i]), quantile[i]);
        assert_int_equal(map_class(MAP_LINEAR, ten, 10, ten[i]), linear[i]);
    }
    const uint32_t skewed[] = {1, 1, 1, 1, 1, 10, 100, 1000, 10000, 100000};
    /* Equal values share a class; linear sees only the largest; log is a decade a class.
     */
    assert_int_equal(map_class(MAP_QUANTILE, skewed, 10, 1), 1);
    assert_int_equal(map_class(MAP_LINEAR, skewed, 10, 10000), 1);
    assert_int_equal(map_class(MAP_LINEAR, skewed, 10, 100000), 5);
    assert_int_equal(map_class(MAP_LOG, skewed, 10, 1), 1);
    assert_int_equal(map_class(MAP_LOG, skewed, 10, 10), 1);
    assert_int_equal(map_class(MAP_LOG, skewed, 10, 100), 2);
    assert_int_equal(map_class(MAP_LOG, skewed, 10, 100000), 5);
    assert_int_equal(map_class(MAP_LOG, ten, 1, 1), 5);
    assert_int_equal(map_class(MAP_QUANTILE, ten, 0, 0), 0);
    assert_int_equal(map_class(MAP_QUANTILE, ten, 10, 0), 0);
}

static void figures_of_a_snapshot(void **state)
{
    (void)state;
    struct state_row rows[] = {
        {"CA", 0, 10, 0, 0}, {"NY", 0, 4, 0, 0}, {"PR", 0, 3, 0, 0}, {"TX", 0, 0, 0, 9}};
    struct snapshot s = {.states = ARRAY_SIZE(rows), .state = rows};
    struct map_figures map;
    map_make(&map, &s, MAP_QUANTILE);
    assert_int_equal(map.elsewhere, 3);
    uint64_t users = 0, with = 0;
    for (int i = 0; i < MAP_STATES; i++) {
        users += map.users[i];
        with += map.class[i] > 0;
    }
    assert_int_equal(users, 14);
    assert_int_equal(with, 2);
}

static struct canvas drawn(int w, int h, bool ascii, struct map_size *size)
{
    struct state_row rows[] = {
        {"CA", 0, 1234567, 0, 0}, {"NY", 0, 4, 0, 0}, {"FL", 0, 40, 0, 0}};
    struct snapshot s = {.states = ARRAY_SIZE(rows), .state = rows};
    struct map_figures map;
    struct canvas canvas;
    map_make(&map, &s, MAP_QUANTILE);
    canvas_init(&canvas, w, h, ascii);
    assert_true(map_fit(size, w, h));
    map_draw(&canvas, &map, size);
    return canvas;
}

/* At every size every state's two letters stand within its tile, and it fits the area. */
static void fits_at_every_size(void **state)
{
    (void)state;
    for (int w = 1; w <= 130; w += 3)
        for (int h = 1; h <= 40; h++) {
            struct map_size size;
            if (!map_fit(&size, w, h)) {
                assert_true(w < 3 * MAP_COLUMNS || h < MAP_LINES);
                continue;
            }
            struct canvas canvas = drawn(w, h, false, &size);
            for (int i = 0; i < MAP_STATES; i++) {
                bool found = false;
                for (int y = 0; y < h; y++)
                    for (int x = 0; x + 1 < w; x++)
                        if (map_tile_at(&size, x, y) == i &&
                            map_tile_at(&size, x + 1, y) == i)
                            found |= canvas.cell[y * w + x].ch ==
                                         (uint32_t)map_tiles[i].name[0] &&
                                     canvas.cell[y * w + x + 1].ch ==
                                         (uint32_t)map_tiles[i].name[1];
                assert_true(found);
            }
            canvas_fini(&canvas);
        }
}

static void reads_without_colour(void **state)
{
    (void)state;
    struct map_size size;
    struct canvas canvas = drawn(35, 8, true, &size);
    char *text = canvas_to_text(&canvas, NULL);
    assert_non_null(strstr(text, "CA#"));
    assert_non_null(strstr(text, "NY."));
    assert_non_null(strstr(text, "FL+"));
    for (const char *p = text; *p; p++)
        assert_in_range((unsigned char)*p, '\n', '~');
    free(text);
    canvas_fini(&canvas);
    canvas = drawn(88, 30, false, &size);
    text = canvas_to_text(&canvas, NULL);
    assert_non_null(strstr(text, "1.23M"));
    free(text);
    canvas_fini(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_its_own_tile),
        cmocka_unit_test(classes),
        cmocka_unit_test(figures_of_a_snapshot),
        cmocka_unit_test(fits_at_every_size),
        cmocka_unit_test(reads_without_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
