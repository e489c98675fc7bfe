#pragma once

// Names for requests: unique enough to find one line among many logs, no secret, no meaning.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::http {

/// Makes ids `9f3c51d20a77-000001c4`: 48 random bits for the process, then a counter.
/// Thread safety: any thread.
class RequestIds {
 public:
  RequestIds();

  [[nodiscard]] std::string Next();

  /// Whether an id that a proxy made can be taken over: 1 to 64 of letters, digits, `.`, `_` and
  /// `-`, and nothing in it looks like a credential.
  [[nodiscard]] static bool IsAcceptable(std::string_view id);

 private:
  std::uint64_t process_ = 0;
  std::atomic<std::uint64_t> next_{1};
};

}  // namespace latchkey::http
