/* What can be told of settings before there is a client, in words that say what to do:
 * librdkafka passes over much of it, and waits for ever. */
#include "kafka.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* librdkafka passes over a broker whose scheme it does not know, or that is another than
 * security.protocol, and waits for the others for ever. */
static int check_scheme(const char *broker, size_t n, const char *protocol, char *error,
                        size_t size)
{
    static const char *const known[] = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"};
    const char *end = memmem(broker, n, "://", 3);
    if (!end)
        return 0;
    size_t length = (size_t)(end - broker);
    bool is_known = false;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        is_known |= strlen(known[i]) == length && !strncasecmp(broker, known[i], length);
    if (!is_known)
        snprintf(error, size,
                 "Kafka: brokers are HOST:PORT, or begin with plaintext://, ssl://, "
                 "sasl_plaintext:// or sasl_ssl://, not with %.*s://",
                 (int)length, broker);
    else if (strlen(protocol) != length || strncasecmp(broker, protocol, length) != 0)
        snprintf(error, size, "Kafka: %.*s, but security.protocol is %s", (int)n, broker,
                 protocol);
    else
        return 0;
    return -1;
}

/* librdkafka takes 99999 for 34463, and a word for 0. As it does, it takes the last colon
 * for a port's if it is the only one, or follows an address in brackets. */
static int check_port(const char *broker, size_t n, char *error, size_t size)
{
    const char *scheme = memmem(broker, n, "://", 3), *end = broker + n;
    const char *host = scheme ? scheme + 3 : broker;
    const char *colon = memrchr(host, ':', (size_t)(end - host));
    if (!colon || (memchr(host, ':', (size_t)(colon - host)) && colon[-1] != ']'))
        return 0;
    const char *p = colon + 1;
    long port = 0;
    while (p < end && isdigit((unsigned char)*p) && port <= UINT16_MAX)
        port = port * 10 + *p++ - '0';
    if (port >= 1 && port <= UINT16_MAX && (p == end || *p == ' ' || *p == '/'))
        return 0;
    snprintf(error, size, "Kafka: %.*s: a port is a number from 1 to 65535", (int)n,
             broker);
    return -1;
}

static int check_broker(const char *broker, size_t n, const char *protocol, char *error,
                        size_t size)
{
    if (memchr(broker, '\\', n)) { /* Java's way to write a colon in a file */
        snprintf(error, size, "Kafka: broker %.*s: a host has no backslash", (int)n,
                 broker);
        return -1;
    }
    return check_scheme(broker, n, protocol, error, size) < 0
               ? -1
               : check_port(broker, n, error, size);
}

static int check_brokers(const rd_kafka_conf_t *conf, char *error, size_t size)
{
    char protocol[32] = "";
    size_t n = sizeof protocol, length = 0;
    int rc = 0;
    rd_kafka_conf_get(conf, "security.protocol", protocol, &n);
    rd_kafka_conf_get(conf, "bootstrap.servers", NULL, &length);
    char *list = mem_zalloc(length + 1);
    if (length)
        rd_kafka_conf_get(conf, "bootstrap.servers", list, &length);
    const char *broker = list + strspn(list, ", ");
    if (!*broker) {
        snprintf(error, size,
                 "Kafka: which broker? Use --kafka HOST:PORT, or set bootstrap.servers");
        rc = -1;
    }
    for (; rc == 0 && *broker; broker += strspn(broker, ", ")) {
        n = strcspn(broker, ",");
        rc = check_broker(broker, n, protocol, error, size);
        broker += n;
    }
    free(list);
    return rc;
}

/* What librdkafka says of a file that is not there is OpenSSL's "system lib". */
static int check_files(const rd_kafka_conf_t *conf, char *error, size_t size)
{
    static const char *const names[] = {"ssl.ca.location", "ssl.certificate.location",
                                        "ssl.key.location", "ssl.keystore.location"};
    char protocol[32] = "", path[4096];
    size_t n = sizeof protocol;
    rd_kafka_conf_get(conf, "security.protocol", protocol, &n);
    for (size_t i = 0; strstr(protocol, "ssl") && i < ARRAY_SIZE(names); i++) {
        n = sizeof path;
        if (rd_kafka_conf_get(conf, names[i], path, &n) != RD_KAFKA_CONF_OK || !path[0] ||
            strcmp(path, "probe") == 0 || access(path, R_OK) == 0)
            continue;
        snprintf(error, size, "Kafka setting (%s): %.200s: %s", names[i], path,
                 strerror(errno));
        return -1;
    }
    return 0;
}

bool kafka_conf_has(const rd_kafka_conf_t *conf, const char *name, const char *want)
{
    char value[512] = "";
    size_t n = sizeof value;
    return rd_kafka_conf_get(conf, name, value, &n) == RD_KAFKA_CONF_OK && value[0] &&
           strcasestr(value, want) != NULL;
}

/* Of Kerberos, which is what a login is by when nothing is said, librdkafka tells what
 * its command lacks; for a token that nobody fetches it waits for ever. */
static int check_login(const rd_kafka_conf_t *conf, char *error, size_t size)
{
    if (!kafka_conf_has(conf, "security.protocol", "sasl"))
        return 0;
    if (kafka_conf_has(conf, "sasl.mechanism", "GSSAPI") &&
        kafka_conf_has(conf, "sasl.kerberos.kinit.cmd", "{sasl.kerberos.keytab}") &&
        !kafka_conf_has(conf, "sasl.kerberos.keytab", ""))
        snprintf(error, size,
                 "Kafka: the login is by Kerberos (GSSAPI) unless sasl.mechanism is set, "
                 "as to PLAIN; Kerberos needs sasl.kerberos.keytab");
    else if (kafka_conf_has(conf, "sasl.mechanism", "OAUTHBEARER") &&
             !kafka_conf_has(conf, "sasl.oauthbearer.method", "oidc") &&
             !kafka_conf_has(conf, "enable.sasl.oauthbearer.unsecure.jwt", "true"))
        snprintf(error, size,
                 "Kafka: OAUTHBEARER needs a token: set sasl.oauthbearer.method=oidc and "
                 "the properties that go with it");
    else
        return 0;
    return -1;
}

int kafka_conf_check(const rd_kafka_conf_t *conf, char *error, size_t size)
{
    int rc = check_brokers(conf, error, size);
    if (rc == 0)
        rc = check_files(conf, error, size);
    if (rc == 0)
        rc = check_login(conf, error, size);
    return rc;
}

/* Kafka's rule for names: 1..249 of letters, digits, '.', '_' and '-'. */
static int check_topic(const char *name, char *error, size_t size)
{
    if (*name == '^') {
        regex_t regex;
        int rc = regcomp(&regex, name, REG_EXTENDED | REG_NOSUB);
        char detail[200];
        if (rc == 0) {
            regfree(&regex);
            return 0;
        }
        regerror(rc, &regex, detail, sizeof detail);
        snprintf(error, size, "--topic %s is no pattern: %s", name, detail);
        return -1;
    }
    size_t n = strlen(name);
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        snprintf(error, size, "--topic %s: no topic can have this name", name);
        return -1;
    }
    if (n >= 1 && n <= 249 && strspn(name, allowed) == n)
        return 0;
    snprintf(error, size,
             "--topic %s: a topic's name has letters, digits, '.', '_' and '-'; "
             "a pattern begins with ^",
             name);
    return -1;
}

int kafka_config_check(const struct kafka_config *config, char *error, size_t size)
{
    struct kafka_range range;
    rd_kafka_conf_t *conf;
    for (size_t i = 0; i < config->topic_count; i++)
        if (check_topic(config->topics[i], error, size) < 0)
            return -1;
    if (kafka_range_parse(config, &range, error, size) < 0 ||
        kafka_conf_new(config, &conf, error, size) < 0)
        return -1;
    rd_kafka_conf_destroy(conf);
    return 0;
}
