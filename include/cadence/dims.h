/* The dimensions that plays are counted by, as pure functions. */
#ifndef CADENCE_DIMS_H
#define CADENCE_DIMS_H

#include "cadence/str.h"

/* In the order of reports. */
enum level { LEVEL_PAID, LEVEL_FREE, LEVEL_UNKNOWN, LEVEL_COUNT };
enum gender { GENDER_F, GENDER_M, GENDER_OTHER, GENDER_COUNT };
enum device {
    DEVICE_IPAD,
    DEVICE_IPHONE,
    DEVICE_ANDROID,
    DEVICE_WINDOWS,
    DEVICE_MAC,
    DEVICE_LINUX,
    DEVICE_OTHER,
    DEVICE_COUNT
};
enum zone { ZONE_EST, ZONE_CST, ZONE_MST, ZONE_PST, ZONE_HST, ZONE_OTHER, ZONE_COUNT };

#define ZONES_ALL ((1u << ZONE_COUNT) - 1)

const char *level_name(enum level level);
const char *gender_name(enum gender gender);
const char *device_name(enum device device);
const char *zone_name(enum zone zone);

/* Any case; ZONE_COUNT when it is none. */
enum zone zone_from_name(struct str name);

/* The first match within a user agent: iPad, iPhone, Android and so on. */
enum device device_from_agent(struct str agent);

/* States are any two ASCII letters, upper case: 1 + 26 * first + second; 0 is none. */
#define STATE_NONE 0
#define STATE_COUNT (1 + 26 * 26)

static inline unsigned state_pack(char a, char b)
{
    return 1 + 26u * (unsigned)(a - 'A') + (unsigned)(b - 'A');
}

/* Writes two letters and a zero; empty for STATE_NONE. */
void state_name(unsigned state, char out[3]);
enum zone state_zone(unsigned state);

/* ISO 8601 weeks, UTC. Week 0 begins on Monday 1999-12-27, the week of 2000-01-01; the
 * last is that of 2099-12-31. */
#define WEEK_COUNT 5219
#define TIME_FIRST_MS INT64_C(946684800000) /* 2000-01-01T00:00:00Z */
#define TIME_END_MS                                                                      \
    INT64_C(4102444800000) /* 2100-01-01T00:00:00Z, the first that is none */
#define WEEK_EPOCH_MS INT64_C(946252800000) /* Monday 1999-12-27T00:00:00Z */
#define WEEK_MS INT64_C(604800000)
#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

static inline unsigned week_of_ms(int64_t ts_ms)
{
    return (unsigned)((ts_ms - WEEK_EPOCH_MS) / WEEK_MS);
}

static inline int64_t week_start_ms(unsigned week)
{
    return WEEK_EPOCH_MS + (int64_t)week * WEEK_MS;
}

/* "2024-W03". */
void week_id(unsigned week, char out[9]);
/* From "2024-W03", any case; WEEK_COUNT when it is none. */
unsigned week_from_id(struct str id);

/* Civil date of a day counted from 1970-01-01 (proleptic Gregorian). */
struct date {
    int year, month, day;
};
struct date date_of_day(int64_t day);
int64_t day_of_date(int year, int month, int day);
/* "2024-01-15" of the UTC day that holds ts_ms. */
void date_text(int64_t ts_ms, char out[11]);
/* "2024-01-15 14:03:59". */
void time_text(int64_t ts_ms, char out[20]);

#endif
