#!/usr/bin/python3
"""Very many changes by several writers on all nodes, one in a hundred of them held open: does each node have each, once?

    bench/cluster/changes.py [--changes 100000] [--writers 8] [--connections 8] [--held 0.01] [--hold 0.3] [--rates 1,100,1000]

First the changes, as fast as they go; 1 % of the commits are held on their way to the database for 300 ms, so that others
would overtake them if they could. Then the delay from a commit on one node until another one acts on it, at several rates
of change, and the processor time that costs. A delay is measured by a revocation that does not wait (`wait=false`), and by
asking another node until it denies.
"""

import random
import threading
import time
from http.client import HTTPException

from common import database_pids, deployed, milliseconds, parser, processor_time
from support.http import Client, bearer
from support.secrets import id_of
from support.world import USER

PATH = "/api/v1/api-tokens"


class Writer(threading.Thread):
    """Issues at one node, as fast as it goes or at a rate."""

    def __init__(self, deployment, node, seed, stop, rate=None):
        super().__init__(daemon=True)
        self.deployment, self.node, self.stop, self.rate = deployment, node, stop, rate
        self.random = random.Random(seed)
        self.made, self.failed, self.revoked = [], 0, 0

    def run(self):
        auth = bearer(self.deployment.managers["ana"]["secret"])
        begin, number = time.monotonic(), 0
        with Client(self.node.server.address, timeout=60) as client:
            while not self.stop(self):
                if self.rate:
                    number += 1
                    wait = begin + number / self.rate - time.monotonic()
                    if wait > 0:
                        time.sleep(wait)
                try:
                    self.one(client, auth)
                except (OSError, HTTPException) as gone:
                    raise SystemExit(f"{self.node.name}: {gone}") from gone

    def one(self, client, auth):
        key = f"{self.random.getrandbits(96):x}"
        body = {"name": key, "scopes": [USER], "ttl": 86400}
        answer = client.post(PATH, body, auth, fields={"Idempotency-Key": key})
        if answer.status == 201:
            self.made.append(self.deployment.vault.add(answer.json()["secret"]))
        else:
            self.failed += 1

    @property
    def changes(self):
        return len(self.made)


def write(deployment, wanted):
    hands = wanted.writers * wanted.connections
    each = wanted.changes // hands
    nodes = deployment.nodes
    for number, proxy in enumerate(proxies_of(deployment)):
        proxy.hold_commits(wanted.held, wanted.hold, wanted.seed + number)
    writers = [
        Writer(deployment, nodes[i % len(nodes)], wanted.seed + i, lambda one: one.changes >= each)
        for i in range(hands)
    ]
    began = time.monotonic()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    took = time.monotonic() - began
    held = sum(proxy.commits_held for proxy in proxies_of(deployment))
    seen = sum(proxy.commits_seen for proxy in proxies_of(deployment))
    for proxy in proxies_of(deployment):
        proxy.heal()
    total, failed = sum(writer.changes for writer in writers), sum(writer.failed for writer in writers)
    print(f"{total} changes by {wanted.writers} writers with {wanted.connections} connections each in {took:.1f} s: {total / took:.0f}/s; {failed} refused")
    print(f"{seen} commits passed, {held} of them held for {wanted.hold:g} s")
    return [id_of(secret) for writer in writers for secret in writer.made]


def proxies_of(deployment):
    own = [node.proxy for node in deployment.nodes if node.proxy]
    return own + [proxy for proxies in getattr(deployment, "paths", []) for proxy in proxies]


def complete(deployment, made):
    """How many each node misses, and how many it has twice."""
    deployment.final()  # Waits until all have as many lines.
    wrong = 0
    for node in deployment.nodes:
        issued = [identity for _, action, identity in node.journal() if action == "issue"]
        missed, repeated = len(set(made) - set(issued)), len(issued) - len(set(issued))
        numbers = [number for number, *_ in node.journal()]
        gaps = numbers != list(range(1, len(numbers) + 1))
        print(f"{node.name}: {missed} missed, {repeated} repeated, {'gaps' if gaps else 'no gap'} in {len(numbers)} lines")
        wrong += missed + repeated + gaps
    return wrong


def delays(deployment, rate, seconds):
    """Revokes at the first node, and asks the last one until it denies."""
    first, last = deployment.nodes[0], deployment.nodes[-1]
    over = threading.Event()
    # A probe is two changes: few of them, and the writers make the rest.
    probes = min(rate / 4, 5.0)
    others = rate - 2 * probes
    # One makes some ten a second: each waits until the other nodes know.
    hands = max(4, min(96, rate // 8)) if rate > 10 else 0
    writers = [
        Writer(deployment, deployment.nodes[i % len(deployment.nodes)], i, lambda _: over.is_set(), others / hands)
        for i in range(hands)
    ]
    pids = [node.server.pid() for node in deployment.nodes]
    began, used, database_used = time.monotonic(), processor_time(pids), processor_time(database_pids(deployment))
    for writer in writers:
        writer.start()
    found, auth = [], bearer(deployment.managers["ana"]["secret"])
    with Client(first.server.address, timeout=30) as changing, Client(last.server.address, timeout=30) as asking:
        while time.monotonic() - began < seconds:
            body = {"name": "delay", "scopes": [USER], "ttl": 86400}
            secret = deployment.vault.add(changing.post(PATH, body, auth).json()["secret"])
            answer = changing.request("DELETE", f"{PATH}/{id_of(secret)}?wait=false", auth)
            committed = time.monotonic()
            assert answer.status in (200, 204), answer.status
            while asking.get("/api/v1/me", bearer(secret)).status == 200:
                pass
            found.append(time.monotonic() - committed)
            time.sleep(max(0.0, began + len(found) / probes - time.monotonic()))  # The rate that was asked for.
    over.set()
    for writer in writers:
        writer.join()
    took = time.monotonic() - began
    made = sum(writer.changes for writer in writers) + 2 * len(found)
    cpu = (processor_time(pids) - used) / took * 100 / len(pids)
    database = (processor_time(database_pids(deployment)) - database_used) / took * 100
    print(
        f"asked for {rate}/s, made {made / took:.0f}/s: from commit to denied elsewhere {milliseconds(found)}; "
        f"processor {cpu:.0f} % of a core a node, {database:.0f} % all databases"
    )


def main():
    one = parser(__doc__)
    one.add_argument("--changes", type=int, default=100_000)
    one.add_argument("--writers", type=int, default=8)
    one.add_argument("--connections", type=int, default=8, help="of each writer: an issue waits for the other nodes")
    one.add_argument("--held", type=float, default=0.01)
    one.add_argument("--hold", type=float, default=0.3)
    one.add_argument("--rates", default="1,100,1000")
    one.add_argument("--seconds", type=float, default=60)
    wanted = one.parse_args()
    with deployed(wanted) as deployment:
        wrong = complete(deployment, write(deployment, wanted))
        for rate in (int(text) for text in wanted.rates.split(",") if text):
            delays(deployment, rate, wanted.seconds)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
