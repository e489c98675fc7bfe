#include "api/bulk_revoke.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace latchkey::api {
namespace {

constexpr std::size_t kWorkersMax = 16;
constexpr std::size_t kBatch = 1000;

class Work {
 public:
  Work(CredentialAuthority& authority, std::span<const CredentialId> ids, std::string_view reason,
       const Caller& caller)
      : authority_(authority), ids_(ids), reason_(reason), caller_(caller) {}

  void Run() {
    for (std::size_t at = next_++; at < ids_.size(); at = next_++) RevokeOne(ids_[at]);
  }

  [[nodiscard]] Result<std::uint64_t> outcome() const {
    if (fault_) return std::unexpected(*fault_);
    return revoked_.load();
  }

 private:
  void RevokeOne(CredentialId id) {
    const Result<CredentialRecord> before = authority_.Show(id, caller_);
    Result<CredentialRecord> record = before;
    if (before && !before->revoked_at) record = authority_.Revoke(id, reason_, caller_);
    if (record) {
      if (!before->revoked_at) ++revoked_;
      return;
    }
    if (record.error().code == Error::Code::kNotFound) return;
    next_ = ids_.size();
    const std::scoped_lock lock{mutex_};
    if (!fault_) fault_ = record.error();
  }

  CredentialAuthority& authority_;
  std::span<const CredentialId> ids_;
  std::string_view reason_;
  const Caller& caller_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> revoked_ = 0;
  std::mutex mutex_;
  std::optional<Error> fault_;
};

/// Of all but the one that asks: without it nobody would ask for the rest.
std::vector<CredentialId> Others(std::span<const CredentialId> ids, const Caller& caller) {
  std::vector<CredentialId> others{ids.begin(), ids.end()};
  std::erase_if(others, [own = caller.credential()](CredentialId id) { return id == own; });
  return others;
}

Result<std::uint64_t> RevokeByMany(CredentialAuthority& authority,
                                   std::span<const CredentialId> ids, std::string_view reason,
                                   const Caller& caller) {
  Work work{authority, ids, reason, caller};
  {
    std::vector<std::jthread> helpers;
    const std::size_t workers = std::min(kWorkersMax, ids.size());
    for (std::size_t i = 1; i < workers; ++i) helpers.emplace_back([&work] { work.Run(); });
    work.Run();
  }
  return work.outcome();
}

std::vector<CredentialId> NotRevoked(const std::vector<CredentialRecord>& records) {
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : records) {
    if (!record.revoked_at) ids.push_back(record.id);
  }
  return ids;
}

struct Progress {
  std::uint64_t revoked = 0;
  std::vector<CredentialId> own = {};  ///< The one that asks, if it is among them.
};

/// Goes through all pages once, from `page` on, past the one that asks.
Result<void> RevokePages(CredentialAuthority& authority, CredentialFilter page,
                         std::string_view reason, const Caller& caller, Progress& progress) {
  page.limit = kBatch;
  for (bool more = true; more;) {
    const Result<std::vector<CredentialRecord>> records = authority.List(page, caller);
    if (!records) return std::unexpected(records.error());
    more = records->size() == kBatch;
    if (!records->empty()) page.after = records->back().id;
    const std::vector<CredentialId> ids = NotRevoked(*records);
    const std::vector<CredentialId> others = Others(ids, caller);
    if (others.size() != ids.size()) progress.own = {*caller.credential()};
    const Result<std::uint64_t> some = RevokeByMany(authority, others, reason, caller);
    if (!some) return std::unexpected(some.error());
    progress.revoked += *some;
  }
  return {};
}

}  // namespace

Result<std::uint64_t> RevokeEach(CredentialAuthority& authority, std::span<const CredentialId> ids,
                                 std::string_view reason, const Caller& caller) {
  const std::vector<CredentialId> others = Others(ids, caller);
  Result<std::uint64_t> revoked = RevokeByMany(authority, others, reason, caller);
  if (!revoked || others.size() == ids.size()) return revoked;
  const std::vector<CredentialId> own{*caller.credential()};
  const Result<std::uint64_t> last = RevokeByMany(authority, own, reason, caller);
  if (!last) return last;
  return *revoked + *last;
}

Result<std::uint64_t> RevokeAll(CredentialAuthority& authority, const CredentialFilter& filter,
                                std::string_view reason, const Caller& caller) {
  // The second round finds what was issued while the first one was on its way.
  constexpr int kRounds = 2;
  Progress progress;
  for (int round = 0; round < kRounds; ++round) {
    if (Result<void> done = RevokePages(authority, filter, reason, caller, progress); !done) {
      return std::unexpected(done.error());
    }
  }
  const Result<std::uint64_t> last = RevokeByMany(authority, progress.own, reason, caller);
  if (!last) return last;
  return progress.revoked + *last;
}

}  // namespace latchkey::api
