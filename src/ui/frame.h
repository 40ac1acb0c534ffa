/* Borders with titles: of panels and of lists that lie over them. */
#ifndef CADENCE_UI_FRAME_H
#define CADENCE_UI_FRAME_H

#include "cadence/canvas.h"

struct frame {
    int x, y, w, h;
    const char *title, *unit; /* in the upper border, left and right; "" none */
    const char *note;         /* in the lower border, right; "" none */
    bool focused;
};

/* Draws the border and returns the inside, which it leaves as it is. */
struct canvas frame_draw(struct canvas *canvas, const struct frame *frame);

#endif
