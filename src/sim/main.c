/* cadence-sim: the event generator as a program. */
#include "options.h"
#include "output.h"

#include "calendar.h"

#include "cadence/dims.h"
#include "cadence/standard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EXIT_FAILED 1
#define BATCH_NS 5000000  /* the least time between two writes when paced */
#define LOOK_NS 200000000 /* how long to sleep at most before looking around */

static volatile sig_atomic_t stopped_by;

static void on_signal(int number)
{
    stopped_by = number;
}

static void catch_signals(void)
{
    /* The second time they kill: the last delivery to Kafka may be waited for. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

struct run {
    const struct sim_options *options;
    struct sim *sim;
    struct output *output;
    FILE *truth; /* NULL: not wanted */
    int64_t began_ns;
    int64_t clock_s; /* event time that began_ns stands for */
    uint64_t lines;
    int64_t first_ms, last_ms;
};

/* When a line is due, by the monotonic clock; never, where that is centuries away. */
static int64_t due_ns(const struct run *run, int64_t at_s)
{
    const struct sim_options *options = run->options;
    double speed = options->continuous ? 1 : options->speed;
    double ns = options->rate > 0 ? (double)run->lines / options->rate * 1e9
                                  : (double)(at_s - run->clock_s) / speed * 1e9;
    return ns < 4e18 ? run->began_ns + (int64_t)ns : INT64_MAX;
}

static bool is_paced(const struct sim_options *options)
{
    return options->rate > 0 || options->speed > 0 || options->continuous;
}

/* Holds back until the next line is due, what is finished being written before. */
static enum output_result pace(struct run *run)
{
    int64_t at_s = sim_peek_s(run->sim), now = monotonic_ns();
    int64_t due = at_s == SIM_NEVER ? now : due_ns(run, at_s);
    if (due <= now)
        return OUTPUT_OK;
    enum output_result result = output_flush(run->output);
    if (due < now + BATCH_NS)
        due = now + BATCH_NS;
    while (result == OUTPUT_OK && !stopped_by && (now = monotonic_ns()) < due) {
        int64_t left = due - now < LOOK_NS ? due - now : LOOK_NS;
        result = output_wait(run->output, (int)((left + 999999) / 1000000));
    }
    return result;
}

static enum output_result generate(struct run *run)
{
    const struct sim_options *options = run->options;
    bool paced = is_paced(options);
    enum output_result result = OUTPUT_OK;
    while (result == OUTPUT_OK && !stopped_by &&
           (!options->events || run->lines < options->events)) {
        if (paced && (result = pace(run)) != OUTPUT_OK)
            break;
        if (stopped_by)
            break;
        struct sim_line line = sim_next(run->sim, output_room(run->output));
        if (line.len == 0)
            break;
        if (!run->lines++)
            run->first_ms = line.ts_ms;
        run->last_ms = line.ts_ms;
        result = output_take(run->output, &line);
    }
    return result;
}

static int cannot_write(const char *name)
{
    standard_say("cadence-sim", "cannot write %s: %s", name, strerror(errno));
    return EXIT_FAILED;
}

static int write_truth(const struct run *run)
{
    char *text = sim_truth(run->sim);
    bool ok = fputs(text, run->truth) != EOF;
    free(text);
    ok = fclose(run->truth) == 0 && ok;
    return ok ? 0 : cannot_write(run->options->truth);
}

static void summarize(const struct run *run)
{
    struct sim_counts counts;
    char first[20] = "-", last[20] = "-";
    double seconds = (double)(monotonic_ns() - run->began_ns) / 1e9;
    sim_counts(run->sim, &counts);
    if (run->lines) {
        time_text(run->first_ms, first);
        time_text(run->last_ms, last);
    }
    fprintf(
        stderr,
        "cadence-sim: %llu lines, %llu plays, %u users, %u left, %s .. %s, %.2f s, %.0f "
        "lines/s\n",
        (unsigned long long)run->lines, (unsigned long long)counts.plays, counts.users,
        counts.left, first, last, seconds,
        seconds > 0 ? (double)run->lines / seconds : 0);
    if (run->options->config.dirty > 0)
        fprintf(stderr,
                "cadence-sim: spoilt: %llu cut, %llu damaged, %llu repeated, %llu "
                "reordered\n",
                (unsigned long long)counts.cut, (unsigned long long)counts.damaged,
                (unsigned long long)counts.repeated,
                (unsigned long long)counts.reordered);
}

static int finish(struct run *run, enum output_result result)
{
    if (result == OUTPUT_OK)
        result = output_close(run->output);
    else
        output_drop(run->output);
    if (result == OUTPUT_GONE)
        fprintf(stderr, "cadence-sim: the reader has gone after %llu lines\n",
                (unsigned long long)run->lines);
    else if (result == OUTPUT_OK && !run->options->quiet)
        summarize(run);
    int rc = run->truth ? write_truth(run) : 0;
    if (result == OUTPUT_FAILED)
        return EXIT_FAILED;
    return stopped_by ? 128 + stopped_by : rc;
}

/* A file that cannot be written is told before the first line, not after the last. */
static int open_outputs(struct run *run)
{
    const char *truth = run->options->truth;
    if (truth && !(run->truth = fopen(truth, "w")))
        return cannot_write(truth);
    run->output = output_new(run->options, &stopped_by);
    if (run->output)
        return 0;
    if (run->truth)
        fclose(run->truth);
    return stopped_by ? 128 + stopped_by : EXIT_FAILED;
}

static int run_sim(const struct sim_options *options)
{
    struct run run = {.options = options};
    catch_signals();
    int rc = open_outputs(&run);
    if (rc != 0)
        return rc;
    run.sim = sim_new(&options->config);
    run.began_ns = monotonic_ns();
    run.clock_s = options->continuous ? (int64_t)time(NULL) : options->config.start_s;
    rc = finish(&run, generate(&run));
    sim_free(run.sim);
    return rc;
}

int main(int argc, char **argv)
{
    struct sim_options options;
    standard_keep();
    int rc = sim_options_parse(&options, argc, argv, (int64_t)time(NULL));
    if (rc == OPTIONS_RUN)
        rc = run_sim(&options);
    sim_options_fini(&options);
    if (rc == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        rc = cannot_write("standard output");
    return rc;
}
