"""Hostile cases of time: expiry between two requests, and clocks that jump.

The clock is libfaketime's, read anew from a file: the wall clock jumps, the monotonic one does not.
"""

from pathlib import Path

import pytest

from support.http import bearer
from support.waiting import wait_until
from support.world import READ, from_now

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
)


@pytest.mark.covers("E-025")
def test_use_does_not_prolong_a_life(arena):
    """Used all the time until its end, and refused from then on."""
    secret = arena.world.token("ana", READ, expires=from_now(2))["secret"]
    with arena.world.server.client() as client:
        statuses = []
        wait_until(
            lambda: statuses.append(client.get("/api/v1/me", bearer(secret)).status) or statuses[-1] != 200,
            "the token expires",
            every=0.005,
        )
        assert statuses[0] == 200 and statuses[-1] == 401
        assert client.get("/api/v1/me", bearer(secret)).cause == "expired"


class Clock:
    def __init__(self, world):
        library = next((path for path in LIBRARIES if Path(path).exists()), None)
        if library is None:
            pytest.skip("libfaketime is not installed (Debian: faketime)")
        self.file = world.directory / "clock"
        self.jump("+0")
        world.server.extra_environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": self.file,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, offset):
        replacement = self.file.with_suffix(".new")
        replacement.write_text(offset + "\n")
        replacement.rename(self.file)


@pytest.fixture
def clocked(make_world, sanitized):
    if sanitized:
        pytest.skip("libfaketime does not work below a sanitizer; the unit tests turn the clock")
    world = make_world(start=False, people=False)
    clock = Clock(world)
    world.server.start()
    world.people()
    return world, clock


@pytest.mark.covers("E-026")
def test_ten_years_forth_and_back(clocked):
    """Everything is expired meanwhile, and nothing is lost: the records are still there afterwards."""
    world, clock = clocked
    secret, gone = world.token()["secret"], world.revoked_token()["secret"]
    clock.jump("+3650d")
    wait_until(lambda: world.server.status_of(secret) == 401, "the token is expired")
    clock.jump("+0")
    wait_until(lambda: world.server.is_ready(), "the server is ready")
    assert world.server.status_of(gone) == 401
    assert world.server.status_of(secret) in (200, 401)
    world.server.restart()
    assert world.server.status_of(gone) == 401
    assert "active" in [item["state"] for item in world.cli.json("token", "list", "--account", "ana")]


@pytest.mark.covers("E-027")
def test_an_hour_back_revives_nothing(clocked):
    """What was refused as expired is not accepted again because the clock goes back."""
    world, clock = clocked
    secret = world.expired_token()["secret"]
    clock.jump("-3600")
    client = world.server.client()
    answers = [client.get("/api/v1/me", bearer(secret)).status for _ in range(20)]
    assert set(answers) <= {401, 503}


@pytest.mark.covers("E-029")
def test_a_revocation_is_a_state_and_not_a_time(clocked):
    world, clock = clocked
    token = world.revoked_token()
    clock.jump("-3600")
    assert world.server.status_of(token["secret"]) == 401
    world.server.restart()
    assert world.server.me(token["secret"]).cause == "revoked"
