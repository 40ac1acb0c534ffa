/* Counts by id and zone, of those ids that have any.
 *
 * Method. Ids are dense, but most of them may be of long ago: 64 neighbours share a page,
 * which has a bit for each and rows, one behind the other, for those whose bit is set. A
 * row is found by the bits before its own; what comes in order of id is put behind. Rows
 * that have become nothing stay until they are many, so that who comes and goes is not
 * moved each time.
 *
 * Memory. A row is 24 bytes; a page has room for three more than it needs; a third as
 * many rows as there are ids with counts, and one in 100 of all ids, may be of nothing.
 * So some 24 to 45 bytes for each id that has counts, or 140 where it is alone among its
 * neighbours, and less than a byte for every id ever seen.
 */
#include "cadence/mem.h"
#include "trend_impl.h"

#include <stdlib.h>
#include <string.h>

#define ROW_BYTES (ZONE_COUNT * sizeof(uint32_t))
#define ROWS_AT_ONCE 4u /* of a page's room */

static unsigned room_of(unsigned rows)
{
    return (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * ROWS_AT_ONCE;
}

static unsigned page_rows(const struct counts_page *page)
{
    return (unsigned)__builtin_popcountll(page->has);
}

static bool is_nothing(const uint32_t *row)
{
    uint32_t any = 0;
    for (int z = 0; z < ZONE_COUNT; z++)
        any |= row[z];
    return !any;
}

static void pages_room(struct counts *counts, size_t pages)
{
    if (pages <= counts->pages)
        return;
    size_t before = counts->pages;
    counts->page = mem_grow(counts->page, &counts->pages, pages, sizeof *counts->page);
    memset(counts->page + before, 0, (counts->pages - before) * sizeof *counts->page);
}

uint32_t *counts_put(struct counts *counts, uint32_t id)
{
    pages_room(counts, id / COUNTS_PAGE + 1);
    struct counts_page *page = &counts->page[id / COUNTS_PAGE];
    uint64_t bit = UINT64_C(1) << id % COUNTS_PAGE;
    unsigned at = (unsigned)__builtin_popcountll(page->has & (bit - 1));
    if (page->has & bit)
        return page->row[at];
    unsigned rows = page_rows(page);
    if (rows == room_of(rows))
        page->row = mem_realloc(page->row, room_of(rows + 1) * ROW_BYTES);
    memmove(page->row[at + 1], page->row[at], (rows - at) * ROW_BYTES);
    memset(page->row[at], 0, ROW_BYTES);
    page->has |= bit;
    counts->rows++;
    return page->row[at];
}

static void page_sweep(struct counts_page *page)
{
    unsigned kept = 0, at = 0;
    for (uint64_t has = page->has; has; has &= has - 1, at++) {
        if (is_nothing(page->row[at]))
            page->has &= ~(has & -has);
        else
            memmove(page->row[kept++], page->row[at], ROW_BYTES);
    }
    if (!kept) {
        free(page->row);
        page->row = NULL;
    } else if (room_of(kept) < room_of(at)) {
        page->row = mem_realloc(page->row, room_of(kept) * ROW_BYTES);
    }
}

void counts_less(struct counts *counts, const uint32_t *row)
{
    counts->nothing += is_nothing(row);
}

void counts_sweep(struct counts *counts)
{
    if (counts->nothing < (counts->rows + counts->pages) / 4)
        return;
    counts->rows = counts->nothing = 0;
    for (size_t i = 0; i < counts->pages; i++)
        if (counts->page[i].has) {
            page_sweep(&counts->page[i]);
            counts->rows += page_rows(&counts->page[i]);
        }
}

void counts_clear(struct counts *counts)
{
    for (size_t i = 0; i < counts->pages; i++)
        if (counts->page[i].has) {
            free(counts->page[i].row);
            counts->page[i] = (struct counts_page){0, NULL};
        }
    counts->rows = counts->nothing = 0;
}

void counts_copy(struct counts *to, const struct counts *from)
{
    counts_clear(to);
    pages_room(to, from->pages);
    for (size_t i = 0; i < from->pages; i++) {
        const struct counts_page *page = &from->page[i];
        if (!page->has)
            continue;
        unsigned rows = page_rows(page);
        to->page[i] =
            (struct counts_page){page->has, mem_alloc(room_of(rows) * ROW_BYTES)};
        memcpy(to->page[i].row, page->row, rows * ROW_BYTES);
    }
    to->rows = from->rows;
    to->nothing = from->nothing;
}

void counts_fini(struct counts *counts)
{
    counts_clear(counts);
    free(counts->page);
}

size_t counts_bytes(const struct counts *counts)
{
    size_t bytes = counts->pages * sizeof *counts->page;
    for (size_t i = 0; i < counts->pages; i++)
        bytes += room_of(page_rows(&counts->page[i])) * ROW_BYTES;
    return bytes;
}
