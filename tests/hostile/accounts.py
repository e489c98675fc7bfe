"""Which test stands for which hostile case of the areas that are asked as people ask.

A case is covered by a black-box test that names it (`@pytest.mark.covers`), by the runner of test_hostile.py, which
sends the list's own value, by unit tests that stand here, or does not apply, with the reason. test_accounts.py holds
the list of cases against all of them.
"""

import re
from pathlib import Path

from hostile.runner import ROOT

AREAS = ("web", "name", "race-cache", "identity", "leak")
SENT_AS_LISTED = ("name",)

# Case → file below src/ and the tests in it: what only a clock or a browser of the test's own can try in full.
UNIT_TESTS = {
    "W-015": ("signin/sign_in_throttle_test.cc", ["NobodyGetsAHundredGuessesInAnHour"]),
    "W-025": ("signin/sign_in_throttle_test.cc", ["MadeUpNamesDoNotPushOutWhoIsAttacked"]),
    "U-010": ("authority/password_checker_test.cc", ["WithoutAHashTheSameWorkIsDoneForNothing"]),
}

NOT_APPLICABLE = {}

COVERS = re.compile(r"^@pytest\.mark\.covers\(([^)]*)\)", re.M)


def covered_by_black_box():
    """Every id that some test below tests/ names."""
    files = Path(ROOT / "tests").rglob("test_*.py")
    return {name for path in files for list_ in COVERS.findall(path.read_text()) for name in re.findall(r"[A-Z]-\d+", list_)}


def missing_unit_tests():
    """Of UNIT_TESTS, those that are gone."""
    return [
        f"{case}: {file}: {name}"
        for case, (file, names) in UNIT_TESTS.items()
        for name in names
        if f", {name})" not in (ROOT / "src" / file).read_text()
    ]
