#!/usr/bin/env python3
"""Files as text: their length, their white space, and nothing in them that should not be there.

A file past 500 lines usually has two ideas in it. A whole credential (one whose checksum is right)
may stand only where tests and documents need one; a path of the machine it was written on, nowhere.
"""

import re
import zlib

import source_tree

LINES_MAX = 500
CODE = (".h", ".cc", ".py", ".cmake", ".sh", ".ts", ".tsx", ".mjs", ".css", "CMakeLists.txt", "dev", ".ci/run")
TEXT = CODE + (".md", ".toml", ".json", ".yaml", ".yml", ".clang-tidy", ".clang-format", ".gitignore")
CREDENTIAL = re.compile(r"\blk(?:at|ap)_[0-9A-Za-z]{39}\b")
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:home/\w+|root|work)/\w")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def checksum(text):
    """CRC-32 in six base62 digits, as docs/credential-format.md says."""
    value = zlib.crc32(text.encode())
    digits = ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = DIGITS[digit] + digits
    return digits


def is_credential(text):
    return checksum(text[:-6]) == text[-6:]


def may_show_credentials(tree, path):
    return (
        path.startswith(("tests/", "docs/"))
        or path.endswith(("_test.cc", ".test.ts", ".test.tsx"))
        or path == "README.md"
        or path in tree.allow_list("credential_text")
    )


def findings_in(tree, path, text):
    lines = text.splitlines()
    if path.endswith(CODE) and len(lines) > LINES_MAX:
        yield f"{path}: {len(lines)} lines; at most {LINES_MAX}"
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at its end"
    for number, line in enumerate(lines, start=1):
        if line != line.rstrip() and not path.endswith(".md"):
            yield f"{path}:{number}: white space at the end of the line"
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: a path of one machine"
        if may_show_credentials(tree, path):
            continue
        if any(is_credential(found) for found in CREDENTIAL.findall(line)):
            yield f"{path}:{number}: a whole credential"


def check(tree):
    findings = []
    for path in tree.files():
        if not path.endswith(TEXT) or path.startswith("testdata/"):
            continue
        try:
            text = tree.text(path)
        except UnicodeDecodeError:
            findings.append(f"{path}: not UTF-8")
            continue
        findings += findings_in(tree, path, text)
    return findings + source_tree.stale_entries(tree, "credential_text")


if __name__ == "__main__":
    source_tree.run(check, __doc__)
