"""cadence-sim as a command: options, files, speeds, and what it says when things go wrong."""
import collections
import hashlib
import json
import os
import signal
import subprocess
import time

import pytest

from eventsim_stats import SIM

SMALL = ["-q", "-n", "50"]


def sim(*options, **how):
    return subprocess.run([SIM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, **how)


def lines(*options):
    run = sim(*options)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def one_line(run, code, *words):
    """Exit code, and one line on standard error that says what is wrong."""
    text = run.stderr.decode()
    assert run.returncode == code, text
    assert text.startswith("cadence-sim: ") and text.count("\n") == 1, text
    assert all(word in text for word in words), text


def test_the_same_bytes_on_every_machine():
    """If this breaks, every seed means something new: say so in the release notes."""
    digest = hashlib.sha256(sim("-q", "-n", "300", "-g", "0.5", "-a", "0.2", "-r", "7").stdout).hexdigest()
    assert digest == hashlib.sha256(sim("-q", "-n", "300", "-g", "0.5", "-a", "0.2", "-r", "7").stdout).hexdigest()
    assert digest[:16] == KNOWN


KNOWN = "88d4b5c89775e7cd"


def test_users_from_and_tag():
    records = [json.loads(x) for x in lines(*SMALL, "-u", "5336", "--tag", 'test "B"', "-n", "20")]
    ids = {int(r["userId"]) for r in records if r["userId"]}
    assert min(ids) >= 5336 and max(ids) < 5356
    assert {r.get("tag") for r in records if r["userId"]} == {'test "B"'}
    assert all("tag" not in r for r in records if not r["userId"])
    fork = [json.loads(x) for x in lines(*SMALL, "--tag", "x", "--stream", "page_view_events")]
    assert all(r.get("tag") == ("x" if "userId" in r else None) for r in fork)
    assert list(fork[0]).index("tag") > list(fork[0]).index("registration") if "userId" in fork[0] else True


@pytest.mark.parametrize("options, words", [
    (["-X", "a=b"], ["--property", "--kafka"]), (["-s", "1970-01-01"], ["2000"]), (["-f", "1e12"], ["2000"]),
    (["-s", "2099-01-01", "-e", "2101-01-01"], ["2099"]),
    (["--kafka", "x:1", "-X", "session.timeout.ms=-5"], ["-5", "1..3600000\n"]),
])
def test_what_makes_no_sense_is_wrong_usage(options, words):
    one_line(sim(*options), 2, *words)


def test_secrets_stay_secret():
    """Not in the process list, not in errors; and the environment may hold them."""
    with subprocess.Popen([SIM, "--kafka", "127.0.0.1:1", "-X", "sasl.password=hunter2"], stderr=subprocess.PIPE) as p:
        assert p.stderr.readline()                      # waits for the broker
        with open(f"/proc/{p.pid}/cmdline", "rb") as f:
            line = f.read()
        p.kill()
    assert b"sasl.password=*******" in line and b"hunter2" not in line
    run = sim("--kafka", "127.0.0.1:1", "-X", "sasl.password.x=hunter2")
    one_line(run, 2, "sasl.password.x")
    assert b"hunter2" not in run.stderr
    one_line(sim("--kafka", "127.0.0.1:1", env={**os.environ, "CADENCE_KAFKA_FOO_BAR": "1"}), 2, "foo.bar")


def test_the_option_overrules_the_environment():
    """Else lines would go to another cluster than the one that was named."""
    run = sim("--kafka", "127.0.0.1:x", env={**os.environ, "CADENCE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"})
    one_line(run, 2, "127.0.0.1:x")


def test_a_very_low_speed_waits():
    """Where a line would be due after the end of time, too."""
    with subprocess.Popen([SIM, "--speed", "0.000001", "-n", "5"], stdout=subprocess.PIPE) as p:
        time.sleep(1)
        p.send_signal(signal.SIGTERM)
        assert p.stdout.read() == b""


def test_start_end_and_events():
    records = [json.loads(x) for x in lines(*SMALL, "-s", "2023-07-01T12:00:00", "-e", "2023-07-08")]
    assert records[0]["ts"] >= 1688212800000 and records[-1]["ts"] < 1688774400000
    assert len(lines(*SMALL, "--events", "123")) == 123
    now = time.time()
    records = [json.loads(x) for x in lines(*SMALL, "-f", "10", "-t", "3")]
    assert now - 10.01 * 86400 < records[0]["ts"] / 1000 and records[-1]["ts"] / 1000 < now - 2.99 * 86400


def test_songs_any_number():
    for songs in ("1", "3", "40000"):
        records = [json.loads(x) for x in lines(*SMALL, "--songs", songs)]
        heard = {(r["artist"], r["song"]) for r in records if "song" in r}
        assert 1 <= len(heard) <= int(songs)
    plain = collections.Counter(json.loads(x).get("artist") for x in lines("-q", "-n", "500"))
    steep = collections.Counter(json.loads(x).get("artist") for x in lines("-q", "-n", "500", "--zipf", "1.2"))
    plain.pop(None), steep.pop(None)
    assert steep.most_common(1)[0][1] > 10 * plain.most_common(1)[0][1]


def test_four_files(tmp_path):
    folder = tmp_path / "out"
    assert sim(*SMALL, "--format", "fork", str(folder)).returncode == 0
    merged = collections.Counter()
    for name in ("listen_events", "page_view_events", "auth_events", "status_change_events"):
        text = (folder / f"{name}.jsonl").read_bytes()
        assert text == sim(*SMALL, "--stream", name).stdout
        merged.update(text.splitlines())
    assert merged == collections.Counter(lines(*SMALL, "--format", "fork"))
    plays = [json.loads(x) for x in (folder / "page_view_events.jsonl").open() if '"NextSong"' in x]
    listens = [json.loads(x) for x in (folder / "listen_events.jsonl").open()]
    def key(r):
        return (r["userId"], r["sessionId"], r["itemInSession"], r["song"], r["ts"])
    assert sorted(map(key, plays)) == sorted(map(key, listens))


def test_one_file(tmp_path):
    out = tmp_path / "events.json"
    assert sim(*SMALL, str(out)).returncode == 0
    assert out.read_bytes() == sim(*SMALL).stdout


def test_dirt(tmp_path):
    run = sim("-n", "300", "--dirty", "0.05")
    clean = collections.Counter(lines("-q", "-n", "300"))
    dirty = collections.Counter(run.stdout.split(b"\n")[:-1])
    total = sum(clean.values())
    said = dict(zip(("cut", "damaged", "repeated", "reordered"),
                    (int(w) for w in run.stderr.decode().split("spoilt:")[1].split() if w.isdigit())))
    assert 0.04 < sum(said.values()) / total < 0.06
    assert min(said.values()) > 0.008 * total
    missing = sum((clean - dirty).values())
    assert 0 <= said["cut"] + said["damaged"] - missing <= 10     # damage may hit nothing
    twice = [x for x, n in (dirty - clean).items() if x in clean]
    assert len(twice) == pytest.approx(said["repeated"], abs=10)
    ts = [json.loads(x)["ts"] for x in run.stdout.split(b"\n") if x in clean and x.endswith(b"}")]
    assert any(b < a for a, b in zip(ts, ts[1:]))


def test_truth(tmp_path):
    truth = tmp_path / "truth.json"
    records = [json.loads(x) for x in lines(
        "-q", "-n", "2000", "--trend", "Ann: Live:36h:12h:80", "--trend", "Bo:2024-01-05T06:00:00:1d:60",
        "--truth", str(truth))]
    said = json.loads(truth.read_text())
    assert said["t0"] == 1704067200000
    assert [t["artist"] for t in said["trends"]] == ["Ann: Live", "Bo"]
    assert (said["trends"][0]["start"], said["trends"][0]["end"]) == (36 * 60, 48 * 60)
    assert (said["trends"][1]["start"], said["trends"][1]["end"]) == (102 * 60, 126 * 60)
    for t in said["trends"]:
        plays = [r for r in records if r.get("artist") == t["artist"]]
        assert len({r["userId"] for r in plays}) == t["listeners"]
        assert all(t["start"] <= (r["ts"] - said["t0"]) / 60000 < t["end"] for r in plays)


def test_rate_is_even():
    began = time.monotonic()
    with subprocess.Popen([SIM, *SMALL, "--rate", "200", "--events", "200"], stdout=subprocess.PIPE) as run:
        when = [time.monotonic() - began for _ in run.stdout]
    assert len(when) == 200 and 0.9 < when[-1] < 3
    assert when[99] < when[-1] * 0.75           # as it goes, not in one heap at the end


def test_speed_follows_event_time():
    began = time.monotonic()
    with subprocess.Popen([SIM, "-q", "-n", "2000", "--speed", "3600", "--events", "300"],
                          stdout=subprocess.PIPE) as run:
        last = [json.loads(x)["ts"] for x in run.stdout][-1]
    expected = (last / 1000 - 1704067200) / 3600
    assert expected - 0.05 < time.monotonic() - began < expected + 2


def test_continuous_is_in_step_with_the_clock():
    with subprocess.Popen([SIM, "-q", "-n", "200000", "--continuous", "--events", "30"],
                          stdout=subprocess.PIPE) as run:
        late = [time.time() - json.loads(x)["ts"] / 1000 for x in run.stdout]
    assert len(late) == 30
    assert min(late) > -1.1 and max(late) < 5     # never early (ts are whole seconds)


def test_reader_gone():
    run = subprocess.run(["bash", "-c", f'"{SIM}" -n 1000 | head -n 1; echo "${{PIPESTATUS[0]}}"'],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    assert run.stdout.splitlines()[-1] == b"0"
    assert run.stderr.decode().startswith("cadence-sim: the reader has gone after ")
    assert run.stderr.count(b"\n") == 1


def test_reader_gone_while_waiting():
    read, write = os.pipe()
    with subprocess.Popen([SIM, "-n", "10", "--rate", "0.01"], stdout=write, stderr=subprocess.PIPE) as run:
        os.close(write)
        os.read(read, 10)
        os.close(read)
        assert run.wait(timeout=5) == 0


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(tmp_path, number, code):
    out = tmp_path / "out"
    with subprocess.Popen([SIM, "-q", "-n", "1000", "--rate", "100", str(out)]) as run:
        time.sleep(0.5)
        run.send_signal(number)
        assert run.wait(timeout=5) == code
    text = out.read_bytes()
    assert text.endswith(b"}\n") and len(text.splitlines()) > 10


def test_a_signal_while_the_reader_sleeps():
    read, write = os.pipe()
    with subprocess.Popen([SIM, "-q", "-n", "5000"], stdout=write, stderr=subprocess.DEVNULL) as run:
        os.close(write)
        time.sleep(0.5)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=5) == 143
    os.close(read)


@pytest.mark.parametrize("start", [["-s", time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 86400))], ["-f", "1"]])
def test_continuous_catches_up_first(start):
    with subprocess.Popen([SIM, "-q", "-n", "20000", *start, "--continuous"], stdout=subprocess.PIPE) as run:
        began, first, last = time.monotonic(), None, 0
        for line in run.stdout:
            last = json.loads(line)["ts"] / 1000
            first = first or last
            if time.time() - last < 60:
                break
        run.terminate()
    assert time.monotonic() - began < 20
    assert last - first > 80000


def test_full_disk():
    with open("/dev/full", "w") as full:
        run = subprocess.run([SIM, "-n", "100"], stdout=full, stderr=subprocess.PIPE, timeout=30)
    one_line(run, 1, "standard output", "No space left")
    one_line(sim("-n", "5", "/dev/full"), 1, "/dev/full", "No space left")


def test_files_that_cannot_be(tmp_path):
    one_line(sim("-n", "5", str(tmp_path / "no" / "file")), 1, "No such file")
    (tmp_path / "file").write_text("")
    one_line(sim("-n", "5", "--format", "fork", str(tmp_path / "file")), 1)
    run = sim(*SMALL, "--truth", "/no/such/folder/t", "--events", "1")
    one_line(run, 1, "/no/such/folder/t")
    assert run.stdout == b""    # told before the first line, not after the last


@pytest.mark.parametrize("options, words", [
    (["-s", "2024-02-30"], ["2024-02-30"]),
    (["-s", "2024-02-01", "-e", "2024-01-01"], ["end time"]),
    (["-n", "0"], ["users"]),
    (["-n", "many"], ["many"]),
    (["-n", "-3"], ["-3"]),
    (["-r", "1x"], ["1x"]),
    (["-g", "-1"], ["-1"]),
    (["-a", "2"], ["attrition"]),
    (["--dirty", "1.5"], ["dirty"]),
    (["--songs", "0"], ["songs"]),
    (["--format", "xml"], ["xml"]),
    (["--stream", "nothing"], ["nothing"]),
    (["--format", "original", "--stream", "events", "--format", "fork"], ["stream"]),
    (["--format", "original", "--stream", "listen_events"], ["original has no such stream"]),
    (["--trend", "A:1h"], ["ARTIST:START:LENGTH:LISTENERS"]),
    (["--trend", "A:yesterday:1h:5"], ["A"]),
    (["--rate", "0"], ["--rate"]),
    (["--rate", "5", "--speed", "5"], ["choose"]),
    (["--topic", "t"], ["--kafka"]),
    (["--kafka", "b", "file"], ["--kafka"]),
    (["-f", "1", "-t", "2"], ["end time"]),
    (["a", "b"], ["one output"]),
    (["--tag", "a\nb"], ["tag"]),
    (["--no-such-option"], ["there is no option --no-such-option"]),
    (["-qZ"], ["there is no option -Z"]),
    (["--nusers"], ["--nusers needs a value"]),
    (["--quiet=1"], ["--quiet takes no value"]),
    (["--kafka", ","], ["which broker"]),
    (["--kafka", "b:99999"], ["a port is a number from 1 to 65535"]),
    (["--kafka", "b", "-X", "nonsense=1"], ["nonsense"]),
])
def test_wrong_usage(options, words):
    one_line(sim(*options), 2, *words)


def test_nothing_that_is_said_steers_the_terminal():
    evil = "d\x1b[31m\n/no/x"
    for options in ([evil], ["--events", evil], ["--" + evil], ["--trend", evil], ["-X", evil], ["-c", evil], [evil, "b"]):
        run = sim(*options)
        assert run.returncode in (1, 2) and b"\x1b" not in run.stderr and run.stderr.count(b"\n") == 1, run.stderr


def test_a_closed_descriptor_is_no_file(tmp_path):
    """What is written to it is written nowhere, not into the file that was opened next."""
    for closed, code in ((">&-", 1), ("2>&-", 0)):
        truth = tmp_path / "truth.json"
        run = subprocess.run(["bash", "-c", f'exec "$0" -n 50 --events 20 --truth "$1" $2 {closed}', SIM, str(truth),
                              "" if code else str(tmp_path / "out")], capture_output=True, timeout=60)
        assert run.returncode == code and json.loads(truth.read_text())["trends"] == []


def test_help_man_and_version_tell_every_option():
    text, man = sim("--help").stdout.decode(), sim("--man").stdout.decode()
    for name in ("config nusers start-time end-time from to growth-rate attrition-rate randomseed userid tag "
                 "continuous speed rate events kafka topic trend truth dirty format stream songs").split():
        assert f"--{name}" in text and "\\-\\-" + name.replace("-", "\\-") in man
    assert max(map(len, text.splitlines())) <= 80
    assert "Examples:" in text and ".SH EXAMPLES" in man
    assert sim("--version").stdout.startswith(b"cadence-sim ")


def test_kafka_in_a_mock_cluster():
    run = sim("--kafka", "mock", "-X", "test.mock.num.brokers=1", "--format", "fork", "-n", "20")
    assert run.returncode == 0
    said = run.stderr.decode().split("\n")
    wanted = len(lines("-q", "--format", "fork", "-n", "20"))
    assert said[0] == f"cadence-sim: kafka: {wanted} sent, {wanted} delivered, 0 failed"


def test_kafka_out_of_reach():
    """It may be on its way up: that is said, waited for and can be interrupted."""
    p = subprocess.Popen([SIM, "--kafka", "127.0.0.1:9", "-n", "5"], stderr=subprocess.PIPE, text=True)
    assert p.stderr.readline() == "cadence-sim: Kafka at 127.0.0.1:9 does not answer yet; trying for 30 s\n"
    p.send_signal(signal.SIGINT)
    assert p.communicate(timeout=5)[1] == "" and p.returncode == 130
