"""Logging in, encryption, and that a secret is never shown."""
import ctypes
import json
import os
import signal
import subprocess
import time

import pytest
from cluster import JARS_3, PASSWORD, USER, Cluster
from conftest import CADENCE, FAREWELL_S, LIVE, read
from proxy import Proxy


@pytest.fixture
def filled(broker, topic, listens):
    broker.create(topic, 2)
    broker.produce(topic, listens[:1000])
    return topic


def librdkafka():
    """Its version, as the program is linked with it."""
    name = next(line.split()[2] for line in subprocess.run(["ldd", CADENCE], capture_output=True, text=True,
                                                           check=True).stdout.splitlines() if "librdkafka" in line)
    number = ctypes.CDLL(name).rd_kafka_version()
    return number >> 24, number >> 16 & 255, number >> 8 & 255


def login(mechanism, password=PASSWORD):
    return ["-X", "security.protocol=SASL_PLAINTEXT", "-X", f"sasl.mechanism={mechanism}", "-X", f"sasl.username={USER}",
            "-X", f"sasl.password={password}"]


def test_login(broker, filled, listens, same):
    got, said = read(broker.address("SASL"), "--topic", filled, *login("PLAIN"))
    assert PASSWORD not in said
    same(got, listens[:1000])


def test_login_with_scram(broker, filled, listens, same):
    """librdkafka before 2.6.1 repeats a nonce that Kafka 4 wants once: then the person is told so."""
    if librdkafka() >= (2, 6, 1):
        same(read(broker.address("SASL"), "--topic", filled, *login("SCRAM-SHA-256"))[0], listens[:1000])
    else:
        _, said = read(broker.address("SASL"), "--topic", filled, *login("SCRAM-SHA-256"), code=1)
        assert "librdkafka before 2.6.1" in said and PASSWORD not in said


@pytest.mark.skipif(not (JARS_3 / ".fetched").exists(), reason="Kafka 3 could not be fetched")
def test_login_with_scram_to_kafka_3(tmp_path, listens, same):
    old = Cluster(tmp_path, secure=True, jars=JARS_3)
    try:
        old.start()
        old.create("plays", 2)
        old.produce("plays", listens[:1000])
        got, said = read(old.address("SASL"), "--topic", "plays", *login("SCRAM-SHA-256"))
        assert said == ""
        same(got, listens[:1000])
        _, said = read(old.address("SASL"), "--topic", "plays", *login("SCRAM-SHA-256", "wrong-secret"), code=1)
        assert "refused the login" in said and "wrong-secret" not in said
    finally:
        old.stop()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_refused_login_says_what_to_do(broker, filled, mechanism):
    _, said = read(broker.address("SASL"), "--topic", filled, *login(mechanism, "wrong-secret"), code=1)
    assert "refused the login" in said and "sasl.password" in said and "wrong-secret" not in said


def test_a_screen_says_that_it_has_failed_and_why(broker, filled):
    """It stays, and does not look like an input that came to its end."""
    source = [CADENCE, "--kafka", broker.address("SASL"), "--topic", filled, *login("PLAIN", "wrong-secret")]
    run = subprocess.run([*source, "--screen", "200x20", "--panel", "kafka"], capture_output=True, text=True, timeout=30,
                         env=dict(os.environ, LC_ALL="C.UTF-8"))
    assert run.returncode == 1
    header, *panel = run.stdout.splitlines()
    assert "failed: Kafka: the broker refused the login" in header and "ended" not in header, header
    assert any("─ Kafka ─" in line and "lag unknown" in line for line in panel), run.stdout
    assert "sasl.password" in " ".join(panel), run.stdout


def test_forbidden_topic(broker, topic, filled, listens, monitor, same):
    """The others are read, what is needed is said, and once it is given the topic is read too."""
    hidden, shown = f"{topic}-hidden", f"{topic}-shown"
    for name, who in (hidden, "somebody"), (shown, USER):
        broker.create(name, 1)
        broker.produce(name, listens[1000:1500])
        broker.admin("allow", name, who, "DESCRIBE")        # from here on nobody may read it
    m = monitor(broker.address("SASL"), "--topic", f"{filled},{hidden}", *login("PLAIN"), *LIVE)
    for name, group in ((hidden, "h"), (shown, "s")):
        got, said = read(broker.address("SASL"), "--topic", f"{filled},{name}", "--group", f"{group}-{topic}",
                         *login("PLAIN"), code=1)
        assert f"no permission to read topic {name}" in said and f"without topic {name}" in said
        assert got["input"]["lines"] == 1000
    _, said = read(broker.address("SASL"), "--topic", hidden, "--group", f"n-{topic}", *login("PLAIN"), code=1)
    assert f"without topic {hidden}" in said
    for name in hidden, shown:
        got, said = read(broker.address("SASL"), "--topic", f"{filled},{name}", *login("PLAIN"), code=1)
        assert f"no permission to read topic {name}" in said and "READ" in said and "report" not in said
        assert got["input"]["lines"] == 1000
    broker.admin("allow", hidden, USER, "READ")
    time.sleep(4)
    same(m.finish()[0], listens[:1500])


def test_a_right_that_is_withdrawn(broker, topic, filled, listens, monitor, same):
    """A member of a group reads the other topics on, and that one when it may again."""
    other = f"{topic}-other"
    broker.create(other, 1)
    broker.produce(other, listens[1000:1500])
    both = ("--topic", f"{filled},{other}", *login("PLAIN"))
    m = monitor(broker.address("SASL"), *both, "--group", f"g-{topic}", *LIVE)
    time.sleep(6)
    broker.admin("allow", other, "somebody", "READ")
    broker.produce(other, listens[1500:2000])
    broker.produce(filled, listens[2000:2500])
    time.sleep(6)
    assert m.process.poll() is None
    broker.admin("allow", other, USER, "READ")
    all_of_it = read(broker.address("SASL"), *both)[0]
    same(all_of_it, listens[:2500])
    time.sleep(8)
    got = m.finish()[0]                                     # what was read when the right went may be read again
    assert got["summary"] == all_of_it["summary"], got["input"]


def test_settings_from_a_file_and_the_environment(broker, filled, listens, same, tmp_path):
    path = tmp_path / "client.properties"
    path.write_text(f"# of the test\nbootstrap.servers={broker.address('SASL')}\nsecurity.protocol = SASL_PLAINTEXT\n"
                    f"sasl.mechanism=PLAIN\nsasl.username={USER}\ngroup.id=someone-elses\n")
    command = [CADENCE, "--topic", filled, "--report", "json", "--kafka-config"]
    run = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=30,
                         env=dict(os.environ, CADENCE_KAFKA_SASL_PASSWORD=PASSWORD))
    assert run.returncode == 0, run.stderr
    same(json.loads(run.stdout), listens[:1000])
    secret = path.read_text() + f"sasl.password={PASSWORD}\n"     # from a pipe, as a vault's command gives it
    run = subprocess.run([*command, "/dev/stdin"], capture_output=True, text=True, timeout=30, input=secret)
    assert run.returncode == 0, run.stderr
    same(json.loads(run.stdout), listens[:1000])


def test_tls(broker, filled, listens, same):
    got, _ = read(broker.address("TLS"), "--topic", filled, "-X", "security.protocol=SSL", "-X",
                  f"ssl.ca.location={broker.ca}")
    same(got, listens[:1000])


def test_leaving_after_a_silent_cut_of_tls(broker, filled, listens, monitor, same):
    """Soon, with the report and the exit code of the signal, though the client is left to end with the process."""
    node = broker.brokers[0]
    wire = Proxy(node.behind_proxy["CUTTLS"], node.port["CUTTLS"])
    tls = ("-X", "security.protocol=SSL", "-X", f"ssl.ca.location={broker.ca}")
    try:
        source = (f"127.0.0.1:{node.behind_proxy['CUTTLS']}", "--topic", filled, *tls, *LIVE)
        members = [monitor(*source, "--group", f"g-{filled}"), monitor(*source)]
        time.sleep(6)
        wire.cut()
        time.sleep(1)
        for m in members:
            start = time.monotonic()
            m.signal(signal.SIGTERM)
            same(m.wait(15, 143)[0], listens[:1000])
            assert time.monotonic() - start < FAREWELL_S
    finally:
        wire.close()


def test_unknown_authority_says_what_to_do(broker, filled):
    _, said = read(broker.address("TLS"), "--topic", filled, "-X", "security.protocol=SSL", code=1)
    assert "ssl.ca.location" in said


def test_no_secret_in_the_process_list(broker, filled, monitor):
    m = monitor(broker.address("SASL"), "--topic", filled, *login("PLAIN"), *LIVE)
    time.sleep(1)
    with open(f"/proc/{m.process.pid}/cmdline") as f:
        shown = f.read()
    assert "sasl.password=***" in shown and PASSWORD not in shown
    got, said = m.finish()
    assert got["input"]["lines"] == 1000 and PASSWORD not in said


def test_wrong_settings_are_wrong_usage():
    for args in (["-X", "no.such=1"], ["--from", "never"], ["--topic", "a b"]):
        run = subprocess.run([CADENCE, "--kafka", "localhost:1", "--report", "json", *args], capture_output=True, text=True)
        assert run.returncode == 2 and args[-1].split("=")[0] in run.stderr, (args, run.stderr)
