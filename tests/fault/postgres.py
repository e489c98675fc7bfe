"""A PostgreSQL server of a test's own: made in a second, killed, frozen and started again."""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from support.waiting import wait_until

OWN_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A killed server must leave nothing outside its directory.
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "log_min_messages": "warning",
}


def programs():
    """Where Debian keeps initdb and postgres; None if PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def as_database_user(words):
    """PostgreSQL refuses to be root."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


class Postgres:
    """Trusts whoever reaches it: it listens on loopback alone, and holds nothing."""

    def __init__(self, directory, port, sync=True, **settings):
        self.directory, self.port = Path(directory), port
        self.data = self.directory / "data"
        self.bin = programs()
        assert self.bin, "PostgreSQL is not installed: ./dev setup --tests"
        self.directory.mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(self.directory, pwd.getpwnam("postgres").pw_uid, -1)
            _let_through(self.directory)
        made = self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        assert made.returncode == 0, made.stderr
        own = OWN_SETTINGS | {"unix_socket_directories": "", "fsync": "on" if sync else "off"} | settings
        lines = [f"{key} = '{value}'\n" for key, value in own.items()]
        with open(self.data / "postgresql.conf", "a") as file:
            file.writelines(lines)

    def _run(self, program, *words):
        words = as_database_user([str(self.bin / program), *map(str, words)])
        return subprocess.run(words, capture_output=True, text=True, check=False, cwd=self.directory)

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def start(self):
        words = ["-D", self.data, "-w", "-l", self.directory / "log.txt", "-o", f"-p {self.port}", "start"]
        started = self._run("pg_ctl", *words)
        assert started.returncode == 0, started.stderr + (self.directory / "log.txt").read_text()[-2000:]
        return self

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    @property
    def _pid_file(self):
        return self.data / "postmaster.pid"

    def pids(self):
        """The postmaster and its children; empty if it does not run."""
        try:
            first = int(self._pid_file.read_text().splitlines()[0])
            children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        except (OSError, IndexError, ValueError):
            return []
        return [first, *map(int, children)]

    def kill(self):
        """kill -9 of all of it, as when the machine dies."""
        segment = self._pid_file.read_text().splitlines()[6].split()[1:]
        pids = self.pids()
        for pid in pids:
            _send(pid, signal.SIGSTOP)
        for pid in pids:
            _send(pid, signal.SIGKILL)
        wait_until(lambda: not any(_runs(pid) for pid in pids), "it is dead")
        for one in segment:
            subprocess.run(["ipcrm", "-m", one], capture_output=True, check=False)
        self._pid_file.unlink(missing_ok=True)

    def freeze(self):
        for pid in self.pids():
            _send(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self.pids():
            _send(pid, signal.SIGCONT)

    def remove(self):
        self.thaw()
        if self.pids():
            self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)

    def dsn(self, address=None, database="postgres"):
        host, port = address or self.address
        # Unencrypted, so that the proxy sees a COMMIT when one passes.
        return f"postgresql://postgres@{host}:{port}/{database}?sslmode=disable&gssencmode=disable"

    def psql(self, sql, address=None, database="postgres", timeout=20.0):
        """Runs statements one after the other on one connection, by the simple protocol."""
        words = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.dsn(address, database)]
        return subprocess.run(words, input=sql, capture_output=True, text=True, timeout=timeout, check=False)

    def ask(self, sql, **more):
        done = self.psql(sql, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _runs(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2] != "Z"


def _let_through(directory):
    """Another user must be able to reach a directory of ours: below /tmp alone, where the tests make theirs."""
    for parent in directory.parents:
        if parent == Path("/tmp") or parent == Path("/"):
            break
        parent.chmod(parent.stat().st_mode | 0o011)

