#pragma once

// Reads the parameters of a query one after the other and keeps the first fault, as Members
// (members.h) does of a body. Parameters that nobody asked for are ignored.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "http/message.h"
#include "problem/problem.h"

namespace latchkey::api {

class Query {
 public:
  /// `target` outlives it.
  explicit Query(const http::Target& target) : target_(target) {}

  /// Nothing if it is missing or empty. Faults: it stands twice, or is longer than 256 bytes.
  [[nodiscard]] std::optional<std::string> Text(std::string_view name);
  /// Faults: none of `allowed`.
  [[nodiscard]] std::optional<std::string> OneOf(std::string_view name,
                                                 std::initializer_list<std::string_view> allowed);
  /// Faults: no whole number from `min` to `max`.
  [[nodiscard]] std::optional<std::uint64_t> Number(std::string_view name, std::uint64_t min,
                                                    std::uint64_t max);
  /// RFC 3339, or a day, which begins in UTC.
  [[nodiscard]] std::optional<Instant> Time(std::string_view name);

  /// Problems: kInvalidValue, the first fault.
  [[nodiscard]] OrProblem<void> Finish() const;

 private:
  void Fault(std::string_view name, std::string_view wanted);

  const http::Target& target_;
  std::optional<Problem> fault_;
};

/// `text` as it may stand in a query's value: everything but letters, digits, `-._~` is escaped.
[[nodiscard]] std::string EscapeQuery(std::string_view text);

}  // namespace latchkey::api
