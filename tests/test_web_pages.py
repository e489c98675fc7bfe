"""What browsers are told with every answer, and the pages themselves."""

import re

import pytest

from support.browser import Browser, set_up

PAGES = ["/", "/login", "/login/second-step", "/link", "/settings", "/settings/security/api-tokens/new?app=bitbucket"]
PAGES += ["/admin", "/admin/accounts", "/settings/no/such/page"]
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def operations(world):
    document = world.server.client().get("/api/v1/openapi.json").json()
    for path, item in document["paths"].items():
        for method in item:
            if method != "parameters":
                yield method.upper(), re.sub(r"\{[a-z]+\}", "none", path)


def check_fields(answer, where):
    for name, value in SAFE.items():
        assert answer.all(name) == [value], (where, name)
    assert "frame-ancestors 'none'" in answer.get("Content-Security-Policy"), where
    assert "default-src 'none'" in answer.get("Content-Security-Policy"), where
    assert "camera=()" in answer.get("Permissions-Policy"), where
    assert not answer.get("Server") and not answer.get("X-Powered-By"), where


def built(world):
    return "<html" in world.server.client().get("/").text.lower()


@pytest.mark.covers("W-006")
def test_fields_on_every_route_and_error(world):
    client = world.server.client()
    for method, path in operations(world):
        check_fields(client.request(method, path, body={} if method in ("POST", "PUT", "PATCH") else None), (method, path))
    for path in [*PAGES, "/assets/none.js", "/healthz", "/readyz", "/metrics", "/nowhere", "/api/v1/none"]:
        check_fields(client.get(path), path)
    check_fields(client.get("/", fields={"Host": "evil.example"}), "421")
    check_fields(client.get("/?q=" + "x" * 9000), "414")
    check_fields(client.request("TRACE", "/"), "TRACE")


def test_hsts_where_clients_come_by_https(make_world):
    world = make_world(people=False, public_url="https://git.example.org")
    assert "max-age=" in world.server.client().get("/healthz").get("Strict-Transport-Security")
    assert not make_world(people=False).server.client().get("/healthz").get("Strict-Transport-Security")


def test_every_page_is_the_one_document(world):
    client = world.server.client()
    bodies = set()
    for path in PAGES:
        answer = client.get(path)
        assert answer.status == 200, path
        assert answer.get("Cache-Control") == "no-store"
        bodies.add(answer.body)
        assert client.request("HEAD", path).status == 200
        assert client.post(path, {}).status in (404, 405), path
    assert len(bodies) == 1


def test_the_document_runs_nothing_inline(world):
    if not built(world):
        pytest.skip("the program was built without its pages")
    answer = world.server.client().get("/login")
    policy = answer.get("Content-Security-Policy")
    assert "unsafe" not in policy and "script-src 'self'" in policy and "base-uri 'none'" in policy
    assert answer.get("Content-Type") == "text/html; charset=utf-8"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r"(src|href)=\"https?:", answer.text)


def test_assets_are_kept_and_compressed(world):
    if not built(world):
        pytest.skip("the program was built without its pages")
    client = world.server.client()
    assets = re.findall(r"(?:src|href)=\"(/assets/[^\"]+)\"", client.get("/").text)
    assert assets
    for asset in assets:
        plain = client.get(asset)
        assert plain.status == 200 and "immutable" in plain.get("Cache-Control")
        for coding in ("br", "gzip"):
            packed = client.get(asset, fields={"Accept-Encoding": coding})
            if packed.get("Content-Encoding"):
                assert packed.get("Content-Encoding") == coding and len(packed.body) < len(plain.body)
                assert packed.get("ETag") != plain.get("ETag")
        again = client.get(asset, fields={"If-None-Match": plain.get("ETag")})
        assert again.status == 304 and again.body == b""


def test_a_denials_link_leads_to_the_page_that_makes_a_token(world):
    """What Git prints where a scope is missing."""
    token = world.token("ana", "read:repository:bitbucket")["secret"]
    from support.http import bearer

    path = "/ws/repo.git/info/refs?service=git-receive-pack"
    denied = world.server.client().get(path, bearer(token))
    link = re.search(r"http\S+", denied.text)
    if link:
        assert "/settings/security/api-tokens/new?app=bitbucket&scopes=" in link[0]


def test_answers_about_people_are_kept_by_nobody(make_world):
    world = make_world(people=False)
    admin = set_up(world.server)
    for path in ("/api/v1/session", "/api/v1/sessions", "/api/v1/me/passkeys", "/api/v1/admin/accounts"):
        assert admin.get(path).get("Cache-Control") == "no-store", path
    assert Browser(world.server).get("/api/v1/session").get("Cache-Control") == "no-store"
    out = admin.ask("DELETE", "/api/v1/session")
    assert '"cache"' in out.get("Clear-Site-Data") and '"storage"' in out.get("Clear-Site-Data")
