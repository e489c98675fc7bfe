#!/usr/bin/python3
"""A large push and clone: time and memory, beside `git http-backend` behind nginx and fcgiwrap.

    bench/git_transfer.py [--size 1024] [--rounds 2] [--directory DIR] [--bin PROGRAM] [--json]

Both serve the same repository of random bytes, which do not compress, on this machine and in this run; the rounds
are interleaved. Both check what is pushed (transfer.fsckObjects). Needs root, nginx-light and fcgiwrap. The memory
is that of the server alone (VmHWM); the git processes are the same on both sides.
"""

import argparse
import atexit
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.git import Git, with_user  # noqa: E402
from support.outputs import Outputs  # noqa: E402
from support.server import free_port  # noqa: E402
from support.waiting import wait_until  # noqa: E402
from support.world import World  # noqa: E402

NGINX = """
user root;
worker_processes 2;
pid {directory}/nginx.pid;
error_log {directory}/nginx-error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {directory}/body; fastcgi_temp_path {directory}/fastcgi;
  proxy_temp_path {directory}/proxy; scgi_temp_path {directory}/scgi; uwsgi_temp_path {directory}/uwsgi;
  server {{
    listen 127.0.0.1:{port};
    auth_basic "git"; auth_basic_user_file {directory}/users;
    location / {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT {directory}/repositories;
      fastcgi_param GIT_HTTP_EXPORT_ALL "";
      fastcgi_param PATH_INFO $uri;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_request_buffering off; fastcgi_buffering off; fastcgi_read_timeout 1h;
      fastcgi_pass unix:{directory}/fcgi.sock;
    }}
  }}
}}
"""


class HttpBackend:
    """nginx and fcgiwrap, started for this run alone."""

    def __init__(self, directory):
        self.directory = directory
        self.port = free_port()
        for name in ("body", "fastcgi", "proxy", "scgi", "uwsgi", "repositories"):
            (directory / name).mkdir(parents=True)
        (directory / "users").write_text("bench:{PLAIN}bench\n")
        (directory / "nginx.conf").write_text(NGINX.format(directory=directory, port=self.port))
        # Its children outlive it, so it gets a group of its own, to be ended as one.
        self.wrap = subprocess.Popen(
            ["fcgiwrap", "-c", "4", "-s", f"unix:{directory}/fcgi.sock"],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: (directory / "fcgi.sock").exists(), "fcgiwrap listens")
        self.nginx = subprocess.Popen(["nginx", "-c", directory / "nginx.conf", "-g", "daemon off;"])
        wait_until(lambda: (directory / "nginx.pid").exists(), "nginx runs")

    def url(self, name):
        return f"http://bench:bench@127.0.0.1:{self.port}/{name}.git"

    def make_repository(self, name):
        path = self.directory / "repositories" / f"{name}.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
        for key, value in (("http.receivepack", "true"), ("transfer.fsckObjects", "true")):
            subprocess.run(["git", "-C", path, "config", key, value], check=True)
        return path

    def stop(self):
        if self.nginx.poll() is not None:
            return
        self.nginx.send_signal(signal.SIGQUIT)
        self.nginx.wait()
        os.killpg(self.wrap.pid, signal.SIGTERM)
        self.wrap.wait()

    def memory(self):
        """Of nginx's processes together, in KiB."""
        pids = [self.nginx.pid]
        pids += map(int, Path(f"/proc/{self.nginx.pid}/task/{self.nginx.pid}/children").read_text().split())
        return sum(_peak(pid) for pid in pids)


def _peak(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


class Latchkey:
    def __init__(self, outputs):
        self.world = World(outputs).people()
        self.secret = self.world.token()["secret"]

    def url(self, name):
        return with_user(f"{self.world.server.url}/ws/{name}.git", "x-token-auth", self.secret)

    def make_repository(self, name):
        return self.world.make_repository(f"ws/{name}")

    def memory(self):
        return self.world.server.memory("VmHWM")

    def stop(self):
        self.world.server.stop()


def random_repository(git, size):
    """One commit of `size` MiB in files of 4 MiB: enough of them that a server keeps the pack as it came
    (receive.unpackLimit), so that what is measured is the way and not the compressing."""
    work = git.home / "source"
    git.ok("init", "-q", work)
    git.ok("-C", work, "config", "core.compression", "0")
    for number in range(max(1, size // 4)):
        (work / f"{number:04d}.bin").write_bytes(os.urandom(min(size, 4) << 20))
    git.ok("-C", work, "add", ".")
    git.ok("-C", work, "commit", "-q", "-m", "Random bytes")
    # Packed once, so that a push reads a pack and does not make one.
    git.ok("-C", work, "repack", "-q", "-a", "-d", timeout=1200)
    return work


def timed(git, *words):
    began = time.monotonic()
    git.ok(*words, timeout=3600)
    taken = time.monotonic() - began
    print(f"{'clone' if 'clone' in words else 'push'}: {taken:.1f} s", file=sys.stderr, flush=True)
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1024, help="MiB")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/latchkey")
    parser.add_argument("--json", action="store_true", help="each round's seconds, for other programs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="latchkey-bench-", dir=options.directory) as made:
        os.environ["LATCHKEY_TEST_OUTPUT"] = f"{made}/session"
        outputs = Outputs(options.bin)
        git = Git(Path(made) / "home")
        work = random_repository(git, options.size)
        sides = {"Latchkey": Latchkey(outputs), "git http-backend, nginx": HttpBackend(Path(made) / "nginx")}
        for side in sides.values():
            atexit.register(side.stop)
        before = {name: side.memory() for name, side in sides.items()}
        times = {(name, what): [] for name in sides for what in ("push", "clone")}
        for number in range(options.rounds):
            for name, side in sides.items():
                bare = side.make_repository(f"r{number}")
                times[name, "push"].append(
                    timed(git, "-C", work, "push", "-q", side.url(f"r{number}"), "HEAD:refs/heads/main")
                )
                copy = git.home / "copy"
                times[name, "clone"].append(timed(git, "clone", "-q", "--bare", side.url(f"r{number}"), copy))
                assert git.head(copy, "main") == git.head(work)
                shutil.rmtree(copy)
                shutil.rmtree(bare)
        after = {name: side.memory() for name, side in sides.items()}
        for side in sides.values():
            side.stop()
    if options.json:
        print(json.dumps({name: as_json(name, times, before, after) for name in sides}))
        return
    print(f"{options.size} MiB, {options.rounds} rounds; seconds are medians (lowest to highest)")
    for name in sides:
        for what in ("push", "clone"):
            t = times[name, what]
            print(f"{name:<26}{what:<6}{statistics.median(t):8.1f} s  ({min(t):.1f} to {max(t):.1f})")
        print(
            f"{name:<26}peak memory {after[name] / 1024:.0f} MiB, {(after[name] - before[name]) / 1024:.0f} MiB more than at rest"
        )


def as_json(name, times, before, after):
    seconds = {what: times[name, what] for what in ("push", "clone")}
    return seconds | {"peak_mib": after[name] / 1024, "grown_mib": (after[name] - before[name]) / 1024}


if __name__ == "__main__":
    main()
