#include "store/sqlite/write_rules.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "store/sqlite/record_rows.h"

namespace latchkey::sqlite {
namespace {

Error Taken(std::string_view what, std::string_view value) {
  return {
      .code = Error::Code::kAlreadyExists,
      .message = "the " + std::string{what} + " \"" + EscapeForTerminal(value, 80) + "\" is taken"};
}

/// A claim is made with a new record, so that record's creation is the present. The past for ever
/// if the record does not tell: then no claim has expired.
Instant PresentOf(const Record& record) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.created_at; }) return one.created_at;
        if constexpr (requires { one.value.created_at; }) return one.value.created_at;
        return Instant::min();
      },
      record);
}

Result<std::uint64_t> StoredVersion(Connection& connection, RecordType type, std::string_view key) {
  Query query = connection.Prepare(TableOf(type).select_version);
  BindKey(query, type, key);
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
  if (*email) return Taken("e-mail", account.email);
  const Result<bool> username = taken(
      "SELECT 1 FROM accounts WHERE username_folded = lower(?) AND id <> ?", account.username);
  if (!username) return std::unexpected(username.error());
  if (*username) return Taken("username", account.username);
  return std::nullopt;
}

Result<std::optional<Error>> FindTakenClaim(Connection& connection, const IdempotencyClaim& claim,
                                            Instant present) {
  Query query = connection.Prepare(
      "SELECT 1 FROM idempotency WHERE account_id = ? AND key = ? AND expires_at > ?");
  const Result<bool> row = query.Bind(claim.account).Bind(claim.key).Bind(present).Step();
  if (!row) return std::unexpected(row.error());
  if (*row) return Taken("idempotency key", claim.key);
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
  if (!IsStorable(write.record)) {
    return Error{
        .code = Error::Code::kInvalidArgument,
        .message = "the name of a scope, permission, method or app is empty or holds a space"};
  }
  const Result<std::uint64_t> before = StoredVersion(connection, type, key);
  if (!before) return std::unexpected(before.error());
  const std::uint64_t version = VersionOf(write.record);
  if (*before != 0 && version == 1) return Taken(TypeName(type), key);
  if (version != *before + 1) {
    return Error{.code = Error::Code::kConflict,
                 .message = std::string{TypeName(type)} + " " + key + " changed in the meantime",
                 .hint = "Read it again, then repeat the change."};
  }
  if (const auto* account = std::get_if<AccountRecord>(&write.record)) {
    Result<std::optional<Error>> taken = FindTakenName(connection, account->value);
    if (!taken || *taken) return taken;
  }
  if (!write.claim) return std::nullopt;
  return FindTakenClaim(connection, *write.claim, PresentOf(write.record));
}

Result<void> ApplyWrite(Connection& connection, const Write& write) {
  Query upsert = connection.Prepare(TableOf(TypeOf(write.record)).upsert);
  BindRecord(upsert, write.record);
  Result<void> applied = upsert.Run();
  if (!applied || !write.claim) return applied;
  return PutClaim(connection, *write.claim, KeyOf(write.record), PresentOf(write.record));
}

Result<void> PutLine(Connection& connection, const ChangeLine& line) {
  return connection
      .Prepare("INSERT OR REPLACE INTO changes (seq, batch, text, mac) VALUES (?, ?, ?, ?)")
      .Bind(static_cast<std::int64_t>(line.seq))
      .Bind(static_cast<std::int64_t>(line.batch))
      .Bind(line.text)
      .Bind(std::span<const std::byte>{line.mac})
      .Run();
}

}  // namespace latchkey::sqlite
