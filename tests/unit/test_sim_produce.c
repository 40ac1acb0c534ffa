/* The Kafka producer against librdkafka's mock cluster: what arrives is what was sent,
 * keys and all, and what cannot be delivered is told. */
#include "cadence/produce.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define MESSAGES 2000
#define USERS 50
#define PRODUCE_REQUEST 0

struct cluster {
    rd_kafka_t *handle;
    rd_kafka_mock_cluster_t *mock;
    const char *brokers;
};

static struct cluster cluster_new(void)
{
    char error[256];
    struct cluster cluster;
    cluster.handle =
        rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof error);
    assert_non_null(cluster.handle);
    cluster.mock = rd_kafka_mock_cluster_new(cluster.handle, 1);
    assert_non_null(cluster.mock);
    cluster.brokers = rd_kafka_mock_cluster_bootstraps(cluster.mock);
    rd_kafka_mock_topic_create(cluster.mock, "listen_events", 3, 1);
    return cluster;
}

static void cluster_free(struct cluster *cluster)
{
    rd_kafka_mock_cluster_destroy(cluster->mock);
    rd_kafka_destroy(cluster->handle);
}

static struct produce *producer_new(const struct cluster *cluster)
{
    static const char *const topics[] = {"other", "listen_events"};
    static const char *const properties[] = {"linger.ms=5", "message.timeout.ms=3000"};
    const struct produce_config config = {
        .brokers = cluster->brokers,
        .topic = topics,
        .topics = 2,
        .property = properties,
        .properties = 2,
    };
    char error[256];
    struct produce *produce = produce_new(&config, error, sizeof error);
    if (!produce)
        fail_msg("%s", error);
    return produce;
}

static int send_one(struct produce *produce, unsigned user, unsigned n, char *error,
                    size_t size)
{
    char key[16], value[64];
    int k = snprintf(key, sizeof key, "%u", user),
        v = snprintf(value, sizeof value, "{\"n\":%u}", n);
    return produce_send(produce, 1, (struct str){key, (size_t)k},
                        (struct str){value, (size_t)v}, error, size);
}

static rd_kafka_t *consumer_new(const char *brokers)
{
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error);
    rd_kafka_conf_set(conf, "group.id", "test", error, sizeof error);
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    assert_non_null(consumer);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(3);
    for (int32_t p = 0; p < 3; p++)
        rd_kafka_topic_partition_list_add(list, "listen_events", p)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    assert_int_equal(rd_kafka_assign(consumer, list), 0);
    rd_kafka_topic_partition_list_destroy(list);
    return consumer;
}

/* Each user's messages are in one partition, in order. */
static void everything_arrives_by_user(void **state)
{
    (void)state;
    char error[256];
    struct cluster cluster = cluster_new();
    struct produce *produce = producer_new(&cluster);
    for (unsigned n = 0; n < MESSAGES; n++)
        assert_int_equal(send_one(produce, n % USERS, n, error, sizeof error), 0);
    assert_int_equal(produce_flush(produce, 20000, error, sizeof error), 0);
    struct produce_counts counts;
    produce_counts(produce, &counts);
    assert_true(counts.sent == MESSAGES && counts.delivered == MESSAGES &&
                counts.failed == 0);
    produce_free(produce);

    rd_kafka_t *consumer = consumer_new(cluster.brokers);
    int partition_of[USERS], last_of[USERS];
    unsigned got = 0, partitions = 0;
    memset(partition_of, -1, sizeof partition_of);
    memset(last_of, -1, sizeof last_of);
    for (int empty = 0; got < MESSAGES && empty < 30;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 500);
        empty += message == NULL;
        if (message && !message->err) {
            char key[16] = "", value[64] = "";
            unsigned user, n;
            memcpy(key, message->key, message->key_len);
            memcpy(value, message->payload, message->len);
            assert_int_equal(sscanf(key, "%u", &user), 1);
            assert_int_equal(sscanf(value, "{\"n\":%u}", &n), 1);
            assert_int_equal(n % USERS, user);
            assert_true(partition_of[user] < 0 ||
                        partition_of[user] == message->partition);
            assert_true((int)n > last_of[user]);
            partition_of[user] = message->partition;
            last_of[user] = (int)n;
            partitions |= 1u << message->partition;
            got++;
        }
        if (message)
            rd_kafka_message_destroy(message);
    }
    assert_int_equal(got, MESSAGES);
    assert_int_equal(partitions, 7);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    cluster_free(&cluster);
}

static void failed_deliveries_are_told(void **state)
{
    (void)state;
    char error[256] = "";
    struct cluster cluster = cluster_new();
    struct produce *produce = producer_new(&cluster);
    rd_kafka_mock_push_request_errors(cluster.mock, PRODUCE_REQUEST, 1,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_int_equal(send_one(produce, 1, 1, error, sizeof error), 0);
    assert_int_equal(produce_flush(produce, 10000, error, sizeof error), -1);
    assert_non_null(
        strstr(error, "could not be delivered: Broker: Topic authorization failed"));
    struct produce_counts counts;
    produce_counts(produce, &counts);
    assert_true(counts.sent == 1 && counts.delivered == 0 && counts.failed == 1);
    produce_free(produce);
    cluster_free(&cluster);
}

static void wrong_properties_are_refused(void **state)
{
    (void)state;
    static const char *const properties[] = {"no.such.property=1"};
    static const char *const topics[] = {"t"};
    const struct produce_config config = {"127.0.0.1:9", topics, 1, properties, 1};
    char error[256] = "";
    assert_null(produce_new(&config, error, sizeof error));
    assert_non_null(strstr(error, "no.such.property"));
}

static void a_broker_that_is_not_there_is_not_reached(void **state)
{
    (void)state;
    static const char *const topics[] = {"t"};
    const struct produce_config config = {"127.0.0.1:9", topics, 1, NULL, 0};
    char error[256] = "";
    struct produce *produce = produce_new(&config, error, sizeof error);
    assert_int_equal(produce_reach(produce, 200, error, sizeof error), -1);
    assert_true(error[0]);
    produce_free(produce);
}

static void a_broker_that_is_there_is_reached(void **state)
{
    (void)state;
    struct cluster cluster = cluster_new();
    char error[256] = "";
    struct produce *produce = producer_new(&cluster);
    assert_int_equal(produce_reach(produce, 5000, error, sizeof error), 0);
    produce_free(produce);
    cluster_free(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_arrives_by_user),
        cmocka_unit_test(failed_deliveries_are_told),
        cmocka_unit_test(wrong_properties_are_refused),
        cmocka_unit_test(a_broker_that_is_not_there_is_not_reached),
        cmocka_unit_test(a_broker_that_is_there_is_reached),
    };
    return cmocka_run_group_tests_name("sim_produce", tests, NULL, NULL);
}
