/* The bytes and modes that give the terminal back, kept ready for a crash handler. */
#ifndef CADENCE_UI_SCREEN_EMERGENCY_H
#define CADENCE_UI_SCREEN_EMERGENCY_H

#include <stddef.h>
#include <termios.h>

/* From here on until emergency_off an emergency writes `count` strings (NULL: none) to fd
 * and sets the modes. Padding in the strings, such as $<5>, is left out. */
void emergency_ready(int fd, const struct termios *modes, const char *const *strings,
                     size_t count);
void emergency_off(void);

/* Writes all of it, whatever interrupts. Async-signal-safe. */
void write_all(int fd, const char *bytes, size_t count);

#endif
