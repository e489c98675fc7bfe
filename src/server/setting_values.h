#pragma once

// The values of settings as text: numbers, durations, lists.

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latchkey::server {

/// Errors: kInvalidArgument, always; `hint` says what would do.
[[nodiscard]] inline std::unexpected<Error> Unusable(std::string_view hint) {
  return Fail(Error::Code::kInvalidArgument, "the value cannot be used", std::string{hint});
}

template <typename Number>
[[nodiscard]] std::optional<Number> ReadNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename Number>
[[nodiscard]] Result<void> SetNumber(Number& target, std::string_view text, Number min,
                                     Number max) {
  const std::optional<Number> value = ReadNumber<Number>(text);
  if (!value || *value < min || *value > max) {
    return Unusable("Give a whole number from " + std::to_string(min) + " to " +
                    std::to_string(max) + ".");
  }
  target = *value;
  return {};
}

/// `30s`, `10m`, `12h`, `90d`. Errors: kInvalidArgument.
[[nodiscard]] Result<void> SetDuration(std::chrono::seconds& target, std::string_view text);
/// In the largest unit that fits.
[[nodiscard]] std::string ShowDuration(std::chrono::seconds duration);

/// Split at commas, without blanks around the items and without empty ones.
[[nodiscard]] std::vector<std::string> SplitList(std::string_view text);
[[nodiscard]] std::string ShowList(const std::vector<std::string>& items);

}  // namespace latchkey::server
