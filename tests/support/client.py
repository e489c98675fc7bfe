"""The client side of the program: logins in a home of their own, with real git beside them."""

import http.server
import json
import os
import pty
import select
import subprocess
import threading
import time

from support.cli import Ran
from support.git import Git
from support.server import clean_environment
from support.world import from_now

RENEW = "rotate:self:latchkey"


class Desk:
    """A person's home: `latchkey login` and git, which asks it."""

    def __init__(self, outputs, binary, name="desk"):
        self.binary = binary
        self.home = outputs.client_home(name)
        self.git = Git(self.home)
        self.directory = self.home / ".config" / "latchkey"
        self.extra = {}

    @property
    def environment(self):
        return {"HOME": str(self.home), **self.extra}

    def run(self, *words, stdin="", env=None, timeout=60):
        done = subprocess.run(
            [str(self.binary), *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            env=clean_environment(**self.environment, **(env or {})),
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def ok(self, *words, **more):
        ran = self.run(*words, **more)
        assert ran.status == 0, f"{words[0]}: {ran.status}: {ran.err}"
        return ran

    def login(self, url, secret, *more):
        return self.ok("login", url, "--store", "file", *more, stdin=secret)

    def use_for_git(self, url):
        self.git.ok("config", "--global", f"credential.{url}.helper", f"!{self.binary} git-credential")

    def run_git(self, *words, env=None, **more):
        return self.git.run(*words, env=self.extra | (env or {}), **more)

    def helper(self, operation, env=None, **values):
        lines = "".join(
            f"{key.replace('__', '[]')}={one}\n"
            for key, value in values.items()
            for one in (value if isinstance(value, list) else [value])
        )
        return self.run("git-credential", operation, stdin=lines + "\n", env=env)

    def ask(self, url, **more):
        """What the helper says of an address: a dictionary, and what it printed for people."""
        scheme, rest = url.split("://", 1)
        host, _, path = rest.partition("/")
        values = {"protocol": scheme, "host": host} | ({"path": path} if path else {}) | more
        ran = self.helper("get", **values)
        assert ran.status == 0, ran.err
        return dict(line.split("=", 1) for line in ran.out.splitlines()), ran.err

    @property
    def book_file(self):
        return self.directory / "logins.json"

    def book(self):
        return json.loads(self.book_file.read_text())

    def only_login(self):
        (login,) = self.book()["logins"]
        return login

    def change(self, **members):
        """Sets members of the only login; None takes one away."""
        book = self.book()
        for name, value in members.items():
            if value is None:
                book["logins"][0].pop(name, None)
            else:
                book["logins"][0][name] = value
        self.book_file.write_text(json.dumps(book))

    def make_it_old(self):
        """The login has nearly come to its end, as far as this machine knows."""
        self.change(began_at=from_now(-1000 * 86400))


def type_at_terminal(command, env, lines, seconds=60):
    """Runs a command on a terminal of its own and answers each of its prompts. Returns status and what it showed."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(command[0], [str(word) for word in command], env)
    shown, waiting, deadline = b"", list(lines), time.monotonic() + seconds
    answered = 0
    while time.monotonic() < deadline:
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(fd, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        if waiting and shown[answered:].rstrip(b" ").endswith(b":"):
            answered = len(shown)
            os.write(fd, waiting.pop(0).encode() + b"\n")
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


def is_in_force(world, secret):
    return world.server.status_of(secret) == 200


def own_lines(ran):
    """What our helper said to the person, among what git said."""
    return [line for line in ran.err.splitlines() if line.startswith("latchkey:")]


class Proxy:
    """Stands before a server and passes requests on. Of those to `loses` it loses `lose` answers; what lies below
    `unauthorized` it answers with a 401 of its own."""

    def __init__(self, server):
        proxy = self
        self.loses, self.lose, self.lost = None, 0, 0
        self.unauthorized = None

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def serve(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size) if size else None
                if proxy.unauthorized and proxy.unauthorized in self.path:
                    self.answer(401, {"WWW-Authenticate": 'Basic realm="x"'}, b"")
                    return
                left_out = ("host", "content-length", "connection")
                fields = {key: value for key, value in self.headers.items() if key.lower() not in left_out}
                answer = server.client().request(self.command, self.path, None, body, fields=fields)
                if self.path == proxy.loses and proxy.lose > 0:
                    proxy.lose -= 1
                    proxy.lost += 1
                    self.close_connection = True
                    return
                kept = ("Content-Type", "WWW-Authenticate")
                self.answer(answer.status, {k: answer.get(k) for k in kept if answer.get(k)}, answer.body)

            def answer(self, status, fields, body):
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = serve

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def stop(self):
        self.httpd.shutdown()
        self.httpd.server_close()
