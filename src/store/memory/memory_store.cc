#include "store/memory/memory_store.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace latchkey {
namespace {

std::unexpected<Error> Taken(std::string_view what, std::string_view value) {
  return Fail(Error::Code::kAlreadyExists,
              "the " + std::string{what} + " \"" + EscapeForTerminal(value, 80) + "\" is taken");
}

/// A claim is made with a new record, so that record's creation is the present.
std::optional<Instant> CreatedAt(const Record& record) {
  return std::visit(
      [](const auto& one) -> std::optional<Instant> {
        if constexpr (requires { one.created_at; }) return one.created_at;
        if constexpr (requires { one.value.created_at; }) return one.value.created_at;
        return std::nullopt;
      },
      record);
}

/// Newest first.
bool ComesBefore(const CredentialRecord& left, const CredentialRecord& right) {
  return std::tuple(left.created_at, left.id) > std::tuple(right.created_at, right.id);
}

}  // namespace

MemoryStore::Records& MemoryStore::TableOf(const Record& record) {
  return tables_.at(record.index());
}

const MemoryStore::Records& MemoryStore::TableOf(RecordType type) const {
  return tables_.at(static_cast<std::size_t>(type));
}

Result<void> MemoryStore::AdmitAccount(const Account& account) const {
  for (const auto& [key, record] : TableOf(RecordType::kAccount)) {
    const Account& other = std::get<AccountRecord>(record).value;
    if (other.id == account.id) continue;
    if (EqualsIgnoringCase(other.email, account.email)) return Taken("e-mail", account.email);
    if (EqualsIgnoringCase(other.username, account.username)) {
      return Taken("username", account.username);
    }
  }
  return {};
}

Result<void> MemoryStore::Admit(const Write& write) const {
  const RecordType type = TypeOf(write.record);
  const std::string key = KeyOf(write.record);
  const std::uint64_t version = VersionOf(write.record);
  const auto stored = TableOf(type).find(key);
  const std::uint64_t before = stored == TableOf(type).end() ? 0 : VersionOf(stored->second);
  if (before != 0 && version == 1) return Taken(TypeName(type), key);
  if (version != before + 1) {
    return Fail(Error::Code::kConflict,
                std::string{TypeName(type)} + " " + key + " changed in the meantime");
  }
  if (const auto* account = std::get_if<AccountRecord>(&write.record)) {
    if (Result<void> admitted = AdmitAccount(account->value); !admitted) return admitted;
  }
  if (!write.claim) return {};
  const auto claim = claims_.find({write.claim->account, write.claim->key});
  const std::optional<Instant> now = CreatedAt(write.record);
  if (claim != claims_.end() && (!now || claim->second.expires_at > *now)) {
    return Taken("idempotency key", write.claim->key);
  }
  return {};
}

void MemoryStore::Apply(const Write& write) {
  const std::string key = KeyOf(write.record);
  TableOf(write.record).insert_or_assign(key, write.record);
  if (!write.claim) return;
  claims_.insert_or_assign(
      std::pair{write.claim->account, write.claim->key},
      Claim{.known = {.fingerprint = write.claim->fingerprint, .record_key = key},
            .expires_at = write.claim->expires_at});
}

Result<std::vector<Result<void>>> MemoryStore::Commit(std::span<const Write> writes,
                                                      const LineMaker& make_line) {
  const std::scoped_lock lock{mutex_};
  std::vector<Result<void>> outcomes;
  outcomes.reserve(writes.size());
  for (const Write& write : writes) {
    Result<void> admitted = Admit(write);
    if (admitted) {
      Apply(write);
      ChangeLine line = make_line(write);
      lines_.insert_or_assign(line.seq, std::move(line));
    }
    outcomes.push_back(std::move(admitted));
  }
  return outcomes;
}

// Visitors are called without the mutex, so that they may ask the store.
Result<void> MemoryStore::Load(
    const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& /*unreadable*/) const {
  std::unique_lock lock{mutex_};
  const auto tables = tables_;
  lock.unlock();
  const auto& apps = tables.at(static_cast<std::size_t>(RecordType::kApp));
  for (const auto& [key, record] : apps) visit(record);
  for (const Records& table : tables) {
    if (&table == &apps) continue;
    for (const auto& [key, record] : table) visit(record);
  }
  return {};
}

Result<void> MemoryStore::LoadByThreads(
    std::size_t /*threads*/, const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& unreadable) const {
  return Load(visit, unreadable);
}

Result<Record> MemoryStore::Find(RecordType type, std::string_view key) const {
  const std::scoped_lock lock{mutex_};
  const auto found = TableOf(type).find(key);
  if (found != TableOf(type).end()) return found->second;
  return Fail(Error::Code::kNotFound,
              "no " + std::string{TypeName(type)} + " \"" + EscapeForTerminal(key, 80) + "\"");
}

Result<std::vector<CredentialRecord>> MemoryStore::ListCredentials(
    const CredentialFilter& filter) const {
  const std::scoped_lock lock{mutex_};
  const Records& table = TableOf(RecordType::kCredential);
  const CredentialRecord* after = nullptr;
  if (filter.after) {
    const auto found = table.find(filter.after->text());
    if (found == table.end()) return std::vector<CredentialRecord>{};
    after = &std::get<CredentialRecord>(found->second);
  }
  std::vector<CredentialRecord> listed;
  for (const auto& [key, record] : table) {
    const auto& credential = std::get<CredentialRecord>(record);
    const bool wanted = (!filter.account || credential.account == *filter.account) &&
                        (!filter.kind || credential.kind == *filter.kind) &&
                        (!filter.app || credential.app == *filter.app) &&
                        (after == nullptr || ComesBefore(*after, credential));
    if (wanted) listed.push_back(credential);
  }
  std::ranges::sort(listed, ComesBefore);
  if (listed.size() > filter.limit) {
    listed.erase(listed.begin() + static_cast<std::ptrdiff_t>(filter.limit), listed.end());
  }
  return listed;
}

Result<std::optional<KnownClaim>> MemoryStore::FindClaim(std::string_view account,
                                                         std::string_view key) const {
  const std::scoped_lock lock{mutex_};
  const auto found = claims_.find({std::string{account}, std::string{key}});
  if (found == claims_.end()) return std::optional<KnownClaim>{};
  return std::optional{found->second.known};
}

Result<std::optional<ChangeLine>> MemoryStore::LastChange() const {
  const std::scoped_lock lock{mutex_};
  if (lines_.empty()) return std::optional<ChangeLine>{};
  return std::optional{lines_.rbegin()->second};
}

Result<void> MemoryStore::ReadChanges(std::uint64_t seq, const LineVisitor& visit) const {
  std::unique_lock lock{mutex_};
  const auto lines = lines_;
  lock.unlock();
  for (auto line = lines.upper_bound(seq); line != lines.end(); ++line) {
    if (!visit(line->second)) break;
  }
  return {};
}

Result<void> MemoryStore::Restore(std::span<const Record> records,
                                  std::span<const ChangeLine> lines) {
  const std::scoped_lock lock{mutex_};
  for (const Record& record : records) TableOf(record).insert_or_assign(KeyOf(record), record);
  for (const ChangeLine& line : lines) lines_.insert_or_assign(line.seq, line);
  return {};
}

Result<std::string> MemoryStore::ReadMeta(std::string_view name) const {
  const std::scoped_lock lock{mutex_};
  const auto found = meta_.find(name);
  if (found != meta_.end()) return found->second;
  return Fail(Error::Code::kNotFound, "no value \"" + std::string{name} + "\"");
}

Result<void> MemoryStore::WriteMeta(std::string_view name, std::string_view value) {
  const std::scoped_lock lock{mutex_};
  meta_.insert_or_assign(std::string{name}, std::string{value});
  return {};
}

Result<std::uint64_t> MemoryStore::ForeignWrites() const {
  const std::scoped_lock lock{mutex_};
  return foreign_writes_;
}

void MemoryStore::Overwrite(Record record) {
  const std::scoped_lock lock{mutex_};
  const std::string key = KeyOf(record);
  Records& table = TableOf(record);
  table.insert_or_assign(key, std::move(record));
  ++foreign_writes_;
}

void MemoryStore::Erase(RecordType type, std::string_view key) {
  const std::scoped_lock lock{mutex_};
  Records& table = tables_.at(static_cast<std::size_t>(type));
  const auto found = table.find(key);
  if (found != table.end()) table.erase(found);
  ++foreign_writes_;
}

void MemoryStore::DropLinesAfter(std::uint64_t seq) {
  const std::scoped_lock lock{mutex_};
  lines_.erase(lines_.upper_bound(seq), lines_.end());
  ++foreign_writes_;
}

}  // namespace latchkey
