"""Hostile cases of HTTP and the API that take more than one request. Those of Git are in
test_git_sequences.py, those of time in test_time.py."""

import json
import socket
import threading
import time

import pytest

from hostile import runner
from support.http import RawConnection, basic, bearer
from support.waiting import wait_until
from support.world import READ, SEE, USER, WRITE

ME = "GET /api/v1/me HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n"


def covered_ids():
    """Every case that some test of this folder stands for."""
    from hostile import test_git_sequences, test_time

    ids = set()
    modules = (globals(), vars(test_git_sequences), vars(test_time))
    for function in [value for names in modules for value in names.values()]:
        for mark in getattr(function, "pytestmark", []):
            ids |= set(mark.args) if mark.name == "covers" else set()
    return ids


@pytest.mark.covers("H-059")
def test_pipelined_requests_are_answered_in_order(arena):
    """1,000 requests at once: each other one by somebody else, so that the order shows."""
    request = [
        ME.format(arena.fixtures["HOST"], arena.fixtures[name]).encode() for name in ("TOKEN", "TOKEN_OTHER")
    ]
    with RawConnection(arena.address, deadline=60) as connection:
        sender = threading.Thread(target=connection.send, args=(b"".join(request * 500),))
        sender.start()
        names = [connection.read_answer().json()["account"]["username"] for _ in range(1000)]
        sender.join()
    assert names == ["ana", "rob"] * 500


def drip(connection, until):
    """One byte of a header each half second: the deadline counts from the first, not the last."""
    connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    while not until.wait(0.5):
        connection.send(b"a")


@pytest.mark.slow
@pytest.mark.covers("H-060")
def test_dripping_heads_are_cut_off_and_others_are_served(make_world):
    """The connections come from 1,000 clients of one address, so its limit is raised for them."""
    world = make_world(people=False, head_timeout="2s", connections_per_address_max=2000)
    address, count = world.server.address, 1000
    connections = [RawConnection(address, deadline=20) for _ in range(count)]
    try:
        for connection in connections:
            connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        assert world.server.client(timeout=5).get("/healthz").status == 200
        began, done = time.monotonic(), threading.Event()
        dripper = threading.Thread(target=drip, args=(connections[0], done))
        dripper.start()
        statuses = [connection.read_answer() for connection in connections]
        done.set()
        dripper.join()
        assert {answer.status for answer in statuses if answer} <= {408}
        assert time.monotonic() - began < 15
    finally:
        for connection in connections:
            connection.socket.close()
    assert world.server.client().get("/healthz").status == 200


@pytest.mark.slow
@pytest.mark.covers("H-061")
def test_a_body_that_never_comes_is_given_up(arena):
    """The head is whole, the body stops: 408 after the time that a body may be silent."""
    head = (
        f"POST {runner.CREATE} HTTP/1.1\r\nHost: {arena.fixtures['HOST']}\r\n"
        f"Authorization: Bearer {arena.fixtures['TOKEN']}\r\nContent-Type: application/json\r\n"
        "Content-Length: 65536\r\n\r\n{"
    )
    with RawConnection(arena.address, deadline=30) as connection:
        connection.send(head.encode())
        assert connection.read_answer().status == 408
        assert connection.is_closed()


def send_until_full(connection, request):
    """Sends until nothing more goes in for a while: both ends' buffers are full."""
    connection.socket.settimeout(1)
    with pytest.raises((TimeoutError, ConnectionError)):
        while True:
            connection.socket.sendall(request)


@pytest.mark.slow
@pytest.mark.covers("H-062")
def test_who_reads_nothing_is_let_go(make_world):
    """Many answers are asked for and none is read: memory stays, and the server closes."""
    world = make_world(write_timeout="2s")
    token = world.manager()["secret"]
    request = ME.format(world.server.host, token).encode()
    before = world.server.memory("VmRSS")
    with RawConnection(world.server.address, deadline=30) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        send_until_full(connection, request)
        # One connection is the one that asks for the metrics.
        wait_until(lambda: world.server.metrics()["latchkey_http_connections"] <= 1, "it is let go")
    assert world.server.memory("VmRSS") - before < 16 * 1024
    assert world.allowed(token)


@pytest.mark.covers("S-010")
def test_a_token_cannot_edit_its_own_scopes(arena):
    token, path = arena.fixtures["TOKEN"], f"{runner.CREATE}/{arena.fixtures['ID']}"
    client = arena.world.server.client()
    for edit in (
        {"scopes": ["admin:repository:bitbucket"]},
        {"expires_at": "2099-01-01"},
        {"account": "rob"},
    ):
        answer = client.request("PATCH", path, bearer(token), body=edit)
        assert answer.status in (403, 405), answer.status
    assert client.request("PUT", path, bearer(token), body={}).status == 405
    scopes = client.get(path, bearer(token)).json()["scopes"]
    assert "admin:repository:bitbucket" not in scopes


@pytest.mark.covers("S-012")
def test_another_workspace_is_as_unknown_as_none(arena):
    """Rights end at the workspaces that the account is a member of."""
    client = arena.world.server.client()
    for user, secret in (("rob", "TOKEN_OTHER"), ("ana", "APPPW")):
        auth = basic(user, arena.fixtures[secret])
        private = client.get("/hidden/vault.git/info/refs?service=git-upload-pack", auth)
        unknown = client.get("/hidden/nothing.git/info/refs?service=git-upload-pack", auth)
        assert private.status == unknown.status == 404 and private.body == unknown.body


SIDE_DOORS = [
    "/ws/repo",
    "/ws/repo.git",
    "/ws/repo.rss",
    "/ws/repo/archive/main.zip",
    "/ws/repo/get/main.zip",
    "/ws/repo/raw/main/file.txt",
    "/ws/repo/src/main/file.txt",
    "/ws/repo.git/info/lfs/objects/batch",
    "/ws/repo.git/objects/info/packs",
    "/ws/repo.git/git-upload-archive",
    "/2.0/repositories/ws/repo",
    "/api/v1/repositories/ws/repo",
    "/ws",
]


@pytest.mark.covers("S-013")
def test_no_side_door_leads_to_a_repository(arena):
    auth = bearer(arena.world.token("ana", USER)["secret"])
    client = arena.world.server.client()
    for path in SIDE_DOORS:
        assert client.get(path, auth).status in (401, 403, 404, 405), path
    refs = client.get("/ws/repo.git/info/refs?service=git-upload-pack", auth)
    assert refs.status == 403 and READ in refs.text


@pytest.mark.covers("S-016")
def test_answers_never_cross_between_users(arena):
    """Two people at once, each many times, on connections that are kept: each sees itself alone."""
    wrong = []

    def ask(user, secret):
        with arena.world.server.client() as client:
            for _ in range(500):
                if client.get("/api/v1/me", basic(user, secret)).json()["account"]["username"] != user:
                    wrong.append(user)

    threads = [
        threading.Thread(target=ask, args=(user, arena.fixtures[name]))
        for user, name in (("ana", "TOKEN"), ("rob", "TOKEN_OTHER")) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.covers("S-018")
def test_a_lesser_role_is_in_force_at_once(arena):
    world = arena.world
    world.cli.ok("workspace", "grant", "ws", "dee", "admin")
    auth = bearer(world.token("dee")["secret"])
    path = "/ws/repo.git/info/refs?service=git-receive-pack"
    client = world.server.client()
    assert client.get(path, auth).status == 200
    world.cli.ok("workspace", "grant", "ws", "dee", "read")
    assert client.get(path, auth).status == 403


@pytest.mark.covers("S-020")
def test_a_missing_scope_is_named_and_no_object(arena):
    client = arena.world.server.client()
    auth = bearer(arena.fixtures["TOKEN_RO"])
    answer = client.post(runner.CREATE, {"name": "x", "scopes": [READ]}, auth)
    assert answer.status == 403
    challenge = answer.get("WWW-Authenticate")
    assert 'error="insufficient_scope"' in challenge and 'scope="write:credential:latchkey"' in challenge
    push = client.get("/ws/repo.git/info/refs?service=git-receive-pack", auth)
    assert push.status == 403 and WRITE in push.text and "repo.git" not in push.text
    hidden = client.get("/hidden/vault.git/info/refs?service=git-receive-pack", auth)
    assert "vault" not in hidden.text + str(hidden.fields)


def test_choices_are_the_same_on_every_route(arena):
    """Where a standard leaves a choice, the API, Bitbucket's paths and Git choose alike."""
    expand = runner.Expander(arena.fixtures).expand
    paths = ("/api/v1/me", "/2.0/user", "/ws/repo.git/info/refs?service=git-upload-pack")
    forms = {
        "Bearer   {{TOKEN}}": 200,
        "Bearer\t{{TOKEN}}": 401,
        "token {{TOKEN}}": 401,
        "bEaReR {{TOKEN}}": 200,
        "Basic {{B64::{{TOKEN}}}}": None,
        "Basic {{B64:{{TOKEN}}:}}": 200,
        "Basic {{B64:{{USER_UPPER}}:{{APPPW}}}}": 200,
        "Basic {{B64:{{USER}}:}}{{B64:{{APPPW}}}}": None,
        "Basic {{B64NOPAD:{{USER}}:{{APPPW}}}}====": 401,
        "Bearer {{TOKEN}} {{TOKEN_RO}}": 401,
        "Bearer nope": 401,
    }
    for form, wanted in forms.items():
        statuses = []
        for path in paths:
            raw = f"GET {path} HTTP/1.1\r\nHost: {{{{HOST}}}}\r\nAuthorization: {form}\r\n\r\n"
            statuses.append(runner.send(arena, expand(raw)).first.status)
        assert len(set(statuses)) == 1, (form, statuses)
        assert wanted in (None, statuses[0]), (form, statuses)


def test_method_and_path_sweep(arena):
    """Every path of the description answers other methods with 405 and an Allow that tells the truth."""
    client = arena.world.server.client()
    document = json.loads(client.get("/api/v1/openapi.json").body)
    methods = {"get", "post", "put", "patch", "delete"}
    for path, operations in document["paths"].items():
        known = methods & set(operations)
        target = path.replace("{id}", arena.fixtures["ID"]).replace("{app}", "bitbucket")
        for method in methods - known:
            answer = client.request(method.upper(), target)
            assert answer.status == 405, (method, path)
            assert set(answer.get("Allow").lower().replace(" ", "").split(",")) >= known


def test_a_reader_sees_credentials_but_makes_none(arena):
    client = arena.world.server.client()
    auth = bearer(arena.world.token("rob", SEE)["secret"])
    listed = client.get(runner.CREATE, auth)
    assert listed.status == 200
    assert {item["account"] for item in listed.json()["values"]} == {"rob"}
    assert client.get(f"{runner.CREATE}/{arena.fixtures['ID']}", auth).status == 404
    assert client.request("DELETE", f"{runner.CREATE}/{arena.fixtures['ID']}", auth).status == 403
