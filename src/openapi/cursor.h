#pragma once

// A place in a document while it is walked: the node, and how one came to it.

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "openapi/document.h"
#include "openapi/document_builder.h"

namespace latchkey::openapi {

class Budget;

/// A value, or what is wrong with it.
template <typename T>
using OrFault = std::expected<T, Fault>;

/// Points into its document, which outlives it. Cheap to copy, but for the pointer's text.
class Cursor {
 public:
  Cursor(const Document& document, const Node& node, std::string pointer)
      : document_(&document), node_(&node), pointer_(std::move(pointer)) {}

  [[nodiscard]] const Node& node() const { return *node_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] bool Is(Node::Kind kind) const { return node_->kind == kind; }

  /// The value under `key`; nothing if there is none, or null.
  [[nodiscard]] std::optional<Cursor> Find(std::string_view key) const;
  /// The value of the `index`th member of a mapping or sequence.
  [[nodiscard]] Cursor At(std::size_t index) const;
  [[nodiscard]] std::size_t size() const { return node_->members.size(); }
  [[nodiscard]] const std::string& KeyAt(std::size_t index) const {
    return node_->members[index].key;
  }
  /// The place in this document that `fragment` names, the text of a `$ref` behind its `#`:
  /// `/components/…`. Nothing if there is none. Errors: kLimitExceeded, as Budget.
  [[nodiscard]] OrFault<std::optional<Cursor>> Resolve(std::string_view fragment,
                                                       Budget& budget) const;

  [[nodiscard]] Fault Wrong(std::string what, Error::Code code = Error::Code::kMalformed) const {
    return {.where = node_->where, .pointer = pointer_, .what = std::move(what), .code = code};
  }

 private:
  const Document* document_;
  const Node* node_;
  std::string pointer_;
};

/// How much of a document may be looked at. Aliases share their nodes, so that a small text can be
/// an endless walk.
class Budget {
 public:
  /// Takes the members of a mapping or list that is about to be walked. Errors: kLimitExceeded.
  [[nodiscard]] OrFault<void> Spend(const Cursor& place);
  /// Takes `steps`. Errors: kLimitExceeded, at `place`.
  [[nodiscard]] OrFault<void> Spend(const Cursor& place, std::size_t steps);

 private:
  std::size_t spent_ = 0;
};

/// Refuses what is no mapping, and so on: `"paths" is not a mapping`.
[[nodiscard]] OrFault<void> RequireMapping(const Cursor& place);
[[nodiscard]] OrFault<void> RequireSequence(const Cursor& place);
[[nodiscard]] OrFault<std::string> RequireText(const Cursor& place);

/// Refuses a `$ref` where OpenAPI has none: what it leads to would pass for nothing at all.
[[nodiscard]] OrFault<void> RefuseReference(const Cursor& place);

/// Follows `$ref` as long as there is one.
[[nodiscard]] OrFault<Cursor> FollowReferences(Cursor place, Budget& budget);

}  // namespace latchkey::openapi
