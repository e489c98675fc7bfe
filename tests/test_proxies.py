"""Six real proxies with the shipped configurations, a real Latchkey beside them and a server behind them."""

import hashlib
import http.client
import json
import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from hostile.macros import Expander
from hostile.runner import load_cases
from support.git import with_user
from support.http import basic, bearer
from support.proxies import DEPLOY, PROXIES
from support.secrets import rebuild
from support.site import IDENTITY, Site, ask_raw, identity_of, request_text
from support.waiting import wait_until

# Apache's own answer to a 405 says Allow; it does not take the gate's.
OWN_ALLOW = ("apache",)
# mod_authnz_fcgi asks over a new connection each time.
NO_KEEP_ALIVE = ("apache",)
# These join two Authorization lines into one, which then is no credential.
JOINING = ("apache", "envoy")
# Where a proxy refuses by itself, before anybody is asked, with another status than the list's.
OWN_REFUSALS = {("apache", "P-018"): 404, ("traefik", "P-025"): 404}
OWN_REFUSALS |= {(name, "A-014"): 401 for name in JOINING}
OWN_REFUSALS |= {(name, "A-020"): 400 for name in ("nginx", "haproxy", "apache")}
# The gate refuses so large a head before it has read all of it; these then may fail at sending the rest.
OWN_REFUSALS |= {("caddy", "A-020"): 502, ("traefik", "A-020"): 500}
# Names in Connection that these take out of the request before anybody is asked.
HONOURING_CONNECTION = ("traefik", "envoy")


@pytest.fixture(scope="module")
def site(outputs):
    made = Site(outputs)
    yield made
    made.close()


# Sanitizer builds are asked by nginx alone: what they could find does not differ from proxy to proxy.
EACH = [pytest.param(name, marks=() if name == "nginx" else pytest.mark.slow) for name in PROXIES]


@pytest.fixture(scope="module", params=EACH)
def proxy(request, site, outputs):
    made = PROXIES[request.param](outputs.new(request.param), site.gate, site.upstream.host, "notes")
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def _fresh_upstream(site):
    site.upstream.clear()


@pytest.fixture
def secret(site):
    return bearer(site.reader["secret"])


# What needs no proxy.


@pytest.mark.parametrize("name", PROXIES)
def test_the_readme_names_every_word_that_is_to_be_edited(name):
    readme = (DEPLOY / "README.md").read_text()
    text = "".join(path.read_text() for path in (DEPLOY / name).iterdir())
    for word in PROXIES[name].words:
        assert word in text and f"`{word}`" in readme, word


# Allowed.


def test_the_server_sees_who_it_is_and_no_credential(proxy, site, secret):
    answer = proxy.client().get("/public/a?x=%20;&y=/../", secret, fields={"X-Kept": "yes"})
    assert answer.status == 200, answer.text
    seen = site.only_request()
    assert sorted(identity_of(seen)) == sorted(
        zip(IDENTITY, ("ana", "ana@example.org", site.reader["id"], "read:notes"))
    )
    assert seen.method == "GET" and seen.target.startswith("/public/a?x=%20")
    assert not seen.all("Authorization") and seen.all("X-Kept") == ["yes"]
    assert not [name for name, _ in seen.fields if name.lower().startswith("x-original-")]
    assert site.reader["secret"] not in str(seen.fields)
    assert "www-authenticate" not in {name.lower() for name, _ in answer.fields}


def test_basic_is_taken_as_well(proxy, site):
    answer = proxy.client().get("/public/a", basic("ana@example.org", site.reader["secret"]))
    assert answer.status == 200
    assert ("x-latchkey-account", "ana") in identity_of(site.only_request())


def test_nobody_is_an_empty_account(proxy, site):
    answer = proxy.client().get("/open", fields={"X-Latchkey-Account": "root"})
    assert answer.status == 200
    assert {value for _, value in identity_of(site.only_request())} <= {""}


@pytest.mark.parametrize("chunked", (False, True), ids=("length", "chunked"))
def test_a_large_body_goes_through(proxy, secret, chunked):
    content = os.urandom(3_000_000)
    pieces = (content[i : i + 65536] for i in range(0, len(content), 65536))
    fields = {"Authorization": secret} | ({"Transfer-Encoding": "chunked"} if chunked else {})
    connection = http.client.HTTPConnection(*proxy.address, timeout=60)
    connection.request("PUT", "/upload/a", pieces if chunked else content, fields, encode_chunked=chunked)
    response = connection.getresponse()
    seen = json.loads(response.read())
    connection.close()
    assert response.status == 200
    assert (seen["body_size"], seen["body_sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_client_that_waits_to_be_told_to_go_on(proxy, site, secret):
    text = request_text(
        "/upload/a", f"Authorization: {secret}", "Content-Length: 5", "Expect: 100-continue", method="PUT"
    )
    answer = ask_raw(proxy, text + "hello")
    assert answer.status == 200 and answer.json()["body_size"] == 5


def test_connections_to_the_gate_are_kept(proxy, site, secret):
    with proxy.client() as client:
        for _ in range(20):
            assert client.get("/public/a", secret).status == 200
    expected = range(1) if proxy.name in NO_KEEP_ALIVE else range(1, 5)
    wait_until(
        lambda: site.server.metrics()["latchkey_gate_connections"] in expected,
        f"connections are {expected}",
    )


# Denied.


@pytest.mark.parametrize(
    "method, target, authorization, status",
    (
        ("GET", "/public/a", None, 401),
        ("GET", "/public/a", "Bearer nonsense", 401),
        ("GET", "/open", "Bearer nonsense", 401),
        ("GET", "/admin/secrets", "good", 403),
        ("DELETE", "/admin/secrets", "good", 403),
        ("GET", "/nowhere", "good", 404),
        ("POST", "/public/a", "good", 405),
        ("GET", "/public/..;/admin/secrets", "good", 400),
    ),
)
def test_a_denial_reaches_the_client(proxy, site, secret, method, target, authorization, status):
    authorization = secret if authorization == "good" else authorization
    answer = proxy.client().request(method, target, authorization)
    assert answer.status == status
    assert answer.json()["status"] == status and answer.json()["detail"]
    assert answer.get("Content-Type") == "application/problem+json"
    assert not site.upstream.requests
    challenges = ", ".join(answer.all("WWW-Authenticate"))
    if status == 401:
        assert "Bearer realm=" in challenges and "Basic realm=" in challenges
        assert ('error="invalid_token"' in challenges) == (authorization is not None)
    if status == 403:
        assert answer.json()["required"] == ["admin:notes"] and answer.json()["granted"] == ["read:notes"]
        assert 'error="insufficient_scope"' in challenges and 'scope="admin:notes"' in challenges
    if status == 405 and proxy.name not in OWN_ALLOW:
        assert answer.get("Allow") == "GET, HEAD"


def test_expired_revoked_and_foreign_credentials(proxy, site):
    revoked = site.token("read:notes")
    site.world.cli.ok("token", "revoke", revoked["id"])
    foreign = site.world.cli.token("ana", "read:repository:bitbucket")
    changed = rebuild(site.reader["secret"], secret="A" * 22)
    for secret, status in ((revoked["secret"], 401), (changed, 401), (foreign["secret"], 403)):
        assert proxy.client().get("/public/a", bearer(secret)).status == status
    assert not site.upstream.requests


def test_a_denial_in_the_middle_of_a_connection_keeps_it_in_step(proxy, site, secret):
    with proxy.client() as client:
        for _ in range(3):
            assert client.get("/public/a", secret).status == 200
            assert client.get("/admin/secrets", secret).status == 403
            assert client.request("PUT", "/upload/a", "Bearer nonsense", body=b"x" * 1000).status == 401


# What a client may try.

SPOOFED = (
    "X-Latchkey-Account: root",
    "x-latchkey-email: root@example.org",
    "X-Latchkey-Scopes: admin:notes",
    "X-Latchkey-Status: 200",
    "X_Latchkey_Account: root",
    "X-Latchkey_Account: root",
    "X_LATCHKEY-CREDENTIAL: root",
    "X-Original-Method: GET",
    "X-Original-URI: /open",
    "X-Original-URL: /open",
    "X-Original-Host: elsewhere",
    "X-Rewrite-URL: /open",
    "X-Forwarded-Method: GET",
    "X-Forwarded-Uri: /open",
    "X-Forwarded-Host: elsewhere",
    "X-Forwarded-For: 192.0.2.66",
    "X-Forwarded-User: root",
    "X-Real-IP: 192.0.2.66",
    "X-Haproxy-Method: GET",
    "X-Haproxy-Uri: /open",
    "X-HTTP-Method-Override: GET",
    "X-Envoy-Original-Path: /open",
    "Forwarded: for=192.0.2.66",
)
NOT_TO_BE_BELIEVED = ("root", "elsewhere", "/open", "192.0.2.66")


def test_what_a_client_says_of_itself_is_not_passed_on(proxy, site, secret):
    text = request_text("/public/a", f"Authorization: {secret}", *SPOOFED)
    assert ask_raw(proxy, text).status == 200
    seen = site.only_request()
    wanted = ("ana", "ana@example.org", site.reader["id"], "read:notes")
    assert sorted(identity_of(seen)) == sorted(zip(IDENTITY, wanted))
    believed = [
        (name, value)
        for name, value in seen.fields
        if any(word in value for word in NOT_TO_BE_BELIEVED) and not name.lower().startswith("x-haproxy-")
    ]
    # Names that only Envoy and HAProxy give a meaning, behind another proxy.
    assert not [name for name, _ in believed if name.lower() != "x-envoy-original-path"]


def test_what_a_client_says_of_itself_decides_nothing(proxy, site, secret):
    for method in ("GET", "DELETE"):
        text = request_text("/admin/secrets", f"Authorization: {secret}", *SPOOFED, method=method)
        assert ask_raw(proxy, text).status == 403
    assert ask_raw(proxy, request_text("/public/a", *SPOOFED)).status == 401
    assert not site.upstream.requests


@pytest.mark.parametrize("named", ("X-Latchkey-Account", "close, X-Latchkey-Scopes", "X-Forwarded-Uri, X-Real-IP"))
def test_connection_takes_nothing_of_ours_away(proxy, site, secret, named):
    answer = ask_raw(proxy, request_text("/public/a", f"Authorization: {secret}", f"Connection: {named}"))
    assert answer.status == 200
    seen = site.only_request()
    assert len(identity_of(seen)) == len(IDENTITY)
    assert "latchkey" not in ",".join(seen.all("Connection")).lower()


def test_connection_that_names_the_credential_is_never_allowed_as_somebody(proxy, site, secret):
    answer = ask_raw(proxy, request_text("/public/a", f"Authorization: {secret}", "Connection: Authorization"))
    assert answer.status == (401 if proxy.name in HONOURING_CONNECTION else 200)
    answer = ask_raw(
        proxy, request_text("/admin/secrets", f"Authorization: {secret}", "Connection: Authorization")
    )
    assert answer.status == (401 if proxy.name in HONOURING_CONNECTION else 403)


def test_nobody_is_asked_inside_http2_so_nothing_is_upgraded_to_it(proxy, site, secret):
    lines = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    answer = ask_raw(proxy, request_text("/public/a", f"Authorization: {secret}", *lines))
    assert answer.status in (200, 400, 403)
    assert not [seen for seen in site.upstream.requests if seen.all("Upgrade")]


def test_two_credentials_are_refused(proxy, site, secret):
    other = bearer(site.token("admin:notes")["secret"])
    for first, second in ((secret, other), (other, secret), (secret, secret)):
        text = request_text("/public/a", f"Authorization: {first}", f"Authorization: {second}")
        assert ask_raw(proxy, text).status == (401 if proxy.name in JOINING else 400)
    assert not site.upstream.requests


# The string that is judged is the string that goes on.

TARGETS = (
    "/public/a/../../admin/secrets",
    "/public/./../admin/secrets",
    "/public/%2e%2e/admin/secrets",
    "/public/..%2fadmin/secrets",
    "/public/a%2f..%2f..%2fadmin%2fsecrets",
    "/public/..%5cadmin/secrets",
    "/public/..\\admin\\secrets",
    "/public/..;/admin/secrets",
    "/public/a;x=/../../admin/secrets",
    "/public/%252e%252e/admin/secrets",
    "/public/a%00/../admin",
    "/public/a%0d%0aX-Latchkey-Account:%20root",
    "/public/%c0%ae%c0%ae/admin/secrets",
    "/public/a\xe4",
    "/public//a",
    "//public/a",
    "///admin/secrets",
    "/public/a#/../../admin/secrets",
    "/public/a?/../../admin/secrets",
    "/public/a?x=#y",
    "/public/%61",
    "/public/a%25b",
    "/public/a/",
    "/public/a%20b",
    "/public/a+b",
    "/public/a|b",
    '/public/a"b',
    "/%61dmin/secrets",
    "/Public/a",
    "/ADMIN/secrets",
    "/admin/secrets/",
    "/admin/secrets?x=/public/a",
    "/latchkey-gate",
    "/gate/notes/nginx",
    "http://api.example.com/public/a",
    "http://api.example.com/admin/secrets",
    "http://api.example.com/public/../admin/secrets",
    "http:///public/a",
    "*",
    "public/a",
    "?",
)


def judged_paths(site):
    """The paths that the gate was asked about; lines are written a little later."""
    lines = [json.loads(line) for line in site.server.access_log().splitlines()]
    return [line["path"] for line in lines if line.get("event") == "gate.request"]


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_judged_is_what_goes_on(proxy, site, secret, target):
    before = len(judged_paths(site))
    answer = ask_raw(proxy, request_text(target, f"Authorization: {secret}"))
    if not site.upstream.requests:
        assert answer is None or answer.status >= 400
        return
    path = site.only_request().target.split("?")[0]
    assert answer.status == 200
    assert path.startswith("/public/") and ".." not in path
    judged = unquote(path)  # as the log writes it
    wait_until(lambda: judged in judged_paths(site)[before:], f"the gate was asked about {path}")


CASES = [
    case
    for case in load_cases(gateway=True) + load_cases()
    if case["area"] in ("gateway-path", "gateway-header", "authz-header") and case["kind"] == "raw"
]


@pytest.mark.parametrize("hostile_case", CASES, ids=[case["id"] for case in CASES])
def test_hostile_case(proxy, site, hostile_case):
    token = str(site.reader["secret"])
    fixtures = {"HOST": "api.example.com", "VERIFY": "/public/a", "SESSION": "no-such-session", "USER": "ana"}
    fixtures["SESSION_OTHER"] = fixtures["SESSION"]
    fixtures |= {name: token for name in ("TOKEN", "TOKEN_RO", "TOKEN_PUBLIC_ONLY")}
    fixtures["TOKEN_OTHER"] = str(site.other["secret"])
    answer = ask_raw(proxy, Expander(fixtures).expand(hostile_case["raw"]))
    statuses = {*hostile_case["status"], OWN_REFUSALS.get((proxy.name, hostile_case["id"]))}
    if answer is None:
        assert 200 not in statuses
    else:
        assert answer.status in statuses
    allowed = answer is not None and answer.status == 200
    assert len(site.upstream.requests) == allowed
    if allowed:
        assert ("x-latchkey-account", "ana") in identity_of(site.only_request())


# git, through the proxy that most people have.


@pytest.fixture(scope="module")
def nginx(site, outputs):
    made = PROXIES["nginx"](outputs.new("nginx"), site.gate, site.upstream.host, "notes")
    yield made.start()
    made.stop()


def test_git_clones_and_pushes_through_nginx(nginx, site):
    git = site.world.git
    bare = Path(site.git_root) / "repo"
    git.ok("init", "-q", "--bare", bare)
    git.ok("-C", bare, "config", "http.receivepack", "true")
    first = git.seed(bare)
    writer = site.token("read:notes", "admin:notes")
    url = with_user(f"{nginx.url}/git/repo", "x-token-auth", writer["secret"])
    work = git.home / "through-nginx"
    git.ok("clone", "-q", url, work)
    assert git.head(work) == first
    (work / "large").write_bytes(os.urandom(3_000_000))
    git.ok("-C", work, "add", "large")
    pushed = git.commit(work)
    git.ok("-C", work, "push", "-q", "origin", "HEAD:refs/heads/main")
    assert git.head(bare, "refs/heads/main") == pushed
    receiving = [seen for seen in site.upstream.requests if seen.target.endswith("/git-receive-pack")]
    assert all(identity_of(seen)[0] == ("x-latchkey-account", "ana") for seen in receiving) and receiving


def test_git_is_refused_through_nginx(nginx, site):
    git = site.world.git
    bare = Path(site.git_root) / "other"
    git.ok("init", "-q", "--bare", bare)
    git.ok("-C", bare, "config", "http.receivepack", "true")
    first = git.seed(bare, "other-seed")
    url = f"{nginx.url}/git/other"
    assert not git.run("ls-remote", url).ok
    reading = with_user(url, "x-token-auth", site.reader["secret"])
    work = git.home / "read-only"
    git.ok("clone", "-q", reading, work)
    git.commit(work, "another.txt")
    ran = git.run("-C", work, "push", "-q", "origin", "HEAD:refs/heads/main")
    assert not ran.ok and "403" in ran.err
    assert git.head(bare, "refs/heads/main") == first


# The gate hides, or is gone. These restart it, so they come last for each proxy.


def test_too_many_failures_reach_the_client(proxy, site):
    site.server.settings["throttle_failures"] = 5
    site.server.restart()
    try:
        answers = [proxy.client().get("/public/a", "Bearer nonsense") for _ in range(8)]
        assert answers[0].status == 401 and answers[-1].status == 429
        assert int(answers[-1].get("Retry-After")) > 0
        assert answers[-1].json()["cause"] == "throttled"
        assert not site.upstream.requests
    finally:
        site.server.settings["throttle_failures"] = 1_000_000
        site.server.restart()


def test_without_latchkey_nothing_is_allowed(proxy, site, secret):
    assert proxy.client().get("/public/a", secret).status == 200
    site.upstream.clear()
    site.server.stop()
    try:
        for target in ("/public/a", "/open", "/admin/secrets", "/nowhere"):
            assert proxy.client().get(target, secret).status >= 500
        assert not site.upstream.requests
    finally:
        site.server.start()
    wait_until(lambda: proxy.client().get("/public/a", secret).status == 200, "it is asked again")
