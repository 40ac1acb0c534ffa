#include "cadence/print.h"

#include "cadence/utf8.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80 /* of help */

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
    for (struct str rest = str_of(text); rest.n;) {
        uint32_t ch = utf8_next(&rest);
        if (ch >= 0x80)
            printf("\\[u%04X]", (unsigned)ch);
        else
            printf(ch == '-' || ch == '\\' ? "\\%c" : "%c", (int)ch);
    }
}

void print_wrapped(const char *text, int column)
{
    int at = column;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (at > column && at + 1 + word > WIDTH) {
            printf("\n%*s", column, "");
            at = column;
        } else if (at > column) {
            at += printf(" ");
        }
        at += printf("%.*s", word, text);
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}
