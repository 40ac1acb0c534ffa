"""Three brokers: the leader of a partition moves while we read."""
import signal
import time

import pytest
from cluster import Cluster
from conftest import LIVE


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
