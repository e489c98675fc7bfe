"""Faults of the database and of the network before it: PostgreSQL alone.

What must hold is in the checker: nothing that was acknowledged is lost, nothing is allowed after a revocation was
answered, and past its lease a node answers nobody. Here is what else must be so: how soon it goes on.
"""

import time

from fault.deployment import OnPatroni
from fault.registry import fault
from support.server import StartFailed
from support.waiting import wait_until

# Until a node is ready again after its database is. Reconnecting has a pause of some seconds at most.
RECOVERY = 20.0


def outage(trial, seconds):
    """Lets clients go on without a database, for so long."""
    trial.load.stopping.wait(seconds)


def expect_stale(trial, node, seconds):
    """Past its lease it answers 503 `stale`: never 401, never allow."""
    secret = trial.load.known[0][1]

    def answer():
        return node.server.me(secret)

    wait_until(lambda: answer().status == 503, f"{node.name} stops answering", seconds)
    refused = answer()
    trial.expect((refused.status, refused.cause) == (503, "stale"), f"{node.name} says {refused.status} {refused.cause}")
    trial.expect(node.server.client().get("/readyz").status == 503, f"{node.name} is ready without a lease")
    trial.expect(node.server.client().get("/healthz").status == 200, f"{node.name} does not live")


@fault("F15", "postgresql")
def database_killed(trial):
    """kill -9 of PostgreSQL, an immediate stop, restarts one after the other."""
    deployment = trial.begin()
    load = trial.run_load()
    for way in ("kill", "immediate", "fast", "kill"):
        load.wait_for("issue", trial.chance.randrange(5, 40))
        if way == "kill":
            deployment.database.kill()
        else:
            deployment.database.stop(way)
        outage(trial, trial.chance.random())
        deployment.database.start()
        began = time.monotonic()
        load.wait_for("issue", 1, seconds=RECOVERY)
        trial.note(f"{way}: changes go on {time.monotonic() - began:.1f} s after it")
        trial.ready_within(RECOVERY)


@fault("F16", "postgresql")
def failover(trial):
    """The primary's machine dies, and a synchronous standby takes over; then a planned switch-over."""
    deployment = trial.deployment = OnPatroni(trial.binary, trial.directory / "nodes", trial.vault)
    trial.bounds.lease, trial.bounds.spread = deployment.lease, deployment.lease + 1
    deployment.start()
    load = trial.run_load()
    for way in ("crash", "switchover"):
        load.wait_for("issue", 20)
        began = time.monotonic()
        if way == "crash":
            deployment.cluster.crash(deployment.cluster.leader())
        else:
            deployment.cluster.switchover()
        load.wait_for("issue", 5, seconds=90)
        trial.note(f"{way}: changes go on after {time.monotonic() - began:.1f} s")
        deployment.cluster.heal()
        deployment.cluster.wait_ready(databases_only=True)
        trial.ready_within(RECOVERY)


@fault("F17", "postgresql")
def old_primary_comes_back(trial):
    """The primary and its Patroni freeze, another takes over, and the old one wakes up believing it is primary."""
    deployment = trial.deployment = OnPatroni(trial.binary, trial.directory / "nodes", trial.vault)
    trial.bounds.lease, trial.bounds.spread = deployment.lease, deployment.lease + 1
    deployment.start()
    load = trial.run_load()
    for _ in range(2):
        load.wait_for("issue", 20)
        old = deployment.cluster.leader()
        for name in ("patroni", "postgres"):
            deployment.cluster.freeze(old, name)
        load.wait_for("issue", 5, seconds=90)
        load.wait_for("revoke", 5, seconds=90)
        # Woken while another one just takes over, Patroni 3.0 would take the lock back.
        wait_until(lambda old=old: deployment.cluster.has_new_primary(old), "another one has taken over", 90, 0.2)
        deployment.cluster.thaw(old)
        load.wait_for("revoke", 10, seconds=90)
        deployment.cluster.wait_ready(databases_only=True)
        trial.ready_within(RECOVERY)
    trial.note("2 old primaries came back")


@fault("F18", "postgresql")
def cut_off(trial):
    """A node is cut off from its database: silently, refused, one way. It answers while its lease lives, then 503."""
    deployment = trial.begin()
    load = trial.run_load()
    ways = [
        ("silence", lambda proxy: (proxy.blackhole())),
        ("one way, up", lambda proxy: proxy.blackhole(down=False)),
        ("one way, down", lambda proxy: proxy.blackhole(up=False)),
        ("refused", lambda proxy: proxy.refuse()),
    ]
    trial.chance.shuffle(ways)
    for name, harm in ways:
        load.wait_for("issue", 10)
        node = trial.chance.choice(deployment.nodes)
        harm(node.proxy)
        # What was on its way may still have arrived; from here on nothing does.
        begin = time.monotonic()
        expect_stale(trial, node, trial.bounds.lease + 5)
        load.wait_for("revoke", 3)
        trial.cut(node, begin + 1)
        node.proxy.heal()
        node.proxy.reset_all()
        began = time.monotonic()
        wait_until(node.is_ready, f"{node.name} is ready", RECOVERY)
        trial.note(f"{name}: ready after {time.monotonic() - began:.1f} s")


@fault("F20", "postgresql")
def slow_database(trial):
    """Half a second for each answer; a byte at a time; accepts and never answers. Checks go on from memory."""
    deployment = trial.begin()
    load = trial.run_load(suspender=False)
    node = trial.chance.choice(deployment.nodes)
    for name, harm in (
        ("0.5 s each", lambda: node.proxy.delay(0.5)),
        ("a byte at a time", lambda: node.proxy.trickle(20)),
        ("never an answer", lambda: node.proxy.blackhole(up=False)),
    ):
        load.wait_for("issue", 5)
        harm()
        before = trial.recorder.count("verify")
        load.wait_for("verify", 200, seconds=30)
        trial.note(f"{name}: {trial.recorder.count('verify') - before} checks")
        outage(trial, 3)
        node.proxy.heal()
        node.proxy.reset_all()
        trial.ready_within(RECOVERY)


@fault("F21", "postgresql")
def cut_in_commit(trial):
    """The connection is cut when COMMIT has reached the server, and before it does: settled by looking, never guessed."""
    deployment = trial.begin()
    load = trial.run_load()
    cut = 0
    for _ in range(12):
        load.wait_for("issue", trial.chance.randrange(1, 15))
        node = trial.chance.choice(deployment.nodes)
        before = node.proxy.commits_cut
        node.proxy.cut_commits(trial.chance.choice([1, 1, 2]), before=trial.chance.random() < 0.3)
        wait_until(lambda node=node, before=before: node.proxy.commits_cut > before, "a commit is cut", 20)
        cut += 1
        node.proxy.heal()
    trial.ready_within(RECOVERY)
    trial.note(f"{cut} commits cut")


@fault("F22", "postgresql")
def lagging_standby(trial):
    """A standby replays nothing for a while: nodes that ask only the primary do not notice."""
    deployment = trial.deployment = OnPatroni(trial.binary, trial.directory / "nodes", trial.vault)
    trial.bounds.lease, trial.bounds.spread = deployment.lease, deployment.lease + 1
    deployment.start()
    load = trial.run_load()
    leader = deployment.cluster.leader()
    others = [node for node in deployment.cluster.members() if node != leader]
    for node in others:
        deployment.cluster.psql(node, "postgres", "SELECT pg_wal_replay_pause()")
    load.wait_for("issue", 50)
    load.wait_for("revoke", 20)
    for node in others:
        deployment.cluster.psql(node, "postgres", "SELECT pg_wal_replay_resume()")
    trial.note("two standbys replayed nothing while 50 were issued")


@fault("F25", "postgresql")
def restarted_without_database(trial):
    """A node that starts without its database allows nobody; when the database is back, it becomes ready."""
    deployment = trial.begin()
    load = trial.run_load(suspender=False)
    load.wait_for("revoke", 5)
    load.stop()
    node = deployment.first
    node.server.stop()
    deployment.database.stop("fast")
    started = True
    try:
        node.server.start(wait=False)
        wait_until(lambda: answers(node) or node.server.process.poll() is not None, "it answers or ends", 30)
        started = node.server.process.poll() is None
        if started:
            for _, secret in load.known[:20]:
                trial.expect(node.server.status_of(secret) != 200, "it allows somebody without a database")
    except StartFailed:
        started = False
    trial.note("it starts and waits" if started else "it refuses to start, and systemd starts it again")
    if not started:
        node.server.process = None
    deployment.database.start()
    trial.ready_within(RECOVERY)


def answers(node):
    try:
        return node.server.client(2.0).get("/healthz").status == 200
    except OSError:
        return False
