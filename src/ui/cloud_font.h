/* Capitals three lines high, of half blocks, for the largest words of a cloud. */
#ifndef CADENCE_UI_CLOUD_FONT_H
#define CADENCE_UI_CLOUD_FONT_H

#include "cadence/canvas.h"

#define FONT_LINES 3

/* Columns of the text in large letters; 0 if a character has none. Letters are not told
 * from capitals. */
int font_width(struct str text);
void font_draw(struct canvas *canvas, int x, int y, enum role role, struct str text);

#endif
