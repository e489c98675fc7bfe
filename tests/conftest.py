"""Fixtures for the black-box tests. They need the built program: LATCHKEY_BIN, build/dev/latchkey by default.

What a session writes is kept below one directory (LATCHKEY_TEST_OUTPUT, else a temporary one that is
removed unless something failed), so that its last test can search all of it for secrets.
"""

import os
from pathlib import Path

import pytest

from hostile import summary
from support.client import RENEW, Desk
from support.outputs import Outputs
from support.world import READ, SHORT_LIVES, USER, WRITE, World

ROOT = Path(__file__).resolve().parent.parent
LAST_FILE = "test_zz_leaks.py"
PATIENT = {"throttle_failures": 1_000_000}

_session = {"outputs": None, "failed": False}


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds; left out under sanitizers")
    config.addinivalue_line("markers", "covers(ids): the hostile cases that a test stands for")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == LAST_FILE)


@pytest.fixture(scope="session")
def latchkey_bin():
    binary = Path(os.environ.get("LATCHKEY_BIN") or ROOT / "build/dev/latchkey").absolute()
    if not os.access(binary, os.X_OK):
        pytest.exit(f"{binary} is not built: ./dev build dev, or set LATCHKEY_BIN", returncode=2)
    return binary


@pytest.fixture(scope="session")
def sanitized(latchkey_bin):
    """Whether the program is a sanitizer build."""
    content = latchkey_bin.read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


@pytest.fixture(scope="session")
def outputs(latchkey_bin):
    session = Outputs(latchkey_bin)
    _session["outputs"] = session
    yield session
    session.stop_all()


@pytest.fixture(scope="session")
def vault(outputs):
    return outputs.vault


@pytest.fixture(scope="module")
def world(outputs):
    """A running server with people, a repository and short-lived tokens, for all tests of a file."""
    made = World(outputs, SHORT_LIVES | PATIENT).people()
    yield made
    made.server.stop()


@pytest.fixture
def desk(world, outputs, latchkey_bin):
    """A person's home, without a login."""
    return Desk(outputs, latchkey_bin)


@pytest.fixture
def logged_in(world, desk):
    """ana's desk, with git told to ask; `token` is what she logged in with."""
    desk.token = world.token("ana", READ, WRITE, USER, RENEW)
    desk.login(world.server.url, desk.token["secret"])
    desk.use_for_git(world.server.url)
    return desk


@pytest.fixture
def make_world(outputs):
    """Makes worlds of a test's own: `make_world(setting=value)`."""
    made = []

    def make(start=True, people=True, data=None, **settings):
        one = World(outputs, SHORT_LIVES | PATIENT | settings, start=start, data=data)
        made.append(one)
        return one.people() if people else one

    yield make
    for one in made:
        one.server.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        _session["failed"] = True
    summary.note(item, report)
    if _session["outputs"] is not None:
        with open(_session["outputs"].kept / "pytest.txt", "a", errors="replace") as file:
            for title, text in report.sections:
                file.write(f"{item.nodeid} {title}\n{text}\n")
            if report.failed:
                file.write(f"{item.nodeid}\n{report.longreprtext}\n")


def pytest_unconfigure():
    session = _session["outputs"]
    if session is not None and not _session["failed"] and "LATCHKEY_TEST_OUTPUT" not in os.environ:
        session.remove()


def pytest_terminal_summary(terminalreporter):
    summary.write(terminalreporter)
    if _session["failed"] and _session["outputs"] is not None:
        terminalreporter.write_line(f"what the session wrote is kept in {_session['outputs'].root}")
