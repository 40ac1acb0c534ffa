"""The report equals the reference's: on real data, on random streams, however the bytes arrive."""
import gzip
import itertools
import json
import os
import random
import re
import subprocess

import pytest
import report as reference
from compare import CADENCE, TRENDS, cadence, check_files, difference, options
from streams import stream

ZONES = ["EST", "CST", "MST", "PST", "HST", "Other"]
ROUNDS = int(os.environ.get("CADENCE_STREAMS", "2000"))


def random_filters(seed, weeks, count):
    rnd = random.Random(seed)
    labels = weeks + [f"Week {i + 1}" for i in range(len(weeks))] + ["Present", "present", "WEEK 2", "2031-W01"]
    out = [([], [])]
    for _ in range(count):
        out.append((rnd.sample(labels, rnd.randrange(0, min(4, len(labels)))), rnd.sample(ZONES, rnd.randrange(0, 5))))
    return out


def weeks_of(files):
    return [w["id"] for w in cadence([str(f) for f in files])["weeks"]]


def test_each_real_file(data):
    for f in sorted(data.glob("*.gz")):
        check_files([f], random_filters(f.name, weeks_of([f]), 5), top=30)


def test_all_real_files_together_with_30_filters(data):
    files = sorted(data.glob("*.gz"))
    check_files(files, random_filters("together", weeks_of(files), 30))


def test_fork_streams_together_count_each_play_once(data):
    both = [data / "eventsim-fork-listen_events.jsonl.gz", data / "eventsim-fork-page_view_events.jsonl.gz"]
    got = cadence([str(f) for f in both])["input"]
    assert got["duplicates"] > 10000
    check_files(both, [([], [])])


def expect(loaded, weeks, zones):
    return json.loads(json.dumps(reference.build(*loaded, weeks, zones, 7)))


def load_bytes(tmp_path, data_bytes):
    path = tmp_path / "stream.jsonl"
    path.write_bytes(data_bytes)
    return reference.load([str(path)])


def test_a_series_of_real_events_has_a_line_for_each_multiple(data):
    """Also after pauses, where the newest event is far ahead of all before it."""
    for f in sorted(data.glob("*.gz")):
        times = [e["ts"] for e in map(json.loads, gzip.open(f)) if isinstance(e.get("ts"), int)]
        newest = list(itertools.accumulate(times, max))
        for every, ms in (("2h", 7200000), ("6h", 21600000)):
            crossed = sum(a // ms != b // ms for a, b in zip(newest, newest[1:]))
            out = subprocess.run([CADENCE, "--report", "json", "--every", every, str(f)], capture_output=True, check=True).stdout
            assert out.count(b"\n") == crossed + 1, (f.name, every)
    lines = gzip.open(data / "cadence-listens.jsonl.gz").readlines()
    far = b'{"ts":4070908800000,"userId":77,"song":"s","artist":"a"}\n'
    for at in (1000, 20000):                                # with a clock 75 years ahead: its line, and all others
        out = subprocess.run([CADENCE, "--report", "json", "--every", "6h"], input=b"".join(lines[:at] + [far] + lines[at:]),
                             capture_output=True, check=True).stdout
        assert abs(out.count(b"\n") - 511) < 10


@pytest.mark.parametrize("zones", [[], ["EST", "HST"]])
def test_who_has_which_device(data, zones):
    """The tables of the device and gender panels, alone, against the reference's latest plays."""
    f = str(data / "eventsim-fork-listen_events.jsonl.gz")
    last = {}
    for p in reference.load([f])[1]:
        if p["user"] and p["zone"] in (zones or ZONES) and p["ms"] >= last.get(p["user"], p)["ms"]:
            last[p["user"]] = p
    for panel, row, columns in (("devices", "device", ("level", "gender")), ("genders", "gender", ("level", "device"))):
        out = subprocess.run([CADENCE, "--screen", "140x40", "--panel", panel, *options([], zones, 10), f], check=True,
                             capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout.decode()
        table = [line.strip("│ ").split() for line in out.splitlines()]
        at = next(i for i, words in enumerate(table) if words[:2] == ["of", "them"])
        heads, rows = table[at][2:], {r[0]: r[1:] for r in table[at + 1:] if len(r) == len(table[at]) - 1}
        assert set(rows) == {p[row] for p in last.values()} | {"all"}
        assert set(heads) == {p[c] for p in last.values() for c in columns}
        for name, shares in rows.items():
            users = [p for p in last.values() if name in ("all", p[row])]
            for head, share in zip(heads, shares):
                want = 100 * sum(head in (p[columns[0]], p[columns[1]]) for p in users) / len(users)
                assert float(share.rstrip("%")) == pytest.approx(want, abs=.051), (panel, name, head)


def test_who_pays_in_which_state(data):
    """The table of the map's panel, alone: a user's level is that of the latest play, and counts in every state."""
    f = str(data / "cadence-listens.jsonl.gz")
    plays = reference.load([f])[1]
    seen = sorted({p["week"] for p in plays})
    for weeks, zones in ([], []), (["Present"], []), (["2024-W10", "2024-W11"], ["PST", "EST"]):
        chosen = [seen[-1] if week == "Present" else week for week in weeks] or seen
        last, states = {}, {}
        for p in plays:
            if p["user"] and p["zone"] in (zones or ZONES) and p["week"] in chosen:
                states.setdefault(p["state"], set()).add(p["user"])
                if p["ms"] >= last.get(p["user"], p)["ms"]:
                    last[p["user"]] = p
        out = subprocess.run([CADENCE, "--screen", "140x70", "--panel", "map", *options(weeks, zones, 10), f], check=True,
                             capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout.decode()
        rows = re.findall(r" ([A-Z]{2}) [A-Z].*? (?:[A-Z]{3}|Other) +([0-9,]+) +([0-9.]+)% +[0-9,]+ ", out)
        assert {state for state, *_ in rows} == {state for state in states if state}
        for state, users, share in rows:
            assert int(users.replace(",", "")) == len(states[state])
            paid = sum(last[u]["level"] == "paid" for u in states[state])
            assert float(share) == pytest.approx(100 * paid / len(states[state]), abs=.051), (weeks, zones, state)


P = '"ts":1704067200000,"userId":1,"sessionId":1,"song":"s","artist":"a","state":"CA"'

TWICE = '{"ts":1704067200000,"song":"s","sessionId":1,"itemInSession":1,"userId":7,"itemInSession":2,"state":"TX","gender":"M",' \
        '"firstName":"B","userAgent":"' + 450 * "x" + '"}\n'
ONCE = '{"ts":1704067200000,"song":"another song","sessionId":1,"itemInSession":9,"userId":7}\n'


@pytest.mark.parametrize("lines", [
    "{1:2,%s}\n{%s}\n" % (P, P), '{"x":{1:2},%s}\n{"x":[{-1.5e3 :[]}],%s}\n' % (P, P),
    '{%s,"userAgent":"iP\\u0061d"}\n{%s,"x":[],"userId":2,"userAgent":"iP\\\\u0061d"}\n' % (P, P),
    '{%s,"x":[],"userId":2,"userAgent":"iP\\\\u0061d"}\n{%s,"userAgent":"iP\\u0061d"}\n' % (P, P),
    '{"a\\u0000":"\\ud800","a\\u0001":1,%s}\n{"a\\u0000":"\\ud800","a\\u0000":1,%s}\n' % (P, P),
    '{%s,"x":[],"firstName":"a\\u0000b\\u0001c","song":"\\u0000"}\n' % P,
    '{%s,"duration":0.00038}\n{%s,"sessionId":2,"duration":0.10007}\n' % (P, P), '{%s,"duration":0.0206805418}\n' % P,
    ONCE + TWICE])
def test_lines_that_have_been_read_wrongly(tmp_path, lines):
    """Keys that are no text, one text in two ways of writing, zeros in keys, sessions of a moment,
    a key twice before a listener too long to be remembered."""
    path = tmp_path / "lines"
    path.write_text(lines)
    check_files([path], [([], []), ([], ["PST"])])


def test_weeks_without_plays_choose_no_moment(tmp_path):
    """Trends of nothing are none; of weeks with and without plays they are of those that have them."""
    path = tmp_path / "lines"
    play = '{"ts":%d,"userId":%d,"sessionId":%d,"song":"s%d","artist":"%s","state":"CA"}\n'
    week = 7 * 86400
    with open(path, "w") as f:
        for start in (0, 2 * week):
            for i in range(20000):
                t = start + i * 30
                artist = "rise" if t - start > 19500 * 30 and i % 3 else "a%d" % (i * 7919 % 40)
                f.write(play % (1704067200000 + t * 1000, i % 999 + 1, i, i % 50, artist))

    def trends(*weeks):
        got = json.loads(subprocess.run([CADENCE, "--report", "json", "--weeks", ",".join(weeks), str(path)],
                                        capture_output=True, check=True).stdout)
        return [got[k] for k in ("trending", "trending_songs", "falling")], got["summary"]["plays"]

    assert [x["artist"] for x in trends("Present")[0][0]] == ["rise"]
    for nothing in ("2024-W02", "2030-W01", "Week 7"):
        assert trends(nothing) == ([[], [], []], 0)
    assert trends("2024-W01") == trends("2024-W01", "2024-W02") == trends("2024-W01", "2030-W01")
    assert trends("2024-W01")[0][0]


@pytest.mark.parametrize("part", range(8))
def test_random_streams(tmp_path, part):
    for seed in range(part, ROUNDS, 8):
        lines = stream(seed)
        try:
            loaded = load_bytes(tmp_path, lines)
            weeks, zones = random_filters(seed, sorted({p["week"] for p in loaded[1]}), 1)[seed % 2]
            want = expect(loaded, weeks, zones)
        except (TypeError, OverflowError):
            continue        # the reference itself cannot hash a list, or take the float of 10**400
        wrong = difference(want, cadence(options(weeks, zones, 7), stdin=lines))
        assert wrong is None, (seed, weeks, zones, wrong)


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
def test_bytes_may_arrive_in_any_pieces(tmp_path, size):
    lines = b"".join(stream(s) + b"\n" for s in range(3 if size == 1 else 40))
    want = expect(load_bytes(tmp_path, lines), [], [])
    p = subprocess.Popen([CADENCE, "--report", "json", "--top", "7"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(0, len(lines), size):
        p.stdin.write(lines[i:i + size])
        p.stdin.flush()
    p.stdin.close()
    got = json.loads(p.stdout.read())
    assert p.wait() == 0
    for key in ("trending", "trending_songs", "falling"):
        got.pop(key)
    assert difference(want, got) is None


def test_order_of_arrival_does_not_matter(data):
    path = data / "cadence-listens.jsonl.gz"
    lines = subprocess.run(["zcat", str(path)], capture_output=True, check=True).stdout.splitlines()
    random.Random(5).shuffle(lines)
    want = cadence([str(path)])
    assert difference(want, cadence([], stdin=b"\n".join(lines))) is None


def equal_newcomers(rnd):
    """A day of forty artists, then 130 who begin alike beside them; neighbours in time change places."""
    plays = [(1704067200000 + i * 27000, f"usual {i % 40:02}") for i in range(3000)]
    plays += [(1704148200000 + i * 850, f"usual {i % 40:02}") for i in range(2000)]
    plays += [(1704148200000 + i * 85000, f"new {k:03}") for i in range(20) for k in range(130)]
    plays = [(ts, artist, user) for user, (ts, artist) in enumerate(plays, 1)]
    plays.sort(key=lambda play: play[0] + rnd.random() * 300000)
    return "".join('{"ts":%d,"artist":"%s","userId":%d,"song":"a song"}\n' % play for play in plays).encode()


def test_trends_of_one_score_go_by_name():
    """The list holds a hundred: which of them are in it must not depend on who came first."""
    def trends(seed):
        out = subprocess.run([CADENCE, "--report", "json"], input=equal_newcomers(random.Random(seed)), check=True,
                             capture_output=True).stdout
        return {key: json.loads(out)[key] for key in TRENDS}

    first = trends(1)
    assert [row["artist"] for row in first["trending"]] == [f"new {k:03}" for k in range(100)]
    assert [row["artist"] for row in first["trending_songs"]] == [f"new {k:03}" for k in range(100)]
    assert trends(2) == first


def long_line(size):
    e = b'{"ts":1704067200000,"userId":1,"sessionId":1,"itemInSession":1,"song":"s","artist":"a","x":"'
    return e + b"y" * (size - len(e) - 2) + b'"}'


@pytest.mark.parametrize("extra, end", [(0, b"\n"), (1, b"\n"), (0, b"\r\n"), (0, b"\r\r\r\n"), (1, b""), (5 << 20, b"\n")])
def test_lines_at_the_limit_of_length(tmp_path, extra, end):
    good = b'{"ts":1704067200000,"userId":2,"sessionId":1,"itemInSession":1,"song":"s"}\n'
    lines = good + long_line((1 << 20) + extra) + end + (good if end else b"")
    assert difference(expect(load_bytes(tmp_path, lines), [], []), cadence(["--top", "7"], stdin=lines)) is None


def test_a_long_blank_line_is_blank():
    got = cadence([], stdin=b" " * (3 << 20) + b"\n" + b"\r" * (2 << 20) + b"\n")["input"]
    assert (got["lines"], got["blank"], got["oversize"]) == (2, 2, 0)


def test_a_line_of_100_megabytes_costs_no_memory():
    limit = ":" if "asan" in CADENCE else "ulimit -v 1500000"       # sanitizers reserve terabytes
    script = f"(head -c 100000000 /dev/zero | tr '\\0' x; echo; echo '{{\"ts\":1704067200000}}') | " \
             f"({limit}; {CADENCE} --report json)"
    got = json.loads(subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout)["input"]
    assert (got["lines"], got["oversize"], got["events"]) == (2, 1, 1)


def test_hundreds_of_weeks(tmp_path):
    rnd = random.Random(3)
    lines = b"".join(b'{"ts":%d,"userId":%d,"sessionId":%d,"itemInSession":%d,"song":"s%d","artist":"a","state":"CA","duration":99.5}\n'
                     % (1400000000000 + w * 604800000 + rnd.randrange(604800000), rnd.randrange(9), w, i, i % 5)
                     for i in range(3) for w in rnd.sample(range(500), 500))
    loaded = load_bytes(tmp_path, lines)
    for weeks, zones in random_filters(1, [], 0) + [(["Week 1", "Week 499", "Week 500", "Present"], ["PST"])]:
        assert difference(expect(loaded, weeks, zones), cadence(options(weeks, zones, 7), stdin=lines)) is None


def lines_of(plays):
    """(ts, user, artist) each, songs by artist; items number the plays, whatever their order."""
    return b"".join(json.dumps({"ts": ts, "userId": user, "sessionId": user, "itemInSession": item, "song": f"s{artist}",
                                "artist": f"a{artist}", "state": "CA"}).encode() + b"\n" for ts, user, artist, item in plays)


def trends_of(plays, scale):
    run = subprocess.run([CADENCE, "--report", "json", "--scale", scale], input=lines_of(plays), capture_output=True, check=True)
    return {name: rows for name, rows in json.loads(run.stdout).items() if name in TRENDS}


def test_trends_of_songs_do_not_depend_on_who_was_first():
    """Not on the song of the first line, and not on the order in which users appeared."""
    r, start, hour = random.Random(1), 1704067200000, 3600000
    plays = sorted((start + r.randrange(30 * hour), r.randrange(1, 500), r.randrange(40)) for _ in range(3600))
    plays += sorted((start + 30 * hour - r.randrange(1, hour // 4), 1000 + i, 99) for i in range(60))
    plays = [play + (i,) for i, play in enumerate(plays)]
    early = (plays[0][0], 777, 99, 10000)
    first, second = (trends_of(order, "30m") for order in ([early] + plays, plays[:1] + [early] + plays[1:]))
    assert [row["song"] for row in first["trending_songs"]] == ["s99"] and first == second
    plays = sorted((start + r.randrange(9 * 24 * hour), r.randrange(1, 400), int(60 * r.random() ** 2)) for _ in range(13000))
    plays += sorted((start + 9 * 24 * hour - r.randrange(1, 4 * hour), 7 * i + 1, 99) for i in range(14))
    plays = [play + (i,) for i, play in enumerate(plays)]
    users = [(start, user, 98, 100000 + user) for user in range(1, 400)]
    up, down = (trends_of(order + plays, "6h") for order in (users, users[::-1]))
    assert [row["song"] for row in up["trending_songs"]] == ["s99"] and up == down
