#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace latchkey::api {

void Query::Fault(std::string_view name, std::string_view wanted) {
  if (fault_) return;
  fault_ = ProblemWith(ProblemType::kInvalidValue,
                       std::string{name} + " must be " + std::string{wanted}, std::string{name})
               .error();
}

std::optional<std::string> Query::Text(std::string_view name) {
  constexpr std::size_t kSizeMax = 256;
  std::vector<std::string> values = target_.QueryValues(name);
  if (values.size() > 1) Fault(name, "given once");
  if (values.empty() || values.front().empty()) return std::nullopt;
  if (values.front().size() > kSizeMax) {
    Fault(name, "at most 256 bytes long");
    return std::nullopt;
  }
  return std::move(values.front());
}

std::optional<std::string> Query::OneOf(std::string_view name,
                                        std::initializer_list<std::string_view> allowed) {
  std::optional<std::string> text = Text(name);
  if (!text || std::ranges::find(allowed, *text) != allowed.end()) return text;
  std::string wanted;
  for (const std::string_view one : allowed) {
    if (!wanted.empty()) wanted += ", ";
    wanted += one;
  }
  Fault(name, "one of " + wanted);
  return std::nullopt;
}

std::optional<std::uint64_t> Query::Number(std::string_view name, std::uint64_t min,
                                           std::uint64_t max) {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool whole = error == std::errc{} && end == text->data() + text->size();
  if (whole && number >= min && number <= max) return number;
  Fault(name, "a number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<Instant> Query::Time(std::string_view name) {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  constexpr std::size_t kDaySize = 10;
  const bool day = text->size() == kDaySize;
  const auto instant = ParseInstant(day ? *text + "T00:00:00Z" : *text);
  if (instant) return *instant;
  Fault(name, "a time like 2026-11-30T12:00:00Z, or a day like 2026-11-30");
  return std::nullopt;
}

OrProblem<void> Query::Finish() const {
  if (fault_) return std::unexpected(*fault_);
  return {};
}

std::string EscapeQuery(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view{"-._~"}.contains(c);
    if (plain) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kDigits[byte >> 4U];
    escaped += kDigits[byte & 15U];
  }
  return escaped;
}

}  // namespace latchkey::api
