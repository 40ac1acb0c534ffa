#include "help.h"

#include "../ui/keys.h"

#include "cadence/panel.h"
#include "cadence/print.h"
#include "cadence/sim.h"
#include "cadence/theme.h"

#include <getopt.h>
#include <stdio.h>

#define LONG_BASE 1000 /* what getopt_long returns for options without a letter */

static const struct {
    const char *name;
    char letter;
    const char *arg, *group, *help;
} options[OPT_COUNT] = {
#define OPTION(id, name, letter, arg, group, help) {name, letter, arg, group, help},
#include "cadence/options.def"
#undef OPTION
};

static const char *const synopsis[] = {
    "cadence [OPTION]... [FILE]...",
    "cadence --kafka BROKERS [--topic T[,T]...] [-X NAME=VALUE]...",
    "cadence --demo",
};

static const struct {
    const char *command, *what;
} examples[] = {
    {"cadence --demo", "see it live, with nothing else installed"},
    {"eventsim ... | cadence", "watch a generator or any other program"},
    {"cadence events.jsonl.gz", "look into files, compressed or not"},
    {"cadence --follow /var/log/listen_events.json", "watch a growing file"},
    {"cadence --kafka localhost:9092 --topic listen_events", "watch a Kafka topic"},
    {"cadence --report json --weeks Present --zones EST,PST FILE", "one exact report"},
    {"cadence --screen 120x40 --color FILE", "the screen as text, without a terminal"},
};

static const char kafka_help[] =
    "The header shows messages a second and how far behind the figures are, as in\n"
    "\"lag 48,210 (3 h 20 min), caught up in 40 s\": the messages in the log that were\n"
    "not read yet; the event time they stand for, in the partition that is farthest\n"
    "behind, by what as many before them were worth (none until that is known); and the\n"
    "lag over what is read less what is added.";

void help_getopt_tables(struct option *longs, char *shorts)
{
    char *s = shorts;
    *s++ = ':';
    for (int i = 0; i < OPT_COUNT; i++) {
        longs[i] =
            (struct option){.name = options[i].name,
                            .has_arg = options[i].arg ? required_argument : no_argument,
                            .val = LONG_BASE + i};
        if (options[i].letter) {
            *s++ = options[i].letter;
            if (options[i].arg)
                *s++ = ':';
        }
    }
    *s = 0;
}

int help_option_of(int c)
{
    if (c >= LONG_BASE)
        return c - LONG_BASE;
    for (int i = 0; i < OPT_COUNT; i++)
        if (options[i].letter == c)
            return i;
    return OPT_COUNT;
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
    const char *group = "";
    char panels[256], themes[512];
    printf("Cadence: a live monitor for music-streaming events, in the terminal.\n\n");
    for (size_t i = 0; i < ARRAY_SIZE(synopsis); i++)
        printf("%s %s\n", i ? "      " : "Usage:", synopsis[i]);
    printf("\nFILE is EventSim's JSON lines, plain or .gz; - or nothing is standard "
           "input.\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        char left[64];
        if (strcmp(group, options[i].group) != 0)
            printf("\n%s:\n", group = options[i].group);
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", options[i].letter ? '-' : ' ',
                 options[i].letter ? options[i].letter : ' ',
                 options[i].letter ? ", " : "  ", options[i].name,
                 options[i].arg ? " " : "", options[i].arg ? options[i].arg : "");
        printf("  %-28s %s%s\n", left,
               strlen(left) > 28 ? "\n                               " : "",
               options[i].help);
    }
    help_panel_names(panels, sizeof panels);
    help_theme_names(themes, sizeof themes);
    printf("\nPanels: %s.\nThemes: %s.\n", panels, themes);
    printf("\nExamples:\n");
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++)
        printf("  %s\n      %s\n", examples[i].command, examples[i].what);
    printf("\nKafka:\n%s\n", kafka_help);
    printf("\nThe demo:\n%s\n", sim_demo_help());
    printf(
        "\nOn the screen, ? lists all keys. Exit codes: 0 done, or the reader has gone, "
        "1\nsomething failed, 2 wrong usage, 130 and 143 ended by SIGINT and SIGTERM.\n");
}

static void man_options(void)
{
    const char *group = "";
    for (int i = 0; i < OPT_COUNT; i++) {
        if (strcmp(group, options[i].group) != 0)
            printf(".SS %s\n", group = options[i].group);
        printf(".TP\n");
        if (options[i].letter)
            printf("\\fB\\-%c\\fR, ", options[i].letter);
        printf("\\fB\\-\\-");
        print_roff(options[i].name);
        printf("\\fR");
        if (options[i].arg) {
            printf(" \\fI");
            print_roff(options[i].arg);
            printf("\\fR");
        }
        printf("\n");
        print_roff(options[i].help);
        printf("\n");
    }
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
        "arrive. The keyboard filters everything by week and by time zone.\n.SH "
        "OPTIONS\n");
    man_options();
    help_panel_names(panels, sizeof panels);
    help_theme_names(themes, sizeof themes);
    printf(".SH PANELS\n%s.\n.SH THEMES\n%s; or a file, as those that come with "
           "cadence.\n",
           panels, themes);
    printf(".SH KEYS\n");
    man_keys();
    printf(".SH EXAMPLES\n");
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        printf(".TP\n\\fB");
        print_roff(examples[i].command);
        printf("\\fR\n");
        print_roff(examples[i].what);
        printf("\n");
    }
    printf(".SH KAFKA\n");
    print_roff(kafka_help);
    printf("\n.SH THE DEMO\n");
    print_roff(sim_demo_help());
    printf(
        "\n.SH EXIT STATUS\n0 done; 1 something failed; 2 wrong usage; 129, 130 and 143 "
        "ended by SIGHUP, SIGINT and SIGTERM.\n.SH ENVIRONMENT\n\\fBNO_COLOR\\fR turns "
        "colours off. "
        "\\fBTERM\\fR, \\fBCOLORTERM\\fR and the locale decide on colours and glyphs. "
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
