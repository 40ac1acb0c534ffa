/* When people stay away from the site: nights, weekends, US holidays. */
#ifndef CADENCE_SIM_CALENDAR_H
#define CADENCE_SIM_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_S INT64_C(86400)
#define YEAR_S 31557600.0

/* A Saturday, a Sunday or a US federal holiday, observed days included; days since 1970.
 */
bool sim_day_is_off(int64_t day);

/* How deep in the weekend a time is, 0 .. 1. */
double sim_weekend_depth(int64_t at_s, double offset_min, double scale_min);

#endif
