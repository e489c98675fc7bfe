"""When, from where and how often a credential was used, as people see it."""

from support.http import basic, bearer
from support.waiting import wait_until
from support.world import READ, SEE, USER


def shown(world, token):
    return world.cli.json("token", "show", token["id"])


def use(world, token, times, agent):
    client = world.server.client()
    for _ in range(times):
        answer = client.get("/api/v1/me", bearer(token["secret"]), fields={"User-Agent": agent})
        assert answer.status == 200


def test_uses_are_counted_and_survive_a_restart(make_world):
    world = make_world()
    token = world.token("ana", READ, USER, SEE)
    assert shown(world, token)["last_used_at"] is None and shown(world, token)["use_count"] == 0
    use(world, token, 3, "nightly-build/1")
    wait_until(lambda: shown(world, token)["use_count"] == 3, "the uses are written", seconds=15)
    known = shown(world, token)
    assert known["last_used_from"] == "127.0.0.1" and known["last_used_with"] == "nightly-build/1"
    assert "nightly-build/1" in world.cli.ok("token", "show", token["id"]).out
    use(world, token, 2, "laptop/2")
    world.server.stop()
    assert shown(world, token)["use_count"] == 5, "the rest is written at the end"
    world.server.start()
    use(world, token, 1, "laptop/2")
    answer = world.server.client().get(f"/api/v1/api-tokens/{token['id']}", bearer(token["secret"]))
    assert answer.json()["use_count"] >= 5 and answer.json()["last_used_with"] == "laptop/2"


def test_git_counts_and_a_refusal_does_not(make_world):
    world = make_world()
    token = world.token("rob", READ)
    wrong = world.token("ana", USER)
    path = "/ws/repo.git/info/refs?service=git-upload-pack"
    client = world.server.client()
    assert client.get(path, basic("x-token-auth", token["secret"])).status == 200
    assert client.get(path, basic("x-token-auth", wrong["secret"])).status == 403
    world.server.stop()
    assert shown(world, token)["use_count"] == 1
    assert shown(world, wrong)["use_count"] == 0


def test_a_killed_server_loses_no_more_than_the_last_seconds(make_world):
    world = make_world()
    token = world.token("ana", READ)
    use(world, token, 4, "a")
    wait_until(lambda: shown(world, token)["use_count"] == 4, "the uses are written", seconds=15)
    world.server.kill()
    world.server.start()
    assert shown(world, token)["use_count"] == 4


def test_a_damaged_file_is_put_aside(make_world):
    world = make_world(people=False)
    world.cli.account("ana")
    token = world.token("ana", READ)
    world.server.stop()
    (world.server.data / "usage.db").write_bytes(b"x" * 5000)
    world.server.start()
    use(world, token, 1, "a")
    world.server.stop()
    assert shown(world, token)["use_count"] == 1
    assert (world.server.data / "usage.db.broken").exists()
