#include "cli/show.h"

#include <chrono>

#include "base/text.h"
#include "cli/when.h"

namespace latchkey::cli {
namespace {

std::string ShowValue(const Json& value) {
  if (const auto* text = value.get_ptr<const Json::string_t*>()) return *text;
  if (const auto* flag = value.get_ptr<const Json::boolean_t*>()) return *flag ? "yes" : "no";
  if (value.is_number()) return value.dump();
  if (!value.is_array()) return {};
  std::string list;
  for (const Json& item : value) list += (list.empty() ? "" : ", ") + ShowValue(item);
  return list;
}

}  // namespace

std::string ShowMember(const Json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found == object.end() ? std::string{} : ShowValue(*found);
}

std::string ShowInstant(const Json& object, std::string_view name, Instant now,
                        std::string_view otherwise) {
  const std::string text = admin::TextOf(object, name);
  if (text.empty()) return std::string{otherwise};
  const Result<Instant> instant = ParseInstant(text);
  if (!instant) return text;
  return FormatDate(*instant) + " (" + DescribeWhen(*instant, now) + ")";
}

std::string ShowExpiry(const Json& object, std::string_view name, Instant now) {
  const Result<Instant> end = ParseInstant(admin::TextOf(object, name));
  const bool at_midnight = end && *end == std::chrono::floor<std::chrono::days>(*end);
  if (!at_midnight) return ShowInstant(object, name, now, "never");
  return "end of " + FormatDate(*end - std::chrono::days{1}) + " UTC (" + DescribeWhen(*end, now) +
         ")";
}

Cell ShowState(const Json& object) {
  const std::string state = admin::TextOf(object, "state");
  if (state == "active") return {state, Style::kGood};
  if (state == "expired" || state == "suspended") return {state, Style::kWaning};
  return {state, Style::kBad};
}

void PrintFields(const Session& session, const std::vector<std::pair<std::string, Cell>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, cell] : fields) {
    if (!cell.text.empty()) width = std::max(width, name.size());
  }
  for (const auto& [name, cell] : fields) {
    if (cell.text.empty()) continue;
    session.out() << name << std::string(width - name.size() + 2, ' ')
                  << Styled(cell, session.color()) << '\n';
  }
}

}  // namespace latchkey::cli
