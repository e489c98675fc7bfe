#pragma once

// One operation as a document or a catalogue file states it: names, not positions. This is what is
// stored; OperationTable compiles it against a catalogue.

#include <string>

#include "scope/requirement.h"

namespace latchkey {

struct OperationRule {
  std::string method;  ///< Upper case: `GET`.
  /// The template below the app's base path: `/repositories/{workspace}/{repo_slug}`.
  std::string path;
  /// Alternatives, as Requirement's: none, not open to API tokens; one empty, any of the app's.
  NameAlternatives scopes;
  /// Likewise, for app passwords.
  NameAlternatives permissions;
  /// The document asks for no credential at all (`security: []`, or `{}` among the alternatives).
  bool open_to_anybody = false;

  friend bool operator==(const OperationRule&, const OperationRule&) = default;
};

}  // namespace latchkey
