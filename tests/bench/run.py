#!/usr/bin/env python3
"""Measures Cadence against its peers over the same million events, in turn, several rounds; prints one
table of medians and ratios, and writes it to doc/performance.md with the machine and the command.

  run.py [--build DIR] [--rounds N] [--events N] [--out FILE]

Peers are found, not vendored: mawk, goaccess, agrind on the PATH; duckdb and pandas in this Python.
Those that are missing are left out, and the table says so.
"""
import argparse
import importlib.util
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ONE = ["taskset", "-c", "0"]

DUCKDB = """
import duckdb, sys
t = f"read_json_auto('{sys.argv[1]}', format='newline_delimited')"
for q in (f"select level, count(distinct userId) from {t} group by 1",
          f"select artist, song, count(*) n from {t} group by 1, 2 order by n desc limit 10",
          f"select artist, count(*) n from {t} group by 1 order by n desc limit 10"):
    duckdb.sql(q).fetchall()
"""
PANDAS = """
import pandas as pd, sys
d = pd.read_json(sys.argv[1], lines=True)
d['week'] = pd.to_datetime(d.ts, unit='ms').dt.isocalendar().week
d.drop_duplicates('userId', keep='last').groupby('level').userId.nunique()
d.groupby(['artist', 'song']).size().nlargest(10)
d.groupby('artist').size().nlargest(10)
d.groupby('state').userId.nunique()
d.groupby(['week', 'userId']).duration.sum().groupby('week').describe()
d.groupby('userId').duration.sum().nlargest(10)
"""


def goaccess_log(events, path):
    """As many lines of a web log, for GoAccess: the same users, songs and user agents."""
    import json
    with open(events) as src, open(path, "w") as out:
        for i, line in enumerate(src):
            e = json.loads(line)
            u = e["userId"]
            out.write('10.%d.%d.%d - - [%s +0000] "GET /%s HTTP/1.1" 200 512 "-" "%s"\n' % (
                u >> 16 & 255, u >> 8 & 255, u & 255, time.strftime("%d/%b/%Y:%H:%M:%S", time.gmtime(e["ts"] / 1000)),
                e["song"].replace(" ", "_").replace('"', ""), e["userAgent"].replace('"', "")))


def seconds(command, stdin=None):
    with open(os.devnull, "wb") as null, open(stdin or os.devnull, "rb") as src:
        start = time.perf_counter()
        subprocess.run(command, stdin=src, stdout=null, stderr=null, check=True)
        return time.perf_counter() - start


def contenders(build, folder, events, count):
    """name, command, file for standard input."""
    cadence, json_report = str(build / "cadence"), ["--report", "json"]
    run = [
        ("cadence, one core", ONE + [cadence, *json_report, events], None),
        ("cadence, two cores", [cadence, *json_report, events], None),
        ("bare scan loop, one core", ONE + [str(build / "bench/ingest"), events, "scan"], None),
        ("cadence, from a pipe", ["sh", "-c", f"cat {events} | {cadence} --report json"], None),
        ("cadence, .gz", [cadence, *json_report, events + ".gz"], None),
        ("zcat alone", ["zcat", events + ".gz"], None),
        ("cadence, 5 % damaged", [cadence, *json_report, str(folder / "dirty.jsonl")], None),
        ("cadence, page views", [cadence, *json_report, str(folder / "pages.jsonl")], None),
    ]
    if shutil.which("mawk"):
        run.append(("mawk counting one field", ONE + ["mawk", "-F\"", "{c[$4]++} END{print length(c)}", events], None))
    if shutil.which("goaccess"):
        goaccess_log(events, folder / "web.log")
        run.append(("goaccess", ["goaccess", str(folder / "web.log"), "--log-format=COMBINED", "-o", str(folder / "o.json")], None))
    if shutil.which("agrind"):
        for q in ("* | json | count_distinct(userId) by level", "* | json | count by artist, song | sort by _count desc | limit 10",
                  "* | json | count by artist | sort by _count desc | limit 10"):
            run.append(("agrind, " + q[9:30], ["agrind", "-f", events, q], None))
    for name, code in (("duckdb", DUCKDB), ("pandas", PANDAS)):
        if importlib.util.find_spec(name):
            run.append((name, [sys.executable, "-c", code, events], None))
    return run


def make_data(build, folder, count):
    sim = [str(build / "cadence-sim"), "--format", "fork", "-n", "25000", "--events", str(count)]
    events = str(folder / "events.jsonl")
    for name, args in (("events.jsonl", ["--stream", "listen_events"]), ("pages.jsonl", ["--stream", "page_view_events"]),
                       ("dirty.jsonl", ["--stream", "listen_events", "--dirty", "0.05"])):
        with open(folder / name, "wb") as out:
            subprocess.run(sim + args, stdout=out, stderr=subprocess.DEVNULL, check=True)
    subprocess.run(["gzip", "-1", "-k", events], check=True)
    return events


def table(times, count):
    base = statistics.median(times["cadence, one core"])
    lines = ["| what | median s | spread | lines/s | cadence (one core) is |", "|---|---|---|---|---|"]
    for name, t in times.items():
        m = statistics.median(t)
        lines.append(f"| {name} | {m:.2f} | {min(t):.2f}..{max(t):.2f} | {count / m / 1e3:,.0f} k | {m / base:.2f} x |")
    return lines


def stages(build, events, rounds):
    lines = ["| stage, one core | median ns an event |", "|---|---|"]
    for stage in ("scan", "decode", "model", "all"):
        got = [float(subprocess.run(ONE + [str(build / "bench/ingest"), events, stage], capture_output=True, text=True,
                                    check=True).stdout.split(" ns")[0].split()[-1]) for _ in range(rounds)]
        lines.append(f"| {stage} | {statistics.median(got):.0f} |")
    return lines


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--events", type=int, default=1_000_000)
    ap.add_argument("--out")
    a = ap.parse_args()
    build = (ROOT / a.build).resolve()
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        events = make_data(build, folder, a.events)
        run = contenders(build, folder, events, a.events)
        times = {name: [] for name, _, _ in run}
        for _ in range(a.rounds):
            for name, command, stdin in run:
                times[name].append(seconds(command, stdin))
        cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
        memory = subprocess.run([str(build / "bench/ingest"), events, "all"], capture_output=True, text=True).stdout.splitlines()
        text = "\n".join([
            "# Performance", "",
            f"Made by `make bench`: {a.events:,} listen events ({os.path.getsize(events) / a.events:.0f} bytes each, 25,000 users) of",
            f"`cadence-sim`, whole processes, all figures on, medians of {a.rounds} rounds taken in turn. {cpu}, {os.cpu_count()} cores,",
            f"Linux {platform.release().split('-')[0]}. Peers that were not there are left out.", "",
            *table(times, a.events), "", *stages(build, events, a.rounds), "",
            "Memory of the model after these events (`build/bench/ingest FILE all`):", "", *["    " + m for m in memory[1:]], ""])
    print(text)
    if a.out:
        pathlib.Path(a.out).write_text(text)


if __name__ == "__main__":
    main()
