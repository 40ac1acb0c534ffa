#include "cadence/print.h"

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

/* The code point of the character at *text, which is valid UTF-8 of ours; steps over it.
 */
static unsigned code_point(const char **text)
{
    unsigned char first = (unsigned char)**text;
    unsigned ch = first < 0xE0   ? first & 0x1F
                  : first < 0xF0 ? first & 0x0F
                                 : first & 0x07;
    while (((unsigned char)*++*text & 0xC0) == 0x80)
        ch = ch << 6 | ((unsigned char)**text & 0x3F);
    return ch;
}

void print_roff(const char *text)
{
    while (*text) {
        if ((unsigned char)*text >= 0x80) {
            printf("\\[u%04X]", code_point(&text));
            continue;
        }
        if (*text == '-' || *text == '\\')
            putchar('\\');
        putchar(*text++);
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
