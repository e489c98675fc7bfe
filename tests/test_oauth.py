"""RFC 7662 introspection and RFC 7009 revocation, as clients of OAuth 2.0 ask."""

from urllib.parse import urlencode

import pytest

from support.http import basic, bearer
from support.world import READ, WRITE

FORM = "application/x-www-form-urlencoded"
ASK = "introspect:credential:latchkey"


@pytest.fixture(scope="module")
def service(world):
    return world.token("rob", ASK)


def post(world, path, auth=None, **form):
    return world.server.client().post(path, urlencode(form).encode(), auth, content_type=FORM)


def introspect(world, service, secret):
    return post(world, "/api/v1/introspect", bearer(service["secret"]), token=secret)


def test_what_is_known_of_a_token_in_force(world, service):
    token = world.token("ana", READ, WRITE)
    answer = introspect(world, service, token["secret"])
    assert answer.status == 200 and answer.get("Cache-Control") == "no-store"
    known = answer.json()
    assert known["active"] is True and known["username"] == "ana" and known["aud"] == "bitbucket"
    assert sorted(known["scope"].split()) == sorted([READ, WRITE])
    assert known["client_id"] == token["id"] and known["token_type"] == "Bearer"
    assert known["exp"] > known["iat"]


def test_everything_else_is_inactive_and_nothing_more(world, service):
    wrong = [
        world.revoked_token("ana")["secret"],
        world.expired_token("ana")["secret"],
        "x",
        world.token("ana", READ)["secret"][:-1],
        world.token("ana", READ)["secret"] + "x",
    ]
    for secret in wrong:
        answer = introspect(world, service, secret)
        assert (answer.status, answer.body) == (200, b'{"active":false}')


def test_a_line_break_at_the_end_of_a_file_does_not_count(world, service):
    secret = world.token("ana", READ)["secret"]
    known = introspect(world, service, secret + "\n").json()
    assert known["active"] is True
    answer = post(world, "/api/v1/revoke", token=secret + "\n")
    assert answer.status == 200
    after = introspect(world, service, secret)
    assert after.body == b'{"active":false}'


def test_who_asks_must_be_allowed_to(world):
    token = world.token("ana", READ)
    absent = post(world, "/api/v1/introspect", token=token["secret"])
    assert absent.status == 401 and absent.all("WWW-Authenticate")
    refused = post(world, "/api/v1/introspect", bearer(token["secret"]), token=token["secret"])
    assert refused.status == 403
    challenge = refused.get("WWW-Authenticate")
    assert 'error="insufficient_scope"' in challenge and f'scope="{ASK}"' in challenge


def test_whoever_holds_a_secret_may_end_it(world, service):
    token = world.token("ana", READ)
    password = world.cli.app_password("ana", "repository")
    for secret in (token["secret"], password["secret"]):
        known = introspect(world, service, secret).json()
        assert known["active"] is True
        for _ in range(2):
            answer = post(world, "/api/v1/revoke", token=secret, token_type_hint="access_token")
            assert (answer.status, answer.body) == (200, b"")
        after = introspect(world, service, secret)
        assert after.body == b'{"active":false}'
    refused = world.server.client().get("/api/v1/me", basic("ana", password["secret"]))
    assert refused.status == 401
    assert world.cli.json("token", "show", token["id"])["state"] == "revoked"


@pytest.mark.covers("Q-006")
def test_revocation_says_nothing_of_what_is_no_credential(world):
    for secret in ("x", "\u00e9"):
        assert post(world, "/api/v1/revoke", token=secret).status == 200


def test_nobody_thinks_that_a_cut_credential_was_revoked(world, service):
    secret = world.token("ana", READ)["secret"]
    answer = post(world, "/api/v1/revoke", token=secret[:-1])
    assert answer.status == 400
    assert b"nothing was revoked" in answer.body
    known = introspect(world, service, secret).json()
    assert known["active"] is True


@pytest.mark.parametrize("path", ["/api/v1/introspect", "/api/v1/revoke"])
def test_a_form_that_cannot_be_used(world, service, path):
    auth = bearer(service["secret"])
    secret = world.token("ana", READ)["secret"]
    client = world.server.client()
    for body in (b"", b"token=", b"hint=x", f"token={secret}&token={secret}".encode(), b"token=%zz"):
        answer = client.post(path, body, auth, content_type=FORM)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    as_json = client.post(path, {"token": secret}, auth)
    assert as_json.status == 415
    assert client.get(f"{path}?token=x", auth).status == 405
    assert client.post(path, b"token=" + b"x" * 300_000, auth, content_type=FORM).status == 413
    still_works = world.allowed(secret)
    assert still_works
