/* Figures of the screen into a file. */
#ifndef CADENCE_APP_SAVE_H
#define CADENCE_APP_SAVE_H

#include "cadence/snapshot.h"

/* As a JSON report in a new file of the current folder; half a report is removed. True
 * when it is there; `sentence` says what became of it. */
bool save_report(const struct snapshot *snapshot, char *sentence, size_t size);

#endif
