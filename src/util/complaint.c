#include "cadence/complaint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void option_complaint(const struct option *longs, int c, const char *word, char *out,
                      size_t size)
{
    size_t n = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0, fits = 0;
    bool exact = false;
    for (const struct option *o = longs; n && o->name; o++)
        if (strncmp(o->name, word + 2, n) == 0) {
            fits++;
            exact |= o->name[n] == 0;
        }
    if (c == ':' && n)
        snprintf(out, size, "%s needs a value", word);
    else if (c == ':')
        snprintf(out, size, "-%c needs a value", optopt);
    else if (n && (exact || fits == 1)) /* it is known, but ... */
        snprintf(out, size, "--%.*s takes no value", (int)n, word + 2);
    else if (n && fits)
        snprintf(out, size, "--%.*s may be one of %zu options: write more of it", (int)n,
                 word + 2, fits);
    else if (optopt > 0 && optopt < 128 && !n) /* a letter, maybe among others */
        snprintf(out, size, "there is no option -%c", optopt);
    else
        snprintf(out, size, "there is no option %s", word);
}
