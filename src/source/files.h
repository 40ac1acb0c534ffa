#ifndef CADENCE_SOURCE_FILES_H
#define CADENCE_SOURCE_FILES_H

/* How often a followed file is looked at for growth. */
#define FOLLOW_MS 200

#endif
