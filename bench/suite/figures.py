"""What a measurement leaves behind."""

import statistics
from dataclasses import asdict, dataclass, field


@dataclass
class Figure:
    """One row: the median of its rounds, with the lowest and the highest. `missing` says why there is none."""

    section: str
    name: str
    unit: str
    median: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    # What it is to be compared with, as a ratio of medians within one run.
    ratio: float | None = None
    ratio_of: str = ""
    target: str = ""
    met: bool | None = None
    note: str = ""
    missing: str = ""
    drawn: bool = True

    def to_json(self):
        return asdict(self)


@dataclass
class Report:
    """All figures of one run, and what they were made with."""

    conditions: list = field(default_factory=list)  # (what, value)
    figures: list = field(default_factory=list)

    def add(self, figures):
        self.figures.extend(figures)

    def to_json(self):
        return {"conditions": self.conditions, "figures": [one.to_json() for one in self.figures]}

    @classmethod
    def from_json(cls, document):
        return cls([tuple(pair) for pair in document["conditions"]], [Figure(**one) for one in document["figures"]])


def of_rounds(section, name, unit, values, **more):
    """A figure from the values of its rounds."""
    return Figure(
        section, name, unit, statistics.median(values), min(values), max(values), rounds=len(values), **more
    )


def missing(section, name, why):
    return Figure(section, name, "", missing=" ".join(str(why).split())[:300])


def paired_ratio(over, under):
    """The median of the ratios of rounds that stood next to each other: what else the machine did hit both."""
    return statistics.median(a / b for a, b in zip(over, under))


def at_most(figure, limit):
    figure.target, figure.met = f"at most {limit:g}", figure.ratio <= limit
    return figure


def at_least(figure, limit):
    figure.target, figure.met = f"at least {limit:g}", figure.ratio >= limit
    return figure


def figures_of_ratio(section, name, over, under):
    """The ratio of rounds that stood next to each other."""
    ratios = [a / b for a, b in zip(over, under)]
    figure = of_rounds(section, name, "ratio", ratios)
    figure.ratio = figure.median
    return figure
