#include "app.h"

#include "cadence/ui.h"
#include "cadence/utf8.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>

/* What would steer the terminal: C0, DEL, C1 (two bytes, the first of them C2), and C1 of
 * one byte, which is no part of a character, where the terminal does not know UTF-8. */
static bool is_control(const char *p, size_t len)
{
    unsigned char c = (unsigned char)*p;
    if (len == 0)
        return c < 0xC0;
    return c < ' ' || c == 0x7F || (len == 2 && c == 0xC2 && (unsigned char)p[1] < 0xA0);
}

/* Names and values of the user's are repeated in it. */
void app_say(const char *sentence)
{
    char text[1024];
    size_t n = 0;
    for (const char *p = sentence, *end = p + strlen(p);
         p < end && n + 4 < sizeof text;) {
        size_t len = utf8_sequence(p, end, NULL), bytes = len ? len : 1;
        if (is_control(p, len))
            text[n++] = '?';
        else
            for (size_t i = 0; i < bytes; i++)
                text[n++] = p[i];
        p += bytes;
    }
    text[n] = 0;
    fprintf(stderr, "cadence: %s\n", text);
}

bool app_is_ignored(int signum)
{
    struct sigaction action;
    return sigaction(signum, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
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
                                      .theme = o->theme_name ? &o->theme : NULL,
                                      .filter = o->filter,
                                      .scale = o->scale,
                                      .top = o->top_given ? o->top : 100,
                                      .cloud = o->cloud,
                                      .panel = o->panel,
                                      .kafka = o->use_kafka,
                                      .mono = mono});
}
