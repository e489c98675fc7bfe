"""What all sections of a run share."""

from dataclasses import dataclass, field
from pathlib import Path

from suite.latchkey import Installation, Programs
from suite.load import Wrk


@dataclass
class Counts:
    """How much is done: `quick` takes minutes."""

    rounds: int
    seconds: int
    tokens: int  # Different credentials that are sent.
    sizes: list  # Credentials of a store, where starts are measured.
    starts: int
    verify: list  # Arguments of the in-process benchmark.
    git_mib: int
    git_rounds: int
    issue_seconds: int
    quick: bool


QUICK = Counts(3, 2, 20_000, [200_000], 3, ["--quick"], 64, 2, 2, True)
FULL = Counts(9, 5, 1_000_000, [1_000_000, 10_000_000], 3, [], 1024, 2, 10, False)


@dataclass
class Run:
    directory: Path
    programs: Programs
    counts: Counts
    _shared: dict = field(default_factory=dict)
    _wrk: Wrk | None = None

    @property
    def wrk(self):
        if self._wrk is None:
            self._wrk = Wrk(self.directory)
        return self._wrk

    def installation(self):
        """One with `counts.tokens` credentials, stopped; made once for all sections."""
        if "on" not in self._shared:
            made = Installation(self.programs, self.directory / "latchkey")
            made.fill(self.counts.tokens, self.counts.tokens)
            made.service = made.introspector()
            self._shared["on"] = made
        return self._shared["on"]

    def twin(self):
        """The same credentials in another directory, to be served beside it."""
        if "twin" not in self._shared:
            self._shared["twin"] = self.installation().copy(self.directory / "twin")
        return self._shared["twin"]
