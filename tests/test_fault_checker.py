"""The checker finds each violation, and lets pass what is just allowed."""

import pytest

from fault.checker import Bounds, Final, check
from fault.history import Recorder, read


def op(name, begin, end, outcome="ok", **more):
    defaults = {"issue": {"id": "x", "node": "n1"}, "revoke": {"id": "x", "node": "n1"}}
    defaults |= {"verify": {"id": "x", "node": "n1", "account": "ana"}, "cut": {"node": "n1"}}
    defaults |= {"suspend": {"account": "ana", "node": "n1"}, "resume": {"account": "ana", "node": "n1"}}
    return {"op": name, "begin": begin, "end": end, "outcome": outcome} | defaults.get(name, {}) | more


ISSUE = op("issue", 1, 2)
REVOKE = op("revoke", 10, 11)
SUSPEND, RESUME = op("suspend", 10, 11), op("resume", 20, 21)
SLOW = Bounds(everywhere=5, spread=2, lease=30)
LIVE, REVOKED = {"x": "live"}, {"x": "revoked"}

# Name: (operations, what was found at the end, bounds, the letters of what is wrong).
HISTORIES = {
    "nothing happened": ([], None, None, ""),
    "an ordinary life": ([ISSUE, op("verify", 3, 4), REVOKE, op("verify", 12, 13, "denied")], Final(REVOKED), None, ""),
    # a
    "allowed after a revocation": ([ISSUE, REVOKE, op("verify", 11.001, 12)], None, None, "a"),
    "allowed when it began before the answer": ([ISSUE, REVOKE, op("verify", 11, 12)], None, None, ""),
    "allowed during the revocation": ([ISSUE, REVOKE, op("verify", 10.5, 10.9)], None, None, ""),
    "allowed elsewhere within the bound": ([ISSUE, REVOKE, op("verify", 16, 17, node="n2")], None, SLOW, ""),
    "allowed elsewhere past the bound": ([ISSUE, REVOKE, op("verify", 16.1, 17, node="n2")], None, SLOW, "a"),
    "allowed before the promised time": ([op("revoke", 10, 11, in_force=41), op("verify", 41, 42)], None, None, ""),
    "allowed after the promised time": ([op("revoke", 10, 11, in_force=41), op("verify", 41.1, 42)], None, None, "a"),
    "allowed after a revocation of unknown outcome": ([ISSUE, op("revoke", 10, 11, "unknown"), op("verify", 12, 13)], None, None, ""),
    "allowed after the second of two revocations": (
        [ISSUE, op("revoke", 10, 11, "unknown"), op("revoke", 12, 13), op("verify", 14, 15)], None, None, "a"),
    "allowed after a refused revocation": ([ISSUE, op("revoke", 10, 11, "denied"), op("verify", 12, 13)], None, None, ""),
    "another one is allowed": ([ISSUE, REVOKE, op("verify", 12, 13, id="y")], None, None, ""),
    "nobody could tell after a revocation": ([ISSUE, REVOKE, op("verify", 12, 13, "unknown")], None, None, ""),
    "allowed while suspended": ([ISSUE, SUSPEND, op("verify", 12, 13)], None, None, "a"),
    "allowed while being suspended": ([ISSUE, SUSPEND, op("verify", 11, 13)], None, None, ""),
    "allowed after resuming": ([ISSUE, SUSPEND, RESUME, op("verify", 22, 23)], None, None, ""),
    "allowed while being resumed": ([ISSUE, SUSPEND, RESUME, op("verify", 19, 20.5)], None, None, ""),
    "allowed before resuming began": ([ISSUE, SUSPEND, RESUME, op("verify", 18, 20)], None, None, "a"),
    "allowed after resuming, outcome unknown": ([ISSUE, SUSPEND, op("resume", 20, 21, "unknown"), op("verify", 30, 31)], None, None, ""),
    "suspended again": ([ISSUE, SUSPEND, RESUME, op("suspend", 30, 31), op("verify", 32, 33)], None, None, "a"),
    # b
    "denied after it was shown": ([ISSUE, op("verify", 2.1, 3, "denied")], None, None, "b"),
    "denied before it was shown": ([ISSUE, op("verify", 2, 3, "denied")], None, None, ""),
    "denied elsewhere within the spread": ([ISSUE, op("verify", 4, 5, "denied", node="n2")], None, SLOW, ""),
    "denied elsewhere past the spread": ([ISSUE, op("verify", 4.1, 5, "denied", node="n2")], None, SLOW, "b"),
    "denied where it was issued, within the spread": ([ISSUE, op("verify", 3, 5, "denied")], None, SLOW, "b"),
    "denied when its revocation had begun": ([ISSUE, REVOKE, op("verify", 9, 10, "denied")], None, None, ""),
    "denied before its revocation began": ([ISSUE, REVOKE, op("verify", 9, 9.9, "denied")], None, None, "b"),
    "denied after a revocation of unknown outcome": ([ISSUE, op("revoke", 10, 11, "unknown"), op("verify", 12, 13, "denied")], None, None, ""),
    "denied after a refused revocation": ([ISSUE, op("revoke", 10, 11, "denied"), op("verify", 12, 13, "denied")], None, None, "b"),
    "denied when it was over": ([op("issue", 1, 2, expires=20), op("verify", 19, 20, "denied")], None, None, ""),
    "denied before it was over": ([op("issue", 1, 2, expires=20), op("verify", 19, 19.9, "denied")], None, None, "b"),
    "denied while suspended": ([ISSUE, SUSPEND, op("verify", 12, 13, "denied")], None, None, ""),
    "denied after resuming": ([ISSUE, SUSPEND, RESUME, op("verify", 22, 23, "denied")], None, None, "b"),
    "denied after a suspension of unknown outcome": ([ISSUE, op("suspend", 10, 11, "unknown"), RESUME, op("verify", 22, 23, "denied")], None, None, ""),
    "denied and never shown": ([op("issue", 1, 2, "unknown"), op("verify", 3, 4, "denied")], None, None, ""),
    "nobody could tell": ([ISSUE, op("verify", 3, 4, "unknown")], None, None, ""),
    # c
    "shown and absent": ([ISSUE], Final({}), None, "c"),
    "shown and expired": ([ISSUE], Final({"x": "expired"}), None, ""),
    "unknown and absent": ([op("issue", 1, 2, "unknown")], Final({}), None, ""),
    # d
    "revoked and live": ([ISSUE, REVOKE], Final(LIVE), None, "d"),
    "revoked, outcome unknown, and live": ([ISSUE, op("revoke", 10, 11, "unknown")], Final(LIVE), None, ""),
    "revoked, outcome unknown, and revoked": ([ISSUE, op("revoke", 10, 11, "unknown")], Final(REVOKED), None, ""),
    # e
    "a credential without its line": ([ISSUE], Final(LIVE, {"n1": []}), None, "e"),
    "a revocation without its line": ([ISSUE, REVOKE], Final(REVOKED, {"n1": [(1, "issue", "x")]}), None, "e"),
    "a line without its credential": ([], Final({}, {"n1": [(1, "issue", "x")]}), None, "e"),
    "a line of a revocation that is not there": (
        [ISSUE, op("revoke", 10, 11, "unknown")], Final(LIVE, {"n1": [(1, "issue", "x"), (2, "revoke", "x")]}), None, "e"),
    "lines of something else": ([], Final({}, {"n1": [(1, "account.create", "")]}), None, ""),
    "each change with its line": ([ISSUE, REVOKE], Final(REVOKED, {"n1": [(1, "issue", "x"), (2, "revoke", "x")]}), None, ""),
    # f
    "a broken chain": ([], Final(chain={"n1": True, "n2": False}), None, "f"),
    "a number missing": ([], Final(None, {"n1": [(1, "x", ""), (3, "x", "")]}), None, "f"),
    "a number twice": ([], Final(None, {"n1": [(1, "x", ""), (1, "x", "")]}), None, "f"),
    "another history elsewhere": ([], Final(None, {"n1": [(1, "x", ""), (2, "x", "")], "n2": [(1, "y", "")]}), None, "f"),
    "a node that is behind": ([], Final(None, {"n1": [(1, "x", ""), (2, "x", "")], "n2": [(1, "x", "")]}), None, ""),
    # g
    "allowed within the lease": ([ISSUE, op("cut", 10, 99), op("verify", 40, 41)], None, SLOW, ""),
    "allowed past the lease": ([ISSUE, op("cut", 10, 99), op("verify", 40.1, 41)], None, SLOW, "g"),
    "allowed past the lease elsewhere": ([ISSUE, op("cut", 10, 99), op("verify", 40.1, 41, node="n2")], None, SLOW, ""),
    "allowed when it was over": ([ISSUE, op("cut", 10, 99), op("verify", 98, 99.1)], None, SLOW, ""),
    "issued while cut off": ([op("cut", 10, 99), op("issue", 10.1, 20)], None, SLOW, "g"),
    "issued when the cut came": ([op("cut", 10, 99), op("issue", 10, 20)], None, SLOW, ""),
    "refused while cut off": ([op("cut", 10, 99), op("issue", 11, 20, "unknown"), op("verify", 50, 51, "unknown")], None, SLOW, ""),
    # h
    "a key that made two": ([op("issue", 1, 2, key="k"), op("issue", 3, 4, key="k", id="y", shown=False)], None, None, "h"),
    "a key that showed twice": ([op("issue", 1, 2, key="k"), op("issue", 3, 4, key="k")], None, None, "h"),
    "a key asked twice": ([op("issue", 1, 2, key="k"), op("issue", 3, 4, key="k", shown=False)], None, None, ""),
    "a code that proved twice": ([op("proof", 1, 2, key="c"), op("proof", 3, 4, key="c")], None, None, "h"),
    "a code that proved once": ([op("proof", 1, 2, key="c"), op("proof", 3, 4, "denied", key="c")], None, None, ""),
    # i
    "a credential from nowhere": ([], Final(LIVE), None, "i"),
    "one whose issue has no answer": ([op("issue", 1, 2, "unknown", id=None)], Final(LIVE), None, ""),
    "two, and one issue without an answer": ([op("issue", 1, 2, "unknown")], Final({"y": "live", "z": "live"}), None, "i"),
    "revoked by nobody": ([ISSUE], Final(REVOKED), None, "i"),
    # j
    "allowed after its end": ([op("issue", 1, 2, expires=20), op("verify", 20.1, 21)], None, None, "j"),
    "allowed at its end": ([op("issue", 1, 2, expires=20), op("verify", 20, 21)], None, None, ""),
    "allowed after its end within the clock's error": ([op("issue", 1, 2, expires=20), op("verify", 21, 22)], None, Bounds(clock=1), ""),
    # The history itself.
    "an end before its beginning": ([op("verify", 3, 2)], None, None, "history"),
}  # fmt: skip


def without_none(operations):
    return [{key: value for key, value in one.items() if value is not None} for one in operations]


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history(name):
    operations, final, bounds, letters = HISTORIES[name]
    found = check(without_none(operations), final, bounds)
    assert sorted({sentence.split(":")[0] for sentence in found}) == sorted(letters.split()), found


def test_every_invariant_is_broken_by_one_and_its_edge_allowed_by_another():
    broken = {letters for *_, letters in HISTORIES.values() if letters}
    assert broken == set("abcdefghij") | {"history"}


def test_a_history_is_kept_as_it_is(tmp_path):
    with open(tmp_path / "history.jsonl", "w") as file:
        recorder = Recorder(file)
        recorder.add("issue", 1.5, "ok", end=2.5, id="x", key=None)
        recorder.add("verify", 3.5, "denied", id="x", cause="revoked")
    assert read(tmp_path / "history.jsonl") == recorder.operations
    assert recorder.operations[0] == {"op": "issue", "begin": 1.5, "end": 2.5, "outcome": "ok", "id": "x"}
    assert recorder.count("verify") == 1 and recorder.count("verify", "ok") == 0
