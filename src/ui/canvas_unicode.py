#!/usr/bin/env python3
"""Writes canvas_unicode_data.h from the Unicode tables that Python carries.

    python3 src/ui/canvas_unicode.py > src/ui/canvas_unicode_data.h
"""
import sys
import unicodedata as u

MARK, NARROW, WIDE, BLANK, HIDDEN, UNKNOWN = "MARK", "NARROW", "WIDE", "BLANK", "HIDDEN", "UNKNOWN"


def glyph_class(c):
    kind = u.category(chr(c))
    # Variation selectors and skin tones change the width of what is before them in some
    # terminals and not in others; the plain character is drawn instead.
    if 0xFE00 <= c <= 0xFE0F or 0xE0100 <= c <= 0xE01EF or 0x1F3FB <= c <= 0x1F3FF:
        return HIDDEN
    # Unassigned, and ignored by default all the same.
    if c == 0x2065 or 0xFFF0 <= c <= 0xFFF8 or 0xE0000 <= c <= 0xE0FFF:
        return HIDDEN
    if kind in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return HIDDEN
    if kind in ("Cn", "Co"):
        return UNKNOWN
    if kind == "Zs":
        return BLANK
    # Conjoining Hangul vowels and finals join the syllable before them.
    if kind in ("Mn", "Me") or 0x1160 <= c <= 0x11FF or 0xD7B0 <= c <= 0xD7FF:
        return MARK
    return WIDE if u.east_asian_width(chr(c)) in "WF" else NARROW


BY_HAND = {
    "ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d",
    "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Ł": "L", "ł": "l", "Ħ": "H", "ħ": "h", "ı": "i",
    "ĸ": "k", "Ŋ": "N", "ŋ": "n", "Ŧ": "T", "ŧ": "t", "ƒ": "f", "ẞ": "SS", "ə": "e", "Ə": "E",
    "¡": "!", "¢": "c", "£": "GBP", "¤": "$", "¥": "YEN", "¦": "|", "§": "S", "©": "(c)",
    "«": "<<", "»": ">>", "¬": "-", "®": "(R)", "°": "o", "±": "+-", "´": "'", "µ": "u", "¶": "P",
    "·": ".", "¸": ",", "¿": "?", "×": "x", "÷": "/", "¨": '"', "¯": "-", "€": "EUR", "™": "TM",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "‖": "||", "‗": "_",
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
    "†": "+", "‡": "+", "•": "*", "…": "...", "‰": "%o", "′": "'", "″": '"', "‹": "<", "›": ">",
    "⁄": "/", "←": "<-", "↑": "^", "→": "->", "↓": "v", "↔": "<->", "⇥": "Tab", "⏎": "RET", "−": "-", "∞": "inf", "≈": "~", "≠": "!=", "≤": "<=", "≥": ">=",
    "♪": "*", "♫": "*", "★": "*", "☆": "*", "✦": "*", "✓": "x", "✗": "x", "♥": "<3", "♭": "b",
    "♯": "#", "●": "*", "○": "o", "◆": "*", "◌": "o", "■": "#", "□": "o", "▲": "^", "△": "^",
    "▼": "v", "▽": "v", "▶": ">", "◀": "<", "▬": "=", "Ⅱ": "II",
}
CORNERS = "┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬"


def ascii_for(c):
    ch = chr(c)
    if ch in BY_HAND:
        return BY_HAND[ch]
    if ch in CORNERS:
        return "+"
    if ch in "─━═┄┅┈┉╌╍╴╶╸╺╼╾":
        return "-"
    if ch in "│┃║┆┇┊┋╎╏╵╷╹╻╽╿":
        return "|"
    if c == 0x2591:
        return ":"
    if 0x2580 <= c <= 0x259F:
        return "#"
    plain = "".join(x for x in u.normalize("NFKD", ch) if not u.combining(x))
    return plain if plain.isascii() and plain.isprintable() and 0 < len(plain) <= 3 else ""


def rows(items):
    line = "   "
    for item in items:
        if len(line) + len(item) > 98:
            print(line)
            line = "   "
        line += " " + item
    print(line)


def main():
    ranges, c = [], 0
    while c <= 0x10FFFF:
        kind, first = glyph_class(c), c
        while c <= 0x10FFFF and glyph_class(c) == kind:
            c += 1
        if kind != NARROW:
            ranges.append(f"{{0x{first:X}, 0x{c - 1:X}, {kind[0]}}},")
    print(f"/* Made by canvas_unicode.py from Unicode {u.unidata_version}; do not edit. */")
    print("enum { M = GLYPH_MARK, W = GLYPH_WIDE, B = GLYPH_BLANK, H = GLYPH_HIDDEN, U = GLYPH_UNKNOWN };\n")
    print("static const struct glyph_range glyph_ranges[] = {")
    rows(ranges)
    print("};\n")
    pairs = []
    for c in range(0xA0, 0x2800):
        text = ascii_for(c)
        if text and glyph_class(c) == NARROW:
            text = text.replace("\\", "\\\\").replace('"', '\\"')
            pairs.append(f'{{0x{c:X}, "{text}"}},')
    print("static const struct ascii_glyph ascii_glyphs[] = {")
    rows(pairs)
    print("};")
    return 0


if __name__ == "__main__":
    sys.exit(main())
