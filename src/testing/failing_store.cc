#include "testing/failing_store.h"

namespace latchkey {

template <typename Call>
auto FailingStore::Guard(Call call) const -> decltype(call()) {
  if (++calls_ != plan_.call) return call();
  if (plan_.when == When::kAfter) {
    const auto lost = call();
    static_cast<void>(lost);
  }
  return Fail(plan_.code, "the failing store fails on this call");
}

Result<std::vector<Result<void>>> FailingStore::Commit(std::span<const Write> writes,
                                                       const LineMaker& make_line) {
  return Guard([&] { return store_.Commit(writes, make_line); });
}

Result<void> FailingStore::Load(const RecordVisitor& visit,
                                const std::function<void(std::string_view key)>& unreadable) const {
  return Guard([&] { return store_.Load(visit, unreadable); });
}

Result<void> FailingStore::LoadByThreads(
    std::size_t threads, const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& unreadable) const {
  return Guard([&] { return store_.LoadByThreads(threads, visit, unreadable); });
}

Result<Record> FailingStore::Find(RecordType type, std::string_view key) const {
  return Guard([&] { return store_.Find(type, key); });
}

Result<std::vector<CredentialRecord>> FailingStore::ListCredentials(
    const CredentialFilter& filter) const {
  return Guard([&] { return store_.ListCredentials(filter); });
}

Result<std::optional<KnownClaim>> FailingStore::FindClaim(std::string_view account,
                                                          std::string_view key) const {
  return Guard([&] { return store_.FindClaim(account, key); });
}

Result<std::optional<ChangeLine>> FailingStore::LastChange() const {
  return Guard([&] { return store_.LastChange(); });
}

Result<void> FailingStore::ReadChanges(std::uint64_t seq, const LineVisitor& visit) const {
  return Guard([&] { return store_.ReadChanges(seq, visit); });
}

Result<void> FailingStore::Restore(std::span<const Record> records,
                                   std::span<const ChangeLine> lines) {
  return Guard([&] { return store_.Restore(records, lines); });
}

Result<std::string> FailingStore::ReadMeta(std::string_view name) const {
  return Guard([&] { return store_.ReadMeta(name); });
}

Result<void> FailingStore::WriteMeta(std::string_view name, std::string_view value) {
  return Guard([&] { return store_.WriteMeta(name, value); });
}

Result<std::uint64_t> FailingStore::ForeignWrites() const {
  return Guard([&] { return store_.ForeignWrites(); });
}

}  // namespace latchkey
