#!/usr/bin/env python3
"""How true, early and cheap the trends are: planted streams, and streams that hold none.

  tests/bench/trends.py [--build DIR] [--seeds 101-110] [--rates 40,400,4000] [--only WORD] [--every MINUTES]

Each stream is made by tests/trends/plant.c (the law of the reference's planter), counted by
tests/trends/driver.c (the engine alone), reported every 5 minutes of event time (or so many) and scored
against what was planted, by the reference's rules. Prints the tables of doc/trends.md.
"""
import argparse, gzip, json, math, os, re, statistics, struct, subprocess, tempfile

WARM_H = 12


def score(truth, lines, warm_h=WARM_H):
    """The reference's scorer, and what it had to work with."""
    t0, trends = truth["t0"], truth["trends"]
    prec, rec, seen, false, last, hours = [], [], {}, 0, set(), set()
    for r in lines:
        m = (r["input"]["last_ts"] - t0) / 60_000
        if m < warm_h * 60:
            continue
        hours.add(int(m // 60))
        top = [x["artist"] for x in r["trending"]][:10]
        live = {t["artist"] for t in trends if t["start"] <= m <= t["end"] + 30}
        due = {t["artist"] for t in trends if t["start"] + 20 <= m <= t["end"]}
        if top:
            prec.append(sum(x in live for x in top) / len(top))
        if due:
            rec.append(len(due & set(top)) / min(10, len(due)))
        for t in trends:
            if t["artist"] in top and t["start"] <= m <= t["end"] + 30:
                seen.setdefault((t["artist"], t["start"]), m - t["start"])
        false += len({x for x in top if x not in live} - last)
        last = set(top)
    delays = [seen.get((t["artist"], t["start"]), math.inf) for t in trends]
    return dict(precision=statistics.fmean(prec) if prec else math.nan,
                recall=statistics.fmean(rec) if rec else math.nan,
                delay=statistics.median(delays) if delays else math.nan,
                found=sum(d < math.inf for d in delays) / max(1, len(delays)),
                false=false, hours=len(hours))


def falling(truth, lines, warm_h=WARM_H):
    """Of those listed as falling: how many, and how many did rise in the day before and have stopped."""
    listed = true = 0
    for r in lines:
        m = (r["input"]["last_ts"] - truth["t0"]) / 60_000
        if m < warm_h * 60:
            continue
        over = {t["artist"] for t in truth["trends"] if t["end"] - 20 <= m <= t["end"] + 25.5 * 60}
        listed += len(r["trending"])
        true += sum(x["artist"] in over for x in r["trending"])
    return listed, true


def run(build, seed, rate, plant=(), driver=()):
    """Reports of one stream, its truth, and what the driver says of time and memory."""
    with tempfile.TemporaryDirectory() as d:
        truth = os.path.join(d, "truth.json")
        p = subprocess.Popen([f"{build}/tests/trend-plant", "--binary", "--seed", str(seed), "--rate",
                              str(rate), "--truth", truth, *plant], stdout=subprocess.PIPE)
        out = subprocess.run([f"{build}/tests/trend-driver", "--binary", "--time", *driver], stdin=p.stdout,
                             capture_output=True, text=True, check=True)
        p.wait()
        return json.load(open(truth)), [json.loads(l) for l in out.stdout.splitlines()], out.stderr.strip()


def row(name, scores):
    def mean(k):
        v = [s[k] for s in scores if not math.isnan(s[k])]
        return statistics.fmean(v) if v else math.nan
    false = sum(s["false"] for s in scores) / max(1, sum(s["hours"] for s in scores))
    worst = min((s["precision"] for s in scores if not math.isnan(s["precision"])), default=math.nan)
    if math.isnan(mean("recall")):  # nothing planted
        print(f"| {name} | {len(scores)} | – | – | – | – | – | {false:.3f} |", flush=True)
        return
    print(f"| {name} | {len(scores)} | {mean('precision'):.3f} | {worst:.3f} | {mean('recall'):.3f} | "
          f"{statistics.median(s['delay'] for s in scores):.1f} | {mean('found'):.2f} | {false:.3f} |", flush=True)


HEAD = ("| stream | seeds | precision at 10 | worst seed | recall at 10 | median delay, min | found | false alarms/h |\n"
        "|---|---|---|---|---|---|---|---|")
QUIET = ("--trends", "0", "--loops", "0")


def forecast_table(build, seeds, rates):
    print("\nForecasts of the next half hour\n\n| rate | forecasts | mean error, listens | of \"same as now\" | "
          "inside the 90 % interval |\n|---|---|---|---|---|")
    for rate in rates:
        n = error = same = inside = 0
        for seed in seeds:
            said = re.search(r"forecast n (\d+) error (\d+) same (\d+) inside (\d+)", run(build, seed, rate)[2])
            n, error, same, inside = (x + int(y) for x, y in zip((n, error, same, inside), said.groups()))
        print(f"| {rate} a minute | {n} | {error / n:.1f} | {same / n:.1f} | {100 * inside / n:.1f} % |", flush=True)


def kinds_table(build, seeds, rates):
    print("\nSongs, and falling artists\n\n| rate | songs: precision at 10 | median delay, min | false alarms/h | "
          "falling: listed | of a trend that ended |\n|---|---|---|---|---|---|")
    for rate in rates:
        songs = [score(*run(build, s, rate, (), ("--kind", "songs"))[:2]) for s in seeds]
        fell = [falling(*run(build, s, rate, (), ("--kind", "falling"))[:2]) for s in seeds]
        listed, true = (sum(f[i] for f in fell) for i in (0, 1))
        print(f"| {rate} a minute | {statistics.fmean(s['precision'] for s in songs):.3f} | "
              f"{statistics.median(s['delay'] for s in songs):.1f} | "
              f"{sum(s['false'] for s in songs) / sum(s['hours'] for s in songs):.3f} | {listed} | "
              f"{100 * true / listed:.1f} % |", flush=True)


REAL = (("cadence-listens", 86400, "day"), ("cadence-listens", 604800, "week"),
        ("eventsim-original", 21600, "6 h"), ("eventsim-fork-listen_events", 21600, "6 h"))


def real_plays(path):
    """Plays of real EventSim lines in the driver's binary form, in order of time."""
    plays, artists = [], {}
    with gzip.open(path, "rt", encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            if r.get("artist") and r.get("page", "NextSong") == "NextSong" and str(r.get("userId", "")):
                plays.append((int(r["ts"]), int(r["userId"]), artists.setdefault(r["artist"], len(artists))))
    return b"".join(struct.pack("<QIIBB6x", ts, user, artist, 0, 0) for ts, user, artist in sorted(plays))


def forecast_row(build, name, scale, plays):
    out = subprocess.run([f"{build}/tests/trend-forecast", scale], input=plays, capture_output=True, check=True)
    n, error, same, inside = map(float, out.stdout.split())
    if n:
        print(f"| {name} | {n:.0f} | {error / n:.2f} | {same / n:.2f} | {100 * inside / n:.1f} % |", flush=True)
    return n, error, same, inside


def top_table(build, seeds, data):
    """Forecasts of the 20 artists with the most listens, listed or not: real streams hold no trend."""
    print("\nForecasts of the 20 with the most listens\n\n| stream, window | forecasts | mean error, listens | "
          "of \"same as now\" | inside the 90 % interval |\n|---|---|---|---|---|")
    for name, window_s, word in REAL:
        path = os.path.join(data, name + ".jsonl.gz")
        if os.path.exists(path):
            scale = {21600: "2", 86400: "3", 604800: "4"}[window_s]
            forecast_row(build, f"{name}, {word}", scale, real_plays(path))
    plant = subprocess.run([f"{build}/tests/trend-plant", "--binary", "--seed", str(seeds[0]), "--rate", "400"],
                           capture_output=True, check=True)
    forecast_row(build, "planted, 400 a minute, 30 min", "1", plant.stdout)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default="build")
    ap.add_argument("--seeds", default="101-110")
    ap.add_argument("--rates", default="40,400,4000")
    ap.add_argument("--only", default="")
    ap.add_argument("--every", default="5", help="minutes between lists of planted streams")
    ap.add_argument("--data", default="../shared/data", help="where the real streams are, if anywhere")
    a = ap.parse_args()
    first, _, last = a.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    rates = [int(r) for r in a.rates.split(",")]

    def table(title, cases):
        if a.only and a.only not in title:
            return
        print(f"\n{title}\n\n{HEAD}")
        for name, rate, plant in cases:
            row(name, [score(*run(a.build, s, rate, plant, ("--every", a.every))[:2]) for s in seeds])

    table("Planted trends", [(f"{r} a minute", r, ()) for r in rates])
    table("Planted at a third of the size", [(f"{r} a minute", r, ("--size", "0.3333")) for r in rates])
    table("No trend at all", [(f"{r} a minute, {n}", r, (*QUIET, *p)) for r in rates for n, p in (
        ("steady", ("--day", "0", "--surge", "1")), ("day and night ±90 %", ("--day", "0.9", "--surge", "1")),
        ("surge of the service ×5", ("--surge", "5")))])
    table("What must not be taken for one", [(f"{r} a minute, {n}", r, ("--trends", "0", *p)) for r in rates[:2] for n, p in (
        ("40 listeners on repeat", ("--loops", "40")), ("100 bots of one state", ("--loops", "0", "--bots", "100")),
        ("stops for 3 h and resumes", ("--loops", "0", "--gap", "180")))])
    if not a.only or a.only in "Songs":
        kinds_table(a.build, seeds, rates)
    if not a.only or a.only in "Forecasts":
        forecast_table(a.build, seeds, rates)
        top_table(a.build, seeds, a.data)


if __name__ == "__main__":
    main()
