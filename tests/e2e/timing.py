"""What the measurements of speed share: input, clocks, and the film of a terminal.

While a program is timed nothing is emulated (an emulator in Python would be the slowest part of
what it measures): the bytes are kept with the times at which they came, and looked at afterwards.
"""
import bisect
import collections
import os
import random
import statistics
import subprocess
import time

import pyte

from term import CADENCE, ROOT, Term, line_of

BUILD = os.environ.get("CADENCE_BUILD", os.path.join(ROOT, "build"))
SIM = os.environ.get("CADENCE_SIM", os.path.join(BUILD, "cadence-sim"))
FLOOD = os.path.join(BUILD, "bench", "flood")
PLAYS = [SIM, "--quiet", "--format", "fork", "--stream", "listen_events"]


def generate(path, *args):
    with open(path, "wb") as out:
        subprocess.run([*PLAYS, *map(str, args)], stdout=out, check=True)
    return str(path)


class Stream:
    """A process that writes events into a pipe."""

    def __init__(self, argv):
        self.process = subprocess.Popen(list(map(str, argv)), stdout=subprocess.PIPE)
        self.out, self.pid = self.process.stdout, self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.out.close()
        self.process.kill()
        self.process.wait()


def flood(path):
    """The file's plays at full speed, for ever, each time as new sessions."""
    return Stream([FLOOD, path])


# ---- clocks ----

def cpu_s(pid):
    """Seconds of processor time that all threads of a process have taken."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as f:
            total += int(f.read().split()[0])
    return total / 1e9


class Others:
    """How many processors were kept busy by others than these processes and this one."""

    def __init__(self, *pids):
        self.pids = pids
        self.start = self._now()

    def _now(self):
        with open("/proc/stat") as f:
            field = list(map(int, f.readline().split()[1:9]))
        busy = (sum(field) - field[3] - field[4]) / os.sysconf("SC_CLK_TCK")
        return time.monotonic(), busy - sum(map(cpu_s, self.pids)) - time.process_time()

    def share(self):
        now = self._now()
        return (now[1] - self.start[1]) / (now[0] - self.start[0])


def quantile(values, q):
    """The smallest of the values that a share q of them does not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


# ---- the film ----

Picture = collections.namedtuple("Picture", "at chips headline focus help")


def focused(screen):
    """The corners of the panels whose frame is drawn unlike most."""
    corners = [(x, y, screen.buffer[y][x]) for y in range(screen.lines) for x in range(screen.columns)
               if screen.buffer[y][x].data == "╭"]
    usual = collections.Counter((c.fg, c.bold) for _, _, c in corners).most_common(1)
    return [(x, y) for x, y, c in corners if (c.fg, c.bold) != usual[0][0]]


STILL_S = 0.001


def film(term):
    """What a Term without a picture showed: after each read that no other followed at once."""
    screen = pyte.Screen(term.screen.columns, term.screen.lines)
    stream = pyte.ByteStream(screen)
    raw, times, played = bytes(term.raw), list(term.times), 0
    for i, (when, end) in enumerate(times):
        if i + 1 < len(times) and times[i + 1][0] - when < STILL_S:
            continue
        stream.feed(raw[played:end])
        played = end
        yield when, screen


def pictures(term):
    return [Picture(when, line_of(s, 1), line_of(s, 2), focused(s),
                    any("all keys" in line_of(s, y) for y in range(3, 12))) for when, s in film(term)]


def answered(shots, press, shown):
    """Seconds from the press to the read that made shown(picture, picture before) true; None never."""
    at = bisect.bisect_left(shots, press, key=lambda p: p.at)
    before = shots[at - 1]
    return next((p.at - press for p in shots[at:] if shown(p, before)), None)


# ---- what is measured in tests and in the bench ----

# key: what shows that it was taken, and the figures of the new filter
ANSWERS = {
    "tab": (lambda p, old: p.focus != old.focus, None),
    "?": (lambda p, old: p.help != old.help, None),
    "1": (lambda p, _: "[1 EST]" in p.chips, lambda p, _: "In EST," in p.headline),
    "2": (lambda p, _: "[2 CST]" in p.chips, lambda p, _: "In CST," in p.headline),
    "z": (lambda p, _: "ST]" not in p.chips, lambda p, _: "In all time zones" in p.headline),
    "[": (lambda p, _: "›[all]" not in p.chips, lambda p, _: "over all" not in p.headline),
    "0": (lambda p, _: "›[all]" in p.chips, lambda p, _: "over all" in p.headline),
}
ROUND = ["tab", "[", "1", "?", "?", "z", "tab", "0", "2", "z"]


def press_keys(term, keys, low, high):
    """Presses keys with pauses of low..high seconds; returns them with their times."""
    presses = []
    for key in keys:
        presses.append((key, time.monotonic()))
        term.send(key)
        time.sleep(random.uniform(low, high))
    time.sleep(0.5)
    return presses


def keys_under_flood(path, count):
    """Seconds from key to changed screen, to changed figures, and what others took meanwhile."""
    with flood(path) as stream, Term([CADENCE], stdin=stream.out, w=160, h=48, picture=False) as term:
        time.sleep(2)
        others = Others(term.pid, stream.pid)
        presses = press_keys(term, (ROUND * count)[:count], 0.03, 0.08)
        share = others.share()
        shots = pictures(term)
    screen = [answered(shots, at, ANSWERS[key][0]) for key, at in presses]
    figures = [answered(shots, at, ANSWERS[key][1]) for key, at in presses if ANSWERS[key][1]]
    return screen, figures, share


def filter_changes(plays, users, count, *more):
    """Seconds from key to the figures of the new filter, after so many plays were read."""
    source = [*PLAYS, "-n", users, "--events", plays, *more]
    with Stream(source) as stream, Term([CADENCE], stdin=stream.out, w=160, h=48, picture=False) as term:
        while b"ended" not in term.raw[-20000:]:
            assert stream.process.poll() in (None, 0)
            time.sleep(0.2)
        time.sleep(1)
        others = Others(term.pid)
        keys = ["1", "z", "2", "z", "[", "0"]
        presses = press_keys(term, (keys * count)[:count], 0.25, 0.3)
        share = others.share()
        shots = pictures(term)
    figures = [answered(shots, at, ANSWERS[key][1]) for key, at in presses]
    return figures, shots[-1].headline, share


def many_songs(path, count):
    """A play of each of so many songs."""
    line = ('{"artist":"Artist %d","song":"Song %d","duration":200,"ts":%d,"sessionId":1,"itemInSession":%d,'
            '"level":"free","state":"NY","userAgent":"X11","userId":%d,"gender":"F"}\n')
    with open(path, "w", encoding="ascii") as f:
        for i in range(count):
            f.write(line % (i % 1000, i * 7919 % count, 1700000000000 + i, i, i % 500))
    return str(path)


def search_letters(path, rounds):
    """Seconds from a letter typed into the search of the songs to the prompt with it, while the letters before are
    still searched for."""
    with Term([CADENCE, "--panel", "songs", path], picture=False) as term:
        while b"ended" not in term.raw:
            time.sleep(0.2)
        term.send("/")
        term.quiet(3, 60)      # until all songs are there to be searched
        others = Others(term.pid)
        presses, text = [], ""
        for key in ["s", "o", "n", "backspace", "backspace", "u", "backspace"] * rounds:
            text = text[:-1] if key == "backspace" else text + key
            presses.append((text, time.monotonic()))
            term.send(key)
            time.sleep(random.uniform(0.06, 0.1))
        time.sleep(1)
        share = others.share()
        prompts = [(when, line_of(screen, 39)) for when, screen in film(term)]
    return [next((when - at for when, line in prompts if when >= at and line.startswith(f" /{text} ")), None)
            for text, at in presses], share


# ---- start ----

def first_pictures(argv, stdin, last):
    """Seconds from exec to the first whole frame, and to the first with figures."""
    with Term([CADENCE, *argv], stdin=stdin, picture=False) as term:
        end = time.monotonic() + 5
        while last not in term.raw:
            assert time.monotonic() < end, "no picture at all"
            time.sleep(0.02)
        time.sleep(0.1)
        whole = figures = None
        for when, screen in film(term):
            if whole is None and "help" in line_of(screen, 39):
                whole = when - term.started
            if "listener" in line_of(screen, 2):
                figures = when - term.started
                break
    return whole, figures


def busy():
    """What is taken of the processors before anything is measured."""
    others = Others()
    time.sleep(0.4)
    return others.share()


def start_five(plays, source):
    """Medians to the first picture and to figures, and what others take."""
    whole, figures, share = [], [], busy()
    for _ in range(5):
        if source == "pipe":
            with flood(plays) as stream:
                time.sleep(0.3)
                got = first_pictures([], stream.out, b"listener")
        elif source == "silent pipe":
            out, into = os.pipe()
            got = first_pictures([], out, b"help")
            os.close(into)
        else:
            got = first_pictures(["--demo"] if source == "demo" else [plays], None, b"listener")
        whole.append(got[0])
        figures.append(got[1] or 0)
    return statistics.median(whole), statistics.median(figures), max(share, busy())


# ---- at rest, and live ----

def watch(path, few, seconds=10):
    """Monitors side by side: each one's share of a core, and its bytes in each second.

    Most read the first 3,000 plays, kept in `few`, and rest; "demo" is live at its pace, about a
    hundred events a second."""
    with open(path, "rb") as f:
        few.write_bytes(b"".join(next(f) for _ in range(3000)))
    out, into = os.pipe()
    os.write(into, few.read_bytes()[:40000].rsplit(b"\n", 1)[0] + b"\n")
    terms = {
        "pipe": Term([CADENCE], stdin=out, picture=False),
        "file": Term([CADENCE, str(few)], picture=False),
        "follow": Term([CADENCE, "--follow", str(few)], picture=False),
        "demo": Term([CADENCE, "--demo"], picture=False),
    }
    time.sleep(3)
    for name in ("pipe", "file", "follow"):
        terms[name].quiet(1.2, 30)
    cpu = {name: cpu_s(t.pid) for name, t in terms.items()}
    written = {name: [t.written()] for name, t in terms.items()}
    for _ in range(seconds):
        time.sleep(1)
        for name, term in terms.items():
            written[name].append(term.written())
    share = {name: (cpu_s(t.pid) - cpu[name]) / seconds for name, t in terms.items()}
    for term in terms.values():
        term.close()
    os.close(into)
    return share, {name: [b - a for a, b in zip(w, w[1:])] for name, w in written.items()}
