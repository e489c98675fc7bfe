// Tables of operations: lines of templates, an empty line, then paths. Any template is compiled or
// refused with its name; what is found for a path is an operation of the table, and
// found for HEAD too, and for no other method.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operation/operation_table.h"

namespace {

using latchkey::OperationTable;

void Require(bool holds) {
  if (!holds) std::abort();
}

const latchkey::Catalogue& AnyCatalogue() {
  static const latchkey::Catalogue catalogue = *latchkey::Catalogue::Build(
      {.app = "fuzz", .title = "Fuzz", .scopes = {}, .permissions = {}}, {});
  return catalogue;
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::TemplateSettings settings{.greedy = {"path"}};
  std::vector<latchkey::OperationRule> rules;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    rules.push_back(
        {.method = "GET", .path = std::string{line}, .scopes = {{}}, .permissions = {}});
    const latchkey::Result<OperationTable> alone =
        OperationTable::Compile(AnyCatalogue(), {&rules.back(), 1}, settings);
    if (!alone) {
      Require(alone.error().message.starts_with("GET "));
      rules.pop_back();
    }
  }
  std::optional<OperationTable> table;
  while (!rules.empty() && !table) {
    latchkey::Result<OperationTable> compiled =
        OperationTable::Compile(AnyCatalogue(), rules, settings);
    if (compiled) {
      table = std::move(*compiled);
    } else {
      Require(compiled.error().message.find("tell it from") != std::string::npos);
      rules.pop_back();
    }
  }
  if (!table) return 0;
  while (!text.empty()) {
    const std::string_view path = TakeLine(text);
    const OperationTable::Operation* found = table->Find("GET", path);
    Require((found != nullptr) == table->HasPath(path));
    if (found == nullptr) continue;
    Require(found >= table->operations().data() &&
            found < table->operations().data() + table->operations().size());
    Require(table->Find("HEAD", path) == found);
    Require(table->Find("PUT", path) == nullptr);
  }
  return 0;
}
