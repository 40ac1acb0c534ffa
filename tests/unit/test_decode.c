/* Decoding against the contract (spec section 1); expected values are written out by
 * hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cadence/decode.h"
#include "cadence/mem.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    struct decoder *decoder;
    struct arena arena;
    struct event e;
};

static int setup(void **state)
{
    static struct fixture f;
    f = (struct fixture){.decoder = decoder_new()};
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    decoder_free(f->decoder);
    arena_fini(&f->arena);
    return 0;
}

static enum line_kind decode(struct fixture *f, const char *line)
{
    return decode_line(f->decoder, &f->arena, str_of(line), &f->e);
}

static void assert_str(struct str got, const char *want)
{
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.p, want, got.n);
}

static void fork_listen(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        decode(
            f,
            "{\"artist\":\"A\",\"song\":\"S\",\"duration\":296.28036,\"ts\":"
            "1703674013969,"
            "\"sessionId\":138,\"level\":\"free\",\"itemInSession\":4,\"state\":\"TX\","
            "\"userAgent\":\"\\\"Mozilla (Windows NT)\\\"\",\"userId\":24,"
            "\"lastName\":\"Carroll\",\"firstName\":\"Al\",\"gender\":\"M\"}"),
        LINE_EVENT);
    assert_true(f->e.is_play);
    assert_int_equal(f->e.ts_ms, INT64_C(1703674013969));
    assert_int_equal(f->e.duration_ns, INT64_C(296280360000));
    assert_int_equal(f->e.user.number, 24);
    assert_int_equal(f->e.session.number, 138);
    assert_int_equal(f->e.item.number, 4);
    assert_int_equal(f->e.level, LEVEL_FREE);
    assert_int_equal(f->e.gender, GENDER_M);
    assert_int_equal(f->e.device, DEVICE_WINDOWS);
    assert_int_equal(f->e.state, state_pack('T', 'X'));
    assert_int_equal(f->e.zone, ZONE_CST);
    assert_str(f->e.name, "Al Carroll");
}

static void original_play_and_page(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        decode(f, "{\"ts\":1704067202000,\"userId\":\"1938\",\"page\":\"NextSong\","
                  "\"location\":\"New York-Newark-Jersey City, NY-NJ-PA\","
                  "\"song\":\"x\",\"length\":1.5}"),
        LINE_EVENT);
    assert_true(f->e.is_play);
    assert_int_equal(f->e.state, state_pack('N', 'Y'));
    assert_int_equal(f->e.user.number, 1938);
    assert_null(f->e.user.text.p);
    assert_int_equal(f->e.duration_ns, 1500000000);
    assert_int_equal(
        decode(f, "{\"ts\":1704067202000,\"page\":\"Submit Upgrade\",\"song\":\"x\"}"),
        LINE_EVENT);
    assert_false(f->e.is_play);
    assert_int_equal(f->e.page, PAGE_UPGRADED);
}

static void reasons(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *line;
        enum line_kind kind;
    } cases[] = {
        {"", LINE_BLANK},
        {" \t\v\f", LINE_BLANK},
        {"\xEF\xBB\xBF", LINE_MALFORMED},
        {"null", LINE_MALFORMED},
        {"[]", LINE_MALFORMED},
        {"{}", LINE_NO_TIME},
        {"{\"ts\":1704067200000", LINE_MALFORMED},
        {"{\"ts\":1704067200000}x", LINE_MALFORMED},
        {"{\"ts\":1704067200000,}", LINE_MALFORMED},
        {"{\"ts\":01704067200000}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":NaN}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\\ud800\"}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\\udc00\\ud800\"}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\\ud800\",\"a\":1}", LINE_EVENT},
        {"{\"ts\":1704067200000,\"a\":\"\\ud83c\\udfb5\"}", LINE_EVENT},
        {"{\"ts\":1704067200000,\"a\":\"\x01\"}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\\x\"}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\\u12g4\"}", LINE_MALFORMED},
        {"{\"ts\":1704067200000,\"a\":\"\xFF\"}", LINE_EVENT},
        {"\xEF\xBB\xBF{\"ts\":1704067200000}", LINE_EVENT},
        {"{\"\\u0074s\":1704067200000}", LINE_EVENT},
        {"{\"TS\":1704067200000}", LINE_NO_TIME},
        {"{\"ts\":1704067200000,\"ts\":null}", LINE_NO_TIME},
        {"{\"ts\":true}", LINE_NO_TIME},
        {"{\"ts\":1e999}", LINE_NO_TIME},
        {"{\"ts\":1.7040672e9}", LINE_EVENT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (decode(f, cases[i].line) != cases[i].kind)
            fail_msg("%s: %d, not %d", cases[i].line, decode(f, cases[i].line),
                     cases[i].kind);
}

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1704067200000", 1704067200000},
        {" 1704067200 ", 1704067200000},
        {"1704067200.25", 1704067200250},
        {"2024-01-01", 1704067200000},
        {"2024-01-01T00:00Z", 1704067200000},
        {"2024-01-01 00:00:00.123456", 1704067200123},
        {"2024-01-01T01:00:00+01:00", 1704067200000},
        {"2023-12-31T22:30:00-0130", 1704067200000},
        {"2024-02-29", 1709164800000},
        {"2023-02-29", -1},
        {"2024-01-01T24:00:00", -1},
        {"2024-01-01T00:00:60", -1},
        {"2024-01-01T00", -1},
        {"1999-12-31T23:59:59.999", -1},
        {"2000-01-01", 946684800000},
        {"2100-01-01", -1},
        {"2099-12-31T23:59:59.999Z", 4102444799999},
        {"", -1},
        {"now", -1},
        {"1e12", -1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (time_of_text(str_of(cases[i].text)) != cases[i].ms)
            fail_msg("%s: %lld", cases[i].text,
                     (long long)time_of_text(str_of(cases[i].text)));
    assert_int_equal(time_of_number(str_of("99999999999")),
                     99999999999000 > TIME_END_MS ? -1 : 0);
    assert_int_equal(time_of_number(str_of("1704067200")), 1704067200000);
    assert_int_equal(time_of_number(str_of("1704067200000.9")), 1704067200000);
    assert_int_equal(time_of_number(str_of("-5")), -1);
}

static void cleaning(void **state)
{
    struct fixture *f = *state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"  two  blanks ", "two blanks"},
        {"Caf\xC3\x83\xC2\xA9", "Caf\xC3\xA9"},                 /* twice encoded */
        {"Caf\xC3\x83\xC2\x83\xC3\x82\xC2\xA9", "Caf\xC3\xA9"}, /* three times */
        {"Caf\xC3\xA9", "Caf\xC3\xA9"},
        {"\x1B[31mred\x1B[0m", "[31mred [0m"},
        {"a\x7F"
         "b\xC2\x9B"
         "c",
         "a b c"},
        {"\xC3\x83", "\xC3\x83"}, /* no UTF-8 behind it */
        {"\xE6\x97\xA5", "\xE6\x97\xA5"},
        {"", ""},
        {"\x01", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_str(text_clean(&f->arena, str_of(cases[i][0])), cases[i][1]);
}

static void invalid_utf8_is_replaced_by_maximal_parts(void **state)
{
    struct fixture *f = *state;
    static const char *const cases[][2] = {
        {"a\xFF"
         "b",
         "a\xEF\xBF\xBD"
         "b"},
        {"\xE1\x80", "\xEF\xBF\xBD"},
        {"\xE1\x80\xE1", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF4\x90", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC2", "\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_str(text_valid_utf8(&f->arena, str_of(cases[i][0])), cases[i][1]);
}

static void identifiers(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *json, *text; /* text NULL: a number; "": absent */
        uint64_t number;
    } cases[] = {
        {"15", NULL, 15},
        {"\"15\"", NULL, 15},
        {"15.0", NULL, 15},
        {"\" 15 \"", NULL, 15},
        {"\"015\"", "015", 0},
        {"-5", "-5", 0},
        {"-0", NULL, 0},
        {"-0.0", NULL, 0},
        {"15.5", "", 0},
        {"1e3", NULL, 1000},
        {"9007199254740992.0", "", 0},
        {"999999999999999999", NULL, 999999999999999999},
        {"1000000000000000000", "1000000000000000000", 0},
        {"99999999999999999999999999999999", "99999999999999999999999999999999", 0},
        {"100000000000000000000000000000000", "", 0},
        {"true", "", 0},
        {"null", "", 0},
        {"\"\"", "", 0},
        {"\"ann\"", "ann", 0},
        {"{}", "", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char line[200];
        snprintf(line, sizeof line, "{\"ts\":1704067200000,\"song\":\"s\",\"userId\":%s}",
                 cases[i].json);
        assert_int_equal(decode(f, line), LINE_EVENT);
        if (cases[i].text && !*cases[i].text) {
            assert_false(f->e.user.present);
        } else if (cases[i].text) {
            assert_str(f->e.user.text, cases[i].text);
        } else {
            assert_true(f->e.user.present && !f->e.user.text.p);
            assert_int_equal(f->e.user.number, cases[i].number);
        }
    }
}

static void states(void **state)
{
    struct fixture *f = *state;
    static const char *const cases[][2] = {
        {"\"state\":\" tx \"", "TX"},
        {"\"state\":\"Texas\",\"location\":\"A, CA\"", ""},
        {"\"state\":\" \",\"location\":\"A, CA\"", "CA"},
        {"\"state\":5,\"location\":\"a,b, mo-KS\"", "MO"},
        {"\"location\":\"Nowhere\"", ""},
        {"\"location\":\"X, \"", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char line[200], name[3];
        snprintf(line, sizeof line, "{\"ts\":1704067200000,\"song\":\"s\",%s}",
                 cases[i][0]);
        assert_int_equal(decode(f, line), LINE_EVENT);
        state_name(f->e.state, name);
        assert_string_equal(name, cases[i][1]);
    }
}

static uint64_t dice(uint64_t *seed, uint64_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % n;
}

/* Decodes from a block that ends where the line does, so that a look beyond is seen. */
static enum line_kind decode_alone(struct fixture *f, const char *line, char **block)
{
    size_t n = strlen(line);
    *block = malloc(n);
    assert_non_null(*block);
    memcpy(*block, line, n);
    return decode_line(f->decoder, &f->arena, (struct str){*block, n}, &f->e);
}

/* Numbers of any length, anywhere in the line, mean what strtod says. */
static void numbers_mean_the_same_everywhere(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char number[64], line[256], *block;
        size_t n = 0, whole = 1 + dice(&seed, dice(&seed, 8) ? 6 : 19);
        size_t part = dice(&seed, 3) ? dice(&seed, 12) : 0;
        for (size_t i = 0; i < whole; i++)
            number[n++] =
                (char)('0' + (i || whole == 1 ? dice(&seed, 10) : 1 + dice(&seed, 9)));
        if (part)
            number[n++] = '.';
        for (size_t i = 0; i < part; i++)
            number[n++] = (char)('0' + dice(&seed, 10));
        number[n] = 0;
        if (dice(&seed, 10) == 0)
            strcpy(number + n, "e-2");
        snprintf(line, sizeof line,
                 "{\"ts\":1704067200000,\"song\":\"s\",\"length\":%s%s%*s}", number,
                 dice(&seed, 2) ? ",\"a\":0" : "", (int)dice(&seed, 27), "");
        double v = strtod(number, NULL);
        assert_int_equal(decode_alone(f, line, &block), LINE_EVENT);
        assert_int_equal(f->e.duration_ns, v <= 86400 ? llrint(v * 1e9) : 0);
        free(block);
    }
}

/* Text of letters, blanks and DEL, of any length: blanks single, none at the ends. */
static void text_is_clean_whatever_its_length(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = 2;
    for (int round = 0; round < 20000; round++) {
        char text[80], want[80], line[200], *block;
        size_t n = dice(&seed, 70), w = 0;
        text[n] = 0;
        for (size_t i = 0; i < n; i++)
            text[i] = dice(&seed, 12) ? (char)('a' + dice(&seed, 26))
                                      : "  \x7F"[dice(&seed, 3)];
        for (size_t i = 0; i < n; i++) {
            char c = text[i] == '\x7F' ? ' ' : text[i];
            if (c != ' ' || (w && want[w - 1] != ' '))
                want[w++] = c;
        }
        while (w && want[w - 1] == ' ')
            w--;
        want[w] = 0;
        snprintf(line, sizeof line,
                 "{\"ts\":1704067200000,\"song\":\"s\",\"artist\":\"%s\"%s}", text,
                 dice(&seed, 2) ? ",\"level\":\"paid\"" : "");
        assert_int_equal(decode_alone(f, line, &block), LINE_EVENT);
        assert_str(f->e.artist, want);
        free(block);
    }
}

/* A record of the usual keys with few values, each left out at times, two of them in each
 * other's place at times, one of them twice at times. */
static size_t random_record(uint64_t *seed, char line[1024])
{
    static const char *const part[][3] = {
        {"\"userId\":\"7\"", "\"userId\":8", "\"x\":{}"},
        {"\"sessionId\":1", "\"sessionId\":2", "\"sessionId\":\"1\""},
        {"\"level\":\"paid\"", "\"level\":\"free\"", "\"level\":null"},
        {"\"itemInSession\":1", "\"itemInSession\":2", "\"itemInSession\": 3"},
        {"\"state\":\"TX\"", "\"state\":\"CA\"", "\"state\":4"},
        {"\"location\":\"A, NY\"", "\"location\":\"B, WI-MN\"", "\"zip\":9"},
        {"\"userAgent\":\"iPad\"", "\"userAgent\":\"X11\"", "\"lon\":-4.5"},
        {"\"userId\":7", "\"userId\":8", "\"userId\":null"},
        {"\"lastName\":\"L\"", "\"lastName\":\" \\\"L \"", "\"lat\":1"},
        {"\"firstName\":\"F\"", "\"firstName\":\"\xC3\xA9\"", "\"tag\":true"},
        {"\"gender\":\"F\"", "\"gender\":\"M\"", "\"registration\":17"},
        {"\"song\":\"S\"", "\"song\":\"T\"", "\"song\":\"U\" "},
        {"\"length\":1.5", "\"length\":2", "\"duration\":\"3\""},
    };
    unsigned order[ARRAY_SIZE(part) + 1], n = ARRAY_SIZE(part), at = 0;
    for (unsigned i = 0; i < n; i++)
        order[i] = i;
    if (dice(seed, 3) == 0) {
        unsigned a = dice(seed, n), b = dice(seed, n), was = order[a];
        order[a] = order[b];
        order[b] = was;
    }
    if (dice(seed, 3) == 0) {
        order[n] = dice(seed, n);
        n++;
    }
    at += (unsigned)sprintf(line, "{\"ts\":1704067200000");
    for (unsigned i = 0; i < n; i++) {
        unsigned kind = dice(seed, 20) ? 0 : 1 + dice(seed, 2);
        if (dice(seed, 24))
            at += (unsigned)sprintf(line + at, ",%s", part[order[i]][kind]);
    }
    at += (unsigned)sprintf(line + at, "}");
    return at;
}

static void assert_same_ident(const struct ident *a, const struct ident *b)
{
    assert_int_equal(a->present, b->present);
    assert_true(!a->present || (a->number == b->number && str_eq(a->text, b->text)));
}

/* What the scanner remembers of lines before changes nothing that it says of a line. */
static void what_is_remembered_is_what_stands_there(void **state)
{
    struct fixture *f = *state;
    struct shape *shape = shape_new(true);
    uint64_t seed = 3;
    int known = 0, scanned = 0;
    for (int round = 0; round < 100000; round++) {
        char text[1024];
        struct str line = {text, random_record(&seed, text)};
        struct fields fast, careful;
        struct event a, b;
        if (!scan_fields(shape, line, &fast))
            continue;
        scanned++;
        known += fast.listener && fast.listener->is_made;
        assert_true(parse_fields(&f->arena, line, &careful));
        assert_int_equal(record_make(f->decoder, &f->arena, &fast, &a),
                         record_make(f->decoder, &f->arena, &careful, &b));
        assert_int_equal(a.state, b.state);
        assert_int_equal(a.zone, b.zone);
        assert_int_equal(a.is_play, b.is_play);
        if (!a.is_play)
            continue;
        assert_int_equal(a.gender, b.gender);
        assert_int_equal(a.device, b.device);
        assert_int_equal(a.level, b.level);
        assert_true(str_eq(a.name, b.name) && str_eq(a.song, b.song));
        assert_same_ident(&a.user, &b.user);
        assert_same_ident(&a.session, &b.session);
        assert_same_ident(&a.item, &b.item);
        arena_reset(&f->arena);
    }
    assert_in_range(scanned, 80000, 100000);
    assert_in_range(known, 5000, scanned);
    shape_free(shape);
}

/* Feeds text in pieces of `size` and counts what comes out. */
static void frame(const char *text, size_t size, const char *const *want, size_t wanted)
{
    struct framer framer;
    struct arena arena = {0};
    struct str line;
    bool oversize;
    size_t got = 0, all = strlen(text);
    framer_init(&framer);
    for (size_t i = 0; i < all; i += size) {
        struct str part = {text + i, all - i < size ? all - i : size};
        for (size_t at = 0; framer_next(&framer, &arena, part, &at, &line, &oversize);
             got++) {
            assert_in_range(got, 0, wanted - 1);
            assert_str(line, want[got]);
        }
    }
    if (framer_end(&framer, &arena, &line, &oversize)) {
        assert_in_range(got, 0, wanted - 1);
        assert_str(line, want[got++]);
    }
    assert_int_equal(got, wanted);
    framer_fini(&framer);
    arena_fini(&arena);
}

static void framing(void **state)
{
    (void)state;
    static const char *const want[] = {"one", "", "two", "three\rx", "last"};
    for (size_t size = 1; size < 30; size++) {
        frame("one\n\ntwo\r\r\nthree\rx\r\nlast", size, want, 5);
        frame("one\n\r\ntwo\nthree\rx\nlast\n", size, want, 5);
    }
}

static void leave_42(void)
{
    _Exit(42);
}

/* A good line is no malformed one because memory is short, nor does a report lack rows.
 */
static void cjson_does_not_go_on_without_memory(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* their allocators say no in their own way */
#endif
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        mem_on_exhausted(leave_42);
        _Exit(cJSON_malloc((size_t)PTRDIFF_MAX + 1) != NULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fork_listen, setup, teardown),
        cmocka_unit_test_setup_teardown(original_play_and_page, setup, teardown),
        cmocka_unit_test_setup_teardown(reasons, setup, teardown),
        cmocka_unit_test(times),
        cmocka_unit_test_setup_teardown(cleaning, setup, teardown),
        cmocka_unit_test_setup_teardown(invalid_utf8_is_replaced_by_maximal_parts, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(identifiers, setup, teardown),
        cmocka_unit_test_setup_teardown(states, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_mean_the_same_everywhere, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(text_is_clean_whatever_its_length, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_remembered_is_what_stands_there, setup,
                                        teardown),
        cmocka_unit_test(framing),
        cmocka_unit_test_setup_teardown(cjson_does_not_go_on_without_memory, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
