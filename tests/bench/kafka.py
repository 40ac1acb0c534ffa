#!/usr/bin/env python3
"""Reads the same filled topic with an empty librdkafka loop and with cadence, in turn; prints both rates.

  kafka.py [--build DIR] [--events N] [--rounds N] [--codec C]
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cadence(build, args, stdin=None):
    """Seconds and peak memory in MiB of one report."""
    start = time.perf_counter()
    process = subprocess.Popen([str(build / "cadence"), "--report", "json", *args], stdin=stdin, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("--events", type=int, default=1000000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--codec", default="lz4")
    a = ap.parse_args()
    build = (ROOT / a.build).resolve()
    os.environ["CADENCE_BUILD"] = str(build)
    sys.path.append(str(ROOT / "tests" / "kafka"))
    from cluster import Cluster
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        events = folder / "events.jsonl"
        with open(events, "wb") as out:
            subprocess.run([str(build / "cadence-sim"), "--format", "fork", "--stream", "listen_events", "-n", "20000",
                            "--events", str(a.events)], stdout=out, check=True)
        (folder / "broker").mkdir()
        cluster = Cluster(folder / "broker", heap=512)
        cluster.start()
        try:
            cluster.create("filled", 4)
            with open(events, "rb") as src:
                subprocess.run(["kcat", "-P", "-q", "-b", cluster.address(), "-t", "filled", "-z", a.codec], stdin=src,
                               check=True)
            empty, full, file, peak = [], [], [], 0
            for _ in range(a.rounds):
                run = subprocess.run([str(build / "bench" / "kafka"), cluster.address(), "filled"], capture_output=True,
                                     text=True, check=True)
                count, seconds = run.stdout.split()
                empty.append(float(seconds))
                seconds, memory = cadence(build, ["--kafka", cluster.address(), "--topic", "filled"])
                full.append(seconds)
                peak = max(peak, memory)
                file.append(cadence(build, [str(events)])[0])
        finally:
            cluster.stop()
    n = int(count)
    e, f, d = (statistics.median(x) for x in (empty, full, file))
    print(f"{n} messages, {a.codec}, medians of {a.rounds}")
    print(f"empty librdkafka loop      {n / e:12,.0f} messages/s")
    print(f"cadence over Kafka         {n / f:12,.0f} messages/s   ratio {e / f:.2f}   peak {peak:.0f} MiB")
    print(f"cadence over the same file {n / d:12,.0f} lines/s      the most that decoding and counting allow")


if __name__ == "__main__":
    main()
