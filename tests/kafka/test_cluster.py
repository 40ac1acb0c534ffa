"""Three brokers: the leader of a partition moves while we read."""
import signal
import subprocess
import time

import pytest
from cluster import Cluster
from conftest import CADENCE, LIVE


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("three"), size=3, heap=256)
    cluster.start()
    yield cluster
    cluster.stop()


def test_leader_moves(three, listens, monitor, same):
    """The leader is killed; another takes over, and later the first comes back."""
    three.create("moving", 6, replicas=3)
    three.produce("moving", listens[:4000], "-X", "acks=all")
    m = monitor(three.address(), "--topic", "moving", *LIVE)
    time.sleep(2)
    node = next(three.leader("moving", p) for p in range(6) if three.leader("moving", p) != 1)
    three.brokers[node - 1].kill(signal.SIGKILL)
    three.produce("moving", listens[4000:6000], "-X", "acks=all")
    time.sleep(6)
    three.brokers[node - 1].start()
    three.produce("moving", listens[6000:8000], "-X", "acks=all")
    time.sleep(6)
    got, said = m.finish()
    assert "lost" not in said and "cut or made again" not in said
    same(got, listens[:8000])


def test_leader_moves_in_order(three, listens, monitor, same):
    three.create("resting", 3, replicas=3)
    three.produce("resting", listens[:3000], "-X", "acks=all")
    m = monitor(three.address(), "--topic", "resting", *LIVE)
    time.sleep(2)
    node = three.brokers[2]
    node.kill(signal.SIGTERM)
    three.produce("resting", listens[3000:4000], "-X", "acks=all")
    node.start()
    three.produce("resting", listens[4000:5000], "-X", "acks=all")
    time.sleep(5)
    same(m.finish()[0], listens[:5000])


def test_a_leader_that_never_comes_back(three, listens, monitor, same):
    """A report waits for its partitions and says so; a signal ends it at once, with what there is; the leader's return
    lets it come to its end."""
    three.create("headless", 3)
    three.produce("headless", listens[:3000])
    node = next(three.leader("headless", p) for p in range(3) if three.leader("headless", p) != 1)
    three.brokers[node - 1].kill()
    source = (three.address(), "--topic", "headless")
    still = "still 1 of 3 partitions without a leader"
    time.sleep(6)
    interrupted, ended, patient = (monitor(*source) for _ in range(3))
    member = monitor(*source, "--group", "headless")
    time.sleep(7)
    for m, number in (interrupted, signal.SIGINT), (ended, signal.SIGTERM), (member, signal.SIGTERM):
        start = time.monotonic()
        m.signal(number)
        got, said = m.wait(15, 128 + number)
        assert time.monotonic() - start < 4
        assert "left; still " in said and got["input"]["lines"] < 3000, said
        if m is not member:     # which may be waiting for its group yet
            assert f"left; {still}" in said and f"after 5 s {still}" in said and got["input"]["lines"] > 0, said
    picture = subprocess.run(["timeout", "3", CADENCE, "--kafka", *source, "--screen", "100x20"], capture_output=True,
                             text=True).stdout
    assert "live: 1 of 3 partitions without a leader" in picture and "lag 0+" in picture, picture
    three.brokers[node - 1].start()
    got, said = patient.wait(15)
    assert f"after 5 s {still}" in said
    same(got, listens[:3000])
