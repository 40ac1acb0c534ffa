#!/usr/bin/env python3
"""Counts instructions an event, stage by stage, with callgrind, and holds them against the ceilings in
tests/bench/ceilings: above one by more than 10 % fails. Counts do not vary with the machine's load, but
they do with the compiler: ceilings made with another one are not judged, and it is said so. The build must
be gcc's with the usual flags (Debian's valgrind does not read clang's debugging information).

  callgrind.py [--build DIR] [--accept]      --accept: makes these counts the ceilings, and the table of
                                             doc/performance.md
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CEILINGS = ROOT / "tests/bench/ceilings"
DOC = ROOT / "doc/performance.md"
BEGIN, END = "<!-- callgrind: made by `make callgrind-accept` -->", "<!-- callgrind ends -->"
EVENTS = 20000
ROOM = 1.10

FORK = ["--format", "fork", "--stream"]
INPUTS = {
    "listen": [*FORK, "listen_events"],
    "dirty": [*FORK, "listen_events", "--dirty", "0.05"],
    "pages": [*FORK, "page_view_events"],
    "original": [],
}
# name: what it is, input, stage of bench/ingest, the stage that it builds on
COUNTS = {
    "scan": ("the wanted fields of a listen event found", "listen", "scan", "none"),
    "decode": ("a listen event, from its line", "listen", "decode", "none"),
    "decode-dirty": ("the same, 5 % of the lines damaged", "dirty", "decode", "none"),
    "decode-pages": ("a page view of the fork", "pages", "decode", "none"),
    "decode-original": ("an event of the original EventSim", "original", "decode", "none"),
    "model": ("a decoded listen event counted, without trends", "listen", "model", "decode"),
    "trends": ("a counted play taken in by the trends", "listen", "all", "model"),
}


def instructions(build, path, stage):
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(build / "bench/ingest"),
                          str(path), stage], capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr)[1])


def measure(build):
    """Instructions an event by name, less those of starting and reading."""
    with tempfile.TemporaryDirectory() as tmp:
        paths = {}
        for name, args in INPUTS.items():
            paths[name] = pathlib.Path(tmp) / name
            with open(paths[name], "wb") as out:
                subprocess.run([str(build / "cadence-sim"), "--quiet", "-n", "2000", "--events", str(EVENTS), *args], stdout=out,
                               check=True)
        wanted = {(where, stage) for _, where, *stages in COUNTS.values() for stage in stages}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = {key: pool.submit(instructions, build, paths[key[0]], key[1]) for key in sorted(wanted)}
            total = {key: job.result() for key, job in jobs.items()}
    return {name: round((total[where, stage] - total[where, base]) / EVENTS)
            for name, (_, where, stage, base) in COUNTS.items()}


def compiler(build):
    """As the binary names it."""
    text = subprocess.run(["readelf", "-p", ".comment", str(build / "bench/ingest")], capture_output=True, text=True,
                          check=True).stdout
    found = re.search(r"(clang) version (\d+)", text) or re.search(r"(GCC): \(.*?\) (\d+)", text)
    return f"{found[1].lower()} {found[2]}" if found else "unknown"


def ceilings():
    """The compiler, and instructions by name."""
    rows = [line.split(None, 1) for line in CEILINGS.read_text().splitlines() if line and line[0] != "#"]
    made = dict(rows)
    return made.pop("compiler"), {name: int(n) for name, n in made.items()}


def section():
    """The table for doc/performance.md, from the ceilings."""
    made_with, counts = ceilings()
    return "\n".join([
        BEGIN, "", f"| instructions an event (callgrind, {made_with}, `-O2`) | |", "|---|---|",
        *[f"| {COUNTS[name][0]} | {n:,} |" for name, n in counts.items()], "",
        f"Over {EVENTS:,} events of `cadence-sim` with a fixed seed. `make callgrind` counts anew and fails when one has",
        f"risen by more than 10 %; CI runs it. `make callgrind-accept` makes the new counts the ceilings.", "", END])


def accept(build, counts):
    CEILINGS.write_text(
        "# Instructions an event, as `make callgrind-accept` counted them; CI fails above them by more than 10 %.\n"
        f"compiler {compiler(build)}\n" + "".join(f"{name} {n}\n" for name, n in counts.items()))
    text = DOC.read_text()
    at, end = text.find(BEGIN), text.find(END)
    DOC.write_text(text.rstrip() + "\n\n" + section() + "\n" if at < 0 else text[:at] + section() + text[end + len(END):])


def judge(counts):
    ceiling, bad = ceilings()[1], []
    print(f"{'':16} {'instructions':>12} {'ceiling':>8}")
    for name, n in counts.items():
        top = ceiling.get(name)
        print(f"{name:16} {n:12} {top or '':>8} " + (f"{n / top - 1:+.1%}" if top else "no ceiling"))
        if not top or n > top * ROOM:
            bad.append(name)
    if bad:
        print(f"more than 10 % above the ceiling: {', '.join(bad)}; if it is worth it, `make callgrind-accept`")
    return 1 if bad else 0


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("--accept", action="store_true")
    a = ap.parse_args()
    build = (ROOT / a.build).resolve()
    here, made_with = compiler(build), ceilings()[0]
    if here != made_with and not a.accept:
        print(f"the ceilings are those of {made_with}, this was built by {here}: not judged")
        return 0
    counts = measure(build)
    if a.accept:
        accept(build, counts)
    return judge(counts)


if __name__ == "__main__":
    sys.exit(main())
