"""Apache Kafka brokers in KRaft mode, on loopback ports of their own, made and thrown away by a test."""
import base64
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import uuid

BUILD = pathlib.Path(os.environ.get("CADENCE_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
JARS = BUILD / "kafka" / "jars"
JARS_3 = BUILD / "kafka" / "jars-3"    # of Kafka 3: for logins that librdkafka before 2.6.1 gets wrong and Kafka 4 refuses
ADMIN = BUILD / "kafka" / "admin"
USER, PASSWORD = "monitor", "hunter2-of-the-test"
STORE_PASSWORD = "of-the-test"


given = set()


def free_port():
    """One that was not given before: it is free until its listener starts, and may be offered again."""
    while True:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        if port not in given:
            given.add(port)
            return port


def java(heap, *args, jars=JARS):
    return [
        "java", f"-Xmx{heap}m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars}/*", *args
    ]


def tool(name, *args, check=True, jars=JARS):
    """One of Kafka's own command line tools; what it prints."""
    run = subprocess.run(java(128, name, *args, jars=jars), capture_output=True, text=True, timeout=60)
    assert not check or run.returncode == 0, run.stderr
    return run.stdout


def make_certificates(folder):
    """An authority, and a broker's certificate for 127.0.0.1 signed by it, in the forms Java and OpenSSL read."""
    def run(*command):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority of the test",
        "-keyout", "ca.key", "-out", "ca.pem")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "broker.key", "-out",
        "broker.csr")
    run("openssl", "x509", "-req", "-days", "2", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-extfile", "names", "-out", "broker.pem")
    run("openssl", "pkcs12", "-export", "-in", "broker.pem", "-inkey", "broker.key", "-name", "broker", "-passout",
        f"pass:{STORE_PASSWORD}", "-out", "broker.p12")
    return folder / "ca.pem"


class Broker:
    """One JVM. Its ports stay the same over restarts."""

    def __init__(self, cluster, node):
        self.cluster, self.node = cluster, node
        self.folder = cluster.folder / f"node{node}"
        self.folder.mkdir()
        self.port = {name: free_port() for name in ("PLAIN", "CUT", "SASL", "TLS", "CUTTLS", "CONTROLLER")}
        self.behind_proxy = {name: free_port() for name in ("CUT", "CUTTLS")}
        self.process = None

    def properties(self):
        c, p = self.cluster, self.port
        controller = c.brokers[0].port["CONTROLLER"]
        names = ["PLAIN", "CUT"] + (["SASL", "TLS", "CUTTLS"] if c.secure else []) + (["CONTROLLER"] if self.node == 1 else [])
        public = dict(p, **self.behind_proxy)
        login = "org.apache.kafka.common.security"
        lines = [
            "process.roles=" + ("broker,controller" if self.node == 1 else "broker"),
            f"node.id={self.node}",
            f"controller.quorum.voters=1@127.0.0.1:{controller}",
            "listeners=" + ",".join(f"{n}://127.0.0.1:{p[n]}" for n in names),
            "advertised.listeners=" + ",".join(f"{n}://127.0.0.1:{public[n]}" for n in names if n != "CONTROLLER"),
            "listener.security.protocol.map=PLAIN:PLAINTEXT,CUT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,"
            "CUTTLS:SSL,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name=PLAIN",
            "controller.listener.names=CONTROLLER",
            f"log.dirs={self.folder / 'data'}",
            f"offsets.topic.replication.factor={min(3, c.size)}",
            "offsets.topic.num.partitions=3",
            f"transaction.state.log.replication.factor={min(3, c.size)}",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=1",
            "group.initial.rebalance.delay.ms=0",
            "group.min.session.timeout.ms=1000",
            "auto.create.topics.enable=true",     # a reader that makes topics would be seen
            "log.retention.check.interval.ms=500",
            "log.initial.task.delay.ms=500",
            "file.delete.delay.ms=500",
            "log.segment.delete.delay.ms=0",
            "controlled.shutdown.enable=true",
            "broker.session.timeout.ms=4000",
            "broker.heartbeat.interval.ms=500",
        ]
        if c.secure:
            lines += [
                "listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
                f"listener.name.sasl.plain.sasl.jaas.config={login}.plain.PlainLoginModule required "
                f'username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}";',
                f"listener.name.sasl.scram-sha-256.sasl.jaas.config={login}.scram.ScramLoginModule required;",
                # Who does not log in may do everything; who does needs a right where any was given.
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users=User:ANONYMOUS",
                "allow.everyone.if.no.acl.found=true",
                f"ssl.keystore.location={c.folder / 'broker.p12'}",
                "ssl.keystore.type=PKCS12",
                f"ssl.keystore.password={STORE_PASSWORD}",
            ]
        return "\n".join(lines) + "\n"

    def format(self):
        (self.folder / "server.properties").write_text(self.properties())
        scram = ["--add-scram", f'SCRAM-SHA-256=[name="{USER}",iterations=4096,password="{PASSWORD}"]'] if self.cluster.secure else []
        tool("kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster.id}", "-c",
             str(self.folder / "server.properties"), *scram, jars=self.cluster.jars)

    def start(self, wait=True):
        with open(self.folder / "log", "ab") as log:
            command = java(self.cluster.heap, "kafka.Kafka", str(self.folder / "server.properties"), jars=self.cluster.jars)
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        if wait:
            self.wait()

    def wait(self, limit_s=60):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port["PLAIN"]), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-3000:])

    def kill(self, how=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.process = None


class Cluster:
    def __init__(self, folder, size=1, secure=False, heap=320, jars=JARS):
        self.jars = jars
        self.folder, self.size, self.secure, self.heap = folder, size, secure, heap
        self.id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.ca = make_certificates(folder) if secure else None
        self.brokers = []
        for node in range(1, size + 1):
            self.brokers.append(Broker(self, node))
        for broker in self.brokers:
            broker.format()

    def start(self):
        for broker in self.brokers:
            broker.start(wait=False)
        for broker in self.brokers:
            broker.wait()
        self.settle()

    def settle(self):
        """Until every broker is a member: the first partitions may be given to it."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            run = subprocess.run(["kcat", "-L", "-b", self.address(), "-m", "2"], capture_output=True, text=True)
            if f" {self.size} brokers:" in run.stdout:
                return
            time.sleep(0.2)
        raise RuntimeError("the brokers did not find each other")

    def address(self, listener="PLAIN"):
        return ",".join(f"127.0.0.1:{b.port[listener]}" for b in self.brokers)

    def admin(self, *args):
        subprocess.run([str(ADMIN), self.address(), *map(str, args)], check=True, timeout=60)

    def create(self, topic, partitions=4, *configs, replicas=1):
        self.admin("create", topic, partitions, replicas, *configs)

    def produce(self, topic, data, *args):
        """Lines, spread over the partitions one by one; bytes, text or a list of lines."""
        if not isinstance(data, (bytes, str)):
            data = b"\n".join(data) + b"\n"
        if isinstance(data, str):
            data = data.encode()
        subprocess.run(["kcat", "-P", "-q", "-b", self.address(), "-t", topic, "-X", "partitioner=random", "-X",
                        "sticky.partitioning.linger.ms=0", "-X", "allow.auto.create.topics=false", *args],
                       input=data, check=True, timeout=120)

    def transact(self, topic, lines, how):
        """Lines in one transaction, which is committed or aborted."""
        subprocess.run([str(ADMIN), self.address(), "transact", topic, how], input=b"\n".join(lines), check=True, timeout=60)

    def leader(self, topic, partition=0):
        run = subprocess.run(["kcat", "-L", "-b", self.address(), "-t", topic], capture_output=True, text=True, check=True)
        line = [x for x in run.stdout.splitlines() if f"partition {partition}," in x][0]
        return int(line.split("leader ")[1].split(",")[0])

    def stop(self):
        for broker in self.brokers:
            broker.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
