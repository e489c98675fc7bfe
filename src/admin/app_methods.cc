#include <algorithm>

#include "admin/app_definition.h"
#include "admin/app_render.h"
#include "admin/methods.h"
#include "base/text.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;
using enum Error::Code;

Result<std::shared_ptr<const App>> RequireApp(const Parts& parts, const std::string& name) {
  const std::shared_ptr<const AppSet> set = parts.apps.apps();
  const auto found = set->apps().find(name);
  if (found != set->apps().end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [one, app] : set->apps()) known.push_back(one);
  const std::vector<std::string> nearest = NearestNames(name, known);
  return Fail(kNotFound, "no app \"" + EscapeForTerminal(name, 80) + "\"",
              nearest.empty() ? "\"latchkey app list\" shows them."
                              : "Did you mean " + JoinNames(nearest) + "?");
}

Result<Json> AddApp(const Parts& parts, Params& params, const Caller& caller) {
  const AppTexts texts{
      .name = params.Text("app"),
      .catalogue = params.OptionalText("catalogue"),
      .catalogue_file = params.OptionalText("catalogue_file").value_or("catalogue"),
      .openapi = params.OptionalText("openapi"),
      .openapi_file = params.OptionalText("openapi_file").value_or("document"),
      .base_path = params.OptionalText("base_path")};
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  DocumentNotes notes;
  const Result<AppDefinition> definition =
      ReadAppDefinition(texts, parts.apps.catalogues(), &notes);
  if (!definition) return std::unexpected(definition.error());
  const Result<AppAdded> added = parts.apps.Add(*definition, caller);
  if (!added) return std::unexpected(added.error());
  const Result<std::shared_ptr<const App>> app = RequireApp(parts, texts.name);
  if (!app) return std::unexpected(app.error());
  Json json = RenderApp(**app);
  json["replaced"] = added->replaced;
  json["withdrawn"] = added->withdrawn;
  json["stating_nothing"] = notes.unstated;
  json["stating_nothing_examples"] = notes.unstated_examples;
  return json;
}

Result<Json> ListApps(const Parts& parts, Params& params) {
  const PageRequest page = ReadPage(params);
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const std::shared_ptr<const AppSet> set = parts.apps.apps();
  std::vector<std::shared_ptr<const App>> apps;
  for (const auto& [name, app] : set->apps()) apps.push_back(app);
  return RenderPage(
      apps, page, [](const std::shared_ptr<const App>& app) { return app->name; },
      [](const std::shared_ptr<const App>& app) { return RenderApp(*app); });
}

Result<Json> ShowApp(const Parts& parts, Params& params) {
  const std::string name = params.Text("app");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<std::shared_ptr<const App>> app = RequireApp(parts, name);
  if (!app) return std::unexpected(app.error());
  const Result<std::uint64_t> in_force = parts.apps.CountInForce(name);
  if (!in_force) return std::unexpected(in_force.error());
  Json json = RenderApp(**app);
  json["credentials_in_force"] = *in_force;
  json["operation_list"] = RenderOperations(**app);
  return json;
}

Result<Json> RemoveApp(const Parts& parts, Params& params, const Caller& caller) {
  const std::string name = params.Text("app");
  const bool revoke = params.Flag("revoke_credentials");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<std::uint64_t> revoked = parts.apps.Remove(name, revoke, caller);
  if (!revoked) return std::unexpected(revoked.error());
  return Json{{"app", name},
              {"revoked_credentials", *revoked},
              {"built_in", parts.apps.catalogues().IsBuiltIn(name)}};
}

Result<Json> ExplainApp(const Parts& parts, Params& params) {
  const std::string name = params.Text("app");
  const std::string method = params.Text("method");
  const std::string uri = params.Text("uri");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<std::shared_ptr<const App>> app = RequireApp(parts, name);
  if (!app) return std::unexpected(app.error());
  const bool is_method = !method.empty() && method.size() <= 32 &&
                         std::ranges::all_of(method, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!is_method) {
    return Fail(kInvalidArgument, "that is not a method", "Write it as it is sent, e.g. GET.");
  }
  return ExplainRequest(**app, method, uri);
}

}  // namespace

void AddAppMethods(const Parts& parts, MethodTable& table) {
  table["app.add"] = [&parts](Params& params, const Caller& caller) {
    return AddApp(parts, params, caller);
  };
  table["app.list"] = [&parts](Params& params, const Caller&) { return ListApps(parts, params); };
  table["app.show"] = [&parts](Params& params, const Caller&) { return ShowApp(parts, params); };
  table["app.remove"] = [&parts](Params& params, const Caller& caller) {
    return RemoveApp(parts, params, caller);
  };
  table["app.explain"] = [&parts](Params& params, const Caller&) {
    return ExplainApp(parts, params);
  };
}

}  // namespace latchkey::admin
