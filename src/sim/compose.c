/* Rates are those of EventSim's real song file, by plays: 19 % of titles in parentheses,
 * 4 % of them "(Album Version)", 7 % of artists with "The", 3 % with "&", 1.4 % with a
 * guest, 0.13 % with a curly apostrophe damaged to U+0019, and so on. */
#include "compose.h"

struct words {
    const char *const *list;
    size_t count;
};
#define WORDS(name, ...)                                                                 \
    static const char *const name##_list[] = {__VA_ARGS__};                              \
    static const struct words name = {name##_list, ARRAY_SIZE(name##_list)};

WORDS(adjectives, "Amber", "Ashen", "Backlit", "Borrowed", "Brittle", "Broken", "Copper",
      "Crooked", "Distant", "Drowsy", "Electric", "Faded", "Fallow", "Feral",
      "Flickering", "Gentle", "Gilded", "Hollow", "Idle", "Indigo", "Ivory", "Jagged",
      "Lavender", "Lonesome", "Low", "Lucid", "Magnetic", "Mercury", "Midnight", "Modern",
      "Neon", "Nervous", "Northern", "Ochre", "Old", "Painted", "Paper", "Patient",
      "Pewter", "Quiet", "Restless", "Rusted", "Saffron", "Scarlet", "Second", "Secret",
      "Seventh", "Silent", "Slow", "Southern", "Spare", "Static", "Stolen", "Sudden",
      "Tangled", "Tender", "Thirteen", "Tidal", "Velvet", "Violet", "Wandering",
      "Weightless", "Wild", "Winter", "Woven", "Yonder")
WORDS(nouns, "Acre", "Anchor", "Antenna", "Arcade", "Atlas", "Avenue", "Balcony",
      "Beacon", "Bicycle", "Birch", "Boulevard", "Cabinet", "Canyon", "Carousel",
      "Cartographer", "Cathedral", "Circuit", "Comet", "Compass", "Courier", "Cypress",
      "Delta", "Engine", "Estuary", "Falcon", "Ferry", "Fiction", "Field", "Foxglove",
      "Garden", "Ghost", "Glacier", "Hammer", "Harbor", "Heron", "Horizon", "Island",
      "Juniper", "Kettle", "Kite", "Ladder", "Lantern", "Letter", "Lighthouse", "Lion",
      "Machine", "Magpie", "Meadow", "Mirror", "Monsoon", "Motel", "Nettle", "Oracle",
      "Orchard", "Parade", "Pilot", "Pistol", "Prairie", "Quarry", "Radio", "Raven",
      "River", "Satellite", "Season", "Shadow", "Signal", "Sparrow", "Station",
      "Stranger", "Summit", "Telegraph", "Thunder", "Tiger", "Tower", "Train", "Tremor",
      "Valley", "Wagon", "Weather", "Willow", "Window", "Wolf", "Yard", "Zeppelin")
WORDS(givens, "Ada", "Alba", "Amos", "Anika", "Barnaby", "Bess", "Calla", "Casper",
      "Cleo", "Corin", "Dalia", "Dex", "Edda", "Elias", "Esme", "Ezra", "Fern", "Finch",
      "Gwen", "Hollis", "Ida", "Ike", "Imogen", "Ivo", "Jonah", "Juno", "Kip", "Lemuel",
      "Lena", "Lorna", "Mabel", "Magnus", "Marlo", "Mina", "Nell", "Odell", "Opal",
      "Orla", "Otis", "Pearl", "Percy", "Quill", "Rafe", "Rhea", "Roscoe", "Rue", "Silas",
      "Sylvie", "Tamsin", "Thea", "Ulric", "Vera", "Wendell", "Willa", "Wyatt", "Zadie")
WORDS(families, "Abernathy", "Ashdown", "Birdsong", "Blackwood", "Bramwell", "Calloway",
      "Castellan", "Crowe", "Delacroix", "Dunmore", "Everly", "Fairbanks", "Farrow",
      "Fontaine", "Garland", "Halloran", "Hartwell", "Hawthorne", "Holloway", "Kestrel",
      "Kingsley", "Lanchester", "Larkspur", "Locke", "Lovelace", "Marchetti",
      "Merriweather", "Montrose", "Nightingale", "Okafor", "Pemberton", "Penhallow",
      "Quimby", "Ravenel", "Redfern", "Rockwell", "Sandoval", "Silverlake", "Stanhope",
      "Sterling", "Swift-Hale", "Thackeray", "Thorne", "Tolliver", "Underhill",
      "Vandermeer", "Wakefield", "Whitlock", "Winslow", "Yarrow")
WORDS(onsets, "Ba", "Bel", "Cor", "Da", "Dre", "El", "Fa", "Gal", "Ha", "Il", "Ka", "Kor",
      "La", "Lu", "Ma", "Mi", "No", "Or", "Pa", "Quo", "Ra", "Sa", "Sol", "Ta", "Tri",
      "U", "Va", "Vel", "Wa", "Xa", "Yo", "Za", "Zen")
WORDS(middles, "ba", "dra", "fi", "go", "la", "li", "lo", "ma", "mo", "na", "ni", "pha",
      "ra", "ri", "ro", "sa", "ta", "ti", "va", "xi")
WORDS(endings, "ck", "dor", "ka", "lia", "lis", "mar", "n", "na", "nox", "phon", "ra",
      "ria", "ris", "s", "sha", "th", "tron", "va", "x", "zo")
WORDS(acts, "Run", "Burn", "Carry", "Chase", "Count", "Dance", "Drive", "Fall", "Fly",
      "Follow", "Forget", "Hold", "Keep", "Leave", "Lose", "Open", "Paint", "Raise",
      "Ride", "Sing", "Stay", "Swim", "Wait", "Walk", "Watch")
WORDS(ways, "After the", "Against the", "Around the", "Before the", "Beneath the",
      "Beyond the", "For the", "From the", "Into the", "Over the", "Past the",
      "Through the", "Toward the", "Under the", "Without a", "Like a")
WORDS(moods, "Alone", "Always", "Daylight", "Departure", "Echoes", "Evermore", "Gravity",
      "Halfway", "Home", "Hush", "Mercy", "Morning", "Nowhere", "Overflow", "Promise",
      "Rain", "Remember", "Slowly", "Someday", "Stillness", "Tomorrow", "Undertow",
      "Wander", "Yesterday")
WORDS(versions, "Acoustic", "Radio Edit", "Explicit", "Remastered", "Instrumental",
      "Demo", "Extended Mix", "Club Mix", "Single Version", "LP Version", "Bonus Track",
      "Interlude", "Reprise", "Original Mix", "Dub")

/* The other tongues: names and titles that are seldom without a diacritic. */
WORDS(spanish_names, "Ramón Ibáñez", "Los Niños Lúcidos", "Sofía Peñalba",
      "Canción Naranja", "Julián Ordóñez", "Corazón Cínico", "Inés Cárdenas",
      "La Vieja Estación", "Grupo Añil", "João Falcão", "Violão Sete", "Conceição Prado",
      "Estação Luz", "Simón Zúñiga", "Trío Colibrí", "Marejada", "Andrés Güemes",
      "Señor Tormenta", "Débora Assunção", "Mañana Eléctrica")
WORDS(spanish_titles, "Corazón de Papel", "La Otra Canción", "Mi Niña Perdida",
      "Años de Lluvia", "Adiós Capitán", "Volverá el Jazmín", "Sueños de Cartón",
      "Camino Solo", "Canción del Río", "Não Me Esqueça", "Chuva de Verão",
      "Coração Vazio", "Amanhã Talvez", "Un Día Más", "Tú y Yo", "Quién Sabrá",
      "Mañana Será", "El Balcón", "Estación Fantasma", "Pasión y Ceniza")
WORDS(french_names, "Mélodie Marchand", "Les Passagers Pressés", "Théo Saint-Clair",
      "Café Néon", "Hélène Duvál", "Orchestre Lumière", "René Castaing",
      "Les Garçons Perdus", "Amélie Fournière", "Noémie Brûlé", "La Forêt",
      "Gérard Lanvin-Roc", "Château Blanc", "Océane Périer", "Zoé Nuit",
      "Crème Flottante", "François Delmas", "Marée Haute", "Rivage", "Clémence Aubépine")
WORDS(french_titles, "La Fenêtre Ouverte", "Après la Pluie", "L'été Sans Fin",
      "Le Café du Port", "Mélancolie", "Rêve Électrique", "Même Chanson",
      "Derrière la Forêt", "Sans Toi", "Déjà Demain", "Les Années Perdues", "Bientôt",
      "Le Piéton", "Poussière d'Étoile", "Lumière Douce", "L'Hôtel du Départ",
      "Encore Une Fois", "Où Vas-Tu", "Le Garçon de Février", "Marché de Noël")
WORDS(northern_names, "Bjørn Askelund", "Sólveig Hjartar", "Jürgen Möwe", "Grünes Licht",
      "Die Träumer", "Märta Lindqvist-Moe", "Kärlek & Is", "Søren Wrånå", "Sörmland",
      "Günther Lünd", "Häxan", "Mälaren Trio", "Mörkt Vatten", "Frühling", "Þórunn Ey",
      "Jää", "Matti Jääskä", "Jörg Nebel", "Sørens Orkester", "Tränenpalast")
WORDS(northern_titles, "Hinter den Dächern", "Für Immer Jung", "Schöne Tage", "Nachtzug",
      "Håll Mig Hårt", "Sommar i Göteborg", "Små Ljus", "Þú Og Ég", "Snø", "Kväll",
      "Drömmarna", "Vårvind", "Sista Tåget", "Høst", "Morgenröte", "Träume aus Glas",
      "Fjärran Land", "Hjärta", "Grønn Skog", "Müde Helden")

static const char *pick(const struct words *words, struct sim_rand *rand)
{
    return words->list[sim_rand_below(rand, words->count)];
}

/* "The @a @ns": words by their kind's letter. One after the other: the arguments of a
 * call are evaluated in an order that compilers choose. */
static void put(struct text *out, const char *pattern, struct sim_rand *rand)
{
    static const struct {
        char letter;
        const struct words *words;
    } kinds[] = {{'a', &adjectives}, {'n', &nouns}, {'g', &givens}, {'f', &families},
                 {'c', &acts},       {'w', &ways},  {'m', &moods},  {'v', &versions}};
    for (; *pattern; pattern++) {
        if (*pattern != '@') {
            text_add(out, pattern, 1);
            continue;
        }
        pattern++;
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
            if (kinds[i].letter == *pattern)
                text_puts(out, pick(kinds[i].words, rand));
    }
}

static bool chance(struct sim_rand *rand, double p)
{
    return sim_rand_unit(rand) <= p;
}

static void put_coined(struct text *out, struct sim_rand *rand)
{
    text_puts(out, pick(&onsets, rand));
    if (chance(rand, 0.7))
        text_puts(out, pick(&middles, rand));
    text_puts(out, pick(&endings, rand));
}

static void put_person(struct text *out, struct sim_rand *rand)
{
    put(out, "@g @f", rand);
}

static void put_artist(struct text *out, struct sim_rand *rand)
{
    double u = sim_rand_unit(rand);
    if (u < 0.34) {
        put_person(out, rand);
    } else if (u < 0.40) {
        put(out, "The @a @ns", rand);
    } else if (u < 0.42) {
        put(out, "@g & The @ns", rand);
    } else if (u < 0.64) {
        put(out, "@a @n", rand);
    } else if (u < 0.80) {
        put_coined(out, rand);
        if (chance(rand, 0.5))
            put(out, " @n", rand);
    } else if (u < 0.93) {
        put(out, "@n @n", rand);
    } else {
        put(out, "@n of the @a @n", rand);
    }
}

static void put_foreign(struct text *out, enum tongue tongue, bool title,
                        struct sim_rand *rand)
{
    static const struct words *const lists[TONGUE_COUNT][2] = {
        [TONGUE_SPANISH] = {&spanish_names, &spanish_titles},
        [TONGUE_FRENCH] = {&french_names, &french_titles},
        [TONGUE_NORTHERN] = {&northern_names, &northern_titles},
    };
    text_puts(out, pick(lists[tongue][title], rand));
    if (title && chance(rand, 0.5))
        text_printf(out, " %s", chance(rand, 0.8) ? "II" : "(En Vivo)");
}

void compose_artist(struct text *out, enum tongue tongue, struct sim_rand *rand)
{
    if (tongue == TONGUE_ENGLISH)
        put_artist(out, rand);
    else
        put_foreign(out, tongue, false, rand);
    double u = sim_rand_unit(rand);
    if (u < 0.014) {
        text_puts(out, " feat. ");
        put_artist(out, rand);
    } else if (u < 0.025) {
        text_puts(out, " / ");
        put_artist(out, rand);
    } else if (u < 0.036) {
        text_puts(out, " & ");
        put_person(out, rand);
    } else if (u < 0.0375) {
        for (int i = 0; i < 6; i++) {
            text_puts(out, " / ");
            put_artist(out, rand);
        }
    }
}

static void put_title(struct text *out, struct sim_rand *rand)
{
    double u = sim_rand_unit(rand);
    if (u < 0.25)
        put(out, "@a @n", rand);
    else if (u < 0.40)
        put(out, "@c @w @n", rand);
    else if (u < 0.52)
        text_puts(out, pick(&moods, rand));
    else if (u < 0.64)
        put(out, "@n of the @n", rand);
    else if (u < 0.72)
        put(out, "@c the @n", rand);
    else if (u < 0.82)
        put(out, "@m @n", rand);
    else if (u < 0.92)
        put(out, "@w @n", rand);
    else
        put(out, "@g's @n", rand);
}

/* What the song file's history left in its titles. */
static void put_suffix(struct text *out, struct sim_rand *rand)
{
    double u = sim_rand_unit(rand);
    if (u < 0.044) {
        text_puts(out, " (Album Version)");
    } else if (u < 0.060) {
        text_puts(out, " (Live)");
    } else if (u < 0.066) {
        text_puts(out, " - Live");
    } else if (u < 0.076) {
        put(out, " (@n Remix)", rand);
    } else if (u < 0.177) {
        put(out, " (@v)", rand);
    } else if (u < 0.211) {
        put(out, "_ @m", rand);
    } else if (u < 0.2123) {
        put(out, " It\x19s @m", rand);
    } else if (u < 0.2125) {
        put(out, " Vol 1 \x13 @m", rand);
    } else if (u < 0.2130) {
        text_puts(out, "  ");
    }
}

void compose_song(struct text *out, enum tongue tongue, struct sim_rand *rand)
{
    bool csv = chance(rand, 0.005);
    if (csv)
        text_puts(out, "\"");
    if (tongue == TONGUE_ENGLISH)
        put_title(out, rand);
    else
        put_foreign(out, tongue, true, rand);
    put_suffix(out, rand);
    if (csv)
        put(out, " (From \\\"@m\\\")\"", rand);
}

void compose_double_encode(struct text *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        char two[2] = {(char)(0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f))};
        if (*c < 0x80)
            text_add(out, (const char *)c, 1);
        else
            text_add(out, two, 2);
    }
}
