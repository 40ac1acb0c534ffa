#!/usr/bin/env python3
"""How early planted trends could be found at all: tests that know what no program can know.

  tests/trends/oracle.py [--rates 40,400,4000] [--trends N] [--alarms PER_HOUR]

Simulates the counts of planted artists minute by minute, by the planter's law (plant.c), without
the stream around them. At each report (every 5 minutes) a test looks at the minutes so far:

  knows all       the artist, its exact rate without and with the trend, and the minute in which
                  the trend begins: the likelihood ratio of all its minutes, which by Neyman and
                  Pearson no test can beat
  knows rates     the artist's exact rate without the trend, not that there is one: the smallest
                  Poisson tail of the last 1..30 minutes

Each may raise as many false alarms as are allowed in an hour over all artists tested (4,500): a
test in 12 looks an hour of each. For the likelihood ratio L that is the c at which
P0(L >= c) = E1[1/L; L >= c] has that value, over trends of all sizes at the same age.
"""
import argparse, math
import numpy as np

ARTISTS, RAMP, TESTED, LOOKS = 5000, 10, 4500, 12
AGE = 90        # minutes looked at after the beginning
BEFORE = 30     # and before
SCAN = 30


def trends(rng, n, rate):
    """Rates a minute without, and what the trend adds: [n, BEFORE + AGE]; start minute mod 5."""
    rank = rng.integers(150, ARTISTS, n)
    start = rng.integers(720, 30 * 60 - 90, n)
    per_minute = np.floor(np.exp(rng.uniform(math.log(15), math.log(240), n)) * math.sqrt(max(1, rate / 2000))) / 30
    minute = np.arange(-BEFORE, AGE)
    hour = (rng.integers(0, 24, n)[:, None] + (start[:, None] + minute) / 60) % 24
    share = 1 / (rank + 3) / sum(1 / (r + 3) for r in range(ARTISTS))
    base = rate * (1 + .6 * np.sin((hour - 14) / 24 * 2 * np.pi)) * share[:, None]
    return base, per_minute[:, None] * np.clip(minute / RAMP, 0, 1), start % 5


def counts(rng, base, added):
    whole = np.floor(added)
    return rng.poisson(base) + whole + (rng.random(added.shape) < added - whole)


def delays(found, phase):
    """`found` [n, AGE + 1] by age; reports fall on the ages that the phase of the start allows."""
    age = np.arange(AGE + 1)
    hit = found & ((age[None, :] + phase[:, None]) % 5 == 0) & (age > 0)
    delay = np.where(hit.any(1), hit.argmax(1), math.inf)
    return f"{np.median(delay):.1f} min ({100 * np.mean(delay <= 10):.0f} %)"


def log_ratio(x, base, added):
    """ln L of the minutes before each age: [n, AGE + 1]."""
    x, base, added = x[:, BEFORE:], base[:, BEFORE:], added[:, BEFORE:]
    steps = x * np.log1p(added / base) - added
    return np.concatenate([np.zeros((len(x), 1)), np.cumsum(steps, 1)], 1)


def knows_all(rng, n, rate, allowed):
    base, added, _ = trends(rng, 40 * n, rate)
    drawn = log_ratio(rng.poisson(base + added), base, added)  # under the alternative, for E1[1/L]
    base, added, phase = trends(rng, n, rate)
    ratio = log_ratio(counts(rng, base, added), base, added)
    limit = np.full(AGE + 1, np.inf)
    for age in range(1, AGE + 1):
        v = np.sort(drawn[:, age])[::-1]
        tail = np.cumsum(np.exp(-v)) / len(v)
        n_in = np.searchsorted(tail, allowed, side="right")
        limit[age] = v[n_in - 1] if n_in else np.inf
    return delays(ratio >= limit, phase)


def poisson_tail(k, mean):
    """P(X >= k), in logarithm: by its first terms, k above the mean."""
    log_fact = np.concatenate([[0], np.cumsum(np.log(np.arange(1, 4000)))])
    k = k.astype(int)
    first = k * np.log(mean) - mean - log_fact[k]
    term, total = np.ones_like(mean), np.ones_like(mean)
    for i in range(1, 25):
        term = term * mean / (k + i)
        total = total + term
    return np.where(k > mean, first + np.log(total), 0.)


def best_tail(x, base, ages):
    zero = np.zeros((len(x), 1))
    cx, cb = (np.concatenate([zero, np.cumsum(v, 1)], 1) for v in (x, base))
    best, at = np.zeros((len(x), len(ages))), BEFORE + ages
    for w in range(1, SCAN + 1):
        best = np.minimum(best, poisson_tail(cx[:, at] - cx[:, at - w], cb[:, at] - cb[:, at - w]))
    return best


def knows_rates(rng, n, rate, allowed):
    """A p as small as allowed is too rare to be simulated; what the choice of windows adds to it is
    taken from 1e-3, where it is no smaller."""
    base, _, _ = trends(rng, 4 * n, rate)
    best = best_tail(rng.poisson(base).astype(float), base, np.arange(0, AGE + 1, 10))
    factor = max(1., np.mean(best <= math.log(1e-3)) / 1e-3)
    base, added, phase = trends(rng, n, rate)
    found = best_tail(counts(rng, base, added), base, np.arange(AGE + 1)) <= math.log(allowed / factor)
    return delays(found, phase)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rates", default="40,400,4000")
    ap.add_argument("--trends", type=int, default=2000)
    ap.add_argument("--alarms", default="0.1,1")
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    print("| stream | false alarms/h allowed | knows all (found by 10 min) | knows rates |\n|---|---|---|---|")
    for rate in map(int, a.rates.split(",")):
        for alarms in map(float, a.alarms.split(",")):
            rng = np.random.default_rng(a.seed)
            allowed = alarms / LOOKS / TESTED
            print(f"| {rate} a minute | {alarms:g} | {knows_all(rng, a.trends, rate, allowed)} | "
                  f"{knows_rates(rng, a.trends, rate, allowed)} |", flush=True)


if __name__ == "__main__":
    main()
