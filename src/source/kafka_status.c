/* What the person is shown: state, rates, lag, and when the backlog will be gone. */
#include "kafka.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define RATE_MS 500
#define RATE_MEMORY_S 4.0 /* a rate forgets half of a change in about 3 s */
#define BEHIND_S 2.0      /* a lag of less than this much reading is live */
#define BEHIND_MESSAGES 1000
#define NAG_MS 5000

int64_t kafka_part_lag(const struct kafka_part *part)
{
    if (part->end < 0 || part->next < 0)
        return -1;
    return part->end > part->next ? part->end - part->next : 0;
}

/* Of what was measured for `for_s`, not longer than there is memory: the first figures
 * are means, so that a rate need not climb to where it is. */
static double smooth(double old, double now, double dt_s, double for_s)
{
    double memory_s = for_s < RATE_MEMORY_S ? for_s : RATE_MEMORY_S;
    return old + dt_s / (dt_s + memory_s) * (now - old);
}

/* The newest end that fetching has seen; the scout's are up to some seconds older. But
 * what fetching sees is the high watermark, and while a transaction is open a reader of
 * what is committed ends before it: then only the scout's end is one. */
static void refresh_end(struct kafka *k, struct kafka_part *part)
{
    if (!part->reading || part->next < 0 || part->transactional || !part->high_is_end)
        return;
    int64_t high = kafka_part_high(k, part);
    if (high > part->end)
        part->end = high;
}

static void fill_row(struct partition_row *row, const struct kafka_part *part)
{
    memset(row, 0, sizeof *row);
    snprintf(row->topic, sizeof row->topic, "%.63s", part->topic->name);
    row->partition = part->partition;
    row->leader = part->leader;
    row->offset = part->next;
    row->end = part->end;
    row->lag = kafka_part_lag(part);
    row->rate = part->rate;
    if (part->silent)
        snprintf(row->note, sizeof row->note, "leader %d does not answer", part->leader);
    else
        snprintf(row->note, sizeof row->note, "%s",
                 part->headless ? "no leader" : part->note);
}

/* Of what was deleted only a topic that is waited for keeps its rows: they ask to be
 * looked at first, and where days come and go as topics there would be ever more. */
static bool is_shown(const struct kafka *k, const struct kafka_part *part)
{
    if (part->gone && !(part->topic->missing && part->topic->named))
        return false;
    return !k->grouped || part->reading;
}

static void fill_rows(struct kafka *k, struct source_status *out)
{
    k->row = mem_grow(k->row, &k->row_cap, k->parts + 1, sizeof *k->row);
    for (size_t i = 0; i < k->parts; i++)
        if (is_shown(k, &k->part[i]))
            fill_row(&k->row[out->partitions++], &k->part[i]);
    out->partition = k->row;
}

static void fill_lag(struct kafka *k, struct source_status *out)
{
    double inflow = 0;
    bool known = true;
    uv_timeval64_t clock;
    uv_gettimeofday(&clock);
    out->lag = -1;
    out->lag_s = out->catch_up_s = -1;
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        int64_t lag = kafka_part_lag(part);
        double lag_s = kafka_course_lag_s(k, part, clock.tv_sec * 1000);
        if (!is_shown(k, part))
            continue;
        out->lag_open =
            out->lag_open || (lag < 0 && !part->gone) || (part->silent && !part->done);
        if (lag < 0)
            continue;
        out->lag = (out->lag < 0 ? 0 : out->lag) + lag;
        inflow += part->inflow;
        known = known && lag_s >= 0;
        if (lag_s > out->lag_s)
            out->lag_s = lag_s;
    }
    if (out->lag < 0)
        return;
    out->lag_open = out->lag_open || k->down; /* what was added since, nobody knows */
    if (!known || out->lag_open)
        out->lag_s = -1;
    if (out->lag_open)
        return;
    if (out->lag == 0)
        out->catch_up_s = 0;
    else if (k->rate > 0 && k->pace - inflow > 1e-3)
        out->catch_up_s = (double)out->lag / (k->pace - inflow);
}

static void append(char *text, size_t size, const char *word)
{
    size_t n = strlen(text);
    snprintf(text + n, size - n, "%s", word);
}

static void fill_name(const struct kafka *k, struct source_status *out)
{
    const char *between = "kafka:";
    for (size_t i = 0; i < k->patterns; i++, between = ",") {
        append(out->name, sizeof out->name, between);
        append(out->name, sizeof out->name, k->pattern_text[i]);
    }
    for (size_t i = 0; i < k->topics; i++) {
        if (!k->topic[i]->named)
            continue;
        append(out->name, sizeof out->name, between);
        append(out->name, sizeof out->name, k->topic[i]->name);
        between = ",";
    }
    if (k->grouped) {
        append(out->name, sizeof out->name, " group ");
        append(out->name, sizeof out->name, k->config->group);
    }
}

/* A topic that fitted a pattern and was deleted is not waited for. */
static const struct kafka_topic *troubled_topic(const struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++) {
        const struct kafka_topic *topic = k->topic[i];
        if (topic->missing ? topic->named : topic->trouble || topic->unreadable)
            return topic;
    }
    return NULL;
}

/* Partitions that cannot be read just now. */
struct cut_off {
    size_t count, silent; /* silent: they have a leader, but it does not answer */
    int32_t leader;       /* of the silent ones, -1 more than one */
};

static struct cut_off cut_off(const struct kafka *k)
{
    struct cut_off cut = {0};
    for (size_t i = 0; i < k->parts; i++) {
        const struct kafka_part *part = &k->part[i];
        if (!is_shown(k, part) || part->done || part->topic->missing ||
            !(part->headless || part->silent))
            continue;
        cut.count++;
        if (!part->silent)
            continue;
        cut.leader = cut.silent == 0 || cut.leader == part->leader ? part->leader : -1;
        cut.silent++;
    }
    return cut;
}

/* The address that did not work is most of the answer: it may be one that the broker
 * tells its clients, and nobody can reach. */
static void note_unreached(const struct kafka *k, struct source_status *out)
{
    size_t n = strlen(out->note);
    if (k->unreached[0])
        snprintf(out->note + n, sizeof out->note - n, " (%s)", k->unreached);
}

static void note_cut_off(const struct cut_off *cut, struct source_status *out)
{
    size_t n = (size_t)snprintf(out->note, sizeof out->note, "%zu of %zu partitions ",
                                cut->count, out->partitions);
    char *rest = out->note + n;
    size_t room = sizeof out->note - n;
    if (cut->silent == 0)
        snprintf(rest, room, "without a leader");
    else if (cut->silent == cut->count && cut->leader >= 0)
        snprintf(rest, room, "whose leader %d does not answer", cut->leader);
    else
        snprintf(rest, room, "without a leader that answers");
}

static void note_down(const struct kafka *k, struct source_status *out)
{
    struct tm tm;
    time_t since = (time_t)k->down_at_s;
    char clock[16] = "";
    if (localtime_r(&since, &tm))
        strftime(clock, sizeof clock, "%H:%M:%S", &tm);
    snprintf(out->note, sizeof out->note, "no broker since %s: %s", clock, k->why);
}

/* Reading begins at a time that has not come, in any partition. */
static bool is_early(const struct kafka *k)
{
    bool early = false;
    for (size_t i = 0; i < k->parts; i++) {
        if (k->part[i].reading && !k->part[i].early)
            return false;
        early = early || k->part[i].reading;
    }
    return early;
}

static bool is_any_there(const struct kafka *k)
{
    for (size_t i = 0; i < k->topics; i++)
        if (!k->topic[i]->missing)
            return true;
    return false;
}

static void note_topic(const struct kafka_topic *topic, struct source_status *out)
{
    if (kafka_topic_forbidden(topic))
        snprintf(out->note, sizeof out->note, "no access to topic %s", topic->name);
    else
        snprintf(out->note, sizeof out->note, "waiting for topic %s%s", topic->name,
                 topic->missing ? ", which does not exist" : "");
}

static void fill_note(const struct kafka *k, const struct kafka_topic *troubled,
                      const struct cut_off *cut, struct source_status *out)
{
    bool idle = k->grouped && out->partitions == 0;
    if (troubled)
        note_topic(troubled, out);
    else if (cut->count)
        note_cut_off(cut, out);
    else if (k->patterns && out->partitions == 0 && !is_any_there(k))
        snprintf(out->note, sizeof out->note, "no topic fits the pattern");
    else if (k->revoked || idle)
        snprintf(out->note, sizeof out->note, "%s",
                 k->left_out ? "joining the group again"
                             : "the group has given us no partitions yet");
    else if (is_early(k))
        snprintf(out->note, sizeof out->note, "nothing yet of the time of --from %s",
                 k->config->from);
    else if (kafka_is_throttled(k))
        snprintf(out->note, sizeof out->note, "the broker holds us back, by a quota");
    if (cut->silent || idle)
        note_unreached(k, out);
}

static void fill_state(const struct kafka *k, struct source_status *out)
{
    const struct kafka_topic *troubled = troubled_topic(k);
    struct cut_off cut = cut_off(k);
    out->state = SOURCE_LIVE;
    if (k->ended) {
        out->state = k->failure[0] ? SOURCE_FAILED : SOURCE_ENDED;
        snprintf(out->note, sizeof out->note, "%s", k->failure);
        return;
    }
    if (k->down) {
        out->state = SOURCE_DOWN;
        note_down(k, out);
        return;
    }
    if (!k->connected) {
        out->state = SOURCE_STARTING;
        snprintf(out->note, sizeof out->note, "connecting");
        return;
    }
    fill_note(k, troubled, &cut, out);
    if (out->partitions == 0 || (troubled && out->lag <= 0 && k->topics == 1) ||
        (cut.count && cut.count == out->partitions))
        out->state = SOURCE_WAITING;
    else if (out->lag > BEHIND_MESSAGES && (double)out->lag > BEHIND_S * k->pace)
        out->state = SOURCE_CATCHING_UP;
}

void kafka_status(struct source *source, struct source_status *out)
{
    struct kafka *k = (struct kafka *)source;
    memset(out, 0, sizeof *out);
    out->is_kafka = true;
    out->bytes = k->bytes;
    out->bytes_total = -1;
    out->tombstones = k->tombstones;
    out->lost = k->lost;
    out->messages_s = k->rate;
    snprintf(out->brokers, sizeof out->brokers, "%s", k->brokers);
    fill_name(k, out);
    fill_rows(k, out);
    fill_lag(k, out);
    fill_state(k, out);
}

/* Why something cannot be read that is wanted; "" when all can. */
static void waits_for(struct kafka *k, char *out, size_t size)
{
    struct source_status status;
    kafka_status(&k->source, &status);
    bool waits = status.state == SOURCE_STARTING || status.state == SOURCE_WAITING ||
                 status.state == SOURCE_DOWN || cut_off(k).count > 0;
    snprintf(out, size, "%s", waits && !k->ended ? status.note : "");
}

/* Whoever waits without a screen hears about it, twice as seldom each time. */
static void nag(struct kafka *k, uint64_t now)
{
    char why[SOURCE_NOTE];
    waits_for(k, why, sizeof why);
    if (!*why) {
        k->waits_ms = 0;
        k->unreached[0] = '\0';
    } else if (!k->waits_ms) {
        k->waits_ms = now;
        k->nag_ms = now + NAG_MS;
    } else if (now >= k->nag_ms) {
        kafka_say(k, MESSAGE_WARNING, "Kafka: after %" PRIu64 " s still %s",
                  (now - k->waits_ms) / 1000, why);
        k->nag_ms = now + (now - k->waits_ms);
    }
}

void kafka_status_last_word(struct kafka *k)
{
    char why[SOURCE_NOTE];
    waits_for(k, why, sizeof why);
    if (*why)
        kafka_say(k, MESSAGE_WARNING, "Kafka: left; still %s", why);
}

/* What is shown is what came in the last two seconds, as the events a second beside it.
 */
static void measure_rates(struct kafka *k, uint64_t now)
{
    size_t at = k->rates % RATE_STEPS, oldest = k->rates < RATE_STEPS ? 0 : at;
    double window_s = k->rates ? (double)(now - k->was_ms[oldest]) / 1000 : 0;
    k->rate = window_s > 0 ? (double)(k->messages - k->was[oldest]) / window_s : 0;
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        part->rate =
            window_s > 0 ? (double)(part->messages - part->was[oldest]) / window_s : 0;
        part->was[at] = part->messages;
    }
    k->was[at] = k->messages;
    k->was_ms[at] = now;
    k->rates++;
}

/* What says how long catching up takes must not jump. */
static void measure_paces(struct kafka *k, double dt)
{
    double for_s = k->pace_s;
    k->pace = smooth(k->pace, (double)(k->messages - k->messages_then) / dt, dt, for_s);
    k->pace_s += k->connected ? dt : 0;
    k->messages_then = k->messages;
    for (size_t i = 0; i < k->parts; i++) {
        struct kafka_part *part = &k->part[i];
        refresh_end(k, part);
        if (part->end >= 0 && part->end_then >= 0)
            part->inflow = smooth(part->inflow, (double)(part->end - part->end_then) / dt,
                                  dt, for_s);
        part->end_then = part->end;
    }
}

void kafka_status_tick(struct kafka *k)
{
    uint64_t now = uv_now(k->source.loop);
    if (now - k->rate_ms < RATE_MS)
        return;
    nag(k, now);
    if (k->rate_ms)
        measure_paces(k, (double)(now - k->rate_ms) / 1000);
    measure_rates(k, now);
    k->rate_ms = now;
}
