"""What happened, in the order of one monotonic clock: every client runs on the machine that keeps the history.

An operation is a dict, a line of JSON when it is kept:

    op        issue, revoke, suspend, resume, verify, proof, cut
    begin     seconds of time.monotonic() before the request was sent
    end       after its answer was read; of an operation without an answer, after it was given up
    outcome   ok        done, allowed
              denied    certainly not: refused, not allowed, nothing was changed
              unknown   no answer, or one that says that nobody can tell (5xx)
    node      who was asked
    id        public id of the credential (issue, once it is known; revoke; verify)
    account   whose it is, or who is suspended
    key       of an issue: its idempotency key; of a proof: what was presented, not as it is but digested
    expires   of an issue: when it ends, on the same clock
    shown     of an issue: whether the answer held the secret
    in_force  of a revoke that did not wait: from when on it is promised to hold

A cut is no request: from begin to end the node could not reach its database.
"""

import json
import threading
import time

OUTCOMES = ("ok", "denied", "unknown")


class Recorder:
    """Thread-safe. Operations are added when they end."""

    def __init__(self, file=None):
        self.operations = []
        self._file = file
        self._lock = threading.Lock()

    def add(self, op, begin, outcome, **more):
        assert outcome in OUTCOMES, outcome
        one = {"op": op, "begin": begin, "end": more.pop("end", None) or time.monotonic(), "outcome": outcome}
        one |= {key: value for key, value in more.items() if value is not None}
        with self._lock:
            self.operations.append(one)
            if self._file is not None:
                self._file.write(json.dumps(one) + "\n")
        return one

    def count(self, op, outcome=None):
        with self._lock:
            return sum(one["op"] == op and outcome in (None, one["outcome"]) for one in self.operations)


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file]
