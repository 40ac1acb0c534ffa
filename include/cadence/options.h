/* The command line, read into what it asks for. */
#ifndef CADENCE_OPTIONS_H
#define CADENCE_OPTIONS_H

#include "cadence/report.h"
#include "cadence/source.h"
#include "cadence/theme.h"

enum option_id {
#define OPTION(id, name, letter, arg, group, help) OPT_##id,
#include "cadence/options.def"
#undef OPTION
    OPT_COUNT
};

struct options {
    const char **files; /* borrowed from argv */
    size_t file_count;
    bool use_kafka, demo, follow;
    struct kafka_config kafka;
    const char **topics, **properties;
    double replay; /* 0: as fast as it can */
    struct filter filter;
    size_t top;
    bool top_given;
    enum trend_scale scale;
    enum report_format report;
    int64_t every_ms;
    int screen_w, screen_h; /* 0: no --screen */
    bool color, cloud, ascii, no_color, no_mouse;
    const char *panel, *theme_name;
    struct theme theme; /* that of theme_name, if one was asked for */
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* OPTIONS_DONE: help or the like was printed to standard output; OPTIONS_WRONG: `error`
 * says in one line what is wrong. */
enum options_result options_read(struct options *o, int argc, char **argv, char *error,
                                 size_t size);
void options_fini(struct options *o);

#endif
