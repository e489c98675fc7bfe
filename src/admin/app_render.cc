#include "admin/app_render.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace latchkey::admin {
namespace {

using Kind = OperationMatch::Kind;

Json ScopeAlternatives(const Requirement& requirement) {
  Json json = Json::array();
  for (const GrantSet& set : requirement.scopes) {
    json.push_back(requirement.catalogue->ScopeNames(set));
  }
  return json;
}

/// Each with what it implies, as a denial names it too.
Json PermissionAlternatives(const Requirement& requirement) {
  Json json = Json::array();
  for (const GrantSet& set : requirement.permissions) {
    json.push_back(requirement.catalogue->PermissionNames(set));
  }
  return json;
}

bool TakesAnyCredential(const OperationTable::Operation& operation) {
  const auto asks_nothing = [](const GrantSet& set) { return set.empty(); };
  return !operation.open_to_anybody &&
         (std::ranges::any_of(operation.requirement.scopes, asks_nothing) ||
          std::ranges::any_of(operation.requirement.permissions, asks_nothing));
}

/// Below the base path, without query.
std::string_view PathBelow(const App& app, std::string_view uri) {
  const std::string_view path = uri.substr(0, uri.find('?')).substr(app.policy.base_path.size());
  return path.empty() ? std::string_view{"/"} : path;
}

std::set<std::string> OtherMethods(const App& app, std::string_view uri) {
  std::set<std::string> known;
  for (const OperationTable::Operation& operation : app.operations.operations()) {
    known.insert(operation.method);
  }
  std::set<std::string> methods;
  for (const std::string& method : known) {
    if (app.operations.Find(method, PathBelow(app, uri)) != nullptr) methods.insert(method);
  }
  return methods;
}

std::string Unmatched(const App& app, std::string_view what) {
  return std::string{what} + (app.policy.any_credential_where_unmatched
                                  ? ", and this app leaves such requests to any live credential"
                                  : ", so it is refused");
}

std::string ReasonFor(const App& app, const OperationMatch& match,
                      const std::set<std::string>& other_methods) {
  switch (match.kind) {
    case Kind::kOperation:
      if (match.open_to_anybody) return "the operation is open to anybody, without a credential";
      return "the operation decides";
    case Kind::kPathFault:
      return "the path is refused as it is written (" +
             std::string{match.fault ? PathFaultName(*match.fault) : "?"} +
             "): a proxy and a server may read it differently";
    case Kind::kOutsideBasePath:
      return "the path does not begin with the app's base path " + app.policy.base_path +
             ", so it is refused";
    case Kind::kNoOperation: return Unmatched(app, "no operation has such a path");
    case Kind::kOtherMethod:
      return Unmatched(app, "the path is known for " +
                                JoinNames({other_methods.begin(), other_methods.end()}) + " only");
  }
  std::unreachable();
}

}  // namespace

Json RenderApp(const App& app) {
  Json paths = Json::array();
  for (const PathRuleFlag& flag : kPathRuleFlags) {
    if (app.policy.paths.*flag.member) paths.push_back(flag.name);
  }
  const auto operations = app.operations.operations();
  return Json{
      {"app", app.name},
      {"title", app.title},
      {"built_in", app.built_in},
      {"base_path", app.policy.base_path},
      {"unmatched", app.policy.any_credential_where_unmatched ? "any-credential" : "refuse"},
      {"paths", std::move(paths)},
      {"operations", operations.size()},
      {"open_to_anybody",
       std::ranges::count_if(operations, &OperationTable::Operation::open_to_anybody)},
      {"any_credential", std::ranges::count_if(operations, TakesAnyCredential)},
      {"scopes", app.catalogue->scopes().size()},
      {"permissions", app.catalogue->permissions().size()}};
}

Json RenderOperations(const App& app) {
  Json json = Json::array();
  for (const OperationTable::Operation& operation : app.operations.operations()) {
    json.push_back(Json{{"method", operation.method},
                        {"path", operation.path},
                        {"scopes", ScopeAlternatives(operation.requirement)},
                        {"permissions", PermissionAlternatives(operation.requirement)},
                        {"open_to_anybody", operation.open_to_anybody}});
  }
  return json;
}

Json ExplainRequest(const App& app, std::string_view method, std::string_view uri) {
  const OperationMatch match = MatchOperation(app, method, uri);
  std::set<std::string> other_methods;
  if (match.kind == Kind::kOtherMethod) other_methods = OtherMethods(app, uri);
  Json json{{"app", app.name},
            {"method", method},
            {"uri", uri},
            {"result", KindName(match.kind)},
            {"reason", ReasonFor(app, match, other_methods)},
            {"operation", nullptr},
            {"scopes", nullptr},
            {"permissions", nullptr},
            {"open_to_anybody", match.open_to_anybody},
            {"other_methods", other_methods}};
  if (match.operation != nullptr) {
    json["operation"] = Json{{"method", match.operation->method}, {"path", match.operation->path}};
  }
  if (match.requirement != nullptr) {
    json["scopes"] = ScopeAlternatives(*match.requirement);
    json["permissions"] = PermissionAlternatives(*match.requirement);
  }
  return json;
}

}  // namespace latchkey::admin
