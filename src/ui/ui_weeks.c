/* Choosing weeks and zones: changes of a filter, seen against the weeks that a snapshot
 * knows. */
#include "ui_state.h"

bool week_chosen(const struct filter *filter, const struct snapshot *s, size_t week)
{
    bool newest = week + 1 == s->weeks;
    return filter->all_weeks || bits_has(filter->week, s->week[week].week) ||
           (newest && filter->present) ||
           (!newest && bits_has(filter->nth, (unsigned)week));
}

void weeks_all(struct filter *filter)
{
    uint8_t zones = filter->zones;
    filter_init(filter);
    filter->zones = zones;
}

static void weeks_none(struct filter *filter)
{
    weeks_all(filter);
    filter->all_weeks = false;
}

void week_step(struct filter *filter, const struct snapshot *s, int step)
{
    if (s->weeks == 0)
        return;
    size_t first = s->weeks, last = 0;
    for (size_t i = 0; i < s->weeks; i++)
        if (!filter->all_weeks && week_chosen(filter, s, i)) {
            first = first == s->weeks ? i : first;
            last = i;
        }
    size_t to;
    if (first == s->weeks)
        to = step < 0 ? s->weeks - 1 : 0;
    else if (step < 0)
        to = first ? first - 1 : 0;
    else
        to = last + 1 < s->weeks ? last + 1 : last;
    /* Who goes on from the newest stays with it and its successors. */
    bool present = filter->present && step > 0 && to + 1 == s->weeks;
    weeks_none(filter);
    filter->present = present;
    if (!present)
        bits_set(filter->week, s->week[to].week);
}

void week_toggle(struct filter *filter, const struct snapshot *s, size_t week)
{
    if (week >= s->weeks)
        return;
    bool newest = week + 1 == s->weeks,
         on = !filter->all_weeks && week_chosen(filter, s, week);
    unsigned id = s->week[week].week;
    if (filter->all_weeks)
        weeks_none(filter);
    if (!on) {
        bits_set(filter->week, id);
    } else {
        if (bits_has(filter->week, id))
            bits_flip(filter->week, id);
        if (newest)
            filter->present = false;
        else if (bits_has(filter->nth, (unsigned)week))
            bits_flip(filter->nth, (unsigned)week);
    }
    size_t chosen = 0;
    for (size_t i = 0; i < s->weeks; i++)
        chosen += week_chosen(filter, s, i);
    if (chosen == 0)
        weeks_all(filter);
}

void zone_toggle(struct filter *filter, enum zone zone)
{
    unsigned zones = filter->zones == ZONES_ALL ? 0 : filter->zones;
    zones ^= 1u << zone;
    filter->zones = zones ? (uint8_t)zones : ZONES_ALL;
}
