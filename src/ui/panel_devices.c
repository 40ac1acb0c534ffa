#include "cadence/parts.h"

#include <stdio.h>
#include <stdlib.h>

struct device_row {
    enum device device;
    uint32_t users;
};

static int by_users(const void *a, const void *b)
{
    const struct device_row *x = a, *y = b;
    if (x->users != y->users)
        return x->users < y->users ? 1 : -1;
    return strcmp(device_name(x->device), device_name(y->device));
}

/* Devices that have users, in the order of reports. Returns how many. */
static size_t devices_sort(const struct snapshot *s, struct device_row out[DEVICE_COUNT])
{
    size_t count = 0;
    for (enum device device = 0; device < DEVICE_COUNT; device++)
        if (s->devices[device])
            out[count++] = (struct device_row){device, s->devices[device]};
    qsort(out, count, sizeof *out, by_users);
    return count;
}

static void devices_unit(const struct panel_view *view, char *out, size_t size)
{
    (void)view;
    snprintf(out, size, "users");
}

static void devices_draw(const struct panel_view *view, struct canvas *inside)
{
    struct canvas area = part_area(inside), *canvas = &area;
    struct device_row rows[DEVICE_COUNT];
    size_t count = devices_sort(view->snapshot, rows);
    uint64_t whole = 0, beyond = 0;
    if (part_no_plays(view, canvas))
        return;
    if (count == 0) {
        part_sentence(canvas, "Every play here is anonymous: no user to count.");
        return;
    }
    for (size_t i = 0; i < count; i++)
        whole += rows[i].users;
    size_t room = canvas->h > 0 ? (size_t)canvas->h : 0,
           shown = count <= room ? count : room;
    /* The last line sums up what there is no line for. */
    for (size_t i = shown ? shown - 1 : 0; i < count; i++)
        beyond += rows[i].users;
    uint64_t most = shown < count && beyond > rows[0].users ? beyond : rows[0].users;
    int step = canvas->h >= (int)count * 2 + 1 && view->zoomed ? 2 : 1;
    for (size_t i = 0; i < shown; i++) {
        bool rest = shown < count && i + 1 == shown;
        struct share_row row = {rest ? "others" : device_name(rows[i].device),
                                rest ? beyond : rows[i].users,
                                whole,
                                most,
                                ROLE_BAR,
                                7};
        part_share(canvas, (int)i * step, &row);
    }
}

const struct panel panel_devices = {
    .id = "devices",
    .title = "Devices",
    .min_w = 20,
    .min_h = 3,
    .unit = devices_unit,
    .draw = devices_draw,
};
