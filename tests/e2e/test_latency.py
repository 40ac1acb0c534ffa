"""How long it takes, how much of the processor and how many bytes: seen from outside the program.

Each limit is one of the targets of the project. A measurement that misses its target while others
kept the processors busy is made once more, and not judged when they still do.
"""
import os
import statistics

import pytest

import timing
from term import CADENCE
from timing import quantile

pytestmark = pytest.mark.skipif("asan" in CADENCE or not os.path.exists(timing.FLOOD),
                                reason="measured on the plain build only (make build/bench/flood)")


BUSY = 0.4     # processors taken by others


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    """Four days of 200,000 plays by 13,000 users."""
    return timing.generate(tmp_path_factory.mktemp("latency") / "plays.jsonl", "-n", 25000, "--events", 200000)


def judged(measure, good):
    """What was measured; the second time, if it missed while others took part of the machine."""
    result = measure()
    if not good(result) and result[-1] > BUSY:
        print(f"missed while others took {result[-1]:.1f} processors: once more")
        result = measure()
        if not good(result) and result[-1] > BUSY:
            pytest.skip(f"not judged: others took {result[-1]:.1f} processors, twice")
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


def test_a_letter_of_a_search_through_many_songs(tmp_path):
    """A slow search is done between keys."""
    path = timing.many_songs(tmp_path / "songs.jsonl", 400000)

    def good(result):
        return None not in result[0] and quantile(result[0], 0.9) <= 0.050

    screen, share = judged(lambda: timing.search_letters(path, 4), good)
    arrived = [s for s in screen if s is not None]
    print(f"letter to the prompt, {len(arrived)} of {len(screen)}: {summary(arrived)}; others {share:.2f} processors")
    assert None not in screen, "a letter was never shown"
    assert quantile(screen, 0.9) <= 0.050, summary(screen)


def test_filter_change_over_a_million_plays():
    def good(result):
        return None not in result[0] and quantile(result[0], 0.5) <= 0.050

    figures, headline, share = judged(lambda: timing.filter_changes(1000000, 25000, 36), good)
    print(f"{headline}\nkey to the figures: {summary(figures)}; others {share:.2f} processors")
    assert None not in figures, "figures never came"
    assert quantile(figures, 0.5) <= 0.050, summary(figures)


# ---- start ----

FIGURES = {"demo": 0.3, "file": 0.1, "pipe": 0.1, "silent pipe": 0}


@pytest.mark.parametrize("source", FIGURES)
def test_first_picture(plays, source):
    whole, figures, share = judged(lambda: timing.start_five(plays, source),
                                   lambda result: result[0] <= 0.1 and result[1] <= FIGURES[source])
    print(f"{source}: first picture after {ms(whole)}, with figures after {ms(figures)}; others {share:.2f} processors")
    assert whole <= 0.1
    assert figures <= FIGURES[source]


# ---- at rest, and live ----

@pytest.fixture(scope="module")
def watched(plays, tmp_path_factory):
    return timing.watch(plays, tmp_path_factory.mktemp("few") / "few.jsonl")


@pytest.mark.parametrize("source", ["pipe", "file", "follow"])
def test_at_rest_it_costs_nothing(watched, source):
    share, written = watched
    print(f"{source}: {100 * share[source]:.2f} % of a core, {sum(written[source])} bytes in {len(written[source])} s")
    assert share[source] < 0.005
    assert sum(written[source]) == 0


def test_bytes_to_a_terminal_of_120x40(watched):
    """Live at the demo's pace, about a hundred events a second."""
    share, written = watched
    print(f"demo: {100 * share['demo']:.1f} % of a core, bytes in each second: {written['demo']}")
    assert min(written["demo"]) > 0, "nothing came: nothing was measured"
    assert statistics.median(written["demo"]) <= 4096
