#include "cadence/produce.h"

#include "cadence/mem.h"
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

#define FULL_WAIT_MS 100

struct produce {
    rd_kafka_t *handle;
    rd_kafka_topic_t **topic; /* made when first used */
    char **name;
    size_t topics;
    struct produce_counts counts;
    char trouble[256]; /* why the first delivery failed */
};

/* What librdkafka is told unless the user says otherwise: a bounded queue, so that memory
 * stays small, and an end to retrying, so that a dead cluster is noticed. */
static const struct kafka_setting defaults[] = {
    {"client.id", "cadence-sim"},
    {"queue.buffering.max.messages", "200000"},
    {"queue.buffering.max.kbytes", "65536"},
    {"linger.ms", "20"},
    {"message.timeout.ms", "30000"},
};

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message,
                        void *opaque)
{
    struct produce *produce = opaque;
    (void)handle;
    if (!message->err) {
        produce->counts.delivered++;
        return;
    }
    if (!produce->counts.failed++)
        snprintf(produce->trouble, sizeof produce->trouble, "%s",
                 rd_kafka_err2str(message->err));
}

/* Errors come back through deliveries; librdkafka's own lines would only clutter the
 * terminal. */
static void on_error(rd_kafka_t *handle, int err, const char *reason, void *opaque)
{
    (void)handle;
    (void)err;
    (void)reason;
    (void)opaque;
}

static int set_all(rd_kafka_conf_t *conf, const struct produce_config *config,
                   char *error, size_t size)
{
    int rc = kafka_conf_set_all(conf, defaults, ARRAY_SIZE(defaults), error, size);
    if (rc == 0)
        rc = kafka_conf_set_environment(conf, error, size);
    if (rc == 0)
        rc = kafka_conf_set(conf, "bootstrap.servers", config->brokers, "--kafka", error,
                            size);
    if (rc == 0)
        rc = kafka_conf_set_properties(conf, config->property, config->properties, error,
                                       size);
    return rc;
}

int produce_check(const struct produce_config *config, char *error, size_t size)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int rc = set_all(conf, config, error, size);
    if (rc == 0)
        rc = kafka_conf_check(conf, error, size);
    rd_kafka_conf_destroy(conf);
    return rc;
}

struct produce *produce_new(const struct produce_config *config, char *error, size_t size)
{
    struct produce *produce = mem_zalloc(sizeof *produce);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_opaque(conf, produce);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, NULL);
    if (set_all(conf, config, error, size) != 0) {
        rd_kafka_conf_destroy(conf);
        free(produce);
        return NULL;
    }
    produce->topics = config->topics;
    produce->topic = mem_zalloc(config->topics * sizeof(void *));
    produce->name = mem_zalloc(config->topics * sizeof *produce->name);
    for (size_t i = 0; i < config->topics; i++)
        produce->name[i] = mem_strdup(config->topic[i]);
    produce->handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, size);
    if (!produce->handle) {
        rd_kafka_conf_destroy(conf);
        produce_free(produce);
        return NULL;
    }
    return produce;
}

int produce_reach(struct produce *produce, int wait_ms, char *error, size_t size)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t err =
        rd_kafka_metadata(produce->handle, 0, NULL, &metadata, wait_ms);
    if (!err) {
        rd_kafka_metadata_destroy(metadata);
        return 0;
    }
    snprintf(error, size, "%s", rd_kafka_err2str(err));
    return -1;
}

static int report(const struct produce *produce, char *error, size_t size)
{
    if (!produce->counts.failed)
        return 0;
    snprintf(error, size, "%llu messages could not be delivered: %s",
             (unsigned long long)produce->counts.failed, produce->trouble);
    return -1;
}

int produce_send(struct produce *produce, size_t topic, struct str key, struct str value,
                 char *error, size_t size)
{
    if (!produce->topic[topic])
        produce->topic[topic] =
            rd_kafka_topic_new(produce->handle, produce->name[topic], NULL);
    while (produce->topic[topic] &&
           rd_kafka_produce(produce->topic[topic], RD_KAFKA_PARTITION_UA,
                            RD_KAFKA_MSG_F_COPY, (void *)value.p, value.n, key.p, key.n,
                            NULL) != 0) {
        rd_kafka_resp_err_t err = rd_kafka_last_error();
        if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            snprintf(error, size, "cannot produce to %s: %s", produce->name[topic],
                     rd_kafka_err2str(err));
            return -1;
        }
        rd_kafka_poll(produce->handle, FULL_WAIT_MS);
        if (report(produce, error, size) != 0)
            return -1;
    }
    if (!produce->topic[topic]) {
        snprintf(error, size, "'%s' is no name for a topic", produce->name[topic]);
        return -1;
    }
    if (++produce->counts.sent % 256 == 0)
        rd_kafka_poll(produce->handle, 0);
    return report(produce, error, size);
}

void produce_poll(struct produce *produce, int wait_ms)
{
    rd_kafka_poll(produce->handle, wait_ms);
}

int produce_flush(struct produce *produce, int wait_ms, char *error, size_t size)
{
    rd_kafka_resp_err_t err = rd_kafka_flush(produce->handle, wait_ms);
    if (report(produce, error, size) != 0)
        return -1;
    if (err) {
        snprintf(error, size, "the last messages could not be delivered: %s",
                 rd_kafka_err2str(err));
        return -1;
    }
    return 0;
}

void produce_counts(const struct produce *produce, struct produce_counts *out)
{
    *out = produce->counts;
}

void produce_free(struct produce *produce)
{
    if (!produce)
        return;
    for (size_t i = 0; i < produce->topics; i++) {
        if (produce->topic[i])
            rd_kafka_topic_destroy(produce->topic[i]);
        free(produce->name[i]);
    }
    if (produce->handle) {
        rd_kafka_purge(produce->handle,
                       RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_destroy(produce->handle);
    }
    free(produce->topic);
    free(produce->name);
    free(produce);
}
