#pragma once

// A store that fails once, when the test says so, and is otherwise the store that it wraps. To hold
// the head, to release it and to ask for it are passed on, and not counted.
//
//     FailingStore failing{store, {.call = 2, .code = Error::Code::kNoSpace}};
//
// Thread safety: as the wrapped store.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "authority/store.h"

namespace latchkey {

class FailingStore final : public Store {
 public:
  enum class When : std::uint8_t {
    kBefore,  ///< The wrapped store is not asked.
    kAfter,   ///< It is asked, and what it did is reported as failed: an answer that was lost.
  };
  struct Plan {
    std::size_t call = 1;  ///< Which call of any member fails, counted from 1; 0: none.
    Error::Code code = Error::Code::kIo;
    When when = When::kBefore;
  };

  FailingStore(Store& store, Plan plan) : store_(store), plan_(plan) {}

  /// How often any member was called.
  [[nodiscard]] std::size_t calls() const { return calls_; }

  [[nodiscard]] Result<std::vector<Result<void>>> Commit(std::span<const Write> writes,
                                                         const LineMaker& make_line) override;
  [[nodiscard]] Result<std::optional<ChangeHead>> Hold() override { return store_.Hold(); }
  void Release() override { store_.Release(); }
  [[nodiscard]] Result<ChangeHead> Head() const override { return store_.Head(); }
  [[nodiscard]] Result<void> Load(
      const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
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

 private:
  /// Calls `call` unless this is the call that fails.
  template <typename Call>
  [[nodiscard]] auto Guard(Call call) const -> decltype(call());

  Store& store_;
  Plan plan_;
  mutable std::atomic<std::size_t> calls_{0};
};

}  // namespace latchkey
