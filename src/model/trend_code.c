/* Listens in little memory.
 *
 * Method. The listens of a stretch of time are a sorted multiset of whole numbers (id,
 * state, and so on, class); what is kept is the gaps between neighbours in Rice code: the
 * quotient by 2^r in unary, the rest in r bits, r near the logarithm of the mean gap.
 * Every SKIP_EVERY listens a mark lets decoding start there, so that one id is found
 * without reading all.
 *
 * Memory. log2(mean gap) + about 1.6 bits a listen (R. F. Rice 1979; the gaps of a random
 * multiset are geometric, for which the code is within 0.1 bit of the best there is),
 * which makes 1.1 to 2.6 bytes here; the marks add 0.05.
 */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdlib.h>
#include <string.h>

#define SKIP_EVERY 256
#define PAD 16 /* a load of eight bytes at any bit stays inside */

static void sort_few(listen_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        listen_t x = v[i];
        size_t j = i;
        for (; j && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

/* Least significant digit first, in digits of even width; the lowest bit need not be
 * sorted. */
static void sort_many(listen_t *v, listen_t *tmp, size_t n, listen_t used)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(used | 2) - 1, most = n < 600 ? 8 : 11;
    unsigned passes = (bits + most - 1) / most, width = (bits + passes - 1) / passes;
    listen_t *from = v, *to = tmp, mask = (1u << width) - 1;
    for (unsigned shift = 1; shift <= bits; shift += width) {
        uint32_t at[2048], sum = 0;
        memset(at, 0, (mask + 1) * sizeof *at);
        for (size_t i = 0; i < n; i++)
            at[from[i] >> shift & mask]++;
        for (size_t d = 0; d <= mask; d++) {
            uint32_t count = at[d];
            at[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[at[from[i] >> shift & mask]++] = from[i];
        listen_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != v)
        memcpy(v, from, n * sizeof *v);
}

static size_t cancel(listen_t *v, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n;) {
        listen_t key = v[i] >> 1;
        int64_t count = 0;
        for (; i < n && v[i] >> 1 == key; i++)
            count += v[i] & 1 ? -1 : 1;
        for (; count > 0; count--)
            v[out++] = key << 1;
    }
    return out;
}

size_t listens_sort(listen_t *v, listen_t *tmp, size_t n)
{
    listen_t used = 0;
    for (size_t i = 0; i < n; i++)
        used |= v[i];
    if (n < 24)
        sort_few(v, n);
    else
        sort_many(v, tmp, n, used);
    return used & 1 ? cancel(v, n) : n;
}

/* A load and a store of eight bytes at any bit, the lowest first on any machine. */
static uint64_t load(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static void store_word(uint8_t *p, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(p, &word, sizeof word);
}

/* At least 57 bits from a position on. */
static uint64_t peek(const uint8_t *p, uint64_t pos)
{
    return load(p + (pos >> 3)) >> (pos & 7);
}

static uint64_t get_gap(const uint8_t *p, uint64_t *pos, unsigned rice)
{
    uint64_t high = 0, word = peek(p, *pos);
    while (!(word & ((UINT64_C(1) << 57) - 1))) {
        high += 57;
        *pos += 57;
        word = peek(p, *pos);
    }
    unsigned zeros = (unsigned)__builtin_ctzll(word);
    *pos += zeros + 1;
    high += zeros;
    uint64_t low = peek(p, *pos) & ((UINT64_C(1) << rice) - 1);
    *pos += rice;
    return high << rice | low;
}

static unsigned rice_for(uint64_t top, size_t n)
{
    uint64_t mean = n ? top / n * 7 / 10 : 0;
    unsigned r = 0;
    while (r < 40 && mean >> (r + 1))
        r++;
    return r;
}

/* One allocation: the bits, padded, then the marks. */
void bucket_encode(struct bucket *bucket, const listen_t *v, size_t n)
{
    unsigned rice = rice_for(n ? v[n - 1] >> 1 : 0, n);
    uint64_t bits = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        bits += (((v[i] >> 1) - before) >> rice) + 1 + rice;
        before = v[i] >> 1;
    }
    size_t skips = (n + SKIP_EVERY - 1) / SKIP_EVERY;
    size_t bytes = ((bits + 7) / 8 + PAD) / 8 * 8;
    uint8_t *made = mem_zalloc(bytes + skips * sizeof *bucket->skip);
    struct skip *skip = (struct skip *)(void *)(made + bytes);
    uint64_t pos = 0, low = (UINT64_C(1) << rice) - 1;
    before = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = v[i] >> 1, gap = key - before;
        pos += gap >> rice;
        uint8_t *p = made + (pos >> 3);
        store_word(p, load(p) | ((gap & low) << 1 | 1) << (pos & 7));
        pos += rice + 1;
        before = key;
        if (i % SKIP_EVERY == 0)
            skip[i / SKIP_EVERY] = (struct skip){key, pos};
    }
    free(bucket->bits);
    free(bucket->loose);
    bucket->bits = made;
    bucket->skip = skip;
    bucket->coded = (uint32_t)n;
    bucket->bytes = (uint32_t)(bytes + skips * sizeof *skip);
    bucket->rice = (uint8_t)rice;
    bucket->loose = NULL;
    bucket->loose_n = bucket->loose_cap = 0;
}

size_t bucket_read(const struct bucket *bucket, listen_t *out)
{
    uint64_t pos = 0, key = 0;
    for (uint32_t i = 0; i < bucket->coded; i++) {
        key += get_gap(bucket->bits, &pos, bucket->rice);
        out[i] = key << 1;
    }
    if (bucket->loose_n)
        memcpy(out + bucket->coded, bucket->loose, bucket->loose_n * sizeof *out);
    return (size_t)bucket->coded + bucket->loose_n;
}

/* How many marks lie before the first listen of `id`. */
static size_t mark_before(const struct bucket *bucket, unsigned shift, uint32_t id)
{
    size_t low = 0, high = (bucket->coded + SKIP_EVERY - 1) / SKIP_EVERY;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (bucket->skip[mid].key >> shift < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

size_t bucket_read_id(const struct bucket *bucket, bool wide, uint32_t id, listen_t *out,
                      size_t max)
{
    unsigned shift = attr_bits(wide);
    size_t n = 0, marks = mark_before(bucket, shift, id), i = 0;
    uint64_t key = 0, pos = 0;
    if (marks) {
        key = bucket->skip[marks - 1].key;
        pos = bucket->skip[marks - 1].bit;
        i = (marks - 1) * SKIP_EVERY + 1;
    }
    for (; i < bucket->coded && n < max && key >> shift <= id; i++) {
        key += get_gap(bucket->bits, &pos, bucket->rice);
        if (key >> shift == id)
            out[n++] = key << 1;
    }
    for (uint32_t j = 0; j < bucket->loose_n && n < max; j++)
        if (listen_id(bucket->loose[j], wide) == id)
            out[n++] = bucket->loose[j];
    return n;
}

void bucket_fini(struct bucket *bucket)
{
    free(bucket->bits);
    free(bucket->loose);
}

size_t bucket_bytes(const struct bucket *bucket)
{
    return sizeof *bucket + bucket->bytes + bucket->loose_cap * sizeof *bucket->loose;
}
