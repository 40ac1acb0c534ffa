/* Shared by the readers of src/decode. */
#ifndef CADENCE_DECODE_TEXT_H
#define CADENCE_DECODE_TEXT_H

#include "cadence/decode.h"

/* The reference's JSON reader refuses integers of more digits. */
#define INTEGER_DIGITS_MAX 4300

/* Values nested deeper than this, the record itself included, are refused, as the
 * reference does (and long before cJSON's own limit). */
#define DEPTH_MAX 993

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

#endif
