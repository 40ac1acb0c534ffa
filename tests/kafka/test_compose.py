"""From nothing to a live screen, as the README tells it: a broker with the settings of compose.yaml, then
its lines. Docker itself is not run: what the image does with the settings is done here."""
import re
import shlex
import socket
import subprocess
import time

from cluster import free_port, java, tool
from conftest import CADENCE, CADENCE_SIM, ROOT
from term import Term


def settings(ports):
    """The environment of compose.yaml as the image makes properties of it: KAFKA_NODE_ID is node.id."""
    text = (ROOT / "compose.yaml").read_text()
    found = re.findall(r"^ +KAFKA_([A-Z_]+): (.+)$", text, re.M)
    assert '"9092:9092"' in text, "the broker's port is not published"
    lines = [f"{name.lower().replace('_', '.')}={value}" for name, value in found]
    properties = "\n".join(lines) + "\n"
    for told, real in ports.items():
        properties = properties.replace(f":{told}", f":{real}")
    return properties.replace("://:", "://localhost:")


def readme_lines():
    """The broker, the generator, the monitor."""
    text = (ROOT / "README.md").read_text()
    block = text.split("### Kafka, from nothing to a live screen")[1].split("\n\n")[1]
    lines = [line.split("#")[0].strip() for line in block.splitlines()]
    assert len(lines) == 3 and lines[0] == "docker compose up -d", lines
    return lines[1].removesuffix("&"), lines[2]


def test_from_nothing_to_a_live_screen(tmp_path):
    socket.getaddrinfo("localhost", 9092)   # the broker's name: a machine without /etc/hosts has none such
    ports = {9092: free_port(), 9093: free_port()}
    config = tmp_path / "server.properties"
    config.write_text(settings(ports) + f"log.dirs={tmp_path / 'data'}\n")
    tool("kafka.tools.StorageTool", "format", "--cluster-id=dGhpcyBpcyBhIHRlc3QhIQ", "-c", str(config))
    feed, watch = (shlex.split(line.replace("localhost:9092", f"localhost:{ports[9092]}")) for line in readme_lines())
    assert feed[0] == "build/cadence-sim" and watch[0] == "build/cadence"
    broker = subprocess.Popen(java(320, "kafka.Kafka", str(config)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sim = None
    try:
        end = time.monotonic() + 60     # a port that is open does not mean that the broker is ready
        ready = ["kcat", "-L", "-b", f"localhost:{ports[9092]}", "-m", "2"]
        while subprocess.run(ready, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            assert broker.poll() is None and time.monotonic() < end, "the broker does not come up"
            time.sleep(0.2)
        sim = subprocess.Popen([CADENCE_SIM, *feed[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Term([CADENCE, *watch[1:]], w=120, h=40) as t:
            t.wait_for(lambda s: "● live" in s and re.search(r"[1-9]\d* plays", s), 90)
            t.send("q")
        assert sim.poll() is None, "the generator gave up"
    finally:
        for process in (sim, broker):
            if process:
                process.kill()
                process.wait()
