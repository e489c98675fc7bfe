"""The server behind a proxy: it says what it was asked, and serves git below /git/."""

import hashlib
import json
import os
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.server import clean_environment

PIECE = 65536


@dataclass
class Seen:
    """One request as it arrived: nothing is decoded or joined."""

    method: str
    target: str
    fields: list
    body_size: int = 0
    body_sha256: str = ""

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left > 0:
            piece = self.rfile.read(min(left, PIECE))
            if not piece:
                raise ConnectionError("the body was cut")
            left -= len(piece)
            yield piece

    def answer(self):
        # BaseHTTPRequestHandler repairs targets that begin with two slashes.
        target = self.requestline.split(" ")[1]
        seen = Seen(self.command, target, list(self.headers.items()))
        self.server.requests.append(seen)
        if target.startswith("/git/"):
            return self.git(target)
        digest = hashlib.sha256()
        for piece in self.body():
            seen.body_size += len(piece)
            digest.update(piece)
        seen.body_sha256 = digest.hexdigest()
        self.reply(200, [("Content-Type", "application/json")], json.dumps(vars(seen)).encode())

    def reply(self, status, fields, content):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def git(self, target):
        path, _, query = target.removeprefix("/git").partition("?")
        environment = clean_environment(
            GIT_PROJECT_ROOT=self.server.git_root,
            GIT_HTTP_EXPORT_ALL="1",
            GIT_CONFIG_GLOBAL=os.devnull,
            REMOTE_USER=self.headers.get("X-Latchkey-Account", ""),
            REQUEST_METHOD=self.command,
            PATH_INFO=path,
            QUERY_STRING=query,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
        )
        done = subprocess.run(
            ["git", "http-backend"], input=b"".join(self.body()), capture_output=True, env=environment, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((int(value.split()[0]) for name, value in fields if name == "Status"), 200)
        self.reply(status, [field for field in fields if field[0] != "Status"], content)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)


class Upstream:
    """Listens on a port of its own until it is closed. `requests` are those since the last clear()."""

    def __init__(self, git_root=""):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.requests = []
        self._server.git_root = git_root
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def host(self):
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self):
        return self._server.requests

    def clear(self):
        self._server.requests.clear()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
