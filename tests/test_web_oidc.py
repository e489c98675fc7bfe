"""Signing in at an OpenID provider, with a provider of the tests' own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from support.browser import SESSION, Browser, enrol_totp, invite, set_up
from support.oidc import OidcProvider
from support.waiting import wait_until

BEGIN = "/login/oidc/sso"


@pytest.fixture
def provider():
    with OidcProvider() as made:
        yield made


@pytest.fixture
def world(make_world, provider):
    return make_world(people=False, oidc_issuer=provider.issuer, oidc_client_id=provider.client_id, oidc_title="Example")


@pytest.fixture
def admin(world):
    return set_up(world.server)


def go(browser, provider, query=""):
    """To the provider and back: the answer to the callback."""
    away = browser.get(BEGIN + query)
    assert away.status == 302, away
    code, state = provider.authorize(away.get("Location"))
    return browser.get(f"{BEGIN}/callback?code={code}&state={state}")


def path_of(world, answer):
    assert answer.status == 302, answer
    location = answer.get("Location")
    assert location.startswith(world.server.url + "/"), location
    return location[len(world.server.url) :]


def test_it_is_offered(world):
    assert Browser(world.server).session()["sign_in"]["oidc"] == [{"name": "sso", "title": "Example"}]


def test_somebody_who_is_known_signs_in(world, provider, admin):
    invite(admin, "ana")
    browser = Browser(world.server)
    assert path_of(world, go(browser, provider, "?next=/settings/security")) == "/settings/security"
    shown = browser.session()
    assert shown["account"]["username"] == "ana" and "oidc" in shown["session"]["methods"]
    # From now on it is issuer and subject that count.
    provider.person["email"] = "elsewhere@example.org"
    again = Browser(world.server)
    go(again, provider)
    assert again.session()["account"]["username"] == "ana"


def test_nobody_gets_an_account_that_way(world, provider, admin):
    provider.person["email"] = "stranger@example.org"
    browser = Browser(world.server)
    assert path_of(world, go(browser, provider)) == "/login?error=oidc-unknown"
    assert browser.session()["signed_in"] is False


def test_an_address_that_nobody_verified_is_no_proof(world, provider, admin):
    invite(admin, "ana")
    provider.person["email_verified"] = False
    assert path_of(world, go(Browser(world.server), provider)) == "/login?error=oidc-unknown"


def test_the_second_step_is_asked_for_all_the_same(world, provider, admin):
    ana = invite(admin, "ana")
    _, codes = enrol_totp(ana)
    browser = Browser(world.server)
    target = "/settings/security/api-tokens/new?app=bitbucket&scopes=read:user:bitbucket"
    asked = path_of(world, go(browser, provider, "?next=" + quote(target, safe="")))
    assert asked == "/login/second-step?next=" + quote(target, safe=""), "all of it is one value"
    assert SESSION not in browser.cookies
    assert browser.post("/api/v1/session/second-step", {"recovery_code": codes[0]}).status == 200


def test_another_browser_cannot_come_back(world, provider, admin):
    invite(admin, "ana")
    victim, attacker = Browser(world.server), Browser(world.server)
    away = attacker.get(BEGIN)
    code, state = provider.authorize(away.get("Location"))
    callback = f"{BEGIN}/callback?code={code}&state={state}"
    assert path_of(world, victim.get(callback)) == "/login?error=oidc-over"
    victim.get(BEGIN)
    assert path_of(world, victim.get(callback)) == "/login?error=oidc-over"
    assert victim.session()["signed_in"] is False


def test_a_way_back_is_used_once(world, provider, admin):
    invite(admin, "ana")
    browser = Browser(world.server)
    away = browser.get(BEGIN)
    cookies = dict(browser.cookies)
    code, state = provider.authorize(away.get("Location"))
    callback = f"{BEGIN}/callback?code={code}&state={state}"
    assert path_of(world, browser.get(callback)) == "/"
    browser.cookies = cookies
    assert path_of(world, browser.get(callback)) == "/login?error=oidc-over"


@pytest.mark.parametrize("claims", [{"aud": "other"}, {"nonce": "other"}, {"exp": 1}, {"iss": "https://evil.example"}])
def test_a_token_that_is_not_for_us(world, provider, admin, claims):
    invite(admin, "ana")
    provider.claims = claims
    browser = Browser(world.server)
    assert path_of(world, go(browser, provider)) == "/login?error=oidc-failed"
    assert browser.session()["signed_in"] is False


@pytest.mark.covers("W-007")
@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/%5cevil.example", "/%09/evil.example", "https:evil.example", "javascript:alert(1)"]
    + ["/..//evil.example", "evil@host", "https://evil.example", "/%2509/evil.example", "%E3%80%82evil"],
)
def test_coming_back_leads_nowhere_else(world, provider, admin, target):
    invite(admin, "ana")
    assert path_of(world, go(Browser(world.server), provider, f"?next={target}")) == "/"


def test_who_is_signed_in_proves_himself_again(world, provider, admin):
    ana = invite(admin, "ana")
    go(Browser(world.server), provider)
    before = ana.session()
    go(ana, provider, "?next=/settings")
    after = ana.session()
    assert after["session"]["id"] == before["session"]["id"]
    assert after["reauthenticate_after"] >= before["reauthenticate_after"]


@pytest.mark.parametrize("said", [{"auth_time": None}, {"auth_time": 1_000_000_000}], ids=["nothing", "long ago"])
def test_a_session_that_the_provider_had_is_no_proof(world, provider, admin, said):
    ana = invite(admin, "ana")
    go(Browser(world.server), provider)
    before = ana.session()
    provider.claims = said
    assert path_of(world, go(ana, provider)) == "/login?error=oidc-failed"
    assert ana.session()["reauthenticate_after"] == before["reauthenticate_after"]
    assert path_of(world, go(Browser(world.server), provider)) == "/", "who signs in may have a session there"


def test_what_was_begun_signed_out_is_no_proof_of_a_session(world, provider, admin):
    ana = invite(admin, "ana")
    go(Browser(world.server), provider)
    session = ana.cookies.pop(SESSION)
    away = ana.get(BEGIN)
    assert "max_age" not in away.get("Location")
    code, state = provider.authorize(away.get("Location"))
    ana.cookies[SESSION] = session
    assert path_of(world, ana.get(f"{BEGIN}/callback?code={code}&state={state}")) == "/login?error=oidc-over"


@pytest.mark.parametrize("error, told", [("access_denied", "oidc-denied"), ("server_error", "oidc-failed")])
def test_who_declines_there_is_told_so(world, provider, admin, error, told):
    browser = Browser(world.server)
    _, state = provider.authorize(browser.get(BEGIN).get("Location"))
    assert path_of(world, browser.get(f"{BEGIN}/callback?error={error}&state={state}")) == f"/login?error={told}"


def test_a_link_into_the_wizard_comes_through_as_it_was(world, provider, admin):
    invite(admin, "ana")
    target = "/settings/security/api-tokens/new?name=CI+one%3A%20two&scopes=read:user:bitbucket"
    assert path_of(world, go(Browser(world.server), provider, "?next=" + quote(target, safe=""))) == target


def test_a_provider_that_hangs_holds_nobody_else_up(world, provider, admin):
    """150 who came from nowhere wait for it, and everybody else signs in as ever."""
    provider.hanging = threading.Event()
    with ThreadPoolExecutor(150) as pool:
        begun = [pool.submit(Browser(world.server).get, BEGIN) for _ in range(150)]
        # Those who are too many are answered at once; then the others are all on their way.
        wait_until(lambda: sum(one.done() for one in begun) >= 150 - 64, "the refusals")
        assert invite(admin, "ana").session()["signed_in"]
        assert not all(one.done() for one in begun), "some still wait"
        provider.hanging.set()
        told = {path_of(world, one.result()) for one in begun if "/login?" in one.result().get("Location")}
    assert told == {"/login?error=oidc-busy", "/login?error=throttled"}
