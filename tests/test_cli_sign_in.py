"""How people come to sign in: the set-up link that a start prints, and links made on the command line."""

import hashlib
import re

import pytest

from support.waiting import wait_until

OK, USAGE, NOT_FOUND, REFUSED = 0, 2, 3, 4
LINK = re.compile(r"(https?://\S+)/link#([0-9A-Za-z]{16})\.([0-9A-Za-z]{22})\b")


def printed_link(server):
    """The set-up link of the last start."""
    wait_until(lambda: LINK.search(server.output()), "the server has printed its set-up link")
    return LINK.search(server.output())


@pytest.fixture(scope="module")
def cli(world):
    return world.cli


def test_a_start_prints_a_set_up_link_until_somebody_can_sign_in(make_world):
    world = make_world(people=False)
    first = printed_link(world.server)
    assert first[1] == world.server.url
    world.server.restart()
    second = printed_link(world.server)
    assert second[2] != first[2], "the first cannot be shown again, so it ended"
    world.cli.account("root", "--admin", "--password-stdin", stdin="a good long sentence\n")
    world.server.restart()
    wait_until(lambda: "Latchkey serves" in world.server.output(), "the server has said that it serves")
    assert not LINK.search(world.server.output())


def test_the_set_up_link_is_kept_nowhere(make_world):
    world = make_world(people=False)
    secret = printed_link(world.server)[3]
    world.server.stop()
    for path in [*world.server.data.rglob("*"), world.server.log_file, world.server.access_file]:
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path


def test_a_link_for_an_account(cli):
    made = cli.json("account", "link", "ana")
    assert made["username"] == "ana" and made["kind"] == "invitation"
    again = cli.ok("account", "link", "ANA@example.org").out
    assert LINK.search(made["link"]) and LINK.search(again)
    assert LINK.search(again)[2] != LINK.search(made["link"])[2]
    assert "once" in again


def test_a_service_account_never_signs_in(cli):
    cli.account("robot", "--service")
    ran = cli.run("account", "link", "robot")
    assert ran.status == REFUSED and "service account" in ran.err


@pytest.mark.parametrize("command", ["link", "second-step-reset", "sessions-end"])
def test_of_an_account_that_is_not_there(cli, command):
    assert cli.run("account", command, "nobody").status == NOT_FOUND
    assert cli.run("account", command).status == USAGE


def test_there_may_be_nothing_to_end(cli):
    assert cli.ok("account", "second-step-reset", "rob").out == "rob has no second step.\n"
    assert cli.ok("account", "sessions-end", "rob").out == "Ended 0 session(s) of rob.\n"
    assert cli.json("account", "sessions-end", "rob") == {"username": "rob", "ended": 0}


@pytest.mark.parametrize(
    "password, text",
    [
        ("fourteen chars", "too short"),
        ("1qaz2wsx3edc4rfv", "breaches"),
        ("eva.with.a.long.name@example.org", "own name"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(cli, password, text):
    ran = cli.run(
        *("account", "create", "--email", "eva.with.a.long.name@example.org", "--username", "eva"),
        "--password-stdin",
        stdin=password,
    )
    assert ran.status == REFUSED and text in ran.err and password not in ran.err


def test_a_list_of_breached_passwords(make_world, tmp_path):
    breached, other = "the horse that was in a breach", "a sentence that is on no list"
    listed = tmp_path / "list.txt"
    listed.write_text(hashlib.sha1(breached.encode()).hexdigest().upper() + ":3\r\n")
    cli = make_world(people=False, breached_passwords=listed).cli
    words = ("account", "create", "--email", "eva@example.org", "--username", "eva", "--password-stdin")
    refused = cli.run(*words, stdin=breached)
    assert refused.status == REFUSED and "breaches" in refused.err
    cli.ok(*words, stdin=other)
    assert cli.json("account", "show", "eva")["can_sign_in"] is True
