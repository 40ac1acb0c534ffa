/* librdkafka's troubles, said for a person: who, what, and where it helps what to do. */
#include "kafka.h"

#include <ctype.h>
#include <stdio.h>

struct meaning {
    rd_kafka_resp_err_t err;
    enum kafka_trouble trouble;
    const char *text; /* NULL: the library's own detail, cleaned, says it best */
    bool with_detail;
};

static const struct meaning meanings[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, TROUBLE_BROKER, NULL, true},
    {RD_KAFKA_RESP_ERR__RESOLVE, TROUBLE_BROKER, NULL, true},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, TROUBLE_BROKER, "no answer in time", true},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, TROUBLE_PASSING, "the broker was too slow",
     false},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, TROUBLE_ALL_DOWN, "no broker can be reached",
     false},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, TROUBLE_REFUSED, "the broker refused the login",
     true},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, TROUBLE_REFUSED,
     "the broker refused the login", true},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, TROUBLE_REFUSED,
     "the broker does not offer this way of logging in; see sasl.mechanism", true},
    {RD_KAFKA_RESP_ERR__SSL, TROUBLE_REFUSED, "no secure connection", true},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, TROUBLE_FORBIDDEN,
     "no permission to read the topic", false},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, TROUBLE_FORBIDDEN,
     "no permission to use this group", false},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, TROUBLE_FORBIDDEN,
     "no permission on this cluster", false},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, TROUBLE_TOPIC, "the topic does not exist",
     false},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, TROUBLE_TOPIC, "the topic does not exist", false},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, TROUBLE_TOPIC, "the partition does not exist",
     false},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, TROUBLE_TOPIC, "no leader just now", false},
    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, TROUBLE_TOPIC, "the leader is moving",
     false},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, TROUBLE_TOPIC, "the topic's name is not valid",
     false},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, TROUBLE_POSITION, "the offset is gone", false},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, TROUBLE_POSITION, "the offset is gone",
     false},
    {RD_KAFKA_RESP_ERR__NO_OFFSET, TROUBLE_POSITION, "no offset to begin from", false},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, TROUBLE_FATAL,
     "the group's other members share partitions in another way; set "
     "-X partition.assignment.strategy to theirs",
     false},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, TROUBLE_FATAL,
     "the broker takes no session.timeout.ms of this size; set another with -X, as to "
     "45000",
     false},
    {RD_KAFKA_RESP_ERR__FATAL, TROUBLE_FATAL, "the client cannot go on", true},
    {RD_KAFKA_RESP_ERR__FENCED, TROUBLE_FATAL,
     "another member took this one's group.instance.id", false},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, TROUBLE_FATAL,
     "another member took this one's group.instance.id", false},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, TROUBLE_PASSING,
     "the group gave our partitions away, for we were too slow; joining again", false},
    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, TROUBLE_PASSING, "the group took us for gone",
     false},
    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, TROUBLE_PASSING,
     "the group has shared out its partitions anew", false},
    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, TROUBLE_PASSING,
     "the group is sharing out its partitions", false},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, TROUBLE_PASSING,
     "the group's coordinator does not answer", false},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, TROUBLE_PASSING,
     "the group has no coordinator just now", false},
    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, TROUBLE_PASSING,
     "the group's coordinator is starting", false},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, TROUBLE_PASSING,
     "the group's coordinator is moving", false},
    {RD_KAFKA_RESP_ERR__BAD_MSG, TROUBLE_PASSING, "a damaged message was passed over",
     true},
    {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, TROUBLE_PASSING, "messages cannot be unpacked",
     true},
    {RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, TROUBLE_PASSING,
     "this librdkafka cannot unpack the messages", true},
};

static const struct meaning *meaning_of(rd_kafka_resp_err_t err)
{
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
        if (meanings[i].err == err)
            return &meanings[i];
    return NULL;
}

/* A web server's "HTTP", or the alert of one that wants TLS, is read as a length. */
static bool is_no_kafka(rd_kafka_resp_err_t err, const char *detail)
{
    return err == RD_KAFKA_RESP_ERR__BAD_MSG && detail &&
           strstr(detail, "Invalid response size");
}

enum kafka_trouble kafka_error_trouble(rd_kafka_resp_err_t err, const char *detail)
{
    const struct meaning *meaning = meaning_of(err);
    /* A handshake that was cut off is an outage; only a refused one is hopeless. */
    if (err == RD_KAFKA_RESP_ERR__SSL && detail &&
        (strstr(detail, "isconnect") || strstr(detail, "Connection reset") ||
         strstr(detail, "syscall")))
        return TROUBLE_BROKER;
    if (err == RD_KAFKA_RESP_ERR__AUTHENTICATION && detail && strstr(detail, "isconnect"))
        return TROUBLE_BROKER;
    if (is_no_kafka(err, detail))
        return TROUBLE_BROKER;
    return meaning ? meaning->trouble : TROUBLE_PASSING;
}

static void cut_at(char *text, const char *mark)
{
    char *hit = strstr(text, mark);
    if (hit)
        *hit = '\0';
}

static void remove_first(char *text, const char *word)
{
    char *hit = strstr(text, word);
    if (hit)
        memmove(hit, hit + strlen(word), strlen(hit + strlen(word)) + 1);
}

/* What may be wrong where librdkafka, or OpenSSL, says what it saw. */
static const struct {
    const char *seen, *hint;
} hints[] = {
    {": might be caused by incorrect security.protocol", " (does it want TLS?)"},
    {": verify that security.protocol is correctly configured",
     " (does it want a login?)"},
    {": connecting to a PLAINTEXT broker listener?", " (is it without TLS?)"},
    {"unexpected eof while reading", " (is it without TLS?)"},
    {": Broker: Request not valid in current SASL state", " (is it without login?)"},
    {"alert bad certificate", " (does it want ours? See ssl.certificate.location)"},
    {"alert certificate required", " (does it want ours? See ssl.certificate.location)"},
};

bool kafka_error_has_hint(const char *sentence)
{
    for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
        if (strstr(sentence, hints[i].hint))
            return true;
    return false;
}

void kafka_error_drop_hint(char *sentence)
{
    for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
        remove_first(sentence, hints[i].hint);
}

static void place_hint(char *text, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
        char *seen = strstr(text, hints[i].seen);
        if (!seen)
            continue;
        if (*seen != ':')
            seen += strlen(hints[i].seen);
        snprintf(seen, size - (size_t)(seen - text), "%s", hints[i].hint);
        return;
    }
}

/* "error:0A000086:SSL routines::certificate verify failed": the last part is for people.
 */
static void remove_codes(char *text)
{
    char *code = strstr(text, "error:"), *rest = code;
    for (int i = 0; rest && i < 4; i++)
        rest = strchr(rest + (i > 0), ':');
    if (rest)
        memmove(code, rest + 1, strlen(rest + 1) + 1);
}

/* "h:9: 3 request(s) timed out: disconnect": that there was no answer is said anyway. */
static void cut_count(char *text)
{
    char *hit = strstr(text, " request(s) timed out");
    while (hit && hit > text && isdigit((unsigned char)hit[-1]))
        hit--;
    if (hit)
        *hit = '\0';
}

static void cut_after(char *text, const char *word)
{
    char *hit = strstr(text, word);
    if (hit)
        hit[strlen(word)] = '\0';
}

/* "ssl://h:9/bootstrap: Connect to ipv4#1.2.3.4:9 failed: Connection refused (after 0ms
 * in state CONNECT, 3 identical error(s) suppressed)" becomes "h:9: Connection refused".
 */
static void clean_detail(const char *detail, char *out, size_t size)
{
    snprintf(out, size, "%s", detail ? detail : "");
    cut_at(out, " (after ");
    cut_at(out, " (errno");
    cut_at(out, " in state ");
    cut_count(out);
    cut_at(out, ": broker certificate could not be verified"); /* there is advice */
    cut_after(out, "sasl.oauthbearer.config"); /* its value may follow, or a part of it */
    place_hint(out, size);
    remove_first(out, "GroupCoordinator: ");
    char *scheme = strstr(out, "://");
    if (scheme && !memchr(out, ' ', (size_t)(scheme - out)))
        memmove(out, scheme + 3, strlen(scheme + 3) + 1);
    remove_first(out, "/bootstrap");
    char *slash = strchr(out, '/'), *colon = strstr(out, ": ");
    if (slash && colon && slash < colon) { /* host:port/id: the number helps nobody */
        size_t digits = strspn(slash + 1, "0123456789");
        if (digits && slash + 1 + digits == colon)
            memmove(slash, colon, strlen(colon) + 1);
    }
    char *connect = strstr(out, "Connect to "), *failed = strstr(out, " failed: ");
    if (connect && failed && connect < failed)
        memmove(connect, failed + 9, strlen(failed + 9) + 1);
    char *resolve = strstr(out, "Failed to resolve '"), *quote = strstr(out, "': ");
    if (resolve && quote && resolve < quote)
        memmove(resolve, quote + 3, strlen(quote + 3) + 1);
    remove_first(out, "SASL authentication error: ");
    remove_first(out, "SSL handshake failed: ");
    remove_codes(out);
    remove_first(out, "Authentication failed: ");
    for (char *p = out; *p; p++)
        if (iscntrl((unsigned char)*p))
            *p = ' ';
    size_t n = strlen(out);
    while (n && (out[n - 1] == ' ' || out[n - 1] == ':' || out[n - 1] == '.'))
        out[--n] = '\0';
}

void kafka_error_sentence(rd_kafka_resp_err_t err, const char *detail, char *out,
                          size_t size)
{
    char cleaned[400];
    const struct meaning *meaning = meaning_of(err);
    clean_detail(detail, cleaned, sizeof cleaned);
    if (is_no_kafka(err, detail)) {
        cut_at(cleaned, ": ");
        snprintf(out, size,
                 "%.100s: what answers is no Kafka broker, or wants TLS "
                 "(security.protocol)",
                 cleaned);
        return;
    }
    if (meaning && meaning->text && !(meaning->with_detail && *cleaned))
        snprintf(out, size, "%s", meaning->text);
    else if (meaning && meaning->text)
        snprintf(out, size, "%s (%s)", meaning->text, cleaned);
    else if (*cleaned)
        snprintf(out, size, "%s", cleaned);
    else
        snprintf(out, size, "%s", rd_kafka_err2str(err));
}
