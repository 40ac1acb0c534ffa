/* Records, field by field in EventSim's order. Everything that can be is copied
 * ready-made. */
#include "internal.h"

static inline char *put(char *out, const char *p, size_t n)
{
    memcpy(out, p, n);
    return out + n;
}

#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

static inline char *put_str(char *out, struct str text)
{
    return put(out, text.p, text.n);
}

static char *put_number(char *out, uint64_t n)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    char digits[20];
    int at = 20;
    for (; n >= 100; n /= 100)
        memcpy(digits + (at -= 2), pairs + n % 100 * 2, 2);
    if (n >= 10)
        memcpy(digits + (at -= 2), pairs + n * 2, 2);
    else
        digits[--at] = (char)('0' + n);
    return put(out, digits + at, (size_t)(20 - at));
}

/* Milliseconds of a whole second. */
static char *put_time(char *out, int64_t at_s)
{
    if (at_s < 0) {
        out = PUT(out, "-");
        at_s = -at_s;
    }
    return PUT(put_number(out, (uint64_t)at_s), "000");
}

static char *put_tag(const struct sim *sim, char *out)
{
    const char *tag = sim->config->tag;
    if (!tag)
        return out;
    out = PUT(out, ",\"tag\":\"");
    for (; *tag; tag++) {
        if (*tag == '"' || *tag == '\\')
            *out++ = '\\';
        *out++ = *tag;
    }
    return PUT(out, "\"");
}

static char *put_original(const struct sim *sim, const struct sim_user *user,
                          const struct sim_node *node, int64_t at_s, char *out)
{
    const struct sim_people *people = &sim->people;
    out = put_time(PUT(out, "{\"ts\":"), at_s);
    out = PUT(out, ",\"userId\":\"");
    if (node->shows_user)
        out = put_number(out, user->id);
    out = put_number(PUT(out, "\",\"sessionId\":"), user->session);
    out = put_str(PUT(out, ","), node->full);
    out = put_number(out, user->item);
    if (node->shows_user) {
        out = put_str(out, people->area[people->town[user->town].area]);
        out = put_str(out, people->agent[user->agent]);
        out = put_str(out, people->last[user->last]);
        out = put_str(out, people->first[user->first]);
        out = put_time(PUT(out, ",\"registration\":"), user->registered_s);
        out = put_str(out, people->gender[user->gender]);
        out = put_tag(sim, out);
    }
    if (node->song) {
        const struct sim_song *song = &sim->catalog.song[user->song];
        const char *text = sim->catalog.text + song->at;
        out = put(PUT(out, ","), text, song->body);
        out = put(PUT(out, "length\":"), text + song->body, song->digits);
    }
    return PUT(out, "}\n");
}

static char *put_place(const struct sim *sim, const struct sim_user *user, char *out)
{
    const struct sim_town *town = &sim->people.town[user->town];
    out = put_str(out, town->place);
    out = put_str(out, sim->people.agent[user->agent]);
    return put_str(out, town->spot);
}

static char *put_user(const struct sim *sim, const struct sim_user *user, char *out)
{
    const struct sim_people *people = &sim->people;
    out = put_number(PUT(out, ",\"userId\":"), user->id);
    out = put_str(out, people->last[user->last]);
    out = put_str(out, people->first[user->first]);
    out = put_str(out, people->gender[user->gender]);
    out = put_time(PUT(out, ",\"registration\":"), user->registered_s);
    return put_tag(sim, out);
}

static char *put_song(const struct sim *sim, const struct sim_user *user, char *out)
{
    const struct sim_song *song = &sim->catalog.song[user->song];
    const char *text = sim->catalog.text + song->at;
    out = put(out, text, song->body);
    return put(PUT(out, "duration\":"), text + song->body, song->digits);
}

/* ts, sessionId, then the part of the page that the stream has, then the item's number.
 */
static char *put_head(const struct sim_user *user, struct str part, int64_t at_s,
                      char *out)
{
    out = put_time(PUT(out, "\"ts\":"), at_s);
    out = put_number(PUT(out, ",\"sessionId\":"), user->session);
    out = put_str(PUT(out, ","), part);
    return put_number(out, user->item);
}

static char *put_fork(const struct sim *sim, enum sim_stream stream,
                      const struct sim_user *user, const struct sim_node *node,
                      int64_t at_s, char *out)
{
    out = PUT(out, "{");
    if (stream == SIM_LISTEN)
        out = PUT(put_song(sim, user, out), ",");
    out = put_head(user,
                   stream == SIM_PAGE_VIEW ? node->full
                   : stream == SIM_AUTH    ? node->least
                                           : node->brief,
                   at_s, out);
    out = put_place(sim, user, out);
    if (node->shows_user)
        out = put_user(sim, user, out);
    if (stream == SIM_PAGE_VIEW && node->song)
        out = put_song(sim, user, PUT(out, ","));
    if (stream == SIM_AUTH)
        out = node->signed_in ? PUT(out, ",\"success\":true")
                              : PUT(out, ",\"success\":false");
    return PUT(out, "}\n");
}

size_t sim_record(const struct sim *sim, enum sim_stream stream, char *out)
{
    const struct sim_user *user = &sim->user[sim->turn[0].user];
    const struct sim_node *node = &sim->chain->node[user->node];
    int64_t at_s = sim->turn[0].at_s;
    char *end = stream == SIM_EVENTS ? put_original(sim, user, node, at_s, out)
                                     : put_fork(sim, stream, user, node, at_s, out);
    return (size_t)(end - out);
}
