#include "catalogue/loader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "catalogue/embedded.h"

namespace latchkey {
namespace {

using KeyNames = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kFileKeys{"app",  "title", "openapi",
                                                    "gate", "scope", "permission"};
constexpr std::array<std::string_view, 5> kMappingKeys{"scopes", "permissions", "auth_types",
                                                       "schemes", "greedy_parameters"};
constexpr std::array<std::string_view, 3> kGateKeys{"base_path", "unmatched", "paths"};
constexpr std::array<std::string_view, 4> kScopeKeys{"name", "title", "description", "group"};
constexpr std::array<std::string_view, 6> kPermissionKeys{"name",  "title",   "description",
                                                          "group", "implies", "scopes"};

constexpr std::size_t kNameSizeMax = kGrantNameSizeMax;
constexpr std::size_t kTitleSizeMax = 80;
constexpr std::size_t kDescriptionSizeMax = 400;

/// Reads one file; its errors name the file and the place.
class FileReader {
 public:
  explicit FileReader(std::string_view origin) : origin_(origin) {}

  [[nodiscard]] Result<CatalogueFile> Read(const toml::table& file) const {
    if (Result<void> known = RefuseOtherKeys(file, kFileKeys); !known) {
      return std::unexpected(known.error());
    }
    Result<std::string> app = Text(file, "app", kNameSizeMax);
    if (!app) return std::unexpected(app.error());
    Result<std::string> title = Text(file, "title", kTitleSizeMax);
    if (!title) return std::unexpected(title.error());
    auto scopes = Entries<Scope>(file, "scope", kScopeKeys);
    if (!scopes) return std::unexpected(scopes.error());
    auto permissions = Entries<Permission>(file, "permission", kPermissionKeys);
    if (!permissions) return std::unexpected(permissions.error());
    Result<MappingSettings> mapping = Mapping(file);
    if (!mapping) return std::unexpected(mapping.error());
    Result<GateTable> gate = Gate(file);
    if (!gate) return std::unexpected(gate.error());
    return CatalogueFile{.data = {.app = std::move(*app),
                                  .title = std::move(*title),
                                  .scopes = std::move(*scopes),
                                  .permissions = std::move(*permissions)},
                         .mapping = std::move(*mapping),
                         .gate = std::move(*gate)};
  }

  [[nodiscard]] std::unexpected<Error> At(const toml::source_region& where,
                                          std::string_view what) const {
    return Fail(Error::Code::kMalformed,
                origin_ + ":" + std::to_string(where.begin.line) + ":" +
                    std::to_string(where.begin.column) + ": " + std::string{what},
                "docs/catalogues.md describes the file.");
  }

 private:
  [[nodiscard]] Result<void> RefuseOtherKeys(const toml::table& table, KeyNames known) const {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      return At(key.source(),
                "unknown key \"" + EscapeForTerminal(key.str(), kTitleSizeMax) + "\"");
    }
    return {};
  }

  [[nodiscard]] Result<std::string> Text(const toml::table& table, std::string_view key,
                                         std::size_t size_max) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return At(table.source(), std::string{key} + " is missing");
    return TextOf(*node, key, size_max);
  }

  [[nodiscard]] Result<std::string> TextOf(const toml::node& node, std::string_view what,
                                           std::size_t size_max) const {
    const toml::value<std::string>* text = node.as_string();
    if (text == nullptr) return At(node.source(), std::string{what} + " is not a string");
    if (Result<void> valid = ValidateDisplayText(what, text->get(), size_max); !valid) {
      return At(node.source(), valid.error().message);
    }
    return text->get();
  }

  /// The table under `key`, with no other keys; null if there is none.
  [[nodiscard]] Result<const toml::table*> Table(const toml::table& file, std::string_view key,
                                                 KeyNames known) const {
    const toml::node* node = file.get(key);
    if (node == nullptr) return nullptr;
    const toml::table* table = node->as_table();
    if (table == nullptr) return At(node->source(), std::string{key} + " is not a table");
    if (Result<void> checked = RefuseOtherKeys(*table, known); !checked) {
      return std::unexpected(checked.error());
    }
    return table;
  }

  /// Writes the text under `key` to `text`, which stays as it is if there is none. It may be empty.
  [[nodiscard]] Result<void> ReadText(const toml::table& table, std::string_view key,
                                      std::string& text) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    if (const auto* value = node->as_string(); value != nullptr && value->get().empty()) {
      text.clear();
      return {};
    }
    Result<std::string> read = TextOf(*node, key, kNameSizeMax);
    if (!read) return std::unexpected(read.error());
    text = std::move(*read);
    return {};
  }

  [[nodiscard]] Result<MappingSettings> Mapping(const toml::table& file) const {
    MappingSettings mapping;
    const Result<const toml::table*> table = Table(file, "openapi", kMappingKeys);
    if (!table) return std::unexpected(table.error());
    if (*table == nullptr) return mapping;
    struct Field {
      std::string_view key;
      std::string* text;
    };
    for (const Field& field :
         {Field{"scopes", &mapping.scopes_from}, Field{"permissions", &mapping.permissions_from},
          Field{"auth_types", &mapping.auth_types_from}}) {
      if (Result<void> read = ReadText(**table, field.key, *field.text); !read) {
        return std::unexpected(read.error());
      }
    }
    if (Result<void> read = ReadNames(**table, "schemes", mapping.schemes); !read) {
      return std::unexpected(read.error());
    }
    if (Result<void> read = ReadNames(**table, "greedy_parameters", mapping.greedy); !read) {
      return std::unexpected(read.error());
    }
    return mapping;
  }

  [[nodiscard]] Result<GateTable> Gate(const toml::table& file) const {
    GateTable gate;
    const Result<const toml::table*> table = Table(file, "gate", kGateKeys);
    if (!table) return std::unexpected(table.error());
    if (*table == nullptr) return gate;
    if (Result<void> read = ReadText(**table, "base_path", gate.base_path); !read) {
      return std::unexpected(read.error());
    }
    const bool usable = gate.base_path.empty() ||
                        (!gate.base_path.ends_with('/') && !CheckPath(gate.base_path, PathRules{}));
    if (!usable) {
      return At((**table).get("base_path")->source(),
                "base_path is not a path like /2.0, without a slash at its end");
    }
    if (Result<void> read = ReadUnmatched(**table, gate); !read) {
      return std::unexpected(read.error());
    }
    if (Result<void> read = ReadPathRules(**table, gate.paths); !read) {
      return std::unexpected(read.error());
    }
    return gate;
  }

  [[nodiscard]] Result<void> ReadUnmatched(const toml::table& table, GateTable& gate) const {
    std::string unmatched = "refuse";
    if (Result<void> read = ReadText(table, "unmatched", unmatched); !read) return read;
    gate.any_credential_where_unmatched = unmatched == "any-credential";
    if (unmatched == "refuse" || gate.any_credential_where_unmatched) return {};
    return At(table.get("unmatched")->source(),
              R"(unmatched is neither "refuse" nor "any-credential")");
  }

  [[nodiscard]] Result<void> ReadPathRules(const toml::table& table, PathRules& rules) const {
    std::vector<std::string> names;
    if (Result<void> read = ReadNames(table, "paths", names); !read) return read;
    for (const std::string& name : names) {
      bool PathRules::* const rule = FindPathRule(name);
      if (rule == nullptr) {
        return At(table.get("paths")->source(), "unknown rule \"" + name + "\" in paths");
      }
      rules.*rule = true;
    }
    return {};
  }

  /// The array under `key`; null if there is none.
  [[nodiscard]] Result<const toml::array*> Array(const toml::table& table,
                                                 std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return nullptr;
    const toml::array* array = node->as_array();
    if (array == nullptr) return At(node->source(), std::string{key} + " is not an array");
    return array;
  }

  template <typename Entry>
  [[nodiscard]] Result<std::vector<Entry>> Entries(const toml::table& file, std::string_view key,
                                                   KeyNames known) const {
    const Result<const toml::array*> array = Array(file, key);
    if (!array) return std::unexpected(array.error());
    std::vector<Entry> entries;
    if (*array == nullptr) return entries;
    for (const toml::node& node : **array) {
      const toml::table* table = node.as_table();
      if (table == nullptr) return At(node.source(), std::string{key} + " is not a table");
      Entry entry;
      if (Result<void> read = ReadEntry(*table, known, entry); !read) {
        return std::unexpected(read.error());
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  template <typename Entry>
  [[nodiscard]] Result<void> ReadEntry(const toml::table& table, KeyNames known,
                                       Entry& entry) const {
    if (Result<void> checked = RefuseOtherKeys(table, known); !checked) return checked;
    struct Field {
      std::string_view key;
      std::string* text;
      std::size_t size_max;
    };
    for (const Field& field :
         {Field{"name", &entry.name, kNameSizeMax}, Field{"title", &entry.title, kTitleSizeMax},
          Field{"description", &entry.description, kDescriptionSizeMax},
          Field{"group", &entry.group, kTitleSizeMax}}) {
      Result<std::string> text = Text(table, field.key, field.size_max);
      if (!text) return std::unexpected(text.error());
      *field.text = std::move(*text);
    }
    if constexpr (requires { entry.implies; }) {
      if (Result<void> read = ReadNames(table, "implies", entry.implies); !read) return read;
      return ReadNames(table, "scopes", entry.scopes);
    }
    return {};
  }

  /// The names under `key`, which may be missing.
  [[nodiscard]] Result<void> ReadNames(const toml::table& table, std::string_view key,
                                       std::vector<std::string>& names) const {
    const Result<const toml::array*> array = Array(table, key);
    if (!array) return std::unexpected(array.error());
    if (*array == nullptr) return {};
    for (const toml::node& node : **array) {
      Result<std::string> name = TextOf(node, "a name in " + std::string{key}, kNameSizeMax);
      if (!name) return std::unexpected(name.error());
      names.push_back(std::move(*name));
    }
    return {};
  }

  std::string origin_;
};

}  // namespace

Result<CatalogueFile> ParseCatalogue(std::string_view toml, std::string_view origin) {
  if (toml.size() > kCatalogueFileSizeMax) {
    return Fail(
        Error::Code::kLimitExceeded,
        std::string{origin} + " has more than " + std::to_string(kCatalogueFileSizeMax) + " bytes",
        "docs/catalogues.md describes the file.");
  }
  const FileReader reader{origin};
  try {
    return reader.Read(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    // toml++ as Debian builds it reports by exceptions; they end here. Its words may quote the
    // file.
    return reader.At(error.source(), EscapeForTerminal(error.description()));
  }
}

Result<std::vector<CatalogueFile>> ReadBuiltInCatalogues() {
  std::vector<CatalogueFile> all;
  for (const catalogue::EmbeddedFile& file : catalogue::EmbeddedFiles()) {
    Result<CatalogueFile> read = ParseCatalogue(file.text, "catalogues/" + std::string{file.name});
    if (!read) return std::unexpected(read.error());
    all.push_back(std::move(*read));
  }
  return all;
}

Result<Catalogues> LoadBuiltInCatalogues() {
  Result<std::vector<CatalogueFile>> files = ReadBuiltInCatalogues();
  if (!files) return std::unexpected(files.error());
  std::vector<CatalogueData> all;
  for (CatalogueFile& file : *files) all.push_back(std::move(file.data));
  return Catalogues::Build(std::move(all));
}

}  // namespace latchkey
