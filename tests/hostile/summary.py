"""Counts hostile cases by area while pytest runs, and prints the table at its end."""

AREAS = {
    "H": "http",
    "A": "authz-header",
    "B": "basic-base64",
    "T": "token-text",
    "S": "scope",
    "E": "expiry",
    "N": "name",
    "R": "repo-path",
    "G": "git-protocol",
    "J": "json",
    "P": "gateway-path",
    "I": "gateway-header",
    "W": "web",
    "Q": "race-cache",
    "U": "identity",
    "K": "leak",
}

_outcomes = {}  # case id -> "passed", "failed"
_deviations = {}  # case id -> reason
_not_applicable = {}  # case id -> reason
_wanted = {}  # case id -> area, of the areas that people ask about


def area_of(case_id):
    return AREAS[case_id[0]]


def note_not_applicable(case_id, reason):
    _not_applicable[case_id] = reason


def note_covered(case_id):
    """Of a case that unit tests stand for, unless some other test says more of it."""
    _outcomes.setdefault(case_id, "passed")


def note_deviation(case_id, reason):
    _deviations[case_id] = reason


def note_wanted(areas):
    """`areas` is the area of each case that is to be accounted for."""
    _wanted.update(areas)


def ids_of(item):
    mark = item.get_closest_marker("covers")
    if mark:
        return list(mark.args)
    case = getattr(item, "callspec", None) and item.callspec.params.get("hostile_case")
    return [case["id"]] if isinstance(case, dict) else []  # pytest has a mark for "no cases"


def note(item, report):
    ids = ids_of(item)
    if report.skipped:
        for case_id in ids:
            _not_applicable.setdefault(case_id, _reason_of(report))
    elif report.when == "call" or report.failed:
        outcome = "failed" if report.failed else "passed"
        for case_id in ids:
            if _outcomes.get(case_id) != "failed":
                _outcomes[case_id] = outcome


def _reason_of(report):
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


def _row_of(area):
    outcomes = {k: v for k, v in _outcomes.items() if area_of(k) == area}
    failed = [k for k, v in outcomes.items() if v == "failed"]
    deviating = [k for k in _deviations if area_of(k) == area and k not in failed]
    absent = [k for k in _not_applicable if area_of(k) == area and k not in outcomes]
    passed = len(outcomes) - len(failed) - len(deviating)
    return len(outcomes) + len(absent), passed, len(deviating), len(failed), len(absent)


def _write_wanted(reporter):
    """Of the list alone: tests may name cases that it does not have."""
    for area in dict.fromkeys(_wanted.values()):
        ids = [k for k, v in _wanted.items() if v == area]
        passed = sum(_outcomes.get(k) == "passed" for k in ids)
        absent = sum(k in _not_applicable and k not in _outcomes for k in ids)
        reporter.write_line(f"{area}: {passed} of {len(ids)} passed, {absent} not applicable")


def write(reporter):
    if not _outcomes:
        return
    reporter.section("hostile cases")
    line = "{:<14}{:>7}{:>8}{:>11}{:>8}{:>16}"
    reporter.write_line(line.format("area", "total", "passed", "deviations", "failed", "not applicable"))
    sums = [0] * 5
    for area in AREAS.values():
        row = _row_of(area)
        if row[0]:
            reporter.write_line(line.format(area, *row))
            sums = [a + b for a, b in zip(sums, row)]
    reporter.write_line(line.format("all", *sums))
    for title, table in (("deviation", _deviations), ("not applicable", _not_applicable)):
        for case_id in sorted(table):
            if case_id not in _outcomes or title == "deviation":
                reporter.write_line(f"{title} {case_id}: {table[case_id]}")
    _write_wanted(reporter)
    failed = sorted(k for k, v in _outcomes.items() if v == "failed")
    if failed:
        reporter.write_line("failed: " + ", ".join(failed))
