#pragma once

#include <cstddef>
#include <new>

namespace latchkey {

/// Zeroed memory of a size that is known at once, aligned to 64 bytes; two megabytes and more are
/// asked for in huge pages, since a look-up at random in a big table otherwise also misses the
/// table of pages. Pages that were never touched cost nothing.
class HugeMemory {
 public:
  /// As `new`, it does not return where there is no memory.
  explicit HugeMemory(std::size_t size);
  HugeMemory(const HugeMemory&) = delete;
  HugeMemory& operator=(const HugeMemory&) = delete;
  ~HugeMemory();

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20U;
  static constexpr std::align_val_t kLine{64};

  std::size_t size_;
  bool mapped_ = false;
  void* data_ = nullptr;
};

}  // namespace latchkey
