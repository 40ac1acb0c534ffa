"""The live screen over a real broker: what it says of the cluster, and that it always answers."""
import os
import re
import subprocess
import time

from cluster import PASSWORD, tool
from conftest import CADENCE, CADENCE_SIM
from term import Term
from test_secure import login

LIMIT_KIB = 128 << 10
BACKLOG = 500000


def rows(text, topic):
    """Of the Kafka panel: partition -> (offset, end, lag, leader)."""
    found = re.findall(rf"{topic} +(\d+) +([\d,?]+) +([\d,?]+) +([\d,?]+) +[\d.,]+[kM]? +(\w+)", text)
    return {int(p): (*(int(n.replace(",", "")) if "?" not in n else -1 for n in (offset, end, lag)), leader)
            for p, offset, end, lag, leader in found}


def test_screen(broker, topic, listens):
    """Figures while it runs, the reason when the broker is gone, figures again when it is back."""
    node = broker.brokers[0]
    broker.create(topic, 3)
    broker.produce(topic, listens[:3000])
    with Term([CADENCE, "--kafka", broker.address("SASL"), "--topic", topic, "--panel", "kafka", *login("PLAIN")],
              w=160, h=30) as t:
        text = t.wait_for(lambda s: "● live" in s and "lag 0" in s and "3,000 plays" in s)
        assert f"kafka:{topic} at {broker.address('SASL')}" in text
        assert sorted(rows(text, topic)) == [0, 1, 2]
        assert sum(offset for offset, *_ in rows(text, topic).values()) == 3000
        assert all(end == offset and lag == 0 and leader == "1" for offset, end, lag, leader in rows(text, topic).values())
        for start in range(3000, 5000, 200):
            broker.produce(topic, listens[start:start + 200])
            if start == 4000:
                t.wait_for(lambda s: re.search(r"  [1-9][\d,]* msg/s, [1-9][\d,]* ev/s", s) and re.search(r"│ lag .* [1-9][\d.,k]*/s", s))
        t.wait_for("5,000 plays")
        killed = time.time()  # asked first: the program may see the broker go before kill() has seen it
        node.kill()
        text = t.wait_for("✗ down: no broker since ")
        since = time.strptime(re.search(r"since (\d\d:\d\d:\d\d)", text)[1], "%H:%M:%S")
        told = since.tm_hour * 3600 + since.tm_min * 60 + since.tm_sec
        assert (told - sum(n * f for n, f in zip(time.localtime(killed)[3:6], (3600, 60, 1)))) % 86400 <= 5
        assert "refused" in text or "isconnected" in text
        assert "lag 0+" in text
        t.wait_for(" 0 msg/s", 4)
        start = time.monotonic()
        t.send("?")
        t.wait_for("all keys", 2)
        t.send("esc")
        t.wait_gone("all keys", 2)
        assert time.monotonic() - start < 2
        node.start()
        back = time.monotonic()
        t.wait_for("● live", 10)
        broker.produce(topic, listens[5000:6000])
        t.wait_for("6,000 plays", 10 - (time.monotonic() - back))
        with open(f"/proc/{t.pid}/cmdline", encoding="utf-8") as f:
            assert PASSWORD not in f.read()
        t.send("q")
        assert t.wait_exit(5) == 0
        assert t.restored() == ""
        assert PASSWORD.encode() not in t.raw and b"rdkafka" not in t.raw


def test_a_deleted_topic_is_waited_for(broker, topic, listens):
    broker.create(topic, 2)
    broker.produce(topic, listens[:100])
    with Term([CADENCE, "--kafka", broker.address(), "--topic", topic, "--panel", "kafka"], w=160, h=30) as t:
        t.wait_for("100 plays")
        broker.admin("delete", topic)
        t.wait_for(f"◌ waiting for topic {topic}, which does not exist", 15)
        broker.create(topic, 1)
        broker.produce(topic, listens[100:300])
        t.wait_for(lambda s: "300 plays" in s and "lag 0 (" in s, 15)    # of the partition that is no more nothing waits
        t.send("q")
        assert t.wait_exit(5) == 0


def test_memory_while_a_backlog_is_read(broker, topic):
    """Fetched messages wait in bounded queues, whether they are counted at full speed or hardly at all."""
    broker.create(topic, 4)
    events = subprocess.Popen([CADENCE_SIM, "--format", "fork", "--stream", "listen_events", "-n", "5000", "--events",
                               str(BACKLOG)], stdout=subprocess.PIPE)
    subprocess.run(["kcat", "-P", "-q", "-b", broker.address(), "-t", topic, "-z", "lz4"], stdin=events.stdout, check=True)
    assert events.wait() == 0
    source = [CADENCE, "--kafka", broker.address(), "--topic", topic]
    with Term([*source, "--replay", "60", "--panel", "kafka"], w=200, h=30) as t:
        t.wait_for(lambda s: "▲ catching up" in s and re.search(rf"lag \d{{3}},\d{{3}} \([^)]*\),.* slowest {topic}/", s))
        time.sleep(3)
        with open(f"/proc/{t.pid}/status", encoding="utf-8") as f:
            assert int(re.search(r"VmHWM:\s+(\d+)", f.read())[1]) < LIMIT_KIB
        t.send("q")
        assert t.wait_exit(5) == 0
    process = subprocess.Popen([*source, "--report", "json"], stdout=subprocess.PIPE)
    report = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0 and f'"lines":\t{BACKLOG}' in report.decode()
    assert usage.ru_maxrss < LIMIT_KIB
    broker.admin("delete", topic)


def test_memory_of_large_values(broker, topic, listens, tmp_path):
    """Values of 14 MB, each of many lines, do not wait side by side."""
    values, lines = 12, (listens * 20)[:30000]
    path = tmp_path / "value"
    path.write_bytes(b"\n".join(lines))
    broker.create(topic, 1, "max.message.bytes=20000000")
    broker.produce(topic, b"", "-X", "message.max.bytes=20000000", *[str(path)] * values)
    process = subprocess.Popen([CADENCE, "--kafka", broker.address(), "--topic", topic, "--report", "json"],
                               stdout=subprocess.PIPE)
    report = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0 and f'"lines":\t{values * len(lines)}' in report.decode()
    assert usage.ru_maxrss < LIMIT_KIB
    broker.admin("delete", topic)


def test_a_quota_is_no_outage(broker, topic, listens):
    """The broker lets us wait for more than our patience with a question; it says so itself."""
    broker.create(topic, 2)
    broker.produce(topic, listens[:15000])
    tool("kafka.admin.ConfigCommand", "--bootstrap-server", broker.address(), "--alter", "--add-config", "consumer_byte_rate=50000",
         "--entity-type", "clients", "--entity-name", "held-back")
    with Term([CADENCE, "--kafka", broker.address(), "--topic", topic, "-X", "client.id=held-back"], w=160, h=30) as t:
        t.wait_for("the broker holds us back, by a quota")
        end = time.monotonic() + 25
        while time.monotonic() < end:
            assert "down" not in t.lines()[0] and "quota" in t.lines()[0], t.lines()[0]
            time.sleep(0.2)
        asked = time.monotonic()
        t.send("?")
        t.wait_for("all keys")
        assert time.monotonic() - asked < 1
