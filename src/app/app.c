#include "app.h"

#include "cadence/ui.h"

#include <langinfo.h>
#include <stdio.h>

void app_say(const char *sentence)
{
    fprintf(stderr, "cadence: %s\n", sentence);
}

static struct source *source_of(const struct options *o)
{
    if (o->use_kafka)
        return source_new_kafka(&o->kafka);
    if (o->demo)
        return o->report || o->screen_w ? source_new_demo_history()
                                        : source_new_demo(NULL);
    if (o->file_count == 0 || (o->file_count == 1 && strcmp(o->files[0], "-") == 0))
        return source_new_stdin();
    return source_new_files(o->files, o->file_count, o->follow);
}

bool app_start(struct app *app, const struct pipeline_config *config,
               const struct pipeline_hooks *hooks, char *error, size_t size)
{
    app->source = source_of(app->options);
    app->pipeline = pipeline_new(app->loop, config, hooks);
    app->source->loop = app->loop;
    app->source->sink = pipeline_sink(app->pipeline);
    pipeline_start(app->pipeline, app->source);
    return app->source->ops->start(app->source, error, size) == 0;
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

struct ui *app_ui(const struct options *o, bool mono)
{
    return ui_new(&(struct ui_config){.ascii = app_is_ascii(o),
                                      .theme = o->theme,
                                      .filter = o->filter,
                                      .scale = o->scale,
                                      .top = o->top_given ? o->top : 100,
                                      .cloud = o->cloud,
                                      .panel = o->panel,
                                      .kafka = o->use_kafka,
                                      .mono = mono});
}
