#pragma once

// Records for tests: complete, valid, and numbered so that no two with different numbers clash.

#include <string>
#include <vector>

#include "authority/change.h"
#include "authority/record.h"
#include "authority/store.h"

namespace latchkey {

[[nodiscard]] CredentialRecord SampleCredential(std::uint64_t number);
[[nodiscard]] AccountRecord SampleAccount(std::uint64_t number);
[[nodiscard]] WorkspaceRecord SampleWorkspace(std::uint64_t number);
[[nodiscard]] MembershipRecord SampleMembership(std::uint64_t number);
[[nodiscard]] RepositoryRecord SampleRepository(std::uint64_t number);
[[nodiscard]] AppRecord SampleApp(std::uint64_t number);
[[nodiscard]] SignInRecord SampleSignIn(std::uint64_t number);
[[nodiscard]] SessionRecord SampleSession(std::uint64_t number);
[[nodiscard]] LinkRecord SampleLink(std::uint64_t number);
[[nodiscard]] PolicyRecord SamplePolicy(std::uint64_t number);
/// One of each type, with both values of each choice and with texts that are easily spoiled:
/// quotation marks, backslashes, UTF-8, SQL, control characters, nothing.
[[nodiscard]] std::vector<Record> NastyRecords();

/// The next version of it, with another seal.
template <typename T>
[[nodiscard]] T Next(T record) {
  ++record.version;
  record.seal.push_back(std::byte{1});
  return record;
}

[[nodiscard]] Write WriteOf(Record record);
[[nodiscard]] IdempotencyClaim SampleClaim(std::string account, std::string key);

/// Every field, version and seal.
[[nodiscard]] bool AreSame(const Record& left, const Record& right);

/// Makes the lines 1, 2, 3 … of one batch after the other, each of the form that a journal takes.
class LineScript {
 public:
  explicit LineScript(std::uint64_t last_seq = 0) : seq_(last_seq) {}

  [[nodiscard]] ChangeLine Make();
  void NextBatch() { ++batch_; }
  /// For Store::Commit. This object outlives it.
  [[nodiscard]] Store::LineMaker maker() {
    return [this](const Write&) { return Make(); };
  }
  [[nodiscard]] std::uint64_t last_seq() const { return seq_; }

 private:
  std::uint64_t seq_;
  std::uint64_t batch_ = 1;
};

[[nodiscard]] bool AreSame(const ChangeLine& left, const ChangeLine& right);

}  // namespace latchkey
