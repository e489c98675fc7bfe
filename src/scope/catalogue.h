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

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
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

/// The longest name of a scope or permission, in bytes.
inline constexpr std::size_t kGrantNameSizeMax = 200;

/// Whether `name` can be a scope's or a permission's: 1 to kGrantNameSizeMax characters of RFC 6749
/// section 3.3's scope-token: printable ASCII but space, `"` and `\`.
[[nodiscard]] bool IsGrantName(std::string_view name);

/// One scope, as the catalogue file states it.
struct Scope {
  std::string name;         ///< `read:repository:bitbucket`
  std::string title;        ///< "Read repositories"
  std::string description;  ///< What it allows, in one sentence.
  std::string group;        ///< "Repositories"

  friend bool operator==(const Scope&, const Scope&) = default;
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

  friend bool operator==(const Permission&, const Permission&) = default;
};

/// What a catalogue file says.
struct CatalogueData {
  std::string app;    ///< `[a-z][a-z0-9-]{0,31}`
  std::string title;  ///< "Bitbucket"
  std::vector<Scope> scopes;
  std::vector<Permission> permissions;

  friend bool operator==(const CatalogueData&, const CatalogueData&) = default;
};

class Catalogue {
 public:
  /// Compiles `data`, with the scopes of `management` (kLatchkeyApp's; empty for that catalogue
  /// itself) in front. With `previous`, the catalogue of the same app that this one replaces, every
  /// name keeps its position, and one that went away is withdrawn: it is not listed and cannot be
  /// asked for, and no other name takes its position. So a GrantSet that `previous` made says the
  /// same here, though it does not learn of changed implications. Errors: kInvalidArgument, naming
  /// the entry: a name of the wrong form or twice, an implication of something unknown, more
  /// entries, withdrawn ones included, than GrantSet::kCapacity.
  [[nodiscard]] static Result<Catalogue> Build(CatalogueData data,
                                               const std::vector<Scope>& management,
                                               const Catalogue* previous = nullptr);

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

  /// The positions of one vocabulary, none of which is ever given to another name.
  struct Numbering {
    Positions current;
    Positions withdrawn;
    std::vector<std::size_t> in_order;  // Of the entries as they are listed.

    [[nodiscard]] std::size_t size() const { return current.size() + withdrawn.size(); }
  };

  template <typename Entry>
  [[nodiscard]] static std::optional<std::string> Number(const std::vector<Entry>& entries,
                                                         Numbering& numbering);
  [[nodiscard]] Result<void> NumberEntries(const Catalogue* previous);
  [[nodiscard]] Result<GrantSet> DirectlyGiven(std::size_t entry) const;
  [[nodiscard]] Result<void> CloseImplications();

  CatalogueData data_;
  Numbering scope_numbers_;
  Numbering permission_numbers_;
  std::vector<GrantSet> permission_closures_;  // By position: itself and all that it implies.
};

/// The catalogue of every app that this installation protects, as it is at present.
///
/// An app's catalogue may be replaced while others decide with the old one, so none is freed while
/// this object lives: a pointer that was handed out stays good.
///
/// Thread safety: any number of threads.
class Catalogues {
 public:
  /// Of the apps that are built in. Errors: as Catalogue::Build; kInvalidArgument if an app stands
  /// twice or kLatchkeyApp is missing.
  [[nodiscard]] static Result<Catalogues> Build(std::vector<CatalogueData> data);

  /// Null if there is no such app.
  [[nodiscard]] const Catalogue* Find(std::string_view app) const;
  /// As Find(), for who keeps it beyond this object's life.
  [[nodiscard]] std::shared_ptr<const Catalogue> FindShared(std::string_view app) const;
  /// Errors: kInvalidArgument, naming the nearest apps.
  [[nodiscard]] Result<const Catalogue*> Require(std::string_view app) const;
  [[nodiscard]] std::vector<std::string> apps() const;
  /// Whether the app came with Build().
  [[nodiscard]] bool IsBuiltIn(std::string_view app) const;

  /// A catalogue of `data` that can take the place of the app's present or last one: what was
  /// granted by that one means the same by this one. That one itself if `data` is the same. Changes
  /// nothing. Errors: as Catalogue::Build.
  [[nodiscard]] Result<std::shared_ptr<const Catalogue>> Compile(const CatalogueData& data) const;

  /// Makes it the one of its app. Compile() made it of `data`.
  void Put(std::shared_ptr<const Catalogue> catalogue, CatalogueData data);
  /// From then on there is no such app. A built-in one stays.
  void Remove(std::string_view app);

 private:
  using Map = std::map<std::string, std::shared_ptr<const Catalogue>, std::less<>>;
  struct State {
    std::mutex mutex;
    Map current;
    // Of every app that there ever was, and what the last one was made of.
    Map last;
    std::map<std::string, CatalogueData, std::less<>> last_data;
    std::vector<std::shared_ptr<const Catalogue>> all;
    std::vector<std::string> built_in;
    std::vector<Scope> management;
  };

  std::unique_ptr<State> state_ = std::make_unique<State>();
};

}  // namespace latchkey
