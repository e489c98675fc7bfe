"""The server's edges: limits, throttle, TLS, signals, metrics, settings."""

import json
import os
import re
import signal
import ssl
import subprocess
import threading

import pytest

from support.http import RawConnection, basic, bearer, exchange
from support.server import StartFailed, clean_environment
from support.tls import make_certificate
from support.waiting import wait_until
from support.world import READ

REFUSED, NO_INSTALLATION = 4, 6
ME = "/api/v1/me"


def test_a_flood_of_wrong_credentials_is_throttled(make_world):
    """Wrong ones get 429 after a while; the right one passes all the time, and so do requests without any."""
    world = make_world(throttle_failures=5, throttle_window="1h")
    client, good = world.server.client(), world.token()["secret"]
    for _ in range(40):
        assert client.get(ME).status == 401
    statuses = [client.get(ME, bearer(f"wrong{i}")).status for i in range(12)]
    assert statuses[:5] == [401] * 5 and statuses[-1] == 429
    throttled = client.get(ME, bearer("wrong"))
    assert throttled.status == 429 and 1 <= int(throttled.get("Retry-After")) <= 3600
    assert client.get(ME, bearer(good)).status == 200 and client.get(ME).status == 401
    assert client.get("/ws/repo.git/info/refs?service=git-upload-pack", bearer("wrong")).status == 429
    assert client.get("/2.0/user", bearer("wrong")).status == 429


def test_an_id_alone_does_not_lock_its_owner_out(make_world):
    """Ids are public: who sends one with a wrong secret uses up its own attempts, not the owner's."""
    from support.secrets import rebuild

    world = make_world(throttle_failures=5, throttle_window="1h")
    good = world.token()["secret"]
    wrong = world.vault.add(rebuild(good, secret="Z" * 22))
    for _ in range(20):
        world.server.client().get(ME, bearer(wrong))
    assert world.allowed(good)


def test_git_without_credentials_never_counts(make_world):
    world = make_world(throttle_failures=3, throttle_window="1h")
    for _ in range(10):
        assert not world.git.run("ls-remote", world.repository_url).ok
    answer = world.server.client().get("/ws/repo.git/info/refs?service=git-upload-pack")
    assert answer.status == 401


def test_sizes_at_their_limits(make_world):
    world = make_world(people=False, target_size_max=512, head_size_max=4096)
    address, host = world.server.address, world.server.host

    def status(target="/healthz", fields=""):
        return exchange(address, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode()).statuses

    assert status("/healthz?" + "a" * (512 - 9)) == [200]
    assert status("/healthz?" + "a" * (512 - 8)) == [414]
    assert status(fields="X-A: " + "a" * 3000 + "\r\n") == [200]
    assert status(fields="X-A: " + "a" * 4096 + "\r\n") == [431]


def test_one_address_has_so_many_connections(make_world):
    world = make_world(people=False, connections_per_address_max=10)
    # The connection that waited for the server may still be on its way out.
    open_ones = [wait_until(lambda: _open(world), "a place") for _ in range(10)]
    with RawConnection(world.server.address) as one_more:
        one_more.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert one_more.read_answer().status == 429 and one_more.is_closed()
    for connection in open_ones:
        connection.socket.close()
    wait_until(lambda: _try(world) == 200, "places are free again")


def _open(world):
    connection = RawConnection(world.server.address)
    connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    if connection.read_answer().status == 200:
        return connection
    connection.socket.close()
    return None


def _try(world):
    try:
        return world.server.client().get("/healthz").status
    except (OSError, ValueError):
        return None


def test_an_idle_connection_is_closed_without_a_word(make_world):
    world = make_world(people=False, keep_alive_timeout="1s")
    with RawConnection(world.server.address) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.read_answer().status == 200
        assert connection.is_closed()


def test_a_head_that_never_ends_is_408(make_world):
    world = make_world(people=False, head_timeout="1s")
    with RawConnection(world.server.address) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: local")
        assert connection.read_answer().status == 408 and connection.is_closed()


def common_name(world, context):
    with RawConnection(world.server.address, tls=context) as connection:
        return dict(pair[0] for pair in connection.socket.getpeercert()["subject"])["commonName"]


def test_tls_and_its_reload(make_world, tmp_path):
    certificate, key = make_certificate(tmp_path, "first")
    world = make_world(start=False, people=False, tls_certificate=certificate, tls_key=key)
    world.server.tls = ssl.create_default_context(cafile=certificate)
    world.server.start()
    world.people()
    secret = world.token()["secret"]
    answer = world.server.client().get(ME, bearer(secret))
    assert answer.status == 200 and answer.get("Strict-Transport-Security")
    world.git.ok(
        "-c",
        f"http.sslCAInfo={certificate}",
        "-c",
        f"http.extraHeader=Authorization: Bearer {secret}",
        "clone",
        "-q",
        world.repository_url,
        "by-tls",
    )
    with RawConnection(world.server.address, tls=world.server.tls) as kept:
        kept.send(f"GET /healthz HTTP/1.1\r\nHost: {world.server.host}\r\n\r\n".encode())
        assert kept.read_answer().status == 200
        make_certificate(tmp_path, "second")
        world.server.tls = ssl.create_default_context(cafile=certificate)
        world.server.signal(signal.SIGHUP)
        wait_until(lambda: _common_name_or_none(world) == "second", "the new certificate is used")
        kept.send(f"GET /healthz HTTP/1.1\r\nHost: {world.server.host}\r\n\r\n".encode())
        assert kept.read_answer().status == 200


def _common_name_or_none(world):
    try:
        return common_name(world, world.server.tls)
    except ssl.SSLError:
        return None


def test_a_broken_certificate_leaves_the_old_one(make_world, tmp_path):
    certificate, key = make_certificate(tmp_path, "first")
    world = make_world(start=False, people=False, tls_certificate=certificate, tls_key=key)
    world.server.tls = ssl.create_default_context(cafile=certificate)
    world.server.start()
    certificate.write_text("not a certificate")
    world.server.signal(signal.SIGHUP)
    wait_until(lambda: "reload_failed" in world.server.log(), "the failure is told")
    assert world.server.client().get("/healthz").status == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version, accepted", [("TLSv1_2", True), ("TLSv1_3", True), ("TLSv1_1", False)])
def test_versions_of_tls(make_world, tmp_path, version, accepted):
    certificate, key = make_certificate(tmp_path, "versions")
    world = make_world(start=False, people=False, tls_certificate=certificate, tls_key=key)
    world.server.tls = ssl.create_default_context(cafile=certificate)
    world.server.start()
    context = ssl.create_default_context(cafile=certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    try:
        with RawConnection(world.server.address, tls=context):
            assert accepted
    except ssl.SSLError:
        assert not accepted


def test_half_of_tls_is_refused(make_world, tmp_path):
    certificate, _ = make_certificate(tmp_path, "half")
    world = make_world(start=False, people=False, tls_certificate=certificate)
    with pytest.raises(StartFailed) as failed:
        world.server.start()
    assert failed.value.status == REFUSED and "tls_key" in failed.value.output


def test_a_graceful_stop_lets_a_push_end(make_world):
    """SIGTERM while a request is under way: it is answered, nobody new is, and the status is 0."""
    from hostile.test_git_sequences import HalfPush, commands_and_pack
    from support.git import refs

    world = make_world()
    first, rest = commands_and_pack(world, "refs/heads/under-way")
    half = HalfPush(world, bearer(world.token()["secret"]), [first])
    wait_until(
        lambda: world.server.metrics().get("latchkey_http_connections", 0) >= 2, "the push is under way"
    )
    world.server.signal(signal.SIGTERM)
    wait_until(lambda: _try(world) is None, "nobody new is let in")
    half.send(rest)
    answer = half.finish()
    assert answer.status == 200 and b"unpack ok" in answer.body
    assert world.server.wait_end() == 0
    assert "refs/heads/under-way" in refs(world.repository, world.git)


def test_a_stop_that_nobody_lets_end(make_world):
    world = make_world(people=False, grace="1s")
    with RawConnection(world.server.address) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: local")
        world.server.signal(signal.SIGTERM)
        assert world.server.wait_end() == 0


def test_request_ids(world):
    client = world.server.client()
    ids = [client.get("/healthz").get("X-Request-Id") for _ in range(3)]
    assert len(set(ids)) == 3 and all(re.fullmatch(r"[0-9A-Za-z-]{8,64}", request_id) for request_id in ids)
    chosen = client.get("/healthz", fields={"X-Request-Id": "chosen-by-a-stranger"})
    assert chosen.get("X-Request-Id") != "chosen-by-a-stranger"
    problem = client.get(ME)
    assert problem.json()["request_id"] == problem.get("X-Request-Id")
    wait_until(lambda: problem.get("X-Request-Id") in world.server.access_log(), "it is in the access log")


def test_trusted_proxies(make_world):
    world = make_world(people=False, trusted_proxies="127.0.0.1/32", access_log="off")
    answer = world.server.client().get("/healthz", fields={"X-Request-Id": "from-the-proxy-1"})
    assert answer.get("X-Request-Id") == "from-the-proxy-1"


def test_the_access_log_is_json_without_queries(world):
    client = world.server.client()
    client.get("/healthz?secret=hush", fields={"User-Agent": 'a"b\\c'})
    wait_until(lambda: "/healthz" in world.server.access_log(), "it is logged")
    for line in world.server.access_log().splitlines():
        entry = json.loads(line)
        assert "hush" not in line and isinstance(entry, dict)


def test_metrics(world):
    client = world.server.client()
    client.get(ME, bearer("wrong"))
    metrics = world.server.metrics()
    assert metrics["latchkey_decisions_total"] > 0 and metrics["latchkey_http_requests_total"] > 0
    assert metrics["latchkey_alarms_total"] == 0 and metrics["latchkey_ledger_healthy"] == 1
    text = client.get("/metrics").text
    assert "# HELP" in text and "# TYPE" in text
    assert "ana" not in text and "/ws/" not in text


def test_metrics_are_for_their_readers(make_world):
    world = make_world(people=False, metrics_addresses="192.0.2.0/24")
    assert world.server.client().get("/metrics").status == 403


def test_other_hosts_are_misdirected(make_world):
    world = make_world(people=False, public_url="https://git.example.org", host_names="other.example.org")

    def status(host):
        return exchange(
            world.server.address, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        ).first.status

    assert [
        status(h) for h in ("git.example.org", "GIT.example.org:443", "other.example.org", "localhost")
    ] == [200] * 4
    assert [status(h) for h in ("evil.example", "git.example.org.evil.example", "example.org")] == [421] * 3


def test_links_come_from_the_public_url(make_world):
    world = make_world(public_url="https://git.example.org/")
    manager = world.manager()["secret"]
    made = world.create(bearer(manager), {"name": "x", "scopes": [READ], "ttl": 3600})
    assert made.get("Location").startswith("https://git.example.org/api/v1/api-tokens/")
    user = world.server.client().get("/2.0/user", bearer(manager)).json()
    assert user["links"]["self"]["href"].startswith("https://git.example.org/")


def test_safe_fields_on_every_answer(world):
    client = world.server.client()
    for path in (
        "/",
        "/healthz",
        ME,
        "/nowhere",
        "/api/v1/openapi.json",
        "/ws/repo.git/info/refs?service=git-upload-pack",
    ):
        answer = client.get(path)
        assert answer.get("X-Content-Type-Options") == "nosniff", path
        assert "frame-ancestors 'none'" in answer.get("Content-Security-Policy"), path
        assert answer.get("Referrer-Policy") == "no-referrer" and not answer.get("Server"), path


def run_settings(world, config=None, environment=None, *flags):
    words = [world.server.binary, "settings", *(["--config", config] if config else []), *flags]
    return subprocess.run(
        words, capture_output=True, text=True, env=clean_environment(**(environment or {})), check=False
    )


CONFIGS = {
    "an unknown key": ('listn = "127.0.0.1:8080"\n', "listen"),
    "a value of another kind": ('head_timeout = "soon"\n', "head_timeout"),
    "out of range": ("head_size_max = 1\n", "head_size_max"),
    "broken": ("listen = \n", "line 1"),
    "a table": ('[server]\nlisten = "127.0.0.1:8080"\n', "server"),
    "twice": ("threads = 1\nthreads = 2\n", "threads"),
    "a public URL with a path to a user": ('public_url = "https://ana:x@example.org"\n', "public_url"),
    "lives in the wrong order": ('token_lifetime_min = "9d"\ntoken_lifetime_max = "1d"\n', "token_lifetime"),
    "a prefix of others": ('credential_prefix = "a"\n', "credential_prefix"),
    "an address that is none": ('listen = "example"\n', "listen"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_settings_that_are_refused(world, tmp_path, name):
    text, word = CONFIGS[name]
    config = tmp_path / "latchkey.toml"
    config.write_text(text)
    done = run_settings(world, config)
    assert done.returncode == REFUSED and word in done.stderr, done.stderr
    served = subprocess.run(
        [world.server.binary, "serve", "--config", config, "--data", tmp_path / "data"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
        timeout=30,
    )
    assert served.returncode == REFUSED and not (tmp_path / "data" / "latchkey.db").exists()


def test_flags_win_over_environment_over_file(world, tmp_path):
    config = tmp_path / "latchkey.toml"
    config.write_text('head_timeout = "1s"\nbody_timeout = "1s"\nwrite_timeout = "1s"\n')
    environment = {"LATCHKEY_BODY_TIMEOUT": "2s", "LATCHKEY_WRITE_TIMEOUT": "2s"}
    done = run_settings(world, config, environment, "--write-timeout", "3s", "--json")
    shown = json.loads(done.stdout)
    assert [shown[f"{name}_timeout"] for name in ("head", "body", "write")] == ["1s", "2s", "3s"]


def test_an_unknown_variable_is_told(make_world):
    world = make_world(start=False, people=False)
    world.server.extra_environment = {"LATCHKEY_LISTN": "x"}
    world.server.start()
    assert "LATCHKEY_LISTN" in world.server.log()


def test_a_port_that_is_taken(make_world):
    first, second = make_world(people=False), make_world(start=False, people=False)
    second.server.port = first.server.port
    second.server.start(wait=False)
    assert second.server.process.wait(timeout=60) == NO_INSTALLATION
    assert str(first.server.port) in second.server.output()


def test_many_clients_at_once(world):
    """Sixteen clients on kept connections: every answer is the right one."""
    secret, wrong = world.token()["secret"], []

    def ask():
        with world.server.client() as client:
            for i in range(200):
                good = client.get(ME, bearer(secret)).status
                bad = client.get(ME, basic("rob", secret)).status
                if (good, bad) != (200, 401):
                    wrong.append((i, good, bad))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_logs_are_opened_again(world):
    old = world.server.access_file.with_suffix(".old")
    os.rename(world.server.access_file, old)
    world.server.signal(signal.SIGHUP)
    wait_until(lambda: _try(world) and world.server.access_file.exists(), "there is a new file")
    wait_until(lambda: _try(world) and "/healthz" in world.server.access_log(), "it is written to")
