"""API tokens that renew themselves while git uses them: one process of many, answers lost, the end on the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import RENEW, Desk, Proxy, is_in_force, own_lines
from support.http import bearer
from support.world import READ, WRITE, from_now


def secret_of(desk, world):
    answer, _ = desk.ask(world.server.url)
    return world.vault.add(answer["password"])


def test_a_token_renews_itself_when_git_asks(world, logged_in):
    logged_in.make_it_old()
    logged_in.change(expires_at=from_now(6 * 86400))
    ran = logged_in.run_git("ls-remote", world.repository_url)
    assert ran.ok, ran.err
    (line,) = own_lines(ran)
    assert "renewed itself" in line and "lasts until" in line
    login = logged_in.only_login()
    assert login["id"] != logged_in.token["id"] and "replaces" not in login and "renewal_key" not in login
    assert is_in_force(world, secret_of(logged_in, world)) and is_in_force(world, logged_in.token["secret"])
    shown = world.cli.json("token", "show", logged_in.token["id"])
    assert shown["expires_at"] < from_now(2 * 3600), "an hour is left to the old one"
    assert own_lines(logged_in.run_git("ls-remote", world.repository_url)) == []


def tokens_of(world, account):
    return world.cli.json("token", "list", "--account", account)


def test_twenty_at_once_renew_once(make_world, outputs, latchkey_bin):
    world = make_world()
    desk = Desk(outputs, latchkey_bin)
    desk.login(world.server.url, world.token("ana", READ, RENEW)["secret"])
    desk.use_for_git(world.server.url)
    desk.make_it_old()
    desk.change(expires_at=from_now(6 * 86400))
    with ThreadPoolExecutor(20) as pool:
        jobs = [
            pool.submit(desk.run_git, "clone", "-q", world.repository_url, f"work-{number}")
            for number in range(20)
        ]
        ran = [job.result() for job in jobs]
    assert [one.err for one in ran if not one.ok] == []
    assert sum(len(own_lines(one)) for one in ran) == 1
    assert len(tokens_of(world, "ana")) == 2


@pytest.fixture
def losing(request, make_world):
    world = make_world()
    proxy = Proxy(world.server)
    proxy.loses = request.param
    yield world, proxy
    proxy.stop()


@pytest.mark.parametrize("losing", ["/api/v1/credentials/self/rotate"], indirect=True)
def test_a_lost_answer_is_asked_for_again(losing, outputs, latchkey_bin):
    world, proxy = losing
    desk = Desk(outputs, latchkey_bin)
    token = world.token("ana", READ, RENEW)
    desk.login(proxy.url, token["secret"])
    desk.make_it_old()
    desk.change(expires_at=from_now(6 * 86400))
    proxy.lose = 1
    answer, said = desk.ask(proxy.url)
    same = answer["password"] == token["secret"]
    assert same and "could not renew" in said and proxy.lost == 1
    assert desk.only_login()["renewal_key"]
    desk.change(renewal_tried_at=None)
    answer, said = desk.ask(proxy.url)
    assert "renewed itself" in said
    assert is_in_force(world, world.vault.add(answer["password"]))
    states = sorted(one["state"] for one in tokens_of(world, "ana"))
    assert states == ["active", "active", "revoked"], "the lost one is ended"


@pytest.mark.parametrize("losing", ["/api/v1/credentials/self/activate"], indirect=True)
def test_an_arrival_that_was_not_told_is_told_later(losing, outputs, latchkey_bin):
    world, proxy = losing
    desk = Desk(outputs, latchkey_bin)
    token = world.token("ana", READ, RENEW)
    desk.login(proxy.url, token["secret"])
    desk.make_it_old()
    desk.change(expires_at=from_now(6 * 86400))
    proxy.lose = 1
    desk.ask(proxy.url)
    assert desk.only_login()["replaces"] == token["id"]
    answer, said = desk.ask(proxy.url)
    assert said == "" and "replaces" not in desk.only_login()
    assert is_in_force(world, world.vault.add(answer["password"]))


def test_without_the_scope_nothing_renews(world, desk):
    token = world.token("ana", READ)
    desk.login(world.server.url, token["secret"])
    desk.make_it_old()
    desk.change(expires_at=from_now(6 * 86400))
    answer, said = desk.ask(world.server.url)
    same = answer["password"] == token["secret"]
    assert same and said == ""


def test_somebody_else_renewed_it(world, logged_in):
    answer = world.server.client().request(
        "POST", "/api/v1/credentials/self/rotate", bearer(logged_in.token["secret"]), fields={"Idempotency-Key": "theirs"}
    )
    assert answer.status == 201
    world.remember(answer)
    logged_in.make_it_old()
    logged_in.change(expires_at=from_now(6 * 86400))
    answer, said = logged_in.ask(world.server.url)
    assert "password" in answer and "already renewed" in said
    assert logged_in.ask(world.server.url)[1] == "", "said once"


def test_push_through_a_token_that_ends_on_the_way(make_world, outputs, latchkey_bin):
    """Renewed a moment before its end: every step of the work goes through."""
    world = make_world()
    desk = Desk(outputs, latchkey_bin)
    token = world.cli.token("ana", READ, WRITE, RENEW, expires=from_now(6))
    desk.login(world.server.url, token["secret"])
    desk.use_for_git(world.server.url)
    renewed = 0
    for number in range(1000):
        work = f"work-{number}"
        ran = desk.run_git("clone", "-q", world.repository_url, work)
        assert ran.ok, ran.err
        renewed += len(own_lines(ran))
        desk.git.commit(desk.home / work, name=f"{number}.txt")
        ran = desk.run_git("-C", desk.home / work, "push", "-q", "origin", f"HEAD:refs/heads/b{number}")
        assert ran.ok, ran.err
        renewed += len(own_lines(ran))
        if world.server.status_of(token["secret"]) == 401 and renewed:
            break
    assert renewed >= 1 and not is_in_force(world, token["secret"])
