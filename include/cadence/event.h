/* One record of the input, cleaned: what the decoder makes and the model counts. */
#ifndef CADENCE_EVENT_H
#define CADENCE_EVENT_H

#include "cadence/dims.h"

/* A user, session or item number as text. Identifiers that are decimal
 * numbers without sign or leading zero below 10^18 are kept as numbers, all others as
 * cleaned text; so two idents are equal only if both fields are. */
struct ident {
    uint64_t number; /* valid when text.p is NULL and present */
    struct str text;
    bool present; /* false: absent or empty */
};

/* Pages that the figures need told apart. */
enum page_kind {
    PAGE_NONE, /* a play, or a record that names no page */
    PAGE_OTHER,
    PAGE_UPGRADED,
    PAGE_DOWNGRADED,
    PAGE_CANCELLED,
    PAGE_KIND_COUNT
};

/* What became of a line. */
enum line_kind {
    LINE_EVENT,
    LINE_BLANK,
    LINE_MALFORMED,
    LINE_OVERSIZE,
    LINE_NO_TIME,
    LINE_KIND_COUNT
};

/* Text fields borrow from the line or from the decoder's batch until the batch is done.
 */
struct event {
    uint8_t kind; /* enum line_kind; unless LINE_EVENT nothing else is set */
    uint8_t page;
    bool is_play;
    /* Events of one listener that is not 0 have the same name, state, gender and device.
     */
    uint32_t listener;
    int64_t ts_ms;
    int64_t duration_ns; /* 0 .. 86400e9 */
    double end_ms;       /* of a play, since 1970: as near as a double comes */
    struct ident user, session, item;
    struct str artist, song, name; /* cleaned; set for plays only */
    /* Hashes, made where there is a core to spare: of the user, of user and session, of
     * the artist, of artist and song. Equal things of one decoder have equal ones. */
    uint32_t user_tag, session_tag, artist_tag, song_tag;
    uint16_t state;
    uint8_t zone, level, gender, device;
};

#define LINE_MAX_BYTES (1u << 20)

#endif
