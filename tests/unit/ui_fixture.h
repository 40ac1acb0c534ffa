/* A user interface over made figures, its keys and its picture, for the tests of it. */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

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
static inline struct snapshot *figures(size_t weeks, uint64_t plays)
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
    weeks_name_briefly(s->week, weeks);
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

static inline void show(struct snapshot *s)
{
    snapshot_free(ui_set_snapshot(ui, s));
}

static inline int set_up(void **state)
{
    (void)state;
    struct ui_config config = {.top = 10};
    filter_init(&config.filter);
    ui = ui_new(&config);
    ui_resize(ui, 120, 40);
    show(figures(5, 1234));
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    ui_free(ui);
    return 0;
}

static inline unsigned press(uint32_t ch)
{
    return ui_key(ui, &(struct ui_key){.code = KEY_CHAR, .ch = ch});
}

static inline unsigned press_code(enum ui_key_code code)
{
    return ui_key(ui, &(struct ui_key){.code = code});
}

static inline void type(const char *text)
{
    for (struct str rest = str_of(text); rest.n; rest.p++, rest.n--)
        press((unsigned char)*rest.p);
}

static inline char *picture(void)
{
    struct canvas canvas;
    canvas_init(&canvas, ui->w, ui->h, ui->ascii);
    ui_draw(ui, &canvas);
    char *text = canvas_to_text(&canvas, NULL);
    canvas_fini(&canvas);
    return text;
}

static inline void expect_on_screen(const char *what, bool there)
{
    char *text = picture();
    if (!strstr(text, what) == there)
        fail_msg("%s \"%s\" on:\n%s", there ? "no" : "there is", what, text);
    free(text);
}

/* Where a text stands on the screen, for clicks. */
static inline struct ui_key click_on(const char *what)
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

/* Checks the weeks that the next figures are asked for: "all", "present" or ids. */
static inline void expect_weeks(const char *want)
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
