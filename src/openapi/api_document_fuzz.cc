// OpenAPI documents: any bytes are read or refused, and a refusal names its place in one line. What
// is read makes a catalogue, or says why not, and each of its templates compiles.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "openapi/api_document.h"
#include "operation/operation_table.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::MappingSettings mapping{.scopes_from = "x-scopes",
                                          .permissions_from = "security",
                                          .auth_types_from = "x-kinds",
                                          .schemes = {"shop", "signin", "auth"},
                                          .greedy = {"path"}};
  for (const latchkey::MappingSettings& one : {mapping, latchkey::MappingSettings{}}) {
    const latchkey::Result<latchkey::ApiDocument> document =
        latchkey::ReadApiDocument(text, "fuzz", one);
    if (!document) {
      Require(document.error().message.starts_with("fuzz:"));
      Require(document.error().message.find('\n') == std::string::npos);
      continue;
    }
    const latchkey::Result<latchkey::Catalogue> catalogue =
        latchkey::Catalogue::Build({.app = "fuzz",
                                    .title = "Fuzz",
                                    .scopes = document->scopes,
                                    .permissions = document->permissions},
                                   {});
    if (!catalogue) {
      Require(catalogue.error().message.find("entries") != std::string::npos);
      continue;
    }
    const latchkey::Result<latchkey::OperationTable> table =
        latchkey::OperationTable::Compile(*catalogue, document->operations, {.greedy = one.greedy});
    // Two of one template, with and without a slash, may differ; a method may be misspelt.
    Require(table.has_value() || table.error().message.find("tell it from") != std::string::npos ||
            table.error().message.find("the method") != std::string::npos);
  }
  return 0;
}
