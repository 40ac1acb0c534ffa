/* Input at full speed that never ends and never repeats: writes the lines of FILE to
 * standard output again and again, each time as new sessions, later in time.
 *
 *   flood FILE [TIMES]         until nobody reads, or TIMES times
 *
 * Reading the same lines twice would measure the recognition of duplicates instead. */
#include "cadence/mem.h"
#include "cadence/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SESSIONS_APART 100000000u
#define BUFFER (1u << 20)
#define LINE_MAX_BYTES 4096

/* A line around its two numbers; they come in this order or the other. */
struct line {
    struct str text;
    struct {
        uint32_t at, digits;
        uint64_t value;
    } session, ts;
};

struct lines {
    struct line *line;
    size_t count, cap;
    uint64_t first_ts, last_ts;
};

static bool find_number(struct str line, const char *key, uint32_t *at, uint32_t *digits,
                        uint64_t *value)
{
    const char *p = memmem(line.p, line.n, key, strlen(key));
    char *end;
    if (!p)
        return false;
    p += strlen(key);
    *value = strtoull(p, &end, 10);
    *at = (uint32_t)(p - line.p);
    *digits = (uint32_t)(end - p);
    return *digits > 0;
}

static void read_lines(const char *path, struct lines *out)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t cap = 0;
    for (ssize_t n; f && (n = getline(&text, &cap, f)) > 0;) {
        struct line l = {.text = {text, (size_t)n}};
        if (n > LINE_MAX_BYTES ||
            !find_number(l.text, "\"sessionId\":", &l.session.at, &l.session.digits,
                         &l.session.value) ||
            !find_number(l.text, "\"ts\":", &l.ts.at, &l.ts.digits, &l.ts.value))
            continue;
        l.text.p = memcpy(mem_alloc((size_t)n), text, (size_t)n);
        out->line = mem_grow(out->line, &out->cap, out->count + 1, sizeof *out->line);
        out->line[out->count++] = l;
        if (out->count == 1 || l.ts.value < out->first_ts)
            out->first_ts = l.ts.value;
        if (l.ts.value > out->last_ts)
            out->last_ts = l.ts.value;
    }
    free(text);
    if (!f || out->count == 0) {
        fprintf(stderr, "flood: no lines with a session and a time in %s\n", path);
        exit(1);
    }
    fclose(f);
}

static char *put_number(char *to, uint64_t value)
{
    char digits[20];
    int n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n)
        *to++ = digits[--n];
    return to;
}

static char *put_line(char *to, const struct line *l, uint64_t sessions, uint64_t ms)
{
    bool ts_first = l->ts.at < l->session.at;
    uint32_t at[2] = {l->session.at, l->ts.at},
             digits[2] = {l->session.digits, l->ts.digits};
    uint64_t value[2] = {l->session.value + sessions, l->ts.value + ms};
    uint32_t from = 0;
    for (int i = 0; i < 2; i++) {
        int k = ts_first ? 1 - i : i;
        memcpy(to, l->text.p + from, at[k] - from);
        to = put_number(to + (at[k] - from), value[k]);
        from = at[k] + digits[k];
    }
    memcpy(to, l->text.p + from, l->text.n - from);
    return to + (l->text.n - from);
}

static bool flush(const char *data, const char *end)
{
    while (data < end) {
        ssize_t n = write(1, data, (size_t)(end - data));
        if (n <= 0)
            return false;
        data += n;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct lines lines = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: flood FILE [TIMES]\n");
        return 2;
    }
    read_lines(argv[1], &lines);
    uint64_t times = argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX;
    uint64_t span = lines.last_ts - lines.first_ts + 1;
    char *buffer = mem_alloc(BUFFER), *to = buffer;
    for (uint64_t pass = 0; pass < times; pass++)
        for (size_t i = 0; i < lines.count; i++) {
            to = put_line(to, &lines.line[i], pass * SESSIONS_APART, pass * span);
            if (to - buffer < BUFFER - 2 * LINE_MAX_BYTES)
                continue;
            if (!flush(buffer, to))
                return 0;
            to = buffer;
        }
    return flush(buffer, to) ? 0 : 1;
}
