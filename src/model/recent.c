/* Which hours have their minutes kept: the RECENT_HOURS newest of those in which anything
 * was. An hour once pushed out by newer ones can never be among the newest again, so that
 * what is kept is whole and does not depend on the order in which events come; and a few
 * events with wrong clocks take a place each, not the hours between. */
#include "recent.h"

#include "cadence/mem.h"

#include <stdlib.h>

void recent_init(struct recent *recent)
{
    *recent = (struct recent){
        .minutes = mem_zalloc((RECENT_HOURS + 1) * sizeof *recent->minutes)};
    for (size_t i = 0; i <= RECENT_HOURS; i++)
        recent->hour[i] = UINT32_MAX;
}

void recent_fini(struct recent *recent)
{
    free(recent->minutes);
}

static size_t oldest_place(const struct recent *recent)
{
    size_t oldest = 0;
    for (size_t i = 1; i < RECENT_HOURS; i++)
        if (recent->hour[i] < recent->hour[oldest])
            oldest = i;
    return oldest;
}

static void put(struct recent *recent, size_t at, uint32_t hour)
{
    recent->minutes[at] = (struct minutes){0};
    recent->hour[at] = hour;
    recent->oldest = recent->n == RECENT_HOURS ? recent->hour[oldest_place(recent)] : 0;
}

size_t recent_find(struct recent *recent, uint32_t hour)
{
    if (hour < recent->oldest)
        return RECENT_HOURS;
    size_t at = 0;
    while (at < recent->n && recent->hour[at] != hour)
        at++;
    if (at == recent->n) {
        at = recent->n < RECENT_HOURS ? recent->n++ : oldest_place(recent);
        put(recent, at, hour);
    }
    recent->now = at;
    return at;
}

const struct minutes *recent_hour(const struct recent *recent, uint32_t hour)
{
    for (size_t i = 0; i < recent->n; i++)
        if (recent->hour[i] == hour)
            return &recent->minutes[i];
    return NULL;
}
