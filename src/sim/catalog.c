/* Method: song i of N has weight N/500 / i + (1 - (i-½)/N): a Zipf head over a long,
 * almost flat tail. Fitted by hand to what EventSim's 10,000 songs gave in real runs
 * (share of the first 1, 10, 100, 1,000, 3,000 songs in 16,713 plays: .4 .2 .6 .32 .67,
 * and 6,944 songs heard at all), which no single power reaches; --zipf takes one instead.
 * Songs are dealt to artists so that half of the artists have one song and nobody more
 * than twelve. Lengths: lognormal around 3:45, with some skits and some epics. Error:
 * tests/sim/test_fidelity.py puts the shares beside those of the real runs. Memory: about
 * 130 bytes a song. The catalogue does not depend on the seed: an artist keeps name and
 * rank in every run. */
#include "catalog.h"
#include "compose.h"

#include "cadence/mem.h"

#include <stdlib.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define CATALOG_SEED 20140601
#define SONGS_PER_ARTIST 2.5
#define SONGS_OF_ONE 12
#define FOREIGN_SHARE 0.055
#define HEAD 500.0
#define LENGTH_MEDIAN_S 226.0
#define LENGTH_MAX_S 1819.0

struct name_set {
    uint64_t *hash;
    size_t size; /* a power of two */
};

static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        h = (h ^ *c) * UINT64_C(0x100000001b3);
    return h | 1;
}

/* True when it was not there. */
static bool name_set_add(struct name_set *set, const char *text)
{
    uint64_t h = hash_of(text);
    size_t i = (h >> 20) & (set->size - 1);
    for (; set->hash[i]; i = (i + 1) & (set->size - 1))
        if (set->hash[i] == h)
            return false;
    set->hash[i] = h;
    return true;
}

static enum tongue draw_tongue(struct sim_rand *rand)
{
    if (sim_rand_unit(rand) > FOREIGN_SHARE)
        return TONGUE_ENGLISH;
    return (enum tongue)(TONGUE_SPANISH +
                         sim_rand_below(rand, TONGUE_COUNT - TONGUE_SPANISH));
}

/* After some tries words alone do not make a new name: a number does. */
static char *new_artist(struct name_set *set, enum tongue tongue, struct sim_rand *rand)
{
    for (unsigned try = 1;; try++) {
        struct text text = {0};
        compose_artist(&text, tongue, rand);
        if (try > 8)
            text_printf(&text, " %u", try + sim_rand_below(rand, 90 * try));
        if (name_set_add(set, text.p))
            return text.p;
        free(text.p);
    }
}

static void add_artist(struct sim_catalog *catalog, char *name)
{
    catalog->artist = mem_grow(catalog->artist, &catalog->artist_cap,
                               catalog->artists + 1, sizeof *catalog->artist);
    catalog->artist[catalog->artists++] = name;
}

/* In 10 µs, as the original has them. */
static uint32_t draw_length(struct sim_rand *rand)
{
    double u = sim_rand_unit(rand), z = sim_rand_normal(rand), s;
    if (u < 0.015)
        s = 35 * sim_exp(0.6 * z);
    else if (u < 0.30)
        s = LENGTH_MEDIAN_S * sim_exp(0.65 * z);
    else
        s = LENGTH_MEDIAN_S * sim_exp(0.25 * z);
    s = s < 1 ? 1 : s > LENGTH_MAX_S ? LENGTH_MAX_S : s;
    return (uint32_t)(s * 1e5);
}

static void put_length(struct text *out, uint32_t length)
{
    char digits[16];
    int n = 0;
    for (uint32_t part = length % 100000, unit = 10000; unit; unit /= 10)
        digits[n++] = (char)('0' + part / unit % 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    text_printf(out, "%u.%.*s", length / 100000, n, digits);
}

static void put_text(struct text *out, const char *clean)
{
    struct text damaged = {0};
    compose_double_encode(&damaged, clean);
    text_json(out, damaged.p ? damaged.p : "");
    free(damaged.p);
}

static void add_song(struct sim_catalog *catalog, uint32_t artist, enum tongue tongue,
                     struct sim_rand *rand)
{
    struct text text = {0}, title = {0};
    uint32_t length = draw_length(rand);
    compose_song(&title, tongue, rand);
    text_puts(&text, "\"artist\":");
    put_text(&text, catalog->artist[artist]);
    text_puts(&text, ",\"song\":");
    put_text(&text, title.p);
    text_puts(&text, ",\"");
    size_t body = text.n;
    put_length(&text, length);

    catalog->text =
        mem_grow(catalog->text, &catalog->text_cap, catalog->text_len + text.n, 1);
    memcpy(catalog->text + catalog->text_len, text.p, text.n);
    catalog->song = mem_grow(catalog->song, &catalog->song_cap, catalog->songs + 1,
                             sizeof *catalog->song);
    catalog->song[catalog->songs++] =
        (struct sim_song){catalog->text_len, (uint16_t)body, (uint16_t)(text.n - body),
                          (uint16_t)(length / 100000), artist};
    catalog->text_len += text.n;
    free(text.p);
    free(title.p);
}

/* Who made song i: every artist one, the others as luck will have it. */
static uint32_t *deal(uint32_t songs, uint32_t artists, struct sim_rand *rand)
{
    uint32_t *owner = mem_alloc(songs * sizeof *owner);
    uint8_t *has = mem_alloc(artists);
    memset(has, 1, artists);
    for (uint32_t i = 0; i < songs; i++) {
        uint32_t artist = i;
        while (artist >= artists || (i >= artists && has[artist] >= SONGS_OF_ONE)) {
            double u = 1 - sim_rand_unit(rand);
            artist = (uint32_t)(u * u * u * artists);
            if (has[artist] >= SONGS_OF_ONE)
                artist = sim_rand_below(rand, artists);
        }
        has[artist] += i >= artists;
        owner[i] = artist;
    }
    free(has);
    for (uint32_t i = songs - 1; i > 0; i--) {
        uint32_t j = sim_rand_below(rand, (uint64_t)i + 1), swap = owner[i];
        owner[i] = owner[j];
        owner[j] = swap;
    }
    return owner;
}

static void weigh(struct sim_catalog *catalog, uint32_t songs, double zipf)
{
    double *weight = mem_alloc(songs * sizeof *weight);
    for (uint32_t i = 0; i < songs; i++) {
        double rank = (double)i + 1;
        weight[i] = zipf > 0 ? sim_exp(-zipf * sim_log(rank))
                             : songs / HEAD / rank + (1 - (rank - 0.5) / songs);
    }
    sim_alias_init(&catalog->draw, weight, songs);
    free(weight);
}

void sim_catalog_init(struct sim_catalog *catalog, uint32_t songs, double zipf)
{
    struct sim_rand rand;
    uint32_t artists = (uint32_t)(songs / SONGS_PER_ARTIST);
    artists = artists ? artists : 1;
    struct name_set set = {NULL, 64};
    while (set.size < (size_t)artists * 2)
        set.size *= 2;
    set.hash = mem_zalloc(set.size * sizeof *set.hash);
    enum tongue *tongue = mem_alloc(artists * sizeof *tongue);
    *catalog = (struct sim_catalog){0};
    sim_rand_seed(&rand, CATALOG_SEED, 0);
    for (uint32_t i = 0; i < artists; i++) {
        tongue[i] = draw_tongue(&rand);
        add_artist(catalog, new_artist(&set, tongue[i], &rand));
    }
    uint32_t *owner = deal(songs, artists, &rand);
    for (uint32_t i = 0; i < songs; i++)
        add_song(catalog, owner[i], tongue[owner[i]], &rand);
    weigh(catalog, songs, zipf);
    free(owner);
    free(tongue);
    free(set.hash);
}

void sim_catalog_fini(struct sim_catalog *catalog)
{
    for (size_t i = 0; i < catalog->artists; i++)
        free(catalog->artist[i]);
    free(catalog->artist);
    free(catalog->song);
    free(catalog->text);
    sim_alias_fini(&catalog->draw);
}

size_t sim_catalog_plant(struct sim_catalog *catalog, const char *artist,
                         uint32_t songs[CATALOG_PLANTED])
{
    uint32_t found = 0;
    size_t count = 0;
    while (found < catalog->artists && strcmp(catalog->artist[found], artist) != 0)
        found++;
    if (found == catalog->artists) {
        struct sim_rand rand;
        sim_rand_seed(&rand, CATALOG_SEED, hash_of(artist));
        add_artist(catalog, mem_strdup(artist));
        for (int i = 0; i < CATALOG_PLANTED; i++)
            add_song(catalog, found, TONGUE_ENGLISH, &rand);
    }
    for (size_t i = 0; i < catalog->songs && count < CATALOG_PLANTED; i++)
        if (catalog->song[i].artist == found)
            songs[count++] = (uint32_t)i;
    return count;
}
