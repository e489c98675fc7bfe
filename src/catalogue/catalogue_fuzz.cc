// Catalogue files: any bytes are read or refused, and a refusal names its place. What is read
// survives Catalogue::Build being asked, and each name of what that accepts is found again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/loader.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::Catalogue;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  latchkey::Result<latchkey::CatalogueFile> parsed = latchkey::ParseCatalogue(text, "fuzz.toml");
  if (!parsed) {
    Require(parsed.error().message.starts_with("fuzz.toml"));
    Require(parsed.error().message.find('\n') == std::string::npos);
    return 0;
  }
  const latchkey::Result<Catalogue> built = Catalogue::Build(std::move(parsed->data), {});
  if (!built) return 0;
  for (const latchkey::Scope& scope : built->scopes()) {
    const auto set = built->ScopeSet({scope.name});
    Require(set.has_value());
    Require(built->ScopeNames(*set) == std::vector<std::string>{scope.name});
  }
  for (const latchkey::Permission& permission : built->permissions()) {
    const auto set = built->PermissionSet({permission.name});
    Require(set.has_value());
    // Closed: what an implied permission implies is in the set already.
    const auto again = built->PermissionSet(built->PermissionNames(*set));
    Require(again.has_value() && *again == *set);
  }
  return 0;
}
