/* UTF-8, whatever the locale. */
#ifndef CADENCE_UTF8_H
#define CADENCE_UTF8_H

#include "cadence/str.h"

#define CHAR_UNKNOWN 0xFFFD
#define UTF8_UNKNOWN "\xEF\xBF\xBD" /* the same, written */

/* Length of the valid sequence that begins at p, or 0; *bad (or NULL) is then the length
 * of the maximal part that one U+FFFD stands for (Unicode 15, 3.9, tables 3-7 and 3-8).
 */
size_t utf8_sequence(const char *p, const char *end, size_t *bad);
bool utf8_is_valid(struct str text);
/* Does the byte go on with a character that began before it? */
static inline bool utf8_goes_on(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}
/* How many bytes from p on are ASCII. */
size_t utf8_ascii_run(const char *p, const char *end);

/* Takes the next character off `text`; what is not UTF-8 gives U+FFFD, byte by byte. */
uint32_t utf8_next(struct str *text);
/* Writes ch as UTF-8; returns the bytes, 1..4. */
size_t utf8_put(uint32_t ch, char out[4]);

#endif
