#include "cadence/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(struct str text, uint64_t seed)
{
    return XXH3_64bits_withSeed(text.p, text.n, seed);
}
