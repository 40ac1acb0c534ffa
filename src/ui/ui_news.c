/* The line about who has just entered the list of what rises. What it says is a function
 * of the figures alone: those that were not listed a window ago, since the newest moment
 * at which any of them was. */
#include <stdio.h>

#include "cadence/chart.h"
#include "cadence/parts.h"
#include "ui_state.h"

#define NAMES_MAX 3
#define NEWS_TOLD (-1) /* before any moment that they could be shown until */

static bool is_news(const struct trend_rows *trend, const struct trend_entry *e)
{
    return e->is_new && e->since_ms + trend->window_ms > trend->now_ms;
}

/* The newest moment at which one entered; 0: none did lately. */
static int64_t newest(const struct trend_rows *trend)
{
    int64_t since_ms = 0;
    for (size_t i = 0; trend->enough && !trend->more && i < trend->count; i++) {
        const struct trend_entry *e = &trend->row[i].entry;
        if (is_news(trend, e) && e->since_ms > since_ms)
            since_ms = e->since_ms;
    }
    return since_ms;
}

/* Artists if any are new, else songs. */
static const struct trend_rows *latest(const struct snapshot *s, int64_t *since_ms)
{
    *since_ms = newest(&s->trend[TREND_ARTISTS]);
    if (*since_ms)
        return &s->trend[TREND_ARTISTS];
    *since_ms = newest(&s->trend[TREND_SONGS]);
    return &s->trend[TREND_SONGS];
}

static void append(const struct trend_rows *trend, const struct trend_row *row,
                   bool first, char *out, size_t size)
{
    char name[96], artist[64], lift[FIGURE_SIZE];
    part_brief(name, sizeof name, row->song.n ? row->song : row->artist);
    part_brief(artist, sizeof artist, row->artist);
    figure_fixed(row->entry.lift, 1, lift);
    part_append(out, size, "%s%s", first ? "" : ", ", name);
    if (row->song.n)
        part_append(out, size, " by %s", artist);
    part_append(out, size, " %sx", lift);
    if (first)
        part_append(out, size, ", %s%u listeners", trend->sampled ? "about " : "",
                    row->entry.listeners);
}

/* Who entered since the last of the looks that lists are made of has entered "now": by
 * time, a moment that goes along until the next look fixes it. */
static void time_of(const struct trend_rows *trend, int64_t since_ms, char *out,
                    size_t size)
{
    char time[20];
    time_text(since_ms, time);
    time[16] = 0;
    if (since_ms == trend->now_ms)
        snprintf(out, size, "now");
    else
        snprintf(out, size, "at %s", trend->scale <= SCALE_6H ? time + 11 : time);
}

bool news_text(const struct ui *ui, char *out, size_t size)
{
    int64_t since_ms;
    char time[32];
    const struct trend_rows *trend = latest(ui_snapshot(ui), &since_ms);
    size_t named = 0, more = 0;
    out[0] = 0;
    if (!since_ms)
        return false;
    time_of(trend, since_ms, time, sizeof time);
    part_append(out, size, "%s new %s: ", ui->ascii ? "*" : "✦", time);
    for (size_t i = 0; i < trend->count; i++) {
        const struct trend_row *row = &trend->row[i];
        if (!is_news(trend, &row->entry) || row->entry.since_ms != since_ms)
            continue;
        if (named < NAMES_MAX)
            append(trend, row, named++ == 0, out, size);
        else
            more++;
    }
    if (more)
        part_append(out, size, " and %zu more", more);
    return true;
}

/* One that is back soon counts as well: the list's edge wavers. */
static bool is_known(const struct ui *ui, const struct trend_rows *trend, uint32_t id)
{
    bool known = false;
    for (size_t i = 0; i < ui->news.count; i++)
        known |= ui->news.id[i] == id;
    return known && trend->now_ms - ui->news.seen_ms < trend->window_ms;
}

/* What was asked for, once all of it is known. True: it is not what was so the last time.
 */
static bool note_list(struct ui *ui, const struct snapshot *s)
{
    enum trend_scale scale = s->trend[TREND_ARTISTS].scale;
    bool other = ui->news.begun &&
                 (!filter_eq(&ui->news.filter, &s->filter) || ui->news.scale != scale);
    if (snapshot_more(s) || !s->trend[TREND_ARTISTS].enough)
        return other;
    ui->news.begun = true;
    ui->news.filter = s->filter;
    ui->news.scale = scale;
    return other;
}

/* The line is shown for somebody who was not in it, not for a moment that has moved on;
 * nor for those of another list, whose headline is what was asked for. */
void news_notice(struct ui *ui)
{
    int64_t since_ms;
    const struct trend_rows *trend = latest(ui_snapshot(ui), &since_ms);
    bool songs = trend == &ui_snapshot(ui)->trend[TREND_SONGS];
    bool other = note_list(ui, ui_snapshot(ui));
    uint32_t id[TREND_LIST_MAX];
    size_t count = 0, known = 0;
    if (other)
        ui->news.until_ms = NEWS_TOLD;
    /* None, or who was there before the last; or another list is not all there yet. */
    if (other ? snapshot_more(ui_snapshot(ui)) : since_ms <= ui->news.since_ms)
        return;
    for (size_t i = 0; i < trend->count && count < TREND_LIST_MAX; i++) {
        const struct trend_entry *e = &trend->row[i].entry;
        if (!is_news(trend, e) || e->since_ms != since_ms)
            continue;
        known += ui->news.songs == songs && is_known(ui, trend, e->id);
        id[count++] = e->id;
    }
    if (known < count && !other)
        ui->news.until_ms = 0;
    memcpy(ui->news.id, id, count * sizeof *id);
    ui->news.count = count;
    ui->news.songs = songs;
    ui->news.since_ms = since_ms;
    ui->news.seen_ms = trend->now_ms;
}

unsigned news_tick(struct ui *ui)
{
    if (ui->news.count && !ui->news.until_ms)
        ui->news.until_ms = ui->now_ms + NEWS_MS;
    bool shown = ui->now_ms < ui->news.until_ms, changes = ui->news.shown != shown;
    ui->news.shown = shown;
    return changes ? UI_REDRAW : UI_NOTHING;
}
