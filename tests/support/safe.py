"""What every answer of the server says to browsers, whatever it answers."""

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "frame-ancestors 'none'")
TELLING = ("Server", "X-Powered-By", "Via")
PROBLEM = {"type": str, "title": str, "status": int, "detail": str, "request_id": str}


def needs_charset(media_type):
    """Whose meaning depends on it (ASVS 4.1.1); JSON is UTF-8 by itself."""
    return media_type.startswith("text/") or media_type.endswith("+xml")


def check_problem(answer, where):
    document = answer.json()
    for member, kind in PROBLEM.items():
        assert isinstance(document.get(member), kind), (where, member)
    assert document["status"] == answer.status, where
    assert document["request_id"] == answer.get("X-Request-Id"), where
    assert document["type"] == "about:blank" or document["type"].startswith("urn:latchkey:problem:"), where
    for internal in (".cc", ".h:", "std::", "SELECT ", "/src/", "0x"):
        assert internal not in document["detail"], (where, internal)


def check_safe(answer, where, https=False):
    """Fields that keep browsers safe, once each; a type with its charset; errors as problems. Whoever came by https is
    told to stay with it, and nobody else is."""
    for name, value in SAFE.items():
        assert answer.all(name) == [value], (where, answer.status, name)
    policies = answer.all("Content-Security-Policy")
    assert len(policies) == 1 and all(part in policies[0].split("; ") for part in POLICY), (where, answer.status)
    assert "unsafe" not in policies[0] and "*" not in policies[0], where
    assert len(answer.all("Permissions-Policy")) == 1 and "camera=()" in answer.get("Permissions-Policy"), where
    assert len(answer.all("Cache-Control")) == 1, where
    assert bool(answer.get("Strict-Transport-Security")) == https, (where, answer.status)
    for name, _ in answer.fields:
        assert name.title() not in TELLING and not name.lower().startswith("access-control-"), (where, name)
    media_type, _, parameters = answer.get("Content-Type").partition(";")
    assert media_type or not answer.body, (where, answer.status)
    assert not needs_charset(media_type) or "charset=utf-8" in parameters, (where, media_type)
    if answer.status >= 400 and media_type == "application/problem+json" and answer.body:
        check_problem(answer, where)
    if answer.status == 405:
        assert len(answer.all("Allow")) == 1, where
    if answer.status in (429, 503):
        assert int(answer.get("Retry-After") or 1) > 0, where
