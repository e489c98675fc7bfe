"""A server with people, a workspace, a repository with a commit in it, and credentials to it."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from support.cli import Cli
from support.git import Git
from support.http import bearer
from support.server import Server
from support.waiting import wait_until

READ = "read:repository:bitbucket"
WRITE = "write:repository:bitbucket"
USER = "read:user:bitbucket"
SEE = "read:credential:latchkey"
MANAGE = "write:credential:latchkey"
SHORT_LIVES = {"token_lifetime_min": "1s", "app_password_lifetime_min": "1s"}


def from_now(seconds):
    """An RFC 3339 instant, to the millisecond."""
    moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class World:
    def __init__(self, outputs, settings=None, start=True, data=None):
        self.outputs = outputs
        self.directory = outputs.new("world")
        self.vault = outputs.vault
        self.server = Server(outputs.binary, self.directory, settings, data=data)
        self.cli = Cli(
            outputs.binary, self.server.data, self.directory / "cli.txt", self.vault, self.server.settings
        )
        self.git = Git(outputs.clients / self.directory.name, self.directory / "remote.txt")
        outputs.servers.append(self.server)
        if start:
            self.server.start()

    def people(self):
        """ana (writes), rob (reads), max (a stranger) and the repository ws/repo."""
        for username in ("ana", "rob", "max"):
            self.cli.account(username)
        self.cli.ok("workspace", "create", "ws")
        self.cli.ok("workspace", "grant", "ws", "ana", "write")
        self.cli.ok("workspace", "grant", "ws", "rob", "read")
        self.repository = self.make_repository("ws/repo")
        self.first_commit = self.git.seed(self.repository)
        return self

    def make_repository(self, name):
        path = Path(self.cli.json("repo", "create", name)["path"])
        return path if path.is_absolute() else self.server.data / path

    @property
    def repository_url(self):
        return f"{self.server.url}/ws/repo.git"

    def token(self, account="ana", *scopes, **more):
        return self.cli.token(account, *(scopes or (READ, WRITE)), **more)

    def manager(self, account="ana", *more_scopes):
        """An API token that makes others."""
        return self.cli.token(account, READ, WRITE, USER, SEE, MANAGE, *more_scopes, expires="366d")

    def expired_token(self, account="ana", *scopes):
        """One that was good and whose time is over. Needs SHORT_LIVES."""
        document = self.cli.token(account, *(scopes or (READ, WRITE)), expires=from_now(2))
        wait_until(lambda: self.server.status_of(document["secret"]) == 401, "the token expires", seconds=15)
        return document

    def revoked_token(self, account="ana", *scopes):
        document = self.cli.token(account, *(scopes or (READ, WRITE)))
        self.cli.ok("token", "revoke", document["id"])
        return document

    def create(self, auth, body, path="/api/v1/api-tokens", **more):
        """Asks the API for a credential; its secret is remembered."""
        answer = self.server.client().post(path, body, auth, **more)
        self.remember(answer)
        return answer

    def remember(self, answer):
        if answer.status in (200, 201) and answer.body:
            secret = answer.json().get("secret")
            if secret:
                return self.vault.add(secret)
        return None

    def allowed(self, secret):
        return self.server.client().get("/api/v1/me", bearer(secret)).status == 200
