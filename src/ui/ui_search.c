/* Which rows a search finds.
 *
 * Method: every row's text is folded and looked through, SEARCH_SLICE rows at a time, so
 * that a key never waits for a list of a million. `match` holds, in the list's order,
 * what was found so far; then [again, again_end), what a shorter search had found and
 * this one has not looked at yet; rows from next_row on were looked at by neither. A
 * longer search finds nothing that the shorter one did not. What is found keeps its
 * place: later slices only add behind it. New figures of many rows are gone through
 * before they are shown (search_ahead). */
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

static bool is_done(const struct found *found)
{
    return found->again == found->again_end && found->next_row >= found->rows;
}

/* What is searched now: the figures that wait, else those shown. */
static struct found *in_work(struct ui *ui)
{
    return ui->next ? &ui->ahead : &ui->found;
}

static struct panel_view view_of(const struct ui *ui)
{
    struct panel_view view = ui_view(ui, ui->focus);
    if (ui->next)
        view.snapshot = ui->next;
    return view;
}

bool search_is_done(const struct ui *ui)
{
    return is_done(ui->next ? &ui->ahead : &ui->found);
}

bool ui_is_searching(const struct ui *ui)
{
    return ui->search[0] && (!is_done(&ui->found) || ui_lacks_rows(ui));
}

void search_begin(struct ui *ui, size_t rows)
{
    struct found *found = in_work(ui);
    bool is_on = ui->search[0] && panel_get(ui->focus)->row_text;
    found->matches = 0;
    found->again = found->again_end = found->next_row = 0;
    found->rows = is_on ? rows : 0;
    /* Found nothing is not the same as no search. */
    found->match = mem_grow(found->match, &found->cap, 1, sizeof *found->match);
}

bool search_ahead(struct ui *ui, struct snapshot *snapshot)
{
    const struct panel *panel = panel_get(ui->focus);
    if (ui->next || !ui->snapshot || ui->stale || !ui->search[0] || !is_done(&ui->found))
        return false;
    ui->next = snapshot;
    struct panel_view view = view_of(ui);
    size_t rows = panel->rows ? panel->rows(&view) : 0;
    if (rows <= SEARCH_SLICE) {
        ui->next = NULL;
        return false;
    }
    search_begin(ui, rows);
    return true;
}

void search_narrow(struct ui *ui)
{
    struct found *found = &ui->found;
    size_t left = found->again_end - found->again;
    if (left)
        memmove(found->match + found->matches, found->match + found->again,
                left * sizeof *found->match);
    found->again = 0;
    found->again_end = found->matches + left;
    found->matches = 0;
}

/* The next row to be looked at. Never written over before: at most one row is kept for
 * one that was taken. */
static size_t take_row(struct found *found)
{
    if (found->again < found->again_end)
        return found->match[found->again++];
    return found->next_row++;
}

void search_go_on(struct ui *ui)
{
    const struct panel *panel = panel_get(ui->focus);
    struct found *found = in_work(ui);
    struct panel_view view = view_of(ui);
    char text[ROW_TEXT_MAX], needle[4 * SEARCH_MAX];
    struct str folded = {needle, fold(ui->search, needle, sizeof needle)};
    for (int i = 0; i < SEARCH_SLICE && !is_done(found); i++) {
        size_t row = take_row(found);
        text[0] = 0;
        panel->row_text(&view, row, text, sizeof text);
        if (!folded_finds(text, folded))
            continue;
        found->match =
            mem_grow(found->match, &found->cap, found->matches + 1, sizeof *found->match);
        found->match[found->matches++] = row;
    }
}
