#include "http/message.h"

#include <algorithm>
#include <cstddef>
#include <ranges>

#include "base/text.h"
#include "http/percent.h"

namespace latchkey::http {

void Fields::Add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

void Fields::Set(std::string name, std::string value) {
  std::erase_if(lines_, [&](const auto& line) { return EqualsIgnoringCase(line.first, name); });
  Add(std::move(name), std::move(value));
}

std::optional<std::string_view> Fields::Find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      lines_, [&](const auto& line) { return EqualsIgnoringCase(line.first, name); });
  if (found == lines_.end()) return std::nullopt;
  return found->second;
}

std::size_t Fields::Count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines_, [&](const auto& line) { return EqualsIgnoringCase(line.first, name); }));
}

bool Target::Is(std::string_view path) const {
  for (const std::string& segment : segments) {
    if (path.empty() || path.front() != '/') return false;
    path.remove_prefix(1);
    if (!path.starts_with(segment)) return false;
    path.remove_prefix(segment.size());
  }
  return path.empty();
}

namespace {

std::string FormDecode(std::string_view text) {
  std::string spaced{text};
  std::ranges::replace(spaced, '+', ' ');
  return PercentDecodeLeniently(spaced);
}

}  // namespace

std::vector<std::string> Target::QueryValues(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto part : std::views::split(std::string_view{query}, '&')) {
    const std::string_view pair{part.begin(), part.end()};
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.empty() || FormDecode(pair.substr(0, equals)) != name) continue;
    values.push_back(FormDecode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return values;
}

}  // namespace latchkey::http
