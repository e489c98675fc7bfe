#pragma once

// The bytes of one connection that were read but not yet used: the rest of a head, pipelined
// requests. Of a fixed size, so that a connection costs what it costs.

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace latchkey::http {

class InputBuffer {
 public:
  explicit InputBuffer(std::size_t capacity) : bytes_(capacity) {}

  [[nodiscard]] std::string_view unread() const { return {bytes_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  /// Room for more behind the unread bytes; those are moved to the front first where that makes
  /// room.
  [[nodiscard]] std::span<char> Room() {
    if (begin_ > 0 && (empty() || end_ == bytes_.size())) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    return std::span(bytes_).subspan(end_);
  }

  /// `size` bytes were written to the front of Room().
  void Fill(std::size_t size) { end_ += size; }
  /// The first `size` bytes of unread() were used.
  void Take(std::size_t size) { begin_ += size; }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace latchkey::http
