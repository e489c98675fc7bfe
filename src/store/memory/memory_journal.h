#pragma once

// The journal for tests: keeps every promise of authority/journal.h but durability.
//
// Thread safety: any number of threads.

#include <memory>
#include <mutex>
#include <vector>

#include "authority/journal.h"

namespace latchkey {

class MemoryJournal final : public Journal {
 public:
  [[nodiscard]] Result<void> Reserve(std::size_t size) override;
  [[nodiscard]] Result<void> Append(std::span<const ChangeLine> lines) override;
  [[nodiscard]] Result<void> Read(const LineVisitor& visit) const override;
  /// Parts of two lines, so that small journals have several.
  [[nodiscard]] Result<std::unique_ptr<JournalParts>> Parts() const override;
  [[nodiscard]] bool missing() const override;

  [[nodiscard]] std::vector<ChangeLine> lines() const;
  /// From now on every append fails, as on a disk that broke.
  void FailAppends();
  /// From now on there is no room.
  void FailReserves();

 private:
  mutable std::mutex mutex_;
  std::vector<ChangeLine> lines_;
  bool created_ = false;
  bool failing_appends_ = false;
  bool failing_reserves_ = false;
};

}  // namespace latchkey
