#pragma once

// Reads what an operation asks for, from OpenAPI's `security` and from extension fields.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "openapi/cursor.h"
#include "operation/mapping_settings.h"
#include "scope/catalogue.h"
#include "scope/requirement.h"

namespace latchkey::openapi {

/// Requirements before they are put together.
struct Asked {
  NameAlternatives scopes;
  NameAlternatives permissions;
  bool open_to_anybody = false;
  /// Whether the document says anything of it, be it for all of its operations.
  bool is_stated = true;
};

class SecurityReader {
 public:
  /// `root` is the document's; it, `mapping` and `budget` outlive this. `catalogue` may be null.
  SecurityReader(const Cursor& root, const MappingSettings& mapping, const Catalogue* catalogue,
                 Budget& budget)
      : root_(root), mapping_(mapping), catalogue_(catalogue), budget_(budget) {}

  /// Reads the declared schemes; the first thing to do.
  [[nodiscard]] OrFault<void> ReadSchemes();
  [[nodiscard]] OrFault<Asked> Read(const Cursor& operation);

  /// The scopes that the schemes declare, in the document's order, then those that operations
  /// named; without a catalogue.
  [[nodiscard]] const std::vector<Scope>& scopes() const { return scopes_; }
  [[nodiscard]] const std::vector<Permission>& permissions() const { return permissions_; }
  /// Whether a scheme is declared that issues scopes.
  [[nodiscard]] bool has_oauth() const;

 private:
  enum class Vocabulary : std::uint8_t { kScopes, kPermissions };
  struct Source {
    NameAlternatives alternatives;
    bool open_to_anybody = false;
    bool is_stated = true;
    /// Whether any alternative names anything.
    [[nodiscard]] bool states() const;
    /// Whether it asks for anything of some alternative, or lets nobody in at all.
    [[nodiscard]] bool restricts() const { return states() || alternatives.empty(); }
  };
  enum class Scheme : std::uint8_t { kOther, kOAuth2, kOpenIdConnect };

  [[nodiscard]] static Scheme SchemeOf(std::string_view type);
  [[nodiscard]] OrFault<void> ReadScheme(const std::string& name, const Cursor& declared);
  [[nodiscard]] OrFault<void> DeclareFlows(const std::string& name, const Cursor& declared);
  [[nodiscard]] OrFault<void> CheckAlternative(const Cursor& object);
  [[nodiscard]] OrFault<void> DeclareScopes(const std::string& scheme, const Cursor& scopes);
  [[nodiscard]] OrFault<Source> ReadSource(const Cursor& operation, const std::string& field,
                                           Vocabulary vocabulary);
  [[nodiscard]] OrFault<Source> ReadSecurity(const Cursor& operation, Vocabulary vocabulary);
  /// One requirement object. Nothing: it names none of the schemes that count.
  [[nodiscard]] OrFault<std::optional<std::vector<std::string>>> ReadAlternative(
      const Cursor& object, Vocabulary vocabulary);
  [[nodiscard]] OrFault<bool> Counts(const Cursor& scheme, const std::string& name) const;
  /// Where the document makes the catalogue: refuses scopes in `list` that no scheme declares.
  [[nodiscard]] OrFault<void> CheckDeclared(const Cursor& list, const std::string& scheme) const;
  [[nodiscard]] OrFault<Source> ReadExtension(const Cursor& field, Vocabulary vocabulary);
  [[nodiscard]] OrFault<void> ReadEntry(const Cursor& entry, Vocabulary vocabulary,
                                        NameAlternatives& alternatives);
  [[nodiscard]] OrFault<std::vector<std::string>> ReadNames(const Cursor& list,
                                                            Vocabulary vocabulary);
  [[nodiscard]] OrFault<std::string> ReadName(const Cursor& place, Vocabulary vocabulary);
  [[nodiscard]] OrFault<bool> IsClosedToApiTokens(const Cursor& operation);
  void Remember(const std::string& name, Vocabulary vocabulary);

  const Cursor& root_;
  const MappingSettings& mapping_;
  const Catalogue* catalogue_;
  Budget& budget_;
  std::map<std::string, Scheme, std::less<>> schemes_;
  std::vector<std::string> declared_;  // The scopes that the schemes declare.
  std::set<std::string> is_declared_;
  std::vector<Scope> scopes_;
  std::vector<Permission> permissions_;
  std::set<std::string> known_scopes_;
  std::set<std::string> known_permissions_;
};

}  // namespace latchkey::openapi
