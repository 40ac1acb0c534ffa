/* The standard descriptors, as both programs use them. */
#ifndef CADENCE_STANDARD_H
#define CADENCE_STANDARD_H

/* First of all: no file that is opened later takes the place of one that was closed. To
 * use that one still fails. */
void standard_keep(void);
/* One line on standard error, without control characters: names and values of the user's
 * are repeated in it. */
void standard_say(const char *program, const char *sentence);

#endif
