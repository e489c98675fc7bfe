#!/usr/bin/env python3
"""Compares every #include in src/ with the arrows that CMake declares.

All folders share one include root, so a forbidden include would compile. A file may include its
own folder and whatever is reachable from it over DEPS (HEADER_DEPS too; for tests, fuzz targets
and benchmarks also TEST_DEPS). The arrows may not form a circle. External headers that belong to
one layer, and headers that do I/O, stay out of the other layers. A source includes its own header
before all others, which shows that the header needs none of them.
"""

import posixpath
import re

import source_tree

LIBRARY = re.compile(r"latchkey_library\(([^)]*)\)")
PROGRAM = re.compile(r"target_link_libraries\(latchkey\s([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
KEYWORDS = {"NAME", "DEPS", "TEST_DEPS", "HEADER_DEPS", "LINK", "TEST_LINK", "TOGETHER"}

DOMAIN = (
    "base", "crypto", "credential", "scope", "operation", "account", "verify", "authority",
)

# External header (pattern) → the folders that may include it.
EXTERNAL = [
    (re.compile(r"openssl/.*"), ("crypto", "http", "server")),
    (re.compile(r"sodium(\.h|/.*)"), ("crypto",)),
    (re.compile(r"sqlite3\.h"), ("store/sqlite",)),
    (re.compile(r"libpq-fe\.h"), ("store/postgres",)),
    (re.compile(r"toml\+\+/.*"), ("catalogue", "server", "cli")),
    (re.compile(r"yaml\.h|yaml-cpp/.*"), ("openapi",)),
    (re.compile(r"CLI/.*"), ("cli",)),
    (re.compile(r"prometheus/.*"), ("http", "server")),
    (re.compile(r"spdlog/.*"), ("http", "git", "api", "server")),
    (re.compile(r"boost/.*"), ("http", "gate", "git", "api", "api/fixture", "admin", "server")),
    (
        re.compile(r"nlohmann/.*"),
        ("json", "webauthn", "oidc", "client", "store/codec", "openapi", "problem", "git", "api", "admin", "cli", "server"),
    ),
    (re.compile(r"curl/.*"), ("curl",)),
    (re.compile(r"cjose/.*"), ("oidc",)),
    (re.compile(r"fido(\.h|/.*)"), ("webauthn",)),
    (re.compile(r"qrcodegen/.*"), ("qr",)),
    (re.compile(r"(libsecret|glib|gio)/.*|glib\.h"), ("client_io",)),
]
IO_HEADER = re.compile(
    r"(fstream|iostream|filesystem|cstdio|stdio\.h|unistd\.h|fcntl\.h|poll\.h|dirent\.h"
    r"|sys/(?!types\.h).*|netinet/.*|arpa/.*|netdb\.h)"
)


def libraries(tree):
    """Folder → {keyword: [names]} of each latchkey_library(), and name → folder."""
    declared, folder_of = {}, {}
    for path in tree.files("src"):
        if posixpath.basename(path) != "CMakeLists.txt":
            continue
        folder = posixpath.dirname(posixpath.relpath(path, "src"))
        for body in LIBRARY.findall(re.sub(r"#[^\n]*", "", tree.text(path))):
            lists, keyword = {}, None
            for word in body.split():
                if word in KEYWORDS:
                    keyword = word
                else:
                    lists.setdefault(keyword, []).append(word)
            declared[folder] = lists
            folder_of[lists["NAME"][0]] = folder
    return declared, folder_of


def reachable(names, declared, folder_of, keywords=("DEPS", "HEADER_DEPS")):
    """The folders reachable from libraries `names`, themselves included."""
    seen, todo = set(), list(names)
    while todo:
        folder = folder_of.get(todo.pop())
        if folder is None or folder in seen:
            continue
        seen.add(folder)
        for keyword in keywords:
            todo += declared[folder].get(keyword, [])
    return seen


def circles(declared, folder_of):
    findings = []
    for folder, lists in declared.items():
        for keyword in ("DEPS", "HEADER_DEPS", "TEST_DEPS"):
            for name in lists.get(keyword, []):
                if name not in folder_of:
                    findings.append(f"src/{folder}/CMakeLists.txt: {keyword} {name}: no such folder")
        if folder in reachable(lists.get("DEPS", []), declared, folder_of, ("DEPS",)):
            findings.append(f"src/{folder}/CMakeLists.txt: DEPS lead back to {folder} itself")
    return findings


def external_finding(path, folder, header, allowed_io):
    for pattern, folders in EXTERNAL:
        if pattern.fullmatch(header) and folder not in folders:
            return f"{path}: <{header}> belongs to {', '.join(folders)}"
    if folder in DOMAIN and IO_HEADER.fullmatch(header) and path not in allowed_io:
        return f"{path}: <{header}> does I/O, and {folder}/ has none"
    return None


def folder_and_reach(path, declared, folder_of, program):
    folder = posixpath.dirname(posixpath.relpath(path, "src"))
    if folder == "":
        return folder, reachable(program, declared, folder_of)
    lists = declared[folder]
    names = lists.get("DEPS", []) + lists.get("HEADER_DEPS", [])
    if source_tree.is_for_tests(path):
        names = names + lists.get("TEST_DEPS", [])
    return folder, reachable(names, declared, folder_of) | {folder}


def check(tree):
    declared, folder_of = libraries(tree)
    findings = circles(declared, folder_of)
    linked = PROGRAM.findall(tree.text("src/CMakeLists.txt"))
    program = re.findall(r"latchkey::(\w+)", " ".join(linked))
    allowed_io = tree.allow_list("io_header")
    for path in tree.sources():
        folder = posixpath.dirname(posixpath.relpath(path, "src"))
        if folder and folder not in declared:
            findings.append(f"{path}: src/{folder}/ declares no latchkey_library")
            continue
        folder, reach = folder_and_reach(path, declared, folder_of, program)
        includes = INCLUDE.findall(tree.text(path))
        own = posixpath.relpath(path, "src").removesuffix(".cc") + ".h"
        if path.endswith(".cc") and (tree.root / "src" / own).exists() and ('"', own) not in includes[:1]:
            findings.append(f'{path}: includes its own header "{own}" not first of all')
        for bracket, header in includes:
            target = posixpath.dirname(header)
            if bracket == '"' and target == "":
                findings.append(f'{path}: "{header}" does not name its folder')
            elif bracket == '"' and target not in reach:
                findings.append(f'{path}: includes "{header}", and {folder or "main"} has no DEPS arrow there')
            elif bracket == "<" and not source_tree.is_for_tests(path):
                findings.append(external_finding(path, folder, header, allowed_io))
    return [finding for finding in findings if finding] + source_tree.stale_entries(tree, "io_header")


if __name__ == "__main__":
    source_tree.run(check, __doc__)
