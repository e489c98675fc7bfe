"""The served OpenAPI document tells the truth: real answers of every operation fit its schemas."""

import pytest
from jsonschema import Draft202012Validator, RefResolver

from support.browser import PASSWORD, Browser, enrol_totp, set_up, set_up_link, totp
from support.http import basic, bearer, exchange
from support.secrets import rebuild
from support.world import MANAGE, READ, SEE, SHORT_LIVES, USER, World

PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"
BITBUCKET_PATH = "/2.0/user"
# What succeeds with an authenticator or an OpenID provider alone (tests/browser, test_web_oidc.py), and one more.
BY_AUTHENTICATOR_OR_PROVIDER = {
    ("POST", "/api/v1/session/passkey-options"),
    ("POST", "/api/v1/session/passkey"),
    ("POST", "/api/v1/me/passkeys"),
    ("POST", "/api/v1/me/passkeys/options"),
    ("PATCH", "/api/v1/me/passkeys/{id}"),
    ("DELETE", "/api/v1/me/passkeys/{id}"),
    ("GET", "/login/oidc/{provider}"),
    ("GET", "/login/oidc/{provider}/callback"),
    ("GET", "/api/v1/admin/changes/export"),  # No JSON: test_web_sign_in.py reads it.
}
KINDS = {
    "/api/v1/api-tokens": {"scopes": [READ]},
    "/api/v1/app-passwords": {"permissions": ["repository"]},
}


class Document:
    """An OpenAPI document, and whether an answer fits it."""

    def __init__(self, document):
        self.document = document
        self.resolver = RefResolver("", document)
        self.seen = set()

    def resolve(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield method.upper(), path, operation

    def fits(self, value, schema):
        validator = Draft202012Validator(schema, resolver=self.resolver)
        return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(value)]

    def check(self, method, path, answer):
        responses = self.document["paths"][path][method.lower()]["responses"]
        assert str(answer.status) in responses, f"{method} {path} does not tell of {answer.status}"
        response = self.resolve(responses[str(answer.status)])
        if "content" not in response:
            assert answer.body == b"", f"{method} {path} {answer.status}: a body that nothing describes"
            self.seen.add((method, path, answer.status))
            return
        media = answer.get("Content-Type").split(";")[0]
        assert media in response["content"], f"{method} {path} {answer.status}: {media}"
        errors = self.fits(answer.json(), response["content"][media]["schema"])
        assert not errors, f"{method} {path} {answer.status}: {errors}"
        for name in response.get("headers", {}):
            assert answer.get(name), f"{method} {path} {answer.status} lacks {name}"
        if media == PROBLEM:
            assert answer.json()["status"] == answer.status
        self.seen.add((method, path, answer.status))


@pytest.fixture(scope="module")
def world(outputs):
    """One that knows its own name, so that others are misdirected."""
    settings = SHORT_LIVES | {"throttle_failures": 1_000_000, "host_names": "127.0.0.1"}
    made = World(outputs, settings).people()
    yield made
    made.server.stop()


@pytest.fixture(scope="module")
def document(world):
    return Document(world.server.client().get("/api/v1/openapi.json").json())


@pytest.fixture(scope="module")
def manager(world):
    return bearer(world.manager()["secret"])


@pytest.fixture
def ask(world, document):
    """Asks for an operation, expects a status, and holds the answer against the document."""

    def asks(status, method, path, auth=None, body=None, target=None, **more):
        answer = world.server.client().request(method, target or path, auth, body, **more)
        world.remember(answer)
        assert answer.status == status, answer
        document.check(method, path, answer)
        return answer

    return asks


def target_of(path):
    return path.replace("{id}", "00000000000").replace("{app}", "bitbucket").replace("{provider}", "none")


def test_the_forms_of_oauth(world, ask):
    asker = bearer(world.token("rob", "introspect:credential:latchkey")["secret"])
    token = world.token("ana", READ)["secret"].encode()
    path = "/api/v1/introspect"
    ask(200, "POST", path, asker, b"token=" + token, content_type=FORM)
    ask(200, "POST", path, asker, b"token=none", content_type=FORM)
    ask(400, "POST", path, asker, b"token=a&token=b", content_type=FORM)
    ask(415, "POST", path, asker, b"{}", content_type="application/json")
    path = "/api/v1/revoke"
    ask(200, "POST", path, None, b"token=" + token, content_type=FORM)
    ask(400, "POST", path, None, b"none=x", content_type=FORM)
    ask(415, "POST", path, None, b"{}", content_type="application/json")


def test_a_token_that_renews_itself(world, ask):
    first = world.token("ana", READ, "rotate:self:latchkey")
    rotate, activate = (f"/api/v1/credentials/self/{verb}" for verb in ("rotate", "activate"))
    auth, key = bearer(first["secret"]), {"Idempotency-Key": "k1"}
    ask(422, "POST", rotate, auth)
    made = ask(201, "POST", rotate, auth, fields=key)
    ask(409, "POST", rotate, auth, fields={"Idempotency-Key": "k2"})
    successor = bearer(made.json()["secret"])
    ask(404, "POST", activate, auth, {"replaces": first["id"]})
    ask(422, "POST", activate, successor, {"replaces": "none"})
    ask(400, "POST", activate, successor, b"{")
    ask(413, "POST", activate, successor, b"[" + b" " * 263_000)
    ask(415, "POST", activate, successor, b"name=x", content_type="text/plain")
    ask(200, "POST", activate, successor, {"replaces": first["id"]})


def test_who_am_i(world, ask, manager):
    ask(200, "GET", "/api/v1/me", manager)
    password = world.cli.app_password("ana", "repository:write")["secret"]
    ask(200, "GET", "/api/v1/me", basic("ana", password))
    ask(401, "GET", "/api/v1/me")
    ask(401, "GET", "/api/v1/me", bearer(rebuild(password, secret="x" * 22)))
    ask(401, "GET", "/api/v1/me", basic("rob", password))
    for gone in (world.revoked_token(), world.expired_token()):
        ask(401, "GET", "/api/v1/me", bearer(gone["secret"]))


def test_the_public_operations(ask):
    ask(200, "GET", "/api/v1/catalogue")
    for app in ("bitbucket", "latchkey"):
        ask(200, "GET", "/api/v1/catalogue/{app}", target=f"/api/v1/catalogue/{app}")
    ask(404, "GET", "/api/v1/catalogue/{app}", target="/api/v1/catalogue/none")
    ask(200, "GET", "/api/v1/openapi.json")


def test_the_bitbucket_operation(world, ask):
    ask(200, "GET", BITBUCKET_PATH, bearer(world.token("ana", USER)["secret"]))
    ask(200, "GET", BITBUCKET_PATH, basic("ana", world.cli.app_password("ana", "account")["secret"]))
    ask(401, "GET", BITBUCKET_PATH)
    ask(403, "GET", BITBUCKET_PATH, bearer(world.token("ana", READ)["secret"]))


@pytest.mark.parametrize("path", KINDS)
def test_the_life_of_a_credential(ask, manager, path):
    new = {"name": "documented", **KINDS[path]}
    key = {"Idempotency-Key": "documented" + path.replace("/", "-")}
    made = ask(201, "POST", path, manager, new, fields=key)
    ask(200, "POST", path, manager, new, fields=key)
    ask(422, "POST", path, manager, new | {"name": "another"}, fields=key)
    ask(201, "POST", path, manager, new | {"ttl": 86400})
    ask(201, "POST", path, manager, new | {"app": "bitbucket"})
    one = f"{path}/{made.json()['id']}"
    ask(200, "GET", path + "/{id}", manager, target=one)
    ask(200, "PATCH", path + "/{id}", manager, {"name": "renamed"}, target=one)
    ask(200, "GET", path, manager)
    ask(200, "GET", path, manager, target=path + "?limit=1&state=active")
    ask(200, "DELETE", path + "/{id}", manager, target=one + "?reason=lost")
    ask(200, "GET", path + "/{id}", manager, target=one)
    ask(200, "GET", path, manager, target=path + "?state=revoked")


@pytest.mark.parametrize("path", KINDS)
def test_values_that_are_not_acceptable(ask, manager, path):
    grants = next(iter(KINDS[path]))
    new = {"name": "documented", **KINDS[path]}
    for member, value in {
        "name": "",
        "app": "none",
        grants: ["none"],
        "expires_at": "2001-01-01",
        "ttl": -1,
    }.items():
        refused = ask(422, "POST", path, manager, new | {member: value})
        assert refused.json()["member"] == member, refused
    ask(422, "GET", path, manager, target=path + "?limit=none")
    made = ask(201, "POST", path, manager, new).json()
    one = f"{path}/{made['id']}"
    refused = ask(422, "PATCH", path + "/{id}", manager, {"name": "a\nb"}, target=one)
    assert refused.json()["member"] == "name"
    refused = ask(422, "DELETE", path + "/{id}", manager, target=one + "?reason=a%0Ab")
    assert refused.json()["member"] == "reason"
    ask(403, "PATCH", path + "/{id}", manager, {"app": "latchkey"}, target=one)


@pytest.mark.parametrize("path", KINDS)
def test_more_than_one_holds(world, ask, path):
    weak = bearer(world.token("ana", MANAGE, SEE)["secret"])
    refused = ask(403, "POST", path, weak, {"name": "documented", **KINDS[path]})
    assert refused.json()["type"].endswith(":permission-denied")


@pytest.mark.parametrize("path", KINDS)
def test_bodies_that_cannot_be_read(ask, manager, path):
    for method, where in (("POST", path), ("PATCH", path + "/{id}")):
        target = target_of(where)
        ask(400, method, where, manager, b"{", target=target)
        ask(400, method, where, manager, {"none": 1}, target=target)
        ask(413, method, where, manager, b"[" + b" " * 263_000, target=target)
        ask(415, method, where, manager, b"name=x", target=target, content_type="text/plain")


def every_operation(document):
    return [(method, path, operation) for method, path, operation in document.operations()]


def is_for_people(operation):
    """Whether a session alone opens it, or signing in is what it is for."""
    return operation["security"] == [{"session": []}] or operation["tags"] == ["Signing in"]


def test_what_every_operation_refuses(world, ask, document, manager):
    bare = bearer(world.token("ana", READ)["secret"])
    for method, path, operation in every_operation(document):
        body = {"name": "x"} if method in ("POST", "PATCH", "PUT") else None
        target = target_of(path)
        ask(421, method, path, body=body, target=target, fields={"Host": "evil.example"})
        ask(414, method, path, body=body, target=target + "?q=" + "x" * 9_000)
        ask(431, method, path, body=body, target=target, fields={"X-Long": "x" * 17_000})
        if operation.get("security") == []:
            continue
        if is_for_people(operation):
            ask(401, method, path, body=body, target=target)
            ask(401, method, path, manager, body=body, target=target)
            continue
        if {} in operation["security"]:
            wrong = bearer(rebuild(world.token("ana", READ)["secret"], secret="x" * 22))
            ask(401, method, path, wrong, b"token=x", target=target, content_type=FORM)
            continue
        ask(401, method, path, body=body, target=target)
        if (method, path) != ("GET", "/api/v1/me"):
            ask(403, method, path, bare, body=body, target=target)
        if "{id}" in path:
            ask(404, method, path, manager, body=body, target=target)


def test_two_credentials(world, document, manager):
    """http.client sends no field twice, so this one is written by hand."""
    for method, path, _ in every_operation(document):
        raw = (
            f"{method} {target_of(path)} HTTP/1.1\r\nHost: {world.server.host}\r\n"
            f"Authorization: {manager}\r\nAuthorization: {manager}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        answer = exchange(world.server.address, raw.encode()).first
        assert answer.status == 400
        document.check(method, path, answer)


@pytest.fixture
def page(document):
    """Asks as the pages do, in the browser that it is given."""

    def asks(status, browser, method, path, body=None, target=None):
        answer = browser.ask(method, target or path, body)
        assert answer.status == status, answer
        document.check(method, path, answer)
        return answer

    return asks


def test_signing_in(make_world, page):
    world = make_world(people=False)
    v1 = "/api/v1"
    link, browser = set_up_link(world.server), Browser(world.server)
    page(200, browser, "GET", v1 + "/session")
    page(200, browser, "POST", v1 + "/links/inspect", {"link": link})
    page(404, browser, "POST", v1 + "/links/inspect", {"link": "none"})
    made = {"link": link, "username": "root-admin", "email": "root-admin@example.org"}
    page(422, browser, "POST", v1 + "/links/accept", made | {"password": "short"})
    page(200, browser, "POST", v1 + "/links/accept", made | {"password": PASSWORD})
    page(200, browser, "GET", v1 + "/session")
    key, codes = enrol_totp(browser)
    page(204, browser, "DELETE", v1 + "/session")
    page(401, browser, "POST", v1 + "/session", {"user": "root-admin", "password": "wrong"})
    page(200, browser, "POST", v1 + "/session", {"user": "root-admin", "password": PASSWORD})
    page(401, browser, "POST", v1 + "/session/second-step", {"recovery_code": "0000-0000-0000-0000"})
    page(200, browser, "POST", v1 + "/session/second-step", {"recovery_code": codes[0]})
    page(200, browser, "POST", v1 + "/session/reauthenticate", {"password": PASSWORD})
    page(202, browser, "POST", v1 + "/password-reset", {"user": "nobody"})


def test_ones_own_account(make_world, page):
    world = make_world(people=False)
    browser, v1 = set_up(world.server), "/api/v1"
    other = Browser(world.server)
    other.sign_in("root-admin")
    rows = page(200, browser, "GET", v1 + "/sessions").json()["values"]
    theirs = f"{v1}/sessions/{next(row['id'] for row in rows if not row['current'])}"
    page(200, browser, "PATCH", v1 + "/sessions/{id}", {"name": "Old"}, target=theirs)
    page(204, browser, "DELETE", v1 + "/sessions/{id}", target=theirs)
    page(404, browser, "DELETE", v1 + "/sessions/{id}", target=theirs)
    page(204, browser, "DELETE", v1 + "/sessions", target=v1 + "/sessions?others=true")
    page(200, browser, "PATCH", v1 + "/me", {"display_name": "Root"})
    page(422, browser, "PUT", v1 + "/me/password", {"password": PASSWORD + "!"})
    page(204, browser, "PUT", v1 + "/me/password", {"current_password": PASSWORD, "password": PASSWORD + "!"})
    key = page(200, browser, "POST", v1 + "/me/totp").json()["secret"]
    page(401, browser, "POST", v1 + "/me/totp/confirm", {"code": "none"})
    page(200, browser, "POST", v1 + "/me/totp/confirm", {"code": totp(key)})
    page(200, browser, "POST", v1 + "/me/recovery-codes")
    page(204, browser, "DELETE", v1 + "/me/totp")
    page(200, browser, "GET", v1 + "/me/passkeys")


def test_administration(make_world, page):
    world = make_world(people=False)
    browser, admin = set_up(world.server), "/api/v1/admin"
    page(200, browser, "GET", admin + "/accounts")
    made = page(201, browser, "POST", admin + "/accounts", {"username": "ana", "email": "ana@example.org"})
    page(409, browser, "POST", admin + "/accounts", {"username": "ana", "email": "ana@example.org"})
    one = f"{admin}/accounts/{made.json()['account']['id']}"
    page(200, browser, "GET", admin + "/accounts/{id}", target=one)
    page(404, browser, "GET", admin + "/accounts/{id}", target=admin + "/accounts/none")
    page(200, browser, "PATCH", admin + "/accounts/{id}", {"display_name": "Ana"}, target=one)
    page(201, browser, "POST", admin + "/accounts/{id}/link", {"kind": "password-reset"}, target=one + "/link")
    page(204, browser, "DELETE", admin + "/accounts/{id}/sessions", target=one + "/sessions")
    page(204, browser, "DELETE", admin + "/accounts/{id}/second-step", target=one + "/second-step")
    service = {"username": "ci", "email": "ci@example.org", "kind": "service"}
    made = page(201, browser, "POST", admin + "/accounts", service).json()
    for kind, grants in (("api-tokens", {"scopes": [READ]}), ("app-passwords", {"permissions": ["repository"]})):
        path = admin + "/accounts/{id}/" + kind
        target = path.replace("{id}", made["account"]["id"])
        world.remember(page(201, browser, "POST", path, {"name": "x", **grants}, target=target))
    page(200, browser, "GET", admin + "/credentials")
    page(200, browser, "POST", admin + "/credentials/revoke", {"account": "ci"})
    page(422, browser, "POST", admin + "/credentials/revoke", {})
    page(200, browser, "GET", admin + "/policy")
    page(200, browser, "PUT", admin + "/policy", {"token_lifetime_max_s": 86400 * 30})
    page(200, browser, "GET", admin + "/changes")
    page(200, browser, "GET", admin + "/apps")
    page(200, browser, "GET", admin + "/health")
    for path in KINDS:
        page(200, browser, "POST", path + "/revoke", {"all": True})


def test_throttled(make_world):
    world = make_world(throttle_failures=3, throttle_window="60s")
    document = Document(world.server.client().get("/api/v1/openapi.json").json())
    wrong = bearer(rebuild(world.token()["secret"], secret="x" * 22))
    for path in ("/api/v1/me", BITBUCKET_PATH, *KINDS):
        answers = [world.server.client().get(path, wrong) for _ in range(5)]
        assert answers[-1].status == 429
        for answer in answers:
            document.check("GET", path, answer)


def test_examples_fit_their_schemas(document):
    checked = 0
    for method, path, operation in document.operations():
        for status, response in operation["responses"].items():
            for media, content in document.resolve(response).get("content", {}).items():
                if "example" not in content:
                    continue
                example = content["example"]
                where = f"{method} {path} {status} {media}"
                assert not document.fits(example, content["schema"]), where
                if media == PROBLEM and status != "default":
                    assert str(example["status"]) == status, where
                checked += 1
        for media, content in document.resolve(operation.get("requestBody", {"content": {}}))["content"].items():
            if "example" in content:
                assert not document.fits(content["example"], content["schema"]), f"{method} {path} {media}"
    assert checked > 50


def test_every_operation_says_what_else_may_come(document):
    for method, path, operation in document.operations():
        assert {"408", "414", "421", "431", "500", "default"} <= set(operation["responses"]), (method, path)
        if "requestBody" in operation:
            assert {"413", "415"} <= set(operation["responses"]), (method, path)


def test_every_operation_was_seen_to_succeed_and_to_fail(document):
    """Stands last: what the tests above have held against the document."""
    for method, path, operation in document.operations():
        statuses = {status for m, p, status in document.seen if (m, p) == (method, path)}
        if (method, path) not in BY_AUTHENTICATOR_OR_PROVIDER:
            assert any(status < 300 for status in statuses), (method, path)
        assert statuses & {414, 421, 431}, (method, path)
        if operation.get("security") != []:
            assert 401 in statuses, (method, path)
