#include "cadence/hash.h"

#include <stdint.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(struct str text, uint64_t seed)
{
    return XXH3_64bits_withSeed(text.p, text.n, seed);
}

uint64_t hash_secret(void)
{
    uint64_t secret;
    if (getrandom(&secret, sizeof secret, GRND_NONBLOCK) == sizeof secret)
        return secret;
    /* So early after the machine's start that it has no randomness yet. */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return mix64((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec ^ (uintptr_t)&now);
}
