/* The report for people. */
#include "json.h"

/* Characters that reorder or break the line that they are in (Unicode Annex 9): the marks
 * U+200E, U+200F and U+061C, separators, embeddings and overrides U+2028 to U+202E,
 * isolates U+2066 to U+2069. The bytes of the one that begins here, 0 none. */
static size_t line_control(const char *p, size_t n)
{
    const unsigned char *c = (const unsigned char *)p;
    if (n >= 2 && c[0] == 0xD8 && c[1] == 0x9C)
        return 2;
    if (n < 3 || c[0] != 0xE2 || (c[1] != 0x80 && c[1] != 0x81))
        return 0;
    bool is_mark = c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F);
    bool is_embedding = c[1] == 0x80 && c[2] >= 0xA8 && c[2] <= 0xAE;
    bool is_isolate = c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9;
    return is_mark || is_embedding || is_isolate ? 3 : 0;
}

/* Names stand last in their lines: one that is written from the right takes a figure that
 * follows it to its other side. */
static void put_name(FILE *out, struct str name)
{
    for (size_t i = 0; i < name.n;) {
        size_t skip = line_control(name.p + i, name.n - i);
        if (!skip)
            fputc(name.p[i], out);
        i += skip ? skip : 1;
    }
}

/* "song - artist", or the artist alone. */
static void put_song(FILE *out, struct str song, struct str artist)
{
    put_name(out, song);
    fputs(song.n && artist.n ? " - " : "", out);
    put_name(out, artist);
    fputc('\n', out);
}

static void put_share(FILE *out, const char *name, uint32_t users, uint64_t all)
{
    if (users)
        fprintf(out, "  %-10s %10u  %5.1f %%\n", name, users,
                all ? 100.0 * users / (double)all : 0);
}

static void put_input(FILE *out, const struct input_counts *in)
{
    char first[20] = "", last[20] = "";
    if (in->kind[LINE_EVENT]) {
        time_text(in->first_ts, first);
        time_text(in->last_ts, last);
        fprintf(out, "Events from %s to %s UTC.\n", first, last);
    }
    fprintf(out, "%llu lines: %llu events, %llu plays, %llu duplicates",
            (unsigned long long)in->lines, (unsigned long long)in->kind[LINE_EVENT],
            (unsigned long long)in->plays, (unsigned long long)in->duplicates);
    fprintf(
        out,
        "; rejected: %llu malformed, %llu oversize, %llu without time, %llu blank.\n\n",
        (unsigned long long)in->kind[LINE_MALFORMED],
        (unsigned long long)in->kind[LINE_OVERSIZE],
        (unsigned long long)in->kind[LINE_NO_TIME],
        (unsigned long long)in->kind[LINE_BLANK]);
}

static void put_people(FILE *out, const struct snapshot *s)
{
    enum device order[DEVICE_COUNT];
    fprintf(out, "Levels (users)\n");
    for (enum level l = 0; l < LEVEL_COUNT; l++)
        put_share(out, level_name(l), s->levels[l], s->summary.users);
    fprintf(out, "\nGender (users)\n");
    for (enum gender g = 0; g < GENDER_COUNT; g++)
        put_share(out, gender_name(g), s->genders[g], s->summary.users);
    fprintf(out, "\nDevices (users)\n");
    devices_by_users(s, order);
    for (int i = 0; i < DEVICE_COUNT; i++)
        put_share(out, device_name(order[i]), s->devices[order[i]], s->summary.users);
    fprintf(out, "\nStates (users, plays)\n");
    for (size_t i = 0; i < s->states; i++)
        fprintf(out, "  %-10s %10u %10llu\n", s->state[i].name, s->state[i].users,
                (unsigned long long)s->state[i].plays);
}

static void put_music(FILE *out, const struct snapshot *s)
{
    fprintf(out, "\nTop songs (plays)\n");
    for (size_t i = 0; i < s->songs; i++) {
        fprintf(out, "  %3zu %10llu  ", i + 1, (unsigned long long)s->song[i].plays);
        put_song(out, s->song[i].song, s->song[i].artist);
    }
    fprintf(out, "\nTop artists (plays)\n");
    for (size_t i = 0; i < s->artists; i++) {
        fprintf(out, "  %3zu %10llu  ", i + 1, (unsigned long long)s->artist[i].plays);
        put_song(out, str_of(""), s->artist[i].artist);
    }
}

static void put_trend(FILE *out, const char *title, const struct trend_rows *rows)
{
    fprintf(out, "\n%s (lift, %slisteners, since)\n", title,
            rows->sampled ? "estimated " : "");
    if (!rows->count)
        fprintf(out, "  %s\n", rows->enough ? "none" : rows->waiting);
    for (size_t i = 0; i < rows->count; i++) {
        const struct trend_row *r = &rows->row[i];
        char since[20];
        time_text(r->entry.since_ms, since);
        fprintf(out, "  %3zu %9.1fx %6u  %s  ", i + 1, r->entry.lift, r->entry.listeners,
                since);
        put_song(out, r->song, r->artist);
    }
}

static void put_box(FILE *out, const char *name, const struct box *b)
{
    fprintf(out, "  %-10s %8llu", name, (unsigned long long)b->n);
    if (b->n)
        fprintf(out, " %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f", b->min, b->q1, b->median,
                b->q3, b->max, b->mean);
    fputc('\n', out);
}

static void put_time(FILE *out, const struct snapshot *s)
{
    fprintf(out, "\nListening hours per user   n       min        q1    median        q3 "
                 "      max      mean\n");
    for (size_t i = 0; i < s->weeks; i++)
        if (s->week[i].chosen && s->week[i].hours.n)
            put_box(out, s->week[i].id, &s->week[i].hours);
    fprintf(out, "\nSession minutes\n");
    put_box(out, "all", &s->session_minutes);
    fprintf(out, "\nTop users (hours, plays, state, user)\n");
    for (size_t i = 0; i < s->users; i++) {
        fprintf(out, "  %3zu %10.1f %10llu  ", i + 1, s->user[i].hours,
                (unsigned long long)s->user[i].plays);
        fprintf(out, "%-2s  ", s->user[i].state);
        put_name(out, s->user[i].user);
        fputs("  ", out);
        put_name(out, s->user[i].name);
        fputc('\n', out);
    }
}

int report_text(FILE *out, const struct snapshot *s)
{
    char headline[512];
    snapshot_headline(s, headline, sizeof headline);
    fprintf(out, "%s\n", headline);
    put_input(out, &s->input);
    put_people(out, s);
    put_music(out, s);
    put_trend(out, "Trending artists", &s->trend[TREND_ARTISTS]);
    put_trend(out, "Trending songs", &s->trend[TREND_SONGS]);
    put_trend(out, "Falling artists", &s->trend[TREND_FALLING]);
    put_time(out, s);
    return ferror(out) ? -1 : 0;
}
