"""The two benchmarks that also run alone: what they measured, as rows."""

import json
import subprocess
import sys
from pathlib import Path

from suite.figures import Figure

HERE = Path(__file__).resolve().parent.parent


def run_script(run, name, *words):
    done = subprocess.run(
        [sys.executable, HERE / name, "--json", "--bin", run.programs.latchkey, "--directory", run.directory, *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def spread_of(section, name, unit, values, **more):
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Figure(section, name, unit, median, ordered[0], ordered[-1], len(ordered), **more)


def measure_git(run):
    counts = run.counts
    document = run_script(
        run, "git_transfer.py", "--size", str(counts.git_mib), "--rounds", str(counts.git_rounds)
    )
    section = f"Git, {counts.git_mib} MiB of random bytes"
    ours, theirs = document["Latchkey"], document["git http-backend, nginx"]
    made = []
    for what in ("push", "clone"):
        made.append(spread_of(section, f"git http-backend, nginx: {what}", "s", theirs[what]))
        figure = spread_of(section, f"Latchkey: {what}", "s", ours[what], ratio_of="git http-backend")
        figure.ratio = figure.median / made[-1].median
        figure.target, figure.met = "at most 1", figure.ratio <= 1
        made.append(figure)
    grown = Figure(section, "Latchkey: memory beyond that at rest", "MiB", ours["grown_mib"])
    grown.low = grown.high = grown.median
    grown.rounds, grown.target, grown.met = 1, "at most 64", grown.median <= 64
    return [*made, grown]


def measure_issuing(run):
    document = run_script(
        run, "issue_rate.py", "--seconds", str(run.counts.issue_seconds), "--rounds", "3"
    )
    section = "Durable credentials issued"
    plain = None
    made = []
    for name, one in document.items():
        figure = spread_of(section, name, "per second", one["per_second"])
        if "milliseconds" in one:
            figure.note = "p50 {p50:.1f} ms, p99 {p99:.1f} ms".format(**one["milliseconds"])
        if name.startswith("SQLite"):
            plain = figure
        if name.startswith("Latchkey") and plain:
            figure.ratio, figure.ratio_of = figure.median / plain.median, plain.name
            if "64" in name:
                figure.target, figure.met = "at least 20", figure.ratio >= 20
        made.append(figure)
    return made
