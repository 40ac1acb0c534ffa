/* What the canvas knows of Unicode, whatever the locale and the C library. */
#ifndef CADENCE_UI_CANVAS_UNICODE_H
#define CADENCE_UI_CANVAS_UNICODE_H

#include "cadence/utf8.h"

enum glyph_class {
    GLYPH_MARK,   /* sits on the character before it, no column of its own */
    GLYPH_NARROW, /* one column */
    GLYPH_WIDE,   /* two columns */
    GLYPH_BLANK,  /* some kind of blank: drawn as a plain one */
    GLYPH_HIDDEN, /* control, format: never drawn */
    GLYPH_UNKNOWN /* private, or younger than the table: drawn as U+FFFD, for terminals
                     differ in its width */
};

enum glyph_class unicode_class(uint32_t ch);

/* What stands for a character where only ASCII may be drawn: up to three letters, "" when
 * nothing does (callers draw "?"). */
const char *unicode_ascii(uint32_t ch);

/* A character as a search sees it, without case and accents where ASCII has the letters:
 * "É" is "e". Returns how many it is; 0: a mark, or what is never drawn. */
#define UNICODE_FOLD 4
int unicode_fold(uint32_t ch, uint32_t out[UNICODE_FOLD]);

#endif
