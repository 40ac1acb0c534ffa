/* Hashes of what is interned. */
#ifndef CADENCE_HASH_H
#define CADENCE_HASH_H

#include "cadence/str.h"

/* A bijection of 64 bits (the finalizer of splitmix64, S. Vigna / D. Stafford). */
static inline uint64_t mix64(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* A bijection of 32 bits, so that equal tags mean equal keys (the finalizer of
 * MurmurHash3). */
static inline uint32_t mix32(uint32_t x)
{
    x = (x ^ x >> 16) * UINT32_C(0x85EBCA6B);
    x = (x ^ x >> 13) * UINT32_C(0xC2B2AE35);
    return x ^ x >> 16;
}

/* Of bytes (XXH3). */
uint64_t hash_bytes(struct str text, uint64_t seed);

#endif
