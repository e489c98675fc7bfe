#pragma once

// The store for tests: keeps every promise of authority/store.h but durability.
//
// Thread safety: as authority/store.h promises; one mutex.

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "authority/store.h"

namespace latchkey {

class MemoryStore final : public Store {
 public:
  [[nodiscard]] Result<std::vector<Result<void>>> Commit(std::span<const Write> writes,
                                                         const LineMaker& make_line) override;
  [[nodiscard]] Result<void> Load(
      const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
  /// By the calling thread alone.
  [[nodiscard]] Result<void> LoadByThreads(
      std::size_t threads, const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
  [[nodiscard]] Result<Record> Find(RecordType type, std::string_view key) const override;
  [[nodiscard]] Result<std::vector<CredentialRecord>> ListCredentials(
      const CredentialFilter& filter) const override;
  [[nodiscard]] Result<std::optional<KnownClaim>> FindClaim(std::string_view account,
                                                            std::string_view key) const override;
  [[nodiscard]] Result<std::optional<ChangeLine>> LastChange() const override;
  [[nodiscard]] Result<void> ReadChanges(std::uint64_t seq,
                                         const LineVisitor& visit) const override;
  [[nodiscard]] Result<void> Restore(std::span<const Record> records,
                                     std::span<const ChangeLine> lines) override;
  [[nodiscard]] Result<std::string> ReadMeta(std::string_view name) const override;
  [[nodiscard]] Result<void> WriteMeta(std::string_view name, std::string_view value) override;
  [[nodiscard]] Result<std::uint64_t> ForeignWrites() const override;

  /// Replaces a record behind the back of everybody, as somebody with access to the database might.
  void Overwrite(Record record);
  /// Deletes a record behind the back of everybody.
  void Erase(RecordType type, std::string_view key);
  /// Forgets the last change lines and nothing else, as a damaged database might.
  void DropLinesAfter(std::uint64_t seq);

 private:
  struct Claim {
    KnownClaim known;
    Instant expires_at;
  };
  using Records = std::map<std::string, Record, std::less<>>;

  [[nodiscard]] Result<void> Admit(const Write& write) const;
  [[nodiscard]] Result<void> AdmitAccount(const Account& account) const;
  void Apply(const Write& write);
  [[nodiscard]] Records& TableOf(const Record& record);
  [[nodiscard]] const Records& TableOf(RecordType type) const;

  mutable std::mutex mutex_;
  std::array<Records, std::variant_size_v<Record>> tables_;
  std::map<std::uint64_t, ChangeLine> lines_;
  std::map<std::pair<AccountId, std::string>, Claim> claims_;
  std::map<std::string, std::string, std::less<>> meta_;
  std::uint64_t foreign_writes_ = 0;
};

}  // namespace latchkey
