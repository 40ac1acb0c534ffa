#!/usr/bin/env python3
"""Measures Cadence against its targets and its peers over the same million events, in turn, several
rounds; prints the tables, and writes them to doc/performance.md with the machine and the command.

  run.py [--build DIR] [--rounds N] [--events N] [--python PYTHON] [--out FILE]

Ratios are medians of the ratios within each round, so that what the machine does meanwhile meets both.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import callgrind
import peers

ROOT = callgrind.ROOT
PEER_ROUNDS = 5
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def measure(runs, rounds):
    """Seconds by name, a list each; all in turn."""
    times = {run.name: [] for run in runs}
    for i in range(rounds):
        for run in runs:
            if not run.peer or i < PEER_ROUNDS:
                times[run.name].append(seconds(run.command))
        print(f"round {i + 1} of {rounds}", file=sys.stderr, flush=True)
    return times


def ratio(times, a, b):
    """How many times as long a takes as b: the median over the rounds; None when one is missing."""
    if not times.get(a) or not times.get(b):
        return None
    return statistics.median(x / y for x, y in zip(times[a], times[b]))


def speed_table(times, count, size):
    rows = ["| what | median s | spread | events/s | MB/s |", "|---|---|---|---|---|"]
    for name, t in times.items():
        m = statistics.median(t)
        kind = "dirty" if "damaged" in name else "pages" if "page views" in name else "events"
        rows.append(f"| {name} | {m:.2f} | {min(t):.2f}..{max(t):.2f} | {count / m / 1e3:,.0f} k | {size[kind] / m / 1e6:,.0f} |")
    return rows


class Targets:
    """A table of targets, met or missed."""

    def __init__(self):
        self.rows = ["| target | measured | |", "|---|---|---|"]

    def judge(self, what, limit, got, unit="", at_least=False):
        if got is None:
            self.rows.append(f"| {what} | not measured | |")
            return
        met = got >= limit if at_least else got <= limit
        self.rows.append(f"| {what} | {got:,.2f}{unit} | {'met' if met else '**missed**'} |")


def speed_targets(to, times, size):
    one, two = "cadence, one core", "cadence, two cores"
    faster = [  # what, how many times as fast as whom
        ("one core: 1.7 times mawk counting one field", 1.7, one, "mawk counting one field"),
        ("two cores: 1.4 times one core", 1.4, two, one),
        ("one core: 0.6 of a bare scan loop", 0.6, one, "bare scan loop, one core"),
        ("two cores: 0.9 of a bare scan loop on one", 0.9, two, "bare scan loop, one core"),
        ("20 times GoAccess", 20, two, "goaccess, a web log of as many lines"),
        ("40 times pandas", 40, two, "pandas, the old dashboard"),
        ("twice DuckDB (three queries over the file)", 2, two, "duckdb, three queries"),
        ("twice DuckDB (read once into a table)", 2, two, "duckdb, read once"),
        ("5 times agrind (three queries, a process each)", 5, two, "agrind, three queries"),
    ]
    for what, limit, us, them in faster:
        to.judge(what, limit, ratio(times, them, us), " x", at_least=True)
    to.judge("a pipe: at most 1.10 times as long as a file", 1.10, ratio(times, "cadence, from a pipe", two), " x")
    to.judge(".gz: at most 1.10 times as long as `zcat` alone", 1.10, ratio(times, "cadence, .gz", "zcat alone"), " x")
    for name, kind in ((".gz", "events"), ("5 % damaged", "dirty"), ("page views", "pages")):
        longer = ratio(times, "cadence, " + name, two)
        to.judge(f"{name}: at most 20 % fewer events/s than plain", 1.25, longer, " x as long")
        if kind == "pages":
            to.judge(f"{name}: the same in bytes/s", 1.25, longer * size["events"] / size[kind], " x as long")


def latency(to, build, python, plays):
    """Judges what tests/bench/latency.py measures; returns a paragraph on it."""
    env = dict(os.environ, CADENCE=str(build / "cadence"), CADENCE_SIM=str(build / "cadence-sim"), CADENCE_BUILD=str(build))
    run = subprocess.run([python, str(ROOT / "tests/bench/latency.py"), str(plays), str(plays // 100), "-e", "2024-12-31"], env=env,
                         capture_output=True, text=True)
    if run.returncode:
        return ["Latency was not measured: " + (run.stderr.strip().splitlines() or ["?"])[-1]]
    got = json.loads(run.stdout)
    to.judge("key to changed screen under input at full speed, p99: 50 ms", 50, 1000 * got["key"]["p99"], " ms")
    to.judge(f"key to the figures of a new filter over {plays:,} plays, median: 50 ms", 50, 1000 * got["filter"]["median"], " ms")
    for source, (whole, _) in got["start"].items():
        to.judge(f"first picture after exec, {source}: 100 ms", 100, 1000 * whole, " ms")
    to.judge("a monitor at rest: 0.5 % of a core", 0.5, 100 * max(got["rest"].values()), " %")
    to.judge("bytes to a terminal of 120x40, live, median second: 4 KiB", 4, got["bytes"] / 1024, " KiB")

    def ms(name):
        return f"median {1000 * got[name]['median']:.0f} ms, p99 {1000 * got[name]['p99']:.0f} ms ({got[name]['n']} presses)"

    figures = ", ".join(f"{source} {1000 * f:.0f} ms" for source, (_, f) in got["start"].items())
    return [f"Key to changed screen under a flood: {ms('key')}; to the figures of a new filter meanwhile: {ms('key_figures')}.",
            f"A new filter at rest: {ms('filter')}, over: {got['filter_over']}",
            f"First picture with figures: {figures}. The demo, live at its pace, takes {100 * got['demo_share']:.1f} % of a core."]


def memory(to, build, scale):
    """Peak memory of whole processes; returns where the model's goes. With 2.9 million users at the start a
    million play something within ten million plays."""
    sim, select, lines = build / "cadence-sim", build / "bench/select", []
    for plays, users, what, limit in ((2_200_000, 25_000, "25,000", 64), (10_000_000, 2_900_000, "a million", 512)):
        with tempfile.NamedTemporaryFile("r") as told:
            script = (f"set -o pipefail; {sim} --quiet --format fork --stream listen_events -n {users // scale} --events {plays // scale} "
                      f"| tee >({select} 0 > {told.name}) | {sys.executable} -c '{PEAK}' {build}/cadence --report json; wait")
            peak = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
            for _ in range(100):   # what the shell substituted may still be writing
                if "a user" in told.read():
                    break
                time.sleep(0.1)
                told.seek(0)
            told.seek(0)
            lines += told.read().splitlines()
        to.judge(f"{plays:,} plays of {what} users: {limit} MiB", limit, int(peak) / 1024, " MiB")
    return lines


def stages(build, events, rounds):
    lines = ["| stage, one core | median ns an event |", "|---|---|"]
    for stage in ("scan", "decode", "model", "all"):
        got = [float(subprocess.run([*peers.ONE, str(build / "bench/ingest"), str(events), stage], capture_output=True, text=True,
                                    check=True).stdout.split(" ns")[0].split()[-1]) for _ in range(rounds)]
        lines.append(f"| {stage} | {statistics.median(got):.0f} |")
    return lines


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    return f"{cpu}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--events", type=int, default=1_000_000)
    ap.add_argument("--scale", type=int, default=1, help="divides the ten million plays, to try this out")
    ap.add_argument("--python", default=sys.executable, help="one that has pyte")
    ap.add_argument("--out")
    a = ap.parse_args()
    build, began, to = (ROOT / a.build).resolve(), time.monotonic(), Targets()
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        events = peers.make_data(build, folder, a.events)
        size = {name: os.path.getsize(folder / name) for name in ("events", "dirty", "pages")}
        others, missing = peers.peers(folder)
        times = measure(peers.ours(build, folder) + others, a.rounds)
        by_stage = stages(build, events, min(a.rounds, 3))
    speed_targets(to, times, size)
    waits = latency(to, build, a.python, 10_000_000 // a.scale)
    model = memory(to, build, a.scale)
    text = "\n".join([
        "# Performance", "",
        f"Made by `make bench`: {a.events:,} listen events ({size['events'] / a.events:.0f} bytes each, 25,000 users) of `cadence-sim`,",
        f"whole processes, `--report json` with all figures on, medians of {a.rounds} rounds taken in turn ({min(a.rounds, PEER_ROUNDS)} of",
        f"peers). {machine()}. Took {(time.monotonic() - began) / 60:.0f} minutes.",
        f"Peers that were not there: {', '.join(missing) or 'none'}.", "",
        "Each target is that of the project; a ratio is the median of those within the rounds.", "", *to.rows, "",
        *speed_table(times, a.events, size), "", *by_stage, "",
        "Seen from outside the program (`tests/bench/latency.py`):", "", *[f"- {w}" for w in waits], "",
        "Where the model's memory goes (`build/bench/select 0`; 2.2 million plays, then ten million):", "",
        *["    " + m for m in model], "", callgrind.section(), ""])
    print(text)
    if a.out:
        pathlib.Path(a.out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
