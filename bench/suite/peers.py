"""Other programs that check credentials, started in a directory of their own."""

import base64
import http.client
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from suite.load import Contender, Request
from suite.processes import Program, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "bench/peers"
FORM = "application/x-www-form-urlencoded"


class MissingPeer(Exception):
    """Why a peer cannot be measured."""


def ask(port, method, path, body="", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), answer.getheader("Set-Cookie", "")
    finally:
        connection.close()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def node_directory():
    """npm's packages in .cache/bench/npm, installed if the list has changed."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise MissingPeer("node and npm are not installed")
    directory = ROOT / ".cache/bench/npm"
    directory.mkdir(parents=True, exist_ok=True)
    wanted, there = SOURCES / "package.json", directory / "package.json"
    complete = directory / "node_modules/.package-lock.json"
    if not complete.exists() or not there.exists() or there.read_bytes() != wanted.read_bytes():
        shutil.copy(wanted, there)
        done = subprocess.run(
            ["npm", "install", "--no-fund", "--no-audit"], cwd=directory, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MissingPeer(f"npm install: {done.stderr[-200:]}")
    return directory


def node_version(name):
    return json.loads((ROOT / f".cache/bench/npm/node_modules/{name}/package.json").read_text())["version"]


class Peer:
    """Started with `start()`, which returns what to ask; ended with `stop()`."""

    def __init__(self, directory, tokens):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True)
        self.count = tokens
        self.tokens = self.directory / "tokens.txt"
        self.port = free_port()
        self.programs = []

    def contender(self, name, request, note=""):
        return Contender(name, self.programs, self.port, request, self.tokens, note=note)

    def run(self, words, **more):
        self.programs.append(Program(words, self.directory / f"output-{len(self.programs)}.txt", **more))
        return self.programs[-1]

    def stop(self):
        for program in reversed(self.programs):
            program.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Glewlwyd(Peer):
    """OAuth 2 server in C with SQLite: introspection of access tokens (JWT with HMAC-SHA-256, the cheapest it
    has), asked by a service that holds an access token itself. A service with a password would pay a PBKDF2 each time."""

    NAME = "glewlwyd"
    TOKENS = (100, 2000)  # It hashes a password for each that it gives: some thirty a second.
    SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
    CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}/"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="ERROR"
log_file="{directory}/glewlwyd.log"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file="none"
secure_connection_pem_file="none"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{directory}/glewlwyd.db"; }};
"""
    PLUGIN = {
        "module": "oidc",
        "name": "bench",
        "display_name": "bench",
        "order_rank": 0,
        "readonly": False,
        "parameters": {
            "iss": "http://127.0.0.1",
            "jwt-type": "sha",
            "jwt-key-size": "256",
            "key": "a key of the benchmark, nowhere else",
            "access-token-duration": 7 * 86400,
            "refresh-token-duration": 7 * 86400,
            "code-duration": 600,
            "refresh-token-rolling": False,
            "allow-non-oidc": True,
            "auth-type-client-enabled": True,
            "auth-type-code-enabled": False,
            "auth-type-token-enabled": False,
            "auth-type-none-enabled": False,
            "auth-type-refresh-enabled": False,
            "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": False,
            "introspection-revocation-auth-scope": ["inspect"],
            "scope": [],
        },
    }

    def start(self):
        if not shutil.which("glewlwyd") or not self.SCHEMA.exists():
            raise MissingPeer("Debian's glewlwyd is not installed: ./dev setup --bench")
        with sqlite3.connect(self.directory / "glewlwyd.db") as database:
            database.executescript(self.SCHEMA.read_text())
        configuration = self.directory / "glewlwyd.conf"
        configuration.write_text(self.CONFIGURATION.format(port=self.port, directory=self.directory))
        self.run(["glewlwyd", f"--config-file={configuration}"]).wait_listening(self.port)
        self.configure()
        service = self.token("service", "inspect")
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: self.token("client", "read"), range(self.count)))
        self.tokens.write_text("\n".join(made) + "\n")
        request = Request(
            "/api/bench/introspect",
            {"Authorization": f"Bearer {service}", "Content-Type": FORM},
            "POST",
            "token={token}",
        )
        check_active(self.port, request, made[0])
        return self.contender("glewlwyd, introspection", request)

    def configure(self):
        _, _, cookie = ask(
            self.port, "POST", "/api/auth/", json.dumps({"username": "admin", "password": "password"}), JSON_HEADERS
        )
        headers = JSON_HEADERS | {"Cookie": cookie.split(";")[0]}
        scope = {"password_required": False, "scheme": {}}
        client = {"confidential": True, "enabled": True, "password": "bench", "client_secret": "bench"}
        client |= {
            "authorization_type": ["client_credentials"],
            "token_endpoint_auth_method": ["client_secret_basic"],
        }
        wanted = [
            *(("scope", {"name": name, "display_name": name, "description": name} | scope) for name in ("read", "inspect")),
            ("client", {"client_id": "client", "name": "client", "scope": ["read"]} | client),
            ("client", {"client_id": "service", "name": "service", "scope": ["inspect"]} | client),
            ("mod/plugin", self.PLUGIN),
        ]
        for what, document in wanted:
            status, text, _ = ask(self.port, "POST", f"/api/{what}/", json.dumps(document), headers)
            if status != 200:
                raise MissingPeer(f"glewlwyd refused its {what}: {status} {text}")

    def token(self, client, scope):
        status, text, _ = ask(
            self.port,
            "POST",
            "/api/bench/token",
            f"grant_type=client_credentials&scope={scope}",
            {"Authorization": basic(client, "bench"), "Content-Type": FORM},
        )
        if status != 200:
            raise MissingPeer(f"glewlwyd gave no token: {status} {text}")
        return json.loads(text)["access_token"]

    @staticmethod
    def version():
        return package_version("glewlwyd")


class OidcProvider(Peer):
    """OpenID provider in JavaScript: introspection of opaque tokens that it holds in its own memory."""

    NAME = "oidc-provider"
    TOKENS = (2000, 100_000)

    def start(self):
        directory = node_directory()
        words = ["node", SOURCES / "oidc_provider.mjs", self.port, self.count, self.tokens]
        self.run(words, cwd=directory, env=node_environment()).wait_listening(self.port, 120)
        request = Request(
            "/token/introspection",
            {"Authorization": basic("bench", "bench-secret"), "Content-Type": FORM},
            "POST",
            "token={token}",
        )
        check_active(self.port, request, self.tokens.read_text().split()[0])
        return self.contender("oidc-provider, introspection, in memory", request)

    @staticmethod
    def version():
        return node_version("oidc-provider")


class BetterAuth(Peer):
    """API keys in JavaScript on PostgreSQL, both on the same core."""

    NAME = "better-auth"
    TOKENS = (500, 10_000)
    sockets = None

    def start(self):
        directory = node_directory()
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not binaries:
            raise MissingPeer("Debian's postgresql is not installed: ./dev setup --bench")
        self.start_postgres(binaries[-1])
        words = ["node", SOURCES / "better_auth.mjs", self.port, self.count, self.tokens, self.sockets, "bench"]
        environment = node_environment() | {"PGUSER": "bench"}
        self.run(words, cwd=directory, env=environment).wait_listening(self.port, 1200)
        request = Request("/", {"Authorization": "Bearer {token}"})
        token = self.tokens.read_text().split()[0]
        good, _, _ = ask(self.port, "GET", "/", "", {"Authorization": f"Bearer {token}"})
        bad, _, _ = ask(self.port, "GET", "/", "", {"Authorization": f"Bearer {token[:-1]}"})
        if (good, bad) != (204, 401):
            raise MissingPeer(f"better-auth answers {good} to a good key and {bad} to a bad one")
        return self.contender("better-auth, API key, PostgreSQL", request)

    def start_postgres(self, binaries):
        """A private cluster, which does not run as root."""
        # Beside the run's own directory, which only its owner may enter.
        self.sockets = Path(tempfile.mkdtemp(prefix="latchkey-bench-postgres-"))
        user = None
        if os.geteuid() == 0:
            user = "postgres"
            os.chown(self.sockets, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data = self.sockets / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "bench"],
            user=user,
            cwd=self.sockets,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        words = [binaries / "postgres", "-D", data, "-k", self.sockets, "-c", "listen_addresses="]
        program = self.run(words, cwd=self.sockets, user=user)
        wait_for(lambda: (self.sockets / ".s.PGSQL.5432").exists(), "PostgreSQL listens")
        create = ["psql", "-h", self.sockets, "-U", "bench", "-qc", "CREATE DATABASE bench", "postgres"]

        def created():
            return subprocess.run(create, capture_output=True, check=False).returncode == 0

        wait_for(created, f"PostgreSQL answers: {program.last_words()}")

    def stop(self):
        super().stop()
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    @staticmethod
    def version():
        return f"{node_version('better-auth')} on PostgreSQL {package_version('postgresql-15') or 'of Debian'}"


PEERS = (Glewlwyd, OidcProvider, BetterAuth)
JSON_HEADERS = {"Content-Type": "application/json"}


def node_environment():
    return {"PATH": os.environ["PATH"], "NODE_ENV": "production"}


def package_version(name):
    done = subprocess.run(
        ["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def check_active(port, request, token):
    """That a good token is active and a bad one is not: what is measured is the check."""
    for text, wanted in ((token, True), (token[:-2], False)):
        body = request.body.replace("{token}", urllib.parse.quote(text))
        status, answer, _ = ask(port, request.method, request.path, body, request.headers)
        active = status == 200 and json.loads(answer).get("active")
        if bool(active) != wanted:
            raise MissingPeer(f"introspection of a {'good' if wanted else 'bad'} token: {status} {answer}")
