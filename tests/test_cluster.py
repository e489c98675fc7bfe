"""Several nodes on one PostgreSQL: what one changes is in force on all when it is answered."""

import shutil
import signal
import time

import pytest

from fault.postgres import Postgres
from support.http import bearer
from support.server import StartFailed, free_port
from support.waiting import wait_until
from support.world import MANAGE, READ, SEE

LEASE = 3


@pytest.fixture(scope="module")
def postgres(outputs):
    server = Postgres(outputs.new("postgres") / "server", free_port(), sync=False).start()
    yield server
    server.remove()


class Cluster:
    def __init__(self, make_world, postgres, database):
        postgres.ask(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")
        self.make_world, self.postgres, self.database = make_world, postgres, database
        self.settings = {"store": postgres.dsn(database=database), "lease": f"{LEASE}s"}
        self.nodes = []

    def add(self, keyring=True, start=True):
        first = not self.nodes
        world = self.make_world(
            start=False, people=False, node_name=f"node-{len(self.nodes) + 1}", **self.settings
        )
        if keyring and not first:
            world.server.data.mkdir(mode=0o700)
            shutil.copy2(self.nodes[0].server.data / "keyring", world.server.data / "keyring")
        if start:
            world.server.start()
            if first:
                world.people()
            self.nodes.append(world)
        return world

    def statuses(self, token):
        return [status_of(node, token) for node in self.nodes]

    def sql(self, text):
        return self.postgres.ask(text, database=self.database)


def status_of(node, token):
    return node.server.client().get("/api/v1/me", bearer(token["secret"])).status


@pytest.fixture
def cluster(make_world, postgres, request):
    made = Cluster(make_world, postgres, "t_" + "".join(c for c in request.node.name.lower() if c.isalnum())[:40])
    for _ in range(3):
        made.add()
    return made


def revoke(node, token, manager, query=""):
    return node.server.client().request(
        "DELETE", f"/api/v1/api-tokens/{token['id']}{query}", bearer(manager["secret"])
    )


def test_a_change_is_in_force_everywhere_when_it_is_answered(cluster):
    first, second, third = cluster.nodes
    manager = first.token("ana", SEE, MANAGE, app="latchkey")
    for node in cluster.nodes:
        token = node.token("ana", READ)
        assert cluster.statuses(token) == [200, 200, 200]
        answer = revoke(second, token, manager)
        assert answer.status == 200, answer
        assert sorted(answer.json()["confirmed"]) == ["node-1", "node-2", "node-3"]
        assert answer.json()["fenced"] == [] and answer.json()["effective_at"]
        assert cluster.statuses(token) == [401, 401, 401]
    quick = third.token("ana", READ)
    answer = revoke(first, quick, manager, "?wait=false")
    assert answer.json()["in_force_by"] and "confirmed" not in answer.json()
    wait_until(lambda: cluster.statuses(quick) == [401, 401, 401], "it is in force")


def test_all_keep_the_same_journal_and_know_each_other(cluster):
    for number, node in enumerate(cluster.nodes):
        node.cli.account(f"person{number}")
    heads = {cluster.sql("SELECT seq FROM feed_head")}
    wait_until(
        lambda: len({(n.server.data / "journal.log").read_bytes().rstrip(b"\0") for n in cluster.nodes}) == 1,
        "the journals are the same",
    )
    listed = cluster.nodes[1].cli.json("cluster", "status")
    assert {node["name"] for node in listed["nodes"]} == {"node-1", "node-2", "node-3"}
    assert {node["state"] for node in listed["nodes"]} == {"live"}
    assert {str(listed["position"])} == heads
    assert cluster.nodes[2].cli.json("audit", "verify")["findings"] == []
    alone = cluster.make_world(people=False)
    assert "alone" in alone.cli.ok("cluster", "status").out


@pytest.mark.covers("Q-008")
def test_a_frozen_node_is_fenced_and_its_first_answer_is_right(cluster):
    first, second, _ = cluster.nodes
    manager = first.token("ana", SEE, MANAGE, app="latchkey")
    token = first.token("ana", READ)
    assert status_of(second, token) == 200
    second.server.signal(signal.SIGSTOP)
    answer = revoke(first, token, manager)
    assert answer.status == 200 and answer.json()["fenced"] == ["node-2"]
    second.server.signal(signal.SIGCONT)
    assert status_of(second, token) in (401, 503)
    wait_until(second.server.is_ready, "it follows again")
    assert cluster.statuses(token) == [401, 401, 401]


@pytest.mark.covers("Q-008")
def test_without_the_database_answers_end_with_the_lease(cluster):
    first, second, _ = cluster.nodes
    token = first.token("ana", READ)
    cluster.postgres.stop("immediate")
    began = time.monotonic()
    assert status_of(first, token) == 200
    wait_until(lambda: status_of(first, token) == 503, "the lease runs out")
    assert time.monotonic() - began < LEASE + 20
    stale = first.server.client().get("/api/v1/me", bearer(token["secret"]))
    assert stale.json()["type"].endswith("stale") and stale.get("Retry-After")
    unknown = first.server.client().get("/api/v1/me", bearer("lkat_nothing"))
    assert unknown.status in (401, 503)
    assert first.server.client().get("/readyz").status == 503
    cluster.postgres.start()
    for node in cluster.nodes:
        wait_until(node.server.is_ready, "it is ready again")
    assert cluster.statuses(token) == [200, 200, 200]
    assert status_of(second, second.token("ana", READ)) == 200


def test_a_node_needs_the_keyring_of_the_others(cluster):
    stranger = cluster.add(keyring=False, start=False)
    with pytest.raises(StartFailed) as refused:
        stranger.server.start()
    assert "keyring" in refused.value.output
    own = cluster.make_world(people=False)
    shutil.copy2(own.server.data / "keyring", stranger.server.data / "keyring")
    with pytest.raises(StartFailed) as refused:
        stranger.server.start()
    assert "is not the one that this database was sealed with" in refused.value.output


def test_a_database_that_went_back_is_noticed(cluster):
    first, second, third = cluster.nodes
    token = first.token("ana", READ)
    manager = first.token("ana", SEE, MANAGE, app="latchkey")
    before = cluster.postgres.directory / "before.dump"
    cluster.postgres._run("pg_dump", "-Fc", "-f", before, cluster.postgres.dsn(database=cluster.database))
    assert revoke(first, token, manager).status == 200
    for node in (second, third):
        node.server.stop()
    restored = cluster.postgres._run(
        "pg_restore", "--clean", "-d", cluster.postgres.dsn(database=cluster.database), before
    )
    assert restored.returncode == 0, restored.stderr
    # The one that runs says so, and lets nobody pass on its word.
    wait_until(lambda: first.server.client().get("/readyz").status == 503, "it is noticed")
    assert status_of(first, token) in (401, 503)
    with pytest.raises(StartFailed) as refused:
        second.server.start()
    assert "audit repair" in refused.value.output
    first.server.stop()
    second.cli.ok("audit", "repair")
    for node in cluster.nodes:
        node.server.start()
    assert cluster.statuses(token) == [401, 401, 401]


def test_a_record_edited_by_hand_is_refused(cluster):
    first, second, _ = cluster.nodes
    token = first.token("ana", READ)
    second.server.stop()
    cluster.sql(f"UPDATE credentials SET expires_at = expires_at + 1000 WHERE id = '{token['id']}'")
    second.server.start()
    assert status_of(second, token) == 401
    assert second.server.alarms() > 0
    assert status_of(first, token) == 200, "memory holds what was signed"


def test_a_password_is_not_taken_where_others_see_it(make_world):
    world = make_world(start=False, people=False, store="postgresql://me:secret-of-mine@localhost/x")
    with pytest.raises(StartFailed) as refused:
        world.server.start()
    assert "passfile" in refused.value.output and "secret-of-mine" not in refused.value.output
