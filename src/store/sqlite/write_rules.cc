#include "store/sqlite/write_rules.h"

#include <string>
#include <utility>

#include "store/rows/record_rows.h"
#include "store/rows/refusal.h"

namespace latchkey::sqlite {
namespace {

Result<std::uint64_t> StoredVersion(Connection& connection, RecordType type, std::string_view key) {
  Query query = connection.Prepare(rows::TableOf(type).select_version);
  rows::PutKey(query, type, key);
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return 0;
  return static_cast<std::uint64_t>(query.Number(0).value_or(0));
}

Result<std::optional<Error>> FindTakenName(Connection& connection, const Account& account) {
  const auto taken = [&](std::string_view sql, std::string_view value) {
    Query query = connection.Prepare(sql);
    return query.Bind(value).Bind(account.id).Step();
  };
  const Result<bool> email =
      taken("SELECT 1 FROM accounts WHERE email_folded = lower(?) AND id <> ?", account.email);
  if (!email) return std::unexpected(email.error());
  if (*email) return rows::Taken("e-mail", account.email);
  const Result<bool> username = taken(
      "SELECT 1 FROM accounts WHERE username_folded = lower(?) AND id <> ?", account.username);
  if (!username) return std::unexpected(username.error());
  if (*username) return rows::Taken("username", account.username);
  return std::nullopt;
}

Result<std::optional<Error>> FindTakenClaim(Connection& connection, const IdempotencyClaim& claim,
                                            Instant present) {
  Query query = connection.Prepare(
      "SELECT 1 FROM idempotency WHERE account_id = ? AND key = ? AND expires_at > ?");
  const Result<bool> row = query.Bind(claim.account).Bind(claim.key).Bind(present).Step();
  if (!row) return std::unexpected(row.error());
  if (*row) return rows::Taken("idempotency key", claim.key);
  return std::nullopt;
}

Result<void> PutClaim(Connection& connection, const IdempotencyClaim& claim,
                      std::string_view record_key, Instant present) {
  // More than one, so that the table shrinks after a rush; few, so that no commit is slow.
  Result<void> purged = connection
                            .Prepare(
                                "DELETE FROM idempotency WHERE (account_id, key) IN (SELECT "
                                "account_id, key FROM idempotency WHERE expires_at <= ? "
                                "ORDER BY expires_at LIMIT 4)")
                            .Bind(present)
                            .Run();
  if (!purged) return purged;
  return connection
      .Prepare(
          "INSERT OR REPLACE INTO idempotency (account_id, key, fingerprint, record_key, "
          "expires_at) VALUES (?, ?, ?, ?, ?)")
      .Bind(claim.account)
      .Bind(claim.key)
      .Bind(std::span<const std::byte>{claim.fingerprint})
      .Bind(record_key)
      .Bind(claim.expires_at)
      .Run();
}

}  // namespace

Result<std::optional<Error>> FindRefusal(Connection& connection, const Write& write) {
  const RecordType type = TypeOf(write.record);
  const std::string key = KeyOf(write.record);
  if (!rows::IsStorable(write.record)) return rows::NotStorable();
  const Result<std::uint64_t> before = StoredVersion(connection, type, key);
  if (!before) return std::unexpected(before.error());
  const std::uint64_t version = VersionOf(write.record);
  if (*before != 0 && version == 1) return rows::Taken(TypeName(type), key);
  if (version != *before + 1) return rows::Outdated(type, key);
  if (const auto* account = std::get_if<AccountRecord>(&write.record)) {
    Result<std::optional<Error>> taken = FindTakenName(connection, account->value);
    if (!taken || *taken) return taken;
  }
  if (!write.claim) return std::nullopt;
  return FindTakenClaim(connection, *write.claim, rows::PresentOf(write.record));
}

Result<void> ApplyWrite(Connection& connection, const Write& write) {
  Query upsert = connection.Prepare(rows::TableOf(TypeOf(write.record)).upsert);
  rows::PutRecord(upsert, write.record);
  Result<void> applied = upsert.Run();
  if (!applied || !write.claim) return applied;
  return PutClaim(connection, *write.claim, KeyOf(write.record), rows::PresentOf(write.record));
}

Result<void> PutLine(Connection& connection, const ChangeLine& line) {
  Query query = connection.Prepare(
      "INSERT OR REPLACE INTO changes (seq, batch, text, mac) VALUES (?, ?, ?, ?)");
  rows::PutLine(query, line);
  return query.Run();
}

}  // namespace latchkey::sqlite
