"""What the client side prints for others: `latchkey env`, `netrc`, and `doctor`, which says why something fails."""

import base64
import json
import shutil
import subprocess

import pytest

from support.server import clean_environment, free_port
from support.world import READ, USER, WRITE


def test_env_makes_git_ask_us(world, desk):
    token = world.token("ana", READ)
    desk.login(world.server.url, token["secret"])
    plain = desk.ok("env").out
    shows = token["secret"] in plain
    assert not shows
    script = 'eval "$("$BIN" env $FORM)" && git ls-remote "$REPO"'
    for form in ("", "--header"):
        env = clean_environment(
            **desk.environment, BIN=desk.binary, FORM=form, REPO=world.repository_url, GIT_TERMINAL_PROMPT="0",
            GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="user.name", GIT_CONFIG_VALUE_0="kept",
        )
        done = subprocess.run(
            ["sh", "-c", script + " && git config user.name"], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "refs/heads/main" in done.stdout and "kept" in done.stdout


def test_netrc_serves_curl(world, desk):
    desk.login(world.server.url, world.token("ana", READ, USER)["secret"])
    netrc = desk.home / ".netrc"
    netrc.write_text(desk.ok("netrc").out)
    done = subprocess.run(
        ["curl", "-sn", f"{world.server.url}/2.0/user"],
        env=clean_environment(HOME=desk.home), capture_output=True, text=True, check=True,
    )
    assert json.loads(done.stdout)["username"] == "ana"


def findings(ran):
    return {one["about"]: one for one in json.loads(ran.out)}


def test_doctor_finds_nothing_wrong(world, logged_in):
    ran = logged_in.run("doctor", "--operation", "git push ws/repo", "--json")
    assert ran.status == 0, ran.out
    found = findings(ran)
    assert {one["result"] for one in found.values()} == {"ok"}
    assert set(found) == {"server", "clock", "secret", "credential", "user", "expiry", "operation"}


def test_doctor_names_the_missing_scope(world, desk):
    desk.login(world.server.url, world.token("ana", READ)["secret"])
    ran = desk.run("doctor", world.server.url, "--operation", "git push ws/repo", "--json")
    found = findings(ran)["operation"]
    assert ran.status == 4 and found["result"] == "FAIL" and WRITE in found["finding"] + found["advice"]
    ran = desk.run("doctor", "--operation", "GET /2.0/user", "--json")
    assert USER in json.dumps(findings(ran)["operation"])
    ran = desk.run("doctor", "--operation", "git clone ws/none")
    assert ran.status == 4 and "does not exist" in ran.out


def test_doctor_looks_at_any_secret(world, desk):
    token = world.token("ana", READ)
    secret, url = token["secret"], world.server.url

    def about(text, *more):
        ran = desk.run("doctor", url, "--stdin", "--json", *more, stdin=text)
        assert "secret" in findings(ran)
        return ran, json.dumps(json.loads(ran.out))

    def base64_of(text):
        return base64.b64encode(text.encode()).decode()

    cases = {
        secret + "\n": "line break",
        base64_of(f"x-token-auth:{secret}"): "Base64 of user:secret",
        base64_of(f"x-token-auth:{secret}\n"): "and a line break",
        base64_of(f"somebody@example.org:{secret}")[:76]: "cut short",
        base64_of(f"somebody@example.org:{secret}")[:76] + "\n" + base64_of(f"somebody@example.org:{secret}")[76:]:
            "line break inside",
        f"Bearer {secret}": "header",
        secret[:-2]: "lost",
        "hunter2": "no credential",
    }
    for text, says in cases.items():
        ran, shown = about(text)
        told = says in shown
        assert ran.status == 4 and told, says
    assert about(secret)[0].status == 0
    ran, shown = about(secret, "--user", "rob")
    assert ran.status == 4 and "does not go with" in shown
    ran, shown = about(world.revoked_token()["secret"])
    assert ran.status == 4 and "revoked" in shown


def test_doctor_of_a_server_that_is_not_there(world, desk):
    ran = desk.run("doctor", f"http://127.0.0.1:{free_port()}")
    assert ran.status == 1 and "FAIL" in ran.out and "firewall" in ran.out


def test_doctor_notices_a_clock(world, logged_in, sanitized):
    if shutil.which("faketime") is None:
        pytest.skip("faketime is not installed")
    if sanitized:
        pytest.skip("a sanitizer wants to be loaded before the clock of faketime")
    done = subprocess.run(
        ["faketime", "-f", "+2h", str(logged_in.binary), "doctor", "--json"],
        env=clean_environment(**logged_in.environment), capture_output=True, text=True, check=False,
    )
    found = {one["about"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 4 and "ahead of the server" in found["clock"]["finding"]
