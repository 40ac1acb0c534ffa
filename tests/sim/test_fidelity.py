"""cadence-sim beside EventSim's own output: the same shares, within a few percent.

The real runs: 2,000 users from 2024-01-01 on, a service that grows by 30 % a year, the first 20,000
lines of each. Ten simulated ones, cut off at the same hour, say what a run of that size is like:
their mean has to agree within the limits below, and where chance alone moves a figure by more (a few
users with hundreds of plays make an hour of the day), within the spread of the ten.
"""
import statistics

import pytest

import eventsim_stats as es

pytestmark = pytest.mark.skipif(es.shared_data() is None,
                                reason="no EventSim output: set CADENCE_SHARED to the folder that has "
                                       "data/eventsim-original.jsonl.gz")
RUNS = 10
OPTIONS = ["-n", "2000", "-g", "0.3", "-s", "2024-01-01"]
NEAR = 0.01        # of the whole: one percent


@pytest.fixture(scope="module")
def original():
    runs = [es.simulated(*OPTIONS, "-e", "2024-01-05T14:02", "-r", str(seed)) for seed in range(1, RUNS + 1)]
    return es.real("eventsim-original"), runs


@pytest.fixture(scope="module")
def fork():
    real = es.real("eventsim-fork-page_view_events")
    runs = [es.simulated(*OPTIONS, "-e", "2024-01-05T16:21", "-r", str(seed), "--stream", "page_view_events")
            for seed in range(1, RUNS + 1)]
    return real, runs


def beside(name, data, figure, near=NEAR, relative=0.0, sigmas=3.0):
    """Prints the figures of both, and asserts that they agree."""
    real, runs = figure(data[0]), [figure(run) for run in data[1]]
    wrong = []
    print(f"\n{name:32} {'EventSim':>10} {'simulated':>10} {'spread':>9}")
    for key in sorted(real, key=lambda k: (-real[k], str(k)) if isinstance(k, str) else (0, k)):
        values = [run.get(key, 0) for run in runs]
        mean, spread = statistics.mean(values), statistics.stdev(values)
        allowed = max(near, relative * abs(real[key]), sigmas * spread)
        ok = abs(mean - real[key]) <= allowed
        print(f"{str(key):32} {real[key]:10.4f} {mean:10.4f} {spread:9.4f} {'' if ok else '  <-- apart'}")
        if not ok:
            wrong.append(key)
    assert not wrong, f"{name}: apart at {wrong}"


def test_pages(original):
    beside("page", original, lambda s: es.shares(r["page"] for r in s), near=0.005)


def test_pages_of_the_fork(fork):
    # The fork's site lets one login in eleven fail, the example's hardly any: Home is rarer there.
    beside("page (fork)", fork, lambda s: es.shares(r["page"] for r in s), near=0.025)


def test_auth_method_status(original):
    beside("auth", original, lambda s: es.shares(r["auth"] for r in s), near=0.005)
    beside("method, status", original, lambda s: es.shares(f"{r['method']} {r['status']}" for r in s),
           near=0.005)


def test_levels(original):
    beside("level of users", original, lambda s: es.shares(r["level"] for r in es.users(s).values()), near=0.02)
    beside("level of records", original, lambda s: es.shares(r["level"] for r in s), near=0.02)


def test_genders_and_devices(original):
    beside("gender", original, lambda s: es.shares(r["gender"] for r in es.users(s).values()), near=0.02)
    beside("device", original, lambda s: es.shares(es.device(r["userAgent"]) for r in es.users(s).values()),
           near=0.02)


def test_states(original, fork):
    def states(records):
        return es.shares(es.state(r) for r in es.users(records).values())
    # 1,200 users in fifty states: chance alone moves the large ones by a point and more.
    beside("state", original, states, near=0.02)
    beside("state (fork)", fork, states, near=0.02)


def test_volumes(original):
    def volumes(records):
        return {"records": len(records), "plays": len(es.plays(records)),
                "users": len(es.users(records)), "sessions": len({r["sessionId"] for r in records})}
    beside("volume", original, volumes, relative=0.05)


def test_events_per_session_and_user(original):
    beside("events a session, quantile", original, lambda s: es.quantiles(es.per(s, "sessionId")), relative=0.05)
    beside("events a user, quantile", original,
           lambda s: es.quantiles(es.per([r for r in s if r["userId"]], "userId")), relative=0.05)


def test_song_ranks(original):
    beside("share of the first n songs", original, lambda s: es.rank_shares(es.plays(s)), near=0.01)
    beside("songs and artists heard", original, lambda s: {
        "songs": len({(r["artist"], r["song"]) for r in es.plays(s)}),
        "artists": len({r["artist"] for r in es.plays(s)})}, relative=0.05)


def test_song_lengths(original):
    beside("length, quantile", original, lambda s: es.quantiles([r["length"] for r in es.plays(s)]), relative=0.05)


def test_text_as_it_is(original):
    """Damage of the song file, as shares of plays."""
    def damage(records):
        texts = [r["artist"] + "\n" + r["song"] for r in es.plays(records)]
        return {k: sum(any(map(f, t)) for t in texts) / len(texts) for k, f in (
            ("not ASCII", lambda c: ord(c) > 127), ("C1 control", lambda c: 0x80 <= ord(c) < 0xa0),
            ("C0 control", lambda c: ord(c) < 32 and c != "\n"), ("quote", lambda c: c == '"'),
            ("parenthesis", lambda c: c == "("), ("underscore", lambda c: c == "_"))}
    beside("in artist or song", original, damage, near=0.01)


def test_hours_and_days(original):
    beside("hour of day", original, lambda s: es.shares(es.hour(r) for r in s), near=0.01)
    beside("day of week", original, lambda s: es.shares(es.weekday(r) for r in s), near=0.02)


def test_redirects_and_song_ends():
    """The model's timing, which real output shows without exception."""
    for records in (es.real("eventsim-original"), es.simulated(*OPTIONS, "-e", "2024-01-05")):
        by = {(r["sessionId"], r["itemInSession"]): r for r in records}
        for (session, item), r in by.items():
            then = by.get((session, item + 1))
            if then and then["status"] == 307:
                assert then["ts"] - r["ts"] == 1000
            if then and r["page"] == then["page"] == "NextSong":
                assert then["ts"] - r["ts"] == int(r["length"]) * 1000


def test_weeks_over_six_weeks():
    """What eventsim.md measured of 2,000 users in six weeks."""
    def figures(seed):
        records = es.simulated("-n", "2000", "-g", "0.3", "-s", "2024-01-01", "-e", "2024-02-12", "-r", seed)
        starts = [r for r in records if r["itemInSession"] == 0]
        day = es.shares(es.weekday(r) for r in starts if r["ts"] >= 1704672000000)
        peak = es.shares(es.hour(r) for r in starts)
        sessions, per_user = es.per(records, "sessionId"), es.per([r for r in records if r["userId"]], "userId")
        return {"records": len(records), "sessions": len(sessions),
                "events a session": statistics.mean(sessions),
                "median of it": statistics.median(sessions), "p90": es.quantiles(sessions)[0.9],
                "median events a user": statistics.median(per_user),
                "15:00 to 03:00": peak[15] / peak[3],
                "weekend to weekday": (day[5] + day[6]) / 2 / (sum(day[d] for d in range(5)) / 5),
                "level changes": sum(r["page"] in ("Submit Upgrade", "Submit Downgrade") for r in records)}
    measured = {"records": 204_933, "sessions": 25_268, "events a session": 8.1, "median of it": 2, "p90": 21,
                "median events a user": 27, "15:00 to 03:00": 3.9, "weekend to weekday": 0.55,
                "level changes": 154}
    runs = [figures(str(seed)) for seed in range(1, 6)]
    beside("six weeks", (measured, runs), lambda x: x, near=0, relative=0.08)


def test_records_have_the_same_fields_in_the_same_order():
    def shapes(records):
        out = {}
        for r in records:
            out.setdefault((tuple(r), tuple(type(v).__name__ for v in r.values())), r)
        return set(out)
    sim = es.simulated("-n", "3000", "-g", "0.3", "-s", "2024-01-01", "-e", "2024-01-15")
    assert shapes(sim) == shapes(es.real("eventsim-original"))
    for stream in ("listen_events", "page_view_events", "auth_events", "status_change_events"):
        users = "20000" if stream == "auth_events" else "3000"  # here hardly any login fails
        sim = es.simulated("-n", users, "-g", "0.3", "-s", "2024-01-01", "-e", "2024-01-15", "--stream", stream)
        assert shapes(sim) == shapes(es.real(f"eventsim-fork-{stream}")), stream
