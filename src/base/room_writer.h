#pragma once

// Puts small texts one after the other into room that was made for all of them at once.
//
//     AppendWithin(out, size_max, [&](RoomWriter& room) { room.Put("a: ").Put(value); });
//
// std::string::append checks and may move for each piece; where an answer is thirty pieces, that is
// most of its cost. What does not fit is a mistake of the caller and ends the program: nothing is
// written beyond the room.
//
// Thread safety: values.

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace latchkey {

class RoomWriter {
 public:
  /// Writes to the `size` bytes from `begin` on, which outlive it.
  RoomWriter(char* begin, std::size_t size) : begin_(begin), at_(begin), end_(begin + size) {}

  RoomWriter& Put(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end_ - at_)) std::abort();
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  RoomWriter& Put(char character) { return Put(std::string_view{&character, 1}); }
  /// In decimal digits.
  RoomWriter& Put(std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return Put(std::string_view{digits.data(), end});
  }

  /// How many bytes were put.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

/// Appends to `out` what `write` puts into a RoomWriter of `size_max` bytes. Allocates nothing
/// where `out` has that room.
template <typename Write>
void AppendWithin(std::string& out, std::size_t size_max, Write write) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + size_max, [&](char* bytes, std::size_t size) {
    RoomWriter room{bytes + before, size - before};
    write(room);
    return before + room.size();
  });
}

}  // namespace latchkey
