#include "scope/catalogue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

constexpr std::size_t kNameSizeMax = 64;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Words of `a-z0-9-` joined by colons, as many as `words_min` to `words_max`.
bool IsName(std::string_view name, std::ptrdiff_t words_min, std::ptrdiff_t words_max) {
  if (name.empty() || name.size() > kNameSizeMax) return false;
  const std::ptrdiff_t words = std::ranges::count(name, ':') + 1;
  const bool characters =
      std::ranges::all_of(name, [](char c) { return c == ':' || IsNameCharacter(c); });
  const bool no_empty_word = !name.starts_with(':') && !name.ends_with(':') && !name.contains("::");
  return characters && no_empty_word && words >= words_min && words <= words_max;
}

/// `[a-z][a-z0-9-]{0,31}`
bool IsAppName(std::string_view app) {
  constexpr std::size_t kAppSizeMax = 32;
  return IsName(app, 1, 1) && app.size() <= kAppSizeMax && app.front() >= 'a' && app.front() <= 'z';
}

bool IsScopeName(std::string_view name, std::string_view app) {
  // Two words before the app, or one: `read:me:bitbucket` and the picker's `read:account`.
  return IsName(name, 2, 3) &&
         (std::ranges::count(name, ':') == 1 || name.substr(name.rfind(':') + 1) == app);
}

std::unexpected<Error> BadEntry(const std::string& app, const std::string& what) {
  return Fail(Error::Code::kInvalidArgument, "catalogue \"" + app + "\": " + what,
              "docs/catalogues.md describes the file.");
}

template <typename Entry>
std::vector<std::string> NamesIn(const std::vector<Entry>& entries, const GrantSet& set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (set.Contains(i)) names.push_back(entries[i].name);
  }
  return names;
}

template <typename Entry>
std::vector<std::string> NamesOf(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

/// Numbers the entries. Returns the first name that stands twice.
template <typename Entry, typename Positions>
std::optional<std::string> Number(const std::vector<Entry>& entries, Positions& positions) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!positions.emplace(entries[i].name, i).second) return entries[i].name;
  }
  return std::nullopt;
}

std::string Unknown(std::string_view what, const std::string& name,
                    const std::vector<std::string>& known) {
  std::string text = "unknown " + std::string{what} + " \"" + EscapeForTerminal(name, 80) + "\"";
  const std::vector<std::string> nearest = NearestNames(name, known);
  if (!nearest.empty()) text += " (did you mean " + JoinNames(nearest) + "?)";
  return text;
}

/// Looks every name up; the error lists all that are unknown, up to a readable number.
template <typename Positions, typename Found>
Result<void> LookUp(std::string_view what, const std::vector<std::string>& names,
                    const Positions& positions, const std::vector<std::string>& known,
                    const std::string& app, Found found) {
  constexpr std::size_t kReportedMax = 5;
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    const auto position = positions.find(name);
    if (position != positions.end()) {
      found(position->second);
    } else if (unknown.size() < kReportedMax) {
      unknown.push_back(Unknown(what, name, known));
    }
  }
  if (unknown.empty()) return {};
  return Fail(Error::Code::kInvalidArgument, JoinNames(unknown),
              "\"latchkey catalogue " + app + "\" lists what there is.");
}

Result<void> CheckNames(const CatalogueData& data) {
  if (!IsAppName(data.app)) return BadEntry(data.app, "the app's name is not usable");
  for (const Scope& scope : data.scopes) {
    if (!IsScopeName(scope.name, data.app)) return BadEntry(data.app, "bad scope " + scope.name);
  }
  for (const Permission& permission : data.permissions) {
    if (!IsName(permission.name, 1, 3)) {
      return BadEntry(data.app, "bad permission " + permission.name);
    }
  }
  return {};
}

}  // namespace

Result<Catalogue> Catalogue::Build(CatalogueData data, const std::vector<Scope>& management) {
  if (Result<void> named = CheckNames(data); !named) return std::unexpected(named.error());
  data.scopes.insert(data.scopes.begin(), management.begin(), management.end());
  Catalogue catalogue;
  catalogue.data_ = std::move(data);
  if (Result<void> numbered = catalogue.NumberEntries(); !numbered) {
    return std::unexpected(numbered.error());
  }
  if (Result<void> closed = catalogue.CloseImplications(); !closed) {
    return std::unexpected(closed.error());
  }
  return catalogue;
}

Result<void> Catalogue::NumberEntries() {
  if (data_.scopes.size() > GrantSet::kCapacity || data_.permissions.size() > GrantSet::kCapacity) {
    return BadEntry(data_.app, "more than " + std::to_string(GrantSet::kCapacity) + " entries");
  }
  std::optional<std::string> twice = Number(data_.scopes, scope_positions_);
  if (!twice) twice = Number(data_.permissions, permission_positions_);
  if (twice) return BadEntry(data_.app, *twice + " stands twice");
  return {};
}

Result<GrantSet> Catalogue::DirectlyGiven(std::size_t position) const {
  const Permission& permission = data_.permissions[position];
  GrantSet given;
  given.Insert(position);
  for (const std::string& implied : permission.implies) {
    const auto found = permission_positions_.find(implied);
    if (found == permission_positions_.end()) {
      return BadEntry(data_.app, permission.name + " implies unknown " + implied);
    }
    given.Insert(found->second);
  }
  for (const std::string& scope : permission.scopes) {
    if (!scope_positions_.contains(scope)) {
      return BadEntry(data_.app, permission.name + " is worth unknown scope " + scope);
    }
  }
  return given;
}

Result<void> Catalogue::CloseImplications() {
  std::vector<GrantSet>& closures = permission_closures_;
  for (std::size_t i = 0; i < data_.permissions.size(); ++i) {
    const Result<GrantSet> given = DirectlyGiven(i);
    if (!given) return std::unexpected(given.error());
    closures.push_back(*given);
  }
  // Once all that comes by way of `i` is in, no chain through `i` is missing any more (Warshall).
  for (std::size_t i = 0; i < closures.size(); ++i) {
    for (GrantSet& closure : closures) {
      if (closure.Contains(i)) closure |= closures[i];
    }
  }
  return {};
}

Result<GrantSet> Catalogue::ScopeSet(const std::vector<std::string>& names) const {
  GrantSet set;
  const Result<void> found =
      LookUp("scope", names, scope_positions_, NamesOf(data_.scopes), data_.app,
             [&set](std::size_t position) { set.Insert(position); });
  if (!found) return std::unexpected(found.error());
  return set;
}

Result<GrantSet> Catalogue::PermissionSet(const std::vector<std::string>& names) const {
  GrantSet set;
  const Result<void> found =
      LookUp("permission", names, permission_positions_, NamesOf(data_.permissions), data_.app,
             [&](std::size_t position) { set |= permission_closures_[position]; });
  if (!found) return std::unexpected(found.error());
  return set;
}

std::optional<GrantSet> Catalogue::ScopesToHandOn(const GrantSet& permissions) const {
  GrantSet scopes;
  for (std::size_t i = 0; i < data_.permissions.size(); ++i) {
    if (!permissions.Contains(i)) continue;
    if (data_.permissions[i].scopes.empty()) return std::nullopt;
    for (const std::string& name : data_.permissions[i].scopes) {
      scopes.Insert(scope_positions_.find(name)->second);
    }
  }
  return scopes;
}

std::vector<std::string> Catalogue::ScopeNames(const GrantSet& set) const {
  return NamesIn(data_.scopes, set);
}

std::vector<std::string> Catalogue::PermissionNames(const GrantSet& set) const {
  return NamesIn(data_.permissions, set);
}

Result<Catalogues> Catalogues::Build(std::vector<CatalogueData> data) {
  const auto management = std::ranges::find(data, kLatchkeyApp, &CatalogueData::app);
  if (management == data.end()) {
    return Fail(Error::Code::kInvalidArgument, "the catalogue \"latchkey\" is missing");
  }
  const std::vector<Scope> management_scopes = management->scopes;
  Catalogues catalogues;
  for (CatalogueData& one : data) {
    const std::string app = one.app;
    const bool is_management = app == kLatchkeyApp;
    Result<Catalogue> built =
        Catalogue::Build(std::move(one), is_management ? std::vector<Scope>{} : management_scopes);
    if (!built) return std::unexpected(built.error());
    if (!catalogues.catalogues_.emplace(app, std::move(*built)).second) {
      return BadEntry(app, "the app stands twice");
    }
  }
  return catalogues;
}

const Catalogue* Catalogues::Find(std::string_view app) const {
  const auto found = catalogues_.find(app);
  return found == catalogues_.end() ? nullptr : &found->second;
}

Result<const Catalogue*> Catalogues::Require(std::string_view app) const {
  if (const Catalogue* catalogue = Find(app)) return catalogue;
  return Fail(Error::Code::kInvalidArgument, Unknown("app", std::string{app}, apps()),
              "\"latchkey catalogue\" lists the apps.");
}

std::vector<std::string> Catalogues::apps() const {
  std::vector<std::string> names;
  for (const auto& [name, catalogue] : catalogues_) names.push_back(name);
  return names;
}

}  // namespace latchkey
