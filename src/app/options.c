#include "cadence/options.h"

#include "cadence/mem.h"
#include "cadence/theme.h"
#include "cadence/ui.h"
#include "cadence/usage.h"
#include "help.h"

#include <math.h>
#include <stdlib.h>

struct reader {
    struct options *o;
    char *error;
    size_t size;
};

static bool wrong(struct reader *r, const char *format, const char *what)
{
    snprintf(r->error, r->size, format, what);
    return false;
}

static void append(const char ***list, size_t *count, const char *item)
{
    *list = mem_realloc(*list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = item;
}

/* Behind a [ of a pattern, the ] that closes it: it is no end where it stands first. */
static char *set_end(char *t)
{
    t += *t == '^';
    t += *t == ']';
    return t + strcspn(t, "]");
}

/* Where a topic ends: at a comma, but in a pattern not at one within (), [] or {}. */
static char *topic_end(char *t)
{
    int depth = 0;
    if (*t != '^')
        return t + strcspn(t, ",");
    for (; *t && (*t != ',' || depth > 0); t++) {
        if (*t == '[')
            t = set_end(t + 1);
        else if (*t == '\\' && t[1])
            t++;
        else
            depth += (*t == '(' || *t == '{') - (*t == ')' || *t == '}');
        if (!*t)
            break;
    }
    return t;
}

static bool read_topics(struct reader *r, char *list)
{
    struct options *o = r->o;
    size_t before = o->kafka.topic_count;
    for (bool more = true; more;) {
        char *end = topic_end(list);
        more = *end == ',';
        *end = '\0';
        if (*list)
            append(&o->topics, &o->kafka.topic_count, list);
        list = end + 1;
    }
    if (o->kafka.topic_count == before)
        return wrong(r, "%s",
                     "--topic wants the name of a topic, or a pattern like ^plays");
    return true;
}

/* Digits alone: strtol takes blanks and signs too. */
static bool read_digits(const char **p, long most, long *out)
{
    const char *from = *p;
    for (*out = 0; **p >= '0' && **p <= '9' && *out <= most; ++*p)
        *out = *out * 10 + (**p - '0');
    return *p > from && *out <= most;
}

#define REPLAY_LEAST 1e-6 /* a second of event time in 11 days */

static bool read_replay(struct reader *r, const char *arg)
{
    char *end;
    bool plain = strspn(arg, "0123456789.") && !strpbrk(arg, "xX");
    r->o->replay = strtod(arg, &end);
    if (strcmp(arg, "max") == 0) {
        r->o->replay = 0;
        return true;
    }
    if (!plain || *end || !(r->o->replay >= REPLAY_LEAST) || !isfinite(r->o->replay))
        return wrong(r, "--replay wants a speed like 1, 60 or max, not \"%s\"", arg);
    return true;
}

static bool read_every(struct reader *r, const char *arg)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', HOUR_MS}, {'d', DAY_MS}};
    const char *end = arg;
    long n;
    bool number = read_digits(&end, 99999, &n);
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (number && n > 0 && end[0] == units[i].unit && !end[1]) {
            r->o->every_ms = n * units[i].ms;
            return true;
        }
    return wrong(r, "--every wants a time like 30s, 5m, 6h or 1d, not \"%s\"", arg);
}

static bool read_top(struct reader *r, const char *arg)
{
    const char *end = arg;
    long n;
    if (!read_digits(&end, 1000000000, &n) || *end)
        return wrong(r, "--top wants a number of rows, not \"%s\"", arg);
    r->o->top = (size_t)n;
    r->o->top_given = true;
    return true;
}

static bool read_screen(struct reader *r, const char *arg)
{
    const char *end = arg;
    long w, h;
    if (!read_digits(&end, 1000, &w) || *end++ != 'x' || !read_digits(&end, 1000, &h) ||
        *end || w < 1 || h < 1)
        return wrong(r, "--screen wants columns and rows like 120x40, not \"%s\"", arg);
    if (w < UI_MIN_W || h < UI_MIN_H) {
        snprintf(r->error, r->size, "--screen %s is too small: %dx%d at least", arg,
                 UI_MIN_W, UI_MIN_H);
        return false;
    }
    r->o->screen_w = (int)w;
    r->o->screen_h = (int)h;
    return true;
}

static bool read_scale(struct reader *r, const char *arg)
{
    static const char *const names[SCALE_COUNT] = {"auto", "30m", "6h", "1d", "1w"};
    for (enum trend_scale s = 0; s < SCALE_COUNT; s++)
        if (strcmp(arg, names[s]) == 0) {
            r->o->scale = s;
            return true;
        }
    return wrong(r, "--scale is auto, 30m, 6h, 1d or 1w, not \"%s\"", arg);
}

static bool read_report(struct reader *r, const char *arg)
{
    r->o->report = report_format_of(arg);
    return r->o->report || wrong(r, "--report is json, csv or text, not \"%s\"", arg);
}

/* No default: the compiler tells of an option that has no case. */
static bool take(struct reader *r, enum option_id id, char *arg)
{
    struct options *o = r->o;
    switch (id) {
    case OPT_KAFKA:
        o->use_kafka = true;
        o->kafka.brokers = arg;
        return true;
    case OPT_TOPIC:
        return read_topics(r, arg);
    case OPT_GROUP:
        o->kafka.group = arg;
        return true;
    case OPT_FROM:
        o->kafka.from = arg;
        return true;
    case OPT_UNTIL:
        o->kafka.until = arg;
        return true;
    case OPT_PROPERTY:
        append(&o->properties, &o->kafka.property_count, kafka_property_take(arg));
        return true;
    case OPT_KAFKA_CONFIG:
        o->use_kafka = true;
        o->kafka.config_file = arg;
        return true;
    case OPT_DEMO:
        return o->demo = true;
    case OPT_FOLLOW:
        return o->follow = true;
    case OPT_REPLAY:
        return read_replay(r, arg);
    case OPT_WEEKS:
        return filter_choose_weeks(&o->filter, arg, r->error, r->size) == 0;
    case OPT_ZONES:
        return filter_choose_zones(&o->filter, arg, r->error, r->size) == 0;
    case OPT_TOP:
        return read_top(r, arg);
    case OPT_SCALE:
        return read_scale(r, arg);
    case OPT_REPORT:
        return read_report(r, arg);
    case OPT_EVERY:
        return read_every(r, arg);
    case OPT_SCREEN:
        return read_screen(r, arg);
    case OPT_COLOR:
        return o->color = true;
    case OPT_PANEL:
        o->panel = arg;
        return true;
    case OPT_CLOUD:
        return o->cloud = true;
    case OPT_THEME:
        o->theme_name = arg;
        return true;
    case OPT_ASCII:
        return o->ascii = true;
    case OPT_NO_COLOR:
        return o->no_color = true;
    case OPT_NO_MOUSE:
        return o->no_mouse = true;
    case OPT_HELP: /* printed before it comes to this */
    case OPT_VERSION:
    case OPT_MAN:
    case OPT_COUNT:
        break;
    }
    return false;
}

/* Does the terminal say that it is white, as rxvt and Konsole do?
 * "foreground;background", 7 and 15 are whites. */
static bool is_white(void)
{
    const char *colors = getenv("COLORFGBG"),
               *back = colors ? strrchr(colors, ';') : NULL;
    return back && (strcmp(back, ";7") == 0 || strcmp(back, ";15") == 0);
}

/* `from` says where the name was found, if not on the command line. */
static bool read_theme(struct reader *r, const char *name, const char *from)
{
    char names[512], why[256];
    r->o->theme_name = name;
    if (theme_load(&r->o->theme, name, why, sizeof why) == 0)
        return true;
    help_theme_names(names, sizeof names);
    bool unknown = strstr(why, "there is no theme") == why;
    snprintf(r->error, r->size, "%s%s%s%s%s", from, why, unknown ? ": themes are " : "",
             unknown ? names : "", unknown ? ", or a file" : "");
    return false;
}

/* A report has no colours, and does not fail for those of the environment. */
static bool choose_theme(struct reader *r)
{
    struct options *o = r->o;
    const char *named = getenv("CADENCE_THEME");
    char error[256];
    if (o->theme_name)
        return read_theme(r, o->theme_name, "");
    if (o->report)
        return true;
    if (named && *named)
        return read_theme(r, named, "CADENCE_THEME: ");
    if (is_white() && theme_load(&o->theme, "light", error, sizeof error) == 0)
        o->theme_name = "light";
    return true;
}

/* Names that other parts give a meaning to. */
static bool check_names(struct reader *r)
{
    struct options *o = r->o;
    char names[512];
    bool known = !o->panel;
    for (enum panel_id id = 0; o->panel && id < PANEL_COUNT; id++)
        known |= strcmp(o->panel, panel_get(id)->id) == 0;
    if (!known) {
        help_panel_names(names, sizeof names);
        snprintf(r->error, r->size, "there is no panel \"%s\": panels are %s", o->panel,
                 names);
        return false;
    }
    return choose_theme(r);
}

/* What does not go together. */
static bool check(struct reader *r)
{
    struct options *o = r->o;
    int sources = o->use_kafka + o->demo + (o->file_count > 0);
    if (sources > 1)
        return wrong(r, "%s", "choose one input: --kafka, --demo or files");
    if (!o->use_kafka && (o->kafka.topic_count || o->kafka.group || o->kafka.from ||
                          o->kafka.until || o->kafka.property_count))
        return wrong(r, "%s",
                     "--topic, --group, --from, --until and -X need --kafka BROKERS");
    if (!o->use_kafka && o->panel && strcmp(o->panel, panel_kafka.id) == 0)
        return wrong(r, "--panel %s needs --kafka BROKERS", o->panel);
    /* One report is about what the topics hold now; a series of them goes on. */
    if (o->use_kafka && !o->kafka.until && (o->report || o->screen_w) && !o->every_ms)
        o->kafka.until = "end";
    if (o->kafka.config_file && kafka_config_load(&o->kafka, r->error, r->size) < 0)
        return false;
    if (o->use_kafka && kafka_config_check(&o->kafka, r->error, r->size) != 0)
        return false;
    if (o->every_ms && o->report != REPORT_JSON)
        return wrong(r, "%s", "--every needs --report json");
    if (o->report && o->screen_w)
        return wrong(r, "%s", "choose one output: --report or --screen");
    if (o->color && !o->screen_w)
        return wrong(r, "%s", "--color needs --screen WxH");
    if (o->color && o->no_color)
        return wrong(r, "%s", "choose one: --color or --no-color");
    if (o->kafka.group && o->replay > 0)
        return wrong(r, "%s",
                     "--replay holds up what a group shares: leave out --group, or read "
                     "with --replay max");
    if (o->follow && !o->file_count)
        return wrong(r, "%s", "--follow needs a file");
    return true;
}

enum options_result options_read(struct options *o, int argc, char **argv, char *error,
                                 size_t size)
{
    struct option longs[OPT_COUNT + 1];
    char letters[2 * OPT_COUNT + 2];
    struct reader r = {.o = o, .error = error, .size = size};
    help_getopt_tables(longs, letters);
    *o = (struct options){.top = 10};
    filter_init(&o->filter);
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        int id = help_option_of(c);
        if (c == '?' || c == ':') {
            usage_complaint(longs, c, argv[optind - 1], r.error, r.size);
            return OPTIONS_WRONG;
        }
        if (id == OPT_HELP || id == OPT_VERSION || id == OPT_MAN) {
            help_print(id);
            return OPTIONS_DONE;
        }
        if (!take(&r, (enum option_id)id, optarg))
            return OPTIONS_WRONG;
    }
    for (int i = optind; i < argc; i++)
        append(&o->files, &o->file_count, argv[i]);
    o->kafka.topics = o->topics;
    o->kafka.properties = o->properties;
    return check(&r) && check_names(&r) ? OPTIONS_RUN : OPTIONS_WRONG;
}

void options_fini(struct options *o)
{
    free(o->files);
    free(o->topics);
    free(o->kafka.config_text);
    for (size_t i = 0; i < o->kafka.property_count; i++)
        free((char *)(uintptr_t)o->properties[i]);
    free(o->properties);
}
