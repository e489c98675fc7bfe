#include "api/catalogue_resource.h"

#include <string>
#include <utility>

#include "problem/json_text.h"

namespace latchkey::api {
namespace {

Outcome Cacheable(const Json& json) {
  Answer answer{.response = JsonResponse(200, json)};
  answer.response.fields.Set("Cache-Control", "public, max-age=300");
  return answer;
}

template <typename Entry>
Json EntryJson(const Entry& entry) {
  Json json;
  json["name"] = entry.name;
  json["title"] = entry.title;
  json["description"] = entry.description;
  json["group"] = entry.group;
  return json;
}

}  // namespace

Outcome CatalogueResource::List() const {
  Json json;
  json["values"] = Json::array();
  for (const std::string& app : catalogues_.apps()) {
    const Catalogue* catalogue = catalogues_.Find(app);
    if (catalogue == nullptr) continue;
    Json value;
    value["app"] = app;
    value["title"] = catalogue->title();
    json["values"].push_back(std::move(value));
  }
  return Cacheable(json);
}

Outcome CatalogueResource::Show(std::string_view app) const {
  const Catalogue* catalogue = catalogues_.Find(app);
  if (catalogue == nullptr) return ProblemWith(ProblemType::kNotFound, "there is no such app");
  Json json;
  json["app"] = catalogue->app();
  json["title"] = catalogue->title();
  json["scopes"] = Json::array();
  for (const Scope& scope : catalogue->scopes()) json["scopes"].push_back(EntryJson(scope));
  json["permissions"] = Json::array();
  for (const Permission& permission : catalogue->permissions()) {
    Json value = EntryJson(permission);
    value["implies"] = permission.implies;
    value["scopes"] = permission.scopes;
    json["permissions"].push_back(std::move(value));
  }
  return Cacheable(json);
}

}  // namespace latchkey::api
