"""A history of issuing and revoking under load, and what must be true of it afterwards.

    shown      the secret came back: from then on it works, whatever happens to the server
    revoked    the revocation was answered with success: from then on the secret never works
    in doubt   a change was asked for and no answer came: both outcomes are right, but only those two
"""

import random
import threading
from dataclasses import dataclass, field

from support.http import Client, bearer
from support.secrets import Secret, id_of
from support.world import READ

PATH = "/api/v1/api-tokens"


@dataclass
class Entry:
    secret: Secret
    revoke_asked: bool = False
    revoked: bool = False


@dataclass
class History:
    entries: list = field(default_factory=list)
    in_doubt: dict = field(default_factory=dict)  # Idempotency key -> body
    lock: threading.Lock = field(default_factory=threading.Lock)
    problems: list = field(default_factory=list)

    def shown(self, secret):
        entry = Entry(secret)
        with self.lock:
            self.entries.append(entry)
        return entry


class Worker(threading.Thread):
    """Issues and revokes, one request after the other, until the server goes away."""

    def __init__(self, world, manager, history, seed):
        super().__init__()
        self.world, self.manager, self.history = world, manager, history
        self.random = random.Random(seed)
        self.mine = []
        self.auth = bearer(manager)

    def run(self):
        try:
            with Client(self.world.server.address, timeout=20) as client:
                while True:
                    self.step(client)
        except (OSError, EOFError, ValueError) as gone:
            self.gone = gone  # The server was killed.
        except Exception as gone:  # http.client has many classes for a connection that ends.
            if type(gone).__module__ != "http.client":
                self.history.problems.append(repr(gone))

    def step(self, client):
        live = [entry for entry in self.mine if not entry.revoke_asked]
        if live and self.random.random() < 0.4:
            self.revoke(client, self.random.choice(live))
        else:
            self.issue(client)

    def issue(self, client):
        key = f"{self.random.getrandbits(96):x}"
        body = {"name": key, "scopes": [READ], "ttl": 86400}
        with self.history.lock:
            self.history.in_doubt[key] = body
        answer = client.post(PATH, body, self.auth, fields={"Idempotency-Key": key})
        if answer.status != 201:
            self.history.problems.append(f"issuing answered {answer.status}")
            raise ValueError
        secret = self.world.vault.add(answer.json()["secret"])
        with self.history.lock:
            del self.history.in_doubt[key]
        self.mine.append(self.history.shown(secret))

    def revoke(self, client, entry):
        entry.revoke_asked = True
        answer = client.request("DELETE", f"{PATH}/{id_of(entry.secret)}", self.auth)
        if answer.status not in (200, 204):
            self.history.problems.append(f"revoking answered {answer.status}")
            raise ValueError
        entry.revoked = True


def check_entry(client, entry):
    """What is wrong with it, or None."""
    answer = client.get("/api/v1/me", bearer(entry.secret))
    if entry.revoked and (answer.status, answer.cause) != (401, "revoked"):
        return f"{id_of(entry.secret)} was revoked and answers {answer.status}"
    if not entry.revoke_asked and answer.status != 200:
        return f"{id_of(entry.secret)} was shown and answers {answer.status} {answer.cause}"
    if entry.revoke_asked and (answer.status, answer.cause) not in ((200, None), (401, "revoked")):
        return f"{id_of(entry.secret)} answers {answer.status} {answer.cause}"
    return None


def check_history(world, history, entries=None):
    """Every violation, as sentences."""
    found = list(history.problems)
    with world.server.client() as client:
        for entry in history.entries if entries is None else entries:
            wrong = check_entry(client, entry)
            if wrong:
                found.append(wrong)
    return found


def settle_doubts(world, manager, history):
    """Asks again with the same keys: each makes one credential at most, and an older one shows no secret."""
    found = []
    with world.server.client() as client:
        for key, body in list(history.in_doubt.items()):
            answer = client.post(PATH, body, bearer(manager), fields={"Idempotency-Key": key})
            if answer.status == 201:
                history.shown(world.vault.add(answer.json()["secret"]))
            elif answer.status != 200 or "secret" in answer.json():
                found.append(f"asking again answers {answer.status}")
            del history.in_doubt[key]
    return found
