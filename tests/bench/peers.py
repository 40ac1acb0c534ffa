"""Who is measured: Cadence over inputs of every kind, and the peers that are there.

Peers are found, not vendored: mawk, goaccess, agrind (`cargo install ag`) on the PATH or in
~/.cargo/bin; duckdb and pandas in this Python. Those that are missing are left out.
"""
import collections
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time

ONE, TWO = ["taskset", "-c", "0"], ["taskset", "-c", "0,1"]

# peer: measured in fewer rounds
Run = collections.namedtuple("Run", "name command peer", defaults=[True])

DUCKDB_ONCE = """
import duckdb, sys
duckdb.sql(f"create temp table t as select userId, level, artist, song from read_json('{sys.argv[1]}', "
           "format='newline_delimited', columns={userId: 'BIGINT', level: 'VARCHAR', artist: 'VARCHAR', song: 'VARCHAR'})")
for q in ("select level, count(distinct userId) from t group by 1",
          "select artist, song, count(*) n from t group by 1, 2 order by n desc limit 10",
          "select artist, count(*) n from t group by 1 order by n desc limit 10"):
    duckdb.sql(q).fetchall()
"""
DUCKDB = """
import duckdb, sys
t = f"read_json_auto('{sys.argv[1]}', format='newline_delimited')"
for q in (f"select level, count(distinct userId) from {t} group by 1",
          f"select artist, song, count(*) n from {t} group by 1, 2 order by n desc limit 10",
          f"select artist, count(*) n from {t} group by 1 order by n desc limit 10"):
    duckdb.sql(q).fetchall()
"""
PANDAS = """
import pandas as pd, sys
d = pd.read_json(sys.argv[1], lines=True)
d['week'] = pd.to_datetime(d.ts, unit='ms').dt.isocalendar().week
d.drop_duplicates('userId', keep='last').groupby('level').userId.nunique()
d.groupby(['artist', 'song']).size().nlargest(10)
d.groupby('artist').size().nlargest(10)
d.groupby('state').userId.nunique()
d.groupby(['week', 'userId']).duration.sum().groupby('week').describe()
d.groupby('userId').duration.sum().nlargest(10)
"""
AGRIND = ["* | json | count_distinct(userId) by level", "* | json | count by artist, song | sort by _count desc | limit 10",
          "* | json | count by artist | sort by _count desc | limit 10"]


def make_data(build, folder, count):
    """The same plays plain, compressed, 5 % damaged, and as page views. Returns the plain file."""
    sim = [str(build / "cadence-sim"), "--quiet", "--format", "fork", "-n", "25000", "--events", str(count)]
    for name, args in (("events", ["--stream", "listen_events"]), ("pages", ["--stream", "page_view_events"]),
                       ("dirty", ["--stream", "listen_events", "--dirty", "0.05"])):
        with open(folder / name, "wb") as out:
            subprocess.run(sim + args, stdout=out, check=True)
    subprocess.run(["gzip", "-1", "-k", str(folder / "events")], check=True)
    return folder / "events"


def goaccess_log(events, path):
    """As many lines of a web log, for GoAccess: the same users, songs and user agents."""
    with open(events, encoding="utf-8") as src, open(path, "w", encoding="utf-8") as out:
        for line in src:
            e = json.loads(line)
            u = e["userId"]
            out.write('10.%d.%d.%d - - [%s +0000] "GET /%s HTTP/1.1" 200 512 "-" "%s"\n' % (
                u >> 16 & 255, u >> 8 & 255, u & 255, time.strftime("%d/%b/%Y:%H:%M:%S", time.gmtime(e["ts"] / 1000)),
                e["song"].replace(" ", "_").replace('"', ""), e["userAgent"].replace('"', "")))


def ours(build, folder):
    cadence, ingest = str(build / "cadence"), str(build / "bench/ingest")
    report = [cadence, "--report", "json"]
    events = str(folder / "events")
    return [Run(name, command, False) for name, command in (
        ("cadence, one core", ONE + report + [events]),
        ("cadence, two cores", TWO + report + [events]),
        ("bare scan loop, one core", ONE + [ingest, events, "loop"]),
        ("cadence, from a pipe", TWO + ["sh", "-c", f"cat {events} | {cadence} --report json"]),
        ("cadence, .gz", TWO + report + [events + ".gz"]),
        ("zcat alone", ["zcat", events + ".gz"]),
        ("cadence, 5 % damaged", TWO + report + [str(folder / "dirty")]),
        ("cadence, page views", TWO + report + [str(folder / "pages")]),
    )]


def peers(folder):
    """Those that are there, and the names of those that are not."""
    events, run, missing = str(folder / "events"), [], []
    found = {name: shutil.which(name, path=os.environ["PATH"] + os.pathsep + os.path.expanduser("~/.cargo/bin"))
             for name in ("mawk", "goaccess", "agrind")}
    if found["mawk"]:
        run.append(Run("mawk counting one field", ONE + [found["mawk"], "-F\"", "{c[$4]++} END{print length(c)}", events]))
    if found["goaccess"]:
        goaccess_log(events, folder / "web.log")
        run.append(Run("goaccess, a web log of as many lines", [found["goaccess"], str(folder / "web.log"),
                                                                "--log-format=COMBINED", "-o", str(folder / "o.json")]))
    if found["agrind"]:
        script = "; ".join(f"'{found['agrind']}' -f {events} '{q}'" for q in AGRIND)
        run.append(Run("agrind, three queries", ["sh", "-ec", script]))
    missing += [name for name, path in found.items() if not path]
    for module, scripts in (("duckdb", {"duckdb, three queries": DUCKDB, "duckdb, read once": DUCKDB_ONCE}),
                            ("pandas", {"pandas, the old dashboard": PANDAS})):
        if importlib.util.find_spec(module):
            run += [Run(name, [sys.executable, "-c", code, events]) for name, code in scripts.items()]
        else:
            missing.append(module)
    return run, missing
