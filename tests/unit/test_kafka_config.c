/* What the command line, a file and the environment say of Kafka; troubles as sentences.
 */
#include "../../src/source/kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct sink {
    int unused;
};

/* The source needs a sink to link; nothing is read here. */
struct block *sink_room(struct sink *sink)
{
    (void)sink;
    return NULL;
}

void sink_push(struct sink *sink, struct block *block)
{
    (void)sink, (void)block;
}

void sink_return(struct sink *sink, struct block *block)
{
    (void)sink, (void)block;
}

void sink_end(struct sink *sink)
{
    (void)sink;
}

int64_t sink_event_time(struct sink *sink, const char *lines, size_t len)
{
    (void)sink, (void)lines, (void)len;
    return -1;
}

void sink_message(struct sink *sink, enum message_kind kind, const char *sentence)
{
    (void)sink, (void)kind, (void)sentence;
}

void sink_fail(struct sink *sink, const char *sentence)
{
    (void)sink, (void)sentence;
}

void block_reserve(struct block *block, size_t bytes)
{
    (void)block, (void)bytes;
}

static int check_properties(const char **properties, size_t count, char *error)
{
    struct kafka_config config = {
        .brokers = "h:1", .properties = properties, .property_count = count};
    error[0] = '\0';
    return kafka_config_check(&config, error, 300);
}

static int check(const char *from, const char *until, const char *property, char *error)
{
    struct kafka_config config = {
        .brokers = "localhost:9092", .from = from, .until = until};
    config.properties = &property;
    config.property_count = property ? 1 : 0;
    error[0] = '\0';
    return kafka_config_check(&config, error, 300);
}

static void test_places(void **state)
{
    char error[300];
    struct kafka_range range;
    (void)state;
    static const char *const good[] = {
        "beginning",  "end", "-10", "@1704067200000", "@2024-01-01T00:00:00Z",
        "@2024-01-01"};
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_int_equal(check(good[i], NULL, NULL, error), 0);
    static const char *const bad[] = {
        "",      "start", "10",          "-0",
        "-1x",   "@",     "@yesterday",  "@2024-13-01",
        "@2024", "@ 5",   "@2024-02-31", "-99999999999999999999"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(check(bad[i], NULL, NULL, error), -1);
        assert_non_null(strstr(error, "--from"));
    }
    assert_int_equal(check(NULL, "never", NULL, error), -1);
    assert_int_equal(check("@2024-05-04", "@2024-05-03", NULL, error), -1);
    assert_string_equal(error, "--until @2024-05-03 is not after --from @2024-05-04");
    struct kafka_config config = {.from = "-7", .until = "@1704067200"};
    assert_int_equal(kafka_range_parse(&config, &range, error, sizeof error), 0);
    assert_int_equal(range.from, KAFKA_FROM_LAST);
    assert_int_equal(range.from_value, 7);
    assert_int_equal(range.until_ms, 1704067200000);
}

static void test_times(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"1704067200000", 1704067200000},
                {"1704067200", 1704067200000},
                {"2024-01-01", 1704067200000},
                {"2024-01-01T00:00:00Z", 1704067200000},
                {"2024-01-01 02:00:00+02:00", 1704067200000},
                {"2023-12-31T19:00-0500", 1704067200000},
                {"2024-01-01T00:00:00.250Z", 1704067200250},
                {"2024-02-29T00:00", 1709164800000},
                {"2016-12-31T23:59:60Z", 1483228800000},
                {"2024-1-1", 1704067200000}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        int64_t ms = 0;
        assert_true(kafka_time_parse(good[i].text, &ms));
        assert_int_equal(ms, good[i].ms);
    }
    static const char *const bad[] = {"",
                                      "x",
                                      "2024-00-01",
                                      "2024-01-01T25:00",
                                      "2024-01-01T00:00:00+2",
                                      "2024-01-01junk",
                                      " 5",
                                      "+5",
                                      "2024-02-31",
                                      "2023-02-29",
                                      "2024-04-31T10:00",
                                      "2024-01-01T-5:00",
                                      "2024-01-01T10:+5",
                                      "2024- 1-01",
                                      "2024-01-01T00:00+ 2:00",
                                      "2024-01-01T00:00.5",
                                      "-5"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        int64_t ms = 0;
        assert_false(kafka_time_parse(bad[i], &ms));
    }
}

static void test_properties(void **state)
{
    char error[300];
    (void)state;
    assert_int_equal(check(NULL, NULL, "client.id=me", error), 0);
    assert_int_equal(check(NULL, NULL, "no.such.thing=1", error), -1);
    assert_non_null(strstr(error, "no.such.thing"));
    assert_int_equal(check(NULL, NULL, "client.id", error), -1);
    assert_int_equal(check(NULL, NULL, "group.id=x", error), -1);
    assert_non_null(strstr(error, "--group"));
    assert_int_equal(check(NULL, NULL, "enable.auto.commit=true", error), -1);
    struct kafka_config nothing = {0};
    assert_int_equal(kafka_config_check(&nothing, error, sizeof error), -1);
    assert_non_null(strstr(error, "--kafka"));
    const char *topics[] = {"^("};
    struct kafka_config pattern = {.brokers = "b", .topics = topics, .topic_count = 1};
    assert_int_equal(kafka_config_check(&pattern, error, sizeof error), -1);
    static const char *const no_names[] = {"a b", ".", "..", ""};
    for (size_t i = 0; i < ARRAY_SIZE(no_names); i++) {
        topics[0] = no_names[i];
        assert_int_equal(kafka_config_check(&pattern, error, sizeof error), -1);
    }
}

static int check_brokers(const char *brokers, const char *protocol, char *error)
{
    struct kafka_config config = {.brokers = brokers, .properties = &protocol};
    config.property_count = protocol ? 1 : 0;
    error[0] = '\0';
    return kafka_config_check(&config, error, 300);
}

static void test_schemes(void **state)
{
    char error[300];
    (void)state;
    assert_int_equal(check_brokers("h:1,plaintext://g:2, PLAINTEXT://i", NULL, error), 0);
    assert_int_equal(check_brokers("ssl://h:1", "security.protocol=SSL", error), 0);
    assert_int_equal(check_brokers("[::1]:9092,h", NULL, error), 0);
    assert_int_equal(check_brokers("h:1,http://g:2", NULL, error), -1);
    assert_non_null(strstr(error, "not with http://"));
    assert_int_equal(check_brokers("ssl://h:1,g:2", NULL, error), -1);
    assert_non_null(strstr(error, "ssl://h:1, but security.protocol is plaintext"));
}

static void test_ports(void **state)
{
    static const char *const good[] = {
        "h:1", "h:65535 ,g", "[::1]:9092", "::1", "[::1]", "plaintext://h:9092/p", ",h"};
    static const char *const bad[] = {
        "h:0", "h:65536", "h:99999",  "h:kafka",         "h:9092x",
        "h:",  "[::1]:x", "g:1,h:-1", "plaintext://h:x", "h:99999999999999999999999"};
    char error[300];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_int_equal(check_brokers(good[i], NULL, error), 0);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(check_brokers(bad[i], NULL, error), -1);
        assert_non_null(strstr(error, "a port is a number from 1 to 65535"));
    }
    assert_int_equal(check_brokers(", ,", NULL, error), -1);
    assert_non_null(strstr(error, "which broker?"));
}

/* Those that are not used may be anything. */
static void test_files(void **state)
{
    const char *properties[] = {"security.protocol=ssl",
                                "ssl.ca.location=/nowhere/ca.pem"};
    char error[300];
    (void)state;
    assert_int_equal(check_properties(properties, 2, error), -1);
    assert_string_equal(error, "Kafka setting (ssl.ca.location): /nowhere/ca.pem: No "
                               "such file or directory");
    properties[0] = "security.protocol=plaintext";
    assert_int_equal(check_properties(properties, 2, error), 0);
    properties[0] = "security.protocol=ssl";
    properties[1] = "ssl.ca.location=/tmp"; /* a folder may be */
    assert_int_equal(check_properties(properties, 2, error), 0);
}

static void test_logins(void **state)
{
    const char *properties[] = {"security.protocol=sasl_ssl", "client.id=x",
                                "client.id=x"};
    char error[300];
    (void)state;
    assert_int_equal(check_properties(properties, 3, error), -1);
    assert_non_null(strstr(error, "unless sasl.mechanism is set"));
    properties[1] = "sasl.kerberos.keytab=/etc/krb5.keytab";
    assert_int_equal(check_properties(properties, 3, error), 0);
    properties[1] = "sasl.mechanism=PLAIN";
    assert_int_equal(check_properties(properties, 3, error), 0);
    properties[1] = "sasl.mechanism=OAUTHBEARER";
    assert_int_equal(check_properties(properties, 3, error), -1);
    assert_non_null(strstr(error, "sasl.oauthbearer.method=oidc"));
    properties[2] = "enable.sasl.oauthbearer.unsecure.jwt=true";
    assert_int_equal(check_properties(properties, 3, error), 0);
}

static void property_of(const struct kafka_config *config, const char *name, char *value,
                        size_t size)
{
    rd_kafka_conf_t *conf;
    char error[300];
    assert_int_equal(kafka_conf_new(config, &conf, error, sizeof error), 0);
    assert_int_equal(rd_kafka_conf_get(conf, name, value, &size), RD_KAFKA_CONF_OK);
    rd_kafka_conf_destroy(conf);
}

static bool hides(const struct kafka_config *config, const char *want)
{
    rd_kafka_conf_t *conf;
    char error[300], value[200] = "";
    size_t size = sizeof value;
    assert_int_equal(kafka_conf_new(config, &conf, error, sizeof error), 0);
    bool known =
        rd_kafka_conf_get(conf, "topic.blacklist", value, &size) == RD_KAFKA_CONF_OK;
    rd_kafka_conf_destroy(conf);
    return known && strcmp(value, want) == 0;
}

/* What a group subscribes to by a pattern is not to hold the group's own commits. */
static void test_kafkas_own_topics(void **state)
{
    const char *topics[2] = {"^.*"}, *property = "topic.blacklist=^old";
    struct kafka_config config = {
        .brokers = "b", .topics = topics, .topic_count = 1, .group = "g"};
    (void)state;
    assert_true(hides(&config, "^__"));
    config.properties = &property;
    config.property_count = 1;
    assert_true(hides(&config, "^old"));
    config.property_count = 0;
    config.topic_count = 2;
    topics[1] = "__mine";
    assert_true(hides(&config, "^__consumer_offsets$,^__transaction_state$,"
                               "^__share_group_state$,^__remote_log_metadata$"));
    topics[1] = "^__(trans|cons)";
    assert_true(hides(&config, "^__share_group_state$,^__remote_log_metadata$"));
    topics[1] = "__consumer_offsets";
    assert_true(hides(&config, "^__transaction_state$,^__share_group_state$,"
                               "^__remote_log_metadata$"));
}

/* -X overrules the environment, which overrules the file, which overrules what we think
 * best. */
static void test_order(void **state)
{
    char path[] = "/tmp/cadence-kafka-XXXXXX", value[100], error[300];
    static const char text[] =
        "\xEF\xBB\xBF# comment\n\nbootstrap.servers = b:1\nclient.id=file\n"
        "enable.auto.commit=true\nsasl.username=  u \n";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    struct kafka_config config = {.config_file = path};
    assert_int_equal(kafka_config_load(&config, error, sizeof error), 0);
    property_of(&config, "client.id", value, sizeof value);
    assert_string_equal(value, "file");
    property_of(&config, "enable.auto.commit", value, sizeof value);
    assert_string_equal(value, "false");
    property_of(&config, "sasl.username", value, sizeof value);
    assert_string_equal(value, "u");
    setenv("CADENCE_KAFKA_CLIENT_ID", "environment", 1);
    property_of(&config, "client.id", value, sizeof value);
    assert_string_equal(value, "environment");
    const char *properties[] = {"client.id=option"};
    config.properties = properties;
    config.property_count = 1;
    property_of(&config, "client.id", value, sizeof value);
    assert_string_equal(value, "option");
    unsetenv("CADENCE_KAFKA_CLIENT_ID");
    assert_int_equal(write(fd, "oops\n", 5), 5);
    free(config.config_text);
    assert_int_equal(kafka_config_load(&config, error, sizeof error), 0);
    assert_int_equal(kafka_config_check(&config, error, sizeof error), -1);
    assert_non_null(strstr(error, "line 7"));
    free(config.config_text);
    close(fd);
    unlink(path);
}

static void test_what_is_no_file_of_settings(void **state)
{
    static const char *const bad[] = {"/nowhere/settings",  "No such file", "/",
                                      "Is a directory",     "/dev/zero",    "1 MiB",
                                      "/proc/self/cmdline", "no text"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i += 2) {
        struct kafka_config config = {.config_file = bad[i]};
        char error[300];
        assert_int_equal(kafka_config_load(&config, error, sizeof error), -1);
        assert_non_null(strstr(error, bad[i]));
        assert_non_null(strstr(error, bad[i + 1]));
        assert_null(config.config_text);
    }
}

/* The shortest that a broker takes as it comes, for those whom a group would wait for. */
static void test_sessions(void **state)
{
    static const char *const asked[][2] = {{"group.instance.id=me", "45000"},
                                           {"heartbeat.interval.ms=15000", "45000"},
                                           {"session.timeout.ms=9000", "9000"},
                                           {"client.id=me", "6000"}};
    char value[100];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
        struct kafka_config config = {.brokers = "b",
                                      .group = "g",
                                      .properties = &asked[i][0],
                                      .property_count = 1};
        property_of(&config, "session.timeout.ms", value, sizeof value);
        assert_string_equal(value, asked[i][1]);
    }
}

static void test_secrets(void **state)
{
    char error[300];
    (void)state;
    assert_true(kafka_property_is_secret("ssl.key.password"));
    assert_true(kafka_property_is_secret("sasl.oauthbearer.client.secret=x"));
    assert_false(kafka_property_is_secret("sasl.username=password"));
    check(NULL, NULL, "sasl.password.x=hunter2", error);
    assert_null(strstr(error, "hunter2"));
    check(NULL, NULL, "sasl.password: hunter2==", error); /* Java's way to write it */
    assert_non_null(strstr(error, "sasl.password"));
    assert_null(strstr(error, "hunter2"));
    kafka_error_sentence(RD_KAFKA_RESP_ERR__AUTHENTICATION,
                         "Failed to acquire SASL OAUTHBEARER token: Unrecognized "
                         "sasl.oauthbearer.config beginning at: hunter2 principal=x",
                         error, sizeof error);
    assert_string_equal(error,
                        "the broker refused the login (Failed to acquire SASL "
                        "OAUTHBEARER token: Unrecognized sasl.oauthbearer.config)");
}

/* What librdkafka says where the listener is another than we think. */
static void test_hints(void **state)
{
    static const struct {
        rd_kafka_resp_err_t err;
        const char *detail, *sentence;
    } said[] = {
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "h:9/bootstrap: Disconnected: verify that security.protocol is correctly "
         "configured, broker might require SASL authentication (after 309ms in state UP)",
         "h:9: Disconnected (does it want a login?)"},
        {RD_KAFKA_RESP_ERR__SSL,
         "ssl://h:9/bootstrap: SSL handshake failed: error:0A000126:SSL "
         "routines::unexpected eof while reading (after 5ms in state SSL_HANDSHAKE)",
         "no secure connection (h:9: unexpected eof while reading (is it without TLS?))"},
        {RD_KAFKA_RESP_ERR__SSL,
         "ssl://h:9/bootstrap: SSL handshake failed: error:1408F10B:SSL "
         "routines:ssl3_get_record:wrong version number: connecting to a PLAINTEXT "
         "broker listener? (after 5ms in state SSL_HANDSHAKE)",
         "no secure connection (h:9: wrong version number (is it without TLS?))"},
        {RD_KAFKA_RESP_ERR__SSL,
         "ssl://h:9/bootstrap: SSL handshake failed: error:0A000086:SSL "
         "routines::certificate verify failed: broker certificate could not be "
         "verified, verify that ssl.ca.location is correctly configured or root CA "
         "certificates are installed (install ca-certificates package) (after 5ms in "
         "state SSL_HANDSHAKE)",
         "no secure connection (h:9: certificate verify failed)"},
        {RD_KAFKA_RESP_ERR__AUTHENTICATION,
         "sasl_plaintext://h:9/bootstrap: SASL PLAIN mechanism handshake failed: Broker: "
         "Request not valid in current SASL state: broker's supported mechanisms:  "
         "(after 5ms in state AUTH_HANDSHAKE)",
         "the broker refused the login (h:9: SASL PLAIN mechanism handshake failed (is "
         "it without login?))"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "h:9/bootstrap: Connection setup timed out in state APIVERSION_QUERY (after "
         "5004ms in state APIVERSION_QUERY, 1 identical error(s) suppressed)",
         "h:9: Connection setup timed out"},
    };
    char text[300];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
        kafka_error_sentence(said[i].err, said[i].detail, text, sizeof text);
        assert_string_equal(text, said[i].sentence);
        assert_int_equal(kafka_error_has_hint(text), strstr(text, "?)") != NULL);
    }
    kafka_error_sentence(said[0].err, said[0].detail, text, sizeof text);
    kafka_error_drop_hint(text);
    assert_string_equal(text, "h:9: Disconnected");
}

static void test_sentences(void **state)
{
    char text[300];
    (void)state;
    kafka_error_sentence(
        RD_KAFKA_RESP_ERR__TRANSPORT,
        "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: "
        "Connection refused (after 0ms in state CONNECT)",
        text, sizeof text);
    assert_string_equal(text, "127.0.0.1:9092: Connection refused");
    kafka_error_sentence(
        RD_KAFKA_RESP_ERR__AUTHENTICATION,
        "sasl_plaintext://h:9/bootstrap: SASL authentication error: "
        "Authentication failed: Invalid username or password (after 309ms in "
        "state AUTH_REQ)",
        text, sizeof text);
    assert_string_equal(
        text, "the broker refused the login (h:9: Invalid username or password)");
    kafka_error_sentence(
        RD_KAFKA_RESP_ERR__TRANSPORT,
        "127.0.0.1:9/1: Disconnected while requesting ApiVersion: might be caused by "
        "incorrect security.protocol configuration (connecting to a SSL listener?) or "
        "broker version is < 0.10 (see api.version.request) (after 1ms in state UP)",
        text, sizeof text);
    assert_string_equal(text, "127.0.0.1:9: Disconnected while requesting ApiVersion "
                              "(does it want TLS?)");
    kafka_error_sentence(RD_KAFKA_RESP_ERR__TRANSPORT,
                         "h:9/3: Disconnected (after 1ms in state UP)", text,
                         sizeof text);
    assert_string_equal(text, "h:9: Disconnected");
    kafka_error_sentence(RD_KAFKA_RESP_ERR__RESOLVE,
                         "h:9/bootstrap: Failed to resolve 'h:9': Name or service not "
                         "known (after 3ms in state CONNECT)",
                         text, sizeof text);
    assert_string_equal(text, "h:9: Name or service not known");
    kafka_error_sentence(RD_KAFKA_RESP_ERR__TIMED_OUT,
                         "GroupCoordinator: h:9: 12 request(s) timed out: disconnect "
                         "(average rtt 3.1ms) (after 10025ms in state UP)",
                         text, sizeof text);
    assert_string_equal(text, "no answer in time (h:9)");
    kafka_error_sentence(RD_KAFKA_RESP_ERR__WAIT_COORD, NULL, text, sizeof text);
    assert_string_equal(text, "the group's coordinator does not answer");
    static const char no_kafka[] =
        "h:9/bootstrap: Receive failed: Invalid response size 1213486160 (0..100000000): "
        "increase receive.message.max.bytes";
    kafka_error_sentence(RD_KAFKA_RESP_ERR__BAD_MSG, no_kafka, text, sizeof text);
    assert_string_equal(text, "h:9: what answers is no Kafka broker, or wants TLS "
                              "(security.protocol)");
    assert_int_equal(kafka_error_trouble(RD_KAFKA_RESP_ERR__BAD_MSG, no_kafka),
                     TROUBLE_BROKER);
    kafka_error_sentence(RD_KAFKA_RESP_ERR__TRANSPORT, "a\x1b[2Jb", text, sizeof text);
    assert_null(strchr(text, '\x1b'));
    assert_int_equal(kafka_error_trouble(RD_KAFKA_RESP_ERR__SSL, "Disconnected"),
                     TROUBLE_BROKER);
    assert_int_equal(
        kafka_error_trouble(RD_KAFKA_RESP_ERR__SSL, "certificate verify failed"),
        TROUBLE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_kafkas_own_topics),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_logins),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_what_is_no_file_of_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
