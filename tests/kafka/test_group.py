"""Members of a group share the partitions: together they count everything, and nothing twice."""
import signal
import time

import pytest
from cluster import tool
from conftest import LIVE, read

GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"


def committed(broker, group):
    """Committed offsets by partition, as the broker knows them."""
    out = tool(GROUPS, "--bootstrap-server", broker.address(), "--describe", "--offsets", "--group", group)
    rows = [line.split() for line in out.splitlines() if line.startswith(group)]
    return {int(row[2]): int(row[3]) for row in rows if row[3].isdigit()}


def total(reports, key="plays"):
    return sum(got["input"][key] for got, _ in reports)


@pytest.mark.parametrize("strategy", ["cooperative-sticky", "range"])
def test_rebalanced_while_counting(broker, topic, listens, monitor, strategy):
    """A second member joins and leaves again while plays keep coming."""
    args = ("--topic", topic, "--group", f"g-{topic}", "-X", f"partition.assignment.strategy={strategy}",
            "-X", "heartbeat.interval.ms=500", *LIVE)
    broker.create(topic, 4)
    broker.produce(topic, listens[:8000])
    first = monitor(broker.address(), *args)
    time.sleep(3)
    second = monitor(broker.address(), *args)
    for start in range(8000, 14000, 500):
        broker.produce(topic, listens[start:start + 500])
        time.sleep(0.3)
    time.sleep(2)
    reports = [second.finish()]
    for start in range(14000, 16000, 500):
        broker.produce(topic, listens[start:start + 500])
    time.sleep(4)
    reports.append(first.finish())
    assert total(reports, "lines") == 16000
    assert reports[0][0]["input"]["lines"] > 0
    assert sum(committed(broker, f"g-{topic}").values()) == 16000


def test_going_on_where_the_group_was(broker, topic, listens, same):
    args = ("--topic", topic, "--group", f"g-{topic}")
    broker.create(topic, 3)
    broker.produce(topic, listens[:2000])
    same(read(broker.address(), *args)[0], listens[:2000])
    broker.produce(topic, listens[2000:2500])
    same(read(broker.address(), *args)[0], listens[2000:2500])
    same(read(broker.address(), *args)[0], [])


def test_only_what_was_counted_is_committed(broker, topic, listens, monitor):
    """Killed in the middle: what is committed was read, and the next reader misses nothing."""
    args = ("--topic", topic, "--group", f"g-{topic}", "-X", "session.timeout.ms=6000")
    broker.create(topic, 2)
    broker.produce(topic, listens)
    victim = monitor(broker.address(), *args, *LIVE)
    time.sleep(0.7)
    victim.signal(signal.SIGKILL)
    done = sum(committed(broker, f"g-{topic}").values())
    got, _ = read(broker.address(), *args)
    assert got["input"]["lines"] == len(listens) - done
