/* Plays that are far ahead of all others: of a listener whose clock is wrong. (For those
 * far behind, time is mirrored: trend.c, note_oldest.)
 *
 * Method. "Now" is the newest play, and what lies far behind it is late. So that one
 * wrong clock does not end the trends until its time has come, a play far ahead of all
 * others is held back until another listener has one near it, or the others have come to
 * within half an hour of it (what is late by less is counted exactly). The first play of
 * all is held so too. A stream that stops for hours and goes on waits for its second
 * listener, and loses nothing. Far is half an hour, or 32 times what is usual between two
 * plays, up to a day.
 *
 * There is room for a few. When it is full, the earliest is taken for the time that has
 * come if such plays are many (one in 20 of those of late: an archive in no order, a
 * stream that has become sparse); if they are few, the farthest is given up, for the
 * trends alone.
 *
 * Cost. Two comparisons a play.
 */
#include "trend_impl.h"

#include <stdlib.h>

#define ADAPT_MS (5 * MINUTE_MS)
#define FAR_GAPS 32     /* usual gaps */
#define GAPS_MIN 16     /* that make a usual one */
#define STRAY_WEIGHT 20 /* one stray makes up for so many plays that are none */

void gaps_adapt(struct gaps *gaps, int64_t newest_ms, uint64_t serial)
{
    uint64_t n = serial - gaps->mark;
    gaps->due_ms = newest_ms + ADAPT_MS;
    if (n < GAPS_MIN)
        return;
    int64_t far_ms = (newest_ms - gaps->mark_ms) / (int64_t)n * FAR_GAPS;
    far_ms = far_ms < DAY_MS ? far_ms : DAY_MS;
    if (gaps->mark)
        gaps->far_ms = far_ms > STRAY_NEAR_MS ? far_ms : STRAY_NEAR_MS;
    gaps->mark = serial;
    gaps->mark_ms = newest_ms;
}

void strays_init(struct strays *strays)
{
    *strays = (struct strays){.first_ms = INT64_MAX};
}

static void find_first(struct strays *strays)
{
    strays->first_ms = INT64_MAX;
    for (size_t i = 0; i < strays->n; i++)
        if (strays->held[i].ts_ms < strays->first_ms)
            strays->first_ms = strays->held[i].ts_ms;
}

static bool has_company(const struct strays *strays, const struct trend_play *play,
                        int64_t far_ms)
{
    for (size_t i = 0; i < strays->n; i++)
        if (strays->held[i].user != play->user &&
            llabs(strays->held[i].ts_ms - play->ts_ms) <= far_ms)
            return true;
    return false;
}

/* Strays of late, each fading with the plays that came after it. */
static bool are_many(struct strays *strays, uint64_t serial)
{
    uint64_t since = serial - strays->serial;
    strays->score = strays->score > since ? strays->score - since : 0;
    strays->score += STRAY_WEIGHT;
    strays->serial = serial;
    return strays->score > STRAY_WEIGHT * STRAYS_MAX / 2;
}

static void make_room(struct strays *strays, bool many)
{
    size_t far = 0;
    if (many) {
        strays->newest_ms = strays->first_ms; /* and so it is taken */
        return;
    }
    for (size_t i = 1; i < strays->n; i++)
        if (strays->held[i].ts_ms > strays->held[far].ts_ms)
            far = i;
    strays->held[far] = strays->held[--strays->n];
}

bool strays_hold(struct strays *strays, const struct trend_play *play, int64_t far_ms,
                 uint64_t serial)
{
    bool many = are_many(strays, serial);
    if (has_company(strays, play, far_ms)) {
        strays->newest_ms = play->ts_ms;
        return false;
    }
    strays->held[strays->n++] = *play;
    if (play->ts_ms < strays->first_ms)
        strays->first_ms = play->ts_ms;
    if (strays->n == STRAYS_MAX)
        make_room(strays, many);
    return true;
}

bool strays_take(struct strays *strays, int64_t near_ms, struct trend_play *play)
{
    if (strays->first_ms > strays->newest_ms + near_ms)
        return false;
    size_t i = 0;
    while (strays->held[i].ts_ms != strays->first_ms)
        i++;
    *play = strays->held[i];
    strays->held[i] = strays->held[--strays->n];
    find_first(strays);
    if (play->ts_ms > strays->newest_ms)
        strays->newest_ms = play->ts_ms;
    return true;
}
