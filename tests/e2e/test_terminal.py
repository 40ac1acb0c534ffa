"""The monitor on a real terminal: keys, sizes, signals, and what is left behind.

Run by `/usr/bin/python3 -m pytest tests/e2e/test_terminal.py`; CADENCE names the program.
"""
import gzip
import json
import os
import random
import re
import signal
import subprocess
import termios
import threading
import time

import pytest

from term import CADENCE, Term

STATES = ["CA", "NY", "TX", "UT", "HI", "PR"]
AGENTS = ['"Mozilla/5.0 (Windows NT 6.1)"', "Mozilla/5.0 (Macintosh)", "Mozilla/5.0 (iPhone)"]
START = 1704067200000            # Monday 2024-01-01


def play(i, **more):
    user = i * 7919 % 40
    record = {
        "artist": f"Artist {i * 17 % 211 % 97}", "song": f"Song {i * 17 % 211}", "duration": 200.5,
        "ts": START + i * 1000000, "sessionId": user * 100 + i // 500, "auth": "Logged In",
        "level": "paid" if user % 3 else "free", "itemInSession": i, "city": "X", "zip": "1",
        "state": STATES[user % 6], "userAgent": AGENTS[user % 3], "lon": 1.0, "lat": 1.0,
        "userId": user, "lastName": "L", "firstName": f"U{user}", "gender": "FM"[user % 2],
        "registration": 1}
    record.update(more)
    return json.dumps(record) + "\n"


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """Six weeks of 3,000 plays."""
    path = tmp_path_factory.mktemp("terminal") / "events.jsonl"
    path.write_text("".join(play(i) for i in range(3000)))
    return str(path)


@pytest.fixture
def term(events):
    with Term([CADENCE, events]) as t:
        t.wait_for("3,000 plays")
        t.wait_for("ended")
        t.quiet()
        yield t


class Flood:
    """A pipe that is always full."""

    def __init__(self):
        self.out, self.into = os.pipe()
        self.running = True
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        lines = [play(i) for i in range(20000)]
        batch = "".join(lines).encode()
        try:
            while self.running:
                at = 0
                while at < len(batch) and self.running:
                    at += os.write(self.into, batch[at:at + 262144])
        except BrokenPipeError:
            pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        try:
            os.close(self.into)
        except OSError:
            pass


# ---- keys ----

def test_zones_and_weeks(term):
    term.send("1")
    term.wait_for("[1EST]")
    term.send("3")
    term.wait_for("[3MST]")
    term.send("z")
    term.wait_gone("[1EST]")
    term.send("[")
    term.wait_for("[Present]")
    term.wait_for("In all time zones, in Present")
    term.send("[")
    term.wait_for("[W04]")
    term.wait_for("in Week 4 (2024-W04)")
    term.send("]")
    term.wait_for("in Week 5 (2024-W05)" if "W06" in term.text() else "in Present")
    term.send("0")
    term.wait_for("over all")
    term.send("p")
    term.wait_for("in Present")


def test_list_of_weeks(term):
    term.send("w")
    term.wait_for("Space ticks")
    term.send("space", "down", "down", "space", "enter")
    term.wait_gone("Space ticks")
    term.wait_for("over 2 of")


def test_panels(term):
    seen = set()
    titles = ["Free vs paid", "Devices", "Gender", "Listening hours", "Session", "Users per state",
              "Artists", "Top songs", "Top users", "Activity"]
    term.send("enter")
    for i in range(len(titles)):
        text = term.wait_for(f" panel {i + 1} of 10 ")
        seen |= {title for title in titles if title in text}
        term.send("tab")
    assert seen == set(titles)
    term.send("esc")
    term.wait_gone(" of 10 ")
    term.send("backtab")
    term.quiet(0.15)


def picture_without_a_terminal(*args):
    out = subprocess.run([CADENCE, "--screen", "140x44", *args], capture_output=True, text=True, check=True).stdout
    return [line.rstrip() for line in out.splitlines()[1:-1]]


@pytest.mark.parametrize("options", [["--weeks", "Week 1"], ["--zones", "EST,PST"], ["--scale", "30m"], ["--panel", "songs"],
                                     ["--cloud"], ["--ascii"]], ids=lambda options: options[0])
def test_options_to_begin_with_hold_on_the_terminal_too(events, options):
    """What --screen draws, which the golden pictures are made of, is what the terminal shows."""
    expected = picture_without_a_terminal(*options, events)
    assert expected != picture_without_a_terminal(events)
    with Term([CADENCE, *options, events], 140, 44) as t:
        t.wait_for(lambda text: [line.rstrip() for line in text.splitlines()[1:-1]] == expected)


def test_search(term):
    term.send("enter")
    for i in range(10):
        if "Top songs" in term.wait_for(f" panel {i + 1} of 10 "):
            break
        term.send("tab")
    term.send("/")
    term.wait_for("type to search")
    term.send("song 21")
    term.wait_for("2 found")
    term.send("0")
    term.wait_for("1 found")
    term.send("enter")
    term.wait_gone("1 found")
    assert "Song 210" in term.text() and "/song 210   1 of 1 " in term.text()
    term.send("esc")                                        # among all rows, still on the one found
    at = re.search("([0-9]+) of 211", term.wait_for(re.compile("[0-9]+ of 211").search))[1]
    assert re.search(f"(?m)^. *{at} Song 210 ", term.text())
    term.send("end")
    term.wait_for("211 of 211")
    term.send("home")
    term.wait_for("1 of 211")


def test_freeze_help_theme_and_scales(term):
    term.send("space")
    term.wait_for("FROZEN")
    term.send("space")
    term.wait_gone("FROZEN")
    term.send("?")
    term.wait_for("all keys")
    term.send("esc")
    term.wait_gone("all keys")
    for key, word in (("t", "theme: "), ("m", "map scale: linear"), ("c", "artists: cloud by rank"),
                      ("s", "trends: 30 minutes")):
        term.send(key)
        term.wait_for(word)


def test_unknown_sequences_are_no_keys(term):
    """Terminals answer and report in sequences; their letters and digits must not act."""
    before = term.text()
    for sequence in ("\x1b[I", "\x1b[?1;2c", "\x1b[1;5Q", "\x1b[24;80R", "\x1bOz", "\x1b[<35;3;3M",
                     "\x1b]11;rgb:0000/q/pwq\x07", "\x1b]52;c;cXdw\x1b\\", "\x1bP>|tmux q 3.3a\x1b\\",
                     "\x1b_Gi=31;OK q\x1b\\"):
        term.send(sequence)
        time.sleep(0.1)
    term.quiet()
    assert term.text() == before


def test_the_terminal_knows_its_size_best(events):
    """What the environment claims of it may be of another one, and any number."""
    with Term([CADENCE, events], env={"COLUMNS": "40000", "LINES": "9"}) as term:
        term.wait_for("3,000 plays")
        term.quiet()
        assert term.lines()[-1].strip() and max(map(len, term.lines())) <= term.screen.columns


def test_keys_that_the_description_lacks(events):
    """PuTTY, rxvt, screen and tmux where TERM says xterm; arrows outside the application mode."""
    with Term([CADENCE, "--panel", "users", events]) as term:
        term.wait_for(" 1 of 40 ")
        for key, at in (("\x1b[4~", 40), ("\x1b[1~", 1), ("\x1b[8~", 40), ("\x1b[7~", 1), ("\x1b[B", 2), ("\x1b[A", 1),
                        ("\x1b[F", 40), ("\x1b[H", 1), ("\x1bOF", 40), ("\x1bOH", 1)):
            term.send(key)
            term.wait_for(f" {at} of 40 ")


def test_bytes_that_are_no_text(term):
    """One costs itself alone; a character may come in parts."""
    term.send("/")
    term.wait_for("type to search")
    term.send(b"so\xf6ng\xe9 2\xff1")
    term.wait_for("/song 21")
    term.send(b"\xc3")
    time.sleep(0.2)
    term.send(b"\xa9x")
    term.wait_for("/song 21éx")


def test_a_paste_that_does_not_end(term):
    term.send("\x1b[200~abcq")
    time.sleep(2.5)
    term.send("q")
    assert term.wait_exit() == 0


def test_an_arrow_key_torn_apart(events):
    """On a slow line: whoever has one can have Esc wait for the rest."""
    with Term([CADENCE, events], env={"ESCDELAY": "800"}) as term:
        term.wait_for("3,000 plays")
        term.send("enter")
        term.wait_for("Esc back")
        term.quiet()
        for part in ("\x1b", "[B"):
            term.send(part)
            time.sleep(0.15)
        time.sleep(0.5)
        assert "Esc back" in term.text()
        term.send("esc")
        term.wait_gone("Esc back")


def test_pasted_text_is_text(term):
    before = term.text()
    term.send("\x1b[200~\tq1w?/\r\x1b[201~")
    term.quiet()
    assert term.text() == before


def find(term, what):
    for y, line in enumerate(term.lines()):
        if what in line:
            return line.index(what), y
    raise AssertionError(f"no {what!r}")


def test_mouse(term):
    term.click(*find(term, "2CST"))
    term.wait_for("[2CST]")
    term.click(*find(term, "2CST"))
    term.wait_gone("[2CST]")
    term.click(*find(term, "W03"))
    term.wait_for("[W03]")
    x, y = find(term, "Top songs")
    term.click(x, y)
    term.click(x, y)
    term.wait_for(" of 10 ")
    term.click(5, 8, button=65)
    term.wait_for("4 of ")
    term.click(5, 8, button=64)
    term.wait_for(re.compile("1 of [0-9]").search)
    term.click(*find(term, "Esc back"))
    term.wait_gone(" of 10 ")


# ---- leaving ----

def test_q(term):
    term.send("q")
    assert term.wait_exit() == 0
    assert term.restored() == ""


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143),
                                          (signal.SIGHUP, 129), (signal.SIGSEGV, -signal.SIGSEGV),
                                          (signal.SIGQUIT, -signal.SIGQUIT), (signal.SIGUSR1, -signal.SIGUSR1),
                                          (signal.SIGABRT, -signal.SIGABRT),
                                          (signal.SIGPWR, -signal.SIGPWR), (signal.SIGRTMIN + 1, -signal.SIGRTMIN - 1)])
def test_signals(term, number, code):
    term.kill(number)
    assert term.wait_exit() == code
    assert term.restored() == ""


def test_ctrl_c(term):
    term.send("ctrl-c")
    assert term.wait_exit() == 130
    assert term.restored() == ""


@pytest.mark.parametrize("end", ["q", signal.SIGTERM])
def test_leaving_while_figures_are_due(tmp_path, end):
    """Those of a new filter are asked for at once, and come when nobody shows them any more."""
    path = tmp_path / "many"
    path.write_text("".join(play(i) for i in range(60000)))
    for _ in range(4):
        with Term([CADENCE, str(path)]) as term:
            term.wait_for(" ev/s")
            if end == "q":
                term.send("1q")
            else:
                term.send("1")
                term.kill(end)
            assert term.wait_exit() == (0 if end == "q" else 143)
            assert term.restored() == ""


@pytest.mark.parametrize("writer", [False, True])
def test_leaving_a_pipe_with_a_name(tmp_path, writer):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with Term([CADENCE, str(fifo)]) as term:
        end = os.open(fifo, os.O_RDWR) if writer else None
        term.wait_for("Waiting for the first event")
        term.send("q")
        assert term.wait_exit(timeout=3) == 0
        assert term.restored() == ""
        if end is not None:
            os.close(end)


def test_what_failed_is_said_at_the_shell(tmp_path):
    damaged = tmp_path / "damaged.gz"
    damaged.write_bytes(gzip.compress("".join(play(i) for i in range(100)).encode())[:-6])
    with Term([CADENCE, str(damaged)]) as term:
        term.wait_for("ended")
        term.send("q")
        assert term.wait_exit() == 1
        assert term.restored() == ""
        assert "it ends too early" in term.raw[term.raw.rindex(b"1049l"):].decode().replace("\r\n", " ")


def test_stop_and_go_on(term):
    picture = term.text()
    for _ in range(2):
        term.send("ctrl-z")
        term.wait_stopped()
        assert term.restored() == ""
        term.send("echo of the shell\r\n")
        time.sleep(0.1)
        term.resume()
        term.wait_for("3,000 plays")
        term.quiet()
        assert term.modes() != term.before
    # What was typed at the shell's prompt is not this test's matter.
    term.send("ctrl-l")
    term.quiet()
    assert len(term.text().splitlines()) == len(picture.splitlines())
    term.send("esc", "q")
    assert term.wait_exit() == 0
    assert term.restored() == ""


def test_figures_are_kept(events, tmp_path, monkeypatch):
    """S: what `--report json` says of the weeks and zones chosen; again: another file; where none can be it says so."""
    monkeypatch.chdir(tmp_path)
    with Term([CADENCE, "--top", "5000", events]) as term:
        term.wait_for("3,000 plays")
        term.wait_for("ended")
        term.send("1", "p")
        term.quiet()
        term.send("S")
        name = re.search(r"kept in (cadence-\d{8}-\d{6}\.json)", term.wait_for(" kept in cadence-"))[1]
        want = subprocess.run([CADENCE, "--report", "json", "--top", "5000", "--zones", "est", "--weeks", "present", events],
                              capture_output=True, check=True).stdout
        assert (tmp_path / name).read_bytes() == want and json.loads(want)["summary"]["plays"] > 0
        term.send("S")
        term.quiet()
        assert len(list(tmp_path.glob("cadence-*.json"))) == 2
        for path in tmp_path.iterdir():
            path.unlink()
        tmp_path.rmdir()
        term.send("S")
        term.wait_for("cannot write cadence-")


def test_the_first_key_after_a_stop_may_be_an_arrow(term):
    """The terminal is told of them as it goes on, not with the first key."""
    term.send("ctrl-z")
    term.wait_stopped()
    term.resume()
    term.quiet()
    assert term.raw.rfind(b"\x1b[?1h") > term.raw.rfind(b"\x1b[?1l") >= 0


def test_killed_while_it_is_stopped(term):
    """As `kill %1` does after Ctrl-Z: it ends, and leaves the shell's terminal alone."""
    term.send("ctrl-z")
    term.wait_stopped()
    written = term.written()
    term.kill(signal.SIGTERM)
    term.resume(background=True)
    assert term.wait_exit() == 143
    assert term.restored() == "" and term.written() == written


@pytest.mark.parametrize("stop", ["ctrl-z", signal.SIGSTOP])
def test_in_the_background_it_stops_again(term, stop):
    if stop == "ctrl-z":
        term.send(stop)
    else:
        term.kill(stop)
    term.wait_stopped()
    written = term.written()
    term.resume(background=True)
    term.wait_stopped()
    assert term.written() == written
    term.resume()
    term.wait_for("3,000 plays")


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGSEGV, -signal.SIGSEGV)])
def test_a_terminal_that_takes_nothing(number, code):
    """A connection hangs: what is written waits for ever, but signals are heard."""
    with Term([CADENCE, "--demo"], w=200, h=60) as term:
        term.wait_for("plays")
        term.reading = False
        term.reader.join()
        waits = ""
        for step in range(100):                             # until the kernel takes no more
            term.set_size(200, 59 + step % 2)
            term.kill(signal.SIGWINCH)
            time.sleep(0.05)
            with open(f"/proc/{term.pid}/wchan", encoding="ascii") as f:
                waits = f.read()
            if waits == "wait_woken":                       # in the terminal's write
                break
        assert waits in ("wait_woken", "0")                 # 0: this kernel does not tell
        term.kill(number)
        told = term.tell(10)
        assert told == ({"code": code} if code > 0 else {"signal": -code})
        assert term.modes() == term.before


def test_stop_and_resize_meanwhile(term):
    term.send("ctrl-z")
    term.wait_stopped()
    term.resize(80, 24)
    term.resume()
    term.wait_for("3,000 plays")
    term.quiet()
    lines = term.lines()
    assert "help" in lines[23] and max(map(len, lines)) <= 80


def test_stop_without_a_warning(term):
    """SIGSTOP cannot be prepared for; the shell takes the terminal and sets its own modes."""
    picture, ours = term.text(), term.modes()
    term.kill(signal.SIGSTOP)
    term.wait_stopped()
    termios.tcsetattr(term.master, termios.TCSANOW, term.before)
    term.resume()
    term.quiet()
    assert term.modes() == ours
    assert term.text() == picture
    term.send("q")
    assert term.wait_exit() == 0
    assert term.restored() == ""


def test_end_of_input_then_q():
    out, into = os.pipe()
    with Term([CADENCE], stdin=out) as term:
        os.write(into, play(1).encode())
        term.wait_for("1 play ")
        os.close(into)
        term.wait_for("ended")
        term.send("q")
        assert term.wait_exit() == 0
        assert term.restored() == ""


def test_the_terminal_goes_away(events):
    """Its other end is closed: the program must leave, not spin."""
    with Term([CADENCE, events]) as term:
        term.wait_for("3,000 plays")
        term.reading = False
        term.reader.join()
        os.close(term.slave)
        os.close(term.master)
        told = term.tell(5)
        assert told.get("code") == 129 or told.get("signal") == signal.SIGHUP, told
        term.slave, term.master = os.open(os.devnull, os.O_RDWR), os.open(os.devnull, os.O_RDWR)


# ---- sizes ----

def fits(term, w, h):
    lines = term.lines()
    there = "help" in lines[h - 1] if w >= 40 and h >= 12 else "too small" in term.text()
    return there and max(map(len, lines)) <= w


def test_resize(term):
    for w, h in ((80, 24), (40, 12), (39, 12), (200, 60), (300, 100), (60, 15), (1, 1), (120, 40)):
        term.resize(w, h)
        if w >= 20:
            term.wait_for(lambda _: fits(term, w, h))
        term.quiet(0.3)
        assert w < 20 or fits(term, w, h), term.text()
    before = term.text()
    term.send("ctrl-l")
    term.quiet()
    assert term.text() == before


def test_resize_while_it_floods():
    rand = random.Random(1)
    with Flood() as flood, Term([CADENCE], stdin=os.dup(flood.out)) as term:
        os.close(flood.out)
        term.wait_for(" plays")
        for _ in range(30):
            term.resize(rand.randint(20, 200), rand.randint(5, 60))
            time.sleep(rand.random() * 0.1)
        term.resize(100, 30)
        time.sleep(0.6)
        term.send("space")
        term.wait_for("FROZEN")
        term.send("ctrl-l")
        time.sleep(0.5)
        assert fits(term, 100, 30), term.text()
        assert term.text().count("FROZEN") == 1
        term.send("q")
        assert term.wait_exit() == 0
        assert term.restored() == ""


# ---- bytes ----

def test_nothing_changes_nothing_is_sent(term):
    term.wait_for("0 ev/s") if "ev/s" in term.text() else None
    time.sleep(2.5)
    term.quiet()
    before = term.written()
    time.sleep(2)
    assert term.written() == before


def test_how_much_is_read_of_what_is_stored(tmp_path):
    """Of a compressed file in its own bytes; of a growing one of what it has by now."""
    packed, growing = tmp_path / "packed.gz", tmp_path / "growing"
    packed.write_bytes(100 * gzip.compress("".join(play(i) for i in range(10000)).encode()))
    with Term([CADENCE, str(packed)]) as term:
        term.wait_for(lambda text: re.search(" [1-9][0-9]?% read ", text))
        assert "% read" not in term.wait_for("ended")
    with Term([CADENCE, "--replay", "1", str(packed)]) as term:
        assert "% read" not in term.wait_for("1 play ")     # far more than is shown
    with Term([CADENCE, "--follow", str(growing)]) as term:
        term.wait_for("following, but growing is not there yet")
        growing.write_text(play(1))
        term.wait_for("1 play ")
        term.wait_for("waiting: following  ")
        with open(growing, "a", encoding="utf-8") as f:
            f.write(play(2))
        term.wait_for("2 plays")
        growing.write_text(play(3))                         # shorter than what was read of it
        term.wait_for("3 plays")
        assert "% read" not in term.wait_for("waiting: following")
        growing.rename(tmp_path / "kept")
        term.wait_for("following, but growing is gone")
        with open(tmp_path / "kept", "a", encoding="utf-8") as f:
            f.write(play(4))                                # the writer has not noticed yet
        growing.write_text(play(5))
        assert "gone" not in term.wait_for("5 plays")


# ---- kinds of terminals ----

@pytest.mark.parametrize("env, drawn", [({"TERM": "linux"}, "+- Free vs paid -"), ({"LC_ALL": "C"}, "+- Free vs paid -"),
                                        ({"TERM": "xterm"}, "╭─ Free vs paid ─")])
def test_glyphs_that_the_terminal_has(events, env, drawn):
    with Term([CADENCE, events], env=env) as term:
        text = term.wait_for(drawn)
        assert text.isascii() == drawn.isascii()


@pytest.mark.parametrize("name, word", [("dumb", "dumb"), (None, "TERM"), ("no-such-thing", "no-such")])
def test_terminals_that_cannot(events, name, word):
    with Term([CADENCE, events], env={"TERM": name}) as term:
        assert term.wait_exit() == 1
        text = term.text().replace("\n", "")
        assert word in text and "--report" in text and "--screen" in text
        assert b"\x1b" not in term.raw
        assert term.restored() == ""


@pytest.mark.parametrize("name", ["xterm", "linux", "vt100", "screen-256color", "tmux-256color",
                                  "rxvt-unicode-256color", "xterm-mono"])
def test_kinds_of_terminals(events, name):
    with Term([CADENCE, events], env={"TERM": name}) as term:
        term.wait_for("3,000 plays")
        term.send("?")
        term.wait_for("all keys")
        term.send("esc", "t")
        term.wait_for("theme")
        term.send("q")
        assert term.wait_exit() == 0
        assert term.modes() == term.before


@pytest.mark.parametrize("name", ["linux", "vt100"])
@pytest.mark.parametrize("leave", ["q", signal.SIGTERM, signal.SIGSEGV])
def test_where_the_old_picture_does_not_come_back(events, name, leave):
    """The prompt gets a line of its own, at whose beginning the cursor stands."""
    with Term([CADENCE, events], env={"TERM": name}) as term:
        term.wait_for("3,000 plays")
        term.resize(100, 30)
        term.wait_for("Tab panel")
        term.quiet()
        if leave == "q":
            term.send("q")
        else:
            term.kill(leave)
        term.wait_exit()
        assert term.lines()[-1] == "" and "plays" in term.text()
        assert (term.screen.cursor.x, term.screen.cursor.y) == (0, 29)


COLOR = re.compile(rb"\x1b\[[0-9;]*?(?<![0-9])(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def test_no_color(events):
    with Term([CADENCE, events], env={"NO_COLOR": "1"}) as term:
        term.wait_for("3,000 plays")
        term.send("1", "t", "t")
        term.quiet()
        assert not COLOR.search(term.raw)
    with Term([CADENCE, events]) as term:
        term.wait_for("3,000 plays")
        assert COLOR.search(term.raw)


@pytest.mark.parametrize("env, options", [({"LC_ALL": "C"}, []), ({"LC_ALL": "POSIX"}, []),
                                          ({}, ["--ascii"])])
def test_ascii(tmp_path, env, options):
    path = tmp_path / "e.jsonl"
    path.write_text(play(1, artist="Björk", song="Jóga 日本 😀"))
    with Term([CADENCE, *options, str(path)], env=env) as term:
        term.wait_for("1 play ")
        term.wait_for("Bjork")
        for key in ("?", "esc", "w", "esc", "c", "enter", "/"):
            term.send(key)
            term.quiet(0.15)
        assert max(term.raw) < 0x80


def test_no_terminal(events):
    done = subprocess.run([CADENCE, events], stdin=subprocess.DEVNULL, capture_output=True,
                          start_new_session=True, timeout=10, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"terminal" in done.stderr and b"--report" in done.stderr and b"--screen" in done.stderr
    assert b"\x1b" not in done.stderr


def test_output_redirected_still_draws_on_the_terminal(events, tmp_path):
    out = tmp_path / "out"
    with Term(["sh", "-c", f'exec "{CADENCE}" "{events}" > "{out}"']) as term:
        term.wait_for("3,000 plays")
        term.send("q")
        assert term.wait_exit() == 0
        assert term.restored() == ""
    assert out.read_bytes() == b""


# ---- what must never reach the terminal ----

EVIL = [
    "\x1b]0;owned\x07title", "\x1b[2Jcleared", "\x1bP1$r\x1b\\", "\x9b31mred", "a\rb", "a\nb",
    "\u202eevil\u202c", "\u2066iso\u2069", "\u200b\ufeff\u00ad", "e" + "\u0301" * 500, "\x7f\x08\x08",
    "\u0000nul", "\x0e\x0f", "👨‍👩‍👧‍👦 family", "🇩🇪 flag", "日本語" * 50, "\ue000\U000f0000", "\ufffe",
]


def test_escape_sequences_in_names(tmp_path):
    path = tmp_path / "evil.jsonl"
    lines = []
    for i, text in enumerate(EVIL * 2):
        lines.append(play(i, song=text, artist=text + "x", firstName=text, lastName=text))
    path.write_text("".join(lines), encoding="utf-8", errors="surrogatepass")
    with Term([CADENCE, str(path)], w=160, h=48) as term:
        term.wait_for("ended")
        for key in ("c", "c", "enter", "tab", "tab", "tab", "tab", "tab", "tab", "tab", "/", "e"):
            term.send(key)
            term.quiet(0.15)
        raw = bytes(term.raw)
        lines = term.lines()
    for bad in (b"\x1b]", b"\x1bP", b"\x07", b"\x7f", b"\x1b[2Jcl", b"\xc2\x9b", b"\x9b31",
                "\u202e".encode(), "\u2066".encode(), "\ufeff".encode(), "\u200b".encode(),
                "\ue000".encode(), b"\x0e"):
        assert bad not in raw, bad
    assert raw.count("\u0301".encode()) < 400
    # The right border still stands in one column: no name has pushed it.
    body = [line for line in lines[3:-1] if line]
    assert all(line[-1] in "│╮╯" for line in body), "\n".join(lines)


def test_logs_of_libraries_stay_out_of_the_picture():
    """librdkafka has much to say of a broker that is not there."""
    with Term([CADENCE, "--kafka", "127.0.0.1:1", "-X", "debug=broker"]) as term:
        try:
            term.wait_for("cadence", 5)
        except AssertionError:
            pytest.skip("no Kafka in this build")
        time.sleep(2)
        term.quiet(0.01)
        raw = bytes(term.raw)
        assert b"%7|" not in raw and b"%3|" not in raw
        assert "help" in term.lines()[-1] or "broker" in term.text().lower()
        term.send("q")
        term.wait_exit()
        assert term.restored() == ""
