/* The program's two ways to run: with a screen, and without. */
#ifndef CADENCE_APP_APP_H
#define CADENCE_APP_APP_H

#include "cadence/options.h"
#include "cadence/pipeline.h"

#include <uv.h>

#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2

struct app {
    const struct options *options;
    uv_loop_t *loop;
    struct source *source;
    struct pipeline *pipeline;
    int exit_code;
};

/* Makes the loop, before there are other threads. False when there is none to be had: all
 * has been said, and the exit code is set. */
bool app_begin(struct app *app);
/* Makes the source, the pipeline, and starts both. False with a sentence in `error`
 * and the exit code set. */
bool app_start(struct app *app, const struct pipeline_config *config,
               const struct pipeline_hooks *hooks, char *error, size_t size);
/* Stops and frees everything that app_start made. */
void app_finish(struct app *app);
/* Whether ASCII has to do: asked for, or the locale has nothing else. */
bool app_is_ascii(const struct options *options);
/* The screen as the options have it; `mono`: without colours, whatever the theme. ui_free
 * it. */
struct ui *app_ui(const struct options *options, bool ascii, bool mono);

/* Was the signal to be ignored when the program began, as nohup has it? It stays so. */
bool app_is_ignored(int signum);

/* Each returns the exit code. */
int app_headless(const struct options *options);
int app_monitor(const struct options *options);

/* One line on standard error, as the program says everything there; without control
 * characters. */
void app_say(const char *sentence);
/* The same, and why by errno. */
void app_say_errno(const char *sentence);

#endif
