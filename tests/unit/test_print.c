#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/print.h"

static void thousands(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"999", "999"},
        {"1000", "1,000"},
        {"-100", "-100"},
        {"-1000", "-1,000"},
        {"1234567.25", "1,234,567.25"},
        {"0.12345", "0.12345"},
        {"18446744073709551615", "18,446,744,073,709,551,615"}};
    char out[32];
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(print_grouped(pairs[i][0], out, sizeof out), pairs[i][1]);
    assert_string_equal(print_grouped("1234567", out, 6), "1,234"); /* cut */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(thousands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
