#!/usr/bin/python3
"""Everything that is measured, in one run: prints a table, and writes it to docs/benchmarks/.

    bench/run.py [--quick] [--only SECTION]… [--directory DIR] [--build DIR] [--out DIR] [--draw]

Sections: in-process, gate, auth-request, peers, start, git, issuing. With --only, the figures of the
other sections stay as the last run left them. --draw measures nothing and writes the pages again.
Needs two cores for honest figures. What cannot be measured is a row that says why, and the exit status is 1.
A full run takes most of an hour, and some 30 GB of disk for the store of ten million credentials.
"""

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from suite import gate, in_process, pages, peer_rows, startup, table, transfers  # noqa: E402
from suite.conditions import conditions  # noqa: E402
from suite.figures import Report, missing  # noqa: E402
from suite.latchkey import Programs  # noqa: E402
from suite.processes import say  # noqa: E402
from suite.run import FULL, QUICK, Run  # noqa: E402

# Name, the sections of its rows begin with, what measures it.
SECTIONS = {
    "in-process": ("In process", in_process.measure),
    "gate": ("Gate", gate.measure),
    "auth-request": ("nginx auth_request", gate.measure_auth_request),
    "peers": (peer_rows.SECTION, peer_rows.measure),
    "start": (startup.SECTION, startup.measure),
    "git": ("Git", transfers.measure_git),
    "issuing": ("Durable credentials issued", transfers.measure_issuing),
}


def measure(run, names):
    figures = []
    for name in names:
        title, function = SECTIONS[name]
        print(f"== {title}", file=sys.stderr, flush=True)
        try:
            figures += function(run)
        except Exception as error:  # Whatever it is: the others are measured, and the row says so.
            traceback.print_exc()
            figures.append(missing(title, name, error))
    return figures


def merged(old, new, names):
    """The figures of a run of some sections among those of the last run."""
    kept = [
        one
        for one in old
        if not any(one.section.startswith(SECTIONS[name][0]) for name in names)
    ]
    titles = [title for title, _ in SECTIONS.values()]

    def place(figure):
        return next((i for i, title in enumerate(titles) if figure.section.startswith(title)), len(titles))

    return sorted([*kept, *new], key=place)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="minutes: fewer rounds, tokens and credentials")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), default=[])
    parser.add_argument("--directory", type=Path, help="a directory on the disk to measure")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/benchmarks")
    parser.add_argument("--draw", action="store_true", help="write the pages again from figures.json")
    for name in ("rounds", "seconds", "tokens"):
        parser.add_argument(f"--{name}", type=int, help="instead of the run's own count")
    parser.add_argument("--sizes", type=int, nargs="+", help="how many credentials, in process and at starts")
    options = parser.parse_args()
    if options.draw:
        report = pages.read(options.out)
        quick = any("quick" in value for _, value in report.conditions)
        pages.write(report, options.out, quick)
        print(table.as_text(report.figures))
        return 0
    if (os.cpu_count() or 1) < 2:
        say("one core alone: server and load generator share it, so the figures mean little")
    counts = QUICK if options.quick else FULL
    for name in ("rounds", "seconds", "tokens", "sizes"):
        if getattr(options, name):
            setattr(counts, name, getattr(options, name))
    if options.sizes:
        counts.verify = [*QUICK.verify, *(f"--size={size}" for size in options.sizes)]
    names = options.only or list(SECTIONS)
    with tempfile.TemporaryDirectory(prefix="latchkey-bench-", dir=options.directory) as made:
        run = Run(Path(made), Programs(options.build.resolve()), counts)
        report = Report(conditions(run, ROOT))
        figures = measure(run, names)
    old = pages.read(options.out).figures if options.only and (options.out / "figures.json").exists() else []
    report.add(merged(old, figures, names))
    pages.write(report, options.out, counts.quick)
    print(table.as_text(figures))
    return 1 if any(one.missing for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
