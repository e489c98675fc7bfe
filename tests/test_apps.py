"""Apps on the command line: added, replaced, explained, removed, spoilt in the database."""

import json

import pytest

from support import gate, tamper
from support.http import bearer
from support.server import free_port
from support.waiting import wait_until

CATALOGUE = """\
app = "wiki"
title = "Wiki"
[gate]
base_path = "/v1"
[[scope]]
name = "read:page"
title = "Read pages"
description = "Reads pages."
group = "Pages"
[[scope]]
name = "write:page"
title = "Write pages"
description = "Writes pages."
group = "Pages"
"""

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Wiki", "version": "1"},
    "components": {
        "securitySchemes": {
            "oauth": {
                "type": "oauth2",
                "flows": {"implicit": {"authorizationUrl": "https://x", "scopes": {"read:page": "Reads"}}},
            }
        }
    },
    "paths": {
        "/pages/{id}": {
            "get": {"security": [{"oauth": ["read:page"]}], "responses": {}},
            "put": {"security": [{"oauth": ["write:page"]}], "responses": {}},
        }
    },
}


class Wiki:
    def __init__(self, world):
        self.world, self.cli = world, world.cli
        self.catalogue = world.directory / "wiki.toml"
        self.document = world.directory / "wiki.json"
        self.write()

    def write(self, catalogue=CATALOGUE, document=DOCUMENT):
        self.catalogue.write_text(catalogue)
        text = document if isinstance(document, str) else json.dumps(document, indent=1)
        self.document.write_text(text)

    def add(self):
        return self.cli.run(
            "app", "add", "wiki", "--catalogue", self.catalogue, "--openapi", self.document, "--json"
        )

    def explain(self, method, uri):
        return self.cli.json("app", "explain", "wiki", method, uri)

    def names(self):
        return [row["app"] for row in self.cli.json("app", "list")]

    def scopes_of(self, secret):
        answer = self.world.server.client().get("/api/v1/me", bearer(secret))
        return answer.json()["credential"]["scopes"] if answer.status == 200 else None


@pytest.fixture
def wiki(make_world):
    made = Wiki(make_world())
    added = made.add()
    assert added.status == 0, added.err
    assert added.json()["operations"] == 2
    return made


def test_an_app_is_there_at_once_and_after_a_restart(wiki):
    token = wiki.cli.token("ana", "read:page", app="wiki")
    assert wiki.explain("GET", "/v1/pages/7")["scopes"] == [["read:page"]]
    assert wiki.explain("DELETE", "/v1/pages/7")["other_methods"] == ["GET", "PUT"]
    assert wiki.explain("GET", "/v1/%2e%2e/pages")["result"] == "path-fault"
    catalogue = wiki.world.server.client().get("/api/v1/catalogue/wiki")
    assert "read:page" in [scope["name"] for scope in catalogue.json()["scopes"]]
    wiki.world.server.stop()
    assert wiki.names() == ["bitbucket", "latchkey", "wiki"]
    wiki.world.server.start()
    assert wiki.scopes_of(token["secret"]) == ["read:page"]
    assert wiki.explain("PUT", "/v1/pages/7")["scopes"] == [["write:page"]]


def test_a_bad_document_changes_nothing_and_says_where(wiki):
    bad = json.loads(json.dumps(DOCUMENT))
    bad["paths"]["/pages/{id}"]["put"]["security"] = [{"oauth": ["raed:page"]}]
    wiki.write(document=bad)
    refused = wiki.add()
    assert refused.status == 4
    message = json.loads(refused.err)["error"]["message"]
    assert (
        message.startswith(f"{wiki.document}:") and "/paths/~1pages~1{id}/put/security/0/oauth/0" in message
    )
    wiki.write(document="{")
    assert wiki.add().status == 4
    wiki.write(catalogue=CATALOGUE.replace("group", "gruop", 1))
    assert wiki.add().status == 4
    assert wiki.explain("PUT", "/v1/pages/7")["scopes"] == [["write:page"]]


def test_a_large_document_is_taken_and_a_huge_one_is_not(wiki):
    document = json.loads(json.dumps(DOCUMENT))
    operation = document["paths"]["/pages/{id}"]
    for number in range(5000):
        document["paths"][f"/pages/{{id}}/part-{number}"] = operation
    wiki.write(document=document)
    added = wiki.add()
    assert added.status == 0, added.err
    assert added.json()["operations"] == 10_002
    assert wiki.explain("GET", "/v1/pages/7/part-4999")["scopes"] == [["read:page"]]
    wiki.write(document=" " * (16 * 1024 * 1024 + 1))
    assert wiki.add().status == 4


def test_credentials_follow_a_replaced_catalogue(wiki):
    token = wiki.cli.token("ana", "read:page", "write:page", app="wiki")
    start = CATALOGUE.index("[[scope]]")
    end = CATALOGUE.index("[[scope]]", start + 1)
    document = json.loads(json.dumps(DOCUMENT))
    del document["paths"]["/pages/{id}"]["get"]
    wiki.write(catalogue=CATALOGUE[:start] + CATALOGUE[end:], document=document)
    assert wiki.add().json()["withdrawn"] == ["read:page"]
    assert wiki.scopes_of(token["secret"]) == ["write:page"]
    wiki.write()
    assert wiki.add().status == 0
    assert sorted(wiki.scopes_of(token["secret"])) == ["read:page", "write:page"]


def test_removal_asks_about_credentials(wiki):
    token = wiki.cli.token("ana", "read:page", app="wiki")
    assert wiki.cli.run("app", "remove", "wiki").status == 5
    removed = wiki.cli.json("app", "remove", "wiki", "--revoke-credentials")
    assert removed["revoked_credentials"] == 1
    assert wiki.scopes_of(token["secret"]) is None
    assert wiki.names() == ["bitbucket", "latchkey"]
    assert (
        wiki.cli.run(
            "token", "create", "--account", "ana", "--name", "x", "--app", "wiki", "--scope", "read:page"
        ).status
        == 4
    )
    assert wiki.world.server.client().get("/api/v1/catalogue/wiki").status == 404
    assert wiki.cli.run("audit", "verify").status == 0


def test_an_edited_row_takes_the_app_away_and_nothing_else(wiki):
    other = wiki.world.token("rob", "read:repository:bitbucket")
    row = tamper.row_of(wiki.world.server.data, "apps", "name = ?", "wiki")
    definition = row["definition"].replace('[["write:page"]]', '[["read:page"]]')
    assert definition != row["definition"]
    tamper.execute(wiki.world.server.data, "UPDATE apps SET definition = ? WHERE name = 'wiki'", definition)
    wait_until(lambda: "wiki" not in wiki.names(), "the app is refused", seconds=15)
    assert wiki.cli.run("app", "explain", "wiki", "PUT", "/v1/pages/7").status == 3
    assert wiki.world.allowed(other["secret"])
    assert wiki.cli.run("audit", "verify").status == 7
    wiki.world.server.stop()
    wiki.world.server.start()
    assert wiki.names() == ["bitbucket", "latchkey"]
    assert wiki.world.allowed(other["secret"])
    assert wiki.add().status == 0, "an administrator replaces it"
    assert wiki.explain("PUT", "/v1/pages/7")["scopes"] == [["write:page"]]
    assert wiki.cli.run("audit", "verify").status == 0


def test_the_gate_denies_everything_of_an_app_whose_row_was_edited(make_world):
    port = free_port()
    world = make_world(people=False, gate_listen=f"127.0.0.1:{port}")
    world.cli.account("ana")
    gate.add_notes(world)
    secret = bearer(world.cli.token("ana", "read:notes", app="notes")["secret"])

    def status(uri, authorization=None):
        return gate.true_status(gate.ask(("127.0.0.1", port), "caddy", "GET", uri, authorization))

    assert [status("/public/a", secret), status("/public/a"), status("/open")] == [200, 401, 200]
    row = tamper.row_of(world.server.data, "apps", "name = ?", "notes")
    opened = row["definition"].replace(",false]", ",true]")
    tamper.execute(world.server.data, "UPDATE apps SET definition = ? WHERE name = 'notes'", opened)
    wait_until(lambda: status("/public/a", secret) != 200, "the gate denies", seconds=15)
    assert not {200} & {
        status("/public/a", secret),
        status("/public/a"),
        status("/open", secret),
        status("/open"),
    }
    assert world.server.alarms()
    gate.add_notes(world)
    assert [status("/public/a", secret), status("/public/a"), status("/open")] == [200, 401, 200]
    used = world.cli.json("token", "list")[0]
    wait_until(
        lambda: world.cli.json("token", "show", used["id"])["use_count"] >= 2, "uses at the gate", seconds=15
    )


def test_the_built_in_apps(make_world):
    world = make_world(people=False)
    document = world.directory / "bitbucket.json"
    document.write_text(
        json.dumps(
            {
                "swagger": "2.0",
                "info": {"title": "Bitbucket", "version": "2.0"},
                "securityDefinitions": {
                    "oauth2": {
                        "type": "oauth2",
                        "flow": "implicit",
                        "authorizationUrl": "https://x",
                        "scopes": {},
                    }
                },
                "paths": {
                    "/user": {
                        "get": {
                            "security": [{"oauth2": ["account"]}],
                            "x-atlassian-oauth2-scopes": [
                                {"state": "Current", "scheme": "oauth2", "scopes": ["read:user:bitbucket"]}
                            ],
                            "responses": {},
                        }
                    }
                },
            }
        )
    )
    assert world.cli.run("app", "remove", "bitbucket").status == 3
    assert world.cli.json("app", "add", "bitbucket", "--openapi", document)["operations"] == 1
    explained = world.cli.json("app", "explain", "bitbucket", "GET", "/2.0/user")
    assert explained["scopes"] == [["read:user:bitbucket"]] and explained["permissions"] == [["account"]]
    assert world.cli.run("app", "add", "latchkey", "--openapi", document).status == 4
    assert world.cli.run("app", "remove", "latchkey").status == 4
    assert world.cli.json("app", "remove", "bitbucket")["built_in"] is True
    assert world.cli.json("app", "show", "bitbucket")["operations"] == 0
