/* The careful reader: any line, through cJSON.
 *
 * cJSON is lenient where the input contract is strict, and it loses what figures need:
 * numbers beyond a double, text behind U+0000. So a line is first rewritten in one pass:
 *   - what is not strict JSON is refused: control characters in strings, wrong escapes,
 * numbers with leading zeros, words other than true, false, null, nesting beyond
 * DEPTH_MAX;
 *   - a number becomes a string of the byte FE and its digits as written;
 *   - the escape of U+0000 becomes the byte FD, and a zero again in the value;
 *   - a lone surrogate becomes the byte FF.
 * FD, FE and FF occur in no UTF-8, so nothing in the input can look like them. cJSON then
 * checks the structure and builds the tree. A lone surrogate refuses the record, unless a
 * later key of the same name replaced the value that held it: of repeated keys the last
 * counts. */
#include "cadence/mem.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#define MARK_NUMBER '\xFE'
#define MARK_SURROGATE 0xFF
#define MARK_ZERO '\xFD'

struct rewrite {
    const char *p, *end;
    char *out;
    int depth;
    bool surrogates;
};

static void copy(struct rewrite *r, size_t n)
{
    memcpy(r->out, r->p, n);
    r->out += n;
    r->p += n;
}

/* The code unit of a \uXXXX at p, or -1. */
static int code_unit(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++)
        if (!is_hex(p[i]))
            return -1;
    char hex[5] = {p[2], p[3], p[4], p[5], 0};
    return (int)strtol(hex, NULL, 16);
}

static bool rewrite_escape(struct rewrite *r)
{
    if (r->end - r->p < 2)
        return false;
    if (r->p[1] != 'u') {
        if (!r->p[1] || !strchr("\"\\/bfnrt", r->p[1]))
            return false;
        copy(r, 2);
        return true;
    }
    int unit = code_unit(r->p, r->end);
    if (unit < 0)
        return false;
    if (unit == 0) {
        *r->out++ = MARK_ZERO;
        r->p += 6;
    } else if (unit < 0xD800 || unit > 0xDFFF) {
        copy(r, 6);
    } else {
        int next = code_unit(r->p + 6, r->end);
        if (unit < 0xDC00 && next >= 0xDC00 && next <= 0xDFFF) {
            copy(r, 12);
        } else {
            *r->out++ = (char)MARK_SURROGATE;
            r->p += 6;
            r->surrogates = true;
        }
    }
    return true;
}

static bool rewrite_string(struct rewrite *r)
{
    copy(r, 1);
    while (r->p < r->end && *r->p != '"') {
        if ((unsigned char)*r->p < 0x20)
            return false;
        if (*r->p != '\\')
            copy(r, 1);
        else if (!rewrite_escape(r))
            return false;
    }
    if (r->p >= r->end)
        return false;
    copy(r, 1);
    return true;
}

static size_t digits_at(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && is_digit(p[n]))
        n++;
    return n;
}

/* -?(0|[1-9]d*)(.d+)?([eE][+-]?d+)? */
static bool rewrite_number(struct rewrite *r)
{
    const char *p = r->p;
    bool integer = true;
    p += *p == '-';
    size_t n = digits_at(p, r->end), whole = n;
    if (n == 0 || (n > 1 && *p == '0'))
        return false;
    p += n;
    if (p < r->end && *p == '.') {
        if (!(n = digits_at(p + 1, r->end)))
            return false;
        p += n + 1;
        integer = false;
    }
    if (p < r->end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < r->end && (*p == '+' || *p == '-');
        if (!(n = digits_at(p, r->end)))
            return false;
        p += n;
        integer = false;
    }
    if (integer && whole > INTEGER_DIGITS_MAX)
        return false;
    *r->out++ = '"';
    *r->out++ = MARK_NUMBER;
    copy(r, (size_t)(p - r->p));
    *r->out++ = '"';
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
    return r->p == r->end || *r->p != ':'; /* as text it would do for a key */
}

static bool rewrite_word(struct rewrite *r)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(r->end - r->p) >= n && memcmp(r->p, words[i], n) == 0) {
            copy(r, n);
            return true;
        }
    }
    return false;
}

static bool rewrite_token(struct rewrite *r)
{
    switch (*r->p) {
    case '"':
        return rewrite_string(r);
    case '{':
    case '[':
        copy(r, 1);
        return ++r->depth <= DEPTH_MAX;
    case '}':
    case ']':
        r->depth--;
        copy(r, 1);
        return true;
    case ',':
    case ':':
        copy(r, 1);
        return true;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        r->p++;
        return true;
    default:
        return *r->p == '-' || is_digit(*r->p) ? rewrite_number(r) : rewrite_word(r);
    }
}

static bool has_mark(const char *text)
{
    return text && strchr(text, MARK_SURROGATE);
}

struct member {
    const cJSON *item;
    size_t place;
};

static int member_order(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int c = strcmp(x->item->string, y->item->string);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static bool lone_surrogate_in(const cJSON *item);

/* Sorted, so that a record of very many keys takes n log n. */
static bool lone_surrogate_in_object(const cJSON *object)
{
    size_t n = 0, i = 0;
    const cJSON *child;
    for (child = object->child; child; child = child->next)
        n++;
    struct member *members = mem_alloc(n * sizeof *members);
    for (child = object->child; child; child = child->next) {
        members[i] = (struct member){child, i};
        i++;
    }
    qsort(members, n, sizeof *members, member_order);
    bool found = false;
    for (i = 0; i < n && !found; i++) {
        bool last = i + 1 == n ||
                    strcmp(members[i].item->string, members[i + 1].item->string) != 0;
        found = last &&
                (has_mark(members[i].item->string) || lone_surrogate_in(members[i].item));
    }
    free(members);
    return found;
}

static bool lone_surrogate_in(const cJSON *item)
{
    const cJSON *child;
    if (cJSON_IsString(item))
        return has_mark(item->valuestring);
    if (cJSON_IsObject(item))
        return lone_surrogate_in_object(item);
    if (cJSON_IsArray(item))
        for (child = item->child; child; child = child->next)
            if (lone_surrogate_in(child))
                return true;
    return false;
}

static struct value value_of(struct arena *arena, const cJSON *item)
{
    struct value v = {.type = VALUE_OTHER};
    if (cJSON_IsString(item)) {
        const char *text = item->valuestring;
        v.type = *text == MARK_NUMBER ? VALUE_NUMBER : VALUE_STRING;
        text += v.type == VALUE_NUMBER;
        v.text.n = strlen(text);
        char *copied = memcpy(arena_alloc(arena, v.text.n), text, v.text.n);
        for (size_t i = 0; i < v.text.n; i++)
            if (copied[i] == MARK_ZERO)
                copied[i] = 0;
        v.text.p = copied;
    }
    return v;
}

static bool fields_of(struct arena *arena, const cJSON *root, bool surrogates,
                      struct fields *out)
{
    const cJSON *child;
    if (!cJSON_IsObject(root) || (surrogates && lone_surrogate_in(root)))
        return false;
    for (child = root->child; child; child = child->next) {
        enum field field = field_of_key(str_of(child->string));
        if (field < FIELD_COUNT)
            out->v[field] = value_of(arena, child);
    }
    return true;
}

bool parse_fields(struct arena *arena, struct str line, struct fields *out)
{
    memset(out, 0, sizeof *out);
    line = text_valid_utf8(arena, line);
    char *text = arena_alloc(arena, line.n * 3 + 4);
    struct rewrite r = {.p = line.p, .end = line.p + line.n, .out = text};
    while (r.p < r.end)
        if (!rewrite_token(&r))
            return false;
    *r.out = 0;
    cJSON *root = cJSON_ParseWithLengthOpts(text, (size_t)(r.out - text) + 1, NULL, 1);
    bool ok = fields_of(arena, root, r.surrogates, out);
    cJSON_Delete(root);
    return ok;
}
