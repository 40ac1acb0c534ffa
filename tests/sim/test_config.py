"""EventSim's configuration files: what they say is what happens, and what is wrong in them is told."""
import collections
import copy
import json

import pytest

from test_command import lines, one_line, sim


def node(page, auth="in", level="free", method="GET", status=200):
    return {"page": page, "method": method, "status": status, "auth": auth, "level": level}


def edge(a, b, p):
    return {"source": a, "dest": b, "p": p}


HOME, SONG, BYE = node("Home"), node("NextSong", method="PUT"), node("Bye", auth="gone")
CONFIG = {
    "seed": 5, "alpha": 60.0, "beta": 86400.0, "damping": 0.0, "weekend-damping": 0.0,
    "weekend-damping-offset": 180, "weekend-damping-scale": 360, "session-gap": 1800,
    "churned-state": "gone", "n-users": 200, "first-user-id": 77, "growth-rate": 0.0, "tag": "T",
    "start-date": "2023-03-01T00:00:00", "end-date": "2023-04-01T00:00:00",
    "show-user-details": [{"auth": "in", "show": True}, {"auth": "gone", "show": False}],
    "levels": [{"level": "free", "weight": 3}, {"level": "paid", "weight": 1}],
    "auths": [{"auth": "in", "weight": 1}],
    "new-session": [dict(HOME, weight=10), dict(node("Home", level="paid"), weight=1)],
    "new-user-auth": "in", "new-user-level": "free", "upgrades": [], "downgrades": [],
    "transitions": [edge(HOME, SONG, 0.75), edge(SONG, SONG, 0.5), edge(SONG, BYE, 0.01),
                    edge(node("Home", level="paid"), node("NextSong", level="paid", method="PUT"), 1)],
}


def write(tmp_path, config):
    path = tmp_path / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return str(path)


def test_it_is_obeyed(tmp_path):
    records = [json.loads(x) for x in lines("-q", "-c", write(tmp_path, CONFIG))]
    ids = {int(r["userId"]) for r in records if r["userId"]}
    assert min(ids) == 77 and max(ids) == 276
    assert records[0]["ts"] >= 1677628800000 and records[-1]["ts"] < 1680307200000
    assert {r.get("tag") for r in records if r["userId"]} == {"T"}
    sessions = collections.defaultdict(list)
    for r in records:
        sessions[r["sessionId"]].append(r)
    free = [s for s in sessions.values() if s[0]["level"] == "free" and s[0]["itemInSession"] == 0
            and s[0]["ts"] < 1680220800000]
    assert all(s[0]["page"] == "Home" for s in free)
    goes_on = sum(len(s) > 1 for s in free) / len(free)
    assert goes_on == pytest.approx(0.75, abs=0.03)
    steps = [(a, b) for s in free for a, b in zip(s, s[1:] + [None]) if a["page"] == "NextSong"]
    again = sum(b is not None and b["page"] == "NextSong" for _, b in steps) / len(steps)
    assert again == pytest.approx(0.5, abs=0.03)
    byes = [r for r in records if r["page"] == "Bye"]
    assert byes and all(r["userId"] == "" and r["auth"] == "gone" for r in byes)
    left = {s[-2]["userId"]: s[-1]["ts"] for s in sessions.values() if len(s) > 1 and s[-1]["page"] == "Bye"}
    assert left and all(r["ts"] <= left[r["userId"]] for r in records if r["userId"] in left)
    paid = len({s[0]["userId"] for s in sessions.values() if s[0]["level"] == "paid"})
    assert 0.15 < paid / 200 < 0.35


def test_the_command_line_overrides(tmp_path):
    path = write(tmp_path, CONFIG)
    records = [json.loads(x) for x in lines("-q", "-n", "10", "-u", "1", "-s", "2023-03-10", "-c", path)]
    assert {int(r["userId"]) for r in records if r["userId"]} <= set(range(1, 11))
    assert records[0]["ts"] >= 1678406400000
    assert lines("-q", "-c", path) == lines("-q", "-r", "5", "-c", path) != lines("-q", "-r", "6", "-c", path)


def test_numbers_alone_keep_the_built_in_site(tmp_path):
    path = write(tmp_path, {"n-users": 40, "seed": 3})
    assert lines("-q", "-c", path) == lines("-q", "-n", "40", "-r", "3")


def changed(path, value):
    config = copy.deepcopy(CONFIG)
    at = config
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return config


@pytest.mark.parametrize("config, words", [
    ("{", ["not JSON"]),
    ('{"seed": 1} trailing', ["not JSON"]),
    ('{\n"alpha": 90,\n"beta": oops}', ["not JSON", "line 3"]),
    ("[1]", ["not a JSON object"]),
    ("", ["not JSON"]),
    (changed(["alpha"], "fast"), ["alpha", "number"]),
    (changed(["n-users"], 1.5), ["n-users"]),
    (changed(["start-date"], "2023-02-30T00:00:00"), ["start-date"]),
    (changed(["transitions"], []), ["transitions"]),
    (changed(["levels"], None), ["levels"]),
    (changed(["transitions", 0, "p"], 1.5), ["transitions, number 1", "p"]),
    (changed(["transitions", 1, "p"], 0.995), ["NextSong", "above 1"]),
    (changed(["transitions", 2, "dest", "page"], 7), ["transitions, number 3", "page"]),
    (changed(["transitions", 2, "dest"], None), ["transitions, number 3"]),
    (changed(["new-session", 0, "status"], "ok"), ["new-session, number 1", "status"]),
    (changed(["new-session", 1, "weight"], -1), ["new-session, number 2", "weight"]),
    (changed(["churned-state"], None), ["Bye", "new-session"]),
    (changed(["auths", 0, "weight"], 0), ["auth"]),
    (changed(["new-user-auth"], "Nobody"), ["Nobody"]),
    (changed(["new-user-auth"], "No\x1b[2Jbody"), ["No?[2Jbody"]),
])
def test_what_is_wrong_is_told(tmp_path, config, words):
    one_line(sim("-c", write(tmp_path, config)), 1, "config.json", *words)


def test_keys_that_mean_nothing_are_told(tmp_path):
    run = sim("-q", "-c", write(tmp_path, CONFIG | {"growth_rate": 1, "\x1b[31m": 2}), "--events", "1")
    assert run.returncode == 0 and run.stdout.count(b"\n") == 1
    assert run.stderr.decode().endswith('config.json: no notice is taken of "growth_rate", "?[31m"\n')
    assert sim("-q", "-c", write(tmp_path, CONFIG), "--events", "1").stderr == b""
    many = sim("-q", "-c", write(tmp_path, {"x" * 50 + str(i): i for i in range(999)}), "--events", "1")
    assert many.returncode == 0 and 100 < len(many.stderr) < 700


def test_no_such_file():
    one_line(sim("-c", "/no/such/config.json"), 1, "/no/such/config.json", "No such file")


def test_pauses_shorter_than_the_day_pulls_back(tmp_path):
    """A session every hour and less: the day's cycle would put most of them before the one they follow."""
    path = write(tmp_path, {"beta": 600, "session-gap": 0})
    out = lines("-q", "-c", path, "-n", "20", "-e", "2024-01-03", "--events", "500")
    times = [json.loads(line)["ts"] for line in out]
    assert len(times) == 500 and times == sorted(times)
