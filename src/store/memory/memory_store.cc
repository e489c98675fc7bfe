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

Result<void> MemoryStore::Tables::AdmitAccount(const Account& account) const {
  for (const auto& [key, record] : Of(RecordType::kAccount)) {
    const Account& other = std::get<AccountRecord>(record).value;
    if (other.id == account.id) continue;
    if (EqualsIgnoringCase(other.email, account.email)) return Taken("e-mail", account.email);
    if (EqualsIgnoringCase(other.username, account.username)) {
      return Taken("username", account.username);
    }
  }
  return {};
}

Result<void> MemoryStore::Tables::Admit(const Write& write) const {
  const RecordType type = TypeOf(write.record);
  const std::string key = KeyOf(write.record);
  const std::uint64_t version = VersionOf(write.record);
  const auto stored = Of(type).find(key);
  const std::uint64_t before = stored == Of(type).end() ? 0 : VersionOf(stored->second);
  if (before != 0 && version == 1) return Taken(TypeName(type), key);
  if (version != before + 1) {
    return Fail(Error::Code::kConflict,
                std::string{TypeName(type)} + " " + key + " changed in the meantime");
  }
  if (const auto* account = std::get_if<AccountRecord>(&write.record)) {
    if (Result<void> admitted = AdmitAccount(account->value); !admitted) return admitted;
  }
  if (!write.claim) return {};
  const auto claim = claims.find({write.claim->account, write.claim->key});
  const std::optional<Instant> now = CreatedAt(write.record);
  if (claim != claims.end() && (!now || claim->second.expires_at > *now)) {
    return Taken("idempotency key", write.claim->key);
  }
  return {};
}

void MemoryStore::Tables::Apply(const Write& write) {
  const std::string key = KeyOf(write.record);
  Of(write.record).insert_or_assign(key, write.record);
  if (!write.claim) return;
  claims.insert_or_assign(
      std::pair{write.claim->account, write.claim->key},
      Claim{.known = {.fingerprint = write.claim->fingerprint, .record_key = key},
            .expires_at = write.claim->expires_at});
}

ChangeHead MemoryStore::Tables::Head() const {
  if (lines.empty()) return {};
  const ChangeLine& last = lines.rbegin()->second;
  return {.seq = last.seq, .batch = last.batch, .mac = last.mac};
}

std::unique_ptr<MemoryStore> MemoryStore::Share() {
  const std::unique_lock lock = Lock();
  state_->shared = true;
  return std::unique_ptr<MemoryStore>{new MemoryStore{state_}};
}

Result<void> MemoryStore::CheckReachable() const {
  if (reachable_) return {};
  return Fail(Error::Code::kUnavailable, "the memory store cannot be reached");
}

Result<std::optional<ChangeHead>> MemoryStore::Hold() {
  std::unique_lock lock = Lock();
  if (!state_->shared) return std::optional<ChangeHead>{};
  LetGo();
  state_->let_go.wait(lock, [this] { return state_->holder == nullptr || !reachable_; });
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  state_->holder = this;
  return std::optional{state_->tables.Head()};
}

void MemoryStore::LetGo() {
  if (state_->holder != this) return;
  state_->holder = nullptr;
  state_->let_go.notify_all();
}

void MemoryStore::Release() {
  const std::unique_lock lock = Lock();
  LetGo();
}

void MemoryStore::SetReachable(bool reachable) {
  const std::unique_lock lock = Lock();
  reachable_ = reachable;
  if (!reachable) LetGo();
  state_->let_go.notify_all();
}

void MemoryStore::CutNextCommit(bool made) { cut_ = made ? Cut::kMade : Cut::kUnmade; }

void MemoryStore::VanishAfterNextCommit() { cut_ = Cut::kGone; }

Result<std::vector<Result<void>>> MemoryStore::Commit(std::span<const Write> writes,
                                                      const LineMaker& make_line) {
  std::unique_lock lock = Lock();
  if (!state_->shared) return CommitTo(state_->tables, writes, make_line);
  state_->let_go.wait(
      lock, [this] { return state_->holder == nullptr || state_->holder == this || !reachable_; });
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  Tables changed = state_->tables;
  Result<std::vector<Result<void>>> outcomes = CommitTo(changed, writes, make_line);
  LetGo();
  const Cut cut = cut_.exchange(Cut::kNone);
  if (outcomes && cut != Cut::kUnmade) state_->tables = std::move(changed);
  if (cut == Cut::kGone) reachable_ = false;
  if (cut != Cut::kNone) return Fail(Error::Code::kUnavailable, "the connection was lost");
  return outcomes;
}

Result<std::vector<Result<void>>> MemoryStore::CommitTo(Tables& tables,
                                                        std::span<const Write> writes,
                                                        const LineMaker& make_line) const {
  std::vector<Result<void>> outcomes;
  outcomes.reserve(writes.size());
  for (const Write& write : writes) {
    Result<void> admitted = tables.Admit(write);
    if (admitted) {
      tables.Apply(write);
      ChangeLine line = make_line(write);
      if (state_->shared && line.seq != tables.Head().seq + 1) {
        return Fail(Error::Code::kInternal, "a change does not continue the head");
      }
      tables.lines.insert_or_assign(line.seq, std::move(line));
    }
    outcomes.push_back(std::move(admitted));
  }
  return outcomes;
}

// Visitors are called without the mutex, so that they may ask the store.
Result<void> MemoryStore::Load(
    const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& /*unreadable*/) const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  std::unique_lock lock = Lock();
  const auto tables = state_->tables.records;
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
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  const auto found = state_->tables.Of(type).find(key);
  if (found != state_->tables.Of(type).end()) return found->second;
  return Fail(Error::Code::kNotFound,
              "no " + std::string{TypeName(type)} + " \"" + EscapeForTerminal(key, 80) + "\"");
}

Result<std::vector<CredentialRecord>> MemoryStore::ListCredentials(
    const CredentialFilter& filter) const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  const Records& table = state_->tables.Of(RecordType::kCredential);
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
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  const auto found = state_->tables.claims.find({std::string{account}, std::string{key}});
  if (found == state_->tables.claims.end()) return std::optional<KnownClaim>{};
  return std::optional{found->second.known};
}

Result<std::optional<ChangeLine>> MemoryStore::LastChange() const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  if (state_->tables.lines.empty()) return std::optional<ChangeLine>{};
  return std::optional{state_->tables.lines.rbegin()->second};
}

Result<void> MemoryStore::ReadChanges(std::uint64_t seq, const LineVisitor& visit) const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  std::unique_lock lock = Lock();
  const auto lines = state_->tables.lines;
  lock.unlock();
  for (auto line = lines.upper_bound(seq); line != lines.end(); ++line) {
    if (!visit(line->second)) break;
  }
  return {};
}

Result<void> MemoryStore::Restore(std::span<const Record> records,
                                  std::span<const ChangeLine> lines) {
  const std::unique_lock lock = Lock();
  for (const Record& record : records)
    state_->tables.Of(record).insert_or_assign(KeyOf(record), record);
  for (const ChangeLine& line : lines) state_->tables.lines.insert_or_assign(line.seq, line);
  return {};
}

Result<std::string> MemoryStore::ReadMeta(std::string_view name) const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  const auto found = state_->meta.find(name);
  if (found != state_->meta.end()) return found->second;
  return Fail(Error::Code::kNotFound, "no value \"" + std::string{name} + "\"");
}

Result<void> MemoryStore::WriteMeta(std::string_view name, std::string_view value) {
  const std::unique_lock lock = Lock();
  state_->meta.insert_or_assign(std::string{name}, std::string{value});
  return {};
}

Result<std::uint64_t> MemoryStore::ForeignWrites() const {
  if (Result<void> reachable = CheckReachable(); !reachable) {
    return std::unexpected(reachable.error());
  }
  const std::unique_lock lock = Lock();
  return state_->foreign_writes;
}

void MemoryStore::Overwrite(Record record) {
  const std::unique_lock lock = Lock();
  const std::string key = KeyOf(record);
  Records& table = state_->tables.Of(record);
  table.insert_or_assign(key, std::move(record));
  ++state_->foreign_writes;
}

void MemoryStore::Erase(RecordType type, std::string_view key) {
  const std::unique_lock lock = Lock();
  Records& table = state_->tables.records.at(static_cast<std::size_t>(type));
  const auto found = table.find(key);
  if (found != table.end()) table.erase(found);
  ++state_->foreign_writes;
}

void MemoryStore::DropLinesAfter(std::uint64_t seq) {
  const std::unique_lock lock = Lock();
  state_->tables.lines.erase(state_->tables.lines.upper_bound(seq), state_->tables.lines.end());
  ++state_->foreign_writes;
}

}  // namespace latchkey
