#include "cadence/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

void filter_init(struct filter *filter)
{
    memset(filter, 0, sizeof *filter);
    filter->all_weeks = true;
    filter->zones = ZONES_ALL;
}

bool filter_eq(const struct filter *a, const struct filter *b)
{
    if (a->zones != b->zones || a->all_weeks != b->all_weeks)
        return false;
    return a->all_weeks ||
           (a->present == b->present && memcmp(a->week, b->week, sizeof a->week) == 0 &&
            memcmp(a->nth, b->nth, sizeof a->nth) == 0);
}

/* Cuts the next trimmed, non-empty part off a comma-separated list; false at its end. */
static bool next_part(const char **list, struct str *part)
{
    while (**list) {
        const char *start = *list, *end = start + strcspn(start, ",");
        *list = *end ? end + 1 : end;
        while (start < end && isspace((unsigned char)*start))
            start++;
        while (end > start && isspace((unsigned char)end[-1]))
            end--;
        *part = (struct str){start, (size_t)(end - start)};
        if (part->n)
            return true;
    }
    return false;
}

/* "Week 12" -> 12; 0 when it is none. Labels have no leading zeros. */
static unsigned label_number(struct str part)
{
    unsigned n = 0;
    if (part.n < 6 || part.n > 9 || strncasecmp(part.p, "week ", 5) != 0 ||
        part.p[5] == '0')
        return 0;
    for (size_t i = 5; i < part.n; i++) {
        if (!isdigit((unsigned char)part.p[i]))
            return 0;
        n = n * 10 + (unsigned)(part.p[i] - '0');
    }
    return n <= WEEK_COUNT ? n : 0;
}

int filter_choose_weeks(struct filter *filter, const char *list, char *error, size_t size)
{
    struct str part;
    struct filter none;
    filter_init(&none);
    none.zones = filter->zones;
    *filter = none;
    while (next_part(&list, &part)) {
        unsigned week = week_from_id(part), n = label_number(part);
        if (part.n == 7 && strncasecmp(part.p, "present", 7) == 0) {
            filter->present = true;
        } else if (n) {
            bits_set(filter->nth, n - 1);
        } else if (week < WEEK_COUNT) {
            bits_set(filter->week, week);
        } else {
            snprintf(error, size,
                     "no week is called \"%.*s\": weeks are like 2024-W03, \"Week 3\" or "
                     "Present",
                     (int)part.n, part.p);
            return -1;
        }
        filter->all_weeks = false;
    }
    return 0;
}

int filter_choose_zones(struct filter *filter, const char *list, char *error, size_t size)
{
    struct str part;
    unsigned zones = 0;
    while (next_part(&list, &part)) {
        enum zone zone = zone_from_name(part);
        if (zone == ZONE_COUNT) {
            snprintf(
                error, size,
                "no zone is called \"%.*s\": zones are EST, CST, MST, PST, HST and Other",
                (int)part.n, part.p);
            return -1;
        }
        zones |= 1u << zone;
    }
    filter->zones = zones ? (uint8_t)zones : ZONES_ALL;
    return 0;
}
