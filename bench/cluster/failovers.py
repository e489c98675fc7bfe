#!/usr/bin/python3
"""Primaries that are killed, cut off, switched over and frozen while clients issue and revoke: what is lost, how long it takes.

    bench/cluster/failovers.py [--kills 10] [--partitions 5] [--switchovers 3] [--freezes 3]

Partitions need --network namespaces, and that needs root. A freeze is SIGSTOP of Patroni and of PostgreSQL, which go on
once another one is primary. After each the time is said without any allowance, without any change, and until every node
and every database is ready. In the end the whole history is checked: what was acknowledged and is lost, what was allowed
after its revocation.
"""

import random
import time

from common import deployed, parser
from fault.checker import Bounds, check
from fault.history import Recorder
from fault.workload import Load
from support.waiting import wait_until


def crash(cluster, old):
    cluster.crash(old)


def partition(cluster, old):
    cluster.partition(old)


def freeze(cluster, old):
    for name in ("patroni", "postgres"):
        cluster.freeze(old, name)


def switch_over(cluster, _):
    cluster.switchover()


def longest_gap(recorder, op, begin, end):
    """The longest time in which none was answered with success."""
    moments = [one["end"] for one in recorder.operations if one["op"] == op and one["outcome"] == "ok"]
    moments = [begin, *sorted(moment for moment in moments if begin < moment < end), end]
    return max(later - earlier for earlier, later in zip(moments, moments[1:], strict=False))


def one_failure(deployment, load, name, harm):
    cluster, recorder = deployment.cluster, load.recorder
    load.wait_for("issue", 20)
    old = cluster.leader()
    began = time.monotonic()
    harm(cluster, old)
    wait_until(lambda: cluster.has_new_primary(old), "another one is primary", 120, 0.1)
    took_over = time.monotonic() - began
    load.wait_for("issue", 5, seconds=120)
    load.wait_for("revoke", 5, seconds=120)
    cluster.heal()
    deployment.wait_ready(120)
    nodes_ready = time.monotonic() - began
    cluster.wait_ready(180, databases_only=True)
    end = time.monotonic()
    gaps = {op: longest_gap(recorder, op, began, end) for op in ("verify", "issue", "revoke")}
    print(
        f"{name:11} {old}: another one primary after {took_over:.1f} s; without an allowance {gaps['verify']:.1f} s, "
        f"without a change {min(gaps['issue'], gaps['revoke']):.1f} s; nodes ready after {nodes_ready:.1f} s, "
        f"databases after {end - began:.1f} s",
        flush=True,
    )


def main():
    one = parser(__doc__, stores=("patroni",))
    for name, count in (("kills", 10), ("partitions", 5), ("switchovers", 3), ("freezes", 3)):
        one.add_argument(f"--{name}", type=int, default=count)
    wanted = one.parse_args()
    if wanted.partitions and wanted.network != "namespaces":
        print(f"{wanted.partitions} partitions left out: they need --network namespaces")
        wanted.partitions = 0
    todo = [("kill", crash)] * wanted.kills + [("partition", partition)] * wanted.partitions
    todo += [("switch-over", switch_over)] * wanted.switchovers + [("freeze", freeze)] * wanted.freezes
    random.Random(wanted.seed).shuffle(todo)
    with deployed(wanted) as deployment:
        recorder = Recorder()
        with Load(deployment, recorder, wanted.seed) as load:
            for name, harm in todo:
                one_failure(deployment, load, name, harm)
        deployment.wait_ready()
        load.settle()
        bounds = Bounds(spread=deployment.lease + 1, lease=deployment.lease)
        found = [*load.problems, *check(recorder.operations, deployment.final(), bounds)]
    lost = sum(sentence[0] in "cd" for sentence in found)
    allowed = sum(sentence[0] == "a" for sentence in found)
    ops = recorder.operations
    print(
        f"{recorder.count('issue', 'ok')} issued, {recorder.count('revoke', 'ok')} revoked, "
        f"{recorder.count('verify')} checks, {sum(one['outcome'] == 'unknown' for one in ops)} without answer; "
        f"acknowledged and lost {lost}, allowed after a revocation {allowed}, other violations {len(found) - lost - allowed}"
    )
    for sentence in found[:10]:
        print("  " + sentence)
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
