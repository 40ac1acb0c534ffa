#include "text.h"

#include "cadence/mem.h"

#include <stdarg.h>
#include <stdio.h>

void text_add(struct text *text, const char *p, size_t n)
{
    text->p = mem_grow(text->p, &text->cap, text->n + n + 1, 1);
    memcpy(text->p + text->n, p, n);
    text->n += n;
    text->p[text->n] = '\0';
}

void text_puts(struct text *text, const char *zero_ended)
{
    text_add(text, zero_ended, strlen(zero_ended));
}

void text_printf(struct text *text, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0)
        text_add(text, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void text_json(struct text *text, const char *zero_ended)
{
    text_add(text, "\"", 1);
    for (const char *c = zero_ended; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_add(text, "\\", 1);
        if ((unsigned char)*c < 0x20)
            text_printf(text, "\\u%04X", (unsigned)*c);
        else
            text_add(text, c, 1);
    }
    text_add(text, "\"", 1);
}

struct str text_take(struct text *text)
{
    text_add(text, "", 0);
    struct str out = {text->p, text->n};
    *text = (struct text){0};
    return out;
}
