/* Command lines from tables: getopt's view of the options, help, the man page, and what
 * is wrong with one. Both programs have a table of their own. */
#ifndef CADENCE_USAGE_H
#define CADENCE_USAGE_H

#include <getopt.h>
#include <stddef.h>

/* A row of a table; those of one group stand together. */
struct usage_option {
    const char *name;
    char letter;     /* 0: none */
    const char *arg; /* NULL: takes none */
    const char *group, *help;
};

/* What getopt_long takes for `n` options: n + 1 and 2 * n + 2 entries. */
void usage_getopt(const struct usage_option *options, int n, struct option *longs,
                  char *letters);
/* From what getopt_long returned to a row; n for none. */
int usage_option_of(const struct usage_option *options, int n, int c);
/* What getopt_long complains of by `c`, '?' or ':'; `word` is the last that it looked at.
 */
void usage_complaint(const struct option *longs, int c, const char *word, char *out,
                     size_t size);

struct usage_example {
    const char *command, *what;
};

/* For --help, in lines of 80 columns; for the man page, as roff. */
void usage_help_options(const struct usage_option *options, int n);
void usage_help_examples(const struct usage_example *examples, size_t n);
void usage_man_options(const struct usage_option *options, int n);
void usage_man_examples(const struct usage_example *examples, size_t n);

#endif
