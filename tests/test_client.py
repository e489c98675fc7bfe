"""The client side: logins, git's helper, renewal. Real server, real git; the secrets are the person's own."""

import json
import shutil
import stat
import subprocess
import time

import pytest

from support.client import RENEW, Desk, Proxy, is_in_force, own_lines, type_at_terminal
from support.server import clean_environment, free_port
from support.waiting import wait_until
from support.world import READ, WRITE, from_now

PROMISED_SECONDS = 5


# Logging in


def test_a_login_is_checked_and_kept_sealed(world, desk):
    token = world.token("ana", READ, WRITE)
    ran = desk.login(world.server.url, token["secret"])
    assert "ana" in ran.out and token["id"] in ran.out and "git config" in ran.out
    for path in (desk.book_file, desk.directory / "key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.directory.stat().st_mode) == 0o700
    found = any(token["secret"] in path.read_text() for path in desk.directory.iterdir())
    assert not found, "a secret lies in clear"
    assert desk.only_login()["id"] == token["id"]


@pytest.mark.parametrize("spoil", ["revoked", "mistyped", "no-credential"])
def test_what_does_not_work_is_no_login(world, desk, spoil):
    if spoil == "revoked":
        secret = world.revoked_token()["secret"]
    elif spoil == "mistyped":
        secret = world.token()["secret"][:-3]
    else:
        secret = "correct horse battery staple"
    ran = desk.run("login", world.server.url, "--store", "file", stdin=secret)
    assert ran.status == 4
    assert not desk.book_file.exists()


def test_a_secret_is_no_argument(world, desk):
    ran = desk.run("login", world.server.url, world.token()["secret"])
    assert ran.status == 2 and not desk.book_file.exists()


def test_where_no_latchkey_answers(desk):
    ran = desk.run("login", f"http://127.0.0.1:{free_port()}", stdin="x")
    assert ran.status == 1 and "onnect" in ran.err
    ran = desk.run("login", "http://git.example.org", stdin="x")
    assert ran.status == 4 and "clear" in ran.err


def test_whoami_and_logout(world, logged_in):
    ran = logged_in.ok("whoami", "--json")
    (login,) = json.loads(ran.out)
    assert login["username"] == "ana" and login["in_force"] and login["renews_itself"]
    assert "in force" in logged_in.ok("whoami", world.server.url).out
    world.cli.ok("token", "revoke", logged_in.token["id"])
    ran = logged_in.run("whoami")
    assert ran.status == 4 and "revoked" in ran.out
    logged_in.ok("logout", world.server.url)
    assert logged_in.book()["logins"] == []
    assert logged_in.run("logout").status == 3
    assert logged_in.ask(world.server.url) == ({}, "")


def test_logout_can_revoke(world, logged_in):
    logged_in.ok("logout", "--revoke")
    assert not is_in_force(world, logged_in.token["secret"])


def test_an_app_password_goes_with_its_name(world, desk):
    secret = world.cli.app_password("ana", "repository:write")["secret"]
    ran = desk.run("login", world.server.url, "--store", "file", stdin=secret)
    assert ran.status == 4 and "--user" in ran.err
    desk.login(world.server.url, secret, "--user", "ana")
    answer, _ = desk.ask(world.server.url)
    assert answer["username"] == "ana"
    desk.use_for_git(world.server.url)
    desk.git.ok("ls-remote", world.repository_url)


def test_a_passphrase_opens_the_file(world, desk):
    token, command = world.token("ana", READ), [desk.binary, "login", world.server.url, "--passphrase"]
    env = clean_environment(**desk.environment)
    status, shown = type_at_terminal(command, env, [token["secret"], "open sesame", "open sesame"])
    assert status == 0, shown.replace(token["secret"], "…")
    echoed = token["secret"] in shown or "sesame" in shown
    assert not echoed
    assert desk.book()["unlock"] == "passphrase" and not (desk.directory / "key").exists()
    ask = [desk.binary, "whoami"]
    status, shown = type_at_terminal(ask, env, ["open sesame"])
    assert status == 0 and "in force" in shown
    status, shown = type_at_terminal(ask, env, ["open barley"])
    assert status == 4 and "does not open" in shown


def test_a_changed_address_opens_nothing(world, logged_in):
    """Who can write to the file cannot have the secret sent elsewhere."""
    logged_in.change(url="https://evil.example", server="https://evil.example")
    ran = logged_in.helper("get", protocol="https", host="evil.example")
    assert ran.out == "quit=1\n" and "does not open" in ran.err


def test_a_key_file_that_others_may_read_is_refused(world, logged_in):
    (logged_in.directory / "key").chmod(0o644)
    ran = logged_in.helper("get", protocol="http", host=world.server.host)
    assert ran.out == "quit=1\n" and "chmod 600" in ran.err


# git's helper


def test_clone_and_push(world, logged_in):
    logged_in.git.ok("clone", "-q", world.repository_url, "work")
    work = logged_in.home / "work"
    head = logged_in.git.commit(work, name="client.txt")
    logged_in.git.ok("-C", work, "push", "-q", "origin", "HEAD:refs/heads/client")
    assert head in logged_in.git.ok("ls-remote", world.repository_url).out


def test_the_answer_tells_the_end(world, logged_in):
    answer, said = logged_in.ask(world.server.url)
    assert set(answer) == {"username", "password", "password_expiry_utc"} and said == ""
    assert answer["username"] == "x-token-auth"
    left = int(answer["password_expiry_utc"]) - time.time()
    assert 89 * 86400 < left <= 91 * 86400


def test_bearer_for_a_git_that_knows_it(world, logged_in):
    known = {"capability__": ["authtype", "state"], "wwwauth__": ['Bearer realm="x"', 'Basic realm="x"']}
    answer, _ = logged_in.ask(world.server.url, **known)
    assert answer["authtype"] == "Bearer" and answer["capability[]"] == "authtype"
    assert "password" not in answer and is_in_force(world, world.vault.add(answer["credential"]))
    answer, _ = logged_in.ask(world.server.url, capability__="authtype", wwwauth__='Basic realm="x"')
    assert "password" in answer and "authtype" not in answer


def test_others_hosts_users_and_unknown_keys(world, logged_in):
    assert logged_in.ask("https://elsewhere.example") == ({}, "")
    assert logged_in.ask(world.server.url, username="rob") == ({}, "")
    for user in ("ana", "ANA@example.org", "x-token-auth"):
        assert "password" in logged_in.ask(world.server.url, username=user, ephemeral="1")[0]
    assert logged_in.helper("capability").status == 0


def test_logins_per_path(world, desk):
    wide, narrow = world.token("ana", READ), world.token("ana", READ, WRITE)
    desk.login(world.server.url, wide["secret"])
    desk.login(f"{world.server.url}/ws", narrow["secret"])

    def chosen(url):
        return desk.ask(url)[0]["password"] == narrow["secret"]

    assert chosen(f"{world.server.url}/ws/repo.git")
    assert not chosen(f"{world.server.url}/wsx/repo.git") and not chosen(world.server.url)
    desk.use_for_git(world.server.url)
    desk.git.ok("config", "--global", f"credential.{world.server.url}.useHttpPath", "true")
    desk.git.ok("clone", "-q", world.repository_url, "work")
    desk.git.commit(desk.home / "work", name="path.txt")
    desk.git.ok("-C", desk.home / "work", "push", "-q", "origin", "HEAD:refs/heads/path")


def test_store_keeps_what_was_typed(world, desk):
    token = world.token("ana", READ)
    where = {"protocol": "http", "host": world.server.host}
    assert desk.helper("store", **where, username="x", password="another system's").status == 0
    assert not desk.book_file.exists()
    ran = desk.helper("store", **where, username="ana", password=token["secret"])
    assert ran.status == 0, ran.err
    assert desk.only_login()["id"] == token["id"]


def run_timed(desk, *words, **more):
    began = time.monotonic()
    ran = desk.run_git(*words, env={"GIT_TERMINAL_PROMPT": "1"}, **more)
    return ran, time.monotonic() - began


@pytest.mark.parametrize("how", ["expired", "revoked", "suspended"])
def test_a_dead_token_ends_git_with_one_line(make_world, outputs, latchkey_bin, how):
    world = make_world()
    desk = Desk(outputs, latchkey_bin)
    token = world.cli.token("ana", READ, expires=from_now(3 if how == "expired" else 3600))
    desk.login(world.server.url, token["secret"])
    desk.use_for_git(world.server.url)
    if how == "revoked":
        world.cli.ok("token", "revoke", token["id"])
    elif how == "suspended":
        world.cli.ok("account", "suspend", "ana")
    else:
        wait_until(lambda: world.server.status_of(token["secret"]) == 401, "it expires", seconds=15)
    for attempt in ("first", "later"):
        ran, took = run_timed(desk, "clone", world.repository_url, f"work-{attempt}")
        assert ran.status == 128 and took < PROMISED_SECONDS
        (line,) = own_lines(ran)
        assert how in line and "latchkey login" in line, line
        assert "Username" not in ran.err
    if how == "suspended":
        world.cli.ok("account", "resume", "ana")
        desk.git.ok("ls-remote", world.repository_url)
        assert "refused" not in desk.only_login()


def test_a_missing_scope_does_not_end_the_login(world, desk):
    desk.login(world.server.url, world.token("ana", READ)["secret"])
    desk.use_for_git(world.server.url)
    desk.git.ok("clone", "-q", world.repository_url, "work")
    desk.git.commit(desk.home / "work", "another.txt")
    ran = desk.run_git("-C", desk.home / "work", "push", "origin", "HEAD:refs/heads/none")
    assert not ran.ok and WRITE in ran.remote and not own_lines(ran)
    desk.git.ok("ls-remote", world.repository_url)


@pytest.fixture
def refusing(make_world):
    """A proxy that refuses whatever git-lfs asks for, whoever asks."""
    world = make_world()
    proxy = Proxy(world.server)
    proxy.unauthorized = "/info/lfs/"
    yield world, proxy
    proxy.stop()


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_a_dead_token_ends_git_lfs(refusing, outputs, latchkey_bin):
    world, proxy = refusing
    desk = Desk(outputs, latchkey_bin)
    token = world.token("ana", READ, WRITE)
    desk.login(proxy.url, token["secret"])
    desk.use_for_git(proxy.url)
    work = desk.git.fresh("work")
    desk.git.ok("-C", work, "remote", "add", "origin", f"{proxy.url}/ws/repo.git")
    desk.git.ok("-C", work, "lfs", "install", "--local")
    desk.git.ok("-C", work, "lfs", "track", "*.bin")
    desk.git.commit(work, name="big.bin", content="large\n" * 1000)
    world.cli.ok("token", "revoke", token["id"])
    for _ in ("first", "later"):
        ran, took = run_timed(desk, "-C", work, "lfs", "push", "origin", "HEAD")
        assert ran.status != 0 and took < PROMISED_SECONDS
        assert any("revoked" in line for line in own_lines(ran)), ran.err
        assert "Username" not in ran.err


# The desktop's keyring


@pytest.fixture
def keyring(desk, tmp_path):
    """A session bus of its own with the real GNOME keyring on it, unlocked."""
    if not all(map(shutil.which, ("dbus-daemon", "gnome-keyring-daemon"))):
        pytest.skip("gnome-keyring is not installed")
    env = clean_environment(HOME=desk.home, XDG_RUNTIME_DIR=tmp_path, XDG_DATA_HOME=desk.home / ".local/share")
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True, env=env
    )
    env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env,
    )
    daemon.stdin.write(b"the session's password")
    daemon.stdin.close()
    daemon.stdout.readline()  # It says where it listens once it is unlocked.
    desk.extra = {name: env[name] for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME")}
    yield desk
    for process in (daemon, bus):
        process.terminate()
        process.wait(timeout=20)


def test_the_keyring_keeps_the_secret(world, keyring):
    token = world.token("ana", READ, WRITE, RENEW)
    ran = keyring.ok("login", world.server.url, stdin=token["secret"])
    assert "Logged in" in ran.out
    assert keyring.book()["store"] == "keyring" and "sealed" not in keyring.only_login()
    keyring.use_for_git(world.server.url)
    assert keyring.run_git("ls-remote", world.repository_url).ok
    keyring.make_it_old()
    keyring.change(expires_at=from_now(6 * 86400))
    ran = keyring.run_git("ls-remote", world.repository_url)
    assert ran.ok and "renewed itself" in ran.err
    answer, _ = keyring.ask(world.server.url)
    other = answer["password"] != token["secret"]
    assert other and is_in_force(world, world.vault.add(answer["password"]))
    keyring.ok("login", world.server.url, "--store", "file", stdin=token["secret"])
    assert keyring.book()["store"] == "file" and "sealed" in keyring.only_login()
    keyring.ok("login", world.server.url, "--store", "keyring", stdin=token["secret"])
    keyring.ok("logout")
    assert keyring.ask(world.server.url) == ({}, "")


def test_without_a_keyring_it_says_so(world, desk):
    ran = desk.run("login", world.server.url, "--store", "keyring", stdin=world.token()["secret"])
    assert ran.status == 1 and "--store file" in ran.err


def test_completion_knows_the_commands(desk):
    for shell in ("bash", "zsh", "fish"):
        script = desk.ok("completion", shell).out
        for word in ("login", "logout", "whoami", "git-credential", "netrc", "env", "doctor", "--passphrase"):
            assert word.removeprefix("--") in script, f"{shell}: {word}"
