/* Cadence: wiring only. */
#include "app/app.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct options options;
    char error[512];
    int code = EXIT_USAGE;
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    switch (options_read(&options, argc, argv, error, sizeof error)) {
    case OPTIONS_DONE:
        code = fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
        break;
    case OPTIONS_WRONG:
        fprintf(stderr, "cadence: %s (--help lists all options)\n", error);
        break;
    case OPTIONS_RUN:
        code = options.report || options.screen_w ? app_headless(&options)
                                                  : app_monitor(&options);
        break;
    }
    options_fini(&options);
    return code;
}
