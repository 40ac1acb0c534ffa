/* Makes, grows and deletes topics for the tests, gives rights to them and fills them in
 * transactions: Kafka's own tools take a second each to start.
 *
 *   admin BROKERS create TOPIC PARTITIONS REPLICAS [config=value]...
 *   admin BROKERS grow TOPIC PARTITIONS
 *   admin BROKERS delete TOPIC
 *   admin BROKERS allow TOPIC USER READ|DESCRIBE
 *   admin BROKERS transact TOPIC commit|abort         lines from standard input */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
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

static const char *acl_error(const rd_kafka_event_t *event)
{
    size_t count;
    const rd_kafka_acl_result_t **results = rd_kafka_CreateAcls_result_acls(
        rd_kafka_event_CreateAcls_result((rd_kafka_event_t *)(uintptr_t)event), &count);
    for (size_t i = 0; i < count; i++)
        if (rd_kafka_acl_result_error(results[i]))
            return rd_kafka_error_string(rd_kafka_acl_result_error(results[i]));
    return NULL;
}

static const char *answer_error(rd_kafka_event_t *event)
{
    size_t count = 0;
    if (!event)
        return "no answer";
    if (rd_kafka_event_error(event))
        return rd_kafka_event_error_string(event);
    if (rd_kafka_event_CreateAcls_result(event))
        return acl_error(event);
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

static int allow(rd_kafka_t *rk, rd_kafka_queue_t *queue, char **arg)
{
    char error[300], user[200];
    snprintf(user, sizeof user, "User:%s", arg[1]);
    rd_kafka_AclBinding_t *acl = rd_kafka_AclBinding_new(
        RD_KAFKA_RESOURCE_TOPIC, arg[0], RD_KAFKA_RESOURCE_PATTERN_LITERAL, user, "*",
        strcmp(arg[2], "READ") == 0 ? RD_KAFKA_ACL_OPERATION_READ
                                    : RD_KAFKA_ACL_OPERATION_DESCRIBE,
        RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, error, sizeof error);
    if (!acl)
        return fail("allow", error);
    rd_kafka_CreateAcls(rk, &acl, 1, NULL, queue);
    rd_kafka_AclBinding_destroy(acl);
    return 0;
}

/* One transaction, of a producer of its own. */
static int end_transaction(rd_kafka_t *rk, const char *how)
{
    rd_kafka_error_t *error = NULL;
    rd_kafka_flush(rk, ANSWER_MS);
    error = strcmp(how, "commit") == 0 ? rd_kafka_commit_transaction(rk, ANSWER_MS)
                                       : rd_kafka_abort_transaction(rk, ANSWER_MS);
    return error ? fail(how, rd_kafka_error_string(error)) : 0;
}

/* Not by rd_kafka_producev: its macros use an extension of C that clang refuses. */
static bool send_line(rd_kafka_t *rk, const char *topic, char *line, size_t len)
{
    const rd_kafka_vu_t message[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {line, len}},
    };
    rd_kafka_error_t *failed =
        rd_kafka_produceva(rk, message, sizeof message / sizeof *message);
    if (failed)
        rd_kafka_error_destroy(failed);
    return !failed;
}

static int transact(const char *brokers, const char *topic, const char *how)
{
    char error[300], *line = NULL;
    size_t cap = 0;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
    rd_kafka_conf_set(conf, "transactional.id", topic, NULL, 0);
    rd_kafka_conf_set(conf, "partitioner", "random", NULL, 0);
    rd_kafka_conf_set(conf, "sticky.partitioning.linger.ms", "0", NULL, 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!rk)
        return fail("client", error);
    if (rd_kafka_init_transactions(rk, ANSWER_MS) || rd_kafka_begin_transaction(rk))
        return fail("transact", "cannot begin");
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;)
        if (!send_line(rk, topic, line, (size_t)n - (line[n - 1] == '\n')))
            return fail("transact", "cannot produce");
    free(line);
    int rc = end_transaction(rk, how);
    rd_kafka_destroy(rk);
    return rc;
}

int main(int argc, char **argv)
{
    char error[300];
    if (argc < 4)
        return fail("usage", "admin BROKERS create|grow|delete|allow|transact TOPIC ...");
    if (strcmp(argv[2], "transact") == 0 && argc == 5)
        return transact(argv[1], argv[3], argv[4]);
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
    else if (strcmp(argv[2], "allow") == 0 && argc == 6)
        rc = allow(rk, queue, argv + 3);
    else if (strcmp(argv[2], "delete") == 0)
        delete_topic(rk, queue, argv[3]);
    else
        rc = fail("usage", "admin BROKERS create|grow|delete|allow|transact TOPIC ...");
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
