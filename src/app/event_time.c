/* The event time of a message, for a source that wants to know how far it has come. Only
 * the fast reader: it has no state that threads share, and who is declined is asked
 * about another message half a second later. */
#include "cadence/decode.h"
#include "cadence/source.h"

static struct str last_line(const char *lines, size_t len)
{
    while (len && (lines[len - 1] == '\n' || lines[len - 1] == '\r'))
        len--;
    const char *newline = memrchr(lines, '\n', len);
    size_t from = newline ? (size_t)(newline + 1 - lines) : 0;
    return (struct str){lines + from, len - from};
}

int64_t sink_event_time(struct sink *sink, const char *lines, size_t len)
{
    struct fields fields;
    struct shape *shape = shape_new(false);
    const struct value *ts = &fields.v[FIELD_TS];
    int64_t ts_ms = -1;
    (void)sink;
    if (len && scan_fields(shape, last_line(lines, len), &fields)) {
        if (ts->type == VALUE_NUMBER)
            ts_ms = time_of_number(ts->text);
        else if (ts->type == VALUE_STRING && !ts->escaped)
            ts_ms = time_of_text(ts->text);
    }
    shape_free(shape);
    return ts_ms;
}
