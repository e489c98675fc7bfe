#pragma once

// An app's operations, compiled: which one a method and a path are, and what it asks for.
//
//     /repositories/{workspace}/{repo_slug}/src/{commit}/{path}     GET → requirement
//
//     root ── repositories ── {} ── {} ── src ── {} ── {path…}      one node a segment
//                                    └─── refs ── tags
//
// At each node, from the left: the literal segment wins over a partly templated one
// (`{spec}.patch`), that over a whole parameter, and that over a greedy one, which takes all the
// rest. The path decides first, then the method: where `/users/me` has no DELETE, `DELETE
// /users/{id}` does not stand in for it. HEAD is GET where it is not stated itself.
//
// Segments are compared decoded: `%61` is `a`. One slash at a path's end does not count; if a
// greedy parameter could begin after it, the parameter may be empty (`/src/main/`).
//
// Thread safety: immutable once compiled.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operation/operation_rule.h"
#include "operation/path_template.h"
#include "scope/catalogue.h"
#include "scope/requirement.h"

namespace latchkey {

/// Whether `method` is a token (RFC 9110 section 5.6.2) of at most 32 bytes without lower-case
/// letters.
[[nodiscard]] bool IsMethod(std::string_view method) noexcept;

class OperationTable {
 public:
  struct Operation {
    std::string method;
    std::string path;  ///< The template as it was stated.
    Requirement requirement;
    bool open_to_anybody;
  };

  /// `catalogue` outlives the table. Errors: kInvalidArgument, naming the operation: a method or
  /// template of the wrong form, an unknown scope or permission, two templates that no request can
  /// tell apart (`/a/{x}` and `/a/{y}`) with one method. The same template with and without a slash
  /// at its end is one operation if both ask for the same.
  [[nodiscard]] static Result<OperationTable> Compile(const Catalogue& catalogue,
                                                      std::span<const OperationRule> rules,
                                                      const TemplateSettings& settings);

  OperationTable();
  ~OperationTable();
  OperationTable(OperationTable&&) noexcept;
  OperationTable& operator=(OperationTable&&) noexcept;

  /// The operation of `method` (as sent: upper case) and `path`: below the base path, without
  /// query, having passed CheckPath. Null if there is none. Lives as long as the table. Visits each
  /// node at most once; allocates nothing.
  [[nodiscard]] const Operation* Find(std::string_view method,
                                      std::string_view path) const noexcept;
  /// Whether there is an operation of this path under some method: tells 404 from 405.
  [[nodiscard]] bool HasPath(std::string_view path) const noexcept;
  /// In the order in which they were stated.
  [[nodiscard]] std::span<const Operation> operations() const noexcept;

 private:
  struct Tree;
  explicit OperationTable(std::unique_ptr<const Tree> tree, std::vector<Operation> operations);

  std::unique_ptr<const Tree> tree_;  // Never null, but in a table that was moved from.
  std::vector<Operation> operations_;
};

}  // namespace latchkey
