"""Backup and restore: the whole of an installation from its journal's copy, and never behind it."""

import json
import shutil

import pytest
from support.http import bearer


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "backup"


def may(world, token):
    return world.server.client().get("/api/v1/me", bearer(token["secret"])).status == 200


def restored(make_world, world, backup):
    """A server on what a backup made, in another directory with the same keyring."""
    data = world.directory / "restored"
    data.mkdir(mode=0o700)
    shutil.copy2(world.server.data / "keyring", data / "keyring")
    other = make_world(start=False, people=False, data=data)
    answer = other.cli.ok("restore", backup, "--json").json()
    other.server.start()
    return other, answer


def test_a_backup_of_a_running_server_is_the_installation(make_world, backup):
    world = make_world()
    kept, revoked, later = (world.token("ana") for _ in range(3))
    world.cli.ok("token", "revoke", revoked["id"])
    first = world.cli.ok("backup", backup, "--json").json()
    assert first["changes"] == first["added"] > 5

    world.cli.ok("token", "revoke", later["id"])
    again = world.cli.ok("backup", backup, "--json").json()
    assert again == {"changes": first["changes"] + 1, "added": 1}

    other, answer = restored(make_world, world, backup)
    assert answer["changes"] == answer["added"] == answer["restored"] == again["changes"]
    assert [may(other, token) for token in (kept, revoked, later)] == [True, False, False]
    assert other.cli.ok("audit", "verify", "--json").json()["findings"] == []


@pytest.mark.covers("Q-011")
def test_an_old_backup_undoes_nothing(make_world, backup):
    world = make_world()
    token = world.token("ana")
    world.cli.ok("backup", backup)
    world.cli.ok("token", "revoke", token["id"])
    world.server.stop()
    refused = world.cli.run("restore", backup)
    assert refused.status == 7 and "no revocation is undone" in refused.err
    (world.server.data / "latchkey.db").unlink()
    refused = world.cli.run("restore", backup)
    assert refused.status == 7 and "latchkey audit repair" in refused.err
    world.cli.ok("audit", "repair")
    world.server.start()
    assert not may(world, token)


def test_what_was_cut_off_or_edited_is_refused(make_world, backup):
    world = make_world()
    world.cli.ok("backup", backup)
    world.server.stop()
    journal, manifest = backup / "journal.log", backup / "backup.json"
    lines = journal.read_bytes().splitlines(keepends=True)
    data = world.directory / "restored"
    data.mkdir(mode=0o700)
    other = make_world(start=False, people=False, data=data)

    missing = other.cli.run("restore", backup)
    assert missing.status != 0 and "keyring" in missing.err
    shutil.copy2(world.server.data / "keyring", data / "keyring")

    journal.write_bytes(b"".join(lines[:-1]))
    cut = other.cli.run("restore", backup)
    assert cut.status == 7 and "cut off" in cut.err
    journal.write_bytes(b"".join(lines).replace(b'"ana@', b'"eve@', 1))
    edited = other.cli.run("restore", backup)
    assert edited.status == 7 and "chain is broken" in edited.err
    journal.write_bytes(b"".join(lines))
    manifest.write_text(json.dumps({"format": 1}))
    assert other.cli.run("restore", backup).status != 0
    manifest.unlink()
    none = other.cli.run("restore", backup)
    assert none.status != 0 and "there is no backup" in none.err
    assert not (data / "latchkey.db").exists()


def test_a_folder_with_something_else_is_left_alone(make_world, backup):
    world = make_world(people=False)
    backup.mkdir()
    (backup / "letter.txt").write_text("dear")
    refused = world.cli.run("backup", backup)
    assert refused.status != 0 and "something else" in refused.err
    assert world.cli.run("backup", world.server.data).status != 0
    assert [each.name for each in backup.iterdir()] == ["letter.txt"]


def test_restoring_needs_the_server_stopped(make_world, backup):
    world = make_world()
    world.cli.ok("backup", backup)
    refused = world.cli.run("restore", backup)
    assert refused.status == 6
