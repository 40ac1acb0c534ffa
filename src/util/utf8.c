#include "cadence/utf8.h"

size_t utf8_sequence(const char *text, const char *end, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char c = *p, low = 0x80, high = 0xBF;
    size_t len, good = 1, none = 0;
    if (c < 0x80)
        return 1;
    bad = bad ? bad : &none;
    *bad = 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (c == 0xE0)
        low = 0xA0;
    else if (c == 0xED)
        high = 0x9F;
    else if (c == 0xF0)
        low = 0x90;
    else if (c == 0xF4)
        high = 0x8F;
    for (; good < len; good++) {
        if (text + good >= end || p[good] < low || p[good] > high)
            return *bad = good, 0;
        low = 0x80;
        high = 0xBF;
    }
    return len;
}

size_t utf8_ascii_run(const char *p, const char *end)
{
    const char *from = p;
    uint64_t v;
    for (; end - p >= 8; p += 8) {
        memcpy(&v, p, 8);
        if (v & UINT64_C(0x8080808080808080))
            break;
    }
    while (p < end && (unsigned char)*p < 0x80)
        p++;
    return (size_t)(p - from);
}

bool utf8_is_valid(struct str text)
{
    const char *p = text.p, *end = p + text.n;
    while ((p += utf8_ascii_run(p, end)) < end) {
        size_t len = utf8_sequence(p, end, NULL);
        if (!len)
            return false;
        p += len;
    }
    return true;
}

uint32_t utf8_next(struct str *text)
{
    const unsigned char *p = (const unsigned char *)text->p;
    size_t len = utf8_sequence(text->p, text->p + text->n, NULL), read = len ? len : 1;
    uint32_t ch = len == 0 ? CHAR_UNKNOWN : len == 1 ? p[0] : p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        ch = ch << 6 | (p[i] & 0x3F);
    text->p += read;
    text->n -= read;
    return ch;
}

size_t utf8_put(uint32_t ch, char out[4])
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    size_t length = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3F));
    out[0] = (char)(lead[length] | ch);
    return length;
}
