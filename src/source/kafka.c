/* The Kafka source on the loop: librdkafka's threads wake it through one uv_async_t, and
 * a timer looks in on it anyway, for librdkafka signals only a queue that turns from
 * empty to filled and a group throws out members that do not ask. */
#include "kafka.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TICK_MS 100
/* A refused login may be the broker's own start: its users may not be loaded yet. */
#define REFUSED_FOR_MS 3000
#define THROTTLE_MS 3000 /* what a quota has held back is answered within */
#define SCOUT_MS 100     /* an answer is waited for on leaving */

void kafka_say(struct kafka *k, enum message_kind kind, const char *format, ...)
{
    char sentence[400];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (strncmp(sentence, k->told, sizeof k->told - 1) == 0)
        return;
    snprintf(k->told, sizeof k->told, "%.159s", sentence);
    sink_message(k->source.sink, kind, sentence);
}

void kafka_fail(struct kafka *k, const char *sentence)
{
    if (k->ended || k->stopping)
        return;
    k->ended = true;
    snprintf(k->failure, sizeof k->failure, "%.299s", sentence);
    kafka_flush(k);
    sink_fail(k->source.sink, sentence);
}

void kafka_set_down(struct kafka *k, const char *why)
{
    if (kafka_is_throttled(k)) /* it may let a question run into its time limit */
        return;
    if (why != k->why && *why)
        snprintf(k->why, sizeof k->why, "%s", why);
    if (k->down)
        return;
    uv_timeval64_t clock;
    uv_gettimeofday(&clock);
    k->down = true;
    k->down_ms = uv_hrtime() / 1000000;
    k->stale = rd_kafka_queue_length(k->queue);
    k->down_at_s = clock.tv_sec;
    kafka_scout_hurry(k);
    if (k->refused && !k->connected)
        return; /* the final word follows at once */
    kafka_say(k, MESSAGE_WARNING, "Kafka: no broker of %s answers (%s); trying again",
              k->brokers, k->why);
}

void kafka_set_up(struct kafka *k)
{
    bool again = k->down && k->connected;
    uint64_t for_s = (uv_hrtime() / 1000000 - k->down_ms) / 1000;
    bool was_down = k->down;
    k->connected = true;
    k->down = false;
    k->refused = RD_KAFKA_RESP_ERR_NO_ERROR;
    k->why[0] = '\0';
    if (was_down)
        k->unreached[0] = '\0';
    if (again)
        kafka_say(k, MESSAGE_INFO, "Kafka: connected again after %" PRIu64 " s", for_s);
    else if (was_down)
        kafka_say(k, MESSAGE_INFO, "Kafka: connected to %s", k->brokers);
}

/* Once it has worked, the same settings will work again: that is an outage like others.
 */
static void refused(struct kafka *k, const char *sentence, rd_kafka_resp_err_t err)
{
    snprintf(k->why, sizeof k->why, "%s", sentence);
    k->refused = err;
    kafka_set_down(k, k->why);
}

static const char *advice_for(const struct kafka *k)
{
    /* Kafka 4 checks what these libraries get wrong, and then speaks of credentials. */
    if (strstr(k->why, "SCRAM") && rd_kafka_version() < 0x02060100)
        return "librdkafka before 2.6.1 cannot log in to Kafka 4 with SCRAM: use a newer "
               "one, or "
               "sasl.mechanism=PLAIN; else check sasl.username and sasl.password";
    return k->refused == RD_KAFKA_RESP_ERR__SSL
               ? "check security.protocol, ssl.ca.location and the names in the broker's "
                 "certificate"
               : "check sasl.username, sasl.password, sasl.mechanism and "
                 "security.protocol";
}

/* librdkafka repeats an error only every half minute, so the clock decides when a refusal
 * is final. */
static void give_up_when_refused(struct kafka *k)
{
    char full[500];
    if (!k->refused || k->connected ||
        uv_now(k->source.loop) - k->started_ms < REFUSED_FOR_MS)
        return;
    snprintf(full, sizeof full, "Kafka: %s; %s (-X, --kafka-config or the environment)",
             k->why, advice_for(k));
    kafka_fail(k, full);
}

void kafka_trouble(struct kafka *k, rd_kafka_resp_err_t err, const char *detail)
{
    char sentence[260], full[300], reason[400];
    if (k->failure[0])
        return; /* librdkafka goes on trying */
    bool fatal = err == RD_KAFKA_RESP_ERR__FATAL;
    if (fatal) {
        err = rd_kafka_fatal_error(k->rk, reason, sizeof reason);
        detail = reason;
    }
    enum kafka_trouble trouble = fatal ? TROUBLE_FATAL : kafka_error_trouble(err, detail);
    kafka_error_sentence(err, detail, sentence, sizeof sentence);
    if (k->connected) /* it has worked as it is */
        kafka_error_drop_hint(sentence);
    snprintf(full, sizeof full, "Kafka: %s", sentence);
    switch (trouble) {
    case TROUBLE_BROKER:
        snprintf(k->unreached, sizeof k->unreached, "%s", sentence);
        if (!kafka_error_has_hint(k->why) || kafka_error_has_hint(sentence))
            snprintf(k->why, sizeof k->why, "%s", sentence);
        break;
    case TROUBLE_ALL_DOWN:
        kafka_set_down(k, k->why[0] ? k->why : sentence);
        break;
    case TROUBLE_REFUSED:
        refused(k, sentence, err);
        break;
    case TROUBLE_FORBIDDEN: /* of a topic the scout tells, and the others are read */
        if (k->grouped && err != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
            kafka_fail(k, full);
        break;
    case TROUBLE_FATAL:
        kafka_fail(k, full);
        break;
    case TROUBLE_PASSING:
        kafka_say(k, MESSAGE_WARNING, "%s", full);
        break;
    case TROUBLE_TOPIC: /* the scout will tell, with the topic's name */
    case TROUBLE_POSITION:
        break;
    }
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
    (void)rk;
    kafka_trouble(opaque, (rd_kafka_resp_err_t)err, reason);
}

static void on_throttle(rd_kafka_t *rk, const char *broker, int32_t id, int ms,
                        void *opaque)
{
    struct kafka *k = opaque;
    (void)rk, (void)broker, (void)id;
    k->throttled_ms = ms > 0 ? uv_now(k->source.loop) + (uint64_t)ms : 0;
}

bool kafka_is_throttled(const struct kafka *k)
{
    return k->throttled_ms && uv_now(k->source.loop) < k->throttled_ms + THROTTLE_MS;
}

/* What librdkafka logs is told as errors too; the log itself is for those who asked with
 * -X debug=. Nothing goes to standard error behind the screen's back. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility,
                   const char *text)
{
    struct kafka *k = rd_kafka_opaque(rk);
    (void)level;
    if (k && k->debug && !k->stopping)
        kafka_say(k, MESSAGE_WARNING, "Kafka debug: %s: %s", facility, text);
}

/* A report that lacks a topic is not the one that was asked for. */
static void finish_when_done(struct kafka *k)
{
    char full[400];
    if (k->ended || k->message_at < k->message_count || !kafka_places_done(k))
        return;
    for (size_t i = 0; i < k->topics; i++)
        if (kafka_topic_forbidden(k->topic[i])) {
            snprintf(full, sizeof full,
                     "Kafka: without topic %.249s, for want of permission to read it",
                     k->topic[i]->name);
            kafka_fail(k, full);
            return;
        }
    kafka_flush(k);
    k->ended = true;
    sink_end(k->source.sink);
}

static void turn(struct kafka *k)
{
    if (k->stopping)
        return;
    rd_kafka_poll(k->rk, 0);
    kafka_read(k);
    if (k->grouped)
        kafka_group_tick(k);
    finish_when_done(k);
}

static void on_wake(uv_async_t *wake)
{
    turn(wake->data);
}

static void on_timer(uv_timer_t *timer)
{
    struct kafka *k = timer->data;
    turn(k);
    kafka_status_tick(k);
    kafka_course_tick(k);
    give_up_when_refused(k);
    if (!k->stopping && uv_now(k->source.loop) >= k->scout_due_ms)
        kafka_scout_send(k);
}

/* On one of librdkafka's threads. */
static void on_queue(rd_kafka_t *rk, void *opaque)
{
    struct kafka *k = opaque;
    (void)rk;
    uv_async_send(&k->wake);
}

static void read_topics(struct kafka *k)
{
    static const char *const usual[] = {"listen_events"};
    const char *const *name = k->config->topic_count ? k->config->topics : usual;
    size_t count = k->config->topic_count ? k->config->topic_count : 1;
    k->pattern = mem_zalloc(count * sizeof *k->pattern);
    k->pattern_text = mem_zalloc(count * sizeof *k->pattern_text);
    for (size_t i = 0; i < count; i++) {
        if (name[i][0] != '^') {
            if (!kafka_topic_find(k, name[i]))
                kafka_topic_add(k, name[i], true);
        } else if (regcomp(&k->pattern[k->patterns], name[i], REG_EXTENDED | REG_NOSUB) ==
                   0) {
            k->pattern_text[k->patterns++] = name[i];
        }
    }
}

/* Some settings librdkafka checks only now, and those of TLS with OpenSSL's words. */
static int refuse(const char *detail, char *error, size_t size)
{
    char sentence[300];
    rd_kafka_resp_err_t err = rd_kafka_last_error();
    kafka_error_sentence(err, detail, sentence, sizeof sentence);
    snprintf(error, size, "Kafka setting: %s", sentence);
    return err == RD_KAFKA_RESP_ERR__INVALID_ARG ? SOURCE_MISUSED : -1;
}

static int open_client(struct kafka *k, char *error, size_t size)
{
    rd_kafka_conf_t *conf;
    char detail[300];
    size_t n = sizeof k->brokers;
    if (kafka_range_parse(k->config, &k->range, error, size) < 0 ||
        kafka_conf_new(k->config, &conf, error, size) < 0)
        return -1;
    k->debug = kafka_conf_has(conf, "debug", "");
    if (rd_kafka_conf_get(conf, "bootstrap.servers", k->brokers, &n) != RD_KAFKA_CONF_OK)
        snprintf(k->brokers, sizeof k->brokers, "the brokers");
    rd_kafka_conf_set_opaque(conf, k);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_throttle_cb(conf, on_throttle);
    if (k->grouped) {
        rd_kafka_conf_set_rebalance_cb(conf, kafka_group_rebalance);
        rd_kafka_conf_set_offset_commit_cb(conf, kafka_group_committed);
    }
    k->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, detail, sizeof detail);
    if (!k->rk) {
        int rc = refuse(detail, error, size);
        rd_kafka_conf_destroy(conf);
        return rc;
    }
    rd_kafka_set_log_queue(k->rk, NULL);
    k->fetch_dozes = !kafka_conf_has(rd_kafka_conf(k->rk), "fetch.queue.backoff.ms", "");
    return 0;
}

static void open_handles(struct kafka *k)
{
    uv_async_init(k->source.loop, &k->wake, on_wake);
    uv_timer_init(k->source.loop, &k->timer);
    k->wake.data = k->timer.data = k;
    k->open_handles = 2;
    k->main_queue = rd_kafka_queue_get_main(k->rk);
    k->queue =
        k->grouped ? rd_kafka_queue_get_consumer(k->rk) : rd_kafka_queue_new(k->rk);
    rd_kafka_queue_cb_event_enable(k->main_queue, on_queue, k);
    rd_kafka_queue_cb_event_enable(k->queue, on_queue, k);
    uv_timer_start(&k->timer, on_timer, TICK_MS, TICK_MS);
    k->started_ms = uv_now(k->source.loop);
    kafka_scout_send(k);
}

static int start(struct source *source, char *error, size_t size)
{
    struct kafka *k = (struct kafka *)source;
    k->grouped = k->config->group != NULL;
    int rc = open_client(k, error, size);
    if (rc < 0)
        return rc;
    read_topics(k);
    if (k->grouped && kafka_group_join(k, error, size) < 0)
        return -1;
    open_handles(k);
    return 0;
}

static void resume(struct source *source)
{
    struct kafka *k = (struct kafka *)source;
    if (k->open_handles && !k->stopping)
        uv_async_send(&k->wake);
}

static void on_closed(uv_handle_t *handle)
{
    struct kafka *k = handle->data;
    k->open_handles--;
}

static void leave(struct kafka *k)
{
    if (k->left)
        return;
    k->left = true;
    if (k->grouped)
        kafka_group_leave(k);
    uv_timer_stop(&k->timer);
    uv_close((uv_handle_t *)&k->timer, on_closed);
    uv_close((uv_handle_t *)&k->wake, on_closed);
}

static void counted(struct source *source, uint64_t mark)
{
    struct kafka *k = (struct kafka *)source;
    if (!k->grouped || !mark || k->left)
        return;
    kafka_group_counted(k, mark);
    if (k->stopping && k->marks == 0)
        leave(k);
}

/* A member of a group goes when the blocks on their way have been counted, so that what
 * it reports is what it commits; at the latest when it is freed. */
static void stop(struct source *source)
{
    struct kafka *k = (struct kafka *)source;
    if (!k->open_handles || k->stopping)
        return;
    kafka_status_last_word(k);
    k->stopping = true;
    kafka_scout_cancel(k);
    rd_kafka_queue_cb_event_enable(k->queue, NULL, NULL);
    rd_kafka_queue_cb_event_enable(k->main_queue, NULL, NULL);
    if (k->block)
        sink_return(k->source.sink, k->block);
    k->block = NULL;
    while (k->message_at < k->message_count)
        rd_kafka_message_destroy(k->message[k->message_at++]);
    if (!k->grouped || k->marks == 0)
        leave(k);
}

/* False: the client is still on its way down. */
static bool close_client(struct kafka *k)
{
    for (size_t i = 0; i < k->parts && !k->grouped; i++)
        if (k->part[i].reading)
            rd_kafka_consume_stop(k->part[i].topic->handle, k->part[i].partition);
    kafka_group_free(k);
    kafka_parts_free(k);
    if (k->queue)
        rd_kafka_queue_destroy(k->queue);
    if (k->main_queue)
        rd_kafka_queue_destroy(k->main_queue);
    if (k->indestructible)
        kafka_client_abandon();
    return !k->rk || (!k->indestructible && kafka_client_destroy(k->rk));
}

/* The scout's thread may have our client in its hands, waiting for an answer that comes
 * behind that to a fetch in vain, or never. False: it is left behind. */
static bool scout_is_back(struct kafka *k)
{
    uint64_t end_ns = uv_hrtime() + SCOUT_MS * (uint64_t)1000000;
    while (k->job && uv_hrtime() < end_ns) {
        uv_run(k->source.loop, UV_RUN_NOWAIT);
        uv_sleep(1);
    }
    return !k->job;
}

static void free_source(struct source *source)
{
    struct kafka *k = (struct kafka *)source;
    if (!k)
        return;
    if (k->open_handles)
        leave(k);
    while (k->open_handles)
        uv_run(k->source.loop, UV_RUN_NOWAIT);
    if (!scout_is_back(k))
        kafka_client_abandon();
    else if (close_client(k))
        free(k); /* else it may still call us */
}

struct source *source_new_kafka(const struct kafka_config *config)
{
    static const struct source_ops ops = {
        .start = start,
        .resume = resume,
        .counted = counted,
        .status = kafka_status,
        .stop = stop,
        .free = free_source,
    };
    struct kafka *k = mem_zalloc(sizeof *k);
    k->source.ops = &ops;
    k->config = config;
    return &k->source;
}
