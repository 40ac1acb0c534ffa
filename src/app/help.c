#include "help.h"

#include "../ui/keys.h"

#include "cadence/panel.h"
#include "cadence/print.h"
#include "cadence/sim.h"
#include "cadence/theme.h"
#include "cadence/usage.h"

#include <stdio.h>

static const struct usage_option options[OPT_COUNT] = {
#define OPTION(id, name, letter, arg, group, help) {name, letter, arg, group, help},
#include "cadence/options.def"
#undef OPTION
};

static const char *const synopsis[] = {
    "cadence [OPTION]... [FILE]...",
    "cadence --kafka BROKERS [--topic T[,T]...] [-X NAME=VALUE]...",
    "cadence --demo",
};

static const struct usage_example examples[] = {
    {"cadence --demo", "see it live, with nothing else installed"},
    {"eventsim ... | cadence", "watch a generator or any other program"},
    {"cadence events.jsonl.gz", "look into files, compressed or not"},
    {"cadence --follow /var/log/listen_events.json", "watch a growing file"},
    {"cadence --kafka localhost:9092 --topic listen_events", "watch a Kafka topic"},
    {"cadence --report json --weeks Present --zones EST,PST FILE", "one exact report"},
    {"cadence --screen 120x40 --color FILE", "the screen as text, without a terminal"},
};

static const char files_help[] =
    "FILE is EventSim's JSON lines, plain or .gz; - or nothing is standard input.";

static const char kafka_help[] =
    "The header shows messages a second and how far behind the figures are, as in "
    "\"lag 48,210 (3 h 20 min), caught up in 40 s\": the messages in the log that were "
    "not read yet; the event time they stand for, in the partition that is farthest "
    "behind, by what as many before them were worth (none until that is known); and the "
    "lag over what is read less what is added.";

static const char exit_codes[] =
    "0 done, or the reader has gone; 1 something failed; 2 wrong usage; 129, "
    "130 and 143 ended by SIGHUP, SIGINT and SIGTERM.";

void help_getopt_tables(struct option *longs, char *letters)
{
    usage_getopt(options, OPT_COUNT, longs, letters);
}

int help_option_of(int c)
{
    return usage_option_of(options, OPT_COUNT, c);
}

static void add_name(char *out, size_t size, const char *name)
{
    size_t used = strlen(out), parted = used ? 2 : 0, n = strlen(name);
    if (used + parted + n >= size)
        return;
    memcpy(out + used, ", ", parted);
    memcpy(out + used + parted, name, n + 1);
}

void help_panel_names(char *out, size_t size)
{
    out[0] = 0;
    for (enum panel_id id = 0; id < PANEL_COUNT; id++)
        add_name(out, size, panel_get(id)->id);
}

void help_theme_names(char *out, size_t size)
{
    char names[64][32];
    size_t count = theme_names(names, 64);
    out[0] = 0;
    for (size_t i = 0; i < count; i++)
        add_name(out, size, names[i]);
}

static void print_help(void)
{
    char panels[256], themes[512];
    printf("Cadence: a live monitor for music-streaming events, in the terminal.\n\n");
    for (size_t i = 0; i < ARRAY_SIZE(synopsis); i++)
        printf("%s %s\n", i ? "      " : "Usage:", synopsis[i]);
    printf("\n%s\n", files_help);
    usage_help_options(options, OPT_COUNT);
    help_panel_names(panels, sizeof panels);
    help_theme_names(themes, sizeof themes);
    printf("\nPanels:\n");
    print_wrapped(panels, 0);
    printf("\nThemes:\n");
    print_wrapped(themes, 0);
    usage_help_examples(examples, ARRAY_SIZE(examples));
    printf("\nKafka:\n");
    print_wrapped(kafka_help, 0);
    printf("\nThe demo:\n");
    print_wrapped(sim_demo_help(), 0);
    printf("\nOn the screen, ? lists all keys.\n\nExit codes:\n");
    print_wrapped(exit_codes, 0);
}

static void man_keys(void)
{
    for (size_t i = 0; i < key_row_count; i++) {
        if (!*key_rows[i].help)
            continue;
        printf(".TP\n\\fB");
        print_roff(key_rows[i].shown);
        printf("\\fR\n");
        print_roff(key_rows[i].help);
        printf("\n");
    }
}

static void print_man(void)
{
    char panels[256], themes[512];
    printf(".TH CADENCE 1 \"\" \"Cadence %s\" \"User Commands\"\n.SH NAME\n"
           "cadence \\- a live monitor for music\\-streaming events in the terminal\n"
           ".SH SYNOPSIS\n.nf\n",
           CADENCE_VERSION);
    for (size_t i = 0; i < ARRAY_SIZE(synopsis); i++) {
        print_roff(synopsis[i]);
        printf("\n");
    }
    printf(
        ".fi\n.SH DESCRIPTION\n"
        "Reads events in EventSim's JSON, one a line, from files, a pipe or Apache "
        "Kafka; "
        "counts them in memory, by event time and exactly; and redraws panels while they "
        "arrive. The keyboard filters everything by week and by time zone.\n.PP\n");
    print_roff(files_help);
    printf("\n");
    usage_man_options(options, OPT_COUNT);
    help_panel_names(panels, sizeof panels);
    help_theme_names(themes, sizeof themes);
    printf(".SH PANELS\n%s.\n.SH THEMES\n%s; or a file, as those that come with "
           "cadence.\n",
           panels, themes);
    printf(".SH KEYS\n");
    man_keys();
    usage_man_examples(examples, ARRAY_SIZE(examples));
    printf(".SH KAFKA\n");
    print_roff(kafka_help);
    printf("\n.SH THE DEMO\n");
    print_roff(sim_demo_help());
    printf("\n.SH EXIT STATUS\n");
    print_roff(exit_codes);
    printf(
        "\n.SH ENVIRONMENT\n\\fBNO_COLOR\\fR turns "
        "colours off. "
        "\\fBTERM\\fR, \\fBCOLORTERM\\fR and the locale decide on colours and glyphs. "
        "\\fBCADENCE_THEME\\fR names the theme to begin with, unless "
        "\\fB\\-\\-theme\\fR does; without either a terminal whose \\fBCOLORFGBG\\fR "
        "says that it is white gets the light one. "
        "\\fBESCDELAY\\fR is for how many milliseconds Esc waits for the rest of what "
        "may "
        "be another key (25): more helps where a slow line tears arrow keys apart. "
        "\\fBCADENCE_KAFKA_\\fIPROPERTY\\fR sets a property of librdkafka, its dots as "
        "underscores.\n.SH SEE ALSO\n\\fBcadence\\-sim\\fR(1)\n");
}

void help_print(int id)
{
    if (id == OPT_HELP)
        print_help();
    else if (id == OPT_VERSION)
        printf("cadence %s\n", CADENCE_VERSION);
    else
        print_man();
}
