#include "cadence/usage.h"

#include "cadence/print.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LONG_BASE 1000 /* what getopt_long returns for options without a letter */
#define HELP_COLUMN 31

void usage_getopt(const struct usage_option *options, int n, struct option *longs,
                  char *letters)
{
    char *letter = letters;
    *letter++ = ':';
    for (int i = 0; i < n; i++) {
        const struct usage_option *o = &options[i];
        longs[i] = (struct option){.name = o->name,
                                   .has_arg = o->arg ? required_argument : no_argument,
                                   .val = LONG_BASE + i};
        if (o->letter)
            *letter++ = o->letter;
        if (o->letter && o->arg)
            *letter++ = ':';
    }
    longs[n] = (struct option){0};
    *letter = '\0';
}

int usage_option_of(const struct usage_option *options, int n, int c)
{
    if (c >= LONG_BASE)
        return c - LONG_BASE;
    int i = 0;
    while (i < n && options[i].letter != c)
        i++;
    return i;
}

void usage_help_options(const struct usage_option *options, int n)
{
    const char *group = "";
    for (int i = 0; i < n; i++) {
        const struct usage_option *o = &options[i];
        if (strcmp(group, o->group) != 0)
            printf("\n%s:\n", group = o->group);
        char short_form[] = {'-', o->letter, ',', '\0'};
        int at = printf("  %3s --%s%s%s", o->letter ? short_form : "", o->name,
                        o->arg ? " " : "", o->arg ? o->arg : "");
        if (at < HELP_COLUMN)
            printf("%*s", HELP_COLUMN - at, "");
        else
            printf("\n%*s", HELP_COLUMN, "");
        print_wrapped(o->help, HELP_COLUMN);
    }
}

void usage_help_examples(const struct usage_example *examples, size_t n)
{
    printf("\nExamples:\n");
    for (size_t i = 0; i < n; i++)
        printf("  %s\n      %s\n", examples[i].command, examples[i].what);
}

void usage_man_options(const struct usage_option *options, int n)
{
    const char *group = "";
    printf(".SH OPTIONS\n");
    for (int i = 0; i < n; i++) {
        const struct usage_option *o = &options[i];
        if (strcmp(group, o->group) != 0)
            printf(".SS %s\n", group = o->group);
        printf(".TP\n");
        if (o->letter)
            printf("\\fB\\-%c\\fR, ", o->letter);
        printf("\\fB\\-\\-");
        print_roff(o->name);
        printf("\\fR");
        if (o->arg) {
            printf(" \\fI");
            print_roff(o->arg);
            printf("\\fR");
        }
        printf("\n");
        print_roff(o->help);
        printf("\n");
    }
}

void usage_man_examples(const struct usage_example *examples, size_t n)
{
    printf(".SH EXAMPLES\n");
    for (size_t i = 0; i < n; i++) {
        printf(".TP\n\\fB");
        print_roff(examples[i].command);
        printf("\\fR\n");
        print_roff(examples[i].what);
        printf("\n");
    }
}

void usage_complaint(const struct option *longs, int c, const char *word, char *out,
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
