#include "admin/json.h"

namespace latchkey::admin {

// Nothing here throws: each access is of the type that was asked for.
// NOLINTNEXTLINE(bugprone-exception-escape)
void WipeTexts(Json& json) noexcept {
  if (auto* text = json.get_ptr<Json::string_t*>()) {
    Wipe(*text);
  } else if (json.is_structured()) {
    for (Json& child : json) WipeTexts(child);
  }
  json = nullptr;
}

std::string TextOf(const Json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

}  // namespace latchkey::admin
