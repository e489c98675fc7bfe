#!/usr/bin/python3
"""Three nodes behind HAProxy are restarted one after the other under load, as for an upgrade: how many requests fail?

    bench/cluster/rolling.py [--rounds 1] [--clients 6] [--next PROGRAM]

Brings up deploy/cluster whole, HAProxy included. Each node is drained at HAProxy, stopped, started (with --next: another
program), and put back once it is ready, as docs/operating.md says.
"""

import argparse
import os
import random
import socket
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path

from common import ROOT, milliseconds
from fault.postgres import programs
from support.cli import Cli
from support.http import Client, bearer
from support.secrets import SecretVault, id_of
from support.waiting import wait_until
from support.world import MANAGE, READ, SEE, USER
from trial import configuration
from trial.cluster import Cluster

PATH = "/api/v1/api-tokens"


class Visitor(threading.Thread):
    """Checks, issues and revokes through HAProxy; whatever is no success is a failure."""

    def __init__(self, address, manager, vault, seed, over):
        super().__init__(daemon=True)
        self.address, self.auth, self.vault, self.over = address, bearer(manager), vault, over
        self.manager, self.random = manager, random.Random(seed)
        self.done, self.failed, self.took = 0, [], []

    def run(self):
        client, mine = None, []
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                client = client or Client(self.address, timeout=60).__enter__()
                status = self.one(client, mine)
            except (OSError, HTTPException) as gone:
                client, status = None, repr(gone)
            self.took.append(time.monotonic() - begin)
            self.done += 1
            if status not in (200, 201, 204):
                self.failed.append(status)

    def one(self, client, mine):
        chosen = self.random.random()
        if chosen < 0.1:
            answer = client.post(PATH, {"name": "x", "scopes": [USER], "ttl": 86400}, self.auth)
            if answer.status == 201:
                mine.append(self.vault.add(answer.json()["secret"]))
            return answer.status
        if chosen < 0.15 and mine:
            return client.request("DELETE", f"{PATH}/{id_of(mine.pop())}", self.auth).status
        return client.get("/api/v1/me", bearer(self.random.choice([self.manager, *mine]))).status


def haproxy(cluster, words):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(cluster.home("proxy") / "admin.sock"))
        connection.sendall(words.encode() + b"\n")
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def requests_under_way(cluster, node):
    lines = haproxy(cluster, "show stat").splitlines()
    names = lines[0].lstrip("# ").split(",")
    for line in lines[1:]:
        row = dict(zip(names, line.split(","), strict=False))
        if (row.get("pxname"), row.get("svname")) == ("latchkey", node):
            return int(row["scur"])
    return 0


def roll(cluster, node, program):
    began = time.monotonic()
    haproxy(cluster, f"set server latchkey/{node} state drain")
    wait_until(lambda: requests_under_way(cluster, node) == 0, f"{node} is drained", 60)
    cluster.stop(node)
    if program:
        cluster.state["options"]["program"] = str(program)
    cluster.start(node)
    wait_until(lambda: cluster.is_ready(node), f"{node} is ready", 60)
    haproxy(cluster, f"set server latchkey/{node} state ready")
    wait_until(lambda: ",UP," in next(
        line for line in haproxy(cluster, "show stat").splitlines() if line.startswith(f"latchkey,{node},")
    ), f"HAProxy sees {node}", 30)
    print(f"{node}: {time.monotonic() - began:.1f} s", flush=True)


def main():
    one = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    one.add_argument("--binary", type=Path, default=ROOT / "build/release/latchkey")
    one.add_argument("--next", type=Path, help="the program that the nodes are restarted with")
    one.add_argument("--rounds", type=int, default=1)
    one.add_argument("--clients", type=int, default=6)
    one.add_argument("--seed", type=int, default=1)
    wanted = one.parse_args()
    cluster = Cluster(Path(f"/tmp/latchkey-rolling-{os.getpid()}"))
    failed = []
    try:
        cluster.up(
            {
                "network": "loopback",
                "servers": 3,
                "program": str(wanted.binary.absolute()),
                "times": configuration.DEFAULT_TIMES,
                "no_sync": True,
                "postgresql_bin": str(programs()),
            }
        )
        vault = SecretVault()
        cli = Cli(wanted.binary, cluster.home("latchkey-1") / "data", cluster.directory / "cli.txt", vault)
        cli.account("ana")
        manager = cli.token("ana", READ, USER, SEE, MANAGE, expires="366d")["secret"]
        address, over = (cluster.address("proxy"), 8080), threading.Event()
        visitors = [Visitor(address, manager, vault, wanted.seed + i, over) for i in range(wanted.clients)]
        for visitor in visitors:
            visitor.start()
        for _ in range(wanted.rounds):
            for node in cluster.servers:
                roll(cluster, node, wanted.next and wanted.next.absolute())
        over.set()
        for visitor in visitors:
            visitor.join()
        failed = [status for visitor in visitors for status in visitor.failed]
        took = [seconds for visitor in visitors for seconds in visitor.took]
        print(f"{len(took)} requests, {len(failed)} failed {failed[:5]}; {milliseconds(took)}")
    finally:
        cluster.down()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
