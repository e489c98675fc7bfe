"""What is under test: one node on SQLite, or three on PostgreSQL, each with a fault proxy before its database."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from fault.checker import Final
from fault.postgres import Postgres, programs
from fault.proxy import FaultProxy
from fault.registry import Unavailable
from support.cli import Cli
from support.server import Server, clean_environment, free_port
from support.waiting import wait_until
from support.world import MANAGE, READ, SEE, USER

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "deploy/cluster"))

from trial import configuration  # noqa: E402  The example's own.
from trial.cluster import Cluster  # noqa: E402

ACCOUNTS = ("ana", "sue")
SETTINGS = {
    "throttle_failures": 1_000_000,
    "throttle_window": "1s",
    "token_lifetime_min": "1s",
    "set_up_link": "off",
    "threads": 2,
    "grace": "5s",
}
# Short, so that a node that is cut off stops answering within a test.
LEASE = 5.0


def knows_postgresql(binary):
    """Whether this program can keep its records in PostgreSQL."""
    shown = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True, check=False, env=clean_environment())
    return "--store" in shown.stdout


class Node:
    def __init__(self, name, server, proxy=None):
        self.name, self.server, self.proxy = name, server, proxy

    def client(self, timeout=15.0):
        return self.server.client(timeout)

    def is_ready(self):
        return self.server.is_ready()

    def journal(self):
        """[(number, action, credential's id or "")] as the node's own file has them."""
        lines = []
        for line in (self.server.data / "journal.log").read_bytes().rstrip(b"\0").splitlines():
            change = json.loads(line)
            of_credential = change["type"] == "credential"
            action = change["action"].removeprefix("credential.") if of_credential else change["action"]
            lines.append((change["seq"], action, change["record"]["id"] if of_credential else ""))
        return lines


class Deployment:
    """Common to both: accounts, the token that issues, the look at the end."""

    store = ""

    def __init__(self, binary, directory, vault):
        self.binary, self.directory, self.vault = Path(binary), Path(directory), vault
        self.directory.mkdir(parents=True, exist_ok=True)
        self.nodes = []

    def _node(self, name, proxy=None, **settings):
        server = Server(self.binary, self.directory / name, SETTINGS | settings)
        node = Node(name, server, proxy)
        self.nodes.append(node)
        return node

    @property
    def first(self):
        return self.nodes[0]

    def cli(self, node=None):
        server = (node or self.first).server
        return Cli(self.binary, server.data, self.directory / "cli.txt", self.vault, server.settings)

    def people(self):
        cli = self.cli()
        for name in ACCOUNTS:
            cli.account(name)
        self.managers = {
            name: cli.token(name, READ, USER, SEE, MANAGE, expires="366d", name="manager") for name in ACCOUNTS
        }

    def start(self):
        # One after the other: the first makes the keyring, and the tables.
        for node in self.nodes:
            node.server.start()
        self.people()
        return self

    def wait_ready(self, seconds=60.0):
        for node in self.nodes:
            if node.server.process is None or node.server.process.poll() is not None:
                node.server.process = None
                node.server.start(wait=False)
            wait_until(node.is_ready, f"{node.name} is ready: {node.server.output()[-1500:]}", seconds)

    def final(self):
        """What is there when everything is over. Nodes still run."""
        listed = self.cli().json("token", "list")
        states = {one["id"]: "live" if one["state"] == "active" else one["state"] for one in listed}
        wait_until(lambda: len({len(node.journal()) for node in self.nodes}) == 1, "all nodes have all lines", 30)
        lines = {node.name: node.journal() for node in self.nodes}
        chain = {node.name: self.cli(node).run("audit", "verify").status == 0 for node in self.nodes}
        return Final(states, lines, chain)

    def stop(self):
        for node in self.nodes:
            if node.server.process is not None and node.server.process.poll() is None:
                node.server.kill()
            if node.proxy:
                node.proxy.close()


class OnSqlite(Deployment):
    store = "sqlite"

    def __init__(self, binary, directory, vault, data=None):
        super().__init__(binary, directory, vault)
        node = self._node("n1")
        if data:
            node.server.data = Path(data)


class OnPostgres(Deployment):
    """Three nodes on a database server of their own."""

    store = "postgresql"

    def __init__(self, binary, directory, vault, count=3):
        super().__init__(binary, directory, vault)
        if programs() is None:
            raise Unavailable("needs PostgreSQL")
        self.database = Postgres(self.directory / "postgres", free_port(), sync=False).start()
        self.database.ask("CREATE DATABASE latchkey")
        keyring = self.directory / "keyring"
        for number in range(1, count + 1):
            proxy = FaultProxy(self.database.address)
            dsn = self.database.dsn(proxy.address, "latchkey")
            self._node(f"n{number}", proxy, store=dsn, keyring=keyring, lease=f"{LEASE:g}s", node_name=f"n{number}")

    def stop(self):
        super().stop()
        self.database.remove()



class OnPatroni(Deployment):
    """Three nodes on the three databases of deploy/cluster, with Patroni's times for tests."""

    store = "postgresql"
    lease = 30.0

    def __init__(self, binary, directory, vault, network="loopback", fast=True):
        super().__init__(binary, directory, vault)
        if not all(shutil.which(program) for program in ("patroni", "etcd", "psql")):
            raise Unavailable("needs patroni, etcd-server and postgresql-client")
        self.paths = []  # Of each node: its proxies, one for each database.
        self.cluster = Cluster(Path(f"/tmp/latchkey-fault-cluster-{os.getpid()}"))
        self.cluster.up(
            {
                "network": network,
                "servers": 0,
                "program": str(binary),
                "times": configuration.FAST_TIMES if fast else configuration.DEFAULT_TIMES,
                "no_sync": True,
                "postgresql_bin": str(programs()),
            }
        )
        keyring = self.directory / "keyring"
        for number in range(1, 4):
            self.paths.append([FaultProxy((self.cluster.address(db), 5432)) for db in configuration.DATABASES])
            store = self._through(self.paths[-1])
            self._node(f"n{number}", store=store, keyring=keyring, lease=f"{self.lease:g}s", node_name=f"n{number}")

    def _through(self, proxies):
        hosts = ",".join(f"{host}:{port}" for host, port in (proxy.address for proxy in proxies))
        own = f"passfile={self.directory}/pgpass&sslmode=disable&gssencmode=disable"
        # The example's file is for port 5432 alone.
        passwords = (self.cluster.directory / "pgpass").read_text().replace("*:5432:", "*:*:")
        with open(os.open(self.directory / "pgpass", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(passwords)
        return f"postgresql://latchkey@{hosts}/latchkey?{own}&target_session_attrs=read-write"

    def stop(self):
        super().stop()
        for proxy in (one for proxies in self.paths for one in proxies):
            proxy.close()
        self.cluster.down()
