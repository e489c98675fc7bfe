#include "app/app.h"

#include <algorithm>
#include <utility>

namespace latchkey {
namespace {

using enum Error::Code;
using Kind = OperationMatch::Kind;

constexpr std::size_t kBasePathSizeMax = 200;

std::unexpected<Error> BadApp(const AppDefinition& definition, const std::string& what) {
  return Fail(kInvalidArgument, "app \"" + definition.name + "\": " + what);
}

/// Letters, digits and a few marks that every server reads alike.
bool IsBasePath(std::string_view path) {
  if (path.empty()) return true;
  const bool characters = std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"/-._~"}.contains(c);
  });
  return characters && path.size() <= kBasePathSizeMax && path.front() == '/' &&
         path.back() != '/' && !CheckPath(path, PathRules{});
}

/// What `path` is below `base_path`; nothing if it is not below it.
std::optional<std::string_view> Below(std::string_view base_path, std::string_view path) noexcept {
  if (!path.starts_with(base_path)) return std::nullopt;
  path.remove_prefix(base_path.size());
  if (path.empty()) return "/";
  if (path.front() != '/') return std::nullopt;
  return path;
}

}  // namespace

Result<void> CheckBasePath(std::string_view path) {
  if (IsBasePath(path)) return {};
  return Fail(kInvalidArgument,
              "the base path must begin with a slash, end without one, and consist of letters, "
              "digits and -._~ between single slashes");
}

Result<App> CompileApp(const AppDefinition& definition,
                       std::shared_ptr<const Catalogue> catalogue) {
  if (definition.operations.size() > kAppOperationsMax) {
    return Fail(kLimitExceeded, "app \"" + definition.name + "\" has " +
                                    std::to_string(definition.operations.size()) +
                                    " operations, and " + std::to_string(kAppOperationsMax) +
                                    " are the most that one app may have");
  }
  if (Result<void> checked = CheckBasePath(definition.policy.base_path); !checked) {
    return BadApp(definition, checked.error().message);
  }
  Result<OperationTable> operations =
      OperationTable::Compile(*catalogue, definition.operations, definition.templates);
  if (!operations) {
    Error error = operations.error();
    error.message = "app \"" + definition.name + "\": " + error.message;
    return std::unexpected(std::move(error));
  }
  Requirement any_credential = Requirement::AnyOf(*catalogue);
  return App{.name = definition.name,
             .title = definition.title,
             .catalogue = std::move(catalogue),
             .operations = *std::move(operations),
             .policy = definition.policy,
             .built_in = definition.built_in,
             .any_credential = std::move(any_credential)};
}

std::string_view KindName(OperationMatch::Kind kind) noexcept {
  switch (kind) {
    case Kind::kOperation: return "operation";
    case Kind::kPathFault: return "path-fault";
    case Kind::kOutsideBasePath: return "outside-base-path";
    case Kind::kNoOperation: return "no-operation";
    case Kind::kOtherMethod: return "other-method";
  }
  std::unreachable();
}

OperationMatch MatchOperation(const App& app, std::string_view method,
                              std::string_view target) noexcept {
  const std::string_view whole = target.substr(0, target.find('?'));
  if (const std::optional<PathFault> fault = CheckPath(whole, app.policy.paths)) {
    return {.kind = Kind::kPathFault, .fault = fault};
  }
  const std::optional<std::string_view> path = Below(app.policy.base_path, whole);
  if (!path) return {.kind = Kind::kOutsideBasePath};
  if (const OperationTable::Operation* found = app.operations.Find(method, *path)) {
    return {.kind = Kind::kOperation,
            .operation = found,
            .requirement = &found->requirement,
            .open_to_anybody = found->open_to_anybody};
  }
  // The document knows the path and does not state the method: that stays refused, for a path that
  // it does not know at all is something else.
  if (app.operations.HasPath(*path)) return {.kind = Kind::kOtherMethod};
  return {.kind = Kind::kNoOperation,
          .requirement = app.policy.any_credential_where_unmatched ? &app.any_credential : nullptr};
}

}  // namespace latchkey
