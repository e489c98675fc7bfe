"""What must be true of a history, whatever was done to the servers meanwhile.

    a  nothing is allowed that began after a revocation or a suspension was answered (plus `everywhere`)
    b  nothing is denied that was issued before, and that nobody had begun to revoke or suspend, and that is not over
    c  what was shown is there at the end
    d  what was answered as revoked is revoked at the end
    e  no change without its line in the journal, no line without its change
    f  the journal's chain is whole, and all nodes have the same lines
    g  a node that could not reach its database for longer than its lease allowed nothing, and changed nothing at all
    h  an idempotency key makes one credential and shows it once; a one-time code proves once
    i  nothing is there that nobody asked for
    j  nothing is allowed that began after its end

An operation whose outcome is unknown happened at any time after it began, or never: both excuse what follows.
"""

from collections import defaultdict
from dataclasses import dataclass, field

GONE = ("revoked", "expired")


@dataclass
class Bounds:
    """Seconds that the promises leave. All are 0 for one node."""

    everywhere: float = 0.0  # From the answer of a revocation until no node accepts it. With the barrier: 0.
    spread: float = 0.0  # From the answer of an issue until other nodes know it.
    lease: float | None = None  # How long a node may answer that cannot reach its database; None: no matter.
    clock: float = 0.0  # How wrong an expiry may be.


@dataclass
class Final:
    """What was found when everything was over, and all nodes were ready again. None: nobody looked."""

    credentials: dict | None = None  # Id -> live, revoked or expired.
    lines: dict | None = None  # Node -> [(number, action, id of the credential or "")], as its journal has them.
    chain: dict = field(default_factory=dict)  # Node -> whether `audit verify` found it whole.


def check(operations, final=None, bounds=None):
    """Every violation, as a sentence that begins with its letter."""
    bounds, final = bounds or Bounds(), final or Final()
    view = View(operations)
    found = [*malformed(operations), *at_verifications(view, bounds), *of_cuts(view, bounds), *of_single_use(view)]
    if final.credentials is not None:
        found += at_the_end(view, final.credentials)
    if final.lines is not None:
        found += of_journals(view, final)
    found += [f"f: the chain at {node} is broken" for node, whole in final.chain.items() if not whole]
    return found


class View:
    """The history, by what it is about."""

    def __init__(self, operations):
        self.by_op = defaultdict(list)
        for one in operations:
            self.by_op[one["op"]].append(one)
        self.issued = {}  # Id -> the answer that showed it.
        for one in self.by_op["issue"]:
            if one["outcome"] == "ok" and one.get("shown", True):
                self.issued.setdefault(one["id"], one)
        self.revokes = self._group("revoke", "id")
        self.suspends = self._group("suspend", "account")
        self.resumes = self._group("resume", "account")

    def _group(self, op, key):
        groups = defaultdict(list)
        for one in self.by_op[op]:
            groups[one[key]].append(one)
        return groups

    def revoked_since(self, identity):
        """When it was first answered that it is revoked, or promised to be; None if never."""
        times = [one.get("in_force", one["end"]) for one in self.revokes[identity] if one["outcome"] == "ok"]
        return min(times, default=None)

    def revoking(self, identity):
        """When somebody first began to."""
        return min((one["begin"] for one in self.revokes[identity] if one["outcome"] != "denied"), default=None)

    def certainly_suspended(self, account, begin, end, slack):
        """Suspended before `begin`, and nobody began to resume it before `end`."""
        for one in self.suspends[account]:
            if one["outcome"] == "ok" and one["end"] + slack < begin:
                later = [r for r in self.resumes[account] if r["end"] > one["begin"] and r["begin"] < end]
                if not any(r["outcome"] != "denied" for r in later):
                    return True
        return False

    def maybe_suspended(self, account, begin, end, slack):
        """Somebody began to suspend it before `end`, and it was not certainly resumed before `begin`."""
        for one in self.suspends[account]:
            if one["outcome"] == "denied" or one["begin"] > end:
                continue
            resumed = [
                r for r in self.resumes[account]
                if r["outcome"] == "ok" and r["begin"] > one["end"] and r["end"] + slack < begin
            ]
            if one["outcome"] == "unknown" or not resumed:
                return True
        return False


def malformed(operations):
    for one in operations:
        if one["end"] < one["begin"]:
            yield f"history: {one['op']} of {one.get('id', '')} ends before it begins"


def at_verifications(view, bounds):
    for one in view.by_op["verify"]:
        if one["outcome"] == "ok":
            yield from _wrongly_allowed(view, one, bounds)
        elif one["outcome"] == "denied":
            yield from _wrongly_denied(view, one, bounds)


def _wrongly_allowed(view, one, bounds):
    identity, begin = one["id"], one["begin"]
    where = f"{identity} at {one.get('node', '?')}"
    revoked = view.revoked_since(identity)
    if revoked is not None and begin > revoked + bounds.everywhere:
        yield f"a: {where} was allowed {begin - revoked:.3f} s after its revocation was answered"
    account = one.get("account")
    if account and view.certainly_suspended(account, begin, one["end"], bounds.everywhere):
        yield f"a: {where} was allowed while {account} was suspended"
    issued = view.issued.get(identity)
    expires = issued.get("expires") if issued else None
    if expires is not None and begin > expires + bounds.clock:
        yield f"j: {where} was allowed {begin - expires:.3f} s after its end"


def _wrongly_denied(view, one, bounds):
    identity, begin, end = one["id"], one["begin"], one["end"]
    issued = view.issued.get(identity)
    if issued is None:
        return
    spread = 0.0 if one.get("node") == issued.get("node") else bounds.spread
    if begin <= issued["end"] + spread:
        return
    revoking = view.revoking(identity)
    expires = issued.get("expires")
    account = one.get("account")
    excused = (
        (revoking is not None and revoking <= end)
        or (expires is not None and end >= expires - bounds.clock)
        or (account and view.maybe_suspended(account, begin, end, bounds.everywhere))
    )
    if not excused:
        cause = f" ({one['cause']})" if "cause" in one else ""
        yield f"b: {identity} at {one.get('node', '?')} was denied{cause} {begin - issued['end']:.3f} s after it was shown"


def of_cuts(view, bounds):
    for cut in view.by_op["cut"]:
        for op in ("verify", "issue", "revoke", "suspend", "resume"):
            for one in view.by_op[op]:
                if one["outcome"] != "ok" or one.get("node") != cut["node"] or one["end"] > cut["end"]:
                    continue
                since = one["begin"] - cut["begin"]
                if op == "verify" and bounds.lease is not None and since > bounds.lease:
                    yield f"g: {cut['node']} allowed {one['id']} {since:.3f} s after it was cut off"
                if op != "verify" and since > 0:
                    yield f"g: {cut['node']} answered {op} as done {since:.3f} s after it was cut off"


def of_single_use(view):
    made, shown, proofs = defaultdict(set), defaultdict(int), defaultdict(int)
    for one in view.by_op["issue"]:
        if one["outcome"] == "ok" and "key" in one:
            made[one["key"]].add(one["id"])
            shown[one["key"]] += one.get("shown", True)
    for one in view.by_op["proof"]:
        proofs[one["key"]] += one["outcome"] == "ok"
    yield from (f"h: key {key} made {len(ids)} credentials" for key, ids in made.items() if len(ids) > 1)
    yield from (f"h: key {key} showed its secret {n} times" for key, n in shown.items() if n > 1)
    yield from (f"h: code {key} proved {n} times" for key, n in proofs.items() if n > 1)


def at_the_end(view, credentials):
    for identity in view.issued:
        if identity not in credentials:
            yield f"c: {identity} was shown and is not there"
    for identity, revokes in view.revokes.items():
        if any(one["outcome"] == "ok" for one in revokes) and credentials.get(identity) not in (*GONE, None):
            yield f"d: {identity} was revoked and is {credentials[identity]}"
    for identity, state in credentials.items():
        if state == "revoked" and view.revoking(identity) is None:
            yield f"i: {identity} is revoked, and nobody asked for it"
    answered = {one["id"] for one in view.by_op["issue"] if "id" in one}
    unasked = [identity for identity in credentials if identity not in answered]
    unknown = sum(one["outcome"] == "unknown" for one in view.by_op["issue"])
    if len(unasked) > unknown:
        yield f"i: {len(unasked)} credentials were never shown, and {unknown} issues have no answer: {unasked[:3]}"


def of_journals(view, final):
    longest = max(final.lines.values(), key=len, default=[])
    for node, lines in final.lines.items():
        numbers = [line[0] for line in lines]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"f: the journal at {node} misses or repeats numbers"
        if lines != longest[: len(lines)]:
            yield f"f: the journal at {node} is another one than elsewhere"
    if final.credentials is None:
        return
    actions = defaultdict(set)
    for _, action, identity in longest:
        if identity:
            actions[identity].add(action)
    for identity, state in final.credentials.items():
        if "issue" not in actions[identity]:
            yield f"e: {identity} is there, and no line says that it was issued"
        if state == "revoked" and "revoke" not in actions[identity]:
            yield f"e: {identity} is revoked, and no line says so"
    for identity, done in actions.items():
        if "issue" in done and identity not in final.credentials:
            yield f"e: a line says that {identity} was issued, and it is not there"
        if "revoke" in done and final.credentials.get(identity) == "live":
            yield f"e: a line says that {identity} was revoked, and it is live"
