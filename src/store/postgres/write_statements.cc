#include "store/postgres/write_statements.h"

#include <utility>

#include "store/rows/record_rows.h"
#include "store/rows/refusal.h"

namespace latchkey::postgres {
namespace {

Statement InsertOf(const ChangeLine& line, std::string_view sql) {
  Statement statement{sql};
  rows::PutLine(statement, line);
  return statement;
}

Statement ClaimOf(const IdempotencyClaim& claim, std::string_view record_key) {
  return Statement{
      "INSERT INTO claims (account_id, key, fingerprint, record_key, expires_at) VALUES ($1, $2, "
      "$3, $4, $5) ON CONFLICT (account_id, key) DO UPDATE SET fingerprint = "
      "excluded.fingerprint, record_key = excluded.record_key, expires_at = excluded.expires_at"}
      .Bind(claim.account)
      .Bind(claim.key)
      .Bind(std::span<const std::byte>{claim.fingerprint})
      .Bind(record_key)
      .Bind(claim.expires_at);
}

}  // namespace

void BatchStatements::Add(const Write& write, const ChangeLine& line) {
  statements_.push_back(UpsertOf(write.record));
  // A number that is taken is an error: the line that has it was told to others.
  statements_.push_back(
      InsertOf(line, "INSERT INTO changes (seq, batch, text, mac) VALUES ($1, $2, $3, $4)"));
  if (!write.claim) return;
  statements_.push_back(ClaimOf(*write.claim, KeyOf(write.record)));
  ++claims_;
  present_ = rows::PresentOf(write.record);
}

std::vector<Statement> BatchStatements::Finish(const ChangeHead& head) {
  if (present_) {
    // More than were made, so that the table shrinks after a rush; few, so that no commit is slow.
    statements_
        .emplace_back(
            "DELETE FROM claims WHERE (account_id, key) IN (SELECT account_id, key FROM claims "
            "WHERE "
            "expires_at <= $1 ORDER BY expires_at LIMIT $2)")
        .Bind(*present_)
        .Bind(claims_ * 4);
  }
  statements_.emplace_back("UPDATE feed_head SET seq = $1, batch = $2, mac = $3 WHERE one = 1")
      .Bind(static_cast<std::int64_t>(head.seq))
      .Bind(static_cast<std::int64_t>(head.batch))
      .Bind(std::span<const std::byte>{head.mac});
  return std::exchange(statements_, {});
}

Statement EraseOf(const Record& record) {
  const RecordType type = TypeOf(record);
  Statement statement{rows::TableOf(type).erase};
  rows::PutKey(statement, type, KeyOf(record));
  return statement;
}

Statement UpsertOf(const Record& record) {
  Statement statement{rows::TableOf(TypeOf(record)).upsert};
  rows::PutRecord(statement, record);
  return statement;
}

Statement ReplaceOf(const ChangeLine& line) {
  return InsertOf(line,
                  "INSERT INTO changes (seq, batch, text, mac) VALUES ($1, $2, $3, $4) ON CONFLICT "
                  "(seq) DO UPDATE SET batch = excluded.batch, text = excluded.text, mac = "
                  "excluded.mac");
}

Statement HeadFromChanges() {
  return Statement{
      "INSERT INTO feed_head (one, seq, batch, mac, proof) SELECT 1, seq, batch, mac, 0 FROM "
      "changes ORDER BY seq DESC LIMIT 1 ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, "
      "batch = excluded.batch, mac = excluded.mac"};
}

}  // namespace latchkey::postgres
