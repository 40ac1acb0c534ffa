/* What lines of one session have in common: who listens, from where and on what. EventSim
 * writes these fields in a row, two thirds of the line, and they hardly ever change
 * within a session: so the bytes are compared with those of the session's line before,
 * and what they said is taken over. Equal bytes at the same place of an object say the
 * same, so that nothing here can be wrong, only missed.
 *
 * The row begins behind `itemInSession` and ends behind the last of the listener's
 * fields; a field that belongs to the play ends it. */
#ifndef CADENCE_DECODE_MEMO_H
#define CADENCE_DECODE_MEMO_H

#include "cadence/decode.h"

#define MEMO_SESSIONS 1024 /* remembered; 750 KiB */
#define MEMO_BYTES 448     /* longest row */

struct memo {
    uint64_t session;
    uint16_t len;   /* of the row; 0: nothing remembered */
    uint8_t keys;   /* in the row, unwanted ones too */
    uint8_t fields; /* of `v`: the user may not be in the row */
    struct listener listener;
    struct value v[LISTENER_FIELDS]; /* text.p: an offset into the row */
    char row[MEMO_BYTES];
};

/* A row while it is read. */
struct row {
    struct memo *memo; /* where it goes */
    uint64_t session;
    uint32_t listener;
    const char *start, *end; /* NULL: no row is open; behind the last listener's field */
    unsigned keys, keys_all; /* up to the end; up to now */
};

static inline bool is_listener(enum field field)
{
    return field >= FIELD_STATE && field < FIELD_STATE + LISTENER_FIELDS;
}

/* The place of a session; NULL when it has no number. */
static inline struct memo *memo_place(struct memo *memos, const struct value *session)
{
    if (session->type != VALUE_NUMBER || !session->is_read || session->decimals)
        return NULL;
    uint64_t hash = session->mantissa * UINT64_C(0x9E3779B97F4A7C15);
    return &memos[hash >> 32 & (MEMO_SESSIONS - 1)];
}

/* Is the row at p, in a line that ends at `end`, the one remembered? Then its fields. */
static inline bool memo_take(struct memo *memo, uint64_t session, const char *p,
                             const char *end, struct fields *out)
{
    if (memo->session != session || memo->len == 0 || end - p <= memo->len ||
        memcmp(p, memo->row, memo->len) != 0 ||
        (p[memo->len] != ',' && p[memo->len] != '}'))
        return false;
    for (int i = 0; i < memo->fields; i++) {
        out->v[FIELD_STATE + i] = memo->v[i];
        out->v[FIELD_STATE + i].text.p = p + (uintptr_t)memo->v[i].text.p;
    }
    out->listener = &memo->listener;
    return true;
}

/* A row has been read to its end, and its fields are in `fields`. */
void memo_keep(const struct row *row, struct fields *fields);

#endif
