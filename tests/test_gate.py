"""The gate of the real program, asked as each proxy asks."""

import json

import pytest

from support import gate
from support.http import RawConnection, bearer, exchange
from support.server import free_port
from support.waiting import wait_until


@pytest.fixture(scope="module")
def guarded(outputs):
    from conftest import PATIENT
    from support.world import SHORT_LIVES, World

    port = free_port()
    made = World(outputs, SHORT_LIVES | PATIENT | {"gate_listen": f"127.0.0.1:{port}"})
    made.cli.account("ana")
    gate.add_notes(made)
    made.gate = ("127.0.0.1", port)
    made.reader = made.cli.token("ana", "read:notes", app="notes")
    yield made
    made.server.stop()


@pytest.mark.parametrize("dialect", gate.DIALECTS)
def test_every_dialect_allows_and_denies(guarded, dialect):
    secret = bearer(guarded.reader["secret"])
    answer = gate.ask(guarded.gate, dialect, "GET", "/public/a?x=1", secret)
    assert answer.status == 200
    assert answer.get("X-Latchkey-Account") == "ana"
    assert answer.get("X-Latchkey-Email") == "ana@example.org"
    assert answer.get("X-Latchkey-Credential") == guarded.reader["id"]
    assert answer.get("X-Latchkey-Scopes") == "read:notes"
    for method, uri, authorization, status in (
        ("GET", "/admin/secrets", secret, 403),
        ("GET", "/public/a", None, 401),
        ("GET", "/public/a", "Bearer nonsense", 401),
        ("GET", "/nowhere", secret, 404),
        ("POST", "/public/a", secret, 405),
        ("GET", "/public/..;/admin/secrets", secret, 400),
    ):
        answer = gate.ask(guarded.gate, dialect, method, uri, authorization)
        assert gate.true_status(answer) == status, (method, uri)
        assert dialect != "nginx" or answer.status in (401, 403)


def test_an_operation_that_is_open_needs_no_credential_and_reads_one(guarded):
    answer = gate.ask(guarded.gate, "caddy", "GET", "/open")
    assert (answer.status, answer.get("X-Latchkey-Account", "missing")) == (200, "")
    answer = gate.ask(guarded.gate, "caddy", "GET", "/open", bearer(guarded.reader["secret"]))
    assert (answer.status, answer.get("X-Latchkey-Account")) == (200, "ana")
    assert gate.ask(guarded.gate, "caddy", "GET", "/open", "Bearer nonsense").status == 401


def test_a_denial_names_the_scope_in_the_challenge_and_the_body(guarded):
    answer = gate.ask(guarded.gate, "nginx", "GET", "/admin/secrets", bearer(guarded.reader["secret"]))
    body = json.loads(answer.get("X-Latchkey-Error"))
    assert body["required"] == ["admin:notes"]
    assert body["granted"] == ["read:notes"]
    challenge = answer.all("WWW-Authenticate")[0]
    assert 'error="insufficient_scope"' in challenge and 'scope="admin:notes"' in challenge


@pytest.mark.parametrize("dialect", gate.DIALECTS)
def test_what_a_client_sends_changes_nothing(guarded, dialect):
    spoofed = [
        f"{name}: {value}"
        for other, names in gate.FIELDS.items()
        if not dialect == other and not set(names) & set(gate.FIELDS.get(dialect, ()))
        for name, value in zip(names, ("GET", "/public/a", "h", "127.0.0.1"))
        if name != "X-Forwarded-For" or dialect != "envoy"
    ]
    spoofed += ["X-Original-URL: /public/a", "X-Rewrite-URL: /public/a", "X-Latchkey-Account: root"]
    spoofed += ["X-HTTP-Method-Override: GET", "Connection: Authorization, X-Original-URI"]
    secret = bearer(guarded.reader["secret"])
    answer = gate.ask(guarded.gate, dialect, "DELETE", "/admin/secrets", secret, fields=spoofed)
    assert gate.true_status(answer) == 403
    answer = gate.ask(guarded.gate, dialect, "GET", "/public/a", secret, fields=spoofed)
    assert (answer.status, answer.get("X-Latchkey-Account")) == (200, "ana")


@pytest.mark.parametrize("dialect", gate.FIELDS)
def test_a_question_that_cannot_be_read_is_never_allowed(guarded, dialect):
    raw = gate.question(dialect, "GET", "/open")
    uri_field = gate.FIELDS[dialect][1]
    for name in gate.FIELDS[dialect]:
        lines = raw.split("\r\n")
        index = next(i for i, line in enumerate(lines) if line.startswith(name + ":"))
        for changed in ([], [lines[index]] * 2, [name + ":"], [name + ": \x01"]):
            text = "\r\n".join(lines[:index] + changed + lines[index + 1 :])
            assert exchange(guarded.gate, text.encode("latin-1")).first.status >= 400
    for value in ("http://[::1", "open", "*", "/open#", "/open %", "/" + "a" * 65536, "/open%2e"):
        text = raw.replace(f"{uri_field}: /open", f"{uri_field}: {value}")
        assert exchange(guarded.gate, text.encode("latin-1")).first.status >= 400


def test_two_credentials_are_refused(guarded):
    secret = bearer(guarded.reader["secret"])
    twice = [f"Authorization: {secret}"]
    answer = gate.ask(guarded.gate, "caddy", "GET", "/public/a", secret, fields=twice)
    assert answer.status == 400


def test_a_reload_of_the_app_is_seen_by_the_next_question(guarded):
    secret = bearer(guarded.reader["secret"])
    assert gate.ask(guarded.gate, "caddy", "GET", "/public/a", secret).status == 200
    guarded.cli.ok("token", "revoke", guarded.cli.token("ana", "read:notes", app="notes")["id"])
    assert gate.ask(guarded.gate, "caddy", "GET", "/public/a", secret, app="absent").status == 404


def test_a_revocation_is_in_force_when_it_is_answered(guarded):
    token = guarded.cli.token("ana", "read:notes", app="notes")
    with RawConnection(guarded.gate) as connection:
        raw = gate.question("caddy", "GET", "/public/a", bearer(token["secret"])).encode()
        connection.send(raw)
        assert connection.read_answer().status == 200
        guarded.cli.ok("token", "revoke", token["id"])
        connection.send(raw)
        assert connection.read_answer().status == 401


def test_questions_are_logged_and_counted_without_secrets(guarded):
    secret = guarded.reader["secret"]
    gate.ask(guarded.gate, "traefik", "GET", f"/public/{secret}?x={secret}", bearer(secret))
    wait_until(lambda: '"dialect":"traefik"' in guarded.server.access_log(), "the line is written")
    assert secret[-28:] not in guarded.server.access_log()
    metrics = guarded.server.metrics()
    assert metrics['latchkey_gate_questions_total{app="notes",outcome="allowed"}'] >= 1


def test_it_stops_with_the_server_and_leaves_no_socket(make_world, tmp_path):
    path = tmp_path / "gate.sock"
    world = make_world(people=False, gate_listen=f"unix:{path}")
    assert path.is_socket()
    world.server.kill()
    assert path.is_socket()
    world.server.start()
    assert world.server.stop() == 0
    assert not path.exists()
