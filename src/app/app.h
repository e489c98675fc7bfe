#pragma once

// An app: a protected system, with its catalogue, its operations, and what holds where no operation
// matches.
//
//     AppDefinition   names only: what is stored, and what an administrator states
//          │ CompileApp
//          v
//     App             positions and a tree: what the gate asks. Immutable.
//
// The gate asks an App for the operation of a method and a path, and gets the requirement that the
// Verifier decides. A program that knows no App of a name has nothing to decide by, so it denies.
//
// Thread safety: values; an App is immutable once compiled.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operation/operation_rule.h"
#include "operation/operation_table.h"
#include "operation/path_rules.h"
#include "scope/catalogue.h"
#include "scope/requirement.h"

namespace latchkey {

/// A member of PathRules by its name in files and answers.
struct PathRuleFlag {
  std::string_view name;
  bool PathRules::* member;
};
/// All of them, in this order.
inline constexpr std::array kPathRuleFlags{
    PathRuleFlag{"dot_segments", &PathRules::dot_segments},
    PathRuleFlag{"encoded_slash", &PathRules::encoded_slash},
    PathRuleFlag{"encoded_backslash", &PathRules::encoded_backslash},
    PathRuleFlag{"semicolon", &PathRules::semicolon},
    PathRuleFlag{"backslash", &PathRules::backslash},
    PathRuleFlag{"empty_segment", &PathRules::empty_segment},
    PathRuleFlag{"high_bytes", &PathRules::high_bytes},
    PathRuleFlag{"double_encoding", &PathRules::double_encoding},
};

/// How the gate treats an app's requests, beside its operations.
struct GatePolicy {
  /// What stands before every template of the app, as it is sent, without a slash at its end:
  /// `/2.0`. May be empty.
  std::string base_path;
  /// What holds where no operation has the path: refused, or open to any live credential of the
  /// app. A method that a known path does not state is refused all the same.
  bool any_credential_where_unmatched = false;
  /// What CheckPath lets through.
  PathRules paths;

  friend bool operator==(const GatePolicy&, const GatePolicy&) = default;
};

/// An app as it is stated and stored: names, not positions.
struct AppDefinition {
  std::string name;   ///< As CatalogueData::app.
  std::string title;  ///< "Bitbucket"
  /// Scopes and permissions; those of a built-in app are the program's own, and here empty.
  CatalogueData catalogue;
  std::vector<OperationRule> operations;
  GatePolicy policy;
  TemplateSettings templates;
  /// Its catalogue comes with the program: `bitbucket` and `latchkey`.
  bool built_in = false;
};

/// An app compiled.
struct App {
  std::string name;
  std::string title;
  std::shared_ptr<const Catalogue> catalogue;  ///< Never null; outlives every requirement here.
  OperationTable operations;
  GatePolicy policy;
  bool built_in;
  /// Any live credential of the app: what holds where no operation matches, if the policy says so.
  Requirement any_credential;
};

/// An app of more operations is refused.
inline constexpr std::size_t kAppOperationsMax = 20'000;

/// Whether `path` may be a GatePolicy::base_path. Errors: kInvalidArgument.
[[nodiscard]] Result<void> CheckBasePath(std::string_view path);

/// Compiles `definition` against `catalogue`, which is the one of its name. Errors:
/// kInvalidArgument, naming the operation or the setting; kLimitExceeded.
[[nodiscard]] Result<App> CompileApp(const AppDefinition& definition,
                                     std::shared_ptr<const Catalogue> catalogue);

/// What decides about a request, or why nothing does.
struct OperationMatch {
  enum class Kind : std::uint8_t {
    kOperation,        ///< `operation` is the one.
    kPathFault,        ///< The path is refused as it is written: `fault`.
    kOutsideBasePath,  ///< The path does not begin with the app's base path.
    kNoOperation,      ///< No template matches the path.
    kOtherMethod,      ///< One does, for other methods.
  };
  Kind kind;
  const OperationTable::Operation* operation = nullptr;
  std::optional<PathFault> fault = {};
  /// The operation's, or App::any_credential. Null: refused, whoever asks.
  const Requirement* requirement = nullptr;
  /// The operation asks for no credential at all.
  bool open_to_anybody = false;
};

/// `operation`, `path-fault`, `outside-base-path`, `no-operation`, `other-method`.
[[nodiscard]] std::string_view KindName(OperationMatch::Kind kind) noexcept;

/// Finds what decides about `method` (upper case, as sent) and `target`: the request target as the
/// client sent it, in origin form. What follows the first `?` does not count. Allocates nothing.
[[nodiscard]] OperationMatch MatchOperation(const App& app, std::string_view method,
                                            std::string_view target) noexcept;

}  // namespace latchkey
