"""One fault, from a fresh deployment to the verdict."""

import random
import time

from fault.checker import Bounds, check
from fault.deployment import LEASE, OnPostgres, OnSqlite
from fault.history import Recorder
from fault.workload import Load


class Trial:
    """What a fault gets: the nodes, the load on them, chance, and where it writes down what it did."""

    def __init__(self, binary, directory, vault, store, seed):
        self.binary, self.directory, self.vault, self.store = binary, directory, vault, store
        self.seed, self.chance = seed, random.Random(seed)
        self.notes, self.found = [], []
        self.bounds = Bounds() if store == "sqlite" else Bounds(spread=LEASE + 1, lease=LEASE)
        self.deployment = self.load = None
        directory.mkdir(parents=True, exist_ok=True)
        self._file = open(directory / "history.jsonl", "w")
        self.recorder = Recorder(self._file)

    def begin(self, data=None, start=True):
        """Makes the nodes; a fault does so itself, since some need them to be made in a special way."""
        if self.store == "sqlite":
            self.deployment = OnSqlite(self.binary, self.directory / "nodes", self.vault, data)
        else:
            self.deployment = OnPostgres(self.binary, self.directory / "nodes", self.vault)
        if start:
            self.deployment.start()
        return self.deployment

    def run_load(self, **more):
        """Starts clients; a fault calls stop() on what this returns, or leaves that to finish()."""
        self.load = Load(self.deployment, self.recorder, self.chance.getrandbits(64), **more)
        return self.load.__enter__()

    def expect(self, condition, sentence):
        if not condition:
            self.found.append(sentence)

    def note(self, text):
        self.notes.append(text)

    def cut(self, node, begin, end=None):
        """Writes down that a node could not reach its database."""
        self.recorder.add("cut", begin, "ok", end=end or time.monotonic(), node=node.name)

    def ready_within(self, seconds):
        """How long it takes until every node is ready without a restart."""
        began = time.monotonic()
        self.deployment.wait_ready(seconds)
        return time.monotonic() - began

    def finish(self):
        """Everything over: the last look, the check. Every violation."""
        if self.load is None:
            return self.found
        self.load.stop()
        self.deployment.wait_ready()
        self.load.settle()
        self.found += self.load.problems
        self.found += check(self.recorder.operations, self.deployment.final(), self.bounds)
        return self.found

    def counts(self):
        ops = self.recorder.operations
        count = self.recorder.count
        unknown = sum(one["outcome"] == "unknown" for one in ops)
        return (
            f"{count('issue', 'ok')} issued, {count('revoke', 'ok')} revoked, {count('suspend', 'ok')} suspended, "
            f"{count('verify')} checks ({count('verify', 'ok')} allowed), {unknown} without answer"
        )

    def close(self):
        if self.load is not None:
            self.load.stop()
        if self.deployment is not None:
            self.deployment.stop()
        self._file.close()
