"""Commands and the data directory: which make one, which refuse one, and who may have it when."""

import os
import subprocess

import pytest

from support.server import clean_environment

OK, REFUSED, NO_INSTALLATION = 0, 4, 6


READING = [
    ["audit", "verify"],
    ["audit", "repair"],
    ["keyring", "rotate"],
    ["status"],
    ["token", "list"],
    ["account", "suspend", "ana"],
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
@pytest.mark.parametrize("made", [False, True], ids=["no directory", "an empty one"])
def test_a_mistyped_directory_gets_no_installation(latchkey_bin, tmp_path, words, made):
    data = tmp_path / "mistyped"
    if made:
        data.mkdir(mode=0o700)
    done = subprocess.run(
        [latchkey_bin, *words, "--data", data],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    assert done.returncode == NO_INSTALLATION and done.stdout == ""
    assert f"there is no installation in {data}" in done.stderr
    assert data.exists() == made and not (made and list(data.iterdir()))


def test_a_command_that_creates_makes_the_directory(latchkey_bin, tmp_path):
    words = ["account", "create", "--email", "ana@example.org", "--username", "ana"]
    done = subprocess.run(
        [latchkey_bin, *words, "--data", tmp_path / "new"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    assert done.returncode == OK and "making a new one" in done.stderr


def test_a_refused_start_is_said_once(latchkey_bin, world):
    """Without a log file, the log is standard error too."""
    done = subprocess.run(
        [latchkey_bin, "serve", "--data", world.server.data, "--listen", "127.0.0.1:0"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    assert done.returncode == NO_INSTALLATION and done.stderr.count("is in use") == 1


def test_a_refused_start_is_in_the_log_file_too(latchkey_bin, world, tmp_path):
    log = tmp_path / "server.log"
    done = subprocess.run(
        [latchkey_bin, "serve", "--data", world.server.data, "--listen", "127.0.0.1:0", "--log-file", log],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    assert done.stderr.count("is in use") == 1 and log.read_text().count("is in use") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else(latchkey_bin, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    words = [latchkey_bin, "token", "list", "--data", theirs]
    done = subprocess.run(words, capture_output=True, text=True, env=clean_environment(), check=False)
    assert done.returncode == NO_INSTALLATION and done.stdout == "" and str(theirs) in done.stderr
    assert list(theirs.iterdir()) == []


def test_a_file_for_a_directory(latchkey_bin, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    words = [latchkey_bin, "token", "list", "--data", blocked]
    done = subprocess.run(words, capture_output=True, text=True, env=clean_environment(), check=False)
    assert done.returncode == REFUSED and str(blocked) in done.stderr
    assert blocked.read_text() == "not a directory"


def test_two_commands_at_once_without_a_server(make_world):
    """One waits for the other or says that the directory is in use; neither breaks anything."""
    world = make_world(start=False, people=False)
    world.cli.account("ana")
    running = [
        subprocess.Popen(
            [world.cli.binary, "workspace", "create", f"w{i}", "--data", world.server.data],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        for i in range(6)
    ]
    done = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert {status for _, status in done} <= {OK, NO_INSTALLATION}
    slugs = {row["slug"] for row in world.cli.json("workspace", "list")}
    assert len(slugs) == [status for _, status in done].count(OK) >= 1
    world.cli.ok("audit", "verify")
