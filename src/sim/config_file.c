/* EventSim's configuration files, as they are. What a file leaves out keeps its default;
 * a file without lists of pages changes the numbers of the built-in site only. */
#include "chain.h"

#include "cadence/mem.h"
#include "cadence/sim.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX (16u << 20)

/* What is wrong, said once. */
struct reader {
    struct sim_config *config;
    struct sim_chain *chain;
    char *error;
    size_t size;
};

static char *read_file(const char *path, size_t *len, char *error, size_t size)
{
    char *text = NULL;
    size_t cap = 0, n = 0, got = 1;
    errno = 0;
    FILE *file = fopen(path, "rb");
    while (file && got && n < FILE_MAX) {
        text = mem_grow(text, &cap, n + 65537, 1);
        got = fread(text + n, 1, 65536, file);
        n += got;
    }
    if (!file || ferror(file))
        snprintf(error, size, "cannot be read: %s", strerror(errno));
    else if (n >= FILE_MAX)
        snprintf(error, size, "is larger than %u MiB", FILE_MAX >> 20);
    bool ok = file && !ferror(file) && n < FILE_MAX;
    if (file)
        fclose(file);
    if (!ok) {
        free(text);
        return NULL;
    }
    text[n] = '\0';
    *len = n;
    return text;
}

static cJSON *parse(const char *text, size_t len, char *error, size_t size)
{
    const char *end = text;
    cJSON *root = cJSON_ParseWithLengthOpts(text, len + 1, &end, 1);
    if (root && cJSON_IsObject(root))
        return root;
    if (root) {
        snprintf(error, size, "is not a JSON object");
        cJSON_Delete(root);
        return NULL;
    }
    size_t line = 1;
    for (const char *c = text; c < end && *c; c++)
        line += *c == '\n';
    snprintf(error, size, "is not JSON, from line %zu on", line);
    return NULL;
}

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int want(struct reader *reader, const char *where, const char *key,
                const char *what)
{
    snprintf(reader->error, reader->size, "%s: \"%s\" has to be %s", where, key, what);
    return -1;
}

/* A number, or left as it is when the key is absent. */
static int take_number(struct reader *reader, const cJSON *object, const char *key,
                       double *out)
{
    const cJSON *item = get(object, key);
    if (!item)
        return 0;
    if (!cJSON_IsNumber(item))
        return want(reader, "the configuration", key, "a number");
    *out = item->valuedouble;
    return 0;
}

static int take_whole(struct reader *reader, const cJSON *object, const char *key,
                      double least, double most, double *out)
{
    if (take_number(reader, object, key, out) != 0)
        return -1;
    if (*out >= least && *out <= most && *out == (double)(uint64_t)*out)
        return 0;
    return want(reader, "the configuration", key, "a whole number that fits");
}

static int take_time(struct reader *reader, const cJSON *object, const char *key,
                     int64_t *out)
{
    const cJSON *item = get(object, key);
    if (!item)
        return 0;
    if (!cJSON_IsString(item) || sim_time_parse(item->valuestring, out) != 0)
        return want(reader, "the configuration", key,
                    "a time that exists, such as 2015-06-01T00:00:00");
    return 0;
}

static int take_numbers(struct reader *reader, const cJSON *root)
{
    struct sim_config *config = reader->config;
    double seed = (double)config->seed, users = config->users,
           first = config->first_user_id;
    int rc = 0;
    rc |= take_whole(reader, root, "seed", 0, 9e15, &seed);
    rc |= take_whole(reader, root, "n-users", 1, 4e9, &users);
    rc |= take_whole(reader, root, "first-user-id", 0, 4e9, &first);
    rc |= take_number(reader, root, "alpha", &config->alpha_s);
    rc |= take_number(reader, root, "beta", &config->beta_s);
    rc |= take_number(reader, root, "damping", &config->damping);
    rc |= take_number(reader, root, "weekend-damping", &config->weekend_damping);
    rc |=
        take_number(reader, root, "weekend-damping-offset", &config->weekend_offset_min);
    rc |= take_number(reader, root, "weekend-damping-scale", &config->weekend_scale_min);
    rc |= take_number(reader, root, "session-gap", &config->session_gap_s);
    rc |= take_number(reader, root, "growth-rate", &config->growth);
    rc |= take_number(reader, root, "attrition-rate", &config->attrition);
    rc |= take_time(reader, root, "start-date", &config->start_s);
    rc |= take_time(reader, root, "end-date", &config->end_s);
    if (rc != 0)
        return -1;
    config->seed = (uint64_t)seed;
    config->users = (uint32_t)users;
    config->first_user_id = (uint32_t)first;
    return 0;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *item = get(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static int take_texts(struct reader *reader, const cJSON *root)
{
    const char *tag = text_of(root, "tag"), *churned = text_of(root, "churned-state");
    const char *auth = text_of(root, "new-user-auth"),
               *level = text_of(root, "new-user-level");
    if (tag) {
        free(reader->config->tag_owned);
        reader->config->tag = reader->config->tag_owned = mem_strdup(tag);
    }
    if (churned)
        reader->chain->churned = mem_strdup(churned);
    reader->chain->new_auth = sim_chain_auth(reader->chain, auth ? auth : "Guest");
    reader->chain->new_level = sim_chain_level(reader->chain, level ? level : "free");
    return 0;
}

/* A page with method, status, auth and level; CHAIN_NONE and a message when something is
 * missing. */
static uint32_t take_node(struct reader *reader, const cJSON *item, const char *where)
{
    const char *page = text_of(item, "page"), *method = text_of(item, "method");
    const char *auth = text_of(item, "auth"), *level = text_of(item, "level");
    const cJSON *status = get(item, "status");
    if (!page || !method || !auth || !level)
        want(reader, where,
             !page     ? "page"
             : !method ? "method"
             : !auth   ? "auth"
                       : "level",
             "a text");
    else if (!cJSON_IsNumber(status) ||
             !(status->valuedouble >= 100 && status->valuedouble <= 599))
        want(reader, where, "status", "a number from 100 to 599");
    else if (reader->chain->nodes >= UINT16_MAX)
        snprintf(reader->error, reader->size, "there are too many pages");
    else
        return sim_chain_node(reader->chain, page, method, (int)status->valuedouble, auth,
                              level);
    return CHAIN_NONE;
}

static int take_weight(struct reader *reader, const cJSON *item, const char *where,
                       const char *key, double most, double *out)
{
    const cJSON *number = get(item, key);
    if (!cJSON_IsNumber(number) ||
        !(number->valuedouble >= 0 && number->valuedouble <= most))
        return want(reader, where, key,
                    most == 1 ? "a number from 0 to 1" : "a number from 0 on");
    *out = number->valuedouble;
    return 0;
}

static int take_transition(struct reader *reader, const cJSON *item, const char *where)
{
    double p;
    uint32_t from = take_node(reader, get(item, "source"), where);
    uint32_t to =
        from == CHAIN_NONE ? CHAIN_NONE : take_node(reader, get(item, "dest"), where);
    if (to == CHAIN_NONE || take_weight(reader, item, where, "p", 1, &p) != 0)
        return -1;
    sim_chain_edge(reader->chain, from, to, p);
    return 0;
}

static int take_start(struct reader *reader, const cJSON *item, const char *where)
{
    double weight;
    uint32_t node = take_node(reader, item, where);
    if (node == CHAIN_NONE ||
        take_weight(reader, item, where, "weight", 1e12, &weight) != 0)
        return -1;
    sim_chain_start(reader->chain, node, weight);
    return 0;
}

static int take_level(struct reader *reader, const cJSON *item, const char *where)
{
    const char *name = text_of(item, "level");
    if (!name)
        return want(reader, where, "level", "a text");
    uint32_t i = sim_chain_level(reader->chain, name);
    return take_weight(reader, item, where, "weight", 1e12,
                       &reader->chain->level[i].weight);
}

static int take_auth(struct reader *reader, const cJSON *item, const char *where)
{
    const char *name = text_of(item, "auth");
    if (!name)
        return want(reader, where, "auth", "a text");
    uint32_t i = sim_chain_auth(reader->chain, name);
    return take_weight(reader, item, where, "weight", 1e12,
                       &reader->chain->auth[i].weight);
}

static int take_show(struct reader *reader, const cJSON *item, const char *where)
{
    const char *name = text_of(item, "auth");
    const cJSON *show = get(item, "show");
    if (!name || !cJSON_IsBool(show))
        return want(reader, where, name ? "show" : "auth",
                    name ? "true or false" : "a text");
    uint32_t i = sim_chain_auth(reader->chain, name);
    reader->chain->auth[i].shows_user = cJSON_IsTrue(show);
    return 0;
}

typedef int (*take_fn)(struct reader *reader, const cJSON *item, const char *where);

static int take_list(struct reader *reader, const cJSON *root, const char *key,
                     take_fn take)
{
    const cJSON *list = get(root, key), *item;
    int i = 0;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)
        return want(reader, "the configuration", key, "a list that is not empty");
    for (item = list->child; item; item = item->next) {
        char where[80];
        snprintf(where, sizeof where, "%s, number %d", key, ++i);
        if (take(reader, item, where) != 0)
            return -1;
    }
    return 0;
}

static int take_lists(struct reader *reader, const cJSON *root)
{
    if (take_list(reader, root, "levels", take_level) != 0 ||
        take_list(reader, root, "auths", take_auth) != 0 ||
        take_list(reader, root, "new-session", take_start) != 0 ||
        take_list(reader, root, "transitions", take_transition) != 0)
        return -1;
    if (get(root, "show-user-details") &&
        take_list(reader, root, "show-user-details", take_show) != 0)
        return -1;
    take_texts(reader, root);
    return sim_chain_finish(reader->chain, reader->error, reader->size);
}

/* Words of the file are repeated in it; none of their bytes is to reach a terminal. */
static void make_plain(char *sentence)
{
    for (char *c = sentence; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static bool has_lists(const cJSON *root)
{
    return get(root, "transitions") || get(root, "new-session") || get(root, "levels") ||
           get(root, "auths");
}

static const char *const keys[] = {
    "seed",
    "n-users",
    "first-user-id",
    "alpha",
    "beta",
    "damping",
    "weekend-damping",
    "weekend-damping-offset",
    "weekend-damping-scale",
    "session-gap",
    "growth-rate",
    "attrition-rate",
    "start-date",
    "end-date",
    "tag",
    "churned-state",
    "new-user-auth",
    "new-user-level",
    "show-user-details",
    "levels",
    "auths",
    "new-session",
    "transitions",
    "upgrades", /* these two its own files have, and nothing comes of them there either */
    "downgrades",
};

static bool is_known(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* EventSim looks at no other keys; one that was misspelt would be missed in silence. */
static void note_unknown(const cJSON *root, char *note, size_t size)
{
    size_t len = 0;
    for (const cJSON *item = root->child; item; item = item->next) {
        if (is_known(item->string))
            continue;
        len += (size_t)snprintf(note + len, size - len, "%s\"%.60s\"",
                                len ? ", " : "no notice is taken of ", item->string);
        if (len > size - 80)
            return;
    }
}

int sim_config_read(struct sim_config *config, const char *path, char *error, size_t size)
{
    size_t len = 0;
    *error = '\0';
    char *text = read_file(path, &len, error, size);
    cJSON *root = text ? parse(text, len, error, size) : NULL;
    struct reader reader = {config, sim_chain_new(), error, size};
    int rc = root ? take_numbers(&reader, root) : -1;
    bool lists = root && has_lists(root);
    if (rc == 0)
        rc = lists ? take_lists(&reader, root) : take_texts(&reader, root);
    if (rc == 0 && lists) {
        sim_chain_free(config->chain);
        config->chain = reader.chain;
    } else {
        sim_chain_free(reader.chain);
    }
    if (rc == 0)
        note_unknown(root, error, size);
    make_plain(error);
    cJSON_Delete(root);
    free(text);
    return rc;
}
