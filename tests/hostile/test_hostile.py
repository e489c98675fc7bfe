"""The hostile cases of the list, one test each, against a real server."""

import json

import pytest

from hostile import runner, summary

CASES = runner.load_cases()
SINGLE = [case for case in CASES if case["kind"] in ("raw", "value") and case["id"] != "G-018"]

# What this version does not have.
NOT_APPLICABLE = {
    "S-014": "credentials have no restriction flag yet",
    "S-019": "the catalogue is part of the program: one program never has two of them",
    "E-028": "there is one node",
    "G-026": "LFS is not served yet",
}


@pytest.mark.skipif(CASES, reason="the list of hostile cases is here")
def test_the_list_is_missing():
    pytest.skip("no list of hostile cases: set LATCHKEY_HOSTILE_CASES; own cases run all the same")


def check_challenges(outcome, _arena):
    challenges = outcome.first.all("WWW-Authenticate")
    assert [challenge.split(" ")[0] for challenge in challenges] == ["Bearer", "Basic"]
    assert "error" not in challenges[0] and 'charset="UTF-8"' in challenges[1]
    assert "realm=" in challenges[0] and "realm=" in challenges[1]


def check_git_challenge(outcome, _arena):
    assert any(value.startswith("Basic realm=") for value in outcome.first.all("WWW-Authenticate"))


def check_no_foreign_host(outcome, _arena):
    answer = outcome.first
    assert "evil.example" not in answer.text + str(answer.fields)


def check_not_echoed(outcome, arena):
    assert arena.fixtures["TOKEN"] not in outcome.first.text
    assert "Allow" in dict(outcome.first.fields) or outcome.first.status == 501


def check_still_there(_outcome, arena):
    assert arena.world.allowed(arena.fixtures["TOKEN"])


def check_no_upgrade(outcome, _arena):
    assert "Upgrade" not in dict(outcome.first.fields)


FURTHER = {
    "A-001": check_challenges,
    "G-008": check_git_challenge,
    "H-040": check_no_foreign_host,
    "H-047": check_still_there,
    "H-053": check_not_echoed,
    "H-064": check_no_upgrade,
}


def check_replay(arena):
    """One idempotency key, two different bodies."""
    field = {"Idempotency-Key": "the-list-asks-twice"}
    first = {"name": "once", "scopes": [runner.READ]}
    one = runner.send_json(arena, json.dumps(first).encode(), field)
    two = runner.send_json(arena, json.dumps(first | {"name": "twice"}).encode(), field)
    again = runner.send_json(arena, json.dumps(first).encode(), field)
    assert one.status == 201 and two.status in (409, 422)
    assert again.status == 200 and "secret" not in again.json() and again.json()["id"] == one.json()["id"]
    assert "secret" not in two.json()


def check_normal_forms(answers, arena):
    """Names that look the same are two names: both are listed and can be revoked."""
    for answer in answers:
        assert answer.status == 201
        auth = runner.bearer(arena.fixtures["TOKEN"])
        gone = arena.world.server.client().request("DELETE", f"{runner.CREATE}/{answer.json()['id']}", auth)
        assert gone.status == 200


def check_name_kept(answers, case):
    if answers[0].status == 201:
        assert answers[0].json()["name"] == case["value"]


def check_hint(answers, arena):
    assert "looks like a token" in answers[0].text
    assert arena.fixtures["TOKEN"] not in answers[0].text


@pytest.mark.parametrize("hostile_case", SINGLE, ids=[case["id"] for case in SINGLE])
def test_case(hostile_case, arena):
    case = hostile_case
    if case["id"] in NOT_APPLICABLE:
        pytest.skip(NOT_APPLICABLE[case["id"]])
    if case["id"] == "J-023":
        check_replay(arena)
    elif case["kind"] == "raw":
        outcome = runner.run_raw(arena, case)
        FURTHER.get(case["id"], lambda *_: None)(outcome, arena)
    elif case["area"] == "token-text":
        runner.run_token_text(arena, case)
    else:
        answers = runner.run_body(arena, case)
        if case["id"] == "N-015":
            check_normal_forms(answers, arena)
        elif case["id"] == "N-018":
            check_hint(answers, arena)
        elif case["area"] == "name":
            check_name_kept(answers, case)


@pytest.mark.skipif(not CASES, reason="no list of hostile cases")
def test_sequences_are_all_accounted_for(request):
    """Each case that is a script is one of test_sequences.py, or stands above with its reason."""
    from hostile import test_sequences

    wanted = {case["id"] for case in CASES if case["kind"] == "sequence" or case["id"] == "G-018"}
    assert wanted <= test_sequences.covered_ids() | set(NOT_APPLICABLE)
    for case_id in wanted & set(NOT_APPLICABLE):
        summary.note_not_applicable(case_id, NOT_APPLICABLE[case_id])


@pytest.mark.skipif(not CASES, reason="no list of hostile cases")
def test_nothing_was_smuggled(arena):
    """No request that was hidden in another one was ever seen as one, and each log line is one line."""
    lines = arena.world.server.access_log().splitlines()
    assert len(lines) > len(SINGLE) / 2
    assert not [line for line in lines if "/smuggled" in line]
    assert "admin login" not in "\n".join(line for line in lines if line.startswith("2026-01-01"))
