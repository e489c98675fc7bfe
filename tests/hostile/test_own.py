"""Our own hostile cases against a real server: own_cases.py says what is sent and what is wanted."""

import json

import pytest

from hostile import own_cases as own
from hostile import runner
from support.secrets import CREDENTIAL

WIRE = own.FRAMING + own.PATHS + own.AUTHORIZATION + own.BASIC + own.REPOSITORIES + own.GIT


def check(case, answer):
    shown = CREDENTIAL.sub("…", answer.text)[:300]
    assert answer.status in case.status, f"{answer.status}, wanted {case.status}: {shown}"


def check_same(case, answer, arena):
    if own.SAME in case.flags:
        assert runner.without_request_id(answer) == arena.unknown_body


@pytest.mark.parametrize("case", WIRE, ids=str)
def test_wire(case, arena):
    outcome = runner.send(arena, case.send)
    check(case, outcome.first)
    check_same(case, outcome.first, arena)
    assert len(outcome.answers) == 1, outcome.statuses
    if own.CLOSE in case.flags:
        assert outcome.closed, "the connection stayed open"
    if outcome.first.status == 401:
        assert any(value.startswith("Basic ") for value in outcome.first.all("WWW-Authenticate"))


@pytest.mark.parametrize("case", own.TOKEN_TEXTS, ids=str)
def test_token_text(case, arena):
    text = runner.Expander(arena.fixtures).expand(case.send)
    answer = runner.send_bearer(arena, text)
    check(case, answer)
    check_same(case, answer, arena)


def create(arena, members, path=runner.CREATE):
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    answer = runner.send_json(arena, body, path=path)
    if answer.status >= 400:
        runner.check_problem(answer)
    return answer


@pytest.mark.parametrize("case", own.SCOPES, ids=str)
def test_scope(case, arena):
    check(case, create(arena, own.GOOD | {"scopes": case.send}))


@pytest.mark.parametrize("case", own.EXPIRIES, ids=str)
def test_expiry(case, arena):
    if isinstance(case.send, str):
        body = runner.splice(case.send, **own.GOOD).encode()
    else:
        body = own.GOOD | case.send
    check(case, create(arena, body))


@pytest.mark.parametrize("case", own.NAMES, ids=str)
def test_name(case, arena):
    answer = create(arena, own.GOOD | {"name": case.send})
    check(case, answer)
    if answer.status == 201:
        assert answer.json()["name"] == case.send


@pytest.mark.parametrize("case", own.JSON, ids=str)
def test_json(case, arena):
    check(case, create(arena, case.send))


@pytest.mark.parametrize("case", own.MEDIA_TYPES, ids=str)
def test_media_type(case, arena):
    body = json.dumps(own.GOOD).encode()
    check(case, runner.send_json(arena, body, {"Content-Type": case.send}))


def test_a_name_that_is_a_credential(arena):
    for text in (arena.fixtures["TOKEN"], f"copy of {arena.fixtures['APPPW']}"):
        answer = create(arena, own.GOOD | {"name": text})
        assert answer.status in (400, 422) and text not in answer.text


def test_cases_are_many():
    assert sum(len(value) for value in vars(own).values() if isinstance(value, list)) >= 80


def test_nothing_was_smuggled(arena):
    for line in arena.world.server.access_log().splitlines():
        assert "/smuggled" not in line
        json.loads(line)
