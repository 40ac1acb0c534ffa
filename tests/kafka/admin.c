/* Makes, grows and deletes topics for the tests: Kafka's own tools take a second each to
 * start.
 *
 *   admin BROKERS create TOPIC PARTITIONS REPLICAS [config=value]...
 *   admin BROKERS grow TOPIC PARTITIONS
 *   admin BROKERS delete TOPIC */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 20000

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "admin: %s: %s\n", what, why);
    return 1;
}

/* The first error within the answer; NULL when all went well. */
static const char *topic_error(const rd_kafka_topic_result_t **results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rd_kafka_topic_result_error(results[i]))
            return rd_kafka_topic_result_error_string(results[i]);
    return NULL;
}

static const char *answer_error(rd_kafka_event_t *event)
{
    size_t count = 0;
    if (!event)
        return "no answer";
    if (rd_kafka_event_error(event))
        return rd_kafka_event_error_string(event);
    const rd_kafka_topic_result_t **results = NULL;
    if (rd_kafka_event_CreateTopics_result(event))
        results = rd_kafka_CreateTopics_result_topics(
            rd_kafka_event_CreateTopics_result(event), &count);
    else if (rd_kafka_event_DeleteTopics_result(event))
        results = rd_kafka_DeleteTopics_result_topics(
            rd_kafka_event_DeleteTopics_result(event), &count);
    else if (rd_kafka_event_CreatePartitions_result(event))
        results = rd_kafka_CreatePartitions_result_topics(
            rd_kafka_event_CreatePartitions_result(event), &count);
    return topic_error(results, count);
}

static int create(rd_kafka_t *rk, rd_kafka_queue_t *queue, char **arg, int args)
{
    char error[300];
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(arg[0], atoi(arg[1]), atoi(arg[2]), error, sizeof error);
    if (!topic)
        return fail("create", error);
    for (int i = 3; i < args; i++) {
        char *equals = strchr(arg[i], '=');
        if (!equals)
            return fail("create", "expected config=value");
        *equals = '\0';
        rd_kafka_NewTopic_set_config(topic, arg[i], equals + 1);
    }
    rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
    rd_kafka_NewTopic_destroy(topic);
    return 0;
}

static int grow(rd_kafka_t *rk, rd_kafka_queue_t *queue, char **arg)
{
    char error[300];
    rd_kafka_NewPartitions_t *parts =
        rd_kafka_NewPartitions_new(arg[0], (size_t)atoi(arg[1]), error, sizeof error);
    if (!parts)
        return fail("grow", error);
    rd_kafka_CreatePartitions(rk, &parts, 1, NULL, queue);
    rd_kafka_NewPartitions_destroy(parts);
    return 0;
}

static void delete_topic(rd_kafka_t *rk, rd_kafka_queue_t *queue, const char *name)
{
    rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(name);
    rd_kafka_DeleteTopics(rk, &topic, 1, NULL, queue);
    rd_kafka_DeleteTopic_destroy(topic);
}

int main(int argc, char **argv)
{
    char error[300];
    if (argc < 4)
        return fail("usage", "admin BROKERS create|grow|delete TOPIC ...");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], NULL, 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!rk)
        return fail("client", error);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int rc = 0;
    if (strcmp(argv[2], "create") == 0 && argc >= 6)
        rc = create(rk, queue, argv + 3, argc - 3);
    else if (strcmp(argv[2], "grow") == 0 && argc == 5)
        rc = grow(rk, queue, argv + 3);
    else if (strcmp(argv[2], "delete") == 0)
        delete_topic(rk, queue, argv[3]);
    else
        rc = fail("usage", "admin BROKERS create|grow|delete TOPIC ...");
    if (rc == 0) {
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ANSWER_MS);
        const char *why = answer_error(event);
        rc = why ? fail(argv[2], why) : 0;
        if (event)
            rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
    return rc;
}
