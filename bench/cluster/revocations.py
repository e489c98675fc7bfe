#!/usr/bin/python3
"""Very many revocations under full load of checks on all nodes: is any check that began after the answer ever allowed?

    bench/cluster/revocations.py [--revocations 10000] [--checkers 4]

Revokes one after the other, at all nodes by turns, and says how long the answer took: that is the barrier's latency.
Checkers are processes of their own, each with a connection to each node, and ask for those that were just revoked, those
that are about to be, and others. The whole history is checked.
"""

import multiprocessing
import random
import threading
import time

from common import deployed, milliseconds, parser
from fault.checker import Bounds, check
from fault.history import Recorder
from support.http import Client, bearer
from support.secrets import id_of
from support.world import USER

PATH = "/api/v1/api-tokens"


def issue(deployment, recorder, count):
    auth, made = bearer(deployment.managers["ana"]["secret"]), [None] * count
    threads = 8

    def some(first):
        node = deployment.nodes[first % len(deployment.nodes)]
        with Client(node.server.address, timeout=60) as client:
            for at in range(first, count, threads):
                begin = time.monotonic()
                answer = client.post(PATH, {"name": f"n{at}", "scopes": [USER], "ttl": 86400}, auth)
                assert answer.status == 201, answer.status
                made[at] = deployment.vault.add(answer.json()["secret"])
                recorder.add("issue", begin, "ok", node=node.name, id=id_of(made[at]), account="ana", shown=True)

    workers = [threading.Thread(target=some, args=(first,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return made


def checker(number, seed, addresses, secrets, position, over, results):
    """Asks until it is over. Sends back what it saw, in few words: (begin, end, node, index, status)."""
    chance, seen = random.Random(seed), []
    clients = {name: Client(address, timeout=30).__enter__() for name, address in addresses.items()}
    names = list(addresses)
    while not over.is_set():
        at = position.value
        where = chance.random()
        if where < 0.5:
            index = at - chance.randrange(1, 20)
        elif where < 0.8:
            index = at + chance.randrange(0, 20)
        else:
            index = chance.randrange(len(secrets))
        index %= len(secrets)
        name = chance.choice(names)
        begin = time.monotonic()
        status = clients[name].get("/api/v1/me", bearer(secrets[index])).status
        seen.append((begin, time.monotonic(), name, index, status))
    results.put((number, seen))


def revoke(deployment, recorder, secrets, count, position):
    """Latencies, by what the barrier said."""
    auth, took, fenced = bearer(deployment.managers["ana"]["secret"]), [], 0
    clients = [(node, Client(node.server.address, timeout=90).__enter__()) for node in deployment.nodes]
    for at in range(count):
        node, client = clients[at % len(clients)]
        begin = time.monotonic()
        answer = client.request("DELETE", f"{PATH}/{id_of(secrets[at])}", auth)
        end = time.monotonic()
        position.value = at + 1
        assert answer.status in (200, 204), (answer.status, answer.cause)
        took.append(end - begin)
        recorder.add("revoke", begin, "ok", end=end, node=node.name, id=id_of(secrets[at]))
        if answer.body:
            fenced += len(answer.json().get("fenced", []))
    return took, fenced


def main():
    one = parser(__doc__)
    one.add_argument("--revocations", type=int, default=10_000)
    one.add_argument("--checkers", type=int, default=4)
    wanted = one.parse_args()
    with deployed(wanted) as deployment:
        recorder = Recorder()
        secrets = issue(deployment, recorder, wanted.revocations + 100)
        context = multiprocessing.get_context("fork")
        position, over, results = context.Value("q", 0, lock=False), context.Event(), context.Queue()
        addresses = {node.name: node.server.address for node in deployment.nodes}
        processes = [
            context.Process(
                target=checker, args=(i, wanted.seed + i, addresses, secrets, position, over, results), daemon=True
            )
            for i in range(wanted.checkers)
        ]
        for process in processes:
            process.start()
        began = time.monotonic()
        took, fenced = revoke(deployment, recorder, secrets, wanted.revocations, position)
        seconds = time.monotonic() - began
        over.set()
        for _ in processes:
            _, seen = results.get()
            for begin, end, name, index, status in seen:
                outcome = "ok" if status == 200 else "denied" if status < 500 else "unknown"
                recorder.add(
                    "verify", begin, outcome, end=end, node=name, id=id_of(secrets[index]), account="ana"
                )
        checks, allowed = recorder.count("verify"), recorder.count("verify", "ok")
        violations = check(recorder.operations, deployment.final(), Bounds(spread=10))
        # The tokens that issue were made before the history began.
        violations = [one for one in violations if not one.startswith("i: 2 credentials")]
    print(f"{len(took)} revocations in {seconds:.1f} s, answered after {milliseconds(took)}; {fenced} times a node was fenced")
    print(f"{checks} checks meanwhile ({checks / seconds:.0f}/s), {allowed} allowed; {len(violations)} violations")
    for sentence in violations[:10]:
        print("  " + sentence)
    raise SystemExit(1 if violations else 0)


if __name__ == "__main__":
    main()
