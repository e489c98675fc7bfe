"""A browser with Latchkey's pages in it, as far as the server can tell: it keeps cookies, sends the field that only
our own pages send, and no Authorization."""

import re
import subprocess

from support.waiting import wait_until

LINK = re.compile(r"/link#([0-9A-Za-z]{16}\.[0-9A-Za-z]{22})")
CSRF = {"X-Latchkey-Csrf": "1"}
SESSION = "__Host-latchkey-session"
ATTEMPT = "__Host-latchkey-attempt"
DEVICE = "__Host-latchkey-device"
PASSWORD = "a sentence that nobody guesses"


class Browser:
    def __init__(self, server):
        self.server = server
        self.cookies = {}

    def _keep(self, answer):
        for line in answer.all("Set-Cookie"):
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def ask(self, method, path, body=None, fields=None, **more):
        sent = CSRF | {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
        sent |= fields or {}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.server.client().request(method, path, body=body, fields=sent, **more)
        self._keep(answer)
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, {} if body is None else body, **more)

    def sign_in(self, user, password=PASSWORD, **more):
        return self.post("/api/v1/session", {"user": user, "password": password, **more})

    def session(self):
        return self.get("/api/v1/session").json()

    def prove(self, password=PASSWORD):
        return self.post("/api/v1/session/reauthenticate", {"password": password})

    def copy(self):
        other = Browser(self.server)
        other.cookies = dict(self.cookies)
        return other


def set_up_link(server):
    """What `latchkey serve` prints while nobody can sign in."""
    found = []

    def look():
        found[:] = LINK.findall(server.output())
        return bool(found)

    wait_until(look, "the server prints a set-up link")
    return found[-1]


def set_up(server, username="root-admin", password=PASSWORD):
    """A browser with the first administrator in it."""
    browser = Browser(server)
    body = {
        "link": set_up_link(server),
        "password": password,
        "username": username,
        "email": f"{username}@example.org",
    }
    answer = browser.post("/api/v1/links/accept", body)
    assert answer.status == 200, answer
    return browser


def invite(admin, username, password=PASSWORD, **more):
    """A browser with somebody in it whom an administrator invited."""
    made = admin.post("/api/v1/admin/accounts", {"username": username, "email": f"{username}@example.org", **more})
    assert made.status == 201, made
    link = LINK.search(made.json()["link"])[1]
    browser = Browser(admin.server)
    answer = browser.post("/api/v1/links/accept", {"link": link, "password": password})
    assert answer.status == 200, answer
    return browser


def totp(key, at=None):
    """A code, by a program that is not ours."""
    when = [] if at is None else ["--now", at]
    done = subprocess.run(
        ["oathtool", "--totp", "--base32", *when, "-"], input=key, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def enrol_totp(browser):
    """Sets TOTP up. Returns the key and the recovery codes."""
    offer = browser.post("/api/v1/me/totp").json()
    key = offer["secret"]
    confirmed = browser.post("/api/v1/me/totp/confirm", {"code": totp(key)})
    assert confirmed.status == 200, confirmed
    return key, confirmed.json()["recovery_codes"]
