/* Panels drawn alone, for the tests of them. */
#ifndef TESTS_PANEL_FIXTURE_H
#define TESTS_PANEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "fixture.h"

#define MARGIN 3

/* Draws a panel amid a larger canvas and checks that it stays inside. Heap. */
static inline char *drawn(enum panel_id id, const struct panel_view *view, int w, int h,
                          bool ascii)
{
    struct canvas outer, text_of;
    canvas_init(&outer, w + 2 * MARGIN, h + 2 * MARGIN, ascii);
    canvas_fill(&outer, 0, 0, outer.w, outer.h, ROLE_BAD, 'X', 'X');
    struct canvas inside = canvas_sub(&outer, MARGIN, MARGIN, w, h);
    canvas_clear(&inside);
    panel_get(id)->draw(view, &inside);
    canvas_init(&text_of, w, h, ascii);
    for (int y = 0; y < outer.h; y++)
        for (int x = 0; x < outer.w; x++) {
            struct cell *cell = &outer.cell[y * outer.stride + x];
            bool in = x >= MARGIN && x < MARGIN + w && y >= MARGIN && y < MARGIN + h;
            if (in)
                text_of.cell[(y - MARGIN) * w + x - MARGIN] = *cell;
            else
                assert_true(cell->ch == 'X' && cell->role == ROLE_BAD);
            if (ascii)
                assert_true(cell->ch == 0 || (cell->ch >= ' ' && cell->ch <= '~'));
        }
    char *text = canvas_to_text(&text_of, NULL);
    canvas_fini(&text_of);
    canvas_fini(&outer);
    return text;
}

static inline void expect(enum panel_id id, const struct panel_view *view, int w, int h,
                          const char *want)
{
    char *text = drawn(id, view, w, h, false);
    if (!strstr(text, want))
        fail_msg("%s at %dx%d lacks \"%s\":\n%s", panel_get(id)->id, w, h, want, text);
    free(text);
}

static inline void expect_none(enum panel_id id, const struct panel_view *view, int w,
                               int h, const char *text_not_wanted)
{
    char *text = drawn(id, view, w, h, false);
    if (strstr(text, text_not_wanted))
        fail_msg("%s at %dx%d has \"%s\":\n%s", panel_get(id)->id, w, h, text_not_wanted,
                 text);
    free(text);
}

static inline struct panel_view view_of(const struct snapshot *s,
                                        const struct source_status *source)
{
    return (struct panel_view){.snapshot = s, .source = source, .search = ""};
}

static inline void expect_unit(enum panel_id id, const struct panel_view *view,
                               const char *want)
{
    char unit[96];
    panel_get(id)->unit(view, unit, sizeof unit);
    assert_string_equal(unit, want);
}

/* Figures of so many weeks and partitions, and a panel's view of them. snapshot_free it.
 */
static inline struct snapshot *view_open(size_t weeks, struct source_status *source,
                                         struct panel_view *view)
{
    struct snapshot *s = fixture_snapshot(weeks);
    fixture_partitions(source);
    *view = view_of(s, source);
    return s;
}

#endif
