#!/usr/bin/env python3
"""Latency, rest and bytes as the tests measure them, the filter over ten million plays: JSON for run.py.

  latency.py PLAYS USERS [OPTION ...]     needs pyte; CADENCE, CADENCE_BUILD as in the tests
"""
import json
import pathlib
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import timing  # noqa: E402  pylint: disable=wrong-import-position


def spread(seconds):
    arrived = [s for s in seconds if s is not None]
    return {"n": len(seconds), "lost": len(seconds) - len(arrived), "median": timing.quantile(arrived, 0.5),
            "p99": timing.quantile(arrived, 0.99)}


def main():
    plays, users, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as tmp:
        path = timing.generate(pathlib.Path(tmp) / "plays", "-n", 25000, "--events", 200000)
        screen, figures, _ = timing.keys_under_flood(path, 220)
        start = {source: timing.start_five(path, source)[:2] for source in ("demo", "file", "pipe")}
        share, written = timing.watch(path, pathlib.Path(tmp) / "few")
    changes, headline, _ = timing.filter_changes(plays, users, 36, *more)
    print(json.dumps({
        "key": spread(screen), "key_figures": spread(figures), "filter": spread(changes), "filter_over": headline.strip(),
        "start": start, "rest": {name: s for name, s in share.items() if name != "demo"}, "demo_share": share["demo"],
        "bytes": statistics.median(written["demo"])}))


if __name__ == "__main__":
    main()
