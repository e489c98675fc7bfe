#include "api/announcement_json.h"

#include "base/instant.h"
#include "problem/json_text.h"

namespace latchkey::api {

void AddAnnouncement(const Announcement& said, http::Response& response) {
  if (said.empty()) return;
  Json json = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return;
  if (said.in_force_by) json["in_force_by"] = FormatInstant(*said.in_force_by);
  if (said.effective_at) {
    json["effective_at"] = FormatInstant(*said.effective_at);
    json["confirmed"] = said.confirmed;
    json["fenced"] = said.fenced;
  }
  response.body = FormatJson(json);
}

}  // namespace latchkey::api
