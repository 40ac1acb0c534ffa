#!/usr/bin/env python3
"""Runs the tests: unit programs, then the pytest folders; ends with `N passed, N failed, N skipped`.

  run.py [--build DIR] [FOLDER ...]     default: unit e2e golden sim trends

Two jobs at a time, for two cores: unit programs, then test files. What measures time goes before them, alone. What
hardly does anything but wait goes beside them.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDERS = ["unit", "e2e", "golden", "sim", "trends"]
ALONE = ["test_latency.py"]
# Unit programs over librdkafka's mock cluster: three minutes in sum, three seconds of the processor.
WAITING = "test_kafka_*"
WAITERS = 6
# One set of brokers for each of these, the rest of the folder with another: they mostly wait.
TOGETHER = {"kafka": ["test_faults.py", "test_cluster.py"]}


def run_program(program):
    """One cmocka program: how many passed, failed and were skipped, and the names of those that failed. A crash counts as
    one that failed, and so does one that hangs."""
    run = subprocess.run(["timeout", "-k", "5", "600", str(program)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors="replace", cwd=ROOT)
    ok = sum(map(int, re.findall(r"\[  PASSED  \] (\d+) test", run.stdout)))
    bad = sum(map(int, re.findall(r"\[  FAILED  \] (\d+) test", run.stdout)))
    names = dict.fromkeys(re.findall(r"^\[  FAILED  \] (\w+)$", run.stdout, re.M))
    if not bad and (run.returncode or not ok):
        bad, names = 1, ["as a whole"]
    if bad:
        print(run.stdout)
    print(f"{program.name}: {ok} passed, {bad} failed", flush=True)
    return ok, bad, 0, [f"{program.name}: {name}" for name in names]


def programs_of(build):
    """Every cmocka program."""
    return [p for p in sorted((build / "tests").glob("test_*")) if not p.suffix and os.access(p, os.X_OK)]


def run_pytest(paths, build):
    env = dict(os.environ, CADENCE=str(build / "cadence"), CADENCE_SIM=str(build / "cadence-sim"), CADENCE_BUILD=str(build))
    with tempfile.NamedTemporaryFile(suffix=".xml") as out:
        run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rsfE", "-p", "no:cacheprovider", "--durations=10",
                              f"--junitxml={out.name}", *map(str, paths)], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
        print(run.stdout, flush=True)
        try:
            suite = xml.parse(out.name).getroot().find("testsuite").attrib
        except (xml.ParseError, AttributeError):
            return 0, 1, 0, [str(paths[0])]
    failed, skipped = int(suite["failures"]) + int(suite["errors"]), int(suite["skipped"])
    if run.returncode not in (0, 5) and not failed:
        failed = 1
    return int(suite["tests"]) - failed - skipped, failed, skipped, re.findall(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.M)


def jobs_of(folder):
    """Lists of test files: each file alone, but for those that share what is dear to set up."""
    files = sorted(folder.glob("test_*.py"))
    if folder.name not in TOGETHER:
        return [[f] for f in files]
    first = [f for f in files if f.name in TOGETHER[folder.name]]
    return [first, [f for f in files if f not in first]]


def run_all(programs, folders, build):
    """What run_program and run_pytest tell, of every job."""
    jobs = [job for folder in folders for job in jobs_of(ROOT / "tests" / folder)]
    alone = [job for job in jobs if job[0].name in ALONE]
    counts = [run_pytest(job, build) for job in alone]
    with concurrent.futures.ThreadPoolExecutor(WAITERS) as idle, concurrent.futures.ThreadPoolExecutor(2) as busy:
        running = [(idle if p.match(WAITING) else busy).submit(run_program, p) for p in programs]
        running += [busy.submit(run_pytest, job, build) for job in jobs if job not in alone]
    return counts + [job.result() for job in running]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("folders", nargs="*", default=FOLDERS)
    a = ap.parse_args()
    # What whoever runs us has ignored, what is tested would ignore as well.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    build = (ROOT / a.build).resolve()
    programs = programs_of(build) if "unit" in a.folders else []
    counts = run_all(programs, [name for name in a.folders if name != "unit"], build)
    passed, failed, skipped = (sum(c[i] for c in counts) for i in range(3))
    for name in (name for c in counts for name in c[3]):
        print("failed:", name)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
