/* A terminal that takes nothing, as when a connection hangs, would hold whoever writes to
 * it for ever, and with the loop the input, keys and signals. So a thread watches what is
 * written; after STALL_MS it throws away what the terminal has not taken yet, which lets
 * the write go on into the room that makes. A slow line that takes something now and then
 * is left alone. */
#ifndef CADENCE_APP_STALL_H
#define CADENCE_APP_STALL_H

#include <stdbool.h>

#define STALL_MS 2000

struct stall;

/* NULL: there is no thread to be had; the functions take that. fd: of the terminal. */
struct stall *stall_new(int fd);
void stall_free(struct stall *stall);

/* Around what writes. stall_end: has something been thrown away? Then the terminal shows
 * who knows what. */
void stall_begin(struct stall *stall);
bool stall_end(struct stall *stall);

#endif
