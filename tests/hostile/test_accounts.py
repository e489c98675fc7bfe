"""Every hostile case of the pages, of identities, of races and of leaks has a test, or a reason."""

import json
import os
from pathlib import Path

import pytest

from hostile import accounts, summary, test_hostile
from hostile.runner import ROOT

LIST = Path(os.environ.get("LATCHKEY_HOSTILE_CASES") or ROOT / "../shared/data/hostile_cases.jsonl")


def test_the_unit_tests_that_stand_for_cases_are_there():
    assert accounts.missing_unit_tests() == []
    for case in accounts.UNIT_TESTS:
        summary.note_covered(case)


@pytest.mark.skipif(not LIST.is_file(), reason="no list of hostile cases")
def test_every_case_is_accounted_for():
    cases = [json.loads(line) for line in LIST.read_text().splitlines() if line.strip()]
    wanted = {case["id"]: case["area"] for case in cases if case["area"] in accounts.AREAS}
    sent = {case["id"] for case in test_hostile.SINGLE if case["area"] in accounts.SENT_AS_LISTED}
    covered = accounts.covered_by_black_box() | sent | set(accounts.UNIT_TESTS)
    assert not set(wanted) - covered - set(accounts.NOT_APPLICABLE)
    assert not set(accounts.NOT_APPLICABLE) & covered, "what is tested applies"
    for case in set(wanted) & set(accounts.NOT_APPLICABLE):
        summary.note_not_applicable(case, accounts.NOT_APPLICABLE[case])
    summary.note_wanted(wanted)
