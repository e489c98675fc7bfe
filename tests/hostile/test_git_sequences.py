"""Hostile cases of Git that take more than one request."""

import os
import shutil
import struct
import subprocess
import threading
import time
import zlib
from pathlib import Path

import pytest

from support.git import refs, with_user
from support.http import RawConnection, basic, bearer
from support.waiting import wait_until
from support.world import READ

RECEIVE = "application/x-git-receive-pack-request"
UPLOAD = "application/x-git-upload-pack-request"
ZERO = "0" * 40


def pkt(text):
    data = text.encode("latin-1") if isinstance(text, str) else text
    return b"%04x" % (len(data) + 4) + data


def post(arena, service, body, auth=None, fields=(), repository="repo"):
    media = RECEIVE if service == "git-receive-pack" else UPLOAD
    client = arena.world.server.client(timeout=120)
    auth = auth or bearer(arena.fixtures["TOKEN"])
    return client.request(
        "POST", f"/ws/{repository}.git/{service}", auth, body=body, content_type=media, fields=fields
    )


def get_refs(arena, fields=(), service="git-upload-pack", repository="ws/repo"):
    path = f"/{repository}.git/info/refs?service={service}"
    return arena.world.server.client().get(path, bearer(arena.fixtures["TOKEN"]), fields=fields)


def push_url(world, token):
    return with_user(world.repository_url, "x-token-auth", token)


def leftovers(world, kind=Path.exists):
    """What pushes left in quarantine; `kind` Path.is_file for objects alone, without empty directories."""
    return [
        str(path) for path in Path(world.repository).rglob("*") if "tmp_objdir" in str(path) and kind(path)
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
@pytest.mark.covers("R-023")
def test_a_repository_of_another_user_is_not_served(arena):
    path = arena.world.make_repository("ws/foreign")
    subprocess.run(["chown", "-R", "nobody", path], check=True)
    answer = get_refs(arena, repository="ws/foreign")
    assert answer.status in (404, 500)
    assert str(path) not in answer.text and "nobody" not in answer.text


class HalfPush:
    """A push by hand that stops in the middle of its pack."""

    def __init__(self, world, auth, pieces):
        self.connection = RawConnection(world.server.address, deadline=60)
        head = [
            "POST /ws/repo.git/git-receive-pack HTTP/1.1",
            f"Host: {world.server.host}",
            f"Authorization: {auth}",
            f"Content-Type: {RECEIVE}",
            "Transfer-Encoding: chunked",
        ]
        self.connection.send(("\r\n".join(head) + "\r\n\r\n").encode())
        for piece in pieces:
            self.send(piece)

    def send(self, piece):
        self.connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")

    def finish(self):
        self.connection.send(b"0\r\n\r\n")
        return self.connection.read_answer()


def commands_and_pack(world, branch="refs/heads/half"):
    """The body of a push of a new commit, in two pieces that are cut within the pack."""
    work = world.git.fresh(f"half-{time.monotonic_ns()}")
    # The server holds the newest piece back: much more than one must come, so that git has some.
    (work / "noise.bin").write_bytes(os.urandom(1_000_000))
    world.git.ok("-C", work, "add", ".")
    world.git.ok("-C", work, "commit", "-q", "-m", "noise")
    new = world.git.head(work)
    packed = subprocess.run(
        ["git", "-C", work, "pack-objects", "--revs", "--stdout", "-q"],
        input=f"{new}\n".encode(),
        capture_output=True,
        check=True,
    ).stdout
    command = pkt(f"{ZERO} {new} {branch}\0 report-status\n") + b"0000"
    return command + packed[:600_000], packed[600_000:]


@pytest.mark.covers("G-011")
def test_a_token_that_is_revoked_during_a_push_changes_nothing(arena):
    world = arena.world
    token = world.token()
    first, rest = commands_and_pack(world, "refs/heads/revoked-meanwhile")
    half = HalfPush(world, bearer(token["secret"]), [first])
    world.cli.ok("token", "revoke", token["id"])
    half.send(rest)
    answer = half.finish()
    assert answer is None or answer.status in (200, 401, 403)
    assert "refs/heads/revoked-meanwhile" not in refs(world.repository, world.git)
    again = world.server.client().get(
        "/ws/repo.git/info/refs?service=git-receive-pack", bearer(token["secret"])
    )
    assert again.status == 401
    wait_until(lambda: not leftovers(world, Path.is_file), "the quarantine is emptied")


def zeros_pack(size):
    """A pack of one blob of `size` zeros, which is a thousandth of that."""
    header, remaining, first = b"", size >> 4, (3 << 4) | (size & 15)
    while remaining:
        header += bytes([first | 0x80])
        first, remaining = remaining & 0x7F, remaining >> 7
    header += bytes([first])
    packer, zeros = zlib.compressobj(9), bytes(1 << 20)
    content = b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()
    import hashlib

    pack = b"PACK" + struct.pack(">II", 2, 1) + header + content
    return pack + hashlib.sha1(pack).digest()


@pytest.mark.slow
@pytest.mark.covers("G-015")
def test_a_pack_that_swells_leaves_the_server_as_it_was(make_world):
    """2 GiB of zeros in 2 MiB: what the server itself holds does not grow, and nothing stays on disk."""
    world = make_world()
    pack = zeros_pack(2 << 30)
    assert len(pack) < 4 << 20
    before = world.server.memory("VmHWM")
    command = pkt(f"{ZERO} {'1' * 40} refs/heads/zeros\0 report-status\n") + b"0000"
    client = world.server.client(timeout=300)
    answer = client.request(
        "POST",
        "/ws/repo.git/git-receive-pack",
        bearer(world.token()["secret"]),
        body=command + pack,
        content_type=RECEIVE,
    )
    assert answer.status in (200, 400, 413)
    assert "refs/heads/zeros" not in refs(world.repository, world.git)
    assert world.server.memory("VmHWM") - before < 64 * 1024
    wait_until(lambda: not leftovers(world), "the quarantine is removed", seconds=60)


@pytest.mark.slow
def test_a_pack_above_the_limit_is_refused(make_world):
    world = make_world(git_push_size_max=1 << 20)
    work = world.git.fresh("too-large")
    (work / "noise.bin").write_bytes(os.urandom(3 << 20))
    world.git.ok("-C", work, "add", ".")
    world.git.ok("-C", work, "commit", "-q", "-m", "noise")
    pushed = world.git.run(
        "-C", work, "push", push_url(world, world.token()["secret"]), "HEAD:refs/heads/large"
    )
    assert not pushed.ok
    assert "refs/heads/large" not in refs(world.repository, world.git)
    wait_until(lambda: not leftovers(world), "the quarantine is removed")


@pytest.mark.covers("G-016")
def test_a_tree_bomb_costs_no_more_than_its_bytes(arena, sanitized):
    """Ten levels of ten names for the same tree: 10^10 paths in a few objects; nobody walks them."""
    world = arena.world
    work = world.git.fresh("bomb")
    blob = world.git.ok("-C", work, "hash-object", "-w", "--stdin", stdin="boom").out.strip()
    entry, kind = blob, "100644 blob"
    for _ in range(10):
        listing = "".join(f"{kind} {entry}\tn{i}\n" for i in range(10))
        entry, kind = world.git.ok("-C", work, "mktree", stdin=listing).out.strip(), "040000 tree"
    commit = world.git.ok("-C", work, "commit-tree", entry, "-m", "bomb").out.strip()
    before = world.server.memory("VmHWM")
    pushed = world.git.run(
        "-C", work, "push", push_url(world, arena.fixtures["TOKEN"]), f"{commit}:refs/heads/bomb", timeout=60
    )
    assert pushed.ok or pushed.remote
    world.git.ok("clone", "-q", "--bare", push_url(world, arena.fixtures["TOKEN"]), "bomb-copy", timeout=60)
    # A sanitizer keeps what was freed.
    assert sanitized or world.server.memory("VmHWM") - before < 64 * 1024


@pytest.mark.slow
@pytest.mark.covers("G-017")
def test_a_million_refs_in_one_push_are_refused(arena):
    lines = (
        pkt(f"{ZERO} {'1' * 40} refs/heads/r{i}" + ("\0 report-status" if i == 0 else ""))
        for i in range(1_000_000)
    )
    before = arena.world.server.memory("VmHWM")
    try:
        status = post(arena, "git-receive-pack", b"".join(lines) + b"0000").status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # It closed while we were still sending.
    assert status in (400, 413)
    assert arena.world.server.memory("VmHWM") - before < 64 * 1024
    assert not [
        name for name in refs(arena.world.repository, arena.world.git) if name.startswith("refs/heads/r1")
    ]


@pytest.mark.slow
@pytest.mark.covers("G-017")
def test_a_million_wants_do_not_hold_up_others(arena):
    """Their list is longer than a fetch request may be, or git reads it; others are served meanwhile."""
    want = pkt(f"want {arena.world.first_commit} \n") * 1_000_000 + b"0000" + pkt("done\n")
    outcome = []

    def ask():
        try:
            outcome.append(post(arena, "git-upload-pack", want).status)
        except (BrokenPipeError, ConnectionResetError):
            outcome.append(413)

    asking = threading.Thread(target=ask)
    asking.start()
    assert arena.world.allowed(arena.fixtures["TOKEN"])
    asking.join()
    assert outcome[0] in (200, 400, 413)


@pytest.mark.covers("G-018")
@pytest.mark.parametrize("length", ["0001", "0002", "0003", "fff1", "FFFF", "zzzz", "0004", "-001", "00 4"])
@pytest.mark.parametrize("service", ["git-receive-pack", "git-upload-pack"])
def test_odd_packet_lengths_end_cleanly(arena, service, length):
    answer = post(arena, service, length.encode())
    assert answer.status in (200, 400), answer.status
    assert arena.world.allowed(arena.fixtures["TOKEN"])


REF_NAMES = [
    "refs/heads/-x",
    "refs/heads/../x",
    "refs/heads/a..b",
    "refs/heads/@{",
    "refs/heads/a.lock",
    "refs/heads/a.",
    "refs/heads/a\x01b",
    "refs/heads/a b",
    "refs/heads/.a",
    "heads/a",
    "HEAD",
    "refs/heads/",
]


def push_ref(arena, name, new):
    """Asks by hand for a ref that a client would not send."""
    empty_pack = bytes.fromhex("5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e")
    command = pkt(f"{ZERO} {new} {name}\0 report-status\n")
    return post(arena, "git-receive-pack", command + b"0000" + empty_pack)


@pytest.mark.covers("G-019")
def test_odd_ref_names_are_not_made(arena):
    before = refs(arena.world.repository, arena.world.git)
    head = (arena.world.repository / "HEAD").read_text()
    for name in REF_NAMES:
        if name == "refs/heads/-x":
            continue  # A valid name for a ref, though not for a branch; git stores it and no option is made of it.
        answer = push_ref(arena, name, arena.world.first_commit)
        assert answer.status in (200, 400), name
    assert refs(arena.world.repository, arena.world.git) == before
    assert (arena.world.repository / "HEAD").read_text() == head


@pytest.mark.covers("G-021")
@pytest.mark.parametrize(
    "name", ["refs/pull/1/head", "refs/keep-around/a", "refs/replace/" + "1" * 40, "refs/latchkey/x"]
)
def test_hidden_refs_are_neither_written_nor_shown(arena, name):
    world = arena.world
    answer = push_ref(arena, name, world.first_commit)
    assert answer.status in (200, 400) and b"unpack ok\n" + pkt(f"ok {name}\n") not in answer.body
    assert name not in refs(world.repository, world.git)
    commit = world.git.head(world.git.fresh(f"hidden-{time.monotonic_ns()}"))
    source = sorted(world.git.home.glob("hidden-*"))[-1]
    world.git.ok("-C", source, "push", "-q", world.repository, f"HEAD:{name}")
    assert commit not in get_refs(arena).text
    world.git.ok("-C", world.repository, "update-ref", "-d", name)


@pytest.mark.covers("G-022")
def test_an_object_of_another_repository_is_not_served(arena):
    """In the older protocol also not one that no ref leads to."""
    world = arena.world
    other = world.git.seed(world.make_repository("ws/elsewhere"), "elsewhere")
    lost = world.git.head(world.git.fresh("lost"))
    world.git.ok("-C", world.git.home / "lost", "push", "-q", world.repository, "HEAD:refs/heads/lost")
    world.git.ok("-C", world.repository, "update-ref", "-d", "refs/heads/lost")
    for wanted in (other, lost):
        answer = post(arena, "git-upload-pack", pkt(f"want {wanted}\n") + b"0000" + pkt("done\n"))
        assert b"PACK" not in answer.body


GIT_PROTOCOLS = [
    "version=2\tGIT_CONFIG_COUNT=1",
    "version=2:GIT_CONFIG_COUNT=1",
    "version=99",
    "version=2; touch x",
    "v" * 8000,
    "version=1:version=2",
    "--upload-pack=x",
]


@pytest.mark.covers("G-023")
def test_odd_protocol_versions_reach_nothing(arena):
    for value in GIT_PROTOCOLS:
        answer = get_refs(arena, {"Git-Protocol": value})
        assert answer.status in (200, 400), value
    assert b"version 2" in get_refs(arena, {"Git-Protocol": "version=2"}).body
    raw = (
        f"GET /ws/repo.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: {arena.fixtures['HOST']}\r\n"
        f"Authorization: Bearer {arena.fixtures['TOKEN']}\r\nGit-Protocol: version=2\nGIT_CONFIG_COUNT=1\r\n\r\n"
    )
    with RawConnection(arena.address) as connection:
        connection.send(raw.encode())
        assert connection.read_answer().status == 400


ENVIRONMENT_FIELDS = {
    "Proxy": "http://evil.example",
    "Git-Dir": "/etc",
    "Path-Info": "/etc",
    "Git-Config-Count": "1",
    "Path-Translated": "/etc",
    "Remote-User": "root",
    "Ld-Preload": "/tmp/x.so",
    "Git-Trace": "1",
}


def run_traced(world, ask):
    """Restarts the server under strace, asks, and returns what it opened and started."""
    trace = world.directory / "trace.txt"
    world.server.stop()
    world.server.wrapper = [
        "strace",
        "-f",
        "-v",
        "-s",
        "4096",
        "-e",
        "trace=openat,openat2,execve",
        "-o",
        str(trace),
    ]
    world.server.start()
    ask()
    world.server.stop()
    world.server.wrapper = []
    return trace.read_text(errors="replace")


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.covers("G-024")
def test_what_git_is_started_with_is_fixed(make_world, sanitized):
    """Whatever a request holds: the words and the environment of git are ours, and files stay inside."""
    if sanitized:
        pytest.skip("leak detection and strace exclude each other")
    from hostile import own_cases, runner

    world = make_world()
    token = world.token()["secret"]
    passwords = {
        "USER": "ana",
        "APPPW": world.cli.app_password("ana", "repository")["secret"],
        "HOST": world.server.host,
    }
    arena = runner.Arena(world, passwords | {"TOKEN": token})

    def ask():
        assert get_refs(arena, ENVIRONMENT_FIELDS | {"Git-Protocol": "version=2"}).status == 200
        for case in own_cases.REPOSITORIES:
            runner.send(arena, case.send)
        for name in ("..%2f..%2fetc%2fpasswd", "--upload-pack=touch%20x", "ext::sh%20-c%20touch%20x.git"):
            runner.send(arena, own_cases.git_get(f"/ws/{name}" + own_cases.REFS))

    trace = run_traced(world, ask)
    starts = [line for line in trace.splitlines() if "execve(" in line and "upload-pack" in line]
    assert starts
    for line in starts:
        assert "evil.example" not in line and "LD_PRELOAD" not in line and "REMOTE_USER" not in line
        assert "GIT_TRACE" not in line and "HTTP_" not in line and '"touch' not in line
    assert "etc/passwd" not in "".join(
        line
        for line in trace.splitlines()
        if "openat" in line and "pid" not in line.split("passwd")[0][-4:] and "ws" in line
    )
    assert "/ws/.." not in trace


@pytest.mark.covers("G-028")
def test_messages_to_git_name_no_secret_and_no_path(arena):
    world = arena.world
    reader = world.token("ana", READ)["secret"]
    work = world.git.fresh("messages")
    for secret in (reader, arena.fixtures["TOKEN_REVOKED"], arena.fixtures["TOKEN_EXPIRED"]):
        ran = world.git.run(
            "-C", work, "push", with_user(world.repository_url, "x-token-auth", secret), "HEAD:refs/heads/x"
        )
        assert not ran.ok and secret not in ran.remote
        assert str(world.server.data) not in ran.err


def ordinary_push(world, secret, branch):
    work = world.git.fresh(f"push-{time.monotonic_ns()}")
    return world.git.run("-C", work, "push", "-q", push_url(world, secret), f"HEAD:refs/heads/{branch}")


@pytest.mark.slow
@pytest.mark.covers("G-029")
def test_killed_in_the_middle_of_a_push(make_world):
    """Git killed, then the whole server: no ref moves, and the next start removes what was left."""
    world = make_world()
    secret = world.token()["secret"]
    before = refs(world.repository, world.git)

    first, _ = commands_and_pack(world)
    half = HalfPush(world, bearer(secret), [first])
    children = Path(f"/proc/{world.server.pid()}/task/{world.server.pid()}/children")
    pids = wait_until(lambda: _children(world.server.pid()), "git runs")
    for pid in pids:
        os.kill(pid, 9)
    answer = half.finish()
    assert answer is None or answer.status >= 400 or b"unpack ok" not in answer.body
    assert refs(world.repository, world.git) == before and children

    first, _ = commands_and_pack(world)
    half = HalfPush(world, bearer(secret), [first])
    wait_until(lambda: leftovers(world), "objects are in quarantine")
    world.server.kill()
    world.server.start()
    half.connection.socket.close()
    assert refs(world.repository, world.git) == before
    assert not leftovers(world)
    assert ordinary_push(world, secret, "afterwards").ok


def _children(pid):
    """Processes that any thread of `pid` started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.covers("G-030")
def test_slow_clones_do_not_hold_up_the_api(make_world):
    """200 clients that ask for a clone and read nothing: the API answers, and git processes stay few."""
    world = make_world(git_processes_max=4, connections_per_address_max=1000)
    secret = world.token()["secret"]
    work = world.git.fresh("large")
    (work / "noise.bin").write_bytes(os.urandom(8 << 20))
    world.git.ok("-C", work, "add", ".")
    world.git.ok("-C", work, "commit", "-q", "-m", "noise")
    world.git.ok("-C", work, "push", "-q", world.repository, "HEAD:refs/heads/noise")
    body = pkt(f"want {world.git.head(work)}\n") + b"0000" + pkt("done\n")
    head = (
        f"POST /ws/repo.git/git-upload-pack HTTP/1.1\r\nHost: {world.server.host}\r\nAuthorization: {basic('ana', secret)}\r\n"
        f"Content-Type: {UPLOAD}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    connections = [RawConnection(world.server.address, deadline=60) for _ in range(200)]
    for connection in connections:
        connection.send(head + body)
    for _ in range(50):
        assert world.server.me(secret).status == 200
    assert len(_children(world.server.pid())) <= 4 * 3
    for connection in connections:
        connection.socket.close()
    wait_until(lambda: not _children(world.server.pid()), "git processes end with their clients", seconds=60)
