"""Hostile names and addresses of people, guesses at second steps, and what answers and pages give away."""

import re

import pytest

from support.browser import PASSWORD, Browser, enrol_totp, invite, set_up, totp
from support.http import basic, bearer
from support.secrets import rebuild

ACCOUNTS = "/api/v1/admin/accounts"
REFUSED = (400, 409, 422)


@pytest.fixture
def world(make_world):
    return make_world(people=False)


@pytest.fixture
def admin(world):
    return set_up(world.server)


def create(admin, username, email):
    return admin.post(ACCOUNTS, {"username": username, "email": email})


def second_step(world, code, **fields):
    browser = Browser(world.server)
    browser.sign_in("root-admin", **fields)
    return browser.post("/api/v1/session/second-step", {"totp": code}).status


@pytest.mark.covers("W-014")
def test_a_code_holds_for_its_step_and_the_ones_beside_it(world, admin):
    key, _ = enrol_totp(admin)
    for far in ("now - 3 minutes", "now - 90 seconds", "now + 90 seconds", "now + 3 minutes"):
        assert second_step(world, totp(key, far)) in (401, 429), far
    world.server.stop()
    world.server.start()
    known = admin.copy()  # Its device has tries of its own.
    known.cookies = {name: value for name, value in known.cookies.items() if "device" in name}
    known.sign_in("root-admin")
    assert known.post("/api/v1/session/second-step", {"totp": totp(key, "now + 30 seconds")}).status == 200


@pytest.mark.covers("W-015")
def test_guesses_from_everywhere_count_for_the_account(make_world):
    world = make_world(people=False, trusted_proxies="127.0.0.0/8")
    admin = set_up(world.server)
    key, _ = enrol_totp(admin)
    right = totp(key)
    guessed = 0
    for number in range(120):
        browser = Browser(world.server)
        place = {"X-Forwarded-For": f"198.51.{number % 50}.{number}"}
        signed = browser.post("/api/v1/session", {"user": "root-admin", "password": PASSWORD}, fields=place)
        if signed.status != 200:
            assert signed.status == 429
            continue
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06d}"
        status = browser.post("/api/v1/session/second-step", {"totp": wrong}, fields=place).status
        assert status in (401, 429)
        guessed += status == 401
    assert 0 < guessed <= 100, guessed
    assert guessed < 20, "the pause doubles, so no row of guesses gets far in a moment"


@pytest.mark.covers("U-004", "U-006")
@pytest.mark.parametrize(
    "email",
    [
        '"a@allowed.example"@evil.example',
        "a(c)@x.example",
        "a@x.example\r\nBcc: evil@x.example",
        "a@x.example\nBcc: evil@x.example",
        "a@x.example, evil@x.example",
        "<a@x.example>",
        "a@@x.example",
    ],
)
def test_addresses_that_others_read_differently(admin, email):
    assert create(admin, "somebody", email).status in REFUSED


@pytest.mark.covers("U-007")
def test_a_username_is_never_an_address(admin):
    invite(admin, "victim")
    assert create(admin, "victim@example.org", "evil@example.org").status in REFUSED
    signed = Browser(admin.server)
    assert signed.sign_in("victim@example.org").status == 200
    assert signed.session()["account"]["username"] == "victim"


@pytest.mark.covers("U-008", "U-009")
@pytest.mark.parametrize(
    "username",
    ["..", ".", "api", "login", "admin", "-", "_git", "con", "settings", "Admin", "\u0430dmin", "root\u2011admin", "a/b", "a b", ""],
)
def test_names_that_mean_something_else(admin, username):
    assert create(admin, username, "somebody@example.org").status in REFUSED, username


def test_a_name_in_other_letters_is_the_same_name(admin):
    invite(admin, "ana")
    assert create(admin, "ANA", "other@example.org").status == 409
    assert create(admin, "ana2", "ANA@EXAMPLE.ORG").status == 409


@pytest.mark.covers("K-004")
def test_no_answer_repeats_a_secret(make_world):
    world = make_world()
    secret = world.token("ana")["secret"]
    wrong = world.vault.add(rebuild(secret, secret="A" + "b" * 21))
    client = world.server.client()
    core = re.compile("|".join(re.escape(str(text)[-28:-6]) for text in (secret, wrong)))
    for text in (secret, wrong):
        answers = [
            client.get(f"/{text}"),
            client.get(f"/{text}/{text}.git/info/refs?service=git-upload-pack", bearer(text)),
            client.get(f"/api/v1/api-tokens/{text}", bearer(text)),
            client.get(f"/api/v1/{text}?access_token={text}"),
            client.get("/api/v1/me", basic(text, text)),
            client.get("/api/v1/me", basic(text, "")),
            client.get("/api/v1/me", bearer(text + "x"), fields={"X-Request-Id": text}),
            client.request(text[:30], "/api/v1/me"),
            client.post("/api/v1/api-tokens", {"name": text, "scopes": [text], text: text}, bearer(text)),
            client.post("/api/v1/api-tokens", b'{"name": "' + str(text).encode(), bearer(text)),
            client.post("/api/v1/session", {"user": text, "password": text}, fields={"X-Latchkey-Csrf": "1"}),
        ]
        for number, answer in enumerate(answers):
            shown = answer.text + repr([value for _, value in answer.fields])
            assert core.search(shown) is None, number


@pytest.mark.covers("K-006")
def test_pages_tell_nobody_where_they_are(world, admin):
    for path in ("/", "/login", "/settings/security/api-tokens", "/settings/security/api-tokens/new", "/settings/app-passwords"):
        page = admin.get(path)
        assert page.get("Referrer-Policy") == "no-referrer", path
        policy = page.get("Content-Security-Policy")
        assert "default-src 'none'" in policy or "default-src 'self'" in policy
        origins = re.findall(r"https?://[^\s;]+", policy)
        assert origins == [], "nothing is loaded from anywhere else"
        assert re.findall(r'(?:src|href)="(?!/)[^"]*"', page.text) == []
