#!/usr/bin/env python3
"""Reads the same filled topic with an empty librdkafka loop and with cadence, in turn; prints both rates, and the
rate that the machine's processors allow: what the loop, the same lines from a file and the broker take of their
time, shared evenly, and no faster than the file alone.

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


def processors_s(pid):
    """Seconds of the processors that a process has taken so far."""
    ticks = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def timed(command, broker):
    """Seconds by the clock, seconds of the processors, peak memory in MiB and the broker's seconds of one run."""
    start, served = time.perf_counter(), processors_s(broker)
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, \
        processors_s(broker) - served


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
            with open(events, "wb") as out:     # in the order in which partitions are read, which costs the model more
                subprocess.run(["kcat", "-C", "-q", "-e", "-b", cluster.address(), "-t", "filled", "-o", "beginning"],
                               stdout=out, check=True)
            report = [build / "cadence", "--report", "json"]
            commands = {"empty": [build / "bench" / "kafka", cluster.address(), "filled"],
                        "kafka": [*report, "--kafka", cluster.address(), "--topic", "filled"],
                        "file": [*report, events]}
            runs = {name: [] for name in commands}
            for _ in range(a.rounds):
                for name, command in commands.items():
                    runs[name].append(timed(command, cluster.brokers[0].process.pid))
        finally:
            cluster.stop()
    n = a.events
    wall, cpu, _, broker = ({name: statistics.median(run[i] for run in runs[name]) for name in runs} for i in range(4))
    work, cores = cpu["empty"] + cpu["file"] + broker["empty"], len(os.sched_getaffinity(0))
    allowed = max(wall["file"], work / cores)
    peak = max(run[2] for run in runs["kafka"])
    print(f"{n:,} messages, {a.codec}, medians of {a.rounds}; the broker shares the processors")
    print(f"empty librdkafka loop    {n / wall['empty']:12,.0f} messages/s   {cpu['empty']:.2f} s of processors")
    print(f"cadence, the same file   {n / wall['file']:12,.0f} lines/s      {cpu['file']:.2f} s")
    print(f"cadence over Kafka       {n / wall['kafka']:12,.0f} messages/s   {cpu['kafka']:.2f} s   peak {peak:.0f} MiB")
    print(f"ratio to the empty loop {wall['empty'] / wall['kafka']:.2f}, to the file {wall['file'] / wall['kafka']:.2f}; processors: "
          f"{(cpu['empty'] + cpu['file']) / cpu['kafka']:.2f} of loop and file together")
    print(f"loop, file and broker ({broker['empty']:.2f} s) take {work:.2f} s of {cores} processors: they allow {n / allowed:,.0f} messages/s, "
          f"of which cadence reaches {allowed / wall['kafka']:.2f}")


if __name__ == "__main__":
    main()
