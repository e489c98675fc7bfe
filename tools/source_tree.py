"""What the checks share: walking the tree, reading its allow-lists, C++ without its comments."""

import argparse
import pathlib
import re
import sys
import tomllib

SKIPPED = {".git", "build", ".cache", ".local", "__pycache__", ".pytest_cache", "node_modules", "dist"}

_NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


class Tree:
    """A checkout. Paths in it are given and taken as text relative to its root."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        listed = self.root / "tools" / "allowed.toml"
        self.allowed = tomllib.loads(listed.read_text()) if listed.exists() else {}

    def files(self, under="."):
        """Every file below `under`, sorted, without what a build leaves behind."""
        base = self.root / under
        found = []
        for path in base.rglob("*"):
            relative = path.relative_to(self.root)
            if SKIPPED.isdisjoint(relative.parts) and path.is_file():
                found.append(relative.as_posix())
        return sorted(found)

    def sources(self):
        """The C++ files of src/."""
        return [path for path in self.files("src") if path.endswith((".h", ".cc"))]

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def allow_list(self, name):
        """Path → reason, from tools/allowed.toml."""
        return self.allowed.get(name, {})


def is_for_tests(path):
    """Whether a source is linked to tests, fuzz targets or benchmarks only."""
    return path.endswith(("_test.cc", "_fuzz.cc", "_bench.cc")) or path.startswith("src/testing/")


def code_only(text):
    """C++ with comments and literals blanked, its lines where they were."""
    return _NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def stale_entries(tree, name):
    """Allow-list entries for files that are gone: a list nobody prunes allows too much."""
    return [
        f"tools/allowed.toml: [{name}] lists {path}, which does not exist"
        for path in tree.allow_list(name)
        if not (tree.root / path).exists()
    ]


def run(check, description):
    """The `main` of each check: prints its findings, exits 1 when there are any."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    findings = check(Tree(parser.parse_args().root))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
