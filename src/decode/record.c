/* What the fields of a record mean: the one place that knows EventSim's dialects.
 *
 * A play is a record with a song whose page is absent or NextSong; that alone tells the
 * original stream, the fork's four streams and re-exports apart, record by record. */
#include "text.h"

#include "cadence/hash.h"
#include "cadence/mem.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define AGENT_CACHE 1024 /* places for user agents; real data has 85 */
#define AGENT_BYTES 248  /* longest one remembered */
#define DURATION_MAX_S 86400.0

struct agent {
    uint16_t len;
    uint8_t device;
    bool escaped; /* the text, as in struct value: the same bytes mean something else */
    char text[AGENT_BYTES];
};

struct decoder {
    struct shape *shape;
    uint64_t secret; /* of the tags */
    uint8_t zone_of_state[STATE_COUNT];
    struct agent *agent; /* AGENT_CACHE of them */
};

/* cJSON takes want of memory for bad input, and leaves rows out of a tree: it is to ask
 * as all of the program does, reports included. */
static void hook_allocator(void)
{
    cJSON_Hooks hooks = {mem_alloc, free};
    cJSON_InitHooks(&hooks);
}

struct decoder *decoder_new(void)
{
    hook_allocator();
    struct decoder *d = mem_zalloc(sizeof *d);
    d->shape = shape_new(true);
    d->secret = hash_secret();
    d->agent = mem_zalloc(AGENT_CACHE * sizeof *d->agent);
    for (unsigned s = 0; s < STATE_COUNT; s++)
        d->zone_of_state[s] = (uint8_t)state_zone(s);
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    shape_free(d->shape);
    free(d->agent);
    free(d);
}

/* The text of a string value with its escapes resolved; empty for other types. */
static struct str text_of(struct arena *arena, const struct value *v)
{
    if (v->type != VALUE_STRING)
        return (struct str){"", 0};
    return v->escaped ? text_unescape(arena, v->text) : v->text;
}

static inline struct str clean_of(struct arena *arena, const struct value *v)
{
    if (v->type == VALUE_STRING && v->is_clean)
        return v->text;
    return text_clean(arena, text_of(arena, v));
}

/* Up to 15 digits and a few behind the point are exact as a quotient of two doubles that
 * are exact themselves (W. Clinger, "How to read floating point numbers accurately",
 * 1990). */
static double number_of(const struct value *v)
{
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    return v->is_read ? (double)v->mantissa / power[v->decimals] : number_value(v->text);
}

static double duration_s(const struct fields *f)
{
    const struct value *v = &f->v[FIELD_DURATION];
    if (v->type == VALUE_ABSENT)
        v = &f->v[FIELD_LENGTH];
    if (v->type != VALUE_NUMBER)
        return 0;
    double s = number_of(v);
    return s >= 0 && s <= DURATION_MAX_S ? s : 0;
}

/* Decimal digits without sign or leading zero, below 10^18. */
static bool small_number(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > 18 || (s.p[0] == '0' && s.n > 1))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9)
            return false;
        v = v * 10 + digit;
    }
    *out = v;
    return true;
}

static struct ident ident_of_text(struct str s)
{
    struct ident id = {.present = s.n > 0};
    if (id.present && !small_number(s, &id.number))
        id.text = s;
    return id;
}

/* Integers below 10^32 are their digits; other numbers only count when they are whole. */
static struct ident ident_of_number(struct arena *arena, struct str s)
{
    bool negative = s.p[0] == '-', integer = !memchr(s.p, '.', s.n) &&
                                             !memchr(s.p, 'e', s.n) &&
                                             !memchr(s.p, 'E', s.n);
    if (integer) {
        if (negative && str_is(s, "-0"))
            s = (struct str){"0", 1};
        return ident_of_text(s.n - negative <= 32 ? s : (struct str){"", 0});
    }
    double v = number_value(s);
    if (!isfinite(v) || v != floor(v) || fabs(v) >= 9007199254740992.0)
        return (struct ident){.present = false};
    char *text = arena_alloc(arena, 24);
    int n = snprintf(text, 24, "%lld", (long long)v);
    return ident_of_text((struct str){text, (size_t)n});
}

/* In place: a struct returned would be written in parts and read whole at once, which
 * waits for the parts to be there. */
static inline void fill_ident(struct arena *arena, const struct value *v,
                              struct ident *out)
{
    if (v->type == VALUE_NUMBER && v->is_read && v->decimals == 0) {
        out->number = v->mantissa;
        out->text.p = NULL;
        out->text.n = 0;
        out->present = true;
    } else if (v->type == VALUE_NUMBER) {
        *out = ident_of_number(arena, v->text);
    } else if (v->type == VALUE_STRING) {
        *out = ident_of_text(clean_of(arena, v));
    } else {
        *out = (struct ident){.present = false};
    }
}

static struct str trim(struct str s)
{
    while (s.n && s.p[0] == ' ')
        s.p++, s.n--;
    while (s.n && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static unsigned state_of_text(struct str s)
{
    if (s.n != 2 || !is_letter(s.p[0]) || !is_letter(s.p[1]))
        return STATE_NONE;
    return state_pack((char)(s.p[0] & ~0x20), (char)(s.p[1] & ~0x20));
}

/* `state`, or the first state of `location`: "New York-Newark-Jersey City, NY-NJ-PA". */
static unsigned state_of(struct arena *arena, const struct fields *f)
{
    struct str s = trim(text_of(arena, &f->v[FIELD_STATE]));
    if (s.n)
        return state_of_text(s);
    s = text_of(arena, &f->v[FIELD_LOCATION]);
    const char *comma = s.n ? memrchr(s.p, ',', s.n) : NULL;
    if (!comma)
        return STATE_NONE;
    s = trim((struct str){comma + 1, (size_t)(s.p + s.n - comma - 1)});
    const char *dash = s.n ? memchr(s.p, '-', s.n) : NULL;
    if (dash)
        s.n = (size_t)(dash - s.p);
    return state_of_text(trim(s));
}

/* A handful of user agents make up all of real data: the device of each is found once. */
static enum device device_of(struct decoder *d, struct arena *arena,
                             const struct value *v)
{
    struct str s = v->text;
    if (v->type != VALUE_STRING || s.n == 0 || s.n > AGENT_BYTES)
        return device_from_agent(text_of(arena, v));
    struct agent *slot = &d->agent[hash_bytes(s, 0) % AGENT_CACHE];
    if (slot->len != s.n || slot->escaped != v->escaped ||
        memcmp(slot->text, s.p, s.n) != 0) {
        slot->len = (uint16_t)s.n;
        slot->escaped = v->escaped;
        memcpy(slot->text, s.p, s.n);
        slot->device = (uint8_t)device_from_agent(text_of(arena, v));
    }
    return slot->device;
}

static enum page_kind page_kind_of(struct str page)
{
    if (str_is(page, "Submit Upgrade"))
        return PAGE_UPGRADED;
    if (str_is(page, "Submit Downgrade"))
        return PAGE_DOWNGRADED;
    if (str_is(page, "Cancellation Confirmation"))
        return PAGE_CANCELLED;
    return page.n ? PAGE_OTHER : PAGE_NONE;
}

static struct str full_name(struct arena *arena, const struct fields *f)
{
    struct str first = clean_of(arena, &f->v[FIELD_FIRST_NAME]);
    struct str last = clean_of(arena, &f->v[FIELD_LAST_NAME]);
    if (!first.n || !last.n)
        return first.n ? first : last;
    char *both = arena_alloc(arena, first.n + last.n + 1);
    memcpy(both, first.p, first.n);
    both[first.n] = ' ';
    memcpy(both + first.n + 1, last.p, last.n);
    return (struct str){both, first.n + last.n + 1};
}

static uint64_t ident_hash(const struct ident *id, uint64_t secret)
{
    return id->text.p ? hash_bytes(id->text, secret) : mix64(id->number ^ secret);
}

static void fill_tags(struct event *e, uint64_t secret)
{
    uint64_t user = ident_hash(&e->user, secret), artist = hash_bytes(e->artist, secret);
    e->user_tag = (uint32_t)user;
    e->session_tag = (uint32_t)mix64(ident_hash(&e->session, secret) + user * 31);
    e->artist_tag = (uint32_t)artist;
    e->song_tag = (uint32_t)hash_bytes(e->song, artist);
}

static void listener_make(struct decoder *d, struct arena *arena, const struct fields *f,
                          struct listener *out)
{
    struct str gender = text_of(arena, &f->v[FIELD_GENDER]);
    unsigned state = state_of(arena, f);
    out->is_made = true;
    out->state = (uint16_t)state;
    out->zone = d->zone_of_state[state];
    out->gender = str_is(gender, "F")   ? GENDER_F
                  : str_is(gender, "M") ? GENDER_M
                                        : GENDER_OTHER;
    out->device = (uint8_t)device_of(d, arena, &f->v[FIELD_AGENT]);
}

static void fill_listener(struct decoder *d, struct arena *arena, const struct fields *f,
                          struct event *out)
{
    struct listener nobody = {.id = 0}, *l = f->listener ? f->listener : &nobody;
    if (!l->is_made)
        listener_make(d, arena, f, l);
    out->listener = l->id;
    out->state = l->state;
    out->zone = l->zone;
    out->gender = l->gender;
    out->device = l->device;
}

static void fill_play(const struct decoder *d, struct arena *arena,
                      const struct fields *f, struct event *out)
{
    struct str level = text_of(arena, &f->v[FIELD_LEVEL]);
    out->artist = clean_of(arena, &f->v[FIELD_ARTIST]);
    out->name = full_name(arena, f);
    fill_ident(arena, &f->v[FIELD_USER], &out->user);
    fill_ident(arena, &f->v[FIELD_SESSION], &out->session);
    fill_ident(arena, &f->v[FIELD_ITEM], &out->item);
    double s = duration_s(f);
    out->duration_ns = llrint(s * 1e9);
    out->end_ms = (double)out->ts_ms + s * 1000;
    out->level = str_is(level, "paid")   ? LEVEL_PAID
                 : str_is(level, "free") ? LEVEL_FREE
                                         : LEVEL_UNKNOWN;
    fill_tags(out, d->secret);
}

static int64_t time_of(struct arena *arena, const struct value *v)
{
    if (v->type == VALUE_NUMBER)
        return v->is_read && v->decimals == 0 ? time_of_integer((int64_t)v->mantissa)
                                              : time_of_number(v->text);
    return v->type == VALUE_STRING ? time_of_text(text_of(arena, v)) : -1;
}

enum line_kind record_make(struct decoder *d, struct arena *arena, const struct fields *f,
                           struct event *out)
{
    const struct value *ts = &f->v[FIELD_TS], *page = &f->v[FIELD_PAGE];
    out->ts_ms = time_of(arena, ts);
    if (out->ts_ms < 0)
        return LINE_NO_TIME;
    struct str page_text = text_of(arena, page);
    bool may_play = page->type != VALUE_STRING || str_is(page_text, "NextSong");
    out->song = may_play ? clean_of(arena, &f->v[FIELD_SONG]) : (struct str){"", 0};
    out->is_play = out->song.n > 0;
    out->page = out->is_play ? PAGE_NONE : (uint8_t)page_kind_of(page_text);
    fill_listener(d, arena, f, out);
    if (out->is_play)
        fill_play(d, arena, f, out);
    return LINE_EVENT;
}

static bool is_blank(struct str line)
{
    size_t i = 0;
    while (i < line.n && (line.p[i] == ' ' || (line.p[i] >= '\t' && line.p[i] <= '\r')))
        i++;
    return i == line.n;
}

enum line_kind decode_line(struct decoder *d, struct arena *arena, struct str line,
                           struct event *out)
{
    struct fields fields;
    if (line.n >= 3 && memcmp(line.p, "\xEF\xBB\xBF", 3) == 0) {
        line.p += 3;
        line.n -= 3;
    } else if (is_blank(line)) {
        return LINE_BLANK;
    }
    if (!scan_fields(d->shape, line, &fields) && !parse_fields(arena, line, &fields))
        return LINE_MALFORMED;
    return record_make(d, arena, &fields, out);
}
