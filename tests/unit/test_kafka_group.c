/* The Kafka source in a consumer group, against librdkafka's mock cluster: committing,
 * leaving, what goes on when the group changes. */
#include "../../src/source/kafka.h"
#include "kafka_fixture.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define COOPERATIVE "partition.assignment.strategy=cooperative-sticky"
/* The mock lets a group's next member wait as long as a session may be silent. */
#define SESSION_MS "5000"

/* Another consumer of the group than ours. */
static rd_kafka_t *consumer_new(const struct mock *mock, const char *group)
{
    char error[300];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const char *const set[][2] = {{"bootstrap.servers", mock->brokers},
                                  {"group.id", group},
                                  {"partition.assignment.strategy", "cooperative-sticky"},
                                  {"session.timeout.ms", SESSION_MS},
                                  {"heartbeat.interval.ms", "1000"}};
    for (size_t i = 0; i < ARRAY_SIZE(set); i++)
        assert_int_equal(
            rd_kafka_conf_set(conf, set[i][0], set[i][1], error, sizeof error),
            RD_KAFKA_CONF_OK);
    rd_kafka_conf_set_log_cb(conf, quiet);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    assert_non_null(rk);
    return rk;
}

static int64_t committed(const struct mock *mock, const char *group, const char *topic)
{
    rd_kafka_t *rk = consumer_new(mock, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0);
    assert_int_equal(rd_kafka_committed(rk, list, LIMIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
    int64_t offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
    return offset;
}

/* Another group for each try: the mock lets a group's next member wait for a long time.
 */
static void test_group_commits_what_is_counted(void **state)
{
    static const char *const topic = "shared";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 200, 0);
    config.group = "counting";
    sink_init(&sink, &config);
    sink_run(&sink);
    assert_numbers(&sink, 0, 200);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "counting", topic), 200);
    config.group = "reading";
    sink_init(&sink, &config);
    sink.count_marks = 0;
    sink_run(&sink);
    assert_numbers(&sink, 0, 200);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "reading", topic), RD_KAFKA_OFFSET_INVALID);
}

/* In the middle of a stream: not a line less than was counted is committed, nor one more.
 */
static void test_group_commits_up_to_the_last_block(void **state)
{
    static const char *const topic = "halfway";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 3000, PADDED);
    config.group = "halfway";
    sink_init(&sink, &config);
    sink.count_marks = 3;
    sink_run(&sink);
    assert_numbers(&sink, 0, 3000);
    assert_in_range(sink.counted_lines, 3, 2900);
    sink_fini(&sink);
    assert_int_equal(committed(*state, "halfway", topic), sink.counted_lines);
}

#define SYNC_GROUP 14
#define JOINS_MS 5000 /* the mock takes its time: it needs 3 s and more */
#define JOINED 7

/* What the program does when it is called with brokers. */
static int join_for_a_while(const char *brokers)
{
    const struct mock there = {.brokers = brokers}, *mock = &there;
    static const char *const topic = "stranded";
    static const char *const property = COOPERATIVE;
    struct kafka_config config = config_of(mock, &topic);
    struct sink sink;
    config.group = "stranded";
    config.properties = &property;
    config.property_count = 1;
    sink_init(&sink, &config);
    sink.run_ms = JOINS_MS;
    alarm(60);
    sink_run(&sink);
    sink_fini(&sink);
    return JOINED; /* what is left behind leaves the exit code alone */
}

/* Taken in by the group, but no assignment ever came: librdkafka would abort. In a
 * program of its own, whose end is looked at: a copy of this one would have its locks as
 * its threads held them. */
static void test_leaving_a_group_that_never_gave_anything(void **state)
{
    rd_kafka_resp_err_t errors[20];
    struct mock *mock = *state;
    int status;
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
        errors[i] = RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
    rd_kafka_mock_topic_create(mock->cluster, "stranded", 1, 1);
    rd_kafka_mock_push_request_errors_array(mock->cluster, SYNC_GROUP, ARRAY_SIZE(errors),
                                            errors);
    char *const arguments[] = {"test_kafka_group", (char *)(uintptr_t)mock->brokers,
                               NULL};
    pid_t child;
    assert_int_equal(
        posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), JOINED);
}

/* Taken away and given back within a block: its mark stands for what was read since. */
static void test_a_claim_is_of_one_assignment(void **state)
{
    struct kafka_topic topic = {.name = NULL};
    struct kafka_part part = {.topic = &topic, .epoch = 1, .next = 5, .counted = -1};
    struct kafka member = {.part = &part, .parts = 1};
    (void)state;
    kafka_group_touch(&member, &part);
    part.epoch++;
    part.next = 3;
    kafka_group_touch(&member, &part);
    part.next = 4;
    kafka_group_touch(&member, &part);
    kafka_group_counted(&member, kafka_group_claim(&member));
    assert_int_equal(part.counted, 4);
    kafka_group_free(&member);
}

/* ---- listening in: these stand before librdkafka's own ---- */

/* No answer: as when the group has ended before it is asked. */
static bool group_is_silent;

const char *rd_kafka_rebalance_protocol(rd_kafka_t *rk)
{
    const char *(*next)(rd_kafka_t *);
    librdkafka("rd_kafka_rebalance_protocol", &next, sizeof next);
    return group_is_silent ? NULL : next(rk);
}

static void test_leaving_a_group_that_is_silent(void **state)
{
    static const char *const topic = "silent";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    make_numbers(*state, topic, 1, 50, 0);
    config.group = topic;
    sink_init(&sink, &config);
    sink_run(&sink);
    group_is_silent = true;
    sink_fini(&sink);
    group_is_silent = false;
    assert_int_equal(committed(*state, topic, topic), 50);
}

/* The last list that was sought with. */
static rd_kafka_topic_partition_list_t *sought;

rd_kafka_error_t *rd_kafka_seek_partitions(rd_kafka_t *rk,
                                           rd_kafka_topic_partition_list_t *partitions,
                                           int timeout_ms)
{
    rd_kafka_error_t *(*next)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
    librdkafka("rd_kafka_seek_partitions", &next, sizeof next);
    if (sought)
        rd_kafka_topic_partition_list_destroy(sought);
    sought = rd_kafka_topic_partition_list_copy(partitions);
    return next(rk, partitions, timeout_ms);
}

struct other { /* member of the group, once all has been read */
    struct sink *sink;
    const struct mock *mock;
    rd_kafka_t *rk;
    int lines;
};

static rd_kafka_t *join_cooperatively(const struct mock *mock, const char *group,
                                      const char *topic)
{
    rd_kafka_t *rk = consumer_new(mock, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_poll_set_consumer(rk);
    assert_int_equal(rd_kafka_subscribe(rk, list), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
    return rk;
}

static int partitions_of(rd_kafka_t *rk)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    assert_int_equal(rd_kafka_assignment(rk, &list), RD_KAFKA_RESP_ERR_NO_ERROR);
    int n = list->cnt;
    rd_kafka_topic_partition_list_destroy(list);
    return n;
}

static void on_other(uv_timer_t *timer)
{
    struct other *other = timer->data;
    if (!other->rk && other->sink->counted_lines == other->lines)
        other->rk = join_cooperatively(other->mock, "changing", "changing");
    rd_kafka_message_t *message = other->rk ? rd_kafka_consumer_poll(other->rk, 0) : NULL;
    if (message)
        rd_kafka_message_destroy(message);
    /* librdkafka 2.0.2 aborts when the other is destroyed with nothing assigned. */
    if (sought && partitions_of(other->rk))
        uv_stop(&other->sink->loop);
}

/* When a group changes, what a cooperative member keeps goes on at the member's own
 * place: librdkafka 2.8 may go on one message too far. */
static void test_what_is_kept_goes_on_where_we_are(void **state)
{
    enum { PARTITIONS = 4, EACH = 25 };
    static const char *const topic = "changing";
    static const char *const property[] = {
        COOPERATIVE, ("session.timeout.ms=" SESSION_MS), "heartbeat.interval.ms=1000"};
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    struct other other = {.sink = &sink, .mock = *state, .lines = PARTITIONS * EACH};
    uv_timer_t timer;
    make_numbers(*state, topic, PARTITIONS, other.lines, 0);
    config.until = NULL;
    config.group = topic;
    config.properties = property;
    config.property_count = ARRAY_SIZE(property);
    sink_init(&sink, &config);
    uv_timer_init(&sink.loop, &timer);
    timer.data = &other;
    uv_timer_start(&timer, on_other, 10, 10);
    sink_run(&sink);
    assert_non_null(sought);
    assert_in_range(sought->cnt, 1, PARTITIONS - 1);
    for (int i = 0; i < sought->cnt; i++)
        assert_int_equal(sought->elems[i].offset, EACH);
    assert_numbers(&sink, 0, other.lines);
    rd_kafka_topic_partition_list_destroy(sought);
    sought = NULL;
    rd_kafka_consumer_close(other.rk);
    rd_kafka_destroy(other.rk);
    uv_close((uv_handle_t *)&timer, NULL);
    sink_fini(&sink);
}

static void on_fence(uv_timer_t *timer)
{
    const struct sink *sink = timer->data;
    rd_kafka_test_fatal_error(((struct kafka *)sink->source)->rk,
                              RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "as by a broker");
    uv_close((uv_handle_t *)timer, NULL);
}

/* What ends a client comes to a member within its messages, not as others' does. */
static void test_a_fenced_member_says_why(void **state)
{
    static const char *const topic = "fence";
    struct kafka_config config = config_of(*state, &topic);
    struct sink sink;
    uv_timer_t timer = {.data = &sink};
    make_numbers(*state, topic, 1, 10, 0);
    config.until = NULL;
    config.group = "fence";
    sink_init(&sink, &config);
    uv_timer_init(&sink.loop, &timer);
    uv_timer_start(&timer, on_fence, 500, 0);
    sink_run(&sink);
    assert_true(sink.failed);
    assert_string_equal(sink.said,
                        "Kafka: another member took this one's group.instance.id");
    sink_fini(&sink);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return join_for_a_while(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_group_commits_what_is_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_group_commits_up_to_the_last_block, setup,
                                        teardown),
        cmocka_unit_test(test_a_claim_is_of_one_assignment),
        cmocka_unit_test_setup_teardown(test_leaving_a_group_that_never_gave_anything,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaving_a_group_that_is_silent, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_kept_goes_on_where_we_are, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_fenced_member_says_why, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
