/* What `cadence --demo` shows. The dates are fixed: the demo is the same for everyone,
 * always. */
#include "calendar.h"

#include "cadence/sim.h"

#define DEMO_LIVE_S                                                                      \
    INT64_C(1707764400) /* Monday 2024-02-12 19:00: six weeks and a bit                  \
                         */
#define DEMO_WEEKS 6
#define DEMO_SPEED 300
#define DEMO_USERS 6000
#define HOUR_S 3600

/* Relative to the live part's beginning, in hours. Two are under way when it begins and
 * one starts after twelve seconds; then one about every forty. */
static const struct {
    const char *artist;
    double start_h, length_h;
    uint32_t listeners;
} first[] = {
    {"Paper Lanterns", -5, 9, 180},
    {"Señorita Tormenta", -1.5, 6, 130},
    {"Glass Harbor Choir", 1, 6, 140},
};

static const char *const later[] = {
    "Violet Motel",      "Sólveig & Rán",    "The Quiet Engines", "DJ Foxglove",
    "Małgorzata Łąka",   "Copper Satellite", "Ivo Nightingale",   "Les Égarés",
    "Thirteen Antennas", "Marlo Birdsong",   "Drowsy Tiger",      "Trío Colibrí",
    "Neon Orchard",      "Opal Vandermeer",  "Frühling",          "Midnight Courier",
};

#define LATER_FIRST_H 4.5
#define LATER_EVERY_H 3.5
#define LATER_LENGTH_H 5
#define LATER_LISTENERS 110

static struct sim_trend make_trend(const char *artist, double start_h, double length_h,
                                   uint32_t listeners)
{
    return (struct sim_trend){artist, DEMO_LIVE_S + (int64_t)(start_h * HOUR_S),
                              (int64_t)(length_h * HOUR_S), listeners};
}

void sim_config_demo(struct sim_config *config, struct sim_trend trend[SIM_TRENDS])
{
    size_t n = 0;
    sim_config_init(config);
    config->format = SIM_FORK;
    config->streams = 1u << SIM_PAGE_VIEW; /* tells everything once, towns included */
    config->start_s = DEMO_LIVE_S - DEMO_LIVE_S % DAY_S - DEMO_WEEKS * 7 * DAY_S;
    config->end_s = SIM_NEVER;
    config->users = DEMO_USERS;
    config->growth = 0.22; /* what is lost: a year is over in 29 hours */
    config->attrition = 0.2;
    config->zipf = 0.7;
    config->territories = true;
    config->live_s = DEMO_LIVE_S;
    config->live_speed = DEMO_SPEED;
    for (size_t i = 0; i < ARRAY_SIZE(first); i++)
        trend[n++] = make_trend(first[i].artist, first[i].start_h, first[i].length_h,
                                first[i].listeners);
    for (size_t i = 0; n < SIM_TRENDS; i++)
        trend[n++] = make_trend(later[i % ARRAY_SIZE(later)],
                                LATER_FIRST_H + LATER_EVERY_H * (double)i, LATER_LENGTH_H,
                                LATER_LISTENERS + (uint32_t)(i * 37 % 60));
    config->trend = trend;
    config->trends = n;
}

const char *sim_demo_help(void)
{
    return "Six weeks of 6,000 imaginary listeners at once, then live at 300 times the "
           "clock. Planted to trend: Paper Lanterns and Señorita Tormenta from the "
           "start, Glass Harbor Choir after some seconds, a further artist every 40 "
           "seconds or so for three quarters of an hour.";
}
