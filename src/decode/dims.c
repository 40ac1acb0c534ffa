#include "cadence/dims.h"

#include <stdio.h>
#include <strings.h>

static const char *const level_names[LEVEL_COUNT] = {"paid", "free", "unknown"};
static const char *const gender_names[GENDER_COUNT] = {"F", "M", "Other"};
static const char *const device_names[DEVICE_COUNT] = {
    "iPad", "iPhone", "Android", "Windows", "Mac", "Linux", "Other"};
static const char *const zone_names[ZONE_COUNT] = {"EST", "CST", "MST",
                                                   "PST", "HST", "Other"};

static const char *const zone_states[ZONE_OTHER] = {
    [ZONE_EST] = "MENHVTMARICTNYNJPADEMDDCVANCSCGAFLKYWVOHINMI",
    [ZONE_CST] = "WIILTNALMSLAARMOIAMNNDSDNEKSOKTX",
    [ZONE_MST] = "NMCOWYMTIDUTAZ",
    [ZONE_PST] = "CAWAORNV",
    [ZONE_HST] = "AKHI",
};

/* The words of a user agent that name a device, in the order in which they are tried. */
static const struct {
    const char *word;
    enum device device;
} device_words[] = {
    {"iPad", DEVICE_IPAD},       {"iPhone", DEVICE_IPHONE},   {"iPod", DEVICE_IPHONE},
    {"Android", DEVICE_ANDROID}, {"Windows", DEVICE_WINDOWS}, {"Macintosh", DEVICE_MAC},
    {"X11", DEVICE_LINUX},       {"Linux", DEVICE_LINUX},     {"CrOS", DEVICE_LINUX},
};

const char *level_name(enum level level)
{
    return level_names[level];
}

const char *gender_name(enum gender gender)
{
    return gender_names[gender];
}

const char *device_name(enum device device)
{
    return device_names[device];
}

const char *zone_name(enum zone zone)
{
    return zone_names[zone];
}

enum zone zone_from_name(struct str name)
{
    enum zone zone = 0;
    while (zone < ZONE_COUNT && !(strlen(zone_names[zone]) == name.n &&
                                  strncasecmp(zone_names[zone], name.p, name.n) == 0))
        zone++;
    return zone;
}

enum device device_from_agent(struct str agent)
{
    for (size_t i = 0; agent.n && i < ARRAY_SIZE(device_words); i++)
        if (memmem(agent.p, agent.n, device_words[i].word, strlen(device_words[i].word)))
            return device_words[i].device;
    return DEVICE_OTHER;
}

void state_name(unsigned state, char out[3])
{
    out[0] = out[1] = out[2] = 0;
    if (state == STATE_NONE || state >= STATE_COUNT)
        return;
    out[0] = (char)('A' + (state - 1) / 26);
    out[1] = (char)('A' + (state - 1) % 26);
}

enum zone state_zone(unsigned state)
{
    char name[3];
    state_name(state, name);
    for (enum zone zone = 0; name[0] && zone < ZONE_OTHER; zone++)
        for (const char *s = zone_states[zone]; *s; s += 2)
            if (s[0] == name[0] && s[1] == name[1])
                return zone;
    return ZONE_OTHER;
}

/* Days to civil dates and back: H. Hinnant, "chrono-compatible low-level date
 * algorithms": years begin in March, so that the leap day is the last of its year. */
struct date date_of_day(int64_t day)
{
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    int64_t doe = day - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct date){(int)(yoe + era * 400) + (month <= 2), month,
                         (int)(doy - (153 * mp + 2) / 5 + 1)};
}

int64_t day_of_date(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* An ISO week belongs to the year of its Thursday. */
void week_id(unsigned week, char out[9])
{
    int64_t thursday = week_start_ms(week) / DAY_MS + 3;
    int year = date_of_day(thursday).year;
    int number = (int)((thursday - day_of_date(year, 1, 1)) / 7) + 1;
    snprintf(out, 9, "%04u-W%02u", (unsigned)year % 10000u, (unsigned)number % 100u);
}

unsigned week_from_id(struct str id)
{
    char copy[9], made[9];
    int year, number;
    if (id.n != 8)
        return WEEK_COUNT;
    memcpy(copy, id.p, 8);
    copy[8] = 0;
    if (copy[5] == 'w')
        copy[5] = 'W';
    if (sscanf(copy, "%4d-W%2d", &year, &number) != 2 || year < 1999 || year > 2100)
        return WEEK_COUNT;
    /* January 4th is always in week 1. */
    int64_t day = day_of_date(year, 1, 4) + 7 * (int64_t)(number - 1);
    int64_t since = day - WEEK_EPOCH_MS / DAY_MS;
    if (since < 0 || since / 7 >= WEEK_COUNT)
        return WEEK_COUNT;
    week_id((unsigned)(since / 7), made);
    return strcmp(made, copy) == 0 ? (unsigned)(since / 7) : WEEK_COUNT;
}

void date_text(int64_t ts_ms, char out[11])
{
    int64_t day = ts_ms / DAY_MS - (ts_ms % DAY_MS < 0);
    struct date d = date_of_day(day);
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d.year % 10000u,
             (unsigned)d.month % 100u, (unsigned)d.day % 100u);
}

void time_text(int64_t ts_ms, char out[20])
{
    int64_t day = ts_ms / DAY_MS - (ts_ms % DAY_MS < 0);
    unsigned s = (unsigned)((ts_ms - day * DAY_MS) / 1000);
    date_text(ts_ms, out);
    snprintf(out + 10, 10, " %02u:%02u:%02u", s / 3600 % 24, s / 60 % 60, s % 60);
}
