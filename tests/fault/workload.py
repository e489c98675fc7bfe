"""Clients that issue, revoke, suspend and check, each request recorded, all of it from one seed."""

import http.client
import random
import threading
import time

from support.http import Client, bearer
from support.secrets import id_of
from support.waiting import wait_until
from support.world import USER

PATH = "/api/v1/api-tokens"
GONE = (OSError, EOFError, ValueError, http.client.HTTPException)


class Hand(threading.Thread):
    """One client: a connection to each node, kept as long as it works."""

    def __init__(self, load, seed):
        super().__init__(daemon=True)
        self.load, self.random = load, random.Random(seed)
        self.clients = {}

    def run(self):
        while not self.load.stopping.is_set():
            try:
                self.step(self.random.choice(self.load.nodes))
            except Exception as wrong:  # A mistake of the test's own must not look like a quiet server.
                self.load.problems.append(repr(wrong))
                return
        for client in self.clients.values():
            client.__exit__()

    def send(self, node, method, path, auth, timeout=15.0, **more):
        """The answer, or None where the connection ended without one."""
        try:
            if node.name not in self.clients:
                self.clients[node.name] = Client(node.server.address, timeout=timeout).__enter__()
            return self.clients[node.name].request(method, path, auth, **more)
        except GONE:
            client = self.clients.pop(node.name, None)
            if client is not None:
                client.__exit__()
            # Not to wait for anything: a node that is down must not be asked a thousand times a second.
            self.load.stopping.wait(0.02)
            return None


def outcome_of(answer, done):
    if answer is None:
        return "unknown"
    if answer.status in done:
        return "ok"
    # 507: there is no room, and nothing was changed.
    return "denied" if answer.status < 500 or answer.status == 507 else "unknown"


class Changer(Hand):
    """Issues, and revokes two of five."""

    def __init__(self, load, seed, account):
        super().__init__(load, seed)
        self.account = account
        self.mine = []

    def step(self, node):
        if self.mine and self.random.random() < 0.4:
            self.revoke(node, self.mine.pop(self.random.randrange(len(self.mine))))
        else:
            self.issue(node, f"{self.random.getrandbits(96):x}")

    def issue(self, node, key):
        auth = bearer(self.load.deployment.managers[self.account]["secret"])
        body = {"name": key, "scopes": [USER], "ttl": 86400}
        begin = time.monotonic()
        answer = self.send(node, "POST", PATH, auth, body=body, fields={"Idempotency-Key": key})
        outcome, secret, identity = outcome_of(answer, (200, 201)), None, None
        if outcome == "ok":
            document = answer.json()
            identity = document["id"]
            secret = self.load.vault.add(document["secret"]) if "secret" in document else None
        self.load.recorder.add(
            "issue", begin, outcome, node=node.name, id=identity, key=key, account=self.account,
            shown=secret is not None if outcome == "ok" else None, status=answer.status if answer else None,
        )  # fmt: skip
        if secret is not None:
            self.load.keep(self.account, secret)
            self.mine.append(secret)
        if outcome == "unknown":
            self.load.doubts.append((self.account, key))

    def revoke(self, node, secret):
        auth = bearer(self.load.deployment.managers[self.account]["secret"])
        begin = time.monotonic()
        answer = self.send(node, "DELETE", f"{PATH}/{id_of(secret)}", auth)
        outcome = outcome_of(answer, (200, 204))
        self.load.recorder.add(
            "revoke", begin, outcome, node=node.name, id=id_of(secret), status=answer.status if answer else None
        )
        self.load.revoked.append((self.account, secret))
        if outcome != "ok":
            self.mine.append(secret)


class Checker(Hand):
    """Checks what was just issued, what was just revoked, and anything else."""

    def step(self, node):
        known, revoked = self.load.known, self.load.revoked
        chosen = self.random.random()
        if not known:
            self.load.stopping.wait(0.005)
            return
        if chosen < 0.4 and revoked:
            account, secret = revoked[-1 - int(self.random.expovariate(0.3)) % len(revoked)]
        elif chosen < 0.7:
            account, secret = known[-1 - int(self.random.expovariate(0.3)) % len(known)]
        else:
            account, secret = self.random.choice(known)
        self.verify(node, account, secret)

    def verify(self, node, account, secret):
        begin = time.monotonic()
        answer = self.send(node, "GET", "/api/v1/me", bearer(secret), timeout=5.0)
        more = {}
        if answer is not None:
            more = {"status": answer.status, "cause": answer.cause if answer.status != 200 else None}
        outcome = outcome_of(answer, (200,))
        self.load.recorder.add("verify", begin, outcome, node=node.name, id=id_of(secret), account=account, **more)
        return outcome


class Suspender(Hand):
    """Suspends and resumes an account, by the command line of a node."""

    def __init__(self, load, seed, account):
        super().__init__(load, seed)
        self.account = account

    def step(self, node):
        for verb in ("suspend", "resume"):
            begin = time.monotonic()
            try:
                ran = self.load.deployment.cli(node).run("account", verb, self.account, timeout=60)
                outcome = "ok" if ran.status == 0 else "unknown"
            except OSError:
                outcome = "unknown"
            self.load.recorder.add(verb, begin, outcome, node=node.name, account=self.account)
            self.load.stopping.wait(self.random.random() * 0.3)


class Load:
    def __init__(self, deployment, recorder, seed, changers=3, checkers=2, suspender=True):
        self.deployment, self.recorder, self.vault = deployment, recorder, deployment.vault
        self.nodes = deployment.nodes
        self.known, self.revoked, self.doubts, self.problems = [], [], [], []
        self.stopping = threading.Event()
        chance = random.Random(seed)
        self.hands = [Changer(self, chance.getrandbits(64), "ana") for _ in range(changers)]
        self.hands += [Checker(self, chance.getrandbits(64)) for _ in range(checkers)]
        if suspender:
            # Its tokens are made before: nobody else issues for an account that is suspended now and then.
            self.hands.append(Suspender(self, chance.getrandbits(64), "sue"))
        for account, manager in deployment.managers.items():
            recorder.add(
                "issue", time.monotonic(), "ok", node=self.nodes[0].name, id=manager["id"], account=account, shown=True
            )
            self.keep(account, manager["secret"])
        self._settler = Checker(self, 0)
        self._asker = Changer(self, 0, "ana")

    def keep(self, account, secret):
        self.known.append((account, secret))

    def __enter__(self):
        for hand in self.hands:
            hand.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for hand in self.hands:
            if hand.is_alive():
                hand.join()

    def wait_for(self, op, more, seconds=60.0, outcome="ok"):
        """Until so many more operations of that kind ended so."""
        wanted = self.recorder.count(op, outcome) + more
        wait_until(
            lambda: self.problems or self.recorder.count(op, outcome) >= wanted, f"{more} more {op} {outcome}", seconds
        )

    def settle(self):
        """After everything: resumes, asks again with the keys in doubt, and checks every credential at every node."""
        begin = time.monotonic()
        self.deployment.cli().ok("account", "resume", "sue")
        self.recorder.add("resume", begin, "ok", account="sue", node=self.nodes[0].name)
        doubts, self.doubts = self.doubts, []
        for account, key in doubts:
            self._asker.account = account
            self._asker.issue(self.nodes[0], key)
        if self.doubts:
            self.problems.append(f"{len(self.doubts)} issues have no answer though everything is over")
        for node in self.nodes:
            for account, secret in self.known:
                if self._settler.verify(node, account, secret) == "unknown":
                    self.problems.append(f"{node.name} cannot tell though everything is over")
                    break
