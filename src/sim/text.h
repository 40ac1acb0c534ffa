/* Growing text and JSON escapes, for what is made once and copied often. */
#ifndef CADENCE_SIM_TEXT_H
#define CADENCE_SIM_TEXT_H

#include "cadence/str.h"

struct text {
    char *p;
    size_t n, cap;
};

void text_add(struct text *text, const char *p, size_t n);
void text_puts(struct text *text, const char *zero_ended);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* With quotes around it; what JSON demands is escaped, all else stays as it is. */
void text_json(struct text *text, const char *zero_ended);
/* The text as a heap string; the builder is empty again. */
struct str text_take(struct text *text);

#endif
