/* Bytes that ncurses has no name for are put together here: its own way to read
 * characters takes what follows a byte that is none along with it. */
#define _XOPEN_SOURCE_EXTENDED 1
#include "screen_input.h"

#include <curses.h>
#include <time.h>

#define PASTE_PAUSE_MS 2000 /* then its end will not come any more */
#define BYTES 256           /* keys that ncurses has a name for lie above */

/* Codes of our own, above those of ncurses. */
enum { KEY_SGR_MOUSE = KEY_MAX + 1, KEY_OLD_MOUSE, KEY_PASTE_BEGIN, KEY_PASTE_END };

/* What PuTTY, rxvt, screen and tmux send where TERM says xterm, and xterm without its
 * application mode: where the terminal's description gives the sequence no meaning. */
static void define_others(void)
{
    static const struct {
        const char *sequence;
        int key;
    } others[] = {
        {"\033[A", KEY_UP},    {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT},
        {"\033[D", KEY_LEFT},  {"\033[H", KEY_HOME}, {"\033[F", KEY_END},
        {"\033OA", KEY_UP},    {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT},
        {"\033OD", KEY_LEFT},  {"\033OH", KEY_HOME}, {"\033OF", KEY_END},
        {"\033[1~", KEY_HOME}, {"\033[4~", KEY_END}, {"\033[7~", KEY_HOME},
        {"\033[8~", KEY_END},
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (key_defined(others[i].sequence) == 0)
            define_key(others[i].sequence, others[i].key);
}

void input_define(void)
{
    define_others();
    define_key("\033[<", KEY_SGR_MOUSE);
    define_key("\033[M", KEY_OLD_MOUSE);
    define_key("\033[200~", KEY_PASTE_BEGIN);
    define_key("\033[201~", KEY_PASTE_END);
}

/* Reads the rest of "ESC [ < button ; x ; y M". */
static bool read_sgr_mouse(struct ui_key *out)
{
    unsigned field[3] = {0}, at = 0;
    int ch;
    while (((ch = getch()) >= '0' && ch <= '9') || ch == ';') {
        if (ch == ';')
            at = at < 2 ? at + 1 : 2;
        else if (field[at] < 10000)
            field[at] = field[at] * 10 + (unsigned)(ch - '0');
    }
    *out = (struct ui_key){.x = (int)field[1] - 1, .y = (int)field[2] - 1};
    out->code = field[0] == 64   ? KEY_WHEEL_UP
                : field[0] == 65 ? KEY_WHEEL_DOWN
                                 : KEY_CLICK;
    return ch == 'M' && (field[0] == 0 || field[0] == 64 || field[0] == 65);
}

/* The three bytes of the old way to report the mouse must not be taken for keys. */
static bool read_old_mouse(struct ui_key *out)
{
    int ch[3];
    for (int i = 0; i < 3; i++)
        if ((ch[i] = getch()) == ERR)
            return false;
    *out = (struct ui_key){.x = ch[1] - 33, .y = ch[2] - 33};
    out->code = ch[0] == 96 ? KEY_WHEEL_UP : ch[0] == 97 ? KEY_WHEEL_DOWN : KEY_CLICK;
    return ch[0] == 32 || ch[0] == 96 || ch[0] == 97;
}

/* The terminal's answer to a question, maybe of the program before: Esc and this begins a
 * string (ECMA-48: DCS, SOS, PM, APC, and OSC, which has a number). */
static bool is_string(int ch)
{
    if (ch != ']')
        return ch == 'P' || ch == 'X' || ch == '^' || ch == '_';
    int next = getch();
    if (next != ERR)
        ungetch(next);
    return next >= '0' && next <= '9';
}

/* To BEL or Esc and a backslash. */
static void skip_string(void)
{
    int ch, before = 0;
    while ((ch = getch()) != ERR && ch != 7 && !(before == 27 && ch == '\\'))
        before = ch;
}

/* A sequence that ncurses does not know comes as Esc and letters, which must not act as
 * keys: true when it was one and is gone. */
static bool skip_sequence(void)
{
    int ch = getch();
    if (ch == ERR)
        return false;
    if (is_string(ch)) {
        skip_string();
        return true;
    }
    if (ch != '[' && ch != 'O') {
        ungetch(ch);
        return false;
    }
    bool csi = ch == '[';
    while ((ch = getch()) != ERR && csi && ch >= 0x20 && ch < 0x40)
        ;
    return true;
}

static bool special_key(int ch, struct ui_key *out)
{
    static const struct {
        int curses;
        enum ui_key_code code;
        uint32_t ch;
    } keys[] = {
        {KEY_UP, KEY_UP_ARROW, 0},     {KEY_DOWN, KEY_DOWN_ARROW, 0},
        {KEY_LEFT, KEY_LEFT_ARROW, 0}, {KEY_RIGHT, KEY_RIGHT_ARROW, 0},
        {KEY_PPAGE, KEY_PAGE_UP, 0},   {KEY_NPAGE, KEY_PAGE_DOWN, 0},
        {KEY_HOME, KEY_HOME_KEY, 0},   {KEY_END, KEY_END_KEY, 0},
        {KEY_A1, KEY_HOME_KEY, 0},     {KEY_C1, KEY_END_KEY, 0},
        {KEY_BTAB, KEY_BACK_TAB, 0},   {KEY_BACKSPACE, KEY_RUBOUT, 0},
        {KEY_DC, KEY_RUBOUT, 0},       {KEY_ENTER, KEY_CHAR, 13},
    };
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (keys[i].curses == ch) {
            *out = (struct ui_key){.code = keys[i].code, .ch = keys[i].ch};
            return true;
        }
    return ch == KEY_SGR_MOUSE ? read_sgr_mouse(out)
                               : ch == KEY_OLD_MOUSE && read_old_mouse(out);
}

/* One more byte of a character, as the locale has it: true when it is whole. A byte that
 * is none goes alone; one that ends an unfinished character begins the next. */
static bool add_byte(struct input *input, int byte, uint32_t *out)
{
    char c = (char)byte;
    wchar_t wide;
    bool begun = !mbsinit(&input->character);
    size_t n = mbrtowc(&wide, &c, 1, &input->character);
    if (n == (size_t)-1) {
        input->character = (mbstate_t){0};
        if (begun)
            ungetch(byte);
    }
    if (n > 1)
        return false;
    *out = (uint32_t)wide;
    return true;
}

static bool plain_key(struct input *input, int ch, struct ui_key *out)
{
    *out = (struct ui_key){.code = KEY_CHAR, .ch = (uint32_t)ch};
    if (ch >= 0x80 || !mbsinit(&input->character))
        return add_byte(input, ch, &out->ch);
    if (ch == 27)
        return !skip_sequence();
    if (ch == '\n')
        out->ch = 13;
    if (ch == 8 || ch == 127)
        *out = (struct ui_key){.code = KEY_RUBOUT};
    return true;
}

/* After a pause a paste is over, even if its end was lost. */
static void note_time(struct input *input)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t now_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    input->pasting &= now_ms - input->heard_ms < PASTE_PAUSE_MS;
    input->heard_ms = now_ms;
}

bool input_key(struct input *input, struct ui_key *out)
{
    for (;;) {
        int ch = getch();
        if (ch == ERR)
            return false;
        note_time(input);
        if (ch == KEY_PASTE_BEGIN || ch == KEY_PASTE_END) {
            input->pasting = ch == KEY_PASTE_BEGIN;
            continue;
        }
        bool taken = ch >= BYTES ? special_key(ch, out) : plain_key(input, ch, out);
        out->pasted = input->pasting;
        if (taken)
            return true;
    }
}
