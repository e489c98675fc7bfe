"""The main job: a credential is issued, shown once, and used for Git and the API until it ends."""

import base64
import os
import subprocess
import sys

import pytest

from support.git import refs, with_user
from support.http import basic, bearer
from support.secrets import Secret
from support.world import READ, USER, WRITE, from_now

PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


@pytest.fixture(scope="module")
def credentials(world):
    """Name to (secret, user part)."""
    cli = world.cli
    tokens = {
        "token read and write": world.token("ana", READ, WRITE),
        "token read": world.token("ana", READ),
        "token of other scopes": world.token("ana", USER),
        "token revoked": world.revoked_token(),
        "token expired": world.expired_token(),
        "token of a reader": world.token("rob", READ, WRITE),
        "token of a stranger": world.token("max", READ, WRITE),
    }
    passwords = {
        "password repository": cli.app_password("ana", "repository"),
        "password repository:write": cli.app_password("ana", "repository:write"),
        "password of other permissions": cli.app_password("ana", "account"),
        "password revoked": cli.app_password("ana", "repository:write"),
    }
    cli.ok("app-password", "revoke", passwords["password revoked"]["id"])
    made = {name: (document["secret"], "x-token-auth") for name, document in tokens.items()}
    return made | {name: (document["secret"], "ana") for name, document in passwords.items()}


# What a pipeline meets: credential, may it clone, may it push; else the status and what git prints.
MATRIX = [
    ("token read and write", None, None),
    ("token read", None, (403, WRITE)),
    ("token of other scopes", (403, READ), (403, WRITE)),
    ("token revoked", (401, "was revoked on "), (401, "was revoked on ")),
    ("token expired", (401, "expired on "), (401, "expired on ")),
    ("token of a reader", None, (403, "role in this workspace")),
    ("token of a stranger", (404, "does not exist, or you do not have access"), (404, "does not exist")),
    ("password repository", None, (403, "repository:write")),
    ("password repository:write", None, None),
    ("password of other permissions", (403, "repository"), (403, "repository:write")),
    ("password revoked", (401, "was revoked on "), (401, "was revoked on ")),
]
STATUS_TEXTS = {401: "Authentication failed", 403: "The requested URL returned error: 403", 404: "not found"}


def check_refusal(ran, status, words):
    assert not ran.ok
    assert words in ran.remote, ran.err
    assert STATUS_TEXTS[status] in ran.err or status == 401 and "could not read Password" in ran.err, ran.err


@pytest.mark.parametrize("name, clone, push", MATRIX, ids=[row[0] for row in MATRIX])
def test_matrix(world, credentials, name, clone, push):
    secret, user = credentials[name]
    url = with_user(world.repository_url, user, secret)
    home = world.git.home
    copy = home / f"clone-{name.replace(' ', '-').replace(':', '-')}"
    cloned = world.git.run("clone", "-q", url, copy)
    if clone is None:
        assert cloned.ok, cloned.err
        assert world.git.head(copy, "origin/main") == world.first_commit
    else:
        check_refusal(cloned, *clone)

    work = world.git.fresh(f"push-{copy.name}")
    branch = "refs/heads/" + copy.name
    pushed = world.git.run("-C", work, "push", "-q", url, f"HEAD:{branch}")
    here = refs(world.repository, world.git)
    if push is None:
        assert pushed.ok, pushed.err
        assert here[branch] == world.git.head(work)
    else:
        check_refusal(pushed, *push)
        assert branch not in here


@pytest.mark.parametrize("name, clone, push", MATRIX, ids=[row[0] for row in MATRIX])
def test_statuses(world, credentials, name, clone, push):
    """The statuses themselves: 401 makes git forget a credential, 403 and 404 let it keep it."""
    secret, user = credentials[name]
    client = world.server.client()
    for service, want in (("git-upload-pack", clone), ("git-receive-pack", push)):
        answer = client.get(f"/ws/repo.git/info/refs?service={service}", basic(user, secret))
        assert answer.status == (want[0] if want else 200)
        if want:
            assert answer.get("Content-Type").startswith("text/plain") and want[1] in answer.text
        if answer.status == 401:
            assert [value.split(" ")[0] for value in answer.all("WWW-Authenticate")] == ["Bearer", "Basic"]


def test_clone_commit_push_and_clone_again(world, credentials):
    """The whole way, on both protocol versions, with and without `.git`."""
    secret, user = credentials["token read and write"]
    git = world.git
    for version, suffix in (("0", ".git"), ("2", "")):
        url = with_user(f"{world.server.url}/ws/repo{suffix}", user, secret)
        work = git.home / f"whole-way-{version}"
        git.ok("-c", f"protocol.version={version}", "clone", "-q", url, work)
        commit = git.commit(work, f"file-{version}.txt")
        git.ok("-C", work, "-c", f"protocol.version={version}", "push", "-q", "origin", "main")
        again = git.home / f"again-{version}"
        git.ok("-c", f"protocol.version={version}", "clone", "-q", url, again)
        assert git.head(again) == commit


def test_a_new_branch_a_forced_push_a_tag_and_a_deletion(world, credentials):
    secret, user = credentials["password repository:write"]
    git, url = world.git, with_user(world.repository_url, user, secret)
    work = git.fresh("branches")
    git.ok("-C", work, "push", "-q", url, "HEAD:refs/heads/topic")
    git.ok("-C", work, "commit", "-q", "--amend", "-m", "Another")
    assert not git.run("-C", work, "push", "-q", url, "HEAD:refs/heads/topic").ok
    git.ok("-C", work, "push", "-q", "--force", url, "HEAD:refs/heads/topic")
    git.ok("-C", work, "tag", "v1")
    git.ok("-C", work, "push", "-q", url, "v1")
    git.ok("-C", work, "push", "-q", url, ":refs/heads/topic")
    here = refs(world.repository, git)
    assert "refs/heads/topic" not in here and here["refs/tags/v1"] == git.head(work)


def test_shallow_and_partial_clones(world, credentials):
    secret, user = credentials["token read"]
    url = with_user(world.repository_url, user, secret)
    world.git.ok("clone", "-q", "--depth", "1", url, "shallow")
    world.git.ok("clone", "-q", "--filter=blob:none", url, "partial")


TOKEN_FORMS = {
    "username": lambda s: basic("ana", s),
    "e-mail": lambda s: basic("ana@example.org", s),
    "e-mail in capitals": lambda s: basic("ANA@EXAMPLE.ORG", s),
    "username in capitals": lambda s: basic("Ana", s),
    "x-token-auth": lambda s: basic("x-token-auth", s),
    "x-bitbucket-api-token-auth": lambda s: basic("x-bitbucket-api-token-auth", s),
    "Bearer": bearer,
    "bearer": lambda s: "bearer " + s,
    "secret as user": lambda s: basic(s, ""),
}
PATHS = ["/api/v1/me", "/ws/repo.git/info/refs?service=git-upload-pack"]


@pytest.mark.parametrize("form", TOKEN_FORMS)
def test_forms_of_a_token(world, credentials, form):
    secret, _ = credentials["token read"]
    for path in PATHS:
        answer = world.server.client().get(path, TOKEN_FORMS[form](secret))
        assert answer.status == 200, (path, answer.text)


PASSWORD_FORMS = {
    "ana": 200,
    "ANA": 200,
    "ana@example.org": 200,
    "Ana@Example.Org": 200,
    "rob": 401,
    "x-token-auth": 401,
    "x-bitbucket-api-token-auth": 401,
    "": 401,
}


@pytest.mark.parametrize("user", PASSWORD_FORMS)
def test_forms_of_an_app_password(world, credentials, user):
    secret, _ = credentials["password repository"]
    for path in PATHS:
        assert world.server.client().get(path, basic(user, secret)).status == PASSWORD_FORMS[user]


def test_an_app_password_is_no_bearer_token(world, credentials):
    secret, _ = credentials["password repository"]
    answer = world.server.client().get("/api/v1/me", bearer(secret))
    assert answer.status == 401 and answer.cause == "wrong-user" and "username" in answer.json()["detail"]


def test_me_tells_who_asks(world, credentials):
    told = world.server.me(credentials["token read"][0]).json()
    assert told["account"]["username"] == "ana" and told["account"]["email"] == "ana@example.org"
    assert told["credential"]["scopes"] == [READ] and told["credential"]["expires_at"]
    told = world.server.me(credentials["password repository"][0], user="ana").json()
    assert told["credential"]["permissions"] == ["repository"] and told["credential"]["expires_at"] is None


def test_bitbucket_user(world, credentials):
    client = world.server.client()
    user = client.get("/2.0/user", bearer(credentials["token of other scopes"][0]))
    assert user.status == 200
    body = user.json()
    assert body["type"] == "user" and body["username"] == "ana" and body["uuid"].startswith("{")
    assert {"display_name", "nickname", "account_id", "links"} <= set(body)
    refused = client.get("/2.0/user", bearer(credentials["token read"][0]))
    assert refused.status == 403
    error = refused.json()
    assert error["type"] == "error" and error["error"]["detail"].items() >= {"required": [USER], "granted": [READ]}.items()


def encoded(world, user, secret, *words):
    ran = world.cli.ok("encode", user, *words, stdin=secret, data=False)
    assert ran.out.count("\n") == 1
    return ran.out.rstrip("\n")


def clone_ok(world, name, *words, url=None, **more):
    copy = world.git.home / f"sent-by-{name}"
    world.git.ok(*words, "clone", "-q", url or world.repository_url, copy, **more)
    assert world.git.head(copy, "origin/main")


@pytest.mark.parametrize(
    "who", [("token read", "ana@example.org"), ("password repository", "ana")], ids=["token", "password"]
)
def test_git_by_extra_header(world, credentials, who):
    line = encoded(world, who[1], credentials[who[0]][0], "--header")
    assert line.startswith("Authorization: Basic ")
    clone_ok(world, f"extra-header-{who[1]}", "-c", f"http.extraHeader={line}")


def test_git_by_environment_alone(world, credentials):
    env = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{world.server.url}/.extraHeader",
        "GIT_CONFIG_VALUE_0": "Authorization: Bearer " + credentials["token read"][0],
    }
    clone_ok(world, "environment", env=env)


def test_git_by_netrc(world, credentials):
    netrc = world.git.home / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login x-token-auth password {credentials['token read'][0]}\n")
    netrc.chmod(0o600)
    try:
        clone_ok(world, "netrc")
    finally:
        netrc.unlink()


def test_git_by_credential_store_forgets_after_401_and_keeps_after_403(world, credentials):
    git, host = world.git, world.server.host
    store = git.home / "stored"
    git.ok("config", "--global", "credential.helper", f"store --file {store}")

    def remember(secret):
        git.ok(
            "credential",
            "approve",
            stdin=f"protocol=http\nhost={host}\nusername=x-token-auth\npassword={secret}\n\n",
        )

    try:
        remember(credentials["token read"][0])
        clone_ok(world, "store")
        work = git.fresh("store-push")
        assert not git.run("-C", work, "push", "-q", world.repository_url, "HEAD:refs/heads/no").ok
        assert credentials["token read"][0] in store.read_text()
        store.unlink()
        remember(credentials["token revoked"][0])
        assert not git.run("ls-remote", world.repository_url).ok
        assert credentials["token revoked"][0] not in store.read_text()
    finally:
        git.ok("config", "--global", "--unset", "credential.helper")


def test_git_by_askpass(world, credentials):
    script = world.git.home / "askpass"
    script.write_text('#!/bin/sh\nprintf "%s" "$ASKED_SECRET"\n')
    script.chmod(0o700)
    env = {"GIT_ASKPASS": script, "ASKED_SECRET": credentials["token read"][0]}
    clone_ok(world, "askpass", url=with_user(world.repository_url, "x-bitbucket-api-token-auth"), env=env)


def test_secret_as_user_in_the_url(world, credentials):
    clone_ok(world, "secret-as-user", url=with_user(world.repository_url, credentials["token read"][0], ""))


def test_curl(world, credentials):
    secret = credentials["token read"][0]
    netrc = world.git.home / "curl-netrc"
    netrc.write_text(f"machine 127.0.0.1 login ana@example.org password {secret}\n")
    url = f"{world.server.url}/api/v1/me"
    for words in (
        ["-u", f"ana:{secret}"],
        ["-u", f"{secret}:"],
        ["-H", f"Authorization: Bearer {secret}"],
        ["--oauth2-bearer", secret],
        ["--netrc-file", str(netrc)],
    ):
        done = subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", *words, url],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "200", words[0]


PYGIT2 = """
import os, sys, pygit2
class Callbacks(pygit2.RemoteCallbacks):
    def credentials(self, url, user, allowed):
        return pygit2.UserPass(os.environ["PUSH_USER"], os.environ["PUSH_SECRET"])
url, path = sys.argv[1:3]
repository = pygit2.clone_repository(url, path, callbacks=Callbacks())
author = pygit2.Signature("Tester", "tester@example.org")
tree = repository.head.peel().tree.id
new = repository.create_commit("refs/heads/pygit2", author, author, "By libgit2", tree, [repository.head.target])
repository.remotes["origin"].push(["refs/heads/pygit2"], callbacks=Callbacks())
print(new)
"""
DULWICH = """
import os, sys
from dulwich import porcelain
url, path = sys.argv[1:3]
who = {"username": os.environ["PUSH_USER"], "password": os.environ["PUSH_SECRET"]}
repository = porcelain.clone(url, path, errstream=open(os.devnull, "wb"), **who)
new = porcelain.commit(repository, b"By dulwich", author=b"T <t@example.org>", committer=b"T <t@example.org>")
porcelain.push(repository, url, b"HEAD:refs/heads/dulwich", errstream=open(os.devnull, "wb"), outstream=open(os.devnull, "wb"), **who)
print(new.decode())
"""


@pytest.mark.parametrize(
    "name, script", [("pygit2", PYGIT2), ("dulwich", DULWICH)], ids=["pygit2", "dulwich"]
)
@pytest.mark.parametrize(
    "who",
    [("token read and write", "x-token-auth"), ("password repository:write", "ana")],
    ids=["token", "password"],
)
def test_other_git_libraries(world, credentials, name, script, who):
    if subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode:
        pytest.skip(f"python3-{name} is not installed")
    env = os.environ | {
        "PUSH_USER": who[1],
        "PUSH_SECRET": str(credentials[who[0]][0]),
        "HOME": str(world.git.home),
    }
    copy = world.git.home / f"{name}-{who[1]}"
    done = subprocess.run(
        [PYTHON, "-c", script, world.repository_url, copy],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert refs(world.repository, world.git)[f"refs/heads/{name}"] == done.stdout.strip()
    world.git.ok("-C", world.repository, "update-ref", "-d", f"refs/heads/{name}")


def test_common_mistakes_are_explained(world, credentials):
    """A line break from echo, Base64 that was wrapped, a character lost: the answer says which."""
    secret = str(credentials["token read"][0])
    client = world.server.client()

    def detail(authorization):
        answer = client.get("/api/v1/me", authorization)
        assert answer.status == 401
        return answer.cause, answer.json()["detail"]

    cause, text = detail("Basic " + base64.b64encode(f"ana:{secret}\n".encode()).decode())
    assert cause == "mistyped" and "line break" in text and "printf" in text
    wrapped = base64.b64encode(f"somebody-long-enough@example.org:{secret}".encode())[:76].decode()
    cause, text = detail("Basic " + wrapped)
    assert cause == "mistyped", text
    for damaged in (secret[:-1], secret[:20] + secret[21:], secret[:30] + "x" + secret[30:]):
        assert detail(bearer(damaged))[0] == "mistyped"


def test_suspending_and_resuming_are_in_force_at_once(world):
    world.cli.account("eve")
    world.cli.ok("workspace", "grant", "ws", "eve", "read")
    secret = world.token("eve", READ)["secret"]
    for _ in range(3):
        assert world.server.status_of(secret) == 200
        world.cli.ok("account", "suspend", "eve")
        answer = world.server.me(secret)
        assert answer.status == 401 and answer.cause == "suspended"
        world.cli.ok("account", "resume", "eve")


def test_leaving_a_workspace_is_in_force_at_once(world):
    world.cli.account("lee")
    secret = world.token("lee", READ)["secret"]
    path = "/ws/repo.git/info/refs?service=git-upload-pack"
    statuses = []
    for step in ("grant", "remove", "grant"):
        world.cli.ok("workspace", step, "ws", "lee", *(["read"] if step == "grant" else []))
        statuses.append(world.server.client().get(path, bearer(secret)).status)
    assert statuses == [200, 404, 200]
    assert world.server.me(secret).status == 200


def test_admin_commands_work_with_and_without_a_server(make_world):
    """The same commands, through the running server and on the directory itself, see the same things."""
    world = make_world()
    with_server = world.token("ana", READ)
    listed = world.cli.json("token", "list")
    world.server.stop()
    assert world.cli.json("token", "list") == listed
    without = world.token("ana", READ)
    world.cli.ok("token", "revoke", with_server["id"])
    world.server.start()
    assert world.allowed(without["secret"]) and not world.allowed(with_server["secret"])
    assert world.cli.json("status")["serving"] is True


def test_the_first_command_makes_the_directory(make_world):
    world = make_world(start=False, people=False)
    assert not world.server.data.exists()
    world.cli.account("first", "--admin")
    assert world.server.data.stat().st_mode & 0o777 == 0o700
    assert (world.server.data / "keyring").stat().st_mode & 0o777 == 0o600
    secret = world.cli.token("first", USER)["secret"]
    world.server.start()
    assert world.allowed(secret)


def test_the_api_issues_lists_renames_and_revokes(world):
    manager = world.manager()
    client, auth = world.server.client(), bearer(manager["secret"])
    made = world.create(auth, {"name": "ci", "scopes": [READ], "ttl": 3600})
    assert made.status == 201 and made.get("Cache-Control") == "no-store"
    body = made.json()
    assert base64.b64decode(body["basic_x_token_auth"]).decode() == "x-token-auth:" + body["secret"]
    secret, path = Secret(body["secret"]), f"/api/v1/api-tokens/{body['id']}"
    assert made.get("Location").endswith(path) and world.allowed(secret)
    shown = client.get(path, auth).json()
    assert shown["scopes"] == [READ] and shown["state"] == "active" and "secret" not in shown
    assert client.request("PATCH", path, auth, body={"name": "nightly"}).json()["name"] == "nightly"
    assert body["id"] in [
        item["id"] for item in client.get("/api/v1/api-tokens?limit=100", auth).json()["values"]
    ]
    assert client.request("DELETE", path, auth).status in (200, 204)
    assert client.request("DELETE", path, auth).status in (200, 204)
    assert world.server.me(secret).cause == "revoked"


def test_a_credential_makes_none_that_holds_more_or_lives_longer(world):
    weak = world.cli.token("ana", READ, "write:credential:latchkey", expires=from_now(3600))
    auth = bearer(weak["secret"])
    assert world.create(auth, {"name": "a", "scopes": [WRITE], "ttl": 60}).status == 403
    assert world.create(auth, {"name": "a", "scopes": [READ], "ttl": 7200}).status == 403
    # Without an expiry it ends with the one that made it.
    assert world.create(auth, {"name": "a", "scopes": [READ]}).json()["expires_at"] == weak["expires_at"]
    assert (
        world.create(auth, {"name": "a", "permissions": ["repository:admin"]}, "/api/v1/app-passwords").status
        == 403
    )
    assert world.create(auth, {"name": "a", "scopes": [READ], "ttl": 60}).status == 201


def test_both_ends_of_what_policy_allows(make_world):
    """Exactly a day and exactly 366 days are allowed, by the API and on the command line."""
    world = make_world(token_lifetime_min="1d")
    auth, day = bearer(world.manager()["secret"]), 86400
    lives = {day: 201, 365 * day: 201, day - 1: 422, 366 * day + 5: 422}
    for ttl, wanted in lives.items():
        assert world.create(auth, {"name": "x", "scopes": [READ], "ttl": ttl}).status == wanted, ttl
    for expires in ("1d", "24h", "366d"):
        world.cli.token("ana", READ, expires=expires)


def test_an_idempotency_key_makes_one(world):
    auth = bearer(world.manager()["secret"])
    fields = {"Idempotency-Key": "one-and-only"}
    body = {"name": "once", "scopes": [READ], "ttl": 3600}
    first = world.create(auth, body, fields=fields)
    again = world.create(auth, body, fields=fields)
    other = world.create(auth, body | {"name": "other"}, fields=fields)
    assert (first.status, again.status) == (201, 200) and other.status in (409, 422)
    assert "secret" not in again.json() and again.json()["id"] == first.json()["id"]
    world.server.restart()
    assert world.create(auth, body, fields=fields).status == 200


def test_pages_of_a_long_list(world):
    auth = bearer(world.manager("max")["secret"])
    made = {
        world.create(auth, {"name": f"n{i}", "scopes": [READ], "ttl": 3600}).json()["id"] for i in range(7)
    }
    client, seen, path = world.server.client(), [], "/api/v1/api-tokens?limit=3"
    while path:
        page = client.get(path, auth).json()
        seen += [item["id"] for item in page["values"]]
        following = page.get("next")
        assert following is None or following.startswith(world.server.url)
        path = following and following[len(world.server.url) :]
    assert made <= set(seen) and len(seen) == len(set(seen))
