"""Members of a group share the partitions: together they count everything, and nothing twice."""
import collections
import random
import re
import shutil
import signal
import threading
import time

import pytest
from cluster import Cluster, tool
from conftest import CADENCE, FAREWELL_S, LIVE, read, reference
from proxy import Proxy
from term import Term

EVERY_SONG = 1000000
GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"


def committed(broker, group):
    """Committed offsets by partition, as the broker knows them."""
    out = tool(GROUPS, "--bootstrap-server", broker.address(), "--describe", "--offsets", "--group", group)
    rows = [line.split() for line in out.splitlines() if line.startswith(group)]
    return {int(row[2]): int(row[3]) for row in rows if row[3].isdigit()}


def total(reports, key="plays"):
    return sum(got["input"][key] for got, _ in reports)


def test_going_on_where_the_group_was(broker, topic, listens, same):
    args = ("--topic", topic, "--group", f"g-{topic}")
    broker.create(topic, 3)
    broker.produce(topic, listens[:2000])
    same(read(broker.address(), *args)[0], listens[:2000])
    broker.produce(topic, listens[2000:2500])
    same(read(broker.address(), *args)[0], listens[2000:2500])
    same(read(broker.address(), *args)[0], [])


def test_what_comes_late_is_read_from_its_beginning(broker, topic, listens, monitor, same):
    """A member that begins at the end, as a reader without a group does; and a report waits for the topics it names."""
    args = ("-X", "topic.metadata.refresh.interval.ms=2000", "--topic", f"{topic},{topic}-late")
    broker.create(topic, 1)
    broker.produce(topic, listens[:1000])
    m = monitor(broker.address(), "--group", f"g-{topic}", "--from", "end", *args, *LIVE)
    report = monitor(broker.address(), "--group", f"r-{topic}", *args)
    time.sleep(6)
    broker.admin("grow", topic, 2)
    broker.produce(topic, listens[1000:1500], "-p", "1")
    broker.create(f"{topic}-late", 1)
    broker.produce(f"{topic}-late", listens[1500:2000])
    same(report.wait(30)[0], listens[:2000])
    same(m.finish()[0], listens[1000:2000])


def test_a_report_does_not_wait_for_a_group_to_look_for_topics(broker, topic, listens, monitor, same):
    """Beside topics that are there librdkafka looks for new ones as seldom as it is told to."""
    broker.create(topic, 1)
    broker.produce(topic, listens[:500])
    report = monitor(broker.address(), "--group", f"g-{topic}", "--topic", f"{topic},{topic}-late",
                     "-X", "topic.metadata.refresh.interval.ms=60000")
    time.sleep(6)
    broker.create(f"{topic}-late", 2)
    created = time.monotonic()
    same(report.wait(30)[0], listens[:500])
    assert time.monotonic() - created < 12      # after 16 s it gives up


def test_a_pattern_does_not_reach_what_is_kafkas_own(broker, topic, listens, monitor):
    """Else the group would read its own commits, and commit that; nor where another such topic is named."""
    broker.create(topic, 1)
    broker.create(f"__{topic}", 1)
    broker.produce(topic, listens[:100])
    broker.produce(f"__{topic}", listens[100:150])
    pattern = f"^({topic}|__consumer_offsets)$"
    m, named = (monitor(broker.address(), "--topic", topics, "--group", f"{group}-{topic}", *LIVE)
                for topics, group in ((pattern, "g"), (f"{pattern},__{topic}", "n")))
    time.sleep(8)
    assert m.finish()[0]["input"]["lines"] == 100
    assert named.finish()[0]["input"]["lines"] == 150


def test_killed_in_the_middle_of_a_stream(broker, topic, listens, monitor):
    """What a killed member had committed it has counted; the others read all the rest, and nothing twice."""
    args = ("--topic", topic, "--group", f"g-{topic}", "-X", "session.timeout.ms=2000", "-X", "heartbeat.interval.ms=300")
    broker.create(topic, 3)
    feeder = threading.Thread(target=lambda: [broker.produce(topic, listens[at:at + 100]) for at in range(0, len(listens), 100)])
    feeder.start()
    done = [0]
    for _ in range(2):
        victim = monitor(broker.address(), *args, *LIVE)
        time.sleep(2.5)
        victim.signal(signal.SIGKILL)
        done.append(sum(committed(broker, f"g-{topic}").values()))
    feeder.join()
    assert done[0] < done[1] < done[2]
    got = [monitor(broker.address(), *args, *LIVE) for _ in range(2)]
    time.sleep(6)
    reports = [m.finish() for m in got]
    assert total(reports, "lines") == len(listens) - done[-1]
    assert sum(committed(broker, f"g-{topic}").values()) == len(listens)


@pytest.fixture(scope="module")
def songs(listens, tmp_path_factory):
    """Plays of each song, as the reference counts them."""
    path = tmp_path_factory.mktemp("reference") / "listens.jsonl"
    path.write_bytes(b"\n".join(listens) + b"\n")
    return merged_songs([(reference.build(*reference.load([str(path)]), [], [], EVERY_SONG), "")])


def merged_songs(reports):
    """Plays of each song over all members."""
    plays = collections.Counter()
    for got, _ in reports:
        for song in got["songs"]:
            plays[song["artist"], song["song"]] += song["plays"]
    return plays


@pytest.mark.parametrize("strategy", ["cooperative-sticky", "range"])
def test_members_come_and_go_under_load(broker, topic, listens, songs, monitor, strategy):
    """Whoever joins or leaves, and whenever: over all members every play counts, and counts once.

    Slow heartbeats make rebalances long, so that members leave, commit and join in the middle of them."""
    chance = random.Random(strategy)
    args = ("--topic", topic, "--group", f"g-{topic}", "-X", f"partition.assignment.strategy={strategy}",
            "-X", "heartbeat.interval.ms=2000", "--top", str(EVERY_SONG), *LIVE)
    broker.create(topic, 6)
    feeder = threading.Thread(target=lambda: [broker.produce(topic, listens[at:at + 250]) for at in range(0, len(listens), 250)])
    members, reports = [monitor(broker.address(), *args) for _ in range(2)], []
    time.sleep(2)
    feeder.start()
    while feeder.is_alive():
        members.append(monitor(broker.address(), *args))
        time.sleep(chance.uniform(0.2, 1.5))
        leaving = [members.pop(chance.randrange(len(members))) for _ in range(chance.randint(1, 2)) if len(members) > 1]
        for m in leaving:
            m.signal(signal.SIGINT)
        reports += [m.wait(15, 130) for m in leaving]
    feeder.join()
    time.sleep(4)
    reports += [m.finish() for m in members]
    told = "".join(said for _, said in reports)
    assert "count" not in told and "again" not in told, told
    assert total(reports, "lines") == len(listens), told
    assert sum(committed(broker, f"g-{topic}").values()) == len(listens)
    assert merged_songs(reports) == songs


def wait_committed(broker, groups, want, limit_s=40):
    end = time.monotonic() + limit_s
    while time.monotonic() < end and [sum(committed(broker, g).values()) for g in groups] != [want] * len(groups):
        time.sleep(1)
    assert [sum(committed(broker, g).values()) for g in groups] == [want] * len(groups)


def test_a_broker_that_comes_back_empty(tmp_path, listens, monitor):
    """What is counted of its new logs is committed while the members live, though they had committed more before."""
    cluster = Cluster(tmp_path)
    node = cluster.brokers[0]
    try:
        cluster.start()
        cluster.create("plays", 2)
        cluster.produce("plays", listens[:1000])
        members = {s: monitor(cluster.address(), "--topic", "plays", "--group", s, "-X", f"partition.assignment.strategy={s}",
                              *LIVE) for s in ("cooperative-sticky", "range")}
        wait_committed(cluster, members, 1000)
        node.kill()
        shutil.rmtree(node.folder / "data")
        node.format()
        node.start()
        cluster.settle()
        cluster.create("plays", 2)
        cluster.produce("plays", listens[1000:1400])
        wait_committed(cluster, members, 400)
        for m in members.values():
            assert m.finish()[0]["input"]["plays"] == 1400
    finally:
        cluster.stop()


def test_an_outage_that_is_longer_than_a_session(broker, topic, listens, monitor, same):
    """The group still waits for the members that we were; it flows again within ten seconds all the same."""
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    members = {s: monitor(broker.address(), "--topic", topic, "--group", f"g-{topic}-{s}", "-X",
                          f"partition.assignment.strategy={s}", *LIVE) for s in ("cooperative-sticky", "range")}
    with Term([CADENCE, "--kafka", broker.address(), "--topic", topic, "--group", f"g-{topic}-screen"], w=120, h=30) as t:
        t.wait_for("1,000 plays", 15)
        time.sleep(2)
        broker.brokers[0].kill()
        time.sleep(9)
        broker.brokers[0].start()
        back = time.monotonic()
        broker.produce(topic, listens[1000:1500])
        assert "waiting: joining the group again  " in t.wait_for("joining the group again", 5).splitlines()[0]
        t.wait_for("1,500 plays", 10 - (time.monotonic() - back))
    time.sleep(2)
    for m in members.values():
        same(m.finish()[0], listens[:1500])


@pytest.mark.parametrize("strategy", ["cooperative-sticky", "range"])
def test_an_idle_member_leaves_nothing_behind(broker, topic, listens, same, monitor, strategy):
    """One that holds no partition says goodbye too: the next reader does not wait a session's timeout for it."""
    args = ("--topic", topic, "--group", f"g-{topic}", "-X", f"partition.assignment.strategy={strategy}")
    broker.create(topic, 1)
    broker.produce(topic, listens[:1000])
    reader = monitor(broker.address(), *args, *LIVE)
    time.sleep(5)
    idle = monitor(broker.address(), *args, *LIVE)
    time.sleep(6)
    assert total([idle.finish()]) == 0
    same(reader.finish()[0], listens[:1000])
    broker.produce(topic, listens[1000:1500])
    start = time.monotonic()
    same(read(broker.address(), *args)[0], listens[1000:1500])
    assert time.monotonic() - start < 15


def test_leaving_while_the_broker_is_away(broker, topic, listens, monitor):
    """At once, and telling what was waited for; what was committed before is what was counted."""
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    members = {s: monitor(broker.address(), "--topic", topic, "--group", f"g-{topic}-{s}", "-X",
                          f"partition.assignment.strategy={s}", *LIVE) for s in ("cooperative-sticky", "range")}
    nobody = monitor("127.0.0.1:1", "--topic", topic)
    time.sleep(5)
    broker.brokers[0].kill()
    time.sleep(1)
    for m in [*members.values(), nobody]:
        start = time.monotonic()
        got, said = m.finish()
        assert time.monotonic() - start < 3
        assert got["input"]["lines"] == (0 if m is nobody else 1000)
        assert re.search(r"left; still no broker since \d\d:\d\d:\d\d: 127.0.0.1:\d+: ", said), said
    assert "after 5 s still no broker" in said and said.count("\n") == 3
    broker.brokers[0].start()
    for strategy in members:
        assert sum(committed(broker, f"g-{topic}-{strategy}").values()) == 1000


def test_leaving_after_a_silent_cut(broker, topic, listens, monitor):
    """In a few seconds, though librdkafka would wait 45 s for the commit that is under way; never is more committed than was
    counted."""
    node = broker.brokers[0]
    broker.create(topic, 2)
    stop = threading.Event()
    feeder = threading.Thread(target=lambda: [broker.produce(topic, listens[at:at + 100]) for at in range(0, 20000, 100)
                                              if not stop.is_set()])
    wire = Proxy(node.behind_proxy["CUT"], node.port["CUT"])
    group = {s: ("--group", f"g-{topic}-{s}", "-X", f"partition.assignment.strategy={s}")
             for s in ("cooperative-sticky", "range")}
    source = (f"127.0.0.1:{node.behind_proxy['CUT']}", "--topic", topic)
    try:
        feeder.start()
        members = {s: monitor(*source, *args, *LIVE) for s, args in group.items()}
        alone = monitor(*source, *LIVE)
        with Term([CADENCE, "--kafka", *source, "--group", f"g-{topic}-screen"], w=120, h=30) as t:
            t.wait_for("● live", 15)
            time.sleep(2)
            wire.cut()
            time.sleep(1)
            start = time.monotonic()
            for _ in range(2):                  # as timeout(1) does: that is no impatience
                for m in alone, *members.values():
                    m.signal(signal.SIGTERM)
                time.sleep(0.05)
            t.send("q")
            assert t.wait_exit(FAREWELL_S) == 0
            assert t.restored() == ""
        counted = {s: m.wait(15, 143)[0]["input"]["lines"] for s, m in members.items()}
        alone.wait(15, 143)
        assert time.monotonic() - start < FAREWELL_S
    finally:
        stop.set()
        feeder.join()
        wire.close()
    for strategy, lines in counted.items():
        assert 0 < sum(committed(broker, f"g-{topic}-{strategy}").values()) <= lines
