#include "cli/when.h"

#include <array>
#include <chrono>

namespace latchkey::cli {
namespace {

std::string Count(std::chrono::seconds span) {
  struct Unit {
    std::chrono::seconds size;
    const char* name;
  };
  constexpr std::array kUnits{
      Unit{std::chrono::days{1}, "day"}, Unit{std::chrono::hours{1}, "hour"},
      Unit{std::chrono::minutes{1}, "minute"}, Unit{std::chrono::seconds{1}, "second"}};
  for (const Unit& unit : kUnits) {
    const auto count = span / unit.size;
    if (count == 0) continue;
    return std::to_string(count) + " " + unit.name + (count == 1 ? "" : "s");
  }
  return {};
}

}  // namespace

std::string DescribeWhen(Instant instant, Instant now) {
  const bool future = instant > now;
  // Upwards, so that what was just made for 90 days ends in 90 days.
  const auto span = future ? std::chrono::ceil<std::chrono::seconds>(instant - now)
                           : std::chrono::floor<std::chrono::seconds>(now - instant);
  const std::string count = Count(span);
  if (count.empty()) return "now";
  return future ? "in " + count : count + " ago";
}

}  // namespace latchkey::cli
