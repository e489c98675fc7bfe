"""What people are told by mail, at a real mail server; and that what somebody wrote is text wherever it is shown."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.browser import PASSWORD, Browser, enrol_totp, set_up
from support.mail import MailServer
from support.passkey import add_passkey
from support.waiting import wait_until

TOKENS, PASSWORDS, ACCOUNTS = "/api/v1/api-tokens", "/api/v1/app-passwords", "/api/v1/admin/accounts"
NEW = {"name": "x", "scopes": ["read:repository:bitbucket"], "ttl": 86400}
MARKUP = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
TEXTS = ("application/json", "application/json; charset=utf-8", "application/x-ndjson", "text/csv; charset=utf-8")


@pytest.fixture
def mail():
    with MailServer() as made:
        yield made


@pytest.fixture
def world(make_world, mail):
    made = make_world(start=False, people=False, **mail.settings)
    made.server.settings["public_url"] = f"http://localhost:{made.server.port}"
    made.server.start()
    return made


@pytest.fixture
def admin(world):
    return set_up(world.server)


def invite_by_mail(admin, mail, username, **more):
    """As support.browser.invite, where nobody but the person invited sees the link."""
    address = f"{username}@example.org"
    made = admin.post(ACCOUNTS, {"username": username, "email": address, **more})
    assert made.status == 201 and made.json()["mailed"] is True and "link" not in made.json()
    link = mail.wait_for(address, "Your account").link()
    browser = Browser(admin.server)
    assert browser.post("/api/v1/links/accept", {"link": link, "password": PASSWORD}).status == 200
    return browser


def issue(world, browser, path=TOKENS, body=None, **more):
    made = browser.post(path, (body or NEW) | more)
    assert made.status == 201
    world.remember(made)
    return made.json()["id"]


@pytest.mark.covers("U-001", "U-011")
def test_a_letter_goes_to_the_stored_address_alone(world, admin, mail):
    invite_by_mail(admin, mail, "mike")
    answers = set()
    for user in ("m\u0131ke@example.org", "nobody@example.org", "mike@example.org\u0000", "MIKE@Example.org"):
        answer = Browser(world.server).post("/api/v1/password-reset", {"user": user})
        answers.add((answer.status, answer.body))
    assert answers == {(202, b"{}")}
    mail.wait_for("mike@example.org", "new password")
    world.server.stop()
    resets = [letter for letter in mail.letters if "new password" in letter.subject]
    assert [letter.to for letter in resets] == [["mike@example.org"]]


def test_asks_at_once_send_one_letter_and_an_address_may_not_ask_for_ever(world, admin, mail):
    invite_by_mail(admin, mail, "olga")
    ask = lambda user: Browser(world.server).post("/api/v1/password-reset", {"user": user})
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, ["olga"] * 12))
    assert {answer.status for answer in answers} == {202}
    refused = [answer for answer in map(ask, ["nobody"] * 40) if answer.status != 202]
    assert {answer.status for answer in refused} == {429} and refused[0].get("Retry-After") == "1"
    mail.wait_for("olga@example.org", "new password")
    world.server.stop()
    assert len(letters_about(mail, "olga@example.org", "new password")) == 1


def everything_named_by_markup(world, admin, mail):
    """Ana, with all that may have a name of somebody's choosing; `admin` ended one of her tokens."""
    ana = invite_by_mail(admin, mail, "ana", display_name=MARKUP)
    own = {"token": issue(world, ana, name=MARKUP), "reported": issue(world, ana, name=MARKUP)}
    own["password"] = issue(world, ana, PASSWORDS, {"name": MARKUP, "permissions": ["repository"]})
    own["passkey"] = add_passkey(ana, MARKUP)
    own["session"] = ana.session()["session"]["id"]
    assert ana.ask("PATCH", f"/api/v1/sessions/{own['session']}", {"name": MARKUP}).status == 200
    body = {"ids": [own["reported"]], "reason": MARKUP}
    assert admin.post("/api/v1/admin/credentials/revoke", body).json() == {"revoked": 1}
    return ana, own


@pytest.mark.covers("N-003", "W-006")
def test_markup_is_text_in_every_answer(world, admin, mail):
    ana, own = everything_named_by_markup(world, admin, mail)
    account = ana.session()["account"]["id"]
    shown = {
        ana: [TOKENS, f"{TOKENS}/{own['token']}", PASSWORDS, f"{PASSWORDS}/{own['password']}", "/api/v1/session"]
        + ["/api/v1/sessions", "/api/v1/me/passkeys"],
        admin: [ACCOUNTS, f"{ACCOUNTS}/{account}", "/api/v1/admin/credentials", "/api/v1/admin/changes"]
        + [f"/api/v1/admin/changes/export?format={form}" for form in ("csv", "ndjson")],
    }
    for browser, paths in shown.items():
        for path in paths:
            answer = browser.get(path)
            assert answer.status == 200 and MARKUP in answer.text, path
            assert answer.get("Content-Type") in TEXTS and answer.get("X-Content-Type-Options") == "nosniff", path
            policy = answer.get("Content-Security-Policy")
            assert "script-src" not in policy and "default-src 'none'" in policy, path


def test_what_was_wrong_is_no_markup_either(admin):
    """Where an error repeats what was asked for, it is JSON too."""
    for method, path, body in (
        ("GET", f"/api/v1/catalogue/{MARKUP.replace(' ', '%20')}", None),
        ("GET", f"{ACCOUNTS}?state={MARKUP.replace(' ', '%20')}", None),
        ("POST", TOKENS, NEW | {MARKUP: 1}),
        ("POST", TOKENS, NEW | {"scopes": [MARKUP]}),
        ("POST", TOKENS, NEW | {"app": MARKUP}),
        ("POST", ACCOUNTS, {"username": MARKUP, "email": "x@example.org"}),
        ("POST", ACCOUNTS, {"username": "x", "email": f"{MARKUP}@example.org"}),
    ):
        answer = admin.ask(method, path, body)
        assert answer.status >= 400 and answer.get("Content-Type") == "application/problem+json", (path, answer.status)


@pytest.mark.covers("N-003")
def test_markup_is_text_in_every_letter(world, admin, mail):
    everything_named_by_markup(world, admin, mail)
    Browser(world.server).post("/api/v1/password-reset", {"user": "ana"})
    mail.wait_for("ana@example.org", "new password")
    letters = mail.to("ana@example.org")
    assert len(letters) >= 6
    for letter in letters:
        assert f"Hello {ESCAPED}," in letter.html and "<img" not in letter.html, letter.subject
        assert "\n" not in letter.subject
    named = [letter for letter in letters if MARKUP in letter.subject]
    assert len(named) >= 3 and all(ESCAPED in letter.html.split("Hello", 1)[1][40:] for letter in named)


def letters_about(mail, address, subject):
    return [letter for letter in mail.to(address) if subject in letter.subject]


def test_an_owner_is_told_who_else_ended_a_credential(world, admin, mail):
    ana = invite_by_mail(admin, mail, "ana")
    named = {name: issue(world, ana, name=name) for name in ("by ana", "by an admin", "by an operator")}
    assert ana.ask("DELETE", f"{TOKENS}/{named['by ana']}").status == 200
    body = {"ids": [named["by an admin"]], "reason": "left the team"}
    assert admin.post("/api/v1/admin/credentials/revoke", body).json() == {"revoked": 1}
    text = mail.wait_for("ana@example.org", "Revoked: API token by an admin").text
    assert f"Id: {named['by an admin']}" in text and "Reason: left the team" in text
    assert "By: root-admin (administrator)" in text
    world.cli.ok("token", "revoke", named["by an operator"])
    assert "(on the server)" in mail.wait_for("ana@example.org", "Revoked: API token by an operator").text
    world.server.stop()
    assert len(letters_about(mail, "ana@example.org", "Revoked: ")) == 2, "what she ended herself she knows"


def test_a_secret_that_is_handed_in_is_told_of(world, admin, mail):
    ana = invite_by_mail(admin, mail, "ana")
    made = ana.post(TOKENS, NEW | {"name": "found on a wall"})
    secret = world.remember(made)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert world.server.client().post("/api/v1/revoke", f"token={secret}".encode(), fields=form).status == 200
    letter = mail.wait_for("ana@example.org", "Reported and revoked: API token found on a wall")
    assert made.json()["id"] in letter.text and "/settings/security/api-tokens" in letter.text
    world.server.stop()
    assert len(letters_about(mail, "ana@example.org", "Reported")) == 1


def test_many_at_once_are_no_flood(world, admin, mail):
    ana = invite_by_mail(admin, mail, "ana")
    for _ in range(12):
        issue(world, ana)
    assert admin.post("/api/v1/admin/credentials/revoke", {"account": "ana", "reason": "x"}).json() == {"revoked": 12}
    wait_until(lambda: len(letters_about(mail, "ana@example.org", "Revoked: ")) >= 10, "ten letters come")
    world.server.stop()
    assert len(letters_about(mail, "ana@example.org", "Revoked: ")) == 10


def test_a_sign_in_from_a_new_device_is_told_of(world, admin, mail):
    ana = invite_by_mail(admin, mail, "ana")
    ana.sign_in("ana")
    new = Browser(world.server)
    new.sign_in("ana")
    letter = mail.wait_for("ana@example.org", "New sign-in")
    assert "Device: Firefox on Linux" in letter.text and "From: 127.0.0.1" in letter.text
    new.sign_in("ana")
    Browser(world.server).sign_in("ana", "not her password")
    world.server.stop()
    assert len(letters_about(mail, "ana@example.org", "New sign-in")) == 1


def test_every_change_in_how_one_signs_in_is_told_of(world, admin, mail):
    ana = invite_by_mail(admin, mail, "ana")
    _, codes = enrol_totp(ana)
    add_passkey(ana, MARKUP)
    passkey = ana.get("/api/v1/me/passkeys").json()["values"][0]["id"]
    assert ana.ask("PATCH", f"/api/v1/me/passkeys/{passkey}", {"name": "blue"}).status == 200
    assert ana.ask("DELETE", f"/api/v1/me/passkeys/{passkey}").status == 204
    assert ana.ask("DELETE", "/api/v1/me/totp").status == 204
    changed = {"current_password": PASSWORD, "password": "four words nobody guesses"}
    assert ana.ask("PUT", "/api/v1/me/password", changed).status == 204
    subjects = ["authenticator app was added", "passkey was added", "passkey was removed"]
    subjects += ["authenticator app was removed", "password was changed"]
    for subject in subjects:
        letter = mail.wait_for("ana@example.org", subject)
        assert "From: 127.0.0.1" in letter.text and "By:" not in letter.text and MARKUP not in letter.text
        assert not any(code in letter.text for code in codes)
    world.server.stop()
    assert len([letter for letter in mail.to("ana@example.org") if " was " in letter.subject]) == len(subjects)


def test_nobody_is_told_of_sign_ins_where_that_is_off(make_world, mail):
    world = make_world(people=False, sign_in_letters="off", **mail.settings)
    admin = set_up(world.server)
    Browser(world.server).sign_in("root-admin")
    Browser(world.server).post("/api/v1/password-reset", {"user": "root-admin"})
    mail.wait_for("root-admin@example.org", "new password")
    assert admin.session()["signed_in"] is True
    world.server.stop()
    assert letters_about(mail, "root-admin@example.org", "New sign-in") == []
