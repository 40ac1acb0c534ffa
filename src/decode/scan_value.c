#include "scan_value.h"

#include "cadence/utf8.h"

static bool is_u_escape(const char *p, const char *end)
{
    return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && is_hex(p[2]) && is_hex(p[3]) &&
           is_hex(p[4]) && is_hex(p[5]);
}

const char *skip_escape(const char *p, const char *end)
{
    if (end - p < 2)
        return NULL;
    if (p[1] != 'u')
        return p[1] == '"' || (p[1] && strchr("\\/bfnrt", p[1])) ? p + 2 : NULL;
    if (!is_u_escape(p, end))
        return NULL;
    if ((p[2] | 0x20) != 'd' || p[3] < '8')
        return p + 6;
    bool high = p[3] <= '9' || (p[3] | 0x20) == 'a' || (p[3] | 0x20) == 'b';
    bool low_next = is_u_escape(p + 6, end) && (p[8] | 0x20) == 'd' &&
                    ((p[9] | 0x20) >= 'c' && (p[9] | 0x20) <= 'f');
    return high && low_next ? p + 12 : NULL;
}

const char *skip_string(const char *p, const char *end, bool *escaped)
{
    for (;;) {
        p = skip_plain(p, end);
        if (p >= end)
            return NULL;
        if (*p == '"')
            return p;
        if (*p == '\\') {
            *escaped = true;
            p = skip_escape(p, end);
        } else {
            size_t len = (unsigned char)*p < 0x80 ? 0 : utf8_sequence(p, end, NULL);
            p = len ? p + len : NULL;
        }
        if (!p)
            return NULL;
    }
}

static const char *skip_digits(const char *p, const char *end)
{
    for (uint64_t v; end - p >= 8; p += 8) { /* eight digits? */
        memcpy(&v, p, 8);
        uint64_t carried =
            (v + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0);
        if (((v & UINT64_C(0xF0F0F0F0F0F0F0F0)) | carried >> 4) !=
            UINT64_C(0x3333333333333333))
            break;
    }
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

const char *skip_number(const char *p, const char *end)
{
    const char *start;
    if (p < end && *p == '-')
        p++;
    start = p;
    p = skip_digits(p, end);
    if (p == start || (*start == '0' && p > start + 1) || p - start > INTEGER_DIGITS_MAX)
        return NULL;
    if (p < end && *p == '.') {
        start = ++p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        start = p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    return p;
}

const char *scan_number_slow(const char *p, const char *end, struct value *out)
{
    const char *close = skip_number(p, end);
    out->type = VALUE_NUMBER;
    out->is_read = false;
    if (close)
        out->text = (struct str){p, (size_t)(close - p)};
    return close;
}

const char *skip_word(const char *p, const char *end)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - p) >= n && memcmp(p, words[i], n) == 0)
            return p + n;
    }
    return NULL;
}
