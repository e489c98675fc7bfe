"""Crashes and damage: what was shown works, what was revoked stays revoked, and damage is told, not served.

LATCHKEY_KILLS (15) says how often the server is killed; LATCHKEY_SEED repeats a run.
"""

import os
import random
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

from support import tamper
from support.history import History, Worker, check_history, settle_doubts
from support.http import bearer
from support.server import Server, StartFailed
from support.waiting import wait_until
from support.world import READ, SHORT_LIVES, World

KILLS = int(os.environ.get("LATCHKEY_KILLS", "15"))
SEED = int(os.environ.get("LATCHKEY_SEED") or time.time_ns() % 2**32)
TAMPERED, NO_INSTALLATION, REFUSED = 7, 6, 4
BODY = {"name": "x", "scopes": [READ], "ttl": 86400}


@pytest.fixture
def make_world(make_world):
    """A start that changes nothing by itself: here changes are counted, and the files of one start put under another."""
    return lambda **settings: make_world(**{"set_up_link": "off"} | settings)


@pytest.mark.slow
def test_killed_at_random_under_load(make_world):
    """kill -9 while four clients issue and revoke; then every promise is checked."""
    print(f"LATCHKEY_SEED={SEED}")
    chance, history = random.Random(SEED), History()
    world = make_world()
    manager = world.manager()["secret"]
    for round_number in range(KILLS):
        known = len(history.entries)
        workers = [Worker(world, manager, history, chance.getrandbits(64)) for _ in range(4)]
        for worker in workers:
            worker.start()
        wanted = known + chance.randrange(1, 60)
        wait_until(lambda: len(history.entries) >= wanted, "the load runs", every=0.0005)
        time.sleep(chance.random() * 0.01)  # Not to wait for anything: the moment of the crash is random.
        world.server.kill()
        for worker in workers:
            worker.join()
        world.server.start()
        fresh = history.entries[known:] + chance.sample(history.entries[:known], min(known, 30))
        wrong = check_history(world, history, fresh) + settle_doubts(world, manager, history)
        assert not wrong, f"round {round_number}, seed {SEED}: {wrong[:5]}"
    assert not check_history(world, history)
    world.cli.ok("audit", "verify")
    world.server.stop()
    world.cli.ok("audit", "verify")
    revoked = sum(entry.revoked for entry in history.entries)
    print(f"{KILLS} kills: {len(history.entries)} shown, {revoked} revoked, none lost")


def crash_with_open_log(make_world):
    """A world whose last change, a revocation, lies in the write-ahead log alone, and whose server is dead."""
    world = make_world()
    kept, gone = world.token()["secret"], world.token()
    world.cli.ok("token", "revoke", gone["id"])
    world.server.kill()
    log = world.server.data / "latchkey.db-wal"
    assert log.stat().st_size > 0
    return world, kept, gone["secret"], log


def start_refused(world):
    with pytest.raises(StartFailed) as failed:
        world.server.start()
    world.server.process = None
    return failed.value


def repair_and_check(world, kept, gone):
    world.cli.ok("audit", "repair")
    world.cli.ok("audit", "verify")
    world.server.start()
    assert world.allowed(kept)
    assert world.server.me(gone).cause == "revoked"


def test_nothing_cut(make_world):
    """The control: the same crash without damage starts by itself."""
    world, kept, gone, _ = crash_with_open_log(make_world)
    world.server.start()
    assert world.allowed(kept) and world.server.me(gone).cause == "revoked"


WAL_DAMAGE = {
    "last byte cut": lambda log: os.truncate(log, log.stat().st_size - 1),
    "last page cut": lambda log: os.truncate(log, log.stat().st_size - 4120),
    "one bit of the last frame": lambda log: flip_bit(log, -100),
}
WAL_LOSS = {
    "emptied": lambda log: os.truncate(log, 0),
    "removed": lambda log: (log.unlink(), log.with_name("latchkey.db-shm").unlink(missing_ok=True)),
}


def flip_bit(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", WAL_DAMAGE)
def test_a_damaged_write_ahead_log_is_refused_and_repaired(make_world, damage):
    """SQLite undoes the revocation without a word; the journal knows better."""
    world, kept, gone, log = crash_with_open_log(make_world)
    WAL_DAMAGE[damage](log)
    failed = start_refused(world)
    assert failed.status == TAMPERED and "audit repair" in failed.output
    ran = world.cli.run("token", "list")
    assert ran.status == TAMPERED and "audit repair" in ran.err
    repair_and_check(world, kept, gone)


@pytest.mark.parametrize("damage", WAL_LOSS)
def test_a_lost_write_ahead_log_is_refused_and_repaired(make_world, damage):
    """Of a young installation it is all there is: the answer is never an empty new one."""
    world, kept, gone, log = crash_with_open_log(make_world)
    before = (world.server.data / "keyring").read_bytes()
    WAL_LOSS[damage](log)
    failed = start_refused(world)
    assert failed.status == TAMPERED and "audit repair" in failed.output
    assert (world.server.data / "keyring").read_bytes() == before
    repair_and_check(world, kept, gone)
    assert (world.server.data / "keyring").read_bytes() == before


def test_an_old_copy_of_the_database_is_refused_and_repaired(make_world):
    """A backup from before the revocation, put in the place of the database."""
    world = make_world()
    kept, gone = world.token()["secret"], world.token()
    world.server.stop()
    old = tamper.copy_data(world.server.data, world.directory / "backup")
    world.cli.ok("token", "revoke", gone["id"])
    for name in ("latchkey.db", "latchkey.db-wal", "latchkey.db-shm"):
        (world.server.data / name).unlink(missing_ok=True)
        if (old / name).exists():
            shutil.copy(old / name, world.server.data / name)
    failed = start_refused(world)
    assert failed.status == TAMPERED and "audit repair" in failed.output
    repair_and_check(world, kept, gone["secret"])


def journal(world):
    return world.server.data / "journal.log"


def test_a_torn_last_line_is_left_out(make_world):
    """What was cut off was never acknowledged."""
    world = make_world()
    secret = world.token()["secret"]
    world.server.kill()
    with open(journal(world), "ab") as file:
        file.write(b'{"seq":999,"batch":99')
    world.server.start()
    assert world.allowed(secret)
    world.cli.ok("audit", "verify")


def test_a_journal_one_batch_behind_is_completed(make_world):
    """As after a crash between the two syncs: the database has it, the journal not yet."""
    world = make_world()
    secret = world.token()["secret"]
    world.server.kill()
    lines = journal(world).read_bytes().rstrip(b"\0").splitlines(keepends=True)
    journal(world).write_bytes(b"".join(lines[:-1]))
    world.server.start()
    assert world.allowed(secret) and "journal.completed" in world.server.log()
    world.cli.ok("audit", "verify")


JOURNAL_DAMAGE = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "a line edited": lambda path: path.write_bytes(path.read_bytes().replace(b"ana", b"eve", 1)),
    "a line removed": lambda path: path.write_bytes(
        b"".join(path.read_bytes().splitlines(keepends=True)[1:])
    ),
    "lines swapped": lambda path: path.write_bytes(
        b"".join(swapped(path.read_bytes().splitlines(keepends=True)))
    ),
    "a line twice": lambda path: path.write_bytes(
        path.read_bytes().splitlines(keepends=True)[0] + path.read_bytes()
    ),
    "garbage inside": lambda path: path.write_bytes(b"garbage\n" + path.read_bytes()),
}


def swapped(lines):
    return [lines[1], lines[0], *lines[2:]]


@pytest.mark.parametrize("damage", JOURNAL_DAMAGE)
def test_a_damaged_journal_is_refused(make_world, damage):
    world = make_world()
    world.token()
    world.server.stop()
    JOURNAL_DAMAGE[damage](journal(world))
    failed = start_refused(world)
    assert failed.status == TAMPERED and "journal" in failed.output
    assert world.cli.run("audit", "verify").status == TAMPERED


def test_the_database_missing_is_refused(make_world):
    """A new one would know no credential; the journal says that there was one."""
    world = make_world()
    world.server.stop()
    for path in world.server.data.glob("latchkey.db*"):
        path.unlink()
    failed = start_refused(world)
    assert failed.status in (TAMPERED, NO_INSTALLATION) and "latchkey.db" in failed.output


@pytest.mark.slow
def test_flipped_bytes_of_the_database_never_allow_more(make_world):
    """Fifty random places: it refuses to start, or serves what is whole; a revoked one never passes."""
    print(f"LATCHKEY_SEED={SEED}")
    chance = random.Random(SEED)
    world = make_world()
    gone, weak = world.revoked_token("ana", READ)["secret"], world.token("ana", READ)["secret"]
    world.server.stop()
    path = world.server.data / "latchkey.db"
    good = path.read_bytes()
    push = "/ws/repo.git/info/refs?service=git-receive-pack"
    for _ in range(50):
        content = bytearray(good)
        content[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            world.server.start()
        except StartFailed as failed:
            assert failed.status in (1, REFUSED, NO_INSTALLATION, TAMPERED), failed.output[-500:]
            world.server.process = None
            continue
        assert world.server.status_of(gone) == 401
        assert world.server.client().get(push, bearer(weak)).status in (401, 403)
        world.server.kill()
    for extra in world.server.data.glob("latchkey.db-*"):
        extra.unlink()
    path.write_bytes(good)
    world.server.start()


@contextmanager
def small_disk(directory, size):
    """A file system in memory of that size."""
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", directory],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root can mount a file system")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", directory], check=True)


@pytest.mark.slow
def test_a_full_disk_loses_nothing(outputs, tmp_path):
    """Changes are refused, checks go on, what was shown works; with room again changes work too."""
    with small_disk(tmp_path / "disk", "4m") as disk:
        world = World(outputs, SHORT_LIVES, data=disk / "data").people()
        manager = world.manager()["secret"]
        ballast = disk / "ballast"
        shown, answer = [], None
        for _ in range(20_000):
            answer = world.create(bearer(manager), BODY)
            if answer.status != 201:
                break
            shown.append(world.remember(answer))
            if len(shown) == 50:
                free = os.statvfs(disk)
                ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_bsize - 64 * 1024)))
        assert answer.status in (503, 507), answer.status
        assert all(world.allowed(secret) for secret in shown[-20:])
        ballast.unlink()
        if world.server.client().get("/readyz").status != 200:
            world.server.restart()
        assert world.create(bearer(manager), BODY).status == 201
        world.server.restart()
        assert all(world.allowed(secret) for secret in shown)
        world.cli.ok("audit", "verify")
        world.server.stop()


@pytest.mark.slow
@pytest.mark.parametrize("when", [1, 2, 5])
@pytest.mark.parametrize("file", ["latchkey.db-wal", "journal.log"])
def test_a_failed_sync_stops_all_writing(make_world, sanitized, file, when):
    """The outcome of that one change is unknown: 5xx, then read-only until a restart; no second try."""
    if sanitized or not shutil.which("strace"):
        pytest.skip("needs strace, which excludes leak detection")
    world = make_world()
    manager = world.manager()["secret"]
    before = world.create(bearer(manager), BODY)
    world.server.stop()
    fault = f"inject=fsync,fdatasync:error=EIO:when={when}"
    trace = ["-o", str(world.directory / "strace.txt"), "-e", "trace=fsync,fdatasync", "-e", fault]
    world.server.wrapper = ["strace", "-f", *trace, "-P", str(world.server.data / file)]
    world.server.start()
    failed = None
    for _ in range(10):
        failed = world.create(bearer(manager), BODY)
        if failed.status != 201:
            break
    assert failed.status in (500, 503), failed.status
    again = world.create(bearer(manager), BODY)
    assert again.status == 503, again.status
    ready = world.server.client().get("/readyz")
    assert ready.status == 503
    assert world.allowed(before.json()["secret"]) and world.allowed(manager)
    assert world.server.metrics()["latchkey_ledger_healthy"] == 0
    world.server.kill()
    world.server.wrapper = []
    world.server.start()
    assert world.allowed(before.json()["secret"])
    assert world.create(bearer(manager), BODY).status == 201
    world.cli.ok("audit", "verify")


def test_a_second_process_is_told_who_has_the_directory(outputs, make_world):
    world = make_world()
    second = Server(outputs.binary, outputs.new("second"), data=world.server.data)
    with pytest.raises(StartFailed) as failed:
        second.start()
    assert failed.value.status == NO_INSTALLATION and str(world.server.pid()) in failed.value.output
    assert world.server.is_ready()


def test_a_stale_socket_and_lock_are_no_trouble(make_world):
    world = make_world()
    world.server.kill()
    assert (world.server.data / "admin.sock").exists() and (world.server.data / "lock").exists()
    made = world.token()
    world.server.start()
    assert world.allowed(made["secret"])


def test_a_directory_that_others_can_read_is_refused(make_world):
    world = make_world()
    world.server.stop()
    world.server.data.chmod(0o755)
    failed = start_refused(world)
    assert failed.status == NO_INSTALLATION and str(world.server.data) in failed.output


def test_an_unknown_key_of_a_right_ring_is_refused(make_world):
    """The keyring from before a rotation lacks the newest key."""
    world = make_world()
    secret = world.token()["secret"]
    world.server.stop()
    ring = world.server.data / "keyring"
    old = ring.read_bytes()
    world.cli.ok("keyring", "rotate")
    new = ring.read_bytes()
    world.server.start()
    assert world.allowed(secret)
    world.server.stop()
    ring.write_bytes(old)
    try:
        world.server.start()
        assert world.server.status_of(secret) != 200 and world.server.alarms() > 0
        world.server.stop()
    except StartFailed as failed:
        assert failed.status == TAMPERED
        world.server.process = None
    ring.write_bytes(new)
    world.server.start()
    assert world.allowed(secret)
