#pragma once

// Takes a gzip stream (RFC 1952) apart, piece by piece. Clients send large fetch requests that way.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace latchkey::git {

class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Takes bytes from the front of `input` and writes what they stand for to `out`; returns how
  /// many bytes it wrote. It stops when `out` is full or `input` used up. Errors: kMalformed: no
  /// gzip stream, a wrong checksum, or bytes behind its end.
  [[nodiscard]] Result<std::size_t> Take(std::string_view& input, std::span<char> out);

  /// Whether the stream has come to its end, checksum included.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool usable_ = false;
  bool complete_ = false;
};

}  // namespace latchkey::git
