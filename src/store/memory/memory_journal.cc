#include "store/memory/memory_journal.h"

#include <algorithm>
#include <utility>

namespace latchkey {
namespace {

class MemoryParts final : public JournalParts {
 public:
  explicit MemoryParts(std::vector<ChangeLine> lines) : lines_(std::move(lines)) {}

  [[nodiscard]] std::size_t count() const override {
    return (lines_.size() + kPartLines - 1) / kPartLines;
  }
  [[nodiscard]] Result<void> Read(std::size_t part, const JournalVisitor& visit) const override {
    const std::span<const ChangeLine> rest = std::span{lines_}.subspan(part * kPartLines);
    for (const ChangeLine& line : rest.first(std::min(kPartLines, rest.size()))) {
      if (!visit(line)) break;
    }
    return {};
  }

 private:
  static constexpr std::size_t kPartLines = 2;

  std::vector<ChangeLine> lines_;
};

}  // namespace

Result<void> MemoryJournal::Reserve(std::size_t /*size*/) {
  const std::scoped_lock lock{mutex_};
  if (failing_reserves_) return Fail(Error::Code::kNoSpace, "the journal has no room");
  created_ = true;
  return {};
}

Result<void> MemoryJournal::Append(std::span<const ChangeLine> lines) {
  const std::scoped_lock lock{mutex_};
  if (failing_appends_) return Fail(Error::Code::kUnavailable, "the journal cannot be written");
  created_ = true;
  lines_.insert(lines_.end(), lines.begin(), lines.end());
  return {};
}

// The visitor is called without the mutex, so that it may ask the journal.
Result<void> MemoryJournal::Read(const LineVisitor& visit) const {
  for (const ChangeLine& line : lines()) {
    if (!visit(line)) break;
  }
  return {};
}

Result<std::unique_ptr<JournalParts>> MemoryJournal::Parts() const {
  return std::make_unique<MemoryParts>(lines());
}

bool MemoryJournal::missing() const {
  const std::scoped_lock lock{mutex_};
  return !created_;
}

std::vector<ChangeLine> MemoryJournal::lines() const {
  const std::scoped_lock lock{mutex_};
  return lines_;
}

void MemoryJournal::FailAppends() {
  const std::scoped_lock lock{mutex_};
  failing_appends_ = true;
}

void MemoryJournal::FailReserves() {
  const std::scoped_lock lock{mutex_};
  failing_reserves_ = true;
}

}  // namespace latchkey
