/* A line of input -> one cleaned event, or the reason why it is none.
 *
 * Two readers give the same fields: `scan` takes the shapes that EventSim writes in one
 * pass and declines everything else; `parse` (cJSON behind a strict rewriting) takes any
 * line. What fields mean is decided once, in record.c. */
#ifndef CADENCE_DECODE_H
#define CADENCE_DECODE_H

#include "cadence/event.h"

/* Bump memory for one batch of lines: cleaned text lives here until arena_reset. */
struct arena_chunk;
struct arena {
    struct arena_chunk *chunk; /* newest first */
};
char *arena_alloc(struct arena *arena, size_t size);
void arena_reset(struct arena *arena); /* keeps one chunk */
void arena_fini(struct arena *arena);

/* The fields of a record that figures depend on. */
enum field {
    FIELD_TS, /* of the record ... */
    FIELD_SESSION,
    FIELD_ITEM,
    FIELD_PAGE,
    FIELD_SONG,
    FIELD_ARTIST,
    FIELD_DURATION,
    FIELD_LENGTH,
    FIELD_LEVEL,
    FIELD_STATE, /* ... of the listener (memo.h) */
    FIELD_LOCATION,
    FIELD_AGENT,
    FIELD_FIRST_NAME,
    FIELD_LAST_NAME,
    FIELD_GENDER,
    FIELD_USER, /* either's: some write it with the record */
    FIELD_COUNT
};
#define LISTENER_FIELDS (FIELD_COUNT - FIELD_STATE)

enum value_type {
    VALUE_ABSENT,
    VALUE_OTHER,  /* null, true, false, object, array */
    VALUE_NUMBER, /* text: as written */
    VALUE_STRING  /* text: UTF-8; with `escaped`, JSON escapes are still in it */
};

struct value {
    struct str text;
    uint64_t mantissa; /* with is_read: the number is mantissa / 10^decimals, and has 15
                        * digits at most, no sign and no exponent */
    uint8_t type;
    uint8_t decimals;
    bool is_read;  /* a number that the scanner has read */
    bool is_clean; /* a string that text_clean would leave as it is */
    bool escaped;
};

/* What the fields of a listener mean, made once for lines that say the same. */
struct listener {
    uint32_t id; /* another one for other fields; 0 when they have run out */
    bool is_made;
    uint16_t state;
    uint8_t zone, gender, device;
};

struct fields {
    struct value v[FIELD_COUNT + 1]; /* the last is for what nobody wants */
    struct listener *listener;       /* where it is remembered; or NULL */
};

/* FIELD_COUNT when the key is not one of them. */
enum field field_of_key(struct str key);

/* Remembers what repeats from line to line. One a thread, made before there are others:
 * it sets cJSON's allocator for the whole program. */
struct decoder;
struct decoder *decoder_new(void);
void decoder_free(struct decoder *decoder);

/* Decodes one line (without its newline). Text of `out` borrows from the line or the
 * arena. */
enum line_kind decode_line(struct decoder *decoder, struct arena *arena, struct str line,
                           struct event *out);

/* The two readers, for tests that compare them; decode_line tries the first, then the
 * second. scan_fields: false when it declines. parse_fields: false when the line is
 * malformed. */
struct shape;
/* `remember`: what lines of a session have in common (memo.h, 700 KiB). */
struct shape *shape_new(bool remember);
void shape_free(struct shape *shape);
bool scan_fields(struct shape *shape, struct str line, struct fields *out);
bool parse_fields(struct arena *arena, struct str line, struct fields *out);
enum line_kind record_make(struct decoder *decoder, struct arena *arena,
                           const struct fields *fields, struct event *out);

/* Text (text.c). Results borrow from `text` where nothing had to change, else from the
 * arena. */
struct str text_clean(struct arena *arena, struct str text);
struct str text_unescape(struct arena *arena, struct str text);
/* Invalid sequences become U+FFFD, one for each maximal part (Unicode 15, 3.9, table
 * 3-8). */
struct str text_valid_utf8(struct arena *arena, struct str text);

/* Time (time.c): milliseconds since 1970, or -1 when it is no time of 2000..2099. */
int64_t time_of_integer(int64_t v);
int64_t time_of_number(struct str number);
/* A JSON number of any length as a double. */
double number_value(struct str number);
int64_t time_of_text(struct str text);

/* Splits bytes into lines, across blocks (frame.c). One a stream. */
struct framer {
    char *carry; /* the unfinished line, at most LINE_MAX_BYTES of it */
    size_t len, cap;
    size_t dropped;                 /* bytes of it beyond the carry */
    bool dropped_cr, dropped_space; /* the dropped ones are all CR / all white space */
};
void framer_init(struct framer *framer);
void framer_fini(struct framer *framer);
/* The next line of `bytes` from *at on, without its end; false when the rest is not a
 * whole line (it is kept). `oversize` is set for a line that is too long. A line that
 * began in an earlier call is put together in the arena. */
bool framer_next(struct framer *framer, struct arena *arena, struct str bytes, size_t *at,
                 struct str *line, bool *oversize);
/* The last line of a stream that does not end in a newline; false when there is none. */
bool framer_end(struct framer *framer, struct arena *arena, struct str *line,
                bool *oversize);

#endif
