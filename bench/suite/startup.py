"""How long a start takes, and how much memory, with very many credentials."""

import shutil

from suite.figures import Figure, of_rounds
from suite.gate import measure_growth
from suite.latchkey import Installation

SECTION = "Start"
SECONDS_MAX, BYTES_MAX, GROWTH_MAX = 15, 100, 1.15


def measure(run):
    made, costs = [], {}
    for size in [1_000, *run.counts.sizes]:
        installation = Installation(run.programs, run.directory / f"start-{size}")
        filled = installation.fill(size, min(size, 100_000))
        on_disk = sum(path.stat().st_size for path in installation.data.rglob("*") if path.is_file())
        seconds, peaks = [], []
        for number in range(run.counts.starts):
            # Free to use both cores while it starts; the last one serves, on one.
            last = number + 1 == run.counts.starts
            seconds.append(installation.start(core=None))
            peaks.append(installation.server.peak_mib())
            if not last:
                installation.stop()
        if size > 1_000:
            note = f"until the gate accepts; {on_disk / 2**30:.1f} GiB of files, made in {filled:.0f} s, in the page cache"
            figure = of_rounds(SECTION, f"{size:,} credentials, seconds", "s", seconds, note=note)
            if size >= 10_000_000:
                figure.target, figure.met = f"under {SECONDS_MAX} s", figure.median < SECONDS_MAX
            made.append(figure)
            per = f"{peaks[-1] * 2**20 / size:.0f} bytes a credential, the program and its start included"
            made.append(of_rounds(SECTION, f"{size:,} credentials, peak memory", "MiB", peaks, note=per))
        installation.stop()
        installation.start()
        growth = measure_growth(SECTION, run, installation, size)
        costs[size] = growth[0].median
        made += growth
        installation.stop()
        shutil.rmtree(installation.directory)
    least, most = min(costs), max(costs)
    growth = Figure(SECTION, f"Gate among {most:,} ÷ among {least:,}", "ratio", costs[most] / costs[least])
    growth.low = growth.high = growth.ratio = growth.median
    growth.target, growth.met = f"at most {GROWTH_MAX}", growth.median <= GROWTH_MAX
    return [*made, growth]
