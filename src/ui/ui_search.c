/* Which rows a search finds.
 *
 * Method: every row's text is folded and looked through, SEARCH_SLICE rows at a time, so
 * that a key never waits for a list of a million. `match` holds, in the list's order,
 * what was found so far; then [again, again_end), what a shorter search had found and
 * this one has not looked at yet; rows from next_row on were looked at by neither. A
 * longer search finds nothing that the shorter one did not. What is found keeps its
 * place: later slices only add behind it. */
#include "cadence/mem.h"
#include "canvas_unicode.h"
#include "ui_state.h"

/* Text as a search sees it (unicode_fold), as UTF-8. Returns the bytes written. */
static size_t fold(const char *text, char *out, size_t size)
{
    struct str rest = str_of(text);
    size_t n = 0;
    while (rest.n && n + 4 * UNICODE_FOLD < size) {
        unsigned char c = (unsigned char)rest.p[0];
        if (c >= ' ' && c < 0x7F) { /* of a million rows this is most */
            out[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
            rest.p++;
            rest.n--;
            continue;
        }
        uint32_t folded[UNICODE_FOLD];
        int count = unicode_fold(utf8_next(&rest), folded);
        for (int i = 0; i < count; i++)
            n += utf8_put(folded[i], out + n);
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

bool search_is_done(const struct ui *ui)
{
    return ui->todo.again == ui->todo.again_end && ui->todo.next_row >= ui->todo.rows;
}

bool ui_is_searching(const struct ui *ui)
{
    return ui->search[0] && (!search_is_done(ui) || ui_lacks_rows(ui));
}

void search_begin(struct ui *ui, size_t rows)
{
    bool is_on = ui->search[0] && panel_get(ui->focus)->row_text;
    ui->matches = 0;
    ui->todo.again = ui->todo.again_end = ui->todo.next_row = 0;
    ui->todo.rows = is_on ? rows : 0;
    /* Found nothing is not the same as no search. */
    ui->match = mem_grow(ui->match, &ui->match_cap, 1, sizeof *ui->match);
}

void search_narrow(struct ui *ui)
{
    size_t left = ui->todo.again_end - ui->todo.again;
    if (left)
        memmove(ui->match + ui->matches, ui->match + ui->todo.again,
                left * sizeof *ui->match);
    ui->todo.again = 0;
    ui->todo.again_end = ui->matches + left;
    ui->matches = 0;
}

/* The next row to be looked at. Never written over before: at most one row is kept for
 * one that was taken. */
static size_t take_row(struct ui *ui)
{
    if (ui->todo.again < ui->todo.again_end)
        return ui->match[ui->todo.again++];
    return ui->todo.next_row++;
}

void search_go_on(struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct panel_view view = ui_view(ui, ui->focus);
    char text[ROW_TEXT_MAX], needle[4 * SEARCH_MAX];
    struct str folded = {needle, fold(ui->search, needle, sizeof needle)};
    for (int i = 0; i < SEARCH_SLICE && !search_is_done(ui); i++) {
        size_t row = take_row(ui);
        text[0] = 0;
        panel->row_text(&view, row, text, sizeof text);
        if (!folded_finds(text, folded))
            continue;
        ui->match =
            mem_grow(ui->match, &ui->match_cap, ui->matches + 1, sizeof *ui->match);
        ui->match[ui->matches++] = row;
    }
}
