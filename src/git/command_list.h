#pragma once

// Watches the front of a git-receive-pack request go by: the list of ref updates, before the pack.
//
//     <old> <new> refs/heads/main\0capabilities   one packet for each ref
//     0000                                        then the pack, which is not looked at
//
// Decides about size and framing alone. Which refs may change is git's to decide, by
// transfer.hideRefs and its own rules for ref names.

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "git/pkt_line.h"

namespace latchkey::git {

struct CommandLimits {
  std::size_t count_max = 10'000;               ///< Ref updates in one push.
  std::size_t size_max = std::size_t{4} << 20;  ///< Bytes of the list.
};

class CommandList {
 public:
  explicit CommandList(CommandLimits limits) : limits_(limits) {}

  /// Takes note of the next bytes of the body.
  /// Errors: kMalformed (a packet with a wrong length), kLimitExceeded.
  [[nodiscard]] Result<void> Take(std::string_view bytes);

  /// Whether the list has come to its end.
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  CommandLimits limits_;
  PktScanner scanner_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
  bool complete_ = false;
};

}  // namespace latchkey::git
