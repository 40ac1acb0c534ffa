/* Reports: a snapshot as JSON (the reference's keys), CSV or text for people. */
#ifndef CADENCE_REPORT_H
#define CADENCE_REPORT_H

#include "cadence/snapshot.h"

#include <stdio.h>

enum report_format { REPORT_NONE, REPORT_JSON, REPORT_CSV, REPORT_TEXT };

/* From its name; REPORT_NONE when it is none. */
enum report_format report_format_of(const char *name);

/* Writes one report and flushes. `one_line`: JSON without line breaks, but the last. 0,
 * or -1 when writing failed (errno). */
int report_write(FILE *out, enum report_format format, bool one_line,
                 const struct snapshot *s);

#endif
