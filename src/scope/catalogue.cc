#include "scope/catalogue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

/// `[a-z][a-z0-9-]{0,31}`
bool IsAppName(std::string_view app) {
  constexpr std::size_t kAppSizeMax = 32;
  if (app.empty() || app.size() > kAppSizeMax || app.front() < 'a' || app.front() > 'z') {
    return false;
  }
  return std::ranges::all_of(
      app, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::unexpected<Error> BadEntry(const std::string& app, const std::string& what) {
  return Fail(Error::Code::kInvalidArgument, "catalogue \"" + app + "\": " + what,
              "docs/catalogues.md describes the file.");
}

template <typename Entry>
std::vector<std::string> NamesIn(const std::vector<Entry>& entries,
                                 const std::vector<std::size_t>& positions, const GrantSet& set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (set.Contains(positions[i])) names.push_back(entries[i].name);
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
  if (!IsAppName(data.app)) {
    return BadEntry(EscapeForTerminal(data.app, 80), "the app's name is not usable");
  }
  for (const Scope& scope : data.scopes) {
    if (!IsGrantName(scope.name)) {
      return BadEntry(data.app, "bad scope " + EscapeForTerminal(scope.name, 80));
    }
  }
  for (const Permission& permission : data.permissions) {
    if (!IsGrantName(permission.name)) {
      return BadEntry(data.app, "bad permission " + EscapeForTerminal(permission.name, 80));
    }
  }
  return {};
}

}  // namespace

bool IsGrantName(std::string_view name) {
  if (name.empty() || name.size() > kGrantNameSizeMax) return false;
  return std::ranges::all_of(name,
                             [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

Result<Catalogue> Catalogue::Build(CatalogueData data, const std::vector<Scope>& management,
                                   const Catalogue* previous) {
  if (Result<void> named = CheckNames(data); !named) return std::unexpected(named.error());
  if (previous != nullptr && previous->app() != data.app) {
    return Fail(Error::Code::kInternal,
                "the catalogue of " + previous->app() + " does not precede that of " + data.app);
  }
  data.scopes.insert(data.scopes.begin(), management.begin(), management.end());
  Catalogue catalogue;
  catalogue.data_ = std::move(data);
  if (Result<void> numbered = catalogue.NumberEntries(previous); !numbered) {
    return std::unexpected(numbered.error());
  }
  if (Result<void> closed = catalogue.CloseImplications(); !closed) {
    return std::unexpected(closed.error());
  }
  return catalogue;
}

/// Numbers the entries after whatever is numbered already, all of which is withdrawn but for what
/// is among them. Returns the first name that stands twice.
template <typename Entry>
std::optional<std::string> Catalogue::Number(const std::vector<Entry>& entries,
                                             Numbering& numbering) {
  numbering.withdrawn.merge(numbering.current);
  numbering.current.clear();
  numbering.in_order.clear();
  for (const Entry& entry : entries) {
    std::size_t position = numbering.size();
    if (const auto known = numbering.withdrawn.find(entry.name);
        known != numbering.withdrawn.end()) {
      position = known->second;
      numbering.withdrawn.erase(known);
    }
    if (!numbering.current.emplace(entry.name, position).second) return entry.name;
    numbering.in_order.push_back(position);
  }
  return std::nullopt;
}

Result<void> Catalogue::NumberEntries(const Catalogue* previous) {
  if (previous != nullptr) {
    scope_numbers_ = previous->scope_numbers_;
    permission_numbers_ = previous->permission_numbers_;
  }
  std::optional<std::string> twice = Number(data_.scopes, scope_numbers_);
  if (!twice) twice = Number(data_.permissions, permission_numbers_);
  if (twice) return BadEntry(data_.app, *twice + " stands twice");
  if (scope_numbers_.size() <= GrantSet::kCapacity &&
      permission_numbers_.size() <= GrantSet::kCapacity) {
    return {};
  }
  std::string what = "more than " + std::to_string(GrantSet::kCapacity) + " entries";
  if (!scope_numbers_.withdrawn.empty() || !permission_numbers_.withdrawn.empty()) {
    what += ", with those that went away since the program started";
  }
  return BadEntry(data_.app, what);
}

Result<GrantSet> Catalogue::DirectlyGiven(std::size_t entry) const {
  const Permission& permission = data_.permissions[entry];
  GrantSet given;
  given.Insert(permission_numbers_.in_order[entry]);
  for (const std::string& implied : permission.implies) {
    const auto found = permission_numbers_.current.find(implied);
    if (found == permission_numbers_.current.end()) {
      return BadEntry(data_.app,
                      permission.name + " implies unknown " + EscapeForTerminal(implied, 80));
    }
    given.Insert(found->second);
  }
  for (const std::string& scope : permission.scopes) {
    if (!scope_numbers_.current.contains(scope)) {
      return BadEntry(data_.app,
                      permission.name + " is worth unknown scope " + EscapeForTerminal(scope, 80));
    }
  }
  return given;
}

Result<void> Catalogue::CloseImplications() {
  std::vector<GrantSet>& closures = permission_closures_;
  closures.resize(permission_numbers_.size());
  for (std::size_t entry = 0; entry < data_.permissions.size(); ++entry) {
    const Result<GrantSet> given = DirectlyGiven(entry);
    if (!given) return std::unexpected(given.error());
    closures[permission_numbers_.in_order[entry]] = *given;
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
      LookUp("scope", names, scope_numbers_.current, NamesOf(data_.scopes), data_.app,
             [&set](std::size_t position) { set.Insert(position); });
  if (!found) return std::unexpected(found.error());
  return set;
}

Result<GrantSet> Catalogue::PermissionSet(const std::vector<std::string>& names) const {
  GrantSet set;
  const Result<void> found =
      LookUp("permission", names, permission_numbers_.current, NamesOf(data_.permissions),
             data_.app, [&](std::size_t position) { set |= permission_closures_[position]; });
  if (!found) return std::unexpected(found.error());
  return set;
}

std::optional<GrantSet> Catalogue::ScopesToHandOn(const GrantSet& permissions) const {
  GrantSet scopes;
  for (std::size_t i = 0; i < data_.permissions.size(); ++i) {
    if (!permissions.Contains(permission_numbers_.in_order[i])) continue;
    if (data_.permissions[i].scopes.empty()) return std::nullopt;
    for (const std::string& name : data_.permissions[i].scopes) {
      scopes.Insert(scope_numbers_.current.find(name)->second);
    }
  }
  return scopes;
}

std::vector<std::string> Catalogue::ScopeNames(const GrantSet& set) const {
  return NamesIn(data_.scopes, scope_numbers_.in_order, set);
}

std::vector<std::string> Catalogue::PermissionNames(const GrantSet& set) const {
  return NamesIn(data_.permissions, permission_numbers_.in_order, set);
}

Result<Catalogues> Catalogues::Build(std::vector<CatalogueData> data) {
  const auto management = std::ranges::find(data, kLatchkeyApp, &CatalogueData::app);
  if (management == data.end()) {
    return Fail(Error::Code::kInvalidArgument, "the catalogue \"latchkey\" is missing");
  }
  Catalogues catalogues;
  State& state = *catalogues.state_;
  state.management = management->scopes;
  for (const CatalogueData& one : data) {
    Result<std::shared_ptr<const Catalogue>> built = catalogues.Compile(one);
    if (!built) return std::unexpected(built.error());
    if (state.current.contains(one.app)) return BadEntry(one.app, "the app stands twice");
    catalogues.Put(*std::move(built), one);
    state.built_in.push_back(one.app);
  }
  return catalogues;
}

const Catalogue* Catalogues::Find(std::string_view app) const {
  const std::scoped_lock lock{state_->mutex};
  const auto found = state_->current.find(app);
  return found == state_->current.end() ? nullptr : found->second.get();
}

std::shared_ptr<const Catalogue> Catalogues::FindShared(std::string_view app) const {
  const std::scoped_lock lock{state_->mutex};
  const auto found = state_->current.find(app);
  return found == state_->current.end() ? nullptr : found->second;
}

Result<const Catalogue*> Catalogues::Require(std::string_view app) const {
  if (const Catalogue* catalogue = Find(app)) return catalogue;
  return Fail(Error::Code::kInvalidArgument, Unknown("app", std::string{app}, apps()),
              "\"latchkey catalogue\" lists the apps.");
}

std::vector<std::string> Catalogues::apps() const {
  const std::scoped_lock lock{state_->mutex};
  std::vector<std::string> names;
  for (const auto& [name, catalogue] : state_->current) names.push_back(name);
  return names;
}

bool Catalogues::IsBuiltIn(std::string_view app) const {
  const std::scoped_lock lock{state_->mutex};
  return std::ranges::find(state_->built_in, app) != state_->built_in.end();
}

Result<std::shared_ptr<const Catalogue>> Catalogues::Compile(const CatalogueData& data) const {
  const std::scoped_lock lock{state_->mutex};
  const auto last = state_->last.find(data.app);
  const bool known = last != state_->last.end();
  if (known && state_->last_data.find(data.app)->second == data) return last->second;
  const Catalogue* previous = known ? last->second.get() : nullptr;
  const bool is_management = data.app == kLatchkeyApp;
  Result<Catalogue> built =
      Catalogue::Build(data, is_management ? std::vector<Scope>{} : state_->management, previous);
  if (!built) return std::unexpected(built.error());
  return std::make_shared<const Catalogue>(*std::move(built));
}

void Catalogues::Put(std::shared_ptr<const Catalogue> catalogue, CatalogueData data) {
  const std::scoped_lock lock{state_->mutex};
  const std::string app = catalogue->app();
  std::shared_ptr<const Catalogue>& last = state_->last[app];
  if (last != catalogue) {
    state_->all.push_back(catalogue);
    last = catalogue;
    state_->last_data.insert_or_assign(app, std::move(data));
  }
  state_->current.insert_or_assign(app, std::move(catalogue));
}

void Catalogues::Remove(std::string_view app) {
  const std::scoped_lock lock{state_->mutex};
  if (std::ranges::find(state_->built_in, app) != state_->built_in.end()) return;
  const auto found = state_->current.find(app);
  if (found != state_->current.end()) state_->current.erase(found);
}

}  // namespace latchkey
