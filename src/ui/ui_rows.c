/* Rows of a panel that stands alone: how many, which are found, which is selected. */
#include <stdlib.h>

#include "cadence/mem.h"
#include "canvas_unicode.h"
#include "ui_state.h"

/* Folds text to lower-case ASCII letters where it can: "Björk" and "bjork" are the same.
 * Marks and what is never drawn are left out. Returns the bytes written. */
static size_t fold(const char *text, char *out, size_t size)
{
    struct str rest = str_of(text);
    size_t n = 0;
    while (rest.n && n + 5 < size) {
        char c = rest.p[0];
        if (c >= ' ' && c < 127) {
            out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
            rest.p++;
            rest.n--;
            continue;
        }
        uint32_t ch = utf8_next(&rest);
        enum glyph_class kind = unicode_class(ch);
        if (kind == GLYPH_MARK || kind == GLYPH_HIDDEN)
            continue;
        const char *ascii = unicode_ascii(ch);
        size_t from = n;
        if (ascii[0])
            for (; *ascii; ascii++)
                out[n++] = *ascii;
        else
            n += utf8_put(kind == GLYPH_BLANK ? ' ' : ch, out + n);
        for (size_t i = from; i < n; i++)
            if (out[i] >= 'A' && out[i] <= 'Z')
                out[i] = (char)(out[i] - 'A' + 'a');
    }
    out[n] = 0;
    return n;
}

static bool folded_finds(const char *text, struct str needle)
{
    char hay[2048];
    size_t n = fold(text, hay, sizeof hay);
    return memmem(hay, n, needle.p, needle.n) != NULL;
}

bool text_finds(const char *text, const char *search)
{
    char needle[4 * SEARCH_MAX];
    size_t n = fold(search, needle, sizeof needle);
    return folded_finds(text, (struct str){needle, n});
}

static size_t panel_rows(const struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    return panel->rows ? panel->rows(&view) : 0;
}

size_t ui_rows(const struct ui *ui)
{
    return ui->search[0] ? ui->matches : panel_rows(ui);
}

/* All but the border and a few lines of headings. */
size_t ui_page(const struct ui *ui)
{
    int h = ui_body(ui).h;
    return h > 6 ? (size_t)h - 5 : 1;
}

static void clamp(struct ui *ui)
{
    size_t rows = ui_rows(ui);
    size_t page = ui_page(ui);
    if (ui->go_last || ui->selected >= rows)
        ui->selected = rows ? rows - 1 : 0;
    if (ui->first > ui->selected)
        ui->first = ui->selected;
    if (ui->selected >= ui->first + page)
        ui->first = ui->selected - page + 1;
}

/* Keeps the rows that the search finds, of all or (narrow) of those found before. */
static void match(struct ui *ui, bool narrow)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    size_t rows = narrow ? ui->matches : panel_rows(ui);
    char text[1024], needle[4 * SEARCH_MAX];
    struct str folded = {needle, fold(ui->search, needle, sizeof needle)};
    ui->matches = 0;
    if (!ui->search[0] || !panel->row_text)
        return;
    for (size_t i = 0; i < rows; i++) {
        size_t row = narrow ? ui->match[i] : i;
        text[0] = 0;
        panel->row_text(&view, row, text, sizeof text);
        if (!folded_finds(text, folded))
            continue;
        ui->match =
            mem_grow(ui->match, &ui->match_cap, ui->matches + 1, sizeof *ui->match);
        ui->match[ui->matches++] = row;
    }
}

void ui_match(struct ui *ui)
{
    match(ui, false);
    clamp(ui);
}

/* What a longer search finds is among what the shorter one found. */
void ui_match_longer(struct ui *ui)
{
    match(ui, true);
    clamp(ui);
}

void ui_move(struct ui *ui, long by)
{
    size_t rows = ui_rows(ui);
    ui->go_last = false;
    if (by < 0)
        ui->selected -= ui->selected < (size_t)-by ? ui->selected : (size_t)-by;
    else
        ui->selected = rows && ui->selected + (size_t)by >= rows
                           ? rows - 1
                           : ui->selected + (size_t)by;
    clamp(ui);
}
