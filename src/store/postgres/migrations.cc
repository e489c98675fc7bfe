#include "store/postgres/migrations.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace latchkey::postgres {
namespace {

// Every field of a record has its own column, so that an operator can read what there is. Instants
// are milliseconds since 1970 in UTC: SELECT to_timestamp(expires_at / 1000.0). The seal
// authenticates the rest of its row. Keys are compared byte by byte whatever the database's
// language is, and only A to Z are folded: that is COLLATE "C". There are no foreign keys: nothing
// is ever deleted, and what a row refers to is judged by its seal.
constexpr std::string_view kSchema1 = R"sql(
CREATE TABLE credentials (
  id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind          TEXT   NOT NULL,
  account_id    TEXT COLLATE "C" NOT NULL,
  app           TEXT COLLATE "C" NOT NULL,
  grants        TEXT   NOT NULL,  -- names of scopes or permissions, one space between two
  name          TEXT   NOT NULL,
  created_at    BIGINT NOT NULL,
  expires_at    BIGINT,
  revoked_at    BIGINT,
  revoke_reason TEXT   NOT NULL,
  version       BIGINT NOT NULL,
  seal          BYTEA  NOT NULL
);
CREATE INDEX credentials_by_age ON credentials (created_at, id);
CREATE INDEX credentials_by_account ON credentials (account_id, created_at, id);
CREATE INDEX credentials_by_app ON credentials (app, created_at, id);

CREATE TABLE accounts (
  id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  email         TEXT COLLATE "C" NOT NULL,
  username      TEXT COLLATE "C" NOT NULL,
  display_name  TEXT   NOT NULL,
  kind          TEXT   NOT NULL,
  state         TEXT   NOT NULL,
  admin         BIGINT NOT NULL,
  password_hash TEXT   NOT NULL,
  created_at    BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  seal          BYTEA  NOT NULL
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (lower(email));
CREATE UNIQUE INDEX accounts_by_username ON accounts (lower(username));

CREATE TABLE workspaces (
  slug       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL
);

CREATE TABLE memberships (
  workspace  TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  role       TEXT   NOT NULL,
  removed    BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL,
  PRIMARY KEY (workspace, account_id)
);

CREATE TABLE repositories (
  workspace  TEXT COLLATE "C" NOT NULL,
  slug       TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL,
  PRIMARY KEY (workspace, slug)
);

CREATE TABLE apps (
  name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  removed    BIGINT NOT NULL,
  definition TEXT   NOT NULL,  -- JSON
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL
);

CREATE TABLE sign_ins (
  account_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL
);

CREATE TABLE sessions (
  id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  account_id       TEXT   NOT NULL,
  name             TEXT   NOT NULL,
  address          TEXT   NOT NULL,
  user_agent       TEXT   NOT NULL,
  created_at       BIGINT NOT NULL,
  authenticated_at BIGINT NOT NULL,
  methods          TEXT   NOT NULL,  -- one space between two
  expires_at       BIGINT NOT NULL,
  ended_at         BIGINT,
  end_reason       TEXT   NOT NULL,
  version          BIGINT NOT NULL,
  seal             BYTEA  NOT NULL
);

CREATE TABLE links (
  id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind       TEXT   NOT NULL,
  account_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  made_by    TEXT   NOT NULL,
  version    BIGINT NOT NULL,
  seal       BYTEA  NOT NULL
);

CREATE TABLE policies (
  name                   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  token_lifetime_max     BIGINT,  -- seconds
  token_lifetime_default BIGINT,  -- seconds
  api_tokens             BIGINT NOT NULL,
  app_passwords          BIGINT NOT NULL,
  second_step_required   BIGINT NOT NULL,
  token_apps             TEXT   NOT NULL,  -- one space between two
  version                BIGINT NOT NULL,
  seal                   BYTEA  NOT NULL
);

CREATE TABLE changes (
  seq   BIGINT NOT NULL PRIMARY KEY,
  batch BIGINT NOT NULL,
  text  TEXT   NOT NULL,
  mac   BYTEA  NOT NULL
);

-- Where the changes end: one row. Who changes something locks it first, so that numbers come in the
-- order of the commits, without gaps.
CREATE TABLE feed_head (
  one   BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  seq   BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  mac   BYTEA  NOT NULL,
  proof BIGINT NOT NULL  -- counted up to see that a commit reaches the standby
);
INSERT INTO feed_head (one, seq, batch, mac, proof)
  VALUES (1, 0, 0, '\x0000000000000000000000000000000000000000000000000000000000000000', 0);

CREATE TABLE claims (
  account_id  TEXT COLLATE "C" NOT NULL,
  key         TEXT COLLATE "C" NOT NULL,
  fingerprint BYTEA  NOT NULL,
  record_key  TEXT   NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, key)
);
CREATE INDEX claims_by_expiry ON claims (expires_at);

CREATE TABLE meta (
  name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- What is kept beside the changes: it grants nothing.
CREATE TABLE usage (
  credential   BIGINT NOT NULL PRIMARY KEY,  -- the public id's 64 bits
  last_used_at BIGINT NOT NULL,
  address      TEXT   NOT NULL,
  user_agent   TEXT   NOT NULL,
  count        BIGINT NOT NULL
);

CREATE TABLE sessions_seen (
  session TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  at      BIGINT NOT NULL,
  address TEXT   NOT NULL
);

CREATE TABLE sign_in_failures (
  bucket   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  last     BIGINT NOT NULL
);

-- The nodes that run, or ran, on this database.
CREATE TABLE node (
  id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name     TEXT   NOT NULL,
  n        BIGINT NOT NULL,  -- counted up by each renewal of the lease
  position BIGINT NOT NULL,  -- the last change that is in force there
  started  BIGINT NOT NULL,
  release  TEXT   NOT NULL,
  url      TEXT   NOT NULL,
  updated  BIGINT NOT NULL
);
)sql";

constexpr std::array<Migration, 1> kMigrations{{{.sql = kSchema1}}};

constexpr std::string_view kSelectSchema =
    "SELECT version, needs FROM latchkey_schema WHERE one = 1";

struct Schema {
  std::int64_t version = 0;
  std::int64_t needs = 0;
};

Result<Schema> ReadSchema(const Answer& answer) {
  if (answer.empty()) return Schema{};
  const Row row = answer[0];
  const Schema schema{.version = row.Number(0).value_or(0), .needs = row.Number(1).value_or(0)};
  const auto newest = static_cast<std::int64_t>(Migrations().size());
  if (schema.needs <= newest) return schema;
  return Fail(Error::Code::kInvalidArgument,
              "the database has schema " + std::to_string(schema.version) +
                  ", which needs a program that knows schema " + std::to_string(schema.needs) +
                  ", and this program knows schemas up to " + std::to_string(newest),
              "A newer Latchkey has used it. Install that one again.");
}

/// Makes the table that knows the schema, if there is none.
Result<void> EnsureSchemaTable(Connection& connection) {
  constexpr std::string_view kNoTable = "42P01";
  const Result<Answer> there = connection.Run(Statement{kSelectSchema, Statement::Kind::kOnce});
  if (there) return {};
  if (connection.last_state() != kNoTable) return std::unexpected(there.error());
  const Result<void> made = connection.Execute(
      "CREATE TABLE IF NOT EXISTS latchkey_schema (one BIGINT NOT NULL PRIMARY KEY CHECK (one = "
      "1), version BIGINT NOT NULL, needs BIGINT NOT NULL)");
  // Of two that make it at once, one may be told that a name is taken: of the
  // table, of its type, or in the table of names.
  constexpr std::array<std::string_view, 3> kNameTaken{"23505", "42P07", "42710"};
  const bool raced = std::ranges::find(kNameTaken, connection.last_state()) != kNameTaken.end();
  return raced ? Result<void>{} : made;
}

Result<void> ApplyFrom(Connection& connection, std::size_t first) {
  for (const Migration& migration : Migrations().subspan(first)) {
    if (Result<void> applied = connection.Execute(std::string{migration.sql}); !applied) {
      if (connection.last_state() == "42P07") {
        applied.error().hint =
            "Give Latchkey a database of its own: this one holds another program's tables.";
      }
      return applied;
    }
  }
  const Result<Answer> noted =
      connection.Run(Statement{"UPDATE latchkey_schema SET version = $1, needs = $2 WHERE one = 1",
                               Statement::Kind::kOnce}
                         .Bind(static_cast<std::int64_t>(Migrations().size()))
                         .Bind(Migrations().back().needs));
  if (!noted) return std::unexpected(noted.error());
  return {};
}

}  // namespace

std::span<const Migration> Migrations() { return kMigrations; }

Result<void> Migrate(const Settings& settings) {
  Settings patient = settings;
  patient.lock_timeout = patient.idle_timeout = patient.deadline;
  const Result<std::unique_ptr<Connection>> opened = Connection::Open(patient);
  if (!opened) return std::unexpected(opened.error());
  Connection& connection = **opened;
  if (Result<void> ensured = EnsureSchemaTable(connection); !ensured) return ensured;
  // This row is what those that begin at once wait for.
  const std::array<Statement, 1> first{
      Statement{"INSERT INTO latchkey_schema (one, version, needs) VALUES (1, 0, 0) ON CONFLICT "
                "DO NOTHING",
                Statement::Kind::kOnce}};
  if (const Result<std::vector<Answer>> put = connection.RunAll(first); !put) {
    return std::unexpected(put.error());
  }
  Transaction transaction{connection};
  const Result<std::vector<Answer>> locked = transaction.Begin(
      {Statement{"SELECT version, needs FROM latchkey_schema WHERE one = 1 FOR UPDATE",
                 Statement::Kind::kOnce}});
  if (!locked) return std::unexpected(locked.error());
  const Result<Schema> schema = ReadSchema(locked->front());
  if (!schema) return std::unexpected(schema.error());
  const auto version = static_cast<std::size_t>(schema->version);
  if (version >= Migrations().size()) return {};
  if (Result<void> applied = ApplyFrom(connection, version); !applied) return applied;
  return transaction.Commit();
}

Result<void> CheckSchema(Connection& connection) {
  const Result<Answer> answer = connection.Run(Statement{kSelectSchema, Statement::Kind::kOnce});
  if (!answer && connection.last_state() != "42P01") return std::unexpected(answer.error());
  const Result<Schema> schema = answer ? ReadSchema(*answer) : Schema{};
  if (!schema) return std::unexpected(schema.error());
  if (static_cast<std::size_t>(schema->version) >= Migrations().size()) return {};
  return Fail(Error::Code::kInvalidArgument,
              "the database has the older schema " + std::to_string(schema->version),
              "Start \"latchkey serve\" once: it brings the database up to date.");
}

}  // namespace latchkey::postgres
