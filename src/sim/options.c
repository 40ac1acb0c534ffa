#include "options.h"

#include "calendar.h"

#include "cadence/mem.h"
#include "cadence/print.h"
#include "cadence/produce.h"
#include "cadence/source.h"
#include "cadence/standard.h"
#include "cadence/usage.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define DEFAULT_SPAN_S (14 * DAY_S)

enum option_id {
#define OPTION(id, name, letter, arg, group, help) OPTION_##id,
#include "options.def"
#undef OPTION
    OPTION_COUNT
};

static const struct usage_option table[OPTION_COUNT] = {
#define OPTION(id, name, letter, arg, group, help) {name, letter, arg, group, help},
#include "options.def"
#undef OPTION
};

static const char synopsis[] = "cadence-sim [OPTION]... [FILE|FOLDER]";
static const char summary[] =
    "Generates the events of an imaginary music service, as EventSim does: JSON lines on "
    "standard output, in a file, in four files of a folder (--format fork), or in Kafka.";
static const char exit_codes[] =
    "0 done, or the reader has gone; 1 something failed; 2 wrong usage; 130 "
    "and 143 ended by SIGINT and SIGTERM.";

static const struct usage_example examples[] = {
    {"cadence-sim -n 5000 | cadence", "two weeks of 5,000 listeners, watched"},
    {"cadence-sim -n 20000 --speed 60 | cadence",
     "live, a minute of event time a second"},
    {"cadence-sim --trend \"New Band:36h:6h:200\" --truth planted.json plays.jsonl",
     "a file with a trend in it, and what it is"},
    {"cadence-sim --format fork --events 100000 streams/",
     "a folder with the four streams of the fork"},
    {"cadence-sim --continuous -f 3 --format fork --kafka localhost:9092",
     "the last three days into Kafka, then live"},
};

static void print_help(void)
{
    printf("Usage: %s\n\n", synopsis);
    print_wrapped(summary, 0);
    usage_help_options(table, OPTION_COUNT);
    usage_help_examples(examples, ARRAY_SIZE(examples));
    printf("\nExit codes:\n");
    print_wrapped(exit_codes, 0);
}

static void print_man(void)
{
    printf(".TH CADENCE-SIM 1 \"\" \"cadence %s\" \"User commands\"\n.SH NAME\n"
           "cadence\\-sim \\- generates the events of an imaginary music service\n.SH "
           "SYNOPSIS\n",
           CADENCE_VERSION);
    print_roff(synopsis);
    printf("\n.SH DESCRIPTION\n");
    print_roff(summary);
    printf("\n");
    usage_man_options(table, OPTION_COUNT);
    usage_man_examples(examples, ARRAY_SIZE(examples));
    printf(".SH EXIT STATUS\n");
    print_roff(exit_codes);
    printf("\n.SH SEE ALSO\n.BR cadence (1)\n");
}

static __attribute__((format(printf, 1, 2))) int complain(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    standard_say_list("cadence-sim", format, list);
    va_end(list);
    return EXIT_USAGE;
}

/* A whole number in a range. */
static int take_count(const struct usage_option *row, const char *text, double most,
                      uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || (double)n > most)
        return complain("--%s: '%s' is not a number that fits", row->name, text);
    *out = n;
    return 0;
}

static int take_real(const struct usage_option *row, const char *text, double least,
                     double *out)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(x >= least && x <= 1e12))
        return complain("--%s: '%s' is not a number that fits", row->name, text);
    *out = x;
    return 0;
}

static int take_time(const struct usage_option *row, const char *text, int64_t *out)
{
    if (sim_time_parse(text, out) != 0)
        return complain("--%s: '%s' is no time that exists (such as 2024-01-31T18:00:00)",
                        row->name, text);
    return 0;
}

/* What later steps need to know about what was said. */
struct said {
    bool start, end, format;
    double from, to; /* < 0: not */
    int64_t now_s;
};

static int take_stream(struct sim_options *options, const char *text)
{
    enum sim_stream stream = sim_stream_from_name(text);
    if (stream == SIM_STREAM_COUNT)
        return complain("--stream: there is no stream '%s'", text);
    options->config.streams = 1u << stream;
    return 0;
}

static int take_format(struct sim_options *options, const char *text)
{
    if (strcmp(text, "fork") == 0)
        options->config.format = SIM_FORK;
    else if (strcmp(text, "original") == 0)
        options->config.format = SIM_ORIGINAL;
    else
        return complain("--format: '%s' is neither original nor fork", text);
    return 0;
}

static int take_trend(struct sim_options *options, const char *text)
{
    if (options->config.trends == SIM_TRENDS)
        return complain("--trend: there are too many");
    options->trend_text[options->config.trends++] = mem_strdup(text);
    return 0;
}

static int take_property(struct sim_options *options, char *text)
{
    if (!strchr(text, '=') || options->properties == ARRAY_SIZE(options->property))
        return complain("--property: '%s' is not NAME=VALUE, or one too many", text);
    options->property[options->properties++] = kafka_property_take(text);
    return 0;
}

static int take_small(const struct usage_option *row, const char *text, uint32_t *out)
{
    uint64_t n = 0;
    int rc = take_count(row, text, 4e9, &n);
    *out = (uint32_t)n;
    return rc;
}

static int take_events(const struct usage_option *row, const char *text, uint64_t *out)
{
    int rc = take_count(row, text, 1e18, out);
    return rc || *out ? rc : complain("--%s wants 1 at least, not '%s'", row->name, text);
}

/* 0, or the exit code. */
static int apply(struct sim_options *options, struct said *said, int id, char *text)
{
    const struct usage_option *row = &table[id];
    struct sim_config *config = &options->config;
    switch (id) {
    case OPTION_USERS:
        return take_small(row, text, &config->users);
    case OPTION_START:
        said->start = true;
        return take_time(row, text, &config->start_s);
    case OPTION_END:
        said->end = true;
        return take_time(row, text, &config->end_s);
    case OPTION_FROM:
        return take_real(row, text, 0, &said->from);
    case OPTION_TO:
        return take_real(row, text, 0, &said->to);
    case OPTION_GROWTH:
        return take_real(row, text, 0, &config->growth);
    case OPTION_ATTRITION:
        return take_real(row, text, 0, &config->attrition);
    case OPTION_SEED:
        return take_count(row, text, 1e19, &config->seed);
    case OPTION_USER_ID:
        return take_small(row, text, &config->first_user_id);
    case OPTION_TAG:
        snprintf(options->tag, sizeof options->tag, "%s", text);
        config->tag = options->tag;
        return 0;
    case OPTION_SONGS:
        return take_small(row, text, &config->songs);
    case OPTION_ZIPF:
        return take_real(row, text, 0, &config->zipf);
    case OPTION_TERRITORIES:
        config->territories = true;
        return 0;
    case OPTION_TREND:
        return take_trend(options, text);
    case OPTION_TRUTH:
        options->truth = text;
        return 0;
    case OPTION_FORMAT:
        said->format = true;
        return take_format(options, text);
    case OPTION_STREAM:
        return take_stream(options, text);
    case OPTION_EVENTS:
        return take_events(row, text, &options->events);
    case OPTION_DIRTY:
        return take_real(row, text, 0, &config->dirty);
    case OPTION_SPEED:
        return take_real(row, text, 1e-6, &options->speed);
    case OPTION_RATE:
        return take_real(row, text, 1e-3, &options->rate);
    case OPTION_CONTINUOUS:
        options->continuous = true;
        return 0;
    case OPTION_KAFKA:
    case OPTION_BROKER_LIST:
        options->brokers = text;
        return 0;
    case OPTION_TOPIC:
    case OPTION_KAFKA_TOPIC:
        options->topic = text;
        return 0;
    case OPTION_PROPERTY:
        return take_property(options, text);
    case OPTION_QUIET:
        options->quiet = true;
        return 0;
    default:
        return 0;
    }
}

/* getopt's own view of the table. */
struct getopt_view {
    struct option longs[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 2];
};

static int read_config(struct sim_config *config, const char *path)
{
    char sentence[512];
    int rc = sim_config_read(config, path, sentence, sizeof sentence);
    if (*sentence)
        standard_say("cadence-sim", "%s: %s", path, sentence);
    return rc;
}

/* Configuration files speak first, whatever the order on the line. */
static int read_configs(struct sim_options *options, const struct getopt_view *view,
                        int argc, char **argv)
{
    int code;
    char error[512];
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, view->letters, view->longs, NULL)) != -1) {
        int id = usage_option_of(table, OPTION_COUNT, code);
        if (code == '?' || code == ':') {
            usage_complaint(view->longs, code, argv[optind - 1], error, sizeof error);
            return complain("%s", error);
        }
        if (id == OPTION_HELP)
            print_help();
        if (id == OPTION_MAN)
            print_man();
        if (id == OPTION_VERSION)
            printf("cadence-sim %s\n", CADENCE_VERSION);
        if (id == OPTION_HELP || id == OPTION_MAN || id == OPTION_VERSION)
            return 0;
        if (id == OPTION_CONFIG && read_config(&options->config, optarg) != 0)
            return EXIT_FAILED;
    }
    return OPTIONS_RUN;
}

static int64_t days_s(double days)
{
    return (int64_t)(fmin(days, 1e6) * 86400);
}

static void settle_times(struct sim_options *options, const struct said *said,
                         bool end_in_file)
{
    struct sim_config *config = &options->config;
    bool ends = said->end || end_in_file;
    if (said->from >= 0 || said->to >= 0) {
        if (!said->start)
            config->start_s = said->now_s - days_s(said->from >= 0 ? said->from : 15);
        if (!said->end && options->continuous && said->to < 0)
            config->end_s = SIM_NEVER;
        else if (!said->end)
            config->end_s = said->now_s - days_s(said->to >= 0 ? said->to : 1);
        return;
    }
    if (options->continuous && !said->start)
        config->start_s = said->now_s;
    if (ends)
        return;
    bool endless =
        options->continuous || options->events || options->speed > 0 || options->rate > 0;
    config->end_s = endless ? SIM_NEVER : config->start_s + DEFAULT_SPAN_S;
}

static int settle(struct sim_options *options, const struct said *said, bool end_in_file)
{
    struct sim_config *config = &options->config;
    char error[512];
    settle_times(options, said, end_in_file);
    if (!said->format && (config->streams & ~(1u << SIM_EVENTS)))
        config->format = SIM_FORK;
    for (size_t i = 0; i < config->trends; i++)
        if (sim_trend_parse(&options->trend[i], options->trend_text[i], config->start_s,
                            error, sizeof error) != 0)
            return complain("--trend: %s", error);
    config->trend = options->trend;
    const struct produce_config kafka = {.brokers = options->brokers,
                                         .property = options->property,
                                         .properties = options->properties};
    if (options->brokers && produce_check(&kafka, error, sizeof error) != 0)
        return complain("%s", error);
    if (sim_config_check(config, error, sizeof error) != 0)
        return complain("%s", error);
    if ((options->speed > 0) + (options->rate > 0) + options->continuous > 1)
        return complain("--speed, --rate and --continuous: choose one");
    if (options->brokers && options->output)
        return complain("with --kafka nothing is written to '%s'", options->output);
    if (options->topic && !options->brokers)
        return complain("--topic is of no use without --kafka");
    if (options->properties && !options->brokers)
        return complain("--property is of no use without --kafka");
    return OPTIONS_RUN;
}

int sim_options_parse(struct sim_options *options, int argc, char **argv, int64_t now_s)
{
    struct getopt_view view;
    struct said said = {.from = -1, .to = -1, .now_s = now_s};
    usage_getopt(table, OPTION_COUNT, view.longs, view.letters);
    *options = (struct sim_options){0};
    sim_config_init(&options->config);
    int64_t end_s = options->config.end_s;
    int code, rc = read_configs(options, &view, argc, argv);
    if (rc != OPTIONS_RUN)
        return rc;
    bool end_in_file = options->config.end_s != end_s;
    optind = 1;
    while ((code = getopt_long(argc, argv, view.letters, view.longs, NULL)) != -1)
        if ((rc = apply(options, &said, usage_option_of(table, OPTION_COUNT, code),
                        optarg)) != 0)
            return rc;
    if (argc - optind > 1)
        return complain("one output is enough: '%s' and '%s'", argv[optind],
                        argv[optind + 1]);
    if (argc > optind && strcmp(argv[optind], "-") != 0)
        options->output = argv[optind];
    return settle(options, &said, end_in_file);
}

void sim_options_fini(struct sim_options *options)
{
    for (size_t i = 0; i < SIM_TRENDS; i++)
        free(options->trend_text[i]);
    for (size_t i = 0; i < options->properties; i++)
        free((char *)(uintptr_t)options->property[i]);
    sim_config_fini(&options->config);
}
