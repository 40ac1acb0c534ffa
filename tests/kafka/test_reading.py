"""Reading what is there: partitions, topics, codecs, places to begin and to end, odd values."""
import os
import subprocess
import time

import pytest
from cluster import tool
from conftest import CADENCE, FORK, LIVE, read


def test_every_partition_is_read(broker, topic, listens, same):
    broker.create(topic, 4)
    broker.produce(topic, listens)
    got, said = read(broker.address(), "--topic", topic)
    assert said == ""
    same(got, listens)


def test_a_report_leaves_when_it_is_written(broker, topic, listens):
    """A question still under way would be answered behind the last fetch, which waits for messages that may come."""
    def leaving():
        command = [CADENCE, "--report", "json", "--kafka", broker.address(), "--topic", topic,
                   "-X", "fetch.wait.max.ms=4000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            while os.read(process.stdout.fileno(), 1 << 16):
                written = time.monotonic()
            return time.monotonic() - written

    broker.create(topic, 4)
    broker.produce(topic, listens * 20)
    assert max(leaving() for _ in range(10)) < 1.8


def test_listen_events_is_the_topic_by_default(broker, listens, same):
    broker.create("listen_events", 2)
    broker.produce("listen_events", listens[:3000])
    same(read(broker.address())[0], listens[:3000])
    broker.admin("delete", "listen_events")


def test_the_four_topics_count_each_play_once(broker, fork, same):
    for name in FORK:
        broker.create(f"fork.{name}", 3)
        broker.produce(f"fork.{name}", fork[name])
    every = [line for name in FORK for line in fork[name]]
    got, _ = read(broker.address(), "--topic", ",".join(f"fork.{name}" for name in FORK))
    assert got["input"]["duplicates"] > 0
    same(got, every)
    same(read(broker.address(), "--topic", "^fork[.]")[0], every)


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_codecs(broker, topic, listens, same, codec):
    broker.create(topic, 2)
    broker.produce(topic, listens[:5000], "-z", codec)
    same(read(broker.address(), "--topic", topic)[0], listens[:5000])


def test_no_group_and_no_topic_are_left_behind(broker, topic, listens, monitor):
    def groups():
        return tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", broker.address(),
                    "--list")

    before = groups()
    broker.create(topic, 2)
    broker.produce(topic, listens[:100])
    m = monitor(broker.address(), "--topic", f"{topic},{topic}-never", *LIVE)
    time.sleep(3)
    assert groups() == before
    assert m.finish()[0]["input"]["lines"] == 100
    listing = subprocess.run(["kcat", "-L", "-b", broker.address()], capture_output=True, text=True, check=True).stdout
    assert f'"{topic}-never"' not in listing
    assert groups() == before


def test_places_to_begin_and_to_end(broker, topic, listens, same):
    broker.create(topic, 1)
    broker.produce(topic, listens[:2000])
    time.sleep(0.05)
    middle = int(time.time() * 1000)
    time.sleep(0.05)
    broker.produce(topic, listens[2000:3000])
    at = lambda *args: read(broker.address(), "--topic", topic, *args)[0]
    same(at("--from", "-500"), listens[2500:3000])
    same(at("--from", "-99999"), listens[:3000])
    same(at("--from", f"@{middle}"), listens[2000:3000])
    same(at("--until", f"@{middle}"), listens[:2000])
    same(at("--from", "end"), [])
    same(at("--until", f"@{int(time.time() * 1000) + 1500}"), listens[:3000])


def test_from_end_sees_what_comes(broker, topic, listens, monitor, same):
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    m = monitor(broker.address(), "--topic", topic, "--from", "end", *LIVE)
    time.sleep(2)
    broker.produce(topic, listens[1000:1500])
    time.sleep(1)
    same(m.finish()[0], listens[1000:1500])


def test_new_partitions_and_topics_are_picked_up(broker, topic, listens, monitor, same):
    broker.create(f"{topic}.a", 1)
    broker.produce(f"{topic}.a", listens[:1000])
    m = monitor(broker.address(), "--topic", f"^{topic}[.]", "--from", "end", *LIVE)
    time.sleep(2)
    broker.admin("grow", f"{topic}.a", 3)
    broker.create(f"{topic}.b", 2)
    broker.produce(f"{topic}.a", listens[1000:2000], "-p", "1")
    broker.produce(f"{topic}.a", listens[2000:2500], "-p", "2")
    broker.produce(f"{topic}.b", listens[2500:3000])
    time.sleep(8)
    same(m.finish()[0], listens[1000:3000])


def test_odd_values(broker, topic, listens, same):
    """Tombstones, empty, binary and foreign values, and values that hold several lines."""
    broker.create(topic, 1, "max.message.bytes=3000000")
    values = [listens[0], b"\xff\xfe\x00\x01binary", b"not json", b"[1]", listens[1] + b"\r", b"x" * (1 << 20) + b"y" * 9]
    for value in values:
        path = broker.folder / "value"
        path.write_bytes(value)
        subprocess.run(["kcat", "-P", "-b", broker.address(), "-t", topic, "-X", "message.max.bytes=3000000", str(path)],
                       check=True)
    lines = b"\n".join(listens[2:6])
    for value in (lines, lines.replace(listens[2], listens[6]) + b"\n"):
        path.write_bytes(value)
        subprocess.run(["kcat", "-P", "-b", broker.address(), "-t", topic, str(path)], check=True)
    # With a key delimiter and -Z an empty value is a tombstone, without -Z it is empty.
    subprocess.run(["kcat", "-P", "-Z", "-K:", "-b", broker.address(), "-t", topic], input=b"k:\nk:\n", check=True)
    subprocess.run(["kcat", "-P", "-K:", "-b", broker.address(), "-t", topic], input=b"k:\n", check=True)
    got, _ = read(broker.address(), "--topic", topic)
    same(got, values + listens[2:6] + [listens[6]] + listens[3:6] + [b""])


def test_gaps_of_compaction_are_no_losses(broker, topic, listens, same):
    """Compaction leaves gaps between the offsets; they are not reported as lost."""
    broker.create(topic, 1, "cleanup.policy=compact", "segment.ms=100", "min.cleanable.dirty.ratio=0.01",
                  "max.compaction.lag.ms=100")
    keyed = [b"%d\t%s" % (i % 500, line) for i, line in enumerate(listens[:2000])]
    broker.produce(topic, keyed, "-K\t")
    time.sleep(0.3)
    broker.produce(topic, [b"last\t" + listens[2000]], "-K\t")
    got, said = read(broker.address(), "--topic", topic)
    assert said == ""
    assert got["input"]["lines"] >= 501


def test_transactions(broker, topic, listens, same):
    """Aborted ones do not count, and the marks they leave in the log are neither waited for nor missed."""
    broker.create(topic, 2)
    broker.transact(topic, listens[:1000], "commit")
    broker.transact(topic, listens[1000:2000], "abort")
    broker.transact(topic, listens[2000:3000], "commit")
    broker.transact(topic, listens[3000:3500], "abort")
    got, said = read(broker.address(), "--topic", topic)
    assert said == ""
    same(got, listens[:1000] + listens[2000:3000])
    screen = subprocess.run([CADENCE, "--kafka", broker.address(), "--topic", topic, "--screen", "140x30", "--panel", "kafka"],
                            capture_output=True, text=True, check=True, timeout=30).stdout
    assert "lag 0 messages" in screen
    got, _ = read(broker.address(), "--topic", topic, "--group", f"g-{topic}")
    same(got, listens[:1000] + listens[2000:3000])
    lag = tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", broker.address(),
               "--describe", "--offsets", "--group", f"g-{topic}")
    rows = [line.split() for line in lag.splitlines() if line.startswith(f"g-{topic}")]
    assert [row[5] for row in rows] == ["0", "0"], lag


def test_the_end_of_a_transaction_is_no_other_log(broker, topic, listens, monitor, same):
    """Its mark is later than all that was read, and never delivered: a live reader does not take the log for another."""
    broker.create(topic, 1)
    broker.transact(topic, listens[:200], "commit")
    broker.transact(topic, listens[200:300], "abort")
    m = monitor(broker.address(), "--topic", topic, *LIVE)
    time.sleep(9)
    got, said = m.finish()
    assert said == ""
    same(got, listens[:200])
