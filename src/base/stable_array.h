#pragma once

// A growing array whose elements never move, so that readers need no lock.
//
//     chunk 0: 256 elements   chunk 1: 512   chunk 2: 1024   …   each made when first needed
//
// Thread safety: At() by any number of threads, for positions they learned of through something
// that orders memory (an acquire load, a lock); Grow() by one thread at a time.

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>

namespace latchkey {

template <typename T>
class StableArray {
 public:
  StableArray() = default;
  StableArray(const StableArray&) = delete;
  StableArray& operator=(const StableArray&) = delete;
  ~StableArray() {
    for (std::size_t i = 0; i < kChunks; ++i) {
      const Chunk owned{chunks_[i].load(std::memory_order_acquire)};
    }
  }

  /// Makes position size(), value-initialised, and returns it.
  std::size_t Grow() {
    const std::size_t position = size_;
    const Place place = PlaceOf(position);
    if (place.offset == 0) {
      chunks_[place.chunk].store(MakeChunk(kFirst << place.chunk).release(),
                                 std::memory_order_release);
    }
    ++size_;
    return position;
  }

  /// `position` has been returned by Grow().
  [[nodiscard]] T& At(std::size_t position) const {
    const Place place = PlaceOf(position);
    return chunks_[place.chunk].load(std::memory_order_acquire)[place.offset];
  }

  /// For the thread that grows it.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kFirst = 256;
  static constexpr std::size_t kChunks = 40;  // More than memory holds.

  // An array of a size that is known only when it is made.
  using Chunk = std::unique_ptr<T[]>;  // NOLINT(modernize-avoid-c-arrays)
  static Chunk MakeChunk(std::size_t size) {
    return std::make_unique<T[]>(size);  // NOLINT(modernize-avoid-c-arrays)
  }

  struct Place {
    std::size_t chunk;
    std::size_t offset;
  };
  /// Chunk k begins at kFirst * (2^k - 1).
  static constexpr Place PlaceOf(std::size_t position) {
    const std::size_t blocks = position / kFirst + 1;
    const auto chunk = static_cast<std::size_t>(std::bit_width(blocks)) - 1;
    return {.chunk = chunk, .offset = position - kFirst * ((std::size_t{1} << chunk) - 1)};
  }

  std::array<std::atomic<T*>, kChunks> chunks_{};
  std::size_t size_ = 0;
};

}  // namespace latchkey
