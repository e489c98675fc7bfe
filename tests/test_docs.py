"""The documents tell the truth: their console examples are run, and their tables are compared.

    ```console             each `$ ` line is run by sh; the lines behind it must appear in its output, in order
    ```console no-run      only shown: it needs another machine, or root

The commands run in one directory for each document, with `latchkey` on the PATH and these variables set:
LATCHKEY_DATA (an installation with account ana, workspace acme and repository acme/website), URL (where it
serves) and TOKEN (a token of ana's that reads and writes). `...` stands for anything in a line.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from support.secrets import CREDENTIAL
from support.world import MANAGE, READ, SEE, USER, WRITE, World

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS = [path for path in DOCUMENTS if path.exists()]
BLOCK = re.compile(r"^```console(?P<mode>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)


def blocks_of(path):
    return [(match["mode"].strip(), match["text"]) for match in BLOCK.finditer(path.read_text())]


def steps_of(text):
    """Commands, each with the output that is shown behind it."""
    steps = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append([line[2:], []])
        elif steps and (line.startswith("> ") or steps[-1][0].endswith("\\")):
            steps[-1][0] += "\n" + line.removeprefix("> ")
        elif steps and line.strip():
            steps[-1][1].append(line.strip())
    return steps


@pytest.fixture(scope="module")
def site(outputs):
    world = World(outputs, {"throttle_failures": 1_000_000})
    world.cli.account("ana")
    world.cli.ok("workspace", "create", "acme")
    world.cli.ok("workspace", "grant", "acme", "ana", "write")
    world.git.seed(world.make_repository("acme/website"))
    secret = world.token("ana", READ, WRITE, USER, SEE, MANAGE)["secret"]
    bin_directory = world.git.home / "bin"
    bin_directory.mkdir()
    (bin_directory / "latchkey").symlink_to(world.server.binary)
    environment = os.environ | {
        "PATH": f"{bin_directory}:{os.environ['PATH']}",
        "HOME": str(world.git.home),
        "LATCHKEY_DATA": str(world.server.data),
        "URL": world.server.url,
        "TOKEN": str(secret),
        "NO_COLOR": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    yield world, environment
    world.server.stop()


def matches(expected, output):
    """Whether the expected lines appear in the output, in order."""
    lines = iter(output.splitlines())
    for wanted in expected:
        if wanted == "...":
            continue
        pattern = ".*".join(re.escape(part) for part in wanted.split("..."))
        if not any(re.search(pattern, line) for line in lines):
            return wanted
    return None


def runnable_blocks(document):
    return [text for mode, text in blocks_of(document) if mode == ""]


WITH_EXAMPLES = [path for path in DOCUMENTS if runnable_blocks(path)]


def test_the_readme_has_examples():
    assert ROOT / "README.md" in WITH_EXAMPLES


@pytest.mark.parametrize(
    "document", WITH_EXAMPLES, ids=[str(path.relative_to(ROOT)) for path in WITH_EXAMPLES]
)
def test_examples(document, site):
    world, environment = site
    directory = world.outputs.client_home("docs")
    for text in runnable_blocks(document):
        for command, expected in steps_of(text):
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=directory,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            output = done.stdout + done.stderr
            for secret in CREDENTIAL.findall(output):
                world.vault.add(secret)
            missing = matches(expected, output)
            assert missing is None, f"{command}\nlacks: {missing}\nprinted: {CREDENTIAL.sub('…', output)}"


def test_few_examples_are_only_shown():
    modes = [mode for path in DOCUMENTS for mode, _ in blocks_of(path)]
    assert set(modes) <= {"", "no-run"}
    assert modes.count("no-run") <= max(5, len(modes) // 3)


def table_rows(path):
    """Key, form and default of each row of the settings table."""
    rows = {}
    for line in path.read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"[a-z_]+", cells[0]) and cells[0] not in ("setting", "key"):
            rows[cells[0]] = cells[1:]
    return rows


def test_settings_page_is_the_programs_table(site):
    page = ROOT / "docs/settings.md"
    if not page.exists():
        pytest.fail("docs/settings.md is missing")
    world, _ = site
    done = subprocess.run(
        [world.server.binary, "settings", "--json"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        check=True,
    )
    program = json.loads(done.stdout)
    rows = table_rows(page)
    assert set(rows) == set(program)
    for key, default in program.items():
        assert not default or any(default in cell for cell in rows[key]), f"{key}: {default}"


def test_links_lead_somewhere():
    """Links between documents, and to files of the tree."""
    broken = []
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken


def test_every_exit_status_and_cause_is_documented(site):
    world, _ = site
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    for cause in (
        "unknown",
        "mistyped",
        "wrong-user",
        "expired",
        "revoked",
        "suspended",
        "wrong-app",
        "missing-scope",
        "not-permitted",
        "throttled",
    ):
        assert f"`{cause}`" in text, cause
    document = world.server.client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1") and len(document["paths"]) > 5
