"""Sends hostile cases to a real server and judges what comes back.

The cases lie in a file of JSON Lines outside this tree: LATCHKEY_HOSTILE_CASES, by default
../shared/data/hostile_cases.jsonl beside the checkout. Without it those tests are skipped; cases of the
same classes in our own words are in own_cases.py and always run.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from hostile import summary
from hostile.macros import Expander, as_latin1
from support.http import bearer, exchange
from support.secrets import CREDENTIAL, rebuild, id_of, secret_part
from support.world import MANAGE, READ, SEE, USER, WRITE

ROOT = Path(__file__).resolve().parents[2]
CREATE = "/api/v1/api-tokens"
VERIFY = "/api/v1/me"
BODY_SIZE_MAX = 256 * 1024

MISTYPED = (
    "a mistyped credential gets its own answer, which needs no look-up and tells what was lost; it proves "
    "nothing about any record"
)
PROVEN = "the secret was right, so its holder is told the one true cause"
# Where our answer to a case differs from "the same bytes as for an unknown credential": the cause that
# is named instead, and why. Everything else must be the same.
OTHER_CAUSE = {
    "mistyped": MISTYPED,
    "revoked": PROVEN,
    "expired": PROVEN,
    "suspended": PROVEN,
    "wrong-user": PROVEN,
}
RENAMED_SCOPES = {
    "repository:read": READ,
    "repository:write": WRITE,
    "repository:admin": "admin:repository:bitbucket",
}


# The areas that are asked through the gate: test_gateway.py.
GATEWAY = ("gateway-path", "gateway-header")
# The areas that are asked as people ask: accounts.py says where.
PEOPLE = ("web", "race-cache", "identity", "leak")


def load_cases(gateway=False):
    path = Path(os.environ.get("LATCHKEY_HOSTILE_CASES") or ROOT / "../shared/data/hostile_cases.jsonl")
    if not path.is_file():
        return []
    cases = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    for case in cases:
        # The pages are the same for everybody; who asks is found out where they ask.
        if "raw" in case:
            case["raw"] = case["raw"].replace("GET /settings/tokens ", "GET /api/v1/sessions ")
    wanted = [
        area for area in summary.AREAS.values() if (area in GATEWAY) == gateway and area not in PEOPLE
    ]
    return [case for case in cases if case["area"] in wanted]


@dataclass
class Arena:
    """A server with everything that the cases name."""

    world: object
    fixtures: dict
    unknown_body: bytes = b""
    unknown_repository: bytes = b""

    @property
    def address(self):
        return self.world.server.address


def build_arena(world, foreign_world):
    """`world` has people() and short lives; `foreign_world` is another installation."""
    cli = world.cli
    cli.ok("workspace", "create", "hidden")
    for name in ("hidden/vault", "ws/other"):
        world.make_repository(name)
    cli.account("dee", "--password-stdin", stdin="correct horse battery staple 7\n")
    cli.ok("workspace", "grant", "ws", "dee", "read")
    cli.account("sue")
    disabled = cli.token("sue", READ)
    cli.ok("account", "suspend", "sue")
    main = world.manager("ana")
    old_key = cli.token("ana", READ)
    world.server.stop()
    cli.ok("keyring", "rotate")
    world.server.start()
    fixtures = {
        "HOST": world.server.host,
        "VERIFY": VERIFY,
        "CREATE": CREATE,
        "TOKENS": CREATE,
        "ID": main["id"],
        "TOKEN": main["secret"],
        "TOKEN_RO": cli.token("ana", READ, USER, SEE)["secret"],
        "TOKEN_OTHER": cli.token("rob", READ, USER)["secret"],
        "TOKEN_EXPIRED": world.expired_token()["secret"],
        "TOKEN_REVOKED": world.revoked_token()["secret"],
        "TOKEN_DISABLED_OWNER": disabled["secret"],
        "TOKEN_OLDKEY": old_key["secret"],
        "TOKEN_FOREIGN": foreign_world.cli.token("zed", READ)["secret"],
        "APPPW": cli.app_password("ana", "repository:write", "account")["secret"],
        "APPPW_RO": cli.app_password("ana", "repository")["secret"],
        "ACCOUNTPW": "correct horse battery staple 7",
        "SESSION": "no-such-session",
        "SESSION_OTHER": "no-such-session-either",
        "USER": "ana",
        "USER_OTHER": "rob",
        "USER_UPPER": "ANA",
        "USER_COLON": "ana",
        "PREFIX": "lkat_",
        "PRIVATE_REPO": "vault.git",
    }
    world.vault.add(fixtures["ACCOUNTPW"])
    arena = Arena(world, {name: str(value) for name, value in fixtures.items()})
    arena.unknown_body = without_request_id(
        send_bearer(arena, Expander(fixtures).expand("{{FAKE:valid-checksum}}"))
    )
    answer = send(
        arena,
        "GET /ws/absent.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: {{HOST}}\r\n"
        "Authorization: Basic {{B64:{{USER}}:{{APPPW}}}}\r\n\r\n",
    ).first
    arena.unknown_repository = answer.body
    return arena


def without_request_id(answer):
    return re.sub(rb'"request_id":"[^"]*"', b'"request_id":""', answer.body)


def send(arena, raw, literal=False, **more):
    """`raw` as a latin-1 text with macros."""
    text = raw if literal else Expander(arena.fixtures).expand(raw)
    outcome = exchange(arena.address, text.encode("latin-1"), **more)
    for answer in outcome.answers:
        if answer.status == 201:
            arena.world.remember(answer)
    return outcome


def send_bearer(arena, text):
    raw = f"GET {VERIFY} HTTP/1.1\r\nHost: {arena.fixtures['HOST']}\r\nAuthorization: Bearer {text}\r\n\r\n"
    return send(arena, raw, literal=True).first


def send_basic(arena, secret):
    raw = f"GET {VERIFY} HTTP/1.1\r\nHost: {{{{HOST}}}}\r\nAuthorization: Basic {{{{B64:{{{{USER}}}}:{secret}}}}}\r\n\r\n"
    return send(arena, raw).first


def send_json(arena, body, fields=(), token="TOKEN", path=CREATE):
    """`body` as bytes, exactly as they are."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {arena.fixtures['HOST']}"]
    lines += [f"Authorization: {bearer(arena.fixtures[token])}", f"Content-Length: {len(body)}"]
    named = dict(fields)
    named.setdefault("Content-Type", "application/json")
    lines += [f"{name}: {value}" for name, value in named.items()]
    raw = "\r\n".join(lines) + "\r\n\r\n" + body.decode("latin-1")
    return send(arena, raw, literal=True).first


def git_path(raw):
    """The list's repositories live below /git/; ours at the root. A repository that its user may not read
    is in a workspace of others."""
    line, rest = raw.split("\r\n", 1)
    line = line.replace("/git/ws/{{PRIVATE_REPO}}", "/hidden/{{PRIVATE_REPO}}").replace(" /git/", " /")
    line = re.sub(r" /git(?=ws%2f)", " /", line)
    line = line.replace("/WS/SECRET.git", "/HIDDEN/VAULT.git")
    return line + "\r\n" + rest


def splice(text, **members):
    """Adds members in front of those of a JSON object's text, however odd the rest is."""
    added = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in members.items())
    head, rest = text.split("{", 1)
    if not rest.strip().rstrip("}").strip():
        added = added.rstrip(",")
    return head + "{" + added + rest


def our_scopes(text):
    for theirs, ours in RENAMED_SCOPES.items():
        text = text.replace(f'"{theirs}"', f'"{ours}"')
    return text


def bodies_of(case, fixtures):
    """The bodies, as bytes, that a `value` case of scope, expiry, name or json stands for."""
    case_id, area, value = case["id"], case["area"], case["value"]
    if case_id == "S-008":
        return [json.dumps({"name": "case", "scopes": ["read:me"] * 10_000}).encode()]
    if case_id == "J-009":
        return [("{" + ",".join(f'"k{i}":1' for i in range(700_000)) + "}").encode()]
    if case_id == "J-014":
        return ["{}".encode("utf-16-le")]
    if case_id == "J-022":
        whole = json.dumps({"name": "case", "scopes": [READ]}).encode()
        return [whole.ljust(BODY_SIZE_MAX), whole.ljust(BODY_SIZE_MAX + 1)]
    text = our_scopes(value if case.get("literal") else Expander(fixtures).expand(value))
    if area == "name":
        names = text.split(" / ") if case_id == "N-015" else [text]
        return [json.dumps({"name": name, "scopes": [READ]}, ensure_ascii=False).encode() for name in names]
    if area == "scope":
        return [splice(text, name="case").encode()]
    if area == "expiry":
        parts = text.split(" / ")
        return [splice(part, name="case", scopes=[READ]).encode() for part in parts]
    if case_id == "J-019":
        return [part.encode() for part in text.split(" / ")]
    if case_id in ("J-005", "J-006"):
        return [splice(text, name="case").encode()]
    if case_id in ("J-007",):
        return [splice(text, scopes=[READ]).encode()]
    if case_id == "J-018":
        return [splice(text, name="case", scopes=[READ]).encode()]
    return [text.encode()]


def check_identical(arena, case, answer, wanted):
    """The same bytes as for something unknown, or a cause that OTHER_CAUSE lets us name."""
    if without_request_id(answer) == wanted:
        return
    cause = answer.cause
    assert cause in OTHER_CAUSE, f"differs from the unknown answer, and its cause is {cause}"
    summary.note_deviation(case["id"], f"answers {cause}: {OTHER_CAUSE[cause]}")


def check_status(case, answer, allowed=None):
    statuses = allowed or case["status"]
    assert (
        answer.status in statuses
    ), f"{answer.status} is not among {statuses}: {CREDENTIAL.sub('…', answer.text)[:300]}"


def run_raw(arena, case):
    raw = case["raw"]
    if case["area"] in ("repo-path", "git-protocol"):
        raw = git_path(raw)
    outcome = send(arena, raw, literal=bool(case.get("literal")))
    check_status(case, outcome.first)
    expected = case["expected"]
    if case.get("close"):
        assert outcome.closed, "the connection stayed open"
    if "exactly one response" in expected or case.get("close"):
        assert len(outcome.answers) == 1, outcome.statuses
    if "byte-identical to the unknown-token answer" in expected or "generic body" in expected:
        check_identical(arena, case, outcome.first, arena.unknown_body)
        assert outcome.first.all("WWW-Authenticate")
    if "byte-identical to an unknown repository" in expected:
        assert outcome.first.body == arena.unknown_repository
    return outcome


def joined_token(fixtures):
    return rebuild(
        fixtures["TOKEN"],
        public_id=id_of(fixtures["TOKEN"]),
        secret=secret_part(fixtures["TOKEN_OTHER"]),
    )


def run_token_text(arena, case):
    """As Bearer; white space at the ends, which a header field cannot hold, within Basic."""
    value = joined_token(arena.fixtures) if case["id"] == "T-010" else as_latin1(case["value"])
    value = Expander(arena.fixtures).expand(value)
    answer = send_basic(arena, value) if value.strip() != value else send_bearer(arena, value)
    check_status(case, answer)
    if "byte-identical" in case["expected"] or "same body as unknown" in case["expected"]:
        check_identical(arena, case, answer, arena.unknown_body)


def check_problem(answer):
    assert answer.get("Content-Type").startswith("application/problem+json")
    assert answer.json()["status"] == answer.status
    assert "Traceback" not in answer.text and ".cc" not in answer.text


def run_body(arena, case):
    media = "application/json; charset=utf-16" if case["id"] == "J-014" else "application/json"
    answers = [send_json(arena, body, {"Content-Type": media}) for body in bodies_of(case, arena.fixtures)]
    for answer in answers:
        check_status(case, answer, case.get("status") or [201, 400, 422])
        if answer.status >= 400:
            check_problem(answer)
    return answers
