#pragma once

// A request's body as git is to read it: Content-Encoding undone, and no longer than allowed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/inflater.h"
#include "http/exchange.h"

namespace latchkey::git {

class RequestBody {
 public:
  /// `size_max` counts decoded bytes. `exchange` outlives this.
  /// Errors: kInvalidArgument: a Content-Encoding other than gzip, x-gzip and identity.
  [[nodiscard]] static Result<RequestBody> Create(http::Exchange& exchange, std::uint64_t size_max);

  /// At least one byte unless the body is at its end: then 0. Errors: as Exchange::ReadBody;
  /// kMalformed also for a broken gzip stream, kLimitExceeded past size_max.
  http::Awaitable<Result<std::size_t>> Read(std::span<char> out);

  /// Whether the last error came from the connection, so that the server itself knows what to
  /// answer.
  [[nodiscard]] bool connection_failed() const { return connection_failed_; }

 private:
  RequestBody(http::Exchange& exchange, std::uint64_t size_max, bool gzip);

  http::Awaitable<Result<std::size_t>> ReadPlain(std::span<char> out);
  http::Awaitable<Result<std::size_t>> ReadInflated(std::span<char> out);

  http::Exchange* exchange_;
  std::uint64_t size_left_;
  bool connection_failed_ = false;
  std::unique_ptr<Inflater> inflater_;  // Null: not compressed.
  std::vector<char> compressed_;
  std::string_view unread_;  // Of compressed_.
};

}  // namespace latchkey::git
