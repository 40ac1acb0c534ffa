#!/usr/bin/env python3
"""How fast cadence-sim writes and how much memory it takes: the best of some runs, on one core.

  sim.py PROGRAM     output goes to /dev/null; lines a second of wall time and of CPU time
"""
import os
import re
import subprocess
import sys

RUNS = 3
CASES = [
    ("2,000 users, 52 weeks", ["-n", "2000", "-e", "2024-12-30"]),
    ("100,000 users, 2 weeks", ["-n", "100000"]),
    ("100,000 users, fork", ["-n", "100000", "--format", "fork"]),
    ("100,000 users, 1,000,000 songs", ["-n", "100000", "--songs", "1000000"]),
]


def run(program, options):
    """Lines, seconds of the generation, seconds of CPU of all, peak memory in MiB."""
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    lines, seconds = re.search(r"(\d+) lines.* ([\d.]+) s,", said).groups()
    return int(lines), float(seconds), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    print(f"{'':32} {'lines':>11} {'lines/s':>11} {'a CPU s':>11} {'peak MiB':>9}")
    for name, options in CASES:
        runs = [run(sys.argv[1], options) for _ in range(RUNS)]
        lines, peak = runs[0][0], max(r[3] for r in runs)
        wall, cpu = min(r[1] for r in runs), min(r[2] for r in runs)
        print(f"{name:32} {lines:11,} {lines / wall:11,.0f} {lines / cpu:11,.0f} {peak:9.1f}")


main()
