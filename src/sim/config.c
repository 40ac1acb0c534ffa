/* Defaults, and what a configuration may not be. */
#include "calendar.h"
#include "chain.h"

#include "cadence/dims.h"
#include "cadence/sim.h"

#include <stdio.h>
#include <stdlib.h>

#define START_S INT64_C(1704067200) /* 2024-01-01 */
#define SPAN_MAX_S 3e9
#define TAG_MAX 256
#define SONGS_MAX 20000000u
#define USERS_MAX 100000000u

static const char *const stream_names[SIM_STREAM_COUNT] = {
    [SIM_EVENTS] = "events",
    [SIM_LISTEN] = "listen_events",
    [SIM_PAGE_VIEW] = "page_view_events",
    [SIM_AUTH] = "auth_events",
    [SIM_STATUS_CHANGE] = "status_change_events",
};

const char *sim_stream_name(enum sim_stream stream)
{
    return stream_names[stream];
}

enum sim_stream sim_stream_from_name(const char *name)
{
    enum sim_stream stream = SIM_EVENTS;
    while (stream < SIM_STREAM_COUNT && strcmp(name, stream_names[stream]) != 0)
        stream++;
    return stream;
}

unsigned sim_format_streams(enum sim_format format)
{
    if (format == SIM_ORIGINAL)
        return 1u << SIM_EVENTS;
    return 1u << SIM_LISTEN | 1u << SIM_PAGE_VIEW | 1u << SIM_AUTH |
           1u << SIM_STATUS_CHANGE;
}

void sim_config_init(struct sim_config *config)
{
    *config = (struct sim_config){
        .seed = 1,
        .alpha_s = 90,
        .beta_s = 604800,
        .damping = 0.09375,
        .weekend_damping = 0.5,
        .weekend_offset_min = 180,
        .weekend_scale_min = 360,
        .session_gap_s = 1800,
        .start_s = START_S,
        .end_s = START_S + 14 * DAY_S,
        .users = 1000,
        .first_user_id = 2,
        .songs = 10000,
        .live_s = SIM_NEVER,
        .live_speed = 1,
    };
}

void sim_config_fini(struct sim_config *config)
{
    sim_chain_free(config->chain);
    free(config->tag_owned);
    config->chain = NULL;
    config->tag_owned = NULL;
}

struct limit {
    const char *name;
    double value, least, most;
};

static int check_limits(const struct limit *limit, size_t count, char *error, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (limit[i].value >= limit[i].least && limit[i].value <= limit[i].most)
            continue;
        snprintf(error, size, "%s is %g; it has to be between %g and %g", limit[i].name,
                 limit[i].value, limit[i].least, limit[i].most);
        return -1;
    }
    return 0;
}

static int check_tag(const char *tag, char *error, size_t size)
{
    if (strlen(tag) > TAG_MAX) {
        snprintf(error, size, "the tag is longer than %d bytes", TAG_MAX);
        return -1;
    }
    for (; *tag; tag++)
        if ((unsigned char)*tag < 0x20) {
            snprintf(error, size, "the tag has a control character");
            return -1;
        }
    return 0;
}

int sim_config_check(const struct sim_config *config, char *error, size_t size)
{
    const struct limit limits[] = {
        {"alpha", config->alpha_s, 0.001, SPAN_MAX_S},
        {"beta", config->beta_s, 1, SPAN_MAX_S},
        {"damping", config->damping, 0, 0.15},
        {"weekend-damping", config->weekend_damping, 0, 0.999},
        {"weekend-damping-offset", config->weekend_offset_min, 0, 1440},
        {"weekend-damping-scale", config->weekend_scale_min, 0, 1440},
        {"session-gap", config->session_gap_s, 0, SPAN_MAX_S},
        {"the growth rate", config->growth, 0, 1000},
        {"the attrition rate", config->attrition, 0, 1},
        {"the number of users", config->users, 1, USERS_MAX},
        {"the number of songs", config->songs, 1, SONGS_MAX},
        {"zipf", config->zipf, 0, 10},
        {"dirty", config->dirty, 0, 1},
        {"the number of trends", (double)config->trends, 0, SIM_TRENDS},
    };
    if (check_limits(limits, ARRAY_SIZE(limits), error, size) != 0)
        return -1;
    if (config->tag && check_tag(config->tag, error, size) != 0)
        return -1;
    if (config->start_s < TIME_FIRST_MS / 1000 || config->start_s >= TIME_END_MS / 1000 ||
        (config->end_s != SIM_NEVER && config->end_s > TIME_END_MS / 1000)) {
        snprintf(error, size, "times go from 2000 to 2099");
        return -1;
    }
    if (config->end_s <= config->start_s) {
        snprintf(error, size, "the end time has to be after the start time");
        return -1;
    }
    if (config->streams && !(config->streams & sim_format_streams(config->format))) {
        snprintf(error, size, "format %s has no such stream",
                 config->format == SIM_FORK ? "fork" : "original");
        return -1;
    }
    return 0;
}

/* Pieces from the right: an artist may have a colon in the name. */
int sim_trend_parse(struct sim_trend *trend, char *text, int64_t start_s, char *error,
                    size_t size)
{
    char *listeners = strrchr(text, ':'), *length = NULL, *start = NULL, *end;
    if (listeners) {
        *listeners++ = '\0';
        length = strrchr(text, ':');
    }
    if (length) {
        *length++ = '\0';
        start = strchr(text, ':');
    }
    if (!start || start == text) {
        snprintf(error, size, "a trend is ARTIST:START:LENGTH:LISTENERS");
        return -1;
    }
    int64_t span;
    for (; start; start = strchr(start + 1, ':')) {
        if (sim_span_parse(start + 1, &span) == 0)
            trend->start_s = start_s + span;
        else if (sim_time_parse(start + 1, &trend->start_s) != 0)
            continue;
        *start = '\0';
        break;
    }
    long n = strtol(listeners, &end, 10);
    if (!start)
        snprintf(error, size, "the trend of %.80s begins at no time that exists", text);
    else if (sim_span_parse(length, &trend->length_s) != 0 || trend->length_s < 1)
        snprintf(error, size, "the trend of %.80s lasts '%.40s': no span such as 90m",
                 text, length);
    else if (end == listeners || *end || n < 1 || n > 100000000)
        snprintf(error, size, "the trend of %.80s has '%.40s' listeners", text,
                 listeners);
    else if (strlen(text) > 200)
        snprintf(error, size, "the artist of a trend has a name of more than 200 bytes");
    else {
        trend->artist = text;
        trend->listeners = (uint32_t)n;
        return 0;
    }
    return -1;
}
