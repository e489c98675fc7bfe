"""Programs that a benchmark starts: pinned to a core, asked for the processor time they took, and ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
# The server has one core for itself, the load generator another.
SERVER_CORE, CLIENT_CORE = 0, (os.cpu_count() or 1) - 1


def pinned(core):
    return ["taskset", "-c", str(core)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=30.0, every=0.01):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds:g} s: {what}")
        time.sleep(every)
    return value


def listens(address):
    """Whether somebody accepts at a TCP port (a number) or a Unix socket (a path)."""
    family = socket.AF_INET if isinstance(address, int) else socket.AF_UNIX
    with socket.socket(family) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", address) if family == socket.AF_INET else str(address)) == 0


def tree(pid):
    """A process and all below it."""
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                pids += tree(int(child))
        except OSError:
            pass
    return pids


class Program:
    """One program with all that it starts, in a session of its own, so that it is ended whole."""

    def __init__(self, words, output, core=SERVER_CORE, env=None, cwd=None, user=None):
        self.output = Path(output)
        with open(self.output, "ab") as file:
            self.process = subprocess.Popen(
                [*(pinned(core) if core is not None else []), *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                user=user,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.process.pid

    def wait_listening(self, address, seconds=30.0):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"ended with {self.process.returncode}: {self.last_words()}")
            return listens(address)

        wait_for(ready, f"listening at {address}", seconds)
        return self

    def last_words(self):
        return self.output.read_text(errors="replace")[-500:]

    def cpu_seconds(self):
        """User and system time of all its processes. One that has ended counts with its parent."""
        total = 0
        for pid in tree(self.pid):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += sum(int(value) for value in fields[11:15])
        return total / TICK

    def peak_mib(self):
        """The most memory that was resident (VmHWM), of the program itself."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self, number=signal.SIGTERM, seconds=30.0):
        if self.process.poll() is not None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()


def say(text):
    print(f"   {text}", file=sys.stderr, flush=True)
