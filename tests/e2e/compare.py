"""Runs the program and compares its report with the reference's, figure by figure."""
import hashlib
import json
import math
import os
import subprocess

import report as reference
from conftest import CADENCE, ROOT

KEPT = ROOT / "build" / "reference"
TRENDS = ("trending", "trending_songs", "falling")


def difference(want, got, path=""):
    """The first place where two reports differ, as text; None when they do not."""
    if isinstance(want, dict) and isinstance(got, dict):
        if list(want) != list(got):
            return f"{path}: keys {list(want)} and {list(got)}"
        pairs = [(f"{path}.{k}", want[k], got[k]) for k in want]
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{path}: {len(want)} and {len(got)} rows"
        pairs = [(f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(want, got))]
    elif isinstance(want, float) and isinstance(got, (int, float)):
        return None if math.isclose(want, got, rel_tol=1e-6, abs_tol=1e-9) else f"{path}: {want} and {got}"
    else:
        return None if want == got and isinstance(got, type(want)) else f"{path}: {want!r} and {got!r}"
    return next((d for p, a, b in pairs if (d := difference(a, b, p))), None)


def cadence(args, stdin=None):
    """The program's JSON report, without the trends; fails on any message or exit code."""
    run = subprocess.run([CADENCE, "--report", "json", *args], input=stdin, capture_output=True)
    assert run.returncode == 0 and run.stderr == b"", (run.returncode, run.stderr)
    got = json.loads(run.stdout)
    for key in TRENDS:
        got.pop(key)
    return got


def options(weeks, zones, top):
    args = ["--top", str(top)]
    if weeks:
        args += ["--weeks", ",".join(weeks)]
    if zones:
        args += ["--zones", ",".join(zones)]
    return args


def key_of(files, filters, top):
    """Of everything that the reference's answers depend on."""
    key = hashlib.sha256(repr((filters, top)).encode())
    for path in [reference.__file__, *files]:
        with open(path, "rb") as f:
            key.update(hashlib.sha256(f.read()).digest())
    return key.hexdigest()


def expected(files, filters, top):
    """The reference's report for each filter. It is slow, so what it answered is kept: for `make asan` after `make test`."""
    kept = KEPT / f"{key_of(files, filters, top)}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    loaded = reference.load(files)
    text = json.dumps([reference.build(*loaded, weeks, zones, top) for weeks, zones in filters])
    KEPT.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    new.write_text(text)
    new.rename(kept)
    return json.loads(text)


def check_files(files, filters, top=10):
    """Every filter over the same input."""
    files = [str(f) for f in files]
    for (weeks, zones), want in zip(filters, expected(files, filters, top)):
        wrong = difference(want, cadence(options(weeks, zones, top) + files))
        assert wrong is None, (weeks, zones, wrong)
