#!/usr/bin/env python3
"""Runs clang-tidy over src/ in parallel, and again only over what changed.

    tools/lint_tidy.py build/asan [--fix] [path…]

A file that passed leaves a stamp under .cache/tidy, named by a digest of everything its result
depends on: the settings, the tool's version, its compile command, its text and the text of every
header of ours that it reaches.

tools/tidy_scope.cc, built here, keeps the checks out of the headers of others; see there. Where it
cannot be built, the same is found in several times the time.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIDY = os.environ.get("CLANG_TIDY", "clang-tidy-19")
STAMPS = ROOT / ".cache" / "tidy"
SCOPE = ROOT / "tools" / "tidy_scope.cc"
LLVM = pathlib.Path("/usr/lib/llvm-19/include")
# One finding in a file and one in its header: a walk that misses ours would find nothing, in silence.
CANARY = {
    "src/canary.h": "#pragma once\ninline int* InHeader() { return 0; }\n",
    "src/canary.cc": '#include <string>\n\n#include "canary.h"\nint* InSource() { return 0; }\n',
}
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
TEST_SUFFIXES = ("_test.cc", "_fuzz.cc", "_bench.cc")
# Macros of GoogleTest, tables of cases and deliberately odd texts trip these.
NOT_IN_TESTS = (
    "-cert-err33-c",
    "-misc-misleading-bidirectional",
    "-misc-redundant-expression",
    "-modernize-raw-string-literal",
    "-performance-inefficient-string-concatenation",
    "-readability-function-cognitive-complexity",
    "-readability-function-size",
)
# A fifth of the time, for little that the sanitizers do not find too: with --deep.
NOT_UNLESS_DEEP = ("-clang-analyzer-*",)
# The analyzer does not model coroutines: it reports null pointers inside Asio's awaitable.
NOT_IN_COROUTINES = ("-clang-analyzer-core.*",)


def reached(path, roots, seen):
    """Adds to `seen` (path → bytes) the file and all headers of ours that it includes."""
    if path in seen:
        return
    seen[path] = path.read_bytes()
    for name in INCLUDE.findall(seen[path]):
        for root in roots:
            header = root / name.decode()
            if header.exists():
                reached(header, roots, seen)
                break


def digest(entry, roots, settings):
    texts = {}
    reached(pathlib.Path(entry["file"]), roots, texts)
    whole = hashlib.sha256(settings + entry["command"].encode())
    for path in sorted(texts):
        whole.update(hashlib.sha256(texts[path]).digest())
    return whole.hexdigest()


def build_scope(version):
    """The plugin as arguments of clang-tidy; none, and a word about it, where it cannot be built."""
    if not all((LLVM / name).exists() for name in ("clang", "clang-c", "llvm")):
        print("clang-tidy: without libclang-19-dev and llvm-19-dev it walks others' headers too", flush=True)
        return []
    digest_of_plugin = hashlib.sha256(version + SCOPE.read_bytes()).hexdigest()[:16]
    plugin = ROOT / ".cache" / f"tidy_scope-{digest_of_plugin}.so"
    if not plugin.exists():
        new = plugin.with_suffix(".new")
        command = ["clang++-19", "-std=c++17", "-O1", "-fPIC", "-fno-rtti", "-shared"]
        subprocess.run([*command, "-isystem", str(LLVM), str(SCOPE), "-o", str(new)], check=True)
        new.rename(plugin)
    return [f"--load={plugin}"]


def check_canary(scope):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in CANARY.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        command = [TIDY, *scope, "--quiet", "--checks=-*,modernize-use-nullptr", "--header-filter=.*"]
        command += [str(pathlib.Path(folder, "src/canary.cc")), "--", "-std=c++23"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    missed = [name for name in CANARY if f"{pathlib.Path(name).name}:" not in done.stdout]
    if missed:
        sys.exit(f"clang-tidy does not look at {missed}:\n{done.stdout}{done.stderr}")


def lint(entry, build, fix, deep, scope):
    command = [TIDY, *scope, "--quiet", "-p", str(build)]
    off = () if deep else NOT_UNLESS_DEEP
    if entry["file"].endswith(TEST_SUFFIXES):
        off += NOT_IN_TESTS
    if b"co_await" in pathlib.Path(entry["file"]).read_bytes():
        off += NOT_IN_COROUTINES
    if off:
        command.append("--checks=" + ",".join(off))
    if fix:
        command += ["--fix", "--fix-errors"]
    done = subprocess.run(
        command + [entry["file"]], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.returncode, done.stdout


def entries(build, paths, tests):
    wanted = [str((pathlib.Path.cwd() / path).resolve()) for path in paths] or [str(ROOT / "src")]
    for entry in json.loads((build / "compile_commands.json").read_text()):
        ours = entry["file"].startswith(tuple(wanted)) and not entry["file"].startswith(str(build))
        if ours and (tests or paths or not entry["file"].endswith(TEST_SUFFIXES)):
            yield entry


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="a configured build directory, its generated files in place")
    parser.add_argument("--tests", action="store_true", help="tests, fuzz targets and benchmarks too")
    parser.add_argument("--deep", action="store_true", help="the static analyzer too")
    parser.add_argument("--fix", action="store_true", help="apply what clang-tidy proposes")
    parser.add_argument("paths", nargs="*", help="files or folders; all of src/ but its tests when none is given")
    options = parser.parse_args()
    build = (ROOT / options.build).resolve()
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    settings = version + (ROOT / ".clang-tidy").read_bytes() + repr((NOT_IN_TESTS, NOT_IN_COROUTINES, options.deep)).encode()
    roots = [ROOT / "src", build / "generated"]
    STAMPS.mkdir(parents=True, exist_ok=True)
    scope = build_scope(version)
    check_canary(scope)
    settings += SCOPE.read_bytes() if scope else b""

    todo = []
    total = 0
    for entry in entries(build, options.paths, options.tests):
        total += 1
        stamp = STAMPS / digest(entry, roots, settings)
        if options.fix or not stamp.exists():
            todo.append((entry, stamp))
    print(f"clang-tidy: {total} files, {len(todo)} to look at", flush=True)

    failed = 0
    workers = 1 if options.fix else os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(lint, entry, build, options.fix, options.deep, scope): (entry, stamp) for entry, stamp in todo}
        for count, future in enumerate(concurrent.futures.as_completed(running), start=1):
            entry, stamp = running[future]
            status, output = future.result()
            name = pathlib.Path(entry["file"]).relative_to(ROOT)
            print(f"[{count}/{len(todo)}] {name}{'' if status == 0 else ': FAILED'}", flush=True)
            if status == 0:
                stamp.touch()
            else:
                failed += 1
                print(output, flush=True)
    print(f"clang-tidy: {failed} of {total} files with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
