#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/panel.h"

static bool shows(const struct layout *layout, enum panel_id id)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->place[i].id == id)
            return true;
    return false;
}

/* Within the screen, as large as they need, none over another, none twice. */
static void check(const struct layout *layout, int w, int h)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct panel_place *p = &layout->place[i];
        const struct panel *panel = panel_get(p->id);
        assert_true(p->x >= 0 && p->y >= 0 && p->x + p->w <= w && p->y + p->h <= h);
        assert_true(p->w - 2 >= panel->min_w && p->h - 2 >= panel->min_h);
        for (size_t j = 0; j < i; j++) {
            const struct panel_place *q = &layout->place[j];
            assert_int_not_equal(p->id, q->id);
            assert_true(p->x + p->w <= q->x || q->x + q->w <= p->x ||
                        p->y + p->h <= q->y || q->y + q->h <= p->y);
        }
    }
}

/* No hole: in every column the panels reach from the top to the bottom, and columns from
 * the left edge to the right one, a gap of one column at most between them. */
static void check_filled(const struct layout *layout, int w, int h)
{
    for (int y = 0; y < h; y++) {
        int covered = 0, columns = 0;
        for (size_t i = 0; i < layout->count; i++) {
            const struct panel_place *p = &layout->place[i];
            if (y >= p->y && y < p->y + p->h) {
                covered += p->w;
                columns++;
            }
        }
        assert_true(columns > 0);
        assert_true(covered >= w - (columns - 1));
    }
}

static void every_size(void **state)
{
    (void)state;
    for (int w = 24; w <= 320; w++)
        for (int h = 5; h <= 100; h++)
            for (int kafka = 0; kafka < 2; kafka++) {
                struct layout layout;
                layout_make(&layout, w, h, kafka);
                assert_true(layout.count > 0);
                check(&layout, w, h);
                check_filled(&layout, w, h);
                assert_true(kafka || !shows(&layout, PANEL_KAFKA));
            }
}

static void tiny_sizes_are_safe(void **state)
{
    (void)state;
    for (int w = 0; w < 30; w++)
        for (int h = 0; h < 8; h++) {
            struct layout layout;
            layout_make(&layout, w, h, true);
            check(&layout, w, h);
        }
}

static void what_matters_comes_first(void **state)
{
    (void)state;
    struct layout layout;
    layout_make(&layout, 160, 43, false);
    assert_int_equal(layout.count, PANEL_COUNT - 1); /* all but Kafka, as in the sketch */
    layout_make(&layout, 200, 55, true);
    assert_int_equal(layout.count, PANEL_COUNT);
    layout_make(&layout, 120, 35, false);
    assert_int_equal(layout.count, PANEL_COUNT - 1);
    layout_make(&layout, 80, 20, true);
    assert_true(shows(&layout, PANEL_LEVELS) && shows(&layout, PANEL_ARTISTS));
    assert_true(shows(&layout, PANEL_SONGS) && shows(&layout, PANEL_MAP));
    assert_true(shows(&layout, PANEL_KAFKA));
    layout_make(&layout, 40, 9, false);
    assert_true(shows(&layout, PANEL_LEVELS) && shows(&layout, PANEL_ARTISTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size),
        cmocka_unit_test(tiny_sizes_are_safe),
        cmocka_unit_test(what_matters_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
