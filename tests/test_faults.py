"""Each fault once, from a seed, with clients at work; then every promise is checked on the whole history.

The long run is `./dev fault --minutes N`, with other seeds each time. LATCHKEY_SEED tries one of them here.
"""

import os

import pytest

from fault import faults_database, faults_node  # noqa: F401  They register themselves.
from fault.deployment import OnPostgres, knows_postgresql
from fault.postgres import programs
from fault.registry import FAULTS
from fault.run import run_one

SEED = int(os.environ.get("LATCHKEY_SEED") or 20261201)
# The quickest; the others, some of which need three databases under Patroni, are in the long run.
ON_POSTGRES = ("F1", "F18", "F25")
CASES = [(one.name, "sqlite") for one in FAULTS.values() if "sqlite" in one.stores]
CASES += [(name, "postgresql") for name in ON_POSTGRES]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "store"), CASES, ids=[f"{name}-{store}" for name, store in CASES])
def test_a_fault(outputs, sanitized, name, store):
    if store == "postgresql" and not knows_postgresql(outputs.binary):
        pytest.skip("this program keeps nothing in PostgreSQL")
    if sanitized and name == "F5":
        pytest.skip("strace excludes leak detection")
    directory = outputs.new("fault")
    found, line = run_one(FAULTS[name], store, SEED, outputs.binary, directory, outputs.vault)
    print(line)
    if "not run" in line:
        pytest.skip(line)
    assert not found, f"seed {SEED}: {found[:5]}"


@pytest.mark.slow
def test_a_node_that_is_cut_off_says_nothing_from_old_memory(outputs):
    """It remembers that the account is suspended; meanwhile it is not. To say "it is so already" would be a lie."""
    if programs() is None or not knows_postgresql(outputs.binary):
        pytest.skip("this program keeps nothing in PostgreSQL")
    deployment = OnPostgres(outputs.binary, outputs.new("fault"), outputs.vault, count=2)
    try:
        here, there = deployment.start().nodes
        deployment.cli(here).ok("account", "suspend", "sue")
        here.proxy.blackhole()
        deployment.cli(there).ok("account", "resume", "sue")
        assert deployment.cli(here).run("account", "suspend", "sue", timeout=120).status != 0
        here.proxy.heal()
        here.proxy.reset_all()
        deployment.wait_ready()
        deployment.cli(here).ok("account", "suspend", "sue")
        assert there.server.me(deployment.managers["sue"]["secret"]).status == 401
    finally:
        deployment.stop()
