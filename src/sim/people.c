#include "people.h"
#include "text.h"

#include "cadence/mem.h"

#include <stdlib.h>

enum { F, M }; /* genders of names.def */

/* Browsers, as agents.def names them; %s is the system, then version and engine. */
enum browser { CHROME, CHROMIUM, FIREFOX, SAFARI, MOBILE, GSA, IE, IE11 };

/* The most common surnames of the 2000 census, in order; their numbers fall off as
 * rank^-0.57. */
static const char surnames[] = "Smith Johnson Williams Brown Jones Miller Davis Garcia "
                               "Rodriguez Wilson Martinez Anderson "
                               "Taylor Thomas Hernandez Moore Martin Jackson Thompson "
                               "White Lopez Lee Gonzalez Harris Clark "
                               "Lewis Robinson Walker Perez Hall Young Allen Sanchez "
                               "Wright King Scott Green Baker Adams "
                               "Nelson Hill Ramirez Campbell Mitchell Roberts Carter "
                               "Phillips Evans Turner Torres Parker "
                               "Collins Edwards Stewart Flores Morris Nguyen Murphy "
                               "Rivera Cook Rogers Morgan Peterson "
                               "Cooper Reed Bailey Bell Gomez Kelly Howard Ward Cox Diaz "
                               "Richardson Wood Watson Brooks "
                               "Bennett Gray James Reyes Cruz Hughes Price Myers Long "
                               "Foster Sanders Ross Morales Powell "
                               "Sullivan Russell Ortiz Jenkins Gutierrez Perry Butler "
                               "Barnes Fisher Henderson Coleman Simmons "
                               "Patterson Jordan Reynolds Hamilton Graham Kim Gonzales "
                               "Alexander Ramos Wallace Griffin West "
                               "Cole Hayes Chavez Gibson Bryant Ellis Stevens Murray "
                               "Ford Marshall Owens Mcdonald Harrison "
                               "Ruiz Kennedy Wells Alvarez Woods Mendoza Castillo Olson "
                               "Webb Washington Tucker Freeman Burns "
                               "Henry Vasquez Snyder Simpson Crawford Jimenez Porter "
                               "Mason Shaw Gordon Wagner Hunter Romero "
                               "Hicks Dixon Hunt Palmer Robertson Black Holmes Stone "
                               "Meyer Boyd Mills Warren Fox Rose Rice "
                               "Moreno Schmidt Patel Ferguson Nichols Herrera Medina "
                               "Ryan Fernandez Weaver Daniels Stephens "
                               "Gardner Payne Kelley Dunn Pierce Arnold Tran Spencer "
                               "Peters Hawkins Grant Hansen Castro "
                               "Hoffman Hart Elliott Cunningham Knight Bradley Carroll "
                               "Hudson Duncan Armstrong Berry Andrews "
                               "Johnston Ray Lane Riley Carpenter Perkins Aguilar Silva "
                               "Richards Willis Matthews Chapman "
                               "Lawrence Garza Vargas Watkins Wheeler Larson Carlson "
                               "Harper George Greene Burke Guzman "
                               "Morrison Munoz Jacobs Obrien Lawson Franklin Lynch "
                               "Bishop Carr Salazar Austin Mendez Gilbert "
                               "Jensen Williamson Montgomery Harvey Oliver Howell Dean "
                               "Hanson Weber Garrett Sims Burton "
                               "Fuller Soto Mccoy Welch Chen Schultz Walters Reid Fields "
                               "Walsh Little Fowler Bowman Davidson";

#define WOMEN_SHARE                                                                      \
    0.4804 /* of the births of 1990 that have one of the 1,000 common names */

struct parts {
    struct str *item;
    double *weight;
    size_t count, cap, weight_cap;
};

static void parts_add(struct parts *parts, struct text *text, double weight)
{
    parts->item =
        mem_grow(parts->item, &parts->cap, parts->count + 1, sizeof *parts->item);
    parts->weight =
        mem_grow(parts->weight, &parts->weight_cap, parts->count + 1, sizeof(double));
    parts->weight[parts->count] = weight;
    parts->item[parts->count++] = text_take(text);
}

static void member(struct text *text, const char *key, const char *value)
{
    text_printf(text, ",\"%s\":", key);
    text_json(text, value);
}

static void agent_text(struct text *out, enum browser browser, const char *system,
                       const char *version, const char *engine)
{
    static const char webkit[] = "AppleWebKit/537.36 (KHTML, like Gecko)";
    text_printf(out, "Mozilla/5.0 (%s", system);
    switch (browser) {
    case CHROME:
        text_printf(out, ") %s Chrome/%s Safari/537.36", webkit, version);
        break;
    case CHROMIUM:
        text_printf(out, ") %s Ubuntu Chromium/%s Chrome/%s Safari/537.36", webkit,
                    version, version);
        break;
    case FIREFOX:
        text_printf(out, "; rv:%s) Gecko/20100101 Firefox/%s", version, version);
        break;
    case SAFARI:
        text_printf(out, ") AppleWebKit/%s (KHTML, like Gecko) Version/%s Safari/%s",
                    engine, version, engine);
        break;
    case MOBILE:
        text_printf(
            out,
            ") AppleWebKit/%s (KHTML, like Gecko) Version/7.0 Mobile/%s Safari/9537.53",
            engine, version);
        break;
    case GSA:
        text_printf(
            out,
            ") AppleWebKit/537.51.1 (KHTML, like Gecko) GSA/%s Mobile/%s Safari/9537.53",
            version, engine);
        break;
    case IE:
        text_puts(out, ")");
        break;
    case IE11:
        text_puts(out, ") like Gecko");
        break;
    }
}

/* EventSim's list came out of a CSV file: agents with a comma kept its quotes as text. */
static void agent_part(struct parts *agents, enum browser browser, const char *system,
                       const char *version, const char *engine, double weight)
{
    struct text agent = {0}, part = {0};
    bool quoted = browser != FIREFOX && browser != IE && browser != IE11;
    if (quoted)
        text_puts(&agent, "\"");
    agent_text(&agent, browser, system, version, engine);
    if (quoted)
        text_puts(&agent, "\"");
    member(&part, "userAgent", agent.p);
    parts_add(agents, &part, weight);
    free(agent.p);
}

static void add_agents(struct sim_people *people)
{
    struct parts agents = {0};
#define AGENT(browser, system, version, engine, tenths)                                  \
    agent_part(&agents, browser, system, version, engine, tenths);
#include "agents.def"
#undef AGENT
    people->agent = agents.item;
    people->agents = agents.count;
    sim_alias_init(&people->agent_draw, agents.weight, agents.count);
    free(agents.weight);
}

static void add_firsts(struct sim_people *people)
{
    struct parts firsts = {0};
    struct text text = {0};
    people->women = 0;
#define FIRST(gender, name, births)                                                      \
    member(&text, "firstName", name);                                                    \
    parts_add(&firsts, &text, births);                                                   \
    people->women += (gender) == F;
#include "names.def"
#undef FIRST
    people->first = firsts.item;
    people->firsts = firsts.count;
    sim_alias_init(&people->woman_draw, firsts.weight, people->women);
    sim_alias_init(&people->man_draw, firsts.weight + people->women,
                   firsts.count - people->women);
    free(firsts.weight);
}

static void add_lasts(struct sim_people *people)
{
    struct parts lasts = {0};
    struct text text = {0};
    char *list = mem_strdup(surnames), *rest = NULL;
    for (char *name = strtok_r(list, " ", &rest); name;
         name = strtok_r(NULL, " ", &rest)) {
        double rank = (double)lasts.count + 1.5;
        member(&text, "lastName", name);
        parts_add(&lasts, &text, sim_exp(-0.57 * sim_log(rank)));
    }
    free(list);
    people->last = lasts.item;
    people->lasts = lasts.count;
    sim_alias_init(&people->last_draw, lasts.weight, lasts.count);
    free(lasts.weight);
}

struct area_def {
    const char *name;
    double people;
};

struct town_def {
    const char *city, *state, *zip;
    double lon, lat;
    int share;
    size_t area;
};

enum { AREA_ROW, TOWN_ROW };

static const struct place_row {
    int kind;
    struct area_def area;
    struct town_def town;
} places[] = {
#define AREA(name, thousands) {AREA_ROW, {name, thousands}, {0}},
#define TOWN(city, state, zip, lon, lat, share)                                          \
    {TOWN_ROW, {0}, {city, state, zip, lon, lat, share, 0}},
#include "places.def"
#undef AREA
#undef TOWN
};

static void add_places(struct sim_people *people, bool territories)
{
    struct parts areas = {0}, towns = {0}, spots = {0};
    struct text text = {0};
    uint32_t *of = mem_alloc(ARRAY_SIZE(places) * sizeof *of);
    double in_area = 0;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (places[i].kind == AREA_ROW) {
            in_area = places[i].area.people;
            member(&text, "location", places[i].area.name);
            parts_add(&areas, &text, 0);
            continue;
        }
        const struct town_def *town = &places[i].town;
        bool outside = strcmp(town->state, "PR") == 0;
        member(&text, "city", town->city);
        member(&text, "zip", town->zip);
        member(&text, "state", town->state);
        of[towns.count] = (uint32_t)areas.count - 1;
        parts_add(&towns, &text, outside && !territories ? 0 : in_area * town->share);
        text_printf(&text, ",\"lon\":%.10g,\"lat\":%.10g", town->lon, town->lat);
        parts_add(&spots, &text, 0);
    }
    people->area = areas.item;
    people->areas = areas.count;
    people->towns = towns.count;
    people->town = mem_alloc(towns.count * sizeof *people->town);
    for (size_t i = 0; i < towns.count; i++)
        people->town[i] = (struct sim_town){towns.item[i], spots.item[i], of[i]};
    sim_alias_init(&people->town_draw, towns.weight, towns.count);
    free(areas.weight);
    free(towns.weight);
    free(towns.item);
    free(spots.weight);
    free(spots.item);
    free(of);
}

void sim_people_init(struct sim_people *people, bool territories)
{
    struct text text = {0};
    *people = (struct sim_people){0};
    add_places(people, territories);
    add_agents(people);
    add_firsts(people);
    add_lasts(people);
    member(&text, "gender", "F");
    people->gender[F] = text_take(&text);
    member(&text, "gender", "M");
    people->gender[M] = text_take(&text);
}

static void free_parts(struct str *item, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((char *)item[i].p);
    free(item);
}

void sim_people_fini(struct sim_people *people)
{
    for (size_t i = 0; i < people->towns; i++) {
        free((char *)people->town[i].place.p);
        free((char *)people->town[i].spot.p);
    }
    free(people->town);
    free_parts(people->area, people->areas);
    free_parts(people->agent, people->agents);
    free_parts(people->first, people->firsts);
    free_parts(people->last, people->lasts);
    free((char *)people->gender[F].p);
    free((char *)people->gender[M].p);
    sim_alias_fini(&people->town_draw);
    sim_alias_fini(&people->agent_draw);
    sim_alias_fini(&people->last_draw);
    sim_alias_fini(&people->woman_draw);
    sim_alias_fini(&people->man_draw);
}

struct sim_person sim_people_draw(const struct sim_people *people, struct sim_rand *rand)
{
    struct sim_person person;
    person.town = (uint16_t)sim_alias_draw(&people->town_draw, rand);
    person.agent = (uint8_t)sim_alias_draw(&people->agent_draw, rand);
    person.gender = sim_rand_unit(rand) <= WOMEN_SHARE ? F : M;
    person.last = (uint16_t)sim_alias_draw(&people->last_draw, rand);
    person.first =
        person.gender == F
            ? (uint16_t)sim_alias_draw(&people->woman_draw, rand)
            : (uint16_t)(people->women + sim_alias_draw(&people->man_draw, rand));
    return person;
}
