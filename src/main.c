/* Cadence: wiring only. */
#include "app/app.h"

#include "cadence/standard.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct options options;
    char error[512];
    int code = EXIT_USAGE;
    standard_keep();
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN); /* both: writing fails, and says why */
    signal(SIGXFSZ, SIG_IGN);
    switch (options_read(&options, argc, argv, error, sizeof error - 32)) {
    case OPTIONS_DONE:
        code = fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
        if (code)
            app_say_errno("cannot write to standard output");
        break;
    case OPTIONS_WRONG:
        strcat(error, " (--help lists all options)");
        app_say(error);
        break;
    case OPTIONS_RUN:
        code = options.report || options.screen_w ? app_headless(&options)
                                                  : app_monitor(&options);
        break;
    }
    options_fini(&options);
    return code;
}
