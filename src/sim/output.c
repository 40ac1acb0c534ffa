#include "output.h"

#include "cadence/mem.h"
#include "cadence/produce.h"
#include "cadence/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (256u << 10)
#define LAST_DELIVERY_MS 30000
#define LAST_READ_MS 1000
#define REACH_S 30

struct target {
    int fd;
    char name[512];
    char *data;
    size_t len;
};

struct output {
    struct target target[SIM_STREAM_COUNT];
    struct target *of[SIM_STREAM_COUNT]; /* a stream's; NULL: not written */
    size_t targets;
    char *line; /* where streams part, lines are made here */
    struct produce *produce;
    const volatile sig_atomic_t *stop;
};

static enum output_result failed(const char *what, const char *name)
{
    standard_say("cadence-sim", "cannot %s %s: %s", what, name, strerror(errno));
    return OUTPUT_FAILED;
}

static struct target *add_target(struct output *output, int fd, const char *name)
{
    struct target *target = &output->target[output->targets++];
    target->fd = fd;
    target->data = mem_alloc(BUFFER_BYTES + SIM_LINE_MAX);
    snprintf(target->name, sizeof target->name, "%s", name);
    return target;
}

static bool open_file(struct output *output, const char *name, unsigned streams)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        failed("write", name);
        return false;
    }
    struct target *target = add_target(output, fd, name);
    for (int s = 0; s < SIM_STREAM_COUNT; s++)
        if (streams >> s & 1)
            output->of[s] = target;
    return true;
}

static bool open_folder(struct output *output, const char *folder, unsigned streams)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        failed("make", folder);
        return false;
    }
    for (int s = 0; s < SIM_STREAM_COUNT; s++) {
        char name[512];
        if (!(streams >> s & 1))
            continue;
        int n = snprintf(name, sizeof name, "%s/%s.jsonl", folder,
                         sim_stream_name((enum sim_stream)s));
        if (n < 0 || (size_t)n >= sizeof name) {
            errno = ENAMETOOLONG;
            failed("write", folder);
            return false;
        }
        if (!open_file(output, name, 1u << s))
            return false;
    }
    return true;
}

/* Brokers may be on their way up, as when both are started by one script. */
static bool reach_kafka(struct output *output, const char *brokers)
{
    char why[256];
    for (int tried_s = 1; produce_reach(output->produce, 1000, why, sizeof why) != 0;
         tried_s++) {
        if (*output->stop)
            return false;
        if (tried_s == REACH_S) {
            standard_say("cadence-sim", "Kafka at %s cannot be reached: %s", brokers,
                         why);
            return false;
        }
        if (tried_s == 2)
            standard_say("cadence-sim",
                         "Kafka at %s does not answer yet; trying for %d s", brokers,
                         REACH_S);
    }
    return true;
}

static bool open_kafka(struct output *output, const struct sim_options *options)
{
    const char *topic[SIM_STREAM_COUNT];
    char error[512];
    for (int s = 0; s < SIM_STREAM_COUNT; s++)
        topic[s] = options->topic ? options->topic : sim_stream_name((enum sim_stream)s);
    const struct produce_config config = {
        .brokers = options->brokers,
        .topic = topic,
        .topics = SIM_STREAM_COUNT,
        .property = options->property,
        .properties = options->properties,
    };
    output->produce = produce_new(&config, error, sizeof error);
    if (!output->produce)
        standard_say("cadence-sim", "%s", error);
    return output->produce && reach_kafka(output, options->brokers);
}

static bool open_all(struct output *output, const struct sim_options *options)
{
    unsigned streams = sim_format_streams(options->config.format);
    bool parts = options->config.format == SIM_FORK && !options->config.streams;
    if (options->config.streams)
        streams &= options->config.streams;
    if (options->brokers)
        return open_kafka(output, options);
    if (options->output)
        return parts ? open_folder(output, options->output, streams)
                     : open_file(output, options->output, streams);
    struct target *target = add_target(output, STDOUT_FILENO, "standard output");
    for (int s = 0; s < SIM_STREAM_COUNT; s++)
        output->of[s] = target;
    return true;
}

void output_drop(struct output *output)
{
    for (size_t i = 0; i < output->targets; i++) {
        if (output->target[i].fd >= 0)
            close(output->target[i].fd);
        free(output->target[i].data);
    }
    produce_free(output->produce);
    free(output->line);
    free(output);
}

struct output *output_new(const struct sim_options *options,
                          const volatile sig_atomic_t *stop)
{
    struct output *output = mem_zalloc(sizeof *output);
    output->stop = stop;
    output->line = mem_alloc(SIM_LINE_MAX);
    if (open_all(output, options))
        return output;
    output_drop(output);
    return NULL;
}

char *output_room(struct output *output)
{
    return output->targets == 1 ? output->target[0].data + output->target[0].len
                                : output->line;
}

/* Asked to stop while the reader is not reading: it gets a moment, no more. */
static bool reader_sleeps(const struct output *output, const struct target *target)
{
    struct pollfd wait = {target->fd, POLLOUT, 0};
    return *output->stop && poll(&wait, 1, LAST_READ_MS) == 0;
}

static enum output_result write_out(const struct output *output, struct target *target)
{
    for (size_t done = 0; done < target->len;) {
        if (reader_sleeps(output, target))
            return OUTPUT_GONE;
        ssize_t n = write(target->fd, target->data + done, target->len - done);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = {target->fd, POLLOUT, 0};
            poll(&wait, 1, -1);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE)
            return OUTPUT_GONE;
        if (n < 0)
            return failed("write", target->name);
        done += (size_t)n;
    }
    target->len = 0;
    return OUTPUT_OK;
}

static enum output_result send_line(struct output *output, const struct sim_line *line)
{
    char key[16], error[512];
    int n = snprintf(key, sizeof key, "%u", line->user);
    const struct str value = {output->line, line->len - 1};
    if (produce_send(output->produce, line->stream, (struct str){key, (size_t)n}, value,
                     error, sizeof error) == 0)
        return OUTPUT_OK;
    fprintf(stderr, "cadence-sim: %s\n", error);
    return OUTPUT_FAILED;
}

enum output_result output_take(struct output *output, const struct sim_line *line)
{
    if (output->produce)
        return send_line(output, line);
    struct target *target = output->of[line->stream];
    if (output->targets > 1)
        memcpy(target->data + target->len, output->line, line->len);
    target->len += line->len;
    return target->len >= BUFFER_BYTES ? write_out(output, target) : OUTPUT_OK;
}

enum output_result output_flush(struct output *output)
{
    for (size_t i = 0; i < output->targets; i++) {
        enum output_result result = write_out(output, &output->target[i]);
        if (result != OUTPUT_OK)
            return result;
    }
    return OUTPUT_OK;
}

enum output_result output_wait(struct output *output, int wait_ms)
{
    if (output->produce) {
        produce_poll(output->produce, wait_ms);
        return OUTPUT_OK;
    }
    /* A pipe without a reader reports an error at once; a file or terminal never does. */
    struct pollfd watch = {output->target[0].fd, 0, 0};
    if (poll(&watch, 1, wait_ms) > 0 && watch.revents & (POLLERR | POLLHUP | POLLNVAL))
        return OUTPUT_GONE;
    return OUTPUT_OK;
}

static enum output_result finish_kafka(struct output *output)
{
    char error[512];
    struct produce_counts counts;
    int rc = produce_flush(output->produce, LAST_DELIVERY_MS, error, sizeof error);
    produce_counts(output->produce, &counts);
    fprintf(stderr, "cadence-sim: kafka: %llu sent, %llu delivered, %llu failed\n",
            (unsigned long long)counts.sent, (unsigned long long)counts.delivered,
            (unsigned long long)counts.failed);
    if (rc == 0)
        return OUTPUT_OK;
    fprintf(stderr, "cadence-sim: %s\n", error);
    return OUTPUT_FAILED;
}

enum output_result output_close(struct output *output)
{
    enum output_result result =
        output->produce ? finish_kafka(output) : output_flush(output);
    for (size_t i = 0; i < output->targets && result == OUTPUT_OK; i++) {
        struct target *target = &output->target[i];
        int fd = target->fd;
        target->fd = -1;
        if (close(fd) != 0)
            result = failed("write", target->name);
    }
    output_drop(output);
    return result;
}
