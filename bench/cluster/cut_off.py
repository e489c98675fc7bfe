#!/usr/bin/python3
"""One node cut off from PostgreSQL, and one that is frozen for 30 s: how long it answers, what it says, who is fenced.

    bench/cluster/cut_off.py [--freeze 30]
"""

import signal
import time

from common import deployed, parser
from support.http import bearer
from support.waiting import wait_until
from support.world import USER

PATH = "/api/v1/api-tokens"


def issue(deployment, node):
    auth = bearer(deployment.managers["ana"]["secret"])
    answer = node.client(60).post(PATH, {"name": "x", "scopes": [USER], "ttl": 86400}, auth)
    assert answer.status == 201, (answer.status, answer.cause)
    return answer.json()["id"], deployment.vault.add(answer.json()["secret"])


def revoke(deployment, node, identity):
    begin = time.monotonic()
    auth = bearer(deployment.managers["ana"]["secret"])
    answer = node.client(120).request("DELETE", f"{PATH}/{identity}", auth)
    assert answer.status == 200, (answer.status, answer.cause)
    said = answer.json()
    return time.monotonic() - begin, said.get("confirmed"), said.get("fenced")


def cut(deployment, violations):
    here, there = deployment.nodes[0], deployment.nodes[-1]
    identity, secret = issue(deployment, here)
    kept = issue(deployment, here)[1]
    wait_until(lambda: there.server.status_of(kept) == 200, "the other node knows it")
    for proxy in proxies_of(deployment, there):
        proxy.blackhole()
    began = time.monotonic()
    took, confirmed, fenced = revoke(deployment, here, identity)
    print(f"revoked after {took:.1f} s; confirmed by {confirmed}, fenced {fenced}")
    if not fenced:
        violations.append("the node that was cut off was not named as fenced")
    if there.server.status_of(secret) == 200:
        violations.append("a node that was cut off allowed after the revocation was answered")
    wait_until(lambda: there.server.status_of(kept) == 503, "it stops answering", 60, 0.01)
    last = there.server.me(kept)
    print(f"it answered until {time.monotonic() - began:.1f} s after the cut at most, then {last.status} {last.cause}")
    if (last.status, last.cause) != (503, "stale"):
        violations.append(f"it says {last.status} {last.cause}")
    for proxy in proxies_of(deployment, there):
        proxy.heal()
        proxy.reset_all()
    began = time.monotonic()
    wait_until(there.is_ready, "it recovers by itself", 60)
    print(f"it was ready {time.monotonic() - began:.1f} s after it could reach the database again")
    if (there.server.status_of(kept), there.server.me(secret).cause) != (200, "revoked"):
        violations.append("it does not know what was changed meanwhile")


def proxies_of(deployment, node):
    if node.proxy:
        return [node.proxy]
    return deployment.paths[deployment.nodes.index(node)]


def frozen(deployment, seconds, violations):
    here, there = deployment.nodes[0], deployment.nodes[-1]
    identity, secret = issue(deployment, here)
    wait_until(lambda: there.server.status_of(secret) == 200, "the other node knows it")
    with there.client(60) as client:
        client.get("/healthz")
        there.server.signal(signal.SIGSTOP)
        began = time.monotonic()
        took, confirmed, fenced = revoke(deployment, here, identity)
        print(f"frozen: revoked after {took:.1f} s; confirmed by {confirmed}, fenced {fenced}")
        # Not to wait for anything: so long it stays frozen.
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        there.server.signal(signal.SIGCONT)
        first = client.get("/api/v1/me", bearer(secret))
    print(f"its first answer after {time.monotonic() - began:.1f} s: {first.status} {first.cause}")
    if first.status == 200:
        violations.append("its first answer allowed what was revoked")
    wait_until(there.is_ready, "it is ready", 60)


def main():
    one = parser(__doc__, stores=("postgresql", "patroni"), default="postgresql")
    one.add_argument("--freeze", type=float, default=30)
    wanted = one.parse_args()
    violations = []
    with deployed(wanted) as deployment:
        cut(deployment, violations)
        frozen(deployment, wanted.freeze, violations)
    for sentence in violations:
        print("  " + sentence)
    print(f"{len(violations)} violations")
    raise SystemExit(1 if violations else 0)


if __name__ == "__main__":
    main()
