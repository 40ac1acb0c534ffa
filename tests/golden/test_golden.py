"""Whole screens and panels alone, drawn by --screen from events.jsonl, against the pictures in screens/.

  CADENCE_GOLDEN=update python3 -m pytest tests/golden     takes the pictures anew: look at the difference before committing it

events.jsonl is small and our own: cadence-sim's original and fork dialects, plays that come twice, lines that are none, names
in Japanese, with accents, doubly encoded, and an escape sequence in a title. That the pictures show the right figures is
not left to them: the headline and lists are checked against the reference."""
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CADENCE = os.environ.get("CADENCE", str(ROOT / "build" / "cadence"))
EVENTS = HERE / "events.jsonl"
UPDATE = os.environ.get("CADENCE_GOLDEN") == "update"

SIZES = ["40x12", "80x24", "120x40", "200x60"]
PANELS = ["levels", "devices", "genders", "hours", "sessions", "map", "artists", "songs", "users", "activity"]
ALPHABETS = {"utf8": [], "ascii": ["--ascii"]}

CASES = {f"screen-{size}-{name}": ["--screen", size, *options] for size in SIZES for name, options in ALPHABETS.items()}
CASES |= {f"panel-{panel}-{name}": ["--screen", "100x30", "--panel", panel, *options]
          for panel in PANELS for name, options in ALPHABETS.items()}
CASES |= {f"cloud-{name}": ["--screen", "100x30", "--panel", "artists", "--cloud", *options] for name, options in ALPHABETS.items()}
CASES["filter-80x24-utf8"] = ["--screen", "80x24", "--weeks", "Present,2024-W03", "--zones", "PST,Other"]
CASES["color-80x24-utf8"] = ["--screen", "80x24", "--color", "--theme", "default"]


def screen(*args, events=EVENTS):
    """What a terminal of any kind must not change."""
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS", "LINES", "COLORTERM")}
    env["LC_ALL"] = "C.UTF-8"
    run = subprocess.run([CADENCE, *args, str(events)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=60)
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    return run.stdout.decode("utf-8")


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("name", CASES)
def test_picture(name):
    args, path = CASES[name], HERE / "screens" / f"{name}.txt"
    got = screen(*args)
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(got, encoding="utf-8")
    want = path.read_text(encoding="utf-8")
    if got != want:
        diff = difflib.unified_diff(want.splitlines(), got.splitlines(), f"{path.name} (kept)", "now", lineterm="", n=1)
        pytest.fail("\n".join(["the picture has changed:", *diff]), pytrace=False)


@pytest.mark.parametrize("name", CASES)
def test_shape(name):
    """As many lines and columns as asked for, ASCII where asked for, never a control character."""
    args = CASES[name]
    w, h = map(int, args[1].split("x"))
    text = screen(*args)
    if "--color" in args:
        assert "\x1b[" in text
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) <= h
    assert max(map(columns, lines)) <= w
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
    if "--ascii" in args:
        assert text.isascii()


def reference(*args):
    out = subprocess.run([sys.executable, str(ROOT / "tests" / "reference" / "report.py"), *args, str(EVENTS)],
                         stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


FILTERS = [[], ["--weeks", "Present"], ["--zones", "EST"], ["--weeks", "2024-W03,2024-W04", "--zones", "PST,CST,Other"]]


@pytest.mark.parametrize("chosen", FILTERS, ids=" ".join)
def test_figures(chosen):
    """The figures on the screen are the reference's."""
    want = reference(*chosen, "--top", "20")
    text = screen("--screen", "200x60", *chosen)
    s = want["summary"]
    hours = f"{s['hours']:.1f}" if s["hours"] < 9.95 else f"{round(s['hours']):,}"
    assert f"{s['users']:,} listeners played {s['plays']:,} songs in {s['sessions']:,} sessions: {hours} hours" in text
    assert f"{want['input']['plays']:,} plays" in text
    users = sum(level["users"] for level in want["levels"])
    for part in want["levels"] + want["genders"] + want["devices"][:5]:
        share = "100%" if part["users"] == users else f"{100 * part['users'] / users:.1f}%"
        assert re.search(rf"{part['name']} .*?\b{part['users']:,} +{re.escape(share)}", text), part
    for rank, user in enumerate(want["top_users"][:8], 1):
        assert re.search(rf"\b{rank} {re.escape(user['name'])} .*#{user['user']} +{user['hours']:.1f} ", text), user
    minutes = want["session_minutes"]
    assert f"{minutes['n']:,} sessions" in text


def test_lists():
    """Songs, artists, states and weeks, alone and in full."""
    want = reference("--top", "12")
    songs = screen("--screen", "160x48", "--panel", "songs")
    for rank, song in enumerate(want["songs"], 1):
        assert re.search(rf"\b{rank} {re.escape(song['song'])} +{re.escape(song['artist'])} .*\b{song['plays']:,} ", songs), song
    artists = screen("--screen", "160x48", "--panel", "artists")
    for rank, artist in enumerate(want["artists"], 1):
        assert re.search(rf"\b{rank} +{re.escape(artist['artist'])} .*\b{artist['plays']:,} ", artists), artist
    states = screen("--screen", "160x60", "--panel", "map")
    for state in want["states"]:
        assert re.search(rf" {state['state']} .* {state['users']:,} +[0-9.]+% +{state['plays']:,} ", states), state
    hours = screen("--screen", "160x48", "--panel", "hours")
    for week in want["listening_hours"]:
        figures = " +".join(re.escape(f"{week[k]:.2f}") for k in ("min", "q1", "median", "q3", "max", "mean"))
        assert re.search(rf"{week['week']} .* {week['n']} +{figures} ", hours), week
    levels = screen("--screen", "160x48", "--panel", "levels")
    for week in want["levels_by_week"]:
        by = {level["name"]: level["users"] for level in week["levels"]}
        assert re.search(rf"{week['week']} .* {by.get('free', 0)} +{by.get('paid', 0)} ", levels), week
    activity = screen("--screen", "160x60", "--panel", "activity")
    steps = re.findall(r"(\d{4}-\d\d-\d\d)(?: \d\d:\d\d)? .*?(\d+) +(\d+) [█│] │", activity)
    assert sum(int(plays) for _, plays, _ in steps) <= want["input"]["plays"]
    assert steps


def test_empty_input(tmp_path):
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("")
    text = screen("--screen", "120x40", events=nothing)
    assert "The input has ended without an event." in text
