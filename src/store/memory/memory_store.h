#pragma once

// The store for tests: keeps every promise of authority/store.h but durability.
//
//     MemoryStore first;
//     const std::unique_ptr<MemoryStore> second = first.Share();   // as another process sees it
//
// Views of one store share what is in it, and hold its head against each other, as processes do
// with a database server. One view alone has nothing to hold.
//
// Thread safety: as authority/store.h promises; one mutex.

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "authority/store.h"

namespace latchkey {

class MemoryStore final : public Store {
 public:
  MemoryStore() : state_(std::make_shared<State>()) {}

  /// Another view of the same. From now on both are shared.
  [[nodiscard]] std::unique_ptr<MemoryStore> Share();

  /// Waits until nobody else holds the head, as long as that takes.
  [[nodiscard]] Result<std::optional<ChangeHead>> Hold() override;
  void Release() override;
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

  /// From now on, until told otherwise, this view cannot reach the store: whatever is asked of it
  /// fails with kUnavailable, and what it held is let go.
  void SetReachable(bool reachable);
  /// The next commit of this view is cut off: it fails with kUnavailable, made or not.
  void CutNextCommit(bool made);
  /// The next commit of this view is made, and the answer lost together with the way to the store.
  void VanishAfterNextCommit();

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
  /// What a transaction changes.
  struct Tables {
    std::array<Records, std::variant_size_v<Record>> records;
    std::map<std::uint64_t, ChangeLine> lines;
    std::map<std::pair<AccountId, std::string>, Claim> claims;

    [[nodiscard]] Records& Of(const Record& record) { return records.at(record.index()); }
    [[nodiscard]] const Records& Of(RecordType type) const {
      return records.at(static_cast<std::size_t>(type));
    }
    [[nodiscard]] Result<void> Admit(const Write& write) const;
    [[nodiscard]] Result<void> AdmitAccount(const Account& account) const;
    void Apply(const Write& write);
    [[nodiscard]] ChangeHead Head() const;
  };
  /// What views share.
  struct State {
    std::mutex mutex;
    std::condition_variable let_go;
    bool shared = false;
    const MemoryStore* holder = nullptr;
    Tables tables;
    std::map<std::string, std::string, std::less<>> meta;
    std::uint64_t foreign_writes = 0;
  };
  enum class Cut : std::uint8_t { kNone, kUnmade, kMade, kGone };

  explicit MemoryStore(std::shared_ptr<State> state) : state_(std::move(state)) {}

  [[nodiscard]] std::unique_lock<std::mutex> Lock() const {
    return std::unique_lock{state_->mutex};
  }
  [[nodiscard]] Result<void> CheckReachable() const;
  void LetGo();
  [[nodiscard]] Result<std::vector<Result<void>>> CommitTo(Tables& tables,
                                                           std::span<const Write> writes,
                                                           const LineMaker& make_line) const;

  std::shared_ptr<State> state_;
  std::atomic<bool> reachable_{true};
  std::atomic<Cut> cut_{Cut::kNone};
};

}  // namespace latchkey
