#pragma once

// An app's catalogue: its scopes and permissions as data, compiled for fast checks.
//
//     catalogue "bitbucket"
//       scopes        read:repository:bitbucket, …   no scope implies another
//       permissions   repository:write, …            some imply others
//       + the scopes of "latchkey"                   every app's API tokens may also manage
//       credentials
//
// An API token is scoped to one app; beside that app's scopes it may hold those of the built-in app
// `latchkey`, so that a token can list, make narrower ones of, or renew itself.
//
// Thread safety: immutable once built.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scope/grant_set.h"

namespace latchkey {

/// The app whose scopes manage credentials; part of every catalogue.
inline constexpr std::string_view kLatchkeyApp = "latchkey";
/// The app that is built in and the default.
inline constexpr std::string_view kBitbucketApp = "bitbucket";

/// One scope, as the catalogue file states it.
struct Scope {
  std::string name;         ///< `read:repository:bitbucket`
  std::string title;        ///< "Read repositories"
  std::string description;  ///< What it allows, in one sentence.
  std::string group;        ///< "Repositories"
};

struct Permission {
  std::string name;  ///< `repository:write`
  std::string title;
  std::string description;
  std::string group;
  std::vector<std::string> implies;  ///< Directly; what those imply follows.
  /// The scopes that together allow at least as much: an API token that holds them all may hand the
  /// permission on. Empty: no API token may.
  std::vector<std::string> scopes;
};

/// What a catalogue file says.
struct CatalogueData {
  std::string app;    ///< `[a-z][a-z0-9-]{0,31}`
  std::string title;  ///< "Bitbucket"
  std::vector<Scope> scopes;
  std::vector<Permission> permissions;
};

class Catalogue {
 public:
  /// Compiles `data`, with the scopes of `management` (kLatchkeyApp's; empty for that catalogue
  /// itself) in front. Errors: kInvalidArgument, naming the entry: a name of the wrong form or
  /// twice, an implication of something unknown, more entries than GrantSet::kCapacity.
  [[nodiscard]] static Result<Catalogue> Build(CatalogueData data,
                                               const std::vector<Scope>& management);

  [[nodiscard]] const std::string& app() const { return data_.app; }
  [[nodiscard]] const std::string& title() const { return data_.title; }
  /// The scopes that its API tokens may hold, `latchkey`'s first.
  [[nodiscard]] const std::vector<Scope>& scopes() const { return data_.scopes; }
  [[nodiscard]] const std::vector<Permission>& permissions() const { return data_.permissions; }

  /// The set of these names. Errors: kInvalidArgument, naming each unknown name with the nearest
  /// known ones.
  [[nodiscard]] Result<GrantSet> ScopeSet(const std::vector<std::string>& names) const;
  /// Likewise, with everything implied.
  [[nodiscard]] Result<GrantSet> PermissionSet(const std::vector<std::string>& names) const;

  /// The scopes that an API token must hold to make an app password with `permissions` (closed
  /// under implication); nothing if one of them cannot be handed on.
  [[nodiscard]] std::optional<GrantSet> ScopesToHandOn(const GrantSet& permissions) const;

  /// The names in a set, in catalogue order.
  [[nodiscard]] std::vector<std::string> ScopeNames(const GrantSet& set) const;
  [[nodiscard]] std::vector<std::string> PermissionNames(const GrantSet& set) const;

 private:
  using Positions = std::map<std::string, std::size_t, std::less<>>;

  [[nodiscard]] Result<void> NumberEntries();
  [[nodiscard]] Result<GrantSet> DirectlyGiven(std::size_t position) const;
  [[nodiscard]] Result<void> CloseImplications();

  CatalogueData data_;
  Positions scope_positions_;
  Positions permission_positions_;
  std::vector<GrantSet> permission_closures_;  // By position: itself and all that it implies.
};

/// Every app that this installation protects. Immutable; replaced as a whole when an app changes.
class Catalogues {
 public:
  /// Errors: as Catalogue::Build; kInvalidArgument if an app stands twice or kLatchkeyApp is
  /// missing.
  [[nodiscard]] static Result<Catalogues> Build(std::vector<CatalogueData> data);

  /// Null if there is no such app.
  [[nodiscard]] const Catalogue* Find(std::string_view app) const;
  /// Errors: kInvalidArgument, naming the nearest apps.
  [[nodiscard]] Result<const Catalogue*> Require(std::string_view app) const;
  [[nodiscard]] std::vector<std::string> apps() const;

 private:
  std::map<std::string, Catalogue, std::less<>> catalogues_;
};

}  // namespace latchkey
