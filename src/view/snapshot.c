#include "cadence/snapshot.h"

#include "cadence/print.h"

#include <stdio.h>
#include <stdlib.h>

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    free(snapshot->week);
    free(snapshot->state);
    free(snapshot->song);
    free(snapshot->artist);
    free(snapshot->user);
    free(snapshot->activity.plays);
    free(snapshot->activity.events);
    free(snapshot->lately.plays);
    free(snapshot->lately.events);
    for (int i = 0; i < TREND_KIND_COUNT; i++)
        free(snapshot->trend[i].row);
    free(snapshot);
}

bool snapshot_more(const struct snapshot *snapshot)
{
    bool more = false;
    for (int i = 0; i < TREND_KIND_COUNT; i++)
        more |= snapshot->trend[i].more;
    return more;
}

#define WEEKS_IN_YEAR 52 /* at least */

void weeks_name_briefly(struct week_row *week, size_t count)
{
    bool years = count && week[count - 1].week - week[0].week >= WEEKS_IN_YEAR;
    for (size_t i = 0; i < count; i++)
        snprintf(week[i].brief, sizeof week[i].brief, "%s", week[i].id + (years ? 2 : 5));
}

/* 1234567 -> "1,234,567". */
static void grouped(uint64_t n, char out[32])
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    print_grouped(digits, out, 32);
}

static void zones_phrase(const struct snapshot *s, char *out, size_t size)
{
    if (s->zones == ZONES_ALL) {
        snprintf(out, size, "In all time zones");
        return;
    }
    int count = 0, chosen = __builtin_popcount(s->zones);
    size_t used = (size_t)snprintf(out, size, "In ");
    for (enum zone z = 0; z < ZONE_COUNT; z++) {
        if (!(s->zones >> z & 1))
            continue;
        const char *glue = !count ? "" : count + 1 == chosen ? " and " : ", ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", glue, zone_name(z));
        count++;
    }
}

/* The single week chosen by name, else how many. */
static void weeks_phrase(const struct snapshot *s, char *out, size_t size)
{
    char all[32], some[32];
    grouped(s->weeks, all);
    grouped(s->weeks_chosen, some);
    if (s->weeks_chosen == s->weeks && s->weeks > 1)
        snprintf(out, size, "over all %s weeks", all);
    else if (s->weeks_chosen != 1)
        snprintf(out, size, "over %s of %s weeks", some, all);
    else
        for (size_t i = 0; i < s->weeks; i++)
            if (s->week[i].chosen)
                snprintf(out, size, "in %s (%s)", s->week[i].label, s->week[i].id);
}

void snapshot_hours(const struct snapshot *s, char out[32])
{
    if (s->summary.plays && s->summary.hours < 9.95) /* a live stream has just begun */
        snprintf(out, 32, "%.1f", s->summary.hours);
    else
        grouped((uint64_t)(s->summary.hours + 0.5), out);
}

void snapshot_headline(const struct snapshot *s, char *out, size_t size)
{
    char zones[64], weeks[96] = "", users[32], plays[32], sessions[32], hours[32];
    zones_phrase(s, zones, sizeof zones);
    weeks_phrase(s, weeks, sizeof weeks);
    grouped(s->summary.users, users);
    grouped(s->summary.plays, plays);
    grouped(s->summary.sessions, sessions);
    snapshot_hours(s, hours);
    snprintf(out, size,
             "%s, %s, %s listener%s played %s song%s in %s session%s: %s hours of music.",
             zones, weeks, users, s->summary.users == 1 ? "" : "s", plays,
             s->summary.plays == 1 ? "" : "s", sessions,
             s->summary.sessions == 1 ? "" : "s", hours);
}

void devices_by_users(const struct snapshot *s, enum device order[DEVICE_COUNT])
{
    for (enum device d = 0; d < DEVICE_COUNT; d++) {
        int i = (int)d;
        for (; i > 0; i--) {
            enum device other = order[i - 1];
            if (s->devices[other] > s->devices[d] ||
                (s->devices[other] == s->devices[d] &&
                 strcmp(device_name(other), device_name(d)) < 0))
                break;
            order[i] = other;
        }
        order[i] = d;
    }
}
