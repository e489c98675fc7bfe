"""The command line, as scripts use it."""

import json
import re
import subprocess
import threading
from dataclasses import dataclass

from support.secrets import CREDENTIAL
from support.server import clean_environment

SHOWN = ("secret", "basic_x_token_auth", "basic_username")


@dataclass
class Ran:
    status: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


class Cli:
    """Runs commands on one data directory, and keeps what they wrote without the lines that show."""

    _number = 0
    _lock = threading.Lock()

    def __init__(self, binary, data, transcript, vault, settings=None):
        self.binary, self.data, self.vault = binary, data, vault
        self.transcript = transcript
        self.settings = dict(settings or {})

    def run(self, *words, stdin="", data=True, env=None, timeout=60):
        """`stdin` None closes standard input."""
        where = ["--data", str(self.data)] if data else []
        named = {f"LATCHKEY_{key.upper()}": value for key, value in self.settings.items()}
        done = subprocess.run(
            [str(self.binary), *map(str, words), *where],
            input=stdin,
            capture_output=True,
            env=clean_environment(**named, **(env or {})),
            timeout=timeout,
            text=True,
            errors="surrogateescape",
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        self._keep(words, ran)
        return ran

    def _keep(self, words, ran):
        shown = words[:2] in (("token", "create"), ("app-password", "create"))
        out = ran.out
        if shown and ran.status == 0 and "--json" in words:
            document = ran.json()
            self.vault.add(document["secret"])
            out = json.dumps({k: v for k, v in document.items() if k not in SHOWN})
        elif shown and ran.status == 0:
            for secret in CREDENTIAL.findall(out):
                self.vault.add(secret)
            out = ""
        elif words[:1] == ("encode",):
            out = ""
        with self._lock, open(self.transcript, "a", errors="surrogateescape") as file:
            file.write(masked(f"$ latchkey {' '.join(map(str, words))}\n") + out + ran.err)

    def ok(self, *words, **more):
        ran = self.run(*words, **more)
        assert ran.status == 0, f"{' '.join(map(str, words))}: {ran.status}: {ran.err}"
        return ran

    def json(self, *words, **more):
        return self.ok(*words, "--json", **more).json()

    def account(self, username, *more, **options):
        email = f"{username}@example.org"
        return self.json("account", "create", "--email", email, "--username", username, *more, **options)

    def token(self, account, *scopes, expires="90d", name="test", app=None):
        words = ["token", "create", "--account", account, "--name", name, "--expires", expires]
        for scope in scopes:
            words += ["--scope", scope]
        if app:
            words += ["--app", app]
        document = self.json(*words)
        document["secret"] = self.vault.add(document["secret"])
        return document

    def app_password(self, account, *permissions, name="test", expires=None):
        words = ["app-password", "create", "--account", account, "--name", name]
        for permission in permissions:
            words += ["--permission", permission]
        if expires:
            words += ["--expires", expires]
        document = self.json(*words)
        document["secret"] = self.vault.add(document["secret"])
        return document


def masked(text):
    """`text` with credentials cut out: for messages of failed assertions."""
    return re.sub(CREDENTIAL, "<credential>", text)
