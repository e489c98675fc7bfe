"""Latchkey, an app and the server behind it: all that a real proxy in a test stands between."""

import copy
import json
import os

from support import gate
from support.http import RawConnection
from support.proxies import FASTCGI, GATE, SOCKET
from support.server import free_port
from support.upstream import Upstream
from support.world import SHORT_LIVES, World

IDENTITY = ("x-latchkey-account", "x-latchkey-email", "x-latchkey-credential", "x-latchkey-scopes")


def document():
    """The app of the gate's tests, with uploads, and git below /git/."""
    made = copy.deepcopy(gate.DOCUMENT)

    def operation(*scopes):
        return {"security": [{"oauth2": list(scopes)}], "responses": {}}

    made["paths"] |= {
        "/upload/{name}": {"put": operation("read:notes"), "post": operation("read:notes")},
        "/git/{repo}/info/refs": {"get": operation("read:notes")},
        "/git/{repo}/git-upload-pack": {"post": operation("read:notes")},
        "/git/{repo}/git-receive-pack": {"post": operation("admin:notes")},
    }
    return made


class Site:
    """Latchkey with the app `notes`, and the server behind whatever proxy."""

    def __init__(self, outputs):
        tcp, fastcgi = (f"127.0.0.1:{free_port()}" for _ in range(2))
        socket = outputs.root / f"gate-{os.getpid()}.sock"
        self.settings = SHORT_LIVES | {
            "throttle_failures": 1_000_000,
            "gate_listen": f"unix:{socket},{tcp}",
            "gate_fastcgi": f"{fastcgi}=notes",
        }
        self.gate = {SOCKET: str(socket), GATE: tcp, FASTCGI: fastcgi}
        self.outputs = outputs
        self.world = World(outputs, self.settings)
        self.server = self.world.server
        self.world.cli.account("ana")
        path = self.world.directory / "notes.json"
        path.write_text(json.dumps(document()))
        self.world.cli.ok("app", "add", "notes", "--openapi", str(path))
        self.reader = self.token("read:notes")
        self.other = self.token("read:notes")
        self.git_root = outputs.new("git")
        self.upstream = Upstream(self.git_root)

    def token(self, *scopes, **more):
        return self.world.cli.token("ana", *scopes, app="notes", **more)

    def close(self):
        self.upstream.close()
        self.server.stop()

    def only_request(self):
        assert len(self.upstream.requests) == 1
        return self.upstream.requests[0]


def ask_raw(proxy, text):
    """The answer to a request, a character a byte; None if the connection ends without a whole one."""
    with RawConnection(proxy.address) as connection:
        connection.send(text.encode("latin-1"))
        try:
            return connection.read_answer()
        except AssertionError:
            if connection.closed:
                return None
            raise


def request_text(target, *lines, method="GET"):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: api.example.com", *lines]) + "\r\n\r\n"


def identity_of(seen):
    """Fields that a server may take for ours: also those of a CGI or WSGI that folds `_` and `-`."""
    folded = [(name.lower().replace("_", "-"), value) for name, value in seen.fields]
    return [(name, value) for name, value in folded if name in IDENTITY]
