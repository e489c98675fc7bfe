#pragma once

// The use cases of apps: add (or replace), remove. Each change is durable and in force, for what
// the gate asks and for every credential, when its function returns.
//
// Thread safety: any number of threads; one change of an app at a time. Every function may block
// for the time of a sync, and of reading the app's credentials.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/apps.h"
#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/projection.h"
#include "authority/record_sealer.h"
#include "authority/store.h"
#include "base/clock.h"
#include "scope/catalogue.h"

namespace latchkey {

struct AppAdded {
  bool replaced = false;
  /// Scopes and permissions that the replaced catalogue had and this one has not: what credentials
  /// still hold of them is worth nothing any more.
  std::vector<std::string> withdrawn;
};

class AppAuthority {
 public:
  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    Projection& projection;
    const Catalogues& catalogues;
    const Apps& apps;
    const Clock& clock;
  };

  /// The references in `parts` outlive this object.
  explicit AppAuthority(Parts parts) : parts_(parts) {}

  /// Adds an app, or replaces the one of its name as a whole. Of a built-in app only operations,
  /// policy and templates are taken. Errors: as CompileDefinition, then nothing was changed;
  /// kInvalidArgument for `latchkey`; kTampered if the record in the database is not genuine and
  /// cannot be replaced; as Ledger::Submit.
  [[nodiscard]] Result<AppAdded> Add(const AppDefinition& definition, const Caller& caller);

  /// Takes the app away: nobody passes the gate by it, and no credential of it is issued. Of a
  /// built-in app only what was added to it goes. `revoke_credentials` revokes those that are in
  /// force; returns how many those were.
  /// Errors: kNotFound; kConflict if credentials are in force and are not to be revoked;
  /// kInvalidArgument for `latchkey`; as Ledger::Submit.
  [[nodiscard]] Result<std::uint64_t> Remove(std::string_view name, bool revoke_credentials,
                                             const Caller& caller);

  /// How many credentials of the app are in force. Errors: as Store::ListCredentials.
  [[nodiscard]] Result<std::uint64_t> CountInForce(const std::string& name) const;

  [[nodiscard]] std::shared_ptr<const AppSet> apps() const { return parts_.apps.Current(); }
  [[nodiscard]] const Catalogues& catalogues() const { return parts_.catalogues; }
  /// What is stored of an app; nothing if there is no record, or it is removed. Errors: kTampered,
  /// as Store::Find.
  [[nodiscard]] Result<std::optional<AppDefinition>> FindDefinition(std::string_view name) const;

 private:
  [[nodiscard]] Result<std::optional<AppRecord>> FindRecord(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> VersionToReplace(const std::string& name) const;
  template <typename Visit>
  [[nodiscard]] Result<void> VisitInForce(const std::string& name, Visit visit) const;
  /// Revokes what is in force, or refuses because there is some.
  [[nodiscard]] Result<std::uint64_t> EndCredentials(const std::string& app,
                                                     bool revoke_credentials, const Caller& caller);
  [[nodiscard]] Result<std::uint64_t> RevokeAll(const std::string& name, const Caller& caller);
  [[nodiscard]] Result<void> Submit(AppRecord record, const ChangeInfo& info);

  Parts parts_;
  std::mutex mutex_;
};

}  // namespace latchkey
