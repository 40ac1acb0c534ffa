#include "magic.h"

#include <string.h>

const char *magic_hint(const char *bytes, size_t n, bool gzip)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *hint;
    } known[] = {
        {"\x1F\x8B", 2, "is compressed by gzip: zcat unpacks it"},
        {"\x28\xB5\x2F\xFD", 4, "is compressed by zstd: zstdcat unpacks it"},
        {"\xFD"
         "7zXZ",
         5, "is compressed by xz: xzcat unpacks it"},
        {"BZh", 3, "is compressed by bzip2: bzcat unpacks it"},
        {"\x04\x22\x4D\x18", 4, "is compressed by lz4: lz4cat unpacks it"},
        {"PK\x03\x04", 4, "is a zip archive: unzip -p unpacks it"},
        {"\xFF\xFE", 2, "is UTF-16: iconv -f UTF-16 -t UTF-8 makes it readable"},
        {"\xFE\xFF", 2, "is UTF-16: iconv -f UTF-16 -t UTF-8 makes it readable"},
    };
    for (size_t i = !gzip; i < sizeof known / sizeof *known; i++)
        if (n >= known[i].n && memcmp(bytes, known[i].bytes, known[i].n) == 0)
            return known[i].hint;
    return NULL;
}
