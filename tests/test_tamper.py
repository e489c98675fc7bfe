"""Somebody writes to the database, or takes a copy of it: what that gets them."""

import sqlite3

import pytest

from support import tamper
from support.http import basic, bearer
from support.secrets import id_of, rebuild
from support.server import Server, StartFailed
from support.waiting import wait_until
from support.world import READ, WRITE, World

REFUSED_STATUS, NO_INSTALLATION, TAMPERED_STATUS = 4, 6, 7
PUSH = "/ws/repo.git/info/refs?service=git-receive-pack"


class Victims:
    """A fresh world with the credentials that the edits aim at."""

    def __init__(self, world):
        self.world, self.data = world, world.server.data
        self.target = world.token("ana", READ)
        self.other = world.token("ana", WRITE, READ)
        self.password = world.cli.app_password("ana", "repository")
        self.revoked = world.revoked_token("ana", READ)
        self.bystander = world.token("rob", READ)

    def edit_credential(self, assignments, *values, of=None):
        of = of or self.target
        assert (
            tamper.execute(self.data, f"UPDATE credentials SET {assignments} WHERE id = ?", *values, of["id"])
            == 1
        )

    def account_id(self, username):
        return tamper.row_of(self.data, "accounts", "username = ?", username)["id"]

    def swap_seals(self):
        one = tamper.row_of(self.data, "credentials", "id = ?", self.target["id"])
        two = tamper.row_of(self.data, "credentials", "id = ?", self.other["id"])
        self.edit_credential("seal = ?", two["seal"])
        self.edit_credential("seal = ?", one["seal"], of=self.other)

    def forge_id(self):
        """A row that is another one's twin under a new id."""
        row = tamper.row_of(self.data, "credentials", "id = ?", self.other["id"])
        row["id"] = "0" * 10 + "7"
        names = ", ".join(row)
        tamper.execute(
            self.data,
            f"INSERT INTO credentials ({names}) VALUES ({', '.join('?' * len(row))})",
            *row.values(),
        )
        self.target = {"secret": rebuild(self.other["secret"], public_id=row["id"])}


EDITS = {
    "scopes": lambda v: v.edit_credential("grants = ?", f"{READ} {WRITE}"),
    "fewer scopes": lambda v: v.edit_credential("grants = ''"),
    "expiry": lambda v: v.edit_credential("expires_at = expires_at + 86400000"),
    "no expiry": lambda v: v.edit_credential("expires_at = NULL"),
    "account": lambda v: v.edit_credential("account_id = ?", v.account_id("max")),
    "kind": lambda v: v.edit_credential("kind = 'app-password'"),
    "app": lambda v: v.edit_credential("app = 'latchkey'"),
    "version": lambda v: v.edit_credential("version = version + 1"),
    "created": lambda v: v.edit_credential("created_at = created_at - 1"),
    "name": lambda v: v.edit_credential("name = 'other'"),
    "seal": lambda v: v.edit_credential("seal = zeroblob(length(seal))"),
    "short seal": lambda v: v.edit_credential("seal = x'00'"),
    "swapped seals": lambda v: v.swap_seals(),
    "a forged twin": lambda v: v.forge_id(),
}


def check_refused(victims, name):
    """The edited one is refused and no more than that; others are served; somebody is told."""
    server = victims.world.server
    answer = server.me(victims.target["secret"])
    assert answer.status == 401 and answer.cause == "unknown"
    if name == "swapped seals":
        assert server.me(victims.other["secret"]).status == 401
    else:
        assert server.me(victims.other["secret"]).status == 200
    assert server.me(victims.bystander["secret"]).status == 200
    assert server.me(victims.password["secret"], user="ana").status == 200
    assert server.me(victims.revoked["secret"]).cause == "revoked"
    assert server.alarms() >= 1
    alarms = [line for line in server.log().splitlines() if '"alarm"' in line]
    assert alarms and (victims.target.get("id") or "0" * 10 + "7") in "".join(alarms)


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_credential_is_refused_after_a_restart(make_world, name):
    victims = Victims(make_world())
    victims.world.server.stop()
    EDITS[name](victims)
    victims.world.server.start()
    check_refused(victims, name)
    assert victims.world.cli.run("audit", "verify").status == TAMPERED_STATUS


@pytest.mark.parametrize("name", ["scopes", "expiry", "account", "swapped seals"])
def test_a_running_server_notices(make_world, name):
    """Within seconds, and without a restart."""
    victims = Victims(make_world())
    EDITS[name](victims)
    wait_until(lambda: victims.world.server.alarms(), "the server notices", seconds=15)
    wait_until(lambda: victims.world.server.me(victims.target["secret"]).status == 401, "it is refused")
    check_refused(victims, name)


def refused_when_revived(victims):
    answer = victims.world.server.me(victims.revoked["secret"])
    assert answer.status == 401
    assert victims.world.server.me(victims.bystander["secret"]).status == 200
    assert victims.world.server.alarms() >= 1


def test_a_revoked_one_set_back_to_live_stays_dead(make_world):
    victims = Victims(make_world())
    victims.world.server.stop()
    victims.edit_credential("revoked_at = NULL, revoke_reason = ''", of=victims.revoked)
    victims.world.server.start()
    refused_when_revived(victims)


@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_a_whole_row_from_before_the_revocation_stays_dead(make_world, running):
    """The old row's seal is genuine; the journal knows that there was a later version."""
    victims = Victims(make_world())
    target = victims.target
    before = tamper.row_of(victims.data, "credentials", "id = ?", target["id"])
    victims.world.cli.ok("token", "revoke", target["id"])
    victims.revoked = target
    if running:
        assert tamper.put_back(victims.data, "credentials", before, "id") == 1
        wait_until(lambda: victims.world.server.alarms(), "the server notices", seconds=15)
    victims.world.server.stop()
    if not running:
        assert tamper.put_back(victims.data, "credentials", before, "id") == 1
    victims.world.server.start()
    refused_when_revived(victims)


def test_a_deleted_row_raises_an_alarm(make_world):
    """It cannot be used any more, and its absence is noticed."""
    victims = Victims(make_world())
    victims.world.server.stop()
    tamper.execute(victims.data, "DELETE FROM credentials WHERE id = ?", victims.revoked["id"])
    victims.world.server.start()
    assert victims.world.server.status_of(victims.revoked["secret"]) == 401
    assert victims.world.server.alarms() >= 1
    assert victims.world.cli.run("audit", "verify").status == TAMPERED_STATUS


ACCOUNT_EDITS = {
    "resumed": "state = 'active'",
    "made admin": "admin = 1",
    "another e-mail": "email = 'mallory@example.org'",
    "another username": "username = 'mallory'",
    "another password": "password_hash = 'x'",
    "version": "version = version + 1",
}


@pytest.mark.parametrize("name", ACCOUNT_EDITS)
def test_an_edited_account_passes_nobody(make_world, name):
    victims = Victims(make_world())
    world = victims.world
    if name == "resumed":
        world.cli.ok("account", "suspend", "ana")
    world.server.stop()
    assert (
        tamper.execute(victims.data, f"UPDATE accounts SET {ACCOUNT_EDITS[name]} WHERE username = 'ana'") == 1
    )
    world.server.start()
    assert world.server.status_of(victims.target["secret"]) == 401
    assert world.server.status_of(victims.bystander["secret"]) == 200
    assert world.server.alarms() >= 1


MEMBERSHIP_EDITS = {
    "a greater role": ("UPDATE memberships SET role = 'admin' WHERE account_id = ?", "rob"),
    "back again": ("UPDATE memberships SET removed = 0 WHERE account_id = ?", "max"),
    "another account": ("UPDATE memberships SET account_id = ? WHERE role = 'write'", "max"),
}


@pytest.mark.parametrize("name", MEMBERSHIP_EDITS)
def test_an_edited_membership_allows_nothing(make_world, name):
    victims = Victims(make_world())
    world = victims.world
    world.cli.ok("workspace", "grant", "ws", "max", "write")
    world.cli.ok("workspace", "remove", "ws", "max")
    secrets = {user: world.token(user, READ, WRITE)["secret"] for user in ("rob", "max")}
    sql, user = MEMBERSHIP_EDITS[name]
    world.server.stop()
    if name == "another account":
        tamper.execute(
            victims.data, "DELETE FROM memberships WHERE account_id = ?", victims.account_id("max")
        )
    assert tamper.execute(victims.data, sql, victims.account_id(user)) == 1
    world.server.start()
    assert world.server.client().get(PUSH, bearer(secrets[user])).status in (403, 404)
    assert world.server.alarms() >= 1


def test_every_column_is_sealed_or_named_here(make_world):
    """A column that somebody adds to the schema must be thought of."""
    data = make_world(people=False).server.data
    sealed = {
        "id",
        "kind",
        "account_id",
        "app",
        "grants",
        "name",
        "created_at",
        "expires_at",
        "revoked_at",
        "revoke_reason",
        "version",
        "seal",
    }
    assert set(tamper.columns_of(data, "credentials")) == sealed


SECRET_TABLES = {
    "sign_ins": {"account_id", "version", "seal"},
    "sessions": {
        "id",
        "account_id",
        "name",
        "address",
        "user_agent",
        "created_at",
        "authenticated_at",
        "methods",
        "expires_at",
        "ended_at",
        "end_reason",
        "version",
        "seal",
    },
    "links": {
        "id",
        "kind",
        "account_id",
        "created_at",
        "expires_at",
        "used_at",
        "made_by",
        "version",
        "seal",
    },
}


def test_a_copy_of_the_database_tells_nothing_that_signs_in(make_world):
    """No hash, no key, no digest has a column of its own: all stand inside seals."""
    data = make_world(people=False).server.data
    for table, columns in SECRET_TABLES.items():
        assert set(tamper.columns_of(data, table)) == columns, table


def test_a_password_is_in_no_file_but_a_seal(make_world):
    world = make_world(people=False)
    world.cli.ok(
        "account",
        "create",
        "--email",
        "eve@example.com",
        "--username",
        "eve",
        "--password-stdin",
        stdin="a long sentence will do\n",
    )
    world.server.stop()
    for path in world.server.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"argon2" not in content and b"long sentence" not in content, path.name
    assert tamper.row_of(world.server.data, "sign_ins", "version = 1") is not None


POLICY_EDITS = {
    "app passwords allowed again": "UPDATE policies SET app_passwords = 1",
    "longer lives": "UPDATE policies SET token_lifetime_max = 31622400",
    "not even readable": "UPDATE policies SET app_passwords = 7",
    "renamed": "UPDATE policies SET name = 'other'",
    "deleted": "DELETE FROM policies",
}


@pytest.mark.parametrize("name", POLICY_EDITS)
def test_an_edited_policy_allows_nothing_new(make_world, name):
    victims = Victims(make_world())
    world = victims.world
    world.cli.ok("policy", "set", "app_passwords=false", "token_lifetime_max=90d")
    world.server.stop()
    assert tamper.execute(victims.data, POLICY_EDITS[name]) == 1
    world.server.start()
    assert world.server.alarms() >= 1
    for noun, grant in (("app-password", "--permission=repository"), ("token", f"--scope={READ}")):
        refused = world.cli.run(noun, "create", "--account", "ana", "--name", "x", grant)
        assert refused.status == REFUSED_STATUS, noun
    assert world.server.status_of(victims.target["secret"]) == 200, "what is there stays in force"


def test_a_data_directory_of_the_release_before_is_brought_up_to_date(make_world):
    """Schema 2 knew no signing in."""
    victims = Victims(make_world(set_up_link="off"))
    world = victims.world
    world.server.stop()
    for table in (*SECRET_TABLES, "policies"):
        tamper.execute(victims.data, f"DROP TABLE {table}")
    tamper.execute(victims.data, "PRAGMA user_version = 2")
    world.server.start()
    assert world.server.status_of(victims.target["secret"]) == 200
    assert world.server.alarms() == 0
    world.cli.ok("policy", "set", "token_lifetime_max=90d")
    world.server.restart()
    assert world.cli.json("policy", "show")["token_lifetime_max"] == 90 * 86400
    world.cli.ok("audit", "verify")


def expect_no_start(outputs, data, settings=None):
    server = Server(outputs.binary, outputs.new("refused"), settings, data=data)
    try:
        server.start()
    except StartFailed as failed:
        return failed
    server.kill()
    raise AssertionError("it started")


def test_a_copy_without_the_keyring_is_of_no_use(outputs, make_world):
    """It does not start, so it authenticates nobody, and it never says that a credential is unknown."""
    victims = Victims(make_world())
    copy = tamper.copy_data(victims.data, outputs.new("copies") / "data", "keyring")
    failed = expect_no_start(outputs, copy)
    assert failed.status == NO_INSTALLATION and "keyring" in failed.output
    assert not (copy / "keyring").exists()


def test_a_copy_with_another_keyring_is_of_no_use(outputs, make_world):
    victims, stranger = Victims(make_world()), World(outputs, start=False)
    stranger.cli.account("zed")
    copy = tamper.copy_data(victims.data, outputs.new("copies") / "data", "keyring")
    (copy / "keyring").write_bytes((stranger.server.data / "keyring").read_bytes())
    (copy / "keyring").chmod(0o600)
    failed = expect_no_start(outputs, copy)
    assert failed.status == TAMPERED_STATUS and "keyring" in failed.output


def test_a_keyring_that_others_can_read_is_refused(outputs, make_world):
    victims = Victims(make_world())
    victims.world.server.stop()
    (victims.data / "keyring").chmod(0o644)
    assert "keyring" in expect_no_start(outputs, victims.data).output


def test_a_keyring_elsewhere(outputs, make_world, tmp_path):
    world = make_world(keyring=tmp_path / "ring")
    assert (tmp_path / "ring").stat().st_mode & 0o777 == 0o600 and not (
        world.server.data / "keyring"
    ).exists()
    secret = world.token()["secret"]
    world.server.restart()
    assert world.allowed(secret)


def test_the_database_holds_no_digest_and_forges_none(make_world):
    """A row of one's own making, with whatever seal, is refused: without the key there is no good one."""
    victims = Victims(make_world())
    victims.world.server.stop()
    dump = "\n".join(sqlite3.connect(tamper.database_of(victims.data)).iterdump())
    assert id_of(victims.target["secret"]) in dump
    victims.edit_credential("seal = ?", b"\0" * 24 + b"forged" * 10)
    victims.world.server.start()
    assert victims.world.server.me(victims.target["secret"]).status == 401
    assert victims.world.server.client().get("/api/v1/me", basic("ana", "")).status == 401


def test_other_tables_of_somebody_else_are_refused(outputs, make_world):
    """A database that is not Latchkey's, or of a later release, is not touched."""
    world = make_world()
    world.server.stop()
    tamper.execute(world.server.data, "PRAGMA user_version = 99")
    failed = expect_no_start(outputs, world.server.data)
    assert "schema 99" in failed.output
