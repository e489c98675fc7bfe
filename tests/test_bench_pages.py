"""What the benchmark writes down; the measuring itself is `./dev bench`."""

import json
import sys
import xml.dom.minidom
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import run as bench  # noqa: E402
from suite import gate, pages, table  # noqa: E402
from suite.figures import Report, at_most, figures_of_ratio, missing, of_rounds  # noqa: E402
from suite.load import Sample  # noqa: E402


def samples(cpu):
    """Two rounds."""
    return [Sample(100, 1e6 / each, each, 10 * each, 1.0) for each in (cpu, cpu * 1.1)]


def gate_rows():
    taken = {gate.YARDSTICK: samples(8.0)}
    for what in ("random tokens", "one token"):
        taken[f"Latchkey, {what}"] = samples(6.0)
        taken[f"Latchkey, {what}, uses off"] = samples(5.4)
    return gate.rows("Gate over TCP", taken, 500)


def test_ratios_are_those_of_rounds_next_to_each_other():
    figure = at_most(figures_of_ratio("s", "n", [3.0, 8.0, 5.0], [2.0, 4.0, 5.0]), 1.2)
    assert (figure.median, figure.low, figure.high, figure.rounds) == (1.5, 1.0, 2.0, 3)
    assert figure.met is False


def test_the_gate_is_compared_with_the_yardstick_and_with_itself():
    rows = {(row.name, row.unit): row for row in gate_rows()}
    cpu = rows["Latchkey, random tokens", "µs of server CPU"]
    assert (round(cpu.ratio, 2), cpu.ratio_of, cpu.met) == (0.75, gate.YARDSTICK, True)
    off = rows["Latchkey, one token, uses off", "µs of server CPU"]
    assert off.target == ""
    uses = rows["Uses on ÷ off, one token: requests per CPU second", "ratio"]
    assert (round(uses.ratio, 2), uses.met) == (0.9, False)


def test_the_pages_say_everything_and_can_be_made_again(tmp_path):
    figures = [*gate_rows(), missing("Peers doing the same check", "a peer", "it | is\n not <here>")]
    pages.write(Report([("Machine", "one of two cores")], figures), tmp_path, quick=True)
    page = (tmp_path / "README.md").read_text()
    assert "./dev bench --quick" in page and "one of two cores" in page
    assert "not measured" in page and "it \\| is not <here>" in page
    assert "8.40" in page and "8.00 to 8.80" in page and "at most 0.9: yes" in page
    drawing = xml.dom.minidom.parse(str(tmp_path / "results.svg"))
    assert len(drawing.getElementsByTagName("rect")) == 1 + len(figures) - 1
    assert "prefers-color-scheme: dark" in (tmp_path / "results.svg").read_text()
    read = pages.read(tmp_path)
    assert read.figures == figures
    assert json.loads((tmp_path / "figures.json").read_text())["conditions"] == [["Machine", "one of two cores"]]
    assert "Gate over TCP" in table.as_text(read.figures)


def test_a_run_of_one_section_keeps_the_others():
    old = [of_rounds("Start", "old start", "s", [1.0]), of_rounds("Gate over TCP", "old gate", "µs", [1.0])]
    new = [of_rounds("Gate over TCP", "new gate", "µs", [2.0])]
    assert [one.name for one in bench.merged(old, new, ["gate"])] == ["new gate", "old start"]
