"""Every answer, errors too, tells browsers to be careful. Each answer of a server's own client is looked at by
support/safe.py all over the suite; here all routes, all kinds of refusal and both schemes are gone through."""

import re
import ssl
from collections import Counter

import pytest

from support.browser import CSRF, Browser, set_up
from support.http import RawConnection, bearer, exchange
from support.oidc import OidcProvider
from support.safe import check_safe
from support.tls import make_certificate
from support.world import MANAGE, SEE

METHODS = ("get", "post", "put", "patch", "delete")
PAGES = ["/", "/login", "/login/second-step", "/login/forgotten", "/link", "/settings", "/admin"]
PAGES += ["/settings/security/api-tokens/new?app=bitbucket", "/admin/accounts", "/settings/no/such/page"]
PLACES = [*PAGES, "/favicon.svg", "/assets/none.js", "/healthz", "/readyz", "/metrics", "/nowhere", "/api", "/2.0/none"]
PLACES += ["/api/v1/none", "/api/v1/openapi.json", "/ws/repo.git/info/refs?service=git-upload-pack"]
PLACES += ["/ws/repo.git/info/refs?service=git-receive-pack", "/ws/repo.git/git-upload-pack", "/ws/none/raw/file"]
# What the server says before anything knows which route it is.
MALFORMED = [
    "GET /healthz HTTP/1.1\r\n\r\n",
    "GET /healthz HTTP/2.0\r\nHost: {host}\r\n\r\n",
    "GET /healthz\r\n\r\n",
    "GET healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /%2e%2e/healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\n folded: x\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nExpect: 200-maybe\r\n\r\n",
    "GET /{long} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: {long}{long}\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "BREW / HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
]
WANTED = {200, 201, 204, 302, 304, 400, 401, 403, 404, 405, 408, 413, 414, 415, 421, 422, 429, 431, 503}

seen = Counter()


def note(answer, where, https=False):
    seen[answer.status] += 1
    check_safe(answer, where, https)
    return answer


def operations(client):
    document = client.get("/api/v1/openapi.json").json()
    return {re.sub(r"\{[a-z]+\}", "none", path): set(METHODS) & set(item) for path, item in document["paths"].items()}


def bodies(method):
    """None, one of the right kind, one that is none, one of another kind, and one that is too long."""
    yield {}
    if method in ("post", "put", "patch"):
        yield {"body": {}}
        yield {"body": b"{"}
        yield {"body": b"{}", "content_type": "text/plain"}
        yield {"body": b'{"a":"' + b"x" * (300 * 1024) + b'"}'}


def sweep(ask, paths, https=False):
    for path, known in paths.items():
        for method in known:
            for more in bodies(method):
                note(ask(method.upper(), path, **more), (method, path), https)
        for method in ("HEAD", "OPTIONS", *(set(METHODS) - known)):
            answer = note(ask(method.upper(), path), (method, path), https)
            assert answer.status == 405 or method == "HEAD" and "get" in known, (method, path, answer.status)


def test_every_operation_for_nobody(world):
    client = world.server.client()
    sweep(client.request, operations(client))


def test_every_operation_for_a_token(world):
    client = world.server.client()
    auth = bearer(world.manager("ana")["secret"])
    sweep(lambda method, path, **more: client.request(method, path, auth, **more), operations(client))
    made = world.create(auth, {"name": "x", "scopes": ["read:repository:bitbucket"]})
    assert note(made, "made").status == 201
    weak = bearer(world.token("ana", SEE)["secret"])
    denied = note(client.post("/api/v1/api-tokens", {"name": "x", "scopes": [MANAGE]}, weak), "denied")
    assert denied.status == 403


@pytest.mark.covers("W-003")
def test_every_operation_for_an_administrator(make_world):
    """Signed in, and what only reads changes nothing."""
    world = make_world(people=False)
    admin = set_up(world.server)
    paths = operations(admin)
    for path, known in paths.items():
        if "get" not in known:
            assert note(admin.get(path), path).status == 405
    assert admin.session()["signed_in"] is True
    assert {row["action"] for row in admin.get("/api/v1/admin/changes").json()["values"]} >= {"session.begin"}

    def ask(method, path, **more):
        answer = admin.ask(method, path, **more)
        if not admin.session()["signed_in"]:
            admin.sign_in("root-admin")
        return answer

    sweep(ask, paths)
    assert note(admin.ask("DELETE", "/api/v1/session"), "out").status == 204


def test_every_place(world):
    client = world.server.client()
    for path in PLACES:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "TRACE", "BREW"):
            note(client.request(method, path, bearer("nope") if ".git" in path else None), (method, path))
    assets = re.findall(r"(?:src|href)=\"(/[^\"]+\.[a-z0-9]+)\"", client.get("/").text)
    for path in assets:
        whole = note(client.get(path), path)
        for fields in ({"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-1"}):
            note(client.get(path, fields=fields), (path, fields))
        if whole.get("ETag"):
            note(client.get(path, fields={"If-None-Match": whole.get("ETag")}), path)


@pytest.mark.parametrize("raw", MALFORMED, ids=lambda raw: re.sub(r"[^ -~]+", " ", raw)[:60])
def test_every_malformed_head(world, raw):
    text = raw.replace("{host}", world.server.host).replace("{long}", "x" * 20_000)
    outcome = exchange(world.server.address, text.encode("latin-1"))
    for answer in outcome.answers:
        note(answer, raw[:40])
        assert answer.status >= 400 or raw.startswith("OPTIONS"), answer.status


def test_bodies_that_are_none(world):
    head = f"POST /api/v1/revoke HTTP/1.1\r\nHost: {world.server.host}\r\nContent-Type: "
    form = "application/x-www-form-urlencoded\r\n"
    for rest in (
        form + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        form + "Transfer-Encoding: chunked\r\n\r\n5\r\nto",
        form + "Content-Length: 9000000000\r\n\r\n",
        form + "Content-Length: 9000000000\r\nExpect: 100-continue\r\n\r\n",
        "text/plain\r\nContent-Length: 3\r\n\r\nabc",
    ):
        with RawConnection(world.server.address) as connection:
            connection.send((head + rest).encode())
            connection.socket.shutdown(1)
            answer = connection.read_answer()
            if answer is not None:
                assert note(answer, rest).status >= 400


def test_too_slow_and_too_many(make_world):
    world = make_world(people=False, head_timeout="1s", connections_per_address_max=3, throttle_failures=2)
    with RawConnection(world.server.address) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: local")
        assert note(connection.read_answer(), "slow").status == 408
    turned_away = _fill(world, 429)
    assert turned_away.get("Retry-After")
    client = world.server.client()
    answers = [note(client.get("/api/v1/me", bearer(f"wrong{i}")), "wrong") for i in range(6)]
    assert answers[-1].status == 429
    crowded = make_world(people=False, connections_max=3)
    assert _fill(crowded, 503).get("Retry-After")


def _fill(world, status):
    """Opens connections until one is turned away, and returns what it was told."""
    held = []
    try:
        for _ in range(10):
            held.append(RawConnection(world.server.address))
            held[-1].send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = note(held[-1].read_answer(), "one of many")
            if answer.status == status:
                return answer
    finally:
        for connection in held:
            connection.socket.close()
    raise AssertionError(f"nobody got {status}")


def test_redirects(make_world):
    with OidcProvider() as provider:
        world = make_world(people=False, oidc_issuer=provider.issuer, oidc_client_id=provider.client_id)
        browser = Browser(world.server)
        away = note(browser.get("/login/oidc/sso"), "away")
        assert away.status == 302 and away.get("Location").startswith(provider.issuer + "/authorize?")
        back = note(browser.get("/login/oidc/sso/callback?code=x&state=y"), "back")
        assert back.status == 302 and back.get("Location").startswith(world.server.url + "/login?error=")


def test_by_tls(make_world, tmp_path):
    certificate, key = make_certificate(tmp_path, "127.0.0.1")
    world = make_world(start=False, people=False, tls_certificate=certificate, tls_key=key)
    world.server.tls = ssl.create_default_context(cafile=certificate)
    world.server.start()
    client = world.server.client()
    sweep(client.request, operations(client), https=True)
    for path in PLACES:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            note(client.request(method, path), (method, path), https=True)
    for raw in MALFORMED:
        text = raw.replace("{host}", world.server.host).replace("{long}", "x" * 20_000)
        for answer in exchange(world.server.address, text.encode("latin-1"), tls=world.server.tls).answers:
            note(answer, raw[:40], https=True)


def test_in_clear_where_https_is_asked_for(world, make_world):
    """Nobody is led from http to https by the interface (ASVS 4.1.2): a secret would have gone in clear already."""
    behind = make_world(people=False, public_url="https://git.example.org")
    client = behind.server.client()
    for path in PLACES:
        answer = note(client.get(path, fields={"Host": "git.example.org"}), path, https=True)
        assert answer.status not in (301, 302, 303, 307, 308), path
    session = client.request("POST", "/api/v1/session", body={"user": "x", "password": "y"}, fields=CSRF)
    assert note(session, "session", https=True).status == 401


def test_all_kinds_were_seen(world):
    print(f"{sum(seen.values())} answers: {dict(sorted(seen.items()))}")
    # Only a page's file has a state that a browser may have already.
    built = "<html" in world.server.client().get("/").text.lower()
    assert not WANTED - set(seen) - (set() if built else {304})
