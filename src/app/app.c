#include "app.h"

#include "cadence/ui.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>

/* Bytes that follow the first of a character. */
static unsigned followers(unsigned char c)
{
    return c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
}

/* Names and values of the user's are repeated in it: what would steer the terminal is
 * not. C1 controls are two bytes, of which the first is C2, and one where the terminal
 * does not know UTF-8: a byte that follows no other. */
void app_say(const char *sentence)
{
    char text[1024];
    size_t n = 0;
    unsigned follow = 0;
    for (const char *p = sentence; *p && n + 1 < sizeof text; p++) {
        unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];
        bool wide = c == 0xC2 && next >= 0x80 && next < 0xA0;
        bool follows = c >= 0x80 && c < 0xC0, stray = follows && !follow;
        text[n++] = c < ' ' || c == 0x7F || wide || stray ? '?' : *p;
        p += wide;
        if (follows)
            follow -= !stray;
        else
            follow = wide ? 0 : followers(c);
    }
    text[n] = 0;
    fprintf(stderr, "cadence: %s\n", text);
}

void app_say_errno(const char *sentence)
{
    char text[256];
    snprintf(text, sizeof text, "%s: %s", sentence, strerror(errno));
    app_say(text);
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
                                      .theme = o->theme,
                                      .filter = o->filter,
                                      .scale = o->scale,
                                      .top = o->top_given ? o->top : 100,
                                      .cloud = o->cloud,
                                      .panel = o->panel,
                                      .kafka = o->use_kafka,
                                      .mono = mono});
}
