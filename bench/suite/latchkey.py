"""A Latchkey with very many credentials and an app that the gate guards."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from suite.load import Request
from suite.processes import SERVER_CORE, Program, free_port, say

APP = "bench"
SCOPES = ("read:items", "write:items", "delete:items", "admin:items")
OPERATIONS = 300
# One of the app's operations, in the middle of them.
TARGET = "/v1/teams/team-7/things149/item-42"


def document():
    """An API of some size: each thing may be read and written."""
    paths = {}
    for number in range(OPERATIONS // 2):
        security = [{"oauth2": ["read:items"]}]
        paths[f"/v1/teams/{{team}}/things{number}/{{id}}"] = {
            "get": {"security": security, "responses": {}},
            "put": {"security": [{"oauth2": ["read:items", "write:items"]}], "responses": {}},
        }
    flow = {"tokenUrl": "https://example.com/token", "scopes": {name: name for name in SCOPES}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"oauth2": {"type": "oauth2", "flows": {"clientCredentials": flow}}}},
    }


class Programs:
    """What was built."""

    def __init__(self, build):
        self.build = Path(build)
        self.latchkey = self.build / "latchkey"

    def bench(self, name):
        found = sorted(self.build.glob(f"src/**/{name}"))
        if not found:
            raise RuntimeError(f"{name} is not built")
        return found[0]


class Installation:
    """A data directory; the server of it, when one was started."""

    def __init__(self, programs, directory):
        self.programs = programs
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.tokens = self.directory / "tokens.txt"
        self.server = None
        self.port = free_port()
        self.gate_port = free_port()
        self.gate_socket = self.directory / "gate.sock"

    def cli(self, *words):
        done = subprocess.run(
            [self.programs.latchkey, *map(str, words), "--data", str(self.data)],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"latchkey {words[0]}: {done.stderr[-300:]}")
        return done.stdout

    def fill(self, credentials, samples):
        """Makes that many credentials, and writes the texts of some. Returns the seconds it took."""
        path = self.directory / "bench.json"
        path.write_text(json.dumps(document()))
        self.cli("app", "add", APP, "--openapi", path)
        began = time.monotonic()
        maker = self.programs.bench("make_credentials_bench")
        done = subprocess.run(
            [maker, self.data, str(credentials), str(samples), self.tokens, APP, *SCOPES],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-300:])
        taken = time.monotonic() - began
        say(f"{credentials:,} credentials made in {taken:.1f} s")
        return taken

    def introspector(self):
        """A token that may ask about others."""
        scope = "introspect:credential:latchkey"
        words = ["token", "create", "--account", "bench-0", "--name", "introspect", "--expires", "30d"]
        return json.loads(self.cli(*words, "--scope", scope, "--app", "latchkey", "--json"))["secret"]

    def copy(self, directory):
        other = Installation(self.programs, directory)
        shutil.copytree(self.data, other.data, ignore=shutil.ignore_patterns("*.sock", "lock"))
        other.tokens = self.tokens
        return other

    def start(self, core=SERVER_CORE, seconds=600.0, threads=1, **settings):
        """Returns the seconds until it accepts requests."""
        named = {
            "LISTEN": f"127.0.0.1:{self.port}",
            "GATE_LISTEN": f"127.0.0.1:{self.gate_port},unix:{self.gate_socket}",
            "LOG_FILE": self.directory / "server.log",
            "ACCESS_LOG": self.directory / "access.log",
            "THREADS": threads,
            "GATE_THREADS": threads,
        } | {key.upper(): value for key, value in settings.items()}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        environment |= {f"LATCHKEY_{key}": str(value) for key, value in named.items()}
        began = time.monotonic()
        self.server = Program(
            [self.programs.latchkey, "serve", "--data", self.data],
            self.directory / "output.txt",
            core=core,
            env=environment,
        ).wait_listening(self.gate_port, seconds)
        return time.monotonic() - began

    def stop(self):
        if self.server:
            self.server.stop(seconds=120)
            self.server = None
            (self.directory / "access.log").unlink(missing_ok=True)  # A few hundred MiB.


def gate_question():
    """What nginx's configuration makes of a client's request."""
    return Request(
        f"/gate/{APP}/nginx",
        {
            "Authorization": "Bearer {token}",
            "User-Agent": "bench/1.0",
            "X-Original-Method": "GET",
            "X-Original-URI": TARGET,
            "X-Original-Host": "api.example.com",
            "X-Real-IP": "192.0.2.7",
        },
    )


def client_request():
    """The same request as a client sends it to the proxy."""
    return Request(TARGET, {"Authorization": "Bearer {token}", "User-Agent": "bench/1.0"})


def introspection(secret):
    return Request(
        "/api/v1/introspect",
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-www-form-urlencoded"},
        "POST",
        "token={token}",
    )
