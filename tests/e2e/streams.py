"""Random small streams that mix dialects, orders, duplicates and damage."""
import json
import random

STATES = "CA TX NY AZ HI AK IL ME ZZ PR".split()
PLACES = ["Phoenix-Mesa-Scottsdale, AZ", "New York-Newark-Jersey City, NY-NJ-PA", "Nowhere", "X, ", ", TX",
          "Kansas City, MO-KS", "a,b, ca ", "Odd, C4"]
AGENTS = ['"Mozilla/5.0 (iPad; CPU OS 7_1 like Mac OS X)"', "iPhone; like Mac OS X", "iPod", "Android 4 Linux",
          "Windows NT 6.1", "Macintosh; Intel", "X11; Linux", "CrOS", "", "Opera", 5, None]
TEXTS = ["Café", "CafÃ©", "CafÃ\u0083Â©", "a\u0000b", "\u0019Tis", "  two  blanks ", "日本語", "\x1b[31mred\x1b[0m",
         "\u0085next\u009b", "Ã", "Â\u00a0", "plain", "Plain", "", " ", "\t", "x" * 300, 'q"uote\\', "a\u007fb", "\ufeffbom",
         "é", "ÃÂ", "Ã\u0083Â\u0083", "\U0001f3b5 note", "e\u0301"]
TIMES = [1704067200000, 1703980799999, 1704067200, 1704067200.5, "1704067200000", " 1704067200 ", "2024-01-07T23:59:59Z",
         "2024-01-08 00:00:00.123456", "2023-12-31T23:59:59+01:00", "2024-02-30", "2024-02-29", "12:00", None, True, -1, 0,
         946684800000, 946684799999, 4102444799999, 4102444800000, 1e11, 99999999999, 1e300, "2024-01-01T10:00", "2024-01-01T10",
         "2024-01-01T24:00:00", "2024-01-01T10:00:60", "2024-01-01T10:00:00-0130", "1704067200.1234567891", "１７０４０６７２００"]
SECONDS = [0, 1, 200.5, 86400, 86400.001, -1, 1e-3, 296.28036, 12345, None, "200", True, 1e999, 3e2]
IDS = [1, "1", 2, "2", 2.0, 2.5, "", " ", None, True, "ann", " ann ", 10 ** 31, 10 ** 32, -5, "-5", "007", 7, 1e20, 9007199254740991.0,
       999999999999999999, 10 ** 18, str(10 ** 18), -0.0, "0", 0, {}, [1]]
GOOD_IDS = list(range(1, 9)) + [str(i) for i in range(1, 9)]


def pick(rnd, good, odd, rate):
    return rnd.choice(odd) if rnd.random() < rate else rnd.choice(good)


def record(rnd, odd):
    """One record as a dict; `odd` is the share of fields with an unusual value."""
    ms = 1704067200000 + rnd.randrange(-2, 3) * 604800000 + rnd.randrange(604800) * 1000
    e = {"ts": pick(rnd, [ms, ms, ms // 1000], TIMES, odd)}
    kind = rnd.random()
    if kind < .3:
        e["page"] = pick(rnd, ["NextSong", "NextSong", "Home", "Submit Upgrade"], [None, 5, "", "nextsong"], odd)
        e["location"] = pick(rnd, PLACES[:2], PLACES, odd)
        seconds = "length"
    else:
        e["state"] = pick(rnd, STATES, ["", " ", " tx ", "Texas", None, 5, "ça", "t1"], odd)
        seconds = "duration"
        if kind < .5:
            e["page"] = "NextSong"
        if rnd.random() < odd:
            e["location"] = rnd.choice(PLACES)
    e["userId"] = pick(rnd, GOOD_IDS, IDS, odd)
    e["sessionId"] = pick(rnd, [1, 2, 3, 4], IDS, odd)
    e["itemInSession"] = pick(rnd, list(range(90)), IDS + [64, 1000, 10 ** 6], odd)
    e["level"] = pick(rnd, ["free", "paid"], ["Free", None, 1, "unknown"], odd)
    e["gender"] = pick(rnd, ["F", "M"], ["f", None, 1, "X"], odd)
    e["userAgent"] = pick(rnd, AGENTS[:8], AGENTS, odd)
    if rnd.random() < .9:
        e["artist"] = pick(rnd, ["A", "B", "Café"], TEXTS + [None, 5], odd)
        e["song"] = pick(rnd, ["one", "two", "three"], TEXTS + [None, 5], odd)
        e[seconds] = pick(rnd, [200.5, 30, 296.28036, 180.12345], SECONDS, odd)
        if rnd.random() < odd:
            e["length"] = rnd.choice(SECONDS)
    e["firstName"] = pick(rnd, ["Ann", "Bob"], TEXTS, odd)
    e["lastName"] = pick(rnd, ["Lee", "Roe"], TEXTS, odd)
    for key in list(e):
        if rnd.random() < odd / 3:
            del e[key]
    if rnd.random() < odd:
        e["extra"] = rnd.choice([[], {}, [1, [2, {"a": None}]], "\u2028", 1.5e-7, False])
    items = list(e.items())
    if rnd.random() < .3:
        rnd.shuffle(items)
    return dict(items)


def encode(rnd, e, odd):
    text = json.dumps(e, ensure_ascii=rnd.random() < .5, separators=rnd.choice([(",", ":"), (", ", ": ")]))
    if rnd.random() < .2:
        text = text.replace("/", "\\/")
    if rnd.random() < odd:
        text = text.replace('"ts"', rnd.choice(['"\\u0074s"', '"ts"', '"TS"']), 1)
    if rnd.random() < odd and text.endswith("}") and len(text) > 2:
        text = text[:-1] + rnd.choice([',"ts":5}', ',"userId":"zed"}', ',"song":null}', ',"x":"\\ud800"}', ',"x":"\\ud800","x":1}',
                                       ',"x":"\\ud83c\\udfb5"}', ',"x":NaN}', ',"x":01}', ',"x":1.}', ',"x":-}', ',}', '}}', '} ', ',"x":1e5}',
                                       ',"x":"\\x"}', ',"x":tru}', ',"level":"free","level":"paid"}', ',"duration":null}',
                                       ',1:2}', ',"x":{1 :2}}', ',true:1}', ',"x":[{null:1}]}', ',"a\\u0000":"\\ud800","a\\u0001":1}',
                                       ',"userAgent":"iP\\u0061d"}', ',"x":[],"userAgent":"iP\\\\u0061d"}'])
    return text.encode("utf-8", "surrogatepass")


def damage(rnd, line):
    how = rnd.randrange(7)
    at = rnd.randrange(len(line) + 1)
    if how == 0:
        return line[:at]
    if how == 1:
        return line[:at] + bytes([rnd.randrange(256)]) + line[at + 1:]
    if how == 2:
        return line[:at] + rnd.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\x1b", b"\xf0\x9f", b"\xc2\x80", b"\t"]) + line[at:]
    if how == 3:
        return rnd.choice([b"", b"  ", b"\t", b"null", b"[]", b"5", b'"x"', b"{}", b"{", b"\x0b", b"[" * 2000, b'{"a":' * 1200])
    if how == 4:
        return b"\xef\xbb\xbf" * rnd.randrange(1, 3) + line
    if how == 5:
        return line + rnd.choice([b"\r", b"\r\r", b" ", b"x", b"\r "])
    return b" " + line


def stream(seed):
    """A stream of up to 60 lines, as bytes."""
    rnd = random.Random(seed)
    odd = rnd.choice([0, .02, .1, .4])
    lines = []
    for _ in range(rnd.randrange(1, 60)):
        line = encode(rnd, record(rnd, odd), odd)
        if rnd.random() < odd / 2:
            line = damage(rnd, line)
        lines += [line] * (2 if rnd.random() < .05 else 1)
    return rnd.choice([b"\n", b"\n", b"\r\n"]).join(lines) + rnd.choice([b"\n", b""])
