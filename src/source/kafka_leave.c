/* Getting away from brokers that may not answer.
 *
 * librdkafka's own ways out wait for answers to what is under way: up to five seconds for
 * the group's farewell, a session's timeout (6 s unless told otherwise) for a commit. A
 * connection that was cut without a word looks like a slow one to it for ten seconds. So
 * whoever leaves waits a second, then asks the cluster something that any broker answers
 * at once, and stops waiting if none does; and the client is taken down on a thread of
 * its own, which is left behind when that takes too long: the program ends anyway. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENT_MS 1000 /* before the brokers are asked whether they are there */
#define ANSWER_MS 2000  /* more than a loaded one takes */
#define DESTROY_MS 1000

void kafka_patience_begin(struct kafka_patience *patience, uint64_t most_ms)
{
    uint64_t now = uv_hrtime() / 1000000;
    *patience =
        (struct kafka_patience){.ask_ms = now + PATIENT_MS, .end_ms = now + most_ms};
}

static bool answers(struct kafka *k)
{
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(k->rk, 0, NULL, &metadata, ANSWER_MS))
        return false;
    rd_kafka_metadata_destroy(metadata);
    return true;
}

bool kafka_patience_left(struct kafka *k, struct kafka_patience *patience)
{
    uint64_t now = uv_hrtime() / 1000000;
    if (now >= patience->end_ms)
        return false;
    if (patience->asked || now < patience->ask_ms)
        return true;
    patience->asked = true;
    patience->silent = !answers(k);
    if (patience->silent)
        patience->end_ms = now;
    return !patience->silent;
}

/* Registered last, so called first: before OpenSSL and others take down at exit what the
 * client's threads still use. */
static void end_at_once(int status, void *unused)
{
    (void)unused;
    fflush(NULL);
    _exit(status);
}

void kafka_client_abandon(void)
{
    on_exit(end_at_once, NULL);
}

struct farewell {
    rd_kafka_t *rk;
    uv_mutex_t lock;
    uv_cond_t told;
    bool gone;
};

static void destroy(void *arg)
{
    struct farewell *farewell = arg;
    rd_kafka_destroy_flags(farewell->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    uv_mutex_lock(&farewell->lock);
    farewell->gone = true;
    uv_cond_signal(&farewell->told);
    uv_mutex_unlock(&farewell->lock);
}

static bool is_gone_in_time(struct farewell *farewell)
{
    uint64_t end_ns = uv_hrtime() + DESTROY_MS * (uint64_t)1000000, now;
    uv_mutex_lock(&farewell->lock);
    while (!farewell->gone && (now = uv_hrtime()) < end_ns)
        uv_cond_timedwait(&farewell->told, &farewell->lock, end_ns - now);
    bool gone = farewell->gone;
    uv_mutex_unlock(&farewell->lock);
    return gone;
}

bool kafka_client_destroy(rd_kafka_t *rk)
{
    uv_thread_t thread;
    struct farewell *farewell = mem_zalloc(sizeof *farewell);
    farewell->rk = rk;
    uv_mutex_init(&farewell->lock);
    uv_cond_init(&farewell->told);
    if (uv_thread_create(&thread, destroy, farewell) != 0 || !is_gone_in_time(farewell)) {
        kafka_client_abandon();
        return false;
    }
    uv_thread_join(&thread);
    uv_cond_destroy(&farewell->told);
    uv_mutex_destroy(&farewell->lock);
    free(farewell);
    return true;
}
