"""A real `latchkey serve` on a data directory of its own."""

import os
import re
import resource
import signal
import socket
import subprocess
from pathlib import Path

from support.http import Client, bearer
from support.safe import check_safe
from support.waiting import wait_until

# Sanitizers make everything slower; a start that takes longer than this is a failure nevertheless.
START_SECONDS = 60.0


class StartFailed(Exception):
    """The program ended before it was ready."""

    def __init__(self, status, output):
        super().__init__(f"the server ended with status {status}: {output[-2000:]}")
        self.status, self.output = status, output


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**more):
    """The environment of a program under test: nothing of ours but what sanitizers read."""
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            kept[name] = os.environ[name]
    return kept | {name: str(value) for name, value in more.items()}


def _allow_core_dumps():
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


class Server:
    def __init__(self, binary, directory, settings=None, data=None):
        """`directory` takes logs, core dumps and, unless `data` says otherwise, the data."""
        self.binary = binary
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = Path(data) if data else self.directory / "data"
        self.port = free_port()
        self.settings = dict(settings or {})
        self.process = None
        self.wrapper = []
        self.extra_environment = {}
        self.tls = None

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @property
    def log_file(self):
        return self.directory / "server.log"

    @property
    def access_file(self):
        return self.directory / "access.log"

    @property
    def output_file(self):
        return self.directory / "output.txt"

    def client(self, timeout=30.0):
        """Every answer that comes to it must tell browsers to be careful."""
        https = self.tls is not None or str(self.settings.get("public_url", "")).startswith("https:")
        return Client(
            self.address, tls=self.tls, timeout=timeout, check=lambda answer, where: check_safe(answer, where, https)
        )

    def environment(self):
        own = {"LISTEN": self.host, "LOG_FILE": self.log_file, "ACCESS_LOG": self.access_file}
        named = {f"LATCHKEY_{key.upper()}": value for key, value in (own | self.settings).items()}
        return clean_environment(**named, **self.extra_environment)

    def start(self, wait=True):
        assert self.process is None or self.process.poll() is not None, "it runs already"
        with open(self.output_file, "ab") as output:
            self._output_start = output.tell()
            self.process = subprocess.Popen(
                [*self.wrapper, str(self.binary), "serve", "--data", str(self.data)],
                env=self.environment(),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_allow_core_dumps,
            )
        if wait:
            self.wait_ready()
        return self

    def output(self):
        """What the last process wrote, log included."""
        with open(self.output_file, "rb") as file:
            file.seek(self._output_start)
            text = file.read().decode(errors="replace")
        return text + self.log()

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def access_log(self):
        """Whole lines alone: the last may just be on its way."""
        text = self.access_file.read_text(errors="replace") if self.access_file.exists() else ""
        return text[: text.rfind("\n") + 1]

    def is_ready(self):
        if self.process.poll() is not None:
            raise StartFailed(self.process.returncode, self.output())
        try:
            return self.client(timeout=5.0).get("/readyz").status == 200
        except (OSError, ValueError):
            return False

    def wait_ready(self):
        wait_until(self.is_ready, "the server is ready", seconds=START_SECONDS)

    def wait_end(self, seconds=60.0):
        status = self.process.wait(timeout=seconds)
        self.process = None
        return status

    def stop(self):
        """Asks it to stop, and returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.signal(signal.SIGTERM)
        return self.wait_end()

    def kill(self):
        """kill -9."""
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.wait_end()

    def restart(self):
        self.stop()
        return self.start()

    def signal(self, number):
        os.kill(self.pid(), number)

    def pid(self):
        """The program's own process, also below a wrapper like strace."""
        pid = self.process.pid
        if not self.wrapper:
            return pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0])

    def memory(self, name="VmHWM"):
        """Peak (VmHWM) or present (VmRSS) memory in KiB."""
        status = Path(f"/proc/{self.pid()}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M)[1])

    def reset_peak(self):
        Path(f"/proc/{self.pid()}/clear_refs").write_text("5")

    def metrics(self):
        """Metric lines without labels summed up by name, and with labels as they stand."""
        answer = self.client().get("/metrics")
        assert answer.status == 200, answer.status
        values = {}
        for line in answer.text.splitlines():
            if line.startswith("#") or " " not in line:
                continue
            series, value = line.rsplit(" ", 1)
            values[series] = float(value)
            name = series.split("{")[0]
            if name != series:
                values[name] = values.get(name, 0.0) + float(value)
        return values

    def alarms(self):
        return sum(v for k, v in self.metrics().items() if "alarm" in k and "{" not in k)

    def status_of(self, secret, path="/api/v1/me"):
        return self.client().get(path, bearer(secret)).status

    def me(self, secret, user=None):
        from support.http import basic

        auth = bearer(secret) if user is None else basic(user, secret)
        return self.client().get("/api/v1/me", auth)
