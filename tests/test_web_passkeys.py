"""Passkeys against a real server, by an authenticator that lies."""

import pytest

from support.browser import Browser, enrol_totp, invite, set_up
from support.passkey import AT, UP, UV, Authenticator, add_passkey

OPTIONS = "/api/v1/session/passkey-options"
PASSKEYS = "/api/v1/me/passkeys"


@pytest.fixture
def world(make_world):
    made = make_world(start=False, people=False)
    made.server.settings["public_url"] = f"http://localhost:{made.server.port}"
    made.server.start()
    return made


@pytest.fixture
def admin(world):
    return set_up(world.server)


def options(browser):
    asked = browser.post(OPTIONS)
    assert asked.status == 200, asked
    return asked.json()["publicKey"]


def enter(browser, credential):
    return browser.post("/api/v1/session/passkey", {"credential": credential}).status


def test_a_passkey_signs_in_alone(world, admin):
    key = add_passkey(admin)
    browser = Browser(world.server)
    assert enter(browser, key.answer(options(browser))) == 200
    assert browser.session()["account"]["username"] == "root-admin"


LIES = {
    "origin": {"origin": "http://evil.localhost"},
    "another site's hash": {"party": "evil.localhost"},
    "nobody touched it": {"flags": UV},
    "nobody was verified": {"flags": UP},
    "contradicts itself about its backup": {"flags": UP | UV | 0x10},
    "another's handle": {"handle": "c29tZWJvZHkgZWxzZQ"},
    "another's id": {"identifier": b"nobody's"},
}


@pytest.mark.covers("W-018")
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_answer_that_lies_signs_nobody_in(world, admin, lie):
    key = add_passkey(admin)
    browser = Browser(world.server)
    assert enter(browser, key.answer(options(browser), **lie)) == 401
    assert browser.session()["signed_in"] is False


@pytest.mark.covers("W-018")
def test_an_answer_works_once_and_counters_go_on(world, admin):
    key = add_passkey(admin)
    browser = Browser(world.server)
    answer = key.answer(options(browser))
    cookies = dict(browser.cookies)
    assert enter(browser, answer) == 200
    again = Browser(world.server)
    again.cookies = cookies
    assert enter(again, answer) == 401, "its challenge is used up"
    other = Browser(world.server)
    options(other)
    assert enter(other, answer) == 401, "it answers another challenge"
    for count in (key.count, key.count - 1, 0):
        assert enter(other, key.answer(options(other), count=count)) == 401, count
    assert enter(other, key.answer(options(other))) == 200


@pytest.mark.covers("W-018")
def test_anothers_passkey_is_no_second_step(world, admin):
    hers = add_passkey(invite(admin, "ana"))
    mine = add_passkey(admin)
    browser = Browser(world.server)
    assert browser.sign_in("root-admin").json()["next"] == "second-step"
    credential = hers.answer(options(browser))
    assert browser.post("/api/v1/session/second-step", {"passkey": credential}).status == 401
    credential = mine.answer(options(browser), identifier=hers.id)
    assert browser.post("/api/v1/session/second-step", {"passkey": credential}).status == 401
    credential = mine.answer(options(browser))
    assert browser.post("/api/v1/session/second-step", {"passkey": credential}).status == 200


BAD_KEYS = {
    "an algorithm that was not offered": {"algorithm": -47},
    "64 KiB of attestation": {"padding": 64 * 1024},
    "more attestation than is read": {"padding": 17 * 1024},
    "another origin": {"origin": "http://evil.localhost"},
    "another site": {"party": "evil.localhost"},
    "nobody touched it": {"flags": UV | AT},
    "no key in it": {"flags": UP | UV},
}


@pytest.mark.covers("W-018")
@pytest.mark.parametrize("lie", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_key_that_lies_is_not_added(admin, lie):
    made = Authenticator(admin.server.settings["public_url"])
    asked = admin.post(PASSKEYS + "/options").json()["publicKey"]
    answer = admin.post(PASSKEYS, {"name": "x", "credential": made.register(asked, **lie)})
    assert answer.status in (400, 413, 422), answer
    assert admin.get(PASSKEYS).json()["values"] == []
    honest = admin.post(PASSKEYS, {"name": "x", "credential": made.register(asked)})
    assert honest.status == 422, "the question was answered before"


def test_a_passkey_of_another_is_not_taken_over(world, admin):
    hers = add_passkey(invite(admin, "ana"))
    asked = admin.post(PASSKEYS + "/options").json()["publicKey"]
    thief = Authenticator(hers.origin)
    thief.id = hers.id
    assert admin.post(PASSKEYS, {"name": "x", "credential": thief.register(asked)}).status == 409
    enrol_totp(admin)
    browser = Browser(world.server)
    assert enter(browser, thief.answer(options(browser))) == 401
