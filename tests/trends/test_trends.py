"""A part of the proof of the trends that is small enough for every day; all of it: make bench-trends."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CADENCE_BUILD", ROOT / "build"))
CADENCE = os.environ.get("CADENCE", str(BUILD / "cadence"))
REFERENCE = str(ROOT / "tests" / "reference" / "trends.py")

sys.path.insert(0, str(ROOT / "tests" / "bench"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import trends as bench  # noqa: E402
from term import Term  # noqa: E402


BOTS = "Artist 4321"  # plant.c: what the bots play
REAL = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def tools():
    subprocess.run(["make", "-s", f"BUILD={BUILD}", "trend-tools"], cwd=ROOT, check=True)


def scores(rate, seed, plant=()):
    return bench.score(*bench.run(str(BUILD), seed, rate, plant)[:2])


@pytest.mark.parametrize("rate,seed", [(40, 201), (40, 202), (400, 201), (400, 202), (4000, 201)])
def test_planted(rate, seed):
    s = scores(rate, seed)
    assert s["precision"] >= 0.97 and s["recall"] >= 0.93
    assert s["delay"] <= 13
    assert s["false"] / s["hours"] <= 0.2


def test_songs_fallers_and_forecasts():
    truth, lines, said = bench.run(str(BUILD), 201, 400)
    n, error, same, inside = map(int, re.search(r"forecast n (\d+) error (\d+) same (\d+) inside (\d+)", said).groups())
    assert n > 300 and error < .8 * same and .85 < inside / n < .97
    songs = bench.score(*bench.run(str(BUILD), 201, 400, (), ("--kind", "songs"))[:2])
    assert songs["precision"] >= .97 and songs["false"] / songs["hours"] <= .2 and songs["found"] >= .9
    truth, lines, _ = bench.run(str(BUILD), 201, 400, (), ("--kind", "falling"))
    listed, true = bench.falling(truth, lines)
    assert listed > 100 and true >= .95 * listed


@pytest.mark.skipif(not REAL.exists(), reason="no real streams here")
@pytest.mark.parametrize("name,window_s,word", bench.REAL)
def test_forecasts_on_real_streams(name, window_s, word):
    """Of the artists with the most listens, since no artist rises there."""
    scale = {21600: "2", 86400: "3", 604800: "4"}[window_s]
    n, error, same, inside = bench.forecast_row(str(BUILD), name, scale, bench.real_plays(REAL / f"{name}.jsonl.gz"))
    assert n > 100 and error < same and inside / n > .85


@pytest.mark.parametrize("rate", [40, 400])
def test_reference_planter_through_the_whole_program(rate, tmp_path):
    truth, events = tmp_path / "truth.json", tmp_path / "events.jsonl"
    with open(events, "w") as f:
        subprocess.run([sys.executable, REFERENCE, "plant", "--seed", "7", "--rate", str(rate), "--truth", truth], stdout=f,
                       check=True)
    out = subprocess.run([CADENCE, "--report", "json", "--every", "5m", events], capture_output=True, check=True)
    again = subprocess.run([CADENCE, "--report", "json", "--every", "5m", "--replay", "200000", events], capture_output=True, check=True)
    assert again.stdout == out.stdout  # paced or not
    said = subprocess.run([sys.executable, REFERENCE, "score", "--truth", truth], input=out.stdout, capture_output=True, check=True)
    s = json.loads(said.stdout)
    assert s["precision_at_10"] >= 0.97 and s["recall_at_10"] >= 0.95
    assert s["median_delay_min"] <= 13 and s["false_alarms_per_hour"] <= 0.2


def test_on_the_screen_a_quarter_of_an_hour_after(tmp_path):
    """The list, its title and the line in the header, by the whole program; and after the end of the trend none of it."""
    truth, events = tmp_path / "truth.json", tmp_path / "events.jsonl"
    with open(events, "w") as f:
        subprocess.run([f"{BUILD}/tests/trend-plant", "--seed", "7", "--rate", "40", "--hours", "24", "--truth", truth],
                       stdout=f, check=True)
    planted = json.load(open(truth))
    lines = events.read_text().splitlines(True)
    times = [int(line.split('"ts":', 1)[1].split(",", 1)[0]) for line in lines]

    def screen(minute):
        end = planted["t0"] + minute * 60_000
        part = tmp_path / "part.jsonl"
        part.write_text("".join(lines[:sum(t < end for t in times)]))
        return subprocess.run([CADENCE, "--screen", "140x44", part], capture_output=True, text=True, check=True).stdout

    trend = next(t for t in planted["trends"] if t["artist"] == "Artist 1008")
    picture = screen(trend["start"] + 15)
    assert "30 min against" in picture and "99% sure" in picture and "rising now" in picture
    assert f"\u2726 {trend['artist']}" in picture
    news = picture.splitlines()[3]
    assert news.startswith(" \u2726 new at ") and trend["artist"] in news
    picture = screen(1440)
    assert "new at" not in picture and "rises beyond chance" in picture


def test_the_monitor_goes_on_until_all_parts_are_there(tmp_path):
    """After a key the picture becomes the one that is made at once: the past of six hours is more than one part."""
    events = tmp_path / "events.jsonl"
    with open(events, "w") as f:
        subprocess.run([f"{BUILD}/tests/trend-plant", "--rate", "400", "--hours", "33", "--seed", "201", "--trends", "60"],
                       stdout=f, check=True)

    def figures(picture):
        return [line.rstrip() for line in picture.splitlines()[2:-1]]

    at_once = subprocess.run([CADENCE, "--screen", "140x44", "--scale", "6h", events], capture_output=True, text=True, check=True)
    with Term([CADENCE, str(events)], 140, 44) as monitor:
        monitor.wait_for("ended", 60)
        monitor.send("s", "s")
        picture = monitor.wait_for(lambda text: figures(text) == figures(at_once.stdout), 20)
    assert "6 h against" in picture and "rising now" in picture


def test_a_week_gone_by_shows_its_end(tmp_path):
    """By the whole program: what came after it, and which week is the present one, do not matter."""
    truth, events, part = tmp_path / "truth.json", tmp_path / "events.jsonl", tmp_path / "part.jsonl"
    with open(events, "w") as f:
        subprocess.run([f"{BUILD}/tests/trend-plant", "--seed", "3", "--rate", "10", "--hours", "196", "--trends", "500",
                        "--truth", truth], stdout=f, check=True)
    planted = json.load(open(truth))
    end = (1704067200000 + 7 * 86_400_000 - planted["t0"]) / 60_000  # Monday 2024-01-08
    lines = events.read_text().splitlines(True)
    first_after = next(i for i, line in enumerate(lines)
                       if int(line.split('"ts":', 1)[1].split(",", 1)[0]) >= planted["t0"] + end * 60_000)
    part.write_text("".join(lines[:first_after + 1]))

    def trending(file, *args):
        out = subprocess.run([CADENCE, "--report", "json", *args, file], capture_output=True, check=True).stdout
        return {key: json.loads(out)[key] for key in ("trending", "trending_songs", "falling")}

    week = trending(events, "--weeks", "2024-W01")
    assert week == trending(part, "--weeks", "Week 1")
    assert week != trending(events) and week != trending(events, "--weeks", "Present")
    live = {t["artist"] for t in planted["trends"] if t["start"] + 20 <= end <= t["end"]}
    assert live and live <= {x["artist"] for x in week["trending"]}
    # A zone's list is of its people alone: fewer of them, of the same trends.
    zone = trending(events, "--weeks", "2024-W01", "--zones", "EST")["trending"]
    listeners = {x["artist"]: x["listeners"] for x in week["trending"]}
    assert all(x["listeners"] < listeners.get(x["artist"], 10**9) for x in zone)


@pytest.mark.parametrize("rate", [40, 400])
@pytest.mark.parametrize("plant", [("--day", "0", "--surge", "1"), ("--day", "0.9"), ("--surge", "5"), ("--loops", "40"),
                                   ("--gap", "180"), ("--bots", "100")])
def test_nothing_to_find(rate, plant):
    truth, lines, _ = bench.run(str(BUILD), 203, rate, ("--trends", "0", *plant))
    s = bench.score(truth, lines)
    assert not any(x["artist"] == BOTS for r in lines for x in r["trending"])
    assert s["false"] <= 3  # in 18 hours; the rate, below one a day, is for the long run to show


@pytest.mark.parametrize("rate", [40, 400])
@pytest.mark.parametrize("kind", ["artists", "songs", "falling"])
def test_shuffled_within_ten_minutes_is_the_same(rate, kind):
    driver = ("--last", "--kind", kind)
    _, a, _ = bench.run(str(BUILD), 204, rate, (), driver)
    _, b, _ = bench.run(str(BUILD), 204, rate, ("--shuffle", "10"), driver)
    assert a == b


def test_a_new_choice_of_zones_is_answered_soon():
    """2 to 6 ms on a quiet machine; all at once would be some 100."""
    said = bench.run(str(BUILD), 206, 4000, (), ("--last", "--choose"))[2]
    calls = re.findall(r"choose (?:first|again) (\w+): at most ([\d.]+) ms, ([\d.]+) ms mean, (\d+) calls", said)
    assert len(calls) == 6
    for _, most, mean, _ in calls:
        assert float(mean) < 25 and float(most) < 100
    assert max(int(n) for *_, n in calls) > 1  # or nothing was left for later


@pytest.mark.parametrize("rate", [40, 400])
def test_asked_often_or_once_is_the_same(rate):
    _, often, _ = bench.run(str(BUILD), 205, rate)
    _, rarely, _ = bench.run(str(BUILD), 205, rate, (), ("--every", "60"))
    _, once, _ = bench.run(str(BUILD), 205, rate, (), ("--last",))
    assert often[-1] == once[-1] == rarely[-1]
    at = {r["input"]["last_ts"]: r for r in often}
    shared = [r for r in rarely if r["input"]["last_ts"] in at]
    assert len(shared) >= 25 and all(r == at[r["input"]["last_ts"]] for r in shared)
