"""Brokers for the session, and a way to run the program against them and compare its report."""
import gzip
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("reference", "e2e"):
    sys.path.append(str(ROOT / "tests" / folder))
CADENCE = os.environ.get("CADENCE", str(ROOT / "build" / "cadence"))
CADENCE_SIM = os.environ.get("CADENCE_SIM", str(ROOT / "build" / "cadence-sim"))
SHARED = pathlib.Path(os.environ.get("CADENCE_SHARED", ROOT.parent / "shared"))

import report as reference                          # noqa: E402
from compare import TRENDS, difference              # noqa: E402
from cluster import Cluster                         # noqa: E402

FORK = ("listen_events", "page_view_events", "auth_events", "status_change_events")
LIVE = ("--every", "365d")                       # no end of its own: one report when interrupted
FAREWELL_S = 8      # where the network is cut; 4 or 5 on a machine that has nothing else to do
names = (f"topic{i}" for i in itertools.count(1))


@pytest.fixture(scope="session")
def one_broker(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("kafka"), secure=True)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def broker(one_broker):
    """Running, whatever the test before has left behind."""
    if not one_broker.brokers[0].process:
        one_broker.brokers[0].start()
    return one_broker


@pytest.fixture
def topic():
    return next(names)


@pytest.fixture(scope="session")
def fork():
    """The four streams of EventSim's fork, as lines."""
    def lines(name):
        with gzip.open(SHARED / "data" / f"eventsim-fork-{name}.jsonl.gz", "rb") as f:
            return f.read().splitlines()

    if not (SHARED / "data").is_dir():
        pytest.fail(f"no data to produce: set CADENCE_SHARED; {SHARED / 'data'} is not there")
    return {name: lines(name) for name in FORK}


@pytest.fixture(scope="session")
def listens(fork):
    return fork["listen_events"]


@pytest.fixture
def same(tmp_path):
    """Asserts that a report is the reference's for these lines."""
    def check(got, lines):
        path = tmp_path / "expected.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        want = json.loads(json.dumps(reference.build(*reference.load([str(path)]), [], [], 10)))
        got = {k: v for k, v in got.items() if k not in TRENDS}
        wrong = difference(want, got)
        assert wrong is None, wrong

    return check


def read(brokers, *args, limit_s=60, code=0):
    """A report up to the end of the topics, and what was said meanwhile."""
    run = subprocess.run([CADENCE, "--kafka", brokers, "--report", "json", *args], capture_output=True, text=True,
                         timeout=limit_s)
    assert run.returncode == code, run.stderr
    return json.loads(run.stdout) if run.stdout else None, run.stderr


class Monitor:
    """The program reading live in the background; its report comes when it is interrupted."""

    def __init__(self, brokers, *args, env=None):
        self.process = subprocess.Popen([CADENCE, "--kafka", brokers, "--report", "json", *args],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **(env or {})))
        self.started = time.monotonic()

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, limit_s=15):
        self.signal(signal.SIGINT)
        return self.wait(limit_s, 130)

    def wait(self, limit_s=60, code=0):
        out, err = self.process.communicate(timeout=limit_s)
        assert self.process.returncode == code, err
        return json.loads(out if out.startswith("{\n") else out.strip().splitlines()[-1]), err

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def monitor():
    """Starts monitors and sees to it that none outlives the test."""
    running = []

    def start(*args, **kwargs):
        running.append(Monitor(*args, **kwargs))
        return running[-1]

    yield start
    for m in running:
        m.kill()
