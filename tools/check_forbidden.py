#!/usr/bin/env python3
"""Finds calls that the design forbids, in C++ without its comments and literals.

Each rule names where it holds. A file that may break a rule is listed, with its reason, under the
rule's name in tools/allowed.toml.
"""

import re

import source_tree


def everywhere(_path):
    return True


def product(path):
    """What is linked into the program."""
    return not source_tree.is_for_tests(path)


def below(*folders):
    return lambda path: path.startswith(tuple(f"src/{folder}/" for folder in folders))


# (name in allowed.toml, pattern, where it is forbidden, why)
RULES = [
    (
        "randomness",
        re.compile(r"\b(s?rand|rand_r|random|drand48)\s*\(|\bmt19937|\bminstd_rand|\brandom_device\b"),
        everywhere,
        "randomness comes from the Random port",
    ),
    (
        "clock",
        re.compile(r"\bsystem_clock::now\b|\b(gettimeofday|clock_gettime)\s*\(|(?<![\w.>])time\s*\(\s*(nullptr|NULL|0|&)"),
        product,
        "time comes from the Clock port",
    ),
    (
        "memcmp",
        re.compile(r"\b(memcmp|strcmp|strncmp)\s*\("),
        below("crypto", "credential", "verify"),
        "secrets are compared in constant time",
    ),
    (
        "expose",
        re.compile(r"\b(Expose|Reveal)\w*\s*\("),
        product,
        "a secret leaves its type only where that is listed",
    ),
    (
        "shell",
        re.compile(r"\b(system|popen|wordexp)\s*\("),
        everywhere,
        "no shell: arguments go to the program as they are",
    ),
    (
        "unbounded",
        re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|alloca)\s*\("),
        everywhere,
        "writes without a bound",
    ),
    (
        "throw",
        re.compile(r"\bthrow\b"),
        product,
        "expected failures are values; our functions do not throw",
    ),
    (
        "sleep",
        re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\s*\("),
        everywhere,
        "no sleeping as synchronisation",
    ),
    (
        "environment",
        re.compile(r"\b(getenv|setenv|putenv)\s*\("),
        below("base", "crypto", "credential", "scope", "account", "verify", "authority", "store", "http", "api"),
        "settings come from the composition root",
    ),
]


def check(tree):
    findings = []
    for path in tree.sources():
        lines = source_tree.code_only(tree.text(path)).splitlines()
        for name, pattern, applies, why in RULES:
            if not applies(path) or path in tree.allow_list(name):
                continue
            for number, line in enumerate(lines, start=1):
                found = pattern.search(line)
                if found:
                    findings.append(f"{path}:{number}: {found.group().strip()}: {why} [{name}]")
    for name, *_ in RULES:
        findings += source_tree.stale_entries(tree, name)
    return findings


if __name__ == "__main__":
    source_tree.run(check, __doc__)
