/* What the screen shows, kept as a report: of a pipe that has run dry there is no other.
 */
#include "save.h"

#include "cadence/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NAMES_MOST 100

/* A file that was not there, "cadence-20240503-050317.json", or with a number behind; -1
 * with errno. */
static int open_new(char *name, size_t size)
{
    char moment[32];
    struct tm utc;
    time_t now = time(NULL);
    strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", gmtime_r(&now, &utc));
    snprintf(name, size, "cadence-%s.json", moment);
    for (int i = 2;; i++) {
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST || i > NAMES_MOST)
            return fd;
        snprintf(name, size, "cadence-%s-%d.json", moment, i);
    }
}

static int write_report(int fd, const struct snapshot *snapshot)
{
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        return -1;
    }
    int rc = report_write(file, REPORT_JSON, false, snapshot), why = errno;
    if (fclose(file) != 0 && rc == 0)
        return -1;
    errno = why;
    return rc;
}

bool save_report(const struct snapshot *snapshot, char *sentence, size_t size)
{
    char name[64];
    int fd = open_new(name, sizeof name);
    if (fd < 0) {
        snprintf(sentence, size, "cannot write %s here: %s", name, strerror(errno));
        return false;
    }
    if (write_report(fd, snapshot) == 0) {
        snprintf(sentence, size, "these figures are kept in %s", name);
        return true;
    }
    snprintf(sentence, size, "cannot write %s: %s", name, strerror(errno));
    unlink(name);
    return false;
}
