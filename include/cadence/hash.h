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

/* A bijection of 32 bits, so that equal tags mean equal keys. Made for numbers that lie
 * dense: the product spreads them (Knuth's multiplicative hashing, by the golden ratio),
 * its upper half mends the lower bits, which say where a slot belongs. */
static inline uint32_t mix32(uint32_t x)
{
    x *= UINT32_C(0x9E3779B1);
    return x ^ x >> 16;
}

/* Of bytes (XXH3). */
uint64_t hash_bytes(struct str text, uint64_t seed);

/* A number that nobody knows, another one with each call: whatever the input may choose
 * is hashed with one, or chosen ids could all belong into one slot of a table. */
uint64_t hash_secret(void);

#endif
