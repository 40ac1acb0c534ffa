#include "cadence/standard.h"

#include "cadence/utf8.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void standard_keep(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

/* What would steer the terminal: C0, DEL, C1 (two bytes, the first of them C2), and C1 of
 * one byte, which is no part of a character, where the terminal does not know UTF-8. */
static bool is_control(const char *p, size_t len)
{
    unsigned char c = (unsigned char)*p;
    if (len == 0)
        return c < 0xC0;
    return c < ' ' || c == 0x7F || (len == 2 && c == 0xC2 && (unsigned char)p[1] < 0xA0);
}

void standard_say_list(const char *program, const char *format, va_list list)
{
    char sentence[1024], text[1024];
    size_t n = 0;
    vsnprintf(sentence, sizeof sentence, format, list);
    for (const char *p = sentence, *end = p + strlen(p);
         p < end && n + 4 < sizeof text;) {
        size_t len = utf8_sequence(p, end, NULL), bytes = len ? len : 1;
        if (is_control(p, len))
            text[n++] = '?';
        else
            for (size_t i = 0; i < bytes; i++)
                text[n++] = p[i];
        p += bytes;
    }
    text[n] = 0;
    fprintf(stderr, "%s: %s\n", program, text);
}

void standard_say(const char *program, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    standard_say_list(program, format, list);
    va_end(list);
}
