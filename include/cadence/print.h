/* Text as several layers print it. */
#ifndef CADENCE_PRINT_H
#define CADENCE_PRINT_H

#include <stddef.h>

/* Puts commas into the digits before the point: "-1234567.25" -> "-1,234,567.25". `out`
 * is zero-ended, cut to `size`, and returned. */
const char *print_grouped(const char *number, char *out, size_t size);

/* Text within a manual page, UTF-8: roff takes a bare hyphen for a soft one, a backslash
 * for its own and each byte beyond ASCII for a character. */
void print_roff(const char *text);

/* A paragraph in lines of 80 columns, broken at blanks. It stands at `column`, where the
 * first line begins already. */
void print_wrapped(const char *text, int column);

#endif
