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

#define MEMO_BYTES 448 /* longest row */

struct memo {
    uint16_t len;   /* of the row; 0: nothing remembered */
    uint8_t keys;   /* in the row, unwanted ones too */
    uint8_t fields; /* of `v`: the user may not be in the row */
    struct listener listener;
    struct value v[LISTENER_FIELDS]; /* text.p: an offset into the row */
    char row[MEMO_BYTES];
};

/* Four places for the sessions of equal hash, which are given out in turn: with a place
 * for each hash alone, the 400 sessions of an evening pushed each other out. 700 KiB. */
#define MEMO_SETS 256
#define MEMO_WAYS 4

struct memos {
    uint64_t session[MEMO_SETS][MEMO_WAYS]; /* apart: a cache line holds two sets */
    uint8_t next[MEMO_SETS];                /* the place given out next */
    struct memo memo[MEMO_SETS][MEMO_WAYS];
};

/* A row while it is read. */
struct row {
    struct memo *memo; /* where it goes */
    uint32_t listener;
    const char *start, *end; /* NULL: no row is open; behind the last listener's field */
    unsigned keys, keys_all; /* up to the end; up to now */
};

static inline bool is_listener(enum field field)
{
    return field >= FIELD_STATE && field < FIELD_STATE + LISTENER_FIELDS;
}

/* The place of a session, with nothing remembered if it had none; NULL when it has no
 * number. */
static inline struct memo *memo_place(struct memos *memos, const struct value *session)
{
    if (session->type != VALUE_NUMBER || !session->is_read || session->decimals)
        return NULL;
    uint64_t number = session->mantissa;
    size_t set = number * UINT64_C(0x9E3779B97F4A7C15) >> 32 & (MEMO_SETS - 1);
    for (size_t way = 0; way < MEMO_WAYS; way++)
        if (memos->session[set][way] == number)
            return &memos->memo[set][way];
    size_t way = memos->next[set]++ % MEMO_WAYS;
    memos->session[set][way] = number;
    memos->memo[set][way].len = 0;
    return &memos->memo[set][way];
}

/* Is the row at p, in a line that ends at `end`, the one remembered? Then its fields. */
static inline bool memo_take(struct memo *memo, const char *p, const char *end,
                             struct fields *out)
{
    if (memo->len == 0 || end - p <= memo->len || memcmp(p, memo->row, memo->len) != 0 ||
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
