#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "cadence/cloud.h"

#define WORDS 120

static const char *const texts[] = {
    "Kings Of Leon",
    "Coldplay",
    "Björk",
    "宇多田ヒカル",
    "Cafe\xcc\x81 Tacvba",
    "U2",
    "Пикник",
    "Barry Tuckwell/Academy of St Martin-in-the-Fields/Sir Neville Marriner",
    "",
    "방탄소년단",
};

static void make_words(struct cloud_word *word, char (*names)[96])
{
    for (size_t i = 0; i < WORDS; i++) {
        if (i < ARRAY_SIZE(texts))
            snprintf(names[i], 96, "%s", texts[i]);
        else
            snprintf(names[i], 96, "Artist %zu", i * i * 31);
        word[i] =
            (struct cloud_word){str_of(names[i]), 1000.0 / (double)(i + 1), i % 9 == 4};
    }
}

static size_t make(const struct cloud_word *word, int w, int h, bool weight, bool ascii,
                   struct cloud_place *place)
{
    return cloud_make(word, WORDS, w, h, weight, ascii, place, WORDS);
}

/* Words lie inside, none overlaps another, and what is drawn stays in the place made for
 * it. */
static void no_overlaps(void **state)
{
    (void)state;
    struct cloud_word word[WORDS];
    struct cloud_place place[WORDS];
    char names[WORDS][96];
    make_words(word, names);
    for (int w = 1; w <= 160; w += 9)
        for (int h = 1; h <= 40; h += 3)
            for (int kind = 0; kind < 4; kind++) {
                size_t n = make(word, w, h, kind & 1, kind & 2, place);
                char *taken = calloc((size_t)w * (size_t)h, 1);
                for (size_t i = 0; i < n; i++) {
                    const struct cloud_place *p = &place[i];
                    assert_true(p->x >= 0 && p->y >= 0 && p->w > 0 && p->h > 0);
                    assert_true(p->x + p->w <= w && p->y + p->h <= h);
                    assert_in_range(p->level, 1, CLOUD_LEVELS);
                    for (int y = p->y; y < p->y + p->h; y++)
                        for (int x = p->x; x < p->x + p->w; x++)
                            assert_int_equal(taken[y * w + x]++, 0);
                }
                struct canvas canvas;
                canvas_init(&canvas, w, h, kind & 2);
                cloud_draw(&canvas, word, place, n);
                for (int i = 0; i < w * h; i++)
                    if (canvas.cell[i].ch != ' ')
                        assert_true(taken[i]);
                canvas_fini(&canvas);
                free(taken);
            }
}

static const struct cloud_place *place_of(const struct cloud_place *place, size_t n,
                                          const struct cloud_word *word, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(word[place[i].word].text, text))
            return &place[i];
    return NULL;
}

/* Ranks that change within a size move nothing. */
static void stable(void **state)
{
    (void)state;
    struct cloud_word word[WORDS], other[WORDS];
    struct cloud_place before[WORDS], after[WORDS];
    char names[WORDS][96];
    make_words(word, names);
    memcpy(other, word, sizeof other);
    /* The last of the cloud and the first and second change places, and weights change.
     */
    other[0] = word[1];
    other[1] = word[0];
    other[40] = word[44];
    other[44] = word[40];
    for (size_t i = 0; i < WORDS; i++)
        other[i].weight = 2000.0 / (double)(i + 1);
    size_t n = make(word, 90, 25, false, false, before),
           m = make(other, 90, 25, false, false, after);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        const char *text = names[before[i].word];
        const struct cloud_place *p = place_of(after, m, other, text);
        assert_non_null(p);
        assert_int_equal(p->x, before[i].x);
        assert_int_equal(p->y, before[i].y);
        assert_int_equal(p->level, before[i].level);
    }
}

static void heavier_is_larger(void **state)
{
    (void)state;
    struct cloud_word word[WORDS];
    struct cloud_place place[WORDS];
    char names[WORDS][96];
    make_words(word, names);
    size_t n = make(word, 100, 30, false, false, place);
    assert_int_equal(place_of(place, n, word, "Coldplay")->level, 1);
    assert_int_equal(place_of(place, n, word, "宇多田ヒカル")->level, 2);
    /* By weight: 1000, 500 and 333 of 1000 are of the levels 1, 2 and 3. */
    n = make(word, 100, 30, true, false, place);
    assert_int_equal(place_of(place, n, word, "Kings Of Leon")->level, 1);
    assert_int_equal(place_of(place, n, word, "Coldplay")->level, 2);
    assert_int_equal(place_of(place, n, word, "Björk")->level, 3);
    assert_int_equal(place_of(place, n, word, "U2")->level, 4);
}

static void capitals(void **state)
{
    (void)state;
    struct cloud_word word[4] = {{str_of("a"), 4, false},
                                 {str_of("b"), 4, false},
                                 {str_of("c"), 4, false},
                                 {str_of("Björk ñandú пик"), 1, true}};
    struct cloud_place place[4];
    size_t n = cloud_make(word, 4, 60, 8, false, false, place, 4);
    struct canvas canvas;
    canvas_init(&canvas, 60, 8, false);
    cloud_draw(&canvas, word, place, n);
    char *text = canvas_to_text(&canvas, NULL);
    assert_non_null(strstr(text, "▲ BJÖRK ÑANDÚ ПИК"));
    free(text);
    canvas_fini(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_overlaps),
        cmocka_unit_test(stable),
        cmocka_unit_test(heavier_is_larger),
        cmocka_unit_test(capitals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
