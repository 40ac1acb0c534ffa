/* The songs there are: invented artists and titles, weighted like those of a real
 * service. */
#ifndef CADENCE_SIM_CATALOG_H
#define CADENCE_SIM_CATALOG_H

#include "rand.h"

#include "cadence/str.h"

struct sim_song {
    uint64_t at; /* in the catalogue's text: "artist":…,"song":…,"  then the length */
    uint16_t body, digits;
    uint16_t seconds; /* length, whole */
    uint32_t artist;
};

struct sim_catalog {
    struct sim_song *song;
    size_t songs, song_cap;
    char *text;
    size_t text_len, text_cap;
    char **artist; /* names as they are meant, before any damage */
    size_t artists, artist_cap;
    struct sim_alias draw;
};

/* The first `songs` songs are ranked by weight: rank^-zipf, or with zipf 0 the law that
 * EventSim's own song file follows. */
void sim_catalog_init(struct sim_catalog *catalog, uint32_t songs, double zipf);
void sim_catalog_fini(struct sim_catalog *catalog);

#define CATALOG_PLANTED 3
/* Up to CATALOG_PLANTED songs of an artist, who is added when there is none of that name.
 */
size_t sim_catalog_plant(struct sim_catalog *catalog, const char *artist,
                         uint32_t songs[CATALOG_PLANTED]);

#endif
