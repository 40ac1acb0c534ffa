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

#define WIDTH_MAX 12
#define BINS (1u << WIDTH_MAX)

/* How wide the digits are that sort `n` numbers of so many bits soonest: a walk over the
 * numbers costs some 19 instructions each, one over the counts 6. */
static unsigned digit_width(unsigned bits, size_t n)
{
    unsigned best = WIDTH_MAX;
    uint64_t least = UINT64_MAX;
    for (unsigned passes = (bits - 1) / WIDTH_MAX + 1; passes <= 8; passes++) {
        unsigned width = (bits + passes - 1) / passes;
        uint64_t cost = passes * (19 * n + (UINT64_C(6) << width));
        if (cost < least)
            best = width;
        least = cost < least ? cost : least;
    }
    return best;
}

static void counts_to_places(uint32_t *at, size_t bins)
{
    uint32_t sum = 0;
    for (size_t d = 0; d < bins; d++) {
        uint32_t count = at[d];
        at[d] = sum;
        sum += count;
    }
}

/* Least significant digit first; the lowest bit need not be sorted. While they go to
 * their places by one digit, the next is counted. */
static void sort_many(listen_t *v, listen_t *tmp, size_t n, listen_t used)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(used | 2) - 1;
    unsigned width = digit_width(bits, n), shift = 1;
    size_t bins = (size_t)1 << width, mask = bins - 1;
    listen_t *from = v, *to = tmp;
    uint32_t counts[2][BINS], *at = counts[0], *next = counts[1];
    memset(at, 0, bins * sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[v[i] >> 1 & mask]++;
    for (; shift + width <= bits; shift += width) {
        memset(next, 0, bins * sizeof *next);
        counts_to_places(at, bins);
        for (const listen_t *x = from, *end = from + n; x < end; x++) {
            size_t rest = *x >> shift;
            next[rest >> width & mask]++;
            to[at[rest & mask]++] = *x;
        }
        listen_t *swap = from;
        from = to;
        to = swap;
        uint32_t *swap_at = at;
        at = next;
        next = swap_at;
    }
    counts_to_places(at, bins);
    for (const listen_t *x = from, *end = from + n; x < end; x++)
        to[at[*x >> shift & mask]++] = *x;
    if (to != v)
        memcpy(v, to, n * sizeof *v);
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

/* Two sorted parts, the second the smaller one most often: from the end, where there is
 * room for it once it has been taken out. */
static void merge(listen_t *v, listen_t *tmp, size_t sorted, size_t n)
{
    size_t i = sorted, j = n - sorted;
    memcpy(tmp, v + sorted, j * sizeof *v);
    while (i && j) { /* no branch on what cannot be foretold */
        listen_t x = v[i - 1], y = tmp[j - 1];
        bool first = x > y;
        v[i + j - 1] = first ? x : y;
        i -= first;
        j -= !first;
    }
    memcpy(v, tmp, j * sizeof *v);
}

size_t listens_sort(listen_t *v, listen_t *tmp, size_t sorted, size_t n)
{
    listen_t used = 0;
    size_t i = sorted;
    for (; i + 4 <= n; i += 4)
        used |= (v[i] | v[i + 1]) | (v[i + 2] | v[i + 3]);
    for (; i < n; i++)
        used |= v[i];
    if (n - sorted < 24)
        sort_few(v + sorted, n - sorted);
    else
        sort_many(v + sorted, tmp, n - sorted, used);
    if (sorted)
        merge(v, tmp, sorted, n);
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

/* Of any length. */
static __attribute__((noinline)) uint64_t get_long_gap(const uint8_t *p, uint64_t *pos,
                                                       unsigned rice)
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

static inline uint64_t get_gap(const uint8_t *p, uint64_t *pos, unsigned rice)
{
    uint64_t word = peek(p, *pos);
    if (!(word << (7 + rice))) /* not all of it is in the word */
        return get_long_gap(p, pos, rice);
    unsigned zeros = (unsigned)__builtin_ctzll(word);
    *pos += zeros + 1 + rice;
    return (uint64_t)zeros << rice | (word >> zeros >> 1 & ((UINT64_C(1) << rice) - 1));
}

static unsigned rice_for(uint64_t top, size_t n)
{
    uint64_t mean = n ? top / n * 7 / 10 : 0;
    unsigned r = 0;
    while (r < 40 && mean >> (r + 1))
        r++;
    return r;
}

/* Bits on their way to memory. */
struct writer {
    uint8_t *p;
    uint64_t word; /* what is not yet a whole byte at `p`, and what was put last */
    unsigned fill;
};

/* `n` bits, 56 at most. */
static inline void put_bits(struct writer *w, uint64_t bits, unsigned n)
{
    w->word |= bits << w->fill;
    w->fill += n;
    store_word(w->p, w->word);
    w->p += w->fill >> 3;
    w->word >>= w->fill & ~7u;
    w->fill &= 7;
}

/* A gap as `low`, its lowest `rice` bits behind a one, and so many zeros before them. */
static inline void put_gap(struct writer *w, uint64_t zeros, uint64_t low, unsigned rice)
{
    for (; zeros + rice > 55; zeros -= zeros < 55 ? zeros : 55)
        put_bits(w, 0, zeros < 55 ? (unsigned)zeros : 55);
    put_bits(w, low << zeros, (unsigned)zeros + rice + 1);
}

/* One allocation: the marks, then the bits, padded. The bits are at most those of whole
 * gaps all together, so that there is no need to count them first. */
void bucket_encode(struct bucket *bucket, const listen_t *v, size_t n)
{
    uint64_t top = n ? v[n - 1] >> 1 : 0, before = 0;
    unsigned rice = rice_for(top, n);
    size_t skips = (n + SKIP_EVERY - 1) / SKIP_EVERY, room = skips * sizeof(struct skip);
    uint64_t most = n * (1 + (uint64_t)rice) + (top >> rice);
    struct skip *skip = mem_alloc(room + (most + 7) / 8 + PAD);
    uint8_t *bits = (uint8_t *)(skip + skips);
    struct writer w = {.p = bits};
    uint64_t mask = ((UINT64_C(2) << rice) - 2);
    for (size_t i = 0; i < n; i++) {
        uint64_t gap = v[i] - before; /* twice, for the lowest bit */
        before = v[i];
        put_gap(&w, gap >> 1 >> rice, (gap & mask) | 1, rice);
        if (i % SKIP_EVERY == 0)
            skip[i / SKIP_EVERY] =
                (struct skip){v[i] >> 1, (uint64_t)(w.p - bits) * 8 + w.fill};
    }
    memset(w.p + (w.fill > 0), 0, PAD / 2);
    size_t bytes = room + ((size_t)(w.p - bits) + 8 + PAD / 2) / 8 * 8;
    free(bucket->skip);
    free(bucket->loose);
    bucket->skip = mem_realloc(skip, bytes);
    bucket->bits = (uint8_t *)(bucket->skip + skips);
    bucket->coded = (uint32_t)n;
    bucket->bytes = (uint32_t)bytes;
    bucket->rice = (uint8_t)rice;
    bucket->loose = NULL;
    bucket->loose_n = bucket->loose_cap = 0;
}

size_t bucket_read(const struct bucket *bucket, listen_t *out)
{
    uint64_t pos = 0, key = 0;
    const uint8_t *bits = bucket->bits;
    unsigned rice = bucket->rice;
    for (listen_t *v = out, *end = out + bucket->coded; v < end; v++) {
        key += get_gap(bits, &pos, rice);
        *v = key << 1;
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

void bucket_each(const struct bucket *bucket, bool wide, uint32_t id, listen_fn fn,
                 void *context)
{
    unsigned shift = attr_bits(wide);
    size_t marks = mark_before(bucket, shift, id), i = 0;
    uint64_t key = 0, pos = 0;
    if (marks) {
        key = bucket->skip[marks - 1].key;
        pos = bucket->skip[marks - 1].bit;
        i = (marks - 1) * SKIP_EVERY + 1;
    }
    for (; i < bucket->coded && key >> shift <= id; i++) {
        key += get_gap(bucket->bits, &pos, bucket->rice);
        if (key >> shift == id)
            fn(context, key << 1);
    }
    for (uint32_t j = 0; j < bucket->loose_n; j++)
        if (listen_id(bucket->loose[j], wide) == id)
            fn(context, bucket->loose[j]);
}

void bucket_fini(struct bucket *bucket)
{
    free(bucket->skip);
    free(bucket->loose);
}

size_t bucket_bytes(const struct bucket *bucket)
{
    return sizeof *bucket + bucket->bytes + bucket->loose_cap * sizeof *bucket->loose;
}
