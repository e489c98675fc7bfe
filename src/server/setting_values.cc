#include "server/setting_values.h"

#include <algorithm>
#include <cstdint>

namespace latchkey::server {

using std::chrono::seconds;

namespace {

std::optional<seconds> UnitOf(char unit) {
  switch (unit) {
    case 's': return seconds{1};
    case 'm': return std::chrono::minutes{1};
    case 'h': return std::chrono::hours{1};
    case 'd': return std::chrono::days{1};
    default: return std::nullopt;
  }
}

}  // namespace

Result<void> SetDuration(seconds& target, std::string_view text) {
  constexpr std::uint32_t kCountMax = 100'000'000;
  const std::optional<seconds> unit = text.empty() ? std::nullopt : UnitOf(text.back());
  const std::optional<std::uint32_t> count =
      unit ? ReadNumber<std::uint32_t>(text.substr(0, text.size() - 1)) : std::nullopt;
  if (!count || *count > kCountMax) return Unusable("Give a duration like 30s, 10m, 12h or 90d.");
  target = *unit * *count;
  return {};
}

std::string ShowDuration(seconds duration) {
  const auto count = duration.count();
  for (const auto& [size, unit] : {std::pair{86400, 'd'}, {3600, 'h'}, {60, 'm'}}) {
    if (count != 0 && count % size == 0) return std::to_string(count / size) + unit;
  }
  return std::to_string(count) + "s";
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::string ShowList(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

}  // namespace latchkey::server
