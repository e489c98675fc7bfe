"""The proxy that makes faults, between a real client and a real PostgreSQL."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fault.postgres import Postgres, programs
from fault.postgres_wire import ClientStream, ends_transaction
from fault.proxy import FaultProxy
from support.server import free_port
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(programs() is None, reason="needs PostgreSQL")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    one = Postgres(tmp_path_factory.mktemp("postgres") / "server", free_port(), sync=False).start()
    one.ask("CREATE TABLE seen (id INT PRIMARY KEY)")
    yield one
    one.remove()


@pytest.fixture
def proxy(database):
    database.ask("TRUNCATE seen")
    with FaultProxy(database.address) as one:
        yield one


def rows(database):
    return database.ask("SELECT count(*) FROM seen")


def insert(database, proxy, timeout=20.0):
    return database.psql("BEGIN;\nINSERT INTO seen VALUES (1);\nCOMMIT;\n", proxy.address, timeout=timeout)


def test_it_passes_on_what_it_is_not_told_to_harm(database, proxy):
    assert insert(database, proxy).returncode == 0
    assert len(database.ask("SELECT repeat('x', 1000) FROM generate_series(1, 2000)", address=proxy.address)) == 2_001_999
    assert rows(database) == "1" and proxy.commits_seen == 1 and proxy.commits_cut == 0
    wait_until(lambda: proxy.connections == 0, "the connections are gone")


def test_a_commit_is_cut_behind_the_server(database, proxy):
    """The client knows nothing, and the row is there."""
    proxy.cut_commits()
    done = insert(database, proxy)
    assert done.returncode != 0 and "connection" in done.stderr
    wait_until(lambda: rows(database) == "1", "the server has committed")
    assert proxy.commits_cut == 1
    assert database.psql("BEGIN; INSERT INTO seen VALUES (2); COMMIT;", proxy.address).returncode == 0, "only one is cut"


def test_a_commit_is_cut_before_the_server(database, proxy):
    proxy.cut_commits(before=True)
    assert insert(database, proxy).returncode != 0
    locks = "SELECT count(*) FROM pg_locks WHERE relation = 'seen'::regclass AND pid <> pg_backend_pid()"
    wait_until(lambda: database.ask(locks) == "0", "the transaction is over")
    assert rows(database) == "0"


@pytest.mark.parametrize("protocol", ["simple", "extended", "prepared"])
def test_a_commit_is_seen_in_each_protocol(database, proxy, protocol, tmp_path):
    script = tmp_path / "script.sql"
    script.write_text("\\set id random(1, 1000000)\nBEGIN;\nINSERT INTO seen VALUES (:id) ON CONFLICT DO NOTHING;\nEND;\n")
    words = [database.bin / "pgbench", "-n", "-M", protocol, "-f", script, "-t", "5", database.dsn(proxy.address)]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert proxy.commits_seen == 5
    proxy.cut_commits()
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    assert done.returncode != 0 and proxy.commits_cut == 1


def test_commits_are_held(database, proxy):
    """Meanwhile the transaction is open, and its row locked."""
    proxy.hold_commits(1.0, 0.3)
    began = time.monotonic()
    assert insert(database, proxy).returncode == 0
    assert time.monotonic() - began >= 0.3 and proxy.commits_held == 1
    proxy.heal()
    assert database.psql("BEGIN; COMMIT;", proxy.address).returncode == 0 and proxy.commits_held == 1


def test_answers_come_late(database, proxy):
    database.ask("SELECT 1", address=proxy.address)
    proxy.delay(0.15)
    began = time.monotonic()
    database.ask("SELECT 1", address=proxy.address)
    assert time.monotonic() - began >= 0.3, "there and back"


def test_answers_trickle(database, proxy):
    proxy.trickle(200)
    began = time.monotonic()
    assert database.ask("SELECT repeat('x', 100)", address=proxy.address) == "x" * 100
    assert time.monotonic() - began >= 0.5


def test_silence_and_afterwards_everything(database, proxy):
    """What was sent meanwhile arrives when it is over."""
    proxy.blackhole()
    with pytest.raises(subprocess.TimeoutExpired):
        database.psql("SELECT 1", proxy.address, timeout=0.5)
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(insert(database, proxy).returncode))
    waiting.start()
    wait_until(lambda: proxy.connections > 0, "it is connected")
    assert rows(database) == "0"
    proxy.heal()
    waiting.join()
    assert answers == [0] and rows(database) == "1"


def test_silence_one_way(database, proxy):
    """The statement arrives, its answer does not."""
    proxy.blackhole(up=False)
    waiting = threading.Thread(target=lambda: insert(database, proxy))
    waiting.start()
    wait_until(lambda: proxy.connections > 0, "it is connected")
    proxy.reset_all()
    waiting.join()
    assert rows(database) == "0", "a client that hears nothing does not get as far as a COMMIT"


def test_connections_are_reset_and_refused(database, proxy):
    waiting = subprocess.Popen(
        ["psql", "-XAtq", database.dsn(proxy.address), "-c", "SELECT pg_sleep(60)"], stderr=subprocess.PIPE, text=True
    )
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(60)' AND state = 'active'"
    wait_until(lambda: database.ask(sleeping) == "1", "it sleeps")
    assert proxy.reset_all() == 1
    _, message = waiting.communicate(timeout=20)
    assert waiting.returncode != 0 and message
    proxy.refuse()
    assert database.psql("SELECT 1", proxy.address).returncode != 0
    proxy.heal()
    assert database.ask("SELECT 1", address=proxy.address) == "1"


def test_a_server_that_is_killed_comes_back(tmp_path):
    server = Postgres(tmp_path / "server", free_port()).start()
    try:
        with FaultProxy(server.address) as proxy:
            server.ask("CREATE TABLE t AS SELECT 1 AS n", address=proxy.address)
            server.kill()
            assert server.psql("SELECT 1", proxy.address).returncode != 0
            server.start()
            assert server.ask("SELECT n FROM t", address=proxy.address) == "1"
    finally:
        server.remove()
    assert not (tmp_path / "server").exists()


def test_it_is_a_program_too(database):
    words = [sys.executable, Path(__file__).parent / "fault/proxy.py", "--to", "%s:%s" % database.address]
    with subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        host, port = program.stdout.readline().split(";")[0].split(":")
        database.psql("BEGIN; SELECT 1; COMMIT;", (host, port))
        program.stdin.write("status\nrefuse\nstatus\n")
        program.stdin.flush()
        assert "1 commits" in program.stdout.readline()
        program.stdout.readline()
        assert database.psql("SELECT 1", (host, port)).returncode != 0
        program.stdin.close()
        assert program.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("sql", "commits"),
    [
        (b"COMMIT", True),
        (b" commit ;", True),
        (b"END", True),
        (b"INSERT INTO t VALUES (1); COMMIT", True),
        (b"BEGIN", False),
        (b"SELECT 'COMMIT'", False),
        (b"COMMITTED", False),
        (b"ROLLBACK", False),
        (b"", False),
    ],
)
def test_what_ends_a_transaction(sql, commits):
    assert ends_transaction(sql) is commits


def message(kind, body):
    return kind + (len(body) + 4).to_bytes(4, "big") + body


START = (12).to_bytes(4, "big") + (196608).to_bytes(4, "big") + b"\0\0\0\0"


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_messages_are_found_however_they_are_cut(size):
    sent = START + message(b"Q", b"BEGIN\0") + message(b"Q", b"COMMIT\0") + message(b"Q", b"SELECT 1\0")
    stream, out = ClientStream(), []
    for at in range(0, len(sent), size):
        out += stream.feed(sent[at : at + size])
    assert b"".join(piece for piece, _ in out) == sent
    commits = [piece for piece, commits in out if commits]
    assert len(commits) == 1 and commits[0].endswith(b"COMMIT\0")


def test_an_encrypted_connection_passes_unseen():
    stream = ClientStream()
    request = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
    assert stream.feed(request) == [(request, False)]
    hello = b"\x16\x03\x01" + bytes(200)
    assert stream.feed(hello) == [(hello, False)] and stream.feed(b"more") == [(b"more", False)]
