"""Three databases under Patroni with etcd, Latchkey nodes in front of them, HAProxy in front of those."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from . import configuration, network, processes
from .configuration import DATABASES, PROXY, SERVERS
from .processes import Trouble, wait_for

NUMBERS = range(90, 250)
MARK = "latchkey-cluster.json"


class Cluster:
    def __init__(self, directory):
        self.directory = Path(directory).absolute()
        self.state = {}
        self.is_ours = False  # Whether up() made it: then a failure takes it away again.
        if self._mark.exists():
            self.state = json.loads(self._mark.read_text())

    # What it is made of.

    @property
    def _mark(self):
        return self.directory / MARK

    @property
    def exists(self):
        return bool(self.state)

    @property
    def network(self):
        return network.KINDS[self.state["network"]](self.state["number"])

    @property
    def servers(self):
        return {name: SERVERS[name] for name in self.state["servers"]}

    @property
    def nodes(self):
        proxy = PROXY if self.servers else {}
        return DATABASES | self.servers | proxy

    def address(self, node):
        return f"{self.network.prefix}{self.nodes[node]}"

    def url(self, node):
        return f"http://{self.address(node)}:8080"

    def home(self, node):
        if node not in self.nodes:
            raise Trouble(f"there is no node {node}; there are {', '.join(self.nodes)}")
        return self.directory / node

    def dsn(self, user="latchkey", database="latchkey"):
        hosts = ",".join(self.address(node) for node in DATABASES)
        return (
            f"postgresql://{user}@{hosts}/{database}"
            f"?passfile={self.directory}/pgpass&target_session_attrs=read-write&connect_timeout=3"
        )

    # Bringing it up, and down.

    def up(self, options):
        if self.directory.exists():
            raise Trouble(f"{self.directory} exists; `try down` first, or name another with --directory")
        user = processes.database_user()
        self.directory.mkdir(mode=0o711, parents=True)
        self.is_ours = True
        options["peer"] = user.pw_name == "postgres"
        self.state = {
            "network": options["network"],
            "number": _free_number(options["network"]),
            "servers": list(SERVERS)[: options["servers"]],
            "options": options,
        }
        self._mark.write_text(json.dumps(self.state, indent=1))
        self._write_passwords()
        self.network.up(DATABASES, [*SERVERS.values(), *PROXY.values()])
        for node in DATABASES:
            self._prepare(node, user)
        for node in DATABASES:
            self._start_etcd(node)
        wait_for(lambda: all(self._etcd_healthy(node) for node in DATABASES), "etcd is healthy", 30)
        for node in DATABASES:
            self._start_patroni(node)
        leader = wait_for(self.leader, "a database is primary")
        self._make_database(leader)
        self.wait_ready(databases_only=True)
        self._start_servers()

    def down(self):
        """All of it, whatever became of it."""
        if not self.directory.exists():
            return
        if not self.exists and any(self.directory.iterdir()):
            raise Trouble(f"{self.directory} holds something else: there is no {MARK} in it")
        segments = self._shared_memory()
        processes.kill(self.directory)
        _remove(segments | self._shared_memory())
        if self.exists:
            self.network.down()
        shutil.rmtree(self.directory)
        self.state = {}

    def _write_passwords(self):
        named = {}
        for line in (configuration.FOLDER / "secrets.example").read_text().splitlines():
            if line and not line.startswith("#"):
                key, value = line.split("=", 1)
                named[key] = value or secrets.token_hex(24)
        own = {"latchkey": secrets.token_hex(24), "postgres": named["PATRONI_SUPERUSER_PASSWORD"]}
        _write_secret(self.directory / "secrets.json", json.dumps(named))
        lines = [f"*:5432:*:{user}:{password}\n" for user, password in own.items()]
        _write_secret(self.directory / "pgpass", "".join(lines))

    def _prepare(self, node, user):
        home = self.home(node)
        prefix = self.network.prefix
        for path in (home, home / "run", home / "etcd"):
            path.mkdir(mode=0o700)
        (home / "patroni.yml").write_text(
            configuration.patroni(node, prefix, home, self.state["options"])
        )
        if os.geteuid() == 0:
            for path in (home, *home.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid)

    def _start(self, node, words, name, **more):
        inside = self.network.inside(node) if node in DATABASES else []
        home = self.home(node)
        processes.start(words, home, home / f"{name}.txt", inside=inside, **more)

    def _start_etcd(self, node):
        env = configuration.etcd(node, self.network.prefix, self.home(node))
        self._start(node, ["etcd"], "etcd", user=processes.database_user(), env=env)

    def _start_patroni(self, node):
        env = json.loads((self.directory / "secrets.json").read_text())
        words = ["patroni", str(self.home(node) / "patroni.yml")]
        self._start(node, words, "patroni", user=processes.database_user(), env=env)

    def _etcd_healthy(self, node):
        return (_get(f"http://{self.address(node)}:2379/health") or {}).get("health") == "true"

    def _make_database(self, leader):
        self.psql(leader, "postgres", "CREATE ROLE latchkey LOGIN")
        # The password goes by standard input: arguments can be read by everybody on the machine.
        password = (self.directory / "pgpass").read_text().split(":latchkey:", 1)[1].split("\n", 1)[0]
        self.psql(leader, "postgres", f"ALTER ROLE latchkey PASSWORD '{password}'")
        self.psql(leader, "postgres", "CREATE DATABASE latchkey OWNER latchkey TEMPLATE template0 ENCODING 'UTF8'")

    def _start_servers(self):
        if not self.servers:
            return
        for node in self.servers:
            self.home(node).mkdir(mode=0o700)
            (self.home(node) / "latchkey.toml").write_text(
                configuration.latchkey(node, self.network.prefix, self.home(node), self.directory)
            )
            # One after the other: the first makes the keyring and the tables.
            self.start_server(node)
            wait_for(lambda node=node: self.is_ready(node), f"{node} is ready (see {self.home(node)})")
        home = self.home("proxy")
        home.mkdir(mode=0o700)
        (home / "haproxy.cfg").write_text(configuration.haproxy(self.network.prefix, home, self.servers))
        self._start_proxy()
        wait_for(lambda: self.is_ready("proxy"), "HAProxy passes on")

    def start_server(self, node):
        program = self.state["options"]["program"]
        self._start(node, [program, "serve", "--config", str(self.home(node) / "latchkey.toml")], "output")

    def _start_proxy(self):
        self._start("proxy", ["haproxy", "-db", "-f", str(self.home("proxy") / "haproxy.cfg")], "output")

    def _shared_memory(self, node="db-*"):
        """PostgreSQL's System V segments, which outlive a killed server: line 7 of postmaster.pid names them."""
        found = set()
        for path in self.directory.glob(f"{node}/data/postmaster.pid"):
            lines = path.read_text().splitlines()
            if len(lines) > 6 and len(lines[6].split()) == 2:
                found.add(lines[6].split()[1])
        return found

    # What it looks like.

    def members(self):
        """What Patroni says of the databases, by name; empty if nobody says anything."""
        for node in DATABASES:
            answer = _get(f"http://{self.address(node)}:8008/cluster")
            if answer:
                return {one["name"]: one for one in answer.get("members", [])}
        return {}

    def leader(self):
        """The database that says itself that it is primary."""
        for node in DATABASES:
            if _get(f"http://{self.address(node)}:8008/primary"):
                return node
        return None

    def has_new_primary(self, old):
        """Whether another one than `old` is primary, and a standby of it may take over in its turn."""
        members = self.members()
        primary = [name for name, one in members.items() if one["role"] == "leader"]
        standby = any(one["role"] == "sync_standby" for one in members.values())
        return bool(primary) and primary[0] != old and standby

    def databases_ready(self):
        leader, members = self.leader(), self.members()
        if leader is None or set(members) != set(DATABASES):
            return False
        if not all(one["state"] in ("running", "streaming") for one in members.values()):
            return False
        # Only a standby that Patroni has written down as synchronous may take over.
        if not any(one["role"] == "sync_standby" for one in members.values()):
            return False
        query = (
            "SELECT count(*), count(*) FILTER (WHERE sync_state IN ('sync', 'quorum'))"
            " FROM pg_stat_replication WHERE state = 'streaming' AND application_name LIKE 'db-%'"
        )
        try:
            streaming, synchronous = self.psql(leader, "postgres", query).strip().split("|")
            # libpq takes the first host that knows the database: all must have it.
            for node in DATABASES:
                self.psql(node, "latchkey", "SELECT 1", user="latchkey")
        except Trouble:
            return False
        return int(streaming) == len(DATABASES) - 1 and int(synchronous) >= 1

    def is_ready(self, node):
        return _get(f"{self.url(node)}/readyz", json_body=False) is not None

    def wait_ready(self, seconds=90.0, databases_only=False):
        wait_for(self.databases_ready, "a primary, two standbys that stream, one of them synchronous", seconds)
        if not databases_only and self.servers:
            for node in (*self.servers, "proxy"):
                wait_for(lambda node=node: self.is_ready(node), f"{node} is ready", seconds)

    def psql(self, node, database, sql, user="postgres"):
        """Runs SQL at that very node."""
        done = subprocess.run(
            ["psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-h", self.address(node), "-p", "5432", "-U", user, database],
            input=sql,
            env={"PATH": os.environ["PATH"], "PGPASSFILE": str(self.directory / "pgpass"), "PGCONNECT_TIMEOUT": "2"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise Trouble(f"psql at {node}: {done.stderr.strip()}")
        return done.stdout

    # What can happen to it.

    def crash(self, node, only=None):
        processes.kill(self.home(node), only)
        if only is None and node in DATABASES:
            # What a machine that lost its power does not have any more.
            _remove(self._shared_memory(node))
            (self.home(node) / "data/postmaster.pid").unlink(missing_ok=True)

    def start(self, node):
        home = self.home(node)
        if node in DATABASES:
            if not processes.below(home, "etcd"):
                self._start_etcd(node)
                wait_for(lambda: processes.below(home, "etcd"), f"etcd runs at {node}", 10)
            if not processes.below(home, "patroni"):
                self._start_patroni(node)
        elif not processes.below(home):
            self._start_proxy() if node == "proxy" else self.start_server(node)

    def stop(self, node):
        processes.terminate(self.home(node))

    def freeze(self, node, only=None):
        if not processes.freeze(self.home(node), only):
            raise Trouble(f"nothing of that name runs at {node}")

    def thaw(self, node):
        processes.thaw(self.home(node))

    def partition(self, node):
        if node not in DATABASES:
            raise Trouble(f"only databases have a network of their own, and {node} is none")
        self.network.partition(node)

    def heal(self):
        """Undoes all that happened: cables in, frozen ones go on, crashed ones start."""
        for node in DATABASES:
            if self.network.cut_off(node):
                self.network.heal(node)
        for node in self.nodes:
            self.thaw(node)
            self.start(node)

    def switchover(self, to=None):
        """A planned one. Returns the new primary."""
        leader = self.leader()
        if leader is None:
            raise Trouble("no database is primary now")
        members = self.members()
        standby = to or next((n for n, one in members.items() if one["role"] == "sync_standby"), None)
        if standby is None:
            raise Trouble("there is no synchronous standby to switch to")
        env = json.loads((self.directory / "secrets.json").read_text())
        done = subprocess.run(
            [
                *("patronictl", "-c", str(self.home(leader) / "patroni.yml"), "switchover", "latchkey"),
                *("--master", leader, "--candidate", standby, "--force"),
            ],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or self.leader() != standby:
            wait_for(lambda: self.leader() == standby, f"{standby} is primary: {done.stderr}{done.stdout}", 30)
        return standby


def _get(url, json_body=True):
    """The JSON of a 200, or None."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return (json.load(answer) or {"": ""}) if json_body else answer.read()
    except (OSError, ValueError, urllib.error.URLError):
        return None


def _remove(segments):
    for segment in segments:
        subprocess.run(["ipcrm", "-m", segment], capture_output=True, check=False)


def _write_secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _free_number(kind):
    """The third number of the addresses: several clusters may be there at once."""
    for number in NUMBERS:
        if kind == "namespaces":
            if not Path(f"/sys/class/net/lk{number}").exists():
                return number
            continue
        try:
            for last in (*DATABASES.values(), *SERVERS.values(), *PROXY.values()):
                for port in (5432, 8008, 2379, 2380, 8080):
                    with socket.socket() as probe:
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        probe.bind((f"127.0.{number}.{last}", port))
        except OSError:
            continue
        return number
    raise Trouble("no addresses are free; which clusters run? ls -d /tmp/latchkey-cluster*")
