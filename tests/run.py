#!/usr/bin/env python3
"""Runs the tests: unit programs, then the pytest folders; ends with `N passed, N failed, N skipped`.

  run.py [--build DIR] [FOLDER ...]     default folders: e2e golden sim trends; "unit" is always run
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDERS = ["e2e", "golden", "sim", "trends"]
# Mostly waiting for brokers: these files go beside the folder's others, with brokers of their own.
BESIDE = {"kafka": ["test_faults.py", "test_cluster.py"]}


def run_program(program):
    """One cmocka program: passed and failed tests. A crash counts as one that failed."""
    run = subprocess.run([str(program)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=ROOT)
    ok = sum(map(int, re.findall(r"\[  PASSED  \] (\d+) test", run.stdout)))
    bad = sum(map(int, re.findall(r"\[  FAILED  \] (\d+) test", run.stdout)))
    if run.returncode and not bad:
        bad = 1
    if bad or not ok:
        print(run.stdout)
    print(f"{program.name}: {ok} passed, {bad} failed", flush=True)
    return ok, bad or not ok


def run_unit(build):
    """Every cmocka program; two at a time, because those of Kafka mostly wait."""
    programs = [p for p in sorted((build / "tests").glob("test_*")) if not p.suffix and os.access(p, os.X_OK)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(run_program, programs))
    return sum(ok for ok, _ in counts), sum(bad for _, bad in counts), 0


def run_pytest(paths, build):
    env = dict(os.environ, CADENCE=str(build / "cadence"), CADENCE_SIM=str(build / "cadence-sim"), CADENCE_BUILD=str(build))
    with tempfile.NamedTemporaryFile(suffix=".xml") as out:
        run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--durations=10",
                              f"--junitxml={out.name}", *map(str, paths)], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
        print(run.stdout, flush=True)
        try:
            suite = xml.parse(out.name).getroot().find("testsuite").attrib
        except (xml.ParseError, AttributeError):
            return 0, 1, 0
    failed, skipped = int(suite["failures"]) + int(suite["errors"]), int(suite["skipped"])
    if run.returncode not in (0, 5) and not failed:
        failed = 1
    return int(suite["tests"]) - failed - skipped, failed, skipped


def run_folder(folder, build):
    files = sorted(folder.glob("test_*.py"))
    beside = [f for f in files if f.name in BESIDE.get(folder.name, [])]
    groups = [g for g in ([f for f in files if f not in beside], beside) if g]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(lambda paths: run_pytest(paths, build), groups))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("folders", nargs="*", default=FOLDERS)
    a = ap.parse_args()
    build = (ROOT / a.build).resolve()
    counts = [run_unit(build)] if a.folders == FOLDERS or "unit" in a.folders else []
    for name in a.folders:
        folder = ROOT / "tests" / name
        if name != "unit" and list(folder.glob("test_*.py")):
            counts += run_folder(folder, build)
    passed, failed, skipped = (sum(c[i] for c in counts) for i in range(3))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
