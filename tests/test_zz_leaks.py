"""The last test of a session: nothing that was written holds a secret that was issued in it."""

import base64
import hashlib
import os
import shutil
import signal

import pytest

from support.http import Client, basic, bearer
from support.secrets import forms_of, id_of, rebuild
from support.waiting import wait_until
from support.world import READ


def search(outputs, directory):
    return outputs.vault.search(directory, outputs.root / "patterns")


@pytest.fixture(scope="module")
def misplaced(outputs, request):
    """Secrets in every place of a request where somebody has put one, with the most talkative log."""
    from support.world import World

    world = World(outputs, {"log_level": "debug", "throttle_failures": 1_000_000}).people()
    secret = world.token("ana", READ)["secret"]
    wrong = world.vault.add(rebuild(secret, secret="A" + "b" * 21))
    client = Client(world.server.address)
    for text in (secret, wrong):
        client.get(f"/{text}", bearer("nope"))
        client.get(f"/api/v1/api-tokens/{text}", bearer(text))
        client.get(f"/?access_token={text}")
        client.get(f"/{text}/{text}.git/info/refs?service=git-upload-pack", bearer(text))
        client.get("/api/v1/me", basic(text, text))
        client.get("/api/v1/me", basic(text, ""))
        client.get(
            "/api/v1/me",
            bearer(text),
            fields={"X-Request-Id": text, "User-Agent": text, "Cookie": f"a={text}"},
        )
        client.request(text[:30], "/api/v1/me")
        client.post("/api/v1/api-tokens", {"name": text, "scopes": [text], text: text}, bearer(text))
        world.cli.run("token", "show", text)
        world.git.run("ls-remote", f"{world.server.url}/{text}/{text}.git")
    world.cli.run("inspect", stdin=secret, data=False)
    return world


def test_no_core_dump_is_written(misplaced):
    """Even where the system would write one."""
    misplaced.server.signal(signal.SIGABRT)
    misplaced.server.wait_end()
    assert not [path for path in misplaced.directory.rglob("core*") if path.is_file()]
    misplaced.server.start()


@pytest.mark.covers("K-001", "K-002", "K-003", "K-004")
def test_nothing_holds_a_secret(outputs, misplaced):
    assert len(outputs.vault) > 0
    assert len(misplaced.server.access_log()) > 0 and len(misplaced.server.log()) > 0
    for server in outputs.servers:
        server.stop()
    files = sum(1 for path in outputs.kept.rglob("*") if path.is_file())
    found = search(outputs, outputs.kept)
    print(f"{len(outputs.vault)} secrets, {files} files, {len(found)} hits")
    assert not [line for path in found[:20] for line in outputs.vault.blame(path)] and not found


def test_the_search_would_find_it(outputs, misplaced, tmp_path):
    """The search above can fail: a copy with one form of a secret in it is found, whichever form."""
    secret = misplaced.token("ana", READ)["secret"]
    copy = tmp_path / "copy"
    shutil.copytree(misplaced.directory, copy, ignore=lambda *_: ["admin.sock"])
    assert search(outputs, copy) == []
    log = copy / "access.log"
    size = log.stat().st_size
    for form in forms_of(secret):
        with open(log, "ab") as file:
            file.write(b"before " + form + b" behind\n")
        assert search(outputs, copy) == [str(log)]
        os.truncate(log, size)


def test_forms_are_right():
    secret = rebuild("lkat_" + "0" * 39, public_id="9fK2mQ7LwXc", secret="B0d1e2F3g4H5i6J7k8L9mZ")
    forms = forms_of(secret)
    for lead in ("", "a", "ab", "x-token-auth:", secret[:16]):
        assert any(core in base64.b64encode(f"{lead}{secret}".encode()) for core in forms)
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in forms
    assert id_of(secret) == "9fK2mQ7LwXc" and wait_until(lambda: True, "nothing")
