/* The settings of the Kafka client: our defaults, then the file, the environment and -X,
 * each overruling the one before, then the few that the program depends on. */
#include "kafka.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ENV_PREFIX "CADENCE_KAFKA_"
#define CONFIG_MAX (1 << 20)

extern char **environ;

/* librdkafka's own defaults serve throughput and patience; a monitor needs to notice a
 * broken connection within seconds and to keep its backlog small. Fetched messages cost
 * about 400 bytes each beside their value, hence a bound in messages and one in bytes. */
static const struct kafka_setting defaults[] = {
    {"client.id", "cadence"},
    {"socket.timeout.ms", "10000"},
    {"socket.connection.setup.timeout.ms", "5000"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.ms", "100"},
    {"reconnect.backoff.max.ms", "1000"},
    {"fetch.wait.max.ms", "250"},
    {"fetch.error.backoff.ms", "250"},
    {"fetch.max.bytes", "2097152"},
    {"queued.min.messages", "30000"},
    {"queued.max.messages.kbytes", "12288"},
    {"topic.metadata.refresh.interval.ms", "10000"},
    {"auto.commit.interval.ms", "500"},
};

/* Newer libraries only; an older one does not know the name. */
static const struct kafka_setting optional[] = {
    {"fetch.queue.backoff.ms", "10"},
};

/* A member that heard nothing of its group for the length of a session joins anew, and
 * the group waits as long again for the one that it was. librdkafka's 45 s would make a
 * minute's outage nearly two; these are the shortest that brokers take unless they are
 * told otherwise, and three heartbeats. */
static const struct kafka_setting membership[] = {
    {"session.timeout.ms", "6000"},
    {"heartbeat.interval.ms", "2000"},
};

/* What the source is built on. */
static const struct kafka_setting fixed[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
    {"allow.auto.create.topics", "false"},
    {"log.queue", "true"},
    {"enabled_events", "0"},
};

static const char *const secrets[] = {"password",    "secret", "token",
                                      "ssl.key.pem", "jaas",   "oauthbearer.config"};

bool kafka_property_is_secret(const char *property)
{
    size_t n = strcspn(property, "=");
    for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
        const char *hit = strcasestr(property, secrets[i]);
        if (hit && (size_t)(hit - property) < n)
            return true;
    }
    return false;
}

char *kafka_property_take(char *property)
{
    char *taken = mem_strdup(property), *value = strchr(property, '=');
    if (value && kafka_property_is_secret(property))
        memset(value + 1, '*', strlen(value + 1));
    return taken;
}

int kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                   const char *where, char *error, size_t size)
{
    char detail[512];
    if (rd_kafka_conf_set(conf, name, value, detail, sizeof detail) == RD_KAFKA_CONF_OK)
        return 0;
    if (kafka_property_is_secret(name))
        snprintf(detail, sizeof detail, "the value of %.*s is not accepted",
                 (int)strcspn(name, ": \t"), name); /* what follows may be the secret */
    detail[strcspn(detail, "\n")] = '\0';
    snprintf(error, size, "Kafka setting (%s): %s", where, detail);
    return -1;
}

int kafka_conf_set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings,
                       size_t count, char *error, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (kafka_conf_set(conf, settings[i].name, settings[i].value, "built in", error,
                           size) < 0)
            return -1;
    return 0;
}

static bool is_fixed(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        if (strcmp(fixed[i].name, name) == 0)
            return true;
    return strcmp(name, "group.id") == 0;
}

/* A setting of the person's. Those that would break what the source promises are refused;
 * a file may be shared with other clients, so there they are passed over. */
static int set_asked(rd_kafka_conf_t *conf, const char *name, const char *value,
                     const char *where, char *error, size_t size)
{
    if (is_fixed(name) && strncmp(where, "file ", 5) == 0)
        return 0;
    if (is_fixed(name)) {
        snprintf(error, size, "Kafka setting (%s): %s is decided by the program%s", where,
                 name, strcmp(name, "group.id") == 0 ? "; use --group NAME" : "");
        return -1;
    }
    return kafka_conf_set(conf, name, value, where, error, size);
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    return text;
}

static int set_line(rd_kafka_conf_t *conf, char *line, const char *where, char *error,
                    size_t size)
{
    char *name = trim(line);
    if (*name == '\0' || *name == '#' || *name == '!')
        return 0;
    /* Of "sasl.password: c2VjcmV0==" nothing may be taken for a name and be shown. */
    char *equals = name + strcspn(name, "=: \t");
    equals += strspn(equals, " \t");
    if (*equals != '=') {
        snprintf(error, size, "Kafka setting (%s): expected name=value", where);
        return -1;
    }
    *equals = '\0';
    return set_asked(conf, trim(name), trim(equals + 1), where, error, size);
}

/* Of `n` bytes read of a file of settings; NULL when it is one. */
static const char *wrong_with(FILE *file, const char *text, size_t n)
{
    if (ferror(file))
        return strerror(errno);
    if (n > CONFIG_MAX)
        return "it is longer than 1 MiB";
    return memchr(text, 0, n) ? "it is no text" : NULL;
}

int kafka_config_load(struct kafka_config *config, char *error, size_t size)
{
    FILE *file = fopen(config->config_file, "re");
    char *text = mem_alloc(CONFIG_MAX + 1);
    size_t n = file ? fread(text, 1, CONFIG_MAX + 1, file) : 0;
    const char *why = file ? wrong_with(file, text, n) : strerror(errno);
    if (file)
        fclose(file);
    if (why) {
        snprintf(error, size, "cannot read the Kafka settings %s: %s",
                 config->config_file, why);
        free(text);
        return -1;
    }
    text[n] = '\0';
    config->config_text = text;
    return 0;
}

static int set_file(rd_kafka_conf_t *conf, const struct kafka_config *config, char *error,
                    size_t size)
{
    char *copy = mem_strdup(config->config_text), *rest = copy, *line;
    int rc = 0;
    if (strncmp(rest, "\xEF\xBB\xBF", 3) == 0)
        rest += 3;
    for (int number = 1; rc == 0 && (line = strsep(&rest, "\n")); number++) {
        char where[300];
        snprintf(where, sizeof where, "file %.200s, line %d", config->config_file,
                 number);
        rc = set_line(conf, line, where, error, size);
    }
    free(copy);
    return rc;
}

/* CADENCE_KAFKA_SASL_PASSWORD=x sets sasl.password. */
int kafka_conf_set_environment(rd_kafka_conf_t *conf, char *error, size_t size)
{
    for (char **entry = environ; *entry; entry++) {
        if (strncmp(*entry, ENV_PREFIX, strlen(ENV_PREFIX)) != 0)
            continue;
        const char *equals = strchr(*entry, '=');
        size_t n = equals ? (size_t)(equals - *entry) - strlen(ENV_PREFIX) : 0;
        char name[128], where[200];
        if (n == 0 || n >= sizeof name)
            continue;
        for (size_t i = 0; i < n; i++) {
            char c = (*entry)[strlen(ENV_PREFIX) + i];
            name[i] = c == '_' ? '.' : (char)tolower((unsigned char)c);
        }
        name[n] = '\0';
        snprintf(where, sizeof where, "environment, %.*s", (int)(equals - *entry),
                 *entry);
        if (set_asked(conf, name, equals + 1, where, error, size) < 0)
            return -1;
    }
    return 0;
}

int kafka_conf_set_properties(rd_kafka_conf_t *conf, const char *const *properties,
                              size_t count, char *error, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        const char *property = properties[i];
        const char *equals = strchr(property, '=');
        char name[128];
        if (!equals || equals == property || (size_t)(equals - property) >= sizeof name) {
            snprintf(error, size, "-X needs property=value, as in -X client.id=monitor");
            return -1;
        }
        snprintf(name, sizeof name, "%.*s", (int)(equals - property), property);
        if (set_asked(conf, name, equals + 1, "-X", error, size) < 0)
            return -1;
    }
    return 0;
}

static int set_fixed(rd_kafka_conf_t *conf, const struct kafka_config *config,
                     char *error, size_t size)
{
    if (kafka_conf_set_all(conf, fixed, ARRAY_SIZE(fixed), error, size) < 0)
        return -1;
    if (config->brokers && *config->brokers &&
        kafka_conf_set(conf, "bootstrap.servers", config->brokers, "--kafka", error,
                       size) < 0)
        return -1;
    if (config->group && *config->group == '\0') {
        snprintf(error, size, "--group needs a name");
        return -1;
    }
    if (!config->group)
        return 0;
    /* What it commits is what we have stored as counted: see kafka_group.c. */
    return kafka_conf_set(conf, "group.id", config->group, "--group", error, size) < 0
               ? -1
               : kafka_conf_set(conf, "enable.auto.commit", "true", "built in", error,
                                size);
}

/* By its name, or by a pattern for Kafka's own. */
static bool is_asked_for(const struct kafka_config *config, const char *internal)
{
    bool asked = false;
    for (size_t i = 0; !asked && i < config->topic_count; i++) {
        const char *topic = config->topics[i];
        regex_t regex;
        asked = strcmp(topic, internal) == 0;
        if (*topic != '^' || !kafka_topic_is_internal(topic) ||
            regcomp(&regex, topic, REG_EXTENDED | REG_NOSUB) != 0)
            continue;
        asked = regexec(&regex, internal, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    return asked;
}

/* A group shares out all topics that fit a pattern, Kafka's own among them: reading
 * those, it would read its own commits, and commit that. Where something of Kafka's is
 * asked for, what is known to be and was not asked for stays hidden. */
static int hide_internal(rd_kafka_conf_t *conf, const struct kafka_config *config,
                         char *error, size_t size)
{
    static const char *const known[] = {"__consumer_offsets", "__transaction_state",
                                        "__share_group_state", "__remote_log_metadata"};
    char list[200] = "";
    const char *hidden = "^__";
    for (size_t i = 0; i < config->topic_count; i++)
        if (kafka_topic_is_internal(config->topics[i]))
            hidden = list;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (!is_asked_for(config, known[i])) {
            size_t n = strlen(list);
            snprintf(list + n, sizeof list - n, "%s^%s$", n ? "," : "", known[i]);
        }
    return config->group && *hidden
               ? kafka_conf_set(conf, "topic.blacklist", hidden, "built in", error, size)
               : 0;
}

/* In the order in which they overrule each other. */
static int set_everything(rd_kafka_conf_t *conf, const struct kafka_config *config,
                          bool sessions, char *error, size_t size)
{
    int rc = kafka_conf_set_all(conf, defaults, ARRAY_SIZE(defaults), error, size);
    for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
        rd_kafka_conf_set(conf, optional[i].name, optional[i].value, NULL, 0);
    if (rc == 0 && sessions)
        rc = kafka_conf_set_all(conf, membership, ARRAY_SIZE(membership), error, size);
    if (rc == 0)
        rc = hide_internal(conf, config, error, size);
    if (rc == 0 && config->config_text)
        rc = set_file(conf, config, error, size);
    if (rc == 0)
        rc = kafka_conf_set_environment(conf, error, size);
    if (rc == 0)
        rc = kafka_conf_set_properties(conf, config->properties, config->property_count,
                                       error, size);
    if (rc == 0)
        rc = set_fixed(conf, config, error, size);
    return rc;
}

static bool is_default(const rd_kafka_conf_t *conf, const char *name)
{
    rd_kafka_conf_t *fresh = rd_kafka_conf_new();
    char value[64] = "", usual[64] = "";
    size_t n = sizeof value, m = sizeof usual;
    rd_kafka_conf_get(conf, name, value, &n);
    rd_kafka_conf_get(fresh, name, usual, &m);
    rd_kafka_conf_destroy(fresh);
    return strcmp(value, usual) == 0;
}

/* A static member's group waits for it on purpose, and knows it when it comes back; the
 * sessions of the newer protocol are the broker's matter; and heartbeats that were asked
 * for may be made for longer ones. */
static bool has_sessions(const rd_kafka_conf_t *conf)
{
    return !kafka_conf_has(conf, "group.instance.id", "") &&
           !kafka_conf_has(conf, "group.protocol", "consumer") &&
           is_default(conf, "heartbeat.interval.ms");
}

/* A library built without SASL or TLS, or a property that only rd_kafka_new checks, shows
 * up then; here is what can be told before. What has been set cannot be unset, so that a
 * default that others decide on is set at a second go. */
int kafka_conf_new(const struct kafka_config *config, rd_kafka_conf_t **out, char *error,
                   size_t size)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int rc = set_everything(conf, config, false, error, size);
    if (rc == 0 && config->group && has_sessions(conf)) {
        rd_kafka_conf_destroy(conf);
        conf = rd_kafka_conf_new();
        rc = set_everything(conf, config, true, error, size);
    }
    if (rc == 0)
        rc = kafka_conf_check(conf, error, size);
    if (rc < 0) {
        rd_kafka_conf_destroy(conf);
        return -1;
    }
    *out = conf;
    return 0;
}
