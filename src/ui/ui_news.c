/* The line about who has just entered the list of what rises. What it says is a function
 * of the figures alone: those that were not listed a window ago, since the newest moment
 * at which any of them was. */
#include <stdio.h>

#include "cadence/chart.h"
#include "cadence/parts.h"
#include "ui_state.h"

#define NAMES_MAX 3

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

static void append(const struct trend_row *row, bool first, char *out, size_t size)
{
    char name[96], artist[64], lift[FIGURE_SIZE];
    part_copy(name, sizeof name, row->song.n ? row->song : row->artist);
    part_copy(artist, sizeof artist, row->artist);
    figure_fixed(row->entry.lift, 1, lift);
    part_append(out, size, "%s%s", first ? "" : ", ", name);
    if (row->song.n)
        part_append(out, size, " by %s", artist);
    part_append(out, size, " %sx", lift);
    if (first)
        part_append(out, size, " by %u listeners", row->entry.listeners);
}

bool news_text(const struct ui *ui, char *out, size_t size)
{
    int64_t since_ms;
    char time[20];
    const struct trend_rows *trend = latest(ui_snapshot(ui), &since_ms);
    size_t named = 0, more = 0;
    out[0] = 0;
    if (!since_ms)
        return false;
    time_text(since_ms, time);
    time[16] = 0;
    part_append(out, size, "%s new at %s: ", ui->ascii ? "*" : "✦",
                trend->scale <= SCALE_6H ? time + 11 : time);
    for (size_t i = 0; i < trend->count; i++) {
        const struct trend_row *row = &trend->row[i];
        if (!is_news(trend, &row->entry) || row->entry.since_ms != since_ms)
            continue;
        if (named < NAMES_MAX)
            append(row, named++ == 0, out, size);
        else
            more++;
    }
    if (more)
        part_append(out, size, " and %zu more", more);
    return true;
}

void news_notice(struct ui *ui)
{
    int64_t since_ms;
    latest(ui_snapshot(ui), &since_ms);
    if (since_ms > ui->news_since_ms) {
        ui->news_since_ms = since_ms;
        ui->news_until_ms = 0;
    }
}

unsigned news_tick(struct ui *ui)
{
    if (ui->news_since_ms && !ui->news_until_ms)
        ui->news_until_ms = ui->now_ms + NEWS_MS;
    bool shown = ui->now_ms < ui->news_until_ms, changes = ui->news_shown != shown;
    ui->news_shown = shown;
    return changes ? UI_REDRAW : UI_NOTHING;
}
