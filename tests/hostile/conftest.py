"""The arena: a server with everything that hostile cases name, made once for all of them."""

import pytest

from hostile.runner import build_arena
from support.world import SHORT_LIVES, World

# Deadlines are short, so that a request that never ends does not hold up the run, but none is so short
# that a slow machine meets it by accident.
DEADLINES = {"head_timeout": "5s", "body_timeout": "3s", "keep_alive_timeout": "30s"}


@pytest.fixture(scope="package")
def arena(outputs):
    settings = SHORT_LIVES | DEADLINES | {"throttle_failures": 1_000_000}
    foreign = World(outputs, settings, start=False)
    foreign.cli.account("zed")
    world = World(outputs, settings).people()
    yield build_arena(world, foreign)
    world.server.stop()
