"""Hostile paths and headers, asked through the gate in every dialect: what a proxy would pass on."""

import pytest

from hostile import runner
from support import gate
from support.http import bearer, exchange
from support.server import free_port
from support.world import SHORT_LIVES, World

# What the list's cases want seen at a proxy and the server behind it: tests with real proxies.
BEHIND_A_PROXY = "is about what a proxy passes on to the server behind it"


@pytest.fixture(scope="module")
def guarded(outputs):
    port = free_port()
    world = World(outputs, SHORT_LIVES | {"throttle_failures": 1_000_000, "gate_listen": f"127.0.0.1:{port}"})
    world.cli.account("ana")
    gate.add_notes(world)
    world.gate = ("127.0.0.1", port)
    world.secret = world.cli.token("ana", "read:notes", app="notes")["secret"]
    yield world
    world.server.stop()


def parts_of(case, guarded):
    """Method, target and the other lines of a raw case."""
    raw = case["raw"]
    for name, value in (("HOST", "gate"), ("TOKEN_PUBLIC_ONLY", guarded.secret)):
        raw = raw.replace("{{" + name + "}}", value)
    start, *lines = raw.split("\r\n\r\n", 1)[0].split("\r\n")
    method, rest = start.split(" ", 1)
    target = rest.rsplit(" ", 1)[0]
    own = ("host:", "authorization:")
    return method, target, [line for line in lines if not line.lower().startswith(own)]


@pytest.mark.parametrize("dialect", gate.DIALECTS)
@pytest.mark.parametrize(
    "hostile_case", runner.load_cases(gateway=True), ids=lambda case: case["id"] if isinstance(case, dict) else "none"
)
def test_case(hostile_case, dialect, guarded):
    if hostile_case["kind"] != "raw":
        pytest.skip(BEHIND_A_PROXY)
    method, target, lines = parts_of(hostile_case, guarded)
    if dialect == "envoy" and not target.startswith("/"):
        pytest.skip("Envoy puts the target behind a path: without a slash there is no such route")
    if dialect in ("caddy", "traefik"):
        # These set their own of that name, in the place of the client's.
        lines = [line for line in lines if not line.lower().startswith("x-forwarded-")]
    raw = gate.question(dialect, method, target, bearer(guarded.secret), fields=lines)
    outcome = exchange(guarded.gate, raw.encode("latin-1"))
    statuses = hostile_case["status"]
    assert gate.true_status(outcome.first) in {*statuses, *([404] if 403 in statuses else [])}
