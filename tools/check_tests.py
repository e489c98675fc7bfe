#!/usr/bin/env python3
"""Each src/**/x.cc has its x_test.cc beside it, or says in tools/allowed.toml what tests it instead."""

import source_tree


def check(tree):
    sources = tree.sources()
    have = set(sources)
    allowed = tree.allow_list("untested")
    findings = []
    for path in sources:
        if not path.endswith(".cc") or source_tree.is_for_tests(path):
            continue
        test = path.removesuffix(".cc") + "_test.cc"
        if test not in have and path not in allowed:
            findings.append(f"{path}: no {test}, and no reason under [untested] in tools/allowed.toml")
        if test in have and path in allowed:
            findings.append(f"tools/allowed.toml: [untested] lists {path}, which has a test")
    findings += [
        f"tools/allowed.toml: [untested] {path} has no reason"
        for path, reason in allowed.items()
        if len(reason.split()) < 3
    ]
    return findings + source_tree.stale_entries(tree, "untested")


if __name__ == "__main__":
    source_tree.run(check, __doc__)
