/* The lines above the panels: how the source is, the weeks and zones, the headline. */
#include <stdio.h>

#include "cadence/chart.h"
#include "ui_state.h"

#define SEGMENT_MAX 16
#define NAME_CUT 20

/* A piece of the first line. Pieces of the highest `rank` are left out first. */
struct segment {
    int rank;
    enum role role;
    char text[400], shorter[64], least[32]; /* shorter, least "": none */
    int cut; /* in columns, what the text may be cut to where it has no shorter; 0: no */
};

struct segments {
    size_t count;
    struct segment segment[SEGMENT_MAX];
};

static struct segment *add(struct segments *all, int rank, enum role role)
{
    struct segment *s = &all->segment[all->count++];
    *s = (struct segment){.rank = rank, .role = role};
    return s;
}

static void add_state(struct segments *all, const struct ui *ui)
{
    static const struct {
        const char *glyph, *ascii, *word;
        enum role role;
    } states[SOURCE_STATE_COUNT] = {
        [SOURCE_STARTING] = {"○", "o", "starting", ROLE_DIM},
        [SOURCE_LIVE] = {"●", "*", "live", ROLE_GOOD},
        [SOURCE_CATCHING_UP] = {"▲", "^", "catching up", ROLE_WARN},
        [SOURCE_WAITING] = {"◌", ".", "waiting", ROLE_WARN},
        [SOURCE_DOWN] = {"✗", "x", "down", ROLE_BAD},
        [SOURCE_ENDED] = {"■", "#", "ended", ROLE_STRONG},
        [SOURCE_FAILED] = {"✗", "x", "failed", ROLE_BAD},
    };
    enum source_state state = ui->source.state;
    const char *glyph = ui->ascii ? states[state].ascii : states[state].glyph;
    /* Why something does not come is worth more than all the figures. */
    bool ill = ui->source.note[0] && state != SOURCE_STARTING;
    struct segment *s = add(all, ill ? 0 : 1,
                            ill && state == SOURCE_LIVE ? ROLE_WARN : states[state].role);
    const char *word = states[state].word, *note = ui->source.note;
    snprintf(s->shorter, sizeof s->shorter, "%s %s", glyph, word);
    if (strncmp(note, word, strlen(word)) == 0) /* "waiting for topic plays" */
        snprintf(s->text, sizeof s->text, "%s %s", glyph, note);
    else
        snprintf(s->text, sizeof s->text, "%s %s%s%s", glyph, word, note[0] ? ": " : "",
                 note);
    if (ui->frozen) {
        s = add(all, 0, ROLE_CHIP_ON);
        snprintf(s->text, sizeof s->text, " FROZEN ");
    }
}

static void add_progress(struct segments *all, const struct source_status *source)
{
    if (source->bytes_total <= 0 || source->state >= SOURCE_ENDED)
        return;
    struct segment *s = add(all, 6, ROLE_TEXT);
    snprintf(s->text, sizeof s->text, "%.0f%% read",
             100.0 * (double)source->bytes / (double)source->bytes_total);
}

/* The one that will be caught up with last; NULL: they are all equal. */
static const struct partition_row *slowest(const struct source_status *source)
{
    const struct partition_row *row = NULL;
    for (size_t i = 0; i < source->partitions; i++)
        if (source->partition[i].lag > (row ? row->lag : 0))
            row = &source->partition[i];
    return source->partitions > 1 ? row : NULL;
}

static void add_lag(struct segments *all, const struct source_status *source)
{
    char lag[FIGURE_SIZE], time[FIGURE_SIZE];
    if (!source->is_kafka)
        return;
    struct segment *s =
        add(all, 3, source->lag > 0 || source->lag_open ? ROLE_WARN : ROLE_TEXT);
    const char *count =
        source->lag < 0 ? "unknown" : figure_count((uint64_t)source->lag, lag);
    const char *open = source->lag >= 0 && source->lag_open ? "+" : "";
    snprintf(s->least, sizeof s->least, "lag %s%s", count, open);
    snprintf(s->shorter, sizeof s->shorter, "lag %s%s", count, open);
    size_t used = strlen(s->shorter);
    if (source->lag_s >= 0)
        snprintf(s->shorter + used, sizeof s->shorter - used, " (%s)",
                 figure_duration(source->lag_s, time));
    memcpy(s->text, s->shorter, sizeof s->shorter);
    used = strlen(s->text);
    if (source->catch_up_s > 0)
        snprintf(s->text + used, sizeof s->text - used, ", caught up in %s",
                 figure_duration(source->catch_up_s, time));
    used = strlen(s->text);
    const struct partition_row *row = slowest(source);
    if (row)
        snprintf(s->text + used, sizeof s->text - used, ", slowest %s/%d", row->topic,
                 (int)row->partition);
}

/* "rejected 5 (4 malformed, 1 no time)". */
static void add_rejected(struct segments *all, const struct input_counts *input)
{
    static const char *const names[LINE_KIND_COUNT] = {[LINE_BLANK] = "blank",
                                                       [LINE_MALFORMED] = "malformed",
                                                       [LINE_OVERSIZE] = "oversize",
                                                       [LINE_NO_TIME] = "no time"};
    char figure[FIGURE_SIZE], reasons[120] = "";
    uint64_t count = 0;
    for (int kind = 0; kind < LINE_KIND_COUNT; kind++) {
        if (kind == LINE_EVENT || !input->kind[kind])
            continue;
        count += input->kind[kind];
        size_t used = strlen(reasons);
        snprintf(reasons + used, sizeof reasons - used, "%s%s %s", used ? ", " : "",
                 figure_count(input->kind[kind], figure), names[kind]);
    }
    struct segment *s = add(all, count ? 4 : 9, count ? ROLE_WARN : ROLE_DIM);
    snprintf(s->shorter, sizeof s->shorter, "rejected %s", figure_count(count, figure));
    snprintf(s->text, sizeof s->text, "rejected %s%s%s%s", figure, count ? " (" : "",
             reasons, count ? ")" : "");
}

static const char *figure_rate(double a_second, char out[FIGURE_SIZE])
{
    return figure_count((uint64_t)(a_second > 0 ? a_second + 0.5 : 0), out);
}

/* What Kafka delivers comes first: it is what the lag and the panel are measured in. */
static void add_rates(struct segments *all, const struct ui *ui)
{
    char events[FIGURE_SIZE], messages[FIGURE_SIZE];
    struct segment *s = add(all, ui->source.state >= SOURCE_ENDED ? 9 : 2, ROLE_STRONG);
    figure_rate(ui->events_s, events);
    if (ui->source.is_kafka) {
        figure_rate(ui->source.messages_s, messages);
        snprintf(s->shorter, sizeof s->shorter, "%s msg/s", messages);
        snprintf(s->text, sizeof s->text, "%s msg/s, %s ev/s", messages, events);
    } else {
        snprintf(s->text, sizeof s->text, "%s ev/s", events);
    }
}

static void add_counts(struct segments *all, const struct ui *ui)
{
    const struct input_counts *input = &ui_snapshot(ui)->input;
    char figure[FIGURE_SIZE];
    struct segment *s;
    add_rates(all, ui);
    add_lag(all, &ui->source);
    add_progress(all, &ui->source);
    s = add(all, 3, ROLE_TEXT);
    snprintf(s->text, sizeof s->text, "%s play%s", figure_count(input->plays, figure),
             input->plays == 1 ? "" : "s");
    add_rejected(all, input);
    if (input->duplicates) {
        s = add(all, 8, ROLE_DIM);
        snprintf(s->text, sizeof s->text, "duplicates %s",
                 figure_count(input->duplicates, figure));
        snprintf(s->shorter, sizeof s->shorter, "dup %s",
                 figure_count(input->duplicates, figure));
    }
    if (input->kind[LINE_EVENT]) {
        char time[20];
        time_text(input->last_ts, time);
        s = add(all, 6, ROLE_DIM);
        snprintf(s->text, sizeof s->text, "newest %s UTC", time);
        snprintf(s->shorter, sizeof s->shorter, "%.16s UTC", time);
    }
}

/* How much is shown of each piece: 3 the text, 2 the shorter one, 1 the least, 0 nothing.
 */
static const char *shown(const struct segment *s, int level)
{
    if (level == 1 && s->least[0])
        return s->least;
    return level == 0 ? "" : level < 3 && s->shorter[0] ? s->shorter : s->text;
}

static int shown_width(const struct segment *s, int level, bool ascii)
{
    int w = text_width(str_of(shown(s, level)), ascii);
    return level < 3 && s->cut && w > s->cut ? s->cut : w;
}

static int total_width(const struct segments *all, const int *level, bool ascii)
{
    int width = 1;
    for (size_t i = 0; i < all->count; i++)
        if (level[i])
            width += shown_width(&all->segment[i], level[i], ascii) + 3;
    return width - 3;
}

/* Takes away, the highest ranks first: what can be said shorter, then whole pieces; what
 * matters most is then said in the least of words before it goes as well. */
static void fit(const struct segments *all, int *level, int w, bool ascii)
{
    static const struct {
        int to, from_rank, to_rank;
    } steps[] = {{2, 9, 1}, {0, 9, 4}, {1, 3, 1}, {0, 3, 1}};
    for (size_t step = 0; step < ARRAY_SIZE(steps); step++)
        for (int rank = steps[step].from_rank; rank >= steps[step].to_rank; rank--)
            for (size_t i = all->count; i-- > 0;) {
                if (total_width(all, level, ascii) <= w)
                    return;
                if (all->segment[i].rank == rank && level[i] > steps[step].to)
                    level[i] = steps[step].to;
            }
}

static void status_draw(const struct ui *ui, struct canvas *canvas)
{
    struct segments all = {0};
    int level[SEGMENT_MAX] = {0};
    snprintf(add(&all, 7, ROLE_HEADER)->text, 200, "%s cadence", ui->ascii ? "#" : "♪");
    struct segment *name = add(&all, 5, ROLE_TEXT);
    if (ui->source.is_kafka && ui->source.brokers[0]) {
        snprintf(name->text, sizeof name->text, "%.100s at %.90s", ui->source.name,
                 ui->source.brokers);
        snprintf(name->shorter, sizeof name->shorter, "%.60s", ui->source.name);
    } else {
        snprintf(name->text, sizeof name->text, "%s", ui->source.name);
        name->cut = NAME_CUT;
    }
    add_state(&all, ui);
    add_counts(&all, ui);
    for (size_t i = 0; i < all.count; i++)
        level[i] = all.segment[i].text[0] ? 3 : 0;
    fit(&all, level, canvas->w - 1, ui->ascii);
    int x = 1;
    for (size_t i = 0; i < all.count; i++)
        if (level[i])
            x += 3 + canvas_text(
                         canvas, x, 0, shown_width(&all.segment[i], level[i], ui->ascii),
                         all.segment[i].role, str_of(shown(&all.segment[i], level[i])));
}

/* ---- the headline ---- */

enum headline {
    HEADLINE_WHOLE,
    HEADLINE_BRIEF,
    HEADLINE_LEAST,
    HEADLINE_FIGURES,
    HEADLINE_ROUND
};

/* The same in fewer words, for narrow screens. */
static void headline_text(const struct snapshot *s, enum headline form, char *out,
                          size_t size)
{
    char zones[64], weeks[32], users[FIGURE_SIZE], plays[FIGURE_SIZE], hours[32];
    const char *listeners = s->summary.users == 1 ? "listener" : "listeners";
    const char *played = s->summary.plays == 1 ? "play" : "plays";
    zones_brief(s->zones, zones, sizeof zones);
    weeks_brief(&s->filter, s, weeks, sizeof weeks);
    figure_count(s->summary.users, users);
    figure_count(s->summary.plays, plays);
    snapshot_hours(s, hours);
    if (form == HEADLINE_WHOLE)
        snapshot_headline(s, out, size);
    else if (form == HEADLINE_BRIEF)
        snprintf(out, size, "%s, %s: %s %s, %s %s, %s hours of music.", zones, weeks,
                 users, listeners, plays, played, hours);
    else if (form == HEADLINE_LEAST)
        snprintf(out, size, "%s, %s: %s %s, %s %s, %s h", zones, weeks, users, listeners,
                 plays, played, hours);
    else if (form == HEADLINE_FIGURES)
        snprintf(out, size, "%s %s, %s %s, %s h", users, listeners, plays, played, hours);
    else
        snprintf(out, size, "%s %s, %s %s, %s h",
                 figure_short((double)s->summary.users, users), listeners,
                 figure_short((double)s->summary.plays, plays), played,
                 figure_short(s->summary.hours, zones));
}

static void headline_draw(const struct ui *ui, struct canvas *canvas, int y)
{
    const struct snapshot *s = ui_snapshot(ui);
    char text[400];
    enum headline form = HEADLINE_WHOLE;
    if (s->input.plays == 0)
        return;
    do
        headline_text(s, form, text, sizeof text);
    while (text_width(str_of(text), ui->ascii) > canvas->w - 2 &&
           form++ < HEADLINE_ROUND);
    canvas_text(canvas, 1, y, canvas->w - 2, ROLE_STRONG, str_of(text));
}

int header_height(const struct ui *ui)
{
    return ui->h >= 40 ? 4 : ui->h >= 20 ? 3 : 2;
}

/* Below the headline if there is room, else in its place for some seconds. */
void header_draw(struct ui *ui, struct canvas *canvas)
{
    int height = header_height(ui);
    char news[400];
    bool has_news = news_text(ui, news, sizeof news);
    status_draw(ui, canvas);
    chips_draw(ui, canvas, 1);
    if (height > 2 && (height > 3 || !has_news || !ui->news.shown))
        headline_draw(ui, canvas, 2);
    if (has_news && (height > 3 || (height > 2 && ui->news.shown)))
        canvas_text(canvas, 1, height - 1, canvas->w - 2, ROLE_NEW, str_of(news));
}
