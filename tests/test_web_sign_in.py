"""People sign in, make and revoke credentials, all by HTTP, as the pages do."""

import time

import pytest

from support.browser import ATTEMPT, DEVICE, PASSWORD, SESSION, Browser, enrol_totp, invite, set_up, set_up_link, totp
from support.http import bearer

TOKENS = "/api/v1/api-tokens"
REPOSITORY = ["read:repository:bitbucket"]


def now_in_totp(wait_for_next=None):
    """The present step; waits until it is another one than `wait_for_next`."""
    while wait_for_next is not None and int(time.time()) // 30 == wait_for_next:
        time.sleep(0.2)
    return int(time.time()) // 30


@pytest.fixture
def world(make_world):
    return make_world(people=False)


@pytest.fixture
def admin(world):
    return set_up(world.server)


def test_from_the_set_up_link_to_a_revoked_token(world):
    """Set-up link, password, TOTP, signing out and in with both steps, a token, its use, its end."""
    browser = set_up(world.server)
    shown = browser.session()
    assert shown["signed_in"] and shown["account"]["admin"]
    assert shown["session"]["name"] == "Firefox on Linux"
    key, codes = enrol_totp(browser)
    assert len(codes) == 10
    assert browser.ask("DELETE", "/api/v1/session").status == 204
    assert browser.session()["signed_in"] is False

    asked = browser.sign_in("root-admin")
    assert asked.json()["next"] == "second-step" and "totp" in asked.json()["methods"]
    assert SESSION not in browser.cookies and ATTEMPT in browser.cookies
    # The code that confirmed is used up; a recovery code stands in.
    assert browser.post("/api/v1/session/second-step", {"totp": totp(key)}).status == 401
    entered = browser.post("/api/v1/session/second-step", {"recovery_code": codes[0]})
    assert entered.status == 200 and entered.json()["second_step"]["recovery_codes_left"] == 9

    body = {"name": "from the page", "scopes": REPOSITORY, "ttl": 86400}
    made = browser.post(TOKENS, body)
    secret = world.remember(made)
    assert made.status == 201 and made.get("Cache-Control") == "no-store"
    assert world.allowed(secret)
    revoked = browser.post(TOKENS + "/revoke", {"ids": [made.json()["id"]], "reason": "test is over"})
    assert revoked.json() == {"revoked": 1}
    assert not world.allowed(secret)


def test_cookies_are_out_of_reach(world, admin):
    browser = Browser(world.server)
    answer = browser.sign_in("root-admin")
    lines = {line.split("=")[0]: line for line in answer.all("Set-Cookie")}
    assert {SESSION, DEVICE} <= set(lines)
    for line in lines.values():
        assert "; Secure" in line and "; HttpOnly" in line and "; Path=/" in line and "SameSite=" in line
        assert "Domain" not in line


@pytest.mark.covers("U-010")
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(world, admin):
    answers = [Browser(world.server).sign_in(user, "not the password at all") for user in ("root-admin", "nobody")]
    assert [answer.status for answer in answers] == [401, 401]
    bodies = [answer.json() for answer in answers]
    for body in bodies:
        body.pop("request_id")
    assert bodies[0] == bodies[1] and bodies[0]["type"].endswith(":sign-in-failed")
    assert not answers[0].get("WWW-Authenticate")
    names = [sorted(name for name, _ in answer.fields) for answer in answers]
    assert names[0] == names[1]


def test_an_invitation_works_once(world, admin):
    made = admin.post("/api/v1/admin/accounts", {"username": "ana", "email": "ana@example.org"})
    link = made.json()["link"].split("#")[1]
    view = Browser(world.server).post("/api/v1/links/inspect", {"link": link})
    assert view.json()["kind"] == "invitation" and view.json()["username"] == "ana"
    weak = Browser(world.server).post("/api/v1/links/accept", {"link": link, "password": "short"})
    assert weak.status == 422 and weak.json()["type"].endswith(":weak-password")
    first = Browser(world.server).post("/api/v1/links/accept", {"link": link, "password": PASSWORD})
    assert first.status == 200
    second = Browser(world.server).post("/api/v1/links/accept", {"link": link, "password": PASSWORD})
    assert second.status == 404 and second.json()["type"].endswith(":link-over")


def test_a_used_set_up_link_makes_nobody_else(world):
    link = set_up_link(world.server)
    set_up(world.server)
    body = {"link": link, "password": PASSWORD, "username": "eve", "email": "eve@example.org"}
    assert Browser(world.server).post("/api/v1/links/accept", body).status == 404


def test_sessions_are_listed_renamed_and_ended(world, admin):
    other = Browser(world.server)
    other.sign_in("root-admin")
    rows = admin.get("/api/v1/sessions").json()["values"]
    assert sorted(row["current"] for row in rows) == [False, True]
    theirs = next(row["id"] for row in rows if not row["current"])
    assert admin.ask("PATCH", f"/api/v1/sessions/{theirs}", {"name": "The old laptop"}).json()["name"] == "The old laptop"
    assert admin.ask("DELETE", "/api/v1/sessions?others=true").status == 204
    assert other.session()["signed_in"] is False and admin.session()["signed_in"] is True


def test_one_session_too_many_ends_the_oldest(make_world):
    world = make_world(people=False, sessions_per_account_max=2)
    first = set_up(world.server)
    others = [Browser(world.server) for _ in range(2)]
    assert [browser.sign_in("root-admin").status for browser in others] == [200, 200]
    assert first.session()["signed_in"] is False
    assert [browser.session()["signed_in"] for browser in others] == [True, True]
    assert len(others[0].get("/api/v1/sessions").json()["values"]) == 2


def test_a_short_password_is_not_left_as_the_only_step(world, admin):
    enrol_totp(admin)
    short = {"current_password": PASSWORD, "password": "eight4me"}
    assert admin.ask("PUT", "/api/v1/me/password", short).status == 204
    refused = admin.ask("DELETE", "/api/v1/me/totp")
    assert refused.status == 409 and "15 characters" in refused.json()["detail"]
    again = {"current_password": "eight4me", "password": PASSWORD}
    assert admin.ask("PUT", "/api/v1/me/password", again).status == 204
    assert admin.ask("DELETE", "/api/v1/me/totp").status == 204
    assert Browser(world.server).sign_in("root-admin").json().get("next") is None


def test_a_short_password_signs_nobody_in_once_its_second_step_was_reset(world, admin):
    ana = invite(admin, "ana")
    enrol_totp(ana)
    assert ana.ask("PUT", "/api/v1/me/password", {"current_password": PASSWORD, "password": "eight4me"}).status == 204
    account = ana.session()["account"]["id"]
    assert Browser(world.server).sign_in("ana", "eight4me").status == 200
    assert admin.ask("DELETE", f"/api/v1/admin/accounts/{account}/second-step").status == 204
    assert Browser(world.server).sign_in("ana", "eight4me").status == 401
    shown = admin.get(f"/api/v1/admin/accounts/{account}").json()
    assert shown["can_sign_in"] is False


def test_nobody_sees_anothers_sessions_or_credentials(world, admin):
    ana = invite(admin, "ana")
    session = admin.session()["session"]["id"]
    assert ana.ask("DELETE", f"/api/v1/sessions/{session}").status == 404
    made = admin.post(TOKENS, {"name": "x", "scopes": REPOSITORY, "ttl": 86400})
    world.remember(made)
    identifier = made.json()["id"]
    assert ana.get(f"{TOKENS}/{identifier}").status == 404
    assert ana.ask("DELETE", f"{TOKENS}/{identifier}").status == 404
    assert ana.post(TOKENS + "/revoke", {"ids": [identifier]}).json() == {"revoked": 0}
    assert ana.get("/api/v1/admin/credentials").status == 403


@pytest.mark.covers("W-008")
def test_an_old_proof_makes_no_secret(make_world):
    world = make_world(people=False, reauthentication="1s")
    admin = set_up(world.server)
    time.sleep(1.1)
    body = {"name": "x", "scopes": REPOSITORY, "ttl": 86400}
    refused = admin.post(TOKENS, body)
    assert refused.status == 403 and refused.json()["type"].endswith(":reauthentication-required")
    for method, path in (
        ("PUT", "/api/v1/me/password"),
        ("POST", "/api/v1/me/totp"),
        ("POST", "/api/v1/me/recovery-codes"),
        ("POST", "/api/v1/me/passkeys/options"),
        ("POST", "/api/v1/admin/accounts"),
        ("PUT", "/api/v1/admin/policy"),
    ):
        assert admin.ask(method, path, {}).json()["type"].endswith(":reauthentication-required"), path
    assert admin.get(TOKENS).status == 200
    assert admin.prove().status == 200
    made = admin.post(TOKENS, body)
    world.remember(made)
    assert made.status == 201


def test_another_proof_makes_the_old_cookie_worthless(admin):
    copied = admin.copy()
    assert admin.prove().status == 200
    assert admin.session()["signed_in"] is True
    assert copied.session()["signed_in"] is False


def test_changing_the_password_ends_the_other_sessions(world, admin):
    other = Browser(world.server)
    other.sign_in("root-admin")
    wrong = admin.ask("PUT", "/api/v1/me/password", {"current_password": "wrong one", "password": PASSWORD + "!"})
    assert wrong.status == 401
    assert other.session()["signed_in"] is True
    body = {"current_password": PASSWORD, "password": PASSWORD + "!"}
    assert admin.ask("PUT", "/api/v1/me/password", body).status == 204
    assert admin.session()["signed_in"] is True and other.session()["signed_in"] is False
    assert Browser(world.server).sign_in("root-admin").status == 401
    assert Browser(world.server).sign_in("root-admin", PASSWORD + "!").status == 200


def test_suspending_shuts_every_way_in(world, admin):
    ana = invite(admin, "ana")
    made = ana.post(TOKENS, {"name": "x", "scopes": REPOSITORY, "ttl": 86400})
    secret = world.remember(made)
    identifier = ana.session()["account"]["id"]
    changed = admin.ask("PATCH", f"/api/v1/admin/accounts/{identifier}", {"state": "suspended"})
    assert changed.json()["state"] == "suspended"
    assert ana.session()["signed_in"] is False
    assert not world.allowed(secret)
    assert Browser(world.server).sign_in("ana").status == 401
    admin.ask("PATCH", f"/api/v1/admin/accounts/{identifier}", {"state": "active"})
    assert ana.session()["signed_in"] is False, "what was ended stays ended"
    assert Browser(world.server).sign_in("ana").status == 200


def test_an_administrator_does_not_lock_himself_out(admin):
    me = admin.session()["account"]["id"]
    for body in ({"state": "suspended"}, {"admin": False}):
        assert admin.ask("PATCH", f"/api/v1/admin/accounts/{me}", body).status == 409


def test_policy_can_ask_everybody_for_a_second_step(world, admin):
    ana = invite(admin, "ana")
    enrol_totp(admin)
    policy = {"second_step_required": True, "api_tokens": True, "app_passwords": False}
    assert admin.ask("PUT", "/api/v1/admin/policy", policy).status == 200
    refused = ana.get(TOKENS)
    assert refused.status == 403 and refused.json()["type"].endswith(":second-step-required")
    assert ana.session()["policy"]["second_step_required"] is True
    enrol_totp(ana)
    assert ana.get(TOKENS).status == 200
    disabled = ana.post("/api/v1/app-passwords", {"name": "x", "permissions": ["repository"]})
    assert disabled.status == 403 and disabled.json()["type"].endswith(":kind-disabled")


def test_service_accounts_get_their_tokens_from_administrators(world, admin):
    made = admin.post(
        "/api/v1/admin/accounts", {"username": "builds", "email": "builds@example.org", "kind": "service"}
    ).json()
    assert "link" not in made
    path = f"/api/v1/admin/accounts/{made['account']['id']}/api-tokens"
    token = admin.post(path, {"name": "ci", "scopes": REPOSITORY, "ttl": 86400})
    secret = world.remember(token)
    assert token.status == 201 and token.json()["account"] == "builds"
    assert world.server.client().get("/api/v1/me", bearer(secret)).json()["account"]["username"] == "builds"
    listed = admin.get("/api/v1/admin/credentials?account=builds").json()
    assert listed["total"] == 1 and listed["values"][0]["account"]["username"] == "builds"
    assert admin.post("/api/v1/admin/credentials/revoke", {"account": "builds", "reason": "x"}).json() == {"revoked": 1}
    assert not world.allowed(secret)


def test_the_change_log_is_read_and_exported(world, admin):
    made = admin.post(TOKENS, {"name": "=1+1", "scopes": REPOSITORY, "ttl": 86400})
    world.remember(made)
    admin.post(TOKENS + "/revoke", {"ids": [made.json()["id"]], "reason": "=HYPERLINK(\"x\")"})
    page = admin.get("/api/v1/admin/changes?action=credential.&limit=1").json()
    assert page["values"][0]["action"] == "credential.revoke" and page["values"][0]["actor_name"] == "root-admin"
    assert page["next"]
    older = admin.get(page["next"][page["next"].index("/api/") :]).json()
    assert older["values"][0]["action"] == "credential.issue"
    export = admin.get("/api/v1/admin/changes/export?format=csv")
    assert export.get("Content-Type") == "text/csv; charset=utf-8"
    assert "\"'=HYPERLINK(\"\"x\"\")\"" in export.text
    lines = admin.get("/api/v1/admin/changes/export?format=ndjson&action=credential.issue").text.splitlines()
    assert len(lines) == 1


def test_health_and_apps(admin):
    health = admin.get("/api/v1/admin/health").json()
    assert health["ready"] is True and health["why_not_ready"] is None and health["alarms"] == []
    apps = {row["app"]: row for row in admin.get("/api/v1/admin/apps").json()["values"]}
    assert apps["bitbucket"]["built_in"] is True and apps["bitbucket"]["refused"] is None


def test_sessions_survive_a_restart(world, admin):
    world.server.stop()
    world.server.start()
    assert admin.session()["signed_in"] is True
    admin.ask("DELETE", "/api/v1/session")
    world.server.stop()
    world.server.start()
    assert admin.session()["signed_in"] is False
