#include "store/sqlite/migrations.h"

#include <array>
#include <string>

namespace latchkey::sqlite {
namespace {

// Every field of a record has its own column, so that an operator can read what there is. Instants
// are milliseconds since 1970 in UTC: SELECT datetime(expires_at / 1000, 'unixepoch'). The seal
// authenticates the rest of its row. What must be unique is folded by SQLite itself (A to Z alone),
// so that it follows from the column that the seal covers. There are no foreign keys: nothing is
// ever deleted, and what a row refers to is judged by its seal.
constexpr std::string_view kSchema1 = R"sql(
CREATE TABLE credentials (
  id            TEXT    NOT NULL PRIMARY KEY,
  kind          TEXT    NOT NULL,
  account_id    TEXT    NOT NULL,
  app           TEXT    NOT NULL,
  grants        TEXT    NOT NULL,  -- names of scopes or permissions, one space between two
  name          TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER,
  revoked_at    INTEGER,
  revoke_reason TEXT    NOT NULL,
  version       INTEGER NOT NULL,
  seal          BLOB    NOT NULL
) STRICT;
CREATE INDEX credentials_by_age ON credentials (created_at, id);
CREATE INDEX credentials_by_account ON credentials (account_id, created_at, id);

CREATE TABLE accounts (
  id              TEXT    NOT NULL PRIMARY KEY,
  email           TEXT    NOT NULL,
  username        TEXT    NOT NULL,
  display_name    TEXT    NOT NULL,
  kind            TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  admin           INTEGER NOT NULL,
  password_hash   TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  seal            BLOB    NOT NULL,
  email_folded    TEXT    NOT NULL GENERATED ALWAYS AS (lower(email)) VIRTUAL,
  username_folded TEXT    NOT NULL GENERATED ALWAYS AS (lower(username)) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_folded);
CREATE UNIQUE INDEX accounts_by_username ON accounts (username_folded);

CREATE TABLE workspaces (
  slug       TEXT    NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
  workspace  TEXT    NOT NULL,
  account_id TEXT    NOT NULL,
  role       TEXT    NOT NULL,
  removed    INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL,
  PRIMARY KEY (workspace, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE repositories (
  workspace  TEXT    NOT NULL,
  slug       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL,
  PRIMARY KEY (workspace, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  seq   INTEGER NOT NULL PRIMARY KEY,
  batch INTEGER NOT NULL,
  text  TEXT    NOT NULL,
  mac   BLOB    NOT NULL
) STRICT;

CREATE TABLE idempotency (
  account_id  TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL,
  record_key  TEXT    NOT NULL,
  expires_at  INTEGER NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA application_id = 1280001369;
)sql";

// An app is read and written whole, so its definition is one text: store/codec/app_json.h.
constexpr std::string_view kSchema2 = R"sql(
CREATE TABLE apps (
  name       TEXT    NOT NULL PRIMARY KEY,
  removed    INTEGER NOT NULL,
  definition TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL
) STRICT;
CREATE INDEX credentials_by_app ON credentials (app, created_at, id);
)sql";

// Of a sign-in the seal holds everything: a copy of the database tells nothing of it.
constexpr std::string_view kSchema3 = R"sql(
CREATE TABLE sign_ins (
  account_id TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL
) STRICT;

CREATE TABLE sessions (
  id               TEXT    NOT NULL PRIMARY KEY,
  account_id       TEXT    NOT NULL,
  name             TEXT    NOT NULL,
  address          TEXT    NOT NULL,
  user_agent       TEXT    NOT NULL,
  created_at       INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL,
  methods          TEXT    NOT NULL,  -- one space between two
  expires_at       INTEGER NOT NULL,
  ended_at         INTEGER,
  end_reason       TEXT    NOT NULL,
  version          INTEGER NOT NULL,
  seal             BLOB    NOT NULL
) STRICT;

CREATE TABLE links (
  id         TEXT    NOT NULL PRIMARY KEY,
  kind       TEXT    NOT NULL,
  account_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  made_by    TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  seal       BLOB    NOT NULL
) STRICT;

CREATE TABLE policies (
  name                   TEXT    NOT NULL PRIMARY KEY,
  token_lifetime_max     INTEGER,  -- seconds
  token_lifetime_default INTEGER,  -- seconds
  api_tokens             INTEGER NOT NULL,
  app_passwords          INTEGER NOT NULL,
  second_step_required   INTEGER NOT NULL,
  token_apps             TEXT    NOT NULL,  -- one space between two
  version                INTEGER NOT NULL,
  seal                   BLOB    NOT NULL
) STRICT;
)sql";

constexpr std::array kMigrations{kSchema1, kSchema2, kSchema3};

Result<std::int64_t> ReadNumber(Connection& connection, std::string_view sql) {
  Query query = connection.Prepare(sql);
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  return query.Number(0).value_or(0);
}

/// Of schema 0, which is an empty database, up to the newest.
Result<std::int64_t> ReadKnownSchema(Connection& connection) {
  const Result<std::int64_t> schema = ReadNumber(connection, "PRAGMA user_version");
  if (!schema) return schema;
  const Result<std::int64_t> tables = ReadNumber(connection, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables;
  const Result<std::int64_t> application = ReadNumber(connection, "PRAGMA application_id");
  if (!application) return application;
  const bool fresh = *schema == 0 && *tables == 0 && *application == 0;
  if (!fresh && (*application != kApplicationId || *schema < 1)) {
    return Fail(Error::Code::kInvalidArgument, "the database was not made by Latchkey");
  }
  const auto newest = static_cast<std::int64_t>(Migrations().size());
  if (*schema > newest) {
    return Fail(Error::Code::kInvalidArgument,
                "the database has schema " + std::to_string(*schema) +
                    ", and this program knows schemas up to " + std::to_string(newest),
                "A newer Latchkey has used it. Install that one again.");
  }
  return schema;
}

Result<void> Apply(Connection& connection, std::size_t number) {
  Transaction transaction{connection};
  if (Result<void> begun = transaction.Begin(Transaction::Kind::kWrite); !begun) return begun;
  const std::string sql = std::string{Migrations()[number]} +
                          "PRAGMA user_version = " + std::to_string(number + 1) + ";";
  if (Result<void> applied = connection.Execute(sql); !applied) return applied;
  return transaction.Commit();
}

}  // namespace

std::span<const std::string_view> Migrations() { return kMigrations; }

Result<void> Migrate(Connection& connection) {
  const Result<std::int64_t> schema = ReadKnownSchema(connection);
  if (!schema) return std::unexpected(schema.error());
  for (auto next = static_cast<std::size_t>(*schema); next < Migrations().size(); ++next) {
    if (Result<void> applied = Apply(connection, next); !applied) return applied;
  }
  return {};
}

Result<void> CheckSchema(Connection& connection) {
  const Result<std::int64_t> schema = ReadKnownSchema(connection);
  if (!schema) return std::unexpected(schema.error());
  if (static_cast<std::size_t>(*schema) == Migrations().size()) return {};
  return Fail(Error::Code::kInvalidArgument,
              "the database has the older schema " + std::to_string(*schema),
              "Start \"latchkey serve\" once: it brings the database up to date.");
}

}  // namespace latchkey::sqlite
