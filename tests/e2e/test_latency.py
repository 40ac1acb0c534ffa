"""How long it takes, how much of the processor and how many bytes: seen from outside the program.

Each limit is one of the targets of the project. A measurement that misses its target while others
kept the processors busy is made once more; the second one counts.
"""
import os
import statistics
import time

import pytest

import timing
from term import CADENCE, Term
from timing import quantile

pytestmark = pytest.mark.skipif("asan" in CADENCE or not os.path.exists(timing.FLOOD),
                                reason="measured on the plain build only (make build/bench/flood)")


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    """Four days of 200,000 plays by 13,000 users."""
    return timing.generate(tmp_path_factory.mktemp("latency") / "plays.jsonl", "-n", 25000, "--events", 200000)


def judged(measure, good):
    """What was measured, the second time if the first was spoiled by others."""
    result = measure()
    if not good(result) and result[-1] > 0.2:
        print(f"others took {result[-1]:.1f} processors: once more")
        result = measure()
    return result


def ms(seconds):
    return f"{1000 * seconds:.1f} ms"


def summary(times):
    return f"median {ms(quantile(times, 0.5))}, p99 {ms(quantile(times, 0.99))}, max {ms(max(times))}"


# ---- keys ----

def test_key_to_screen_under_input_at_full_speed(plays):
    def good(result):
        return None not in result[0] and quantile(result[0], 0.99) <= 0.050

    screen, figures, share = judged(lambda: timing.keys_under_flood(plays, 220), good)
    print(f"key to changed screen, {len(screen)} presses: {summary(screen)}; others {share:.2f} processors")
    arrived = [f for f in figures if f is not None]
    print(f"key to figures of the new filter, {len(arrived)} of {len(figures)}: {summary(arrived)}")
    assert None not in screen, "a key was never answered"
    assert quantile(screen, 0.99) <= 0.050, summary(screen)


# ---- start ----

def first_pictures(argv, stdin=None):
    """Seconds from exec to the first whole frame, and to the first with figures."""
    with Term([CADENCE, *argv], stdin=stdin, picture=False) as term:
        time.sleep(0.4)
        whole = figures = None
        for when, screen in timing.film(term):
            if whole is None and "help" in timing.line_of(screen, 39):
                whole = when - term.started
            if "listener" in timing.line_of(screen, 2):
                figures = when - term.started
                break
    return whole, figures


@pytest.mark.parametrize("source", ["demo", "file", "pipe", "silent pipe"])
def test_first_picture(plays, source):
    whole, figures = [], []
    for _ in range(5):
        if source == "pipe":
            with timing.flood(plays) as stream:
                time.sleep(0.3)
                got = first_pictures([], stream.out)
        elif source == "silent pipe":
            out, into = os.pipe()
            got = first_pictures([], out)
            os.close(into)
        else:
            got = first_pictures(["--demo"] if source == "demo" else [plays])
        whole.append(got[0])
        figures.append(got[1])
    print(f"{source}: first picture after {ms(statistics.median(whole))}", end="")
    if source != "silent pipe":
        print(f", with figures after {ms(statistics.median(figures))}")
        assert statistics.median(figures) <= (0.3 if source == "demo" else 0.1), figures
    assert statistics.median(whole) <= 0.1, whole


# ---- at rest, and live ----

SECONDS = 10


@pytest.fixture(scope="module")
def watched(plays, tmp_path_factory):
    """Monitors side by side for ten seconds: share of a core, and bytes in each second."""
    few = tmp_path_factory.mktemp("few") / "few.jsonl"
    with open(plays, "rb") as f:
        few.write_bytes(b"".join(next(f) for _ in range(3000)))
    out, into = os.pipe()
    os.write(into, few.read_bytes()[:40000].rsplit(b"\n", 1)[0] + b"\n")
    terms = {
        "pipe": Term([CADENCE], stdin=out, picture=False),
        "file": Term([CADENCE, str(few)], picture=False),
        "follow": Term([CADENCE, "--follow", str(few)], picture=False),
        "demo": Term([CADENCE, "--demo"], picture=False),
    }
    time.sleep(4)
    cpu = {name: timing.cpu_s(t.pid) for name, t in terms.items()}
    written = {name: [t.written()] for name, t in terms.items()}
    for _ in range(SECONDS):
        time.sleep(1)
        for name, term in terms.items():
            written[name].append(term.written())
    share = {name: (timing.cpu_s(t.pid) - cpu[name]) / SECONDS for name, t in terms.items()}
    for term in terms.values():
        term.close()
    os.close(into)
    return share, {name: [b - a for a, b in zip(w, w[1:])] for name, w in written.items()}


@pytest.mark.parametrize("source", ["pipe", "file", "follow"])
def test_at_rest_it_costs_nothing(watched, source):
    share, written = watched
    print(f"{source}: {100 * share[source]:.2f} % of a core, {sum(written[source])} bytes in {SECONDS} s")
    assert share[source] < 0.005
    assert sum(written[source]) == 0


def test_bytes_to_a_terminal_of_120x40(watched):
    """Live at the demo's pace, about a hundred events a second."""
    share, written = watched
    print(f"demo: {100 * share['demo']:.1f} % of a core, bytes in each second: {written['demo']}")
    assert min(written["demo"]) > 0, "nothing came: nothing was measured"
    assert statistics.median(written["demo"]) <= 4096
