#pragma once

// /api/v1/catalogue: every app's scopes and permissions. Public: it says what may be asked for, and
// nothing about who has it.

#include "api/call.h"
#include "scope/catalogue.h"

namespace latchkey::api {

class CatalogueResource {
 public:
  /// `catalogues` outlives the resource.
  explicit CatalogueResource(const Catalogues& catalogues) : catalogues_(catalogues) {}

  /// {"values":[{"app","title"}]}
  [[nodiscard]] Outcome List() const;
  /// {"app","title","scopes":[…],"permissions":[…]}. Problems: kNotFound.
  [[nodiscard]] Outcome Show(std::string_view app) const;

 private:
  const Catalogues& catalogues_;
};

}  // namespace latchkey::api
