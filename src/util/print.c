#include "cadence/print.h"

#include <stdio.h>
#include <string.h>

const char *print_grouped(const char *number, char *out, size_t size)
{
    size_t o = 0, whole = strcspn(number, "."), sign = number[0] == '-';
    for (size_t i = 0; number[i] && o + 1 < size; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0 && o + 2 < size)
            out[o++] = ',';
        out[o++] = number[i];
    }
    out[o] = 0;
    return out;
}

void print_roff(const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
}
