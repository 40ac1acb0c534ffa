#include "chain.h"
#include "text.h"

#include "cadence/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct sim_edge_def {
    uint32_t from, to;
    double p;
    size_t order;
};

struct sim_group {
    struct sim_alias draw;
    uint32_t *node;
    size_t count;
};

#define PROBABILITY_SLACK 1e-3 /* configurations sum decimal fractions */

struct sim_chain *sim_chain_new(void)
{
    return mem_zalloc(sizeof(struct sim_chain));
}

static void free_names(struct sim_name *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(name[i].text);
    free(name);
}

void sim_chain_free(struct sim_chain *chain)
{
    if (!chain)
        return;
    for (size_t i = 0; i < chain->nodes; i++) {
        struct sim_node *node = &chain->node[i];
        free((char *)node->page.p);
        free((char *)node->method.p);
        free((char *)node->full.p);
        free((char *)node->brief.p);
        free((char *)node->least.p);
    }
    for (size_t i = 0; chain->group && i < chain->auths * chain->levels; i++) {
        sim_alias_fini(&chain->group[i].draw);
        free(chain->group[i].node);
    }
    free_names(chain->auth, chain->auths);
    free_names(chain->level, chain->levels);
    sim_alias_fini(&chain->auth_draw);
    sim_alias_fini(&chain->level_draw);
    free(chain->group);
    free(chain->node);
    free(chain->def);
    free(chain->edge);
    free(chain->start);
    free(chain->churned);
    free(chain);
}

static uint32_t name_index(struct sim_name **list, size_t *count, size_t *cap,
                           const char *text)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp((*list)[i].text, text) == 0)
            return (uint32_t)i;
    *list = mem_grow(*list, cap, *count + 1, sizeof **list);
    (*list)[*count] = (struct sim_name){mem_strdup(text), 0, true};
    return (uint32_t)(*count)++;
}

uint32_t sim_chain_auth(struct sim_chain *chain, const char *name)
{
    return name_index(&chain->auth, &chain->auths, &chain->auth_cap, name);
}

uint32_t sim_chain_level(struct sim_chain *chain, const char *name)
{
    return name_index(&chain->level, &chain->levels, &chain->level_cap, name);
}

static struct str copy(const char *text)
{
    return str_of(mem_strdup(text));
}

uint32_t sim_chain_node(struct sim_chain *chain, const char *page, const char *method,
                        int status, const char *auth, const char *level)
{
    uint32_t a = sim_chain_auth(chain, auth), l = sim_chain_level(chain, level);
    for (size_t i = 0; i < chain->nodes; i++) {
        struct sim_node *node = &chain->node[i];
        if (node->auth == a && node->level == l && node->status == status &&
            str_is(node->page, page) && str_is(node->method, method))
            return (uint32_t)i;
    }
    chain->node =
        mem_grow(chain->node, &chain->node_cap, chain->nodes + 1, sizeof *chain->node);
    chain->node[chain->nodes] = (struct sim_node){.page = copy(page),
                                                  .method = copy(method),
                                                  .status = status,
                                                  .auth = a,
                                                  .level = l};
    return (uint32_t)chain->nodes++;
}

void sim_chain_edge(struct sim_chain *chain, uint32_t from, uint32_t to, double p)
{
    chain->def =
        mem_grow(chain->def, &chain->def_cap, chain->defs + 1, sizeof *chain->def);
    chain->def[chain->defs] = (struct sim_edge_def){from, to, p, chain->defs};
    chain->defs++;
}

void sim_chain_start(struct sim_chain *chain, uint32_t node, double weight)
{
    chain->start = mem_grow(chain->start, &chain->start_cap, chain->starts + 1,
                            sizeof *chain->start);
    chain->start[chain->starts++] = (struct sim_start){node, weight};
}

static void name_node(const struct sim_chain *chain, const struct sim_node *node,
                      char *out, size_t size)
{
    snprintf(out, size, "%.60s (%.40s, %.40s)", node->page.p,
             chain->auth[node->auth].text, chain->level[node->level].text);
}

/* The likeliest first: a draw then looks at one or two edges. */
static int by_node_then_p(const void *a, const void *b)
{
    const struct sim_edge_def *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static int make_edges(struct sim_chain *chain, char *error, size_t size)
{
    if (chain->defs)
        qsort(chain->def, chain->defs, sizeof *chain->def, by_node_then_p);
    chain->edge = mem_alloc((chain->defs + 1) * sizeof *chain->edge);
    for (size_t i = 0; i < chain->defs;) {
        struct sim_node *node = &chain->node[chain->def[i].from];
        double sum = 0;
        node->first = i;
        for (; i < chain->defs && &chain->node[chain->def[i].from] == node; i++) {
            sum += chain->def[i].p;
            double limit = sum < 1 ? sum : 1;
            chain->edge[i] = (struct sim_edge){chain->def[i].to,
                                               (uint64_t)(limit * 4294967296.0 + 0.5)};
        }
        node->count = i - node->first;
        if (sum > 1 + PROBABILITY_SLACK) {
            char name[160];
            name_node(chain, node, name, sizeof name);
            snprintf(error, size, "the probabilities of leaving %s sum up to %g, above 1",
                     name, sum);
            return -1;
        }
    }
    return 0;
}

static void make_groups(struct sim_chain *chain)
{
    size_t groups = chain->auths * chain->levels;
    chain->group = mem_zalloc(groups * sizeof *chain->group);
    double *weight = mem_alloc((chain->starts + 1) * sizeof *weight);
    for (size_t g = 0; g < groups; g++) {
        struct sim_group *group = &chain->group[g];
        for (size_t i = 0; i < chain->starts; i++) {
            const struct sim_node *node = &chain->node[chain->start[i].node];
            if (node->auth * chain->levels + node->level != g ||
                chain->start[i].weight <= 0)
                continue;
            group->node =
                mem_realloc(group->node, (group->count + 1) * sizeof *group->node);
            group->node[group->count] = chain->start[i].node;
            weight[group->count++] = chain->start[i].weight;
        }
        if (group->count)
            sim_alias_init(&group->draw, weight, group->count);
    }
    free(weight);
}

static bool group_is_empty(const struct sim_chain *chain, uint32_t auth, uint32_t level)
{
    return chain->group[auth * chain->levels + level].count == 0;
}

/* A session ends where probabilities leave something over, and wherever a user may be
 * then, a next session has to begin somehow. */
static int check_starts(const struct sim_chain *chain, char *error, size_t size)
{
    for (size_t i = 0; i < chain->nodes; i++) {
        const struct sim_node *node = &chain->node[i];
        uint64_t sum = node->count ? chain->edge[node->first + node->count - 1].limit : 0;
        if (sum >= UINT64_C(1) << 32 || node->churned ||
            !group_is_empty(chain, node->auth, node->level))
            continue;
        char name[160];
        name_node(chain, node, name, sizeof name);
        snprintf(error, size,
                 "a session may end at %s, but no new-session begins as %.40s, %.40s",
                 name, chain->auth[node->auth].text, chain->level[node->level].text);
        return -1;
    }
    for (uint32_t a = 0; a < chain->auths; a++)
        for (uint32_t l = 0; l < chain->levels; l++)
            if (((chain->auth[a].weight > 0 && chain->level[l].weight > 0) ||
                 (a == chain->new_auth && l == chain->new_level)) &&
                group_is_empty(chain, a, l)) {
                snprintf(error, size,
                         "no new-session begins as %.40s, %.40s, but users do",
                         chain->auth[a].text, chain->level[l].text);
                return -1;
            }
    return 0;
}

/* Something shorter than SIM_LINE_MAX has to hold every record. */
static int check_names(const struct sim_chain *chain, char *error, size_t size)
{
    for (size_t i = 0; i < chain->nodes; i++) {
        const struct sim_node *node = &chain->node[i];
        if (node->page.n + node->method.n > 200 ||
            strlen(chain->auth[node->auth].text) > 100 ||
            strlen(chain->level[node->level].text) > 100) {
            snprintf(error, size, "a name of page %.40s… is too long", node->page.p);
            return -1;
        }
    }
    return 0;
}

static void render(const struct sim_chain *chain, struct sim_node *node)
{
    const char *auth = chain->auth[node->auth].text,
               *level = chain->level[node->level].text;
    struct text text = {0};
    text_puts(&text, "\"page\":");
    text_json(&text, node->page.p);
    text_puts(&text, ",\"auth\":");
    text_json(&text, auth);
    text_puts(&text, ",\"method\":");
    text_json(&text, node->method.p);
    text_printf(&text, ",\"status\":%d,\"level\":", node->status);
    text_json(&text, level);
    text_puts(&text, ",\"itemInSession\":");
    node->full = text_take(&text);
    text_puts(&text, "\"auth\":");
    text_json(&text, auth);
    text_puts(&text, ",\"level\":");
    text_json(&text, level);
    text_puts(&text, ",\"itemInSession\":");
    node->brief = text_take(&text);
    text_puts(&text, "\"level\":");
    text_json(&text, level);
    text_puts(&text, ",\"itemInSession\":");
    node->least = text_take(&text);
}

static void describe(const struct sim_chain *chain, struct sim_node *node)
{
    const char *auth = chain->auth[node->auth].text;
    node->redirect = node->status >= 300 && node->status <= 399;
    node->song = str_is(node->page, "NextSong");
    node->shows_user = chain->auth[node->auth].shows_user;
    node->churned = chain->churned && strcmp(auth, chain->churned) == 0;
    node->signs_in = str_is(node->page, "Login");
    node->signed_in = strcmp(auth, "Logged In") == 0;
    node->moves =
        str_is(node->page, "Submit Upgrade") || str_is(node->page, "Submit Downgrade");
    render(chain, node);
}

static int make_draw(struct sim_alias *alias, const struct sim_name *name, size_t count,
                     const char *what, char *error, size_t size)
{
    double sum = 0, *weight = mem_alloc((count + 1) * sizeof *weight);
    for (size_t i = 0; i < count; i++)
        sum += weight[i] = name[i].weight;
    if (sum > 0)
        sim_alias_init(alias, weight, count);
    else
        snprintf(error, size, "no %s has a weight above zero", what);
    free(weight);
    return sum > 0 ? 0 : -1;
}

int sim_chain_finish(struct sim_chain *chain, char *error, size_t size)
{
    if (check_names(chain, error, size) != 0 ||
        make_draw(&chain->auth_draw, chain->auth, chain->auths, "auth", error, size) !=
            0 ||
        make_draw(&chain->level_draw, chain->level, chain->levels, "level", error,
                  size) != 0 ||
        make_edges(chain, error, size) != 0)
        return -1;
    for (size_t i = 0; i < chain->nodes; i++)
        describe(chain, &chain->node[i]);
    make_groups(chain);
    return check_starts(chain, error, size);
}

uint32_t sim_chain_next(const struct sim_chain *chain, uint32_t node,
                        struct sim_rand *rand)
{
    const struct sim_edge *edge = chain->edge + chain->node[node].first;
    uint64_t u = sim_rand_next(rand) >> 32;
    for (size_t i = 0; i < chain->node[node].count; i++)
        if (u < edge[i].limit)
            return edge[i].to;
    return CHAIN_NONE;
}

uint32_t sim_chain_first(const struct sim_chain *chain, uint32_t auth, uint32_t level,
                         struct sim_rand *rand)
{
    const struct sim_group *group = &chain->group[auth * chain->levels + level];
    return group->node[sim_alias_draw(&group->draw, rand)];
}
