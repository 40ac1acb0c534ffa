/* The built-in web site: the rates of EventSim's example, in a notation of our own. */
#include "chain.h"

#include "cadence/mem.h"

#include <assert.h>
#include <stdlib.h>

/* From a page as such a user: pages and their probabilities. "Home>Logged In" changes
 * auth on the way, "Home>/paid" the level. */
struct site_row {
    const char *auth, *level, *page, *to;
};

static const struct site_row rows[] = {
    {"Guest", "free", "About", "About .05, Help .05, Home .3, Register .1, Error .001"},
    {"Guest", "free", "Help", "About .0025, Help .1, Home .2, Register .03, Error .001"},
    {"Guest", "free", "Home", "About .1, Help .05, Home .1, Register .3, Error .001"},
    {"Guest", "free", "Register",
     "About .01, Help .02, Home .1, Register .05, "
     "Submit Registration>Logged In .7, Error .001"},
    {"Guest", "free", "Error", "About .01, Help .05, Home .5, Error .1"},

    {"Logged In", "free", "Submit Registration", "Home .999, Error>Guest .001"},
    {"Logged In", "free", "About",
     "About .05, Help .01, Home .2, Settings .01, NextSong .3, "
     "Logout .01, Error .001"},
    {"Logged In", "free", "Help",
     "About .002, Help .1, Home .2, Settings .05, Upgrade .01, "
     "NextSong .32, Logout .01, Error .001"},
    {"Logged In", "free", "Home",
     "About .002, Help .002, Home .01, Settings .02, Upgrade .01, "
     "NextSong .6, Logout .01, Error .001"},
    {"Logged In", "free", "Settings",
     "About .002, Help .05, Home .1, Settings .1, Upgrade .01, "
     "NextSong .3, Cancel .005, Logout .01, Save Settings .2, "
     "Error .001"},
    {"Logged In", "free", "Upgrade",
     "About .002, Help .006, Home .1, Upgrade .07, NextSong .325, "
     "Logout .01, Submit Upgrade .3, Error .001"},
    {"Logged In", "free", "NextSong",
     "About .002, Help .005, Home .02, Settings .005, "
     "Upgrade .01, NextSong .5, Logout .02, Error .001"},
    {"Logged In", "free", "Cancel",
     "Cancellation Confirmation>Cancelled .999, Error .001"},
    {"Logged In", "free", "Logout", "Home>Logged Out 1"},
    {"Logged In", "free", "Save Settings", "Home .65, Settings .1, Error .001"},
    {"Logged In", "free", "Submit Upgrade", "Home>/paid 1"},
    {"Logged In", "free", "Error",
     "About .001, Help .002, Home .1, NextSong .3, Logout .01, "
     "Error .01"},

    {"Logged Out", "free", "About",
     "About .05, Help .025, Home .3, Login .4, Error .001"},
    {"Logged Out", "free", "Help", "About .0025, Help .1, Home .3, Login .5, Error .001"},
    {"Logged Out", "free", "Home", "About .1, Help .05, Home .1, Login .5, Error .001"},
    {"Logged Out", "free", "Login", "Home>Logged In .999, Error .001"},
    {"Logged Out", "free", "Error", "About .01, Help .05, Home .5, Login .1, Error .01"},

    {"Logged In", "paid", "About",
     "About .05, Help .01, Home .2, Settings .01, NextSong .4, "
     "Logout .01, Error .001"},
    {"Logged In", "paid", "Downgrade",
     "About .002, Downgrade .07, Help .006, Home .1, "
     "NextSong .63, Logout .01, Submit Downgrade .01, "
     "Error .001"},
    {"Logged In", "paid", "Help",
     "About .002, Downgrade .01, Help .05, Home .1, Settings .02, "
     "NextSong .75, Logout .01, Error .001"},
    {"Logged In", "paid", "Home",
     "About .002, Downgrade .01, Help .002, Home .01, Settings .02, "
     "NextSong .85, Logout .01, Error .001"},
    {"Logged In", "paid", "Settings",
     "About .002, Downgrade .01, Help .05, Home .05, "
     "Settings .05, NextSong .6, Cancel .005, Logout .01, "
     "Save Settings .2, Error .001"},
    {"Logged In", "paid", "NextSong",
     "About .002, Downgrade .01, Help .005, Home .02, "
     "Settings .005, NextSong .925, Logout .01, Error .001"},
    {"Logged In", "paid", "Cancel",
     "Cancellation Confirmation>Cancelled .999, Error .001"},
    {"Logged In", "paid", "Logout", "Home>Logged Out .999, Error .001"},
    {"Logged In", "paid", "Save Settings", "Home .8, Settings .1, Error .001"},
    {"Logged In", "paid", "Submit Downgrade", "Home>/free .999, Error .001"},
    {"Logged In", "paid", "Error",
     "About .001, Help .01, Home .1, NextSong .2, Logout .01, "
     "Error .001"},

    {"Logged Out", "paid", "About", "About .05, Help .05, Home .3, Login .1, Error .001"},
    {"Logged Out", "paid", "Help",
     "About .0025, Help .1, Home .2, Login .03, Error .001"},
    {"Logged Out", "paid", "Home", "About .1, Help .05, Home .1, Login .3, Error .001"},
    {"Logged Out", "paid", "Login", "Home>Logged In .999, Error .001"},
    {"Logged Out", "paid", "Error", "Help .05, Home .3, Login .1, Error .01"},
};

/* Where sessions begin, with weights. */
static const struct site_row starts[] = {
    {"Guest", "free", NULL, "About 20, Help 10, Home 100, Register 30, Error 5"},
    {"Logged In", "free", NULL, "About 5, Help 10, Home 1000, NextSong 1500, Error 1"},
    {"Logged Out", "free", NULL, "About 10, Help 10, Home 1000, Login 500, Error 1"},
    {"Logged In", "paid", NULL, "About 5, Help 5, Home 1000, NextSong 1750, Error 1"},
    {"Logged Out", "paid", NULL, "About 10, Help 10, Home 1000, Login 500, Error 1"},
};

static const char *const redirects[] = {"Login",
                                        "Logout",
                                        "Save Settings",
                                        "Submit Upgrade",
                                        "Submit Downgrade",
                                        "Cancel",
                                        "Submit Registration"};

static uint32_t page_node(struct sim_chain *chain, const char *page, const char *auth,
                          const char *level)
{
    for (size_t i = 0; i < ARRAY_SIZE(redirects); i++)
        if (strcmp(page, redirects[i]) == 0)
            return sim_chain_node(chain, page, "PUT", 307, auth, level);
    if (strcmp(page, "NextSong") == 0)
        return sim_chain_node(chain, page, "PUT", 200, auth, level);
    return sim_chain_node(chain, page, "GET", strcmp(page, "Error") == 0 ? 404 : 200,
                          auth, level);
}

/* One "Page>Auth number" of a list; the list is cut up on the way. */
static uint32_t parse_target(struct sim_chain *chain, const struct site_row *row,
                             char *item, double *number)
{
    char *space = strrchr(item, ' '), *arrow = strchr(item, '>');
    const char *auth = row->auth, *level = row->level;
    *number = atof(space + 1);
    *space = '\0';
    if (arrow) {
        *arrow++ = '\0';
        if (*arrow == '/')
            level = arrow + 1;
        else
            auth = arrow;
    }
    return page_node(chain, item, auth, level);
}

static void add_row(struct sim_chain *chain, const struct site_row *row)
{
    char *list = mem_strdup(row->to), *rest = NULL;
    for (char *item = strtok_r(list, ",", &rest); item;
         item = strtok_r(NULL, ",", &rest)) {
        double number;
        uint32_t to = parse_target(chain, row, item + (*item == ' '), &number);
        if (row->page)
            sim_chain_edge(chain, page_node(chain, row->page, row->auth, row->level), to,
                           number);
        else
            sim_chain_start(chain, to, number);
    }
    free(list);
}

struct sim_chain *sim_chain_default(void)
{
    struct sim_chain *chain = sim_chain_new();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        add_row(chain, &rows[i]);
    for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
        add_row(chain, &starts[i]);
    chain->auth[sim_chain_auth(chain, "Logged In")].weight = 10;
    chain->auth[sim_chain_auth(chain, "Logged Out")].weight = 1;
    chain->auth[sim_chain_auth(chain, "Logged Out")].shows_user = false;
    chain->auth[sim_chain_auth(chain, "Guest")].shows_user = false;
    chain->level[sim_chain_level(chain, "free")].weight = 10;
    chain->level[sim_chain_level(chain, "paid")].weight = 2;
    chain->churned = mem_strdup("Cancelled");
    chain->new_auth = sim_chain_auth(chain, "Guest");
    chain->new_level = sim_chain_level(chain, "free");
    char error[256];
    int rc = sim_chain_finish(chain, error, sizeof error);
    assert(rc == 0);
    (void)rc;
    return chain;
}
