/* What each key does. */
#include <stdio.h>

#include "ui_actions.h"

/* ---- filter ---- */

static unsigned filter_changed(struct ui *ui)
{
    ui->chips_held = false;
    return ui_filter_changed(ui);
}

unsigned action_zone(struct ui *ui, const struct ui_key *key)
{
    zone_toggle(&ui->filter, (enum zone)(key->ch - '1'));
    return filter_changed(ui);
}

unsigned action_zone_all(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->filter.zones = ZONES_ALL;
    return filter_changed(ui);
}

unsigned action_week_back(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_step(&ui->filter, ui_snapshot(ui), -1);
    return filter_changed(ui);
}

unsigned action_week_next(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_step(&ui->filter, ui_snapshot(ui), 1);
    return filter_changed(ui);
}

unsigned action_week_all(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    weeks_all(&ui->filter);
    return filter_changed(ui);
}

unsigned action_week_present(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    weeks_all(&ui->filter);
    ui->filter.all_weeks = false;
    ui->filter.present = true;
    return filter_changed(ui);
}

unsigned action_week_tick(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    week_toggle(&ui->filter, ui_snapshot(ui), ui->week_cursor);
    return filter_changed(ui);
}

/* Opens on the newest week chosen, or closes. */
unsigned action_week_list(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    const struct snapshot *s = ui_snapshot(ui);
    ui->weeks = !ui->weeks;
    ui->week_cursor = s->weeks ? s->weeks - 1 : 0;
    while (ui->week_cursor > 0 && !week_chosen(&ui->filter, s, ui->week_cursor))
        ui->week_cursor--;
    return UI_REDRAW;
}

/* ---- what is shown, and how ---- */

unsigned action_help(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->help = !ui->help;
    ui->help_first = 0;
    return UI_REDRAW;
}

unsigned action_freeze(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    ui->frozen = !ui->frozen;
    ui->stale = snapshot_more(ui_snapshot(ui));
    snapshot_free(ui->next);
    ui->next = NULL;
    return ui->frozen ? UI_REDRAW : UI_REDRAW | UI_REQUEST;
}

/* A word on the foot line about what a key changed, since its panel may not be on the
 * screen. */
static void say(struct ui *ui, const char *what, const char *value)
{
    char text[128];
    snprintf(text, sizeof text, "%s: %s", what, value);
    ui_message(ui, MESSAGE_INFO, text, ui->now_ms);
}

unsigned action_cloud(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (!ui->cloud) {
        ui->cloud = true;
        ui->by_weight = false;
        ui->why_artist = 0; /* a cloud has no room for it */
    } else if (!ui->by_weight) {
        ui->by_weight = true;
    } else {
        ui->cloud = ui->by_weight = false;
    }
    say(ui, "artists",
        !ui->cloud      ? "list"
        : ui->by_weight ? "cloud by plays"
                        : "cloud by rank");
    return UI_REDRAW | UI_REQUEST;
}

unsigned action_map_scale(struct ui *ui, const struct ui_key *key)
{
    static const char *const names[] = {"quantile", "linear", "logarithmic"};
    (void)key;
    ui->map_scale = (ui->map_scale + 1) % MAP_SCALE_COUNT;
    say(ui, "map scale", names[ui->map_scale]);
    return UI_REDRAW;
}

unsigned action_trend_scale(struct ui *ui, const struct ui_key *key)
{
    static const char *const names[] = {"automatic", "30 minutes against 24 hours",
                                        "6 hours against 7 days", "a day against 4 weeks",
                                        "a week against 8 weeks"};
    (void)key;
    ui->trend_scale = (ui->trend_scale + 1) % SCALE_COUNT;
    ui->stale = true;
    say(ui, "trends", names[ui->trend_scale]);
    return UI_REDRAW | UI_REQUEST;
}

unsigned action_theme(struct ui *ui, const struct ui_key *key)
{
    char names[64][32], error[256];
    size_t count = theme_names(names, 64), at = 0;
    (void)key;
    while (at < count && strcmp(names[at], ui->theme.name) != 0)
        at++;
    struct theme theme;
    const char *next = names[at < count ? (at + 1) % count : 0];
    if (theme_load(&theme, next, error, sizeof error) < 0) {
        ui_message(ui, MESSAGE_WARNING, error, ui->now_ms);
        /* Go on behind the one that cannot be used. */
        memcpy(ui->theme.name, next, sizeof ui->theme.name);
    } else {
        ui->theme = theme;
        char name[sizeof theme.name + 48];
        snprintf(name, sizeof name, "%s%s", theme.name,
                 ui->mono ? " (colours are off here: nothing changes)" : "");
        say(ui, "theme", name);
    }
    return UI_REDRAW;
}

/* ---- the program ---- */

unsigned action_quit(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_QUIT;
}

unsigned action_suspend(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_SUSPEND;
}

unsigned action_repaint(struct ui *ui, const struct ui_key *key)
{
    (void)ui;
    (void)key;
    return UI_REDRAW | UI_REPAINT;
}

unsigned action_save(struct ui *ui, const struct ui_key *key)
{
    (void)key;
    if (ui->snapshot)
        return UI_SAVE;
    ui_message(ui, MESSAGE_INFO, "there are no figures yet", ui->now_ms);
    return UI_REDRAW;
}

typedef unsigned (*action_fn)(struct ui *ui, const struct ui_key *key);

static const action_fn actions[ACTION_COUNT] = {
#define ACTION(id, function) [ACTION_##id] = action_##function,
#include "actions.def"
#undef ACTION
};

unsigned ui_key(struct ui *ui, const struct ui_key *key)
{
    enum key_action action = key_action(ui_mode(ui), key);
    if (key->pasted && action != ACTION_TEXT)
        return UI_NOTHING;
    /* A word on what the key before did has been read when the next key comes. */
    if (actions[action] && ui->message_kind == MESSAGE_INFO)
        ui->message[0] = 0;
    return actions[action] ? actions[action](ui, key) : UI_NOTHING;
}
