#include "store/postgres/postgres_store.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "store/postgres/migrations.h"
#include "store/postgres/snapshot_load.h"
#include "store/postgres/write_statements.h"
#include "store/rows/record_rows.h"

namespace latchkey::postgres {
namespace {

/// Lines of one batch of ReadChanges.
constexpr std::int64_t kLines = 500;

constexpr std::string_view kSelectHead = "SELECT seq, batch, mac FROM feed_head WHERE one = 1";
constexpr std::string_view kLockHead =
    "SELECT seq, batch, mac FROM feed_head WHERE one = 1 FOR UPDATE";

Result<ChangeHead> ReadHead(const Answer& answer) {
  const std::optional<Row> row = answer.empty() ? std::nullopt : std::optional{answer[0]};
  const auto seq = row ? row->Number(0) : std::nullopt;
  const auto batch = row ? row->Number(1) : std::nullopt;
  const auto mac = row ? row->Blob(2) : std::nullopt;
  if (!seq || !batch || !mac || mac->size() != std::tuple_size_v<Mac>) {
    return Fail(Error::Code::kTampered, "the head of the changes in the database cannot be read",
                "Table feed_head must have one row. \"latchkey audit repair\" makes it again.");
  }
  ChangeHead head{.seq = static_cast<std::uint64_t>(*seq),
                  .batch = static_cast<std::uint64_t>(*batch),
                  .mac = {}};
  std::ranges::copy(*mac, head.mac.begin());
  return head;
}

/// Before the commit was sent, nothing was changed, whatever happened.
Error NothingChanged(Error error) {
  if (error.code != Error::Code::kNoSpace && error.code != Error::Code::kTampered) {
    error.code = Error::Code::kIo;
  }
  return error;
}

/// Sends a statement for each of `values`, many at a time.
template <typename T>
Result<void> SendEach(Connection& connection, std::span<const T> values,
                      Statement (*make)(const T&)) {
  constexpr std::size_t kAtOnce = 1000;
  while (!values.empty()) {
    const std::span<const T> some = values.first(std::min(values.size(), kAtOnce));
    values = values.subspan(some.size());
    std::vector<Statement> statements;
    for (const T& value : some) statements.push_back(make(value));
    const Result<std::vector<Answer>> sent = connection.RunAll(statements);
    if (!sent) return std::unexpected(sent.error());
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<PostgresStore>> PostgresStore::Open(const Settings& settings,
                                                           Access access) {
  if (access == Access::kReadWrite) {
    if (Result<void> ready = Migrate(settings); !ready) return std::unexpected(ready.error());
  }
  std::unique_ptr<PostgresStore> store{new PostgresStore(settings)};
  if (Result<void> ready = store->pool_.Use(CheckSchema); !ready) {
    return std::unexpected(ready.error());
  }
  return store;
}

Result<Answer> PostgresStore::Read(const Statement& statement) const {
  Result<Answer> answer = std::unexpected(Error{.code = Error::Code::kInternal, .message = ""});
  const Result<void> done = pool_.Use([&](Connection& connection) -> Result<void> {
    answer = connection.Run(statement);
    if (!answer) return std::unexpected(answer.error());
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return answer;
}

Result<std::optional<ChangeHead>> PostgresStore::Hold() {
  const std::scoped_lock lock{writer_mutex_};
  const Result<ChangeHead> head = HoldHead();
  if (!head) return std::unexpected(head.error());
  return std::optional{*head};
}

Result<ChangeHead> PostgresStore::HoldHead() {
  GiveUp();
  const bool waited = writer_ != nullptr;
  Result<ChangeHead> head = TryHold();
  // A connection that has waited may have been lost meanwhile.
  if (!head && waited && writer_->lost() && !writer_->overdue()) {
    GiveUp();
    head = TryHold();
  }
  if (head) {
    held_ = *head;
  } else {
    GiveUp();
  }
  return head;
}

Result<ChangeHead> PostgresStore::TryHold() {
  if (writer_ == nullptr) {
    Result<std::unique_ptr<Connection>> opened = Connection::Open(pool_.settings());
    if (!opened) return std::unexpected(opened.error());
    writer_ = *std::move(opened);
  }
  if (Result<void> proven = Prove(); !proven) return std::unexpected(proven.error());
  const Result<std::vector<Answer>> answers = writer_->RunAll(
      std::vector{Statement{"BEGIN", Statement::Kind::kOnce}, Statement{kLockHead}});
  if (!answers) return std::unexpected(answers.error());
  return ReadHead(answers->back());
}

Result<void> PostgresStore::Prove() {
  if (!unproven_) return {};
  Transaction transaction{*writer_};
  const Result<std::vector<Answer>> counted = transaction.Begin(
      {Statement{"UPDATE feed_head SET proof = proof + 1 WHERE one = 1", Statement::Kind::kOnce},
       Statement{kCommitPatiently, Statement::Kind::kOnce}});
  if (!counted) return std::unexpected(counted.error());
  Result<void> committed = transaction.Commit();
  if (committed) unproven_ = false;
  return committed;
}

void PostgresStore::Release() {
  const std::scoped_lock lock{writer_mutex_};
  GiveUp();
}

void PostgresStore::GiveUp() {
  held_.reset();
  if (writer_ == nullptr) return;
  // Rolls back what is under way.
  {
    const Transaction under_way{*writer_};
  }
  if (writer_->lost() || writer_->in_transaction()) writer_.reset();
}

Result<std::vector<Result<void>>> PostgresStore::Commit(std::span<const Write> writes,
                                                        const LineMaker& make_line) {
  const std::scoped_lock lock{writer_mutex_};
  if (!held_) {
    if (const Result<ChangeHead> head = HoldHead(); !head) {
      return std::unexpected(NothingChanged(head.error()));
    }
  }
  Result<std::vector<Result<void>>> outcomes = CommitHeld(writes, make_line);
  GiveUp();
  return outcomes;
}

Result<std::vector<Result<void>>> PostgresStore::CommitHeld(std::span<const Write> writes,
                                                            const LineMaker& make_line) {
  Result<BatchRules> rules = BatchRules::Read(*writer_, writes);
  if (!rules) return std::unexpected(NothingChanged(rules.error()));
  std::vector<Result<void>> outcomes;
  ChangeHead head = *held_;
  BatchStatements statements;
  for (const Write& write : writes) {
    if (std::optional<Error> refusal = rules->FindRefusal(write)) {
      outcomes.emplace_back(std::unexpected(*std::move(refusal)));
      continue;
    }
    const ChangeLine line = make_line(write);
    if (line.seq != head.seq + 1) {
      return Fail(Error::Code::kInternal, "change " + std::to_string(line.seq) +
                                              " does not continue the database's changes, which " +
                                              "end with " + std::to_string(head.seq));
    }
    head = {.seq = line.seq, .batch = line.batch, .mac = line.mac};
    rules->Accept(write);
    statements.Add(write, line);
    outcomes.emplace_back();
  }
  if (head.seq == held_->seq) return outcomes;
  if (Result<void> done = Finish(statements.Finish(head)); !done) {
    return std::unexpected(done.error());
  }
  return outcomes;
}

Result<void> PostgresStore::Finish(std::vector<Statement> changes) {
  changes.emplace_back(kCommitPatiently, Statement::Kind::kOnce);
  if (const Result<std::vector<Answer>> made = writer_->RunAll(changes); !made) {
    return std::unexpected(NothingChanged(made.error()));
  }
  Result<void> committed = writer_->Commit();
  if (!committed && committed.error().code == Error::Code::kUnavailable) unproven_ = true;
  return committed;
}

Result<ChangeHead> PostgresStore::Head() const {
  const Result<Answer> answer = Read(Statement{kSelectHead});
  if (!answer) return std::unexpected(answer.error());
  return ReadHead(*answer);
}

Result<void> PostgresStore::Load(
    const RecordVisitor& visit, const std::function<void(std::string_view key)>& unreadable) const {
  return LoadByThreads(1, visit, unreadable);
}

Result<void> PostgresStore::LoadByThreads(
    std::size_t threads, const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& unreadable) const {
  return LoadSnapshot(pool_, threads, visit, unreadable);
}

Result<Record> PostgresStore::Find(RecordType type, std::string_view key) const {
  Statement statement{rows::TableOf(type).select_one};
  rows::PutKey(statement, type, key);
  const Result<Answer> answer = Read(statement);
  if (!answer) return std::unexpected(answer.error());
  const std::string name = std::string{TypeName(type)} + " \"" + EscapeForTerminal(key, 80) + "\"";
  if (answer->empty()) return Fail(Error::Code::kNotFound, "no " + name);
  std::optional<Record> record = rows::ReadRecord((*answer)[0], type);
  if (record) return *std::move(record);
  return Fail(Error::Code::kTampered, name + " in the database cannot be read as a record");
}

Result<std::vector<CredentialRecord>> PostgresStore::ListCredentials(
    const CredentialFilter& filter) const {
  std::optional<std::int64_t> after;
  if (filter.after) {
    const Result<Answer> creation = Read(
        Statement{"SELECT created_at FROM credentials WHERE id = $1"}.Bind(filter.after->text()));
    if (!creation) return std::unexpected(creation.error());
    if (creation->empty()) return std::vector<CredentialRecord>{};
    after = (*creation)[0].Number(0);
  }
  std::vector<CredentialRecord> listed;
  // Again only where rows could not be read.
  for (std::size_t seen = 0; listed.size() < filter.limit;) {
    const std::string sql = rows::ListCredentialsSql(filter) + " LIMIT " +
                            std::to_string(filter.limit - listed.size()) + " OFFSET " +
                            std::to_string(seen);
    Statement statement{sql, Statement::Kind::kOnce};
    rows::PutFilter(statement, filter, after);
    const Result<Answer> answer = Read(statement);
    if (!answer) return std::unexpected(answer.error());
    const std::size_t asked = filter.limit - listed.size();
    for (std::size_t i = 0; i < answer->size(); ++i) {
      std::optional<Record> record = rows::ReadRecord((*answer)[i], RecordType::kCredential);
      if (record) listed.push_back(std::get<CredentialRecord>(*std::move(record)));
    }
    seen += answer->size();
    if (answer->size() < asked) break;
  }
  return listed;
}

Result<std::optional<KnownClaim>> PostgresStore::FindClaim(std::string_view account,
                                                           std::string_view key) const {
  const Result<Answer> answer = Read(
      Statement{"SELECT fingerprint, record_key FROM claims WHERE account_id = $1 AND key = $2"}
          .Bind(account)
          .Bind(key));
  if (!answer) return std::unexpected(answer.error());
  if (answer->empty()) return std::optional<KnownClaim>{};
  Result<KnownClaim> claim = rows::ReadClaim((*answer)[0]);
  if (!claim) return std::unexpected(claim.error());
  return std::optional{*std::move(claim)};
}

Result<std::optional<ChangeLine>> PostgresStore::LastChange() const {
  const Result<Answer> answer =
      Read(Statement{"SELECT seq, batch, text, mac FROM changes ORDER BY seq DESC LIMIT 1"});
  if (!answer) return std::unexpected(answer.error());
  if (answer->empty()) return std::optional<ChangeLine>{};
  Result<ChangeLine> line = rows::ReadLine((*answer)[0]);
  if (!line) return std::unexpected(line.error());
  return std::optional{*std::move(line)};
}

Result<void> PostgresStore::ReadChanges(std::uint64_t seq, const LineVisitor& visit) const {
  while (true) {
    const Result<Answer> answer = Read(
        Statement{"SELECT seq, batch, text, mac FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2"}
            .Bind(static_cast<std::int64_t>(seq))
            .Bind(kLines));
    if (!answer) return std::unexpected(answer.error());
    for (std::size_t i = 0; i < answer->size(); ++i) {
      Result<ChangeLine> line = rows::ReadLine((*answer)[i]);
      if (!line) return std::unexpected(line.error());
      seq = line->seq;
      if (!visit(*std::move(line))) return {};
    }
    if (answer->size() < static_cast<std::size_t>(kLines)) return {};
  }
}

Result<void> PostgresStore::Restore(std::span<const Record> records,
                                    std::span<const ChangeLine> lines) {
  const std::scoped_lock lock{writer_mutex_};
  // Not what stands there, which may be what is to be repaired, but that it is locked matters.
  const Result<ChangeHead> head = HoldHead();
  if (!head && head.error().code != Error::Code::kTampered) {
    return std::unexpected(NothingChanged(head.error()));
  }
  if (!head) {
    const Result<std::vector<Answer>> begun =
        writer_->RunAll(std::vector{Statement{"BEGIN", Statement::Kind::kOnce}});
    if (!begun) return std::unexpected(NothingChanged(begun.error()));
  }
  Result<void> restored = RestoreHeld(records, lines);
  GiveUp();
  return restored;
}

Result<void> PostgresStore::RestoreHeld(std::span<const Record> records,
                                        std::span<const ChangeLine> lines) {
  // All are taken out first: what stands there may hold an e-mail that another of them has by now.
  Result<void> sent = SendEach(*writer_, records, EraseOf);
  if (sent) sent = SendEach(*writer_, records, UpsertOf);
  if (sent) sent = SendEach(*writer_, lines, ReplaceOf);
  if (!sent) return std::unexpected(NothingChanged(sent.error()));
  return Finish({HeadFromChanges()});
}

Result<std::string> PostgresStore::ReadMeta(std::string_view name) const {
  const Result<Answer> answer =
      Read(Statement{"SELECT value FROM meta WHERE name = $1"}.Bind(name));
  if (!answer) return std::unexpected(answer.error());
  if (answer->empty()) {
    return Fail(Error::Code::kNotFound, "no value \"" + std::string{name} + "\"");
  }
  return std::string{(*answer)[0].Text(0).value_or("")};
}

Result<void> PostgresStore::WriteMeta(std::string_view name, std::string_view value) {
  // Doing it twice is doing it once.
  const Result<Answer> written =
      Read(Statement{"INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE "
                     "SET value = excluded.value"}
               .Bind(name)
               .Bind(value));
  if (!written) return std::unexpected(written.error());
  return {};
}

Result<std::uint64_t> PostgresStore::ForeignWrites() const { return 0; }

}  // namespace latchkey::postgres
