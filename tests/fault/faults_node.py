"""Faults of a node and of its disk, F1 to F29 on SQLite, and where they apply on PostgreSQL as well."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

from fault.registry import Unavailable, fault
from support.secrets import id_of
from support.server import StartFailed
from support.waiting import wait_until

TAMPERED = 7


def restart(trial, node):
    """The start after a crash, which must need nobody's help."""
    began = time.monotonic()
    while True:
        try:
            node.server.start()
            break
        except StartFailed as failed:
            node.server.process = None
            # A command that found no server holds the directory for as long as it takes.
            if "is in use" not in failed.output or time.monotonic() - began > 10:
                raise
    trial.expect(time.monotonic() - began < 15, f"{node.name} needed {time.monotonic() - began:.1f} s to start")


@fault("F1", "sqlite", "postgresql")
def killed_at_random(trial):
    """kill -9 while clients issue and revoke, again and again."""
    deployment = trial.begin()
    load = trial.run_load()
    kills = 8
    for _ in range(kills):
        load.wait_for("issue", trial.chance.randrange(1, 40))
        time.sleep(trial.chance.random() * 0.01)  # Not to wait for anything: the moment is random.
        node = trial.chance.choice(deployment.nodes)
        node.server.kill()
        restart(trial, node)
    trial.note(f"{kills} kills")


@contextmanager
def small_disk(directory, size):
    directory.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(directory)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        raise Unavailable("only root can mount a file system")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def fill(path, leave):
    """Takes all the room but so much, while others write."""
    with open(path, "wb", buffering=0) as file:
        while True:
            free = os.statvfs(path.parent)
            room = free.f_bavail * free.f_bsize - leave
            if room <= 0:
                return
            try:
                file.write(bytes(min(room, 65536)))
            except OSError:
                return


@fault("F4", "sqlite")
def full_disk(trial):
    """No room: changes are refused and change nothing, checks go on; with room again, changes work."""
    with small_disk(trial.directory / "disk", "6m") as disk:
        deployment = trial.begin(data=disk / "data")
        load = trial.run_load(suspender=False)
        load.wait_for("issue", 20)
        ballast = disk / "ballast"
        fill(ballast, leave=64 * 1024)
        full = lambda: any(one.get("status") in (503, 507) for one in trial.recorder.operations[-200:])  # noqa: E731
        wait_until(lambda: full() or load.problems, "a change is refused", 60)
        load.wait_for("verify", 50)
        ballast.unlink()
        if not deployment.first.is_ready():
            deployment.first.server.restart()
            trial.note("restarted")
        load.wait_for("issue", 5)
        trial.finish()
        load.known.clear()
        trial.load = None
        deployment.stop()
        refused = [one["status"] for one in trial.recorder.operations if one.get("status") in (503, 507)]
        trial.note(f"{len(refused)} refused with {sorted(set(refused))}")


@fault("F5", "sqlite")
def failed_sync(trial):
    """A sync fails once: that change's outcome is unknown, nothing more is written, checks go on; a restart finds out."""
    if not shutil.which("strace"):
        raise Unavailable("needs strace")
    deployment = trial.begin()
    server = deployment.first.server
    server.stop()
    file = trial.chance.choice(["latchkey.db-wal", "journal.log"])
    when = trial.chance.randrange(5, 60)
    rules = ["-e", "trace=fsync,fdatasync", "-e", f"inject=fsync,fdatasync:error=EIO:when={when}"]
    server.wrapper = ["strace", "-f", "-o", str(trial.directory / "strace.txt"), *rules, "-P", str(server.data / file)]
    server.start()
    load = trial.run_load(suspender=False)
    wait_until(lambda: server.client().get("/readyz").status == 503 or load.problems, "it stops writing", 60)
    allowed = trial.recorder.count("verify", "ok")
    issued = trial.recorder.count("issue", "ok")
    load.wait_for("verify", 100)
    trial.expect(trial.recorder.count("verify", "ok") > allowed, "no check passes any more")
    # What was answered just now may be counted late; after that, nothing.
    issued_then = trial.recorder.count("issue", "ok")
    load.wait_for("issue", 20, outcome="unknown")
    trial.expect(trial.recorder.count("issue", "ok") == issued_then, "it wrote again after a failed sync")
    trial.note(f"sync {when} of {file}; {issued} issued before it")
    load.stop()
    server.kill()
    server.wrapper = []
    restart(trial, deployment.first)


@fault("F9", "sqlite")
def corrupted_database(trial):
    """Flipped bits: it refuses to start, or denies what is not whole; nobody passes who should not."""
    deployment = trial.begin()
    load = trial.run_load(suspender=False)
    load.wait_for("revoke", 20)
    load.stop()
    server = deployment.first.server
    server.stop()
    path = server.data / "latchkey.db"
    good, refused = path.read_bytes(), 0
    revoked = [secret for _, secret in load.revoked if trial_revoked(trial, secret)]
    for _ in range(15):
        content = bytearray(good)
        for _ in range(trial.chance.choice([1, 1, 64])):
            content[trial.chance.randrange(len(good))] ^= 1 << trial.chance.randrange(8)
        path.write_bytes(content)
        try:
            server.start()
        except StartFailed as failed:
            refused += 1
            trial.expect(failed.status in (1, 4, 6, TAMPERED), f"it ended with {failed.status}")
            server.process = None
            continue
        for secret in revoked:
            trial.expect(server.status_of(secret) != 200, "a revoked one passes")
        server.kill()
    for extra in server.data.glob("latchkey.db-*"):
        extra.unlink()
    path.write_bytes(good)
    trial.note(f"15 times: {refused} refused")


def trial_revoked(trial, secret):
    return any(
        one["op"] == "revoke" and one["outcome"] == "ok" and one["id"] == id_of(secret)
        for one in trial.recorder.operations
    )


def _flip_last_frame(log):
    content = bytearray(log.read_bytes())
    content[-100] ^= 1
    log.write_bytes(content)


WAL_DAMAGE = {
    "a byte cut off": lambda log, old: os.truncate(log, log.stat().st_size - 1),
    "the last frame flipped": lambda log, old: _flip_last_frame(log),
    "removed": lambda log, old: (log.unlink(), log.with_name("latchkey.db-shm").unlink(missing_ok=True)),
    "an old one put back": lambda log, old: log.write_bytes(old),
    "nothing": lambda log, old: None,
}


@fault("F10", "sqlite")
def damaged_write_ahead_log(trial):
    """SQLite forgets without a word. The journal knows: the start refuses, and `audit repair` brings all of it back."""
    deployment = trial.begin()
    server = deployment.first.server
    kinds = list(WAL_DAMAGE)
    trial.chance.shuffle(kinds)
    load = trial.run_load(suspender=False)
    repaired = []
    for kind in kinds:
        log = server.data / "latchkey.db-wal"
        old = log.read_bytes()
        load.wait_for("revoke", 5)
        server.kill()
        WAL_DAMAGE[kind](log, old)
        try:
            server.start()
        except StartFailed as failed:
            server.process = None
            trial.expect(failed.status == TAMPERED and "audit repair" in failed.output, f"{kind}: {failed.output[-300:]}")
            deployment.cli().ok("audit", "repair")
            server.start()
            repaired.append(kind)
    trial.expect("nothing" not in repaired, "it refused to start although nothing was damaged")
    trial.note("repaired: " + ", ".join(repaired))


FAKETIME = ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1")


@fault("F13", "sqlite", "postgresql")
def clock_steps(trial):
    """The wall clock jumps: what was over stays over when it jumps back, and what is good is not lost."""
    library = next((path for path in FAKETIME if os.path.exists(path)), None)
    if library is None or b"__asan_init" in trial.binary.read_bytes():
        raise Unavailable("needs faketime, and a build without sanitizers")
    deployment = trial.begin()
    clock = trial.directory / "clock"
    clock.write_text("+0s")
    for node in deployment.nodes:
        node.server.extra_environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        node.server.restart()
    made = deployment.cli().token("ana", "read:user:bitbucket", expires="1h", name="an hour")
    secret, server = made["secret"], deployment.first.server
    trial.expect(server.status_of(secret) == 200, "a fresh token does not work")
    load = trial.run_load(suspender=False)
    steps = ["-3600s", "+1800s", "-1s", "+600s", "+0s"]
    trial.chance.shuffle(steps)
    for step in [*steps, "+2h", "+0s", "-1h"]:
        clock.write_text(step)
        load.wait_for("verify", 20)
        load.wait_for("issue", 3)
        if step == "+2h":
            wait_until(lambda: server.status_of(secret) == 401, "it is over two hours later", 10)
            over = True
        elif "over" in locals():
            trial.expect(server.status_of(secret) == 401, f"the clock went back to {step}, and a token that was over works")
    begin = time.monotonic()
    trial.recorder.add("issue", begin, "ok", id=made["id"], node="n1", account="ana", expires=begin)
    trial.note(f"steps {', '.join(steps)}, +2h, +0s, -1h")


@fault("F27", "sqlite", "postgresql")
def terminated_and_frozen(trial):
    """SIGTERM under load answers what is under way. After SIGSTOP and SIGCONT the first answer is right."""
    deployment = trial.begin()
    load = trial.run_load()
    for _ in range(3):
        load.wait_for("issue", trial.chance.randrange(1, 30))
        node = trial.chance.choice(deployment.nodes)
        trial.expect(node.server.stop() == 0, f"{node.name} did not end with 0")
        restart(trial, node)
    pause = 2.0 if trial.store == "sqlite" else trial.bounds.lease + 3
    for _ in range(2):
        load.wait_for("issue", trial.chance.randrange(1, 30))
        node = trial.chance.choice(deployment.nodes)
        begin = time.monotonic()
        node.server.signal(signal.SIGSTOP)
        load.stopping.wait(pause)
        end = time.monotonic()
        node.server.signal(signal.SIGCONT)
        if trial.store == "postgresql":
            trial.cut(node, begin, end)
        wait_until(node.is_ready, f"{node.name} is ready again", 30)
    trial.note(f"3 SIGTERM, 2 SIGSTOP of {pause:g} s")


@fault("F29", "sqlite", "postgresql")
def keyring_lost_or_wrong(trial):
    """No keyring, or another one: it does not start, rather than to call every credential unknown."""
    deployment = trial.begin()
    load = trial.run_load(suspender=False)
    load.wait_for("revoke", 5)
    load.stop()
    node = deployment.first
    ring = node.server.data / "keyring" if trial.store == "sqlite" else deployment.directory / "keyring"
    node.server.stop()
    good = ring.read_bytes()
    stranger = deployment.directory / "stranger"
    other = deployment.cli()
    other.data, other.settings = stranger, {}
    other.account("zed")
    damages = {
        "missing": None,
        "another": (stranger / "keyring").read_bytes(),
        "cut in half": good[: len(good) // 2],
        "a digit changed": with_other_digit(good),
    }
    for name, content in damages.items():
        ring.unlink()
        if content is not None:
            ring.write_bytes(content)
            ring.chmod(0o600)
        try:
            node.server.start()
            trial.found.append(f"a keyring that is {name}: it started")
            node.server.kill()
        except StartFailed as failed:
            node.server.process = None
            trial.expect("keyring" in failed.output, f"a keyring that is {name}: {failed.output[-200:]}")
        ring.unlink(missing_ok=True)
        ring.write_bytes(good)
        ring.chmod(0o600)
    if trial.store == "sqlite":
        rotate_half_way(trial, deployment, node)
    trial.note(", ".join(damages))


def with_other_digit(ring):
    """The newest key, wrong by one hexadecimal digit."""
    at = ring.rindex(b"seal ") + 20
    return ring[:at] + (b"1" if ring[at : at + 1] == b"0" else b"0") + ring[at + 1 :]


def rotate_half_way(trial, deployment, node):
    """`keyring rotate` is killed while it seals everything anew; run again, it ends what it began."""
    for _ in range(5):
        words = [str(trial.binary), "keyring", "rotate", "--data", str(node.server.data)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rotating:
            time.sleep(trial.chance.random() * 0.05)  # Not to wait for anything: the moment is random.
            rotating.kill()
    deployment.cli().ok("keyring", "rotate")
    restart(trial, node)
