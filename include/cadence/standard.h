/* The standard descriptors, as both programs use them. */
#ifndef CADENCE_STANDARD_H
#define CADENCE_STANDARD_H

#include <stdarg.h>

/* First of all: no file that is opened later takes the place of one that was closed. To
 * use that one still fails. */
void standard_keep(void);
/* One line on standard error, cut to 1,000 bytes, without control characters: names and
 * values of the user's are repeated in it. */
void standard_say(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void standard_say_list(const char *program, const char *format, va_list list);

#endif
