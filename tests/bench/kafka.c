/* The least that reading a topic can cost: librdkafka's simple consumer over all
 * partitions, from the beginning to where they end now, counting messages and doing
 * nothing with them.
 *
 *   kafka BROKERS TOPIC [property=value]...      prints: messages seconds */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 2048
#define ANSWER_MS 10000

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static rd_kafka_t *client(int argc, char **argv)
{
    char error[300];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], NULL, 0);
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (!equals)
            return NULL;
        *equals = '\0';
        if (rd_kafka_conf_set(conf, argv[i], equals + 1, error, sizeof error))
            fprintf(stderr, "kafka: %s\n", error);
    }
    return rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
}

/* Starts every partition; how many messages there are. */
static int64_t start(rd_kafka_t *rk, rd_kafka_topic_t *topic, rd_kafka_queue_t *queue)
{
    const struct rd_kafka_metadata *metadata;
    int64_t total = 0;
    if (rd_kafka_metadata(rk, 0, topic, &metadata, ANSWER_MS))
        return 0;
    for (int p = 0; p < metadata->topics[0].partition_cnt; p++) {
        int64_t low = 0, high = 0;
        rd_kafka_query_watermark_offsets(rk, rd_kafka_topic_name(topic), p, &low, &high,
                                         ANSWER_MS);
        rd_kafka_consume_start_queue(topic, p, RD_KAFKA_OFFSET_BEGINNING, queue);
        total += high - low;
    }
    rd_kafka_metadata_destroy(metadata);
    return total;
}

int main(int argc, char **argv)
{
    static rd_kafka_message_t *message[BATCH];
    double begin = now_s();
    rd_kafka_t *rk = argc >= 3 ? client(argc, argv) : NULL;
    if (!rk) {
        fprintf(stderr, "usage: kafka BROKERS TOPIC [property=value]...\n");
        return 1;
    }
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, argv[2], NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int64_t total = start(rk, topic, queue), read = 0;
    while (read < total) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, 100, message, BATCH);
        for (ssize_t i = 0; i < n; i++) {
            read += message[i]->err == 0;
            rd_kafka_message_destroy(message[i]);
        }
    }
    printf("%lld %.3f\n", (long long)read, now_s() - begin);
    fflush(stdout);
    _Exit(0);
}
