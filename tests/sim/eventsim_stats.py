"""Shares and quantiles of a stream of EventSim records, to put two streams side by side."""
import collections
import datetime
import gzip
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIM = os.environ.get("CADENCE_SIM", str(ROOT / "build" / "cadence-sim"))


def shared_data():
    """Folder of EventSim's real output, or None."""
    data = pathlib.Path(os.environ.get("CADENCE_SHARED", ROOT.parent / "shared")) / "data"
    return data if (data / "eventsim-original.jsonl.gz").exists() else None


def real(name):
    with gzip.open(shared_data() / f"{name}.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


def simulated(*options):
    out = subprocess.run([SIM, "-q", *options], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in out.decode().split("\n") if line]


def shares(values):
    count = collections.Counter(values)
    total = sum(count.values())
    return {k: n / total for k, n in count.items()}


def device(agent):
    for name, marks in (("iPad", ["iPad"]), ("iPhone", ["iPhone", "iPod"]), ("Android", ["Android"]),
                        ("Windows", ["Windows"]), ("Mac", ["Macintosh"]),
                        ("Linux", ["X11", "Linux", "CrOS"])):
        if any(mark in agent for mark in marks):
            return name
    return "Other"


def state(record):
    return record["state"] if "state" in record else record["location"].rsplit(", ", 1)[1][:2]


def users(records):
    """The last record of each user."""
    return {r["userId"]: r for r in records if r.get("userId")}


def hour(record):
    return record["ts"] // 3_600_000 % 24


def weekday(record):
    return datetime.datetime.fromtimestamp(record["ts"] / 1000, datetime.timezone.utc).weekday()


def quantiles(values, points=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95)):
    ordered = sorted(values)
    return {q: ordered[int(q * (len(ordered) - 1))] for q in points}


def per(records, key):
    return list(collections.Counter(r[key] for r in records).values())


def plays(records):
    return [r for r in records if "song" in r]


def rank_shares(records, ranks=(1, 10, 100, 1000, 3000)):
    counts = sorted(collections.Counter((r["artist"], r["song"]) for r in records).values(), reverse=True)
    return {k: sum(counts[:k]) / len(records) for k in ranks}
