"""The command line: what it prints, what it refuses, with which exit status."""

import base64
import json
import os
import pty
import re
import subprocess

import pytest

from support.secrets import CREDENTIAL, id_of, with_checksum
from support.server import clean_environment
from support.world import READ, WRITE, from_now

OK, FAILURE, USAGE, NOT_FOUND, REFUSED, EXISTS, NO_INSTALLATION, TAMPERED, WRONG_CHECKSUM = range(9)
PLAIN = {"data": False}
EXAMPLE = "BNBBrNcYNWXAVxgLD3rD9LjcHcZVD5D5D4C4"
WHOLE = with_checksum("lkat_" + "9fK2mQ7LwXc" + "B0d1e2F3g4H5i6J7k8L9mZ")


@pytest.fixture(scope="module")
def cli(world):
    return world.cli


def test_encode_prints_one_line(cli):
    ran = cli.ok("encode", "MFahad1667", stdin=EXAMPLE, **PLAIN)
    assert ran.out == "TUZhaGFkMTY2NzpCTkJCck5jWU5XWEFWeGdMRDNyRDlMamNIY1pWRDVENUQ0QzQ=\n"
    assert ran.err == ""


@pytest.mark.parametrize("size", [1, 36, 44, 192, 1000])
def test_encode_never_wraps(cli, size):
    secret = ("0123456789abcdef" * 63)[:size]
    out = cli.ok("encode", "me@example.org", stdin=secret, **PLAIN).out
    assert out.count("\n") == 1 and base64.b64decode(out).decode() == "me@example.org:" + secret


def test_encode_the_whole_header(cli):
    out = cli.ok("encode", "ana", "--header", stdin=WHOLE, **PLAIN).out
    assert out == "Authorization: Basic " + base64.b64encode(f"ana:{WHOLE}".encode()).decode() + "\n"


def test_encode_leaves_out_a_line_break_and_says_so(cli):
    ran = cli.ok("encode", "ana", stdin=WHOLE + "\n", **PLAIN)
    assert base64.b64decode(ran.out).decode() == f"ana:{WHOLE}"
    assert "line break" in ran.err


def test_encode_warns_of_a_damaged_credential(cli):
    ran = cli.ok("encode", "ana", stdin=WHOLE[:-1] + "0", **PLAIN)
    assert "warning" in ran.err and WHOLE[:-1] not in ran.err


@pytest.mark.parametrize("user", ["", "a:b", "a\nb", "a\tb"])
def test_encode_refuses_users_that_basic_cannot_carry(cli, user):
    assert cli.run("encode", user, stdin=WHOLE, **PLAIN).status == REFUSED


def test_encode_refuses_an_empty_secret(cli):
    assert cli.run("encode", "ana", stdin="", **PLAIN).status == REFUSED


def ask_on_terminal(binary, words, answer):
    """Runs a command on a terminal and types `answer`. Returns what the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(binary, [str(binary), *words], clean_environment(TERM="dumb"))
    shown = b""
    asked = False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not asked and b": " in shown:
            os.write(terminal, answer.encode() + b"\n")
            asked = True
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


def test_secrets_are_asked_for_without_echo(latchkey_bin):
    status, shown = ask_on_terminal(latchkey_bin, ["inspect"], WHOLE)
    assert status == OK and WHOLE not in shown and "9fK2mQ7LwXc" in shown


def test_inspect_a_whole_one(cli):
    ran = cli.ok("inspect", "--json", stdin=WHOLE, **PLAIN)
    assert ran.json() == {"kind": "api-token", "id": "9fK2mQ7LwXc", "prefix": "lkat_", "checksum": "right"}
    assert "app-password" in cli.ok("inspect", stdin=with_checksum("lkap_" + WHOLE[5:38]), **PLAIN).out


@pytest.mark.parametrize(
    "damaged",
    [WHOLE[:-1] + "0", WHOLE[:-1], WHOLE + "x", WHOLE[:20] + WHOLE[21:]],
    ids=["last", "cut", "more", "lost"],
)
def test_inspect_a_damaged_one(cli, damaged):
    ran = cli.run("inspect", "--json", stdin=damaged, **PLAIN)
    assert ran.status == WRONG_CHECKSUM and ran.json()["checksum"] == "wrong"
    assert "B0d1e2F3" not in ran.out + ran.err


@pytest.mark.parametrize(
    "text", ["hello", "Bearer " + WHOLE, "ATATT3xFfGF0", ""], ids=["word", "scheme", "other", "nothing"]
)
def test_inspect_something_else(cli, text):
    ran = cli.run("inspect", stdin=text, **PLAIN)
    assert ran.status == REFUSED and WHOLE not in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", WHOLE],
        ["encode", "ana", WHOLE],
        ["token", "revoke", WHOLE],
        ["encode", f"ana:{WHOLE}"],
        ["token", "show", "x" + WHOLE],
    ],
)
@pytest.mark.covers("K-005")
def test_secrets_are_never_arguments(cli, words):
    ran = cli.run(*words, stdin="", data=False)
    assert ran.status == USAGE and WHOLE not in ran.out + ran.err and "B0d1e2F3" not in ran.err
    assert "standard input" in ran.err


def test_create_prints_the_secret_and_what_to_do_with_it(world):
    ran = world.cli.ok(
        "token", "create", "--account", "ana", "--name", "laptop", "--scope", READ, "--expires", "90d"
    )
    secret = CREDENTIAL.findall(ran.out)[0]
    url = world.server.url
    assert set(CREDENTIAL.findall(ran.out)) == {secret}
    assert re.search(rf"^{secret}$", ran.out, re.M)
    assert f"git clone http://x-token-auth:{secret}@{world.server.host}/ws/repo.git" in ran.out
    assert f'curl -H "Authorization: Bearer {secret}" {url}/api/v1/me' in ran.out
    assert "Authorization: Basic " + base64.b64encode(f"x-token-auth:{secret}".encode()).decode() in ran.out
    for line in ("GIT_CONFIG_COUNT=1", f"GIT_CONFIG_KEY_0=http.{url}/.extraHeader", "GIT_CONFIG_VALUE_0="):
        assert line in ran.out
    assert max(len(line) for line in ran.out.splitlines()) < 160


def test_the_printed_lines_work(world):
    """Each line that create prints is run as printed."""
    ran = world.cli.ok(
        "token", "create", "--account", "ana", "--name", "lines", "--scope", READ, "--expires", "90d"
    )
    lines = [line.strip() for line in ran.out.splitlines()]
    clone = next(line for line in lines if line.startswith("git clone") and CREDENTIAL.search(line))
    world.git.ok(*clone.split(" ")[1:], "printed-clone")
    curl = next(line for line in lines if line.startswith("curl -H"))
    done = subprocess.run(["sh", "-c", f"{curl} -sS"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["account"]["username"] == "ana"
    exports = [line for line in lines if line.startswith("export GIT_CONFIG_")]
    assert len(exports) == 3
    shell = "\n".join([*exports, "env -0 | grep -z ^GIT_CONFIG_"])
    shown = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    variables = dict(entry.split("=", 1) for entry in shown.stdout.split("\0") if entry)
    world.git.ok("clone", "-q", world.repository_url, "printed-environment", env=variables)


def test_json_of_a_new_token(cli):
    made = cli.token("ana", READ, WRITE, name="ci")
    assert set(made) >= {
        "id",
        "kind",
        "name",
        "account",
        "scopes",
        "expires_at",
        "secret",
        "basic_x_token_auth",
    }
    assert made["kind"] == "api-token" and made["name"] == "ci" and made["account"] == "ana"
    assert sorted(made["scopes"]) == sorted([READ, WRITE]) and made["id"] == id_of(made["secret"])
    assert base64.b64decode(made["basic_x_token_auth"]).decode() == "x-token-auth:" + made["secret"]


def test_json_of_a_new_app_password(cli):
    made = cli.app_password("ana", "repository:write")
    assert set(made) >= {"id", "kind", "name", "account", "permissions", "expires_at", "secret"}
    assert made["kind"] == "app-password" and made["permissions"] == ["repository:write"]
    assert made["expires_at"] is None and made["secret"].startswith("lkap_")


def test_lists_and_shows_have_no_secret(cli):
    made = cli.token("rob", READ, name="listed")
    for words in (["token", "list"], ["token", "list", "--account", "rob"], ["token", "show", made["id"]]):
        for ran in (cli.ok(*words), cli.ok(*words, "--json")):
            assert made["id"] in ran.out and not CREDENTIAL.search(ran.out)
    assert {value["account"] for value in cli.json("token", "list", "--account", "rob")} == {"rob"}


def test_show_and_revoke(cli):
    made = cli.token("ana", READ)
    assert cli.json("token", "show", made["id"])["state"] == "active"
    cli.ok("token", "revoke", made["id"], "--reason", "laptop was stolen")
    shown = cli.json("token", "show", made["id"])
    assert shown["state"] == "revoked" and shown["revoke_reason"] == "laptop was stolen"
    cli.ok("token", "revoke", made["id"], "--reason", "again")
    assert cli.json("token", "show", made["id"])["revoke_reason"] == "laptop was stolen"


def test_each_noun_keeps_to_its_own(cli):
    password = cli.app_password("ana", "repository")
    assert cli.run("token", "revoke", password["id"]).status in (NOT_FOUND, REFUSED)
    assert cli.json("app-password", "show", password["id"])["state"] == "active"


CREATE = ("token", "create", "--account", "ana", "--name", "x")
REFUSALS = [
    ("unknown scope", [*CREATE, "--scope", "read:repositry:bitbucket", "--expires", "90d"], REFUSED, READ),
    (
        "permission as scope",
        [*CREATE, "--scope", "repository:write", "--expires", "90d"],
        REFUSED,
        "repository:write",
    ),
    (
        "unknown permission",
        ["app-password", "create", "--account", "ana", "--name", "x", "--permission", "repository:writ"],
        REFUSED,
        "repository:write",
    ),
    ("unknown app", [*CREATE, "--app", "bitbuket", "--scope", READ, "--expires", "90d"], None, "bitbucket"),
    ("no scope", [*CREATE, "--expires", "90d"], USAGE, "--scope"),
    ("no name", ["token", "create", "--account", "ana", "--scope", READ], USAGE, "--name"),
    (
        "unknown account",
        ["token", "create", "--account", "anna", "--name", "x", "--scope", READ, "--expires", "90d"],
        NOT_FOUND,
        "ana",
    ),
    ("expiry in the past", [*CREATE, "--scope", READ, "--expires", "2001-01-01"], REFUSED, "past"),
    ("expiry above policy", [*CREATE, "--scope", READ, "--expires", "500d"], REFUSED, "366 day"),
    ("unreadable expiry", [*CREATE, "--scope", READ, "--expires", "next week"], REFUSED, "90d"),
    ("overflowing expiry", [*CREATE, "--scope", READ, "--expires", "999999999999999999999d"], REFUSED, "90d"),
    ("negative expiry", [*CREATE, "--scope", READ, "--expires=-90d"], REFUSED, "90d"),
    ("empty expiry", [*CREATE, "--scope", READ, "--expires", "0d"], REFUSED, "past"),
    ("a day that is none", [*CREATE, "--scope", READ, "--expires", "2027-02-30"], REFUSED, "90d"),
    (
        "empty name",
        ["token", "create", "--account", "ana", "--name", "", "--scope", READ, "--expires", "90d"],
        REFUSED,
        "name",
    ),
    (
        "long name",
        ["token", "create", "--account", "ana", "--name", "n" * 256, "--scope", READ, "--expires", "90d"],
        REFUSED,
        "255",
    ),
    (
        "control character",
        ["token", "create", "--account", "ana", "--name", "a\x1b[2J", "--scope", READ, "--expires", "90d"],
        REFUSED,
        "name",
    ),
    (
        "same e-mail",
        ["account", "create", "--email", "ana@example.org", "--username", "ana2"],
        EXISTS,
        "e-mail",
    ),
    (
        "same e-mail in capitals",
        ["account", "create", "--email", "ANA@Example.ORG", "--username", "ana3"],
        EXISTS,
        "e-mail",
    ),
    (
        "same username in capitals",
        ["account", "create", "--email", "other@example.org", "--username", "ANA"],
        EXISTS,
        "username",
    ),
    ("e-mail without @", ["account", "create", "--email", "ana", "--username", "ana4"], REFUSED, "e-mail"),
    (
        "reserved username",
        ["account", "create", "--email", "x@example.org", "--username", "x-token-auth"],
        REFUSED,
        "username",
    ),
    ("same workspace", ["workspace", "create", "ws"], EXISTS, "ws"),
    ("workspace in capitals", ["workspace", "create", "Ws"], REFUSED, "lower"),
    ("workspace of a route", ["workspace", "create", "api"], REFUSED, "api"),
    ("workspace with dots", ["workspace", "create", ".."], REFUSED, None),
    ("unknown role", ["workspace", "grant", "ws", "ana", "owner"], REFUSED, "read, write"),
    ("unknown workspace", ["workspace", "grant", "wz", "ana", "read"], NOT_FOUND, None),
    ("same repository", ["repo", "create", "ws/repo"], EXISTS, "repo"),
    ("repository path", ["repo", "create", "ws/../other"], REFUSED, None),
    ("repository option", ["repo", "create", "ws/--help"], None, None),
    ("repository without workspace", ["repo", "create", "repo"], REFUSED, "WORKSPACE/REPO"),
    ("unknown credential", ["token", "revoke", "00000000001"], NOT_FOUND, None),
    ("no credential's id", ["token", "revoke", "not-an-id"], REFUSED, "11 letters"),
    ("unknown command", ["tokn", "list"], USAGE, "token"),
    ("unknown option", ["token", "list", "--acount", "ana"], USAGE, "--account"),
    ("no command", [], USAGE, None),
    ("too many arguments", ["token", "show", "a", "b"], USAGE, None),
]


@pytest.mark.parametrize("name, words, status, text", REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals(cli, name, words, status, text):
    ran = cli.run(*words)
    assert ran.status == status if status is not None else ran.status not in (OK, FAILURE), ran.err
    assert ran.out == "" and ran.err.startswith("latchkey: ")
    assert text is None or text in ran.err, ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("name, words, status, text", REFUSALS[:12], ids=[row[0] for row in REFUSALS[:12]])
def test_refusals_as_json(cli, name, words, status, text):
    ran = cli.run(*words, "--json")
    document = json.loads(ran.out or ran.err)
    error = document.get("error", document)
    assert ran.status not in (OK, FAILURE) and error["message"] and error["code"]


def test_nothing_is_half_done(cli):
    """What was refused above left nothing behind."""
    names = {account["username"] for account in cli.json("account", "list")}
    assert not {name for name in names if name.startswith("ana") and name != "ana"}
    assert {repo["full_name"] for repo in cli.json("repo", "list")} == {"ws/repo"}


def test_create_prints_only_lines_that_work(cli):
    """What cannot clone is not told to."""
    words = ["--account", "ana", "--name", "narrow"]
    token = cli.ok("token", "create", *words, "--scope", "read:user:bitbucket", "--expires", "90d")
    password = cli.ok("app-password", "create", *words, "--permission", "account")
    for ran in (token, password):
        assert "git" not in ran.out.replace("GIT", "git") and "curl -u" in ran.out
    able = cli.ok("app-password", "create", *words, "--permission", "repository:write")
    assert "git clone" in able.out


def test_a_date_is_shown_as_it_was_given(cli):
    date = from_now(86400 * 60)[:10]
    made = cli.token("ana", READ, expires=date, name="until then")
    for words in (["token", "list"], ["token", "show", made["id"]]):
        assert f"end of {date} UTC (in " in cli.ok(*words).out


def test_rights_stand_in_the_order_of_the_catalogue(cli):
    catalogue = cli.json("catalogue", "bitbucket")
    for noun, option, member in (("token", "--scope", "scopes"), ("app-password", "--permission", "permissions")):
        order = [entry["name"] for entry in catalogue[member]][:9]
        words = [noun, "create", "--account", "ana", "--name", "order"]
        for name in (*reversed(order), order[3]):
            words += [option, name]
        made = cli.json(*words)
        assert made[member] == order
        assert cli.json(noun, "show", made["id"])[member] == order
        assert ", ".join(order) in cli.ok(noun, "show", made["id"]).out


GROUPS = ["account", "workspace", "repo", "token", "app-password", "policy", "audit"]
COMMANDS = [
    ["serve"],
    ["encode"],
    ["inspect"],
    ["account", "create"],
    ["account", "suspend"],
    ["account", "link"],
    ["account", "second-step-reset"],
    ["account", "sessions-end"],
    ["workspace", "grant"],
    ["repo", "create"],
    ["token", "create"],
    ["token", "list"],
    ["token", "revoke"],
    ["app-password", "create"],
    ["policy", "show"],
    ["policy", "set"],
    ["audit", "verify"],
]


def test_help_names_every_command_and_exit_status(cli):
    out = cli.ok("--help", **PLAIN).out
    for word in [*GROUPS, "serve", "encode", "inspect", "completion", "login", "git-credential", "doctor"]:
        assert re.search(rf"^\s+{word}\s", out, re.M), word
    for status in range(9):
        assert re.search(rf"^\s+{status}\s", out, re.M)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_of_each_command_has_examples(cli, words):
    out = cli.ok(*words, "--help", **PLAIN).out
    assert "Example" in out and "latchkey " + " ".join(words) in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli, shell):
    script = cli.ok("completion", shell, **PLAIN).out
    for word in ("app-password", "revoke", "permission", "audit"):
        assert word in script


def test_bash_completion_completes(cli, latchkey_bin):
    script = cli.ok("completion", "bash", **PLAIN).out
    code = (
        script
        + """
COMP_WORDS=(latchkey token re) COMP_CWORD=2 COMP_LINE='latchkey token re' COMP_POINT=17
f=$(complete -p latchkey | sed -E 's/.*-F ([^ ]+).*/\\1/'); $f latchkey re token; printf '%s\\n' "${COMPREPLY[@]}"
"""
    )
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False)
    assert {"revoke", "rename"} <= set(done.stdout.split()), done.stderr


def test_version(cli):
    assert re.fullmatch(r"latchkey \d+\.\d+\.\d+\n", cli.ok("version", **PLAIN).out)


def test_odd_bytes_come_out_escaped(cli):
    """What somebody put into a name by the API cannot move the cursor of who lists it."""
    cli.token("ana", READ, name="caf\u00e9 \u2713")
    assert "caf\u00e9 \u2713" in cli.ok("token", "list").out
    assert cli.run("token", "show", "\x1b]0;pwn\x07").status != OK


def test_an_rfc_3339_expiry_and_a_date(cli):
    exact = cli.token("ana", READ, expires=from_now(86400 * 30))
    assert exact["expires_at"].endswith("Z")
    date = cli.token("ana", READ, expires=from_now(86400 * 60)[:10])
    assert date["expires_at"].endswith("T00:00:00Z")


def test_audit_verify_is_satisfied(cli):
    ran = cli.json("audit", "verify")
    assert ran["findings"] == [] and ran["changes"] >= ran["records"] > 0
