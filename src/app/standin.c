/* Stand-ins (weak) for parts that are still on their way; a part's own code takes their place.
 * This file goes when the last one has come. */
#include "cadence/screen.h"
#include "cadence/source.h"
#include "cadence/ui.h"

#define WEAK __attribute__((weak))

WEAK struct source *source_new_kafka(const struct kafka_config *c) { (void)c; return NULL; }
WEAK struct ui *ui_new(const struct ui_config *c) { (void)c; return NULL; }
WEAK void ui_free(struct ui *u) { (void)u; }
WEAK void ui_resize(struct ui *u, int w, int h) { (void)u; (void)w; (void)h; }
WEAK unsigned ui_key(struct ui *u, const struct ui_key *k) { (void)u; (void)k; return 0; }
WEAK void ui_request(const struct ui *u, struct snapshot_request *r) { (void)u; (void)r; }
WEAK struct snapshot *ui_set_snapshot(struct ui *u, struct snapshot *s) { (void)u; return s; }
WEAK void ui_set_source(struct ui *u, const struct source_status *s, double e) { (void)u; (void)s; (void)e; }
WEAK void ui_message(struct ui *u, enum message_kind k, const char *s, int64_t n) { (void)u; (void)k; (void)s; (void)n; }
WEAK unsigned ui_tick(struct ui *u, int64_t n) { (void)u; (void)n; return 0; }
WEAK void ui_draw(struct ui *u, struct canvas *c) { (void)u; (void)c; }
WEAK const struct theme *ui_theme(const struct ui *u) { (void)u; return NULL; }
WEAK struct screen *screen_open(const struct screen_config *c, char *e, size_t n) { (void)c; (void)e; (void)n; return NULL; }
WEAK void screen_close(struct screen *s) { (void)s; }
WEAK int screen_fd(const struct screen *s) { (void)s; return 0; }
WEAK void screen_size(const struct screen *s, int *w, int *h) { (void)s; (void)w; (void)h; }
WEAK void screen_resized(struct screen *s, int w, int h) { (void)s; (void)w; (void)h; }
WEAK bool screen_key(struct screen *s, struct ui_key *k) { (void)s; (void)k; return false; }
WEAK bool screen_alive(const struct screen *s) { (void)s; return true; }
WEAK void screen_draw(struct screen *s, const struct canvas *c, const struct theme *t) { (void)s; (void)c; (void)t; }
WEAK void screen_repaint(struct screen *s) { (void)s; }
WEAK void screen_suspend(struct screen *s) { (void)s; }
WEAK void screen_resume(struct screen *s) { (void)s; }
WEAK void screen_emergency_restore(void) { }
