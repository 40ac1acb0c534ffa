#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/ui/ui_state.h"

static void folding(void **state)
{
    (void)state;
    assert_true(text_finds("Björk", "bjork"));
    assert_true(text_finds("BJÖRK — Jóga", "k - jo"));
    assert_true(text_finds("Bjo\xcc\x88rk", "bjö"));
    assert_true(text_finds("Straße", "STRASSE"));
    assert_true(text_finds("日本語", "本"));
    assert_true(text_finds("x", ""));
    assert_false(text_finds("Björk", "bork"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
