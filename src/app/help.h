/* Usage, help and the man page, from the tables of options and keys. */
#ifndef CADENCE_APP_HELP_H
#define CADENCE_APP_HELP_H

#include "cadence/options.h"

struct option;

/* Fills the tables of getopt_long: OPT_COUNT + 1 and 2 * OPT_COUNT + 2 entries. */
void help_getopt_tables(struct option *longs, char *letters);
/* "levels, devices, ...": what --panel takes, and --theme but for files. */
void help_panel_names(char *out, size_t size);
void help_theme_names(char *out, size_t size);
/* From what getopt_long returned to an option_id. */
int help_option_of(int c);
/* OPT_HELP, OPT_VERSION or OPT_MAN, to standard output. */
void help_print(int id);

#endif
