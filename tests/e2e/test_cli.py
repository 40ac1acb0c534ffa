"""The command line: options, exit codes, where messages go, inputs of every kind."""
import contextlib
import fcntl
import gzip
import itertools
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest
from compare import CADENCE, difference
from conftest import ROOT

PLAY = b'{"ts":%d,"userId":%d,"sessionId":1,"itemInSession":%d,"song":"s","artist":"a","state":"CA","duration":60}\n'


def plays(count, start=1704067200000, step=60000):
    return b"".join(PLAY % (start + i * step, i % 5 + 1, i) for i in range(count))


def run(*args, stdin=b"", **kw):
    return subprocess.run([CADENCE, *map(str, args)], input=stdin, capture_output=True, timeout=60, **kw)


def report(*args, stdin=b""):
    r = run("--report", "json", *args, stdin=stdin)
    assert r.returncode == 0, r.stderr
    return json.loads(r.stdout)


@pytest.mark.parametrize("args", [
    ["--nonsense"], ["--top"], ["--top", "many"], ["--weeks", "Week"], ["--weeks", "2024-W77"], ["--zones", "GMT"],
    ["--report", "xml"], ["--every", "5m"], ["--every", "soon", "--report", "json"], ["--screen", "big"], ["--screen", "0x5"], ["--screen", "39x12"], ["--screen", "40x11"],
    ["--replay", "-1"], ["--replay", "fast"], ["--kafka", "x:1", "file"], ["--demo", "file"], ["--topic", "t"], ["-X", "a=b"],
    ["--report", "json", "--screen", "80x24"], ["--color"], ["--follow"], ["--scale", "2h"], ["--help=1"], ["--panel", "nope"], ["--theme", "nope"],
    ["--panel", "kafka", "file"], ["--kafka", "x:1", "--topic", ""], ["--kafka", "x:1", "--topic", ","],
    ["--screen", "4294967416x40"], ["--screen", " 120x40"], ["--screen", "+120x40"], ["--top", " 5"], ["--top", "+5"],
    ["--report", "json", "--every", "+5m"], ["--replay", "1e-320"], ["--replay", "0x10"], ["--replay", " 2"], ["--replay", "nan"],
    ["--screen", "120x40", "--color", "--no-color"], ["--kafka", "x:1", "--group", "g", "--replay", "60"],
    ["--kafka", "localhost\\:9092"],
])
def test_wrong_usage_is_one_line_and_exit_2(args):
    r = run(*args)
    assert r.returncode == 2, r
    assert r.stdout == b""
    assert r.stderr.startswith(b"cadence: ") and r.stderr.count(b"\n") == 1


@pytest.mark.parametrize("line", ["sasl.password: c2VjcmV0==", "sasl.password c2VjcmV0==", "sasl.password : c2VjcmV0=", "sasl.password:c2VjcmV0="])
def test_a_secret_is_not_taken_for_a_name(tmp_path, line):
    """Java's other ways to write a property, of a value that holds an equals sign."""
    path = tmp_path / "client.properties"
    path.write_text(line + "\n")
    for args in (["--kafka-config", path], ["-X", line]):
        r = run("--kafka", "x:1", *args)
        assert r.returncode == 2 and b"c2VjcmV0" not in r.stderr and r.stderr.count(b"\n") == 1, r.stderr


@pytest.mark.parametrize("prop, said", [
    ("partition.assignment.strategy=foo", b"Kafka setting: Unsupported partition.assignment.strategy: foo"),
    ("max.poll.interval.ms=1000", b"must be >= `session.timeout.ms`"),
    ("ssl.ca.location=Makefile", b"Kafka setting: ssl.ca.location failed: no certificate"),
])
def test_settings_that_only_a_client_checks_are_wrong_usage_too(prop, said):
    for output in ["--report", "json"], ["--screen", "80x24"]:
        r = run("--kafka", "x:1", "-X", "security.protocol=ssl", "-X", prop, *output, cwd=ROOT)
        assert r.returncode == 2 and said in r.stderr and r.stderr.count(b"\n") == 1, r


def test_settings_come_from_a_pipe_too():
    """They are read once: here both what is checked first and what only the client checks."""
    r = run("--kafka-config", "/dev/stdin", "--report", "json", stdin=b"bootstrap.servers=x:1\nmax.poll.interval.ms=1000")
    assert r.returncode == 2 and b"must be >= `session.timeout.ms`" in r.stderr, r


def test_every_key_of_a_report_is_described():
    """And no other, in the table of doc/report.md."""
    def keys(value):
        if isinstance(value, list):
            return set().union(*map(keys, value))
        return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()

    found = keys(json.loads(run("--demo", "--report", "json").stdout))
    table = "".join(re.findall(r"(?m)^\|.*", (ROOT / "doc/report.md").read_text()))
    told = set(re.findall(r"`(\w+)`", table))
    assert found == told - {"null"}, found ^ told


def test_the_theme_to_begin_with():
    """Named by the option, else by the environment, else by a terminal that says that it is white."""
    def drawn(*args, **env):
        return run("--screen", "80x24", "--color", *args, stdin=plays(9), env=dict(os.environ, LC_ALL="C.UTF-8", **env)).stdout

    theme = {name: drawn("--theme", name) for name in ("default", "light", "colorblind")}
    assert len(set(theme.values())) == 3
    assert drawn(COLORFGBG="15;0") == drawn(COLORFGBG="7") == drawn(CADENCE_THEME="") == theme["default"]
    assert drawn(COLORFGBG="0;15") == drawn(COLORFGBG="0;default;7") == theme["light"]
    assert drawn(COLORFGBG="0;15", CADENCE_THEME="colorblind") == theme["colorblind"]
    assert drawn("-t", "default", COLORFGBG="0;15", CADENCE_THEME="colorblind") == theme["default"]
    env = dict(os.environ, CADENCE_THEME="nope")
    wrong = run("--screen", "80x24", env=env)
    assert wrong.returncode == 2 and b'CADENCE_THEME: there is no theme "nope": themes are' in wrong.stderr and wrong.stderr.count(b"\n") == 1
    assert run("--report", "json", stdin=plays(9), env=env).returncode == 0


def test_a_theme_comes_from_a_pipe_too():
    path = ROOT / "themes/light.theme"
    drawn = [run("--screen", "80x24", "--color", "--theme", theme, "/dev/null", stdin=path.read_bytes()).stdout
             for theme in (path, "/dev/stdin", "default")]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("topics", ["^p{1,2},..", "^(a|b{,2}),..", "^a[],b],..", "^a\\{,..", "a,..,b", "a,,..", "^[{]x,.."])
def test_a_comma_within_a_pattern_is_not_between_topics(topics):
    r = run("--kafka", "x:1", "--topic", topics)
    assert r.returncode == 2 and r.stderr.startswith(b"cadence: --topic ..: "), r.stderr


def test_help_version_and_man_go_to_standard_output():
    assert run("--version").stdout.startswith(b"cadence ")
    text = run("--help").stdout.decode()
    man = run("--man").stdout.decode()
    table = (ROOT / "include/cadence/options.def").read_text()
    names = [line.split('"')[1] for line in table.splitlines() if line.startswith("OPTION(")]
    assert len(names) > 20
    for name in names:
        assert f"--{name}" in text, name
        assert "\\-\\-" + name.replace("-", "\\-") in man, name
    assert "Examples:" in text and max(map(len, text.splitlines())) <= 80
    keys = [line for line in (ROOT / "src/ui/keys.def").read_text().splitlines() if line.startswith("KEY(")]
    assert man.isascii() and r"\[u2726] \[u25B2]" in man
    assert man.count(".TP") >= len(names) + len(keys) // 2
    if subprocess.run(["which", "man"], capture_output=True).returncode == 0:
        checked = subprocess.run(["man", "--warnings", "-l", "-"], input=man.encode(), capture_output=True,
                                 env=dict(os.environ, MANPAGER="cat", MANWIDTH="80"))
        assert checked.stderr == b"", checked.stderr


def test_a_terminal_as_input_gets_the_usage():
    leader, follower = pty.openpty()
    r = subprocess.run([CADENCE], stdin=follower, capture_output=True, timeout=20)
    os.close(leader)
    os.close(follower)
    assert r.returncode == 2 and b"--demo" in r.stderr and r.stderr.count(b"\n") == 1


def test_without_a_terminal_it_says_what_works():
    r = subprocess.run([CADENCE, "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, start_new_session=True,
                       env=dict(os.environ, TERM="xterm"))
    assert r.returncode == 1 and b"--report" in r.stderr and b"--screen" in r.stderr


def test_missing_file_and_directory(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        r = run("--report", "json", path)
        assert r.returncode == 1 and r.stdout == b"" and str(path).encode() in r.stderr and r.stderr.count(b"\n") == 1
    folder = os.open(tmp_path, os.O_RDONLY)
    for args in [], ["-"], ["-", "-"]:
        r = subprocess.run([CADENCE, "--report", "json", *args], stdin=folder, capture_output=True, timeout=20)
        assert r.returncode == 1 and r.stdout == b"" and r.stderr == b'cadence: cannot read "standard input": it is a directory\n'
    os.close(folder)


def test_inputs_of_every_kind_give_the_same(tmp_path):
    lines = plays(500)
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(lines)
    packed.write_bytes(gzip.compress(lines[:len(lines) // 2]) + gzip.compress(lines[len(lines) // 2:]))
    want = report(plain)
    assert want["input"]["plays"] == 500
    assert report(packed) == want
    assert report(stdin=lines) == want
    assert report("-", stdin=lines) == want
    with open(plain, "rb") as f:
        r = subprocess.run([CADENCE, "--report", "json"], stdin=f, capture_output=True, timeout=20)
    assert json.loads(r.stdout) == want
    twice = report(plain, packed)
    assert (twice["input"]["plays"], twice["input"]["duplicates"]) == (500, 500)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    p = subprocess.Popen([CADENCE, "--report", "json", str(fifo)], stdout=subprocess.PIPE)
    fifo.write_bytes(lines)
    assert json.loads(p.communicate(timeout=20)[0]) == want


def test_a_last_line_without_newline_ends_with_its_file(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(plays(2)[:-1])
    b.write_bytes(plays(1, start=1704090000000))
    got = report(a, b)["input"]
    assert (got["lines"], got["malformed"]) == (3, 0)


def test_damaged_gzip_is_read_up_to_there_and_fails(tmp_path):
    import random
    rnd = random.Random(1)
    lines = b"".join(PLAY % (1704067200000 + rnd.randrange(10 ** 9), rnd.randrange(10 ** 6), i) for i in range(5000))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-20000])
    r = run("--report", "json", path)
    assert r.returncode == 1 and b"is damaged" in r.stderr and r.stderr.count(b"\n") == 1
    assert 0 < json.loads(r.stdout)["input"]["plays"] < 5000


def test_each_damaged_file_is_told_of_once(tmp_path):
    bad, worse, good = tmp_path / "bad.gz", tmp_path / "worse.gz", tmp_path / "good"
    for path in bad, worse:
        path.write_bytes(gzip.compress(plays(3000))[:-1])
    good.write_bytes(plays(10))
    for files, told in (([bad, good], ["bad.gz", "1 of 2 files was not read to the end"]), ([good, bad], ["bad.gz"]),
                        ([bad, worse, good], ["bad.gz", "worse.gz", "2 of 3 files were not read to the end"]),
                        ([bad, worse], ["bad.gz", "worse.gz"])):
        r = run("--report", "json", *files)
        said = r.stderr.decode().splitlines()
        assert r.returncode == 1 and len(said) == len(told) and all(t in s for t, s in zip(told, said)), said


def test_a_pipe_of_the_shell_has_a_name():
    """`cadence <(command)` gives /dev/fd/63, whose last part says nothing."""
    with tempfile.TemporaryFile() as out:
        out.write(plays(3))
        out.seek(0)
        name = f"/dev/fd/{out.fileno()}"
        header = run("--screen", "120x30", name, pass_fds=[out.fileno()]).stdout.decode().splitlines()[0]
    assert f" {name} " in header, header


def test_pipes_are_widened(tmp_path):
    """What `cadence <(command)` reads as well as standard input: else the writer takes a turn for each 64 KiB."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in fifo, "-":
        with started("--report", "json", path, stdin=subprocess.PIPE) as p, \
                (open(fifo, "wb") if path == fifo else p.stdin) as out:
            out.write(plays(1))
            out.flush()
            end = time.monotonic() + 10
            while fcntl.fcntl(out, fcntl.F_GETPIPE_SZ) < 1 << 20:
                assert time.monotonic() < end
                time.sleep(0.05)
            out.close()
            assert p.wait(timeout=10) == 0


def test_gzip_as_it_comes(tmp_path):
    """Members of any number and size, with names that a read may cut in two, and what may follow them."""
    import io
    lines = plays(3000)

    def member(data, name=""):
        out = io.BytesIO()
        with gzip.GzipFile(name, "wb", fileobj=out) as f:
            f.write(data)
        return out.getvalue()

    step = 96
    parts = [lines[i:i + step] for i in range(0, len(lines), step)]
    small = b"".join(member(part, "n" * (i % 300)) for i, part in enumerate(parts))
    assert len(small) > 3 * 256 * 1024
    whole = member(lines)
    want = report(stdin=lines)
    path = tmp_path / "x"
    half = len(parts) // 2
    blocks = b"".join(member(b"".join(p)) + b"\0" * 300000 for p in (parts[:half], parts[half:]))
    for data in (whole, small, member(b"") + whole, whole + b"\0" * 700, blocks):
        path.write_bytes(data)
        assert report(path) == want, len(data)
    for more in (b"no member", b"\x1f", b"\0\0\n", lines):
        path.write_bytes(whole + more)
        r = run("--report", "json", path)
        assert r.returncode == 1 and json.loads(r.stdout) == want, more[:9]
        assert b"something else follows its end" in r.stderr and r.stderr.count(b"\n") == 1
    r = run("--report", "json", stdin=whole)
    assert r.returncode == 0 and b"standard input is compressed by gzip: zcat" in r.stderr
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    p = subprocess.Popen([CADENCE, "--report", "json", str(fifo)], stdout=subprocess.PIPE)
    fifo.write_bytes(whole)
    assert json.loads(p.communicate(timeout=20)[0]) == want
    with open(path, "rb") as f:
        r = subprocess.run([CADENCE, "--report", "json"], stdin=f, capture_output=True, timeout=20)
    assert json.loads(r.stdout) == want
    for data in (b"", b"\x1f"):
        path.write_bytes(data)
        assert report(path)["input"]["plays"] == 0
    path.write_bytes(b'\x1f\x8b"x":1}\n' + lines)  # a damaged line of text, and good ones
    got = report(path)["input"]
    assert (got["plays"], got["malformed"]) == (3000, 1)


@pytest.mark.parametrize("at, why, kept", [(-8, "checksum is wrong", 3000), (-4, "checksum is wrong", 3000), (2, "compression method", 0),
                                           (None, "ends too early", 3000)])
def test_damaged_gzip_says_how(tmp_path, at, why, kept):
    data = bytearray(gzip.compress(plays(3000)))
    if at is None:
        del data[-1]
    else:
        data[at] ^= 1
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    r = run("--report", "json", path)
    assert r.returncode == 1 and why in r.stderr.decode(), r
    assert json.loads(r.stdout)["input"]["plays"] == kept


def test_output_that_cannot_be_written_fails(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(plays(10))
    for args in (["--report", "json"], ["--report", "csv"], ["--screen", "80x24"]):
        with open("/dev/full", "wb") as full:
            r = subprocess.run([CADENCE, *args, str(path)], stdout=full, stderr=subprocess.PIPE, timeout=20)
        assert r.returncode == 1 and r.stderr.startswith(b"cadence: cannot write"), (args, r)


def test_a_series_whose_reader_goes_ends(tmp_path):
    """Also where the input ends at the same moment."""
    path = tmp_path / "a"
    path.write_bytes(plays(500))
    for _ in range(25):
        with open("/dev/full", "wb") as full:
            r = subprocess.run([CADENCE, "--report", "json", "--every", "5m", str(path)], stdout=full, stderr=subprocess.PIPE,
                               timeout=10)
        assert r.returncode == 1 and r.stderr.startswith(b"cadence: cannot write"), r


def unmix(y):
    """What the finalizer of splitmix64 makes y of: ids that all belong into one place of a table."""
    def unshift(x, bits):
        r = x
        for _ in range(64 // bits):
            r = x ^ r >> bits
        return r

    y = unshift(y, 31) * pow(0x94D049BB133111EB, -1, 1 << 64) % (1 << 64)
    y = unshift(y, 27) * pow(0xBF58476D1CE4E5B9, -1, 1 << 64) % (1 << 64)
    return unshift(y, 30)


def chosen_lines(kind, count):
    """Plays of users with ids of one hash; or of one session in all weeks and zones."""
    line = '{"ts":%d,"userId":"%s","sessionId":7,"itemInSession":%d,"song":"s","artist":"a","state":"%s","duration":200}'
    start, end, states = 946684800000, 4102444800000, ("ME", "TX", "UT", "CA", "HI", "PR")
    if kind == "spans":
        lines = (line % (start + i * 7919 * 86400000 % (end - start), "", i, states[i % 6]) for i in range(count))
    else:
        numbers = (unmix(high << 32 | 0x12345678) for high in range(1, 1 << 32))
        chosen = itertools.islice((number for number in numbers if number < 10 ** 18), count)
        lines = (line % (1704067200000 + i, number, 1, "CA") for i, number in enumerate(chosen))
    return "\n".join(lines).encode()


@pytest.mark.parametrize("kind", ["users", "spans"])
def test_chosen_ids_and_times_cost_no_more(kind):
    """Tables that go by a hash that anybody can compute, or by a list, took four seconds and more for each of these."""
    def seconds(lines):
        before = time.monotonic()
        assert report(stdin=lines)["input"]["plays"] == 40000
        return time.monotonic() - before

    assert seconds(chosen_lines(kind, 40000)) < 6 * seconds(plays(40000)) + 0.3


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGHUP])
def test_what_nohup_ignores_stays_ignored(sig):
    p = subprocess.Popen([CADENCE, "--report", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         preexec_fn=lambda: signal.signal(sig, signal.SIG_IGN))
    p.stdin.write(plays(100))
    p.stdin.flush()
    time.sleep(0.5)
    p.send_signal(sig)
    time.sleep(0.2)
    out = p.communicate(plays(300), timeout=20)[0]
    assert p.returncode == 0 and json.loads(out)["input"]["lines"] == 400


@pytest.mark.parametrize("sig, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_input_and_reports_what_came(sig, code):
    p = subprocess.Popen([CADENCE, "--report", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(plays(300))
    p.stdin.flush()
    time.sleep(0.5)
    p.send_signal(sig)
    out = p.stdout.read()
    assert p.wait(timeout=20) == code
    assert json.loads(out)["input"]["plays"] == 300


def test_every_prints_a_line_each_time_a_multiple_is_crossed():
    lines = plays(60) + plays(5, start=1704067200000)       # one a minute for an hour, then late ones
    out = run("--report", "json", "--every", "15m", stdin=lines).stdout.splitlines()
    got = [json.loads(line)["input"] for line in out]
    assert [g["plays"] for g in got] == [15, 30, 45, 60]
    assert got[-1]["duplicates"] == 5
    assert got[0]["last_ts"] == 1704067200000 + 14 * 60000


def test_csv_and_text_hold_the_figures(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(plays(20) + b'{"ts":1704067200000,"song":"a, \\"b\\"","artist":"c","userId":9}\n')
    want = report(path)
    rows = run("--report", "csv", path).stdout.decode().splitlines()
    import csv
    table = list(csv.DictReader(rows))
    keys = [(row["figure"], row["row"], row["field"]) for row in table]
    assert len(set(keys)) == len(keys) and ("filter", "1", "zones") in keys and ("filter", "1", "weeks") in keys
    cell = {(r["figure"], r["row"], r["field"]): r["value"] for r in table}
    assert cell[("input", "", "plays")] == str(want["input"]["plays"])
    assert cell[("songs", "2", "song")] == 'a, "b"'
    assert float(cell[("summary", "", "hours")]) == pytest.approx(want["summary"]["hours"])
    text = run("--report", "text", path).stdout.decode()
    assert f"{want['summary']['users']} listeners" in text and 'a, "b" - c' in text


def test_weeks_and_zones_in_any_case_and_label():
    lines = plays(10) + plays(10, start=1704067200000 + 7 * 86400000).replace(b'"sessionId":1', b'"sessionId":2')
    one = report("--weeks", "2024-w01", stdin=lines)
    assert one["filter"]["weeks"] == ["2024-W01"] and one["summary"]["plays"] == 10
    assert report("--weeks", "week 1", "--zones", "pst", stdin=lines)["summary"] == one["summary"]
    assert report("--weeks", "week 2", "--zones", "HST", "--weeks", "week 1", "--zones", "pst", stdin=lines) == report(
        "--weeks", "week 1", "--zones", "pst", stdin=lines)  # the last counts, as in the reference
    assert report("--weeks", "PRESENT", stdin=lines)["filter"]["weeks"] == ["2024-W02"]
    assert report("--zones", "EST", stdin=lines)["summary"]["plays"] == 0


FAR = PLAY % (4070908800000, 77, 0)                         # of a clock that is 75 years ahead


@pytest.mark.parametrize("wrong", [[], [FAR]])
def test_replay_paces_by_event_time(wrong):
    lines = plays(7, step=1000).splitlines(True)            # six seconds of event time
    lines = b"".join(lines[:3] + wrong + lines[3:])
    start = time.monotonic()
    slow = report("--replay", "4", stdin=lines)
    took = time.monotonic() - start
    assert 1.4 < took < 4, took
    assert difference(report("--replay", "max", stdin=lines), slow) is None


def test_replay_of_records_that_are_no_plays():
    """What is held until it is due has no text of its own then: there is nothing to move along."""
    page = b'{"ts":%d,"userId":1,"sessionId":1,"page":"Home","auth":"Logged In"}\n'
    lines = b"".join(plays(1, start=1704067200000 + i * 4000) + page % (1704067202000 + i * 4000) for i in range(400))
    env = dict(os.environ, MALLOC_PERTURB_="165")
    r = run("--report", "json", "--replay", "2000", stdin=lines, env=env)
    assert r.returncode == 0, r.stderr
    assert difference(report("--replay", "max", stdin=lines), json.loads(r.stdout)) is None


def test_a_wrong_clock_does_not_end_a_series():
    lines = plays(60).splitlines(True)
    out = run("--report", "json", "--every", "15m", stdin=b"".join(lines[:20] + [FAR] + lines[20:])).stdout
    assert [json.loads(line)["input"]["plays"] for line in out.splitlines()] == [15, 20, 31, 46, 61]


def test_follow_reads_what_grows_and_what_is_replaced(tmp_path):
    path = tmp_path / "grow.jsonl"
    path.write_bytes(plays(3))
    p = subprocess.Popen([CADENCE, "--report", "json", "--follow", str(path)], stdout=subprocess.PIPE)
    time.sleep(0.5)
    with open(path, "ab") as f:
        f.write(plays(5)[len(plays(3)):])
    time.sleep(0.6)
    os.replace(path, tmp_path / "old")
    path.write_bytes(plays(4, start=1704090000000).replace(b'"sessionId":1', b'"sessionId":2'))
    time.sleep(1)
    p.send_signal(signal.SIGINT)
    got = json.loads(p.stdout.read())["input"]
    assert p.wait(timeout=20) == 130
    assert (got["plays"], got["malformed"]) == (9, 0)


def test_the_files_are_named(tmp_path):
    """A long name is cut, not left out; of several that have all been read none stands for all."""
    name = "a-very-long-name-of-an-export-2024-01-01T00-00-00.jsonl"
    for n in (name, "b", "c"):
        (tmp_path / n).write_bytes(plays(3))
    head = run("--screen", "80x24", tmp_path / name, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout.decode().splitlines()[0]
    assert " a-very-long-name-of…" in head and "3 plays" in head
    assert name in run("--screen", "200x24", tmp_path / name).stdout.decode().splitlines()[0]
    head = run("--screen", "120x24", tmp_path / "b", tmp_path / "c").stdout.decode().splitlines()[0]
    assert " 2 files " in head and " of 2" not in head


@contextlib.contextmanager
def started(*args, **kw):
    with subprocess.Popen([CADENCE, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw) as p:
        try:
            yield p
        except BaseException:                               # who follows a file would be waited for for ever
            p.kill()
            raise


@pytest.mark.parametrize("writes", [None, b"", plays(5)])
def test_a_pipe_with_a_name_can_be_left(tmp_path, writes):
    """Nobody writes to it, somebody who is silent, or was heard once."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with started("--report", "json", fifo) as p:
        end = None if writes is None else open(fifo, "wb", buffering=0)
        if writes:
            end.write(writes)
        time.sleep(0.5)
        p.send_signal(signal.SIGINT)
        out, _ = p.communicate(timeout=5)
        assert p.returncode == 130
        assert json.loads(out)["input"]["plays"] == (5 if writes else 0)


def test_a_paced_report_ends_when_it_is_told_to():
    with started("--report", "json", "--replay", "60", stdin=subprocess.PIPE) as p:
        p.stdin.write(plays(3000))                          # of which one a second is due
        p.stdin.flush()
        time.sleep(1.5)
        p.send_signal(signal.SIGTERM)
        out, _ = p.communicate(timeout=5)
        assert p.returncode == 143
        assert 1 <= json.loads(out)["input"]["plays"] < 10


def test_one_signal_that_comes_twice_is_one():
    """timeout(1) signals its child, then its own group, in which the child is."""
    with started("--report", "json", stdin=subprocess.PIPE) as p:
        p.stdin.write(plays(300))
        p.stdin.flush()
        time.sleep(0.5)
        for _ in range(3):
            p.send_signal(signal.SIGTERM)
        out, _ = p.communicate(timeout=5)
        assert p.returncode == 143
        assert json.loads(out)["input"]["plays"] == 300


def test_nor_does_the_second_cut_off_the_report():
    """It may come late, while the report is written already. One that is meant ends it, whoever holds it up."""
    for late, whole in (0.1, True), (0.8, False):
        with started("--report", "json", "--top", "100000", stdin=subprocess.PIPE) as p:
            lines = plays(3000).splitlines(True)            # of as many songs: more than fits into a pipe
            p.stdin.write(b"".join(line.replace(b'"s"', b'"song %d"' % i) for i, line in enumerate(lines)))
            p.stdin.flush()
            time.sleep(0.5)
            p.send_signal(signal.SIGTERM)
            select.select([p.stdout], [], [], 5)
            time.sleep(late)
            p.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            out, _ = p.communicate(timeout=5)
            assert p.returncode == 143
            assert out.endswith(b"}\n") == whole
            assert not whole or json.loads(out)["input"]["plays"] == 3000


def test_short_lines_cost_no_memory(tmp_path):
    """A block of 256 KiB holds as many of them."""
    for name, line in (("blank", b"\n"), ("malformed", b"x\n"), ("empty", b"{}\n")):
        path = tmp_path / name
        path.write_bytes(line * 10_000_000)
        r = subprocess.run(["/usr/bin/env", "python3", "-c", "import resource, subprocess, sys; subprocess.run(sys.argv[1:]);"
                            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", CADENCE, "--report", "json", str(path)],
                           capture_output=True, check=True)
        text, peak = r.stdout.rstrip().rsplit(b"\n", 1)
        assert json.loads(text)["input"]["lines"] == 10_000_000
        assert int(peak) < 40_000 or "asan" in CADENCE, name


@pytest.fixture
def many(tmp_path):
    """A file whose reports are longer than a pipe is wide."""
    path = tmp_path / "many"
    path.write_text("".join('{"ts":%d,"userId":%d,"sessionId":%d,"song":"song %d","artist":"a","duration":60}\n'
                            % (1704067200000 + i * 60000, i, i, i) for i in range(5000)))
    return path


@pytest.mark.parametrize("what", [["--report", "csv", "--top", "9999"], ["--report", "json", "--top", "9999"]])
def test_a_reader_that_has_enough_is_no_failure(many, what):
    with started(*what, many) as p:
        p.stdout.close()
        assert p.wait(timeout=10) == 0
        assert p.stderr.read() == b""


@pytest.mark.parametrize("how", [["--every", "1m", "--replay", "100000"], ["--every", "99d", "--top", "9999", "--follow"]])
def test_one_signal_ends_a_series_that_nobody_reads(many, how):
    """After ten seconds, in which somebody might: wherever it stands."""
    with started("--report", "json", *how, many) as p:
        time.sleep(1.5)
        before = time.monotonic()
        p.send_signal(signal.SIGTERM)
        assert p.wait(timeout=15) == 143
        assert 8 < time.monotonic() - before < 13


def test_a_series_ends_with_its_reader():
    with started("--report", "json", "--every", "1m", stdin=subprocess.PIPE) as p:
        p.stdin.write(plays(2))
        p.stdin.flush()
        assert p.stdout.readline()
        p.stdout.close()
        try:
            for i in range(50):
                p.stdin.write(plays(10, start=1704067200000 + (i + 1) * 600000))
                p.stdin.flush()
                time.sleep(0.05)
        except BrokenPipeError:
            pass
        assert p.wait(timeout=5) == 0
        assert p.stderr.read() == b""
        try:
            p.stdin.close()
        except BrokenPipeError:
            pass


def test_more_files_than_descriptors(tmp_path):
    for i in range(100):
        (tmp_path / f"{i}.jsonl").write_bytes(plays(1, start=1704067200000 + i * 60000).replace(b'"sessionId":1', b'"sessionId":%d' % i))
    names = sorted(tmp_path.glob("*.jsonl"))
    r = subprocess.run(["bash", "-c", "ulimit -n 40; exec \"$@\"", "-", CADENCE, "--report", "json", *map(str, names)], capture_output=True)
    assert json.loads(r.stdout)["input"]["plays"] == 100 and r.returncode == 0
    gone = subprocess.run([CADENCE, "--report", "json", *map(str, names), str(tmp_path / "gone")], capture_output=True)
    assert gone.returncode == 1 and gone.stdout == b"" and b"No such file" in gone.stderr


def test_follow_through_a_bad_moment(tmp_path):
    """While the file's successor cannot be read it is waited for."""
    path = tmp_path / "log"
    path.write_bytes(plays(3))
    with started("--report", "json", "--follow", path) as p:
        time.sleep(0.5)
        path.rename(tmp_path / "log.1")
        path.mkdir()
        time.sleep(0.8)
        path.rmdir()
        path.write_bytes(plays(4, start=1704090000000).replace(b'"sessionId":1', b'"sessionId":2'))
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=5)
        assert json.loads(out)["input"]["plays"] == 7
        assert err.count(b"it is a directory") == 1, err


def has_open(process, path):
    folder = f"/proc/{process.pid}/fd"
    for fd in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):        # closed since it was listed
            if os.readlink(f"{folder}/{fd}") == str(path):
                return True
    return False


def test_follow_a_file_whose_turn_comes_while_it_is_away(tmp_path):
    first, late = tmp_path / "first.gz", tmp_path / "late"
    first.write_bytes(gzip.compress(plays(1) * 1000000, 1))
    late.write_bytes(plays(3, start=1704090000000))
    with started("--report", "json", "--follow", first, late) as p:
        while not has_open(p, first):
            time.sleep(0.001)
        late.rename(tmp_path / "kept")                      # while the first is being read
        time.sleep(2)
        late.write_bytes(plays(4, start=1704090000000).replace(b'"sessionId":1', b'"sessionId":2'))
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=10)
        assert json.loads(out)["input"]["plays"] in (5, 8)  # 8: it was read before
        assert p.returncode == 130


def test_a_silent_pipe_keeps_no_followed_file_waiting(tmp_path):
    fifo, log = tmp_path / "fifo", tmp_path / "log"
    os.mkfifo(fifo)
    log.write_bytes(plays(3))
    with started("--report", "json", "--follow", fifo, log) as p, open(fifo, "r+b", buffering=0) as end:
        time.sleep(0.7)
        log.write_bytes(plays(5))
        end.write(plays(2, start=1704090000000).replace(b'"sessionId":1', b'"sessionId":2'))
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        assert json.loads(p.communicate(timeout=5)[0])["input"]["plays"] == 7


def test_follow_standard_input(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(plays(3))
    (tmp_path / "-").write_bytes(b"")                       # no successor of it
    with open(path, "rb") as f, started("--report", "json", "--follow", "-", stdin=f, cwd=tmp_path) as p:
        time.sleep(0.5)
        with open(path, "ab") as more:
            more.write(plays(5)[len(plays(3)):])
        time.sleep(0.7)
        p.send_signal(signal.SIGINT)
        assert json.loads(p.communicate(timeout=5)[0])["input"]["plays"] == 5


def test_what_cannot_be_written_or_read_is_said(tmp_path):
    lines = plays(3000)
    for args in (("--screen", "120x40", "--color"), ("--report", "csv"), ("--help",)):
        with open("/dev/full", "wb") as full:
            r = subprocess.run([CADENCE, *args], input=lines, stdout=full, stderr=subprocess.PIPE)
        assert r.returncode == 1 and b"cannot write to standard output: No space left" in r.stderr, args
    (tmp_path / "lines").write_bytes(lines)
    command = f"{CADENCE} --report json"
    for script in (f"{command} <&-", f"{command} {tmp_path}/lines >&-", f"{command} <{tmp_path}"):
        r = subprocess.run(["bash", "-c", script], capture_output=True, timeout=20)
        assert r.returncode == 1 and r.stderr.startswith(b"cadence: ") and r.stderr.count(b"\n") == 1, script
    r = subprocess.run(["bash", "-c", f"{command} {tmp_path}/lines <&- 2>&-"], capture_output=True, timeout=20)
    assert r.returncode == 0 and json.loads(r.stdout)["input"]["plays"] == 3000
    import socket
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(tmp_path / "socket"))
        r = run("--report", "json", tmp_path / "socket")
    assert r.returncode == 1 and b"cannot read" in r.stderr and r.stderr.count(b"\n") == 1
    r = run("--report", "json", "no\x1b]0;owned\x07\n\u009bname")
    assert r.stderr == b'cadence: cannot read "no?]0;owned???name": No such file or directory\n'
    r = run("--report", "json", os.fsdecode(b"\x9b31m \xf0\x9f\x8e\xb5\x9b \xe2\x99\xaa\xc3"))     # C1 in one byte
    assert b'"?31m \xf0\x9f\x8e\xb5? \xe2\x99\xaa\xc3"' in r.stderr


def test_descriptors_are_left_as_they_were():
    """Shared with the shell: blocking, and a report of any length gets through a socket."""
    import socket
    ours, theirs = socket.socketpair()
    r = subprocess.Popen([CADENCE, "--report", "json", "--top", "100000"], stdin=theirs, stdout=theirs)
    ours.sendall(b"".join(b'{"ts":1704067200000,"song":"s%d","artist":"a"}\n' % i for i in range(20000)))
    ours.shutdown(socket.SHUT_WR)
    time.sleep(1)
    parts = []
    while not parts or not parts[-1].endswith(b"\n}\n"):
        parts.append(ours.recv(65536))
        assert parts[-1]
    assert r.wait(timeout=10) == 0
    assert json.loads(b"".join(parts))["summary"]["songs"] == 20000
    assert not fcntl.fcntl(theirs, fcntl.F_GETFL) & os.O_NONBLOCK


@pytest.mark.parametrize("head, what", [(b"\x28\xb5\x2f\xfd", "zstdcat"), (b"\xfd7zXZ\0", "xzcat"), (b"BZh9", "bzcat"),
                                        (b"PK\3\4", "unzip -p"), (b"\xff\xfe{\0", "iconv -f UTF-16")])
def test_what_it_is_that_cannot_be_read(tmp_path, head, what):
    path = tmp_path / "x"
    path.write_bytes(head + b"rest")
    for r in (run("--report", "json", path), run("--report", "json", stdin=head + b"rest")):
        assert r.returncode == 0 and what in r.stderr.decode() and r.stderr.count(b"\n") == 1
        assert json.loads(r.stdout)["input"]["malformed"] == 1


@pytest.mark.parametrize("args, what", [(["-fq"], "no option -q"), (["-qf"], "no option -q"), (["--demo=1"], "--demo takes no value"),
                                        (["--re"], "--re may be one of 2"), (["--nonsense"], "no option --nonsense"),
                                        (["--top"], "--top needs a value"), (["-n"], "-n needs a value"),
                                        (["--screen", "30x10"], "--screen 30x10 is too small: 40x12 at least")])
def test_the_option_is_named(args, what):
    r = run(*args)
    assert r.returncode == 2 and what in r.stderr.decode(), r.stderr


def test_the_names_that_there_are_are_told():
    """By the help, and by the error for one that is not."""
    text, man = run("--help").stdout.decode(), run("--man").stdout.decode()
    panels = re.findall(r'\.id = "(\w+)"', "".join(p.read_text() for p in (ROOT / "src/ui").glob("panel_*.c")))
    themes = [path.stem for path in (ROOT / "themes").glob("*.theme")]
    assert len(panels) == 11 and len(themes) >= 4
    errors = {"--panel": run("--panel", "nope").stderr.decode(), "--theme": run("--theme", "nope").stderr.decode()}
    for option, names in (("--panel", panels), ("--theme", themes)):
        for name in names:
            assert re.search(rf"\b{name}\b", text) and re.search(rf"\b{name}\b", man), name
            assert re.search(rf"\b{name}\b", errors[option]), name


def test_screen_without_a_terminal():
    lines = plays(100)
    for w, h in ((40, 12), (80, 24), (120, 40), (200, 60)):
        r = run("--screen", f"{w}x{h}", stdin=lines, env=dict(os.environ, LC_ALL="C.UTF-8"))
        rows = r.stdout.decode().splitlines()
        assert r.returncode == 0 and len(rows) <= h and max(map(len, rows)) <= w
        assert "100 plays" in r.stdout.decode()
        plain = run("--screen", f"{w}x{h}", "--ascii", stdin=lines, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout
        assert plain.isascii() and b"\x1b" not in plain
    assert b"\x1b[" in run("--screen", "80x24", "--color", stdin=lines).stdout


def test_nothing_from_the_input_is_a_control_sequence():
    evil = ['\\u001b]0;owned\\u0007', '\\u009b31m', '\\u001b[2J', '\x7f', '\u202egnitrid', '\\u0000', '\u2028']
    lines = "".join('{"ts":1704067200000,"userId":"%s","sessionId":"%s","song":"%s","artist":"%s","firstName":"%s",'
                    '"userAgent":"%s","state":"CA","level":"%s"}\n' % ((e,) * 7) for e in evil).encode()
    out = run("--screen", "160x48", stdin=lines, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout.decode()
    assert not [c for c in out if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u202e\u2028"]
    text = run("--report", "text", stdin=lines).stdout.decode()
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]


def test_no_name_reorders_a_line_of_the_text():
    controls = "\u061c\u200e\u200f" + "".join(map(chr, [*range(0x2028, 0x202f), *range(0x2066, 0x206a)]))
    lines = "".join('{"ts":1704067200000,"userId":"%s5","song":"%sb","artist":"c%sd%s","firstName":"שלום%s","state":"CA"}\n'
                    % ((c,) * 5) for c in controls).encode()
    text = run("--report", "text", stdin=lines).stdout.decode()
    assert not set(controls) & set(text)
    assert "b - cd\n" in text and "CA  5  שלום\n" in text
    want = json.loads(run("--report", "json", stdin=lines).stdout)        # data stay as they came
    assert {song["song"] for song in want["songs"]} <= {c + "b" for c in controls} | {"b"}
    assert len(want["songs"]) == 10


PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_kb(*args):
    """The most memory that the program used, in KiB; measured by a small process of its own."""
    return int(subprocess.run([sys.executable, "-c", PEAK, CADENCE, *map(str, args)], capture_output=True, check=True).stdout)


def test_memory_does_not_grow_with_lines(tmp_path):
    few, many = tmp_path / "few", tmp_path / "many"
    few.write_bytes(plays(2000) * 50)
    many.write_bytes(plays(2000) * 400)
    small, large = peak_kb("--report", "json", few), peak_kb("--report", "json", many)
    assert large < small * 1.1 + 1024, (small, large)


def kb_before_input():
    """What the program takes while it waits for its first line: its libraries, most of all."""
    run = subprocess.Popen([CADENCE, "--report", "json"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    with open(f"/proc/{run.pid}/status", encoding="ascii") as f:
        kb = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    run.communicate()
    return kb


def test_two_million_plays_stay_under_64_mib(tmp_path):
    if "asan" in CADENCE:
        pytest.skip("sanitizers take memory of their own")
    path = tmp_path / "plays.jsonl"
    sim = os.environ.get("CADENCE_SIM", str(ROOT / "build" / "cadence-sim"))
    with open(path, "wb") as f:
        subprocess.run([sim, "--format", "fork", "--stream", "listen_events", "-n", "25000", "--events", "2200000"], stdout=f,
                       stderr=subprocess.DEVNULL, check=True)
    used, before = peak_kb("--report", "json", path), kb_before_input()
    print(f"2.2 million plays of 25,000 users: {used / 1024:.1f} MiB, {before / 1024:.1f} before the first")
    # Debian 12's libraries take 6 MiB; what those of newer systems take more (Debian 13: 5) is not ours to save.
    assert used - max(0, before - 6 * 1024) < 64 * 1024


def no_more_threads():
    if os.getuid() == 0:                                    # whom no limit holds
        os.setgroups([])
        os.setuid(65534)
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))


@pytest.mark.skipif("asan" in CADENCE, reason="sanitizers want threads of their own")
@pytest.mark.parametrize("source", [["-"], ["--demo"], ["--kafka", "localhost:1"]])
def test_where_no_thread_can_be_had_it_says_so(source):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # where that user may look
        os.chmod(folder, 0o755)
        program = shutil.copy(CADENCE, folder)
        r = subprocess.run([program, "--report", "text", *source], input=PLAY % (1704067200000, 1, 1), capture_output=True, timeout=60,
                           preexec_fn=no_more_threads)
    assert r.returncode == 1 and r.stdout == b""
    assert r.stderr == b"cadence: cannot start a thread: resource temporarily unavailable\n"


@pytest.mark.skipif("asan" in CADENCE, reason="sanitizers want address space of their own")
@pytest.mark.parametrize("limit, most", [("-v", range(20000, 80000, 5000)), ("-n", range(6, 14))])
def test_where_little_can_be_had_it_says_so(tmp_path, limit, most):
    """Of address space (for the stacks of threads) or of descriptors: no signal ends it."""
    path = tmp_path / "plays"
    path.write_bytes(plays(3))
    ends = set()
    for n in most:
        r = subprocess.run(["bash", "-c", f'ulimit {limit} {n}; exec "$0" --report json "$1"', CADENCE, path], capture_output=True, timeout=60)
        assert r.returncode in (0, 1, 127) and r.stderr.count(b"\n") == (r.returncode != 0), (n, r)  # 127: not even its libraries
        ends.add(r.returncode)
    assert 0 in ends and len(ends) > 1


def can_open(path):
    try:
        with open(path, "rb"):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not can_open("/proc/kmsg"), reason="who may not read the kernel's log has no file that never answers")
@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_read_that_never_returns_holds_nobody(number, code):
    """As from a file server that hangs."""
    with open("/proc/kmsg", "rb") as log, started("--report", "json", stdin=log) as p:
        time.sleep(1)
        p.send_signal(number)
        out, err = p.communicate(timeout=10)
    assert p.returncode == code and json.loads(out)["schema"], err


def followed(path, first=b""):
    """The report's input and what was said, of a path followed to which `first` was written and that became another file then."""
    with started("--report", "json", "--follow", path) as p:
        if first:
            path.write_bytes(first)
        time.sleep(1)
        path.unlink()
        path.write_bytes(plays(50))
        time.sleep(2)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=10)
    return json.loads(out)["input"], err


def test_a_followed_file_that_fails_is_tried_again(tmp_path):
    """As one of a file server that has gone for a while. It is told once."""
    path = tmp_path / "plays"
    path.symlink_to("/proc/self/mem")                       # can be opened, and not be read at its beginning
    got, said = followed(path)
    assert got["plays"] == 50 and said.count(b"was read up to where it fails") == 1, said


def test_a_pipe_that_is_followed_may_become_a_file(tmp_path):
    path = tmp_path / "plays"
    os.mkfifo(path)
    got, said = followed(path, plays(10))
    assert got["lines"] == 60, said
