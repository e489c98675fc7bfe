"""Processes of a node: whatever works below its directory, however it was started.

No list of process ids is kept: a list would be wrong after a crash. PostgreSQL, etcd, Patroni, HAProxy and Latchkey
all stay in the directory that they were started in (PostgreSQL in its data directory below it).
"""

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path


class Trouble(Exception):
    """What happened and what to do, for whoever typed the command."""


def wait_for(condition, what, seconds=60.0, every=0.05):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise Trouble(f"not within {seconds:g} s: {what}")
        time.sleep(every)
    return value


def _state(pid):
    """The letter of proc(5), R, S, T (stopped), Z (ended, not yet collected) …, and the terminal's number (0: none)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "Z", 0
    fields = stat[stat.rindex(")") + 2 :].split()
    return fields[0], int(fields[4])


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def below(directory, only=None):
    """Process ids, our own left out. `only`: of programs of that name."""
    directory, found = os.path.realpath(directory), []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            where = os.readlink(f"/proc/{entry}/cwd")
        except OSError:
            continue
        where = where.removesuffix(" (deleted)")
        if where != directory and not where.startswith(directory + "/"):
            continue
        state, terminal = _state(entry)
        # Whoever has a terminal is a person looking around.
        if state != "Z" and terminal == 0 and (only is None or name_of(entry) == only):
            found.append(int(entry))
    return found


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def freeze(directory, only=None):
    """Stops them all, also those that are started meanwhile. How many it were."""
    stopped = set()
    while fresh := [pid for pid in below(directory, only) if pid not in stopped]:
        send(fresh, signal.SIGSTOP)
        stopped.update(fresh)
    return len(stopped)


def thaw(directory):
    send(below(directory), signal.SIGCONT)


def frozen(directory):
    return [pid for pid in below(directory) if _state(pid)[0] == "T"]


def kill(directory, only=None):
    """As a power failure: first none of them runs any more, then none is there."""
    freeze(directory, only)
    killed = set()
    while (pids := below(directory, only)) or any(_state(pid)[0] != "Z" for pid in killed):
        send(pids, signal.SIGKILL)
        # One that is ending has no directory any more, and still is there.
        killed.update(pids)
        _collect()
        time.sleep(0.005)


def _collect():
    """Those that we started ourselves."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def terminate(directory, seconds=20.0):
    send(below(directory), signal.SIGTERM)
    try:
        wait_for(lambda: _collect() or not below(directory), "the processes end", seconds)
    except Trouble:
        kill(directory)


def database_user():
    """Who runs the databases: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise Trouble("as root this needs the user postgres (Debian's package postgresql makes it)") from error


def start(words, directory, log, user=None, env=None, inside=()):
    """Starts a program that lives on after us. `inside`: what runs it somewhere else."""
    if user is not None and os.geteuid() == 0:
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs"]
        words = ["setpriv", *ids, *words]
    with open(log, "ab") as output:
        return subprocess.Popen(
            [*inside, *words],
            cwd=directory,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(directory)} | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
