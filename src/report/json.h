/* The report as a tree, from which JSON and CSV are written. */
#ifndef CADENCE_REPORT_JSON_H
#define CADENCE_REPORT_JSON_H

#include "cadence/report.h"

#include <cjson/cJSON.h>

cJSON *report_tree(const struct snapshot *s);
int report_csv(FILE *out, const cJSON *tree);
int report_text(FILE *out, const struct snapshot *s);

#endif
