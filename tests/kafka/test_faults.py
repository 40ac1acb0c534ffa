"""What goes wrong in the life of a cluster. Every case ends with the reference's figures."""
import re
import signal
import subprocess
import time

import pytest
from conftest import CADENCE_SIM, LIVE, read
from proxy import Proxy

BACK_S = 10          # messages flow again within this time of the broker's return


def test_broker_not_there_at_start(broker, topic, listens, monitor, same):
    broker.create(topic, 2)
    broker.produce(topic, listens[:2000])
    broker.brokers[0].kill(signal.SIGTERM)
    m = monitor(broker.address(), "--topic", topic)
    time.sleep(3)
    broker.brokers[0].start()
    got, said = m.wait(BACK_S)
    once = [line for line in said.splitlines() if " s still no broker" not in line]     # which is said as long as it takes
    assert "refused" in said and len(once) <= 2, said
    same(got, listens[:2000])


def test_broker_killed_and_restarted(broker, topic, listens, monitor, same):
    broker.create(topic, 2)
    broker.produce(topic, listens[:2000])
    m = monitor(broker.address(), "--topic", topic, *LIVE)
    time.sleep(2)
    broker.brokers[0].kill()
    time.sleep(3)
    broker.brokers[0].start()
    broker.produce(topic, listens[2000:3000])
    time.sleep(BACK_S)
    got, said = m.finish()
    assert "no broker" in said and "rd_kafka" not in said and "TLS" not in said
    same(got, listens[:3000])


def test_network_cut_and_back(broker, topic, listens, monitor, same):
    node = broker.brokers[0]
    wire = Proxy(node.behind_proxy["CUT"], node.port["CUT"])
    broker.create(topic, 2)
    broker.produce(topic, listens[:2000])
    m = monitor(f"127.0.0.1:{node.behind_proxy['CUT']}", "--topic", topic, *LIVE)
    time.sleep(2)
    wire.cut()
    broker.produce(topic, listens[2000:3000])
    time.sleep(8)
    wire.mend()
    time.sleep(BACK_S)
    got, said = m.finish()
    wire.close()
    assert "no broker" in said
    same(got, listens[:3000])


def test_an_address_that_only_the_brokers_can_reach(broker, topic, listens, monitor):
    """As of brokers in a network of containers: the first address works, those that it tells do not. They are named."""
    node = broker.brokers[0]
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    source = (broker.address("CUT"), "--topic", topic)
    alone, member = monitor(*source, *LIVE), monitor(*source, "--group", f"g-{topic}", *LIVE)
    time.sleep(8)
    refused = f"(127.0.0.1:{node.behind_proxy['CUT']}: Connection refused)"
    assert f"2 of 2 partitions whose leader 1 does not answer {refused}" in alone.finish()[1]
    assert f"the group has given us no partitions yet {refused}" in member.finish()[1]


def test_topic_missing_then_created(broker, topic, listens, monitor, same):
    m = monitor(broker.address(), "--topic", topic, "--from", "end", *LIVE)
    time.sleep(3)
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    time.sleep(5)
    got, said = m.finish()
    assert f"topic {topic} does not exist yet" in said
    same(got, listens[:1000])


def test_topic_deleted_and_made_again(broker, topic, listens, monitor, same):
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    alone = monitor(broker.address(), "--topic", topic, *LIVE)
    members = [monitor(broker.address(), "--topic", topic, "--group", f"g-{topic}-{s}", "-X",
                       f"partition.assignment.strategy={s}", *LIVE) for s in ("cooperative-sticky", "range")]
    time.sleep(3)
    broker.admin("delete", topic)
    time.sleep(4)
    broker.create(topic, 3)
    broker.produce(topic, listens[1000:3000])
    time.sleep(BACK_S)
    for m in alone, *members:
        got, said = m.finish()
        assert "deleted" in said
        same(got, listens[:3000])


def make_again(broker, topic):
    """At once: the broker may still be busy with the deletion."""
    broker.admin("delete", topic)
    for _ in range(100):
        try:
            broker.create(topic, 1)
            break
        except subprocess.CalledProcessError:
            time.sleep(0.05)


@pytest.mark.parametrize("grown", [500, 2000, 3000])
def test_topic_made_again_between_two_looks(broker, topic, listens, monitor, same, grown):
    """The new log is shorter than our place in the old one, as long, or longer: then nothing but the times tells them
    apart. What came between two looks may be read twice, which duplicates absorb."""
    broker.create(topic, 1)
    broker.produce(topic, listens[:2000])
    m = monitor(broker.address(), "--topic", topic, *LIVE)
    time.sleep(4)
    make_again(broker, topic)
    broker.produce(topic, listens[2000:2000 + grown])
    time.sleep(6)
    got, said = m.finish()
    assert "made again" in said
    twice = got["input"]["duplicates"]
    got["input"].update(duplicates=0, lines=got["input"]["lines"] - twice, events=got["input"]["events"] - twice)
    same(got, listens[:2000 + grown])


def test_retention_overtakes_the_reader(broker, topic, listens, monitor, same):
    """Stopped while the log goes on and its old segments are removed: what was lost is said."""
    broker.create(topic, 1, "segment.bytes=200000", "retention.bytes=400000")
    broker.produce(topic, listens[:300])
    m = monitor(broker.address(), "--topic", topic, *LIVE)
    time.sleep(2)
    m.signal(signal.SIGSTOP)
    for start in range(300, 18300, 1000):
        broker.produce(topic, listens[start:start + 1000], "-X", "batch.size=50000")
    time.sleep(3)
    m.signal(signal.SIGCONT)
    time.sleep(6)
    got, said = m.finish()
    assert "retention removed" in said
    lost, at = map(int, re.search(r"removed (\d+) messages .* offset (\d+)", said).groups())
    assert lost > 0
    same(got, listens[:at - lost] + listens[at:18300])


def test_broker_restarted_in_order(broker, topic, listens, monitor, same):
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    m = monitor(broker.address(), "--topic", topic, *LIVE)
    time.sleep(2)
    broker.brokers[0].kill(signal.SIGTERM)
    broker.brokers[0].start()
    broker.produce(topic, listens[1000:2000])
    time.sleep(5)
    same(m.finish()[0], listens[:2000])


def test_the_report_waits_for_a_topic(broker, topic, listens, monitor, same):
    m, impatient = (monitor(broker.address(), "--topic", topic) for _ in range(2))
    time.sleep(3)
    assert f"left; still waiting for topic {topic}" in impatient.finish()[1]
    broker.create(topic, 1)
    got, said = m.wait(15)
    assert "does not exist yet" in said
    same(got, [])
    assert read(broker.address(), "--topic", topic)[0]["input"]["lines"] == 0


def test_the_generator_waits_for_its_broker(broker, topic, monitor):
    """Started before the broker is there, it delivers every line once it is."""
    broker.create(topic, 2)
    node = broker.brokers[0]
    node.kill()
    sim = subprocess.Popen([CADENCE_SIM, "--kafka", broker.address(), "--topic", topic, "-n", "2000", "--events", "20000", "-q"],
                           stderr=subprocess.PIPE, text=True)
    time.sleep(4)
    node.start()
    said = sim.communicate(timeout=60)[1]
    assert sim.returncode == 0 and "does not answer yet" in said, said
    assert read(broker.address(), "--topic", topic)[0]["input"]["lines"] == 20000
