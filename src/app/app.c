#include "app.h"

#include "cadence/standard.h"
#include "cadence/ui.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

void app_say(const char *sentence)
{
    standard_say("cadence", "%s", sentence);
}

bool app_begin(struct app *app)
{
    setenv("UV_THREADPOOL_SIZE", "1",
           1); /* a source has one thing done there at a time */
    errno = 0;
    app->loop = uv_default_loop();
    if (app->loop)
        return true;
    app_say_errno("cannot start");
    app->exit_code = EXIT_FAILED;
    return false;
}

bool app_is_ignored(int signum)
{
    struct sigaction action;
    return sigaction(signum, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void app_say_errno(const char *sentence)
{
    standard_say("cadence", "%s: %s", sentence, strerror(errno));
}

static struct source *source_of(const struct options *o)
{
    if (o->use_kafka)
        return source_new_kafka(&o->kafka);
    if (o->demo)
        return o->report || o->screen_w ? source_new_demo_history()
                                        : source_new_demo(NULL);
    if (o->file_count == 0 || (o->file_count == 1 && strcmp(o->files[0], "-") == 0))
        return source_new_stdin(o->follow);
    return source_new_files(o->files, o->file_count, o->follow);
}

bool app_start(struct app *app, const struct pipeline_config *config,
               const struct pipeline_hooks *hooks, char *error, size_t size)
{
    app->source = source_of(app->options);
    app->pipeline = pipeline_new(app->loop, config, hooks);
    app->source->loop = app->loop;
    app->source->sink = pipeline_sink(app->pipeline);
    int failed = pipeline_start(app->pipeline, app->source);
    if (failed) {
        app->exit_code = EXIT_FAILED;
        snprintf(error, size, "cannot start a thread: %s", uv_strerror(failed));
        return false;
    }
    int rc = app->source->ops->start(app->source, error, size);
    if (rc < 0)
        app->exit_code = rc == SOURCE_MISUSED ? EXIT_USAGE : EXIT_FAILED;
    return rc == 0;
}

void app_finish(struct app *app)
{
    if (!app->source)
        return;
    app->source->ops->stop(app->source);
    pipeline_stop(app->pipeline);
    uv_run(app->loop, UV_RUN_NOWAIT);
    app->source->ops->free(app->source);
    pipeline_free(app->pipeline);
    app->source = NULL;
}

bool app_is_ascii(const struct options *o)
{
    return o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

struct ui *app_ui(const struct options *o, bool ascii, bool mono)
{
    return ui_new(&(struct ui_config){.ascii = ascii,
                                      .theme = o->theme_name ? &o->theme : NULL,
                                      .filter = o->filter,
                                      .scale = o->scale,
                                      .top = o->top_given ? o->top : 100,
                                      .cloud = o->cloud,
                                      .panel = o->panel,
                                      .kafka = o->use_kafka,
                                      .mono = mono});
}
