"""One decision in process, beside its floor: what verifier_bench says."""

import json
import subprocess

from suite.figures import Figure

BYTES_MAX = 100


def measure(run):
    program = run.programs.bench("verifier_bench")
    done = subprocess.run([program, *run.counts.verify], capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    rounds = document["rounds"]
    made = []
    for size in document["sizes"]:
        section = f"In process, {size['credentials']:,} credentials"
        floor = size["floor_ns"]
        spread = {name: floor[name] for name in ("cache_miss", "sha256_block")}
        for name, title in (("cache_miss", "floor: one dependent cache miss"), ("sha256_block", "floor: one SHA-256 block")):
            one = spread[name]
            made.append(Figure(section, title, "ns", one["median"], one["min"], one["max"], rounds))
        total = sum(one["median"] for one in spread.values())
        for row in size["rows_ns"]:
            for kind in ("p50", "p99", "mean"):
                made.append(decision(section, row, kind, total, rounds))
        made.append(memory(section, size))
    return made


def decision(section, row, kind, floor, rounds):
    one = row[kind]
    figure = Figure(section, f"{row['row']}, {kind}", "ns", one["median"], one["min"], one["max"], rounds)
    figure.ratio, figure.ratio_of = one["median"] / floor, "the floor"
    # The mean is timed in batches, without the clock's own cost.
    if kind == "mean" and row["row"] == "cold, 1 thread":
        figure.target, figure.met = "at most 2", figure.ratio <= 2
    figure.drawn = kind != "p99"
    return figure


def memory(section, size):
    bytes_each = size["resident_bytes_per_credential"]
    return Figure(
        section,
        "memory of one live credential",
        "bytes",
        bytes_each,
        bytes_each,
        bytes_each,
        1,
        target=f"at most {BYTES_MAX}",
        met=bytes_each <= BYTES_MAX,
        note=f"{size['table_bytes_per_credential']:.0f} of them in the table",
    )
