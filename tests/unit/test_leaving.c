/* Leaving while a read is under way. */
#include "cadence/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>
// clang-format off
#include <cmocka.h>
// clang-format on

static struct source *source; /* what is left to the end of the process is not lost */

static void no_message(void *context, enum message_kind kind, const char *sentence)
{
    (void)context;
    (void)kind;
    (void)sentence;
}

static void no_failure(void *context, const char *sentence)
{
    (void)context;
    (void)sentence;
}

/* As app_finish does it, the read returning at the worst moment: after the source was
 * given up, before the loop has run for the last time. */
static void a_read_that_returns_late_finds_no_pipeline(void **state)
{
    char folder[] = "/tmp/cadence-leaving-XXXXXX", path[64], error[256];
    const char *paths[] = {path};
    struct pipeline_hooks hooks = {.message = no_message, .failed = no_failure};
    struct pipeline_config config = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    source = source_new_files(paths, 1, false);
    struct pipeline *pipeline = pipeline_new(uv_default_loop(), &config, &hooks);
    source->loop = uv_default_loop();
    source->sink = pipeline_sink(pipeline);
    pipeline_start(pipeline, source);
    assert_int_equal(source->ops->start(source, error, sizeof error), 0);
    uv_run(uv_default_loop(), UV_RUN_NOWAIT);
    usleep(50000); /* the read waits for who writes */
    source->ops->stop(source);
    pipeline_stop(pipeline);
    source->ops->free(source);
    usleep(50000); /* it has returned */
    pipeline_free(pipeline);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_that_returns_late_finds_no_pipeline)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
